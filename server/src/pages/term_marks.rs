//! 成績の記録: the results of a class in a subject and term as a grid, what they come to, and what the teacher decides beside it.
mod data;
mod send;

pub(super) use send::send;

use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::html;
use super::marking::{Marking, VIEWPOINTS};
use super::session::Session;
use asagao_graphql::access::right::Right;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Html;
use data::{Answer, Assessment, Card};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

const DOCUMENT: &str = include_str!("term_marks.graphql");

/// What the page is asked with.
#[derive(Deserialize, Clone, Default)]
pub(super) struct Wish {
    term: Option<i32>,
    subject: Option<String>,
    /// The assessment to change.
    edit: Option<String>,
}

/// A column: a viewpoint of an assessment.
struct Column {
    assessment: String,
    viewpoint: &'static str,
    short: &'static str,
    whole: &'static str,
    most: i32,
    name: String,
}

/// A cell: what is held, what is typed, why it was not taken.
struct Cell {
    key: String,
    was: String,
    value: String,
    label: String,
    wrong: Option<&'static str>,
}

/// What is computed of a viewpoint or 評定, and what is decided.
struct Mark {
    key: String,
    whole: &'static str,
    percent: String,
    computed: String,
    stands: String,
    decided: String,
    chosen: String,
    choices: &'static [&'static str],
    told: Option<String>,
    wrong: Option<&'static str>,
}

/// A pupil's row.
struct Row {
    id: String,
    number: String,
    name: String,
    tag: Option<&'static str>,
    open: bool,
    cells: Vec<Cell>,
    marks: Vec<Mark>,
    reason: String,
}

/// The form of an assessment, new or to be changed.
#[derive(Default)]
struct Form {
    id: String,
    name: String,
    day: String,
    most: [String; 3],
    weight: String,
    wrong: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "term_marks.html")]
struct TermMarksPage {
    frame: Frame,
    here: String,
    board: String,
    school: String,
    class: String,
    term: i32,
    term_name: String,
    term_days: (String, String),
    terms: Vec<(i32, String, bool)>,
    subject: String,
    subjects: Vec<(String, bool)>,
    closed: Option<String>,
    scheme: Option<String>,
    scheme_href: Option<String>,
    assessments: Vec<(String, String, String, usize)>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    has_rating: bool,
    writes: bool,
    decides: bool,
    form: Form,
    messages: Vec<String>,
}

/// `GET /classes/{id}/marks`.
pub(super) async fn page(
    session: Session,
    Path(class): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    html(&load(&session, &class, &wish).await?)
}

async fn load(session: &Session, id: &str, wish: &Wish) -> Result<TermMarksPage, PageError> {
    let marking = Marking::load(session, id, wish.term).await?;
    let by_points: Vec<String> =
        marking.subjects.iter().filter(|subject| !subject.in_words()).map(|subject| subject.name.clone()).collect();
    let asked = wish.subject.as_ref().filter(|subject| !subject.is_empty());
    let subject = match asked {
        Some(subject) => by_points.iter().find(|of| *of == subject).ok_or(PageError::NotFound)?,
        None => by_points.first().ok_or(PageError::NotFound)?,
    };
    let variables = json!({ "id": id, "term": marking.term.number, "subject": subject });
    let answer: Answer = session.ask(DOCUMENT, variables).await?;
    let class = answer.class.ok_or(PageError::NotFound)?;
    let (assessments, cards) = class.assessments.zip(class.report_cards).ok_or(PageError::NotFound)?;
    let closed = marking.term.closing.as_ref().map(|closing| closing.words(session.scope().today()));
    let writes = marking.rights.to(Right::MarkWrite) && closed.is_none();
    let decides = marking.rights.to(Right::MarkDecide) && closed.is_none();
    let columns: Vec<Column> = assessments.iter().flat_map(columns_of).collect();
    let held: HashMap<String, String> = assessments.iter().flat_map(Assessment::held).collect();
    let rows: Vec<Row> = cards.iter().map(|card| card.row(&columns, &held)).collect();
    let scheme = cards.iter().find_map(|card| card.marks.first()?.scheme.as_ref());
    let editing = wish.edit.as_ref().and_then(|edit| assessments.iter().find(|of| of.id == *edit));
    let today = session.scope().today().clamp(marking.term.begins, marking.term.ends).to_string();
    let empty = Form { day: today, weight: "1".to_owned(), ..Form::default() };
    let heads = assessments.iter().map(|of| (of.id.clone(), of.name.clone(), of.about(), of.most().iter().flatten().count()));
    Ok(TermMarksPage {
        here: format!("/classes/{id}/marks"),
        board: format!("/classes/{id}"),
        school: marking.school_name(),
        term: marking.term.number,
        term_name: marking.term.name.clone(),
        term_days: (marking.term.begins.to_string(), marking.term.ends.to_string()),
        terms: marking.choices(),
        subjects: by_points.iter().map(|of| (of.clone(), of == subject)).collect(),
        subject: subject.clone(),
        closed,
        scheme: scheme
            .map(|scheme| format!("評価の規準（第{}版）：Aは{}％から、Bは{}％から", scheme.version, scheme.cut_a, scheme.cut_b)),
        scheme_href: marking.scheme_href(),
        assessments: heads.collect(),
        has_rating: cards.iter().any(Card::has_rating),
        columns,
        rows,
        writes,
        decides,
        form: editing.map_or(empty, Assessment::form),
        messages: Vec::new(),
        frame: session.frame(Nav::class(id, &marking.rights, Here::Elsewhere).of_kind(marking.kind)),
        class: marking.class,
    })
}

fn columns_of(assessment: &Assessment) -> Vec<Column> {
    let columns = VIEWPOINTS.iter().zip(assessment.most()).filter_map(|((viewpoint, short, whole), most)| {
        Some(Column { assessment: assessment.id.clone(), viewpoint, short, whole, most: most?, name: assessment.name.clone() })
    });
    columns.collect()
}
