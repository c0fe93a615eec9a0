//! Recording moods: by an app for its pupils, or by a pupil for themself.
use super::{COLUMNS, Mood, MoodWeather};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::{new_id, not_replaced};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::learning::activity::{RejectedItem, check, wrong_length};
use crate::roster::enrolment::{self, Stay};
use crate::scalar::Day;
use crate::wellbeing::word::{self, BoardWord, WordKind};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

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
