//! demographics.csv: of what it can say only the birth date is read.
use super::check::Checked;
use super::columns::{Column, ID, Kind, MODIFIED, Need, STATUS, column};
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

pub(super) const COLUMNS: [Column; 16] = [
    ID,
    STATUS,
    MODIFIED,
    column("birthDate", Need::May, Kind::Day),
    column("sex", Need::May, Kind::Unread),
    column("americanIndianOrAlaskaNative", Need::May, Kind::Unread),
    column("asian", Need::May, Kind::Unread),
    column("blackOrAfricanAmerican", Need::May, Kind::Unread),
    column("nativeHawaiianOrOtherPacificIslander", Need::May, Kind::Unread),
    column("white", Need::May, Kind::Unread),
    column("demographicRaceTwoOrMoreRaces", Need::May, Kind::Unread),
    column("hispanicOrLatinoEthnicity", Need::May, Kind::Unread),
    column("countryOfBirthCode", Need::May, Kind::Unread),
    column("stateOfBirthAbbreviation", Need::May, Kind::Unread),
    column("cityOfBirth", Need::May, Kind::Unread),
    column("publicSchoolResidenceStatus", Need::May, Kind::Unread),
];

/// When somebody was born.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Demographics {
    /// Who.
    pub user: Uuid,
    /// Whether the record is taken out (tobedeleted).
    pub removed: bool,
    /// The birth date.
    pub birth_date: Option<NaiveDate>,
}

impl Demographics {
    pub(super) fn read(row: &mut Checked<'_>) -> Self {
        let [user, _, _, birth_date, ..] = row.values::<16>();
        Demographics { user: user.id().unwrap_or_default(), removed: row.removed, birth_date: birth_date.day() }
    }
}
