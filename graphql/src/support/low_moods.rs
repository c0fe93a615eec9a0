//! What the board calls the moods that somebody may want to ask about, as sentences name them.
use super::language::Language;
use super::words;
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use crate::wellbeing::word::{self, BoardWord, WordKind};
use async_graphql::Context;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use chrono::{Days, NaiveDate};
use std::borrow::Cow;
use std::collections::HashMap;

/// For so many days a mood that is not offered any more is named: the days on which pupils said it are counted for 20 school days.
const COUNTED: u64 = 60;

/// The names of the low moods, such as あめ・かみなり.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LowMoods {
    japanese: String,
    easy: String,
    english: String,
}

impl LowMoods {
    /// Those of the board's moods that count as low on a day.
    fn of(words: &[BoardWord], today: NaiveDate) -> Self {
        let counts = |word: &&BoardWord| word.low && word.retired.is_none_or(|day| day + Days::new(COUNTED) > today);
        let low: Vec<&BoardWord> = words.iter().filter(counts).collect();
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let english = |word: &&BoardWord| first(if word.english.is_empty() { &word.label } else { &word.english });
        let easy = |word: &&BoardWord| behind(&first(if word.easy.is_empty() { &word.label } else { &word.easy }));
        LowMoods {
            easy: low.iter().map(easy).collect::<Vec<_>>().join("・"),
            japanese: low.iter().map(|word| first(&word.label)).collect::<Vec<_>>().join("・"),
            english: low.iter().map(english).collect::<Vec<_>>().join(" or "),
        }
    }

    /// Those of today, read from the board's words.
    pub(crate) async fn read(scope: &Scope) -> Result<Self> {
        Ok(LowMoods::of(&word::of_kind(scope, WordKind::Mood).await?, scope.today()))
    }

    /// The same for a resolver whose sentence names them; without them where it does not.
    pub(super) async fn where_named(ctx: &Context<'_>, named: bool) -> Result<Self> {
        if !named {
            return Ok(LowMoods::default());
        }
        Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(LowMoodsOfBoard).await?.unwrap_or_default())
    }

    /// As a sentence names them; where the board has none any more, by what they are.
    pub(super) fn words(&self, language: Language) -> Cow<'_, str> {
        let words = match language {
            Language::Ja => &self.japanese,
            Language::JaEasy => &self.easy,
            Language::En => &self.english,
        };
        if words.is_empty() { words::say(language, "low-moods", &[]).into() } else { words.into() }
    }
}

/// A word of the board with its readings behind the kanji, `{天気|てんき}` as 天気（てんき）.
fn behind(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, further)) = after.split_once('}') else { break };
        text.push_str(before);
        match inside.split_once('|') {
            Some((kanji, reading)) => text.extend([kanji, "（", reading, "）"]),
            None => text.push_str(inside),
        }
        rest = further;
    }
    text + rest
}

/// The key of the board's low moods.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct LowMoodsOfBoard;

#[async_trait]
impl Loader<LowMoodsOfBoard> for Scope {
    type Value = LowMoods;
    type Error = Error;

    async fn load(&self, keys: &[LowMoodsOfBoard]) -> Result<HashMap<LowMoodsOfBoard, LowMoods>> {
        let low = LowMoods::read(self).await?;
        Ok(keys.iter().map(|key| (*key, low.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_stand_behind_their_kanji() {
        for (word, text) in
            [("{心|こころ}の {天気|てんき}", "心（こころ）の 天気（てんき）"), ("あめ", "あめ"), ("{雨}と{", "雨と{")]
        {
            assert_eq!(behind(word), text);
        }
    }
}
