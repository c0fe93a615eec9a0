//! academicSessions.csv: school years.
use super::check::Checked;
use super::columns::{Column, ID, Kind, MODIFIED, Need, STATUS, column};
use super::write::{Row, id_or_empty};
use super::{File, rules};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

const TYPES: Kind = Kind::Word { known: &["gradingPeriod", "semester", "schoolYear", "term"], japanese: &["schoolYear"] };

pub(super) const COLUMNS: [Column; 9] = [
    ID,
    STATUS,
    MODIFIED,
    column("title", Need::Must, Kind::Text),
    column("type", Need::Must, TYPES),
    column("startDate", Need::Must, Kind::Day),
    column("endDate", Need::Must, Kind::Day),
    column("parentSourcedId", Need::May, Kind::Id),
    column("schoolYear", Need::Must, Kind::Year),
];

/// A school year, or in other countries a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Session {
    /// The roster's id.
    pub id: Uuid,
    /// Whether the record is taken out (tobedeleted).
    pub removed: bool,
    /// The title, such as 2026年度.
    pub title: String,
    /// What it is: schoolYear in Japan.
    pub kind: String,
    /// The year of its April.
    pub year: i32,
    /// The first day.
    pub begins: NaiveDate,
    /// The last day.
    pub ends: NaiveDate,
    /// What it is a part of.
    pub parent: Option<Uuid>,
}

impl Session {
    pub(super) fn read(row: &mut Checked<'_>) -> Self {
        let [id, _, _, title, kind, begins, ends, parent, year] = row.values::<9>();
        row.in_order(begins.day(), ends.day(), 6);
        let (title, begins, ends) = (title.text(), begins.day().unwrap_or_default(), ends.day().unwrap_or_default());
        if !row.removed && row.usable() && kind.is("schoolYear") {
            let digits = title.strip_suffix("年度").unwrap_or_default();
            if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                row.found_in_japan(&rules::YEAR_TITLE, 3);
            }
            let from_april = (begins.month(), begins.day()) == (4, 1) && (ends.month(), ends.day()) == (3, 31);
            if !from_april || ends.year() != begins.year() + 1 {
                row.found_in_japan(&rules::YEAR_SPAN, 5);
            }
            if parent.id().is_some() {
                row.found_in_japan(&rules::MUST_BE_EMPTY, 7);
            }
        }
        let (id, year, parent) = (id.id().unwrap_or_default(), year.number().unwrap_or_default(), parent.id());
        Session { id, removed: row.removed, title, kind: kind.text(), year, begins, ends, parent }
    }
}

impl Row for Session {
    const FILE: File = File::AcademicSessions;

    fn cells(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.id.to_string().into(),
            "".into(),
            "".into(),
            self.title.as_str().into(),
            self.kind.as_str().into(),
            self.begins.to_string().into(),
            self.ends.to_string().into(),
            id_or_empty(self.parent),
            self.year.to_string().into(),
        ]
    }
}
