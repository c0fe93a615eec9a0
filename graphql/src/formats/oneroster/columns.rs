//! The columns of each file, written once: their order, their spelling by version, and what may stand in them.
use super::version::Version;

/// Whether a column has to be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Without it the row means nothing.
    Must,
    /// The standard asks for it; a row without it can be read.
    Should,
    /// The Japan profile asks for it.
    Japan,
    /// It may be empty.
    May,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// The row's own id.
    Own,
    /// The id of another record.
    Id,
    /// Ids of other records, separated by commas.
    Ids,
    /// Text to keep.
    Text,
    /// A reading.
    Kana,
    /// A day.
    Day,
    /// True or false.
    Flag,
    /// A year.
    Year,
    /// 出席番号.
    Number,
    /// One of some words, of which the Japan profile knows only these.
    Word { known: &'static [&'static str], japanese: &'static [&'static str] },
    /// Grades, separated by commas.
    Grades,
    /// Subject codes, separated by commas.
    SubjectCodes,
    /// active or tobedeleted.
    Status,
    /// When the row was changed last.
    Modified,
    /// Text that is neither kept nor looked at.
    Unread,
    /// Text that the Japan profile wants empty.
    Vacant,
    /// What must not be in a roster.
    Password,
}

/// A column of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// How `1.2_JP` spells it, where it does otherwise.
    pub(super) of_japan: Option<&'static str>,
    pub(super) need: Need,
    pub(super) kind: Kind,
    /// The versions that have it.
    pub(super) versions: &'static [Version],
}

pub(super) const fn column(name: &'static str, need: Need, kind: Kind) -> Column {
    Column { name, of_japan: None, need, kind, versions: &Version::ALL }
}

impl Column {
    pub(super) const fn only(self, versions: &'static [Version]) -> Self {
        Column { versions, ..self }
    }

    pub(super) const fn or(self, of_japan: &'static str) -> Self {
        Column { of_japan: Some(of_japan), ..self }
    }

    /// As a version spells it; `None` where it has no such column.
    pub(super) fn spelling(&self, version: Version) -> Option<&'static str> {
        let spelling = self.of_japan.filter(|_| version == Version::Jp).unwrap_or(self.name);
        self.versions.contains(&version).then_some(spelling)
    }

    /// Whether a header means this column: in any spelling, in any version.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name || self.of_japan == Some(name)
    }
}

/// The first three columns of every file but the manifest.
pub(super) const ID: Column = column("sourcedId", Need::Must, Kind::Own);
pub(super) const STATUS: Column = column("status", Need::May, Kind::Status);
pub(super) const MODIFIED: Column = column("dateLastModified", Need::May, Kind::Modified);
