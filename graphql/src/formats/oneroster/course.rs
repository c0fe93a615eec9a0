//! courses.csv: what is taught in a year.
use super::check::Checked;
use super::columns::{Column, ID, Kind, MODIFIED, Need, STATUS, column};
use super::write::{Row, id_or_empty};
use super::{File, rules};
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

pub(super) const COLUMNS: [Column; 10] = [
    ID,
    STATUS,
    MODIFIED,
    column("schoolYearSourcedId", Need::May, Kind::Id),
    column("title", Need::Should, Kind::Text),
    column("courseCode", Need::May, Kind::Vacant),
    column("grades", Need::May, Kind::Grades),
    column("orgSourcedId", Need::Should, Kind::Id),
    column("subjects", Need::May, Kind::Text),
    column("subjectCodes", Need::May, Kind::SubjectCodes),
];

/// A course: classes are given in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Course {
    /// The roster's id.
    pub id: Uuid,
    /// Whether the record is taken out (tobedeleted).
    pub removed: bool,
    /// The school year.
    pub session: Option<Uuid>,
    /// The title, such as 2026年度 算数.
    pub title: String,
    /// The grades, separated by commas.
    pub grades: String,
    /// The school or the board.
    pub org: Option<Uuid>,
    /// The subjects, separated by commas.
    pub subjects: String,
    /// Their codes.
    pub subject_codes: String,
}

impl Course {
    pub(super) fn read(row: &mut Checked<'_>) -> Self {
        let [id, _, _, session, title, _, grades, org, subjects, codes] = row.values::<10>();
        row.as_many(&subjects, &codes, 9);
        let title = title.text();
        let year = title.split_once("年度").map_or("", |(year, _)| year);
        if !row.removed && !title.is_empty() && (year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit())) {
            row.found_in_japan(&rules::COURSE_TITLE, 4);
        }
        Course {
            id: id.id().unwrap_or_default(),
            removed: row.removed,
            session: session.id(),
            title,
            grades: grades.text(),
            org: org.id(),
            subjects: subjects.text(),
            subject_codes: codes.text(),
        }
    }
}

impl Row for Course {
    const FILE: File = File::Courses;

    fn cells(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.id.to_string().into(),
            "".into(),
            "".into(),
            id_or_empty(self.session),
            self.title.as_str().into(),
            "".into(),
            self.grades.as_str().into(),
            id_or_empty(self.org),
            self.subjects.as_str().into(),
            self.subject_codes.as_str().into(),
        ]
    }
}
