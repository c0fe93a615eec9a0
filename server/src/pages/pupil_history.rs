//! 訂正の履歴: who changed what of a pupil's records, when and why; the newest first. Each reader sees the kinds of record that are theirs.
pub(super) mod words;

use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{PageInfo, Rights};
use super::session::Session;
use super::{address, html, words as common};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("pupil_history.graphql");

/// What the page is asked with.
#[derive(Deserialize, Default)]
pub(super) struct Wish {
    #[serde(default)]
    kind: String,
    after: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    pupil: Option<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    id: String,
    name: String,
    number: Option<i32>,
    #[serde(default)]
    history_kinds: Vec<String>,
    homeroom: Option<Homeroom>,
    history: Option<History>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Homeroom {
    id: String,
    name: String,
    grades: Vec<String>,
    viewer_rights: Rights,
}

/// A page of a history.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct History {
    nodes: Vec<Node>,
    page_info: PageInfo,
}

impl History {
    /// The changes in words, and the cursor of what follows.
    pub(super) fn shown(self) -> (Vec<Entry>, Option<String>) {
        let next = self.page_info.next();
        (self.nodes.into_iter().map(Entry::new).collect(), next)
    }
}

#[derive(Deserialize)]
struct Node {
    kind: String,
    deed: String,
    at: DateTime<Utc>,
    by: Option<String>,
    act: String,
    reason: Option<String>,
    day: Option<NaiveDate>,
    #[serde(default)]
    about: Option<String>,
    /// Whose record it is, in the history of a class.
    #[serde(default)]
    pupil: Option<String>,
    changes: Vec<Change>,
}

/// A field that was changed.
#[derive(Deserialize)]
pub(super) struct Change {
    pub(super) field: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// A change in the words of the page.
pub(super) struct Entry {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) kind: &'static str,
    pub(super) deed: &'static str,
    pub(super) day: Option<String>,
    /// The subject and term.
    pub(super) about: Option<String>,
    pub(super) pupil: Option<String>,
    pub(super) changes: Vec<Change>,
    pub(super) reason: String,
}

impl Entry {
    fn new(node: Node) -> Self {
        let by = node.by.as_deref().map_or_else(|| words::act(&node.act), str::to_owned);
        let in_words = |change: Change| Change {
            before: change.before.map(|text| words::value(&node.kind, &change.field, text)),
            after: change.after.map(|text| words::value(&node.kind, &change.field, text)),
            field: words::field(&change.field).to_owned(),
        };
        Entry {
            at: format!("{} {}", common::era(school_day(node.at)), common::clock(node.at)),
            by,
            kind: words::kind(&node.kind),
            deed: words::deed(&node.deed),
            day: node.day.map(common::short_day),
            about: node.about,
            pupil: node.pupil,
            changes: node.changes.into_iter().map(in_words).collect(),
            reason: node.reason.unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "pupil_history.html")]
struct PupilHistoryPage {
    frame: Frame,
    id: String,
    name: String,
    about: String,
    child: &'static str,
    class: Option<(String, String)>,
    /// The kinds to choose from, in words, with the one that is shown.
    kinds: Vec<(String, &'static str, bool)>,
    entries: Vec<Entry>,
    next: Option<String>,
    /// Whether the viewer may hold the pupil's records.
    holds: bool,
}

/// `GET /pupils/{id}/history`; not while the screen is shown to others.
pub(super) async fn page(session: Session, Path(pupil): Path<String>, Query(wish): Query<Wish>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    let kinds = words::KINDS.iter().find(|(code, _)| *code == wish.kind).map(|(code, _)| [*code]);
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": pupil, "kinds": kinds, "after": wish.after })).await?;
    let pupil = asked.pupil.ok_or(PageError::NotFound)?;
    // Who may see no change of this pupil finds no such page.
    let history = pupil.history.ok_or(PageError::NotFound)?;
    let own = format!("/pupils/{}/history", pupil.id);
    let own = if kinds.is_some() { address::with(&own, "kind", &wish.kind) } else { own };
    let (entries, next) = history.shown();
    let homeroom = pupil.homeroom;
    let nav = match &homeroom {
        Some(homeroom) => Nav::class(&homeroom.id, &homeroom.viewer_rights, Here::Elsewhere),
        None => Nav::staff(Here::Elsewhere),
    };
    let number = pupil.number.map(|number| format!("{number}番")).unwrap_or_default();
    let chosen = |code: &str| kinds.is_some_and(|[kind]| kind == code);
    let page = PupilHistoryPage {
        frame: session.frame(nav),
        holds: session.may(Right::RetentionWrite),
        about: format!("{} {number}", homeroom.as_ref().map(|of| of.name.as_str()).unwrap_or_default()).trim().to_owned(),
        child: common::children(homeroom.as_ref().map(|of| of.grades.as_slice()).unwrap_or_default()),
        class: homeroom.map(|of| (of.id, of.name)),
        kinds: pupil.history_kinds.iter().map(|code| (code.clone(), words::kind(code), chosen(code))).collect(),
        entries,
        next: next.map(|cursor| address::with(&own, "after", &cursor)),
        id: pupil.id,
        name: pupil.name,
    };
    Ok(html(&page)?.into_response())
}
