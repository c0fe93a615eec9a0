//! `asagao serve`: listens until it is asked to stop, then finishes what it has begun.
use super::{Failure, Result};
use crate::config::Serve;
use crate::rate::Rates;
use crate::router::{self, App};
use crate::trusted::Trusted;
use asagao_graphql::access::client;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::db::Db;
use asagao_graphql::events;
use asagao_graphql::jobs::demo::Person;
use asagao_graphql::jobs::roster_import;
use asagao_graphql::wellbeing::consultation;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal;
use tokio::signal::unix::{SignalKind, signal as on_signal};

/// Takes the address, so that another program on it is told at once.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| Failure::new(format!("cannot listen on {address}: {error}")))
}

/// The address that was taken.
pub(super) fn address(listener: &TcpListener) -> Result<SocketAddr> {
    listener.local_addr().map_err(|error| Failure::new(format!("cannot listen: {error}")))
}

/// Serves a database; `demo` is whom the sign-in page offers, nobody outside of `asagao demo`.
pub(super) async fn serve(db: Db, listener: TcpListener, settings: &Serve, demo: Option<Vec<Person>>) -> Result {
    tracing::info!("listening on http://{}: pages at /, the API at /graphql", address(&listener)?);
    let (introspection, https) = (settings.introspection, settings.https);
    let rates = Arc::new(Rates::new(settings.rate, settings.rate_address, &db.clock));
    let trusted = match &settings.trusted {
        Some(file) => Trusted::read(file, settings.trusted_only).map_err(Failure::new)?,
        None => Trusted::default(),
    };
    let app = App { introspection, https, rates, trusted: Arc::new(trusted), demo: demo.map(Arc::new), ..App::new(db.clone()) };
    let stopping = app.stopping.clone();
    tokio::spawn(clear_old(db.clone()));
    tokio::spawn(pass_on(db.clone()));
    let listening = tokio::spawn(events::listen(db.clone()));
    axum::serve(listener, router::router(app).into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            asked_to_stop().await;
            tracing::info!("stopping: what has begun is finished, nothing new is taken");
            stopping.send_replace(true);
        })
        .await
        .map_err(|error| Failure::new(format!("the server stopped: {error}")))?;
    // It holds a connection of its own.
    listening.abort();
    db.close().await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Deletes what imports of rosters were made of once they are a week old, tokens of apps that are over, and consultations that are over for long.
async fn clear_old(db: Db) {
    let mut hours = tokio::time::interval(Duration::from_hours(1));
    loop {
        hours.tick().await;
        let scope = Scope::operator(db.clone(), "clear old imports of rosters");
        if let Err(error) = roster_import::clear(&scope).await {
            tracing::warn!(%error, "old imports of rosters are still there");
        }
        let scope = Scope::operator(db.clone(), "clear old tokens of apps");
        if let Err(error) = client::clear(&scope).await {
            tracing::warn!(%error, "old tokens of apps are still there");
        }
        let scope = Scope::operator(db.clone(), "clear old consultations");
        if let Err(error) = consultation::clear(&scope).await {
            tracing::warn!(%error, "old consultations are still there");
        }
    }
}

/// Lets consultations go on that nobody has taken.
async fn pass_on(db: Db) {
    let mut minutes = tokio::time::interval(Duration::from_mins(1));
    let scope = Scope::operator(db, "let consultations go on");
    loop {
        minutes.tick().await;
        if let Err(error) = consultation::pass_on(&scope).await {
            tracing::warn!(%error, "consultations that wait could not go on");
        }
    }
}

/// Waits until somebody asks the program to stop.
pub(super) async fn asked_to_stop() {
    let mut terminate = on_signal(SignalKind::terminate()).expect("a signal handler can be set in a tokio runtime");
    tokio::select! {
        _ = signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
