//! A copy of a whole database, taken while others write, and a database made of such a copy.
//!
//! What is copied is the database of one moment: SQLite by `VACUUM INTO`, PostgreSQL by its own `pg_dump` and `pg_restore`.
mod part;
mod postgres;
mod sqlite;
mod tools;

use crate::access::audit::{self, verify};
use crate::access::scope::Scope;
use crate::clock::Clock;
use crate::db::{Db, OpenError, UpToDate};
use crate::error::Error;
use crate::jobs::recount;
use part::Part;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Why there is no backup, or nothing was restored: a sentence for whoever typed the command.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It cannot be done as it was asked for.
    #[error("{0}")]
    Refused(String),
    /// The database cannot be opened or brought up to date.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What is done with its records fails.
    #[error(transparent)]
    Records(#[from] Error),
    /// The database answered with an error.
    #[error("the database answered with an error: {0}")]
    Database(#[from] sqlx::Error),
}

/// The result of taking a backup or restoring one.
pub type Result<T, E = BackupError> = std::result::Result<T, E>;

impl BackupError {
    fn new(message: impl Into<String>) -> Self {
        BackupError::Refused(message.into())
    }

    fn file(path: &Path, what: &str, error: &std::io::Error) -> Self {
        BackupError::Refused(format!("{} {what}: {error}", path.display()))
    }
}

/// What a restored database is like.
#[derive(Debug)]
pub struct Restored {
    /// Whether migrations were applied, because an older program took the backup.
    pub brought_up_to_date: bool,
    /// What the recount of the totals found.
    pub totals: recount::Report,
    /// How the access log was found.
    pub access_log: verify::Verified,
}

/// Copies the database at an address into a new file, while others write to it, and gives its size. The file is there whole or not at all.
pub async fn backup(url: &str, clock: Clock, out: &Path) -> Result<u64> {
    let part = Part::beside(out)?;
    let db = Db::open(url, false, clock).await?;
    // It is taken as it is: whoever brings a new version in wants it from before.
    match db.standing().await? {
        UpToDate::Foreign => return Err(BackupError::new("there are no records of Asagao in this database")),
        UpToDate::Newer(version) => {
            let message = format!(
                "a newer program has brought this database up to date (migration {version}): let that one take the backup"
            );
            return Err(BackupError::new(message));
        }
        UpToDate::Older | UpToDate::Current => {}
    }
    audit::command(&Scope::operator(db.clone(), "backup"), "backup").await?;
    if url.starts_with("sqlite:") {
        sqlite::copy(url, &part).await?;
    } else {
        postgres::copy(&db, url, &part).await?;
    }
    db.close().await;
    part.keep()
}

/// Makes the database at an address, where there is none yet or an empty one, from a backup; brings it up to date, recounts its totals and
/// checks its access log.
pub async fn restore(url: &str, clock: Clock, backup: &Path) -> Result<Restored> {
    let to_sqlite = url.starts_with("sqlite:");
    if !to_sqlite && !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
        return Err(OpenError::Address(url.split(':').next().unwrap_or_default().to_owned()).into());
    }
    match (of_engine(backup)?, to_sqlite) {
        (Made::Sqlite, true) => sqlite::restore(url, clock, backup).await,
        (Made::Postgres, false) => postgres::restore(url, clock, backup).await,
        (Made::Sqlite, false) => Err(BackupError::new(format!(
            "{} is a backup of SQLite, and the database is PostgreSQL's: give sqlite:FILE",
            backup.display()
        ))),
        (Made::Postgres, true) => Err(BackupError::new(format!(
            "{} is a backup of PostgreSQL, and the database is SQLite's: give postgres://USER@HOST/NAME",
            backup.display()
        ))),
    }
}

/// By which engine a backup was made.
enum Made {
    Sqlite,
    Postgres,
}

fn of_engine(backup: &Path) -> Result<Made> {
    let mut first = Vec::new();
    let read = File::open(backup).and_then(|file| file.take(16).read_to_end(&mut first));
    read.map_err(|error| BackupError::file(backup, "cannot be read", &error))?;
    if first == b"SQLite format 3\0" {
        Ok(Made::Sqlite)
    } else if first.starts_with(b"PGDMP") {
        Ok(Made::Postgres)
    } else {
        Err(BackupError::new(format!("{} is no backup by `asagao backup`", backup.display())))
    }
}

/// Refuses a backup that this program cannot bring up to date.
fn fits(standing: UpToDate, backup: &Path) -> Result<()> {
    match standing {
        UpToDate::Foreign => Err(BackupError::new(format!("{} has no records of Asagao in it", backup.display()))),
        UpToDate::Newer(version) => Err(BackupError::new(format!(
            "{} was taken by a newer program (migration {version}), which has to restore it",
            backup.display()
        ))),
        UpToDate::Older | UpToDate::Current => Ok(()),
    }
}

/// Brings what was restored up to date, and looks whether it is whole.
async fn settle(db: &Db) -> Result<Restored> {
    let brought_up_to_date = db.standing().await? == UpToDate::Older;
    db.migrate().await?;
    let scope = Scope::operator(db.clone(), "restore");
    audit::command(&scope, "restore").await?;
    let totals = recount::recount(&scope).await?;
    let access_log = verify::verify(&scope, &[]).await?;
    Ok(Restored { brought_up_to_date, totals, access_log })
}
