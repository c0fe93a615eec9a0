//! What the page asks the API for, and the rows that it makes of it.
use super::super::marking::VIEWPOINTS;
use super::super::words;
use super::{Cell, Column, Form, Mark, Row};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Class {
    pub(super) assessments: Option<Vec<Assessment>>,
    pub(super) report_cards: Option<Vec<Card>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Assessment {
    pub(super) id: String,
    pub(super) name: String,
    day: NaiveDate,
    knowledge_max: Option<i32>,
    thinking_max: Option<i32>,
    attitude_max: Option<i32>,
    weight: i32,
    results: Vec<Held>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    pupil_id: String,
    viewpoint: String,
    state: String,
    points: Option<f64>,
}

impl Held {
    /// As it is typed: 80, 7.5, 未, 除.
    fn words(&self) -> String {
        match (self.state.as_str(), self.points) {
            ("NOT_TAKEN", _) => "未".to_owned(),
            ("EXCUSED", _) => "除".to_owned(),
            (_, points) => points.map(|points| points.to_string()).unwrap_or_default(),
        }
    }
}

impl Assessment {
    pub(super) fn most(&self) -> [Option<i32>; 3] {
        [self.knowledge_max, self.thinking_max, self.attitude_max]
    }

    /// 「11/20（金）」, with the weight where it is another than 1.
    pub(super) fn about(&self) -> String {
        let weight = if self.weight == 1 { String::new() } else { format!("　×{}", self.weight) };
        format!("{}{weight}", words::short_day(self.day))
    }

    /// What is held, by the key of the cell.
    pub(super) fn held(&self) -> impl Iterator<Item = (String, String)> {
        self.results.iter().map(|held| (format!("{}.{}.{}", self.id, held.viewpoint, held.pupil_id), held.words()))
    }

    pub(super) fn form(&self) -> Form {
        Form {
            id: self.id.clone(),
            name: self.name.clone(),
            day: self.day.to_string(),
            most: self.most().map(|most| most.map(|most| most.to_string()).unwrap_or_default()),
            weight: self.weight.to_string(),
            wrong: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card {
    pupil_id: String,
    name: String,
    number: Option<i32>,
    left: Option<NaiveDate>,
    elsewhere: bool,
    closed: bool,
    pub(super) marks: Vec<SubjectMark>,
}

#[derive(Deserialize)]
pub(super) struct SubjectMark {
    pub(super) scheme: Option<Scheme>,
    viewpoints: Vec<ViewpointMark>,
    rating: Option<RatingMark>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scheme {
    pub(super) version: i32,
    pub(super) cut_a: i32,
    pub(super) cut_b: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ViewpointMark {
    viewpoint: String,
    percent: Option<f64>,
    not_taken: i32,
    computed: Option<String>,
    letter: Option<String>,
    decision: Option<Decision>,
}

#[derive(Deserialize)]
struct RatingMark {
    computed: Option<i32>,
    rating: Option<i32>,
    decision: Option<Decision>,
    scale: String,
}

#[derive(Deserialize)]
struct Decision {
    value: String,
    reason: String,
    by: Option<String>,
}

impl Decision {
    fn told(&self) -> String {
        let by = self.by.as_deref().map(|by| format!("（{}）", words::family(by))).unwrap_or_default();
        format!("{}{by}", self.reason)
    }
}

impl Card {
    pub(super) fn has_rating(&self) -> bool {
        self.marks.iter().any(|mark| mark.rating.is_some())
    }

    pub(super) fn row(&self, columns: &[Column], held: &HashMap<String, String>) -> Row {
        let number = self.number.map_or_else(|| "–".to_owned(), |number| number.to_string());
        let cells = columns.iter().map(|column| {
            let key = format!("{}.{}.{}", column.assessment, column.viewpoint, self.pupil_id);
            let was = held.get(&key).cloned().unwrap_or_default();
            let label = format!("{number}番 {} {} {} {}点まで", self.name, column.name, column.whole, column.most);
            Cell { value: was.clone(), was, key, label, wrong: None }
        });
        Row {
            cells: cells.collect(),
            marks: self.marks.first().map(|mark| mark.shown(&self.pupil_id)).unwrap_or_default(),
            tag: match (self.closed, self.elsewhere, self.left) {
                (true, ..) => Some("締めずみ"),
                (_, true, _) => Some("ほかの学級へ"),
                (.., Some(_)) => Some("転出"),
                _ => None,
            },
            open: !self.closed,
            id: self.pupil_id.clone(),
            number,
            name: self.name.clone(),
            reason: String::new(),
        }
    }
}

impl SubjectMark {
    fn shown(&self, pupil: &str) -> Vec<Mark> {
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        let of_viewpoints = self.viewpoints.iter().map(|mark| {
            let whole = VIEWPOINTS.iter().find(|(code, ..)| *code == mark.viewpoint).map_or("", |(.., whole)| whole);
            let percent = mark.percent.map(|percent| format!("{percent}％"));
            let waiting = (mark.not_taken > 0).then(|| format!("未{}", mark.not_taken));
            let decided = mark.decision.as_ref().map(|decision| decision.value.clone()).unwrap_or_default();
            Mark {
                key: format!("{}.{pupil}", mark.viewpoint),
                whole,
                percent: percent.into_iter().chain(waiting).collect::<Vec<_>>().join(" "),
                computed: said(&mark.computed),
                stands: said(&mark.letter),
                chosen: decided.clone(),
                decided,
                choices: &["A", "B", "C"],
                told: mark.decision.as_ref().map(Decision::told),
                wrong: None,
            }
        });
        let of_rating = self.rating.iter().map(|mark| {
            let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
            let decided = mark.decision.as_ref().map(|decision| decision.value.clone()).unwrap_or_default();
            Mark {
                key: format!("RATING.{pupil}"),
                whole: "評定",
                percent: String::new(),
                computed: number(mark.computed),
                stands: number(mark.rating),
                chosen: decided.clone(),
                decided,
                choices: if mark.scale == "FIVE" { &["5", "4", "3", "2", "1"] } else { &["3", "2", "1"] },
                told: mark.decision.as_ref().map(Decision::told),
                wrong: None,
            }
        });
        of_viewpoints.chain(of_rating).collect()
    }
}
