//! わたしの記録を見た人: who looked at a pupil's records, for the pupil. One line a day and person.
mod words;

use super::error::PageError;
use super::frame::Frame;
use super::mine::{Head, Lang};
use super::session::PupilSession;
use super::{html, ruby};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use askama::Template;
use axum::extract::Query;
use axum::response::Html;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;
use words::Words;

pub(super) use words::look;

const DOCUMENT: &str = include_str!("my_looks.graphql");

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    lang: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    viewer: Option<Viewer>,
    access_log: Option<Log>,
}

#[derive(Deserialize)]
struct Viewer {
    pupil: Option<Pupil>,
}

#[derive(Deserialize)]
struct Pupil {
    name: String,
    kana: Option<String>,
}

#[derive(Deserialize)]
struct Log {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    at: DateTime<Utc>,
    by: Option<String>,
    duties: Vec<String>,
    rights: Vec<String>,
    act: String,
}

/// What somebody looked at on a day.
struct Look {
    by: String,
    areas: Vec<String>,
}

#[derive(Template)]
#[template(path = "my_looks.html")]
struct MyLooksPage {
    frame: Frame,
    head: Head,
    words: &'static Words,
    /// The days, the latest first, with who looked at what.
    days: Vec<(String, Vec<Look>)>,
}

/// `GET /my-looks`.
pub(super) async fn page(session: PupilSession, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let any = session.as_ref();
    if !any.scope.holds(Right::AccessLogRead) {
        return Err(PageError::NotFound);
    }
    let asked: Asked = any.ask(DOCUMENT, json!({ "pupil": session.pupil.to_string() })).await?;
    let lang = Lang::of(wish.lang.as_deref());
    let words = Words::of(lang);
    let pupil = asked.viewer.and_then(|viewer| viewer.pupil).ok_or(PageError::NotFound)?;
    let head = Head {
        lang,
        own: ("/my-looks", String::new()),
        title: words.title,
        heading: words.heading,
        who: lang.who(&pupil.name, pupil.kana.as_deref()),
        about: words.about,
    };
    let days = days(asked.access_log.map(|log| log.nodes).unwrap_or_default(), (lang, words));
    html(&MyLooksPage { frame: Frame::outside(any.csrf()), head, words, days })
}

/// Somebody, and the rights that they used.
type Rights = (String, Vec<String>);

/// The entries by day and person, in their order.
fn days(nodes: Vec<Node>, (lang, words): (&Lang, &Words)) -> Vec<(String, Vec<Look>)> {
    let mut days: Vec<(NaiveDate, Vec<Rights>)> = Vec::new();
    for node in nodes.into_iter().filter(|node| node.act != "REFUSE") {
        let day = school_day(node.at);
        if days.last().is_none_or(|(last, _)| *last != day) {
            days.push((day, Vec::new()));
        }
        let people = &mut days.last_mut().expect("a day was just added").1;
        let by = words.person(node.by.as_deref(), &node.duties);
        match people.iter_mut().find(|(of, _)| *of == by) {
            Some((_, rights)) => rights.extend(node.rights),
            None => people.push((by, node.rights)),
        }
    }
    let look = |(by, rights): Rights| Look { by, areas: words.areas(&rights) };
    days.into_iter().map(|(day, people)| (lang.day(day), people.into_iter().map(look).collect())).collect()
}
