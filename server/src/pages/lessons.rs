//! 授業ごとの出欠: who missed a lesson of a class, came late to it or left it. The day's attendance is not changed by it.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Connection, Mark, Named, Rights, Sent};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("lessons.graphql");
const MARK: &str = "mutation Mark($input: MarkLessonInput!) { done: markLesson(input: $input) {
    rejected { id code field } userErrors { code field } } }";

/// What can be seen in a lesson, with the words of the page.
pub(super) const KINDS: [(&str, &str); 3] = [("MISSED", "欠課"), ("LATE", "遅れ"), ("LEFT", "途中退室")];
/// So many days back the former marks are listed.
const BACK: u64 = 30;
/// The last period of a day.
const LAST: i32 = 10;

/// What was seen in a lesson, in words.
pub(super) fn kind(code: &str) -> &'static str {
    KINDS.iter().find(|(of, _)| *of == code).map_or("", |(_, name)| name)
}

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    day: Option<String>,
    period: Option<i32>,
}

#[derive(Deserialize)]
struct Asked {
    class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    kind: ClassKind,
    grades: Vec<String>,
    viewer_rights: Rights,
    school: Option<Named>,
    is_school_day: Option<bool>,
    #[serde(default)]
    timetable: Vec<Lesson>,
    #[serde(default)]
    missed_lessons: Vec<Missed>,
    pupils: Option<Connection<Pupil>>,
    #[serde(default)]
    exchange_pupils: Option<Vec<Pupil>>,
}

#[derive(Deserialize)]
struct Lesson {
    weekday: u32,
    period: i32,
    subject: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Missed {
    pupil_id: String,
    day: NaiveDate,
    period: i32,
    subject: Option<String>,
    kind: String,
    by: Option<String>,
}

#[derive(Deserialize)]
struct Pupil {
    id: String,
    name: String,
    number: Option<i32>,
    #[serde(default)]
    attendance: Option<Vec<Mark>>,
    /// 交流: a guest of the class.
    #[serde(skip)]
    guest: bool,
}

/// A pupil's row.
struct Row {
    id: String,
    number: String,
    name: String,
    guest: bool,
    /// What the day's attendance says, where it is more than 出席.
    today: String,
    /// What is marked in the lesson; empty for nothing.
    held: String,
    /// What is chosen; nothing at all for who is away that day and has no mark of the lesson.
    chosen: Option<String>,
}

/// A period to choose: its number, the subject, whether it is chosen.
struct Period {
    number: i32,
    subject: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "lessons.html")]
struct LessonsPage {
    frame: Frame,
    here: String,
    board: String,
    school: String,
    class: String,
    day: NaiveDate,
    day_in_words: String,
    period: i32,
    subject: String,
    periods: Vec<Period>,
    closed: Option<&'static str>,
    children: &'static str,
    rows: Vec<Row>,
    former: Vec<(String, String)>,
    messages: Vec<&'static str>,
}

/// `GET /classes/{id}/lessons`.
pub(super) async fn page(
    session: Session,
    Path(class): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    html(&load(&session, &class, wish.day.as_deref(), wish.period).await?)
}

