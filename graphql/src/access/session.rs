//! Page sessions: who is signed in to the pages, by a code or by the board's provider. A random secret in a cookie, kept only as its
//! SHA-256; it ends with the code that it was opened with, with the duties of whoever opened it, after a rest, or at the end of the day's
//! work.
mod mine;

pub use mine::{OfSession, end, end_others, mine};

use super::scope::{Holder, Viewer};
use super::token::{self, Spoken, joins, names, viewer_of};
use super::tx::Tx;
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
/// The way of those who have shown a code; the other ways are the keys of providers.
pub const BY_CODE: &str = "code";

/// Whoever is signed in to the pages.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Who asks.
    pub viewer: Viewer,
    /// By which way they came in: [`BY_CODE`], or the key of a provider.
    pub way: String,
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
        /// Who opened it, and by which way.
        viewer: Viewer,
        /// By which way they came in.
        way: String,
        /// Whether it was a rest that locked it, and nobody's hand.
        rested: bool,
        /// Since when it is locked: who goes on has shown after that who they are.
        since: DateTime<Utc>,
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

/// How somebody has shown who they are.
#[derive(Clone, Debug)]
pub struct Proof<'a> {
    /// By which way: the key of a provider.
    pub way: &'a str,
    /// Whether by more than one factor.
    pub mfa: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// From which kind of device, in a few words.
    pub device: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    way: String,
    mfa: bool,
    seen_at: DateTime<Utc>,
    locked_at: Option<DateTime<Utc>>,
    presenting: bool,
    keep: String,
    #[sqlx(flatten)]
    spoken: Spoken,
}

/// Opens a session with a sign-in code, which is a token of a member of staff, a pupil or a guardian, and ends the one that the browser had before.
/// If that was the same person's, 提示モード and what was typed go on. `None` if the code is not valid.
pub async fn open(db: &Db, code: &str, device: &str, before: Option<&str>) -> Result<Option<Opened>> {
    let Some(of) = token::holder(db, code).await?.filter(|of| of.viewer.kind != Holder::App) else { return Ok(None) };
    let proof = Proof { way: BY_CODE, mfa: false, at: db.clock.now(), device };
    start(db, of.viewer, Some(of.token), &proof, before).await.map(Some)
}

/// Opens a session of somebody whom a provider has named, in the same way. `None` where it is nobody who works or learns here today.
pub async fn enter(db: &Db, holder: Uuid, proof: &Proof<'_>, before: Option<&str>) -> Result<Option<Opened>> {
    let sql = concat!(
        "SELECT h.holder, '' AS rights, ",
        names!(),
        " FROM (SELECT id AS holder FROM staff WHERE id = $1 UNION SELECT id FROM pupil WHERE id = $1
             UNION SELECT id FROM guardian WHERE id = $1) h",
        joins!("h.holder")
    );
    let spoken: Option<Spoken> = on!(db.reader(), c => sqlx::query_as(sql).bind(holder).fetch_optional(c).await?);
    let Some(spoken) = spoken else { return Ok(None) };
    let Some(viewer) = viewer_of(db, spoken, proof.mfa).await?.filter(may_anything) else { return Ok(None) };
    start(db, viewer, None, proof, before).await.map(Some)
}

/// Whether somebody has a duty today, or is enrolled. What more than one factor opens counts: one is there to show it.
fn may_anything(viewer: &Viewer) -> bool {
    !viewer.rights.is_empty() || !viewer.withheld.is_empty()
}

async fn start(db: &Db, viewer: Viewer, token: Option<Uuid>, proof: &Proof<'_>, before: Option<&str>) -> Result<Opened> {
    let former = match before {
        Some(before) => former(db, before).await?,
        None => None,
    };
    let same = former.as_ref().map(|former| former.holder == viewer.holder);
    let (presenting, keep) = match former.filter(|former| same == Some(true) && !former.keep.is_empty()) {
        Some(former) => (former.presenting, former.keep),
        None => (false, token::secret("")?.0),
    };
    let (secret, hash) = token::secret("")?;
    let now = db.clock.now();
    let sql = "INSERT INTO page_session
                   (id, hash, holder, way, token, mfa, auth_at, device, begins_at, seen_at, presenting, keep)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)";
    let ending = "UPDATE page_session SET ended_at = $2 WHERE hash = $1 AND ended_at IS NULL";
    // Those that nobody can go on with are not kept.
    let over = "DELETE FROM page_session WHERE begins_at <= $1";
    let mut tx = db.begin().await?;
    on!(&mut tx, c => {
        sqlx::query(over).bind(now - LONGEST).execute(&mut **c).await?;
        sqlx::query(ending).bind(before.map(token::hash).unwrap_or_default()).bind(now).execute(&mut **c).await?;
        sqlx::query(sql).bind(new_id()).bind(hash).bind(viewer.holder).bind(proof.way).bind(token).bind(proof.mfa).bind(proof.at)
            .bind(proof.device).bind(now).bind(presenting).bind(&keep).execute(&mut **c).await?.rows_affected()
    });
    on!(tx, c => c.commit().await)?;
    Ok(Opened { secret, signed: Signed { viewer, way: proof.way.to_owned(), presenting, keep }, same })
}

