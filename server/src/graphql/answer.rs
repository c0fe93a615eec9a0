//! What is answered: in which media type, with which status.
use crate::metrics;
use asagao_graphql::error::{Error, code};
use async_graphql::{Response, ServerError};
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

/// The two media types of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/graphql-response+json`: the status says whether the document was executed.
    GraphQl,
    /// `application/json`, for older clients: a document that fails is answered with 200.
    Json,
}

impl Media {
    /// What the client accepts; `None` where it accepts neither, nor to listen.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        if accepts(headers, &["application/graphql-response+json"]) {
            return Some(Media::GraphQl);
        }
        if takes_json(headers) {
            return Some(Media::Json);
        }
        wants_events(headers).then_some(Media::GraphQl)
    }

    fn name(self) -> &'static str {
        match self {
            Media::GraphQl => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        }
    }
}

/// Whether the client can listen. Many say so of every request, so that it tells nothing of what they ask.
pub(crate) fn wants_events(headers: &HeaderMap) -> bool {
    headers.contains_key(ACCEPT) && accepts(headers, &["text/event-stream"])
}

/// Whether the client takes one answer of JSON.
pub(crate) fn takes_json(headers: &HeaderMap) -> bool {
    !headers.contains_key(ACCEPT)
        || accepts(headers, &["application/graphql-response+json", "application/json", "application/*", "*/*"])
}

/// Whether one of these media types is accepted by name.
fn accepts(headers: &HeaderMap, names: &[&str]) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let said = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
    said.into_iter().any(|said| names.iter().any(|name| said.eq_ignore_ascii_case(name)))
}

/// An answer, written out as the executor made it.
#[derive(Serialize)]
struct Body {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<async_graphql::Value>,
}

/// What the executor found; `single` says that it was asked for one field alone.
pub(crate) fn answer(media: Media, response: Response, queries: u32, single: bool) -> axum::response::Response {
    // Only what failed before execution has errors without a path and no data.
    let refused = !response.errors.is_empty()
        && response.data == async_graphql::Value::Null
        && response.errors.iter().all(|e| e.path.is_empty());
    let errors: Vec<ServerError> = response.errors.into_iter().map(coded).collect();
    let found = codes(&errors);
    // Nothing was done, and the same call may be sent again: whoever stands between reads the status alone.
    let put_off = single && response.data == async_graphql::Value::Null && found == BTreeSet::from([code::UNAVAILABLE]);
    found.into_iter().for_each(metrics::refused);
    let body = Body { errors, data: (!refused).then_some(response.data) };
    let body = serde_json::to_string(&body).expect("GraphQL values are JSON");
    let mut answer = written(media, body, queries);
    if refused && media == Media::GraphQl {
        *answer.status_mut() = StatusCode::BAD_REQUEST;
    }
    if put_off {
        *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

/// An answer that is written already.
pub(crate) fn written(media: Media, body: String, queries: u32) -> axum::response::Response {
    let timing = HeaderName::from_static("server-timing");
    ([(CONTENT_TYPE, media.name().to_owned()), (timing, format!("db;desc=\"{queries} queries\""))], body).into_response()
}

/// The codes of errors, each once.
pub(crate) fn codes(errors: &[ServerError]) -> BTreeSet<&str> {
    let codes = errors.iter().filter_map(|error| error.extensions.as_ref()?.get("code"));
    codes.filter_map(|code| if let async_graphql::Value::String(code) = code { Some(code.as_str()) } else { None }).collect()
}

/// An error of the executor itself carries no code: the document or its variables are wrong.
pub(crate) fn coded(mut error: ServerError) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        let too_complex = [
            "Query is too complex.",
            "Query is nested too deep.",
            "The recursion depth of the query cannot be greater than",
            "recursion limit exceeded",
        ];
        let too_complex = too_complex.iter().any(|message| error.message.starts_with(message));
        extensions.set("code", if too_complex { code::TOO_COMPLEX } else { code::BAD_INPUT });
    }
    error
}

pub(crate) fn failure(media: Media, error: &Error) -> axum::response::Response {
    let status = match error {
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Error::BadInput(_) | Error::TooComplex(_) => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let message = if status == StatusCode::UNAUTHORIZED {
        "the token is not valid (any more): ask for a new one".into()
    } else {
        error.to_string()
    };
    let mut answer = refusal(media, status, error.code(), &message);
    match status {
        StatusCode::UNAUTHORIZED => {
            answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        _ => {}
    }
    answer
}

pub(super) fn refusal(media: Media, status: StatusCode, code: &str, message: &str) -> axum::response::Response {
    metrics::refused(code);
    let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    (status, [(CONTENT_TYPE, media.name())], body.to_string()).into_response()
}

pub(super) fn not_acceptable() -> axum::response::Response {
    let message = "answers are application/graphql-response+json or application/json: accept one of them";
    refusal(Media::Json, StatusCode::NOT_ACCEPTABLE, code::BAD_INPUT, message)
}
