//! A table as a file that a browser saves; where the old code page cannot hold a cell, first a page that says which.
use super::error::PageError;
use super::frame::{Frame, Nav};
use super::html;
use super::session::Session;
use asagao_graphql::formats::people_csv::{self, UnheldCell};
use asagao_graphql::formats::sheet::Sheet;
use asagao_graphql::formats::xlsx;
use askama::Template;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;

/// The form that a file comes from.
pub(super) struct Saving<'a> {
    /// What is saved, such as 「5年2組の名簿」.
    pub(super) what: String,
    /// Where the form is sent to.
    pub(super) action: &'a str,
    /// The page that it stands on.
    pub(super) back: String,
    /// What else the form says.
    pub(super) keep: Vec<(&'static str, String)>,
}

/// A cell that the old code page cannot hold, where it stands.
struct Unheld {
    /// The first cell of its row.
    row: String,
    column: String,
    cell: UnheldCell,
}

#[derive(Template)]
#[template(path = "file_unheld.html")]
struct UnheldPage<'a> {
    frame: Frame,
    saving: Saving<'a>,
    first: String,
    unheld: Vec<Unheld>,
}

/// A table as a file of a kind, or the page of its cells that such a file cannot hold.
pub(super) fn give(session: &Session, nav: Nav, sheet: &Sheet, kind: Kind, saving: Saving<'_>) -> Result<Response, PageError> {
    let cells = match write(sheet, kind)? {
        Ok(bytes) => return Ok(saved(session, &sheet.title, kind, saving.action, bytes)),
        Err(cells) => cells,
    };
    let place = |cell: UnheldCell| Unheld {
        row: cell
            .row
            .checked_sub(1)
            .and_then(|row| sheet.rows[row].first())
            .map(|first| first.text().into_owned())
            .unwrap_or_default(),
        column: sheet.columns[cell.column].name.clone(),
        cell,
    };
    let first = sheet.columns.first().map(|column| column.name.clone()).unwrap_or_default();
    let unheld = cells.into_iter().map(place).collect();
    Ok(html(&UnheldPage { frame: session.frame(nav), saving, first, unheld })?.into_response())
}

/// A file as an answer, with a line in the log that says who took it.
pub(super) fn saved(session: &Session, title: &str, kind: Kind, path: &str, bytes: Vec<u8>) -> Response {
    tracing::info!(by = %session.scope().holder(), path, kind = kind.extension(), "records were taken as a file");
    answer(title, kind, bytes)
}

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A spreadsheet.
    Xlsx,
    /// CSV in UTF-8 with a byte order mark.
    Utf8,
    /// CSV in CP932, if it can hold every cell.
    Cp932,
    /// CSV in CP932 with the usual forms of what it cannot hold.
    Cp932Usual,
}

impl Kind {
    /// The kind that a button of the form is named by.
    pub(super) fn of(name: &str) -> Option<Kind> {
        match name {
            "xlsx" => Some(Kind::Xlsx),
            "utf-8" => Some(Kind::Utf8),
            "cp932" => Some(Kind::Cp932),
            "cp932-usual" => Some(Kind::Cp932Usual),
            _ => None,
        }
    }

    fn extension(self) -> &'static str {
        if self == Kind::Xlsx { "xlsx" } else { "csv" }
    }

    fn media(self) -> &'static str {
        match self {
            Kind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Kind::Utf8 => "text/csv; charset=utf-8",
            Kind::Cp932 | Kind::Cp932Usual => "text/csv; charset=Shift_JIS",
        }
    }
}

/// The bytes of the file, or the cells that it cannot hold.
fn write(sheet: &Sheet, kind: Kind) -> Result<Result<Vec<u8>, Vec<UnheldCell>>, PageError> {
    match kind {
        Kind::Xlsx => xlsx::write(sheet).map(Ok).map_err(|error| {
            tracing::error!(%error, "a spreadsheet cannot be written");
            PageError::Internal
        }),
        Kind::Utf8 => Ok(Ok(people_csv::utf8(sheet))),
        Kind::Cp932 => Ok(people_csv::cp932(sheet)),
        Kind::Cp932Usual => Ok(Ok(people_csv::cp932_with_usual_forms(sheet))),
    }
}

/// The file as an answer that is saved under the table's title.
fn answer(title: &str, kind: Kind, bytes: Vec<u8>) -> Response {
    let mut name = String::new();
    for byte in title.bytes() {
        if byte.is_ascii_alphanumeric() {
            name.push(char::from(byte));
        } else {
            write!(name, "%{byte:02X}").expect("a text can be written to");
        }
    }
    let extension = kind.extension();
    let disposition = format!("attachment; filename=\"asagao.{extension}\"; filename*=UTF-8''{name}.{extension}");
    ([(CONTENT_TYPE, kind.media().to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}
