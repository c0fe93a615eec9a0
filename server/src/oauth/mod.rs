//! OAuth 2.0 for apps: client credentials (RFC 6749), revocation (RFC 7009), metadata (RFC 8414).
mod request;

use crate::access_log;
use crate::front::ClientAddress;
use crate::router::App;
use asagao_graphql::access::client::{self, Client, TOKEN_HOLDS};
use asagao_graphql::access::right::Right;
use asagao_graphql::error::Error;
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, HOST, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use request::{Credentials, Fields};
use serde_json::json;

/// The most bytes of a request: an id, a secret and every scope are far below it.
const MOST_BYTES: usize = 16 * 1024;

/// The routes of apps.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/oauth/token", post(token).fallback(wrong_method))
        .route("/oauth/revoke", post(revoke).fallback(wrong_method))
        .route("/.well-known/oauth-authorization-server", get(metadata).fallback(wrong_method))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// An error of RFC 6749 §5.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

impl Refused {
    fn request(description: &'static str) -> Self {
        Refused { status: StatusCode::BAD_REQUEST, error: "invalid_request", description }
    }

    fn client() -> Self {
        let description = "the client id and the secret are not of one another, or do not hold any more";
        Refused { status: StatusCode::UNAUTHORIZED, error: "invalid_client", description }
    }

    fn too_many() -> Self {
        let description = "too many calls from this address: wait as long as Retry-After says";
        Refused { status: StatusCode::TOO_MANY_REQUESTS, error: "temporarily_unavailable", description }
    }

    fn scope() -> Self {
        let description = "a scope is unknown, or none that this app was registered with";
        Refused { status: StatusCode::BAD_REQUEST, error: "invalid_scope", description }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable => {
                let description = "the records cannot be reached just now: send the same again in a few seconds";
                Refused { status: StatusCode::SERVICE_UNAVAILABLE, error: "temporarily_unavailable", description }
            }
            Error::Unauthenticated => Refused::client(),
            _ => Refused {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                error: "server_error",
                description: "something went wrong on our side",
            },
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut answer = (self.status, unkept(), Json(body)).into_response();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                let basic = HeaderValue::from_static("Basic realm=\"asagao\", charset=\"UTF-8\"");
                answer.headers_mut().insert(WWW_AUTHENTICATE, basic);
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        answer
    }
}

/// What nobody on the way keeps.
fn unkept() -> [(axum::http::HeaderName, &'static str); 2] {
    [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")]
}

/// The app that asks, and what it has sent: what stands before every answer of an endpoint.
struct Asked {
    client: Client,
    fields: Fields,
}

impl FromRequest<App> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(&mut parts, app).await;
        if let Err(too_many) = app.rates.of_address(address) {
            let mut answer = Refused::too_many().into_response();
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(too_many.seconds));
            return Err(answer);
        }
        let (headers, in_address) = (parts.headers.clone(), parts.uri.query().is_some_and(|query| !query.is_empty()));
        let body = Bytes::from_request(Request::from_parts(parts, body), app).await;
        Asked::read(app, &headers, in_address, body).await.map_err(IntoResponse::into_response)
    }
}

impl Asked {
    async fn read(
        app: &App,
        headers: &HeaderMap,
        in_address: bool,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<Self, Refused> {
        if in_address {
            return Err(Refused::request("parameters are sent in the body, never in the address, which is written to logs"));
        }
        let body = body.map_err(|rejection| Refused {
            status: rejection.status(),
            ..Refused::request("the body is too large or broke off")
        })?;
        let fields = Fields::read(headers, &body)?;
        let Credentials { id, secret } = Credentials::of(headers, &fields)?;
        let client = client::authenticate(&app.db, &id, &secret).await?;
        let Some(client) = client else {
            access_log::refused("client");
            return Err(Refused::client());
        };
        Ok(Asked { client, fields })
    }
}

/// `POST /oauth/token`: a token for a secret.
async fn token(State(app): State<App>, Asked { client, fields }: Asked) -> Result<Response, Refused> {
    match fields.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            let description = "the grant_type is client_credentials";
            return Err(Refused { error: "unsupported_grant_type", ..Refused::request(description) });
        }
        None => return Err(Refused::request("grant_type is missing: it is client_credentials")),
    }
    let mine = client.rights();
    if mine.is_empty() {
        let description = "this app was registered for nothing: register it again with its scopes";
        return Err(Refused { error: "unauthorized_client", ..Refused::request(description) });
    }
    let wanted = match fields.get("scope") {
        Some(scope) => scopes(scope, &mine)?,
        None => mine,
    };
    let given = client::give_token(&app.db, &client, &wanted).await?;
    let scope: Vec<_> = given.rights.iter().map(|right| right.name()).collect();
    let body = json!({ "access_token": given.token, "token_type": "Bearer", "expires_in": TOKEN_HOLDS.num_seconds(),
        "scope": scope.join(" ") });
    Ok((unkept(), Json(body)).into_response())
}

/// The rights that a scope names, each once; all of them are the app's.
fn scopes(scope: &str, mine: &[Right]) -> Result<Vec<Right>, Refused> {
    let mut wanted = Vec::new();
    for name in scope.split(' ') {
        let right = Right::of_name(name).filter(|right| mine.contains(right)).ok_or_else(Refused::scope)?;
        if !wanted.contains(&right) {
            wanted.push(right);
        }
    }
    Ok(wanted)
}

/// `POST /oauth/revoke`: ends a token of the app's own. Whatever else is sent as a token is answered alike.
async fn revoke(State(app): State<App>, Asked { client, fields }: Asked) -> Result<Response, Refused> {
    let token = fields.get("token").ok_or(Refused::request("token is missing"))?;
    client::revoke_token(&app.db, &client, token).await?;
    Ok((unkept(), StatusCode::OK).into_response())
}

async fn wrong_method() -> Response {
    let refused = Refused { status: StatusCode::METHOD_NOT_ALLOWED, ..Refused::request("send this by POST") };
    let mut answer = refused.into_response();
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    answer
}

/// `GET /.well-known/oauth-authorization-server`.
async fn metadata(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    let Some(issuer) = issuer(&app, &headers, &uri) else {
        return Refused::request("the header Host is not the name of a machine").into_response();
    };
    let ways = ["client_secret_basic", "client_secret_post"];
    let body = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth/token"),
        "token_endpoint_auth_methods_supported": ways,
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "revocation_endpoint_auth_methods_supported": ways,
        "grant_types_supported": ["client_credentials"],
        // Nobody is sent to a page to authorize an app. Readers of these data want the list all the same.
        "response_types_supported": [],
        "scopes_supported": Right::OF_APPS.map(Right::name),
    });
    (unkept(), Json(body)).into_response()
}

/// The address of this server as its clients know it: the public one, else by the name under which they have asked.
fn issuer(app: &App, headers: &HeaderMap, uri: &Uri) -> Option<String> {
    if let Some(origin) = &app.front.origin {
        return Some(origin.as_str().trim_end_matches('/').to_owned());
    }
    let host = match headers.get(HOST) {
        Some(host) => host.to_str().ok()?,
        None => uri.authority()?.as_str(),
    };
    // A name or an address with a port, and nothing that could be read as anything else.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']' | b'_');
    let known =
        !host.is_empty() && host.len() <= 255 && host.bytes().all(plain) && host.parse::<axum::http::uri::Authority>().is_ok();
    known.then(|| format!("{}://{}", if app.front.https { "https" } else { "http" }, host.to_ascii_lowercase()))
}
