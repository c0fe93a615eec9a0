//! `asagao evaluate`: the method of `asagao analyze` on any table, judged by known outcomes.
mod judging;
mod report;
mod rows;
mod spec;
mod table;

pub use report::Report;

use super::export::with_end;
use super::{Failure, Result};
use crate::config::Evaluate;
use asagao_analytics::evaluate::{Alike, Scored, figures, score};
use asagao_analytics::{Level, Settings, Side};
use rows::Rows;
use spec::Spec;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use table::Read;

/// Evaluates a table and prints the report as JSON.
pub(super) fn run(settings: &Evaluate) -> Result {
    let report = evaluate(settings)?;
    let text = serde_json::to_string_pretty(&report).expect("a report has names for its keys");
    match writeln!(std::io::stdout(), "{text}") {
        // Whoever reads has read enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("the report cannot be written: {error}")))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Evaluates a table, and writes the file of scores if one is asked for.
pub fn evaluate(asked: &Evaluate) -> Result<Report> {
    let begun = Instant::now();
    if let Some(scores) = &asked.scores {
        let same = |input: &Path| matches!((scores.canonicalize(), input.canonicalize()), (Ok(one), Ok(other)) if one == other);
        let inputs = [Some(&asked.table), Some(&asked.spec), asked.labels.as_ref()];
        if inputs.into_iter().flatten().any(|input| same(input)) {
            return Err(Failure::new(format!("{} is read from: give --scores another file", scores.display())));
        }
    }
    let spec = Spec::load(&asked.spec)?;
    let rows = Rows::load(&asked.table)?;
    let labels = asked.labels.as_deref().map(Rows::load).transpose()?;
    let table = Read::of(&rows, &spec)?;
    let judging = judging::of(&rows, &spec, &table.ids, labels.as_ref())?;

    let settings = Settings { capacity: asked.capacity, seed: asked.seed, ..Settings::default() };
    let scored = score(&table.features, &settings).map_err(|error| Failure::new(error.to_string()))?;
    let figures = figures(&table.features, &scored, &judging.outcomes, &settings);
    if let Some(path) = &asked.scores {
        let text = scores(&table, &scored);
        write_whole(path, &text).map_err(|error| Failure::new(format!("{} cannot be written: {error}", path.display())))?;
    }
    Ok(Report::of(&table, judging, &figures, &settings, begun.elapsed()))
}

/// The file of scores: `row,score,level,group`, in the order of the table.
fn scores(table: &Read, scored: &Scored) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |line: [&str; 4]| writer.write_record(line).expect("memory takes whatever is written");
    write(["row", "score", "level", "group"]);
    for (id, row) in table.ids.iter().zip(&scored.rows) {
        let level = match row.level {
            Level::None => "none",
            Level::Watch => "watch",
            Level::Support => "support",
        };
        let group = row.alike.as_ref().map(|alike| group(alike, table)).unwrap_or_default();
        write([id, &row.score.to_string(), level, &group]);
    }
    writer.into_inner().expect("memory takes whatever is written")
}

/// A group in its cohort: its number from 1, that of most concern first, and in what it lies apart, such as
/// `1: volume low; submission low`.
fn group(alike: &Alike, table: &Read) -> String {
    let side = |side: Side| match side {
        Side::Low => "low",
        Side::High => "high",
    };
    let traits = alike.traits.iter().map(|apart| format!("{} {}", table.used[apart.domain].0, side(apart.side)));
    let traits = traits.collect::<Vec<_>>().join("; ");
    let number = alike.place + 1;
    if traits.is_empty() { number.to_string() } else { format!("{number}: {traits}") }
}

/// Whoever finds the file finds the whole of it. What is no file, such as a pipe, is written to as it is.
fn write_whole(path: &Path, text: &[u8]) -> std::io::Result<()> {
    if path.metadata().is_ok_and(|what| !what.is_file()) {
        return std::fs::write(path, text);
    }
    let part = with_end(path, ".part");
    let written = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path));
    written.inspect_err(|_| drop(std::fs::remove_file(&part)))
}
