//! What stands around every answer: headers that tell browsers to be careful with it, and an end to waiting.
use crate::router::App;
use crate::{metrics, pages};
use asagao_graphql::error::{Error, code};
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

/// Nothing of an answer is a page, is shown in another one, is kept or is told to other sites; the pages have their own words for the first
/// four, and these for the others.
const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Two years, for this name alone: others below it may be somebody else's.
const ALWAYS_HTTPS: &str = "max-age=63072000";

/// Adds to every answer what it does not say itself.
pub(crate) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.front.https {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(ALWAYS_HTTPS));
    }
    answer
}

/// Ends what takes too long with its sending: a body that comes byte by byte.
pub(crate) async fn in_time(State(time): State<Duration>, request: Request, next: Next) -> Response {
    let page = pages::error::is_page(&request);
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) if page => {
            let mut answer = pages::error::away();
            *answer.status_mut() = StatusCode::REQUEST_TIMEOUT;
            answer
        }
        Err(_) => refusal(StatusCode::REQUEST_TIMEOUT, "this took too long: send it faster, or less of it"),
    }
}

/// The answer to a method that an address does not take.
pub(crate) async fn wrong_method() -> Response {
    refusal(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address does not take this method: /healthz and /readyz are read by GET, files come to /uploads by POST",
    )
}

/// That something cannot be answered just now, in the one shape of errors.
pub(crate) fn unavailable(error: &Error) -> Response {
    metrics::refused(error.code());
    let body = json!({ "errors": [{ "message": error.to_string(), "extensions": { "code": error.code() } }] });
    (StatusCode::SERVICE_UNAVAILABLE, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// A refusal in the one shape of errors.
pub(crate) fn refusal(status: StatusCode, message: &str) -> Response {
    metrics::refused(code::BAD_INPUT);
    let body = json!({ "errors": [{ "message": message, "extensions": { "code": code::BAD_INPUT } }] });
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
