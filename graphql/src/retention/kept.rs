//! What becomes of every table: the one list of it. A table that is not here fails a test.
use super::rule::KeptKind;
use KeptKind::{
    AttendanceRegister, GuidanceRecord, Health, Learning, Mood, NextYearDraft, StudentRegister, Support, SupportFlag,
};

/// What becomes of the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They are of the pupil in the column `pupil`, and go with a kind of record. `school` and `day` are expressions in SQL: of which school
    /// a row is, and of which day.
    Goes {
        /// The kind of record.
        with: KeptKind,
        /// Of which school a row is.
        school: &'static str,
        /// Of which day a row is.
        day: &'static str,
    },
    /// They go with the rows of another table, whose ids stand in these columns.
    Follows {
        /// The other table.
        table: &'static str,
        /// The columns.
        by: &'static [&'static str],
    },
    /// They go with the pupil, or the guardian, whose id stands in this column, once nothing else is kept of them.
    GoesLast(&'static str),
    /// They stay, and why.
    Stays(&'static str),
}

/// A table and what becomes of it.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// The table.
    pub table: &'static str,
    /// Whether its changes are in the trail, whose content goes with its rows then.
    pub trailed: bool,
    /// What becomes of its rows.
    pub fate: Fate,
}

const fn of(table: &'static str, trailed: bool, fate: Fate) -> Kept {
    Kept { table, trailed, fate }
}

const fn goes(with: KeptKind, day: &'static str) -> Fate {
    Fate::Goes { with, school: "school", day }
}

