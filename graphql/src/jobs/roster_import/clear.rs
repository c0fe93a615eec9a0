//! What an import was made of is personal: it is deleted a week after it was read or committed, and with it the way back.
use super::store::State;
use crate::access::scope::{Scope, Tx};
use crate::db::on;
use crate::error::Result;
use chrono::TimeDelta;
use uuid::Uuid;

/// For how long an import can be looked at and taken back.
pub(super) const KEPT: TimeDelta = TimeDelta::days(7);
/// A reading that has not been heard of for so long was interrupted.
const SILENT: TimeDelta = TimeDelta::minutes(30);

/// Deletes the contents of imports that are over.
pub async fn clear(scope: &Scope) -> Result<()> {
    let now = scope.now();
    let sql = "SELECT id, state FROM roster_import
               WHERE cleared_at IS NULL AND ((told_at < $1 AND state <> 'READING') OR (told_at < $2 AND state = 'READING'))";
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

/// Deletes what an import was made of.
pub(super) async fn contents(tx: &mut Tx, import: Uuid) -> Result<()> {
    for sql in [
        "DELETE FROM roster_import_change WHERE import = $1",
        "DELETE FROM roster_import_finding WHERE import = $1",
        "DELETE FROM roster_lots WHERE import = $1 AND NOT holds",
    ] {
        on!(tx.connection(), c => sqlx::query(sql).bind(import).execute(c).await?.rows_affected());
    }
    Ok(())
}
