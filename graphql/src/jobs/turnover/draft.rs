//! The rows of a draft, and the live year that they stand beside.
use crate::access::duty::{Duty, DutyKind};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::Result;
use async_graphql::Enum;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::HashSet;
use uuid::Uuid;

pub(super) use super::store::{put, put_classes, put_duties, put_entries, put_wish, remove};

/// Whether a draft is still one.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "TurnoverState")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// It can be changed; nothing of it is a record of the school.
    Draft,
    /// It takes effect, or took effect, on its first day.
    Committed,
}

/// What becomes of a pupil.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "TurnoverOutcome")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// In the school next year, too.
    Stays,
    /// 卒業.
    Graduates,
    /// Will not be in the school next year, or will not come after all.
    Leaves,
    /// 入学.
    Enters,
}

#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub id: Uuid,
    pub school: Uuid,
    pub from_year: Uuid,
    pub year: i32,
    pub begins: NaiveDate,
    pub ends: NaiveDate,
    pub state: State,
    pub version: i32,
    pub made_by: Uuid,
    pub made_at: DateTime<Utc>,
    pub committed_by: Option<Uuid>,
    pub committed_at: Option<DateTime<Utc>>,
    #[serde(skip)]
    pub effect: String,
}

#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub(crate) struct ClassRow {
    pub id: Uuid,
    pub turnover: Uuid,
    pub copied_from: Option<Uuid>,
    pub name: String,
    pub grades: String,
    pub special_needs: bool,
    pub place: i32,
}

impl ClassRow {
    pub(super) fn is_of(&self, grade: &str) -> bool {
        self.grades.split(',').any(|of| of == grade)
    }
}

#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub(crate) struct EntryRow {
    pub id: Uuid,
    pub turnover: Uuid,
    pub pupil: Option<Uuid>,
    pub identifier: String,
    pub family_name: String,
    pub given_name: String,
    pub kana_family_name: String,
    pub kana_given_name: String,
    pub birth_date: Option<NaiveDate>,
    pub from_class: Option<Uuid>,
    pub from_number: Option<i32>,
    pub from_name: String,
    pub outcome: Outcome,
    pub grade: String,
    pub destination: Option<Uuid>,
    pub class: Option<Uuid>,
    pub number: Option<i32>,
    pub exchange: Option<Uuid>,
    pub version: i32,
    /// Taken up after the commit and still to be placed.
    pub late: bool,
}

impl EntryRow {
    /// Whether the pupil is to be in a class next year.
    pub(super) fn comes(&self) -> bool {
        matches!(self.outcome, Outcome::Stays | Outcome::Enters)
    }
}

/// An entry with the names to show.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct Entry {
    #[sqlx(flatten)]
    pub row: EntryRow,
    pub name: String,
    pub kana: String,
    pub from_class_name: Option<String>,
    pub destination_name: Option<String>,
    /// Whether the household is under protection, so that nobody here is told where the pupil goes.
    pub protected: bool,
    /// Whether the pupil is in a homeroom of another school, or of a year that is not this one, on the first day.
    pub elsewhere: bool,
}

#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub(crate) struct DutyRow {
    pub id: Uuid,
    pub turnover: Uuid,
    pub staff: Uuid,
    pub kind: DutyKind,
    pub class: Option<Uuid>,
    pub grade: String,
    /// Whether who has just this duty in the live year keeps it.
    pub beside: bool,
    #[sqlx(default)]
    #[serde(skip)]
    pub name: String,
}

#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub(crate) struct WishRow {
    pub id: Uuid,
    pub turnover: Uuid,
    pub one: Uuid,
    pub other: Uuid,
    pub together: bool,
}

/// A pupil of the live year who is there until its end.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct Live {
    pub pupil: Uuid,
    pub class: Uuid,
    pub number: Option<i32>,
    /// The pupil's grade in a class of several, where it is known.
    pub grade: Option<String>,
    pub name: String,
    pub grades: String,
    pub special_needs: bool,
    pub exchange: Option<Uuid>,
}

/// A duty of the live year over the school or a grade of it, which nothing ends before the first day.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct Standing {
    #[sqlx(flatten)]
    pub duty: Duty,
    pub name: String,
}

/// A draft as a whole.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(crate) turnover: Row,
    pub(crate) classes: Vec<ClassRow>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) duties: Vec<DutyRow>,
    pub(crate) wishes: Vec<WishRow>,
    pub(crate) live: Vec<Live>,
    pub(crate) standing: Vec<Standing>,
}

impl Draft {
    pub(super) fn class(&self, id: Uuid) -> Option<&ClassRow> {
        self.classes.iter().find(|class| class.id == id)
    }

    pub(super) fn entry(&self, id: Uuid) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.row.id == id)
    }

    /// Whether a place can be changed: in a draft, and afterwards of who came since.
    pub(super) fn is_open(&self, row: &EntryRow) -> bool {
        self.turnover.state == State::Draft || row.late
    }

    /// Whether a duty of the live year over the school ends with it: a grade is had for a year, and others by whom the draft names.
    pub(super) fn ends(&self, duty: &Duty) -> bool {
        let named = |row: &DutyRow| row.class.is_none() && row.kind == duty.kind && (!row.beside || row.staff == duty.holder);
        duty.kind == DutyKind::GradeHead || self.duties.iter().any(named)
    }

    /// Those of the live year whom the draft does not know yet.
    pub(super) fn newcomers(&self) -> impl Iterator<Item = &Live> {
        let known: HashSet<Uuid> = self.entries.iter().filter_map(|entry| entry.row.pupil).collect();
        self.live.iter().filter(move |live| !known.contains(&live.pupil))
    }

    /// The school of the draft.
    #[must_use]
    pub fn school(&self) -> Uuid {
        self.turnover.school
    }

    /// The draft's id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.turnover.id
    }

    /// The year that it is of.
    #[must_use]
    pub fn year(&self) -> i32 {
        self.turnover.year
    }

    /// Whether it is committed.
    #[must_use]
    pub fn state(&self) -> State {
        self.turnover.state
    }
}

