//! The parts of a support sheet with their words.
use crate::pages::pupil_support::codes::{PARTS, named};
use crate::pages::record::SupportAction;
use crate::pages::words;
use asagao_graphql::clock::school_day;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use std::borrow::Borrow;

/// What was done, with its level.
#[derive(Deserialize)]
pub struct Action {
    #[serde(flatten)]
    pub of: SupportAction,
    pub level: String,
}

/// A visit to the infirmary.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    pub came_at: DateTime<Utc>,
    pub reason: Option<Word>,
    pub note: Option<String>,
    pub by: Option<String>,
}

/// A word of the board.
#[derive(Deserialize)]
pub struct Word {
    pub label: String,
}

impl Visit {
    /// 「11/24（火） 9:12　頭痛」.
    pub fn words(&self) -> String {
        let reason = self.reason.as_ref().map(|of| format!("　{}", of.label.replace('\n', " "))).unwrap_or_default();
        format!("{} {}{reason}", words::short_day(school_day(self.came_at)), words::clock(self.came_at))
    }
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
