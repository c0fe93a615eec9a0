//! The tables of an import: the import itself, its changes, and what was last said of each record.
use super::record::{Place, Record};
use super::stream::{Key, key};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::{bind_ids, on};
use crate::error::Result;
use async_graphql::Enum;
use async_graphql::futures_util::TryStreamExt;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What has become of an import.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "RosterImportState")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// The package is being read; ask again.
    Reading,
    /// The package cannot be read as a whole: the findings say why. Nothing was changed.
    Failed,
    /// The difference can be looked at, and committed or discarded. Nothing has been changed yet.
    Read,
    /// The difference is being applied; ask again.
    Committing,
    /// The difference was applied.
    Committed,
    /// The records had changed since the package was read, so that nothing was applied: read the package again.
    Stale,
    /// Nobody wanted it: nothing was changed.
    Discarded,
    /// It is being taken back; ask again. `COMMITTED` again where that was refused.
    Undoing,
    /// It was applied and taken back.
    Undone,
}

/// What an import would do to a record.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(name = "RosterChangeKind")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeKind {
    /// There is no such record yet.
    New,
    /// The record is stored otherwise.
    Changed,
    /// A pupil's place in a class, or a duty, ends.
    Leaving,
    /// A pupil who was not in any class comes back, under the same UUID.
    Returning,
    /// The package and somebody here have changed the same field. Ours is kept unless you take theirs.
    Conflict,
    /// A new pupil who may be one whom the board knows under another UUID. Left out unless you say that it is somebody else.
    Unmatched,
    /// Somebody here has changed the record, and the package has not: ours is kept.
    Kept,
    /// The record is stored just so; only that the package says so is new.
    #[graphql(visible = false)]
    Same,
}

/// An import as it is stored.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) made_by: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) state: State,
    pub(super) file_name: String,
    pub(super) version: String,
    pub(super) encoding: String,
    pub(super) rows_read: i64,
    pub(super) told_at: DateTime<Utc>,
    pub(super) counts: String,
    pub(super) finding_counts: String,
    pub(super) suspicion: String,
    pub(super) committed_at: Option<DateTime<Utc>>,
    pub(super) undone_at: Option<DateTime<Utc>>,
    pub(super) cleared_at: Option<DateTime<Utc>>,
}

/// One record that an import would change.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct Change {
    pub(super) seq: i64,
    pub(super) record: Record,
    pub(super) record_id: Uuid,
    pub(super) kind: ChangeKind,
    pub(super) suspicious: bool,
    pub(super) school: Option<Uuid>,
    pub(super) class: Option<Uuid>,
    pub(super) pupil: Option<Uuid>,
    pub(super) candidate: Option<Uuid>,
    pub(super) line: i64,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) theirs: Option<String>,
    pub(super) digest: Option<Vec<u8>>,
    pub(super) said_before: Option<Vec<u8>>,
    pub(super) left_out: bool,
}

impl Change {
    pub(super) fn new(record: Record, record_id: Uuid, kind: ChangeKind, place: Place, line: u64) -> Self {
        let Place { school, class, pupil } = place;
        Change {
            seq: 0,
            record,
            record_id,
            kind,
            suspicious: false,
            school,
            class,
            pupil,
            candidate: None,
            line: line.cast_signed(),
            before: None,
            after: None,
            theirs: None,
            digest: None,
            said_before: None,
            left_out: false,
        }
    }
}

/// What the last import said of a record.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct Source {
    pub(super) id: Uuid,
    pub(super) digest: Vec<u8>,
    pub(super) content: Option<String>,
}

