//! Requests to a provider: no redirects, not for long, no endless answers.
use openidconnect::{HttpRequest, HttpResponse};
use reqwest::header::{ACCEPT, AUTHORIZATION};
use serde_json::{Map, Value};
use std::time::Duration;

/// How long a provider may take for an answer.
const MOST_TIME: Duration = Duration::from_secs(8);
/// How long it may take to be reached.
const MOST_TIME_TO_CONNECT: Duration = Duration::from_secs(4);
/// The most bytes of an answer: keys and descriptions of providers are well under it.
const MOST_BYTES: usize = 512 * 1024;

/// Speaks HTTP to a provider.
#[derive(Clone)]
pub(super) struct Http(reqwest::Client);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// It was not reached, or took too long.
    #[error("the provider does not answer")]
    Silent(#[source] reqwest::Error),
    /// It has trouble of its own.
    #[error("the provider answers with {0}")]
    Trouble(reqwest::StatusCode),
    /// The answer is no answer.
    #[error("the provider's answer is too long or cannot be taken")]
    Unusable,
}

impl NoAnswer {
    /// Whether it is for the provider to get well.
    pub(super) fn is_silence(&self) -> bool {
        !matches!(self, NoAnswer::Unusable)
    }
}

impl Http {
    /// `encrypted`: over HTTPS alone, whatever addresses the provider gives.
    pub(super) fn new(encrypted: bool) -> Result<Self, String> {
        // Fails only where one is installed already, which serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = reqwest::Client::builder().timeout(MOST_TIME).connect_timeout(MOST_TIME_TO_CONNECT).https_only(encrypted);
        let client = builder.redirect(reqwest::redirect::Policy::none()).build();
        client.map(Http).map_err(|error| format!("no connection can be made: {error}"))
    }

    /// The claims that a provider tells of whom an access token is of.
    pub(super) async fn claims(self, url: &str, access: &str) -> Result<Map<String, Value>, NoAnswer> {
        let request = openidconnect::http::Request::get(url).header(ACCEPT, "application/json");
        let request = request.header(AUTHORIZATION, format!("Bearer {access}")).body(Vec::new());
        let answer = self.send(request.map_err(|_| NoAnswer::Unusable)?).await?;
        if !answer.status().is_success() {
            return Err(NoAnswer::Unusable);
        }
        serde_json::from_slice(answer.body()).map_err(|_| NoAnswer::Unusable)
    }

    /// An answer in full.
    pub(super) async fn send(self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let request = reqwest::Request::try_from(request).map_err(NoAnswer::Silent)?;
        let mut answer = self.0.execute(request).await.map_err(|error| NoAnswer::Silent(error.without_url()))?;
        if answer.status().is_server_error() {
            return Err(NoAnswer::Trouble(answer.status()));
        }
        let mut response = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| NoAnswer::Silent(error.without_url()))? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(NoAnswer::Unusable);
            }
            body.extend_from_slice(&chunk);
        }
        response.body(body).map_err(|_| NoAnswer::Unusable)
    }
}
