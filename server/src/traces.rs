//! Traces for whoever runs the server, by OpenTelemetry: one span for a request and one for each operation. They say by which route, which
//! field of the schema and with which status, and nothing of a person: no address, no id, no variable, no text of a client.
use crate::metrics::{Told, method, route};
use crate::router::App;
use async_graphql::async_trait::async_trait;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use reqwest::Url;
use std::time::Duration;
use tokio::runtime::Handle;
use tracing::field::Empty;
use tracing::{Instrument, Metadata, Span, Subscriber, info_span};
use tracing_opentelemetry::layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

/// What goes out, and nothing else: spans of other places may hold addresses.
const TARGET: &str = "asagao::traced";
/// How long a collector may take.
const MOST_TIME: Duration = Duration::from_secs(10);
/// The most bytes of its answer.
const MOST_BYTES: usize = 64 * 1024;

/// Whether it goes out with the traces. The log is without it.
#[must_use]
pub fn is_of(what: &Metadata<'_>) -> bool {
    what.target() == TARGET
}

/// The traces of this process, on their way to a collector.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send to a collector. How many are sent is said by OpenTelemetry's own variables.
    pub fn start(collector: &Url) -> Result<Self, String> {
        // Fails only where one is installed already, which serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().timeout(MOST_TIME).redirect(reqwest::redirect::Policy::none()).build();
        let http = http.map_err(|error| format!("no connection can be made: {error}"))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/traces", collector.as_str().trim_end_matches('/')))
            .with_http_client(Sender { http, runtime: Handle::current() })
            .build()
            .map_err(|error| format!("traces cannot be sent to {}: {error}", collector.host_str().unwrap_or_default()))?;
        let resource = Resource::builder().with_service_name("asagao").build();
        Ok(Traces(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build()))
    }

    /// What takes the spans in.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let layer = layer().with_tracer(self.0.tracer("asagao"));
        let layer = layer.with_location(false).with_threads(false).with_target(false).with_tracked_inactivity(false);
        layer.with_filter(filter_fn(is_of))
    }

    /// Sends what is left.
    pub fn stop(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Sends by the client that the program has; the thread that asks is none of the runtime's.
#[derive(Debug)]
struct Sender {
    http: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: axum::http::Request<Bytes>) -> Result<axum::http::Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let answer = self.runtime.spawn(async move {
            let mut answer = http.execute(reqwest::Request::try_from(request)?).await?;
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                if body.len() + chunk.len() > MOST_BYTES {
                    break;
                }
                body.extend_from_slice(&chunk);
            }
            Ok::<_, reqwest::Error>((answer.status(), body))
        });
        let (status, body) = answer.await??;
        Ok(axum::http::Response::builder().status(status).body(body.into())?)
    }
}

/// The span of a request, where traces are asked for.
pub(crate) async fn around(State(app): State<App>, matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    if app.operations.is_none() {
        return next.run(request).await;
    }
    let (method, route) = (method(request.method()), route(matched.as_ref()));
    let span = info_span!(
        target: TARGET,
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    let answer = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", answer.status().as_u16());
    if answer.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    answer
}

/// The span of an operation.
pub(crate) fn operation(told: &Told) -> Span {
    let Told { name, kind } = told;
    info_span!(target: TARGET, "operation", otel.name = %format_args!("{kind} {name}"), graphql.operation.kind = kind)
}
