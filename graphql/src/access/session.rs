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
    /// The key of what was typed and not sent: 256 bits in Base64, the same after a lock.
    pub keep: String,
}

/// What a session's secret stands for.
#[derive(Clone, Debug)]
pub enum Session {
    /// Somebody is signed in.
    Open(Signed),
    /// Locked, or not used for too long: whoever opened it signs in again and goes on.
    Locked {
        /// Who opened it.
        viewer: Viewer,
        /// Whether it was a rest that locked it, and nobody's hand.
        rested: bool,
    },
}

/// A session that was opened.
pub struct Opened {
    /// The secret of its cookie, the only time that it is seen.
    pub secret: String,
    /// Who signed in.
    pub signed: Signed,
    /// Whether the session before in the same browser was the same person's; `None` where there was none.
    pub same: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    token: Uuid,
    seen_at: DateTime<Utc>,
    locked_at: Option<DateTime<Utc>>,
    presenting: bool,
    keep: String,
}

/// Opens a session with a sign-in code, which is a token of a member of staff or a pupil, and ends the one that the browser had before.
/// If that was the same person's, 提示モード and what was typed go on. `None` if the code is not valid.
pub async fn open(db: &Db, code: &str, before: Option<&str>) -> Result<Option<Opened>> {
    let Some(of) = token::holder(db, code).await?.filter(|of| of.viewer.kind != Holder::App) else { return Ok(None) };
    let former = match before {
        Some(before) => former(db, before).await?,
        None => None,
    };
    let same = former.as_ref().map(|(holder, _)| *holder == of.viewer.holder);
    let (presenting, keep) = match former.filter(|(_, row)| same == Some(true) && !row.keep.is_empty()) {
        Some((_, row)) => (row.presenting, row.keep),
        None => (false, token::secret("")?.0),
    };
    let (secret, hash) = token::secret("")?;
    let now = db.clock.now();
    let sql =
        "INSERT INTO page_session (id, hash, token, begins_at, seen_at, presenting, keep) VALUES ($1, $2, $3, $4, $4, $5, $6)";
    let ending = "UPDATE page_session SET ended_at = $2 WHERE hash = $1 AND ended_at IS NULL";
    // Those that nobody can go on with are not kept.
    let over = "DELETE FROM page_session WHERE begins_at <= $1";
    let mut tx = db.begin().await?;
    on!(&mut tx, c => {
        sqlx::query(over).bind(now - LONGEST).execute(&mut **c).await?;
        sqlx::query(ending).bind(before.map(token::hash).unwrap_or_default()).bind(now).execute(&mut **c).await?;
        sqlx::query(sql).bind(new_id()).bind(hash).bind(of.token).bind(now).bind(presenting).bind(&keep).execute(&mut **c).await?
            .rows_affected()
    });
    on!(tx, c => c.commit().await)?;
    Ok(Some(Opened { secret, signed: Signed { viewer: of.viewer, presenting, keep }, same }))
}

/// The session that a browser has, and whose it is, however long it was not used. One that was signed out of is none.
async fn former(db: &Db, secret: &str) -> Result<Option<(Uuid, Row)>> {
    let Some(row) = row(db, secret).await? else { return Ok(None) };
    let sql = "SELECT holder FROM access_token WHERE id = $1";
    let holder: Option<Uuid> = on!(db.reader(), c => sqlx::query_scalar(sql).bind(row.token).fetch_optional(c).await?);
    Ok(holder.map(|holder| (holder, row)))
}

async fn row(db: &Db, secret: &str) -> Result<Option<Row>> {
    let sql = "SELECT id, token, seen_at, locked_at, presenting, keep FROM page_session
               WHERE hash = $1 AND ended_at IS NULL AND begins_at > $2";
    Ok(on!(db.reader(), c => sqlx::query_as(sql).bind(token::hash(secret)).bind(db.clock.now() - LONGEST)
        .fetch_optional(c).await?))
}

/// What a session's secret stands for now; `None` when it is unknown or has ended.
pub async fn of(db: &Db, secret: &str) -> Result<Option<Session>> {
    let Some((found, row)) = look(db, secret).await? else { return Ok(None) };
    let now = db.clock.now();
    if matches!(found, Session::Open(_)) && now - row.seen_at >= NOTED_EVERY {
        note_use(db, row.id, now).await;
    }
    Ok(Some(found))
}

/// Who is signed in, where the session is neither locked nor at rest and the screen is not shown to others: for a page that listens,
/// which is no use of the session.
pub async fn listening(db: &Db, secret: &str) -> Result<Option<Viewer>> {
    Ok(match look(db, secret).await? {
        Some((Session::Open(Signed { viewer, presenting: false, .. }), _)) => Some(viewer),
        _ => None,
    })
}

async fn look(db: &Db, secret: &str) -> Result<Option<(Session, Row)>> {
    let now = db.clock.now();
    let Some(row) = row(db, secret).await? else { return Ok(None) };
    let Some(viewer) = token::viewer_by_id(db, row.token).await?.filter(|viewer| !viewer.rights.is_empty()) else {
        return Ok(None);
    };
    let rested = row.seen_at <= now - IDLE - NOTED_EVERY;
    let found = if row.locked_at.is_some() || rested {
        Session::Locked { viewer, rested: row.locked_at.is_none() }
    } else {
        Session::Open(Signed { viewer, presenting: row.presenting, keep: row.keep.clone() })
    };
    Ok(Some((found, row)))
}

/// Locks a session.
pub async fn lock(db: &Db, secret: &str) -> Result<()> {
    let sql = "UPDATE page_session SET locked_at = $2 WHERE hash = $1 AND ended_at IS NULL AND locked_at IS NULL";
    let mut tx = db.begin().await?;
    on!(&mut tx, c => sqlx::query(sql).bind(token::hash(secret)).bind(db.clock.now()).execute(&mut **c).await?.rows_affected());
    Ok(on!(tx, c => c.commit().await)?)
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
