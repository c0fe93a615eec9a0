//! The records that pages ask the API for, as far as pages show them, with their words.
use asagao_graphql::access::right::Right;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use std::collections::BTreeSet;

/// What somebody marked for a pupil on a day.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// The day.
    pub day: NaiveDate,
    /// 出席, 病欠 and so on.
    pub kind: Kind,
    /// 遅刻.
    pub late: bool,
    /// 早退.
    pub left_early: bool,
    /// Where the pupil was.
    pub place: Place,
    /// What was noted; left out of documents of pages that do not show it.
    #[serde(default)]
    pub note: Option<String>,
    /// Who marked it.
    #[serde(default)]
    pub by: Option<String>,
    /// When it was marked.
    pub at: DateTime<Utc>,
}

/// A kind of attendance.
#[derive(Deserialize, Clone, Debug)]
pub struct Kind {
    /// The name, such as 病欠.
    pub name: String,
    /// The sign in the register; empty for 出席.
    pub mark: String,
    /// Whether it is an absence.
    pub absent: bool,
    /// Whether the day is none on which the pupil has to be there.
    pub excused: bool,
}

/// Where a pupil who is present is.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Place {
    /// 教室.
    Classroom,
    /// 別室.
    OtherRoom,
    /// 保健室.
    NurseRoom,
    /// 教育支援センター等.
    SupportCentre,
    /// 自宅のICT学習.
    Home,
}

impl Place {
    /// The name of the place.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Place::Classroom => "教室",
            Place::OtherRoom => "別室",
            Place::NurseRoom => "保健室",
            Place::SupportCentre => "教育支援センター",
            Place::Home => "自宅のICT学習",
        }
    }
}

impl Mark {
    /// Whether the pupil is there, for a part of the day at least.
    #[must_use]
    pub fn here(&self) -> bool {
        !self.kind.absent && !self.kind.excused
    }

    /// Whether there is nothing to say but 出席.
    #[must_use]
    pub fn usual(&self) -> bool {
        self.here() && !self.late && !self.left_early && self.place == Place::Classroom
    }

    /// 「病欠」「遅刻・早退」「別室」 or 「出席」.
    #[must_use]
    pub fn words(&self) -> String {
        if !self.here() {
            return self.kind.name.clone();
        }
        let place = Some(self.place.words()).filter(|_| self.place != Place::Classroom);
        let parts = [place, self.late.then_some("遅刻"), self.left_early.then_some("早退")];
        let words: Vec<&str> = parts.into_iter().flatten().collect();
        if words.is_empty() { self.kind.name.clone() } else { words.join("・") }
    }

    /// The signs of the register: 病, チ, 早, チ早, ○; empty for 出席.
    #[must_use]
    pub fn sign(&self) -> String {
        if !self.here() {
            return self.kind.mark.clone();
        }
        let mut sign = String::new();
        if self.late {
            sign.push('チ');
        }
        if self.left_early {
            sign.push('早');
        }
        if sign.is_empty() && self.place != Place::Classroom {
            sign.push('○');
        }
        sign
    }
}

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

/// A day's weather of the heart.
#[derive(Deserialize, Clone, Copy, Debug)]
pub struct Mood {
    /// The day.
    pub day: NaiveDate,
    /// The weather; `None` where the pupil chose not to say.
    pub weather: Option<Weather>,
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
    /// When to look again.
    pub next_on: Option<NaiveDate>,
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

/// The newest analysis.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The last day that counted.
    pub as_of: NaiveDate,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// How many school days it looked at.
    pub school_days: u32,
    /// How many pupils were compared.
    pub cohort_size: u32,
    /// Why nobody was given a level.
    pub withheld: Option<String>,
    /// The version of the model.
    pub version: String,
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

/// A page of a list of the API.
#[derive(Deserialize, Clone, Debug)]
pub struct Connection<T> {
    /// What is in it.
    pub nodes: Vec<T>,
}
