//! 学籍の異動: a school's comings and goings, and one pupil's move. What was wrong is corrected or undone here, and stays to be read.
mod form;
mod view;

pub(super) use view::kind as kind_of_move;

use super::csrf::Posted;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::Sent;
use super::session::Session;
use super::{address, html, words};
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use view::{Entry, Expected, Named, Room, SchoolData};

/// Which page of the moves.
#[derive(Deserialize, Default)]
pub(super) struct Asked {
    after: Option<String>,
}

/// The moves of a school.
#[derive(Template)]
#[template(path = "moves.html")]
struct MovesPage {
    frame: Frame,
    school_id: String,
    school: String,
    refused: Vec<String>,
    rooms: Vec<Room>,
    expected: Vec<Expected>,
    entries: Vec<Entry>,
    next: Option<String>,
    today: String,
}

impl MovesPage {
    /// Where the forms of an entry go back to.
    fn back(&self) -> String {
        format!("/schools/{}/moves", self.school_id)
    }
}

/// The move of a pupil.
#[derive(Template)]
#[template(path = "pupil_move.html")]
struct PupilMovePage {
    frame: Frame,
    id: String,
    name: String,
    school_id: String,
    class_id: String,
    class: String,
    /// The grades to choose from, where the class has several: code, name, whether it is the pupil's.
    grades: Vec<(String, String, bool)>,
    special: bool,
    about: String,
    refused: Vec<String>,
    rooms: Vec<Room>,
    ordinary: Vec<Room>,
    schools: Vec<Named>,
    entries: Vec<Entry>,
    today: String,
}

impl PupilMovePage {
    /// Where the forms of an entry go back to.
    fn back(&self) -> String {
        format!("/pupils/{}/move", self.id)
    }
}

/// `GET /schools/{id}/moves`; not while the screen is shown to others.
pub(super) async fn page(
    session: Session,
    Path(school): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    show(&session, &school, asked, Vec::new()).await
}

async fn show(session: &Session, school: &str, asked: Asked, refused: Vec<String>) -> Result<Response, PageError> {
    let today = session.scope().today();
    let data: view::SchoolAnswer =
        session.ask(include_str!("moves.graphql"), json!({ "school": school, "after": asked.after })).await?;
    let SchoolData { id, name, classes, expected_pupils, moves } = data.school.ok_or(PageError::NotFound)?;
    // Who is not of the office finds no such page.
    let (expected, moves) = (expected_pupils.ok_or(PageError::NotFound)?, moves.ok_or(PageError::NotFound)?);
    let next = moves.page_info.next();
    let status = if refused.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = MovesPage {
        frame: session.frame(Nav::office(&id, Here::Moves)),
        rooms: view::rooms(&classes.nodes, today),
        entries: moves.nodes.into_iter().map(|of| Entry::new(of, today)).collect(),
        expected: expected.into_iter().map(Expected::from).collect(),
        next: next.map(|cursor| address::with(&format!("/schools/{id}/moves"), "after", &cursor)),
        school_id: id,
        school: name,
        refused,
        today: today.to_string(),
    };
    Ok((status, html(&page)?).into_response())
}

/// `GET /pupils/{id}/move`; not while the screen is shown to others.
pub(super) async fn pupil_page(session: Session, Path(pupil): Path<String>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    show_pupil(&session, &pupil, Vec::new()).await
}

async fn show_pupil(session: &Session, pupil: &str, refused: Vec<String>) -> Result<Response, PageError> {
    let today = session.scope().today();
    let data: view::PupilAnswer = session.ask(include_str!("pupil_move.graphql"), json!({ "pupil": pupil })).await?;
    let pupil = data.pupil.ok_or(PageError::NotFound)?;
    let (moves, homeroom) = (pupil.moves.ok_or(PageError::NotFound)?, pupil.homeroom.ok_or(PageError::NotFound)?);
    let school = homeroom.school.ok_or(PageError::NotFound)?;
    let rooms = view::rooms(&school.classes.nodes, today);
    let status = if refused.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let number = pupil.number.map(|number| format!("{number}番")).unwrap_or_default();
    let kana = pupil.kana.unwrap_or_default();
    let grade = |code: String| (code.clone(), words::grades(std::slice::from_ref(&code)), pupil.grade.as_ref() == Some(&code));
    let page = PupilMovePage {
        frame: session.frame(Nav::office(&school.id, Here::Moves)),
        id: pupil.id,
        name: pupil.name,
        about: format!("{kana}　{}　{} {number}", school.name, homeroom.name).trim().to_owned(),
        class: homeroom.name,
        grades: if homeroom.grades.len() > 1 { homeroom.grades.into_iter().map(grade).collect() } else { Vec::new() },
        special: homeroom.special_needs,
        refused,
        ordinary: rooms.iter().filter(|room| !room.special_needs).cloned().collect(),
        rooms: rooms.into_iter().filter(|room| room.id != homeroom.id).collect(),
        class_id: homeroom.id,
        schools: data.board_schools.unwrap_or_default().into_iter().filter(|other| other.id != school.id).collect(),
        school_id: school.id,
        entries: moves.into_iter().map(|of| Entry::new(of, today)).collect(),
        today: today.to_string(),
    };
    Ok((status, html(&page)?).into_response())
}

/// `POST /schools/{id}/moves`: taking in, admitting, and what is done with an entry.
pub(super) async fn send(Path(school): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let back = address::local(&format!("/schools/{school}/moves")).ok_or(PageError::NotFound)?.to_owned();
    let refused = match form::of_school(&fields) {
        Ok(call) => sent(&session, call).await?,
        Err(refused) => refused,
    };
    if refused.is_empty() {
        Ok(Redirect::to(&fields.back(&back)).into_response())
    } else {
        show(&session, &school, Asked::default(), refused).await
    }
}

/// `POST /pupils/{id}/move`.
pub(super) async fn pupil_send(Path(pupil): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let back = address::local(&format!("/pupils/{pupil}/move")).ok_or(PageError::NotFound)?.to_owned();
    let refused = match form::of_pupil(&pupil, &fields) {
        Ok(call) => sent(&session, call).await?,
        Err(refused) => refused,
    };
    if refused.is_empty() {
        Ok(Redirect::to(&fields.back(&back)).into_response())
    } else {
        show_pupil(&session, &pupil, refused).await
    }
}

/// Why a call was not taken; empty where it was.
async fn sent(session: &Session, (mutation, of_type, input): Call) -> Result<Vec<String>, PageError> {
    let document =
        format!("mutation Move($input: {of_type}!) {{ done: {mutation}(input: $input) {{ userErrors {{ code field }} }} }}");
    let sent: Sent = session.ask(&document, json!({ "input": input })).await?;
    Ok(sent.refusals()?.iter().map(|error| form::words(&error.code, &error.field).to_owned()).collect())
}

/// What a call sends.
type Call = (&'static str, &'static str, Value);
