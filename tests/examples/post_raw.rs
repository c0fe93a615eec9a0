//! The floor under posting: what the database itself takes, by prepared INSERT … UNNEST … ON CONFLICT into the same tables with the same totals.
//!
//! `post_raw DATABASE_URL CONNECTIONS BATCH SECONDS` prints rows a second. The database has a roster; its pupils are posted for.
use asagao_graphql::clock::{Clock, new_id};
use chrono::{DateTime, Utc};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool};
use std::collections::BTreeMap;
use std::env::args;
use std::time::{Duration, Instant};
use uuid::Uuid;

const ACTIVITIES: &str = "INSERT INTO activity (pupil, id, class, verb, object_id, object_kind, object_name, device_at, duration_ms, interactions,
        score_raw, score_min, score_max, success, place, subject, course_of_study_code, extensions, content, occurred_at, received_at, day,
        school, sent_by)
    SELECT p, i, c, 'ANSWERED', 'https://drill.example/fractions/1', 'QUESTION', NULL, d, n, 1, NULL, NULL, NULL, TRUE, 'SCHOOL', NULL, NULL, NULL,
        b, d, $8, $9, s, $10
    FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::bigint[], $6::bytea[], $7::uuid[]) AS t (p, i, c, d, n, b, s)
    ON CONFLICT (pupil, id) DO NOTHING";

const TOTALS: &str = "INSERT INTO daily_total (pupil, class, day, school, activities, interactions, duration_ms, at_home, material, quiz, assignment,
        discussion, portal, tool, changed_at)
    SELECT p, c, $6, s, n, n, m, 0, 0, n, 0, 0, 0, 0, $7
    FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[]) AS t (p, c, s, n, m)
    ON CONFLICT (pupil, class, day) DO UPDATE SET activities = daily_total.activities + excluded.activities,
        interactions = daily_total.interactions + excluded.interactions, duration_ms = daily_total.duration_ms + excluded.duration_ms,
        quiz = daily_total.quiz + excluded.quiz, changed_at = excluded.changed_at";

#[derive(sqlx::FromRow, Clone, Copy)]
struct Place {
    pupil: Uuid,
    class: Uuid,
    school: Uuid,
}

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let asked: Vec<String> = args().skip(1).collect();
    let [url, connections, batch, seconds] = asked.as_slice() else { panic!("DATABASE_URL CONNECTIONS BATCH SECONDS") };
    let number = |text: &String| text.parse::<usize>().expect("a number");
    let (connections, batch, seconds) = (number(connections), number(batch), number(seconds));
    let pool: PgPool = PgPoolOptions::new().max_connections(1).connect(url).await?;
    let places: Vec<Place> = sqlx::query_as(
        "SELECT e.pupil, e.class, e.school FROM enrolment e JOIN class c ON c.id = e.class WHERE c.kind = 'HOMEROOM' ORDER BY e.class, e.pupil",
    )
    .fetch_all(&pool)
    .await?;
    let until = Instant::now() + Duration::from_secs(seconds as u64);
    let begun = Instant::now();
    let writers =
        (0..connections).map(|writer| tokio::spawn(write(url.clone(), places.clone(), writer, connections, batch, until)));
    let mut rows = 0;
    for writer in writers.collect::<Vec<_>>() {
        rows += writer.await.expect("a writer ends")?;
    }
    println!("{:.0}", f64::from(u32::try_from(rows).expect("a few millions")) / begun.elapsed().as_secs_f64());
    Ok(())
}

/// Posts for the pupils of its own classes, as one app of one school would.
async fn write(
    url: String,
    places: Vec<Place>,
    writer: usize,
    writers: usize,
    batch: usize,
    until: Instant,
) -> sqlx::Result<usize> {
    let mut c = PgConnection::connect(&url).await?;
    let own = places.chunks(places.len().div_ceil(writers)).nth(writer).expect("there are more pupils than writers").to_vec();
    let (mut at, mut rows) = (0, 0);
    while Instant::now() < until {
        let now = Clock::System.now();
        let chosen: Vec<Place> = (0..batch).map(|n| own[(at + n) % own.len()]).collect();
        at += batch;
        post(&mut c, &chosen, now).await?;
        rows += batch;
    }
    Ok(rows)
}

async fn post(c: &mut PgConnection, chosen: &[Place], now: DateTime<Utc>) -> sqlx::Result<()> {
    let mut items: Vec<(Place, Uuid)> = chosen.iter().map(|place| (*place, new_id())).collect();
    items.sort_by_key(|(place, id)| (place.pupil, *id));
    let mut totals: BTreeMap<(Uuid, Uuid), (Uuid, i64, i64)> = BTreeMap::new();
    for (place, _) in &items {
        let total = totals.entry((place.pupil, place.class)).or_insert((place.school, 0, 0));
        *total = (total.0, total.1 + 1, total.2 + 12_000);
    }
    let day = now.date_naive();
    let mut tx = c.begin().await?;
    sqlx::query(ACTIVITIES)
        .bind(items.iter().map(|(place, _)| place.pupil).collect::<Vec<_>>())
        .bind(items.iter().map(|(_, id)| *id).collect::<Vec<_>>())
        .bind(items.iter().map(|(place, _)| place.class).collect::<Vec<_>>())
        .bind(vec![now; items.len()])
        .bind(vec![12_000_i64; items.len()])
        .bind(items.iter().map(|(_, id)| id.as_bytes().as_slice()).collect::<Vec<_>>())
        .bind(items.iter().map(|(place, _)| place.school).collect::<Vec<_>>())
        .bind(now)
        .bind(day)
        .bind(Uuid::nil())
        .execute(&mut *tx)
        .await?;
    sqlx::query(TOTALS)
        .bind(totals.keys().map(|key| key.0).collect::<Vec<_>>())
        .bind(totals.keys().map(|key| key.1).collect::<Vec<_>>())
        .bind(totals.values().map(|total| total.0).collect::<Vec<_>>())
        .bind(totals.values().map(|total| total.1).collect::<Vec<_>>())
        .bind(totals.values().map(|total| total.2).collect::<Vec<_>>())
        .bind(day)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}
