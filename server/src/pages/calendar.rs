//! 行事暦: the school year on one page, with the 授業日数 of every grade; the office lays it out and changes days.
mod change;
mod file;

use super::csrf::Fields;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::Query;
use axum::response::Html;
use chrono::{Datelike, Months, NaiveDate};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(super) use change::{lay_out, set};
pub(super) use file::{apply, download, preview};

const DOCUMENT: &str = include_str!("calendar.graphql");

/// What a day can be, with the words of the page.
pub const KINDS: [(&str, &str); 6] = [
    ("SCHOOL", "授業日（土曜授業など）"),
    ("EVENT", "行事（授業日のまま）"),
    ("SUBSTITUTE", "振替休業日"),
    ("HOLIDAY", "学校の休業日"),
    ("CLOSURE", "臨時休業（学年・学校）"),
    ("VACATION", "長期休業"),
];

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    school: Option<String>,
    year: Option<i32>,
}

#[derive(Deserialize)]
struct Schools {
    schools: Option<Nodes<School>>,
}

#[derive(Deserialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

#[derive(Deserialize, Clone)]
struct School {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Asked {
    homerooms: Option<Nodes<Homeroom>>,
    school: Option<Found>,
}

#[derive(Deserialize)]
struct Homeroom {
    grades: Vec<String>,
    school: Option<Id>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Found {
    id: String,
    name: String,
    calendar: Shown,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    begins: Option<NaiveDate>,
    days: Vec<Said>,
    #[serde(flatten)]
    school_days: BTreeMap<String, Vec<NaiveDate>>,
}

#[derive(Deserialize)]
struct Said {
    day: NaiveDate,
    grade: Option<String>,
    kind: String,
    title: String,
    /// Whether somebody set this very day.
    #[serde(default, rename = "byHand")]
    by_hand: bool,
}

impl Said {
    /// 「17（土） 運動会」, with the grade where it is of one.
    fn words(&self) -> String {
        let grade =
            self.grade.as_ref().map(|grade| format!("{} ", words::grades(std::slice::from_ref(grade)))).unwrap_or_default();
        let kind = KINDS.iter().find(|(code, _)| *code == self.kind).map(|(_, name)| name.split('（').next().unwrap_or(name));
        let title = if self.title.is_empty() { kind.unwrap_or_default() } else { &self.title };
        format!("{}（{}） {grade}{title}", self.day.day(), words::weekday(self.day))
    }
}

/// A day of a month's table.
struct Cell {
    number: u32,
    class: &'static str,
}

struct Month {
    name: String,
    /// The school days; none of a month before the calendar begins.
    count: Option<usize>,
    weeks: Vec<Vec<Option<Cell>>>,
    said: Vec<String>,
}

/// A long vacation as the form has it.
struct Vacation {
    title: String,
    /// The code and the name of the one grade that has it; empty for the whole school.
    grade: (String, String),
    from: String,
    to: String,
}

struct Grade {
    name: String,
    /// The school days of each month; none of one before the calendar begins.
    months: Vec<Option<usize>>,
    total: usize,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    frame: Frame,
    school: School,
    schools: Vec<School>,
    year: i32,
    /// The years to choose from, with the one that is shown.
    years: Vec<(i32, bool)>,
    year_in_words: String,
    laid_out: bool,
    /// The first day that the calendar decides about.
    begins: NaiveDate,
    /// That day in words, where it is not 1 April.
    since: Option<String>,
    vacations: Vec<Vacation>,
    months: Vec<Month>,
    grades: Vec<Grade>,
    grade_codes: Vec<(String, String)>,
    messages: Vec<String>,
    /// What was typed and not taken.
    typed: Fields,
}

/// `GET /calendar`.
pub(super) async fn page(session: Session, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    html(&load(&session, wish.school.as_deref(), wish.year).await?)
}

async fn load(session: &Session, school: Option<&str>, year: Option<i32>) -> Result<CalendarPage, PageError> {
    if !session.may(Right::CalendarWrite) {
        return Err(PageError::NotFound);
    }
    let today = session.scope().today();
    let year = year.unwrap_or_else(|| today.year() - i32::from(today.month() < 4));
    let first = NaiveDate::from_ymd_opt(year, 4, 1).filter(|_| (2000..2100).contains(&year)).ok_or(PageError::NotFound)?;
    let last = first.checked_add_months(Months::new(12)).and_then(|day| day.pred_opt()).ok_or(PageError::NotFound)?;
    let asked: Schools = session.ask("{ schools(first: 200) { nodes { id name } } }", Value::Null).await?;
    let schools = asked.schools.map(|schools| schools.nodes).unwrap_or_default();
    let chosen = schools.iter().find(|of| school.is_none_or(|id| of.id == id)).ok_or(PageError::NotFound)?;
    let asked: Asked = session.ask(DOCUMENT, json!({ "school": chosen.id, "from": first, "to": last })).await?;
    let found = asked.school.ok_or(PageError::NotFound)?;
    let here = |homeroom: &&Homeroom| homeroom.school.as_ref().is_some_and(|school| school.id == found.id);
    let homerooms = asked.homerooms.map(|homerooms| homerooms.nodes).unwrap_or_default();
    let codes: BTreeSet<String> = homerooms.iter().filter(here).flat_map(|homeroom| homeroom.grades.clone()).collect();
    // Primary school before junior high: P after J in the alphabet.
    let mut codes: Vec<String> = codes.into_iter().collect();
    codes.sort_by_key(|code| (!code.starts_with('P'), code.clone()));
    let months = || (0..12).map(|ahead| first + Months::new(ahead));
    let begins = found.calendar.begins.unwrap_or(first);
    let count = |days: &[NaiveDate], month: NaiveDate| {
        let known = month + Months::new(1) > begins;
        known.then(|| days.iter().filter(|day| day.month() == month.month()).count())
    };
    let counts = |days: &[NaiveDate]| months().map(|month| count(days, month)).collect::<Vec<_>>();
    let none = Vec::new();
    let days_of = |code: &str| found.calendar.school_days.get(code).unwrap_or(&none);
    let grade = |code: &String| Grade {
        name: words::grades(std::slice::from_ref(code)),
        months: counts(days_of(code)),
        total: days_of(code).len(),
    };
    let all = days_of("all");
    Ok(CalendarPage {
        frame: session.frame(Nav::staff(Here::Calendar)),
        years: [year - 1, year, year + 1].map(|of| (of, of == year)).to_vec(),
        year_in_words: words::school_year(first),
        laid_out: found.calendar.begins.is_some(),
        begins,
        since: found.calendar.begins.filter(|begins| *begins > first).map(words::short_day),
        vacations: vacations(&found.calendar),
        months: months().map(|month| Month::of(month, begins, all, &found.calendar.days)).collect(),
        grades: codes.iter().map(grade).collect(),
        grade_codes: codes.iter().map(|code| (code.clone(), words::grades(std::slice::from_ref(code)))).collect(),
        school: School { id: found.id, name: found.name },
        schools,
        year,
        messages: Vec::new(),
        typed: Fields::default(),
    })
}

/// The vacations that are laid out, then empty lines. Days that somebody has set stay by themselves.
fn vacations(calendar: &Shown) -> Vec<Vacation> {
    let mut found: Vec<Vacation> = Vec::new();
    for said in calendar.days.iter().filter(|said| said.kind == "VACATION" && !said.by_hand) {
        let (day, code) = (said.day.to_string(), said.grade.clone().unwrap_or_default());
        match found.iter_mut().find(|of| of.title == said.title && of.grade.0 == code) {
            Some(of) => of.to = day,
            None => found.push(Vacation {
                title: said.title.clone(),
                grade: (code, said.grade.iter().map(|grade| words::grades(std::slice::from_ref(grade))).collect()),
                from: day.clone(),
                to: day,
            }),
        }
    }
    let usual =
        if calendar.begins.is_none() { ["夏季休業", "冬季休業", "学年末休業", ""].as_slice() } else { &["", ""] };
    let empty = |title: &&str| Vacation {
        title: (*title).to_owned(),
        grade: (String::new(), String::new()),
        from: String::new(),
        to: String::new(),
    };
    found.extend(usual.iter().map(empty));
    found
}

impl Month {
    fn of(first: NaiveDate, begins: NaiveDate, school_days: &[NaiveDate], said: &[Said]) -> Self {
        let days: Vec<NaiveDate> = first.iter_days().take_while(|day| day.month() == first.month()).collect();
        let mut weeks: Vec<Vec<Option<Cell>>> = vec![(0..first.weekday().num_days_from_monday()).map(|_| None).collect()];
        for day in &days {
            let word = said.iter().any(|of| of.day == *day && of.kind != "VACATION");
            let class = match (school_days.contains(day), word) {
                // Of what lies before the calendar begins nothing is known.
                _ if *day < begins => "none",
                (true, false) => "on",
                (true, true) => "on word",
                (false, false) => "off",
                (false, true) => "off word",
            };
            if weeks.last().is_some_and(|week| week.len() == 7) {
                weeks.push(Vec::new());
            }
            weeks.last_mut().expect("there is a first week").push(Some(Cell { number: day.day(), class }));
        }
        let here: Vec<&Said> =
            said.iter().filter(|of| (of.day.year(), of.day.month()) == (first.year(), first.month())).collect();
        let mut words: Vec<String> = here.iter().filter(|of| of.kind != "VACATION").map(|of| of.words()).collect();
        // A vacation is said once a month.
        let titles: BTreeSet<&str> = here.iter().filter(|of| of.kind == "VACATION").map(|of| of.title.as_str()).collect();
        for title in titles {
            let of: Vec<u32> =
                here.iter().filter(|of| of.kind == "VACATION" && of.title == title).map(|of| of.day.day()).collect();
            let (from, to) = (of.first().copied().unwrap_or_default(), of.last().copied().unwrap_or_default());
            words.push(if from == to { format!("{from}日 {title}") } else { format!("{from}〜{to}日 {title}") });
        }
        Month {
            name: format!("{}月", first.month()),
            count: days
                .last()
                .filter(|last| **last >= begins)
                .map(|_| days.iter().filter(|day| school_days.contains(day)).count()),
            weeks,
            said: words,
        }
    }
}
