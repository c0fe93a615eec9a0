//! ロック: the screen is emptied at once; whoever locked it signs in again and is back on the same page.
use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::Frame;
use super::session::{self, Session};
use super::sign_in::Door;
use super::{address, html};
use crate::router::App;
use asagao_graphql::access::session::{BY_CODE, Session as Found};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "lock.html")]
struct LockPage<'a> {
    frame: Frame,
    /// Who locked it.
    name: &'a str,
    /// Whether it was a rest that did.
    rested: bool,
    next: &'a str,
    error: Option<&'static str>,
    /// Whether people may be chosen in place of a code.
    demo: bool,
    /// The provider that they came by, else all.
    ways: Vec<Door>,
    /// Whether codes are taken.
    codes: bool,
}

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Wish {
    next: Option<String>,
}

/// `POST /lock`.
pub(super) async fn lock(posted: Posted<Session>) -> Result<Redirect, PageError> {
    posted.session.as_ref().lock().await?;
    Ok(Redirect::to(&address::with("/locked", "next", address::local(posted.fields.get("page")).unwrap_or("/"))))
}

/// `GET /locked`: nothing of anybody's record is on it.
pub(super) async fn page(State(app): State<App>, headers: HeaderMap, Query(wish): Query<Wish>) -> Result<Response, PageError> {
    show(&app, &headers, wish.next.as_deref().unwrap_or_default(), None).await
}

/// The page once more, for a code that does not hold; `None` where the form to sign in stood on another page.
pub(super) async fn again(
    app: &App,
    headers: &HeaderMap,
    fields: &Fields,
    error: &'static str,
) -> Option<Result<Response, PageError>> {
    if !fields.is("from", "lock") {
        return None;
    }
    Some(show(app, headers, fields.get("next"), Some(error)).await)
}

async fn show(app: &App, headers: &HeaderMap, next: &str, error: Option<&'static str>) -> Result<Response, PageError> {
    let next = address::local(next).unwrap_or("/");
    match session::found(app, headers).await? {
        Some(Found::Locked { viewer, rested, way, .. }) => {
            let (name, demo) = (viewer.name.as_str(), app.demo.is_some());
            let frame = Frame::outside(String::new());
            let ways: Vec<Door> = Door::all(app, next);
            let codes = app.sign_in.codes && (way == BY_CODE || ways.is_empty());
            let page = html(&LockPage { frame, name, rested, next, error, demo, ways, codes })?;
            Ok((if error.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK }, page).into_response())
        }
        Some(Found::Open(_)) => Ok(Redirect::to(next).into_response()),
        None => Ok(Redirect::to(&address::with("/sign-in?expired=1", "next", next)).into_response()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::scene;

    #[test]
    fn the_lock_names_who_may_go_on_and_nobody_else() {
        for (name, rested, demo) in [("lock", false, false), ("lock_rested", true, true)] {
            let next = "/classes/c-52#row-p-9";
            let (frame, ways) = (Frame::outside(String::new()), Vec::new());
            let page = LockPage { frame, name: "中島 由紀", rested, next, error: None, demo, ways, codes: true };
            let html = scene::render(name, &page);
            assert!(html.contains("ロック中") && html.contains("中島 由紀") && html.contains(&format!("value=\"{next}\"")));
            assert_eq!(html.contains("時間がたったため、もういちど入ってください"), rested);
            assert_eq!(html.matches("filled").count(), 1);
        }
    }
}
