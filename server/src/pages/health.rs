//! 朝の健康観察 of a class: all fine but those who are named, in half a minute.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{ClassKind, Connection, Mark, Rights, Sent};
use super::session::Session;
use super::{day, html, words};
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("health.graphql");
const RECORD: &str = "mutation Record($input: RecordHealthObservationsInput!) { done: recordHealthObservations(input: $input) {
    rejected { id code field } userErrors { code field } } }";

/// How a pupil can be, with the words of the page.
pub(super) const STATES: [(&str, &str); 3] = [("FINE", "元気"), ("ILL", "気になる"), ("AWAY", "病気で休み")];

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    day: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    symptoms: Vec<Word>,
    #[serde(default)]
    diseases: Vec<Word>,
    class: Option<Class>,
}

#[derive(Deserialize)]
struct Word {
    code: String,
    label: String,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct School {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    kind: ClassKind,
    grades: Vec<String>,
    viewer_rights: Rights,
    school: Option<School>,
    is_school_day: Option<bool>,
    pupils: Option<Connection<Pupil>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    id: String,
    name: String,
    number: Option<i32>,
    #[serde(default)]
    attendance: Option<Vec<Mark>>,
    #[serde(default)]
    health_observations: Option<Vec<Observation>>,
}

#[derive(Deserialize)]
struct Observation {
    state: String,
    #[serde(default)]
    symptoms: Vec<Code>,
    disease: Option<Code>,
    temperature: Option<f64>,
    note: Option<String>,
}

/// A pupil's row.
struct Row {
    id: String,
    number: String,
    name: String,
    /// What the register says, where it is more than 出席.
    mark: String,
    here: bool,
    state: String,
    symptoms: Vec<String>,
    disease: String,
    degrees: String,
    note: String,
    /// Whether there is more than the state.
    said: bool,
    /// All of it as it was shown.
    was: String,
}

impl Row {
    fn of(pupil: Pupil) -> Self {
        let mark = pupil.attendance.iter().flatten().next();
        let held = pupil.health_observations.into_iter().flatten().next();
        let mut row = Row {
            id: pupil.id,
            number: pupil.number.map(|number| number.to_string()).unwrap_or_default(),
            name: pupil.name,
            mark: mark.filter(|mark| !mark.usual()).map(Mark::words).unwrap_or_default(),
            here: mark.is_none_or(Mark::here),
            state: held.as_ref().map(|held| held.state.clone()).unwrap_or_default(),
            symptoms: held.iter().flat_map(|held| &held.symptoms).map(|of| of.code.clone()).collect(),
            disease: held.as_ref().and_then(|held| Some(held.disease.as_ref()?.code.clone())).unwrap_or_default(),
            degrees: held.as_ref().and_then(|held| held.temperature).map(|degrees| format!("{degrees:.1}")).unwrap_or_default(),
            note: held.and_then(|held| held.note).unwrap_or_default(),
            said: false,
            was: String::new(),
        };
        row.said = row.has_more();
        row.was = row.written();
        row
    }

    fn has_more(&self) -> bool {
        !self.symptoms.is_empty() || [&self.disease, &self.degrees, &self.note].iter().any(|text| !text.is_empty())
    }

    /// The whole row as one text.
    fn written(&self) -> String {
        let mut symptoms = self.symptoms.clone();
        symptoms.sort();
        [self.state.as_str(), &symptoms.join(","), &self.disease, &self.degrees, &self.note].join("|")
    }

    /// The row as a form says it.
    fn take(&mut self, fields: &Fields) {
        let of = |name: &str| fields.get(&format!("{name}.{}", self.id)).trim().to_owned();
        let (state, disease, degrees, note) = (of("state"), of("disease"), of("degrees"), of("note"));
        let name = format!("symptom.{}", self.id);
        self.symptoms = fields.0.iter().filter(|(of, _)| *of == name).map(|(_, code)| code.clone()).collect();
        (self.state, self.disease, self.degrees, self.note) = (state, disease, degrees, note);
        self.said = self.has_more();
        // Whoever ticks a symptom need not say that something is to be noted.
        if self.said && (self.state.is_empty() || self.state == "FINE") {
            let state = if self.here { "ILL" } else { "AWAY" };
            state.clone_into(&mut self.state);
        }
    }