/// Begins an import.
pub(super) async fn begin(scope: &Scope, file_name: &str, encoding: &str) -> Result<Uuid> {
    let id = crate::clock::new_id();
    let sql = "INSERT INTO roster_import (id, made_by, at, state, file_name, version, encoding, rows_read, told_at, counts, finding_counts, suspicion)
               VALUES ($1, $2, $3, $4, $5, '', $6, 0, $3, '[]', $7, '')";
    let mut tx = scope.begin("roster import read").await?;
    let at = tx.at;
    on!(tx.connection(), c => sqlx::query(sql).bind(id).bind(scope.holder()).bind(at).bind(State::Reading).bind(file_name).bind(encoding)
        .bind(super::record::json(&super::findings::Found::default())).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(id)
}

/// Tells how far the reading is.
pub(super) async fn tell(scope: &Scope, import: Uuid, rows: u64, version: &str) -> Result<()> {
    let mut tx = scope.begin("roster import read").await?;
    let at = tx.at;
    let sql = "UPDATE roster_import SET rows_read = $2, told_at = $3, version = $4 WHERE id = $1";
    on!(tx.connection(), c => sqlx::query(sql).bind(import).bind(rows.cast_signed()).bind(at).bind(version).execute(c).await?.rows_affected());
    tx.commit().await
}

/// Whether the viewer's right reaches the whole board.
pub(super) async fn over_board(scope: &Scope) -> Result<bool> {
    let sql = "SELECT count(*) FROM duty d JOIN duty_right r ON r.duty = d.kind
               WHERE d.holder = $1 AND r.right_to = $2 AND d.begins <= $3 AND d.ends >= $3 AND d.school IS NULL AND d.class IS NULL";
    let (duties,): (i64,) = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterWrite))
        .bind(scope.today()).fetch_one(c).await?);
    Ok(duties > 0)
}

/// The schools whose roster the viewer keeps.
pub(super) async fn schools(scope: &Scope) -> Result<Vec<Uuid>> {
    let sql = "SELECT DISTINCT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3";
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RosterWrite))
        .bind(scope.today()).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(school,)| school).collect())
}

/// The condition under which a viewer may see an import `i`: the right over every school that it speaks of, or over the board. Before
/// any school was read it is its maker's alone. `$1` the holder, `$2` the right, `$3` today.
const MINE: &str = "(EXISTS (SELECT 1 FROM duty d JOIN duty_right r ON r.duty = d.kind WHERE d.holder = $1 AND r.right_to = $2
        AND d.begins <= $3 AND d.ends >= $3 AND d.school IS NULL AND d.class IS NULL)
    OR (EXISTS (SELECT 1 FROM school_reach h WHERE h.holder = $1 AND h.right_to = $2 AND h.begins <= $3 AND h.ends >= $3)
        AND (i.made_by = $1 OR EXISTS (SELECT 1 FROM roster_import_school s WHERE s.import = i.id))
        AND NOT EXISTS (SELECT 1 FROM roster_import_school s WHERE s.import = i.id AND s.school NOT IN
            (SELECT h.school FROM school_reach h WHERE h.holder = $1 AND h.right_to = $2 AND h.begins <= $3 AND h.ends >= $3))))";

/// An import that the viewer may see.
pub(super) async fn find(scope: &Scope, import: Uuid) -> Result<Option<Row>> {
    let sql = format!("SELECT i.* FROM roster_import i WHERE i.id = $4 AND {MINE}");
    Ok(on!(scope.read(), c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(scope.holder()).bind(scope.over(Right::RosterWrite))
        .bind(scope.today()).bind(import).fetch_optional(c).await?))
}

/// The imports that the viewer may see, the newest first; ids are ordered by time.
pub(super) async fn list(scope: &Scope, before: Uuid, limit: i64) -> Result<Vec<Row>> {
    let sql = format!("SELECT i.* FROM roster_import i WHERE i.id < $4 AND {MINE} ORDER BY i.id DESC LIMIT $5");
    Ok(on!(scope.read(), c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(scope.holder()).bind(scope.over(Right::RosterWrite))
        .bind(scope.today()).bind(before).bind(limit).fetch_all(c).await?))
}

