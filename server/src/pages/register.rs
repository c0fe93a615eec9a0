//! 出席簿: the legal sheet of one class and month, on A4 landscape, as a spreadsheet and as CSV.
mod data;
mod download;
mod sheet;

#[cfg(test)]
mod tests;

pub use data::Count;
pub(super) use download::numbers;

use super::csrf::Posted;
use super::error::PageError;
use super::file::{self, Kind, Saving};
use super::frame::{Frame, Here, Nav};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::{japan, school_day};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{Html, Response};
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use data::{Asked, Class, Correction, Register, Sign, State};
use serde::Deserialize;
use serde_json::json;
use sheet::{Cell, Sheet, sheets};

const DOCUMENT: &str = include_str!("register.graphql");

/// The titles of the sums, in the order of the sheet.
pub const SUMS: [&str; 7] =
    ["授業日数", "出席停止・忌引等の日数", "出席しなければならない日数", "欠席日数", "出席日数", "遅刻", "早退"];

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    month: Option<String>,
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    frame: Frame,
    board: String,
    here: String,
    month: String,
    former: String,
    next: Option<String>,
    class: String,
    school: String,
    teacher: String,
    /// 令和8年10月.
    era: String,
    /// 2026年10月.
    western: String,
    /// 36人（月初 35・転入 1・転出 0）, and changes of class apart from them.
    enrolled: String,
    /// 授業日数 21日（第5学年）.
    school_days: String,
    /// 11/24 まで, in a month that is not over.
    until: Option<String>,
    days: Vec<data::OnDay>,
    sheets: Vec<Sheet>,
    total: data::Count,
    signs: String,
    remarks: Vec<String>,
    made: String,
    version: String,
    corrections: Vec<Correction>,
    unmarked: Option<String>,
    not_recognised: Option<String>,
    /// Whose days of 出席扱い these are.
    undecided: Vec<(Option<String>, String)>,
    /// Whether the viewer decides over the marks of a day.
    decides: bool,
    /// Whether the viewer takes the attendance of the class, and reads what was changed of it.
    takes: bool,
}

/// `GET /classes/{id}/register`.
pub(super) async fn page(
    session: Session,
    Path(class): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    let (month, found) = ask(&session, &class, wish.month.as_deref()).await?;
    let frame = session.frame(Nav::class(&class, &found.class.viewer_rights, Here::Register));
    html(&RegisterPage::of(found, frame, &class, month, session.scope().now()))
}

/// `POST /classes/{id}/register`: the sheet as a file.
pub(super) async fn download(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let kind = Kind::of(fields.get("kind")).ok_or(PageError::BadForm)?;
    let (month, found) = ask(&session, &class, fields.typed("month")).await?;
    let nav = Nav::class(&class, &found.class.viewer_rights, Here::Register);
    let (name, what) = (file_name(&found, month), format!("{}の出席簿", found.class.name));
    let page = RegisterPage::of(found, Frame::outside(String::new()), &class, month, session.scope().now());
    if kind == Kind::Xlsx {
        return Ok(file::saved(&session, &name, kind, &page.here, download::xlsx(&page)?));
    }
    let made_at = session.scope().now().with_timezone(&japan()).naive_local();
    let saving = Saving {
        what,
        action: &page.here,
        back: format!("{}?month={}", page.here, page.month),
        keep: vec![("month", page.month.clone())],
    };
    file::give(&session, nav, &download::table(&page, name, made_at), kind, saving)
}

/// What the API says, with the first day of the month.
struct Found {
    class: Class,
    register: Register,
    kinds: Vec<Sign>,
}

