//! The sessions that somebody has just now, on this device and on others, and ending them.
use super::{IDLE, LONGEST, NOTED_EVERY};
use crate::access::scope::Scope;
use crate::access::token;
use crate::db::on;
use crate::error::Result;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A session of the viewer.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct OfSession {
    /// The session.
    pub id: Uuid,
    /// By which way it was opened: `code`, or the key of a provider.
    pub way: String,
    /// Whether more than one factor was shown.
    pub mfa: bool,
    /// From which kind of device, in a few words.
    pub device: String,
    /// When it was opened.
    pub begins_at: DateTime<Utc>,
    /// When it was last used, to a minute.
    pub seen_at: DateTime<Utc>,
    /// Since when it is locked by hand.
    pub locked_at: Option<DateTime<Utc>>,
    /// Whether it is the one that asks.
    pub here: bool,
}

impl OfSession {
    /// Whether nothing is shown in it until its person has signed in again.
    #[must_use]
    pub fn locked(&self, now: DateTime<Utc>) -> bool {
        self.locked_at.is_some() || self.seen_at <= now - IDLE - NOTED_EVERY
    }
}

/// The viewer's sessions that can be gone on with, the last used first; `secret` is that of the one that asks.
pub async fn mine(scope: &Scope, secret: &str) -> Result<Vec<OfSession>> {
    let sql = "SELECT x.id, x.way, x.mfa, x.device, x.begins_at, x.seen_at, x.locked_at, x.hash = $2 AS here FROM page_session x
               LEFT JOIN access_token t ON t.id = x.token
               WHERE x.holder = $1 AND x.ended_at IS NULL AND x.begins_at > $3
                   AND (x.token IS NULL OR (t.expires_at > $4 AND t.revoked_at IS NULL))
               ORDER BY x.seen_at DESC, x.id LIMIT 100";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(token::hash(secret)).bind(scope.now() - LONGEST)
        .bind(scope.now()).fetch_all(c).await?))
}

/// Ends one session of the viewer; whether there was one.
pub async fn end(scope: &Scope, id: Uuid) -> Result<bool> {
    let sql = "UPDATE page_session SET ended_at = $3 WHERE holder = $1 AND id = $2 AND ended_at IS NULL";
    let mut tx = scope.begin("a session ended").await?;
    let (holder, at) = (scope.holder(), tx.at);
    let ended = on!(tx.connection(), c => sqlx::query(sql).bind(holder).bind(id).bind(at).execute(c).await?.rows_affected());
    tx.commit().await?;
    note(scope, ended);
    Ok(ended > 0)
}

/// Ends every session of the viewer but the one that asks.
pub async fn end_others(scope: &Scope, secret: &str) -> Result<u64> {
    let sql = "UPDATE page_session SET ended_at = $3 WHERE holder = $1 AND hash <> $2 AND ended_at IS NULL";
    let mut tx = scope.begin("sessions ended").await?;
    let (holder, at) = (scope.holder(), tx.at);
    let ended = on!(tx.connection(), c => sqlx::query(sql).bind(holder).bind(token::hash(secret)).bind(at).execute(c).await?
        .rows_affected());
    tx.commit().await?;
    note(scope, ended);
    Ok(ended)
}

/// That sessions on other devices were ended is an entry of the access log.
fn note(scope: &Scope, ended: u64) {
    if ended > 0 {
        scope.looked.sign_out();
        scope.looked.changed("page_session", usize::try_from(ended).unwrap_or(usize::MAX));
    }
}
