//! A pupil's row: what holds, what is chosen, and what a teacher should know beside it.
use super::form::Choice;
use crate::pages::{day, words};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// Where a pupil can be on a day of attendance, with the words of the page.
pub const PLACES: [(&str, &str); 5] = [
    ("CLASSROOM", "教室"),
    ("OTHER_ROOM", "別室"),
    ("NURSE_ROOM", "保健室"),
    ("SUPPORT_CENTRE", "教育支援センター等"),
    ("HOME", "自宅のICT学習"),
];

#[derive(Deserialize)]
pub(super) struct Pupil {
    id: String,
    name: String,
    number: Option<i32>,
    #[serde(default)]
    attendance: Option<Vec<Mark>>,
    #[serde(default)]
    former: Option<Vec<Former>>,
}

/// A mark of a day before.
#[derive(Deserialize)]
struct Former {
    day: NaiveDate,
    kind: Option<FormerKind>,
}

#[derive(Deserialize)]
struct FormerKind {
    name: String,
    excused: bool,
}

/// A mark of attendance, as the API answers it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mark {
    pub(super) kind: Option<Kind>,
    pub(super) late: bool,
    pub(super) left_early: bool,
    pub(super) place: String,
    #[serde(default)]
    pub(super) note: Option<String>,
    #[serde(default)]
    pub(super) by: Option<String>,
    #[serde(default)]
    pub(super) at: Option<DateTime<Utc>>,
    /// Whether the office decided it.
    #[serde(default)]
    pub(super) office: bool,
}

/// A kind of attendance.
#[derive(Deserialize, Clone, Debug, PartialEq)]
pub(super) struct Kind {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) absent: bool,
    pub(super) excused: bool,
    pub(super) usual: bool,
}

impl Kind {
    /// What the stylesheet and the script tell kinds apart by.
    pub(super) fn class(&self) -> &'static str {
        match (self.absent, self.excused, self.usual) {
            (true, ..) => "away absent",
            (_, true, _) => "away excused",
            (.., true) => "here usual",
            _ => "here",
        }
    }
}

/// A pupil's row.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) name: String,
    pub(super) choice: Choice,
    pub(super) was: String,
    pub(super) marked: bool,
    pub(super) message: Option<String>,
    /// What was chosen here, where a colleague's mark holds.
    pub(super) offer: Option<Choice>,
    /// 「11/20 出停」: without a mark, and away the school day before for a reason that may go on.
    pub(super) running: Option<String>,
    /// A kind that is not offered any more and still holds.
    pub(super) retired: Option<Kind>,
}

impl Row {
    pub(super) fn of(pupil: Pupil, kinds: &[Kind], before: Option<NaiveDate>) -> Self {
        let mark = pupil.attendance.into_iter().flatten().next().filter(|mark| mark.kind.is_some());
        let choice = mark.as_ref().map(Choice::of).unwrap_or_default();
        let kind = mark.and_then(|mark| mark.kind);
        let former = pupil.former.into_iter().flatten().find(|former| Some(former.day) == before && kind.is_none());
        let running = former.and_then(|former| Some((former.day, former.kind.filter(|kind| kind.excused)?)));
        Row {
            number: pupil.number.map_or_else(|| "–".to_owned(), |number| number.to_string()),
            was: choice.written(),
            marked: kind.is_some(),
            message: None,
            offer: None,
            running: running.map(|(on, kind)| format!("{} {}", day::short(on), kind.name)),
            retired: kind.filter(|kind| !kinds.iter().any(|of| of.code == kind.code)),
            id: pupil.id,
            name: pupil.name,
            choice,
        }
    }

    /// A name that needs two smaller lines.
    pub(super) fn long(&self) -> bool {
        words::long_name(&self.name)
    }

    /// The name, which may break behind a ・ or at a space and nowhere else.
    pub(super) fn broken(&self) -> String {
        askama::filters::escape(&self.name, askama::filters::Html)
            .map(|name| name.to_string())
            .unwrap_or_default()
            .replace('・', "・<wbr>")
    }

    /// What else is known of the day, beside the name.
    pub(super) fn hint(&self) -> Option<String> {
        let place = PLACES.iter().skip(1).find(|(code, _)| *code == self.choice.place).map(|(_, name)| *name);
        let parts: Vec<_> = place.into_iter().chain(Some(self.choice.note.as_str()).filter(|note| !note.is_empty())).collect();
        let known = (!parts.is_empty()).then(|| parts.join("・"));
        known.or_else(|| self.running.clone())
    }

    /// The offer in words: 「事故欠・遅刻　メモ「…」」.
    pub(super) fn offered(&self, kinds: &[Kind], more: &[Kind]) -> Option<String> {
        let offer = self.offer.as_ref()?;
        let kind = kinds.iter().chain(self.more(more)).find(|kind| kind.code == offer.kind);
        let name = kind.map_or("印なし", |kind| kind.name.as_str());
        let place = PLACES.iter().skip(1).find(|(code, _)| *code == offer.place).map(|(_, name)| *name);
        let times = [(offer.late, "遅刻"), (offer.left_early, "早退")].into_iter().filter(|(on, _)| *on).map(|(_, name)| name);
        let parts: Vec<&str> = std::iter::once(name).chain(times).chain(place).collect();
        let note = if offer.note.is_empty() { String::new() } else { format!("　メモ「{}」", offer.note) };
        Some(format!("{}{note}", parts.join("・")))
    }

    pub(super) fn has_more(&self, more: &[Kind]) -> bool {
        !more.is_empty() || self.retired.is_some()
    }

    pub(super) fn is_more(&self, in_row: &[Kind]) -> bool {
        !self.choice.kind.is_empty() && !in_row.iter().any(|kind| kind.code == self.choice.kind)
    }

    pub(super) fn more<'a>(&'a self, more: &'a [Kind]) -> impl Iterator<Item = &'a Kind> {
        more.iter().chain(&self.retired)
    }
}
