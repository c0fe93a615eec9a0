//! Every route on one screen; those of the pages are in `pages/mod.rs`.
use crate::front::{self, Front};
use crate::metrics::{self, Operations};
use crate::posting::Postings;
use crate::rate::Rates;
use crate::sign_in::SignIn;
use crate::subscriptions::Places;
use crate::trusted::Trusted;
use crate::{access_log, around, graphql, oauth, pages, traces, uploads};
use asagao_graphql::Schema;
use asagao_graphql::access::audit::Audit;
use asagao_graphql::access::viewers::Viewers;
use asagao_graphql::db::Db;
use asagao_graphql::jobs::demo::Person;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tower_http::trace::TraceLayer;

/// What every request needs.
#[derive(Clone)]
pub struct App {
    /// The board's database.
    pub db: Db,
    /// The access log.
    pub audit: Audit,
    /// The API.
    pub schema: Schema,
    /// Whether introspection is answered.
    pub introspection: bool,
    /// At which address people come, and through whom.
    pub front: Arc<Front>,
    /// By which ways they sign in.
    pub sign_in: Arc<SignIn>,
    /// As whom everybody may sign in; nobody outside of `asagao demo`.
    pub demo: Option<Arc<Vec<Person>>>,
    /// How often clients may ask.
    pub rates: Arc<Rates>,
    /// The documents that clients may name by their digest.
    pub trusted: Arc<Trusted>,
    /// Whose a token is.
    pub viewers: Viewers,
    /// The documents that post, as they were recognised.
    pub postings: Arc<Postings>,
    /// How long a request may take with its sending; the answer alone has less.
    pub most_time: Duration,
    /// Whether the server stops: whoever listens is told.
    pub stopping: Arc<watch::Sender<bool>>,
    /// The places for those who listen.
    pub places: Arc<Places>,
    /// What operations are called in figures and traces; `None` where nobody asks for any.
    pub operations: Option<Arc<Operations>>,
}

impl App {
    /// A server of a database, over HTTP, without limits of how often. `introspection`: whether it is answered.
    #[must_use]
    pub fn new(db: Db, introspection: bool) -> Self {
        App {
            audit: Audit::start(db.clone()),
            schema: asagao_graphql::schema_of(&db, introspection),
            db,
            introspection,
            front: Arc::default(),
            sign_in: Arc::default(),
            demo: None,
            rates: Arc::new(Rates::off()),
            trusted: Arc::default(),
            viewers: Viewers::default(),
            postings: Arc::default(),
            most_time: MOST_TIME,
            stopping: Arc::new(watch::Sender::new(false)),
            places: Arc::default(),
            operations: None,
        }
    }
}

/// The most bytes of a request: a thousand activities with ordinary extensions are well under it.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How long a request may take with its sending; the answer alone has less.
const MOST_TIME: Duration = Duration::from_mins(1);

/// How long the sending of a large file may take.
const MOST_TIME_TO_SEND: Duration = Duration::from_mins(15);

/// The whole server.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::wrong_method))
        .route("/healthz", get(async || "ok\n").fallback(around::wrong_method))
        .route("/readyz", get(ready).fallback(around::wrong_method))
        .merge(pages::routes(&app))
        .merge(oauth::routes())
        .fallback(pages::error::nothing)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn_with_state(app.most_time, around::in_time))
        .route(
            "/uploads",
            post(uploads::post).fallback(around::wrong_method).layer(from_fn_with_state(MOST_TIME_TO_SEND, around::in_time)),
        )
        .layer(from_fn_with_state(app.clone(), access_log::around))
        .layer(from_fn_with_state(app.clone(), front::around))
        .layer(from_fn_with_state(app.clone(), traces::around))
        .layer(from_fn_with_state(app.clone(), metrics::around))
        .layer(TraceLayer::new_for_http())
        .layer(from_fn_with_state(app.clone(), around::headers))
        .with_state(app)
}

/// Ready once the database answers, as long as the access log is written.
async fn ready(State(app): State<App>) -> impl IntoResponse {
    if !app.audit.is_written() {
        tracing::error!("not ready: the writer of the access log has ended");
        return (StatusCode::SERVICE_UNAVAILABLE, "the access log is not written\n");
    }
    match app.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
