//! きょうの出欠: for the office, which class has been marked, by whom, and who is not here. Classes stand in their order, never by numbers.
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::Rights;
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::Query;
use axum::response::Html;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("attendance_today.graphql");

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    day: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    #[serde(default)]
    attendance_today: Vec<ClassToday>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClassToday {
    is_school_day: bool,
    waits: bool,
    closure: Option<Closure>,
    class: Option<Class>,
    summary: Summary,
    away: Vec<Away>,
}

#[derive(Deserialize)]
struct Closure {
    ends: NaiveDate,
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    id: String,
    name: String,
    #[serde(default)]
    grades: Vec<String>,
    #[serde(default)]
    viewer_rights: Rights,
    school: Option<School>,
}

#[derive(Deserialize)]
struct School {
    id: String,
    name: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Summary {
    enrolled: u32,
    present: u32,
    absent: u32,
    excused: u32,
    late: u32,
    left_early: u32,
    elsewhere: u32,
    unmarked: u32,
    #[serde(default)]
    last_by: Option<String>,
    #[serde(default)]
    last_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Away {
    number: Option<i32>,
    name: String,
    kind: Kind,
    late: bool,
    left_early: bool,
}

#[derive(Deserialize)]
struct Kind {
    name: String,
    absent: bool,
    excused: bool,
}

impl Away {
    fn words(&self) -> String {
        let what = match (self.kind.absent || self.kind.excused, self.late, self.left_early) {
            (true, ..) => self.kind.name.as_str(),
            (_, true, true) => "遅刻・早退",
            (_, true, _) => "遅刻",
            _ => "早退",
        };
        let number = self.number.map(|number| format!("{number} ")).unwrap_or_default();
        format!("{number}{}（{what}）", self.name)
    }
}

impl ClassToday {
    fn id(&self) -> &str {
        self.class.as_ref().map(|class| class.id.as_str()).unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.class.as_ref().map(|class| class.name.as_str()).unwrap_or_default()
    }

    /// Whether the viewer decides over what this class marked.
    fn decides(&self) -> bool {
        self.class.as_ref().is_some_and(|class| class.viewer_rights.to(Right::AttendanceDecide))
    }

    /// Whether anybody of the class has a mark.
    fn begun(&self) -> bool {
        self.summary.unmarked < self.summary.enrolled
    }

    fn state(&self) -> (String, &'static str) {
        match &self.closure {
            _ if !self.is_school_day => ("授業のない日".into(), ""),
            Some(closure) => (format!("学級閉鎖 {}まで（{}）", super::day::short(closure.ends), closure.reason), ""),
            None if self.summary.enrolled == 0 => {
                (format!("{}がいません", self.class.as_ref().map_or("児童", |class| words::children(&class.grades))), "")
            }
            None if !self.begun() => ("まだです".into(), "wait"),
            None if self.waits => (format!("あと{}人", self.summary.unmarked), "wait"),
            None => ("ずみ".into(), "care"),
        }
    }

    fn last(&self) -> String {
        let at = self.summary.last_at.map(words::clock).unwrap_or_default();
        let by = self.summary.last_by.as_deref().map(|by| format!(" {}さん", words::family(by))).unwrap_or_default();
        format!("{at}{by}")
    }

    fn away_words(&self) -> String {
        self.away.iter().map(Away::words).collect::<Vec<_>>().join("　")
    }
}

/// The classes of a school.
struct OfSchool {
    id: String,
    name: String,
    classes: Vec<ClassToday>,
}

impl OfSchool {
    fn decides(&self) -> bool {
        self.classes.iter().any(ClassToday::decides)
    }

    fn waiting(&self) -> Vec<&ClassToday> {
        self.classes.iter().filter(|class| class.waits).collect()
    }

    fn sum(&self) -> Summary {
        self.classes.iter().map(|class| &class.summary).fold(Summary::default(), |sum, class| Summary {
            enrolled: sum.enrolled + class.enrolled,
            present: sum.present + class.present,
            absent: sum.absent + class.absent,
            excused: sum.excused + class.excused,
            late: sum.late + class.late,
            left_early: sum.left_early + class.left_early,
            elsewhere: sum.elsewhere + class.elsewhere,
            unmarked: sum.unmarked + class.unmarked,
            ..Summary::default()
        })
    }
}

#[derive(Template)]
#[template(path = "attendance_today.html")]
struct TodayPage {
    frame: Frame,
    day: NaiveDate,
    day_in_words: String,
    today: bool,
    now: String,
    schools: Vec<OfSchool>,
}

/// `GET /attendance-today`.
pub(super) async fn page(session: Session, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    if !session.may(Right::AttendanceRead) || session.presenting() {
        return Err(PageError::NotFound);
    }
    let (now, today) = (session.scope().now(), session.scope().today());
    let day = match wish.day.as_deref().filter(|day| !day.is_empty()) {
        Some(day) => super::day::read(day).ok_or(PageError::NotFound)?,
        None => today,
    };
    let asked: Asked = session.ask(DOCUMENT, json!({ "day": day })).await?;
    html(&TodayPage {
        frame: session.frame(Nav::staff(Here::Today)),
        day,
        day_in_words: words::long_day(day),
        today: day == today,
        now: words::clock(now),
        schools: by_school(asked.attendance_today),
    })
}

fn by_school(classes: Vec<ClassToday>) -> Vec<OfSchool> {
    let mut schools: Vec<OfSchool> = Vec::new();
    for class in classes {
        let school = class.class.as_ref().and_then(|class| class.school.as_ref());
        let (id, name) = school.map(|school| (school.id.clone(), school.name.clone())).unwrap_or_default();
        match schools.last_mut().filter(|last| last.id == id) {
            Some(last) => last.classes.push(class),
            None => schools.push(OfSchool { id, name, classes: vec![class] }),
        }
    }
    schools
}
