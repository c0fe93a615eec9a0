//! What somebody here has changed since the last import and the package has not: kept, and told.
use super::record::{Kept, Record, json};
use super::stage::{LOT, Stage, base};
use super::store::{self, Change, ChangeKind};
use crate::access::duty::Duty;
use crate::access::scope::Tx;
use crate::db::on;
use crate::error::Result;
use crate::roster::class::Class;
use crate::roster::enrolment::Enrolment;
use crate::roster::pupil::Pupil;
use crate::roster::school::School;
use crate::roster::staff::Staff;
use std::collections::HashSet;
use uuid::Uuid;

/// Why an import writes to the trail.
pub(super) const REASON: &str = "roster imported";

/// Tells of every record that is not as the last import said, and that this one has not changed either.
pub(super) async fn find(stage: &mut Stage<'_>) -> Result<()> {
    let mut tx = stage.scope.begin("roster import read").await?;
    kept::<School>(stage, &mut tx).await?;
    kept::<Class>(stage, &mut tx).await?;
    kept::<Pupil>(stage, &mut tx).await?;
    kept::<Staff>(stage, &mut tx).await?;
    kept::<Duty>(stage, &mut tx).await?;
    kept::<Enrolment>(stage, &mut tx).await?;
    tx.commit().await
}

async fn kept<T: Kept>(stage: &mut Stage<'_>, tx: &mut Tx) -> Result<()> {
    let ids = touched(tx, stage.import, T::RECORD).await?;
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

/// Records that were written since the last import by others, or kept by it, and of which this import says nothing new.
async fn touched(tx: &mut Tx, import: Uuid, record: Record) -> Result<Vec<Uuid>> {
    // Since it was read: what was changed between that and its commit is not what it said either.
    let sql = "SELECT at FROM roster_import WHERE committed_at IS NOT NULL AND undone_at IS NULL ORDER BY committed_at DESC, id DESC LIMIT 1";
    let last: Option<(chrono::DateTime<chrono::Utc>,)> = on!(tx.connection(), c => sqlx::query_as(sql).fetch_optional(c).await?);
    let Some((last,)) = last else { return Ok(Vec::new()) };
    let sql = "SELECT DISTINCT t.record_id FROM trail t WHERE t.at >= $1 AND t.record = $2 AND t.reason <> $3
               UNION SELECT id FROM roster_source WHERE record = $2 AND content IS NOT NULL";
    let ids: Vec<(Uuid,)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(last).bind(record).bind(REASON).fetch_all(c).await?);
    let mut ids: Vec<Uuid> = ids.into_iter().map(|(id,)| id).collect();
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
