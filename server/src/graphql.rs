//! GraphQL over HTTP as its specification says: who asks, for what.
mod answer;
mod run;

pub(crate) use answer::{Media, answer as answered, coded, codes, failure, takes_json, wants_events, written as answered_with};
pub(crate) use run::{measured, run};

use crate::access_log;
use crate::front::ClientAddress;
use crate::posting::Posting;
use crate::rate::TooMany;
use crate::router::App;
use crate::subscriptions;
use answer::{answer, not_acceptable, refusal};
use asagao_graphql::access::scope::{Scope, Viewer};
use asagao_graphql::error::{Error, code};
use asagao_graphql::limits;
use async_graphql::parser::types::{DocumentOperations, OperationDefinition, OperationType};
use async_graphql::{Name, Request, Variables};
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, RawQuery, State};
use axum::http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER, UPGRADE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::net::IpAddr;

/// A request of the specification.
#[derive(Deserialize)]
pub(crate) struct Parameters {
    query: Option<String>,
    /// The digest of a trusted document, instead of it.
    #[serde(rename = "documentId")]
    document_id: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    extensions: Option<Map<String, Value>>,
}

impl Parameters {
    /// Whether neither a document nor its digest was sent.
    fn asks_nothing(&self) -> bool {
        let named = self.extensions.as_ref().is_some_and(|extensions| extensions.contains_key("persistedQuery"));
        self.query.is_none() && self.document_id.is_none() && !named
    }
}

/// The most bytes that are taken of nobody in particular.
const MOST_BYTES_OF_STRANGERS: usize = 64 * 1024;

/// `POST /graphql`. Who asks is known before anything of the body is kept.
pub(crate) async fn post(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    mut request: axum::extract::Request,
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
    let scope = match counted(&app, &headers, address).await {
        Ok(scope) => scope,
        Err(refused) => return refused.answer(media),
    };
    if scope.is_none() {
        DefaultBodyLimit::max(MOST_BYTES_OF_STRANGERS).apply(&mut request);
    }
    let body = match Bytes::from_request(request, &app).await {
        Ok(body) => body,
        Err(rejection) => {
            let message = match (rejection.status(), &scope) {
                (StatusCode::PAYLOAD_TOO_LARGE, Some(_)) => "the body is too large: send at most 4 MiB, in smaller batches",
                (StatusCode::PAYLOAD_TOO_LARGE, None) => "the body is too large: without a token send at most 64 KiB",
                _ => "the body broke off: send it again, nothing of it was taken",
            };
            return refusal(media, rejection.status(), code::BAD_INPUT, message);
        }
    };
    if let Some(scope) = &scope
        && let Some(posting) = Posting::read(&app, &headers, &body, scope)
    {
        // What was read holds all that is wanted of it.
        drop(body);
        return posting.answer(&app, media, scope).await;
    }
    match serde_json::from_slice::<Parameters>(&body) {
        Ok(parameters) => execute(&app, &headers, media, parameters, Came { address, get: false, scope }).await,
        Err(error) => {
            let place = format!("line {} column {}", error.line(), error.column());
            let message = format!(
                "the body is no GraphQL request at {place}: send a JSON object with `query`, a text, and `variables`, an object"
            );
            refusal(media, StatusCode::BAD_REQUEST, code::BAD_INPUT, &message)
        }
    }
}

/// `GET /graphql?query=…`: queries only, or a subscription by whoever wants to listen.
pub(crate) async fn get(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> axum::response::Response {
    if headers.contains_key(UPGRADE) {
        return match upgrade {
            Ok(upgrade) => subscriptions::open(app, &headers, (&uri, ClientAddress(address)), upgrade).await,
            Err(rejection) => rejection.into_response(),
        };
    }
    let Some(media) = Media::of(&headers) else { return not_acceptable() };
    let scope = match counted(&app, &headers, address).await {
        Ok(scope) => scope,
        Err(refused) => return refused.answer(media),
    };
    let bad = |message: &str| refusal(media, StatusCode::BAD_REQUEST, code::BAD_INPUT, message);
    let (mut query_text, mut document_id, mut operation_name, mut maps) = (None, None, None, [None, None]);
    for (name, value) in url_pairs(query.as_deref().unwrap_or_default()) {
        match name.as_str() {
            "query" => query_text = Some(value),
            "documentId" => document_id = Some(value),
            "operationName" => operation_name = Some(value).filter(|value| !value.is_empty()),
            "variables" | "extensions" if value.is_empty() => {}
            "variables" | "extensions" => match serde_json::from_str(&value) {
                Ok(map) => maps[usize::from(name == "extensions")] = map,
                Err(_) => return bad("`variables` and `extensions` are JSON objects"),
            },
            _ => {}
        }
    }
    let [variables, extensions] = maps;
    let parameters = Parameters { query: query_text, document_id, operation_name, variables, extensions };
    execute(&app, &headers, media, parameters, Came { address, get: true, scope }).await
}

/// Any other method than those two.
pub(crate) async fn wrong_method(headers: HeaderMap) -> axum::response::Response {
    let media = Media::of(&headers).unwrap_or(Media::Json);
    let mut answer =
        refusal(media, StatusCode::METHOD_NOT_ALLOWED, code::BAD_INPUT, "send queries by GET or POST, mutations by POST");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
    answer
}

/// How a request came, and from whom.
struct Came {
    address: IpAddr,
    get: bool,
    scope: Option<Scope>,
}

/// Why nobody is asked any further.
pub(crate) enum Refusal {
    Error(Error),
    TooMany(TooMany),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Refusal::Error(error)
    }
}

