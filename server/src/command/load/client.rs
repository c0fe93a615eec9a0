//! A client that costs little: one connection does one call at a time, kept alive, without anything around it.
use super::Failure;
use axum::body::{Body, Bytes, to_bytes};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use reqwest::Url;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::ConfigVerifierExt;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// So long a call may take; a server answers within half of it.
const MOST_TIME: Duration = Duration::from_mins(1);
/// The most bytes of an answer.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A server, and how it is reached.
pub(super) struct Server {
    address: (String, u16),
    host: HeaderValue,
    path: String,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

/// A connection.
pub(super) struct Connection(SendRequest<Body>);

/// What was answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// How long to wait before sending it again.
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Bytes,
}

/// Why nothing was answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trouble {
    /// No connection could be made.
    Unreachable,
    /// The connection broke off.
    Broken,
    /// It took too long.
    Late,
}

impl Trouble {
    /// How it is counted among the errors.
    pub(super) fn code(self) -> &'static str {
        match self {
            Trouble::Unreachable => "no connection",
            Trouble::Broken => "broken off",
            Trouble::Late => "no answer in a minute",
        }
    }
}

impl Server {
    pub(super) fn new(url: &Url) -> Result<Self, Failure> {
        let no_address = || Failure::new(format!("{url} is no address of a server"));
        let name = url.host_str().ok_or_else(no_address)?.trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().ok_or_else(no_address)?;
        let host =
            url.port().map_or_else(|| url.host_str().map(str::to_owned), |port| Some(format!("{}:{port}", url.host_str()?)));
        let tls = match url.scheme() {
            "http" => None,
            "https" => {
                // Fails only where a provider is installed already, which serves as well.
                drop(rustls::crypto::ring::default_provider().install_default());
                let config = ClientConfig::with_platform_verifier();
                let config = config.map_err(|error| Failure::new(format!("certificates cannot be checked: {error}")))?;
                Some((TlsConnector::from(Arc::new(config)), ServerName::try_from(name.clone()).map_err(|_| no_address())?))
            }
            _ => return Err(no_address()),
        };
        let host = HeaderValue::try_from(host.ok_or_else(no_address)?).map_err(|_| no_address())?;
        let path = if url.path() == "/" { "/graphql".to_owned() } else { url.path().to_owned() };
        Ok(Server { address: (name, port), host, path, tls })
    }

    async fn connect(&self) -> Result<Connection, Trouble> {
        let stream = TcpStream::connect((self.address.0.as_str(), self.address.1)).await.map_err(|_| Trouble::Unreachable)?;
        // Fails only where the connection is gone again, which shows soon enough.
        drop(stream.set_nodelay(true));
        match &self.tls {
            None => speak(stream).await,
            Some((tls, name)) => {
                let stream = tls.connect(name.clone(), stream).await;
                speak(stream.map_err(|_| Trouble::Unreachable)?).await
            }
        }
    }

    /// Sends a body in the name of a token, by a connection that is kept for the next call; a new one where there is none, or it is over.
    pub(super) async fn post(&self, kept: &mut Option<Connection>, token: &HeaderValue, body: Bytes) -> Result<Answer, Trouble> {
        let answer = timeout(MOST_TIME, self.try_post(kept, token, body)).await.unwrap_or(Err(Trouble::Late));
        if answer.is_err() {
            *kept = None;
        }
        answer
    }

    async fn try_post(&self, kept: &mut Option<Connection>, token: &HeaderValue, body: Bytes) -> Result<Answer, Trouble> {
        if let Some(connection) = kept
            && connection.0.ready().await.is_ok()
        {
            // A server may end a connection at the very moment at which it is used again; what is posted may be sent again.
            if let Ok(response) = connection.0.send_request(self.request(token, body.clone())).await {
                return read(response).await;
            }
        }
        let connection = kept.insert(self.connect().await?);
        let response = connection.0.send_request(self.request(token, body)).await.map_err(|_| Trouble::Broken)?;
        read(response).await
    }

    fn request(&self, token: &HeaderValue, body: Bytes) -> Request<Body> {
        let request = Request::post(&self.path).header(HOST, &self.host).header(AUTHORIZATION, token);
        let request = request.header(CONTENT_TYPE, "application/json").header(ACCEPT, "application/graphql-response+json");
        request.body(Body::from(body)).expect("every part was read before")
    }

    /// Asks a document; its data, or what is said against it.
    pub(super) async fn ask(&self, token: &HeaderValue, document: &str, variables: &Value) -> Result<Value, Failure> {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let answer = self.post(&mut None, token, body.into()).await;
        let answer = answer.map_err(|trouble| Failure::new(format!("the server does not answer: {}", trouble.code())))?;
        let mut body: Value = serde_json::from_slice(&answer.body)
            .map_err(|_| Failure::new(format!("the server answers {} without JSON: is it Asagao?", answer.status)))?;
        match body["errors"].get(0) {
            Some(error) => Err(Failure::new(error["message"].as_str().unwrap_or_default())),
            None => Ok(body["data"].take()),
        }
    }
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<Connection, Trouble> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| Trouble::Unreachable)?;
    tokio::spawn(connection);
    Ok(Connection(sender))
}

async fn read(response: Response<Incoming>) -> Result<Answer, Trouble> {
    let (parts, body) = response.into_parts();
    let seconds = parts.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body = to_bytes(Body::new(body), MOST_BYTES).await.map_err(|_| Trouble::Broken)?;
    Ok(Answer { status: parts.status, retry_after: seconds.map(Duration::from_secs), body })
}
