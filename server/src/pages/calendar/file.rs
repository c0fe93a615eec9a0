//! The calendar as a file, out and in: what a file would change is shown first, with every cell that cannot be read.
use super::{DOCUMENT, KINDS, load};
use crate::pages::csrf::{Fields, Posted, PostedFile};
use crate::pages::error::PageError;
use crate::pages::file::{self, Kind, Saving};
use crate::pages::frame::{Frame, Here, Nav};
use crate::pages::session::Session;
use crate::pages::{day, html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::japan;
use asagao_graphql::formats::sheet::{Cell, Column, Sheet};
use asagao_graphql::formats::text_encoding::{self, Said};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

const IMPORT: &str = "mutation Import($input: ImportCalendarInput!) { done: importCalendar(input: $input) {
    changes { line day grade before { kind title } kind title } unchanged findings { line column value messageJa } fingerprint applied
    userErrors { code field } } }";

/// `POST /calendar/file`: every day with a word of its own.
pub(in crate::pages) async fn download(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    if !session.may(Right::CalendarWrite) {
        return Err(PageError::NotFound);
    }
    let kind = Kind::of(fields.get("kind")).ok_or(PageError::BadForm)?;
    let (from, to) = year(&fields).and_then(day::days_of_year).ok_or(PageError::NotFound)?;
    let asked: super::Asked = session.ask(DOCUMENT, json!({ "school": fields.get("school"), "from": from, "to": to })).await?;
    let found = asked.school.ok_or(PageError::NotFound)?;
    let row = |said: &super::Said| {
        let grade = said.grade.iter().cloned().collect::<Vec<_>>();
        let grade = if grade.is_empty() { Cell::Empty } else { words::grades(&grade).into() };
        vec![said.day.into(), words::weekday(said.day).into(), grade, word(&said.kind).into(), said.title.as_str().into()]
    };
    let title = format!("{} {} 行事暦", found.name, words::school_year(from));
    let sheet = Sheet {
        title: title.clone(),
        columns: ["日", "曜日", "学年", "種類", "名前"].into_iter().map(Column::new).collect(),
        rows: found.calendar.days.iter().map(row).collect(),
        landscape: false,
        made_at: session.scope().now().with_timezone(&japan()).naive_local(),
    };
    let saving = Saving {
        what: title,
        action: "/calendar/file",
        back: address(&fields),
        keep: ["school", "year"].map(|name| (name, fields.get(name).to_owned())).to_vec(),
    };
    file::give(&session, Nav::staff(Here::Calendar), &sheet, kind, saving)
}

/// The word of a file for a kind.
fn word(code: &str) -> &'static str {
    KINDS.iter().find(|(of, _)| *of == code).map_or("", |(_, name)| name.split('（').next().unwrap_or(name))
}

fn year(fields: &Fields) -> Option<i32> {
    fields.get("year").parse().ok()
}

fn address(fields: &Fields) -> String {
    let school: String = form_urlencoded::byte_serialize(fields.get("school").as_bytes()).collect();
    format!("/calendar?school={school}&year={}", year(fields).unwrap_or_default())
}

#[derive(Deserialize)]
struct Answered {
    done: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    changes: Vec<Change>,
    unchanged: usize,
    findings: Vec<Finding>,
    fingerprint: Option<String>,
    applied: bool,
    user_errors: Vec<Refusal>,
}

#[derive(Deserialize)]
struct Change {
    line: u64,
    day: NaiveDate,
    grade: Option<String>,
    before: Option<Word>,
    kind: Option<String>,
    title: String,
}

#[derive(Deserialize)]
struct Word {
    kind: String,
    title: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    line: u64,
    column: String,
    value: String,
    message_ja: String,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    field: String,
}

impl Change {
    fn day(&self) -> String {
        words::short_day(self.day)
    }

    fn grade(&self) -> String {
        self.grade.as_ref().map_or_else(|| "全学年".to_owned(), |grade| words::grades(std::slice::from_ref(grade)))
    }

