//! 名簿の取り込み、その1回: what a package would change, before anything changes; then what it did, and the way back.
mod asked;
mod change;
mod fields;
mod found;
mod view;

use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::record::Sent;
use super::session::Session;
use asagao_graphql::access::right::Right;
use askama::Template;
use asked::{ChangePage, Data, FindingPage, List};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use change::Group;
use found::{Code, Found};
use serde::Deserialize;
use serde_json::{Value, json};
use view::Import;

pub(super) use asked::{Count, State};

/// How many of the kinds of findings are shown with their first rows.
const MOST_CODES: usize = 20;

/// Which list is asked for in full.
#[derive(Deserialize, Default)]
pub(super) struct Wish {
    /// A kind of change.
    show: Option<String>,
    /// A code of a finding.
    found: Option<String>,
    /// The page after this.
    after: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    import: Import,
    /// What was found in the package, by what it is.
    found: Vec<Found>,
    /// How many kinds of findings are not shown.
    more_found: usize,
    /// Why what was sent last was not taken.
    refused: Vec<&'static str>,
}

/// One list of it in full.
#[derive(Template)]
#[template(path = "import_list.html")]
struct ListPage {
    frame: Frame,
    id: String,
    file: String,
    title: String,
    /// What is said of each of its kind.
    about: &'static str,
    group: Option<Group>,
    found: Option<Found>,
    /// The address of the next page.
    next: Option<String>,
}

/// `GET /imports/{id}`; not while the screen is shown to others.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(wish): Query<Wish>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    if !session.may(Right::RosterWrite) {
        return Err(PageError::NotFound);
    }
    if wish.show.is_some() || wish.found.is_some() {
        return list(&session, &id, &wish).await;
    }
    show(&session, &id, Vec::new()).await
}

async fn show(session: &Session, id: &str, refused: Vec<&'static str>) -> Result<Response, PageError> {
    let data: Data = session.ask(include_str!("import.graphql"), json!({ "id": id })).await?;
    let data = data.roster_import.ok_or(PageError::NotFound)?;
    let codes = found::codes(&data.finding_counts);
    let first = first_findings(session, id, &codes[..codes.len().min(MOST_CODES)]).await?;
    let page = ImportPage {
        frame: session.frame(Nav::staff(Here::Imports)),
        found: first.into_iter().zip(&codes).map(|(rows, code)| Found::new(code, rows)).collect(),
        more_found: codes.len().saturating_sub(MOST_CODES),
        import: Import::new(data, session.scope().today()),
        refused,
    };
    let status = if page.refused.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = (status, html(&page)?).into_response();
    if page.import.state.works() {
        // Without a script, too, the page follows the work.
        response.headers_mut().insert("refresh", axum::http::HeaderValue::from_static("2"));
    }
    Ok(response)
}

/// The first rows of each kind of finding, in one call.
async fn first_findings(session: &Session, id: &str, codes: &[Code]) -> Result<Vec<FindingPage>, PageError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let field = |(at, code): (usize, &Code)| format!("f{at}: findings(first: 10, code: \"{}\") {{ ...Findings }}", code.name);
    let fields = codes.iter().enumerate().map(field).collect::<Vec<_>>().join(" ");
    let document = format!("query Findings($id: ID!) {{ rosterImport(id: $id) {{ {fields} }} }} {FINDINGS}");
    let data: Value = session.ask(&document, json!({ "id": id })).await?;
    let page = |at: usize| serde_json::from_value(data["rosterImport"][format!("f{at}")].clone()).unwrap_or_default();
    Ok((0..codes.len()).map(page).collect())
}

const FINDINGS: &str = "fragment Findings on RosterFindingConnection {
    nodes { severity code file line column value message advice } pageInfo { hasNextPage endCursor } }";

