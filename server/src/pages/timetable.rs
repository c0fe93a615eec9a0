//! 時間割: the week of a class from a day on; the office sets it.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Named, Rights, Sent};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("timetable.graphql");
const SET: &str = "mutation Set($input: SetTimetableInput!) { done: setTimetable(input: $input) { userErrors { code field } } }";

/// The weekdays of the form, Monday first; lessons on a Sunday are rare and stay as they are in no form.
const WEEKDAYS: [&str; 6] = ["月", "火", "水", "木", "金", "土"];
/// The periods of the form.
const PERIODS: i32 = 8;

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    day: Option<String>,
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
    viewer_rights: Rights,
    school: Option<Named>,
    #[serde(default)]
    timetable: Vec<Lesson>,
}

#[derive(Deserialize)]
struct Lesson {
    weekday: i32,
    period: i32,
    subject: String,
}

#[derive(Template)]
#[template(path = "timetable.html")]
struct TimetablePage {
    frame: Frame,
    here: String,
    board: String,
    school: String,
    class: String,
    day: NaiveDate,
    day_in_words: String,
    periods: Vec<Period>,
    empty: bool,
    /// Whether the viewer sets the week.
    sets: bool,
    refused: Option<&'static str>,
    typed: Fields,
}

/// A period of the week.
struct Period {
    number: i32,
    cells: Vec<Cell>,
}

/// What stands in a period of a weekday.
struct Cell {
    /// The field of the form.
    name: String,
    /// 「月曜日 1時間目」.
    label: String,
    subject: String,
}

/// `GET /classes/{id}/timetable`.
pub(super) async fn page(
    session: Session,
    Path(class): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    html(&load(&session, &class, wish.day.as_deref()).await?)
}

async fn load(session: &Session, id: &str, day: Option<&str>) -> Result<TimetablePage, PageError> {
    let day = match day.filter(|day| !day.is_empty()) {
        Some(day) => day::read(day).ok_or(PageError::NotFound)?,
        None => session.scope().today(),
    };
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id, "day": day })).await?;
    let class = asked.class.ok_or(PageError::NotFound)?;
    let last = class.timetable.iter().map(|lesson| lesson.period).max().unwrap_or(6).max(PERIODS);
    let cell = |number: i32, (weekday, day): (i32, &str)| {
        let is = |lesson: &&Lesson| (lesson.weekday, lesson.period) == (weekday, number);
        let subject = class.timetable.iter().find(is).map(|lesson| lesson.subject.clone()).unwrap_or_default();
        Cell { name: format!("l.{weekday}.{number}"), label: format!("{day}曜日 {number}時間目"), subject }
    };
    let period = |number| Period { number, cells: (1..).zip(WEEKDAYS).map(|of| cell(number, of)).collect() };
    let periods = (1..=last).map(period).collect();
    let board = format!("/classes/{id}");
    Ok(TimetablePage {
        frame: session.frame(Nav::class(id, &class.viewer_rights, Here::Elsewhere).of_kind(class.kind)),
        here: format!("{board}/timetable"),
        board,
        school: class.school.map(|school| school.name).unwrap_or_default(),
        day,
        day_in_words: words::long_day(day),
        periods,
        empty: class.timetable.is_empty(),
        sets: class.viewer_rights.to(Right::CalendarWrite) && !session.presenting(),
        class: class.name,
        refused: None,
        typed: Fields::default(),
    })
}

/// `POST /classes/{id}/timetable`.
pub(super) async fn send(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let Some(from) = fields.typed("from").and_then(day::read) else {
        return again(&session, &class, fields, "いつからか、日を選んでください。").await;
    };
    let lessons: Vec<Value> = fields.0.iter().filter_map(|(name, subject)| lesson(name, subject.trim())).collect();
    let input = json!({ "classId": class, "from": from, "lessons": lessons });
    let sent: Sent = session.ask(SET, json!({ "input": input })).await?;
    let errors = sent.refusals()?;
    match errors.first() {
        Some(refused) if refused.field.ends_with("subject") => {
            again(&session, &class, fields, "教科の名前は40字までです。").await
        }
        Some(refused) => again(&session, &class, fields, words::refusal(&refused.code, &refused.field)).await,
        None => Ok(Redirect::to(&format!("/classes/{class}/timetable?day={from}")).into_response()),
    }
}

/// A lesson of the form; `None` where nothing was typed.
fn lesson(name: &str, subject: &str) -> Option<Value> {
    let (weekday, period) = name.strip_prefix("l.")?.split_once('.')?;
    let (weekday, period): (i32, i32) = (weekday.parse().ok()?, period.parse().ok()?);
    (!subject.is_empty()).then(|| json!({ "weekday": weekday, "period": period, "subject": subject }))
}

async fn again(session: &Session, class: &str, fields: Fields, why: &'static str) -> Result<Response, PageError> {
    let mut page = TimetablePage { refused: Some(why), ..load(session, class, None).await? };
    for cell in page.periods.iter_mut().flat_map(|period| &mut period.cells) {
        fields.get(&cell.name).clone_into(&mut cell.subject);
    }
    page.typed = fields;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}
