//! The board's words: moods, symptoms, diseases, what pupils come to the infirmary for, what they want to talk about, and for what records
//! are taken in.
use super::mood::MoodWeather;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::db::{Engine, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::learning::activity::check;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What a word is for.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WordKind {
    /// 心の天気: how a pupil feels.
    Mood,
    /// 健康観察: a symptom.
    Symptom,
    /// A disease, for absences and 出席停止.
    Disease,
    /// Why a pupil comes to the infirmary.
    VisitReason,
    /// What a pupil wants to talk about.
    ConsultationTopic,
    /// Whom a pupil can call outside of the school. It is shown; nothing is sent there.
    OutsideContact,
    /// 利用目的: for what a kind of record is taken in, and who sees it. Whoever takes something in shows it beforehand.
    Purpose,
}

impl WordKind {
    /// The name that the database uses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            WordKind::Mood => "MOOD",
            WordKind::Symptom => "SYMPTOM",
            WordKind::Disease => "DISEASE",
            WordKind::VisitReason => "VISIT_REASON",
            WordKind::ConsultationTopic => "CONSULTATION_TOPIC",
            WordKind::OutsideContact => "OUTSIDE_CONTACT",
            WordKind::Purpose => "PURPOSE",
        }
    }

    /// The most characters of the word, in やさしい日本語 with its readings, and in another language.
    fn most(self) -> [usize; 3] {
        if self == WordKind::Purpose { [200, 500, 300] } else { [60, 200, 120] }
    }
}

/// A word of the board.
#[derive(sqlx::FromRow, SimpleObject, Serialize, Clone, Debug, PartialEq)]
#[graphql(complex)]
pub struct BoardWord {
    /// What it is for.
    pub kind: WordKind,
    /// The stable key within its kind, such as `RAINY`.
    pub code: String,
    /// The word for adults. A second line, behind a line break, is shown smaller below the first, here and in the other languages.
    pub label: String,
    /// The same in やさしい日本語, with readings as in `{天気|てんき}`; empty where the label does.
    pub easy: String,
    /// The same in English; empty where the label does.
    pub english: String,
    /// The same in Portuguese; empty where the label does.
    pub portuguese: String,
    /// The picture of a mood; null for other words.
    pub weather: Option<MoodWeather>,
    /// Whether it is a mood that somebody may want to ask about.
    pub low: bool,
    /// Its order, the smallest first.
    pub place: i32,
    /// From this day on it is not offered any more; null while it is.
    #[graphql(skip)]
    pub retired: Option<NaiveDate>,
}

#[ComplexObject]
impl BoardWord {
    /// From this day on it is not offered any more; null while it is.
    async fn retired_on(&self) -> Option<Day> {
        self.retired.map(Day)
    }
}

impl BoardWord {
    /// Whether it is offered on a day.
    #[must_use]
    pub fn offered_on(&self, day: NaiveDate) -> bool {
        self.retired.is_none_or(|retired| day < retired)
    }

    fn trail_id(&self) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{} {}", self.kind.name(), self.code).as_bytes())
    }
}

/// A word to add or to change.
#[derive(InputObject, Clone, Debug)]
pub struct SaveBoardWordInput {
    /// What it is for.
    pub kind: WordKind,
    /// The stable key, 1 to 40 capital letters, digits and `_`, a letter first. A key that is there is changed, another added.
    pub code: String,
    /// The word, at most two lines of together 60 characters; of a purpose 200.
    pub label: String,
    /// The same in やさしい日本語, with readings as in `{天気|てんき}`; at most 200 characters, of a purpose 500.
    #[graphql(default)]
    pub easy: String,
    /// The same in English; at most 120 characters, of a purpose 300.
    #[graphql(default)]
    pub english: String,
    /// The same in Portuguese; at most 120 characters, of a purpose 300.
    #[graphql(default)]
    pub portuguese: String,
    /// The picture: needed for a mood, and for nothing else. Cannot be changed once the mood was sent: retire it and add another.
    pub weather: Option<MoodWeather>,
    /// Whether it is a mood that somebody may want to ask about. Cannot be changed once the mood was sent.
    #[graphql(default = false)]
    pub low: bool,
    /// Its order, 0 to 1,000.
    pub place: i32,
    /// From this day on it is not offered any more; what was said with it stays. There are always 3 to 6 moods to choose from.
    pub retired_on: Option<Day>,
}

