//! Storing a batch on SQLite, by the bare library: one prepared statement a row, on one thread, which costs half of what it costs through
//! sqlx (ADR 20).
use super::add_totals;
use super::commit::{Batch, Stored};
use super::insert::{COLUMNS, Key, Row};
use super::totals::{DailyTotal, Deltas};
use super::verb::Place;
use crate::db::Db;
use crate::error::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

/// Stores a batch with its totals.
pub(super) async fn store(db: &Db, batch: Arc<Batch>) -> Result<Stored> {
    let clock = db.clock.clone();
    db.write_bare(move |tx| write(tx, &batch, clock.now())).await
}

fn write(tx: &Transaction, batch: &Batch, received_at: DateTime<Utc>) -> rusqlite::Result<Stored> {
    let at = time(received_at);
    let mut new = HashSet::new();
    let mut deltas = Deltas::default();
    let mut insert = tx.prepare_cached(&INSERT)?;
    for row in batch.firsts() {
        if put(&mut insert, row, &at)? {
            new.insert(row.key());
            deltas.add(&row.counted, received_at);
        }
    }
    let mut add = tx.prepare_cached(&ADD)?;
    for total in deltas.into_totals() {
        put_total(&mut add, &total, &at)?;
    }
    let mut there = HashMap::new();
    let mut find = tx.prepare_cached("SELECT content FROM activity WHERE pupil = ?1 AND id = ?2")?;
    for key in batch.firsts().map(Row::key).filter(|key| !new.contains(key)).chain(batch.others()) {
        if let Some(content) = contents(&mut find, key)? {
            there.insert(key, content);
        }
    }
    Ok(Stored { new: Some(new), there })
}

static INSERT: LazyLock<String> =
    LazyLock::new(|| format!("INSERT INTO activity ({COLUMNS}) VALUES ({}) ON CONFLICT (pupil, id) DO NOTHING", places(24)));
static ADD: LazyLock<String> = LazyLock::new(|| format!("{} VALUES ({}) {}", add_totals::INSERT, places(19), add_totals::OR_ADD));

fn places(count: usize) -> String {
    (1..=count).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ")
}

/// A time as sqlx writes it.
fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

fn put(insert: &mut rusqlite::CachedStatement, row: &Row, at: &str) -> rusqlite::Result<bool> {
    let counted = &row.counted;
    let device_at = time(row.device_at);
    let occurred_at = if counted.occurred_at == row.device_at { device_at.clone() } else { time(counted.occurred_at) };
    let inserted = insert.execute(params![
        counted.pupil.as_bytes(),
        counted.id.as_bytes(),
        counted.class.as_bytes(),
        counted.verb.text(),
        row.object_id,
        counted.object_kind.text(),
        row.object_name,
        device_at,
        counted.duration_ms,
        counted.interactions,
        row.score.raw,
        row.score.min,
        row.score.max,
        row.success,
        counted.place.map(Place::text),
        row.subject,
        row.course_of_study_code,
        row.extensions,
        row.content,
        occurred_at,
        at,
        counted.day.to_string(),
        counted.school.as_bytes(),
        row.sent_by.as_bytes(),
    ])?;
    Ok(inserted == 1)
}

fn put_total(add: &mut rusqlite::CachedStatement, total: &DailyTotal, at: &str) -> rusqlite::Result<()> {
    let id = |id: Uuid| Value::Blob(id.as_bytes().to_vec());
    let mut values = vec![id(total.pupil), id(total.class), Value::Text(total.day.to_string()), id(total.school)];
    values.extend(total.counts().map(Value::Integer));
    values.push(Value::Text(at.to_owned()));
    values.extend(total.times.each().map(|at| at.map_or(Value::Null, |at| Value::Text(time(at)))));
    add.execute(rusqlite::params_from_iter(values)).map(drop)
}

fn contents(find: &mut rusqlite::CachedStatement, (pupil, id): Key) -> rusqlite::Result<Option<Vec<u8>>> {
    find.query_row(params![pupil.as_bytes(), id.as_bytes()], |row| row.get(0)).optional()
}
