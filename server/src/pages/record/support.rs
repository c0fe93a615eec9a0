//! What was done for a pupil, and the analysis behind a flag.
use crate::pages::notice::Group;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// What somebody did for a pupil.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct SupportAction {
    /// The day.
    pub day: NaiveDate,
    /// A call, a talk and so on.
    pub kind: ActionKind,
    /// What was written.
    #[serde(default)]
    pub text: String,
    /// Who did it.
    #[serde(default)]
    pub by: Option<String>,
    /// By which duty.
    pub duty: Option<String>,
    /// Who may read it.
    #[serde(default)]
    pub level: Option<String>,
    /// When to look again.
    pub next_on: Option<NaiveDate>,
}

impl SupportAction {
    /// Whether it may be shown to the guardians.
    #[must_use]
    pub fn shareable(&self) -> bool {
        self.level.as_deref() == Some("SHAREABLE")
    }
}

/// What kind of support.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActionKind {
    /// 電話.
    Phone,
    /// 面談.
    Meeting,
    /// 声かけ.
    Talk,
    /// 家庭訪問.
    HomeVisit,
    /// ケース会議.
    CaseConference,
    /// ほか.
    Other,
}

impl ActionKind {
    /// Every kind with its name in the API, in the order of forms.
    pub const CHOICES: [(&'static str, ActionKind); 6] = [
        ("PHONE", ActionKind::Phone),
        ("MEETING", ActionKind::Meeting),
        ("TALK", ActionKind::Talk),
        ("HOME_VISIT", ActionKind::HomeVisit),
        ("CASE_CONFERENCE", ActionKind::CaseConference),
        ("OTHER", ActionKind::Other),
    ];

    /// What it is called.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            ActionKind::Phone => "電話",
            ActionKind::Meeting => "面談",
            ActionKind::Talk => "声かけ",
            ActionKind::HomeVisit => "家庭訪問",
            ActionKind::CaseConference => "ケース会議",
            ActionKind::Other => "ほか",
        }
    }
}

/// The newest analysis.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The last day that counted.
    pub as_of: NaiveDate,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// How many pupils were compared.
    pub cohort_size: u32,
    /// Why nobody was given a level, in a sentence.
    pub withheld_text: Option<String>,
    /// The version of the model.
    pub version: String,
    /// Groups of pupils whose records are alike, where they are asked for.
    #[serde(default)]
    pub groups: Vec<Group>,
}
