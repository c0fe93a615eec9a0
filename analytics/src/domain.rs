//! The subjects under which features are added up.

/// A subject under which features are added up, so that many counters of one thing do not outvote one counter of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    /// Which one it is; `DOMAINS[id as usize]` has this id.
    pub id: DomainId,
    /// A stable name for storage and translation.
    pub key: &'static str,
}

/// Names a [`Domain`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum DomainId {
    /// How much is done.
    Volume,
    /// How steadily it is done.
    Regularity,
    /// Whether work is handed in, and when.
    Submission,
    /// How well marked work went.
    Performance,
    /// Whether the pupil comes, and stays from beginning to end.
    Attendance,
    /// How the pupil says to be.
    Wellbeing,
}

/// Every domain that has a feature; all weigh the same.
///
/// Discussions have no domain of their own: where they are voluntary, staying out of them says little, and as one voice in
/// five it made the order of pupils worse on records with known outcomes (OULAD).
pub const DOMAINS: [Domain; 6] = [
    Domain { id: DomainId::Volume, key: "volume" },
    Domain { id: DomainId::Regularity, key: "regularity" },
    Domain { id: DomainId::Submission, key: "submission" },
    Domain { id: DomainId::Performance, key: "performance" },
    Domain { id: DomainId::Attendance, key: "attendance" },
    Domain { id: DomainId::Wellbeing, key: "wellbeing" },
];
