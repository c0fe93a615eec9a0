//! Connections: each is served in a task of its own, has only so long for the header of a request and for taking what is answered, and may
//! finish what it has begun when the server stops. `axum::serve` knows no such ends: who sends a header byte by byte, or reads nothing, would
//! hold a connection for ever.
use super::Peer;
use axum::Router;
use axum::extract::Request;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tower::Service;

/// The most bytes of a request's line and header. The line may hold a document for `GET /graphql`.
const MOST_HEADER: usize = 64 * 1024;

/// The most connections at once: whoever comes then waits until one ends.
const MOST_CONNECTIONS: usize = 10_000;

/// How long connections may take to finish when the server stops.
const MOST_TIME_TO_STOP: Duration = Duration::from_secs(30);

/// Serves whoever comes until it is asked to stop, then lets every connection finish. One that has not sent the whole header of a request
/// for as long as `most_idle` is closed, whether it sends slowly or nothing, and so is one that has taken nothing of its answer for so long.
pub async fn serve<L>(mut listener: L, router: Router, most_idle: Duration, stopped: impl Future<Output = ()>)
where
    L: Listener<Addr = SocketAddr>,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(most_idle).max_header_size(MOST_HEADER);
    let stopping = watch::Sender::new(());
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut stopped = pin!(stopped);
    loop {
        let taken = async {
            let place = places.clone().acquire_owned().await.expect("nobody closes it");
            (listener.accept().await, place)
        };
        let ((stream, address), place) = tokio::select! {
            taken = taken => taken,
            () = &mut stopped => break,
        };
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(most_idle));
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(address));
            router.clone().call(request)
        });
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service).with_upgrades();
        let mut stop = stopping.subscribe();
        tokio::spawn(async move {
            let _place = place;
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                _ = stop.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection has ended early");
            }
        });
    }
    drop(listener);
    stopping.send_replace(());
    // Every connection listens to it until it has ended.
    if timeout(MOST_TIME_TO_STOP, stopping.closed()).await.is_err() {
        tracing::warn!("connections that take too long are cut off");
    }
}
