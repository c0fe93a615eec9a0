//! The rows of a draft, and the live year that they stand beside.
use crate::access::duty::DutyKind;
use crate::access::scope::{Change, Scope, Tx};
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use async_graphql::Enum;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashSet;
use uuid::Uuid;

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
    pub name: String,
    pub grades: String,
    pub special_needs: bool,
    pub exchange: Option<Uuid>,
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
}

impl Draft {
    pub(super) fn class(&self, id: Uuid) -> Option<&ClassRow> {
        self.classes.iter().find(|class| class.id == id)
    }

    pub(super) fn entry(&self, id: Uuid) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.row.id == id)
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
        c.name AS from_class_name, s.name AS destination_name,
        EXISTS (SELECT 1 FROM enrolment e JOIN class h ON h.id = e.class
                WHERE e.pupil = t.pupil AND h.kind = 'HOMEROOM' AND e.kind = 'HOME' AND e.known_until = $2 AND e.ends >= $3
                    AND h.school <> $4) AS elsewhere
    FROM turnover_pupil t LEFT JOIN pupil p ON p.id = t.pupil LEFT JOIN class c ON c.id = t.from_class
    LEFT JOIN school s ON s.id = t.destination
    WHERE t.turnover = $1 ORDER BY (c.id IS NOT NULL), c.grades, c.name, COALESCE(t.from_number, 1000000), kana, t.id";
const LIVE: &str = "SELECT e.pupil, e.class, e.number, c.grades, c.special_needs,
        p.family_name || ' ' || p.given_name AS name,
        (SELECT x.class FROM enrolment x WHERE x.pupil = e.pupil AND x.school = e.school AND x.kind = 'EXCHANGE'
             AND x.known_until = $4 AND x.ends >= y.ends ORDER BY x.begins DESC LIMIT 1) AS exchange
    FROM enrolment e JOIN class c ON c.id = e.class JOIN academic_year y ON y.id = c.academic_year JOIN pupil p ON p.id = e.pupil
    WHERE c.school = $1 AND c.academic_year = $2 AND c.kind = 'HOMEROOM' AND e.kind = 'HOME' AND e.known_until = $4
        AND e.begins <= y.ends AND e.ends >= y.ends AND y.ends < $3
    ORDER BY c.grades, c.name, COALESCE(e.number, 1000000), e.pupil";

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
        Draft { turnover: row, classes, entries, duties, wishes, live }
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

/// Writes the row of a draft.
pub(super) async fn put(tx: &mut Tx, row: &Row) -> Result<()> {
    let before: Option<Row> =
        on!(tx.connection(), c => sqlx::query_as("SELECT * FROM turnover WHERE id = $1").bind(row.id).fetch_optional(c).await?);
    let change = Change::new(row.id, before.as_ref(), Some(row));
    let sql = "INSERT INTO turnover (id, school, from_year, year, begins, ends, state, version, made_by, made_at, committed_by,
                   committed_at, effect)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
               ON CONFLICT (id) DO UPDATE SET state = excluded.state, version = excluded.version,
                   committed_by = excluded.committed_by, committed_at = excluded.committed_at, effect = excluded.effect";
    on!(tx.change("turnover", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.school).bind(row.from_year).bind(row.year)
        .bind(row.begins).bind(row.ends).bind(row.state).bind(row.version).bind(row.made_by).bind(row.made_at)
        .bind(row.committed_by).bind(row.committed_at).bind(&row.effect).execute(c).await?.rows_affected());
    Ok(())
}

