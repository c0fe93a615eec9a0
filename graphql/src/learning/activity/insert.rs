//! The SQL of activities.
use super::totals::Counted;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::{Result, UserError};
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// An activity as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub counted: Counted,
    pub object_id: String,
    pub object_name: Option<String>,
    pub device_at: DateTime<Utc>,
    pub occurred_at: DateTime<Utc>,
    pub score: Points,
    pub success: Option<bool>,
    pub subject: Option<String>,
    pub course_of_study_code: Option<String>,
    pub extensions: Option<String>,
    pub content: Vec<u8>,
    /// Why it cannot be stored; a replay of what is stored already is a duplicate all the same.
    pub refused: Option<UserError>,
}

/// Points as they were sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Points {
    pub raw: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// The key of an activity.
pub(crate) type Key = (Uuid, Uuid);

impl Row {
    pub(crate) fn key(&self) -> Key {
        (self.counted.pupil, self.counted.id)
    }
}

/// Full chunks share one prepared statement; a few dozen rows are the most that pay on SQLite.
const CHUNK: usize = 40;

/// Stores the rows whose keys are free and returns those keys. Rows come in the order of their keys, so that two calls never wait for
/// each other in a circle.
pub(crate) async fn insert(tx: &mut Tx, rows: &[&Row]) -> Result<Vec<Key>> {
    let (at, sent_by) = (tx.at, tx.actor);
    let mut new = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(CHUNK) {
        let sql = "INSERT INTO activity (pupil, id, class, verb, object_id, object_kind, object_name, device_at, duration_ms,
                       interactions, score_raw, score_min, score_max, success, place, subject, course_of_study_code,
                       extensions, content, occurred_at, received_at, day, school, sent_by) ";
        let keys: Vec<Key> = on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut bind, row| {
            let counted = &row.counted;
            bind.push_bind(counted.pupil).push_bind(counted.id).push_bind(counted.class).push_bind(counted.verb)
                .push_bind(&row.object_id).push_bind(counted.object_kind).push_bind(&row.object_name).push_bind(row.device_at)
                .push_bind(counted.duration_ms).push_bind(counted.interactions).push_bind(row.score.raw)
                .push_bind(row.score.min).push_bind(row.score.max).push_bind(row.success).push_bind(counted.place)
                .push_bind(&row.subject).push_bind(&row.course_of_study_code).push_bind(&row.extensions)
                .push_bind(&row.content).push_bind(row.occurred_at).push_bind(at).push_bind(counted.day)
                .push_bind(counted.school).push_bind(sent_by);
        }).push(" ON CONFLICT (pupil, id) DO NOTHING RETURNING pupil, id")
          .build_query_as().persistent(chunk.len() == CHUNK).fetch_all(c).await?);
        new.extend(keys);
    }
    Ok(new)
}

/// The digests of what is stored under these keys.
pub(crate) async fn contents(tx: &mut Tx, keys: &[Key]) -> Result<HashMap<Key, Vec<u8>>> {
    let mut found = HashMap::with_capacity(keys.len());
    for chunk in keys.chunks(500) {
        let rows: Vec<(Uuid, Uuid, Vec<u8>)> = on!(tx.connection(), c => {
            let sql = "SELECT pupil, id, content FROM activity WHERE (pupil, id) IN (";
            QueryBuilder::new(sql).push_values(chunk, |mut bind, key| {
                bind.push_bind(key.0).push_bind(key.1);
            }).push(")").build_query_as().persistent(false).fetch_all(c).await?
        });
        found.extend(rows.into_iter().map(|(pupil, id, content)| ((pupil, id), content)));
    }
    Ok(found)
}
