//! SQLite's bare library, for the one write of which there are thousands a second. It takes its turn with the connection that writes by
//! sqlx, so that they never wait for each other's lock.
use super::watched_file::WatchedFile;
use super::{Db, Engine, PATIENCE};
use crate::error::{Error, Result};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A connection of the bare library, opened when it is needed, and since when it has been.
#[derive(Clone)]
pub(super) struct Bare {
    file: WatchedFile,
    /// How long a commit waits for the disk.
    synchronous: &'static str,
    open: Arc<Mutex<Option<(Connection, Instant)>>>,
}

impl std::fmt::Debug for Bare {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Bare").finish_non_exhaustive()
    }
}

impl Bare {
    pub(super) fn new(file: WatchedFile, synchronous: &'static str) -> Self {
        Bare { file, synchronous, open: Arc::default() }
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        // Only what is there: a file that vanished is not silently replaced by an empty one.
        let c =
            Connection::open_with_flags(&self.file.path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        c.busy_timeout(PATIENCE)?;
        c.pragma_update(None, "synchronous", self.synchronous)?;
        c.pragma_update(None, "foreign_keys", "ON")?;
        c.pragma_update(None, "cache_size", -16_384)?;
        c.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        Ok(c)
    }

    /// Does something in a transaction, and commits it.
    fn write<T>(&self, work: impl FnOnce(&Transaction) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // After an error nobody knows how the connection stands: then there is none to take.
        let mut c = match open.take().filter(|(_, since)| self.file.is_of(since.elapsed())) {
            Some(there) => there,
            None => (self.connect()?, Instant::now()),
        };
        let tx = c.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&tx)?;
        tx.commit()?;
        *open = Some(c);
        Ok(done)
    }

    pub(super) fn close(&self) {
        drop(self.open.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Db {
    /// Writes in a transaction by SQLite's bare library, on a thread of its own.
    pub(crate) async fn write_bare<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let Engine::Sqlite(pools) = &self.pools else {
            tracing::error!("PostgreSQL has no bare library");
            return Err(Error::Internal);
        };
        let asked = Instant::now();
        let turn = pools.write.acquire().await?;
        metrics::histogram!("asagao_database_write_wait_seconds").record(asked.elapsed());
        let bare = pools.bare.clone();
        let done = tokio::task::spawn_blocking(move || {
            let done = bare.write(work);
            drop(turn);
            done
        });
        // A task that did not end well has panicked, or the program ends.
        done.await.map_err(|_| Error::Internal)?.map_err(Into::into)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, ReadOnly, SystemIoFailure};
        let code = error.sqlite_error_code();
        if let Some(DatabaseBusy | DatabaseLocked | ReadOnly | SystemIoFailure | DiskFull | CannotOpen) = code {
            tracing::warn!(%error, "the database is not available");
            return Error::Unavailable;
        }
        tracing::error!(%error, "the database refused a statement");
        Error::Internal
    }
}
