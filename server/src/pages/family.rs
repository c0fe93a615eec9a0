//! 保護者のページ: a guardian's children, what is kept of them and for what, and keeping them out of the analysis.
mod words;

use super::csrf::Posted;
use super::error::PageError;
use super::frame::Frame;
use super::record::Sent;
use super::session::GuardianSession;
use super::{address, html, ruby};
use asagao_graphql::marks::term;
use askama::Template;
use axum::extract::Query;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use words::Words;

const DOCUMENT: &str = include_str!("family.graphql");
const CHOOSE: &str =
    "mutation Choose($input: ChooseAnalysisInput!) { done: chooseAnalysis(input: $input) { userErrors { code field } } }";

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    lang: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    children: Vec<Child>,
    purposes: Vec<Purpose>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Child {
    id: String,
    name: String,
    homeroom: Option<Homeroom>,
    kept_out_of_analysis: Option<bool>,
    register_year: Vec<InSchool>,
}

#[derive(Deserialize)]
struct Homeroom {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InSchool {
    school_name: String,
    count: Count,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    school_days: u32,
    absent: u32,
    excused: u32,
    late: u32,
    left_early: u32,
}

impl Child {
    /// The school of now, and the class.
    fn place(&self) -> String {
        let school = self.register_year.last().map_or("", |of| of.school_name.as_str());
        let class = self.homeroom.as_ref().map_or("", |of| of.name.as_str());
        format!("{school}　{class}").trim().to_owned()
    }
}

impl Count {
    /// In the order of the words' columns.
    fn all(&self) -> [u32; 5] {
        [self.school_days, self.absent, self.excused, self.late, self.left_early]
    }
}

#[derive(Deserialize)]
struct Purpose {
    label: String,
    english: String,
    portuguese: String,
}

impl Purpose {
    /// What is taken in, and for what, in a language; in Japanese where the board has not said it.
    fn said(&self, words: &Words) -> (&str, &str) {
        let text = match words.lang {
            "pt" => &self.portuguese,
            "en" => &self.english,
            _ => &self.label,
        };
        let text = if text.is_empty() { &self.label } else { text };
        text.split_once('\n').unwrap_or((text, ""))
    }
}

#[derive(Template)]
#[template(path = "family.html")]
struct FamilyPage {
    frame: Frame,
    words: &'static Words,
    who: String,
    children: Vec<Child>,
    purposes: Vec<Purpose>,
}

/// `GET /family`.
pub(super) async fn page(session: GuardianSession, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let any = session.as_ref();
    let words = Words::of(wish.lang.as_deref().unwrap_or_default());
    let year = term::school_year(any.scope.today());
    let asked: Asked = any.ask(DOCUMENT, json!({ "year": year })).await?;
    html(&FamilyPage {
        frame: Frame::outside(any.csrf()),
        words,
        who: ruby::japanese(&any.scope.viewer().name),
        children: asked.children,
        purposes: asked.purposes,
    })
}

/// `POST /family`: whether a child is kept out of the analysis.
pub(super) async fn send(posted: Posted<GuardianSession>) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let input = json!({ "pupilId": fields.get("pupil"), "keepOut": fields.is("keepOut", "1") });
    let sent: Sent = session.as_ref().ask(CHOOSE, json!({ "input": input })).await?;
    if !sent.refusals()?.is_empty() {
        return Err(PageError::NotFound);
    }
    let back = address::with("/family", "lang", Words::of(fields.get("lang")).lang);
    Ok(Redirect::to(&format!("{back}#analysis-{}", fields.get("pupil"))).into_response())
}
