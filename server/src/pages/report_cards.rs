//! 通知表: each pupil's marks and days of the term on one row, the words beside them, and the closing of the term.
mod data;

use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::marking::{Marking, refusal};
use super::record::{ClassKind, Refusal, Sent};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use data::{Answer, Gap, Row, title};
use form_urlencoded::byte_serialize;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

const DOCUMENT: &str = include_str!("report_cards.graphql");
const WRITE: &str = "mutation Write($input: WriteRemarksInput!) { done: writeRemarks(input: $input) {
    rejected { index code field } userErrors { code field } } }";
const CLOSE: &str = "mutation Close($input: CloseTermInput!) { done: closeTerm(input: $input) {
    gaps { number name subject missing } userErrors { code field } } }";

/// What the page is asked with.
#[derive(Deserialize, Clone, Default)]
pub(super) struct Wish {
    term: Option<i32>,
    /// The subject that is written about; empty for the remark on the whole.
    about: Option<String>,
}

#[derive(Template)]
#[template(path = "report_cards.html")]
struct ReportCardsPage {
    frame: Frame,
    here: String,
    board: String,
    school: String,
    class: String,
    year_in_words: String,
    term: i32,
    term_name: String,
    terms: Vec<(i32, String, bool)>,
    about: String,
    abouts: Vec<(String, String, bool)>,
    closed: Option<String>,
    rows: Vec<Row>,
    writes: bool,
    closes: bool,
    children: &'static str,
    gaps: Vec<String>,
    messages: Vec<String>,
}

/// `GET /classes/{id}/report`.
pub(super) async fn page(
    session: Session,
    Path(class): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    html(&load(&session, &class, &wish).await?)
}

async fn load(session: &Session, id: &str, wish: &Wish) -> Result<ReportCardsPage, PageError> {
    let marking = Marking::load(session, id, wish.term).await?;
    let answer: Answer = session.ask(DOCUMENT, json!({ "id": id, "term": marking.term.number })).await?;
    let cards = answer.class.and_then(|class| class.report_cards).ok_or(PageError::NotFound)?;
    let homeroom = marking.kind == ClassKind::Homeroom;
    let mut names: Vec<String> = if homeroom { vec![String::new()] } else { Vec::new() };
    let (in_words, by_points): (Vec<_>, Vec<_>) = marking.subjects.iter().partition(|subject| subject.in_words());
    names.extend(in_words.into_iter().chain(by_points).map(|subject| subject.name.clone()));
    let about = match &wish.about {
        Some(about) => names.iter().find(|name| *name == about).ok_or(PageError::NotFound)?.clone(),
        None => names.first().ok_or(PageError::NotFound)?.clone(),
    };
    let closed = marking.term.closing.as_ref().map(|closing| closing.words(session.scope().today()));
    let begun = marking.term.begins <= session.scope().today();
    Ok(ReportCardsPage {
        here: format!("/classes/{id}/report"),
        board: format!("/classes/{id}"),
        school: marking.school_name(),
        year_in_words: NaiveDate::from_ymd_opt(marking.year, 4, 1).map(words::school_year).unwrap_or_default(),
        term: marking.term.number,
        term_name: marking.term.name.clone(),
        terms: marking.choices(),
        abouts: names.iter().map(|name| (name.clone(), title(name).to_owned(), *name == about)).collect(),
        rows: cards.into_iter().map(|card| card.row(&about)).collect(),
        about,
        writes: marking.rights.to(Right::MarkDecide) && closed.is_none(),
        closes: homeroom && begun && marking.rights.to(Right::MarkClose) && closed.is_none(),
        closed,
        children: words::children(&marking.grades),
        gaps: Vec::new(),
        messages: Vec::new(),
        frame: session.frame(Nav::class(id, &marking.rights, Here::Elsewhere).of_kind(marking.kind)),
        class: marking.class,
    })
}

/// What became of a closing.
#[derive(Deserialize)]
struct Closed {
    done: Option<Closing>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Closing {
    user_errors: Vec<Refusal>,
    gaps: Vec<Gap>,
}

/// `POST /classes/{id}/report`.
pub(super) async fn send(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let term: i32 = fields.get("term").parse().map_err(|_| PageError::BadForm)?;
    let wish = Wish { term: Some(term), about: Some(fields.get("about").to_owned()) };
    if fields.is("act", "close") {
        return close(&session, &class, &wish, fields.is("accept", "1")).await;
    }
    write(&session, &class, &wish, &fields).await
}

fn back(class: &str, wish: &Wish) -> Response {
    let about: String = byte_serialize(wish.about.as_deref().unwrap_or_default().as_bytes()).collect();
    Redirect::to(&format!("/classes/{class}/report?term={}&about={about}", wish.term.unwrap_or_default())).into_response()
}

async fn write(session: &Session, class: &str, wish: &Wish, fields: &Fields) -> Result<Response, PageError> {
    let typed: HashMap<&str, &str> = fields.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let text = |pupil: &str| typed.get(format!("text.{pupil}").as_str()).copied().unwrap_or_default();
    let changed = fields.0.iter().filter_map(|(name, was)| Some((name.strip_prefix("was.")?, was.as_str())));
    let changed: Vec<&str> = changed.filter(|(pupil, was)| text(pupil).trim() != was.trim()).map(|(pupil, _)| pupil).collect();
    if changed.is_empty() {
        return Ok(back(class, wish));
    }
    let remarks: Vec<Value> =
        changed.iter().map(|pupil| json!({ "pupilId": pupil, "subject": wish.about, "text": text(pupil) })).collect();
    let input = json!({ "classId": class, "term": wish.term, "remarks": remarks });
    let sent: Sent = session.ask(WRITE, json!({ "input": input })).await?;
    let (whole, items) = sent.parted()?;
    if items.is_empty() && whole.is_empty() {
        return Ok(back(class, wish));
    }
    let mut page = load(session, class, wish).await?;
    for item in &items {
        let pupil = changed.get(item.index).copied().unwrap_or_default();
        if let Some(row) = page.rows.iter_mut().find(|row| row.id == pupil) {
            (row.wrong, row.text) = (Some(refusal(&item.code, &item.field)), text(pupil).to_owned());
        }
    }
    if !whole.is_empty() {
        for row in page.rows.iter_mut().filter(|row| changed.contains(&row.id.as_str())) {
            text(&row.id).clone_into(&mut row.text);
        }
    }
    page.messages.extend(whole.iter().map(|of| format!("保存していません。{}", refusal(&of.code, &of.field))));
    if !items.is_empty() {
        page.messages.push(format!("保存していないところが{}か所あります。ほかは保存しました。", items.len()));
    }
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}

async fn close(session: &Session, class: &str, wish: &Wish, accept: bool) -> Result<Response, PageError> {
    let input = json!({ "classId": class, "term": wish.term, "acceptGaps": accept });
    let sent: Closed = session.ask(CLOSE, json!({ "input": input })).await?;
    let done = sent.done.ok_or(PageError::NotFound)?;
    let Some(refused) = done.user_errors.first() else { return Ok(back(class, wish)) };
    let mut page = load(session, class, wish).await?;
    page.gaps = Gap::by_pupil(&done.gaps);
    if page.gaps.is_empty() {
        page.messages.push(format!("締めていません。{}", refusal(&refused.code, &refused.field)));
    }
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}
