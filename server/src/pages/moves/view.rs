//! Moves as the pages show them.
use super::super::record::PageInfo;
use super::super::{day, words};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct SchoolAnswer {
    pub school: Option<SchoolData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SchoolData {
    pub id: String,
    pub name: String,
    pub classes: Nodes<Class>,
    #[serde(default)]
    pub expected_pupils: Option<Vec<Coming>>,
    #[serde(default)]
    pub moves: Option<Moves>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PupilAnswer {
    pub pupil: Option<Pupil>,
    #[serde(default)]
    pub board_schools: Option<Vec<Named>>,
}

#[derive(Deserialize)]
pub(super) struct Pupil {
    pub id: String,
    pub name: String,
    pub kana: Option<String>,
    pub number: Option<u32>,
    pub grade: Option<String>,
    #[serde(default)]
    pub homeroom: Option<Homeroom>,
    #[serde(default)]
    pub moves: Option<Vec<Move>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Homeroom {
    pub id: String,
    pub name: String,
    pub grades: Vec<String>,
    pub special_needs: bool,
    pub school: Option<School>,
}

#[derive(Deserialize)]
pub(super) struct School {
    pub id: String,
    pub name: String,
    pub classes: Nodes<Class>,
}

/// Something with an id and a name.
#[derive(Deserialize)]
pub(super) struct Named {
    pub id: String,
    pub name: String,
}

#[derive(Deserialize)]
pub(super) struct Nodes<T> {
    pub nodes: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Moves {
    pub nodes: Vec<Move>,
    pub page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Class {
    id: String,
    name: String,
    kind: String,
    special_needs: bool,
    academic_year: Option<Year>,
}

#[derive(Deserialize)]
struct Year {
    begins: NaiveDate,
    ends: NaiveDate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Coming {
    id: String,
    pupil_name: String,
    pupil_kana: Option<String>,
    day: NaiveDate,
    school_name: String,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Move {
    id: String,
    pupil_name: String,
    pupil_kana: Option<String>,
    kind: String,
    day: NaiveDate,
    class_name: Option<String>,
    other_school: Option<String>,
    other_school_id: Option<String>,
    reason: Option<String>,
    by: Option<String>,
    at: DateTime<Utc>,
    awaited: bool,
    undone_at: Option<DateTime<Utc>>,
    undo_reason: Option<String>,
    corrects_id: Option<String>,
    #[serde(default)]
    handed_over: Vec<String>,
}

/// A homeroom to choose.
#[derive(Clone)]
pub(super) struct Room {
    pub id: String,
    pub name: String,
    pub special_needs: bool,
}

/// A pupil on the way here.
pub(super) struct Expected {
    pub id: String,
    pub name: String,
    pub kana: String,
    pub from: String,
    pub last: String,
    /// The day after, which is the first here unless it is another.
    pub first: String,
    pub reason: String,
}

/// An entry of the register.
pub(super) struct Entry {
    pub id: String,
    pub name: String,
    pub kana: String,
    pub kind: &'static str,
    pub day: String,
    pub iso: String,
    pub what: String,
    pub reason: String,
    pub by: String,
    pub awaited: bool,
    pub undone: Option<String>,
    pub corrects: bool,
    /// What is handed over, where something can be.
    pub hand: Option<Vec<(&'static str, &'static str, bool)>>,
}

/// The homerooms of the years that run today or begin later, by name.
pub(super) fn rooms(classes: &[Class], today: NaiveDate) -> Vec<Room> {
    let now = |of: &&Class| of.kind == "HOMEROOM" && of.academic_year.as_ref().is_some_and(|year| year.ends >= today);
    let mut rooms: Vec<Room> = classes
        .iter()
        .filter(now)
        .map(|of| {
            let later = of.academic_year.as_ref().filter(|year| year.begins > today);
            let name = later.map_or_else(|| of.name.clone(), |year| format!("{}（{}から）", of.name, day::short(year.begins)));
            Room { id: of.id.clone(), name, special_needs: of.special_needs }
        })
        .collect();
    rooms.sort_by(|a, b| (a.name.contains('（'), &a.name).cmp(&(b.name.contains('（'), &b.name)));
    rooms
}

impl From<Coming> for Expected {
    fn from(of: Coming) -> Self {
        Expected {
            id: of.id,
            name: of.pupil_name,
            kana: of.pupil_kana.unwrap_or_default(),
            from: of.school_name,
            last: words::short_day(of.day),
            first: of.day.succ_opt().unwrap_or(of.day).to_string(),
            reason: of.reason.unwrap_or_default(),
        }
    }
}

/// What a school can hand over.
const KINDS: [(&str, &str); 5] = [
    ("ATTENDANCE", "出欠"),
    ("LEARNING", "学習の記録"),
    ("MOODS", "心の天気"),
    ("SUPPORT", "支援の記録"),
    ("MARKS", "成績（締めた学期）"),
];

impl Entry {
    /// What is handed over, in words.
    pub(super) fn handed(&self) -> String {
        let held: Vec<&str> = self.hand.iter().flatten().filter(|kind| kind.2).map(|kind| kind.1).collect();
        if held.is_empty() { "なし".to_owned() } else { held.join("・") }
    }

    pub(super) fn new(of: Move, today: NaiveDate) -> Self {
        let kind = kind(&of.kind);
        let class = of.class_name.unwrap_or_default();
        let other = of.other_school.unwrap_or_default();
        let what = match of.kind.as_str() {
            "CLASS_CHANGE" => format!("{class} へ"),
            "EXCHANGE" if class.is_empty() => "交流を終える".to_owned(),
            "EXCHANGE" => format!("交流 {class}"),
            _ if other.is_empty() => class,
            "ADMISSION" | "TRANSFER_IN" | "ENTRY" => format!("{other} → {class}"),
            _ => format!("{class} → {other}"),
        };
        let leaves = ["TRANSFER_OUT", "GRADUATION"].contains(&of.kind.as_str());
        let hand = (leaves && of.other_school_id.is_some() && of.undone_at.is_none())
            .then(|| KINDS.map(|(code, name)| (code, name, of.handed_over.iter().any(|held| held == code))).into());
        let undone = of.undone_at.map(|at| {
            let why = of.undo_reason.as_deref().unwrap_or_default();
            format!("{} 取り消し{}{why}", day::near(at, today), if why.is_empty() { "" } else { "：" })
        });
        let by = of.by.map(|by| format!(" {}さん", words::family(&by))).unwrap_or_default();
        Entry {
            id: of.id,
            name: of.pupil_name,
            kana: of.pupil_kana.unwrap_or_default(),
            kind,
            day: words::long_day(of.day),
            iso: of.day.to_string(),
            what,
            reason: of.reason.unwrap_or_default(),
            by: format!("{}{by}", day::near(of.at, today)),
            awaited: of.awaited,
            undone,
            corrects: of.corrects_id.is_some(),
            hand,
        }
    }
}

/// The name of a kind of move in the school register.
pub(in crate::pages) fn kind(code: &str) -> &'static str {
    match code {
        "ADMISSION" => "入学",
        "TRANSFER_IN" => "転入学",
        "ENTRY" => "編入学",
        "TRANSFER_OUT" => "転学",
        "WITHDRAWAL" => "退学",
        "EXEMPTION" => "就学猶予・免除",
        "WHEREABOUTS_UNKNOWN" => "居所不明",
        "DEATH" => "死亡",
        "GRADUATION" => "卒業",
        "CLASS_CHANGE" => "学級の変更",
        "EXCHANGE" => "交流学級",
        _ => "異動",
    }
}
