//! SQLite: the file as it is at one moment, packed.
use super::part::{Part, with_end};
use super::{BackupError, Restored, Result, fits, settle};
use crate::clock::Clock;
use crate::db::Db;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::fs::File;
use std::path::Path;

/// Copies the file into the part. Others read and write meanwhile; their log cannot be emptied until it is done.
pub(super) async fn copy(url: &str, part: &Part) -> Result<()> {
    let options: SqliteConnectOptions = url.parse()?;
    let into = part.path().to_str().ok_or_else(|| BackupError::new("SQLite takes only paths in UTF-8"))?;
    let mut c = options.connect().await?;
    let copied = sqlx::query("VACUUM INTO $1").bind(into).execute(&mut c).await;
    copied.map_err(|error| BackupError::new(format!("the backup cannot be written: {error}")))?;
    c.close().await?;
    Ok(())
}

/// Makes the file of a backup, beside its place until it is whole.
pub(super) async fn restore(url: &str, clock: Clock, backup: &Path) -> Result<Restored> {
    let options: SqliteConnectOptions = url.parse()?;
    let place = options.get_filename().to_owned();
    let there = || {
        BackupError::new(format!(
            "there is a database at {} already: move it away with what stands beside it, or name another one",
            place.display()
        ))
    };
    let empty = |what: &std::fs::Metadata| what.is_file() && what.len() == 0;
    let found = std::fs::symlink_metadata(&place).ok();
    if found.as_ref().is_some_and(|found| !empty(found)) {
        return Err(there());
    }
    // SQLite would read what is left of another database into this one.
    for end in ["-wal", "-journal"] {
        let left = with_end(&place, end);
        if left.exists() {
            return Err(BackupError::new(format!("{} is there, of another database: move both away", left.display())));
        }
    }
    if found.is_some() {
        std::fs::remove_file(&place).map_err(|error| BackupError::file(&place, "cannot be replaced", &error))?;
    }
    let part = Part::beside(&place).map_err(|error| if place.is_file() { there() } else { error })?;
    let (from, mut to) = (backup.to_owned(), part.file()?);
    let copied = tokio::task::spawn_blocking(move || File::open(from).and_then(|mut from| std::io::copy(&mut from, &mut to)));
    let copied = copied.await.map_err(|error| BackupError::new(error.to_string()))?;
    copied.map_err(|error| BackupError::file(part.path(), "cannot be written", &error))?;
    whole(part.path(), backup).await?;
    let db = Db::open_file(part.path(), clock).await?;
    fits(db.standing().await?, backup)?;
    let restored = settle(&db).await?;
    db.close().await;
    // All of it has to be in the one file that is put into its place.
    let mut c = SqliteConnectOptions::new().filename(part.path()).connect().await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut c).await?;
    c.close().await?;
    part.keep()?;
    Ok(restored)
}

/// Whether every page of the file is as it has to be.
async fn whole(file: &Path, backup: &Path) -> Result<()> {
    let damaged = |what: String| BackupError::new(format!("{} is damaged: {what}", backup.display()));
    let mut c = SqliteConnectOptions::new().filename(file).connect().await.map_err(|error| damaged(error.to_string()))?;
    let said: sqlx::Result<Vec<(String,)>> = sqlx::query_as("PRAGMA integrity_check(3)").fetch_all(&mut c).await;
    let said = said.map_err(|error| damaged(error.to_string()))?;
    c.close().await?;
    match said.as_slice() {
        [(word,)] if word == "ok" => Ok(()),
        // It names tables and pages, and no records.
        wrong => Err(damaged(wrong.iter().map(|(line,)| line.as_str()).collect::<Vec<_>>().join("; "))),
    }
}
