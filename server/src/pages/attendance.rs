//! 朝の出欠: everybody of a class with all kinds in sight, one tap each.
use super::attendance_form::{self, Choice};
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

const DOCUMENT: &str = include_str!("attendance.graphql");

/// Where a pupil can be on a day of attendance, with the words of the page.
pub const PLACES: [(&str, &str); 5] = [
    ("CLASSROOM", "教室"),
    ("OTHER_ROOM", "別室"),
    ("NURSE_ROOM", "保健室"),
    ("SUPPORT_CENTRE", "教育支援センター等"),
    ("HOME", "自宅のICT学習"),
];

/// The most kinds that stand in a row; the others are under 「ほか」.
const IN_ROW: usize = 7;

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
    school: Option<School>,
    pupil_count: u32,
    is_school_day: bool,
    school_days: Vec<NaiveDate>,
    attendance_summary: Summary,
    pupils: Pupils,
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
struct Pupil {
    id: String,
    name: String,
    number: Option<i32>,
    #[serde(default)]
    attendance: Vec<Mark>,
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
    fn class(&self) -> &'static str {
        match (self.absent, self.excused, self.usual) {
            (true, ..) => "away absent",
            (_, true, _) => "away excused",
            (.., true) => "here usual",
            _ => "here",
        }
    }
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
    past: bool,
    open: bool,
    reason: String,
    messages: Vec<String>,
    closed: Option<Closed>,
    kinds: Vec<Kind>,
    more: Vec<Kind>,
    rows: usize,
    columns: Vec<Vec<Row>>,
    summary: Summary,
    saved: Option<String>,
    before: Option<(NaiveDate, String)>,
}

/// Why there is no grid.
struct Closed {
    title: &'static str,
    text: String,
    may_open: bool,
    ahead: bool,
}

/// A pupil's row.
struct Row {
    id: String,
    number: String,
    name: String,
    choice: Choice,
    was: String,
    marked: bool,
    message: Option<String>,
    /// A kind that is not offered any more and still holds.
    retired: Option<Kind>,
}

impl Row {
    fn of(pupil: Pupil, kinds: &[Kind]) -> Self {
        let mark = pupil.attendance.into_iter().next().filter(|mark| mark.kind.is_some());
        let choice = mark.as_ref().map(Choice::of).unwrap_or_default();
        let kind = mark.and_then(|mark| mark.kind);
        Row {
            number: pupil.number.map_or_else(|| "–".to_owned(), |number| number.to_string()),
            was: choice.written(),
            marked: kind.is_some(),
            message: None,
            retired: kind.filter(|kind| !kinds.iter().any(|of| of.code == kind.code)),
            id: pupil.id,
            name: pupil.name,
            choice,
        }
    }

    /// A name that needs two smaller lines.
    fn long(&self) -> bool {
        self.name.chars().count() >= 12
    }

    /// The name, which may break behind a ・ or at a space and nowhere else.
    fn broken(&self) -> String {
        askama::filters::escape(&self.name, askama::filters::Html)
            .map(|name| name.to_string())
            .unwrap_or_default()
            .replace('・', "・<wbr>")
    }

    /// What else is known of the day, beside the name.
    fn hint(&self) -> Option<String> {
        let place = PLACES.iter().skip(1).find(|(code, _)| *code == self.choice.place).map(|(_, name)| *name);
        let parts: Vec<_> = place.into_iter().chain(Some(self.choice.note.as_str()).filter(|note| !note.is_empty())).collect();
        (!parts.is_empty()).then(|| parts.join("・"))
    }

    fn has_more(&self, more: &[Kind]) -> bool {
        !more.is_empty() || self.retired.is_some()
    }

    fn is_more(&self, in_row: &[Kind]) -> bool {
        !self.choice.kind.is_empty() && !in_row.iter().any(|kind| kind.code == self.choice.kind)
    }

    fn more<'a>(&'a self, more: &'a [Kind]) -> impl Iterator<Item = &'a Kind> {
        more.iter().chain(&self.retired)
    }
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
        Some(day) => day.parse().map_err(|_| PageError::NotFound),
        None => Ok(session.scope().today()),
    }
}

