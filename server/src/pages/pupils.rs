//! 児童生徒をさがす: by a part of a name in any spelling. What is typed is posted: a name stands in no address and in no log.
use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::record::PageInfo;
use super::ruby::hiragana;
use super::session::Session;
use askama::Template;
use axum::response::Html;
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("pupils.graphql");

/// The most that the API takes: what is longer is cut before it is asked.
const MOST: (usize, usize) = (100, 8);

#[derive(Deserialize)]
struct Asked {
    pupils: Option<Page>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    nodes: Vec<Found>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Found {
    pupil: Pupil,
    #[serde(default)]
    class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    id: String,
    name: String,
    #[serde(default)]
    kana: Option<String>,
    #[serde(default)]
    number: Option<i32>,
    #[serde(default)]
    official_name: Option<String>,
}

#[derive(Deserialize)]
struct Class {
    id: String,
    name: String,
    #[serde(default)]
    school: Option<School>,
}

#[derive(Deserialize)]
struct School {
    name: String,
}

impl Pupil {
    fn hiragana(&self) -> String {
        self.kana.as_deref().map(hiragana).unwrap_or_default()
    }

    /// What the register says, where that is another name.
    fn other_name(&self) -> Option<&str> {
        self.official_name.as_deref().filter(|official| *official != self.name)
    }
}

#[derive(Template)]
#[template(path = "pupils.html")]
struct PupilsPage {
    frame: Frame,
    search: String,
    /// `None` before anything was searched.
    found: Option<Vec<Found>>,
    /// Whether this is not the first page of what was found.
    further: bool,
    next: Option<String>,
}

/// `GET /pupils`.
pub(super) async fn page(session: Session) -> Result<Html<String>, PageError> {
    let frame = session.frame(Nav::staff(Here::Search));
    html(&PupilsPage { frame, search: String::new(), found: None, further: false, next: None })
}

/// `POST /pupils`.
pub(super) async fn search(posted: Posted) -> Result<Html<String>, PageError> {
    let (session, fields) = (posted.session, posted.fields);
    let frame = session.frame(Nav::staff(Here::Search));
    let words: Vec<&str> = fields
        .get("search")
        .split(|c: char| c.is_whitespace() || matches!(c, '、' | ','))
        .filter(|word| !word.is_empty())
        .take(MOST.1)
        .collect();
    let search: String = words.join(" ").chars().take(MOST.0).collect();
    if !search.chars().any(char::is_alphanumeric) || session.presenting() {
        return html(&PupilsPage { frame, search, found: None, further: false, next: None });
    }
    let after = fields.typed("after");
    let asked: Asked = session.ask(DOCUMENT, json!({ "search": search, "after": after })).await?;
    let (found, next) = asked.pupils.map_or((Vec::new(), None), |page| (page.nodes, page.page_info.next()));
    html(&PupilsPage { frame, search, found: Some(found), further: after.is_some(), next })
}
