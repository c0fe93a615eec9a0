//! GraphQL over HTTP as its specification says: who asks, which media type, which status.
use crate::access_log;
use crate::router::App;
use crate::subscriptions;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::access::token;
use asagao_graphql::error::{Error, code};
use async_graphql::parser::types::{DocumentOperations, OperationDefinition, OperationType};
use async_graphql::{Name, Request, Response, ServerError, Variables};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{RawQuery, State};
use axum::http::header::{ACCEPT, ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER, UPGRADE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How long an answer may take; what was begun is undone then.
const MOST_TIME: Duration = Duration::from_secs(30);

/// The two media types of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Media {
    /// `application/graphql-response+json`: the status says whether the document was executed.
    GraphQl,
    /// `application/json`, for older clients: a document that fails is answered with 200.
    Json,
}

impl Media {
    /// What the client accepts; `None` where it accepts neither.
    fn of(headers: &HeaderMap) -> Option<Self> {
        if wants_events(headers) {
            return Some(Media::GraphQl);
        }
        let Some(accept) = headers.get(ACCEPT) else { return Some(Media::Json) };
        let accept = accept.to_str().ok()?.to_ascii_lowercase();
        let wanted = |name: &str| accept.split(',').any(|part| part.split(';').next().unwrap_or_default().trim() == name);
        if wanted("application/graphql-response+json") {
            return Some(Media::GraphQl);
        }
        ["application/json", "application/*", "*/*"].iter().any(|name| wanted(name)).then_some(Media::Json)
    }

    fn name(self) -> &'static str {
        match self {
            Media::GraphQl => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        }
    }
}

/// A request of the specification.
#[derive(Deserialize)]
pub(crate) struct Parameters {
    query: String,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    extensions: Option<Map<String, Value>>,
}

/// `POST /graphql`.
pub(crate) async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> axum::response::Response {
    let Some(media) = Media::of(&headers) else { return not_acceptable() };
    let json = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let (name, charset) = value.split_once(';').unwrap_or((value, "charset=utf-8"));
        let charset = charset.trim().to_ascii_lowercase().replace('"', "");
        name.trim().eq_ignore_ascii_case("application/json") && charset == "charset=utf-8"
    });
    if !json {
        return refusal(
            media,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code::BAD_INPUT,
            "send the request as application/json in UTF-8",
        );
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            let message = "the body is too large or broke off: send at most 4 MiB, in smaller batches";
            return refusal(media, rejection.status(), code::BAD_INPUT, message);
        }
    };
    match serde_json::from_slice::<Parameters>(&body) {
        Ok(parameters) => execute(&app, &headers, media, parameters, false).await,
        Err(error) => {
            let place = format!("line {} column {}", error.line(), error.column());
            let message = format!(
                "the body is no GraphQL request at {place}: send a JSON object with `query`, a text, and `variables`, an object"
            );
            refusal(media, StatusCode::BAD_REQUEST, code::BAD_INPUT, &message)
        }
    }
}

/// Whether the client wants to listen.
fn wants_events(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|of| of.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/event-stream"))
}

/// `GET /graphql?query=…`: queries only, or a subscription by whoever wants to listen.
pub(crate) async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    uri: Uri,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> axum::response::Response {
    if headers.contains_key(UPGRADE) {
        return match upgrade {
            Ok(upgrade) => subscriptions::open(app, &headers, &uri, upgrade),
            Err(rejection) => rejection.into_response(),
        };
    }
    let Some(media) = Media::of(&headers) else { return not_acceptable() };
    let bad = |message: &str| refusal(media, StatusCode::BAD_REQUEST, code::BAD_INPUT, message);
    let (mut document, mut operation_name, mut maps) = (None, None, [None, None]);
    for (name, value) in url_pairs(query.as_deref().unwrap_or_default()) {
        match name.as_str() {
            "query" => document = Some(value),
            "operationName" => operation_name = Some(value).filter(|value| !value.is_empty()),
            "variables" | "extensions" if value.is_empty() => {}
            "variables" | "extensions" => match serde_json::from_str(&value) {
                Ok(map) => maps[usize::from(name == "extensions")] = map,
                Err(_) => return bad("`variables` and `extensions` are JSON objects"),
            },
            _ => {}
        }
    }
    let Some(query) = document else { return bad("the parameter `query` is missing") };
    let [variables, extensions] = maps;
    execute(&app, &headers, media, Parameters { query, operation_name, variables, extensions }, true).await
}

fn url_pairs(query: &str) -> Vec<(String, String)> {
    reqwest::Url::parse(&format!("http://localhost/?{query}"))
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default()
}

