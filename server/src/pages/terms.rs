//! 学期: the terms of a school year, for every school of the board; the board sets their first days.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::Sent;
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::marks::term;
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("terms.graphql");
const SET: &str = "mutation Set($input: SetTermsInput!) { done: setTerms(input: $input) { userErrors { code field } } }";

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    year: Option<i32>,
}

#[derive(Deserialize)]
struct Answer {
    terms: Option<Vec<Term>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    name: String,
    number: i32,
    begins: NaiveDate,
    ends: NaiveDate,
    is_set: bool,
    /// Whether it is the term of today.
    #[serde(skip)]
    runs: bool,
}

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    frame: Frame,
    year: i32,
    year_in_words: String,
    /// The years to choose from, with the one that is shown.
    years: Vec<(i32, bool)>,
    terms: Vec<Term>,
    is_set: bool,
    /// Whether the viewer may set them.
    sets: bool,
    /// What the form has: how many terms, the first days of the second and the third, why.
    two: bool,
    begins: [String; 2],
    reason: String,
    refused: Option<&'static str>,
}

/// `GET /terms`.
pub(super) async fn page(session: Session, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let year = wish.year.unwrap_or_else(|| term::school_year(session.scope().today()));
    html(&load(&session, year).await?)
}

async fn load(session: &Session, year: i32) -> Result<TermsPage, PageError> {
    let (first, _) = day::days_of_year(year).ok_or(PageError::NotFound)?;
    let answer: Answer = session.ask(DOCUMENT, json!({ "year": year })).await?;
    let mut terms = answer.terms.ok_or(PageError::NotFound)?;
    let today = session.scope().today();
    terms.iter_mut().for_each(|term| term.runs = (term.begins..=term.ends).contains(&today));
    let now = term::school_year(today);
    let begins = |number: i32| terms.iter().find(|term| term.number == number).map(|term| term.begins.to_string());
    Ok(TermsPage {
        frame: session.frame(Nav::staff(Here::Terms)),
        year,
        year_in_words: words::school_year(first),
        years: (now - 1..=now + 1)
            .chain((!(now - 1..=now + 1).contains(&year)).then_some(year))
            .map(|of| (of, of == year))
            .collect(),
        is_set: terms.iter().any(|term| term.is_set),
        sets: session.may(Right::TermWrite),
        two: terms.len() == 2,
        begins: [begins(2), begins(3)].map(Option::unwrap_or_default),
        reason: String::new(),
        refused: None,
        terms,
    })
}

impl Term {
    fn days(&self) -> String {
        format!("{}から{}まで", words::long_day(self.begins), words::long_day(self.ends))
    }
}

/// `POST /terms`.
pub(super) async fn send(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let year: i32 = fields.get("year").parse().map_err(|_| PageError::BadForm)?;
    let (first, _) = day::days_of_year(year).ok_or(PageError::BadForm)?;
    let others: Option<Vec<NaiveDate>> = typed(&fields).iter().map(|begins| day::read(begins)).collect();
    let refused = match others {
        None => Some("学期のはじめの日を選んでください。"),
        Some(others) => {
            let begins: Vec<NaiveDate> = [first].into_iter().chain(others).collect();
            let input = json!({ "year": year, "begins": begins, "reason": fields.get("reason") });
            let sent: Sent = session.ask(SET, json!({ "input": input })).await?;
            sent.refusals()?.first().map(|refused| refusal(&refused.code, &refused.field))
        }
    };
    if refused.is_none() {
        return Ok(Redirect::to(&format!("/terms?year={year}")).into_response());
    }
    let mut page = load(&session, year).await?;
    page.refused = refused;
    page.two = fields.is("terms", "2");
    page.begins = ["second", "third"].map(|name| fields.get(name).to_owned());
    fields.get("reason").clone_into(&mut page.reason);
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}

/// The first days of the terms behind the first, as they were typed.
fn typed(fields: &Fields) -> Vec<&str> {
    let names: &[&str] = if fields.is("terms", "2") { &["second"] } else { &["second", "third"] };
    names.iter().map(|name| fields.get(name)).collect()
}

/// Why the terms were not taken.
fn refusal(code: &str, field: &str) -> &'static str {
    match (code, field) {
        ("IN_USE", _) => {
            "この年度には、もう学期を締めた学級があるか、なくなる学期に付けた成績や所見があります。学期はいまのままです。"
        }
        ("OUT_OF_RANGE", "begins") => "学期のはじめの日は、その年度の4月2日から3月31日までの日を、早い順に選んでください。",
        _ => words::refusal(code, field),
    }
}
