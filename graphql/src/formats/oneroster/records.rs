//! The rows of a file as records, one after the other.
use super::check::{Checked, Sheet};
use super::finding::{Finding, Severity};
use super::rows::Rows;
use super::rules;
use super::value::own_id;
use uuid::Uuid;

/// One row that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<T> {
    /// The line that it begins on.
    pub line: u64,
    /// The row's own sourcedId, as far as that could be read, also where the row is left out.
    pub id: Option<Uuid>,
    /// What it says; `None` where an error leaves it out.
    pub value: Option<T>,
    /// What was found in it.
    pub findings: Vec<Finding>,
}

impl<T> Record<T> {
    fn left_out(finding: Finding, id: Option<Uuid>) -> Self {
        Record { line: finding.line, id, value: None, findings: vec![finding] }
    }
}

/// How a row that was checked becomes a record.
type Read<T> = fn(&mut Checked<'_>) -> T;

/// The rows of a file, read as they are asked for.
pub struct Records<T> {
    reading: Option<(Rows, Sheet, Read<T>)>,
    unreadable: Option<Finding>,
}

impl<T> Records<T> {
    pub(super) fn new(rows: Rows, sheet: Sheet, read: Read<T>) -> Self {
        Records { reading: Some((rows, sheet, read)), unreadable: None }
    }

    pub(super) fn none() -> Self {
        Records { reading: None, unreadable: None }
    }

    pub(super) fn unreadable(finding: Finding) -> Self {
        Records { reading: None, unreadable: Some(finding) }
    }
}

impl<T> Iterator for Records<T> {
    type Item = Record<T>;

    fn next(&mut self) -> Option<Record<T>> {
        if let Some(finding) = self.unreadable.take() {
            return Some(Record::left_out(finding, None));
        }
        let (rows, sheet, read) = self.reading.as_mut()?;
        let (line, row) = match rows.next()? {
            Ok(row) => row,
            Err(finding) => {
                let id = sheet.places[0].as_ref().and_then(|(place, _)| rows.last(*place)).and_then(own_id);
                return Some(Record::left_out(*finding, id));
            }
        };
        let mut checked = Checked::new(sheet, line, row);
        if checked.empty() {
            return Some(Record::left_out(Finding::new(Severity::Warning, &rules::ROW_EMPTY, sheet.file, line), None));
        }
        let value = read(&mut checked);
        let id = sheet.places[0].as_ref().and_then(|(place, _)| row.get(*place)).and_then(own_id);
        Some(Record { line, id, value: checked.usable().then_some(value), findings: checked.findings })
    }
}
