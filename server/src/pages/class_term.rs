//! 学期のようす of a class: whom no word from a teacher has reached for long, how the work goes, who talks with whom, and on what the class
//! stumbles. In the order of 出席番号; nothing is ranked but questions.
use super::chart::work;
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::pupil::SubjectMark;
use super::record::{ClassKind, Named, Rights, SupportAction, Total, Work};
use super::session::Session;
use super::{html, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::marks::subject;
use asagao_graphql::marks::term;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::json;

const DOCUMENT: &str = include_str!("class_term.graphql");

/// After so many days without a word somebody may want to look.
const LONG: u64 = 30;

/// What the page is asked with.
#[derive(Deserialize, Default)]
pub(super) struct Wish {
    /// Those alone whom no word has reached for long.
    #[serde(default)]
    quiet: bool,
}

#[derive(Deserialize)]
struct Asked {
    class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    kind: ClassKind,
    grades: Vec<String>,
    viewer_rights: Rights,
    school: Option<Named>,
    learning_middle: Option<Total>,
    work_middle: Option<i64>,
    questions: Option<Vec<Stumble>>,
    codes: Option<Vec<Stumble>>,
    pupils: Option<Pupils>,
    report_cards: Option<Vec<Card>>,
}

/// The marks of a pupil, as they stand.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Card {
    pupil_id: String,
    marks: Vec<SubjectMark>,
}

impl Card {
    /// 「A 8・B 15・C 4」: how many of each letter; empty where nothing is marked yet.
    fn letters(&self) -> String {
        let all: Vec<&str> = self.marks.iter().flat_map(SubjectMark::letters).flatten().collect();
        let count = |letter: &str| format!("{letter} {}", all.iter().filter(|of| **of == letter).count());
        if all.is_empty() { String::new() } else { ["A", "B", "C"].map(count).join("・") }
    }
}

/// A question, or a code of the course of study, and the answers to it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stumble {
    key: String,
    name: Option<String>,
    subject: Option<String>,
    questions: u32,
    pupils: u32,
    pupils_wrong: u32,
    pupils_never_right: u32,
    answers: u32,
    wrong: u32,
}

#[derive(Deserialize)]
struct Pupils {
    nodes: Vec<Pupil>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pupil {
    id: String,
    name: String,
    number: Option<i32>,
    learning: Option<Total>,
    work: Option<Vec<Work>>,
    exchange: Option<Exchange>,
    support_actions: Option<Vec<SupportAction>>,
}

#[derive(Deserialize)]
struct Exchange {
    begun: u32,
    replies: u32,
    votes: u32,
    feedback: Feedback,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    count: u32,
    last_on: Option<NaiveDate>,
}

/// A pupil in the table.
struct Row {
    pupil: Pupil,
    /// The last day on which a word from a teacher is recorded.
    last: Option<NaiveDate>,
    /// Whether that is long ago.
    quiet: bool,
    /// How many marks of each letter.
    letters: String,
}

impl Stumble {
    fn subject(&self) -> &str {
        self.subject.as_deref().map(subject::name).unwrap_or_default()
    }
}

impl Pupil {
    /// Without what is read of single pupils only, because one is assigned to their support: of the others nothing would be known.
    fn seen(mut self, rights: &Rights) -> Self {
        self.support_actions = rights.shown(Right::SupportRead, self.support_actions.take());
        self
    }
}

impl Row {
    fn new(pupil: Pupil, cards: Option<&[Card]>, today: NaiveDate) -> Self {
        let support = pupil.support_actions.iter().flatten().map(|action| action.day).max();
        let last = support.max(pupil.exchange.as_ref().and_then(|exchange| exchange.feedback.last_on));
        let card = cards.into_iter().flatten().find(|card| card.pupil_id == pupil.id);
        Row {
            letters: card.map(Card::letters).unwrap_or_default(),
            quiet: last.is_none_or(|last| last + Days::new(LONG) < today),
            last,
            pupil,
        }
    }

    fn support(&self) -> String {
        let action = self.pupil.support_actions.iter().flatten().next();
        action.map_or_else(|| "–".to_owned(), |action| format!("{} {}", words::short_day(action.day), action.kind.words()))
    }

    fn feedback(&self) -> String {
        let Some(feedback) = self.pupil.exchange.as_ref().map(|exchange| &exchange.feedback) else { return String::new() };
        feedback.last_on.map_or_else(|| "–".to_owned(), |last| format!("{}（{}回）", words::short_day(last), feedback.count))
    }

    fn handed_in(&self) -> String {
        let (handed_in, due) = work::count(self.pupil.work.as_deref().unwrap_or_default());
        if due == 0 { String::new() } else { format!("{handed_in}/{due}") }
    }
}

#[derive(Template)]
#[template(path = "class_term.html")]
struct ClassTermPage {
    frame: Frame,
    id: String,
    class: Class,
    children: &'static str,
    /// 「2学期」, and its days until today.
    term: (String, String),
    rows: Vec<Row>,
    /// How many of the class no word has reached for long.
    quiet: usize,
    only_quiet: bool,
    supports: bool,
}

/// `GET /classes/{id}/term`; not while the screen is shown to others.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(wish): Query<Wish>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    let today = session.scope().today();
    let term = term::on_day(session.scope(), today).await?;
    let variables = json!({ "id": id, "from": term.begins, "today": today, "term": term.number });
    let asked: Asked = session.ask(DOCUMENT, variables).await?;
    let mut class = asked.class.ok_or(PageError::NotFound)?;
    // Who does not see the learning of this class finds no such page.
    let pupils = class.pupils.take().filter(|_| class.questions.is_some()).ok_or(PageError::NotFound)?;
    let mut rows: Vec<Row> = pupils
        .nodes
        .into_iter()
        .map(|pupil| Row::new(pupil.seen(&class.viewer_rights), class.report_cards.as_deref(), today))
        .collect();
    let quiet = rows.iter().filter(|row| row.quiet).count();
    rows.retain(|row| row.quiet || !wish.quiet);
    let page = ClassTermPage {
        frame: session.frame(Nav::class(&id, &class.viewer_rights, Here::Elsewhere).of_kind(class.kind)),
        children: words::children(&class.grades),
        term: (term.name(), format!("{}〜{}", words::short_day(term.begins), words::short_day(today))),
        supports: rows.iter().any(|row| row.pupil.support_actions.is_some()),
        only_quiet: wish.quiet,
        quiet,
        rows,
        class,
        id,
    };
    Ok(html(&page)?.into_response())
}