    fn was(&self) -> String {
        self.before.as_ref().map_or_else(|| "暦のとおり".to_owned(), |before| said(&before.kind, &before.title))
    }

    fn becomes(&self) -> String {
        self.kind.as_ref().map_or_else(|| "暦のとおり".to_owned(), |kind| said(kind, &self.title))
    }
}

/// 「授業日（運動会）」.
fn said(kind: &str, title: &str) -> String {
    let kind = word(kind);
    if title.is_empty() || title == kind { kind.to_owned() } else { format!("{kind}（{title}）") }
}

#[derive(Template)]
#[template(path = "calendar_file.html")]
struct PreviewPage {
    frame: Frame,
    back: String,
    fields: Fields,
    /// The file's text, which goes along to be applied.
    text: String,
    encoding: String,
    changes: Vec<Change>,
    unchanged: usize,
    findings: Vec<Finding>,
    fingerprint: Option<String>,
    message: Option<&'static str>,
}

/// `POST /calendar/import`: what a file would change.
pub(in crate::pages) async fn preview(posted: PostedFile) -> Result<Response, PageError> {
    let (session, fields, file) = posted.whole().await?;
    if file.is_empty() {
        return refused(&session, &fields, "ファイルを選んでください。".to_owned()).await;
    }
    match text_encoding::decode(&file, Said::Auto) {
        Ok(decoded) => show(&session, fields, decoded.text.replace("\r\n", "\n"), decoded.encoding.to_string(), None).await,
        Err(wrong) => refused(&session, &fields, format!("{}。", wrong.japanese())).await,
    }
}

/// `POST /calendar/import/apply`: exactly what was shown.
pub(in crate::pages) async fn apply(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let input = json!({
        "schoolId": fields.get("school"), "text": fields.get("text"), "fingerprint": fields.get("fingerprint"),
        "reason": fields.typed("reason"),
    });
    let payload = ask(&session, input).await?;
    if payload.applied {
        return Ok(Redirect::to(&address(&fields)).into_response());
    }
    let why = match payload.user_errors.first() {
        Some(error) if error.field == "fingerprint" => "ほかの人が先に行事暦を変えました。変わるところを見なおしてください。",
        Some(error) => words::refusal(&error.code, &error.field),
        None => "変わるところはありません。",
    };
    let (text, encoding) = (fields.get("text").to_owned(), fields.get("encoding").to_owned());
    show(&session, fields, text, encoding, Some(why)).await
}

async fn ask(session: &Session, input: Value) -> Result<Payload, PageError> {
    session.ask::<Answered>(IMPORT, json!({ "input": input })).await?.done.ok_or(PageError::NotFound)
}

async fn show(
    session: &Session,
    fields: Fields,
    text: String,
    encoding: String,
    message: Option<&'static str>,
) -> Result<Response, PageError> {
    let payload = ask(session, json!({ "schoolId": fields.get("school"), "text": text })).await?;
    if let Some(error) = payload.user_errors.first() {
        let why = match error.field.as_str() {
            "text" => "ファイルが大きすぎるか、文字ではないものが入っています。",
            field => words::refusal(&error.code, field),
        };
        return refused(session, &fields, why.to_owned()).await;
    }
    let page = PreviewPage {
        frame: session.frame(Nav::staff(Here::Calendar)),
        back: address(&fields),
        fields,
        text,
        encoding,
        changes: payload.changes,
        unchanged: payload.unchanged,
        findings: payload.findings,
        fingerprint: payload.fingerprint,
        message,
    };
    let status = if message.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok((status, html(&page)?).into_response())
}

/// The calendar with the reason why nothing could be read.
async fn refused(session: &Session, fields: &Fields, why: String) -> Result<Response, PageError> {
    let mut page = load(session, fields.typed("school"), year(fields)).await?;
    page.messages.push(why);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}
