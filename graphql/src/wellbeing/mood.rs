//! Moods (心の天気): one tap a day, or none. What is not entered is not bad, and a mood that is skipped counts as nothing.
mod record;

pub use record::{MoodInput, MoodMutation, RecordMoodsInput, RecordMoodsPayload, record};

use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::days::Days as DaysOf;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::roster::span::Span;
use crate::scalar::{Day, Timestamp};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Enum, Object};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// How a pupil feels, as weather: the picture of a mood. What it is called and how many there are is the board's (`boardWords`).
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MoodWeather {
    /// はれ: well, glad.
    Sunny,
    /// くもり: so so.
    Cloudy,
    /// あめ: sad, tired.
    Rainy,
    /// かみなり: cross, afraid.
    Stormy,
}

impl MoodWeather {
    /// The code of the mood that a board has to begin with.
    fn code(self) -> &'static str {
        match self {
            MoodWeather::Sunny => "SUNNY",
            MoodWeather::Cloudy => "CLOUDY",
            MoodWeather::Rainy => "RAINY",
            MoodWeather::Stormy => "STORMY",
        }
    }
}

/// What a pupil said of a day.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq)]
pub struct Mood {
    id: Uuid,
    pub(crate) pupil: Uuid,
    pub(crate) day: NaiveDate,
    known_from: DateTime<Utc>,
    pub(crate) school: Uuid,
    /// The code of the board's word; `None` where the pupil chose not to say.
    word: Option<String>,
    #[sqlx(default)]
    weather: Option<MoodWeather>,
    #[sqlx(default)]
    label: Option<String>,
    entered_by: Uuid,
}

/// What a pupil said of a day, or that the pupil would rather not say.
#[Object]
impl Mood {
    /// The day.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// How the pupil felt, as one of the four pictures; null if the pupil chose not to say, which counts as nothing.
    async fn weather(&self) -> Option<MoodWeather> {
        self.weather
    }
    /// The code of the board's word that the pupil chose; null if the pupil chose not to say.
    async fn word(&self) -> Option<&str> {
        self.word.as_deref()
    }
    /// The first line of that word, such as はれ.
    async fn label(&self) -> Option<&str> {
        self.label.as_deref().and_then(|label| label.lines().next())
    }
    /// When it was received.
    async fn at(&self) -> Timestamp {
        self.known_from.into()
    }
}

const COLUMNS: &str =
    "SELECT m.id, m.pupil, m.day, m.known_from, m.school, m.weather AS word, w.weather, w.label, m.entered_by FROM mood m
                       LEFT JOIN board_word w ON w.kind = 'MOOD' AND w.code = m.weather WHERE ";

/// The moods of some days of a pupil, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MoodsOf(pub(crate) Span);

#[async_trait]
impl Loader<MoodsOf> for Scope {
    type Value = Vec<Mood>;
    type Error = Error;

    async fn load(&self, keys: &[MoodsOf]) -> Result<HashMap<MoodsOf, Vec<Mood>>> {
        let mut found: HashMap<MoodsOf, Vec<Mood>> = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            let moods: Vec<Mood> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new(COLUMNS);
                sql.push("m.known_until = ").push_bind(not_replaced());
                sql.push(" AND m.day >= ").push_bind(from).push(" AND m.day <= ").push_bind(to).push(" AND ");
                self.push_pupil_reach(&mut sql, Right::MoodRead, "m");
                sql.push(" AND m.pupil IN (");
                bind_ids(&mut sql, pupils.iter().copied());
                sql.push(") ORDER BY m.pupil, m.day").build_query_as().fetch_all(c).await?
            });
            moods.into_iter().for_each(|mood| {
                found.entry(MoodsOf(Span { pupil: mood.pupil, from, to })).or_default().push(mood);
            });
        }
        Ok(found)
    }
}

/// What an analysis asks of a mood.
#[derive(Clone, Debug)]
pub(crate) struct Felt {
    pub(crate) pupil: Uuid,
    pub(crate) day: NaiveDate,
    /// Whether it is a mood that somebody may want to ask about.
    pub(crate) low: bool,
}

/// The moods of some pupils in a school as they were known at a time, for an analysis, by pupil and day. The caller has checked the pupils
/// against the scope.
pub(crate) async fn known_at(
    scope: &Scope,
    (school, pupils): (Uuid, &[Uuid]),
    (from, to): (NaiveDate, NaiveDate),
    at: DateTime<Utc>,
) -> Result<Vec<Felt>> {
    let mut moods = Vec::new();
    for chunk in pupils.chunks(500) {
        let rows: Vec<(Uuid, bool, DaysOf)> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new("SELECT m.pupil, w.low, ");
            sql.push(DaysOf::of("m.day")).push(" FROM mood m JOIN board_word w ON w.kind = 'MOOD' AND w.code = m.weather WHERE m.known_from <= ");
            sql.push_bind(at).push(" AND m.known_until > ").push_bind(at);
            sql.push(" AND m.day >= ").push_bind(from).push(" AND m.day <= ").push_bind(to);
            sql.push(" AND m.school = ").push_bind(school).push(" AND m.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") GROUP BY m.pupil, w.low").build_query_as().fetch_all(c).await?
        });
        moods.extend(rows.into_iter().flat_map(|(pupil, low, days)| days.0.into_iter().map(move |day| Felt { pupil, day, low })));
    }
    moods.sort_unstable_by_key(|mood| (mood.pupil, mood.day));
    Ok(moods)
}
