//! 出欠の決定: what the homeroom marked and what the office decided over it, side by side, with who and when; the office decides here.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Mark, Named, Rights};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{NaiveDate, SecondsFormat};
use serde::Deserialize;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("decisions.graphql");
const DECIDE: &str = "mutation Decide($input: DecideAttendanceInput!) { done: decideAttendance(input: $input) {
    conflicts { pupilId } rejected { id code field } userErrors { code field } } }";

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    day: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    #[serde(default)]
    attendance_kinds: Vec<Kind>,
    class: Option<Class>,
}

#[derive(Deserialize)]
struct Kind {
    code: String,
    name: String,
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
    calendar_on: Vec<Word>,
    registered: Option<Vec<Pupil>>,
}

#[derive(Deserialize)]
struct Word {
    title: String,
}

#[derive(Deserialize)]
struct Pupil {
    #[serde(rename = "pupilId")]
    id: String,
    name: String,
    number: Option<i32>,
    left: Option<NaiveDate>,
    mark: Option<Held>,
}

/// What holds of the day.
#[derive(Deserialize)]
struct Held {
    #[serde(flatten)]
    mark: Mark,
    reason: Option<String>,
    office: bool,
    overruled: Option<Value>,
}

impl Held {
    /// What the homeroom had said; `None` also where it had taken its mark away.
    fn overruled(&self) -> Option<Mark> {
        let said = self.overruled.as_ref().filter(|said| !said["kind"].is_null())?;
        Mark::deserialize(said).ok()
    }
}

/// A pupil's row: what the homeroom marked, and what the office decided.
struct Row {
    id: String,
    number: String,
    name: String,
    /// Until when somebody was in the class who is there no more.
    left: Option<String>,
    homeroom: Option<Said>,
    office: Option<Said>,
    reason: String,
    note: String,
    chosen: bool,
    message: Option<&'static str>,
}

/// A mark in words, with who said so and when.
struct Said {
    words: String,
    by: String,
}

impl Said {
    fn of(mark: &Mark, today: NaiveDate) -> Self {
        let by = mark.by.as_deref().map(|by| format!(" {by}")).unwrap_or_default();
        Said { words: mark.words(), by: format!("{}{by}", day::near(mark.at, today)) }
    }
}

impl Row {
    fn of(pupil: Pupil, today: NaiveDate) -> Self {
        let held = pupil.mark;
        let said = |mark: &Mark| Said::of(mark, today);
        let (homeroom, office) = match &held {
            Some(held) if held.office => (held.overruled().as_ref().map(said), Some(said(&held.mark))),
            Some(held) => (Some(said(&held.mark)), None),
            None => (None, None),
        };
        let decided = office.is_some();
        let (reason, note) = held.map(|held| (held.reason, held.mark.note)).unwrap_or_default();
        Row {
            id: pupil.id,
            number: pupil.number.map_or_else(|| "–".to_owned(), |number| number.to_string()),
            name: pupil.name,
            left: pupil.left.map(|left| format!("{}まで在籍", day::short(left))),
            homeroom,
            office,
            reason: reason.filter(|_| decided).unwrap_or_default(),
            note: note.unwrap_or_default(),
            chosen: false,
            message: None,
        }
    }
}

#[derive(Template)]
#[template(path = "decisions.html")]
struct DecisionsPage {
    frame: Frame,
    here: String,
    board: String,
    school: String,
    class: String,
    day: NaiveDate,
    day_in_words: String,
    seen: String,
    children: &'static str,
    /// Why nothing can be decided on this day.
    closed: Option<String>,
    kinds: Vec<Kind>,
    rows: Vec<Row>,
    messages: Vec<&'static str>,
    typed: Fields,
}

/// `GET /classes/{id}/decisions`.
pub(super) async fn page(
    session: Session,
    Path(class): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    html(&load(&session, &class, wish.day.as_deref()).await?)
}

