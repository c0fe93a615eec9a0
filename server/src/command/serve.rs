//! `asagao serve`: listens until it is asked to stop, then finishes what it has begun.
use super::{Failure, Result};
use crate::config::Serve;
use crate::pages::sign_in::DemoPerson;
use crate::router::{self, App};
use asagao_graphql::db::Db;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal;
use tokio::signal::unix::{SignalKind, signal as on_signal};

pub(super) async fn serve(db: Db, settings: &Serve, demo: Option<Vec<DemoPerson>>) -> Result {
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| Failure::new(format!("cannot listen on {}: {error}", settings.listen)))?;
    let address = listener.local_addr().map_err(|error| Failure::new(format!("cannot listen: {error}")))?;
    tracing::info!("listening on http://{address}: pages at /, the API at /graphql");
    let (introspection, https) = (settings.introspection, settings.https);
    let app = App { introspection, https, demo: demo.map(Arc::new), ..App::new(db.clone()) };
    axum::serve(listener, router::router(app))
        .with_graceful_shutdown(asked_to_stop())
        .await
        .map_err(|error| Failure::new(format!("the server stopped: {error}")))?;
    db.close().await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

async fn asked_to_stop() {
    let mut terminate = on_signal(SignalKind::terminate()).expect("a signal handler can be set in a tokio runtime");
    tokio::select! {
        _ = signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping: what has begun is finished, nothing new is taken");
}
