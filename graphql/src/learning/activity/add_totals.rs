//! Adding to the daily totals.
use super::totals::{DailyTotal, Deltas};
use crate::access::tx::Tx;
use crate::db::{Engine, bind_ids, on};
use crate::error::Result;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, QueryBuilder, SqliteConnection};
use std::sync::LazyLock;
use uuid::Uuid;

/// Adds a batch's deltas to the totals, in the order of their keys.
pub(crate) async fn apply(tx: &mut Tx, deltas: Deltas) -> Result<()> {
    add(tx, &deltas.into_totals().collect::<Vec<_>>()).await
}

/// Adds to the totals, in the order given.
pub(crate) async fn add(tx: &mut Tx, deltas: &[DailyTotal]) -> Result<()> {
    let at = tx.at;
    match tx.connection() {
        Engine::Sqlite(c) => in_chunks(c, deltas, at).await?,
        Engine::Postgres(c) => by_columns(c, deltas, at).await?,
    }
    Ok(())
}

pub(super) const INSERT: &str =
    "INSERT INTO daily_total (pupil, class, day, school, activities, interactions, duration_ms, at_home, material, quiz,
                          assignment, discussion, portal, tool, changed_at, last_at, done_at, asked_at, answered_at) ";
pub(super) const OR_ADD: &str = " ON CONFLICT (pupil, class, day) DO UPDATE SET
                           activities = daily_total.activities + excluded.activities,
                           interactions = daily_total.interactions + excluded.interactions,
                           duration_ms = daily_total.duration_ms + excluded.duration_ms,
                           at_home = daily_total.at_home + excluded.at_home, material = daily_total.material + excluded.material,
                           quiz = daily_total.quiz + excluded.quiz, assignment = daily_total.assignment + excluded.assignment,
                           discussion = daily_total.discussion + excluded.discussion, portal = daily_total.portal + excluded.portal,
                           tool = daily_total.tool + excluded.tool, changed_at = excluded.changed_at,
                           last_at = CASE WHEN excluded.last_at < daily_total.last_at THEN daily_total.last_at
                               ELSE coalesce(excluded.last_at, daily_total.last_at) END,
                           done_at = CASE WHEN excluded.done_at < daily_total.done_at THEN daily_total.done_at
                               ELSE coalesce(excluded.done_at, daily_total.done_at) END,
                           asked_at = CASE WHEN excluded.asked_at < daily_total.asked_at THEN daily_total.asked_at
                               ELSE coalesce(excluded.asked_at, daily_total.asked_at) END,
                           answered_at = CASE WHEN excluded.answered_at < daily_total.answered_at THEN daily_total.answered_at
                               ELSE coalesce(excluded.answered_at, daily_total.answered_at) END";

async fn in_chunks(c: &mut SqliteConnection, deltas: &[DailyTotal], at: DateTime<Utc>) -> sqlx::Result<()> {
    const CHUNK: usize = 40;
    for chunk in deltas.chunks(CHUNK) {
        let mut sql = QueryBuilder::new(INSERT);
        sql.push_values(chunk, |mut bind, total| {
            bind.push_bind(total.pupil).push_bind(total.class).push_bind(total.day).push_bind(total.school);
            for count in total.counts() {
                bind.push_bind(count);
            }
            bind.push_bind(at);
            for time in total.times.each() {
                bind.push_bind(time);
            }
        });
        sql.push(OR_ADD).build().persistent(chunk.len() == CHUNK).execute(&mut *c).await?;
    }
    Ok(())
}

/// One statement for any number of totals: PostgreSQL takes each column as an array.
async fn by_columns(c: &mut PgConnection, deltas: &[DailyTotal], at: DateTime<Utc>) -> sqlx::Result<()> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{INSERT} SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::date[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                 $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::timestamptz[],
                 $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::timestamptz[]) {OR_ADD}"
        )
    });
    if deltas.is_empty() {
        return Ok(());
    }
    let mut query = sqlx::query(SQL.as_str())
        .bind(deltas.iter().map(|total| total.pupil).collect::<Vec<_>>())
        .bind(deltas.iter().map(|total| total.class).collect::<Vec<_>>())
        .bind(deltas.iter().map(|total| total.day).collect::<Vec<_>>())
        .bind(deltas.iter().map(|total| total.school).collect::<Vec<_>>());
    for count in 0..10 {
        query = query.bind(deltas.iter().map(|total| total.counts()[count]).collect::<Vec<_>>());
    }
    query = query.bind(vec![at; deltas.len()]);
    for time in 0..4 {
        query = query.bind(deltas.iter().map(|total| total.times.each()[time]).collect::<Vec<_>>());
    }
    query.execute(c).await?;
    Ok(())
}

/// Removes totals of these pupils that nothing is left of, so that the table is what a recount would make.
pub(crate) async fn drop_empty(tx: &mut Tx, pupils: &[Uuid]) -> Result<()> {
    for chunk in pupils.chunks(500) {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("DELETE FROM daily_total WHERE activities = 0 AND pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build().persistent(false).execute(c).await?;
        });
    }
    Ok(())
}
