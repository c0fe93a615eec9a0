//! TLS with a certificate of our own: what is served, encrypted. A new certificate is taken while the server runs.
use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long somebody may take to agree on a key.
const MOST_TIME: Duration = Duration::from_secs(10);
/// So many may do so at once; others wait.
const MOST_AT_ONCE: usize = 500;

/// A certificate and its key, in files that may be replaced, and what was read of them last.
pub struct Certificate {
    file: PathBuf,
    key: PathBuf,
    now: watch::Sender<Arc<ServerConfig>>,
}

impl Certificate {
    /// Reads a certificate and its key; why they cannot be used.
    pub fn read(file: PathBuf, key: PathBuf) -> Result<Self, String> {
        let now = watch::Sender::new(config(&file, &key)?);
        Ok(Certificate { file, key, now })
    }

    /// Reads the files anew: whoever comes from now on gets what is in them. Where that cannot be used, all stays as it is.
    pub fn read_anew(&self) -> Result<(), String> {
        self.now.send_replace(config(&self.file, &self.key)?);
        Ok(())
    }
}

fn config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, String> {
    let wrong = |file: &Path, error: &dyn Display| format!("{} cannot be used: {error}", file.display());
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(certificate).map_err(|error| wrong(certificate, &error))?.collect();
    let chain = chain.map_err(|error| wrong(certificate, &error))?;
    if chain.is_empty() {
        return Err(wrong(certificate, &"it holds no certificate (PEM)"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| wrong(certificate, &error))?.with_no_client_auth().with_single_cert(chain, secret);
    let mut config = config.map_err(|error| wrong(certificate, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Takes connections and agrees with each on a key, beside one another.
pub struct Tls {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    taking: JoinHandle<()>,
}

impl Tls {
    /// Encrypts what comes to a listener. Nobody may be silent for longer than `most_idle`.
    pub fn new(listener: TcpListener, certificate: &Certificate, most_idle: Duration) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(64);
        let taking = tokio::spawn(take(listener, certificate.now.subscribe(), most_idle.min(MOST_TIME), sender));
        Ok(Tls { address, ready, taking })
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.taking.abort();
    }
}

async fn take(
    mut listener: TcpListener,
    config: watch::Receiver<Arc<ServerConfig>>,
    most_time: Duration,
    sender: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(MOST_AT_ONCE));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        // Waits and goes on where the system has no more files for it.
        let (stream, address) = Listener::accept(&mut listener).await;
        let (acceptor, sender) = (TlsAcceptor::from(config.borrow().clone()), sender.clone());
        tokio::spawn(async move {
            let agreed = tokio::time::timeout(most_time, acceptor.accept(stream)).await;
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
