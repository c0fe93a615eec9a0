//! `asagao backup` and `asagao restore`: a copy of the whole database, and a database made of it.
use super::serve::asked_to_stop;
use super::{Failure, Result, tell_differences};
use asagao_graphql::clock::Clock;
use asagao_graphql::jobs::backup;
use std::path::Path;
use std::process::ExitCode;

impl From<backup::BackupError> for Failure {
    fn from(error: backup::BackupError) -> Self {
        Failure(error.to_string())
    }
}

pub(super) async fn backup(database_url: &str, file: &Path) -> Result {
    let bytes = unless_stopped(backup::backup(database_url, Clock::System, file)).await?;
    println!("{}: {bytes} bytes", file.display());
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(database_url: &str, file: &Path) -> Result {
    let restored = unless_stopped(backup::restore(database_url, Clock::System, file)).await?;
    if restored.brought_up_to_date {
        eprintln!("the backup is by an older program: it was brought up to date");
    }
    tell_differences(&restored.totals);
    let found = &restored.access_log;
    found.breaks.iter().for_each(|broken| println!("{broken}"));
    println!("totals: {}, differences: {}", restored.totals.totals, restored.totals.differences.len());
    let (chains, links, erased, breaks) = (found.chains, found.links, found.erased, found.breaks.len());
    println!("chains: {chains}, entries: {links}, of these erased: {erased}, wrong: {breaks}");
    let whole = restored.totals.differences.is_empty() && found.breaks.is_empty();
    println!("restored: {}", if whole { "whole" } else { "with what is said above" });
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whoever stops the command leaves nothing half behind.
async fn unless_stopped<T>(work: impl Future<Output = backup::Result<T>>) -> Result<T> {
    tokio::select! {
        done = work => Ok(done?),
        () = asked_to_stop() => Err(Failure::new("stopped: nothing was made")),
    }
}
