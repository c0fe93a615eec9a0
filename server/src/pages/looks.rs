//! 閲覧の記録: who looked at a pupil's records, and what a member of staff looked at; by which duty, when and from where.
mod words;

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
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

pub(super) use words::areas;

const DOCUMENT: &str = include_str!("looks.graphql");
const OF_PUPIL: &str = include_str!("looks_pupil.graphql");

/// What the page is asked with.
#[derive(Deserialize, Default)]
pub(super) struct Wish {
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    access_log: Option<Log>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    nodes: Vec<Node>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    at: DateTime<Utc>,
    act: String,
    by: Option<String>,
    by_pupil: bool,
    by_guardian: bool,
    stated_reason: Option<String>,
    duties: Vec<String>,
    held: Vec<Held>,
    rights: Vec<String>,
    refused: Vec<String>,
    changed: Vec<String>,
    address: Option<String>,
    subjects: Vec<Subject>,
}

/// A duty by which somebody looked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    kind: String,
    class_name: Option<String>,
}

impl Held {
    fn words(&self) -> String {
        let over = self.class_name.as_ref().map(|name| format!("（{name}）")).unwrap_or_default();
        format!("{}{over}", common::duty(&self.kind))
    }
}

#[derive(Deserialize)]
struct Subject {
    kind: String,
    name: Option<String>,
}

/// An entry in the words of the page.
struct Entry {
    at: String,
    by: String,
    duties: String,
    act: &'static str,
    /// Which records, in words.
    areas: String,
    /// Whose, on the page of a member of staff.
    whose: String,
    address: String,
    /// For what somebody of the board said that they needed it.
    reason: Option<String>,
}

impl Entry {
    fn new(node: Node) -> Self {
        let mut duties: Vec<String> = node.held.iter().map(Held::words).collect();
        if duties.is_empty() {
            duties = node.duties.iter().map(|kind| common::duty(kind).to_owned()).collect();
        }
        if duties.is_empty() && node.by_guardian {
            duties = vec!["保護者".to_owned()];
        }
        duties.dedup();
        let mut areas = words::areas(&node.rights);
        if node.act == "REFUSE" {
            areas = words::refused(&node.refused);
        } else if areas.is_empty() && !node.changed.is_empty() {
            areas = vec!["記録"];
        }
        let (classes, pupils): (Vec<&Subject>, Vec<&Subject>) = node.subjects.iter().partition(|of| of.kind != "PUPIL");
        let name = |of: &&Subject| of.name.clone().unwrap_or_else(|| "ほかの学校".to_owned());
        let mut whose: Vec<String> = classes.iter().map(name).collect();
        whose.extend(pupils.iter().take(5).map(name));
        whose.dedup();
        let more = pupils.len().saturating_sub(5);
        let whose = whose.join("、") + &if more > 0 { format!("、ほか{more}人") } else { String::new() };
        let nobody = if node.by_pupil {
            "本人"
        } else if node.by_guardian {
            "保護者"
        } else {
            "サーバーの管理者"
        };
        Entry {
            at: format!("{} {}", common::era(school_day(node.at)), common::clock(node.at)),
            by: node.by.unwrap_or_else(|| nobody.to_owned()),
            duties: duties.join("・"),
            act: words::act(&node.act),
            areas: areas.join("、"),
            whose,
            address: node.address.unwrap_or_default(),
            reason: node.stated_reason,
        }
    }
}

#[derive(Template)]
#[template(path = "looks.html")]
struct LooksPage {
    frame: Frame,
    /// Where the page stands: addresses and names.
    path: Vec<(String, String)>,
    name: String,
    about: String,
    /// Whether it is about a member of staff: then whose records stands in a column.
    of_staff: bool,
    entries: Vec<Entry>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct AskedPupil {
    pupil: Option<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    id: String,
    name: String,
    number: Option<i32>,
    viewer_rights: Rights,
    homeroom: Option<Homeroom>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Homeroom {
    id: String,
    name: String,
    grades: Vec<String>,
    viewer_rights: Rights,
}

/// `GET /pupils/{id}/looks`; not while the screen is shown to others.
pub(super) async fn of_pupil(session: Session, Path(id): Path<String>, Query(wish): Query<Wish>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    let asked: AskedPupil = session.ask(OF_PUPIL, json!({ "id": id })).await?;
    let pupil = asked.pupil.filter(|pupil| pupil.viewer_rights.to(Right::AccessLogRead)).ok_or(PageError::NotFound)?;
    let (entries, next) = read(&session, json!({ "pupil": pupil.id, "after": wish.after })).await?;
    let (nav, class, child) = match pupil.homeroom {
        Some(of) => {
            (Nav::class(&of.id, &of.viewer_rights, Here::Elsewhere), Some((of.id, of.name)), common::children(&of.grades))
        }
        None => (Nav::staff(Here::Elsewhere), None, common::children(&[])),
    };
    let number = pupil.number.map(|number| format!("{number}番")).unwrap_or_default();
    let about = format!("{} {number}", class.as_ref().map(|(_, name)| name.as_str()).unwrap_or_default()).trim().to_owned();
    let mut path: Vec<(String, String)> = class.into_iter().map(|(id, name)| (format!("/classes/{id}"), name)).collect();
    path.push((format!("/pupils/{}", pupil.id), format!("{child}カルテ")));
    let own = format!("/pupils/{}/looks", pupil.id);
    let next = next.map(|cursor| address::with(&own, "after", &cursor));
    let page = LooksPage { frame: session.frame(nav), path, name: pupil.name, about, of_staff: false, entries, next };
    Ok(html(&page)?.into_response())
}

/// `GET /staff/{id}/looks`; not while the screen is shown to others.
pub(super) async fn of_staff(session: Session, Path(id): Path<String>, Query(wish): Query<Wish>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    if !session.may(Right::AccessLogRead) {
        return Err(PageError::NotFound);
    }
    let (entries, next) = read(&session, json!({ "staff": id, "after": wish.after })).await?;
    let name = entries.first().map(|entry| entry.by.clone()).unwrap_or_default();
    let next = next.map(|cursor| address::with(&format!("/staff/{id}/looks"), "after", &cursor));
    let frame = session.frame(Nav::staff(Here::Elsewhere));
    let page = LooksPage { frame, path: Vec::new(), name, about: String::new(), of_staff: true, entries, next };
    Ok(html(&page)?.into_response())
}

/// A page of the log in words, and the cursor of what follows.
async fn read(session: &Session, variables: serde_json::Value) -> Result<(Vec<Entry>, Option<String>), PageError> {
    let asked: Asked = session.ask(DOCUMENT, variables).await?;
    let log = asked.access_log.ok_or(PageError::NotFound)?;
    let next = log.page_info.next();
    Ok((log.nodes.into_iter().map(Entry::new).collect(), next))
}
