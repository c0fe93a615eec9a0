//! What the office sends from the page of the calendar: a year to lay out, a day to change.
use super::load;
use crate::pages::csrf::{Fields, Posted};
use crate::pages::error::PageError;
use crate::pages::record::Sent;
use crate::pages::session::Session;
use crate::pages::{day, html, words};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

const LAY_OUT: &str =
    "mutation LayOut($input: LayOutCalendarInput!) { done: layOutCalendar(input: $input) { userErrors { code field } } }";
const SET: &str = "mutation Set($input: SetCalendarDaysInput!) { done: setCalendarDays(input: $input) {
    rejected { code field } userErrors { code field } } }";

/// The most vacations that are read from the form.
const VACATIONS: usize = 30;

/// `POST /calendar/year`.
pub(in crate::pages) async fn lay_out(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let vacation = |nth: usize| {
        let of = |name: &str| fields.typed(&format!("{name}.{nth}"));
        Some(json!({ "title": of("title")?, "from": of("from")?, "to": of("to")?, "grade": of("grade") }))
    };
    let vacations: Vec<Value> = (0..VACATIONS).filter_map(vacation).collect();
    let begins = fields.typed("begins");
    let ends = (0..VACATIONS).flat_map(|nth| [format!("from.{nth}"), format!("to.{nth}")]);
    if unread(&fields, ends.chain(["begins".to_owned()])) {
        return again(&session, &fields, DAYS).await;
    }
    let input = json!({ "schoolId": fields.get("school"), "year": year(&fields), "begins": begins, "vacations": vacations });
    send(&session, &fields, LAY_OUT, input).await
}

/// `POST /calendar/days`.
pub(in crate::pages) async fn set(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let Some(day) = fields.typed("day") else {
        return again(&session, &fields, "日を選んでください。").await;
    };
    if unread(&fields, ["day", "substitute"].map(str::to_owned)) {
        return again(&session, &fields, DAYS).await;
    }
    let mut days =
        vec![json!({ "day": day, "grade": fields.typed("grade"), "kind": fields.typed("kind"), "title": fields.typed("title") })];
    // A Saturday with school and the day that is free for it go together.
    if let Some(free) = fields.typed("substitute") {
        days.push(json!({ "day": free, "grade": fields.typed("grade"), "kind": "SUBSTITUTE", "title": "振替休業日" }));
    }
    let input = json!({ "schoolId": fields.get("school"), "days": days, "reason": fields.typed("reason") });
    send(&session, &fields, SET, input).await
}

const DAYS: &str = "日は、2026-11-24 のように書いてください。";

/// Whether one of these fields has something in it that is no day.
fn unread(fields: &Fields, names: impl IntoIterator<Item = String>) -> bool {
    names.into_iter().any(|name| fields.typed(&name).is_some_and(|text| day::read(text).is_none()))
}

fn year(fields: &Fields) -> i32 {
    fields.get("year").parse().unwrap_or_default()
}

async fn send(session: &Session, fields: &Fields, document: &str, input: Value) -> Result<Response, PageError> {
    let sent: Sent = session.ask(document, json!({ "input": input })).await?;
    match sent.refusals()?.first() {
        Some(refused) if (&*refused.code, &*refused.field) == ("CONFLICT", "day") => {
            again(session, fields, "同じ日が2つあります。振替休業日には、ほかの日を選んでください。").await
        }
        Some(refused) => again(session, fields, words::refusal(&refused.code, &refused.field)).await,
        None => Ok(Redirect::to(&format!("/calendar?school={}&year={}", fields.get("school"), year(fields))).into_response()),
    }
}

/// The page once more, with what could not be saved.
async fn again(session: &Session, fields: &Fields, why: &str) -> Result<Response, PageError> {
    let mut page = load(session, fields.typed("school"), Some(year(fields))).await?;
    page.typed = fields.clone();
    page.messages.push(format!("保存していません。{why}"));
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}
