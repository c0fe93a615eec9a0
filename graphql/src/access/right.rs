//! What a duty or a token can give: what a field asks for, and the scope of an app's token.

/// A right, by the name that tokens and the table `duty_right` use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Schools, years and classes, without pupils.
    SchoolRead,
    /// Pupils and their enrolments.
    RosterRead,
    /// Changing the roster.
    RosterWrite,
    /// What pupils did.
    ActivityRead,
    /// Posting and withdrawing what pupils did.
    ActivityWrite,
    /// Sharing assignments.
    AssignmentWrite,
    /// Running an analysis.
    AnalysisRun,
    /// Support flags with their reasons.
    FlagRead,
    /// Answering a support flag.
    FlagReview,
    /// Adding people, apps and tokens.
    AccessWrite,
}

impl Right {
    /// Every right.
    pub const ALL: [Right; 10] = [
        Right::SchoolRead,
        Right::RosterRead,
        Right::RosterWrite,
        Right::ActivityRead,
        Right::ActivityWrite,
        Right::AssignmentWrite,
        Right::AnalysisRun,
        Right::FlagRead,
        Right::FlagReview,
        Right::AccessWrite,
    ];

    /// The rights that an app's token may carry.
    pub const OF_APPS: [Right; 5] =
        [Right::SchoolRead, Right::RosterRead, Right::ActivityRead, Right::ActivityWrite, Right::AssignmentWrite];

    /// The name, as in `activity:write`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Right::SchoolRead => "school:read",
            Right::RosterRead => "roster:read",
            Right::RosterWrite => "roster:write",
            Right::ActivityRead => "activity:read",
            Right::ActivityWrite => "activity:write",
            Right::AssignmentWrite => "assignment:write",
            Right::AnalysisRun => "analysis:run",
            Right::FlagRead => "flag:read",
            Right::FlagReview => "flag:review",
            Right::AccessWrite => "access:write",
        }
    }

    /// The right of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Right::ALL.into_iter().find(|right| right.name() == name)
    }
}
