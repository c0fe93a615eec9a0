//! Connections: each is served in a task of its own, has only so long for the header of a request, and may finish what it has begun when the
//! server stops. `axum::serve` knows no such end: who sends a header byte by byte would hold a connection for ever.
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
use std::time::Duration;
use tokio::sync::watch;
use tower::Service;

/// The most bytes of a request's line and header. The line may hold a document for `GET /graphql`.
const MOST_HEADER: usize = 64 * 1024;

/// Serves whoever comes until it is asked to stop, then lets every connection finish. One that has not sent the whole header of a request
/// for as long as `most_idle` is closed, whether it sends slowly or nothing.
pub async fn serve<L>(mut listener: L, router: Router, most_idle: Duration, stopped: impl Future<Output = ()>)
where
    L: Listener<Addr = SocketAddr>,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(most_idle).max_header_size(MOST_HEADER);
    let stopping = watch::Sender::new(());
    let mut stopped = pin!(stopped);
    loop {
        let (stream, address) = tokio::select! {
            taken = listener.accept() => taken,
            () = &mut stopped => break,
        };
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(address));
            router.clone().call(request)
        });
        let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut stop = stopping.subscribe();
        tokio::spawn(async move {
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
    stopping.closed().await;
}
