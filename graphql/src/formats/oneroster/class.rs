//! classes.csv: homerooms and lessons.
use super::File;
use super::check::Checked;
use super::columns::{Column, ID, Kind, MODIFIED, Need, STATUS, column};
use super::write::{Row, id_or_empty};
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

pub(super) const COLUMNS: [Column; 15] = [
    ID,
    STATUS,
    MODIFIED,
    column("title", Need::Must, Kind::Text),
    column("grades", Need::May, Kind::Grades),
    column("courseSourcedId", Need::Should, Kind::Id),
    column("classCode", Need::May, Kind::Unread),
    column("classType", Need::Must, Kind::Word { known: &["homeroom", "scheduled"], japanese: &["homeroom", "scheduled"] }),
    column("location", Need::May, Kind::Unread),
    column("schoolSourcedId", Need::Must, Kind::Id),
    column("termSourcedIds", Need::Must, Kind::Ids),
    column("subjects", Need::May, Kind::Text),
    column("subjectCodes", Need::May, Kind::SubjectCodes),
    column("periods", Need::May, Kind::Unread),
    column("metadata.jp.specialNeeds", Need::May, Kind::Flag),
];

/// A homeroom, or a lesson.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ClassRow {
    /// The roster's id.
    pub id: Uuid,
    /// Whether the record is taken out (tobedeleted).
    pub removed: bool,
    /// The title, such as 5年2組.
    pub title: String,
    /// 学籍クラス; else a lesson.
    pub homeroom: bool,
    /// The school.
    pub school: Uuid,
    /// The course.
    pub course: Option<Uuid>,
    /// The school years; one in Japan.
    pub terms: Vec<Uuid>,
    /// The grades, separated by commas; 7 to 9 are J1 to J3 here.
    pub grades: String,
    /// The subjects, separated by commas.
    pub subjects: String,
    /// Their codes.
    pub subject_codes: String,
    /// 特別支援学級.
    pub special_needs: bool,
}

impl ClassRow {
    pub(super) fn read(row: &mut Checked<'_>) -> Self {
        let [id, _, _, title, grades, course, _, kind, _, school, terms, subjects, codes, _, special_needs] = row.values::<15>();
        row.as_many(&subjects, &codes, 12);
        ClassRow {
            id: id.id().unwrap_or_default(),
            removed: row.removed,
            title: title.text(),
            homeroom: kind.is("homeroom"),
            school: school.id().unwrap_or_default(),
            course: course.id(),
            terms: terms.ids(),
            grades: grades.text(),
            subjects: subjects.text(),
            subject_codes: codes.text(),
            special_needs: special_needs.flag(),
        }
    }
}

impl Row for ClassRow {
    const FILE: File = File::Classes;

    fn cells(&self) -> Vec<Cow<'_, str>> {
        let terms: Vec<_> = self.terms.iter().map(Uuid::to_string).collect();
        vec![
            self.id.to_string().into(),
            "".into(),
            "".into(),
            self.title.as_str().into(),
            self.grades.as_str().into(),
            id_or_empty(self.course),
            "".into(),
            if self.homeroom { "homeroom" } else { "scheduled" }.into(),
            "".into(),
            self.school.to_string().into(),
            terms.join(",").into(),
            self.subjects.as_str().into(),
            self.subject_codes.as_str().into(),
            "".into(),
            if self.special_needs { "true" } else { "" }.into(),
        ]
    }
}
