//! Reads the command line and runs one command.

use asagao::command;
use asagao::config::{Command, Config};
use asagao::traces::{self, Traces};
use clap::Parser;
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Doubled the throughput of GraphQL against the system's allocator in a trial.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("ASAGAO_LOG").unwrap_or_else(|_| "info,sqlx=warn".into());
    let traces = match &config.command {
        Command::Serve(settings) => settings.traces.as_ref().map(Traces::start).transpose(),
        _ => Ok(None),
    };
    let traces = match traces {
        Ok(traces) => traces,
        Err(error) => {
            eprintln!("asagao: {error}");
            return ExitCode::FAILURE;
        }
    };
    let log = tracing_subscriber::fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    // On a full disk there is nobody to tell of it, and telling would end what the line was about.
    let log = log.log_internal_errors(false);
    let log = log.with_filter(filter.and(filter_fn(|what| !traces::is_of(what))));
    tracing_subscriber::registry().with(log).with(traces.as_ref().map(Traces::layer)).init();
    let ended = command::run(config).await;
    if let Some(traces) = traces {
        traces.stop();
    }
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("asagao: {error}");
            ExitCode::FAILURE
        }
    }
}
