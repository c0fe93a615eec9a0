//! Subscriptions: `graphql-transport-ws` over WebSocket, and `graphql-sse` in its mode of one connection each.
//!
//! async-graphql has a WebSocket of its own, which closes with other codes than the protocol says and knows no limits; what is here is the
//! protocol alone. Who listens is asked again before everything that is sent, and every half minute.
mod events;
mod listener;
mod places;

pub(crate) use events::events;
pub use places::Places;

use crate::front::ClientAddress;
use crate::graphql::{Parameters, coded, codes, operation_type, prepare};
use crate::metrics;
use crate::pages::csrf::from_here;
use crate::pages::session::secret;
use crate::router::App;
use ::metrics::gauge;
use asagao_graphql::access::scope::{Scope, Viewer};
use asagao_graphql::error::{Error, code};
use async_graphql::futures_util::stream::{BoxStream, StreamExt};
use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, ServerError};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use listener::{Credentials, End, Listener};
use places::Place;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, interval_at, sleep, timeout};

/// The protocol over WebSocket.
const PROTOCOL: &str = "graphql-transport-ws";
/// How long a client may take to say who it is.
const INIT: Duration = Duration::from_secs(3);
/// How often it is asked again who listens, and whether anybody is still there.
const LOOK: Duration = Duration::from_secs(30);
/// After such a silence nobody is there any more: every look is answered by a client that is.
const SILENCE: Duration = Duration::from_secs(90);
/// How long a client may take to take what is sent.
const SLOW: Duration = Duration::from_secs(10);
/// So many subscriptions a connection may have at once.
const MOST_SUBSCRIPTIONS: usize = 20;
/// The most bytes of a message.
const MOST_BYTES: usize = 64 * 1024;

/// `GET /graphql` with an upgrade. It counts for whoever is known by the handshake, and otherwise for the address.
pub(crate) async fn open(
    app: App,
    headers: &HeaderMap,
    (uri, address): (&Uri, ClientAddress),
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(MOST_BYTES);
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, "the subprotocol is graphql-transport-ws\n").into_response();
    }
    let cookie = secret(headers, &app).filter(|_| from_here(headers, uri)).map(Credentials::Cookie);
    let given = Credentials::of_headers(headers).or(cookie);
    let known = match &given {
        Some(credentials) => credentials.viewer(&app).await.ok().flatten(),
        None => None,
    };
    let room = known.as_ref().map_or_else(|| app.rates.of_address(address.0), |viewer| app.rates.of_holder(viewer.holder));
    if let Err(too_many) = room {
        return too_many.into_response();
    }
    let Some(place) = app.places.take() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many connections: try again later\n").into_response();
    };
    upgrade.on_upgrade(move |socket| converse(app, socket, (given.map(|given| (given, known)), address), place))
}

/// What a client has shown with the handshake, and who that was, where it was somebody.
type Given = (Credentials, Option<Viewer>);

async fn converse(app: App, mut socket: WebSocket, (given, address): (Option<Given>, ClientAddress), place: Place) {
    let (sender, receiver) = mpsc::channel(16);
    let talk = Talk {
        app,
        given,
        address,
        place: Some(place),
        asked: false,
        listener: None,
        running: HashMap::new(),
        tasks: JoinSet::new(),
        sender,
        serial: 0,
    };
    if let Some(End(code, reason)) = talk.go_on(&mut socket, receiver).await {
        let frame = CloseFrame { code, reason: reason.into() };
        // Who does not take it is gone already.
        drop(timeout(SLOW, socket.send(Message::Close(Some(frame)))).await);
    }
}

/// What a client says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    ConnectionInit { payload: Option<Value> },
    Subscribe { id: String, payload: Parameters },
    Complete { id: String },
    Ping { payload: Option<Value> },
    Pong {},
}

/// What a subscription has to send: an answer, or that it is over.
struct Next {
    id: String,
    serial: u64,
    answer: Option<Response>,
}

/// A connection.
struct Talk {
    app: App,
    /// What the client has shown with the handshake. Who that was holds until it has said who it is, seconds later; before anything of a
    /// record is sent, it is asked again.
    given: Option<Given>,
    /// Where it comes from.
    address: ClientAddress,
    /// Its place among those who listen.
    place: Option<Place>,
    /// Whether it has said who it is.
    asked: bool,
    listener: Option<Listener>,
    running: HashMap<String, (u64, AbortHandle)>,
    /// Every subscription is a task, and all of them end with the connection.
    tasks: JoinSet<()>,
    sender: Sender<Next>,
    /// Tells a subscription from an earlier one of the same id.
    serial: u64,
}

