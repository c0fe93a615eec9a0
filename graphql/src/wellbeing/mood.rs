//! Moods (心の天気): one tap a day, or none. What is not entered is not bad, and a mood that is skipped counts as nothing.
use super::word::{self, BoardWord, WordKind};
use crate::access::right::Right;
use crate::access::scope::{Scope, Tx};
use crate::clock::{new_id, not_replaced};
use crate::days::Days as DaysOf;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::learning::activity::{RejectedItem, check, wrong_length};
use crate::roster::enrolment::{self, Stay};
use crate::roster::span::Span;
use crate::scalar::{Day, Timestamp};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate, Utc};
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

/// A mood to record.
#[derive(InputObject, Clone, Debug)]
pub struct MoodInput {
    /// The pupil, by the UUID of the roster.
    pub pupil_id: ID,
    /// The day, today or one of the last 31; today if not said.
    pub day: Option<Day>,
    /// How the pupil feels, as the code of one of the board's moods (`boardWords(kind: MOOD)`). Without it `weather` counts.
    pub word: Option<String>,
    /// How the pupil feels, as a picture; it becomes the board's mood of that name, else the first one with that picture. Without `word` and
    /// `weather` the pupil chose not to say, and nobody asks again that day.
    pub weather: Option<MoodWeather>,
}

/// Moods to record.
#[derive(InputObject, Clone, Debug)]
pub struct RecordMoodsInput {
    /// 1 to 1,000 moods.
    pub moods: Vec<MoodInput>,
}

/// What became of the moods.
#[derive(SimpleObject, Default, Debug)]
pub struct RecordMoodsPayload {
    /// How many were new or other than before; what was said before stays in the history.
    pub recorded: usize,
    /// How many were there just so.
    pub unchanged: usize,
    /// Those that were not taken; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with moods.
#[derive(Default)]
pub struct MoodMutation;

#[Object]
impl MoodMutation {
    /// Records moods, 1 to 1,000 a call: by an app for its pupils, or by a pupil for themself. A second one of a day replaces the first.
    async fn record_moods(&self, ctx: &Context<'_>, input: RecordMoodsInput) -> Result<RecordMoodsPayload> {
        let scope = Scope::with(ctx, Right::MoodWrite)?;
        if let Some(error) = wrong_length(input.moods.len(), "moods") {
            return Ok(RecordMoodsPayload { user_errors: vec![error], ..RecordMoodsPayload::default() });
        }
        record(scope, &input.moods).await
    }
}

/// How far back a mood may be entered: a tablet may have been offline.
const DAYS_BACK: u64 = 31;

/// Records moods in one transaction; what is wrong is refused item by item. At most a thousand.
pub async fn record(scope: &Scope, items: &[MoodInput]) -> Result<RecordMoodsPayload> {
    let mut payload = RecordMoodsPayload::default();
    let pupils: Vec<Uuid> = items.iter().filter_map(|item| check::uuid(&item.pupil_id, "pupilId").ok()).collect();
    let stays = enrolment::stays_within_reach(scope, Right::MoodWrite, &pupils).await?;
    let words = word::of_kind(scope, WordKind::Mood).await?;
    let mut wanted: HashMap<(Uuid, NaiveDate), Mood> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        match checked(scope, item, (&stays, &words)) {
            Ok(mood) if wanted.contains_key(&(mood.pupil, mood.day)) => {
                let message = "this pupil's day is in the list before: send each once";
                let error = UserError::new(UserErrorCode::Conflict, "pupilId", message);
                payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error));
            }
            Ok(mood) => drop(wanted.insert((mood.pupil, mood.day), mood)),
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error)),
        }
    }
    if wanted.is_empty() {
        return Ok(payload);
    }
    let mut tx = scope.begin("moods recorded").await?;
    tx.lock("pupil", &wanted.keys().map(|(pupil, _)| *pupil).collect::<Vec<_>>()).await?;
    let present = newest(&mut tx, &wanted.keys().copied().collect::<Vec<_>>()).await?;
    let asked = wanted.len();
    let same = |mood: &Mood| present.get(&(mood.pupil, mood.day)).is_some_and(|held| held.word == mood.word);
    let (at, actor) = (tx.at, tx.actor);
    let mut changed: Vec<Mood> = wanted.into_values().filter(|mood| !same(mood)).collect();
    changed.sort_by_key(|mood| (mood.pupil, mood.day));
    changed.iter_mut().for_each(|mood| (mood.known_from, mood.entered_by) = (at, actor));
    insert(&mut tx, &changed).await?;
    tx.commit().await?;
    (payload.recorded, payload.unchanged) = (changed.len(), asked - changed.len());
    Ok(payload)
}