async fn load(session: &Session, id: &str, day: Option<&str>, period: Option<i32>) -> Result<LessonsPage, PageError> {
    let today = session.scope().today();
    let day = match day.filter(|day| !day.is_empty()) {
        Some(day) => day::read(day).ok_or(PageError::NotFound)?,
        None => today,
    };
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id, "day": day, "since": day - Days::new(BACK) })).await?;
    let marks = |class: &Class| class.viewer_rights.to(Right::LessonWrite) && !session.presenting();
    let class = asked.class.filter(marks).ok_or(PageError::NotFound)?;
    let of_day = |lesson: &&Lesson| lesson.weekday == day.weekday().number_from_monday();
    let first = class.timetable.iter().filter(of_day).map(|lesson| lesson.period).min();
    let period = period.filter(|period| (1..=LAST).contains(period)).or(first).unwrap_or(1);
    let subject_of = |period: i32| {
        let found = class.timetable.iter().filter(of_day).find(|lesson| lesson.period == period);
        found.map(|lesson| lesson.subject.clone()).unwrap_or_default()
    };
    // Where there is a timetable its periods are offered, and the one that is shown.
    let offered = |of: &i32| *of == period || class.timetable.is_empty() || !subject_of(*of).is_empty();
    let periods =
        (1..=LAST).filter(offered).map(|number| Period { number, subject: subject_of(number), chosen: number == period });
    let mut pupils = class.pupils.map(|pupils| pupils.nodes).unwrap_or_default();
    // A guest has a number in the own class alone.
    let guests = class.exchange_pupils.unwrap_or_default().into_iter().map(|guest| Pupil { number: None, guest: true, ..guest });
    pupils.extend(guests);
    let held = |pupil: &str| {
        let of = class.missed_lessons.iter().find(|of| of.pupil_id == pupil && of.day == day && of.period == period);
        of.map(|of| of.kind.clone()).unwrap_or_default()
    };
    let name = |pupil: &str| pupils.iter().find(|of| of.id == pupil).map(|of| of.name.clone());
    let former = class.missed_lessons.iter().rev().filter(|of| (of.day, of.period) != (day, period));
    let former: Vec<(String, String)> =
        former.filter_map(|of| Some((of.pupil_id.clone(), of.words(&name(&of.pupil_id)?)))).collect();
    let board = format!("/classes/{id}");
    Ok(LessonsPage {
        frame: session.frame(Nav::class(id, &class.viewer_rights, Here::Elsewhere).of_kind(class.kind)),
        here: format!("{board}/lessons"),
        board,
        school: class.school.map(|school| school.name).unwrap_or_default(),
        day,
        day_in_words: words::long_day(day),
        period,
        subject: subject_of(period),
        periods: periods.collect(),
        closed: match class.is_school_day {
            _ if day > today => Some("まだ来ていない日です。"),
            Some(false) => Some("授業のない日です。"),
            _ => None,
        },
        children: words::children(&class.grades),
        rows: pupils.iter().map(|pupil| Row::of(pupil, held(&pupil.id))).collect(),
        former,
        class: class.name,
        messages: Vec::new(),
    })
}

impl Row {
    fn of(pupil: &Pupil, held: String) -> Self {
        let mark = pupil.attendance.iter().flatten().next();
        let away = mark.is_some_and(|mark| !mark.here());
        Row {
            id: pupil.id.clone(),
            number: pupil.number.map_or_else(|| "–".to_owned(), |number| number.to_string()),
            name: pupil.name.clone(),
            guest: pupil.guest,
            today: mark.filter(|mark| !mark.usual()).map(Mark::words).unwrap_or_default(),
            chosen: Some(held.clone()).filter(|held| !(away && held.is_empty())),
            held,
        }
    }
}

impl Missed {
    /// 「11/20（金） 3時間目 理科　加藤 颯太　欠課（三浦 恵）」.
    fn words(&self, name: &str) -> String {
        let subject = self.subject.as_deref().map(|subject| format!(" {subject}")).unwrap_or_default();
        let by = self.by.as_deref().map(|by| format!("（{by}）")).unwrap_or_default();
        format!("{} {}時間目{subject}　{name}　{}{by}", words::short_day(self.day), self.period, kind(&self.kind))
    }
}

/// `POST /classes/{id}/lessons`.
pub(super) async fn send(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let day = fields.typed("day").and_then(day::read).ok_or(PageError::NotFound)?;
    let period: i32 = fields.get("period").parse().map_err(|_| PageError::BadForm)?;
    // Only what was changed is sent: what a colleague marked meanwhile stays.
    let marks: Vec<Value> = choices(&fields)
        .filter(|(_, was, now)| was != now)
        .map(|(pupil, _, now)| json!({ "pupilId": pupil, "kind": Some(now).filter(|now| !now.is_empty()) }))
        .collect();
    let input = json!({ "classId": class, "day": day, "period": period, "marks": marks });
    let sent: Sent = session.ask(MARK, json!({ "input": input })).await?;
    let refused: Vec<&'static str> = sent.refusals()?.iter().map(|of| words::refusal(&of.code, &of.field)).collect();
    if refused.is_empty() {
        return Ok(Redirect::to(&format!("/classes/{class}/lessons?day={day}&period={period}")).into_response());
    }
    let mut page = load(&session, &class, fields.typed("day"), Some(period)).await?;
    for row in &mut page.rows {
        if let Some((.., now)) = choices(&fields).find(|(pupil, ..)| *pupil == row.id) {
            row.chosen = Some(now.to_owned()).filter(|now| !now.is_empty() || row.chosen.is_some());
        }
    }
    page.messages = refused;
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}

/// Each pupil of the form with what was shown and what is chosen.
fn choices(fields: &Fields) -> impl Iterator<Item = (&str, &str, &str)> {
    let rows = fields.0.iter().filter_map(|(name, was)| Some((name.strip_prefix("was.")?, was.as_str())));
    rows.map(|(pupil, was)| {
        let now = fields.get(&format!("kind.{pupil}"));
        (pupil, was, KINDS.iter().map(|(code, _)| *code).find(|code| *code == now).unwrap_or_default())
    })
}
