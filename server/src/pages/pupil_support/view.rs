//! What the page of a support sheet shows: the answers of the API with their words.
mod part;

use crate::pages::record::{Connection, Rights, SupportEffect};
use crate::pages::words;
use chrono::NaiveDate;
use part::{Action, Assigned, HandOver, Meeting, Plan, Readers, Section, Staff, Task, Visit};
use serde::Deserialize;
use std::borrow::Borrow;

/// The answer of the API.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    pub(super) pupil: Option<Pupil>,
    pub(super) board_schools: Option<Vec<Choice>>,
    #[serde(default)]
    pub(super) support_of: Option<Vec<Sheet>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pupil {
    pub(super) name: String,
    pub(super) number: Option<i32>,
    pub(super) viewer_rights: Rights,
    pub(super) homeroom: Option<Homeroom>,
    #[serde(default)]
    pub(super) support_effects: Option<Vec<SupportEffect>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Homeroom {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) grades: Vec<String>,
    pub(super) viewer_rights: Rights,
}

/// Something to choose.
#[derive(Deserialize, Clone)]
pub struct Choice {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// The pupil of a sheet.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Child {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// 出席番号.
    pub number: Option<i32>,
    /// The homeroom.
    pub class_name: Option<String>,
}

impl Child {
    /// 「5年2組 9番 加藤 颯太」.
    pub fn words(&self) -> String {
        let class = self.class_name.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
        let number = self.number.map(|number| format!("{number}番 ")).unwrap_or_default();
        format!("{class}{number}{}", self.name)
    }
}

/// A sheet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sheet {
    pub id: String,
    pub opened_on: NaiveDate,
    pub opened_by: Option<String>,
    pub origin: Option<String>,
    pub reason: Option<String>,
    pub closed_on: Option<NaiveDate>,
    pub outcome: Option<String>,
    pub close_reason: Option<String>,
    pub readable: bool,
    pub writable: bool,
    pub leads: bool,
    pub pupil: Child,
    pub assigned: Vec<Assigned>,
    pub assignable: Option<Vec<Staff>>,
    pub readers: Option<Vec<Readers>>,
    pub sections: Option<Vec<Section>>,
    pub meetings: Option<Connection<Meeting>>,
    pub tasks: Option<Connection<Task>>,
    pub plans: Option<Vec<Plan>>,
    pub actions: Option<Connection<Action>>,
    pub infirmary_visits: Option<Vec<Visit>>,
    pub hand_over_classes: Option<Vec<Choice>>,
    pub hand_overs: Option<Vec<HandOver>>,
}

impl Sheet {
    /// 「11/24（火）から　有村 安奈」 and so on.
    pub(super) fn about(&self) -> String {
        let by = self.opened_by.as_ref().map(|by| format!("（{by}）")).unwrap_or_default();
        let until = self.closed_on.map(|day| format!("、{} に終了", words::era(day))).unwrap_or_default();
        format!("{}に作成{by}{until}", words::era(self.opened_on))
    }

    /// The texts of a part, of a year where there is one for each.
    pub(super) fn sections_of(&self, part: &str, year: Option<i32>) -> Vec<&Section> {
        self.sections.iter().flatten().filter(|of| of.part == part && of.year == year).collect()
    }

    /// The texts of a part of 共通シート.
    pub fn common(&self, part: &str) -> Vec<&Section> {
        self.sections_of(part, None)
    }

    /// The texts of a part of a year.
    pub fn of_year(&self, part: &str, year: impl Borrow<i32>) -> Vec<&Section> {
        self.sections_of(part, Some(*year.borrow()))
    }

    /// The school years of 学年別シート, the newest first, the running one among them.
    pub(super) fn years(&self, now: i32) -> Vec<i32> {
        let mut years: Vec<i32> = self.sections.iter().flatten().filter_map(|of| of.year).collect();
        if self.closed_on.is_none() {
            years.push(now);
        }
        years.sort_unstable_by(|one, other| other.cmp(one));
        years.dedup();
        years
    }

    /// Who reads the notes of a level, by name.
    pub fn readers_of(&self, level: &str) -> String {
        let of = self.readers.iter().flatten().find(|of| of.level == level);
        of.map(|of| of.names.join("・")).unwrap_or_default()
    }

    /// Whether there is anything of a part that is a list.
    pub fn has(&self, part: &str) -> bool {
        match part {
            "tasks" => self.tasks.as_ref().is_some_and(|tasks| !tasks.nodes.is_empty()),
            "meetings" => self.meetings.as_ref().is_some_and(|meetings| !meetings.nodes.is_empty()),
            _ => self.plans.as_ref().is_some_and(|plans| !plans.is_empty()),
        }
    }

    /// Who takes part today, by name.
    pub fn names(&self) -> String {
        self.assigned.iter().map(|of| of.name.clone()).collect::<Vec<_>>().join("・")
    }
}
