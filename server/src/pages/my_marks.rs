//! わたしの成績: what stands in a pupil's own closed terms, for the pupil. Nobody else's marks, no rank and no middle are here.
mod words;

use super::error::PageError;
use super::frame::Frame;
use super::mine::Head;
use super::session::{AnySession, GuardianSession, PupilSession};
use super::{html, ruby};
use asagao_graphql::access::right::Right;
use asagao_graphql::marks::term;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Html;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use words::Words;

pub(super) use words::look;

const DOCUMENT: &str = include_str!("my_marks.graphql");

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    lang: Option<String>,
    year: Option<i32>,
    term: Option<i32>,
}

#[derive(Deserialize)]
struct Asked {
    pupil: Option<Pupil>,
}

#[derive(Deserialize)]
struct Pupil {
    name: String,
    kana: Option<String>,
    now: Option<Vec<Closed>>,
    before: Option<Vec<serde::de::IgnoredAny>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Closed {
    term: i32,
    term_name: String,
    school_name: String,
    marks: Vec<Mark>,
    remarks: Vec<Remark>,
}

#[derive(Deserialize)]
struct Mark {
    subject: String,
    viewpoints: Vec<Letter>,
    rating: Option<Rating>,
}

#[derive(Deserialize)]
struct Letter {
    letter: Option<String>,
}

#[derive(Deserialize)]
struct Rating {
    scale: String,
    rating: Option<i32>,
}

#[derive(Deserialize)]
struct Remark {
    subject: Option<String>,
    text: String,
}

/// A subject's line: its name, the three letters and 評定 where the grade has one.
struct Line {
    subject: String,
    letters: Vec<String>,
}

/// A term as the page shows it.
struct Shown {
    /// The school, where the term has two.
    school: Option<String>,
    lines: Vec<Line>,
    /// What the numbers of 評定 go up to: the sentence that says it; none in the first two grades.
    scale: Option<&'static str>,
    /// Whether a letter or a number is missing.
    gaps: bool,
    /// What was written on the whole, then by subject.
    whole: Vec<String>,
    others: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "my_marks.html")]
struct MyMarksPage {
    frame: Frame,
    head: Head,
    words: &'static Words,
    /// The closed terms of the year: where each leads, what it is called, whether it is shown.
    terms: Vec<(String, String, bool)>,
    shown: Vec<Shown>,
    /// The year before, where it has closed terms.
    before: Option<i32>,
    /// Whether another year than the running one is shown.
    past: bool,
}

/// `GET /my-marks`.
pub(super) async fn page(session: PupilSession, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let words = Words::of(wish.lang.as_deref().unwrap_or_default());
    show(session.as_ref(), session.pupil, Whose { words, at: "/my-marks".to_owned(), home: "/check-in" }, &wish).await
}

/// `GET /family/{id}/marks`: the same of a child, for a guardian.
pub(super) async fn of_child(
    session: GuardianSession,
    Path(child): Path<Uuid>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    let words = Words::of_child(wish.lang.as_deref().unwrap_or_default());
    show(session.as_ref(), child, Whose { words, at: format!("/family/{child}/marks"), home: "/family" }, &wish).await
}

/// Whose marks, in whose words, and where.
struct Whose {
    words: &'static Words,
    at: String,
    home: &'static str,
}

async fn show(any: &AnySession, pupil: Uuid, whose: Whose, wish: &Wish) -> Result<Html<String>, PageError> {
    if !any.scope.holds(Right::MarkRead) {
        return Err(PageError::NotFound);
    }
    let running = term::school_year(any.scope.today());
    let year = wish.year.unwrap_or(running);
    if !(2001..=running).contains(&year) {
        return Err(PageError::NotFound);
    }
    let asked: Asked = any.ask(DOCUMENT, json!({ "pupil": pupil.to_string(), "year": year, "before": year - 1 })).await?;
    let page = MyMarksPage::of(asked, whose, any.csrf(), (year, running), wish.term);
    html(&page.ok_or(PageError::NotFound)?)
}

impl MyMarksPage {
    /// The page of the term that is asked for, else of the last closed one; `None` where there is no such term.
    fn of(asked: Asked, whose: Whose, csrf: String, (year, running): (i32, i32), number: Option<i32>) -> Option<Self> {
        let Whose { words, at, home } = whose;
        let pupil = asked.pupil?;
        let terms = pupil.now.unwrap_or_default();
        let chosen = number.or(terms.iter().map(|term| term.term).max());
        if number.is_some_and(|number| terms.iter().all(|term| term.term != number)) {
            return None;
        }
        let mut choices: Vec<(String, String, bool)> = Vec::new();
        for term in &terms {
            let href = format!("{at}?lang={}&year={year}&term={}", words.lang.code, term.term);
            if choices.iter().all(|choice| choice.0 != href) {
                choices.push((href, words.term(&term.term_name, term.term), Some(term.term) == chosen));
            }
        }
        let shown: Vec<Closed> = terms.into_iter().filter(|term| Some(term.term) == chosen).collect();
        let several = shown.len() > 1;
        let term = number.map(|number| format!("&term={number}")).unwrap_or_default();
        let head = Head {
            lang: words.lang,
            at,
            rest: format!("&year={year}{term}"),
            home,
            title: words.title,
            heading: words.heading,
            who: words.lang.who(&pupil.name, pupil.kana.as_deref()),
            about: words.about,
        };
        Some(MyMarksPage {
            frame: Frame::outside(csrf),
            head,
            words,
            terms: choices,
            shown: shown.into_iter().map(|term| term.shown(words, several)).collect(),
            before: pupil.before.filter(|before| !before.is_empty()).map(|_| year - 1),
            past: year != running,
        })
    }
}

impl Closed {
    fn shown(self, words: &Words, several: bool) -> Shown {
        let rated = self.marks.iter().any(|mark| mark.rating.is_some());
        let to_five = self.marks.iter().filter_map(|mark| mark.rating.as_ref()).any(|rating| rating.scale == "FIVE");
        let none = || "–".to_owned();
        let line = |mark: &Mark| {
            let letters = mark.viewpoints.iter().map(|mark| mark.letter.clone().unwrap_or_else(none));
            let rating = || mark.rating.as_ref().and_then(|mark| mark.rating).map_or_else(none, |rating| rating.to_string());
            Line { subject: words.subject(&mark.subject), letters: letters.chain(rated.then(rating)).collect() }
        };
        let lines: Vec<Line> = self.marks.iter().map(line).collect();
        let (whole, others): (Vec<Remark>, Vec<Remark>) = self.remarks.into_iter().partition(|remark| remark.subject.is_none());
        Shown {
            school: several.then(|| ruby::japanese(&self.school_name)),
            gaps: lines.iter().flat_map(|line| &line.letters).any(|letter| letter == "–"),
            scale: rated.then(|| words.scales[usize::from(to_five)]),
            lines,
            whole: whole.into_iter().map(|remark| remark.text).collect(),
            others: others
                .into_iter()
                .map(|remark| (words.subject(remark.subject.as_deref().unwrap_or_default()), remark.text))
                .collect(),
        }
    }
}

impl Shown {
    /// Whether the grade has 評定.
    fn rated(&self) -> bool {
        self.scale.is_some()
    }
}