async fn list(session: &Session, id: &str, wish: &Wish) -> Result<Response, PageError> {
    let next = |key: &str, of: &str, cursor: Option<&String>| {
        cursor.map(|cursor| super::address::with(&super::address::with(&format!("/imports/{id}"), key, of), "after", cursor))
    };
    let frame = session.frame(Nav::staff(Here::Imports));
    let page = if let Some(code) = &wish.found {
        let document = format!(
            "query Findings($id: ID!, $code: String!, $after: String) {{ rosterImport(id: $id) {{ id fileName
                 findingCounts {{ severity code file column count }} findings(first: 100, after: $after, code: $code) {{ ...Findings }} }} }} {FINDINGS}"
        );
        let data: List<FindingPage> = session.ask(&document, json!({ "id": id, "code": code, "after": wish.after })).await?;
        let import = data.roster_import.ok_or(PageError::NotFound)?;
        let code =
            found::codes(&import.finding_counts).into_iter().find(|other| other.name == *code).ok_or(PageError::NotFound)?;
        let cursor = import.list.page_info.clone().next();
        let found = Found::new(&code, import.list);
        let title = found.words.what.to_owned();
        ListPage {
            frame,
            id: id.to_owned(),
            file: import.file_name,
            title,
            about: found.words.mend,
            group: None,
            next: next("found", &code.name, cursor.as_ref()),
            found: Some(found),
        }
    } else {
        let kind = wish.show.as_deref().and_then(change::kind).ok_or(PageError::NotFound)?;
        let document = "query Changes($id: ID!, $kind: RosterChangeKind!, $after: String) { rosterImport(id: $id) { id fileName
                 changes(first: 100, after: $after, kind: $kind) { nodes { id record kind line name className schoolName candidateName
                     fields { field before after theirs } } pageInfo { hasNextPage endCursor } } } }";
        let data: List<ChangePage> = session.ask(document, json!({ "id": id, "kind": kind.code, "after": wish.after })).await?;
        let import = data.roster_import.ok_or(PageError::NotFound)?;
        let cursor = import.list.page_info.clone().next();
        let group = Group::new(kind, import.list);
        ListPage {
            frame,
            id: id.to_owned(),
            file: import.file_name,
            title: kind.name.to_owned(),
            about: kind.about,
            next: next("show", kind.code, cursor.as_ref()),
            group: Some(group),
            found: None,
        }
    };
    Ok(html(&page)?.into_response())
}

/// `POST /imports/{id}`: commit, discard or undo; goes back to the page.
pub(super) async fn send(Path(id): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    if session.presenting() {
        return Err(PageError::NotFound);
    }
    let (mutation, of_type, input) = match fields.get("do") {
        "commit" => {
            let take: Vec<_> = fields
                .0
                .iter()
                .filter(|(name, value)| name.starts_with("take-") && !value.is_empty())
                .map(|(_, value)| value)
                .collect();
            (
                "commitRosterImport",
                "CommitRosterImportInput",
                json!({ "importId": id, "suspicion": fields.typed("suspicion"), "take": take }),
            )
        }
        "discard" => ("discardRosterImport", "DiscardRosterImportInput", json!({ "importId": id })),
        "undo" => (
            "undoRosterImport",
            "UndoRosterImportInput",
            json!({ "importId": id, "reason": fields.typed("reason").unwrap_or_default() }),
        ),
        _ => return Err(PageError::BadForm),
    };
    let document =
        format!("mutation Import($input: {of_type}!) {{ done: {mutation}(input: $input) {{ userErrors {{ code field }} }} }}");
    let sent: Sent = session.ask(&document, json!({ "input": input })).await?;
    let refused = sent.refusals()?;
    if refused.is_empty() {
        return Ok(Redirect::to(super::address::local(&format!("/imports/{id}")).ok_or(PageError::NotFound)?).into_response());
    }
    show(&session, &id, refused.iter().map(|error| view::refusal(fields.get("do"), &error.code)).collect()).await
}

#[cfg(test)]
mod tests;
