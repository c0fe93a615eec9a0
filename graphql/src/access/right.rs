//! What a duty or a token can give: what a field asks for, and the scope of an app's token.
use async_graphql::Enum;
use serde::Deserialize;

/// What a duty gives over somebody or something, as far as the token carries it.
#[derive(Enum, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Right {
    /// Schools, years and classes, without pupils.
    SchoolRead,
    /// Pupils and their enrolments.
    RosterRead,
    /// Changing the roster.
    RosterWrite,
    /// The names and numbers of the school register (正式氏名, 学籍番号).
    OfficialNameRead,
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
    /// Marks of attendance.
    AttendanceRead,
    /// Taking attendance.
    AttendanceWrite,
    /// Changing the kinds of attendance.
    AttendanceKindWrite,
    /// Deciding over a homeroom's mark, and closing a class.
    AttendanceDecide,
    /// Deciding that being elsewhere is attendance (出席扱い).
    AttendanceRecognise,
    /// How many pupils were away for long, without their names.
    AttendanceCount,
    /// Changing the school calendar and the timetable.
    CalendarWrite,
    /// Marking who missed a lesson.
    LessonWrite,
    /// Moods (心の天気).
    MoodRead,
    /// Entering moods.
    MoodWrite,
    /// What was done for a pupil.
    SupportRead,
    /// Noting what was done for a pupil.
    SupportWrite,
    /// Opening a support sheet (支援シート) for a pupil.
    SupportOpen,
    /// Taking part in the support of the pupils to whose sheets one was assigned. It gives no pupil by itself.
    SupportJoin,
    /// Recording moves of pupils, and handing records over.
    MoveWrite,
    /// Preparing and committing a school's next year.
    TurnoverWrite,
    /// Giving and ending the duties of a school.
    DutyWrite,
    /// What is to be deleted when, what is held, what was deleted.
    RetentionRead,
    /// Deleting what is due, and holding what must not go.
    RetentionWrite,
    /// Changing how long each kind of record is kept.
    RetentionRuleWrite,
    /// Adding people, apps and tokens.
    AccessWrite,
}

impl Right {
    /// Every right.
    pub const ALL: [Right; 31] = [
        Right::SchoolRead,
        Right::RosterRead,
        Right::RosterWrite,
        Right::OfficialNameRead,
        Right::ActivityRead,
        Right::ActivityWrite,
        Right::AssignmentWrite,
        Right::AnalysisRun,
        Right::FlagRead,
        Right::FlagReview,
        Right::AttendanceRead,
        Right::AttendanceWrite,
        Right::AttendanceKindWrite,
        Right::AttendanceDecide,
        Right::AttendanceRecognise,
        Right::AttendanceCount,
        Right::CalendarWrite,
        Right::LessonWrite,
        Right::MoodRead,
        Right::MoodWrite,
        Right::SupportRead,
        Right::SupportWrite,
        Right::SupportOpen,
        Right::SupportJoin,
        Right::MoveWrite,
        Right::TurnoverWrite,
        Right::DutyWrite,
        Right::RetentionRead,
        Right::RetentionWrite,
        Right::RetentionRuleWrite,
        Right::AccessWrite,
    ];

    /// The rights that an app's token may carry.
    pub const OF_APPS: [Right; 8] = [
        Right::SchoolRead,
        Right::RosterRead,
        Right::ActivityRead,
        Right::ActivityWrite,
        Right::AssignmentWrite,
        Right::AttendanceRead,
        Right::AttendanceWrite,
        Right::MoodWrite,
    ];

    /// The name that tokens and the table `duty_right` use, as in `activity:write`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Right::SchoolRead => "school:read",
            Right::RosterRead => "roster:read",
            Right::RosterWrite => "roster:write",
            Right::OfficialNameRead => "official-name:read",
            Right::ActivityRead => "activity:read",
            Right::ActivityWrite => "activity:write",
            Right::AssignmentWrite => "assignment:write",
            Right::AnalysisRun => "analysis:run",
            Right::FlagRead => "flag:read",
            Right::FlagReview => "flag:review",
            Right::AttendanceRead => "attendance:read",
            Right::AttendanceWrite => "attendance:write",
            Right::AttendanceKindWrite => "attendance-kind:write",
            Right::AttendanceDecide => "attendance:decide",
            Right::AttendanceRecognise => "attendance:recognise",
            Right::AttendanceCount => "attendance:count",
            Right::CalendarWrite => "calendar:write",
            Right::LessonWrite => "lesson:write",
            Right::MoodRead => "mood:read",
            Right::MoodWrite => "mood:write",
            Right::SupportRead => "support:read",
            Right::SupportWrite => "support:write",
            Right::SupportOpen => "support:open",
            Right::SupportJoin => "support:join",
            Right::MoveWrite => "move:write",
            Right::TurnoverWrite => "turnover:write",
            Right::DutyWrite => "duty:write",
            Right::RetentionRead => "retention:read",
            Right::RetentionWrite => "retention:write",
            Right::RetentionRuleWrite => "retention-rule:write",
            Right::AccessWrite => "access:write",
        }
    }

    /// The right of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Right::ALL.into_iter().find(|right| right.name() == name)
    }
}
