//! Those who listen: a server on a port, and connections to it as clients open them.
use crate::School;
use asagao::front::serve;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long a connection may be without a request.
const MOST_IDLE: Duration = Duration::from_secs(75);

/// A connection of somebody who listens.
pub struct Listening(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What was heard.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// A message of the protocol.
    Said(Value),
    /// The server has ended the connection.
    Closed(u16),
}

impl Heard {
    /// The content of a message.
    #[must_use]
    pub fn said(self) -> Value {
        match self {
            Heard::Said(said) => said,
            Heard::Closed(code) => panic!("closed with {code}"),
        }
    }
}

impl School {
    /// The address of this school's server on a port of its own.
    pub async fn on_a_port(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        tokio::spawn(serve(listener, self.router.clone(), MOST_IDLE, pending()));
        address
    }

    /// The address of this school's server, and what it ends with once it is told to stop and all is finished.
    pub async fn until_stopped(&self, stop: impl Future<Output = ()> + Send + 'static) -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        (address, tokio::spawn(serve(listener, self.router.clone(), MOST_IDLE, stop)))
    }

    /// The same school behind a second server of the same database, which hears of what the first one writes.
    pub async fn second_server(&self) -> SocketAddr {
        let url = self.database_url();
        let db = asagao_graphql::db::Db::open(url, false, self.clock.clone()).await.expect("the database opens once more");
        tokio::spawn(asagao_graphql::events::listen(db.clone()));
        let router = asagao::router(asagao::router::App::new(db, true));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        tokio::spawn(serve(listener, router, MOST_IDLE, pending()));
        address
    }
}

impl Listening {
    /// Opens a connection with these headers; the status where it is refused.
    pub async fn open(address: SocketAddr, protocol: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/graphql").into_client_request().expect("a request");
        let mut put = |name: &'static str, value: &str| {
            request.headers_mut().insert(name, value.parse().expect("a header"));
        };
        put("sec-websocket-protocol", protocol);
        headers.iter().for_each(|(name, value)| put(name, value));
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Listening(socket)),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(Error::Protocol(_)) => Err(0),
            Err(error) => panic!("the server does not answer: {error}"),
        }
    }

    /// Opens a connection in the name of a token and waits until the server has agreed.
    pub async fn with_token(address: SocketAddr, token: &str) -> Self {
        let mut open = Listening::open(address, "graphql-transport-ws", &[]).await.expect("the server agrees");
        open.say(&json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } })).await;
        assert_eq!(open.hear().await, Heard::Said(json!({ "type": "connection_ack" })));
        open
    }

    /// Sends a message.
    pub async fn say(&mut self, message: &Value) {
        self.say_text(&message.to_string()).await;
    }

    /// Sends a text as it is.
    pub async fn say_text(&mut self, text: &str) {
        self.0.send(Message::Text(text.to_owned().into())).await.expect("the connection is open");
    }

    /// Begins a subscription.
    pub async fn subscribe(&mut self, id: &str, document: &str) {
        self.say(&json!({ "type": "subscribe", "id": id, "payload": { "query": document } })).await;
    }

    /// The next message, or how the server has ended the connection.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Heard::Said(serde_json::from_str(&text).expect("messages are JSON")),
                Some(Ok(Message::Close(frame))) => return Heard::Closed(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(1006),
            }
        }
    }

    /// What comes up to the answer to a ping that is sent now: nothing, where nothing was told.
    pub async fn until_now(&mut self) -> Vec<Value> {
        self.say(&json!({ "type": "ping", "payload": { "now": true } })).await;
        let mut heard = Vec::new();
        loop {
            let said = self.hear().await.said();
            if said["type"] == "pong" {
                return heard;
            }
            heard.push(said);
        }
    }

    /// The answer to a ping that is sent now, or the end.
    pub async fn until_now_or_end(&mut self) -> Heard {
        self.say(&json!({ "type": "ping", "payload": { "now": true } })).await;
        self.hear().await
    }
}
