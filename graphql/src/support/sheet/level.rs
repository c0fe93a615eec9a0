//! How confidential a note is, and the parts of a sheet that can be handed over.
use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// For whose eyes a note is. Nothing is for the writer alone: what stands in a record of the school can be asked for (開示), and must be
/// there for whoever takes the work over. Whoever wrote a note reads it as long as they look after the pupil.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportNoteLevel {
    /// 担当者と管理職: those assigned to the pupil's sheet, and the head. It is never handed over.
    Assigned,
    /// 学校のチーム: the homeroom teacher, the head of the grade, the head, and those assigned.
    SchoolTeam,
    /// 引継ぎ・保護者との共有可: the same, and what may go to another school or be shown to the guardians, on purpose.
    Shareable,
}

impl SupportNoteLevel {
    /// Every level.
    pub const ALL: [SupportNoteLevel; 3] =
        [SupportNoteLevel::Assigned, SupportNoteLevel::SchoolTeam, SupportNoteLevel::Shareable];

    /// The name that the database uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SupportNoteLevel::Assigned => "ASSIGNED",
            SupportNoteLevel::SchoolTeam => "SCHOOL_TEAM",
            SupportNoteLevel::Shareable => "SHAREABLE",
        }
    }
}

/// A part of a support sheet: what is handed over is said part by part.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupportPart {
    /// 共通シート.
    Common,
    /// 学年別シート.
    ByYear,
    /// ケース会議・検討会等の記録.
    Meetings,
    /// 手だて.
    Tasks,
    /// 個別の指導計画・個別の教育支援計画.
    Plans,
    /// 対応の記録: what was done while the sheet was open.
    Actions,
}

impl SupportPart {
    /// Every part.
    pub const ALL: [SupportPart; 6] = [
        SupportPart::Common,
        SupportPart::ByYear,
        SupportPart::Meetings,
        SupportPart::Tasks,
        SupportPart::Plans,
        SupportPart::Actions,
    ];

    /// The name that the database uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SupportPart::Common => "COMMON",
            SupportPart::ByYear => "BY_YEAR",
            SupportPart::Meetings => "MEETINGS",
            SupportPart::Tasks => "TASKS",
            SupportPart::Plans => "PLANS",
            SupportPart::Actions => "ACTIONS",
        }
    }

    /// The parts of a list as it is stored.
    pub(crate) fn of_list(list: &str) -> Vec<SupportPart> {
        SupportPart::ALL.into_iter().filter(|part| list.split(',').any(|name| name == part.name())).collect()
    }
}