/// The code of the board's mood that an item means on a day.
fn word_of(item: &MoodInput, words: &[BoardWord], day: NaiveDate) -> Result<Option<String>, UserError> {
    let offered = |word: &&BoardWord| word.offered_on(day);
    let Some(code) = &item.word else {
        let Some(weather) = item.weather else { return Ok(None) };
        let named = words.iter().filter(offered).find(|word| word.code == weather.code());
        let found = named.or_else(|| words.iter().filter(offered).find(|word| word.weather == Some(weather)));
        // A board that has none with this picture keeps what was said by its first name.
        return Ok(Some(found.map_or_else(|| weather.code().to_owned(), |word| word.code.clone())));
    };
    let found = words.iter().filter(offered).find(|word| word.code == *code).ok_or_else(|| {
        let known: Vec<&str> = words.iter().filter(offered).map(|word| word.code.as_str()).collect();
        UserError::new(
            UserErrorCode::NotFound,
            "word",
            format!("the board has no such mood that day: send one of {}", known.join(", ")),
        )
    })?;
    Ok(Some(found.code.clone()))
}

fn checked(
    scope: &Scope,
    item: &MoodInput,
    (stays, words): (&HashMap<Uuid, Vec<Stay>>, &[BoardWord]),
) -> Result<Mood, UserError> {
    let pupil = check::uuid(&item.pupil_id, "pupilId")?;
    let day = item.day.map_or_else(|| scope.today(), |day| day.0);
    if day > scope.today() {
        return Err(UserError::new(UserErrorCode::InTheFuture, "day", "the day has not come yet"));
    }
    if day < scope.today() - Days::new(DAYS_BACK) {
        let message = format!("the day is more than {DAYS_BACK} days ago");
        return Err(UserError::new(UserErrorCode::OutOfRange, "day", message));
    }
    let stay = stays.get(&pupil).and_then(|stays| stays.iter().find(|stay| stay.covers(day))).ok_or_else(|| {
        let message = "there is no such pupil for whom you may enter a mood that day: check the id against the roster";
        UserError::new(UserErrorCode::NotFound, "pupilId", message)
    })?;
    Ok(Mood {
        id: new_id(),
        pupil,
        day,
        known_from: DateTime::UNIX_EPOCH,
        school: stay.school,
        word: word_of(item, words, day)?,
        weather: None,
        label: None,
        entered_by: Uuid::nil(),
    })
}

const COLUMNS: &str =
    "SELECT m.id, m.pupil, m.day, m.known_from, m.school, m.weather AS word, w.weather, w.label, m.entered_by FROM mood m
                       LEFT JOIN board_word w ON w.kind = 'MOOD' AND w.code = m.weather WHERE ";

async fn newest(tx: &mut Tx, keys: &[(Uuid, NaiveDate)]) -> Result<HashMap<(Uuid, NaiveDate), Mood>> {
    let mut found = HashMap::new();
    for chunk in keys.chunks(300) {
        let moods: Vec<Mood> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new(COLUMNS);
            sql.push("m.known_until = ").push_bind(not_replaced()).push(" AND (m.pupil, m.day) IN ");
            sql.push_tuples(chunk, |mut row, (pupil, day)| { row.push_bind(*pupil).push_bind(*day); });
            sql.build_query_as().persistent(false).fetch_all(c).await?
        });
        found.extend(moods.into_iter().map(|mood| ((mood.pupil, mood.day), mood)));
    }
    Ok(found)
}

async fn insert(tx: &mut Tx, moods: &[Mood]) -> Result<()> {
    let at = tx.at;
    for chunk in moods.chunks(300) {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE mood SET known_until = ");
            sql.push_bind(at).push(" WHERE known_until = ").push_bind(not_replaced()).push(" AND (pupil, day) IN ");
            sql.push_tuples(chunk, |mut row, mood| { row.push_bind(mood.pupil).push_bind(mood.day); });
            sql.build().persistent(false).execute(c).await?;
        });
        let sql = "INSERT INTO mood (id, pupil, day, known_from, known_until, school, weather, entered_by) ";
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, mood| {
            row.push_bind(mood.id).push_bind(mood.pupil).push_bind(mood.day).push_bind(mood.known_from).push_bind(not_replaced())
                .push_bind(mood.school).push_bind(mood.word.clone()).push_bind(mood.entered_by);
        }).build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(())
}

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
                sql.push(") ORDER BY m.pupil, m.day").build_query_as().persistent(false).fetch_all(c).await?
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
            sql.push(") GROUP BY m.pupil, w.low").build_query_as().persistent(false).fetch_all(c).await?
        });
        moods.extend(rows.into_iter().flat_map(|(pupil, low, days)| days.0.into_iter().map(move |day| Felt { pupil, day, low })));
    }
    moods.sort_unstable_by_key(|mood| (mood.pupil, mood.day));
    Ok(moods)
}