/// Writes classes of a draft; tells how many are other than before.
pub(super) async fn put_classes(tx: &mut Tx, rows: &[ClassRow]) -> Result<usize> {
    let difference = tx.compare("SELECT * FROM turnover_class WHERE id IN (", rows, |row| row.id).await?;
    if !difference.write.is_empty() {
        let sql = "INSERT INTO turnover_class (id, turnover, copied_from, name, grades, special_needs, place) ";
        on!(tx.change("turnover_class", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, of| {
                row.push_bind(of.id).push_bind(of.turnover).push_bind(of.copied_from).push_bind(of.name.clone())
                    .push_bind(of.grades.clone()).push_bind(of.special_needs).push_bind(of.place);
            }).push(" ON CONFLICT (id) DO UPDATE SET name = excluded.name, grades = excluded.grades,
                     special_needs = excluded.special_needs, place = excluded.place")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(difference.write.len())
}

/// Writes entries of a draft, each of which differs from before gets the next version; tells how many do.
pub(super) async fn put_entries(tx: &mut Tx, rows: &[EntryRow]) -> Result<usize> {
    let mut written = 0;
    for chunk in rows.chunks(200) {
        let mut difference = tx.compare("SELECT * FROM turnover_pupil WHERE id IN (", chunk, |row| row.id).await?;
        difference.write.iter_mut().for_each(|row| row.version += 1);
        written += difference.write.len();
        if difference.write.is_empty() {
            continue;
        }
        let sql = "INSERT INTO turnover_pupil (id, turnover, pupil, identifier, family_name, given_name, kana_family_name,
                       kana_given_name, birth_date, from_class, from_number, from_name, outcome, grade, destination, class, number,
                       exchange, version) ";
        on!(tx.change("turnover_pupil", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, of| {
                row.push_bind(of.id).push_bind(of.turnover).push_bind(of.pupil).push_bind(of.identifier.clone())
                    .push_bind(of.family_name.clone()).push_bind(of.given_name.clone()).push_bind(of.kana_family_name.clone())
                    .push_bind(of.kana_given_name.clone()).push_bind(of.birth_date).push_bind(of.from_class)
                    .push_bind(of.from_number).push_bind(of.from_name.clone()).push_bind(of.outcome).push_bind(of.grade.clone())
                    .push_bind(of.destination).push_bind(of.class).push_bind(of.number).push_bind(of.exchange).push_bind(of.version);
            }).push(" ON CONFLICT (id) DO UPDATE SET pupil = excluded.pupil, birth_date = excluded.birth_date,
                     from_class = excluded.from_class, from_number = excluded.from_number, outcome = excluded.outcome,
                     grade = excluded.grade, destination = excluded.destination, class = excluded.class, number = excluded.number,
                     exchange = excluded.exchange, version = excluded.version")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(written)
}

/// Writes duties of a draft; tells how many are new.
pub(super) async fn put_duties(tx: &mut Tx, rows: &[DutyRow]) -> Result<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    let changes: Vec<Change> = rows.iter().map(|row| Change::new(row.id, None, Some(row))).collect();
    let sql = "INSERT INTO turnover_duty (id, turnover, staff, kind, class, grade) ";
    on!(tx.change("turnover_duty", &changes).await?, c => QueryBuilder::new(sql).push_values(rows, |mut row, of| {
        row.push_bind(of.id).push_bind(of.turnover).push_bind(of.staff).push_bind(of.kind).push_bind(of.class)
            .push_bind(of.grade.clone());
    }).build().persistent(false).execute(c).await?.rows_affected());
    Ok(rows.len())
}

/// Writes a wish.
pub(super) async fn put_wish(tx: &mut Tx, of: &WishRow) -> Result<()> {
    let change = Change::new(of.id, None, Some(of));
    let sql = "INSERT INTO turnover_wish (id, turnover, one, other, together) VALUES ($1, $2, $3, $4, $5)";
    on!(tx.change("turnover_wish", &[change]).await?, c => sqlx::query(sql).bind(of.id).bind(of.turnover).bind(of.one).bind(of.other)
        .bind(of.together).execute(c).await?.rows_affected());
    Ok(())
}

/// Removes rows of a draft, by a text that ends in `IN (`.
pub(super) async fn remove<T: Serialize>(
    tx: &mut Tx,
    (record, delete): (&'static str, &'static str),
    rows: &[T],
    id: impl Fn(&T) -> Uuid,
) -> Result<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    let changes: Vec<Change> = rows.iter().map(|row| Change::new(id(row), Some(row), None)).collect();
    on!(tx.change(record, &changes).await?, c => {
        let mut sql = QueryBuilder::new(delete);
        bind_ids(&mut sql, rows.iter().map(&id));
        sql.push(")").build().persistent(false).execute(c).await?;
    });
    Ok(rows.len())
}
