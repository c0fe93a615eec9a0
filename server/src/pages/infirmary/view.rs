//! What the page of the infirmary shows: the answers of the API with their words.
use crate::pages::csrf::Fields;
use crate::pages::record::{Connection, Named, Rights};
use crate::pages::words;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The answer of the API.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    pub(super) school: Option<Named>,
    #[serde(default)]
    pub(super) reasons: Vec<Word>,
    pub(super) infirmary_visits: Connection<Visit>,
    #[serde(default)]
    pub(super) homerooms: Option<Connection<Class>>,
}

#[derive(Deserialize)]
pub(super) struct Word {
    pub(super) code: String,
    pub(super) label: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Visit {
    id: String,
    pupil_id: String,
    pupil_name: String,
    class_name: Option<String>,
    came_at: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
    reason: Option<Word>,
    outcome: String,
    note: Option<String>,
    nurse_note: Option<String>,
    support_sheet: Option<Id>,
    open_support_sheet: Option<Id>,
}

#[derive(Deserialize)]
pub(super) struct Id {
    pub(super) id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Class {
    name: String,
    pub(super) viewer_rights: Rights,
    #[serde(default)]
    pub(super) school: Option<Id>,
    #[serde(default)]
    pupils: Option<Connection<Pupil>>,
}

#[derive(Deserialize)]
struct Pupil {
    id: String,
    name: String,
    number: Option<i32>,
}

/// A class to choose from.
pub struct Choice {
    pub name: String,
    pub open: bool,
    pub pupils: Vec<Chosen>,
}

/// A pupil to choose.
pub struct Chosen {
    pub id: String,
    pub number: String,
    pub name: String,
    pub picked: bool,
}

impl Choice {
    pub(super) fn of(class: Class, chosen: &str) -> Self {
        let pupils = class.pupils.map(|pupils| pupils.nodes).unwrap_or_default();
        let number = |pupil: &Pupil| pupil.number.map(|number| number.to_string()).unwrap_or_default();
        Choice {
            name: class.name,
            open: pupils.iter().any(|pupil| pupil.id == chosen),
            pupils: pupils
                .into_iter()
                .map(|pupil| Chosen { number: number(&pupil), picked: pupil.id == chosen, id: pupil.id, name: pupil.name })
                .collect(),
        }
    }
}

/// What a visit has to do with support sheets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It is one of a sheet.
    Linked,
    /// The pupil has an open sheet to which it can be added.
    Open,
    /// A sheet can be opened from it.
    ToOpen,
    /// Nothing.
    None,
}

/// A visit in the list.
pub struct Line {
    pub id: String,
    pub pupil: String,
    pub time: String,
    pub came: String,
    pub left: String,
    pub class: String,
    pub name: String,
    pub reason: String,
    code: String,
    pub outcome: &'static str,
    /// Whether the pupil is there.
    pub stays: bool,
    pub note: String,
    pub nurse: String,
    pub support: Support,
    /// What the form of it shows.
    pub draft: Draft,
}

/// What stands in the form of a visit: what is stored, or what was typed and refused.
#[derive(Default)]
pub struct Draft {
    /// Whether the form is shown.
    pub open: bool,
    pub note: String,
    pub nurse: String,
    pub reason: String,
    pub became: String,
    pub came: String,
    pub left: String,
}

impl Line {
    /// A visit, for somebody who may open sheets or not.
    pub(super) fn of(of: Visit, opens: bool) -> Self {
        let padded = |at: DateTime<Utc>| format!("{:0>5}", words::clock(at));
        let (came, left) = (words::clock(of.came_at), of.left_at.map(words::clock));
        let (reason_code, reason) = of.reason.map(|reason| (reason.code, reason.label)).unwrap_or_default();
        let (note, nurse) = (of.note.unwrap_or_default(), of.nurse_note.unwrap_or_default());
        let draft = Draft {
            note: note.clone(),
            nurse: nurse.clone(),
            reason: reason_code,
            came: padded(of.came_at),
            left: of.left_at.map(padded).unwrap_or_default(),
            ..Draft::default()
        };
        Line {
            time: left.as_ref().filter(|left| **left != came).map_or_else(|| came.clone(), |left| format!("{came}〜{left}")),
            came: draft.came.clone(),
            left: draft.left.clone(),
            id: of.id,
            pupil: of.pupil_id,
            class: of.class_name.unwrap_or_default(),
            name: of.pupil_name,
            reason: reason.replace('\n', " "),
            stays: of.left_at.is_none() && matches!(of.outcome.as_str(), "HERE" | "REST"),
            outcome: match of.outcome.as_str() {
                "HERE" => "来室中",
                "REST" => "休養",
                "BACK_TO_CLASS" => "教室へ",
                "SENT_HOME" => "帰宅",
                _ => "病院へ",
            },
            code: of.outcome,
            note,
            nurse,
            draft,
            support: match (of.support_sheet, of.open_support_sheet) {
                (Some(_), _) => Support::Linked,
                (None, _) if !opens => Support::None,
                (None, Some(_)) => Support::Open,
                (None, None) => Support::ToOpen,
            },
        }
    }

    /// With what was typed for it, where that was refused.
    pub(super) fn typed(self, fields: &Fields) -> Self {
        if fields.get("visit") != self.id || fields.get("act") != "correct" {
            return self;
        }
        let typed = |name: &str| fields.get(name).to_owned();
        let draft = Draft {
            open: true,
            note: typed("note"),
            nurse: typed("nurse"),
            reason: typed("reason"),
            became: typed("became"),
            came: typed("came"),
            left: typed("left"),
        };
        Line { draft, ..self }
    }

    /// Whether this is what became of it.
    pub fn is(&self, code: &str) -> bool {
        self.code == code
    }

    /// 「9:12 5年2組 朝倉 葵 頭痛」.
    pub(super) fn words(&self) -> String {
        [self.came.trim_start_matches('0'), &self.class, &self.name, &self.reason].join(" ")
    }
}

/// Visits with a title.
pub struct List {
    pub title: &'static str,
    pub anchor: &'static str,
    /// What is counted.
    pub counted: &'static str,
    pub lines: Vec<Line>,
}
