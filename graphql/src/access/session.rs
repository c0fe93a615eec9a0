//! Page sessions: who is signed in to the pages. A random secret in a cookie, kept only as its SHA-256; it ends with the token that it
//! was opened with, after a rest, or at the end of the day's work.
use super::scope::{Holder, Viewer};
use super::token;
use crate::clock::new_id;
use crate::db::{Db, on};
use crate::error::Result;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// So long a session holds without a request, and up to a minute longer: its use is noted once a minute.
pub const IDLE: TimeDelta = TimeDelta::minutes(15);
/// So long a session holds at most.
pub const LONGEST: TimeDelta = TimeDelta::hours(12);
/// How often it is noted that a session is in use.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Whoever is signed in to the pages.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Who asks.
    pub viewer: Viewer,
    /// Whether the screen is shown to others: what is of single pupils is hidden then (提示モード).
    pub presenting: bool,
}

/// Opens a session with a sign-in code, which is a token of a member of staff or a pupil, and returns its secret, the only time that it
/// is seen. `None` if the code is not valid.
pub async fn open(db: &Db, code: &str) -> Result<Option<String>> {
    let Some(of) = token::holder(db, code).await?.filter(|of| of.viewer.kind != Holder::App) else { return Ok(None) };
    let (secret, hash) = token::secret("")?;
    let now = db.clock.now();
    let sql = "INSERT INTO page_session (id, hash, token, begins_at, seen_at, presenting) VALUES ($1, $2, $3, $4, $4, FALSE)";
    let mut tx = db.begin().await?;
    on!(&mut tx, c => sqlx::query(sql).bind(new_id()).bind(hash).bind(of.token).bind(now).execute(&mut **c).await?.rows_affected());
    on!(tx, c => c.commit().await)?;
    Ok(Some(secret))
}

/// Who a session's secret stands for now; `None` when it is unknown or has ended.
pub async fn viewer(db: &Db, secret: &str) -> Result<Option<Signed>> {
    let sql = "SELECT s.id, s.seen_at, s.presenting, s.token FROM page_session s
               WHERE s.hash = $1 AND s.ended_at IS NULL AND s.seen_at > $2 AND s.begins_at > $3";
    let now = db.clock.now();
    let row: Option<(Uuid, DateTime<Utc>, bool, Uuid)> = on!(db.reader(), c => sqlx::query_as(sql).bind(token::hash(secret))
        .bind(now - IDLE - NOTED_EVERY).bind(now - LONGEST).fetch_optional(c).await?);
    let Some((id, seen_at, presenting, token)) = row else { return Ok(None) };
    let Some(viewer) = token::viewer_by_id(db, token).await?.filter(|viewer| !viewer.rights.is_empty()) else { return Ok(None) };
    if now - seen_at >= NOTED_EVERY {
        note_use(db, id, now).await;
    }
    Ok(Some(Signed { viewer, presenting }))
}

/// Ends a session.
pub async fn close(db: &Db, secret: &str) -> Result<()> {
    let sql = "UPDATE page_session SET ended_at = $2 WHERE hash = $1 AND ended_at IS NULL";
    let mut tx = db.begin().await?;
    on!(&mut tx, c => sqlx::query(sql).bind(token::hash(secret)).bind(db.clock.now()).execute(&mut **c).await?.rows_affected());
    Ok(on!(tx, c => c.commit().await)?)
}

/// Begins or ends showing the screen to others.
pub async fn present(db: &Db, secret: &str, presenting: bool) -> Result<()> {
    let sql = "UPDATE page_session SET presenting = $2 WHERE hash = $1 AND ended_at IS NULL";
    let mut tx = db.begin().await?;
    on!(&mut tx, c => sqlx::query(sql).bind(token::hash(secret)).bind(presenting).execute(&mut **c).await?.rows_affected());
    Ok(on!(tx, c => c.commit().await)?)
}

/// Notes that a session is in use. Whoever only reads is not kept from it by a database that cannot be written just now.
async fn note_use(db: &Db, id: Uuid, now: DateTime<Utc>) {
    let noted = async {
        let mut tx = db.begin().await?;
        let sql = "UPDATE page_session SET seen_at = $2 WHERE id = $1";
        on!(&mut tx, c => sqlx::query(sql).bind(id).bind(now).execute(&mut **c).await?.rows_affected());
        on!(tx, c => c.commit().await)
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "the use of a session could not be noted");
    }
}