/// What goes on from one session of a person to the next.
#[derive(sqlx::FromRow)]
struct Former {
    holder: Uuid,
    presenting: bool,
    keep: String,
}

/// The session that a browser has, however long it was not used and whatever became of the code. One that was signed out of is none.
async fn former(db: &Db, secret: &str) -> Result<Option<Former>> {
    let sql = "SELECT holder, presenting, keep FROM page_session WHERE hash = $1 AND ended_at IS NULL AND begins_at > $2";
    Ok(
        on!(db.reader(), c => sqlx::query_as(sql).bind(token::hash(secret)).bind(db.clock.now() - LONGEST).fetch_optional(c).await?),
    )
}

/// What a session's secret stands for now; `None` when it is unknown or has ended.
pub async fn of(db: &Db, secret: &str) -> Result<Option<Session>> {
    let Some((found, id, seen_at)) = look(db, secret).await? else { return Ok(None) };
    let now = db.clock.now();
    if matches!(found, Session::Open(_)) && now - seen_at >= NOTED_EVERY {
        note_use(db, id, now).await;
    }
    Ok(Some(found))
}

/// Who is signed in, where the session is neither locked nor at rest and the screen is not shown to others: for a page that listens,
/// which is no use of the session.
pub async fn listening(db: &Db, secret: &str) -> Result<Option<Viewer>> {
    Ok(match look(db, secret).await? {
        Some((Session::Open(Signed { viewer, presenting: false, .. }), ..)) => Some(viewer),
        _ => None,
    })
}

async fn look(db: &Db, secret: &str) -> Result<Option<(Session, Uuid, DateTime<Utc>)>> {
    let sql = concat!(
        "SELECT x.id, x.holder, x.way, x.mfa, x.seen_at, x.locked_at, x.presenting, x.keep, COALESCE(t.rights, '') AS rights, ",
        names!(),
        " FROM page_session x LEFT JOIN access_token t ON t.id = x.token",
        joins!("x.holder"),
        "WHERE x.hash = $1 AND x.ended_at IS NULL AND x.begins_at > $2
                 AND (x.token IS NULL OR (t.begins_at <= $3 AND t.expires_at > $3 AND t.revoked_at IS NULL))"
    );
    let now = db.clock.now();
    let row: Option<Row> = on!(db.reader(), c => sqlx::query_as(sql).bind(token::hash(secret)).bind(now - LONGEST).bind(now)
        .fetch_optional(c).await?);
    let Some(Row { id, way, mfa, seen_at, locked_at, presenting, keep, spoken }) = row else { return Ok(None) };
    let Some(viewer) = viewer_of(db, spoken, mfa).await?.filter(may_anything) else { return Ok(None) };
    let rested = seen_at <= now - IDLE - NOTED_EVERY;
    let found = if locked_at.is_some() || rested {
        Session::Locked { viewer, way, rested: locked_at.is_none(), since: locked_at.unwrap_or(seen_at + IDLE) }
    } else {
        Session::Open(Signed { viewer, way, presenting, keep })
    };
    Ok(Some((found, id, seen_at)))
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

/// Ends every session of somebody.
pub(crate) async fn end_all(tx: &mut Tx, holder: Uuid) -> Result<()> {
    let sql = "UPDATE page_session SET ended_at = $2 WHERE holder = $1 AND ended_at IS NULL";
    let at = tx.at;
    on!(tx.connection(), c => sqlx::query(sql).bind(holder).bind(at).execute(c).await?.rows_affected());
    Ok(())
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
