//! What the page of a support sheet shows: the answers of the API with their words.
use super::codes::{PARTS, named};
use crate::pages::record::{Connection, Rights, SupportAction};
use crate::pages::words;
use chrono::{DateTime, NaiveDate, Utc};
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
    pub hand_over_classes: Option<Vec<Choice>>,
    pub hand_overs: Option<Vec<HandOver>>,
}

/// What was done, with its level.
#[derive(Deserialize)]
pub struct Action {
    #[serde(flatten)]
    pub of: SupportAction,
    pub level: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assigned {
    pub id: String,
    pub staff_id: String,
    pub name: String,
    pub part: String,
    pub ends: Option<NaiveDate>,
}

impl Assigned {
    /// Whether they take part on a day.
    pub fn takes_part(&self, day: impl Borrow<NaiveDate>) -> bool {
        self.ends.is_none_or(|ends| ends >= *day.borrow())
    }
}

#[derive(Deserialize)]
pub struct Staff {
    pub id: String,
    pub name: String,
    pub duty: String,
}

#[derive(Deserialize)]
pub struct Readers {
    pub level: String,
    pub names: Vec<String>,
}

#[derive(Deserialize)]
pub struct Section {
    pub part: String,
    pub year: Option<i32>,
    pub level: String,
    pub text: String,
    pub version: i32,
    pub by: Option<String>,
    pub at: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meeting {
    pub id: String,
    pub day: NaiveDate,
    pub level: String,
    pub took_part: String,
    pub said: String,
    pub decided: String,
    pub version: i32,
    pub by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    pub id: String,
    pub what: String,
    pub staff: String,
    pub staff_id: String,
    pub due_on: NaiveDate,
    pub level: String,
    pub state: String,
    pub ended_on: Option<NaiveDate>,
    pub word: String,
    pub version: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    pub id: String,
    pub kind: String,
    pub level: String,
    pub begins: NaiveDate,
    pub ends: NaiveDate,
    pub review_on: Option<NaiveDate>,
    pub guardians: String,
    pub version: i32,
    pub by: Option<String>,
    pub goals: Vec<Aim>,
    pub consents: Vec<Consent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Aim {
    pub id: String,
    pub goal: String,
    pub means: String,
    pub due_on: Option<NaiveDate>,
    pub evaluation: String,
    pub evaluated_on: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    pub id: String,
    pub given_by: String,
    pub given_on: NaiveDate,
    pub how: String,
    pub share_with: String,
    pub withdrawn_on: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandOver {
    pub id: String,
    pub to: Option<String>,
    pub level: String,
    pub parts: Vec<String>,
    pub consent_by: Option<String>,
    pub consent_on: Option<NaiveDate>,
    pub consent_how: Option<String>,
    pub reason: String,
    pub begins: NaiveDate,
    pub ends: Option<NaiveDate>,
    pub by: Option<String>,
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

impl Task {
    /// 「できた 11/24（火）」, or by when.
    pub fn state_words(&self) -> String {
        let day = self.ended_on.map(words::short_day).unwrap_or_default();
        match self.state.as_str() {
            "DONE" => format!("できた {day}"),
            "DROPPED" => format!("やめた {day}"),
            _ => format!("{} まで", words::short_day(self.due_on)),
        }
    }

    /// Whether it is to be done.
    pub fn open(&self) -> bool {
        self.state == "OPEN"
    }
}

impl HandOver {
    /// 「共通シート・会議の記録（学校のチームまで）」.
    pub fn what(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|part| named(&PARTS, part)).collect();
        let level =
            if self.level == "SHAREABLE" { "共有してよいものだけ" } else { "学校のチームのものまで" };
        format!("{}（{level}）", parts.join("・"))
    }

    /// 「11/24（火）から　母の同意（11/20、書面）」.
    pub fn when(&self) -> String {
        let until = self.ends.map(|day| format!("{} まで", words::short_day(day))).unwrap_or_default();
        let consent = match (&self.consent_by, self.consent_on) {
            (Some(by), day) => {
                let day = day.map(words::short_day).unwrap_or_default();
                format!("　{by}の同意（{day}{}）", self.consent_how.as_ref().map(|how| format!("・{how}")).unwrap_or_default())
            }
            _ => String::new(),
        };
        let by = self.by.as_ref().map(|by| format!("　{by}")).unwrap_or_default();
        format!("{} から{until}{consent}{by}", words::short_day(self.begins))
    }
}
