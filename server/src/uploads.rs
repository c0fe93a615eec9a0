//! `POST /uploads`: takes a package in, as it comes, to be read by `previewRosterImport`.
use crate::front::ClientAddress;
use crate::graphql::{self, Refusal};
use crate::router::App;
use asagao_graphql::error::{Error, Result};
use asagao_graphql::jobs::roster_import::upload::{self, Refused};
use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::net::IpAddr;
use std::pin::Pin;
use uuid::Uuid;

/// Takes the body of a request that carries a bearer token and answers with the id of what was sent.
pub(crate) async fn post(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match take(&app, &headers, address, body).await {
        Ok(id) => (StatusCode::CREATED, Json(json!({ "uploadId": id }))).into_response(),
        Err(Refusal::TooMany(too_many)) => too_many.into_response(),
        Err(Refusal::Error(error)) => (status(&error), Json(refusal(&error))).into_response(),
    }
}

async fn take(app: &App, headers: &HeaderMap, address: IpAddr, mut body: Body) -> Result<Uuid, Refusal> {
    let scope = graphql::counted(app, headers, address).await?.ok_or(Error::Unauthenticated)?;
    let mut upload = upload::begin(&scope)?;
    while let Some(bytes) = next(&mut body).await? {
        upload.write(&bytes).map_err(|refused: Refused| Error::from(refused))?;
    }
    Ok(upload.finish())
}

/// The next bytes of a body.
async fn next(body: &mut Body) -> Result<Option<Bytes>> {
    loop {
        let frame = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        match frame {
            None => return Ok(None),
            Some(Err(_)) => return Err(Error::BadInput("the sending broke off: send the package again".into())),
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) | Error::Factor => StatusCode::FORBIDDEN,
        Error::BadInput(_) | Error::TooComplex(_) => StatusCode::BAD_REQUEST,
        Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn refusal(error: &Error) -> Value {
    json!({ "errors": [{ "message": error.to_string(), "extensions": { "code": error.code() } }] })
}
