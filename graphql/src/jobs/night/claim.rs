//! Who does a night's work: one row a school and day, which one server writes and holds for a while.
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::Result;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

/// For so long a server holds the work without a word; a class takes seconds.
pub const LEASE: TimeDelta = TimeDelta::minutes(10);

/// So often the work is begun, a server's death counted.
pub const MOST_ATTEMPTS: i64 = 4;

/// After so long, times the attempts, what failed is tried again.
pub const WAIT: TimeDelta = TimeDelta::minutes(5);

/// A school's night that this server does.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Night {
    /// The school.
    pub school: Uuid,
    /// The last school day that counts.
    pub day: NaiveDate,
    server: Uuid,
    attempts: i64,
    /// When it was first claimed.
    pub began_at: DateTime<Utc>,
}

/// Whose a school's night is.
pub(super) enum Claim {
    /// This server's.
    Mine(Night),
    /// Another server is at it, or it waits to be tried again.
    Others,
    /// It is done, or has failed for good.
    Over,
}

/// Takes a school's night where nobody has it, where it waits, or where whoever had it is silent.
pub(super) async fn claim(scope: &Scope, server: Uuid, school: Uuid, day: NaiveDate) -> Result<Claim> {
    if let Some(found) = standing(scope, school, day).await? {
        return Ok(found);
    }
    let mut tx = scope.begin("nightly analysis claimed").await?;
    let now = tx.at;
    // One statement: of two servers that ask at once, the other finds the row written and its condition false.
    let sql = "INSERT INTO analysis_night (school, day, state, server, until, attempts, began_at, classes, failed)
               VALUES ($1, $2, 'RUNNING', $3, $4, 1, $5, 0, 0)
               ON CONFLICT (school, day) DO UPDATE SET state = excluded.state, server = excluded.server, until = excluded.until,
                   attempts = analysis_night.attempts + 1
               WHERE analysis_night.school = excluded.school AND analysis_night.state IN ('RUNNING', 'WAITING')
                   AND analysis_night.until <= excluded.began_at AND analysis_night.attempts < $6
               RETURNING school, day, server, attempts, began_at";
    let night: Option<Night> = on!(tx.connection(), c => sqlx::query_as(sql).bind(school).bind(day).bind(server).bind(now + LEASE)
        .bind(now).bind(MOST_ATTEMPTS).fetch_optional(c).await?);
    if night.is_none() {
        give_up(&mut tx, school, day).await?;
    }
    tx.commit().await?;
    Ok(night.map_or(Claim::Others, Claim::Mine))
}

/// Whose it is as long as that need not be written: a look that takes no lock.
async fn standing(scope: &Scope, school: Uuid, day: NaiveDate) -> Result<Option<Claim>> {
    let sql = "SELECT state, until FROM analysis_night WHERE school = $1 AND day = $2";
    let row: Option<(String, DateTime<Utc>)> =
        on!(scope.read(), c => sqlx::query_as(sql).bind(school).bind(day).fetch_optional(c).await?);
    Ok(row.and_then(|(state, until)| match state.as_str() {
        "DONE" | "FAILED" => Some(Claim::Over),
        _ if until > scope.now() => Some(Claim::Others),
        _ => None,
    }))
}

/// Ends what servers have died of too often.
async fn give_up(tx: &mut Tx, school: Uuid, day: NaiveDate) -> Result<()> {
    let now = tx.at;
    let sql = "UPDATE analysis_night SET state = 'FAILED', ended_at = $1
               WHERE school = $2 AND day = $3 AND state IN ('RUNNING', 'WAITING') AND until <= $1 AND attempts >= $4";
    let given_up = on!(tx.connection(), c => sqlx::query(sql).bind(now).bind(school).bind(day).bind(MOST_ATTEMPTS).execute(c).await?
        .rows_affected());
    if given_up > 0 {
        tracing::error!(%school, %day, "the nightly analysis of a school has failed and is not tried again");
    }
    Ok(())
}

/// Puts off the time until which this server holds the work; `false` where another has taken it over.
pub(super) async fn hold(scope: &Scope, night: &Night) -> Result<bool> {
    let mut tx = scope.begin("nightly analysis goes on").await?;
    let until = tx.at + LEASE;
    let sql = "UPDATE analysis_night SET until = $1 WHERE school = $2 AND day = $3 AND server = $4 AND attempts = $5 AND state = 'RUNNING'";
    let held = on!(tx.connection(), c => sqlx::query(sql).bind(until).bind(night.school).bind(night.day).bind(night.server)
        .bind(night.attempts).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(held > 0)
}

/// Lets go of the work, so that the next server that looks goes on with it. The attempt does not count.
pub(super) async fn give_back(scope: &Scope, night: &Night) -> Result<()> {
    let mut tx = scope.begin("nightly analysis given back").await?;
    let now = tx.at;
    let sql = "UPDATE analysis_night SET state = 'WAITING', until = $1, attempts = attempts - 1
               WHERE school = $2 AND day = $3 AND server = $4 AND attempts = $5 AND state = 'RUNNING'";
    on!(tx.connection(), c => sqlx::query(sql).bind(now).bind(night.school).bind(night.day).bind(night.server).bind(night.attempts)
        .execute(c).await?.rows_affected());
    tx.commit().await
}

/// Notes what came of it: done, waiting to be tried again, or failed for good. Returns whether it is over.
pub(super) async fn finish(scope: &Scope, night: &Night, classes: usize, failed: usize) -> Result<bool> {
    let mut tx = scope.begin("nightly analysis ended").await?;
    let now = tx.at;
    let (state, until) = match failed {
        0 => ("DONE", now),
        _ if night.attempts >= MOST_ATTEMPTS => ("FAILED", now),
        _ => ("WAITING", now + WAIT * i32::try_from(night.attempts).unwrap_or(1)),
    };
    let over = state != "WAITING";
    let (classes, failed) = (i64::try_from(classes).unwrap_or(i64::MAX), i64::try_from(failed).unwrap_or(i64::MAX));
    let sql = "UPDATE analysis_night SET state = $1, until = $2, ended_at = $3, classes = $4, failed = $5
               WHERE school = $6 AND day = $7 AND server = $8 AND attempts = $9 AND state = 'RUNNING'";
    on!(tx.connection(), c => sqlx::query(sql).bind(state).bind(until).bind(over.then_some(now)).bind(classes).bind(failed)
        .bind(night.school).bind(night.day).bind(night.server).bind(night.attempts).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(over)
}
