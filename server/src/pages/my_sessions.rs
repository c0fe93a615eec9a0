//! いま入っているタブレット: where a pupil is signed in just now, and how to end it there, for the pupil.
mod words;

use super::csrf::Posted;
use super::error::PageError;
use super::frame::Frame;
use super::mine::{Head, Lang};
use super::session::PupilSession;
use super::sessions;
use super::{address, html, ruby};
use crate::router::App;
use asagao_graphql::access::session::OfSession;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;
use words::Words;

pub(super) use words::look;

const DOCUMENT: &str = include_str!("my_sessions.graphql");

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    lang: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    viewer: Option<Viewer>,
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

/// A device on which the pupil is signed in.
struct Place {
    id: String,
    device: String,
    here: bool,
    begun: String,
}

#[derive(Template)]
#[template(path = "my_sessions.html")]
struct MySessionsPage {
    frame: Frame,
    head: Head,
    words: &'static Words,
    places: Vec<Place>,
}

/// `GET /my-sessions`.
pub(super) async fn page(session: PupilSession, Query(wish): Query<Wish>) -> Result<Html<String>, PageError> {
    let any = session.as_ref();
    let asked: Asked = any.ask(DOCUMENT, Value::Null).await?;
    let pupil = asked.viewer.and_then(|viewer| viewer.pupil).ok_or(PageError::NotFound)?;
    let (now, today) = (any.scope.now(), any.scope.today());
    let lang = Lang::of(wish.lang.as_deref());
    let words = Words::of(lang);
    let place = |of: OfSession| Place {
        id: of.id.to_string(),
        device: words.device(of.device),
        here: of.here,
        begun: lang.time(of.begins_at, today),
    };
    // A pupil does not go on with a session that has rested: it is over.
    let open = any.mine().await?.into_iter().filter(|of| !of.locked(now));
    let head = Head {
        lang,
        at: "/my-sessions".to_owned(),
        rest: String::new(),
        home: "/check-in",
        title: words.title,
        heading: words.heading,
        who: lang.who(&pupil.name, pupil.kana.as_deref()),
        about: words.about,
    };
    html(&MySessionsPage { frame: Frame::outside(any.csrf()), head, words, places: open.map(place).collect() })
}

/// `POST /my-sessions`: ends one, or all but this one.
pub(super) async fn send(State(app): State<App>, posted: Posted<PupilSession>) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    if let Some(out) = sessions::end(&app, session.as_ref(), &fields).await? {
        return Ok(out);
    }
    let lang = Lang::of(fields.typed("lang")).code;
    Ok(Redirect::to(&address::with("/my-sessions", "lang", lang)).into_response())
}