/// What became of a word.
#[derive(SimpleObject)]
pub struct SaveBoardWordPayload {
    /// The word as it is now; null if nothing was changed.
    pub word: Option<BoardWord>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be asked about words.
#[derive(Default)]
pub struct BoardWordQuery;

#[Object]
impl BoardWordQuery {
    /// The board's words of a kind, in their order. Everybody who is signed in may read them.
    async fn board_words(
        &self,
        ctx: &Context<'_>,
        kind: WordKind,
        #[graphql(default = false, desc = "Also those that are not offered any more.")] retired: bool,
    ) -> Result<Vec<BoardWord>> {
        let scope = Scope::of(ctx)?;
        let words = of_kind(scope, kind).await?;
        Ok(words.into_iter().filter(|word| retired || word.offered_on(scope.today())).collect())
    }
}

/// What may be done with words.
#[derive(Default)]
pub struct BoardWordMutation;

#[Object]
impl BoardWordMutation {
    /// Adds or changes a word, for the whole board.
    async fn save_board_word(&self, ctx: &Context<'_>, input: SaveBoardWordInput) -> Result<SaveBoardWordPayload> {
        let scope = Scope::with(ctx, Right::BoardWordWrite)?;
        Ok(match save(scope, input).await? {
            Ok(word) => SaveBoardWordPayload { word: Some(word), user_errors: vec![] },
            Err(error) => SaveBoardWordPayload { word: None, user_errors: vec![error] },
        })
    }
}

const ALL: &str =
    "SELECT kind, code, label, easy, english, portuguese, weather, low, place, retired_on AS retired FROM board_word
                   WHERE kind = $1 ORDER BY place, code";

/// The words of a kind, those that are not offered any more among them. They are no one's secret.
pub(crate) async fn of_kind(scope: &Scope, kind: WordKind) -> Result<Vec<BoardWord>> {
    Ok(on!(scope.read(), c => sqlx::query_as(ALL).bind(kind.name()).fetch_all(c).await?))
}

/// Loads words by kind and code.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WordOf(pub(crate) WordKind, pub(crate) String);

#[async_trait]
impl Loader<WordOf> for Scope {
    type Value = BoardWord;
    type Error = Error;

