//! `asagao serve`: listens until it is asked to stop, then finishes what it has begun.
use super::{Failure, Result};
use crate::config::Serve;
use crate::front::{self, Certificate, Front, Tls};
use crate::metrics::{Metrics, Operations};
use crate::nightly::Nightly;
use crate::rate::Rates;
use crate::router::{self, App};
use crate::sign_in::SignIn;
use crate::trusted::Trusted;
use asagao_graphql::access::audit::clear;
use asagao_graphql::access::client;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::clock::school_midnight;
use asagao_graphql::db::Db;
use asagao_graphql::events;
use asagao_graphql::jobs::demo::Person;
use asagao_graphql::jobs::roster_import;
use asagao_graphql::wellbeing::consultation;
use chrono::Days;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal;
use tokio::signal::unix::{SignalKind, signal as on_signal};
use tokio::task::JoinHandle;

/// So long the nightly analysis may go on with the class that it is at when the server stops.
const MOST_LAST_CLASS: Duration = Duration::from_secs(20);
/// How long the server waits for the access log when it is to stop.
const MOST_LAST_ENTRIES: Duration = Duration::from_secs(10);

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
pub(super) async fn serve(
    db: Db,
    listener: TcpListener,
    settings: &Serve,
    (front, sign_in): (Front, SignIn),
    demo: Option<Vec<Person>>,
) -> Result {
    let most_idle = Duration::from_secs(settings.most_idle);
    let scheme = if front.own_tls { "https" } else { "http" };
    tracing::info!("listening on {scheme}://{}: pages at /, the API at /graphql", address(&listener)?);
    let db = db.with_mfa(sign_in.mfa.clone()).with_small_cell(settings.small_cell);
    let rates = Arc::new(Rates::new(settings.rate, settings.rate_address, &db.clock));
    let trusted = match &settings.trusted {
        Some(file) => Trusted::read(file, settings.trusted_only).map_err(Failure::new)?,
        None => Trusted::default(),
    };
    let (front, sign_in, trusted, demo) = (Arc::new(front), Arc::new(sign_in), Arc::new(trusted), demo.map(Arc::new));
    let app = App { front, sign_in, demo, rates, trusted, ..App::new(db.clone(), settings.introspection) };
    let operations = settings.metrics.is_some() || settings.traces.is_some();
    let app = App { operations: operations.then(|| Arc::new(Operations::of(&app.schema))), ..app };
    if let Some(address) = settings.metrics {
        measure(&app, address, most_idle).await?;
    }
    let (stopping, audit) = (app.stopping.clone(), app.audit.clone());
    let mut nightly = tokio::spawn(Nightly::new(settings.analyze_at, db.clone()).run(stopping.clone()));
    let stopped = async move {
        asked_to_stop().await;
        tracing::info!("stopping: what has begun is finished, nothing new is taken");
        stopping.send_replace(true);
    };
    let router = router::router(app);
    tokio::spawn(clear_old(db.clone(), settings.access_log_days));
    tokio::spawn(pass_on(db.clone()));
    let listening = tokio::spawn(events::listen(db.clone()));
    match settings.tls_certificate.clone().zip(settings.tls_key.clone()) {
        Some((certificate, key)) => {
            let certificate = Certificate::read(certificate, key).map_err(Failure::new)?;
            let listener = Tls::new(listener, &certificate, most_idle);
            let listener = listener.map_err(|error| Failure::new(format!("cannot listen: {error}")))?;
            let renewing = renew(certificate);
            front::serve(listener, router, most_idle, stopped).await;
            renewing.abort();
        }
        None => front::serve(listener, router, most_idle, stopped).await,
    }
    if tokio::time::timeout(MOST_LAST_CLASS, &mut nightly).await.is_err() {
        // Nothing of the class is stored, and another server takes over when this one has been silent for long enough.
        nightly.abort();
    }
    if tokio::time::timeout(MOST_LAST_ENTRIES, audit.settle()).await.is_err() {
        tracing::error!("the server stops although the access log cannot be written: its last entries are lost");
    }
    // It holds a connection of its own.
    listening.abort();
    if tokio::time::timeout(MOST_LAST_ENTRIES, db.close()).await.is_err() {
        tracing::error!("the server stops although a connection to the database does not end");
    }
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Tells the server's figures at an address of their own.
async fn measure(app: &App, address: SocketAddr, most_idle: Duration) -> Result<()> {
    let listener = listen(address).await?;
    let metrics = Metrics::install().map_err(|error| Failure::new(format!("figures cannot be counted: {error}")))?;
    tracing::info!("figures at http://{}/metrics", self::address(&listener)?);
    tokio::spawn(metrics.clone().keep_up());
    let mut stopping = app.stopping.subscribe();
    let router = metrics.router(app.clone());
    tokio::spawn(async move {
        // An error: nobody can stop it any more, which ends it as well.
        front::serve(listener, router, most_idle, async move { drop(stopping.wait_for(|stopping| *stopping).await) }).await;
    });
    Ok(())
}

/// Deletes what imports of rosters were made of once they are a week old, tokens of apps and consultations that are over, and the old access
/// log.
async fn clear_old(db: Db, access_log_days: u64) {
    let mut hours = tokio::time::interval(Duration::from_hours(1));
    loop {
        hours.tick().await;
        let scope = Scope::operator(db.clone(), "clear old imports of rosters");
        if let Err(error) = roster_import::clear(&scope).await {
            tracing::warn!(%error, "old imports of rosters are still there");
        }
        let scope = Scope::operator(db.clone(), "clear the old access log");
        let until = school_midnight(scope.today() - Days::new(access_log_days));
        if let Err(error) = clear::clear(&scope, until).await {
            tracing::warn!(%error, "old entries of the access log are still there");
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

/// Reads the certificate anew whenever somebody asks for it (SIGHUP).
fn renew(certificate: Certificate) -> JoinHandle<()> {
    let mut asked = on_signal(SignalKind::hangup()).expect("a signal handler can be set in a tokio runtime");
    tokio::spawn(async move {
        while asked.recv().await.is_some() {
            match certificate.read_anew() {
                Ok(()) => tracing::info!("the certificate was read anew"),
                Err(error) => tracing::error!(error, "the certificate stays as it was"),
            }
        }
    })
}

/// Waits until somebody asks the program to stop.
pub(super) async fn asked_to_stop() {
    let mut terminate = on_signal(SignalKind::terminate()).expect("a signal handler can be set in a tokio runtime");
    tokio::select! {
        _ = signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
