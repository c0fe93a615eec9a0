//! What teachers do with 気にかけたい子: answer, take the answer back, note what was done. Each goes back to where it came from.
use super::address;
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::pupil_support::LEVELS;
use super::record::{ActionKind, Sent};
use super::{day, html, presenting_hidden, words};
use asagao_graphql::clock::new_id;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Days;
use serde_json::{Value, json};

const ANSWER: &str = "mutation Answer($input: ReviewSupportFlagInput!) { done: reviewSupportFlag(input: $input) {
    userErrors { code field } } }";
const WITHDRAW: &str =
    "mutation Withdraw($input: WithdrawSupportFlagAnswerInput!) { done: withdrawSupportFlagAnswer(input: $input) {
    userErrors { code field } } }";
const ACT: &str = "mutation Act($input: RecordSupportActionInput!) { done: recordSupportAction(input: $input) {
    userErrors { code field } } }";

/// The answers to a flag.
pub const ANSWERS: [(&str, &str); 3] =
    [("USEFUL", "役に立った"), ("ALREADY_KNOWN", "もう知っている"), ("NOT_RIGHT", "当たらない")];

/// What was not taken, with all that was typed, to be mended and sent again.
#[derive(Template)]
#[template(path = "flag.html")]
struct RefusedPage {
    frame: Frame,
    path: String,
    back: String,
    problems: Vec<&'static str>,
    fields: Fields,
    form: Form,
    /// The id of what is to be noted. What was stored under the former one stays: sent again it is a record of its own.
    id: String,
}

/// Which fields the form has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Answer,
    Withdraw,
    Action,
}

/// `POST /flags/{id}/answer`.
pub(super) async fn answer(Path(flag): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let path = format!("/flags/{flag}/answer");
    let today = posted.session.scope().today();
    let fields = &posted.fields;
    if !ANSWERS.iter().any(|(code, _)| *code == fields.get("answer")) {
        return refused(posted, &path, Form::Answer, vec!["答えをひとつ選んでください。"]);
    }
    // The form says for how many days; 「2週間出さない」 is 14.
    // A notice that was of use is not put off: the page offers it for the other two answers.
    let days = fields
        .typed("snooze")
        .filter(|_| fields.get("answer") != "USEFUL")
        .map(str::parse::<u64>)
        .transpose()
        .map_err(|_| PageError::BadForm)?;
    let until = days.and_then(|days| today.checked_add_days(Days::new(days)));
    let input = json!({ "flagId": flag, "answer": fields.get("answer"), "snoozeUntil": until, "note": fields.typed("note") });
    send(posted, &path, Form::Answer, ANSWER, input).await
}

/// `POST /flags/{id}/withdraw`.
pub(super) async fn withdraw(Path(flag): Path<String>, posted: Posted) -> Result<Response, PageError> {
    send(posted, &format!("/flags/{flag}/withdraw"), Form::Withdraw, WITHDRAW, json!({ "flagId": flag })).await
}

/// `POST /pupils/{id}/actions`.
pub(super) async fn act(Path(pupil): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let path = format!("/pupils/{pupil}/actions");
    let fields = &posted.fields;
    let mut problems = Vec::new();
    if !ActionKind::CHOICES.iter().any(|(code, _)| *code == fields.get("kind")) {
        problems.push("対応の種類を選んでください。");
    }
    if fields.typed("text").is_none() {
        problems.push("内容を書いてください。");
    }
    if fields.typed("nextOn").is_some_and(|day| day::read(day).is_none()) {
        problems.push("次の日は、2026-11-24 のように書いてください。");
    }
    if !problems.is_empty() {
        return refused(posted, &path, Form::Action, problems);
    }
    let input = json!({
        "id": fields.typed("id"), "pupilId": pupil, "kind": fields.get("kind"), "text": fields.typed("text"), "nextOn": fields.typed("nextOn"),
        "level": LEVELS.iter().map(|(code, ..)| *code).find(|code| fields.is("level", code)).unwrap_or("SCHOOL_TEAM"),
    });
    send(posted, &path, Form::Action, ACT, input).await
}

async fn send(mut posted: Posted, path: &str, form: Form, document: &str, input: Value) -> Result<Response, PageError> {
    let sent: Sent = posted.session.ask(document, json!({ "input": input })).await?;
    let errors = sent.refusals()?;
    if errors.iter().any(|error| error.code == "NOT_FOUND" && error.field == "pupilId") {
        return Err(PageError::NotFound);
    }
    if errors.is_empty() {
        return Ok(Redirect::to(&posted.fields.back("/classes")).into_response());
    }
    let problems = errors.iter().map(|error| words::refusal(&error.code, &error.field)).collect();
    if errors.iter().any(|error| error.field == "id") {
        posted.fields.0.retain(|(name, _)| name != "id");
    }
    refused(posted, path, form, problems)
}

fn refused(posted: Posted, path: &str, form: Form, problems: Vec<&'static str>) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let path = address::local(path).ok_or(PageError::NotFound)?.to_owned();
    if session.presenting() {
        return presenting_hidden::page(&session, &path, &fields, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let page = RefusedPage {
        frame: session.frame(Nav::staff(Here::Elsewhere)),
        path,
        back: fields.back("/classes"),
        problems,
        id: fields.typed("id").map_or_else(|| new_id().to_string(), str::to_owned),
        fields,
        form,
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}
