//! How many records of each kind an import would change, and how.
use super::record::Record;
use super::store::ChangeKind;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::Result;
use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What an import would do to the records of one kind.
#[derive(SimpleObject, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "RosterCount")]
pub struct Count {
    /// The kind of record.
    pub record: Record,
    /// Rows of the package whose record is stored just so, and not looked at again.
    pub unchanged: usize,
    /// Records that are not there yet.
    pub new: usize,
    /// Records that are stored otherwise.
    pub changed: usize,
    /// Places in classes and duties that end.
    pub leaving: usize,
    /// Places of pupils who come back.
    pub returning: usize,
    /// Records that the package and somebody here have changed both: ours is kept unless you take theirs.
    pub conflicts: usize,
    /// New pupils who may be known under another UUID: left out unless you take them.
    pub unmatched: usize,
    /// Records that somebody here has changed and the package has not: ours is kept.
    pub kept: usize,
    /// Changes of these kinds that cannot well be meant: see `suspicion`.
    pub suspicious: usize,
}

/// Counts what an import would change; `unchanged` are the rows that were passed over.
pub(super) async fn count(tx: &mut Tx, import: Uuid, unchanged: &BTreeMap<Record, usize>) -> Result<Vec<Count>> {
    let sql =
        "SELECT record, kind, suspicious, count(*) FROM roster_import_change WHERE import = $1 GROUP BY record, kind, suspicious";
    let rows: Vec<(Record, ChangeKind, bool, i64)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(import).fetch_all(c).await?);
    let mut counts: BTreeMap<Record, Count> = BTreeMap::new();
    let none = |record| Count {
        record,
        unchanged: unchanged.get(&record).copied().unwrap_or_default(),
        new: 0,
        changed: 0,
        leaving: 0,
        returning: 0,
        conflicts: 0,
        unmatched: 0,
        kept: 0,
        suspicious: 0,
    };
    for record in unchanged.keys() {
        counts.insert(*record, none(*record));
    }
    for (record, kind, suspicious, rows) in rows {
        let rows = usize::try_from(rows).unwrap_or_default();
        let count = counts.entry(record).or_insert_with(|| none(record));
        *match kind {
            ChangeKind::New => &mut count.new,
            ChangeKind::Changed => &mut count.changed,
            ChangeKind::Leaving => &mut count.leaving,
            ChangeKind::Returning => &mut count.returning,
            ChangeKind::Conflict => &mut count.conflicts,
            ChangeKind::Unmatched => &mut count.unmatched,
            ChangeKind::Kept => &mut count.kept,
            ChangeKind::Same => &mut count.unchanged,
        } += rows;
        count.suspicious += if suspicious { rows } else { 0 };
    }
    Ok(counts.into_values().collect())
}
