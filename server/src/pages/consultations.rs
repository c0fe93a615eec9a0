//! 相談: what pupils have asked the viewer to talk about. It is on no other page but the class's of that same adult.
use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{Connection, Named, Sent};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("consultations.graphql");
const ACCEPT: &str = "mutation Accept($id: ID!) { done: acceptConsultation(consultationId: $id) { userErrors { code field } } }";
const NOTE: &str =
    "mutation Note($input: NoteConsultationInput!) { done: noteConsultation(input: $input) { userErrors { code field } } }";

#[derive(Deserialize)]
struct Asked {
    open: Connection<Consultation>,
    all: Connection<Consultation>,
}

#[derive(Deserialize)]
struct Word {
    label: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Consultation {
    id: String,
    at: DateTime<Utc>,
    state: String,
    pupil_name: String,
    pupil_kana: String,
    class_name: Option<String>,
    topic: Option<Word>,
    words: Option<String>,
    addressee: Named,
    mine: bool,
    passed_on: bool,
    agreed: Option<String>,
    ended_at: Option<DateTime<Utc>>,
}

/// A consultation as the page shows it.
struct Line {
    id: String,
    at: String,
    class: String,
    name: String,
    kana: String,
    topic: String,
    words: String,
    agreed: String,
    with: String,
    mine: bool,
    taken: bool,
    passed_on: bool,
    tag: (&'static str, &'static str),
}

impl Line {
    fn of(of: Consultation, today: NaiveDate) -> Self {
        let taken = of.state == "ACCEPTED";
        Line {
            at: day::near(of.ended_at.unwrap_or(of.at), today),
            class: of.class_name.unwrap_or_default(),
            name: of.pupil_name,
            kana: of.pupil_kana,
            topic: of.topic.map(|topic| topic.label.replace('\n', " ")).unwrap_or_default(),
            words: of.words.unwrap_or_default(),
            agreed: of.agreed.unwrap_or_default(),
            with: of.addressee.name,
            mine: of.mine,
            passed_on: of.passed_on,
            tag: if taken { ("受け取りました", "care") } else { ("相談したい", "wait") },
            taken,
            id: of.id,
        }
    }
}

#[derive(Template)]
#[template(path = "consultations.html")]
struct ConsultationsPage {
    frame: Frame,
    open: Vec<Line>,
    over: Vec<Line>,
    refused: Option<&'static str>,
}

/// `GET /consultations`.
pub(super) async fn page(session: Session) -> Result<Html<String>, PageError> {
    html(&load(&session, None).await?)
}

async fn load(session: &Session, refused: Option<&'static str>) -> Result<ConsultationsPage, PageError> {
    if !session.may(Right::ConsultationTake) || session.presenting() {
        return Err(PageError::NotFound);
    }
    let today = session.scope().today();
    let asked: Asked = session.ask(DOCUMENT, json!({})).await?;
    let over = asked.all.nodes.into_iter().filter(|of| of.state == "ENDED");
    Ok(ConsultationsPage {
        frame: session.frame(Nav::staff(Here::Consultations)),
        over: over.map(|of| Line::of(of, today)).collect(),
        open: asked.open.nodes.into_iter().rev().map(|of| Line::of(of, today)).collect(),
        refused,
    })
}

/// `POST /consultations`.
pub(super) async fn send(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let id = fields.get("id");
    let sent: Sent = match fields.get("do") {
        "accept" => session.ask(ACCEPT, json!({ "id": id })).await?,
        act @ ("note" | "end") => {
            let input = json!({ "consultationId": id, "agreed": fields.get("agreed"), "end": act == "end" });
            session.ask(NOTE, json!({ "input": input })).await?
        }
        _ => return Err(PageError::BadForm),
    };
    match sent.refusals()?.first() {
        None => Ok(Redirect::to("/consultations").into_response()),
        Some(refused) => {
            let why = match refused.code.as_str() {
                "NOT_FOUND" => "次の人に回ったか、本人がとりけしました。",
                "CONFLICT" => "この相談は、もう終わっています。",
                code => words::refusal(code, &refused.field),
            };
            Ok((StatusCode::CONFLICT, html(&load(&session, Some(why)).await?)?).into_response())
        }
    }
}
