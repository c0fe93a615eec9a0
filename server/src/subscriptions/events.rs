//! `graphql-sse` in its mode of one connection each.
use super::listener::{Credentials, Listener};
use super::places::Place;
use super::{LOOK, answers, body, errors, is_refusal, stopped};
use crate::front::ClientAddress;
use crate::router::App;
use asagao_graphql::error::Error;
use async_graphql::futures_util::stream::{self, BoxStream, Stream, StreamExt};
use async_graphql::{Request, Response};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{self, KeepAlive, Sse};
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// `POST` or `GET /graphql` by a client that listens by `text/event-stream`; what it asks is ready for the executor.
pub(crate) async fn events(
    app: App,
    headers: &HeaderMap,
    address: ClientAddress,
    request: Request,
) -> Result<axum::response::Response, Error> {
    let credentials = Credentials::of_headers(headers).ok_or(Error::Unauthenticated)?;
    let listener = Listener::of(&app, credentials, address).await?.ok_or(Error::Unauthenticated)?;
    let place = app.places.take().ok_or(Error::Unavailable)?;
    let place = place.of(listener.scope.holder()).ok_or(Error::Unavailable)?;
    let answers = answers(&app, &listener.scope, request)?;
    let stopping = app.stopping.subscribe();
    let open = Open { app, listener, answers, stopping, over: false, _place: place };
    Ok(Sse::new(open.all()).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response())
}

/// A stream of events of a client.
struct Open {
    app: App,
    listener: Listener,
    answers: BoxStream<'static, Response>,
    stopping: watch::Receiver<bool>,
    over: bool,
    _place: Place,
}

impl Open {
    fn all(self) -> impl Stream<Item = Result<sse::Event, Infallible>> {
        stream::unfold(self, |mut open| async move {
            if open.over {
                return None;
            }
            let event = open.next().await;
            Some((Ok(event), open))
        })
    }

    async fn next(&mut self) -> sse::Event {
        loop {
            let answer = tokio::select! {
                answer = self.answers.next() => answer,
                () = sleep(LOOK) => match self.listener.ended(&self.app).await {
                    Some(_) => None,
                    None => continue,
                },
                () = stopped(&mut self.stopping) => None,
            };
            return match answer {
                Some(answer) if self.listener.ended(&self.app).await.is_none() && self.listener.log().await.is_ok() => {
                    let body = if is_refusal(&answer) { json!({ "errors": errors(answer) }) } else { body(answer) };
                    sse::Event::default().event("next").data(body.to_string())
                }
                _ => {
                    self.over = true;
                    sse::Event::default().event("complete").data("{}")
                }
            };
        }
    }
}