/// The import inside a write, locked against everybody else who would end it. The caller has found it in scope.
pub(super) async fn lock(tx: &mut Tx, import: Uuid) -> Result<Row> {
    on!(tx.connection(), c => sqlx::query("UPDATE roster_import SET state = state WHERE id = $1").bind(import).execute(c).await?.rows_affected());
    tx.waited();
    Ok(on!(tx.connection(), c => sqlx::query_as("SELECT * FROM roster_import WHERE id = $1").bind(import).fetch_one(c).await?))
}

/// Sets what has become of an import.
pub(super) async fn end(tx: &mut Tx, import: Uuid, state: State) -> Result<()> {
    let column = match state {
        State::Committed => ", committed_at = $3, cleared_at = NULL",
        State::Undone => ", undone_at = $3",
        _ => "",
    };
    let sql = format!("UPDATE roster_import SET state = $2, ended_by = $4, told_at = $3{column} WHERE id = $1");
    let (at, actor) = (tx.at, tx.actor);
    on!(tx.connection(), c => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(import).bind(state).bind(at).bind(actor).execute(c).await?.rows_affected());
    Ok(())
}

/// Sets what is being done with an import.
pub(super) async fn set(tx: &mut Tx, import: Uuid, state: State) -> Result<()> {
    let at = tx.at;
    let sql = "UPDATE roster_import SET state = $2, told_at = $3 WHERE id = $1";
    on!(tx.connection(), c => sqlx::query(sql).bind(import).bind(state).bind(at).execute(c).await?.rows_affected());
    Ok(())
}

/// The schools that a package speaks of.
pub(super) async fn add_schools(scope: &Scope, import: Uuid, schools: &[Uuid]) -> Result<()> {
    let mut tx = scope.begin("roster import read").await?;
    for chunk in schools.chunks(500) {
        on!(tx.connection(), c => QueryBuilder::new("INSERT INTO roster_import_school (import, school) ")
            .push_values(chunk, |mut row, school| { row.push_bind(import).push_bind(*school); })
            .build().persistent(false).execute(c).await?.rows_affected());
    }
    tx.commit().await
}

/// Writes changes.
pub(super) async fn insert(tx: &mut Tx, import: Uuid, changes: &[Change]) -> Result<()> {
    let sql = "INSERT INTO roster_import_change (import, seq, record, record_id, kind, suspicious, school, class, pupil, candidate, line,
                   before, after, theirs, digest, said_before, left_out) ";
    for chunk in changes.chunks(500) {
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, change| {
            row.push_bind(import).push_bind(change.seq).push_bind(change.record).push_bind(change.record_id).push_bind(change.kind)
                .push_bind(change.suspicious).push_bind(change.school).push_bind(change.class).push_bind(change.pupil)
                .push_bind(change.candidate).push_bind(change.line).push_bind(change.before.clone()).push_bind(change.after.clone())
                .push_bind(change.theirs.clone()).push_bind(change.digest.clone()).push_bind(change.said_before.clone())
                .push_bind(change.left_out);
        }).build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// The changes of an import after one, in the order in which they are applied.
pub(super) async fn changes(tx: &mut Tx, import: Uuid, after: i64, limit: i64) -> Result<Vec<Change>> {
    let sql = "SELECT * FROM roster_import_change WHERE import = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(import).bind(after).bind(limit).fetch_all(c).await?))
}

/// What was last said of records; at most a few hundred ids.
pub(super) async fn sources(tx: &mut Tx, record: Record, ids: &[Uuid]) -> Result<HashMap<Uuid, Source>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Source> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT id, digest, content FROM roster_source WHERE record = ");
        sql.push_bind(record).push(" AND id IN (");
        bind_ids(&mut sql, ids.iter().copied());
        sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|source| (source.id, source)).collect())
}

/// A record's id, the digest of what is said of it, and in full where it was not made to say so.
pub(super) type Saying = (Uuid, Option<Vec<u8>>, Option<String>);