async fn load(session: &Session, class: &str, day: NaiveDate, open: bool) -> Result<AttendancePage, PageError> {
    if !session.may(Right::AttendanceWrite) {
        return Err(PageError::NotFound);
    }
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": class, "day": day })).await?;
    let frame = session.frame(Nav::staff(Some(class), Here::Attendance));
    AttendancePage::of(asked, frame, &At { class, day, open, now: session.scope().now() }).ok_or(PageError::NotFound)
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
        let Class { name, school, pupil_count, is_school_day, school_days, attendance_summary: summary, pupils } = found;
        let rows: Vec<Row> = pupils.nodes.into_iter().map(|pupil| Row::of(pupil, &kinds)).collect();
        let more = kinds.split_off(kinds.len().min(IN_ROW));
        let board = format!("/classes/{class}");
        Some(AttendancePage {
            closed: Closed::of(at, frame.presenting, is_school_day),
            frame,
            here: format!("{board}/attendance"),
            board,
            school: school.map(|school| school.name).unwrap_or_default(),
            class: name,
            size: pupil_count,
            day,
            day_in_words: words::long_day(day),
            now: words::clock(now),
            seen: now.to_rfc3339_opts(SecondsFormat::Millis, true),
            past: day < school_day(now),
            open,
            reason: String::new(),
            messages: Vec::new(),
            more,
            kinds,
            rows: rows.len(),
            columns: halves(rows),
            saved: summary.last_at.map(|at| saved(at, day, summary.last_by.as_deref())),
            summary,
            before: school_days.into_iter().rfind(|before| *before < day).map(|before| (before, words::short_day(before))),
        })
    }
}

impl Closed {
    fn of(at: &At<'_>, presenting: bool, is_school_day: bool) -> Option<Self> {
        let ahead = at.day > school_day(at.now);
        let closed = |title, text: &str, may_open| Some(Closed { title, text: text.to_owned(), may_open, ahead });
        if presenting {
            return closed("提示中は、朝の出欠を開けません", "提示モードを切ると、出欠をつけられます。", false);
        }
        if ahead {
            return closed("まだ来ていない日です", "出欠は、その日になってからつけます。", false);
        }
        let text = format!("{}曜日のため、出欠はありません。", words::weekday(at.day));
        if is_school_day || at.open { None } else { closed("授業のない日です", &text, true) }
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
    let choices = attendance_form::choices(&fields);
    if past && fields.typed("reason").is_none() {
        problems.all.push("過去の日を直すときは、理由を書いてください。まだ保存していません。".to_owned());
    } else {
        problems = attendance_form::send(&session, &class, day, &fields, &choices).await?;
    }
    if problems.is_empty() {
        let here = format!("/classes/{class}");
        let stay = if past { format!("{here}/attendance?day={day}") } else { format!("{here}/attendance") };
        return Ok(Redirect::to(if everybody { &stay } else { &here }).into_response());
    }
    let page = again(&session, &class, day, &fields, choices, problems).await?;
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}

/// What could not be saved, for the page as a whole and by pupil.
#[derive(Default)]
pub(super) struct Problems {
    pub(super) all: Vec<String>,
    pub(super) rows: HashMap<String, String>,
}

impl Problems {
    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.rows.is_empty()
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
    let mut choices: HashMap<String, Choice> = choices.into_iter().collect();
    for row in page.columns.iter_mut().flatten() {
        row.message = problems.rows.remove(&row.id);
        if let Some(choice) = choices.remove(&row.id).filter(|_| nothing_saved || row.message.is_some()) {
            row.choice = choice;
        }
    }
    if !nothing_saved {
        let words = "しるしのついた行は、まだ保存していません。見てから、もういちど保存してください。";
        problems.all.push(words.to_owned());
    }
    page.messages = problems.all;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::scene;
    use serde_json::Value;

    fn kind(code: &str, name: &str, absent: bool, excused: bool) -> Value {
        json!({ "code": code, "name": name, "absent": absent, "excused": excused, "usual": code == "PRESENT" })
    }

