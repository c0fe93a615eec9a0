//! The commands, a file each; `run` chooses.
mod access;
mod analyze;
mod audit;
mod backup;
mod demo;
pub mod evaluate;
mod export;
mod import;
pub mod load;
mod post;
pub mod quality;
mod retention;
mod roster;
mod serve;
mod turnover;

use crate::config::{Command, Config};
use crate::front::Front;
use crate::sign_in::SignIn;
use crate::trusted;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::clock::Clock;
use asagao_graphql::db::Db;
use asagao_graphql::jobs::recount;
use std::process::ExitCode;

/// What a command fails with: a sentence for whoever typed it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

/// The result of a command.
pub type Result<T = ExitCode> = std::result::Result<T, Failure>;

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Failure(message.into())
    }
}

impl From<asagao_graphql::db::OpenError> for Failure {
    fn from(error: asagao_graphql::db::OpenError) -> Self {
        Failure(error.to_string())
    }
}

impl From<asagao_graphql::error::Error> for Failure {
    fn from(error: asagao_graphql::error::Error) -> Self {
        Failure(error.to_string())
    }
}

/// Runs the command.
pub async fn run(config: Config) -> Result {
    let url = &config.database_url;
    match config.command {
        Command::Schema => {
            print!("{}", asagao_graphql::schema().sdl());
            Ok(ExitCode::SUCCESS)
        }
        Command::Documents { folder } => {
            println!("{}", trusted::manifest(&folder).map_err(Failure::new)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate { create } => {
            Db::open(url, create, Clock::System).await?.migrate().await?;
            eprintln!("the database is up to date");
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve(settings) => {
            let sign_in = match &settings.providers {
                Some(file) => SignIn::load(file).map_err(|wrong| Failure::new(format!("{}: {wrong}", file.display())))?,
                None => SignIn::default(),
            };
            let front = Front::of(&settings, &sign_in).map_err(Failure::new)?;
            let db = Db::open_with(url, false, settings.connections, Clock::System).await?;
            db.migrate().await?;
            let listener = serve::listen(settings.listen).await?;
            Box::pin(serve::serve(db, listener, &settings, (front, sign_in), None)).await
        }
        Command::Staff(command) => access::staff(&operator(url, "staff").await?, command).await,
        Command::Pupil(command) => access::family(&operator(url, "pupil").await?, access::Of::Pupil, command).await,
        Command::Guardian(command) => access::family(&operator(url, "guardian").await?, access::Of::Guardian, command).await,
        Command::App(command) => access::app(&operator(url, "app").await?, command).await,
        Command::Import(command) => Box::pin(import::run(url, command)).await,
        Command::Analyze(what) => Box::pin(analyze::analyze(&operator(url, "analyze").await?, what)).await,
        Command::Evaluate(settings) => evaluate::run(&settings),
        Command::Quality(asked) => quality::run(&operator(url, "quality").await?, &asked).await,
        Command::Export(command) => Box::pin(export::run(url, command)).await,
        Command::Demo(settings) => Box::pin(demo::demo(settings)).await,
        Command::Turnover(command) => Box::pin(turnover::run(&operator(url, "turnover").await?, command)).await,
        Command::Retention(command) => retention::run(&operator(url, "retention").await?, command).await,
        Command::Audit(command) => audit::run(&operator(url, "audit").await?, command).await,
        Command::Load(asked) => Box::pin(load::run(&asked)).await,
        Command::Backup { file } => Box::pin(backup::backup(url, &file)).await,
        Command::Restore { file } => Box::pin(backup::restore(url, &file)).await,
        Command::Recount => recount_totals(&operator(url, "recount").await?).await,
    }
}

/// The database, brought up to date.
async fn open(url: &str) -> Result<Db> {
    let db = Db::open(url, false, Clock::System).await?;
    db.migrate().await?;
    Ok(db)
}

async fn operator(url: &str, reason: &str) -> Result<Scope> {
    let scope = Scope::operator(open(url).await?, reason);
    asagao_graphql::access::audit::command(&scope, reason).await?;
    Ok(scope)
}

async fn recount_totals(scope: &Scope) -> Result {
    let report = recount::recount(scope).await?;
    tell_differences(&report);
    println!("totals: {}, differences: {}", report.totals, report.differences.len());
    Ok(if report.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell_differences(report: &recount::Report) {
    for difference in &report.differences {
        let total = difference.counted.as_ref().or(difference.kept.as_ref()).expect("a difference has one side at least");
        let side = |total: &Option<_>| {
            total.as_ref().map_or("nothing".into(), |total: &asagao_graphql::learning::activity::totals::DailyTotal| {
                format!("{:?}", total.counts())
            })
        };
        eprintln!(
            "pupil {} class {} day {}: kept {}, counted {}",
            total.pupil,
            total.class,
            total.day,
            side(&difference.kept),
            side(&difference.counted)
        );
    }
}
