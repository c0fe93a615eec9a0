//! enrollments.csv: who is in which class.
use super::File;
use super::check::Checked;
use super::columns::{Column, ID, Kind, MODIFIED, Need, STATUS, column};
use super::rules;
use super::write::{Row, day_or_empty};
use chrono::NaiveDate;
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

const ROLES: Kind = Kind::Word {
    known: &["administrator", "aide", "guardian", "proctor", "student", "teacher"],
    japanese: &["administrator", "guardian", "proctor", "student", "teacher"],
};

pub(super) const COLUMNS: [Column; 12] = [
    ID,
    STATUS,
    MODIFIED,
    column("classSourcedId", Need::Must, Kind::Id),
    column("schoolSourcedId", Need::Must, Kind::Id),
    column("userSourcedId", Need::Must, Kind::Id),
    column("role", Need::Must, ROLES),
    column("primary", Need::Japan, Kind::Flag),
    column("beginDate", Need::May, Kind::Day),
    column("endDate", Need::May, Kind::Day),
    column("metadata.jp.ShussekiNo", Need::May, Kind::Number).or("metadata.jp.shussekiNo"),
    column("metadata.jp.PublicFlg", Need::May, Kind::Unread).or("metadata.jp.publicFlg"),
];

/// What somebody is in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ClassRole {
    /// 児童生徒.
    Student,
    /// 教員.
    Teacher,
    /// Somebody else: an administrator, a proctor, a guardian.
    Other,
}

/// Somebody's place in a class.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Enrollment {
    /// The roster's id.
    pub id: Uuid,
    /// Whether the record is taken out (tobedeleted).
    pub removed: bool,
    /// The class.
    pub class: Uuid,
    /// The school of the class.
    pub school: Uuid,
    /// Who.
    pub user: Uuid,
    /// What they are there.
    pub role: ClassRole,
    /// Whether a teacher is the main one.
    pub primary: bool,
    /// The first day.
    pub begins: Option<NaiveDate>,
    /// The last day.
    pub ends: Option<NaiveDate>,
    /// 出席番号.
    pub number: Option<i32>,
}

impl Enrollment {
    pub(super) fn read(row: &mut Checked<'_>) -> Self {
        let [id, _, _, class, school, user, role, primary, begins, ends, number, _] = row.values::<12>();
        row.in_order(begins.day(), ends.day(), 9);
        let role = if role.is("student") {
            ClassRole::Student
        } else if role.is("teacher") {
            ClassRole::Teacher
        } else {
            ClassRole::Other
        };
        if !row.removed && role == ClassRole::Student && primary.flag() {
            row.found_in_japan(&rules::STUDENT_PRIMARY, 7);
        }
        Enrollment {
            id: id.id().unwrap_or_default(),
            removed: row.removed,
            class: class.id().unwrap_or_default(),
            school: school.id().unwrap_or_default(),
            user: user.id().unwrap_or_default(),
            role,
            primary: primary.flag(),
            begins: begins.day(),
            ends: ends.day(),
            number: number.number(),
        }
    }
}

impl Row for Enrollment {
    const FILE: File = File::Enrollments;

    fn cells(&self) -> Vec<Cow<'_, str>> {
        let role = match self.role {
            ClassRole::Student => "student",
            ClassRole::Teacher => "teacher",
            ClassRole::Other => "proctor",
        };
        vec![
            self.id.to_string().into(),
            "".into(),
            "".into(),
            self.class.to_string().into(),
            self.school.to_string().into(),
            self.user.to_string().into(),
            role.into(),
            if self.primary { "true" } else { "false" }.into(),
            day_or_empty(self.begins),
            day_or_empty(self.ends),
            self.number.map_or_else(|| "".into(), |number| number.to_string().into()),
            "".into(),
        ]
    }
}
