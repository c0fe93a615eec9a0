//! A package that somebody sends: taken in piece by piece, then read in the background.
use crate::pages::csrf::PostedFile;
use crate::pages::error::PageError;
use crate::pages::imports::show;
use asagao_graphql::access::right::Right;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::error::Error;
use asagao_graphql::jobs::roster_import::upload::{self, Refused};
use axum::extract::multipart::Field;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Done {
    preview_roster_import: Option<Payload>,
}

#[derive(Deserialize)]
struct Payload {
    import: Option<Started>,
}

#[derive(Deserialize)]
struct Started {
    id: String,
}

/// What was sent.
struct Sent {
    upload: Uuid,
    name: String,
    bytes: u64,
}

/// `POST /imports`: reads a package; goes to the page of its difference.
pub(crate) async fn send(mut posted: PostedFile) -> Result<Response, PageError> {
    if posted.session.presenting() || !posted.session.may(Right::RosterWrite) {
        return Err(PageError::NotFound);
    }
    let scope = posted.session.scope().clone();
    let (mut encoding, mut sent) = ("AUTO", None);
    while let Some(field) = posted.next().await? {
        match field.name().unwrap_or_default() {
            "encoding" => {
                encoding = match field.text().await.map_err(|_| PageError::BadForm)?.as_str() {
                    "utf-8" => "UTF8",
                    "cp932" => "CP932",
                    _ => "AUTO",
                }
            }
            "file" => {
                let name = field.file_name().unwrap_or_default().chars().take(100).collect();
                match take(&scope, field, name).await {
                    Ok(taken) => sent = Some(taken),
                    Err(Taken::TooLarge) => {
                        return show(
                            &posted.session,
                            Some("ファイルが大きすぎます（256 MB まで）。学校ごとに分けて送ってください。"),
                        )
                        .await;
                    }
                    Err(Taken::Page(error)) => return Err(error),
                }
            }
            _ => {}
        }
    }
    let Some(sent) = sent.filter(|sent| sent.bytes > 0) else {
        return show(&posted.session, Some("ファイルが選ばれていません。")).await;
    };
    let document = "mutation Read($input: PreviewRosterImportInput!) { previewRosterImport(input: $input) { import { id } } }";
    let input = json!({ "uploadId": sent.upload, "fileName": sent.name, "encoding": encoding });
    let done: Done = posted.session.ask(document, json!({ "input": input })).await?;
    let import = done.preview_roster_import.and_then(|payload| payload.import).ok_or(PageError::NotFound)?;
    Ok(Redirect::to(&format!("/imports/{}", import.id)).into_response())
}

/// Why a file was not taken.
enum Taken {
    TooLarge,
    Page(PageError),
}

async fn take(scope: &Scope, mut field: Field<'_>, name: String) -> Result<Sent, Taken> {
    let page = |error: Error| Taken::Page(error.into());
    let mut taken = upload::begin(scope).map_err(page)?;
    let mut bytes = 0;
    loop {
        let chunk = match field.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Ok(Sent { upload: taken.finish(), name, bytes }),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => return Err(Taken::TooLarge),
            Err(_) => return Err(Taken::Page(PageError::BadForm)),
        };
        bytes += chunk.len() as u64;
        match taken.write(&chunk) {
            Ok(()) => {}
            Err(Refused::TooLarge) => return Err(Taken::TooLarge),
            Err(error @ Refused::Io(_)) => return Err(page(error.into())),
        }
    }
}
