//! Marks of attendance and the words of the register.
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

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

/// Marks in counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Days with a mark.
    pub marked: usize,
    /// Days absent.
    pub absent: usize,
    /// 出停・忌引 and alike.
    pub excused: usize,
    /// How often late, of those present.
    pub late: usize,
    /// How often gone early, of those present.
    pub left_early: usize,
}

impl Counted {
    /// The counts of some marks.
    pub fn of<'a>(marks: impl IntoIterator<Item = &'a Mark>) -> Self {
        let mut counted = Counted::default();
        for mark in marks {
            counted.marked += 1;
            counted.absent += usize::from(mark.kind.absent);
            counted.excused += usize::from(mark.kind.excused);
            counted.late += usize::from(mark.here() && mark.late);
            counted.left_early += usize::from(mark.here() && mark.left_early);
        }
        counted
    }
}
