//! What the page asks the API for, and the rows and lines that it makes of it.
use crate::pages::day;
use chrono::NaiveDate;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Class {
    pub(super) report_cards: Option<Vec<Card>>,
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
    marks: Vec<SubjectMark>,
    remarks: Vec<Remark>,
    attendance: Option<Attendance>,
    attendance_until: Option<NaiveDate>,
    attendance_now: Option<Attendance>,
}

#[derive(Deserialize)]
struct SubjectMark {
    subject: String,
    viewpoints: Vec<Letter>,
    rating: Option<Rating>,
}

#[derive(Deserialize)]
struct Letter {
    letter: Option<String>,
    decision: Option<Decided>,
}

#[derive(Deserialize)]
struct Rating {
    rating: Option<i32>,
    decision: Option<Decided>,
}

/// That something was decided.
#[derive(Deserialize)]
struct Decided {}

#[derive(Deserialize)]
struct Remark {
    subject: Option<String>,
    text: String,
    by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attendance {
    school_days: u32,
    excused: u32,
    to_attend: u32,
    absent: u32,
    present: u32,
    late: u32,
    left_early: u32,
    unmarked: u32,
}

impl SubjectMark {
    /// 「ABA 3」, with a star where something was decided.
    fn words(&self) -> String {
        let letters: String = self.viewpoints.iter().map(|mark| mark.letter.as_deref().unwrap_or("–")).collect();
        let rating = self.rating.as_ref().map(|mark| mark.rating.map_or_else(|| " –".to_owned(), |rating| format!(" {rating}")));
        let of_rating = self.rating.as_ref().and_then(|mark| mark.decision.as_ref());
        let decided = self.viewpoints.iter().any(|mark| mark.decision.is_some()) || of_rating.is_some();
        format!("{letters}{}{}", rating.unwrap_or_default(), if decided { "＊" } else { "" })
    }
}

impl Attendance {
    fn words(&self) -> String {
        let plain = format!("授業日数{}　出停・忌引等{}　出席すべき日数{}", self.school_days, self.excused, self.to_attend);
        let open = if self.unmarked > 0 { format!("　未記入{}", self.unmarked) } else { String::new() };
        format!("{plain}　欠席{}　出席{}　遅刻{}　早退{}{open}", self.absent, self.present, self.late, self.left_early)
    }
}

/// A pupil's row.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) name: String,
    pub(super) tag: Option<&'static str>,
    pub(super) open: bool,
    pub(super) marks: Vec<(String, String)>,
    pub(super) days: Option<String>,
    /// What the register has of the same days now, where that was changed after the closing.
    pub(super) days_now: Option<String>,
    pub(super) was: String,
    pub(super) text: String,
    pub(super) by: Option<String>,
    /// What else was written: the subject and the words.
    pub(super) others: Vec<(String, String)>,
    pub(super) wrong: Option<&'static str>,
}

#[derive(Deserialize)]
pub(super) struct Gap {
    number: Option<i32>,
    name: String,
    subject: String,
    missing: Vec<String>,
}

/// How many viewpoints a subject has.
const VIEWPOINTS: usize = 3;

impl Gap {
    /// 「国語」 where nothing is there, else 「算数（主体的に学習に取り組む態度、評定）」.
    fn words(&self) -> String {
        let viewpoints = self.missing.iter().filter(|missing| *missing != "評定").count();
        if viewpoints == VIEWPOINTS {
            self.subject.clone()
        } else {
            format!("{}（{}）", self.subject, self.missing.join("、"))
        }
    }

    /// What each pupil lacks: 「1番 朝倉 葵　国語、社会、算数（評定）」.
    pub(super) fn by_pupil(gaps: &[Gap]) -> Vec<String> {
        let of_pupil = gaps.chunk_by(|one, other| (one.number, &one.name) == (other.number, &other.name));
        let line = |gaps: &[Gap]| {
            let number = gaps[0].number.map(|number| format!("{number}番 ")).unwrap_or_default();
            format!("{number}{}　{}", gaps[0].name, gaps.iter().map(Gap::words).collect::<Vec<_>>().join("、"))
        };
        of_pupil.map(line).collect()
    }
}

/// What a subject of remarks is called; an empty one is the remark on the whole.
pub(super) fn title(about: &str) -> &str {
    if about.is_empty() { "総合所見" } else { about }
}

impl Card {
    pub(super) fn row(self, about: &str) -> Row {
        let of = |remark: &&Remark| remark.subject.as_deref().unwrap_or_default() == about;
        let shown = self.remarks.iter().find(of);
        let others = self.remarks.iter().filter(|remark| !of(remark));
        Row {
            was: shown.map(|remark| remark.text.clone()).unwrap_or_default(),
            text: shown.map(|remark| remark.text.clone()).unwrap_or_default(),
            by: shown.and_then(|remark| remark.by.clone()),
            others: others
                .map(|remark| (title(remark.subject.as_deref().unwrap_or_default()).to_owned(), remark.text.clone()))
                .collect(),
            marks: self.marks.iter().map(|mark| (mark.subject.clone(), mark.words())).collect(),
            days: self.attendance.as_ref().map(|days| match self.attendance_until.filter(|_| self.closed) {
                Some(until) => format!("{}までの日数　{}", day::short(until), days.words()),
                None => days.words(),
            }),
            days_now: self.attendance_now.as_ref().map(Attendance::words),
            number: self.number.map_or_else(|| "–".to_owned(), |number| number.to_string()),
            tag: match (self.closed, self.elsewhere, self.left) {
                (true, ..) => Some("締めずみ"),
                (_, true, _) => Some("ほかの学級へ"),
                (.., Some(_)) => Some("転出"),
                _ => None,
            },
            open: !self.closed,
            id: self.pupil_id,
            name: self.name,
            wrong: None,
        }
    }
}
