//! Learning records and work, as far as pages show them.
use chrono::NaiveDate;
use serde::Deserialize;

/// How many records a day has.
#[derive(Deserialize, Clone, Copy, Debug)]
pub struct LearningDay {
    /// The day.
    pub day: NaiveDate,
    /// How many interactions.
    pub interactions: u32,
}

/// Learning records over days.
#[derive(Deserialize, Clone, Debug, Default)]
pub struct Learning {
    /// The days with records.
    #[serde(default)]
    pub days: Vec<LearningDay>,
}

/// A sum over days; null where a class is too small for a middle.
#[derive(Deserialize, Clone, Copy, Debug)]
pub struct Total {
    /// The sum.
    pub total: Option<u32>,
}

/// An assignment as one pupil has it.
#[derive(Deserialize, Clone, Debug)]
pub struct Work {
    /// The assignment.
    pub assignment: Assignment,
    /// Where it stands.
    pub state: WorkState,
}

/// An assignment.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// What it is called.
    pub title: String,
    /// The lesson that it is of; `None` for the homeroom's.
    #[serde(default)]
    pub lesson: Option<String>,
    /// The day on which it is due.
    pub due_day: NaiveDate,
}

impl Assignment {
    /// 「漢字ドリル 12」, or 「数学 一次関数」 with the lesson where the title does not begin with it.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.lesson {
            Some(lesson) if !self.title.starts_with(lesson) => format!("{lesson} {}", self.title),
            _ => self.title.clone(),
        }
    }
}

/// Where work stands.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WorkState {
    /// Handed in in time.
    OnTime,
    /// Handed in late.
    Late,
    /// Due and not handed in.
    Missing,
    /// Not due yet and not handed in.
    NotDueYet,
    /// Not for this pupil.
    NotForPupil,
}

impl WorkState {
    /// Every state, in the order of legends.
    pub const ALL: [WorkState; 5] =
        [WorkState::OnTime, WorkState::Late, WorkState::Missing, WorkState::NotDueYet, WorkState::NotForPupil];

    /// What it is called.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            WorkState::OnTime => "提出",
            WorkState::Late => "遅れて提出",
            WorkState::Missing => "まだ",
            WorkState::NotDueYet => "期限前",
            WorkState::NotForPupil => "対象でない",
        }
    }
}
