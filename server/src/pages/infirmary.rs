//! 保健室: who came today, in three touches: who, why, what is done; the time is now.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{Connection, Named, Rights, Sent};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::new_id;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("infirmary.graphql");
const RECORD: &str = "mutation Record($input: RecordInfirmaryVisitInput!) { done: recordInfirmaryVisit(input: $input) {
    userErrors { code field } } }";
const CORRECT: &str = "mutation Correct($input: CorrectInfirmaryVisitInput!) { done: correctInfirmaryVisit(input: $input) {
    userErrors { code field } } }";

/// What becomes of a visit, in words.
pub(super) const OUTCOMES: [(&str, &str); 4] =
    [("REST", "休ませる"), ("BACK_TO_CLASS", "教室へもどる"), ("SENT_HOME", "家に帰す"), ("HOSPITAL", "病院へ")];

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    day: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    school: Option<Named>,
    #[serde(default)]
    reasons: Vec<Word>,
    infirmary_visits: Connection<Visit>,
    #[serde(default)]
    homerooms: Option<Connection<Class>>,
}

#[derive(Deserialize)]
struct Word {
    code: String,
    label: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Visit {
    id: String,
    pupil_id: String,
    pupil_name: String,
    class_name: Option<String>,
    came_at: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
    reason: Option<Word>,
    outcome: String,
    note: Option<String>,
    nurse_note: Option<String>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    viewer_rights: Rights,
    #[serde(default)]
    school: Option<Id>,
    #[serde(default)]
    pupils: Option<Connection<Pupil>>,
}

#[derive(Deserialize)]
struct Pupil {
    id: String,
    name: String,
    number: Option<i32>,
}

/// A class to choose from.
struct Choice {
    name: String,
    open: bool,
    pupils: Vec<Chosen>,
}

struct Chosen {
    id: String,
    number: String,
    name: String,
    picked: bool,
}

/// A visit in the list.
struct Line {
    id: String,
    pupil: String,
    time: String,
    came: String,
    left: String,
    class: String,
    name: String,
    reason_code: String,
    reason: String,
    outcome: &'static str,
    rests: bool,
    note: String,
    nurse: String,
}

impl Line {
    fn of(of: Visit) -> Self {
        let padded = |at: DateTime<Utc>| format!("{:0>5}", words::clock(at));
        let (came, left) = (words::clock(of.came_at), of.left_at.map(words::clock));
        let (code, reason) = of.reason.map(|reason| (reason.code, reason.label)).unwrap_or_default();
        Line {
            time: left.as_ref().filter(|left| **left != came).map_or_else(|| came.clone(), |left| format!("{came}〜{left}")),
            came: padded(of.came_at),
            left: of.left_at.map(padded).unwrap_or_default(),
            id: of.id,
            pupil: of.pupil_id,
            class: of.class_name.unwrap_or_default(),
            name: of.pupil_name,
            reason_code: code,
            reason: reason.replace('\n', " "),
            rests: of.outcome == "REST" && of.left_at.is_none(),
            outcome: match of.outcome.as_str() {
                "REST" => "休養",
                "BACK_TO_CLASS" => "教室へ",
                "SENT_HOME" => "帰宅",
                _ => "病院へ",
            },
            note: of.note.unwrap_or_default(),
            nurse: of.nurse_note.unwrap_or_default(),
        }
    }
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
    reasons: Vec<(String, String, bool)>,
    lines: Vec<Line>,
    fresh: String,
    refused: Option<&'static str>,
    typed: Fields,
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
    html(&load(&session, &id, wish.day.as_deref(), Fields::default(), None).await?)
}

async fn load(
    session: &Session,
    id: &str,
    day: Option<&str>,
    typed: Fields,
    refused: Option<&'static str>,
) -> Result<InfirmaryPage, PageError> {
    let today = session.scope().today();
    let day: NaiveDate = match day.filter(|day| !day.is_empty()) {
        Some(day) => day::read(day).ok_or(PageError::NotFound)?,
        None => today,
    };
    if !session.may(Right::VisitRead) || session.presenting() {
        return Err(PageError::NotFound);
    }
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id, "day": day })).await?;
    let school = asked.school.ok_or(PageError::NotFound)?;
    let classes = asked.homerooms.map(|homerooms| homerooms.nodes).unwrap_or_default();
    let here =
        |class: &Class| class.school.as_ref().is_some_and(|school| school.id == id) && class.viewer_rights.to(Right::VisitWrite);
    let classes: Vec<Choice> = classes.into_iter().filter(here).map(|class| Choice::of(class, typed.get("pupil"))).collect();
    let reason = |of: Word| (typed.is("reason", &of.code), of);
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
        reasons: asked
            .reasons
            .into_iter()
            .map(reason)
            .map(|(chosen, of)| (of.code, of.label.replace('\n', " "), chosen))
            .collect(),
        lines: asked.infirmary_visits.nodes.into_iter().map(Line::of).collect(),
        fresh: new_id().to_string(),
        refused,
        typed,
    })
}

impl Choice {
    fn of(class: Class, chosen: &str) -> Self {
        let pupils = class.pupils.map(|pupils| pupils.nodes).unwrap_or_default();
        let number = |pupil: &Pupil| pupil.number.map(|number| number.to_string()).unwrap_or_default();
        Choice {
            name: class.name,
            open: pupils.iter().any(|pupil| pupil.id == chosen),
            pupils: pupils
                .into_iter()
                .map(|pupil| Chosen { number: number(&pupil), picked: pupil.id == chosen, id: pupil.id, name: pupil.name })
                .collect(),
        }
    }
}

/// `POST /schools/{id}/infirmary`.
pub(super) async fn send(Path(id): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let outcome = fields.get("outcome");
    let (document, input) = match fields.typed("visit") {
        None => {
            let input = json!({ "id": fields.get("id"), "pupilId": fields.get("pupil"), "reason": fields.get("reason"), "outcome": outcome,
                "note": fields.typed("note"), "nurseNote": fields.typed("nurse") });
            (RECORD, input)
        }
        Some(visit) if outcome == "withdraw" => (CORRECT, json!({ "visitId": visit, "withdrawn": true })),
        // A press on what becomes of it leaves everything else as it is.
        Some(visit) if !outcome.is_empty() => (CORRECT, json!({ "visitId": visit, "outcome": outcome })),
        Some(visit) => {
            let day = fields.typed("day").and_then(day::read).ok_or(PageError::BadForm)?;
            let at = |name: &str| fields.typed(name).map(|time| format!("{day}T{time}:00+09:00"));
            let input = json!({ "visitId": visit, "reason": fields.typed("reason"), "cameAt": at("came"), "leftAt": at("left"),
                "note": fields.get("note"), "nurseNote": fields.get("nurse") });
            (CORRECT, input)
        }
    };
    let sent: Sent = session.ask(document, json!({ "input": input })).await?;
    let refused = sent.refusals()?;
    let Some(refused) = refused.first() else {
        return Ok(Redirect::to(&format!("/schools/{id}/infirmary#list")).into_response());
    };
    let why = match (refused.code.as_str(), refused.field.as_str()) {
        ("NOT_FOUND", "pupilId") => "だれが来たかを選んでください。",
        ("NOT_FOUND", "reason") => "どうしたかを選んでください。",
        ("OUT_OF_RANGE", "leftAt") => "出た時刻が、来た時刻より前です。",
        (code, field) => words::refusal(code, field),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&load(&session, &id, None, fields, Some(why)).await?)?).into_response())
}
