//! What an import was made of is personal: it is deleted a week after it was read or committed, and with it the way back.
use super::store::State;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::Result;
use chrono::TimeDelta;
use uuid::Uuid;

/// For how long an import can be looked at and taken back.
pub(super) const KEPT: TimeDelta = TimeDelta::days(7);
/// What has not been heard of for so long was interrupted.
const SILENT: TimeDelta = TimeDelta::minutes(30);

/// Deletes the contents of imports that are over.
pub async fn clear(scope: &Scope) -> Result<()> {
    let now = scope.now();
    wake(scope).await?;
    let sql = "SELECT id, state FROM roster_import
               WHERE cleared_at IS NULL AND ((told_at < $1 AND state NOT IN ('READING', 'COMMITTING', 'UNDOING'))
                   OR (told_at < $2 AND state = 'READING'))";
    let old: Vec<(Uuid, State)> =
        on!(scope.read(), c => sqlx::query_as(sql).bind(now - KEPT).bind(now - SILENT).fetch_all(c).await?);
    for (import, state) in old {
        let mut tx = scope.begin("roster import cleared").await?;
        contents(&mut tx, import).await?;
        let state = match state {
            State::Reading => State::Failed,
            State::Read => State::Discarded,
            other => other,
        };
        let at = tx.at;
        let sql = "UPDATE roster_import SET cleared_at = $2, state = $3 WHERE id = $1";
        on!(tx.connection(), c => sqlx::query(sql).bind(import).bind(at).bind(state).execute(c).await?.rows_affected());
        tx.commit().await?;
    }
    Ok(())
}

/// A server that stopped in the middle of a commit has written nothing of it: the import waits as before.
async fn wake(scope: &Scope) -> Result<()> {
    let silent = scope.now() - SILENT;
    let sql = "SELECT count(*) FROM roster_import WHERE state IN ('COMMITTING', 'UNDOING') AND told_at < $1";
    let (asleep,): (i64,) = on!(scope.read(), c => sqlx::query_as(sql).bind(silent).fetch_one(c).await?);
    if asleep == 0 {
        return Ok(());
    }
    let mut tx = scope.begin("roster import interrupted").await?;
    for (from, to) in [(State::Committing, State::Read), (State::Undoing, State::Committed)] {
        let sql = "UPDATE roster_import SET state = $2 WHERE state = $1 AND told_at < $3";
        on!(tx.connection(), c => sqlx::query(sql).bind(from).bind(to).bind(silent).execute(c).await?.rows_affected());
    }
    tx.commit().await
}

/// Deletes what an import was made of.
pub(super) async fn contents(tx: &mut Tx, import: Uuid) -> Result<()> {
    for sql in [
        "DELETE FROM roster_import_change WHERE import = $1",
        "DELETE FROM roster_import_finding WHERE import = $1",
        "DELETE FROM roster_rows WHERE import = $1 AND NOT holds",
    ] {
        on!(tx.connection(), c => sqlx::query(sql).bind(import).execute(c).await?.rows_affected());
    }
    Ok(())
}
