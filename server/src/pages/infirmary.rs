//! 保健室: who came, in three touches: the class, the pupil, why; the time is now. What is done is one touch more, once it is known.
mod view;

use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{Connection, Sent};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::new_id;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use view::{Answer, Choice, Class, Id, Line, List, Support};

const DOCUMENT: &str = include_str!("infirmary.graphql");
const RECORD: &str = "mutation Record($input: RecordInfirmaryVisitInput!) { done: recordInfirmaryVisit(input: $input) {
    userErrors { code field } } }";
const CORRECT: &str = "mutation Correct($input: CorrectInfirmaryVisitInput!) { done: correctInfirmaryVisit(input: $input) {
    userErrors { code field } } }";
const ADD: &str = "mutation Add($input: AddVisitToSupportInput!) { done: addVisitToSupport(input: $input) {
    userErrors { code field } } }";

/// What becomes of a visit, in words.
pub(super) const OUTCOMES: [(&str, &str); 4] =
    [("BACK_TO_CLASS", "教室へもどる"), ("REST", "休ませる"), ("SENT_HOME", "家に帰す"), ("HOSPITAL", "病院へ")];

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    day: Option<String>,
    /// The visit that was noted just now.
    saved: Option<String>,
}

#[derive(Template)]
#[template(path = "infirmary.html")]
struct InfirmaryPage {
    frame: Frame,
    id: String,
    here: String,
    school: String,
    day: NaiveDate,
    day_in_words: String,
    now: String,
    is_today: bool,
    writes: bool,
    classes: Vec<Choice>,
    reasons: Vec<(String, String)>,
    lists: Vec<List>,
    fresh: String,
    /// What was noted just now, to be taken back.
    saved: Option<(String, String)>,
    refused: Option<&'static str>,
}

/// `GET /infirmary`: to that of the viewer's first school.
pub(super) async fn first(session: Session) -> Result<Redirect, PageError> {
    #[derive(Deserialize)]
    struct Schools {
        schools: Option<Connection<Id>>,
    }
    let found: Schools = session.ask("{ schools(first: 1) { nodes { id } } }", Value::Null).await?;
    let first = found.schools.and_then(|schools| schools.nodes.into_iter().next()).ok_or(PageError::NotFound)?;
    Ok(Redirect::to(&format!("/schools/{}/infirmary", first.id)))
}

/// `GET /schools/{id}/infirmary`.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    html(&load(&session, &id, &wish, &Fields::default(), None).await?)
}

async fn load(
    session: &Session,
    id: &str,
    wish: &Wish,
    typed: &Fields,
    refused: Option<&'static str>,
) -> Result<InfirmaryPage, PageError> {
    let today = session.scope().today();
    let day: NaiveDate = match wish.day.as_deref().filter(|day| !day.is_empty()) {
        Some(day) => day::read(day).ok_or(PageError::NotFound)?,
        None => today,
    };
    if !session.may(Right::VisitRead) || session.presenting() {
        return Err(PageError::NotFound);
    }
    let asked: Answer = session.ask(DOCUMENT, json!({ "id": id, "day": day })).await?;
    let school = asked.school.ok_or(PageError::NotFound)?;
    let classes = asked.homerooms.map(|homerooms| homerooms.nodes).unwrap_or_default();
    let here =
        |class: &Class| class.school.as_ref().is_some_and(|school| school.id == id) && class.viewer_rights.to(Right::VisitWrite);
    let classes: Vec<Choice> = classes.into_iter().filter(here).map(|class| Choice::of(class, typed.get("pupil"))).collect();
    let opens = session.may(Right::SupportOpen);
    let lines = asked.infirmary_visits.nodes.into_iter().map(|visit| Line::of(visit, opens).typed(typed));
    let lines: Vec<Line> = lines.collect();
    let saved = lines.iter().find(|line| Some(&line.id) == wish.saved.as_ref());
    Ok(InfirmaryPage {
        frame: session.frame(Nav::staff(Here::Infirmary)),
        here: format!("/schools/{id}/infirmary"),
        id: id.to_owned(),
        school: school.name,
        day,
        day_in_words: words::long_day(day),
        now: words::clock(session.scope().now()),
        is_today: day == today,
        writes: !classes.is_empty(),
        classes,
        reasons: asked.reasons.into_iter().map(|of| (of.code, of.label.replace('\n', " "))).collect(),
        saved: saved.map(|line| (line.id.clone(), line.words())),
        lists: lists(lines, day == today),
        fresh: new_id().to_string(),
        refused,
    })
}

