//! 名簿の出し入れ: bringing a roster in, giving one away, and what was brought in before.
mod upload;
pub(crate) mod words;

use super::csrf::Posted;
use super::day;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::import::{Count, State};
use super::session::Session;
use asagao_graphql::access::right::Right;
use asagao_graphql::error::Error;
use asagao_graphql::formats::oneroster::Version;
use asagao_graphql::jobs::roster_export::{self, Receiver, Wanted};
use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use std::io::Cursor;
use uuid::Uuid;

pub(crate) use upload::send;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    roster_imports: Option<Nodes<Import>>,
    schools: Option<Nodes<School>>,
}

#[derive(Deserialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

#[derive(Deserialize)]
struct School {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Import {
    id: String,
    state: State,
    file_name: String,
    at: DateTime<Utc>,
    made_by: Option<String>,
    rows_read: i64,
    #[serde(default)]
    committed_at: Option<DateTime<Utc>>,
    #[serde(default)]
    undone_at: Option<DateTime<Utc>>,
    counts: Vec<Count>,
}

/// An import as a line of the list.
struct Line {
    id: String,
    at: String,
    by: String,
    file: String,
    state: &'static str,
    tag: &'static str,
    what: String,
}

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    frame: Frame,
    lines: Vec<Line>,
    schools: Vec<School>,
    /// Whether the whole roster, with the names of the school register, may be given away.
    official: bool,
    /// Why what was sent last was not taken.
    refused: Option<&'static str>,
}

/// `GET /imports`; not while the screen is shown to others.
pub(super) async fn page(session: Session) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    show(&session, None).await
}

async fn show(session: &Session, refused: Option<&'static str>) -> Result<Response, PageError> {
    if !session.may(Right::RosterWrite) {
        return Err(PageError::NotFound);
    }
    let asked: Asked = session.ask(include_str!("imports.graphql"), Value::Null).await?;
    let today = session.scope().today();
    let line = |import: Import| {
        let (state, tag) = import.state.words();
        let at = import.undone_at.or(import.committed_at).unwrap_or(import.at);
        Line {
            at: day::near(at, today),
            by: import.made_by.unwrap_or_default(),
            file: import.file_name,
            state,
            tag,
            what: if import.state == State::Reading { format!("{}行", import.rows_read) } else { sums(&import.counts) },
            id: import.id,
        }
    };
    let page = ImportsPage {
        frame: session.frame(Nav::staff(Here::Imports)),
        lines: asked.roster_imports.map_or_else(Vec::new, |imports| imports.nodes.into_iter().map(line).collect()),
        schools: asked.schools.map_or_else(Vec::new, |schools| schools.nodes),
        official: session.may(Right::OfficialNameRead),
        refused,
    };
    let status = if refused.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, html(&page)?).into_response())
}

/// 「新規 12・変更 3」; empty where nothing differs.
fn sums(counts: &[Count]) -> String {
    let sum = |of: fn(&Count) -> i64| counts.iter().map(of).sum::<i64>();
    let parts = [
        ("新規", sum(|count| count.new)),
        ("変更", sum(|count| count.changed)),
        ("転出", sum(|count| count.leaving)),
        ("復帰", sum(|count| count.returning)),
    ];
    parts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join("・")
}

/// `POST /imports/export`: the roster as a package.
pub(super) async fn export(posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    if session.presenting() || !session.may(Right::RosterWrite) {
        return Err(PageError::NotFound);
    }
    let version: Version = fields.get("version").parse().map_err(|_| PageError::BadForm)?;
    let receiver: Receiver = fields.get("receiver").parse().map_err(|_| PageError::BadForm)?;
    let school = match fields.get("school") {
        "" => None,
        id => Some(Uuid::try_parse(id).map_err(|_| PageError::NotFound)?),
    };
    if !receiver.is_given(version) {
        return show(
            &session,
            Some("1.2_JP では全員のよみが要りますが、学習ツールにはよみを渡しません。1.2.1 を選んでください。"),
        )
        .await;
    }
    match roster_export::write(session.scope(), Wanted { version, receiver, school }, Cursor::new(Vec::new())).await {
        Ok((package, exported)) => {
            let disposition = format!("attachment; filename=\"{}\"", exported.name);
            let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)];
            Ok((headers, package.into_inner()).into_response())
        }
        Err(Error::Forbidden(_)) => show(&session, Some("学籍のとおりの名簿は、正式氏名を見られる人だけが出せます。")).await,
        Err(Error::BadInput(_)) => show(&session, Some("その学校の名簿は、受け持っていません。")).await,
        Err(Error::Unavailable) => Err(PageError::Unavailable),
        Err(_) => Err(PageError::Internal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::scene;

    #[test]
    fn the_list_says_what_each_import_was_and_offers_both_ways() {
        let line = |state: State, what: &str| {
            let (state, tag) = state.words();
            Line {
                id: "i-1".into(),
                at: "きょう 8:02".into(),
                by: "山口 教頭".into(),
                file: "RO_20261124_B122210000011.zip".into(),
                state,
                tag,
                what: what.into(),
            }
        };
        let schools = vec![School { id: "s-1".into(), name: "ひばり野小学校".into() }];
        let lines = vec![line(State::Read, "新規 3・変更 12"), line(State::Committed, "転出 1"), line(State::Undone, "")];
        let page = ImportsPage {
            frame: Frame { nav: Nav::staff(Here::Imports), ..scene::frame(false) },
            lines,
            schools,
            official: true,
            refused: None,
        };
        let html = scene::render("imports", &page);
        assert!(html.contains("enctype=\"multipart/form-data\"") && html.contains("action=\"/imports/export\""));
        assert!(html.contains("確かめる") && html.contains("反映ずみ"));
        assert_eq!(html.matches("filled").count(), 1, "one filled button");
    }

    #[test]
    fn what_differs_is_summed_up_in_a_line() {
        let count: Count = serde_json::from_value(
            serde_json::json!({ "record": "PUPIL", "new": 2, "changed": 0, "leaving": 1, "returning": 0 }),
        )
        .unwrap();
        assert_eq!(sums(&[count.clone(), count]), "新規 4・転出 2");
        assert_eq!(sums(&[]), "");
    }
}
