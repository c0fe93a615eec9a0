//! The records that pages ask the API for, as far as pages show them, with their words.
mod attendance;
mod effect;
mod learning;
mod mood;
mod sent;
mod support;

pub use attendance::{Counted, Kind, Mark, Place};
pub use effect::SupportEffect;
pub use learning::{Assignment, Learning, LearningDay, Total, Work, WorkState};
pub use mood::{Mood, MoodWord, Weather, legend};
pub use sent::{Refusal, Sent};
pub use support::{ActionKind, Run, SupportAction};

use asagao_graphql::access::right::Right;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Something of which a page shows the name alone.
#[derive(Deserialize, Clone, Debug)]
pub struct Named {
    /// The name.
    pub name: String,
}

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
    pub moods_today: Option<u32>,
}

/// What the viewer may do with a class or a pupil: the columns, forms and sources of a page follow from it, and from nothing else.
#[derive(Deserialize, Clone, Debug, Default)]
pub struct Rights(BTreeSet<Right>);

impl Rights {
    /// Whether a right is among them.
    #[must_use]
    pub fn to(&self, right: Right) -> bool {
        self.0.contains(&right)
    }

    /// What of a record is shown; `None` without the right to it.
    pub fn shown<T>(&self, right: Right, record: Option<T>) -> Option<T> {
        record.filter(|_| self.to(right))
    }
}

/// Homeroom or lesson.
#[derive(Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClassKind {
    /// 学籍クラス.
    #[default]
    Homeroom,
    /// A lesson, a course, a group.
    Scheduled,
}

/// Whether a list of the API goes on, and from where.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    /// Whether there is more.
    pub has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    /// Where the next page begins; `None` on the last.
    #[must_use]
    pub fn next(self) -> Option<String> {
        self.end_cursor.filter(|_| self.has_next_page)
    }
}

/// A page of a list of the API.
#[derive(Deserialize, Clone, Debug)]
pub struct Connection<T> {
    /// What is in it.
    pub nodes: Vec<T>,
}
