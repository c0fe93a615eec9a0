//! 訂正の履歴 of a class: who changed its attendance, lessons, calendar, closures and timetable, when and why; the newest first.
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::pupil_history::{Entry, History, words};
use super::record::{ClassKind, Named, Rights};
use super::session::Session;
use super::{address, html};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("class_history.graphql");

/// The kinds of record that the history of a class has.
const KINDS: [&str; 4] = ["ATTENDANCE", "LESSON", "CALENDAR", "CLASS"];

/// What the page is asked with.
#[derive(Deserialize, Default)]
pub(super) struct Wish {
    #[serde(default)]
    kind: String,
    after: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    kind: ClassKind,
    viewer_rights: Rights,
    school: Option<Named>,
    history: Option<History>,
}

#[derive(Template)]
#[template(path = "class_history.html")]
struct ClassHistoryPage {
    frame: Frame,
    id: String,
    name: String,
    school: String,
    has_register: bool,
    /// The kinds to choose from, in words, with the one that is shown.
    kinds: Vec<(&'static str, &'static str, bool)>,
    entries: Vec<Entry>,
    next: Option<String>,
}

/// `GET /classes/{id}/history`; not while the screen is shown to others.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(wish): Query<Wish>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    let kinds = KINDS.into_iter().find(|code| *code == wish.kind).map(|code| [code]);
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id, "kinds": kinds, "after": wish.after })).await?;
    let class = asked.class.ok_or(PageError::NotFound)?;
    // Who does not take the attendance of this class finds no such page.
    let (entries, next) = class.history.ok_or(PageError::NotFound)?.shown();
    let own = format!("/classes/{id}/history");
    let own = if kinds.is_some() { address::with(&own, "kind", &wish.kind) } else { own };
    let chosen = |code: &str| kinds.is_some_and(|[kind]| kind == code);
    let page = ClassHistoryPage {
        frame: session.frame(Nav::class(&id, &class.viewer_rights, Here::Elsewhere).of_kind(class.kind)),
        school: class.school.map(|school| school.name).unwrap_or_default(),
        has_register: class.kind == ClassKind::Homeroom,
        kinds: KINDS.map(|code| (code, words::kind(code), chosen(code))).to_vec(),
        entries,
        next: next.map(|cursor| address::with(&own, "after", &cursor)),
        name: class.name,
        id,
    };
    Ok(html(&page)?.into_response())
}
