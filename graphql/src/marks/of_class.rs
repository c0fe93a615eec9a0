//! What a class shows of its marks.
use super::assessment::{self, Assessment};
use super::card::{Kept, ReportCard};
use super::closing::{self, TermClosing};
use super::computed::{self, Of};
use super::member;
use super::reached::{self, Marked};
use super::subject::{self, MarkSubject};
use super::term::{self, Term};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::arithmetic::Count;
use crate::attendance::register::{Which, of_year};
use crate::error::{Error, Result};
use crate::id;
use crate::roster::class::Class;
use crate::scalar::Day;
use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A term of a class's year.
#[derive(SimpleObject)]
pub struct ClassTerm {
    /// The term.
    #[graphql(flatten)]
    pub term: Term,
    /// That it is closed in this homeroom; null while it is open.
    pub closing: Option<TermClosing>,
}

/// The marks of a class.
pub struct ClassMarks(pub(crate) Class);

/// The marks of a class.
#[Object]
impl ClassMarks {
    /// The terms of the class's year with what is closed. Null without the right to read the marks of this class; a subject teacher has
    /// lessons alone.
    #[graphql(complexity = "10 + child_complexity")]
    async fn terms(&self, ctx: &Context<'_>) -> Result<Option<Vec<ClassTerm>>> {
        let scope = Scope::with(ctx, Right::MarkRead)?;
        let Some(marked) = reached::class(scope, Right::MarkRead, self.0.id).await? else { return Ok(None) };
        let mut closings = closing::of_class(scope, self.0.id, marked.year).await?;
        let closing = |term: &Term, closings: &mut Vec<TermClosing>| {
            closings.iter().position(|closing| closing.term == term.number).map(|at| closings.remove(at))
        };
        let terms = term::of_year(scope, marked.year).await?;
        Ok(Some(terms.into_iter().map(|term| ClassTerm { closing: closing(&term, &mut closings), term }).collect()))
    }
    /// The subjects that are marked in the class: a homeroom's are those of its grades, a lesson's its own.
    async fn mark_subjects(&self) -> Vec<MarkSubject> {
        subject::of_class(&self.0)
    }
    /// What the class was marked on in a term, by day, at most 60 a subject. Null without the right to read the marks of this class.
    #[graphql(complexity = "20 + child_complexity")]
    async fn assessments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number of the term.")] term: i32,
        #[graphql(desc = "The subject; all if not said.")] subject: Option<String>,
    ) -> Result<Option<Vec<Assessment>>> {
        let Some((scope, marked, term)) = self.of_term(ctx, term).await? else { return Ok(None) };
        if ctx.look_ahead().field("results").exists() {
            scope.looks_at_former(&[marked.class.id], Right::MarkRead, (term.begins, term.until(scope.today()))).await?;
        }
        assessment::of_class(scope, marked.class.id, &term, subject.as_deref().map(subject::name)).await.map(Some)
    }
    /// The report cards (通知表) of a class in a term, by number, those who have left among them: all subjects with what they come from, words
    /// and days of attendance, in one go. An open term's are computed now; a closed term's are as they stood. In a lesson only its own
    /// subjects. Null without the right to read the marks of this class.
    #[graphql(complexity = "100 + child_complexity * 2")]
    async fn report_cards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number of the term.")] term: i32,
        #[graphql(desc = "One subject alone; all if not said.")] subject: Option<String>,
    ) -> Result<Option<Vec<ReportCard>>> {
        let Some((scope, marked, term)) = self.of_term(ctx, term).await? else { return Ok(None) };
        let asked = |name: &str| ctx.look_ahead().field(name).exists();
        let days = (asked("attendance") || asked("attendanceUntil") || asked("attendanceNow"))
            && marked.is_homeroom()
            && reach::of_class(ctx, self.0.id).await?.contains(&Right::AttendanceRead);
        scope.looks_at_former(&[marked.class.id], Right::MarkRead, (term.begins, term.until(scope.today()))).await?;
        let cards = Cards { marked: &marked, term: &term, subject: subject.as_deref().map(subject::name), days };
        cards.gather(scope).await.map(Some)
    }
}

