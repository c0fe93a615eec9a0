//! The one writer of a server: entries wait for a moment, and are added to the server's chain together.
use super::by_duty;
use super::entry::Entry;
use super::store::{self, Head};
use crate::db::Db;
use crate::error::{Error, Result};
use metrics::counter;
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

/// So long an entry waits for others.
const PATIENCE: Duration = Duration::from_millis(250);
/// And so many are written at once.
const MOST: usize = 500;
/// So many may wait; then requests wait with them: an answer is sent once its entry is queued. Who ends the server by force loses what is
/// queued then, and no more.
const WAITING: usize = 10_000;

/// The access log of a server.
#[derive(Clone)]
pub struct Audit {
    to_writer: mpsc::Sender<Said>,
}

enum Said {
    Entry(Box<Entry>),
    Settle(oneshot::Sender<()>),
}

impl Audit {
    /// Starts the writer of a server. It ends when nobody can tell it anything any more.
    #[must_use]
    pub fn start(db: Db) -> Self {
        let (to_writer, said) = mpsc::channel(WAITING);
        tokio::spawn(write(db, said));
        Audit { to_writer }
    }

    /// Notes an entry, which is lasting a moment later. Where too many wait, this waits with them; the entry is noted even if the waiting is
    /// given up. [`Error::Unavailable`] where nobody writes it any more: what it is about may not be shown.
    pub async fn note(&self, entry: Entry) -> Result<()> {
        match self.note_at_once(entry)? {
            // Only a runtime that ends stops it.
            Some(waits) => waits.await.unwrap_or(Err(Error::Unavailable)),
            None => Ok(()),
        }
    }

    /// Notes an entry without waiting: it is noted later where too many wait, by the task that is given back.
    pub fn note_at_once(&self, entry: Entry) -> Result<Option<JoinHandle<Result<()>>>> {
        let lost = || {
            tracing::error!("the writer of the access log has ended: an entry is lost");
            Error::Unavailable
        };
        match self.to_writer.try_send(Said::Entry(Box::new(entry))) {
            Ok(()) => Ok(None),
            Err(TrySendError::Closed(_)) => Err(lost()),
            Err(TrySendError::Full(said)) => {
                let to_writer = self.to_writer.clone();
                Ok(Some(tokio::spawn(async move { to_writer.send(said).await.map_err(|_| lost()) })))
            }
        }
    }

    /// Whether entries are still written.
    #[must_use]
    pub fn is_written(&self) -> bool {
        !self.to_writer.is_closed()
    }

    /// How many entries wait to be written.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.to_writer.max_capacity() - self.to_writer.capacity()
    }

    /// Waits until all that was noted is lasting.
    pub async fn settle(&self) {
        let (done, settled) = oneshot::channel();
        if self.to_writer.send(Said::Settle(done)).await.is_ok() {
            // Nobody answers any more where the writer has ended.
            drop(settled.await);
        }
    }
}

async fn write(db: Db, mut said: mpsc::Receiver<Said>) {
    let mut head: Option<Head> = None;
    let (mut entries, mut waiting) = (Vec::new(), Vec::new());
    while let Some(first) = said.recv().await {
        let until = Instant::now() + PATIENCE;
        let mut next = Some(first);
        while let Some(of) = next {
            match of {
                Said::Entry(entry) => entries.push(*entry),
                Said::Settle(done) => waiting.push(done),
            }
            let full = entries.len() >= MOST || !waiting.is_empty();
            next = if full { None } else { timeout_at(until, said.recv()).await.ok().flatten() };
        }
        while !entries.is_empty() {
            let written = match by_duty::name(&db, &mut entries).await {
                Ok(()) => store::append(&db, head.as_ref(), &entries).await,
                Err(error) => Err(error),
            };
            match written {
                Ok(end) => {
                    head = Some(end);
                    counter!("asagao_access_log_entries_total").increment(entries.len() as u64);
                    entries.clear();
                }
                Err(error) => {
                    counter!("asagao_access_log_failures_total").increment(1);
                    tracing::error!(%error, entries = entries.len(), "the access log cannot be written: it is tried again");
                    // Perhaps it was written and the answer got lost: this chain is left as it is.
                    head = None;
                    if said.is_closed() {
                        tracing::error!(entries = entries.len(), "the server stops: these entries are lost");
                        return;
                    }
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
        for done in waiting.drain(..) {
            // Whoever waited may have gone.
            let _: std::result::Result<(), ()> = done.send(());
        }
    }
}
