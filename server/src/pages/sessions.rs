//! サインイン中の端末: where one is signed in just now, and how to end it there.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::session::{AnySession, Session};
use super::{day, html};
use crate::router::App;
use asagao_graphql::access::session::OfSession;
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    frame: Frame,
    rows: Vec<Row>,
    /// Whether it matters by how many factors somebody has come in.
    mfa: bool,
}

/// A session, in words.
struct Row {
    id: String,
    here: bool,
    device: String,
    way: String,
    mfa: bool,
    begun: String,
    seen: String,
    locked: bool,
}

/// `GET /sessions`.
pub(super) async fn page(State(app): State<App>, session: Session) -> Result<Html<String>, PageError> {
    let (now, today) = (session.scope().now(), session.scope().today());
    let words = |of: OfSession| Row {
        locked: of.locked(now),
        id: of.id.to_string(),
        here: of.here,
        way: app.sign_in.name(&of.way).to_owned(),
        device: of.device,
        mfa: of.mfa,
        begun: day::near(of.begins_at, today),
        seen: day::near(of.seen_at, today),
    };
    let rows = session.as_ref().mine().await?.into_iter().map(words).collect();
    let mfa = app.sign_in.mfa.is_some();
    html(&SessionsPage { frame: session.frame(Nav::staff(Here::Elsewhere)), rows, mfa })
}

/// `POST /sessions`: ends one, or all but this one.
pub(super) async fn send(State(app): State<App>, posted: Posted<AnySession>) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let out = end(&app, &session, &fields).await?;
    Ok(out.unwrap_or_else(|| Redirect::to("/sessions").into_response()))
}

/// Ends what a form says; the answer where that is the session that has sent it.
pub(super) async fn end(app: &App, session: &AnySession, fields: &Fields) -> Result<Option<Response>, PageError> {
    match fields.typed("end") {
        Some("others") => session.end_others().await?,
        Some(id) => {
            let here = session.mine().await?.into_iter().find(|of| of.here).map(|of| of.id.to_string());
            if here.as_deref() == Some(id) {
                return super::sign_in::out(app, session).await.map(Some);
            }
            session.end(id).await?;
        }
        None => {}
    }
    Ok(None)
}
