//! A row of the table: somebody's place, and what it can be.
use super::view::{Class, Shown, Turnover};
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pupil {
    id: String,
    version: i32,
    open: bool,
    #[serde(rename = "pupilId")]
    record: Option<String>,
    name: String,
    kana: Option<String>,
    from_class: Option<String>,
    from_number: Option<u32>,
    from: Option<String>,
    outcome: String,
    grade: Option<String>,
    class_id: Option<String>,
    number: Option<u32>,
    exchange_class_id: Option<String>,
    destination_id: Option<String>,
    apart: Vec<String>,
    together: Vec<String>,
}

/// Somebody's place.
pub(super) struct Row {
    pub id: String,
    pub version: i32,
    /// Whether it can be changed.
    pub open: bool,
    pub name: String,
    pub kana: String,
    pub pupil: Option<String>,
    pub from: String,
    pub number: String,
    /// What the select says: a class, `LEAVES`, `GRADUATES`, or nothing.
    pub place: String,
    pub choices: Vec<Choice>,
    pub guest: Option<(String, Vec<Choice>)>,
    pub wishes: String,
}

/// A line of a select.
pub(super) struct Choice {
    pub value: String,
    pub text: String,
    pub chosen: bool,
}

impl Row {
    pub(super) fn new(pupil: &Pupil, turnover: &Turnover, shown: &Shown) -> Self {
        let class = |id: &Option<String>| id.clone().unwrap_or_default();
        let place = match pupil.outcome.as_str() {
            "LEAVES" | "GRADUATES" => pupil.outcome.clone(),
            _ => class(&pupil.class_id),
        };
        let choice = |value: String, text: String| Choice { chosen: value == place, value, text };
        let graduates = pupil.outcome == "GRADUATES";
        let mut choices: Vec<Choice> = Vec::new();
        if graduates {
            // 進学先, the school of the board where it is one.
            let to = class(&pupil.destination_id);
            let chosen = |value: &str| value == to;
            choices.push(Choice {
                value: String::new(), text: "決めていない・市外など".to_owned(), chosen: to.is_empty()
            });
            let others = shown.schools.iter().filter(|school| school.id != shown.own);
            choices.extend(others.map(|school| Choice {
                chosen: chosen(&school.id),
                value: school.id.clone(),
                text: school.name.clone(),
            }));
            choices.push(Choice {
                value: "LEAVES".to_owned(), text: "卒業しない（来年度はいない）".to_owned(), chosen: false
            });
        } else {
            let fits = |of: &&Class| {
                let grade = pupil.grade.as_deref().unwrap_or_default();
                grade.is_empty() || of.grades.iter().any(|of| of == grade) || pupil.class_id.as_ref() == Some(&of.id)
            };
            choices.push(choice(String::new(), "まだ".to_owned()));
            choices.extend(turnover.classes.iter().filter(fits).map(|of| choice(of.id.clone(), of.name.clone())));
            choices.push(choice("LEAVES".to_owned(), "来年度はいない".to_owned()));
        }
        let special: HashMap<&str, bool> = turnover.classes.iter().map(|of| (of.id.as_str(), of.special_needs)).collect();
        let is_special = pupil.class_id.as_deref().is_some_and(|id| special.get(id) == Some(&true));
        let guest = is_special.then(|| {
            let at = class(&pupil.exchange_class_id);
            let grade = pupil.grade.clone().unwrap_or_default();
            let none = Choice { value: String::new(), text: "交流なし".to_owned(), chosen: at.is_empty() };
            let ordinary = turnover.classes.iter().filter(|of| !of.special_needs && of.grades.contains(&grade));
            let rooms = ordinary.map(|of| Choice { chosen: of.id == at, value: of.id.clone(), text: of.name.clone() });
            let choices = std::iter::once(none).chain(rooms).collect();
            (at.clone(), choices)
        });
        let place = if graduates { class(&pupil.destination_id) } else { place };
        let from = match (&pupil.from_class, pupil.from_number) {
            (Some(class), Some(number)) => format!("{class} {number}"),
            (Some(class), None) => class.clone(),
            (None, _) => pupil.from.clone().unwrap_or_else(|| "入学".to_owned()),
        };
        let mut wishes = Vec::new();
        if !pupil.apart.is_empty() {
            wishes.push(format!("別の学級：{}", pupil.apart.join("、")));
        }
        if !pupil.together.is_empty() {
            wishes.push(format!("同じ学級：{}", pupil.together.join("、")));
        }
        Row {
            id: pupil.id.clone(),
            version: pupil.version,
            open: pupil.open,
            name: pupil.name.clone(),
            kana: pupil.kana.clone().unwrap_or_default(),
            pupil: pupil.record.clone().filter(|_| pupil.from_class.is_some()),
            from,
            number: pupil.number.map(|number| number.to_string()).unwrap_or_default(),
            place,
            choices,
            guest,
            wishes: wishes.join("　"),
        }
    }
}
