//! Where every query and mutation runs, an app's and a page's alike: for so long, and measured.
use super::operation;
use crate::metrics::Told;
use crate::router::App;
use crate::traces;
use async_graphql::{Request, Response};
use metrics::histogram;
use std::time::{Duration, Instant};
use tracing::{Instrument, Span};

/// How long an answer may take; what was begun is undone then, but for a post that is being committed.
const MOST_TIME: Duration = Duration::from_secs(30);

/// The answer to a request; `None` where it took too long.
pub(crate) async fn run(app: &App, mut request: Request) -> Option<Response> {
    let told = app.operations.as_ref().map(|operations| operations.told(operation(&mut request)));
    measured(told, app.schema.execute(request)).await
}

/// What comes of an operation, which is measured where somebody asks for figures; `None` where it took too long.
pub(crate) async fn measured<T>(told: Option<Told>, answer: impl Future<Output = T>) -> Option<T> {
    let span = told.as_ref().map_or_else(Span::none, traces::operation);
    let began = Instant::now();
    let answer = tokio::time::timeout(MOST_TIME, answer).instrument(span).await.ok();
    if let Some(told) = told {
        let labels = [("operation", told.name.to_string()), ("type", told.kind.to_owned())];
        histogram!("asagao_graphql_operation_duration_seconds", &labels).record(began.elapsed());
    }
    answer
}