impl Refusal {
    fn answer(self, media: Media) -> axum::response::Response {
        match self {
            Refusal::Error(error) => failure(media, &error),
            Refusal::TooMany(too_many) => {
                let mut answer = refusal(media, StatusCode::TOO_MANY_REQUESTS, code::RATE_LIMITED, &too_many.message());
                answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(too_many.seconds));
                answer
            }
        }
    }
}

/// The scope of the bearer token, with the call counted: for whoever has credentials, or for the address. `None` without credentials.
/// That a token is refused is noted only as often as its address may ask.
pub(crate) async fn counted(app: &App, headers: &HeaderMap, address: IpAddr) -> Result<Option<Scope>, Refusal> {
    if let Some(viewer) = viewer(app, headers).await? {
        app.rates.of_holder(viewer.holder).map_err(Refusal::TooMany)?;
        return Ok(Some(access_log::scope(&app.db, viewer)));
    }
    app.rates.of_address(address).map_err(Refusal::TooMany)?;
    if headers.contains_key(AUTHORIZATION) {
        access_log::refused("token");
        return Err(Error::Unauthenticated.into());
    }
    Ok(None)
}

/// Whose the bearer token is; `None` where there is none that holds.
async fn viewer(app: &App, headers: &HeaderMap) -> Result<Option<Viewer>, Error> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.split_once(' '));
    match value.filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer")) {
        Some((_, secret)) => app.viewers.of(&app.db, secret.trim()).await,
        None => Ok(None),
    }
}

fn url_pairs(query: &str) -> Vec<(String, String)> {
    reqwest::Url::parse(&format!("http://localhost/?{query}"))
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default()
}

async fn execute(app: &App, headers: &HeaderMap, media: Media, parameters: Parameters, came: Came) -> axum::response::Response {
    let Came { address, get, scope } = came;
    let asks_nothing = parameters.asks_nothing();
    let mut request = match prepare(app, parameters, scope.as_ref()) {
        Ok(request) => request,
        Err(error) => {
            let executed_not = media == Media::GraphQl || asks_nothing;
            let status = if executed_not { StatusCode::BAD_REQUEST } else { StatusCode::OK };
            return refusal(media, status, error.code(), &error.to_string());
        }
    };
    let kind = operation_type(&mut request);
    if wants_events(headers) && (kind == Some(OperationType::Subscription) || !takes_json(headers)) {
        return match subscriptions::events(app.clone(), headers, ClientAddress(address), request).await {
            Ok(answer) => answer,
            Err(error) => failure(media, &error),
        };
    }
    if get && kind == Some(OperationType::Mutation) {
        let mut answer = refusal(media, StatusCode::METHOD_NOT_ALLOWED, code::BAD_INPUT, "send mutations by POST");
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return answer;
    }
    if let Some(scope) = &scope {
        request = asagao_graphql::authorized(request, scope);
    }
    // Of several fields some may have been done: such a call is not simply sent again.
    let single = operation(&mut request).is_some_and(|operation| operation.selection_set.node.items.len() == 1);
    let Some(response) = run(app, app.schema.for_json(request)).await else {
        return failure(media, &Error::Unavailable);
    };
    answer(media, response, scope.map_or(0, |scope| scope.queries()), single)
}

/// The request of the executor, or why it cannot be one.
pub(crate) fn prepare(app: &App, parameters: Parameters, scope: Option<&Scope>) -> Result<Request, Error> {
    let Parameters { query, document_id, operation_name, variables, extensions } = parameters;
    let document = app.trusted.document(query, document_id.as_deref(), extensions.as_ref())?;
    let mut request = Request::new(document).variables(Variables::from_json(Value::Object(variables.unwrap_or_default())));
    request.operation_name = operation_name;
    for (name, value) in extensions.unwrap_or_default() {
        request.extensions.insert(name, async_graphql::Value::from_json(value).unwrap_or_default());
    }
    limits::check(&mut request)?;
    // A document's only operation is the one to run, whether its name is said or not.
    request.operation_name = request.operation_name.take().or_else(|| sole_name(&mut request));
    if let Some(name) = &request.operation_name {
        access_log::named(name);
    }
    if let Some(name) = missing_variable(&mut request) {
        return Err(Error::BadInput(format!("the variable ${name} must have a value")));
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
pub(crate) fn operation(request: &mut Request) -> Option<&OperationDefinition> {
    let name = request.operation_name.clone();
    match &request.parsed_query().ok()?.operations {
        DocumentOperations::Single(operation) => Some(&operation.node),
        DocumentOperations::Multiple(operations) => match name {
            Some(name) => Some(&operations.get(name.as_str())?.node),
            // Pages' own documents: their only operation.
            None if operations.len() == 1 => operations.values().next().map(|operation| &operation.node),
            None => None,
        },
    }
}

/// The name of the one operation of a document.
fn sole_name(request: &mut Request) -> Option<String> {
    match &request.parsed_query().ok()?.operations {
        DocumentOperations::Multiple(operations) if operations.len() == 1 => operations.keys().next().map(Name::to_string),
        _ => None,
    }
}