/// Those who are there now, then the others of the day; of another day all in one.
fn lists(lines: Vec<Line>, is_today: bool) -> Vec<List> {
    let list = |title, anchor, counted, lines| List { title, anchor, counted, lines };
    if !is_today {
        return vec![list("来室", "list", "件", lines)];
    }
    let (here, others): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.stays);
    let there = (!here.is_empty()).then(|| list("いま保健室にいる人", "here", "人", here));
    let nobody = there.is_none();
    let others = (nobody || !others.is_empty()).then(|| list("きょうの来室", "list", "件", others));
    there.into_iter().chain(others).collect()
}

/// `POST /schools/{id}/infirmary`.
pub(super) async fn send(Path(id): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let day = fields.typed("day").and_then(day::read);
    let (document, input) = match (fields.typed("visit"), fields.get("act")) {
        (None, _) => (RECORD, json!({ "id": fields.get("id"), "pupilId": fields.get("pupil"), "reason": fields.get("reason") })),
        (Some(visit), "withdraw") => (CORRECT, json!({ "visitId": visit, "withdrawn": true })),
        (Some(visit), "support") => (ADD, json!({ "visitId": visit })),
        (Some(visit), "correct") => {
            let day = day.ok_or(PageError::BadForm)?;
            let at = |name: &str| fields.typed(name).map(|time| format!("{day}T{time}:00+09:00"));
            // What was not touched is not sent: somebody else may have written it in the meantime.
            let touched = |name: &str, was: &str| fields.get(name) != fields.get(was);
            let input = json!({ "visitId": visit, "reason": fields.typed("reason"), "outcome": fields.typed("became"), "cameAt": at("came"),
                "leftAt": at("left").filter(|_| touched("left", "left-was")),
                "note": touched("note", "note-was").then(|| fields.get("note")),
                "nurseNote": touched("nurse", "nurse-was").then(|| fields.get("nurse")) });
            (CORRECT, input)
        }
        // A press on what becomes of it leaves everything else as it is.
        (Some(visit), _) => (CORRECT, json!({ "visitId": visit, "outcome": fields.get("outcome") })),
    };
    let sent: Sent = session.ask(document, json!({ "input": input })).await?;
    let refused = sent.refusals()?;
    let wish = Wish { day: day.map(|day| day.to_string()).filter(|_| day != Some(session.scope().today())), saved: None };
    let Some(refused) = refused.first() else {
        let to = match (fields.typed("id"), wish.day) {
            (Some(saved), _) => format!("/schools/{id}/infirmary?saved={saved}"),
            (None, Some(day)) => format!("/schools/{id}/infirmary?day={day}"),
            (None, None) => format!("/schools/{id}/infirmary"),
        };
        return Ok(Redirect::to(&to).into_response());
    };
    let why = match (refused.code.as_str(), refused.field.as_str()) {
        ("NOT_FOUND", "pupilId") => "だれが来たかを選んでください。",
        ("NOT_FOUND", "reason") => "どうしたかを選んでください。",
        ("NOT_READY", "visitId") => "支援シートがもう終わっています。",
        ("CONFLICT", "visitId") => "この来室は、前の支援シートにつながっています。",
        ("NOT_FOUND", "visitId") => "この来室は取り消されています。",
        ("EMPTY", "outcome") => "出た時刻を書くときは、「そのあと」も選んでください。",
        ("OUT_OF_RANGE", "leftAt") => "出た時刻が、来た時刻より前です。",
        (code, field) => words::refusal(code, field),
    };
    let page = load(&session, &id, &wish, &fields, Some(why)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}
