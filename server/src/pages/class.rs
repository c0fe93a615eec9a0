//! The class page (学級ボード): who is here, whom to have an eye on and why, what has been done.
mod about;
mod answer;
mod card;
mod days;
mod freshness;
mod row;
mod today;
mod ways;

use super::chart::{attendance, mood};
use super::error::PageError;
use super::flags_fresh::FlagsFresh;
use super::frame::{Frame, Here, Nav};
use super::notice::Flag;
use super::record::{ClassKind, LearningDay, Rights, Weather, legend};
use super::session::Session;
use super::{class_presenting, day, html, words};
use answer::{Class, ClassData, Consultation, Guest, Pupil};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use asagao_graphql::marks::term::{self, Term};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use card::Notices;
use chrono::{DateTime, Days, NaiveDate, Utc};
pub(super) use days::{DAYS, DaysData};
pub(super) use freshness::{Fresh, freshness};
use row::Table;
use serde::Deserialize;
use serde_json::json;
use today::Today;

const DOCUMENT: &str = include_str!("class.graphql");

/// What every part of the page is made from.
struct Around<'a> {
    class: &'a Class,
    days: &'a [NaiveDate],
    today: NaiveDate,
    /// The last school day: today wherever today is one.
    shown: NaiveDate,
    /// Whether today counts for learning records: only once school is over.
    lessons_over: bool,
}

impl Around<'_> {
    /// The day whose empty cells wait for a hand.
    fn open(&self) -> Option<NaiveDate> {
        (self.shown == self.today).then_some(self.today)
    }

    /// Learning records without today's, as long as today is not over.
    fn learning(&self, days: &[LearningDay]) -> Vec<LearningDay> {
        days.iter().filter(|of| of.day != self.today || self.lessons_over).copied().collect()
    }

    /// The class's middle of each day; none where the class is too small.
    fn middle(&self) -> Vec<LearningDay> {
        self.class.learning_middle.as_ref().map(|middle| self.learning(&middle.days)).unwrap_or_default()
    }
}

/// The page.
#[derive(Template)]
#[template(path = "class.html")]
pub(super) struct ClassPage {
    frame: Frame,
    id: String,
    name: String,
    school: Option<String>,
    /// How many and by whom; which day of the term it is.
    about: Vec<String>,
    date: String,
    date_western: String,
    time: String,
    iso_today: String,
    pictures: &'static str,
    samples: Vec<(String, &'static str)>,
    /// What each picture of a mood stands for.
    moods: Vec<(Weather, String)>,
    today: Option<Today>,
    /// 相談したい, for this viewer alone; none for those whom nobody can ask.
    consultations: Option<Vec<Consultation>>,
    iso: NaiveDate,
    notices: Option<Notices>,
    table: Option<Table>,
    /// 交流で来る児童, who are counted elsewhere.
    guests: Vec<Guest>,
    freshness: Vec<Fresh>,
    flags_fresh: Option<FlagsFresh>,
    /// Whether the forms are there: for answers to flags, for what was done, and the way to 朝の出欠.
    answers: bool,
    acts: bool,
    takes: bool,
    /// The pages of attendance and lessons that are not in the bar.
    ways: Vec<(String, &'static str)>,
    children: &'static str,
}

/// `GET /classes/{id}`.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    if !session.may(Right::RosterRead) {
        return Err(PageError::NotFound);
    }
    if session.presenting() {
        return class_presenting::page(&session, &id, asked.names.is_some()).await;
    }
    let (now, today) = (session.scope().now(), session.scope().today());
    let since = today - Days::new(60);
    let days: DaysData = session.ask(DAYS, json!({ "id": id, "today": today, "since": since })).await?;
    let term = term::on_day(session.scope(), today).await?;
    let days = days.class.filter(|class| class.viewer_rights.to(Right::RosterRead)).ok_or(PageError::NotFound)?;
    let data: ClassData = session.ask(DOCUMENT, days.variables(&id, today, term.begins)).await?;
    let frame = session.frame(Nav::class(&id, &days.viewer_rights, Here::Class).of_kind(days.kind));
    let page = view(frame, (days.days(), &term), data, now).ok_or(PageError::NotFound)?;
    Ok(html(&page)?.into_response())
}

/// What the address asks for.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// Names on a wall, where somebody has chosen so.
    names: Option<String>,
}

/// The page of a class; `None` where there is none that the viewer may see.
pub(super) fn view(frame: Frame, (days, term): (&[NaiveDate], &Term), data: ClassData, now: DateTime<Utc>) -> Option<ClassPage> {
    let data = data.within_rights();
    let class = data.class.as_ref()?;
    let rights = &class.viewer_rights;
    let today = school_day(now);
    let shown = days.last().copied().unwrap_or(today);
    let around = Around { class, days, today, shown, lessons_over: day::after_school(now) };
    let pupils: Vec<&Pupil> = class.pupils.as_ref()?.nodes.iter().collect();
    let flags: Option<Vec<&Flag>> = data.support_flags.as_ref().map(|flags| flags.nodes.iter().collect());
    let flagged = flags.iter().flatten().filter(|flag| flag.open()).filter_map(|flag| flag.pupil.as_ref());
    let flagged: Vec<&str> = flagged.map(|pupil| pupil.id.as_str()).collect();
    Some(ClassPage {
        id: class.id.clone(),
        name: class.name.clone(),
        school: class.school.as_ref().map(|school| school.name.clone()),
        about: about::lines(class, term, today)?,
        date: words::long_day(today),
        date_western: format!("{today}　{} 現在", words::clock(now)),
        time: words::clock(now),
        iso_today: today.to_string(),
        iso: today,
        consultations: class.consultations.clone(),
        pictures: mood::PICTURES,
        samples: attendance::samples(),
        moods: legend(&data.mood_words, today),
        today: if pupils.is_empty() { None } else { Today::of(&around, &pupils) },
        notices: flags.filter(|_| !pupils.is_empty()).map(|flags| Notices::of(&around, &pupils, &flags)),
        table: (!pupils.is_empty()).then(|| Table::of(&around, &pupils, &flagged)),
        guests: class.exchange_pupils.clone().unwrap_or_default(),
        freshness: freshness(class.freshness.as_ref(), class.last_run.as_ref(), rights, days, today),
        flags_fresh: class.last_run.as_ref().map(|run| FlagsFresh::of(run, days, today)),
        answers: rights.to(Right::FlagReview),
        acts: rights.to(Right::SupportWrite),
        takes: rights.to(Right::AttendanceWrite) && class.kind == ClassKind::Homeroom,
        ways: ways::of(&class.id, class.kind, rights),
        children: words::children(&class.grades),
        frame,
    })
}

#[cfg(test)]
mod tests;
