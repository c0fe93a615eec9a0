//! A table as CSV for people, who open it by a double click in a spreadsheet: no cell is run as a formula, no leading zero is lost, and
//! what the old code page cannot hold is told cell by cell.
use super::name_fold::usual_form;
use super::sheet::{Cell, Sheet};
use super::text_encoding::{Unheld, encode_cp932, encode_cp932_with};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A cell that CP932 cannot hold as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnheldCell {
    /// The row, from 1, the header not counted; 0 is the header.
    pub row: usize,
    /// The column, from 0.
    pub column: usize,
    /// What the cell says.
    pub text: String,
    /// What of it cannot be held, each once.
    pub characters: Vec<String>,
    /// What it would say with the usual forms instead, and 〓 where there is none.
    pub instead: String,
}

/// The table in UTF-8 with a byte order mark, without which Excel takes it for CP932.
#[must_use]
pub fn utf8(sheet: &Sheet) -> Vec<u8> {
    [b"\xef\xbb\xbf".as_slice(), &sheet.csv(csv::Terminator::CRLF, guarded)].concat()
}

/// The table in CP932, or every cell of it that CP932 cannot hold.
pub fn cp932(sheet: &Sheet) -> Result<Vec<u8>, Vec<UnheldCell>> {
    let unheld = unheld(sheet);
    if unheld.is_empty() { Ok(cp932_with_usual_forms(sheet)) } else { Err(unheld) }
}

/// The table in CP932, where the usual form stands for a character that it cannot hold, and 〓 where there is none. Only for somebody who
/// has seen which cells that changes.
#[must_use]
pub fn cp932_with_usual_forms(sheet: &Sheet) -> Vec<u8> {
    let csv = String::from_utf8(sheet.csv(csv::Terminator::CRLF, guarded)).expect("it was written from text");
    encode_cp932_with(&csv, usual_or_geta)
}

/// Every cell that CP932 cannot hold, row by row.
#[must_use]
pub fn unheld(sheet: &Sheet) -> Vec<UnheldCell> {
    let header = sheet.columns.iter().map(|column| Cow::Borrowed(column.name.as_str())).collect();
    let rows = sheet.rows.iter().map(|row| row.iter().map(Cell::text).collect::<Vec<_>>());
    let of_row = |(row, cells): (usize, Vec<Cow<'_, str>>)| {
        let of_cell = |(column, text): (usize, &Cow<'_, str>)| {
            let Unheld(characters) = encode_cp932(text).err()?;
            let characters: BTreeSet<_> = characters.into_iter().map(str::to_owned).collect();
            let instead = encode_cp932_with(text, usual_or_geta);
            let (instead, _, _) = encoding_rs::SHIFT_JIS.decode(&instead);
            let characters = characters.into_iter().collect();
            Some(UnheldCell { row, column, text: text.to_string(), characters, instead: instead.into_owned() })
        };
        cells.iter().enumerate().filter_map(of_cell).collect::<Vec<_>>()
    };
    std::iter::once(header).chain(rows).enumerate().flat_map(of_row).collect()
}

fn usual_or_geta(character: &str) -> String {
    usual_form(character).unwrap_or_else(|| "〓".into())
}

/// A cell so that a spreadsheet shows what it says: text that would be run, or read as a number or a date, is written as `="…"`, a formula
/// whose value is that text. Such a formula may hold 255 characters on one line; other text gets an apostrophe in front.
fn guarded(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) if !needs_guard(text) => Cow::Borrowed(text),
        Cell::Text(text) if text.chars().count() <= 255 && !text.contains(['\r', '\n', '\t']) => {
            Cow::Owned(format!("=\"{}\"", text.replace('"', "\"\"")))
        }
        Cell::Text(text) => Cow::Owned(format!("'{text}")),
        other => other.text(),
    }
}

fn needs_guard(text: &str) -> bool {
    let runs =
        text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\'']) || text.starts_with(['\t', '\r']);
    let numeric = text.bytes().all(|byte| byte.is_ascii_digit() || b" -/.,:eE%".contains(&byte));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let changes = text.starts_with('0') && digits > 1 || digits > 11 || digits < text.len();
    runs || digits > 0 && numeric && changes
}

/// What a cell says that was guarded by [`utf8`] or [`cp932`], or by hand in the same way.
#[must_use]
pub fn unguarded(value: &str) -> Cow<'_, str> {
    if let Some(text) = value.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return Cow::Owned(text.replace("\"\"", "\""));
    }
    match value.strip_prefix('\'') {
        Some(text) if needs_guard(text) => Cow::Borrowed(text),
        _ => Cow::Borrowed(value),
    }
}

#[cfg(test)]
mod tests;
