//! The API's answers about an import.
use crate::pages::record::PageInfo;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// Where an import is on its way.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::pages) enum State {
    /// Being read.
    Reading,
    /// Could not be read.
    Failed,
    /// Read; it waits for somebody to look at it.
    Read,
    /// Being applied.
    Committing,
    /// The records are as it says.
    Committed,
    /// Being taken back.
    Undoing,
    /// The records have changed since it was read.
    Stale,
    /// Put away.
    Discarded,
    /// Taken back after it was committed.
    Undone,
}

impl State {
    /// Whether it goes on by itself.
    pub(in crate::pages) fn works(self) -> bool {
        matches!(self, State::Reading | State::Committing | State::Undoing)
    }

    /// In a word, and how that is coloured.
    pub(in crate::pages) fn words(self) -> (&'static str, &'static str) {
        match self {
            State::Reading => ("読み取り中", "new"),
            State::Failed => ("読めません", "wait"),
            State::Read => ("確かめる", "new"),
            State::Committing => ("反映中", "new"),
            State::Committed => ("反映ずみ", "care"),
            State::Undoing => ("取り消し中", "new"),
            State::Stale => ("古くなりました", "wait"),
            State::Discarded => ("やめました", ""),
            State::Undone => ("取り消しました", ""),
        }
    }
}

/// What an import would do to the records of one kind.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(default)]
pub(in crate::pages) struct Count {
    pub(super) record: String,
    pub(super) unchanged: i64,
    pub(in crate::pages) new: i64,
    pub(in crate::pages) changed: i64,
    pub(in crate::pages) leaving: i64,
    pub(in crate::pages) returning: i64,
    pub(super) conflicts: i64,
    pub(super) unmatched: i64,
    pub(super) kept: i64,
    pub(super) suspicious: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    pub(super) roster_import: Option<AskedImport>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AskedImport {
    pub(super) id: String,
    pub(super) state: State,
    pub(super) file_name: String,
    pub(super) version: String,
    pub(super) encoding: String,
    pub(super) at: DateTime<Utc>,
    pub(super) made_by: Option<String>,
    pub(super) rows_read: i64,
    pub(super) counts: Vec<Count>,
    pub(super) suspicion: Option<String>,
    pub(super) schools: Vec<School>,
    pub(super) rows_left_out: i64,
    pub(super) finding_counts: Vec<FindingCount>,
    pub(super) committed_at: Option<DateTime<Utc>>,
    pub(super) undone_at: Option<DateTime<Utc>>,
    pub(super) undo_until: Option<DateTime<Utc>>,
    pub(super) doubtful: ChangePage,
    pub(super) conflicts: ChangePage,
    pub(super) unmatched: ChangePage,
    pub(super) leaving: ChangePage,
    pub(super) returning: ChangePage,
    pub(super) new: ChangePage,
    pub(super) changed: ChangePage,
    pub(super) kept: ChangePage,
}

#[derive(Deserialize)]
pub(super) struct School {
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct FindingCount {
    pub(super) severity: String,
    pub(super) code: String,
    pub(super) file: String,
    pub(super) column: String,
    pub(super) count: i64,
}

/// A list of which a page is shown, by whichever name it was asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: serde::de::DeserializeOwned")]
pub(super) struct List<T> {
    pub(super) roster_import: Option<OneList<T>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: serde::de::DeserializeOwned")]
pub(super) struct OneList<T> {
    pub(super) file_name: String,
    #[serde(default)]
    pub(super) finding_counts: Vec<FindingCount>,
    #[serde(alias = "changes", alias = "findings")]
    pub(super) list: T,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangePage {
    pub(super) nodes: Vec<AskedChange>,
    pub(super) page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AskedChange {
    pub(super) id: String,
    pub(super) record: String,
    pub(super) kind: String,
    pub(super) line: Option<i64>,
    pub(super) name: String,
    pub(super) class_name: Option<String>,
    pub(super) school_name: Option<String>,
    pub(super) candidate_name: Option<String>,
    pub(super) fields: Vec<AskedField>,
}

#[derive(Deserialize)]
pub(super) struct AskedField {
    pub(super) field: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) theirs: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingPage {
    pub(super) nodes: Vec<Finding>,
    pub(super) page_info: PageInfo,
}

/// A finding as a row.
#[derive(Deserialize)]
pub(super) struct Finding {
    pub(super) file: String,
    pub(super) line: i64,
    pub(super) column: String,
    pub(super) value: String,
}
