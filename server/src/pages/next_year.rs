//! 来年度の準備 (年度更新): the draft of a school's next year, class formation grade by grade, what is still to be decided, commit and undo.
mod form;
mod post;
mod row;
mod view;

use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::record::Sent;
use super::session::Session;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use view::{Data, Draft, Shown};

/// Which part of the draft is shown.
#[derive(Deserialize, Default, Clone)]
pub(super) struct Asked {
    grade: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "next_year.html")]
struct NextYearPage {
    frame: Frame,
    school_id: String,
    school: String,
    draft: Option<Draft>,
    /// Why what was sent last was not taken.
    refused: Vec<String>,
    /// The list of incoming pupils as it was typed, where it was not taken.
    typed: String,
}

impl NextYearPage {
    fn action(&self, grade: &str) -> String {
        format!("/schools/{}/next-year?grade={grade}", self.school_id)
    }
}

/// `GET /schools/{id}/next-year`; not while the screen is shown to others.
pub(super) async fn page(
    session: Session,
    Path(school): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    show(&session, &school, &asked, Vec::new(), String::new()).await
}

async fn show(
    session: &Session,
    school: &str,
    asked: &Asked,
    refused: Vec<String>,
    typed: String,
) -> Result<Response, PageError> {
    let data = ask(session, school, asked).await?;
    let (school, schools) = (data.school.ok_or(PageError::NotFound)?, data.board_schools.unwrap_or_default());
    // Who is not of the office finds no such page.
    let staff = school.staff.ok_or(PageError::NotFound)?;
    let shown = Shown { schools, staff, own: school.id.clone() };
    let draft = match school.turnover {
        Some(turnover) => {
            let grade = view::grade_shown(&turnover, asked.grade.as_deref());
            // The first look does not say a grade: what is shown then is asked for by it.
            if asked.grade.as_deref() == Some(grade.as_str()) {
                Some(Draft::new(&turnover, shown, grade))
            } else {
                let asked = Asked { grade: Some(grade.clone()) };
                let turnover = ask(session, &school.id, &asked).await?.school.and_then(|school| school.turnover);
                Some(Draft::new(&turnover.ok_or(PageError::NotFound)?, shown, grade))
            }
        }
        None => None,
    };
    let status = if refused.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = session.frame(Nav::office(&school.id, Here::NextYear));
    let page = NextYearPage { frame, school_id: school.id, school: school.name, draft, refused, typed };
    Ok((status, html(&page)?).into_response())
}

async fn ask(session: &Session, school: &str, asked: &Asked) -> Result<Data, PageError> {
    let (grade, outcome) = match asked.grade.as_deref() {
        Some(view::GRADUATES) => (None, Some("GRADUATES")),
        Some(view::LEAVES) => (None, Some("LEAVES")),
        // A grade that nobody has said is an empty one.
        Some(view::UNKNOWN) => (Some(String::new()), Some("STAYS")),
        grade => (grade.map(str::to_owned), None),
    };
    let first = if asked.grade.is_some() { 200 } else { 0 };
    let variables = json!({ "school": school, "grade": grade, "outcome": outcome, "first": first });
    session.ask(include_str!("next_year.graphql"), variables).await
}

/// `POST /schools/{id}/next-year`: every form of the page; goes back to it.
pub(super) async fn send(Path(school): Path<String>, Query(asked): Query<Asked>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let typed = fields.get("incoming").to_owned();
    let call = match form::call(&school, &fields) {
        Ok(call) => call,
        Err(refused) => return show(&session, &school, &asked, refused, typed).await,
    };
    let Some((mutation, of_type, input)) = call else { return back(&school, &asked, "") };
    let document = format!(
        "mutation NextYear($input: {of_type}!) {{ done: {mutation}(input: $input) {{ rejected {{ index code field }} userErrors {{ code field }} }} }}"
    );
    let sent: Sent = session.ask(&document, json!({ "input": input })).await?;
    let (whole, items) = sent.parted()?;
    let mut refused: Vec<String> = whole.iter().map(|error| form::words(&error.code, &error.field).to_owned()).collect();
    refused.extend(items.iter().map(|item| form::item_words(&fields, &input, item.index, &item.code, &item.field)));
    refused.dedup();
    if refused.is_empty() {
        return back(&school, &asked, form::part(fields.get("do")));
    }
    let all_refused = mutation == "addIncomingPupils";
    show(&session, &school, &asked, refused, if all_refused { typed } else { String::new() }).await
}

fn back(school: &str, asked: &Asked, part: &str) -> Result<Response, PageError> {
    let path = format!("/schools/{school}/next-year");
    let path = super::address::local(&path).ok_or(PageError::NotFound)?.to_owned();
    let path = match &asked.grade {
        Some(grade) => super::address::with(&path, "grade", grade),
        None => path,
    };
    Ok(Redirect::to(&format!("{path}{part}")).into_response())
}

/// What a call sends.
type Call = (&'static str, &'static str, Value);
