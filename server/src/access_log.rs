//! The access log's way through a request: whatever the request touches is gathered, and noted as one entry once it is answered.
use crate::front::ClientAddress;
use crate::router::App;
use asagao_graphql::access::audit::{Came, Looked, Way};
use asagao_graphql::access::scope::{Scope, Viewer};
use asagao_graphql::db::Db;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_DISPOSITION;
use axum::middleware::Next;
use axum::response::Response;

tokio::task_local! {
    static LOOKED: Looked;
}

/// Notes what a request has touched.
pub(crate) async fn around(State(app): State<App>, matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ClientAddress>().map(|ClientAddress(address)| address.to_string());
    let path = matched.as_ref().map_or("", MatchedPath::as_str);
    let way = if path == "/graphql" { Way::Api } else { Way::Page };
    let came = Came { way, what: format!("{} {path}", request.method()), address: address.unwrap_or_default() };
    let looked = Looked::default();
    let response = LOOKED.scope(looked.clone(), next.run(request)).await;
    note(&app, &looked, came, response.headers().contains_key(CONTENT_DISPOSITION)).await;
    response
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

/// Outside of a request there is nothing to gather for.
fn gathering(say: impl FnOnce(&Looked)) {
    if let Ok(looked) = LOOKED.try_with(Looked::clone) {
        say(&looked);
    }
}

/// Notes what was touched so far.
pub(crate) async fn note(app: &App, looked: &Looked, came: Came, file: bool) {
    if let Some(entry) = looked.entry(app.db.clock.now(), came, file) {
        app.audit.note(entry).await;
    }
}
