//! 出欠の記録: a pupil's years as the 指導要録 counts them, what the head decided about 出席扱い, and the lessons that were missed.
use super::attendance::PLACES;
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{Rights, Sent};
use super::register::Count;
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use serde_json::json;
use std::fmt::Display;

const DOCUMENT: &str = include_str!("attendance_record.graphql");
const RECOGNISE: &str = "mutation Recognise($input: RecogniseAttendanceInput!) {
    done: recogniseAttendance(input: $input) { userErrors { code field } } }";

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    year: Option<i32>,
}

#[derive(Deserialize)]
struct Asked {
    pupil: Option<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    name: String,
    number: Option<i32>,
    viewer_rights: Rights,
    homeroom: Option<Homeroom>,
    #[serde(default)]
    year: Vec<Year>,
    #[serde(default)]
    before: Vec<Year>,
    #[serde(default)]
    earlier: Vec<Year>,
    #[serde(default)]
    attendance_recognitions: Vec<Recognition>,
    #[serde(default)]
    attendance: Option<Vec<Mark>>,
    #[serde(default)]
    missed_lessons: Vec<Missed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Homeroom {
    id: String,
    name: String,
    grades: Vec<String>,
    viewer_rights: Rights,
}

/// A year in a school.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Year {
    #[serde(rename = "year")]
    number: i32,
    from: NaiveDate,
    until: NaiveDate,
    school_name: String,
    count: Count,
}

impl Year {
    fn words(&self) -> String {
        day::days_of_year(self.number).map(|(first, _)| words::school_year(first)).unwrap_or_default()
    }

    fn period(&self) -> String {
        format!("{}〜{}", day::short(self.from), day::short(self.until))
    }
}

/// A decision of the head.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recognition {
    id: String,
    place: String,
    begins: NaiveDate,
    ends: Option<NaiveDate>,
    note: String,
    decided_by: Option<String>,
}

/// The name of a place.
fn place(code: &str) -> &'static str {
    PLACES.iter().find(|(of, _)| *of == code).map_or("", |(_, name)| name)
}

impl Recognition {
    fn place(&self) -> &'static str {
        place(&self.place)
    }

    fn last(&self) -> String {
        self.ends.map(|day| day.to_string()).unwrap_or_default()
    }

    fn period(&self) -> String {
        let ends = self.ends.map_or_else(|| "続いています".to_owned(), words::era);
        format!("{}〜{ends}", words::era(self.begins))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    day: NaiveDate,
    place: String,
    recognised_by: Option<Recognised>,
}

#[derive(Deserialize)]
struct Recognised {}

#[derive(Deserialize)]
struct Missed {
    day: NaiveDate,
    period: i32,
    subject: Option<String>,
    kind: String,
    by: Option<String>,
}

impl Missed {
    fn words(&self) -> String {
        let subject = self.subject.as_deref().map(|subject| format!(" {subject}")).unwrap_or_default();
        let by = self.by.as_deref().map(|by| format!("（{by}）")).unwrap_or_default();
        let kind = super::lessons::kind(&self.kind);
        format!("{} {}時間目{subject}　{kind}{by}", words::short_day(self.day), self.period)
    }
}

#[derive(Template)]
#[template(path = "attendance_record.html")]
struct RecordPage {
    frame: Frame,
    id: String,
    name: String,
    class: Option<(String, String)>,
    child: &'static str,
    /// The year of which days and lessons are shown.
    year_in_words: String,
    /// The years to choose from, with the one that is shown.
    choices: Vec<(i32, bool)>,
    years: Vec<Year>,
    recognitions: Vec<Recognition>,
    /// Days elsewhere that rest on no decision, by place.
    undecided: Vec<(&'static str, Vec<String>)>,
    missed: Vec<String>,
    /// Whether the viewer decides about attendance elsewhere.
    decides: bool,
    today: NaiveDate,
    refused: Option<&'static str>,
    typed: Fields,
}

impl RecordPage {
    /// The places about which can be decided.
    fn places() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        PLACES.iter().skip(1)
    }

    /// What stands in a field of a decision's form: what was typed and not taken, or what holds.
    fn field(&self, decision: &str, name: &str, held: impl Display) -> String {
        let again = self.refused.is_some() && self.typed.is("recognition", decision);
        if again { self.typed.get(name).to_owned() } else { held.to_string() }
    }
}

/// `GET /pupils/{id}/attendance`.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    html(&load(&session, &id, wish.year).await?)
}

