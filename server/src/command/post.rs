//! Posting activities to a server like an app: in batches, again when the server cannot take them just now.
use super::{Failure, Result};
use asagao_graphql::clock::Clock;
use asagao_graphql::error::code;
use asagao_graphql::learning::activity::{ActivityInput, RecordActivitiesPayload};
use asagao_graphql::scalar::Timestamp;
use reqwest::header::RETRY_AFTER;
use reqwest::{StatusCode, Url};
use serde_json::{Value, json};
use std::time::Duration;

const DOCUMENT: &str = "mutation Record($input: RecordActivitiesInput!) {
    recordActivities(input: $input) {
        accepted duplicates conflicts { index id message } rejected { index id code field message } userErrors { code field message }
    }
}";

/// How often a batch is sent at most before the import gives up.
const TRIES: u32 = 8;

/// A server to post to.
pub(super) struct Client {
    http: reqwest::Client,
    url: Url,
    token: String,
}

/// What came back for one try.
enum Answer {
    Stored(Box<RecordActivitiesPayload>),
    /// Not now; how long to wait, if the server said.
    Later(Option<Duration>, String),
}

impl Client {
    pub(super) fn new(mut url: Url, token: String) -> Result<Self> {
        if url.path() == "/" {
            url.set_path("/graphql");
        }
        // Fails only where a provider is installed already, which serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().timeout(Duration::from_mins(1)).build();
        let http = http.map_err(|error| Failure::new(format!("no connection can be made: {error}")))?;
        Ok(Client { http, url, token })
    }

    /// Posts a batch. Safe to repeat: what was stored by a try whose answer got lost comes back as duplicates.
    pub(super) async fn record(&self, items: &[ActivityInput]) -> Result<RecordActivitiesPayload> {
        let mut pause = Duration::from_millis(500);
        for attempt in 1.. {
            match self.attempt(items).await? {
                Answer::Stored(payload) => return Ok(*payload),
                Answer::Later(_, why) if attempt == TRIES => {
                    return Err(Failure::new(format!("gave up after {TRIES} tries: {why}; run it again to go on")));
                }
                Answer::Later(wait, why) => {
                    eprintln!("not stored yet ({why}); trying again");
                    tokio::time::sleep(wait.unwrap_or(pause)).await;
                    pause = (pause * 2).min(Duration::from_secs(10));
                }
            }
        }
        unreachable!("the loop returns by the last try")
    }

    async fn attempt(&self, items: &[ActivityInput]) -> Result<Answer> {
        let input = json!({ "sentAt": Timestamp::from(Clock::System.now()), "activities": items });
        let body = json!({ "query": DOCUMENT, "variables": { "input": input } });
        let request = self.http.post(self.url.clone()).bearer_auth(&self.token).json(&body);
        let response = match request.header("accept", "application/graphql-response+json").send().await {
            Ok(response) => response,
            Err(error) if error.is_builder() => return Err(Failure::new(format!("{} is no address to post to", self.url))),
            Err(error) => return Ok(Answer::Later(None, error.without_url().to_string())),
        };
        let (status, wait) = (response.status(), retry_after(&response));
        let body: Value = match response.json().await {
            Ok(body) => body,
            Err(_) if status.is_server_error() => return Ok(Answer::Later(wait, status.to_string())),
            Err(_) => return Err(Failure::new(format!("{} answered {status} without JSON: is it an Asagao server?", self.url))),
        };
        if let Some(error) = body["errors"].get(0) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let message = format!("{} ({})", text(&error["message"]), text(&error["extensions"]["code"]));
            let later = [code::UNAVAILABLE, code::RATE_LIMITED].iter().any(|code| error["extensions"]["code"] == *code);
            return if later || status == StatusCode::SERVICE_UNAVAILABLE {
                Ok(Answer::Later(wait, message))
            } else {
                Err(Failure::new(message))
            };
        }
        let answer = serde_json::from_value::<RecordActivitiesPayload>(body["data"]["recordActivities"].clone());
        let answer = answer.map_err(|error| Failure::new(format!("the answer cannot be read: {error}")))?;
        if let Some(error) = answer.user_errors.first() {
            return Err(Failure::new(error.message.as_str()));
        }
        Ok(Answer::Stored(Box::new(answer)))
    }
}

fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(|seconds: u64| Duration::from_secs(seconds.min(60)))
}