async fn ask(session: &Session, class: &str, month: Option<&str>) -> Result<(NaiveDate, Found), PageError> {
    // Every cell is about a single pupil: there is nothing left of it for a wall.
    if session.presenting() || !session.may(Right::AttendanceRead) {
        return Err(PageError::NotFound);
    }
    let month = match month.filter(|month| !month.is_empty()) {
        Some(month) => month_of(month).ok_or(PageError::NotFound)?,
        None => session.scope().today().with_day(1).expect("every month has a first day"),
    };
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": class, "month": month.format("%Y-%m").to_string() })).await?;
    let mut class = asked.class.ok_or(PageError::NotFound)?;
    let register = class.register.take().ok_or(PageError::NotFound)?;
    Ok((month, Found { class, register, kinds: asked.attendance_kinds }))
}

/// A month as a browser's address has it.
fn month_of(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()?;
    (text.len() == 7 && (2000..2100).contains(&day.year())).then_some(day)
}

fn file_name(found: &Found, month: NaiveDate) -> String {
    format!("出席簿_{}_{}", found.class.name, month.format("%Y-%m"))
}

impl RegisterPage {
    fn of(found: Found, frame: Frame, id: &str, month: NaiveDate, now: DateTime<Utc>) -> Self {
        let Found { class, register, kinds } = found;
        let today = school_day(now);
        let next = month.checked_add_months(Months::new(1)).filter(|next| *next <= today);
        let former = month.checked_sub_months(Months::new(1)).unwrap_or(month);
        let grade = words::grades(&class.grades);
        let undecided: u32 = register.rows.iter().map(|row| row.not_recognised).sum();
        let board = format!("/classes/{id}");
        RegisterPage {
            frame,
            here: format!("{board}/register"),
            board,
            month: month.format("%Y-%m").to_string(),
            former: former.format("%Y-%m").to_string(),
            next: next.map(|next| next.format("%Y-%m").to_string()),
            school: class.school.as_ref().map(|school| school.name.clone()).unwrap_or_default(),
            teacher: class.teachers.iter().map(|teacher| teacher.name.as_str()).collect::<Vec<_>>().join("・"),
            era: words::era(month).trim_end_matches("1日").to_owned(),
            western: format!("{}年{}月", month.year(), month.month()),
            enrolled: enrolled(&register),
            decides: class.viewer_rights.to(Right::AttendanceDecide),
            takes: class.viewer_rights.to(Right::AttendanceWrite),
            school_days: format!("{}日（{grade}）", register.school_days),
            until: (register.until < register.to).then(|| format!("{} まで", day::short(register.until))),
            signs: signs(&kinds, &register),
            remarks: remarks(&register),
            made: format!("{} {}", words::era(today), words::clock(now)),
            version: match register.corrections.len() {
                0 => format!("版 {}", register.version),
                corrections => format!("版 {}（訂正 {corrections}件）", register.version),
            },
            unmarked: (register.total.unmarked > 0)
                .then(|| format!("未記入が のべ{}日あります。出席にも欠席にも数えていません。", register.total.unmarked)),
            not_recognised: (undecided > 0)
                .then(|| format!("○のうち のべ{undecided}日は、出席扱いの決定（校長）が記録されていません。")),
            undecided: register.rows.iter().filter(|row| row.not_recognised > 0).map(data::Row::link).collect(),
            total: register.total,
            corrections: register.corrections,
            sheets: sheets(register.rows, &register.days),
            days: register.days,
            class: class.name,
        }
    }

