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
    #[serde(default)]
    pub label: Option<String>,
}

impl Mood {
    /// The board's word; `None` where the pupil chose not to say.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        self.weather.map(|weather| self.label.as_deref().unwrap_or(weather.words()))
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

    /// The word below the picture.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Weather::Sunny => "はれ",
            Weather::Cloudy => "くもり",
            Weather::Rainy => "あめ",
            Weather::Stormy => "かみなり",
        }
    }
}
