//! 学級閉鎖: the closures of a class in its school year; the office closes the class and takes a closure back.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Named, Rights, Sent};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("closures.graphql");
const CLOSE: &str = "mutation Close($input: CloseClassInput!) { done: closeClass(input: $input) { userErrors { code field } } }";
const WITHDRAW: &str = "mutation Withdraw($input: WithdrawClassClosureInput!) {
    done: withdrawClassClosure(input: $input) { userErrors { code field } } }";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    #[serde(default)]
    attendance_kinds: Vec<Kind>,
    class: Option<Class>,
}

#[derive(Deserialize)]
struct Kind {
    code: String,
    name: String,
    excused: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    kind: ClassKind,
    grades: Vec<String>,
    viewer_rights: Rights,
    school: Option<Named>,
    #[serde(default)]
    closures: Vec<Closure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Closure {
    id: String,
    begins: NaiveDate,
    ends: NaiveDate,
    kind: Option<Named>,
    reason: String,
    closed_by: Option<String>,
    withdrawn_on: Option<NaiveDate>,
}

/// A closure in the list.
struct Line {
    id: String,
    period: String,
    kind: String,
    reason: String,
    by: String,
    state: (String, &'static str),
    /// The first day on which the class can meet again, and the last; `None` where there is nothing to take back.
    open: Option<(NaiveDate, NaiveDate)>,
}

impl Line {
    fn of(closure: Closure, today: NaiveDate) -> Self {
        let last = closure.withdrawn_on.and_then(|day| day.pred_opt()).unwrap_or(closure.ends);
        let state = match closure.withdrawn_on {
            Some(day) if day <= closure.begins => ("取り消し".to_owned(), ""),
            Some(day) => (format!("{} から再開", day::short(day)), ""),
            None if today < closure.begins => ("これから".to_owned(), "new"),
            None if today <= closure.ends => ("閉鎖中".to_owned(), "wait"),
            None => ("終わりました".to_owned(), ""),
        };
        Line {
            open: (last >= closure.begins).then_some((closure.begins, last)),
            id: closure.id,
            period: format!("{}〜{}", words::short_day(closure.begins), words::short_day(closure.ends)),
            kind: closure.kind.map(|kind| kind.name).unwrap_or_default(),
            reason: closure.reason,
            by: closure.closed_by.unwrap_or_default(),
            state,
        }
    }
}

#[derive(Template)]
#[template(path = "closures.html")]
struct ClosuresPage {
    frame: Frame,
    here: String,
    board: String,
    school: String,
    class: String,
    year_in_words: String,
    today: NaiveDate,
    children: &'static str,
    kinds: Vec<Kind>,
    lines: Vec<Line>,
    refused: Option<&'static str>,
    typed: Fields,
}

/// `GET /classes/{id}/closures`.
pub(super) async fn page(session: Session, Path(class): Path<String>) -> Result<Html<String>, PageError> {
    html(&load(&session, &class).await?)
}

async fn load(session: &Session, id: &str) -> Result<ClosuresPage, PageError> {
    let today = session.scope().today();
    let (from, to) = day::school_year(today);
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id, "from": from, "to": to })).await?;
    let decides = |class: &Class| {
        class.kind == ClassKind::Homeroom && class.viewer_rights.to(Right::AttendanceDecide) && !session.presenting()
    };
    let class = asked.class.filter(decides).ok_or(PageError::NotFound)?;
    let board = format!("/classes/{id}");
    let mut lines: Vec<Line> = class.closures.into_iter().map(|closure| Line::of(closure, today)).collect();
    lines.reverse();
    Ok(ClosuresPage {
        frame: session.frame(Nav::class(id, &class.viewer_rights, Here::Elsewhere)),
        here: format!("{board}/closures"),
        board,
        school: class.school.map(|school| school.name).unwrap_or_default(),
        class: class.name,
        year_in_words: words::school_year(from),
        today,
        children: words::children(&class.grades),
        kinds: asked.attendance_kinds.into_iter().filter(|kind| kind.excused).collect(),
        lines,
        refused: None,
        typed: Fields::default(),
    })
}

/// `POST /classes/{id}/closures`.
pub(super) async fn send(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let date = |name: &str| fields.typed(name).map(day::read);
    if [date("begins"), date("ends"), date("from")].contains(&Some(None)) {
        return again(&session, &class, fields, "日は、2026-11-24 のように書いてください。").await;
    }
    let (document, input): (&str, Value) = match fields.get("do") {
        "close" => {
            let (Some(begins), Some(ends)) = (fields.typed("begins"), fields.typed("ends").or(fields.typed("begins"))) else {
                return again(&session, &class, fields, "最初の日を選んでください。").await;
            };
            let input = json!({ "classId": class, "begins": begins, "ends": ends, "kind": fields.get("kind"), "reason": fields.get("reason") });
            (CLOSE, input)
        }
        "reopen" => {
            let Some(from) = fields.typed("from") else {
                return again(&session, &class, fields, "登校を始める日を選んでください。").await;
            };
            (WITHDRAW, taken_back(&fields, Some(from)))
        }
        "undo" => (WITHDRAW, taken_back(&fields, None)),
        _ => return Err(PageError::BadForm),
    };
    let sent: Sent = session.ask(document, json!({ "input": input })).await?;
    let errors = sent.refusals()?;
    match errors.first() {
        Some(refused) => again(&session, &class, fields, refusal(&refused.code, &refused.field)).await,
        None => Ok(Redirect::to(&format!("/classes/{class}/closures#list")).into_response()),
    }
}

fn taken_back(fields: &Fields, from: Option<&str>) -> Value {
    json!({ "closureId": fields.get("closure"), "from": from, "reason": fields.get("reason") })
}

async fn again(session: &Session, class: &str, fields: Fields, why: &'static str) -> Result<Response, PageError> {
    let page = ClosuresPage { refused: Some(why), typed: fields, ..load(session, class).await? };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}

fn refusal(code: &str, field: &str) -> &'static str {
    match (code, field) {
        ("OUT_OF_RANGE", "ends") => "最後の日は、最初の日から31日のうちで選んでください。",
        ("OUT_OF_RANGE", "begins") => "その日は、どれも授業のない日です。",
        ("OUT_OF_RANGE", "from") => "その日は、閉鎖していない日です。",
        ("CONFLICT", "begins") => "その日のどれかは、もう閉鎖になっています。先にそちらを取り消してください。",
        ("INVALID_TEXT" | "EMPTY", "reason") => "理由を書いてください。",
        _ => words::refusal(code, field),
    }
}
