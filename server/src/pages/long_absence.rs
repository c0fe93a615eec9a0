//! 長期欠席: how many pupils of each school were away for 30 days and more, and, where they may be seen, who. In the order of class and number.
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::session::Session;
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::Query;
use axum::response::Html;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("long_absence.graphql");
const LIST: &str = "query List($school: ID!, $year: Int!) { longAbsences(schoolId: $school, year: $year) { pupilId name className number away long
    count { schoolDays absent excused present elsewhere unmarked } } }";

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    year: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    #[serde(default)]
    long_absence_counts: Vec<OfSchool>,
}

#[derive(Deserialize)]
struct OfSchool {
    school: School,
    counts: Counts,
}

#[derive(Deserialize)]
struct School {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    long: Option<u64>,
    ninety: Option<u64>,
    hardly_present: Option<u64>,
    never_present: Option<u64>,
    with_elsewhere: Option<u64>,
    step: Option<u64>,
}

impl Counts {
    fn all(&self) -> [String; 5] {
        [self.long, self.ninety, self.hardly_present, self.never_present, self.with_elsewhere]
            .map(|count| super::words::count(count, self.step))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    long_absences: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    pupil_id: String,
    name: String,
    class_name: String,
    number: Option<i32>,
    away: u32,
    long: bool,
    count: Count,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    school_days: u32,
    absent: u32,
    excused: u32,
    present: u32,
    elsewhere: u32,
    unmarked: u32,
}

/// A school's pupils, where the viewer may see them.
struct List {
    school: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "long_absence.html")]
struct LongAbsencePage {
    frame: Frame,
    /// The years to choose from, with the one that is shown.
    years: Vec<(i32, bool)>,
    year_in_words: String,
    today: NaiveDate,
    schools: Vec<OfSchool>,
    lists: Vec<List>,
    /// In which steps counts are told, where they are.
    step: Option<u64>,
}

/// `GET /long-absence`.
pub(super) async fn page(session: Session, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    if !session.may(Right::AttendanceCount) || session.presenting() {
        return Err(PageError::NotFound);
    }
    let today = session.scope().today();
    let year = wish.year.unwrap_or_else(|| today.year() - i32::from(today.month() < 4));
    let first = NaiveDate::from_ymd_opt(year, 4, 1).filter(|_| (2000..2100).contains(&year)).ok_or(PageError::NotFound)?;
    let asked: Asked = session.ask(DOCUMENT, json!({ "year": year })).await?;
    let mut lists = Vec::new();
    if session.may(Right::AttendanceRead) {
        for of in &asked.long_absence_counts {
            let listed: Listed = session.ask(LIST, json!({ "school": of.school.id, "year": year })).await?;
            lists.push(List { school: of.school.name.clone(), rows: listed.long_absences });
        }
    }
    html(&LongAbsencePage {
        frame: session.frame(Nav::staff(Here::LongAbsence)),
        years: [year - 1, year].map(|of| (of, of == year)).to_vec(),
        year_in_words: super::words::school_year(first),
        today,
        step: asked.long_absence_counts.iter().find_map(|of| of.counts.step),
        schools: asked.long_absence_counts,
        lists,
    })
}
