//! orgs.csv: the board and its schools.
use super::check::Checked;
use super::codes::{self, SchoolCode};
use super::columns::{Column, ID, Kind, MODIFIED, Need, STATUS, column};
use super::finding::Severity;
use super::write::{Row, id_or_empty};
use super::{File, rules};
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

const TYPES: Kind =
    Kind::Word { known: &["department", "school", "district", "local", "state", "national"], japanese: &["district", "school"] };

pub(super) const COLUMNS: [Column; 7] = [
    ID,
    STATUS,
    MODIFIED,
    column("name", Need::Must, Kind::Text),
    column("type", Need::Must, TYPES),
    column("identifier", Need::May, Kind::Text),
    column("parentSourcedId", Need::May, Kind::Id),
];

/// The board of education (district) or a school.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Org {
    /// The roster's id.
    pub id: Uuid,
    /// Whether the record is taken out (tobedeleted).
    pub removed: bool,
    /// Whether it is a school; else the board.
    pub school: bool,
    /// 学校コード or 教育委員会コード; may be empty.
    pub code: String,
    /// The name.
    pub name: String,
    /// The board of a school.
    pub parent: Option<Uuid>,
}

impl Org {
    pub(super) fn read(row: &mut Checked<'_>) -> Self {
        let [id, _, _, name, kind, code, parent] = row.values::<7>();
        let (school, code) = (kind.is("school"), code.text());
        if !row.removed {
            if !school && !kind.is("district") {
                row.found(Severity::Error, &rules::ORG_NOT_KEPT, 4);
            }
            let wrong = match codes::school(&code) {
                _ if code.is_empty() => None,
                _ if !school => (!codes::is_board(&code)).then_some(&rules::BOARD_CODE),
                SchoolCode::Right => None,
                SchoolCode::WrongCheck => Some(&rules::SCHOOL_CODE_CHECK),
                SchoolCode::Malformed => Some(&rules::SCHOOL_CODE),
            };
            if let Some(rule) = wrong {
                row.found(Severity::Warning, rule, 5);
            }
            if !school && parent.id().is_some() {
                row.found_in_japan(&rules::MUST_BE_EMPTY, 6);
            }
        }
        Org { id: id.id().unwrap_or_default(), removed: row.removed, school, code, name: name.text(), parent: parent.id() }
    }
}

impl Row for Org {
    const FILE: File = File::Orgs;

    fn cells(&self) -> Vec<Cow<'_, str>> {
        let kind = if self.school { "school" } else { "district" };
        vec![
            self.id.to_string().into(),
            "".into(),
            "".into(),
            self.name.as_str().into(),
            kind.into(),
            self.code.as_str().into(),
            id_or_empty(self.parent),
        ]
    }
}
