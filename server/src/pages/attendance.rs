//! 朝の出欠: everybody of a class with all kinds in sight, one tap each.
mod form;
mod row;
mod take;

use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Rights};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Html;
use chrono::{DateTime, Datelike, Days, NaiveDate, SecondsFormat, Utc, Weekday};
use row::{Kind, Pupil, Row};
use serde::Deserialize;
use serde_json::json;

pub use row::PLACES;
pub(super) use take::take;

const DOCUMENT: &str = include_str!("attendance.graphql");

/// The most kinds that stand in a row; the others are under 「ほか」.
const IN_ROW: usize = 7;
/// The school day before is looked for within so many days: 出停 and 忌引 do not run through longer holidays.
const BEFORE: u64 = 14;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    attendance_kinds: Option<Vec<Kind>>,
    class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    kind: ClassKind,
    grades: Vec<String>,
    viewer_rights: Rights,
    school: Option<School>,
    pupil_count: Option<u32>,
    is_school_day: Option<bool>,
    #[serde(default)]
    calendar_on: Vec<Word>,
    #[serde(default)]
    closures: Vec<Closure>,
    #[serde(default, rename = "school_calendar")]
    laid_out: Option<OfSchool>,
    school_days: Option<Vec<NaiveDate>>,
    attendance_summary: Option<Summary>,
    pupils: Option<Pupils>,
}

/// What the school's calendar says of the day.
#[derive(Deserialize)]
struct Word {
    title: String,
}

/// 学級閉鎖.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Closure {
    ends: NaiveDate,
    reason: String,
    withdrawn_on: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct OfSchool {
    calendar: Kept,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    laid_out: bool,
}

#[derive(Deserialize)]
struct School {
    name: String,
}

#[derive(Deserialize)]
struct Pupils {
    nodes: Vec<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    present: u32,
    absent: u32,
    excused: u32,
    unmarked: u32,
    #[serde(default)]
    last_by: Option<String>,
    #[serde(default)]
    last_at: Option<DateTime<Utc>>,
}

#[derive(Template)]
#[template(path = "attendance.html")]
struct AttendancePage {
    frame: Frame,
    here: String,
    board: String,
    school: String,
    class: String,
    size: u32,
    day: NaiveDate,
    day_in_words: String,
    now: String,
    seen: String,
    /// The code of the kind that 全員出席 marks with.
    usual: String,
    past: bool,
    open: bool,
    reason: String,
    messages: Vec<String>,
    closed: Option<Closed>,
    closure: Option<String>,
    /// Whether the viewer can take a closure back.
    decides: bool,
    kinds: Vec<Kind>,
    more: Vec<Kind>,
    rows: usize,
    /// How many have no mark yet and were away the school day before for a reason that may go on.
    running: usize,
    children: &'static str,
    columns: Vec<Vec<Row>>,
    summary: Summary,
    saved: Option<String>,
    before: Option<(NaiveDate, String)>,
}

/// What the school's calendar says, where there is one.
struct Calendar {
    kept: bool,
    word: Option<String>,
}

/// Why there is no grid.
struct Closed {
    title: &'static str,
    text: String,
    may_open: bool,
    ahead: bool,
}

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    day: Option<String>,
    open: Option<String>,
}

/// `GET /classes/{id}/attendance`.
pub(super) async fn page(
    session: Session,
    Path(class): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    let day = day_of(&session, wish.day.as_deref())?;
    html(&load(&session, &class, day, wish.open.is_some()).await?)
}

fn day_of(session: &Session, day: Option<&str>) -> Result<NaiveDate, PageError> {
    match day.filter(|day| !day.is_empty()) {
        Some(day) => super::day::read(day).ok_or(PageError::NotFound),
        None => Ok(session.scope().today()),
    }
}

async fn load(session: &Session, class: &str, day: NaiveDate, open: bool) -> Result<AttendancePage, PageError> {
    if !session.may(Right::AttendanceWrite) {
        return Err(PageError::NotFound);
    }
    // Before the answer: what is stored while it is made is not seen on the page.
    let now = session.scope().now();
    let (since, former) = (day - Days::new(BEFORE), day - Days::new(1));
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": class, "day": day, "since": since, "former": former })).await?;
    let rights = asked.class.as_ref().map(|class| class.viewer_rights.clone()).unwrap_or_default();
    let frame = session.frame(Nav::class(class, &rights, Here::Attendance));
    AttendancePage::of(asked, frame, &At { class, day, open, now }).ok_or(PageError::NotFound)
}

