//! What somebody here has changed since the last import and the package has not: kept, and told.
use super::record::{Kept, Record, json};
use super::stage::{LOT, Stage, base};
use super::store::{self, Change, ChangeKind};
use crate::access::duty::Duty;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::Result;
use crate::roster::class::Class;
use crate::roster::enrolment::Enrolment;
use crate::roster::pupil::Pupil;
use crate::roster::school::School;
use crate::roster::staff::Staff;
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use uuid::Uuid;

/// Why an import writes to the trail; the index `trail_by_hand` is of everything else.
pub(super) const REASON: &str = "roster imported";

/// Tells of every record that is not as the last import said, and that this one has not changed either.
pub(super) async fn find(stage: &mut Stage<'_>) -> Result<()> {
    let mut tx = stage.scope.begin("roster import read").await?;
    let touched = touched(&mut tx).await?;
    kept::<School>(stage, &mut tx, &touched).await?;
    kept::<Class>(stage, &mut tx, &touched).await?;
    kept::<Pupil>(stage, &mut tx, &touched).await?;
    kept::<Staff>(stage, &mut tx, &touched).await?;
    kept::<Duty>(stage, &mut tx, &touched).await?;
    kept::<Enrolment>(stage, &mut tx, &touched).await?;
    tx.commit().await
}

async fn kept<T: Kept>(stage: &mut Stage<'_>, tx: &mut Tx, touched: &[(Record, Uuid)]) -> Result<()> {
    let ids: Vec<Uuid> = touched.iter().filter(|(record, _)| *record == T::RECORD).map(|(_, id)| *id).collect();
    let ids = unsaid(tx, stage.import, T::RECORD, ids).await?;
    for chunk in ids.chunks(LOT) {
        let sources = store::sources(tx, T::RECORD, chunk).await?;
        let stored: Vec<T> = tx.of_ids(T::SELECT, chunk).await?;
        let strange = stage.yours.strange(tx, &stored).await?;
        let mut changes = Vec::new();
        for record in stored {
            let Some(source) = sources.get(&record.id()) else { continue };
            let given = record.may_be_given(stage.scope, &stage.yours);
            if record.is_as_said(&source.digest) || strange.contains(&record.id()) || !given {
                continue;
            }
            let mut change = Change::new(T::RECORD, record.id(), ChangeKind::Kept, record.place(), 0);
            change.before = Some(json(&record));
            change.theirs = match &source.content {
                Some(content) => Some(content.clone()),
                None => base::<T>(tx, record.id(), Some(source)).await?.as_ref().map(json),
            };
            change.digest = Some(source.digest.clone());
            change.said_before = Some(source.digest.clone());
            changes.push(change);
        }
        stage.write(tx, changes).await?;
    }
    Ok(())
}

/// Records that were written since the last import by others, or kept by it.
async fn touched(tx: &mut Tx) -> Result<Vec<(Record, Uuid)>> {
    // Since it was read: what was changed between that and its commit is not what it said either.
    let sql = "SELECT at FROM roster_import WHERE committed_at IS NOT NULL AND undone_at IS NULL ORDER BY committed_at DESC, id DESC LIMIT 1";
    let last: Option<(DateTime<Utc>,)> = on!(tx.connection(), c => sqlx::query_as(sql).fetch_optional(c).await?);
    let Some((last,)) = last else { return Ok(Vec::new()) };
    // Of all records at once, and by the index of what no import wrote: a large one has just written most of the trail itself.
    let sql = "SELECT t.record, t.record_id FROM trail t WHERE t.at >= $1 AND t.reason <> 'roster imported'
                   AND t.record IN ('school', 'class', 'pupil', 'staff', 'duty', 'enrolment')
               UNION SELECT record, id FROM roster_source WHERE content IS NOT NULL";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(last).fetch_all(c).await?))
}

/// Those of some records of which this import says nothing new.
async fn unsaid(tx: &mut Tx, import: Uuid, record: Record, mut ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
    let mut said: HashSet<Uuid> = HashSet::new();
    for chunk in ids.chunks(LOT) {
        let rows: Vec<(Uuid,)> = on!(tx.connection(), c => {
            let mut sql = sqlx::QueryBuilder::new("SELECT record_id FROM roster_import_change WHERE import = ");
            sql.push_bind(import).push(" AND record = ").push_bind(record).push(" AND record_id IN (");
            crate::db::bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
        });
        said.extend(rows.into_iter().map(|(id,)| id));
    }
    ids.retain(|id| !said.contains(id));
    Ok(ids)
}