/// Every table, in the order in which rows go: what refers to others before them.
pub const TABLES: [Kept; 89] = [
    of("support_flag_event", false, Fate::Follows { table: "support_flag", by: &["flag"] }),
    of("support_flag", true, goes(SupportFlag, "COALESCE(ended_on, since)")),
    of("run_score", false, goes(SupportFlag, "(SELECT r.as_of FROM analysis_run r WHERE r.id = run)")),
    of("mood", false, goes(Mood, "day")),
    of("health_observation", false, goes(Health, "day")),
    of("infirmary_visit", true, goes(Health, "day")),
    of("activity", false, goes(Learning, "day")),
    of("daily_total", false, goes(Learning, "day")),
    of("support_action", true, goes(Support, "day")),
    of("support_consent", true, Fate::Follows { table: "support_plan", by: &["plan"] }),
    of("support_goal", true, Fate::Follows { table: "support_plan", by: &["plan"] }),
    of("support_plan", true, Fate::Follows { table: "support_sheet", by: &["sheet"] }),
    of("support_task", true, Fate::Follows { table: "support_sheet", by: &["sheet"] }),
    of("support_meeting", true, Fate::Follows { table: "support_sheet", by: &["sheet"] }),
    of("support_section", true, Fate::Follows { table: "support_sheet", by: &["sheet"] }),
    of("support_assignment", true, Fate::Follows { table: "support_sheet", by: &["sheet"] }),
    of("support_share", true, Fate::Follows { table: "support_sheet", by: &["sheet"] }),
    of("support_sheet", true, goes(Support, "ends")),
    of("attendance_mark", false, goes(AttendanceRegister, "day")),
    of("lesson_mark", false, goes(AttendanceRegister, "day")),
    of("attendance_recognition", true, goes(GuidanceRecord, "begins")),
    of("assessment_result", false, goes(GuidanceRecord, "(SELECT a.day FROM assessment a WHERE a.id = assessment)")),
    of("mark_decision", false, goes(GuidanceRecord, "day")),
    of("term_remark", false, goes(GuidanceRecord, "day")),
    of("term_report", false, goes(GuidanceRecord, "day")),
    of("turnover_wish", true, Fate::Follows { table: "turnover_pupil", by: &["one", "other"] }),
    of(
        "turnover_pupil",
        true,
        Fate::Goes {
            with: NextYearDraft,
            school: "(SELECT t.school FROM turnover t WHERE t.id = turnover)",
            day: "(SELECT t.begins FROM turnover t WHERE t.id = turnover)",
        },
    ),
    of("hand_over", true, Fate::Follows { table: "pupil_move", by: &["move"] }),
    of("pupil_move", true, goes(StudentRegister, "day")),
    of("enrolment", true, goes(StudentRegister, "ends")),
    // What is due is listed by pupil, which would tell who has asked to talk: these go by themselves once they are old, see `clear`.
    of("consultation_step", false, Fate::Follows { table: "consultation", by: &["consultation"] }),
    of("consultation", false, Fate::GoesLast("pupil")),
    of("analysis_exclusion", true, Fate::GoesLast("pupil")),
    of("record_opening", true, Fate::GoesLast("pupil")),
    of("protection", true, Fate::GoesLast("pupil")),
    of("guardianship", true, Fate::GoesLast("pupil")),
    of("page_session", false, Fate::GoesLast("holder")),
    of("sign_in_subject", true, Fate::GoesLast("holder")),
    of("access_token", true, Fate::GoesLast("holder")),
    // With the last of their children.
    of("guardian", true, Fate::GoesLast("id")),
    of("legal_hold", true, Fate::GoesLast("pupil")),
    of("roster_import_change", false, Fate::GoesLast("pupil")),
    of("roster_source", false, Fate::GoesLast("id")),
    of("pupil", true, Fate::GoesLast("id")),
    of("trail", false, Fate::Stays("who did what when, for what reason; its content goes with the record that it is of")),
    of("deletion", false, Fate::Stays("says what went and names nobody")),
    of("deletion_subject", false, Fate::Stays("a digest that tells nobody who has not the pupil's id")),
    of("retention_rule", true, Fate::Stays("the board's rules")),
    of("analysis_rule", true, Fate::Stays("from where on the rules of the analysis speak")),
    of("analysis_capacity", true, Fate::Stays("a school's setting")),
    of("board", true, Fate::Stays("the board of education")),
    of("school", true, Fate::Stays("the schools")),
    of("academic_year", true, Fate::Stays("the school years")),
    of("class", true, Fate::Stays("the classes, without who was in them")),
    of(
        "staff",
        true,
        Fate::Stays("those who wrote the records, by name as long as one is kept; 職員名簿 is no record of pupils"),
    ),
    of("duty", true, Fate::Stays("of staff and programs: by what right somebody wrote a record")),
    of("duty_right", false, Fate::Stays("comes with a migration")),
    of("support_level", false, Fate::Stays("comes with a migration")),
    of("app_secret", true, Fate::Stays("that a program had a secret; what is kept of it opens nothing")),
    of("app", true, Fate::Stays("the programs that post or read")),
    of("assignment", true, Fate::Stays("what a class was asked to do, of no single pupil")),
    of("analysis_run", false, Fate::Stays("figures of a class that name nobody; the scores of pupils go")),
    of("analysis_night", false, Fate::Stays("when a school was analysed, and how many of its classes")),
    of("analysis_quality", false, Fate::Stays("counts of a class that name nobody")),
    of("attendance_kind", true, Fate::Stays("the board's kinds")),
    of("term", true, Fate::Stays("the board's terms")),
    of("mark_scheme", false, Fate::Stays("the rules by which a school marks, of no single pupil")),
    of("assessment", true, Fate::Stays("what a class was marked on, of no single pupil; the results of pupils go")),
    of("term_closing", true, Fate::Stays("that a class's term was closed; the pupils' marks go")),
    of("board_word", true, Fate::Stays("the board's words")),
    of("consultation_setting", true, Fate::Stays("a school's setting")),
    of("school_calendar", true, Fate::Stays("the school years of the calendar")),
    of("calendar_day", false, Fate::Stays("days of a school or a grade")),
    of("class_closure", true, Fate::Stays("closures of a class, of no single pupil")),
    of("timetable_lesson", true, Fate::Stays("what a class is taught when")),
    of("turnover", true, Fate::Stays("that a next year was prepared, and the ids of what it changed; names go with its pupils")),
    of("turnover_class", true, Fate::Stays("the classes of a draft")),
    of("turnover_duty", true, Fate::Stays("the duties of staff in a draft")),
    of("roster_import", false, Fate::Stays("when a roster was brought in by whom, and figures")),
    of("roster_import_school", false, Fate::Stays("of which schools a roster was")),
    of("roster_import_finding", false, Fate::Stays("cells of a roster that were wrong, which are deleted a week later")),
    of("roster_rows", false, Fate::Stays("digests of rows")),
    of(
        "access_chain",
        false,
        Fate::Stays("the access log holds ids alone, is kept for a time of its own and says what was erased"),
    ),
    of("access_link", false, Fate::Stays("digests of entries of the access log")),
    of("access_entry", false, Fate::Stays("the access log holds ids alone, and goes after a time of its own")),
    of("access_subject", false, Fate::Stays("ids of the access log, which go with its entries")),
    of("access_dropped", false, Fate::Stays("digests of the access log")),
    of("server_key", false, Fate::Stays("random bytes of the servers, which say nothing of anybody")),
    of("_sqlx_migrations", false, Fate::Stays("which migrations ran")),
];

impl Kept {
    /// The entry of a table.
    pub(super) fn of(table: &str) -> &'static Kept {
        TABLES.iter().find(|kept| kept.table == table).expect("a table that others follow is in the list")
    }
}

/// The tables whose rows go with a kind of record, with the expressions of the school and of the day of a row.
pub(super) fn with(kind: KeptKind) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLES.iter().filter_map(move |kept| match kept.fate {
        Fate::Goes { with, school, day } if with == kind => Some((kept.table, school, day)),
        _ => None,
    })
}
