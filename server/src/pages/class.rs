//! The class page (学級ボード): who is here, whom to have an eye on and why, what has been done.
mod about;
mod card;
mod days;
mod freshness;
mod row;
mod today;
mod ways;

use super::chart::{attendance, mood};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::notice::Flag;
use super::record::{
    ClassKind, Connection, Freshness, Learning, LearningDay, Mark, Mood, Named, Rights, Run, SupportAction, Total, Work,
};
use super::session::Session;
use super::{class_presenting, day, html, words};
use about::School;
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

/// What `class.graphql` answers.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClassData {
    pub(super) class: Option<Class>,
    #[serde(default)]
    support_flags: Option<Connection<Flag>>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Class {
    id: String,
    name: String,
    #[serde(default)]
    kind: ClassKind,
    #[serde(default)]
    grades: Vec<String>,
    viewer_rights: Rights,
    #[serde(default)]
    pupil_count: Option<usize>,
    #[serde(default)]
    school: Option<School>,
    #[serde(default)]
    teachers: Vec<Named>,
    #[serde(default)]
    attendance_summary: Option<Summary>,
    #[serde(default)]
    learning_middle: Option<Learning>,
    #[serde(default)]
    recent_middle: Option<Total>,
    #[serde(default)]
    work_middle: Option<u32>,
    #[serde(default)]
    last_run: Option<Run>,
    #[serde(default)]
    freshness: Option<Freshness>,
    #[serde(default)]
    consultations: Option<Vec<Consultation>>,
    #[serde(default)]
    exchange_pupils: Option<Vec<Guest>>,
    #[serde(default)]
    pupils: Option<Connection<Pupil>>,
}

/// Somebody of the class who has asked the viewer to talk.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct Consultation {
    id: String,
    pupil_name: String,
    state: String,
    at: DateTime<Utc>,
}

impl Consultation {
    fn taken(&self) -> bool {
        self.state == "ACCEPTED"
    }

    fn since(&self, today: NaiveDate) -> String {
        day::near(self.at, today)
    }
}

/// Somebody of a special-needs class who is a guest here.
#[derive(Deserialize, Clone, Debug)]
struct Guest {
    id: String,
    name: String,
    #[serde(default)]
    homeroom: Option<Named>,
}

/// The counts of a day.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
struct Summary {
    present: u32,
    absent: u32,
    excused: u32,
    late: u32,
    left_early: u32,
    elsewhere: u32,
    unmarked: u32,
    last_by: Option<String>,
    last_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    id: String,
    name: String,
    kana: Option<String>,
    number: Option<u32>,
    #[serde(default)]
    attendance: Option<Vec<Mark>>,
    #[serde(default)]
    learning: Option<Learning>,
    #[serde(default)]
    recent: Option<Total>,
    #[serde(default)]
    work: Option<Vec<Work>>,
    #[serde(default)]
    moods: Option<Vec<Mood>>,
    #[serde(default)]
    support_actions: Option<Vec<SupportAction>>,
}

impl ClassData {
    /// Without what the viewer may not see in this class, although they may see it of somebody in it by a duty elsewhere.
    fn within_rights(mut self) -> Self {
        let Some(class) = &mut self.class else { return self };
        let rights = class.viewer_rights.clone();
        class.attendance_summary = rights.shown(Right::AttendanceRead, class.attendance_summary.take());
        class.learning_middle = rights.shown(Right::ActivityRead, class.learning_middle.take());
        class.recent_middle = rights.shown(Right::ActivityRead, class.recent_middle.take());
        class.work_middle = rights.shown(Right::ActivityRead, class.work_middle.take());
        class.exchange_pupils = rights.shown(Right::RosterRead, class.exchange_pupils.take());
        class.pupils = rights.shown(Right::RosterRead, class.pupils.take());
        for pupil in class.pupils.iter_mut().flat_map(|pupils| &mut pupils.nodes) {
            pupil.attendance = rights.shown(Right::AttendanceRead, pupil.attendance.take());
            pupil.learning = rights.shown(Right::ActivityRead, pupil.learning.take());
            pupil.recent = rights.shown(Right::ActivityRead, pupil.recent.take());
            pupil.work = rights.shown(Right::ActivityRead, pupil.work.take());
            pupil.moods = rights.shown(Right::MoodRead, pupil.moods.take());
            pupil.support_actions = rights.shown(Right::SupportRead, pupil.support_actions.take());
        }
        self.support_flags = rights.shown(Right::FlagRead, self.support_flags.take());
        self
    }
}

impl Pupil {
    /// The mark of a day; `None` also where attendance may not be seen.
    fn mark(&self, day: NaiveDate) -> Option<&Mark> {
        self.attendance.as_ref()?.iter().find(|mark| mark.day == day)
    }

    fn number_words(&self) -> String {
        self.number.map(|number| number.to_string()).unwrap_or_default()
    }
}

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
    today: Option<Today>,
    /// 相談したい, for this viewer alone; none for those whom nobody can ask.
    consultations: Option<Vec<Consultation>>,
    iso: NaiveDate,
    notices: Option<Notices>,
    table: Option<Table>,
    /// 交流で来る児童, who are counted elsewhere.
    guests: Vec<Guest>,
    freshness: Vec<Fresh>,
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
        today: if pupils.is_empty() { None } else { Today::of(&around, &pupils) },
        notices: flags.filter(|_| !pupils.is_empty()).map(|flags| Notices::of(&around, &pupils, &flags)),
        table: (!pupils.is_empty()).then(|| Table::of(&around, &pupils, &flagged)),
        guests: class.exchange_pupils.clone().unwrap_or_default(),
        freshness: freshness(class.freshness.as_ref(), class.last_run.as_ref(), rights, days, today),
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