impl ClassMarks {
    async fn of_term<'a>(&self, ctx: &Context<'a>, number: i32) -> Result<Option<(&'a Scope, Marked, Term)>> {
        let scope = Scope::with(ctx, Right::MarkRead)?;
        let Some(marked) = reached::class(scope, Right::MarkRead, self.0.id).await? else { return Ok(None) };
        let term = term::find(scope, marked.year, number).await?;
        let term = term.ok_or_else(|| Error::BadInput(format!("the year has no term {number}: ask for one of `terms`")))?;
        Ok(Some((scope, marked, term)))
    }
}

/// Which report cards are wanted.
struct Cards<'a> {
    marked: &'a Marked,
    term: &'a Term,
    subject: Option<&'a str>,
    days: bool,
}

impl Cards<'_> {
    async fn gather(&self, scope: &Scope) -> Result<Vec<ReportCard>> {
        let (school, term) = (self.marked.class.school, self.term);
        let members = member::of_class(scope, &self.marked.class, term).await?;
        let pupils: Vec<Uuid> = members.iter().map(|member| member.pupil).collect();
        let mut closed: HashMap<Uuid, Kept> = HashMap::new();
        if !pupils.is_empty() {
            let here = closing::reports(scope, term.year, &pupils).await?;
            let here = here.into_iter().filter(|report| report.school == school && report.term == term.number);
            closed.extend(here.map(|report| (report.pupil, report.kept)));
        }
        let open: Vec<(Uuid, String)> = members
            .iter()
            .filter(|member| !closed.contains_key(&member.pupil))
            .map(|member| (member.pupil, member.grade().to_owned()))
            .collect();
        let of = Of { school, term, subject: self.subject };
        let open_pupils: Vec<Uuid> = open.iter().map(|(pupil, _)| *pupil).collect();
        let mut marks = computed::marks(scope, of, &open).await?;
        let mut remarks = computed::remarks(scope, of, &open_pupils).await?;
        let until = term.until(scope.today());
        let counts = if self.days { self.counted(scope, &pupils, &closed).await? } else { HashMap::new() };
        let own: Option<Vec<String>> = (!self.marked.is_homeroom())
            .then(|| subject::of_class(&self.marked.class).into_iter().map(|subject| subject.name).collect());
        let shown = |name: Option<&str>| {
            self.subject.is_none_or(|wanted| name == Some(wanted))
                && own.as_ref().is_none_or(|own| name.is_some_and(|name| own.iter().any(|own| own == name)))
        };
        let cards = members.into_iter().map(|member| {
            let kept = closed.remove(&member.pupil);
            let is_closed = kept.is_some();
            let now = || Kept {
                marks: marks.remove(&member.pupil).unwrap_or_default(),
                remarks: remarks.remove(&member.pupil).unwrap_or_default(),
                days: None,
            };
            let Kept { mut marks, mut remarks, days } = kept.unwrap_or_else(now);
            marks.retain(|mark| shown(Some(&mark.subject)));
            remarks.retain(|remark| shown(remark.subject.as_deref()));
            let counted = counts.get(&member.pupil).copied();
            let held = counted.map(|now| days.map_or(now, |days| days.count));
            ReportCard {
                pupil_id: id::of(member.pupil),
                name: member.shown_name().to_owned(),
                number: member.number,
                left: member.left(until).map(Day),
                elsewhere: member.elsewhere,
                closed: is_closed,
                marks,
                remarks,
                attendance: held,
                attendance_until: held.map(|_| Day(days.map_or(until, |days| days.until))),
                attendance_now: counted.filter(|now| Some(*now) != held),
                grade: member.grade,
            }
        });
        Ok(cards.collect())
    }

    /// What the register has now: of a closed term up to the day up to which it was counted then, else up to today.
    async fn counted(&self, scope: &Scope, pupils: &[Uuid], closed: &HashMap<Uuid, Kept>) -> Result<HashMap<Uuid, Count>> {
        let today = self.term.until(scope.today());
        let mut by_day: BTreeMap<NaiveDate, Vec<Uuid>> = BTreeMap::new();
        for pupil in pupils {
            let until = closed.get(pupil).and_then(|kept| kept.days).map_or(today, |days| days.until);
            by_day.entry(until).or_default().push(*pupil);
        }
        let mut counts = HashMap::new();
        for (until, pupils) in by_day {
            let days = (self.term.begins, until);
            counts.extend(of_year::of_pupils(scope, self.marked.class.school, &pupils, days, Which::Holding).await?);
        }
        Ok(counts)
    }
}
