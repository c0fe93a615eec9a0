//! 朝の健康観察: how each pupil of a class is in the morning; all fine but those who are named.
mod changed;
mod observe;
mod of_school;

pub use changed::HealthSubscription;
pub use observe::HealthMutation;
pub(crate) use observe::insert;
pub use of_school::SchoolHealthQuery;

use super::word::{BoardWord, WordKind, WordOf};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::roster::span::Span;
use crate::scalar::{Day, Timestamp};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// How a pupil is in the morning.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HealthState {
    /// 元気: nothing to note.
    Fine,
    /// At school, with something to note.
    Ill,
    /// Away for an illness: what the family said of it. The register is kept by `takeAttendance` and not changed by it.
    Away,
}

/// How a pupil was on a morning.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq)]
pub struct HealthObservation {
    pub(crate) id: Uuid,
    pub(crate) pupil: Uuid,
    pub(crate) day: NaiveDate,
    pub(crate) known_from: DateTime<Utc>,
    pub(crate) school: Uuid,
    pub(crate) class: Uuid,
    pub(crate) state: Option<HealthState>,
    pub(crate) symptoms: String,
    pub(crate) disease: Option<String>,
    pub(crate) temperature: Option<i32>,
    pub(crate) note: String,
    pub(crate) observed_by: Uuid,
    #[sqlx(default)]
    pub(crate) by_name: Option<String>,
}

/// How a pupil was on a morning.
#[Object]
impl HealthObservation {
    /// The day.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// How the pupil was.
    async fn state(&self) -> HealthState {
        self.state.unwrap_or(HealthState::Fine)
    }
    /// What was to be noted, in the board's words.
    async fn symptoms(&self, ctx: &Context<'_>) -> Result<Vec<BoardWord>> {
        let keys = self.codes().map(|code| WordOf(WordKind::Symptom, code.to_owned()));
        let words = ctx.data_unchecked::<DataLoader<Scope>>().load_many(keys).await?;
        let mut words: Vec<BoardWord> = words.into_values().collect();
        words.sort_by_key(|word| word.place);
        Ok(words)
    }
    /// The disease; null where none is known.
    async fn disease(&self, ctx: &Context<'_>) -> Result<Option<BoardWord>> {
        let Some(disease) = &self.disease else { return Ok(None) };
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(WordOf(WordKind::Disease, disease.clone())).await
    }
    /// The temperature in degrees; null where none was taken.
    async fn temperature(&self) -> Option<f64> {
        self.temperature.map(|tenths| f64::from(tenths) / 10.0)
    }
    /// What is to be noted beside; null for nothing.
    async fn note(&self) -> Option<&str> {
        Some(self.note.as_str()).filter(|note| !note.is_empty())
    }
    /// Who noted it.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When it was noted.
    async fn at(&self) -> Timestamp {
        self.known_from.into()
    }
}

impl HealthObservation {
    fn codes(&self) -> impl Iterator<Item = &str> {
        self.symptoms.split(',').filter(|code| !code.is_empty())
    }

    /// Whether it says the same of the pupil.
    fn says(&self, other: &HealthObservation) -> bool {
        let said = |of: &HealthObservation| (of.state, of.symptoms.clone(), of.disease.clone(), of.temperature, of.note.clone());
        said(self) == said(other)
    }
}

const COLUMNS: &str =
    "SELECT o.id, o.pupil, o.day, o.known_from, o.school, o.class, o.state, o.symptoms, o.disease, o.temperature, o.note,
                           o.observed_by, s.name AS by_name
                       FROM health_observation o LEFT JOIN staff s ON s.id = o.observed_by WHERE o.known_until = ";

/// What holds of some pupils' day in a school, for a write.
async fn held(tx: &mut Tx, school: Uuid, day: NaiveDate, pupils: &[Uuid]) -> Result<HashMap<Uuid, HealthObservation>> {
    let mut found = HashMap::new();
    for chunk in pupils.chunks(500) {
        let rows: Vec<HealthObservation> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new(COLUMNS);
            sql.push_bind(not_replaced()).push(" AND o.school = ").push_bind(school).push(" AND o.day = ").push_bind(day);
            sql.push(" AND o.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(rows.into_iter().map(|row| (row.pupil, row)));
    }
    Ok(found)
}

/// How a pupil was on some mornings, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ObservationsOf(pub(crate) Span);

#[async_trait]
impl Loader<ObservationsOf> for Scope {
    type Value = Vec<HealthObservation>;
    type Error = Error;

    async fn load(&self, keys: &[ObservationsOf]) -> Result<HashMap<ObservationsOf, Vec<HealthObservation>>> {
        let mut found: HashMap<ObservationsOf, Vec<HealthObservation>> = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            let rows: Vec<HealthObservation> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new(COLUMNS);
                sql.push_bind(not_replaced()).push(" AND o.state IS NOT NULL AND o.day >= ").push_bind(from);
                sql.push(" AND o.day <= ").push_bind(to).push(" AND ");
                self.push_pupil_reach(&mut sql, Right::HealthRead, "o");
                sql.push(" AND o.pupil IN (");
                bind_ids(&mut sql, pupils.iter().copied());
                sql.push(") ORDER BY o.pupil, o.day").build_query_as().fetch_all(c).await?
            });
            rows.into_iter().for_each(|row| {
                found.entry(ObservationsOf(Span { pupil: row.pupil, from, to })).or_default().push(row);
            });
        }
        Ok(found)
    }
}
