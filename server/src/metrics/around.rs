//! Every request, by route, method and kind of status.
use crate::router::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{counter, histogram};
use std::time::Instant;

/// Counts a request and how long its answer took, where anybody asks for that.
pub(crate) async fn around(State(app): State<App>, matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    if app.operations.is_none() {
        return next.run(request).await;
    }
    let (began, method, route) = (Instant::now(), method(request.method()), route(matched.as_ref()).to_owned());
    let answer = next.run(request).await;
    let status = status(answer.status());
    histogram!("asagao_http_request_duration_seconds", "route" => route.clone()).record(began.elapsed());
    counter!("asagao_http_requests_total", "route" => route, "method" => method, "status" => status).increment(1);
    answer
}

/// The route of a request. Addresses that there are not are one: anybody can make up as many as they like.
pub(crate) fn route(matched: Option<&MatchedPath>) -> &str {
    matched.map_or("none", MatchedPath::as_str)
}

/// The name of a method, of which anybody can make up as many as they like, too.
pub(crate) fn method(method: &Method) -> &'static str {
    let known = [Method::GET, Method::POST, Method::HEAD, Method::OPTIONS, Method::PUT, Method::PATCH, Method::DELETE];
    let names = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"];
    known.iter().zip(names).find(|(known, _)| *known == method).map_or("other", |(_, name)| name)
}

fn status(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
