//! 心の天気 as pages show it.
use chrono::NaiveDate;
use serde::Deserialize;

/// A day's weather of the heart.
#[derive(Deserialize, Clone, Debug)]
pub struct Mood {
    /// The day.
    pub day: NaiveDate,
    /// The weather; `None` where the pupil chose not to say.
    pub weather: Option<Weather>,
    /// The board's word for it, by which the pupil chose it.
    pub label: Option<String>,
}

impl Mood {
    /// The board's word; `None` where the pupil chose not to say.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        self.label.as_deref().filter(|_| self.weather.is_some())
    }
}

/// The four weathers.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Weather {
    /// はれ.
    Sunny,
    /// くもり.
    Cloudy,
    /// あめ.
    Rainy,
    /// かみなり.
    Stormy,
}

impl Weather {
    /// Every weather, in the order of legends.
    pub const ALL: [Weather; 4] = [Weather::Sunny, Weather::Cloudy, Weather::Rainy, Weather::Stormy];

    /// What the picture is called where a picture is chosen; what it stands for is the board's ([`legend`]).
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Weather::Sunny => "はれ",
            Weather::Cloudy => "くもり",
            Weather::Rainy => "あめ",
            Weather::Stormy => "かみなり",
        }
    }

    /// The name in the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Weather::Sunny => "SUNNY",
            Weather::Cloudy => "CLOUDY",
            Weather::Rainy => "RAINY",
            Weather::Stormy => "STORMY",
        }
    }
}

/// One of the board's words for moods.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct MoodWord {
    label: String,
    weather: Option<Weather>,
    retired_on: Option<NaiveDate>,
}

/// What each picture stands for on a day: the words that pupils choose by it, and where there are none any more, those that were.
#[must_use]
pub fn legend(words: &[MoodWord], day: NaiveDate) -> Vec<(Weather, String)> {
    let of = |weather: Weather| {
        let all: Vec<&MoodWord> = words.iter().filter(|word| word.weather == Some(weather)).collect();
        let offered = |word: &&&MoodWord| word.retired_on.is_none_or(|retired| day < retired);
        let any = all.iter().any(|word| offered(&word));
        let shown = all.iter().filter(|word| !any || offered(word));
        let names: Vec<&str> = shown.filter_map(|word| word.label.lines().next()).collect();
        (!names.is_empty()).then(|| (weather, names.join("・")))
    };
    Weather::ALL.into_iter().filter_map(of).collect()
}
