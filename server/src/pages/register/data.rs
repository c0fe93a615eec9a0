//! What `register.graphql` answers.
use crate::pages::record::{Named, Rights};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) attendance_kinds: Vec<Sign>,
    pub(super) class: Option<Class>,
}

#[derive(Deserialize)]
pub(super) struct Sign {
    pub(super) name: String,
    pub(super) mark: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) viewer_rights: Rights,
    pub(super) grades: Vec<String>,
    pub(super) school: Option<Named>,
    #[serde(default)]
    pub(super) teachers: Vec<Named>,
    #[serde(default)]
    pub(super) register: Option<Register>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Register {
    pub(super) to: NaiveDate,
    pub(super) until: NaiveDate,
    pub(super) school_days: u32,
    pub(super) enrolled_first: u32,
    pub(super) joined: u32,
    pub(super) left: u32,
    pub(super) version: u32,
    pub(super) corrections: Vec<Correction>,
    pub(super) closures: Vec<Closure>,
    pub(super) total: Count,
    pub(super) days: Vec<OnDay>,
    pub(super) rows: Vec<Row>,
}

#[derive(Deserialize)]
pub(super) struct Correction {
    pub(super) day: NaiveDate,
    pub(super) number: Option<i32>,
    pub(super) name: Option<String>,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) by: Option<String>,
    pub(super) at: DateTime<Utc>,
    pub(super) reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Closure {
    pub(super) begins: NaiveDate,
    pub(super) ends: NaiveDate,
    pub(super) reason: String,
    pub(super) withdrawn_on: Option<NaiveDate>,
}

/// Counted days.
#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    pub(super) school_days: u32,
    pub(super) excused: u32,
    pub(super) to_attend: u32,
    pub(super) absent: u32,
    pub(super) present: u32,
    pub(super) late: u32,
    pub(super) left_early: u32,
    /// 出席扱い.
    pub elsewhere: u32,
    /// 未記入.
    pub unmarked: u32,
}

impl Count {
    /// The seven sums in the order of the sheet.
    #[must_use]
    pub fn sums(&self) -> [u32; 7] {
        [self.school_days, self.excused, self.to_attend, self.absent, self.present, self.late, self.left_early]
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OnDay {
    pub(super) day: NaiveDate,
    pub(super) is_school_day: bool,
    #[serde(default)]
    pub(super) words: Vec<Word>,
    pub(super) count: DayCount,
}

impl OnDay {
    pub(super) fn weekend(&self) -> bool {
        self.day.weekday().number_from_monday() > 5
    }

    pub(super) fn weekday(&self) -> &'static str {
        crate::pages::words::weekday(self.day)
    }

    /// The stronger rule after a week.
    pub(super) fn class(&self) -> &'static str {
        match (self.is_school_day, self.day.weekday().number_from_monday() == 7) {
            (true, false) => "on",
            (true, true) => "on ends",
            (false, false) => "off",
            (false, true) => "off ends",
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Word {
    pub(super) title: String,
    pub(super) kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DayCount {
    pub(super) absent: u32,
    pub(super) excused: u32,
    pub(super) late: u32,
    pub(super) left_early: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    #[serde(default)]
    pub(super) pupil_id: String,
    pub(super) name: String,
    pub(super) number: Option<i32>,
    pub(super) joined: Option<NaiveDate>,
    pub(super) left: Option<NaiveDate>,
    #[serde(default)]
    pub(super) from_class: Option<String>,
    #[serde(default)]
    pub(super) to_class: Option<String>,
    /// Whether the pupil has a page for the viewer.
    #[serde(default)]
    pub(super) reached: bool,
    pub(super) not_recognised: u32,
    pub(super) cells: Vec<Said>,
    pub(super) count: Count,
}

impl Row {
    /// The pupil's id where they have a page, and 「9番 加藤 颯太」.
    pub(super) fn link(&self) -> (Option<String>, String) {
        let number = self.number.map(|number| format!("{number}番 ")).unwrap_or_default();
        (self.reached.then(|| self.pupil_id.clone()), format!("{number}{}", self.name))
    }

    /// 「10/13転入」, or 「10/13 5年1組から」 of who was in another class.
    pub(super) fn came(&self) -> Option<String> {
        let day = crate::pages::day::short(self.joined?);
        Some(self.from_class.as_ref().map_or_else(|| format!("{day}転入"), |class| format!("{day} {class}から")))
    }

    /// 「11/20まで在籍」, and where to within the school.
    pub(super) fn went(&self, until: NaiveDate) -> Option<String> {
        let day = crate::pages::day::short(self.left.filter(|left| *left < until)?);
        let class = self.to_class.as_ref().map(|class| format!("（{class}へ）")).unwrap_or_default();
        Some(format!("{day}まで在籍{class}"))
    }
}

#[derive(Deserialize)]
pub(super) struct Said {
    pub(super) state: State,
    pub(super) sign: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum State {
    NotEnrolled,
    NoSchool,
    NoRecord,
    Ahead,
    Unmarked,
    Marked,
}
