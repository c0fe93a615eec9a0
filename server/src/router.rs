//! Every route on one screen.
use crate::graphql;
use asagao_graphql::Schema;
use asagao_graphql::db::Db;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use std::time::Duration;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// What every request needs.
#[derive(Clone)]
pub struct App {
    /// The board's database.
    pub db: Db,
    /// The API.
    pub schema: Schema,
    /// Whether introspection is answered.
    pub introspection: bool,
}

/// The most bytes of a request: a thousand activities with ordinary extensions are well under it.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How long a request may take with its sending; the answer alone has less.
const MOST_TIME: Duration = Duration::from_mins(1);

/// The whole server.
pub fn router(db: Db, introspection: bool) -> Router {
    let app = App { db, schema: asagao_graphql::schema(), introspection };
    Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .fallback(async || (StatusCode::NOT_FOUND, Json(json!({ "error": "there is nothing here; the API is at /graphql" }))))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MOST_TIME))
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}

/// Ready once the database answers.
async fn ready(State(app): State<App>) -> impl IntoResponse {
    match app.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