impl Talk {
    /// Until the connection ends; `None` where the client has ended it.
    async fn go_on(mut self, socket: &mut WebSocket, mut receiver: Receiver<Next>) -> Option<End> {
        let mut stopping = self.app.stopping.subscribe();
        let init = sleep(INIT);
        tokio::pin!(init);
        let mut looks = interval_at(Instant::now() + LOOK, LOOK);
        let mut heard = Instant::now();
        loop {
            let done = tokio::select! {
                said = socket.recv() => {
                    heard = Instant::now();
                    match said {
                        Some(Ok(Message::Text(text))) => self.hear(socket, text.as_str()).await,
                        Some(Ok(Message::Binary(_))) => Err(End(4400, "Bad Request: messages are text")),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    }
                }
                Some(next) = receiver.recv() => self.tell(socket, next).await,
                () = &mut init, if !self.asked => Err(End(4408, "Connection initialisation timeout")),
                _ = looks.tick() => match &self.listener {
                    _ if heard.elapsed() > SILENCE => Err(End(1001, "nobody answers")),
                    Some(listener) => match listener.ended(&self.app).await {
                        Some(end) => Err(end),
                        None => send(socket, Message::Ping(Vec::new().into())).await,
                    },
                    None => Ok(()),
                },
                () = stopped(&mut stopping) => Err(End(1001, "the server stops: connect again")),
            };
            if let Err(end) = done {
                return Some(end);
            }
        }
    }

    async fn hear(&mut self, socket: &mut WebSocket, text: &str) -> Result<(), End> {
        match serde_json::from_str(text) {
            Ok(Said::ConnectionInit { payload }) => self.init(socket, payload.as_ref()).await,
            Ok(Said::Subscribe { id, payload }) => self.subscribe(socket, id, payload).await,
            Ok(Said::Complete { id }) => {
                if let Some((_, task)) = self.running.remove(&id) {
                    task.abort();
                }
                Ok(())
            }
            Ok(Said::Ping { payload }) => match payload {
                Some(payload) => say(socket, &json!({ "type": "pong", "payload": payload })).await,
                None => say(socket, &json!({ "type": "pong" })).await,
            },
            Ok(Said::Pong {}) => Ok(()),
            Err(_) => Err(End(4400, "Bad Request: this is no message of graphql-transport-ws")),
        }
    }

    async fn init(&mut self, socket: &mut WebSocket, payload: Option<&Value>) -> Result<(), End> {
        if self.asked {
            return Err(End(4429, "Too many initialisation requests"));
        }
        self.asked = true;
        let said = payload.and_then(|payload| payload.get("Authorization").or_else(|| payload.get("authorization")));
        let shown = match said {
            Some(said) => said.as_str().and_then(Credentials::bearer).map(|said| (said, None)),
            None => self.given.take(),
        };
        let forbidden = End(4403, "Forbidden: send {\"Authorization\": \"Bearer …\"} as the payload of connection_init");
        let listener = match shown.ok_or(forbidden)? {
            (credentials, Some(viewer)) => Ok(Some(Listener::new(&self.app, (credentials, viewer), self.address))),
            (credentials, None) => Listener::of(&self.app, credentials, self.address).await,
        };
        let unavailable = |_| End(1013, "the records cannot be reached just now: try again later");
        let Some(listener) = listener.map_err(unavailable)? else {
            if self.app.rates.of_address(self.address.0).is_ok() {
                listener::refused(&self.app, self.address).await;
            }
            return Err(forbidden);
        };
        let too_many = End(4429, "Too many connections: use one for several subscriptions");
        self.place = Some(self.place.take().and_then(|place| place.of(listener.scope.holder())).ok_or(too_many)?);
        self.listener = Some(listener);
        say(socket, &json!({ "type": "connection_ack" })).await
    }

