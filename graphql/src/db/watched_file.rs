//! Noticing that a database file is another one than it was.
use sqlx::Connection;
use sqlx::sqlite::SqlitePoolOptions;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A database file and since when it has been as it stands there. A connection to a file that was moved away or replaced would go on
/// with what nobody can find any more, and one that was opened while the file was read-only would never write again: it is given up and
/// another one opened.
#[derive(Clone)]
pub(super) struct WatchedFile {
    pub(super) path: PathBuf,
    since: Arc<Mutex<(Option<Standing>, Instant)>>,
}

/// Which file it is, and whether it may be written.
type Standing = (u64, bool);

impl WatchedFile {
    pub(super) fn new(path: &Path) -> Self {
        WatchedFile { path: path.to_owned(), since: Arc::new(Mutex::new((standing(path), Instant::now()))) }
    }

    /// Whether a connection of this age is to the file as it stands there now.
    pub(super) fn is_of(&self, age: Duration) -> bool {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let now = standing(&self.path);
        if now != since.0 {
            *since = (now, Instant::now());
        }
        now.is_some() && age <= since.1.elapsed()
    }

    pub(super) fn watched(&self, pool: SqlitePoolOptions) -> SqlitePoolOptions {
        let file = self.clone();
        // A file needs no asking whether it is still at the other end; whether it is the same file is asked here.
        pool.test_before_acquire(false).before_acquire(move |connection, about| {
            // Where SQLite has undone a write by itself, as on a full disk, sqlx goes on believing in it and begins no other.
            let usable = file.is_of(about.age) && !connection.is_in_transaction();
            Box::pin(async move { Ok(usable) })
        })
    }
}

fn standing(path: &Path) -> Option<Standing> {
    let file = std::fs::metadata(path).ok()?;
    Some((file.ino(), rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()))
}