const CLASSES: &str = "SELECT * FROM turnover_class WHERE turnover = $1 ORDER BY place, name, id";
const DUTIES: &str =
    "SELECT d.*, s.name FROM turnover_duty d JOIN staff s ON s.id = d.staff WHERE d.turnover = $1 ORDER BY s.kana, d.id";
const WISHES: &str = "SELECT * FROM turnover_wish WHERE turnover = $1 ORDER BY id";
const ENTRIES: &str = "SELECT t.*,
        CASE WHEN p.id IS NULL THEN t.family_name WHEN p.preferred_family_name <> '' THEN p.preferred_family_name ELSE p.family_name END
        || ' ' ||
        CASE WHEN p.id IS NULL THEN t.given_name WHEN p.preferred_given_name <> '' THEN p.preferred_given_name ELSE p.given_name END
            AS name,
        COALESCE(p.kana_family_name, t.kana_family_name) || ' ' || COALESCE(p.kana_given_name, t.kana_given_name) AS kana,
        c.name AS from_class_name, s.name AS destination_name, COALESCE(p.protected, FALSE) AS protected,
        EXISTS (SELECT 1 FROM enrolment e JOIN class h ON h.id = e.class
                WHERE e.pupil = t.pupil AND h.kind = 'HOMEROOM' AND e.kind = 'HOME' AND e.known_until = $2 AND e.ends >= $3
                    AND h.school <> $4) AS elsewhere
    FROM turnover_pupil t LEFT JOIN pupil p ON p.id = t.pupil LEFT JOIN class c ON c.id = t.from_class
    LEFT JOIN school s ON s.id = t.destination
    WHERE t.turnover = $1 ORDER BY (c.id IS NOT NULL), c.grades, c.name, COALESCE(t.from_number, 1000000), kana, t.id";
const LIVE: &str = "SELECT e.pupil, e.class, e.number, e.grade, c.grades, c.special_needs,
        p.family_name || ' ' || p.given_name AS name,
        (SELECT x.class FROM enrolment x WHERE x.pupil = e.pupil AND x.school = e.school AND x.kind = 'EXCHANGE'
             AND x.known_until = $4 AND x.ends >= y.ends ORDER BY x.begins DESC LIMIT 1) AS exchange
    FROM enrolment e JOIN class c ON c.id = e.class JOIN academic_year y ON y.id = c.academic_year JOIN pupil p ON p.id = e.pupil
    WHERE c.school = $1 AND c.academic_year = $2 AND c.kind = 'HOMEROOM' AND e.kind = 'HOME' AND e.known_until = $4
        AND e.begins <= y.ends AND e.ends >= y.ends AND y.ends < $3
    ORDER BY c.grades, c.name, COALESCE(e.number, 1000000), e.pupil";

const STANDING: &str = "SELECT d.*, s.name FROM duty d JOIN staff s ON s.id = d.holder
    WHERE d.school = $1 AND d.class IS NULL AND d.begins < $2 AND d.ends >= $2 ORDER BY s.kana, d.id";

/// Reads a draft by whatever reads.
macro_rules! load {
    ($reader:expr, $row:expr) => {{
        let row: Row = $row;
        let (id, known) = (row.id, not_replaced());
        let classes = on!($reader, c => sqlx::query_as(CLASSES).bind(id).fetch_all(c).await?);
        let entries = on!($reader, c => sqlx::query_as(ENTRIES).bind(id).bind(known).bind(row.begins).bind(row.school).fetch_all(c).await?);
        let duties = on!($reader, c => sqlx::query_as(DUTIES).bind(id).fetch_all(c).await?);
        let wishes = on!($reader, c => sqlx::query_as(WISHES).bind(id).fetch_all(c).await?);
        let live = on!($reader, c => sqlx::query_as(LIVE).bind(row.school).bind(row.from_year).bind(row.begins).bind(known)
            .fetch_all(c).await?);
        let standing = on!($reader, c => sqlx::query_as(STANDING).bind(row.school).bind(row.begins).fetch_all(c).await?);
        Draft { turnover: row, classes, entries, duties, wishes, live, standing }
    }};
}

/// A draft, for a write. The caller checks whose it is.
pub(super) async fn within(tx: &mut Tx, id: Uuid) -> Result<Option<Draft>> {
    let row: Option<Row> =
        on!(tx.connection(), c => sqlx::query_as("SELECT * FROM turnover WHERE id = $1").bind(id).fetch_optional(c).await?);
    let Some(row) = row else { return Ok(None) };
    Ok(Some(load!(tx.connection(), row)))
}

/// The draft of a row that the viewer may read.
pub(super) async fn of_row(scope: &Scope, row: Row) -> Result<Draft> {
    Ok(load!(scope.read(), row))
}
