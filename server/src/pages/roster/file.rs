//! A table as a file that a browser saves.
use crate::pages::error::PageError;
use asagao_graphql::formats::people_csv::{self, UnheldCell};
use asagao_graphql::formats::sheet::Sheet;
use asagao_graphql::formats::xlsx;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;

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

    pub(super) fn extension(self) -> &'static str {
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
pub(super) fn write(sheet: &Sheet, kind: Kind) -> Result<Result<Vec<u8>, Vec<UnheldCell>>, PageError> {
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
pub(super) fn answer(title: &str, kind: Kind, bytes: Vec<u8>) -> Response {
    let mut name = String::new();
    for byte in title.bytes() {
        if byte.is_ascii_alphanumeric() {
            name.push(char::from(byte));
        } else {
            write!(name, "%{byte:02X}").expect("a text can be written to");
        }
    }
    let extension = kind.extension();
    let disposition = format!("attachment; filename=\"roster.{extension}\"; filename*=UTF-8''{name}.{extension}");
    ([(CONTENT_TYPE, kind.media().to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}
