//! The records that pages ask the API for, as far as pages show them, with their words.
mod attendance;
mod learning;
mod mood;
mod support;

pub use attendance::{Kind, Mark, Place};
pub use learning::{Assignment, Learning, LearningDay, Total, Work, WorkState};
pub use mood::{Mood, Weather};
pub use support::{ActionKind, Run, SupportAction};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// Somebody of the school.
#[derive(Deserialize, Clone, Debug)]
pub struct Adult {
    /// The name.
    pub name: String,
    /// By which duty.
    #[serde(default)]
    pub duty: String,
}

/// Until when each kind of record has come in.
#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    /// The last marking.
    pub attendance_at: Option<DateTime<Utc>>,
    /// The last day with learning records.
    pub activity_day: Option<NaiveDate>,
    /// The last weather.
    pub mood_at: Option<DateTime<Utc>>,
    /// How many weathers of today.
    #[serde(default)]
    pub moods_today: u32,
}

/// A page of a list of the API.
#[derive(Deserialize, Clone, Debug)]
pub struct Connection<T> {
    /// What is in it.
    pub nodes: Vec<T>,
}