    async fn load(&self, keys: &[WordOf]) -> Result<HashMap<WordOf, BoardWord>> {
        // There is a handful of a kind: all of them cost no more than some.
        let mut found = HashMap::new();
        for kind in keys.iter().map(|key| key.0).collect::<BTreeSet<_>>() {
            let words = of_kind(self, kind).await?;
            found.extend(words.into_iter().map(|word| (WordOf(kind, word.code.clone()), word)));
        }
        Ok(found)
    }
}

/// The fewest and the most moods to choose from.
const MOODS: std::ops::RangeInclusive<usize> = 3..=6;

async fn save(scope: &Scope, input: SaveBoardWordInput) -> Result<Result<BoardWord, UserError>> {
    let word = match checked(input) {
        Ok(word) => word,
        Err(error) => return Ok(Err(error)),
    };
    let mut tx = scope.begin("word of the board saved").await?;
    if let Engine::Postgres(c) = tx.connection() {
        // SQLite has one writer anyway; on PostgreSQL two who save must not both find that moods are left.
        sqlx::query("LOCK TABLE board_word IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
    }
    let words: Vec<BoardWord> = on!(tx.connection(), c => sqlx::query_as(ALL).bind(word.kind.name()).fetch_all(c).await?);
    let before = words.iter().find(|of| of.code == word.code);
    if word.kind == WordKind::Mood {
        if before.is_some_and(|before| (before.weather, before.low) != (word.weather, word.low))
            && is_felt(&mut tx, &word.code).await?
        {
            let message = "pupils have said it, and it would be counted otherwise: retire it and add another";
            return Ok(Err(UserError::new(UserErrorCode::Conflict, "low", message)));
        }
        let others = words.iter().filter(|of| of.code != word.code && of.retired.is_none()).count();
        if !MOODS.contains(&(others + usize::from(word.retired.is_none()))) {
            let message = "pupils choose from 3 to 6 moods: retire another first, or add one before you retire this";
            return Ok(Err(UserError::new(UserErrorCode::OutOfRange, "retiredOn", message)));
        }
    }
    if before != Some(&word) {
        write(&mut tx, before, &word).await?;
    }
    tx.commit().await?;
    Ok(Ok(word))
}

fn checked(input: SaveBoardWordInput) -> Result<BoardWord, UserError> {
    let wrong = |code, field: &str, message: &str| Err(UserError::new(code, field, message));
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let begins = input.code.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase());
    if !(begins && input.code.len() <= 40 && letters(&input.code)) {
        return wrong(UserErrorCode::InvalidText, "code", "a code is 1 to 40 capital letters, digits and _, a letter first");
    }
    let text = |text: &str, most: usize, field: &str| -> Result<String, UserError> {
        let text = text.trim().replace("\r\n", "\n");
        if text.matches('\n').count() > 1 {
            return Err(UserError::new(UserErrorCode::InvalidText, field, "a word has at most two lines"));
        }
        if text.is_empty() { Ok(text) } else { check::text(&text, most, field) }
    };
    if (input.kind == WordKind::Mood) != input.weather.is_some() {
        return wrong(UserErrorCode::Empty, "weather", "a mood has one of the four pictures, and nothing else has one");
    }
    if input.low && input.kind != WordKind::Mood {
        return wrong(UserErrorCode::OutOfRange, "low", "only a mood can be one that somebody may want to ask about");
    }
    if !(0..=1_000).contains(&input.place) {
        return wrong(UserErrorCode::OutOfRange, "place", "the order is a number from 0 to 1,000");
    }
    let [most, most_easy, most_foreign] = input.kind.most();
    check::text(&input.label, most, "label")?;
    Ok(BoardWord {
        kind: input.kind,
        code: input.code,
        label: text(&input.label, most, "label")?,
        easy: text(&input.easy, most_easy, "easy")?,
        english: text(&input.english, most_foreign, "english")?,
        portuguese: text(&input.portuguese, most_foreign, "portuguese")?,
        weather: input.weather,
        low: input.low,
        place: input.place,
        retired: input.retired_on.map(|day| day.0),
    })
}

/// Whether a pupil has ever said this mood.
async fn is_felt(tx: &mut Tx, code: &str) -> Result<bool> {
    let sql = "SELECT CAST(EXISTS (SELECT 1 FROM mood WHERE weather = $1) AS BOOLEAN)";
    let (felt,): (bool,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(code).fetch_one(c).await?);
    Ok(felt)
}

async fn write(tx: &mut Tx, before: Option<&BoardWord>, word: &BoardWord) -> Result<()> {
    let sql = "INSERT INTO board_word (kind, code, label, easy, english, portuguese, weather, low, place, retired_on)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
               ON CONFLICT (kind, code) DO UPDATE SET label = excluded.label, easy = excluded.easy, english = excluded.english,
                   portuguese = excluded.portuguese, weather = excluded.weather, low = excluded.low, place = excluded.place,
                   retired_on = excluded.retired_on";
    let change = Change::new(word.trail_id(), before, Some(word));
    on!(tx.change("board_word", &[change]).await?, c => sqlx::query(sql).bind(word.kind.name()).bind(&word.code).bind(&word.label)
        .bind(&word.easy).bind(&word.english).bind(&word.portuguese).bind(word.weather).bind(word.low).bind(word.place)
        .bind(word.retired).execute(c).await?.rows_affected());
    Ok(())
}
