//! 個別の記録: the board opens a single pupil's record for a reason that it states.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::record::Connection;
use super::session::Session;
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("record_opening.graphql");
const OPEN: &str =
    "mutation Open($input: OpenRecordInput!) { openRecord(input: $input) { pupil { id } userErrors { code field } } }";

#[derive(Deserialize)]
struct Asked {
    schools: Option<Connection<School>>,
}

#[derive(Deserialize)]
struct School {
    id: String,
    name: String,
}

#[derive(Template)]
#[template(path = "record_opening.html")]
struct RecordOpeningPage {
    frame: Frame,
    schools: Vec<School>,
    /// What was typed, to be mended.
    typed: Fields,
    refused: Option<&'static str>,
}

/// `GET /records`; not while the screen is shown to others.
pub(super) async fn page(session: Session) -> Result<Html<String>, PageError> {
    show(&session, Fields::default(), None).await
}

async fn show(session: &Session, typed: Fields, refused: Option<&'static str>) -> Result<Html<String>, PageError> {
    if !session.may(Right::RecordOpen) || session.presenting() {
        return Err(PageError::NotFound);
    }
    let asked: Asked = session.ask(DOCUMENT, json!({})).await?;
    let schools = asked.schools.map(|schools| schools.nodes).unwrap_or_default();
    html(&RecordOpeningPage { frame: session.frame(Nav::staff(Here::Records)), schools, typed, refused })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    open_record: Option<Opened>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    pupil: Option<Pupil>,
    user_errors: Vec<Refusal>,
}

#[derive(Deserialize)]
struct Pupil {
    id: String,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    field: String,
}

/// `POST /records`.
pub(super) async fn send(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let input = json!({ "schoolId": fields.typed("school"), "name": fields.typed("name"), "className": fields.typed("class"),
        "reason": fields.get("reason") });
    let sent: Sent = session.ask(OPEN, json!({ "input": input })).await?;
    let opened = sent.open_record.ok_or(PageError::NotFound)?;
    if let Some(pupil) = opened.pupil {
        return Ok(Redirect::to(&format!("/pupils/{}", pupil.id)).into_response());
    }
    let refused = match opened.user_errors.first().map(|refused| (refused.code.as_str(), refused.field.as_str())) {
        Some((_, "reason")) => "何のために必要かを、10字以上で書いてください。",
        Some(("CONFLICT", _)) => "同じ名前の人がいます。学級も書いてください。",
        _ => "その学校に、その名前の人は今いません。学校と、名前の全部を確かめてください。",
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&session, fields, Some(refused)).await?).into_response())
}
