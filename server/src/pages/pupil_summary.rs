//! 面談の資料: what a talk with guardians may be held over, on one sheet of paper. The child's own records alone: no class's middle, no flag, nothing
//! that was computed from others, and of notes those that may be shown to guardians.
use super::chart::work;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::pupil::{TermMarks, marks};
use super::record::{Counted, Learning, Mark, Named, Rights, SupportAction, Work, WorkState};
use super::ruby::hiragana;
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::marks::term;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("pupil_summary.graphql");

#[derive(Deserialize)]
struct Asked {
    pupil: Option<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    name: String,
    kana: Option<String>,
    number: Option<i32>,
    viewer_rights: Rights,
    homeroom: Option<Homeroom>,
    attendance: Option<Vec<Mark>>,
    learning: Option<Learning>,
    work: Option<Vec<Work>>,
    term_marks: Option<Vec<TermMarks>>,
    support_actions: Option<Vec<SupportAction>>,
    support: Option<Sheet>,
}

#[derive(Deserialize)]
struct Sheet {
    readable: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Homeroom {
    id: String,
    name: String,
    #[serde(default)]
    grades: Vec<String>,
    viewer_rights: Rights,
    school: Option<Named>,
    #[serde(default)]
    teachers: Vec<Named>,
}

#[derive(Template)]
#[template(path = "pupil_summary.html")]
struct SummaryPage {
    frame: Frame,
    id: String,
    name: String,
    kana: Option<String>,
    number: Option<i32>,
    homeroom: Option<Homeroom>,
    child: &'static str,
    /// 「2学期」, and its days until today.
    term: (String, String),
    attendance: Option<Counted>,
    /// On how many days there are learning records.
    learning: Option<usize>,
    /// How many were due and handed in, and the titles of those that were not.
    work: Option<(String, Vec<String>)>,
    marks: Option<marks::Table>,
    /// What was written of the term, with the subject.
    remarks: Vec<(String, String)>,
    /// What may be shown to guardians of what was done.
    actions: Option<Vec<(String, String)>>,
    /// Whether there is a support sheet of which something may be shown.
    sheet: bool,
    printed: String,
}

/// `GET /pupils/{id}/summary`; not while the screen is shown to others.
pub(super) async fn page(session: Session, Path(id): Path<String>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    let (now, today) = (session.scope().now(), session.scope().today());
    let term = term::on_day(session.scope(), today).await?;
    let variables = json!({ "id": id, "from": term.begins, "today": today, "term": term.number });
    let asked: Asked = session.ask(DOCUMENT, variables).await?;
    let pupil = asked.pupil.ok_or(PageError::NotFound)?;
    let rights = &pupil.viewer_rights;
    let homeroom = pupil.homeroom;
    let nav = homeroom
        .as_ref()
        .map_or_else(|| Nav::staff(Here::Elsewhere), |of| Nav::class(&of.id, &of.viewer_rights, Here::Elsewhere));
    let shown = pupil.term_marks.filter(|_| rights.to(Right::MarkRead));
    let actions = pupil.support_actions.filter(|_| rights.to(Right::SupportRead));
    let page = SummaryPage {
        frame: session.frame(nav),
        child: homeroom.as_ref().map_or("児童", |homeroom| words::children(&homeroom.grades)),
        term: (term.name(), format!("{}〜{}", words::short_day(term.begins), words::short_day(today))),
        attendance: pupil.attendance.filter(|_| rights.to(Right::AttendanceRead)).map(|marks| Counted::of(&marks)),
        learning: pupil.learning.filter(|_| rights.to(Right::ActivityRead)).map(|learning| learning.days.len()),
        work: pupil.work.filter(|_| rights.to(Right::ActivityRead)).map(|works| handed_in(&works)),
        marks: shown.as_deref().map(marks::Table::of),
        remarks: shown.iter().flatten().flat_map(TermMarks::remarks_in_words).collect(),
        actions: actions.map(|actions| actions.iter().filter(|action| action.shareable()).map(in_words).collect()),
        sheet: pupil.support.is_some_and(|sheet| sheet.readable),
        printed: format!("{} {}", words::era(today), words::clock(now)),
        name: pupil.name,
        kana: pupil.kana.as_deref().map(hiragana),
        number: pupil.number,
        homeroom,
        id,
    };
    Ok(html(&page)?.into_response())
}

fn handed_in(works: &[Work]) -> (String, Vec<String>) {
    let (handed_in, due) = work::count(works);
    let missing = works.iter().filter(|work| work.state == WorkState::Missing).map(|work| work.assignment.words());
    (format!("{handed_in}/{due}"), missing.collect())
}

fn in_words(action: &SupportAction) -> (String, String) {
    (format!("{}　{}", words::short_day(action.day), action.kind.words()), action.text.clone())
}
