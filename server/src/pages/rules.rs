//! 知らせの基準: from where on the board lets rules speak, and what share of a class a school can look after.
use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::record::{Named, Sent};
use super::session::Session;
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("rules.graphql");
const SET_RULE: &str =
    "mutation Set($input: SetAnalysisRuleInput!) { done: setAnalysisRule(input: $input) { userErrors { code field } } }";
const SET_SHARE: &str =
    "mutation Set($input: SetAnalysisCapacityInput!) { done: setAnalysisCapacity(input: $input) { userErrors { code field } } }";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    analysis_rules: Vec<Rule>,
    school: Option<Named>,
    analysis_capacity: Option<i32>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "rule")]
    key: String,
    threshold: u32,
    usual: u32,
    least: u32,
    most: u32,
    label: String,
    unit: String,
}

struct School {
    id: String,
    name: String,
    share: i32,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    frame: Frame,
    school: Option<School>,
    rules: Vec<Rule>,
    /// Whether the viewer decides from where on the rules speak.
    decides: bool,
    refused: Option<&'static str>,
}

/// `GET /rules`: the board's.
pub(super) async fn page(session: Session) -> Result<Html<String>, PageError> {
    html(&load(&session, None, None).await?)
}

/// `GET /schools/{id}/rules`: a school's share, and the board's rules beside it.
pub(super) async fn of_school(session: Session, Path(id): Path<String>) -> Result<Html<String>, PageError> {
    html(&load(&session, Some(id), None).await?)
}

async fn load(session: &Session, school: Option<String>, refused: Option<&'static str>) -> Result<RulesPage, PageError> {
    let right = if school.is_some() { Right::AnalysisCapacityWrite } else { Right::AnalysisRuleWrite };
    if !session.may(right) {
        return Err(PageError::NotFound);
    }
    let variables = json!({ "id": school.as_deref().unwrap_or_default(), "ofSchool": school.is_some() });
    let asked: Asked = session.ask(DOCUMENT, variables).await?;
    let (nav, school) = match school {
        None => (Nav::staff(Here::Rules), None),
        Some(id) => {
            let (named, share) = asked.school.zip(asked.analysis_capacity).ok_or(PageError::NotFound)?;
            (Nav::office(&id, Here::Elsewhere), Some(School { id, name: named.name, share }))
        }
    };
    let decides = session.may(Right::AnalysisRuleWrite);
    Ok(RulesPage { frame: session.frame(nav), school, rules: asked.analysis_rules, decides, refused })
}

/// `POST /rules`: one rule.
pub(super) async fn set_rule(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    // What is no number is none that a rule takes.
    let threshold: i32 = fields.get("threshold").trim().parse().unwrap_or(-1);
    let input = json!({ "rule": fields.get("rule"), "threshold": threshold });
    let sent: Sent = session.ask(SET_RULE, json!({ "input": input })).await?;
    if sent.refusals()?.is_empty() {
        return Ok(Redirect::to("/rules#rules").into_response());
    }
    let why = "0（出さない）か、右に書いてある範囲の数を入れてください。";
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&load(&session, None, Some(why)).await?)?).into_response())
}

/// `POST /schools/{id}/rules`: the school's share.
pub(super) async fn set_share(Path(id): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    // What is no number is no share.
    let share: i32 = fields.get("share").trim().parse().unwrap_or_default();
    let sent: Sent = session.ask(SET_SHARE, json!({ "input": { "schoolId": id, "share": share } })).await?;
    let why = match sent.refusals()?.first().map(|refused| refused.field.clone()).as_deref() {
        None => return Ok(Redirect::to(&format!("/schools/{id}/rules")).into_response()),
        Some("share") => "割合は、1%から50%までの数で書いてください。",
        Some(_) => "この学校の設定は、変えられる人が決まっています。",
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&load(&session, Some(id), Some(why)).await?)?).into_response())
}