async fn load(session: &Session, id: &str, day: Option<&str>) -> Result<DecisionsPage, PageError> {
    // Before the answer: what is stored while it is made is not seen on the page.
    let (now, today) = (session.scope().now(), session.scope().today());
    let day = match day.filter(|day| !day.is_empty()) {
        Some(day) => day::read(day).ok_or(PageError::NotFound)?,
        None => today,
    };
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id, "day": day })).await?;
    let decides = |class: &Class| {
        class.kind == ClassKind::Homeroom && class.viewer_rights.to(Right::AttendanceDecide) && !session.presenting()
    };
    let class = asked.class.filter(decides).ok_or(PageError::NotFound)?;
    let word = class.calendar_on.into_iter().map(|word| word.title).find(|title| !title.is_empty());
    let closed = match class.is_school_day {
        _ if day > today => Some("まだ来ていない日です。学級閉鎖は、これからの日も決められます。".to_owned()),
        Some(false) => Some(format!("授業のない日です{}。", word.map(|word| format!("（{word}）")).unwrap_or_default())),
        _ => None,
    };
    let board = format!("/classes/{id}");
    let pupils = class.registered.unwrap_or_default();
    Ok(DecisionsPage {
        frame: session.frame(Nav::class(id, &class.viewer_rights, Here::Elsewhere)),
        here: format!("{board}/decisions"),
        board,
        school: class.school.map(|school| school.name).unwrap_or_default(),
        class: class.name,
        day,
        day_in_words: words::long_day(day),
        seen: now.to_rfc3339_opts(SecondsFormat::Millis, true),
        children: words::children(&class.grades),
        closed,
        kinds: asked.attendance_kinds,
        rows: pupils.into_iter().map(|pupil| Row::of(pupil, today)).collect(),
        messages: Vec::new(),
        typed: Fields::default(),
    })
}

#[derive(Deserialize)]
struct Answered {
    done: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    conflicts: Vec<Conflict>,
    rejected: Vec<Refusal>,
    user_errors: Vec<Refusal>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Conflict {
    pupil_id: String,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    id: String,
    code: String,
    field: String,
}

/// `POST /classes/{id}/decisions`.
pub(super) async fn send(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let chosen = fields.0.iter().filter(|(name, _)| name == "pupil").map(|(_, id)| id.as_str());
    let marks: Vec<Value> = match fields.get("do") {
        "decide" => chosen.map(|id| mark(&fields, id)).collect(),
        "back" => {
            let decided = |id: &&str| fields.is(&format!("decided.{id}"), "1");
            chosen.filter(decided).map(|id| json!({ "pupilId": id, "kind": null })).collect()
        }
        _ => return Err(PageError::BadForm),
    };
    if marks.is_empty() {
        let why = if fields.is("do", "back") {
            "決めたことのある人を選んでください。"
        } else {
            "だれのことか選んでください。"
        };
        return again(&session, &class, fields, vec![why], &[]).await;
    }
    let day = fields.typed("day").and_then(day::read).ok_or(PageError::NotFound)?;
    let input = json!({
        "classId": class, "day": day, "marks": marks, "reason": fields.get("reason"), "seenAt": fields.typed("seen"),
    });
    let Payload { conflicts, rejected, user_errors } =
        session.ask::<Answered>(DECIDE, json!({ "input": input })).await?.done.ok_or(PageError::NotFound)?;
    if conflicts.is_empty() && rejected.is_empty() && user_errors.is_empty() {
        return Ok(Redirect::to(&format!("/classes/{class}/decisions?day={day}")).into_response());
    }
    let mut messages: Vec<&'static str> = user_errors.iter().map(|of| words::refusal(&of.code, &of.field)).collect();
    let changed =
        conflicts.into_iter().map(|of| (of.pupil_id, "ほかの人が先に変えました。いまの印を見てから、もういちど決めてください。"));
    let refused = rejected.into_iter().map(|of| (of.id, words::refusal(&of.code, &of.field)));
    let of_rows: Vec<(String, &'static str)> = changed.chain(refused).collect();
    if !of_rows.is_empty() {
        messages.push("しるしのついた人は、決めていません。");
    }
    again(&session, &class, fields, messages, &of_rows).await
}

fn mark(fields: &Fields, pupil: &str) -> Value {
    // What a guardian said stays with the day, unless something else was typed.
    let kept = format!("note.{pupil}");
    json!({
        "pupilId": pupil, "kind": fields.get("kind"), "late": fields.is("late", "1"), "leftEarly": fields.is("left", "1"),
        "place": fields.typed("place").unwrap_or("CLASSROOM"), "note": fields.typed("note").or(fields.typed(&kept)),
    })
}

/// The page once more, with what was not decided.
async fn again(
    session: &Session,
    class: &str,
    fields: Fields,
    messages: Vec<&'static str>,
    of_rows: &[(String, &'static str)],
) -> Result<Response, PageError> {
    let mut page = load(session, class, fields.typed("day")).await?;
    for row in &mut page.rows {
        row.message = of_rows.iter().find(|(id, _)| *id == row.id).map(|(_, message)| *message);
        let sent = fields.0.iter().any(|(name, id)| name == "pupil" && *id == row.id);
        row.chosen = sent && (of_rows.is_empty() || row.message.is_some());
    }
    page.messages = messages;
    page.typed = fields;
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}