    fn input(&self) -> Value {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        json!({ "pupilId": self.id, "state": some(&self.state), "symptoms": self.symptoms, "disease": some(&self.disease),
            "temperature": self.degrees.parse::<f64>().ok(), "note": some(&self.note) })
    }
}

#[derive(Template)]
#[template(path = "health.html")]
struct HealthPage {
    frame: Frame,
    here: String,
    board: String,
    school: String,
    class: String,
    day: NaiveDate,
    today: NaiveDate,
    day_in_words: String,
    closed: Option<&'static str>,
    children: &'static str,
    symptoms: Vec<(String, String)>,
    diseases: Vec<(String, String)>,
    rows: Vec<Row>,
    fine: usize,
    ill: usize,
    away: usize,
    left: usize,
    messages: Vec<&'static str>,
}

/// `GET /classes/{id}/health`.
pub(super) async fn page(
    session: Session,
    Path(class): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    html(&load(&session, &class, wish.day.as_deref()).await?)
}

async fn load(session: &Session, id: &str, day: Option<&str>) -> Result<HealthPage, PageError> {
    let today = session.scope().today();
    let day = match day.filter(|day| !day.is_empty()) {
        Some(day) => day::read(day).ok_or(PageError::NotFound)?,
        None => today,
    };
    let asked: Asked = session.ask(DOCUMENT, json!({ "id": id, "day": day })).await?;
    let notes = |class: &Class| {
        let rights = &class.viewer_rights;
        class.kind == ClassKind::Homeroom
            && rights.to(Right::HealthRead)
            && rights.to(Right::HealthWrite)
            && !session.presenting()
    };
    let class = asked.class.filter(notes).ok_or(PageError::NotFound)?;
    let rows: Vec<Row> = class.pupils.map(|pupils| pupils.nodes).unwrap_or_default().into_iter().map(Row::of).collect();
    let of = |state: &str| rows.iter().filter(|row| row.state == state).count();
    let board = format!("/classes/{id}");
    let plain = |words: Vec<Word>| words.into_iter().map(|word| (word.code, word.label.replace('\n', " "))).collect();
    Ok(HealthPage {
        frame: session.frame(Nav::class(id, &class.viewer_rights, Here::Elsewhere)),
        here: format!("{board}/health"),
        board,
        school: class.school.map(|school| school.name).unwrap_or_default(),
        day,
        today,
        day_in_words: words::long_day(day),
        closed: match class.is_school_day {
            _ if day > today => Some("まだ来ていない日です。"),
            Some(false) => Some("授業のない日です。"),
            _ => None,
        },
        children: words::children(&class.grades),
        symptoms: plain(asked.symptoms),
        diseases: plain(asked.diseases),
        fine: of("FINE"),
        ill: of("ILL"),
        away: of("AWAY"),
        left: rows.iter().filter(|row| row.state.is_empty() && row.here).count(),
        rows,
        class: class.name,
        messages: Vec::new(),
    })
}

/// `POST /classes/{id}/health`.
pub(super) async fn send(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let day = fields.typed("day").and_then(day::read).ok_or(PageError::NotFound)?;
    let mut page = load(&session, &class, fields.typed("day")).await?;
    // Only what was changed is sent: what a colleague noted meanwhile stays.
    let mut changed = Vec::new();
    for row in &mut page.rows {
        let was = fields.get(&format!("was.{}", row.id)).to_owned();
        row.take(&fields);
        if row.written() != was {
            changed.push(row.input());
        }
        row.was = was;
    }
    let others = if fields.is("act", "all") { "FINE" } else { "UNCHANGED" };
    let input = json!({ "classId": class, "day": day, "observations": changed, "others": others });
    let sent: Sent = session.ask(RECORD, json!({ "input": input })).await?;
    let refused: Vec<&'static str> = sent.refusals()?.iter().map(|of| refusal(&of.code, &of.field)).collect();
    if refused.is_empty() {
        return Ok(Redirect::to(&format!("/classes/{class}/health?day={day}")).into_response());
    }
    page.messages = refused;
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}

fn refusal(code: &str, field: &str) -> &'static str {
    match (code, field) {
        ("OUT_OF_RANGE", "temperature") => "体温は、34.0から42.0の間で書いてください。",
        ("NOT_FOUND", "symptoms" | "disease") => "選んだことばは、もう使われていません。選びなおしてください。",
        _ => words::refusal(code, field),
    }
}
