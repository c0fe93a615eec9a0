//! わたしの記録を見た人: who looked at a pupil's records, for the pupil. One line a day and person.
mod words;

use super::error::PageError;
use super::frame::Frame;
use super::mine::Head;
use super::record::PageInfo;
use super::session::{AnySession, GuardianSession, PupilSession};
use super::{address, html, ruby};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Html;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use words::{By, Words};

pub(super) use words::look;

const DOCUMENT: &str = include_str!("my_looks.graphql");

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    lang: Option<String>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    pupil: Option<Pupil>,
    access_log: Option<Log>,
}

#[derive(Deserialize)]
struct Pupil {
    name: String,
    kana: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    nodes: Vec<Node>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    at: DateTime<Utc>,
    by: Option<String>,
    by_pupil: bool,
    stated_reason: Option<String>,
    duties: Vec<String>,
    rights: Vec<String>,
    act: String,
}

/// What somebody looked at on a day.
struct Look {
    by: String,
    areas: Vec<String>,
    /// For what somebody of the board said that they needed it.
    reasons: Vec<String>,
}

#[derive(Template)]
#[template(path = "my_looks.html")]
struct MyLooksPage {
    frame: Frame,
    head: Head,
    words: &'static Words,
    /// The days, the latest first, with who looked at what.
    days: Vec<(String, Vec<Look>)>,
    /// The page of what was before.
    next: Option<String>,
}

/// `GET /my-looks`.
pub(super) async fn page(session: PupilSession, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let words = Words::of(wish.lang.as_deref().unwrap_or_default());
    show(session.as_ref(), session.pupil, (words, wish.after), ("/my-looks".to_owned(), "/check-in")).await
}

/// `GET /family/{id}/looks`: the same of a child, for a guardian.
pub(super) async fn of_child(
    session: GuardianSession,
    Path(child): Path<Uuid>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>, PageError> {
    let words = Words::of_child(wish.lang.as_deref().unwrap_or_default());
    show(session.as_ref(), child, (words, wish.after), (format!("/family/{child}/looks"), "/family")).await
}

async fn show(
    any: &AnySession,
    pupil: Uuid,
    (words, after): (&'static Words, Option<String>),
    (at, home): (String, &'static str),
) -> Result<Html<String>, PageError> {
    if !any.scope.holds(Right::AccessLogRead) {
        return Err(PageError::NotFound);
    }
    let asked: Asked = any.ask(DOCUMENT, json!({ "pupil": pupil.to_string(), "after": after })).await?;
    let pupil = asked.pupil.ok_or(PageError::NotFound)?;
    let (nodes, next) = asked.access_log.map(|log| (log.nodes, log.page_info.next())).unwrap_or_default();
    let next = next.map(|cursor| address::with(&address::with(&at, "lang", words.lang.code), "after", &cursor));
    let head = Head {
        lang: words.lang,
        at,
        rest: String::new(),
        home,
        title: words.title,
        heading: words.heading,
        who: words.lang.who(&pupil.name, pupil.kana.as_deref()),
        about: words.about,
    };
    html(&MyLooksPage { frame: Frame::outside(any.csrf()), head, words, days: days(nodes, words), next })
}

/// What somebody did on a day: who, the rights that they used, what they stated.
struct Person {
    by: String,
    rights: Vec<String>,
    reasons: Vec<String>,
}

/// The entries by day and person, in their order.
fn days(nodes: Vec<Node>, words: &Words) -> Vec<(String, Vec<Look>)> {
    let mut days: Vec<(NaiveDate, Vec<Person>)> = Vec::new();
    for node in nodes.into_iter().filter(|node| node.act != "REFUSE") {
        let day = school_day(node.at);
        if days.last().is_none_or(|(last, _)| *last != day) {
            days.push((day, Vec::new()));
        }
        let people = &mut days.last_mut().expect("a day was just added").1;
        let by = words.person(&node.of(), &node.duties);
        let Some(of) = people.iter_mut().find(|of| of.by == by) else {
            people.push(Person { by, rights: node.rights, reasons: node.stated_reason.into_iter().collect() });
            continue;
        };
        of.rights.extend(node.rights);
        of.reasons.extend(node.stated_reason.filter(|reason| !of.reasons.contains(reason)));
    }
    let look = |of: Person| Look { by: of.by, areas: words.areas(&of.rights), reasons: of.reasons };
    days.into_iter().map(|(day, people)| (words.lang.day(day), people.into_iter().map(look).collect())).collect()
}

impl Node {
    fn of(&self) -> By {
        match &self.by {
            _ if self.by_pupil => By::Pupil,
            Some(name) => By::Named(name.clone()),
            None => By::Server,
        }
    }
}