    async fn subscribe(&mut self, socket: &mut WebSocket, id: String, parameters: Parameters) -> Result<(), End> {
        let listener = self.listener.as_ref().ok_or(End(4401, "Unauthorized"))?;
        if self.running.contains_key(&id) {
            return Err(End(4409, "Subscriber for this id already exists"));
        }
        if self.running.len() >= MOST_SUBSCRIPTIONS {
            let message = format!("at most {MOST_SUBSCRIPTIONS} subscriptions a connection");
            return say(socket, &refused(&id, code::RATE_LIMITED, &message)).await;
        }
        if let Err(too_many) = self.app.rates.of_holder(listener.scope.holder()) {
            return say(socket, &refused(&id, code::RATE_LIMITED, &too_many.message())).await;
        }
        let request = prepare(&self.app, parameters, Some(&listener.scope));
        let mut answers = match request.and_then(|request| answers(&self.app, &listener.scope, request)) {
            Ok(answers) => answers,
            Err(error) => return say(socket, &refused(&id, error.code(), &error.to_string())).await,
        };
        self.serial += 1;
        let (serial, sender, name) = (self.serial, self.sender.clone(), id.clone());
        let task = self.tasks.spawn(async move {
            while let Some(answer) = answers.next().await {
                if sender.send(Next { id: name.clone(), serial, answer: Some(answer) }).await.is_err() {
                    return;
                }
            }
            drop(sender.send(Next { id: name, serial, answer: None }).await);
        });
        self.running.insert(id, (serial, task));
        while self.tasks.try_join_next().is_some() {}
        Ok(())
    }

    async fn tell(&mut self, socket: &mut WebSocket, Next { id, serial, answer }: Next) -> Result<(), End> {
        // What was still on its way when the client ended it.
        if self.running.get(&id).is_none_or(|(running, _)| *running != serial) {
            return Ok(());
        }
        if let Some(end) = self.listener.as_ref().ok_or(End(4401, "Unauthorized"))?.ended(&self.app).await {
            return Err(end);
        }
        if let Some(listener) = &self.listener
            && listener.log().await.is_err()
        {
            return Err(End(1013, "Try again later"));
        }
        match answer {
            Some(answer) if is_refusal(&answer) => {
                self.running.remove(&id);
                say(socket, &json!({ "id": id, "type": "error", "payload": errors(answer) })).await
            }
            Some(answer) => say(socket, &json!({ "id": id, "type": "next", "payload": body(answer) })).await,
            None => {
                self.running.remove(&id);
                say(socket, &json!({ "id": id, "type": "complete" })).await
            }
        }
    }
}

async fn say(socket: &mut WebSocket, message: &Value) -> Result<(), End> {
    send(socket, Message::Text(message.to_string().into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(SLOW, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(End(1001, "the client does not take what is sent")),
    }
}

fn refused(id: &str, code: &str, message: &str) -> Value {
    metrics::refused(code);
    json!({ "id": id, "type": "error", "payload": [{ "message": message, "extensions": { "code": code } }] })
}

/// The answers of a subscription, or what is wrong with it. Queries and mutations have their own way: a cookie opens none of them here.
fn answers(app: &App, scope: &Scope, mut request: Request) -> Result<BoxStream<'static, Response>, Error> {
    match operation_type(&mut request) {
        // What cannot be read at all is told by the executor.
        Some(OperationType::Subscription) | None => {
            let open = Counted::new();
            let answers = app.schema.stream(asagao_graphql::authorized(request, scope));
            Ok(answers.inspect(move |_| Counted::is_here(&open)).boxed())
        }
        Some(_) => Err(Error::BadInput("only subscriptions are listened to: send queries and mutations by POST".into())),
    }
}

/// A subscription among those that are open.
struct Counted;

impl Counted {
    fn new() -> Self {
        gauge!("asagao_subscriptions_open").increment(1.0);
        Counted
    }

    /// Takes it along.
    fn is_here(_: &Counted) {}
}

impl Drop for Counted {
    fn drop(&mut self) {
        gauge!("asagao_subscriptions_open").decrement(1.0);
    }
}

/// Whether nothing was executed.
fn is_refusal(answer: &Response) -> bool {
    !answer.errors.is_empty()
        && answer.data == async_graphql::Value::Null
        && answer.errors.iter().all(|error| error.path.is_empty())
}

fn errors(answer: Response) -> Value {
    let errors: Vec<ServerError> = answer.errors.into_iter().map(coded).collect();
    codes(&errors).into_iter().for_each(metrics::refused);
    serde_json::to_value(errors).expect("errors are JSON")
}

fn body(answer: Response) -> Value {
    let data = serde_json::to_value(&answer.data).expect("GraphQL values are JSON");
    if answer.errors.is_empty() { json!({ "data": data }) } else { json!({ "data": data, "errors": errors(answer) }) }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error: nobody can stop it any more, which ends it as well.
    drop(stopping.wait_for(|stopping| *stopping).await);
}