/// Which page is asked for, and when.
struct At<'a> {
    class: &'a str,
    day: NaiveDate,
    /// Attendance is taken although there is no school by the calendar.
    open: bool,
    now: DateTime<Utc>,
}

impl AttendancePage {
    fn of(asked: Asked, frame: Frame, at: &At<'_>) -> Option<Self> {
        let (found, mut kinds) = asked.class.zip(asked.attendance_kinds)?;
        let At { class, day, open, now } = *at;
        // A lesson has no morning: its marks are those of the homerooms.
        if !found.viewer_rights.to(Right::AttendanceWrite) || found.kind != ClassKind::Homeroom {
            return None;
        }
        let Class { name, grades, school, school_days, .. } = found;
        let before = school_days?.into_iter().rfind(|before| *before < day);
        let word = found.calendar_on.into_iter().map(|word| word.title).find(|title| !title.is_empty());
        let said = Calendar { kept: found.laid_out.is_some_and(|school| school.calendar.laid_out), word };
        let closure = found.closures.into_iter().find(|closure| closure.withdrawn_on.is_none_or(|withdrawn| day < withdrawn));
        let (size, is_school_day, summary) = (found.pupil_count?, found.is_school_day?, found.attendance_summary?);
        let rows: Vec<Row> = found.pupils?.nodes.into_iter().map(|pupil| Row::of(pupil, &kinds, before)).collect();
        let usual = kinds.iter().find(|kind| kind.usual).map(|kind| kind.code.clone()).unwrap_or_default();
        let more = kinds.split_off(kinds.len().min(IN_ROW));
        let board = format!("/classes/{class}");
        Some(AttendancePage {
            closed: Closed::of(at, frame.presenting, is_school_day, &said),
            closure: closure.map(|closure| format!("学級閉鎖（{}） {}まで", closure.reason, super::day::short(closure.ends))),
            decides: found.viewer_rights.to(Right::AttendanceDecide),
            frame,
            here: format!("{board}/attendance"),
            board,
            school: school.map(|school| school.name).unwrap_or_default(),
            class: name,
            size,
            day,
            day_in_words: words::long_day(day),
            now: words::clock(now),
            seen: now.to_rfc3339_opts(SecondsFormat::Millis, true),
            usual,
            past: day < school_day(now),
            open,
            reason: String::new(),
            messages: Vec::new(),
            more,
            kinds,
            rows: rows.len(),
            running: rows.iter().filter(|row| row.running.is_some()).count(),
            children: words::children(&grades),
            columns: halves(rows),
            saved: summary.last_at.map(|at| saved(at, day, summary.last_by.as_deref())),
            summary,
            before: before.map(|before| (before, words::short_day(before))),
        })
    }
}

impl Closed {
    fn of(at: &At<'_>, presenting: bool, is_school_day: bool, said: &Calendar) -> Option<Self> {
        let ahead = at.day > school_day(at.now);
        let closed = |title, text: &str, may_open| Some(Closed { title, text: text.to_owned(), may_open, ahead });
        if presenting {
            return closed("提示中は、朝の出欠を開けません", "提示モードを切ると、出欠をつけられます。", false);
        }
        if ahead {
            return closed("まだ来ていない日です", "出欠は、その日になってからつけます。", false);
        }
        let weekend = matches!(at.day.weekday(), Weekday::Sat | Weekday::Sun);
        let text = if let Some(word) = &said.word {
            format!("{word}のため、出欠はありません。")
        } else if weekend {
            format!("{}曜日のため、出欠はありません。", words::weekday(at.day))
        } else {
            "祝日のため、出欠はありません。".to_owned()
        };
        if is_school_day || (at.open && !said.kept) {
            return None;
        }
        // Where there is a calendar, the office says that there is school after all.
        let text =
            if said.kept { format!("{text}授業があるときは、教務が行事暦を直します。") } else { text };
        closed("授業のない日です", &text, !said.kept)
    }
}

/// Two columns, the first the longer; a single pupil needs one.
fn halves(mut rows: Vec<Row>) -> Vec<Vec<Row>> {
    let second = rows.split_off(rows.len().div_ceil(2));
    [rows, second].into_iter().filter(|column| !column.is_empty()).collect()
}

fn saved(at: DateTime<Utc>, day: NaiveDate, by: Option<&str>) -> String {
    let marked_on = school_day(at);
    let on = if marked_on == day { String::new() } else { format!("{} ", words::short_day(marked_on)) };
    let by = by.map(|by| format!("（{}さん）", words::family(by))).unwrap_or_default();
    format!("{on}{} まで保存ずみ{by}", words::clock(at))
}

#[cfg(test)]
mod tests;