async fn load(session: &Session, id: &str, year: Option<i32>) -> Result<RecordPage, PageError> {
    let today = session.scope().today();
    let this_year = day::school_year(today).0.year();
    let year = year.unwrap_or(this_year);
    let (from, to) = day::days_of_year(year).ok_or(PageError::NotFound)?;
    let variables = json!({ "id": id, "year": year, "before": year - 1, "earlier": year - 2, "from": from, "to": to });
    let asked: Asked = session.ask(DOCUMENT, variables).await?;
    let seen = |pupil: &Pupil| pupil.viewer_rights.to(Right::AttendanceRead) && !session.presenting();
    let pupil = asked.pupil.filter(seen).ok_or(PageError::NotFound)?;
    let homeroom = pupil.homeroom.as_ref();
    let nav = homeroom.map_or_else(|| Nav::staff(Here::Class), |of| Nav::class(&of.id, &of.viewer_rights, Here::Elsewhere));
    let number = pupil.number.map(|number| format!("{number}番 ")).unwrap_or_default();
    Ok(RecordPage {
        frame: session.frame(nav),
        id: id.to_owned(),
        name: format!("{number}{}", pupil.name),
        class: homeroom.map(|of| (of.id.clone(), of.name.clone())),
        child: homeroom.map_or("児童", |of| words::children(&of.grades)),
        year_in_words: words::school_year(from),
        choices: (0..6).map(|back| this_year - back).map(|of| (of, of == year)).collect(),
        years: pupil.year.into_iter().chain(pupil.before).chain(pupil.earlier).collect(),
        undecided: undecided(&pupil.attendance.unwrap_or_default()),
        recognitions: pupil.attendance_recognitions,
        missed: pupil.missed_lessons.iter().map(Missed::words).collect(),
        decides: pupil.viewer_rights.to(Right::AttendanceRecognise),
        today,
        refused: None,
        typed: Fields::default(),
    })
}

fn undecided(marks: &[Mark]) -> Vec<(&'static str, Vec<String>)> {
    let mut found: Vec<(&'static str, Vec<String>)> = Vec::new();
    for mark in marks.iter().filter(|mark| mark.place != PLACES[0].0 && mark.recognised_by.is_none()) {
        let day = words::short_day(mark.day);
        match found.iter_mut().find(|(of, _)| *of == place(&mark.place)) {
            Some((_, days)) => days.push(day),
            None => found.push((place(&mark.place), vec![day])),
        }
    }
    found
}

/// `POST /pupils/{id}/attendance`: a decision about 出席扱い, or a change of one.
pub(super) async fn send(Path(id): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let unread = |name: &str| fields.typed(name).is_some_and(|text| day::read(text).is_none());
    let Some(begins) = fields.typed("begins") else {
        return again(&session, &id, fields, "最初の日を選んでください。").await;
    };
    if unread("begins") || unread("ends") {
        return again(&session, &id, fields, "日は、2026-11-24 のように書いてください。").await;
    }
    if !RecordPage::places().any(|(code, _)| fields.is("place", code)) {
        return again(&session, &id, fields, "場所を選んでください。").await;
    }
    let input = json!({
        "pupilId": id, "recognitionId": fields.typed("recognition"), "place": fields.get("place"), "begins": begins,
        "ends": fields.typed("ends"), "note": fields.get("note"),
    });
    let sent: Sent = session.ask(RECOGNISE, json!({ "input": input })).await?;
    let errors = sent.refusals()?;
    match errors.first() {
        Some(refused) => again(&session, &id, fields, refusal(&refused.code, &refused.field)).await,
        None => Ok(Redirect::to(&format!("/pupils/{id}/attendance#decisions")).into_response()),
    }
}

async fn again(session: &Session, id: &str, fields: Fields, why: &'static str) -> Result<Response, PageError> {
    let page = RecordPage { refused: Some(why), typed: fields, ..load(session, id, None).await? };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}

fn refusal(code: &str, field: &str) -> &'static str {
    match (code, field) {
        ("OUT_OF_RANGE", "ends") => "最後の日が、最初の日より前です。",
        ("INVALID_TEXT" | "EMPTY", "note") => "決定のもとになったことを書いてください。",
        ("TOO_LONG", "note") => "文が長すぎます。短くしてください。",
        ("NOT_FOUND", "pupilId") => "きょう、この学校に在籍していません。",
        _ => words::refusal(code, field),
    }
}
