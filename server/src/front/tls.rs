//! TLS with a certificate of our own: what axum serves, encrypted.
use axum::serve::Listener;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long somebody may take to agree on a key.
const MOST_TIME: Duration = Duration::from_secs(10);
/// So many may do so at once; others wait.
const MOST_AT_ONCE: usize = 500;

/// Takes connections and agrees with each on a key, beside one another.
pub struct Tls {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    taking: JoinHandle<()>,
}

impl Tls {
    /// Encrypts what comes to a listener; why the certificate and its key cannot be used.
    pub fn new(listener: TcpListener, certificate: &Path, key: &Path) -> Result<Self, String> {
        let wrong = |file: &Path, error: &dyn std::fmt::Display| format!("{} cannot be used: {error}", file.display());
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_file_iter(certificate).map_err(|error| wrong(certificate, &error))?.collect();
        let chain = chain.map_err(|error| wrong(certificate, &error))?;
        if chain.is_empty() {
            return Err(wrong(certificate, &"it holds no certificate (PEM)"));
        }
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| wrong(certificate, &error))?.with_no_client_auth().with_single_cert(chain, secret);
        let mut config = config.map_err(|error| wrong(certificate, &error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let (sender, ready) = mpsc::channel(64);
        let taking = tokio::spawn(take(listener, TlsAcceptor::from(Arc::new(config)), sender));
        Ok(Tls { address, ready, taking })
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.taking.abort();
    }
}

async fn take(mut listener: TcpListener, acceptor: TlsAcceptor, sender: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>) {
    let places = Arc::new(Semaphore::new(MOST_AT_ONCE));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        // Waits and goes on where the system has no more files for it.
        let (stream, address) = Listener::accept(&mut listener).await;
        let (acceptor, sender) = (acceptor.clone(), sender.clone());
        tokio::spawn(async move {
            let agreed = tokio::time::timeout(MOST_TIME, acceptor.accept(stream)).await;
            drop(place);
            if let Ok(Ok(stream)) = agreed {
                // Nobody takes it any more where the server stops.
                drop(sender.send((stream, address)).await);
            }
        });
    }
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(taken) => taken,
            // Only where the task that takes connections is gone, which ends with this.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}
