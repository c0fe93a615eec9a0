//! Calls that post activities, on the short way: most of what a morning brings are a few documents, always the same.
use crate::access_log;
use crate::graphql::{Media, answered, answered_with, failure, measured, takes_json, wants_events};
use crate::metrics::Operations;
use crate::router::App;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::error::Error;
use asagao_graphql::learning::activity::{PostingDocument, RecordActivitiesInput};
use async_graphql::Response;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The documents that were looked at, by their text, and what was recognised.
#[derive(Default)]
pub struct Postings(RwLock<HashMap<String, Option<Arc<PostingDocument>>>>);

/// So many documents are kept at most; then it begins anew.
const MOST: usize = 256;
/// A longer document is not looked at.
const LONGEST: usize = 4_096;

impl Postings {
    fn of(&self, text: &str) -> Option<Arc<PostingDocument>> {
        // Others would push those out that are wanted.
        if text.len() > LONGEST || !text.contains("recordActivities") {
            return None;
        }
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return known.clone();
        }
        let found = PostingDocument::of(text).map(Arc::new);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(text.to_owned(), found.clone());
        found
    }
}

/// A request whose variables are not read yet.
#[derive(Deserialize)]
struct Unread<'a> {
    #[serde(borrow)]
    query: Option<Cow<'a, str>>,
    #[serde(rename = "documentId", borrow)]
    document_id: Option<Cow<'a, str>>,
    #[serde(rename = "operationName", borrow)]
    operation_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    variables: Option<&'a RawValue>,
    #[serde(borrow)]
    extensions: Option<&'a RawValue>,
}

/// A call that posts and nothing else.
pub(crate) struct Posting {
    document: Arc<PostingDocument>,
    input: RecordActivitiesInput,
}

impl Posting {
    /// Reads a call; `None` for one that does anything else, and for what only the executor can answer.
    pub(crate) fn read(app: &App, headers: &HeaderMap, body: &[u8], scope: &Scope) -> Option<Posting> {
        if !PostingDocument::is_for(scope) || (wants_events(headers) && !takes_json(headers)) {
            return None;
        }
        let Unread { query, document_id, operation_name, variables, extensions } = serde_json::from_slice(body).ok()?;
        let document = if document_id.is_none() && extensions.is_none() && !app.trusted.only() {
            app.postings.of(&query?)?
        } else {
            let extensions = extensions.map(|extensions| serde_json::from_str(extensions.get())).transpose().ok()?.flatten();
            let document = app.trusted.document(query.map(Cow::into_owned), document_id.as_deref(), extensions.as_ref());
            app.postings.of(&document.ok()?)?
        };
        if operation_name.is_some() && operation_name.as_deref() != document.name() {
            return None;
        }
        let input = document.input(variables?)?;
        if let Some(name) = document.name() {
            access_log::named(name);
        }
        Some(Posting { document, input })
    }

    /// Posts, and answers.
    pub(crate) async fn answer(self, app: &App, media: Media, scope: &Scope) -> axum::response::Response {
        let told = app.operations.is_some().then(Operations::of_posts);
        match measured(told, self.document.post(scope, self.input)).await {
            Some(Ok(body)) => answered_with(media, body, scope.queries()),
            Some(Err(error)) => answered(media, Response::from_errors(vec![error]), scope.queries(), true),
            None => failure(media, &Error::Unavailable),
        }
    }
}
