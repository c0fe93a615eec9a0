//! An activity as it is stored, and the SQL by which PostgreSQL stores many.
use super::totals::Counted;
use super::verb::Place;
use crate::access::tx::Tx;
use crate::error::{Result, UserError};
use chrono::{DateTime, Utc};
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use uuid::Uuid;

/// An activity as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub counted: Counted,
    pub object_id: String,
    pub object_name: Option<String>,
    pub device_at: DateTime<Utc>,
    pub score: Points,
    pub success: Option<bool>,
    pub subject: Option<String>,
    pub course_of_study_code: Option<String>,
    pub extensions: Option<String>,
    pub content: Vec<u8>,
    /// Who sent it.
    pub sent_by: Uuid,
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

    /// How much memory it takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        let texts = [&self.object_name, &self.subject, &self.course_of_study_code, &self.extensions];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        size_of::<Row>() + self.object_id.len() + self.content.len() + texts
    }
}

/// Stores the rows whose keys are free and returns those keys. Rows come in the order of their keys, so that two groups never wait for
/// each other in a circle.
pub(super) async fn insert(tx: &mut Tx, rows: &[&Row]) -> Result<HashSet<Key>> {
    static SQL: LazyLock<String> =
        LazyLock::new(|| format!("{} ON CONFLICT (pupil, id) DO NOTHING RETURNING pupil, id", *BY_COLUMNS));
    let columns = columns(rows, tx.at)?;
    let keys: Vec<Key> = sqlx::query_as_with(SQL.as_str(), columns).fetch_all(tx.postgres()?).await?;
    Ok(keys.into_iter().collect())
}

/// Stores rows of which all are expected to be new, which costs PostgreSQL half as much: it need not look for each before, nor tell which.
/// `false` where one was there, and the transaction can only be rolled back.
pub(super) async fn insert_new(tx: &mut Tx, rows: &[&Row]) -> Result<bool> {
    let columns = columns(rows, tx.at)?;
    match sqlx::query_with(BY_COLUMNS.as_str(), columns).execute(tx.postgres()?).await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        done => Ok(done.map(|_| true)?),
    }
}

/// Whether anything is stored under one of these keys.
pub(super) async fn is_there(tx: &mut Tx, keys: &[Key]) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM activity WHERE (pupil, id) IN (SELECT * FROM UNNEST($1::uuid[], $2::uuid[])))";
    let (pupils, ids): (Vec<Uuid>, Vec<Uuid>) = keys.iter().copied().unzip();
    Ok(sqlx::query_scalar(sql).bind(pupils).bind(ids).fetch_one(tx.postgres()?).await?)
}

/// The columns of an activity, in the order in which they are bound.
pub(super) const COLUMNS: &str = "pupil, id, class, verb, object_id, object_kind, object_name, device_at, duration_ms, interactions, score_raw, score_min,
                       score_max, success, place, subject, course_of_study_code, extensions, content, occurred_at, received_at, day, school,
                       sent_by";

/// One statement for any number of rows: PostgreSQL takes each column as an array.
static BY_COLUMNS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO activity ({COLUMNS}) SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[],
             $7::text[], $8::timestamptz[], $9::bigint[], $10::bigint[], $11::float8[], $12::float8[], $13::float8[], $14::boolean[],
             $15::text[], $16::text[], $17::text[], $18::text[], $19::bytea[], $20::timestamptz[], $21::timestamptz[], $22::date[],
             $23::uuid[], $24::uuid[])"
    )
});

/// The parameters of [`BY_COLUMNS`].
fn columns(rows: &[&Row], at: DateTime<Utc>) -> Result<PgArguments> {
    let mut columns = PgArguments::default();
    macro_rules! column {
        ($row:ident => $value:expr) => {
            columns.add(rows.iter().map(|$row| $value).collect::<Vec<_>>()).map_err(sqlx::Error::Encode)?;
        };
    }
    column!(row => row.counted.pupil);
    column!(row => row.counted.id);
    column!(row => row.counted.class);
    column!(row => row.counted.verb.text());
    column!(row => row.object_id.as_str());
    column!(row => row.counted.object_kind.text());
    column!(row => row.object_name.as_deref());
    column!(row => row.device_at);
    column!(row => row.counted.duration_ms);
    column!(row => row.counted.interactions);
    column!(row => row.score.raw);
    column!(row => row.score.min);
    column!(row => row.score.max);
    column!(row => row.success);
    column!(row => row.counted.place.map(Place::text));
    column!(row => row.subject.as_deref());
    column!(row => row.course_of_study_code.as_deref());
    column!(row => row.extensions.as_deref());
    column!(row => row.content.as_slice());
    column!(row => row.counted.occurred_at);
    column!(_row => at);
    column!(row => row.counted.day);
    column!(row => row.counted.school);
    column!(row => row.sent_by);
    Ok(columns)
}

/// The digests of what is stored under these keys.
pub(super) async fn contents(tx: &mut Tx, keys: &[Key]) -> Result<HashMap<Key, Vec<u8>>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT pupil, id, content FROM activity WHERE (pupil, id) IN (SELECT * FROM UNNEST($1::uuid[], $2::uuid[]))";
    let (pupils, ids): (Vec<Uuid>, Vec<Uuid>) = keys.iter().copied().unzip();
    let rows: Vec<(Uuid, Uuid, Vec<u8>)> = sqlx::query_as(sql).bind(pupils).bind(ids).fetch_all(tx.postgres()?).await?;
    Ok(rows.into_iter().map(|(pupil, id, content)| ((pupil, id), content)).collect())
}
