//! `asagao load`: classes at work, sent by a plan that does not wait for the server; then whether what was acknowledged is there.
mod answer;
mod batch;
mod client;
mod page;
mod people;
mod plan;
mod run;
mod tally;
mod verify;

use super::{Failure, Result};
use crate::config::{Load, Mix};
use crate::metrics::processor_time;
use client::Server;
use people::{Access, People};
use plan::{Plan, Settings};
use run::Run;
use serde::Serialize;
use std::process::ExitCode;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tally::Told;
use verify::Verified;

/// What is told at the end.
#[derive(Serialize)]
pub struct Report {
    mix: &'static str,
    classes: usize,
    pupils: usize,
    /// Until the last call was answered.
    seconds: f64,
    calls: Vec<Told>,
    /// What the generator itself took.
    own: Own,
    verified: Verified,
}

/// The generator's own share of the processors.
#[derive(Serialize)]
struct Own {
    processors: f64,
    microseconds_a_call: f64,
}

pub(super) async fn run(asked: &Load) -> Result {
    let report = report(asked).await?;
    tell(&report, asked.json)?;
    Ok(if report.verified.is_right() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Loads a server and tells what came of it.
pub async fn report(asked: &Load) -> Result<Report> {
    if asked.rate.is_some_and(|rate| !(rate > 0.0 && rate <= 1_000_000.0)) {
        return Err(Failure::new("--rate is a number of calls a second, more than 0"));
    }
    let access = Access::of(asked)?;
    let server = Server::new(&access.url)?;
    let people = People::find(&server, &access, asked).await?;
    let sizes: Vec<u32> = people.classes.iter().map(|class| u32::try_from(class.pupils.len()).unwrap_or(u32::MAX)).collect();
    let looked_at: Vec<u32> =
        (0..).zip(&people.classes).filter(|(_, class)| class.teacher.is_some()).map(|(place, _)| place).collect();
    let settings = Settings { mix: asked.mix, seconds: asked.seconds, rate: asked.rate, seed: asked.seed };
    let plan = Plan::new(&settings, &sizes, &looked_at);
    let pupils: usize = people.classes.iter().map(|class| class.pupils.len()).sum();
    let connections = asked.connections.unwrap_or_else(|| u32::try_from(pupils).unwrap_or(u32::MAX).min(500));
    eprintln!(
        "{} classes with {pupils} pupils, {} with a teacher; {} calls in {} s by {connections} connections at the most",
        people.classes.len(),
        looked_at.len(),
        plan.calls.len(),
        asked.seconds
    );
    let before = verify::totals(&server, &people).await?;
    let run = Arc::new(Run::new(server, people, plan, connections));
    let worked = processor_time().unwrap_or_default();
    let took = run.go().await;
    let worked = processor_time().unwrap_or_default().saturating_sub(worked);
    let verified = verify::verify(&run, before).await?;
    let calls = run.tally.lock().unwrap_or_else(PoisonError::into_inner).told(took);
    let mix = match asked.mix {
        Mix::Lessons => "lessons",
        Mix::Steady => "steady",
        Mix::Replay => "replay",
    };
    let classes = run.people.classes.len();
    let own = Own::of(worked, took, run.plan.calls.len());
    Ok(Report { mix, classes, pupils, seconds: took.as_secs_f64(), calls, own, verified })
}

impl Own {
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 calls")]
    fn of(worked: Duration, took: Duration, calls: usize) -> Self {
        Own {
            processors: worked.as_secs_f64() / took.as_secs_f64().max(0.001),
            microseconds_a_call: worked.as_secs_f64() * 1e6 / calls.max(1) as f64,
        }
    }
}

fn tell(report: &Report, json: bool) -> Result<()> {
    if json {
        let text = serde_json::to_string_pretty(report).map_err(|error| Failure::new(error.to_string()))?;
        println!("{text}");
        return Ok(());
    }
    print!("{}", tally::table(&report.calls));
    println!(
        "took {:.1} s; the generator itself: {:.0} % of one processor, {:.0} µs a call",
        report.seconds,
        report.own.processors * 100.0,
        report.own.microseconds_a_call
    );
    println!("{}", report.verified.text());
    Ok(())
}
