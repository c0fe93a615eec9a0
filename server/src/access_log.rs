//! The access log's way through a request: whatever the request touches is gathered, and noted as one entry once it is answered.
use crate::front::ClientAddress;
use crate::router::App;
use crate::{around, pages};
use asagao_graphql::access::audit::{Came, Entry, Looked, Way};
use asagao_graphql::access::scope::{Scope, Viewer};
use asagao_graphql::db::Db;
use asagao_graphql::error::Result;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_DISPOSITION;
use axum::middleware::Next;
use axum::response::Response;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

tokio::task_local! {
    static LOOKED: Looked;
}

/// Notes what a request has touched.
pub(crate) async fn around(State(app): State<App>, matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let address = request.extensions().get().map_or_else(String::new, ClientAddress::words);
    let path = matched.as_ref().map_or("", MatchedPath::as_str);
    let way = if path == "/graphql" { Way::Api } else { Way::Page };
    let came = Came { way, what: format!("{} {path}", request.method()), address };
    let is_page = pages::error::is_page(&request);
    let noting = Noting::new(&app, came);
    let response = LOOKED.scope(noting.looked.clone(), next.run(request)).await;
    match noting.note(response.headers().contains_key(CONTENT_DISPOSITION)).await {
        Ok(()) => response,
        // Nothing is shown that is not logged.
        Err(_) if is_page => pages::error::away(),
        Err(error) => around::unavailable(&error),
    }
}

/// What somebody touches, on its way into the access log. Whoever breaks off before the answer leaves what was read until then.
pub(crate) struct Noting {
    app: App,
    came: Came,
    pub(crate) looked: Looked,
}

impl Noting {
    pub(crate) fn new(app: &App, came: Came) -> Self {
        Noting { app: app.clone(), came, looked: Looked::default() }
    }

    /// Notes what was touched since the last time; `file` says whether it is given as a file. What cannot be noted may not be shown.
    pub(crate) async fn note(&self, file: bool) -> Result<()> {
        match self.entry(file) {
            Some(entry) => self.app.audit.note(entry).await,
            None => Ok(()),
        }
    }

    /// Notes what was touched since the last time by somebody who stays connected: the same again is noted after a while.
    pub(crate) async fn note_anew(&self, noted: &Noted) -> Result<()> {
        match self.entry(false).filter(|entry| noted.is_new(entry)) {
            Some(entry) => self.app.audit.note(entry).await,
            None => Ok(()),
        }
    }

    fn entry(&self, file: bool) -> Option<Entry> {
        self.looked.entry(self.app.db.clock.now(), self.came.clone(), file)
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        if let Some(entry) = self.entry(false) {
            // Whoever would wait for it is gone.
            drop(self.app.audit.note_at_once(entry));
        }
    }
}

/// After so long the same look of somebody who stays connected is noted again.
const AGAIN: Duration = Duration::from_mins(10);

/// What was noted of a connection, and when. A class at work changes twice a second, and is one look all the same.
#[derive(Default)]
pub(crate) struct Noted(Mutex<HashMap<String, Instant>>);

impl Noted {
    fn is_new(&self, entry: &Entry) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.retain(|_, at| at.elapsed() < AGAIN);
        let new = !noted.contains_key(&entry.about());
        if new {
            noted.insert(entry.about(), Instant::now());
        }
        new
    }
}

/// The scope of a viewer in the request that is being answered.
pub(crate) fn scope(db: &Db, viewer: Viewer) -> Scope {
    let looked = LOOKED.try_with(Looked::clone).unwrap_or_default();
    watched(db, viewer, &looked)
}

/// The scope of a viewer who stays connected.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the scopes of viewers are made")]
pub(crate) fn watched(db: &Db, viewer: Viewer, looked: &Looked) -> Scope {
    Scope::new(db.clone(), viewer).watched(looked)
}

/// What the request is for, where the path does not say it: the name of an operation.
pub(crate) fn named(operation: &str) {
    gathering(|looked| looked.name(operation));
}

/// Something of the request is refused.
pub(crate) fn refused(what: &'static str) {
    gathering(|looked| looked.refuse(what));
}

/// Somebody has signed in.
pub(crate) fn signed_in(viewer: &Viewer) {
    gathering(|looked| looked.sign_in(viewer.clone()));
}

/// Somebody has signed out.
pub(crate) fn signed_out() {
    gathering(Looked::sign_out);
}

/// Outside of a request there is nothing to gather for.
fn gathering(say: impl FnOnce(&Looked)) {
    if let Ok(looked) = LOOKED.try_with(Looked::clone) {
        say(&looked);
    }
}
