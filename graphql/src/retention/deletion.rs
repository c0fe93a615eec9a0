//! What went (廃棄の記録): of which school, kind and school year, how much, under which rule, by whom and when. It names nobody.
use super::due::Key;
use super::rule::{CountedFrom, KeptKind, RetentionRule};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::small_cell::{SmallCell, told_in};
use crate::access::tx::Tx;
use crate::clock::new_id;
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::page::{self, Cursor};
use crate::roster::moves::offices;
use crate::scalar::Timestamp;
use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::QueryBuilder;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use uuid::Uuid;

/// A deletion of one lot of records.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Deletion {
    pub(super) id: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) kind: KeptKind,
    pub(super) school: Uuid,
    pub(super) year: i32,
    years: i32,
    counted_from: CountedFrom,
    basis: String,
    /// Of how many pupils.
    pub pupils: i64,
    /// How many records, without what hung on them.
    pub records: i64,
    tables: String,
    #[sqlx(default)]
    school_name: String,
    #[sqlx(default)]
    by_name: Option<String>,
    #[sqlx(default)]
    place: i64,
    /// In which steps the counts are told; `None` to those who read whose records they were.
    #[sqlx(skip)]
    step: Option<SmallCell>,
}

impl Deletion {
    /// The same with the names of the school and of whoever deleted, for who is told the counts in steps.
    pub(super) fn named(self, school_name: String, by_name: Option<String>, step: Option<SmallCell>) -> Self {
        Deletion { school_name, by_name, step, ..self }
    }

    fn told(&self, count: i64) -> Option<usize> {
        told_in(self.step, usize::try_from(count).unwrap_or_default())
    }
}

/// How many rows of a table went.
#[derive(SimpleObject, Clone, Debug)]
pub struct DeletedRows {
    /// The table.
    pub table: String,
    /// How many rows of it; rounded down where you may not see whose records they were.
    pub rows: Option<usize>,
}

/// A deletion of records, which were deleted in lots of some pupils each. It names nobody.
#[Object]
impl Deletion {
    /// The record's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// When.
    async fn at(&self) -> Timestamp {
        self.at.into()
    }
    /// Who deleted; null if it is nobody who is here by name, such as whoever runs the server.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// The kind of record.
    async fn kind(&self) -> KeptKind {
        self.kind
    }
    /// The school.
    async fn school_id(&self) -> ID {
        id::of(self.school)
    }
    /// The school's name.
    async fn school_name(&self) -> &str {
        &self.school_name
    }
    /// The school year in which the pupils left, or of which the records were.
    async fn year(&self) -> i32 {
        self.year
    }
    /// For how many school years the rule of that time kept them.
    async fn years(&self) -> i32 {
        self.years
    }
    /// From when that rule counted.
    async fn counted_from(&self) -> CountedFrom {
        self.counted_from
    }
    /// Where that rule came from.
    async fn basis(&self) -> &str {
        &self.basis
    }
    /// Of how many pupils records went. Where you may not see whose they were, the counts here are rounded down to tens (or the board's
    /// larger step), and null under that.
    async fn pupil_count(&self) -> Option<usize> {
        self.told(self.pupils)
    }
    /// To whole multiples of what the counts are rounded down; null where they are exact.
    async fn count_step(&self) -> Option<usize> {
        self.step.map(SmallCell::step)
    }
    /// How many records went, without what hung on them.
    async fn record_count(&self) -> Option<usize> {
        self.told(self.records)
    }
    /// How many rows of which table went, what hung on them included.
    async fn tables(&self) -> Vec<DeletedRows> {
        let tables: BTreeMap<String, i64> = serde_json::from_str(&self.tables).unwrap_or_default();
        tables.into_iter().map(|(table, rows)| DeletedRows { table, rows: self.told(rows) }).collect()
    }
}

/// What may be asked about deletions.
#[derive(Default)]
pub struct DeletionQuery;

#[Object]
impl DeletionQuery {
    /// What was deleted in your schools, the newest first.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn deletions(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only what was deleted of one pupil, by the UUID that the pupil had: the answer to whoever asks whether a record is gone."
        )]
        pupil_id: Option<ID>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, Deletion>> {
        let scope = Scope::with(ctx, Right::RetentionRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let of = pupil_id.map(|pupil| whose(id::parse(&pupil).unwrap_or_default())).unwrap_or_default();
        let sql = "SELECT d.*, s.name AS school_name, COALESCE(p.name, a.name) AS by_name FROM
                       (SELECT x.*, row_number() OVER (ORDER BY x.at DESC, x.id DESC) AS place FROM deletion x
                        WHERE x.school IN (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
                            AND ($4 = '' OR x.id IN (SELECT deletion FROM deletion_subject WHERE whose = $4))) d
                   JOIN school s ON s.id = d.school LEFT JOIN staff p ON p.id = d.deleted_by LEFT JOIN app a ON a.id = d.deleted_by
                   WHERE (d.place, d.id) > ($5, $6) ORDER BY d.place LIMIT $7";
        let mut rows: Vec<Deletion> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder())
            .bind(scope.over(Right::RetentionRead)).bind(scope.today()).bind(of).bind(after.number).bind(after.id).bind(limit)
            .fetch_all(c).await?);
        let whose = offices(scope, Right::OfficialNameRead).await?;
        for row in &mut rows {
            row.step = Some(scope.small_cell()).filter(|_| !whose.contains(&row.school));
        }
        Ok(page::of(rows, limit, |deletion: &Deletion| Cursor { number: deletion.place, id: deletion.id }))
    }
}

/// What stands for a pupil in the record of a deletion: whoever has the pupil's id can look for it, and nobody gets the id from it.
pub(super) fn whose(pupil: Uuid) -> String {
    let digest = Sha256::new().chain_update("asagao deletion").chain_update(pupil).finalize();
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes whatever is written to it");
        text
    })
}

/// Records that a lot went, and whose it was.
pub(super) async fn write(
    tx: &mut Tx,
    (key, rule): (Key, &RetentionRule),
    pupils: &[Uuid],
    tables: &BTreeMap<&'static str, u64>,
    records: u64,
) -> Result<Deletion> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let row = Deletion {
        id: new_id(),
        at: tx.at,
        kind: key.kind,
        school: key.school,
        year: key.year,
        years: rule.years,
        counted_from: rule.counted_from,
        basis: rule.basis.clone(),
        pupils: number(pupils.len()),
        records: i64::try_from(records).unwrap_or(i64::MAX),
        tables: serde_json::to_string(tables).expect("names and numbers are JSON"),
        school_name: String::new(),
        by_name: None,
        place: 0,
        step: None,
    };
    let actor = tx.actor;
    let sql = "INSERT INTO deletion (id, at, deleted_by, kind, school, year, years, counted_from, basis, pupils, records, tables)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    on!(tx.connection(), c => sqlx::query(sql).bind(row.id).bind(row.at).bind(actor).bind(row.kind).bind(row.school).bind(row.year)
        .bind(row.years).bind(row.counted_from).bind(&row.basis).bind(row.pupils).bind(row.records).bind(&row.tables)
        .execute(c).await?.rows_affected());
    if !pupils.is_empty() {
        on!(tx.connection(), c => QueryBuilder::new("INSERT INTO deletion_subject (deletion, whose) ")
            .push_values(pupils, |mut of, pupil| { of.push_bind(row.id).push_bind(whose(*pupil)); })
            .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(row)
}