    fn foot(&self) -> [(&'static str, Vec<u32>); 4] {
        let of = |count: fn(&data::DayCount) -> u32| self.days.iter().map(|day| count(&day.count)).collect();
        [
            ("欠席", of(|count| count.absent)),
            ("出停・忌引", of(|count| count.excused)),
            ("遅刻", of(|count| count.late)),
            ("早退", of(|count| count.left_early)),
        ]
    }
}

/// A change of class is neither 転入 nor 転出: the pupil stays in the school.
fn enrolled(register: &Register) -> String {
    let came =
        |within: bool| register.rows.iter().filter(|row| row.joined.is_some() && row.from_class.is_some() == within).count();
    let gone = |row: &&data::Row| row.left.is_some_and(|left| left < register.until);
    let went = |within: bool| register.rows.iter().filter(gone).filter(|row| row.to_class.is_some() == within).count();
    let classes = match (came(true), went(true)) {
        (0, 0) => String::new(),
        (came, went) => format!("・ほかの学級から {came}・ほかの学級へ {went}"),
    };
    let last = register.enrolled_first + register.joined - register.left;
    format!("{last}人（月初 {}・転入 {}・転出 {}{classes}）", register.enrolled_first, came(false), went(false))
}

/// 空欄＝出席　病＝病欠 …
fn signs(kinds: &[Sign], register: &Register) -> String {
    let kinds = kinds.iter().filter(|kind| !kind.mark.is_empty()).map(|kind| format!("{}＝{}", kind.mark, kind.name));
    let fixed = ["チ＝遅刻", "早＝早退", "○＝別室など（出席扱い）", "未＝未記入", "斜線＝在籍していない日", "網かけ＝休業日"];
    let unknown = register.rows.iter().flat_map(|row| &row.cells).any(|cell| cell.state == State::NoRecord);
    let unknown = unknown.then(|| "–＝記録なし（暦の始まる前など）".to_owned());
    let all: Vec<String> =
        ["空欄＝出席".to_owned()].into_iter().chain(kinds).chain(fixed.map(str::to_owned)).chain(unknown).collect();
    all.join("　")
}

/// What is to be remarked: the calendar's words, closures, who came and left, and the newest corrections.
fn remarks(register: &Register) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for day in &register.days {
        // A vacation is said once, on its first day.
        let word = day.words.first().filter(|word| !word.title.is_empty());
        let before = day.day.pred_opt().and_then(|former| register.days.iter().find(|of| of.day == former));
        let again = |word: &&data::Word| word.kind == "VACATION" && said.iter().any(|text| text.ends_with(&word.title));
        if let Some(word) = word.filter(|word| before.is_none() || !again(word)) {
            let from = if word.kind == "VACATION" { "〜" } else { "" };
            let weekday =
                if day.is_school_day && day.weekend() { format!("（{}）", words::weekday(day.day)) } else { String::new() };
            said.push(format!("{}日{weekday}{from} {}", day.day.day(), word.title));
        }
    }
    for closure in &register.closures {
        let ends = closure.withdrawn_on.and_then(|day| day.pred_opt()).unwrap_or(closure.ends);
        said.push(format!("{}〜{} 学級閉鎖（{}）", day::short(closure.begins), day::short(ends), closure.reason));
    }
    for row in &register.rows {
        let who = format!("{}番 {}", row.number.map_or_else(|| "–".to_owned(), |number| number.to_string()), row.name);
        said.extend([row.came(), row.went(register.until)].into_iter().flatten().map(|words| format!("{who} {words}")));
    }
    for correction in register.corrections.iter().take(2) {
        said.push(format!("訂正 {}", correction.words()));
    }
    if register.corrections.len() > 2 {
        said.push(format!("訂正 ほか{}件", register.corrections.len() - 2));
    }
    said.push("出席しなければならない日数＝授業日数−出席停止・忌引等の日数".to_owned());
    said
}

impl Correction {
    /// 「10/6（火） 9番 加藤 颯太 病→忌 三浦 恵 11/4（祖父の葬儀）」.
    fn words(&self) -> String {
        let who = match (&self.name, self.number) {
            (Some(name), Some(number)) => format!(" {number}番 {name}"),
            (Some(name), None) => format!(" {name}"),
            (None, _) => " 行事暦".to_owned(),
        };
        let by = self.by.as_deref().map(|by| format!(" {by}")).unwrap_or_default();
        let at = day::short(self.at.with_timezone(&japan()).date_naive());
        let reason = self.reason.as_deref().map(|reason| format!("（{reason}）")).unwrap_or_default();
        format!("{}{who} {}→{}{by} {at}{reason}", day::short(self.day), self.before, self.after)
    }
}
