//! 朝の出欠: everybody of a class with all kinds in sight, one tap each.
mod form;
mod row;

use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Rights};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, Datelike, Days, NaiveDate, SecondsFormat, Utc, Weekday};
use form::Choice;
use row::{Kind, Pupil, Row};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

pub use row::PLACES;

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

/// `POST /classes/{id}/attendance`: 保存して学級へ, or 全員出席, which stays.
pub(super) async fn take(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let day = day_of(&session, fields.typed("day"))?;
    let everybody = fields.get("act") == "all";
    let past = day < session.scope().today();
    let mut problems = Problems::default();
    let choices = form::choices(&fields);
    if past && fields.typed("reason").is_none() {
        problems.all.push("過去の日を直すときは、理由を書いてください。まだ保存していません。".to_owned());
    } else {
        problems = form::send(&session, &class, day, &fields, &choices).await?;
    }
    if problems.is_empty() {
        let here = format!("/classes/{class}");
        let stay = if past { format!("{here}/attendance?day={day}") } else { format!("{here}/attendance") };
        return Ok(Redirect::to(if everybody { &stay } else { &here }).into_response());
    }
    if session.presenting() {
        let path = format!("/classes/{class}/attendance");
        let path = super::address::local(&path).ok_or(PageError::NotFound)?;
        return super::presenting_hidden::page(&session, path, &fields, StatusCode::CONFLICT);
    }
    let page = again(&session, &class, day, &fields, choices, problems).await?;
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}

/// What could not be saved, for the page as a whole and by pupil.
#[derive(Default)]
pub(super) struct Problems {
    pub(super) all: Vec<String>,
    pub(super) rows: HashMap<String, Problem>,
}

/// What could not be saved of a pupil.
pub(super) struct Problem {
    pub(super) words: String,
    pub(super) held: Held,
}

/// What holds in place of what was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// What held before: the choice was not taken.
    Nothing,
    /// A colleague's mark, beside which the own one is offered.
    Colleague,
    /// What the office has decided.
    Office,
}

impl Problems {
    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.rows.is_empty()
    }

    /// Says why a pupil's row was not taken.
    pub(super) fn refuse(&mut self, pupil: String, words: &str) {
        self.rows.insert(pupil, Problem { words: words.to_owned(), held: Held::Nothing });
    }
}

/// The page once more: what was not saved is still chosen, beside what holds.
async fn again(
    session: &Session,
    class: &str,
    day: NaiveDate,
    fields: &Fields,
    choices: Vec<(String, Choice)>,
    mut problems: Problems,
) -> Result<AttendancePage, PageError> {
    let mut page = load(session, class, day, true).await?;
    page.open = fields.typed("open").is_some();
    fields.get("reason").clone_into(&mut page.reason);
    let nothing_saved = !problems.all.is_empty();
    let mut conflicts = false;
    let mut choices: HashMap<String, Choice> = choices.into_iter().collect();
    for row in page.columns.iter_mut().flatten() {
        let problem = problems.rows.remove(&row.id);
        let held = problem.as_ref().map(|problem| problem.held);
        let (refused, offer, decided) = (held.is_some(), held == Some(Held::Colleague), held == Some(Held::Office));
        row.message = problem.map(|problem| problem.words);
        let shown = Choice::read(fields.get(&format!("was.{}", row.id)));
        // A row that was left alone shows what holds now: somebody else may have marked it.
        let Some(choice) = choices.remove(&row.id).filter(|of| (nothing_saved && *of != shown) || refused) else { continue };
        // A second press without a look leaves a colleague's mark as it is.
        if offer {
            row.offer = Some(choice);
            conflicts = true;
        } else if !decided {
            row.choice = choice;
        }
    }
    if let Some(seen) = fields.typed("seen").filter(|_| nothing_saved) {
        seen.clone_into(&mut page.seen);
    }
    if !nothing_saved {
        let words = if conflicts {
            "しるしのついた行は、ほかの人が先に変えました。そのまま保存すると、いまの印が残ります。"
        } else {
            "しるしのついた行は、まだ保存していません。見てから、もういちど保存してください。"
        };
        problems.all.push(words.to_owned());
    }
    page.messages = problems.all;
    Ok(page)
}

#[cfg(test)]
mod tests;