/// Keeps what was said of records, and forgets those of which nothing is said any more; of one that is there twice the last word counts.
pub(super) async fn say(tx: &mut Tx, record: Record, said: &[Saying]) -> Result<()> {
    let mut told = HashSet::new();
    let said: Vec<&Saying> = said.iter().rev().filter(|(id, ..)| told.insert(*id)).collect();
    let (kept, gone): (Vec<&Saying>, Vec<&Saying>) = said.into_iter().partition(|(_, digest, _)| digest.is_some());
    for chunk in kept.chunks(500) {
        on!(tx.connection(), c => QueryBuilder::new("INSERT INTO roster_source (record, id, digest, content) ")
            .push_values(chunk, |mut row, (id, digest, content)| {
                row.push_bind(record).push_bind(*id).push_bind(digest.clone()).push_bind(content.clone());
            }).push(" ON CONFLICT (record, id) DO UPDATE SET digest = excluded.digest, content = excluded.content")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    for chunk in gone.chunks(500) {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("DELETE FROM roster_source WHERE record = ");
            sql.push_bind(record).push(" AND id IN (");
            bind_ids(&mut sql, chunk.iter().map(|(id, _, _)| *id));
            sql.push(")").build().persistent(false).execute(c).await?.rows_affected()
        });
    }
    Ok(())
}

/// The rows that the last import of each record was made of.
pub(super) async fn told(scope: &Scope) -> Result<HashMap<Record, Vec<Key>>> {
    let sql = "SELECT record, keys FROM roster_rows WHERE holds";
    let mut told: HashMap<Record, Vec<Key>> = HashMap::new();
    on!(scope.read(), c => {
        let mut rows = sqlx::query_as::<_, (Record, Vec<u8>)>(sql).fetch(c);
        while let Some((record, keys)) = rows.try_next().await? {
            told.entry(record).or_default().extend(keys.chunks_exact(size_of::<Key>()).map(key));
        }
    });
    Ok(told)
}

/// Keeps the rows of a reading, which hold once it is committed. They are written in parts, so that not all of them are in memory once
/// more; the first part is there without rows, too: then none hold any more.
pub(super) async fn keep_rows(tx: &mut Tx, import: Uuid, record: Record, keys: &[Key]) -> Result<()> {
    const PART: usize = 8_192;
    let sql = "INSERT INTO roster_rows (import, record, part, holds, keys) VALUES ($1, $2, $3, FALSE, $4)";
    for part in 0..keys.len().div_ceil(PART).max(1) {
        let keys: Vec<u8> = keys.iter().skip(part * PART).take(PART).flat_map(|key| key.to_be_bytes()).collect();
        on!(tx.connection(), c => sqlx::query(sql).bind(import).bind(record).bind(part.cast_signed() as i64).bind(keys).execute(c).await?
            .rows_affected());
    }
    Ok(())
}

/// The rows of a reading hold from now on instead of all others of the same records; none do where another import was committed since
/// it was read, because they may be said otherwise by now.
pub(super) async fn hold_rows(tx: &mut Tx, import: &Row) -> Result<()> {
    let sql = "SELECT count(*) FROM roster_import WHERE committed_at >= $1 OR undone_at >= $1";
    let (later,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(import.at).fetch_one(c).await?);
    let drop = "DELETE FROM roster_rows WHERE holds AND record IN (SELECT record FROM roster_rows WHERE import = $1)";
    on!(tx.connection(), c => sqlx::query(drop).bind(import.id).execute(c).await?.rows_affected());
    let hold = "UPDATE roster_rows SET holds = TRUE WHERE import = $1";
    let drop = "DELETE FROM roster_rows WHERE import = $1";
    let sql = if later > 0 { drop } else { hold };
    on!(tx.connection(), c => sqlx::query(sql).bind(import.id).execute(c).await?.rows_affected());
    Ok(())
}

/// Forgets all rows: the next import looks at every record.
pub(super) async fn forget_rows(tx: &mut Tx) -> Result<()> {
    on!(tx.connection(), c => sqlx::query("DELETE FROM roster_rows").execute(c).await?.rows_affected());
    Ok(())
}
