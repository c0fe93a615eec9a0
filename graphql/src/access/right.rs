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
    /// The names of pupils whose household is under protection (支援措置).
    ProtectedRead,
    /// Guardians (保護者): who they are, by which standing, and what they may see.
    GuardianRead,
    /// Changing guardians, and putting households under protection.
    GuardianWrite,
    /// Opening a single pupil's record for a stated reason: the board alone, whose duty shows no pupil by itself.
    RecordOpen,
    /// What pupils did.
    ActivityRead,
    /// Posting and withdrawing what pupils did.
    ActivityWrite,
    /// Sharing assignments.
    AssignmentWrite,
    /// Running an analysis.
    AnalysisRun,
    /// Changing from where on the rules of the analysis speak: the board's decision.
    AnalysisRuleWrite,
    /// Changing what share of a class a school can look after at once.
    AnalysisCapacityWrite,
    /// Keeping a pupil out of the analysis, as the family wishes, and taking that back.
    AnalysisChoose,
    /// Support flags with their reasons.
    FlagRead,
    /// Answering a support flag.
    FlagReview,
    /// How good the flags were: counts without names.
    QualityRead,
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
    /// How many pupils were away for long, and how much is learnt in all schools of the board, without names.
    AttendanceCount,
    /// Changing the school calendar and the timetable.
    CalendarWrite,
    /// Marking who missed a lesson.
    LessonWrite,
    /// Results of assessments, marks and remarks of terms; pupils: their own of closed terms.
    MarkRead,
    /// Assessments and their results.
    MarkWrite,
    /// Deciding over a computed mark, and writing remarks (所見).
    MarkDecide,
    /// Closing a class's term.
    MarkClose,
    /// Changing a school's rules of marking (評価の規準).
    MarkSchemeWrite,
    /// Setting the terms of a school year.
    TermWrite,
    /// Moods (心の天気).
    MoodRead,
    /// Entering moods.
    MoodWrite,
    /// Changing the board's words: moods, symptoms, topics.
    BoardWordWrite,
    /// How pupils are in the morning (健康観察).
    HealthRead,
    /// Noting how pupils are in the morning.
    HealthWrite,
    /// Visits to the infirmary (保健室来室).
    VisitRead,
    /// Noting visits to the infirmary, and reading what is for the nurse alone.
    VisitWrite,
    /// Asking an adult to talk (相談したい): pupils alone.
    ConsultationWrite,
    /// Being asked to talk. It shows what was sent to oneself and nothing else.
    ConsultationTake,
    /// Setting how long a pupil waits for an answer, and who comes next.
    ConsultationSettingWrite,
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
    /// Who looked at what (閲覧の記録); pupils: who looked at their own.
    AccessLogRead,
}

impl Right {
    /// Every right.
    pub const ALL: [Right; 54] = [
        Right::SchoolRead,
        Right::RosterRead,
        Right::RosterWrite,
        Right::OfficialNameRead,
        Right::ProtectedRead,
        Right::GuardianRead,
        Right::GuardianWrite,
        Right::RecordOpen,
        Right::ActivityRead,
        Right::ActivityWrite,
        Right::AssignmentWrite,
        Right::AnalysisRun,
        Right::AnalysisRuleWrite,
        Right::AnalysisCapacityWrite,
        Right::AnalysisChoose,
        Right::FlagRead,
        Right::FlagReview,
        Right::QualityRead,
        Right::AttendanceRead,
        Right::AttendanceWrite,
        Right::AttendanceKindWrite,
        Right::AttendanceDecide,
        Right::AttendanceRecognise,
        Right::AttendanceCount,
        Right::CalendarWrite,
        Right::LessonWrite,
        Right::MarkRead,
        Right::MarkWrite,
        Right::MarkDecide,
        Right::MarkClose,
        Right::MarkSchemeWrite,
        Right::TermWrite,
        Right::MoodRead,
        Right::MoodWrite,
        Right::BoardWordWrite,
        Right::HealthRead,
        Right::HealthWrite,
        Right::VisitRead,
        Right::VisitWrite,
        Right::ConsultationWrite,
        Right::ConsultationTake,
        Right::ConsultationSettingWrite,
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
        Right::AccessLogRead,
    ];

    /// The rights that an app's token may carry.
    pub const OF_APPS: [Right; 10] = [
        Right::SchoolRead,
        Right::RosterRead,
        Right::ActivityRead,
        Right::ActivityWrite,
        Right::AssignmentWrite,
        Right::AttendanceRead,
        Right::AttendanceWrite,
        Right::MarkRead,
        Right::MarkWrite,
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
            Right::ProtectedRead => "protected:read",
            Right::GuardianRead => "guardian:read",
            Right::GuardianWrite => "guardian:write",
            Right::RecordOpen => "record:open",
            Right::ActivityRead => "activity:read",
            Right::ActivityWrite => "activity:write",
            Right::AssignmentWrite => "assignment:write",
            Right::AnalysisRun => "analysis:run",
            Right::AnalysisRuleWrite => "analysis-rule:write",
            Right::AnalysisCapacityWrite => "analysis-capacity:write",
            Right::AnalysisChoose => "analysis:choose",
            Right::FlagRead => "flag:read",
            Right::FlagReview => "flag:review",
            Right::QualityRead => "quality:read",
            Right::AttendanceRead => "attendance:read",
            Right::AttendanceWrite => "attendance:write",
            Right::AttendanceKindWrite => "attendance-kind:write",
            Right::AttendanceDecide => "attendance:decide",
            Right::AttendanceRecognise => "attendance:recognise",
            Right::AttendanceCount => "attendance:count",
            Right::CalendarWrite => "calendar:write",
            Right::LessonWrite => "lesson:write",
            Right::MarkRead => "mark:read",
            Right::MarkWrite => "mark:write",
            Right::MarkDecide => "mark:decide",
            Right::MarkClose => "mark:close",
            Right::MarkSchemeWrite => "mark-scheme:write",
            Right::TermWrite => "term:write",
            Right::MoodRead => "mood:read",
            Right::MoodWrite => "mood:write",
            Right::BoardWordWrite => "board-word:write",
            Right::HealthRead => "health:read",
            Right::HealthWrite => "health:write",
            Right::VisitRead => "visit:read",
            Right::VisitWrite => "visit:write",
            Right::ConsultationWrite => "consultation:write",
            Right::ConsultationTake => "consultation:take",
            Right::ConsultationSettingWrite => "consultation-setting:write",
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
            Right::AccessLogRead => "access-log:read",
        }
    }

    /// The right of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Right::ALL.into_iter().find(|right| right.name() == name)
    }
}

/// The names of some rights, separated by spaces: a scope as OAuth 2.0 writes it.
pub(crate) fn names(rights: &[Right]) -> String {
    rights.iter().map(|right| right.name()).collect::<Vec<_>>().join(" ")
}
