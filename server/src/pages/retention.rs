//! 保存と廃棄: what is due this year, what is held, what went. Deleting takes two steps: choosing, and confirming what was shown.
mod form;
mod view;

use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::retention::period;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use form::Sent;
use serde_json::{Value, json};
use view::{Answer, Deleted, Due, Hold, Plan, Rule, School};

const DOCUMENT: &str = include_str!("retention.graphql");

/// The kinds of record, in words.
pub const KINDS: [(&str, &str); 9] = [
    ("STUDENT_REGISTER", "学籍の記録"),
    ("GUIDANCE_RECORD", "指導の記録（出席扱い・成績・所見）"),
    ("ATTENDANCE_REGISTER", "出席簿"),
    ("SUPPORT", "支援の記録"),
    ("LEARNING", "学習の記録"),
    ("SUPPORT_FLAG", "気にかけたい知らせ"),
    ("MOOD", "心の天気"),
    ("HEALTH", "保健の記録"),
    ("NEXT_YEAR_DRAFT", "年度更新の下書き"),
];

#[derive(Template)]
#[template(path = "retention.html")]
struct RetentionPage {
    frame: Frame,
    year: String,
    today: String,
    messages: Vec<String>,
    plan: Option<Plan>,
    due: Vec<Due>,
    more: bool,
    holds: Vec<Hold>,
    rules: Vec<Rule>,
    gone: Vec<Deleted>,
    schools: Vec<School>,
    /// Whether the viewer deletes and holds.
    writes: bool,
    /// Whether the viewer decides how long records are kept.
    decides: bool,
}

/// `GET /retention`; not while the screen is shown to others.
pub(super) async fn page(session: Session) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    show(&session, None, Vec::new()).await
}

async fn show(session: &Session, plan: Option<Plan>, messages: Vec<String>) -> Result<Response, PageError> {
    if !session.may(Right::RetentionRead) {
        return Err(PageError::NotFound);
    }
    let answer: Answer = session.ask(DOCUMENT, Value::Null).await?;
    let today = session.scope().today();
    let (first, _) = period::days_of(period::school_year(today));
    let status = if messages.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = RetentionPage {
        frame: session.frame(Nav::staff(Here::Retention)),
        year: words::era(first).trim_end_matches("年4月1日").to_owned() + "年度",
        today: today.to_string(),
        messages,
        plan,
        more: answer.retention_due.page_info.has_next_page,
        due: answer.retention_due.nodes.into_iter().map(Due::from).collect(),
        holds: answer.legal_holds.nodes.into_iter().map(Hold::from).collect(),
        rules: answer.retention_rules.into_iter().map(Rule::from).collect(),
        gone: view::by_day(answer.deletions.nodes),
        schools: answer.schools.map(|schools| schools.nodes).unwrap_or_default(),
        writes: session.may(Right::RetentionWrite),
        decides: session.may(Right::RetentionRuleWrite),
    };
    Ok((status, html(&page)?).into_response())
}

/// `POST /retention`: looking at what would go, deleting it, holding, lifting, changing a rule.
pub(super) async fn send(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let sent = match form::read(&fields) {
        Ok(sent) => sent,
        Err(message) => return show(&session, None, vec![message.to_owned()]).await,
    };
    match sent {
        Sent::Plan(ids) => {
            let plan = view::plan(&session, &ids).await?;
            let nothing = plan.due.is_empty().then(|| "選んだものは、もう廃棄されたか、指示が出ています。".to_owned());
            show(&session, Some(plan).filter(|plan| !plan.due.is_empty()), nothing.into_iter().collect()).await
        }
        Sent::Call(mutation, of_type, input) => {
            let errors = form::call(&session, mutation, of_type, &input).await?;
            if errors.is_empty() {
                return Ok(Redirect::to(&fields.back("/retention")).into_response());
            }
            show(&session, None, errors).await
        }
        Sent::Delete(mut ids, mut confirmation) => {
            // One call deletes some lots: the page goes on until all is gone that was confirmed.
            loop {
                let input = json!({ "ids": ids, "confirmation": confirmation });
                let (errors, rest) = form::delete(&session, &input).await?;
                if !errors.is_empty() {
                    return show(&session, None, errors).await;
                }
                match rest {
                    Some((left, next)) if !left.is_empty() && left.len() <= ids.len() => (ids, confirmation) = (left, next),
                    _ => return Ok(Redirect::to("/retention#gone").into_response()),
                }
            }
        }
    }
}
