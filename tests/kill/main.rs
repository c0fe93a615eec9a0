//! Kills the server, its database and both at random moments while apps post, and looks after each kill whether anything is lost, doubled or
//! half stored: `bin/kill-test --rounds 10`.
mod apps;
mod check;
mod database;
mod ledger;
mod program;
mod rounds;

use clap::{Parser, ValueEnum};
use database::Database;
use rounds::{Found, Trial};
use std::path::PathBuf;
use std::process::ExitCode;

/// The trial.
#[derive(Parser, Debug, Clone)]
struct Settings {
    /// How many rounds on each database: each ends with a kill, a stop or a full disk.
    #[arg(long, default_value_t = 10)]
    rounds: u32,
    /// On which database.
    #[arg(long, value_enum, default_value_t = Which::Both)]
    engine: Which,
    /// Where chance begins.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many apps post at once.
    #[arg(long, default_value_t = 6)]
    apps: u64,
    /// After how many rounds a new database is begun.
    #[arg(long, default_value_t = 25)]
    renew: u32,
    /// The program.
    #[arg(long, env = "ASAGAO_BIN")]
    program: PathBuf,
    /// The address of a PostgreSQL server that may be killed, as `bin/with-postgres` gives it.
    #[arg(long, env = "TEST_DATABASE_URL")]
    postgres: Option<String>,
    /// How that server is stopped and started.
    #[arg(long, env = "TEST_POSTGRES_CTL")]
    postgres_control: Option<String>,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Sqlite,
    Postgres,
    Both,
}

#[tokio::main]
async fn main() -> ExitCode {
    let settings = Settings::parse();
    // Fails only where a provider is installed already, which serves as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut found = Vec::new();
    if settings.engine != Which::Postgres {
        found.push(Trial::run(&settings, Database::sqlite()).await);
    }
    if settings.engine != Which::Sqlite {
        let address = settings.postgres.as_deref().zip(settings.postgres_control.as_deref());
        let (url, control) = address.expect("--postgres and --postgres-control are given by bin/with-postgres");
        found.push(Trial::run(&settings, Database::postgres(url, control)).await);
    }
    println!("seed {}", settings.seed);
    println!("{}", Found::HEADER);
    found.iter().for_each(|found| println!("{}", found.row()));
    if found.iter().all(Found::is_right) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
