//! The floor under posting on SQLite: one writer by the bare library, into the same tables with the same totals, each batch committed to the disk.
//!
//! `post_raw_sqlite FILE BATCH SECONDS` prints rows a second. The file has a roster; its pupils are posted for.
use asagao_graphql::clock::{Clock, new_id};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::env::args;
use std::time::{Duration, Instant};
use uuid::Uuid;

const ACTIVITY: &str = "INSERT INTO activity (pupil, id, class, verb, object_id, object_kind, device_at, duration_ms, interactions, success, place,
        content, occurred_at, received_at, day, school, sent_by)
    VALUES (?1, ?2, ?3, 'ANSWERED', 'https://drill.example/fractions/1', 'QUESTION', ?4, 12000, 1, TRUE, 'SCHOOL', ?5, ?4, ?4, ?6, ?7, ?8)
    ON CONFLICT (pupil, id) DO NOTHING";

const TOTAL: &str = "INSERT INTO daily_total (pupil, class, day, school, activities, interactions, duration_ms, at_home, material, quiz, assignment,
        discussion, portal, tool, changed_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, 0, 0, ?5, 0, 0, 0, 0, ?7)
    ON CONFLICT (pupil, class, day) DO UPDATE SET activities = daily_total.activities + excluded.activities,
        interactions = daily_total.interactions + excluded.interactions, duration_ms = daily_total.duration_ms + excluded.duration_ms,
        quiz = daily_total.quiz + excluded.quiz, changed_at = excluded.changed_at";

fn main() -> rusqlite::Result<()> {
    let asked: Vec<String> = args().skip(1).collect();
    let [file, batch, seconds] = asked.as_slice() else { panic!("FILE BATCH SECONDS") };
    let (batch, seconds): (usize, u64) = (batch.parse().expect("a number"), seconds.parse().expect("seconds"));
    let mut c = Connection::open(file)?;
    c.pragma_update(None, "journal_mode", "WAL")?;
    c.pragma_update(None, "synchronous", "FULL")?;
    c.pragma_update(None, "cache_size", -16_384)?;
    let sql = "SELECT e.pupil, e.class, e.school FROM enrolment e JOIN class c ON c.id = e.class WHERE c.kind = 'HOMEROOM' ORDER BY e.class, e.pupil";
    let places: Vec<[Vec<u8>; 3]> =
        c.prepare(sql)?.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?.collect::<rusqlite::Result<_>>()?;
    let (begun, mut at, mut rows) = (Instant::now(), 0, 0_u32);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let now = Clock::System.now();
        let (time, day) = (now.to_rfc3339(), now.date_naive().to_string());
        let mut items: Vec<(&[Vec<u8>; 3], Uuid)> = (0..batch).map(|n| (&places[(at + n) % places.len()], new_id())).collect();
        items.sort_by_key(|(place, id)| (&place[0], *id));
        at += batch;
        let mut totals = BTreeMap::new();
        let tx = c.transaction()?;
        let mut insert = tx.prepare_cached(ACTIVITY)?;
        for (place, id) in &items {
            let [pupil, class, school] = *place;
            insert.execute(params![pupil, id.as_bytes(), class, time, id.as_bytes(), day, school, Uuid::nil().as_bytes()])?;
            totals.entry((pupil, class)).or_insert((school, 0_i64)).1 += 1;
        }
        drop(insert);
        let mut add = tx.prepare_cached(TOTAL)?;
        for ((pupil, class), (school, count)) in totals {
            add.execute(params![pupil, class, day, school, count, count * 12_000, time])?;
        }
        drop(add);
        tx.commit()?;
        rows += u32::try_from(batch).expect("a batch is small");
    }
    println!("{:.0}", f64::from(rows) / begun.elapsed().as_secs_f64());
    Ok(())
}