async fn execute(app: &App, headers: &HeaderMap, media: Media, parameters: Parameters, get: bool) -> axum::response::Response {
    if wants_events(headers) {
        return match subscriptions::events(app.clone(), headers, parameters).await {
            Ok(answer) => answer,
            Err(Error::BadInput(message)) => refusal(media, StatusCode::BAD_REQUEST, code::BAD_INPUT, &message),
            Err(error) => failure(media, &error),
        };
    }
    let scope = match authenticate(app, headers).await {
        Ok(scope) => scope,
        Err(error) => return failure(media, &error),
    };
    let mut request = match prepare(app, parameters, scope.as_ref()) {
        Ok(request) => request,
        Err(message) => {
            let status = if media == Media::GraphQl { StatusCode::BAD_REQUEST } else { StatusCode::OK };
            return refusal(media, status, code::BAD_INPUT, &message);
        }
    };
    if get && operation_type(&mut request) == Some(OperationType::Mutation) {
        let mut answer = refusal(media, StatusCode::METHOD_NOT_ALLOWED, code::BAD_INPUT, "send mutations by POST");
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return answer;
    }
    if let Some(scope) = &scope {
        request = asagao_graphql::authorized(request, scope);
    }
    let Ok(response) = tokio::time::timeout(MOST_TIME, app.schema.execute(request)).await else {
        return failure(media, &Error::Unavailable);
    };
    answer(media, response, scope.map_or(0, |scope| scope.queries()))
}

/// The request of the executor, or why it cannot be one.
pub(crate) fn prepare(app: &App, parameters: Parameters, scope: Option<&Scope>) -> Result<Request, String> {
    let Parameters { query, operation_name, variables, extensions } = parameters;
    let mut request = Request::new(query).variables(Variables::from_json(Value::Object(variables.unwrap_or_default())));
    if let Some(name) = operation_name.clone().or_else(|| sole_name(&mut request)) {
        access_log::named(&name);
    }
    request.operation_name = operation_name;
    for (name, value) in extensions.unwrap_or_default() {
        request.extensions.insert(name, async_graphql::Value::from_json(value).unwrap_or_default());
    }
    if let Some(name) = missing_variable(&mut request) {
        return Err(format!("the variable ${name} must have a value"));
    }
    Ok(if scope.is_none() || !app.introspection { request.disable_introspection() } else { request })
}

/// What kind of operation is to run; `None` where the document does not say, which the executor tells.
pub(crate) fn operation_type(request: &mut Request) -> Option<OperationType> {
    operation(request).map(|operation| operation.ty)
}

/// A variable that must have a value and has none: the executor would notice only on the way, when half is done.
fn missing_variable(request: &mut Request) -> Option<Name> {
    let definitions = operation(request)?.variable_definitions.iter().map(|definition| &definition.node);
    let required = definitions.filter(|of| !of.var_type.node.nullable && of.default_value.is_none());
    let required: Vec<Name> = required.map(|of| of.name.node.clone()).collect();
    required.into_iter().find(|name| matches!(request.variables.get(name), None | Some(async_graphql::Value::Null)))
}

/// The operation that is to run; `None` where the document does not say, which the executor tells.
fn operation(request: &mut Request) -> Option<&OperationDefinition> {
    let name = request.operation_name.clone();
    match &request.parsed_query().ok()?.operations {
        DocumentOperations::Single(operation) => Some(&operation.node),
        DocumentOperations::Multiple(operations) => Some(&operations.get(name?.as_str())?.node),
    }
}

/// The name of the one operation of a document.
fn sole_name(request: &mut Request) -> Option<String> {
    match &request.parsed_query().ok()?.operations {
        DocumentOperations::Multiple(operations) if operations.len() == 1 => operations.keys().next().map(Name::to_string),
        _ => None,
    }
}

/// The scope of the bearer token; `None` without credentials.
pub(crate) async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Option<Scope>, Error> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let secret =
        value.to_str().ok().and_then(|value| value.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let (_, secret) = secret.ok_or(Error::Unauthenticated)?;
    let Some(viewer) = token::viewer(&app.db, secret.trim()).await? else {
        access_log::refused("token");
        return Err(Error::Unauthenticated);
    };
    Ok(Some(access_log::scope(&app.db, viewer)))
}

/// An answer, written out as the executor made it.
#[derive(Serialize)]
struct Body {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<async_graphql::Value>,
}

fn answer(media: Media, response: Response, queries: u32) -> axum::response::Response {
    // Only what failed before execution has errors without a path and no data.
    let refused = !response.errors.is_empty()
        && response.data == async_graphql::Value::Null
        && response.errors.iter().all(|e| e.path.is_empty());
    let errors = response.errors.into_iter().map(coded).collect();
    let body = Body { errors, data: (!refused).then_some(response.data) };
    let body = serde_json::to_string(&body).expect("GraphQL values are JSON");
    let status = if refused && media == Media::GraphQl { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let timing = HeaderName::from_static("server-timing");
    (status, [(CONTENT_TYPE, media.name().to_owned()), (timing, format!("db;desc=\"{queries} queries\""))], body).into_response()
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

fn failure(media: Media, error: &Error) -> axum::response::Response {
    let status = match error {
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
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

fn refusal(media: Media, status: StatusCode, code: &str, message: &str) -> axum::response::Response {
    let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    (status, [(CONTENT_TYPE, media.name())], body.to_string()).into_response()
}

fn not_acceptable() -> axum::response::Response {
    let message = "answers are application/graphql-response+json or application/json: accept one of them";
    refusal(Media::Json, StatusCode::NOT_ACCEPTABLE, code::BAD_INPUT, message)
}