    fn kinds() -> Vec<Value> {
        vec![
            kind("PRESENT", "出席", false, false),
            kind("ILLNESS", "病欠", true, false),
            kind("OTHER", "事故欠", true, false),
            kind("SUSPENDED", "出停", false, true),
            kind("MOURNING", "忌引", false, true),
        ]
    }

    /// A class on a morning: two without a mark, one ill, one suspended, one late, one in another room.
    fn asked(size: usize, kinds: &[Value]) -> Value {
        let days = scene::days(1);
        let pupil = |number: usize| {
            let pupil = scene::pupil(number, &days);
            let (what, late, place, note) = match number {
                7 => (Some(0), true, "CLASSROOM", Some("通院 9:30ごろ")),
                25 => (Some(1), false, "CLASSROOM", Some("発熱 38.2℃")),
                27 | 34 => (None, false, "CLASSROOM", None),
                31 => (Some(3), false, "CLASSROOM", Some("インフルエンザA")),
                35 => (Some(0), false, "OTHER_ROOM", None),
                _ => (Some(0), false, "CLASSROOM", None),
            };
            let mark = what.map(
                |index: usize| json!({ "kind": kinds[index], "late": late, "leftEarly": false, "place": place, "note": note }),
            );
            json!({ "id": pupil["id"], "name": pupil["name"], "number": number, "attendance": mark.into_iter().collect::<Vec<_>>() })
        };
        json!({
            "attendanceKinds": kinds,
            "class": {
                "name": "5年2組", "school": { "name": "朝霧市立ひばり野小学校" }, "pupilCount": size, "isSchoolDay": true,
                "schoolDays": ["2026-11-20", "2026-11-24"],
                "attendanceSummary": { "present": size - 4, "absent": 1, "excused": 1, "unmarked": 2, "lastBy": "中島 由紀", "lastAt": "2026-11-23T23:16:00Z" },
                "pupils": { "nodes": (1..=size).map(pupil).collect::<Vec<_>>() },
            },
        })
    }

    fn page(asked: Value, day: &str) -> AttendancePage {
        let at = At { class: "c-52", day: day.parse().unwrap(), open: false, now: scene::now() };
        let mut frame = scene::frame(false);
        frame.nav = Nav::staff(Some("c-52"), Here::Attendance);
        AttendancePage::of(serde_json::from_value(asked).unwrap(), frame, &at).expect("a class and its kinds")
    }

    #[test]
    fn every_pupil_has_a_row_with_every_kind() {
        let html = scene::render("attendance", &page(asked(36, &kinds()), "2026-11-24"));
        assert_eq!(html.matches("<fieldset").count(), 36);
        assert_eq!(html.matches("type=\"radio\"").count(), 36 * 5);
        assert!(html.contains("<legend class=\"seen-not\">9番 加藤 颯太</legend>"));
        assert!(html.contains("・<wbr>"), "a long name may break behind its dot");
        assert!(!html.contains("過去の日"));
        assert_eq!(page(asked(45, &kinds()), "2026-11-24").columns.iter().map(Vec::len).collect::<Vec<_>>(), [23, 22]);
    }

    #[test]
    fn a_past_day_asks_for_a_reason_and_a_day_to_come_has_no_grid() {
        let html = scene::render("attendance_past", &page(asked(36, &kinds()), "2026-11-20"));
        assert!(html.contains("過去の日を直しています") && html.contains("name=\"reason\""));
        let html = scene::render("attendance_ahead", &page(asked(36, &kinds()), "2026-11-25"));
        assert!(html.contains("まだ来ていない日です") && !html.contains("<fieldset"));
    }

    #[test]
    fn more_than_seven_kinds_are_listed_under_another() {
        let mut many = kinds();
        for (code, name) in [("STAFFROOM", "引率"), ("VISIT", "参観"), ("STRIKE", "その他休"), ("MOVED", "留学")] {
            many.push(kind(code, name, true, false));
        }
        let html = scene::render("attendance_kinds", &page(asked(12, &many), "2026-11-24"));
        assert_eq!(html.matches("type=\"radio\"").count(), 12 * 8);
        assert!(html.contains("name=\"more.p-1\"") && html.contains("<option value=\"STRIKE\">その他休</option>"));
    }
}
