//! `asagao import roster`: reads a package, tells what it changes, and applies it.
use super::{Failure, Result};
use crate::config::ImportRoster;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::jobs::roster_import::{self, Count, Options, Report, RosterFinding, Tally};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// How many findings of one kind in one column are told one by one.
const MOST_PROBLEMS: usize = 100;
const MOST_WARNINGS: usize = 3;

pub(super) async fn import(scope: &Scope, what: &ImportRoster) -> Result {
    if !what.package.exists() {
        return Err(Failure::new(format!("there is no file or folder {}", what.package.display())));
    }
    let file_name = what.package.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let options = Options { file_name, encoding: what.encoding, accept_suspicious: what.accept_suspicious };
    let report = if what.dry_run {
        let import = roster_import::preview(scope, &what.package, &options, &progress).await?;
        roster_import::previewed(scope, import).await?
    } else {
        roster_import::import(scope, &what.package, &options, &progress).await?
    };
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    if what.json {
        let json = serde_json::to_string_pretty(&report).map_err(|error| Failure::new(error.to_string()))?;
        println!("{json}");
    } else {
        tell(&report, what.dry_run);
    }
    Ok(if report.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn progress(rows: u64) {
    if std::io::stderr().is_terminal() {
        eprint!("\r{rows} rows read");
        drop(std::io::stderr().flush());
    }
}

fn tell(report: &Report, dry_run: bool) {
    tell_findings(&report.problems, &report.found, "", MOST_PROBLEMS);
    tell_findings(&report.warnings, &report.found, "note: ", MOST_WARNINGS);
    if !report.refused.is_empty() {
        eprintln!("{}", report.refused);
    }
    if dry_run || !report.refused.is_empty() {
        report.counts.iter().for_each(|count| println!("{}", would(count)));
    } else {
        for (name, put) in [
            ("schools", report.schools),
            ("academic years", report.academic_years),
            ("classes", report.classes),
            ("pupils", report.pupils),
            ("staff", report.staff),
            ("duties", report.duties),
            ("enrolments", report.enrolments),
        ] {
            println!("{name}: {} new, {} changed, {} unchanged", put.new, put.changed, put.unchanged);
        }
        for count in report.counts.iter().filter(|count| count.leaving + count.returning > 0) {
            println!("{}: {} leaving, {} returning", name_of(count), count.leaving, count.returning);
        }
        let waiting = report
            .counts
            .iter()
            .fold((0, 0, 0), |sum, count| (sum.0 + count.kept, sum.1 + count.conflicts, sum.2 + count.unmatched));
        if waiting != (0, 0, 0) {
            println!(
                "kept as changed here: {}, changed on both sides: {}, maybe known by another UUID: {}",
                waiting.0, waiting.1, waiting.2
            );
        }
    }
    println!("rows left out: {}", report.left_out);
    println!("import: {} ({})", report.import, report.state);
}

/// Tells the first findings of each kind in each column, and how many more there are.
fn tell_findings(findings: &[RosterFinding], found: &[Tally], mark: &str, most: usize) {
    let mut told: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for finding in findings {
        let times = told.entry((&finding.code, &finding.file, &finding.column)).or_default();
        *times += 1;
        if *times <= most {
            eprintln!("{mark}{finding}");
        }
    }
    for of in found.iter().filter(|of| told.contains_key(&(of.code.as_str(), of.file.as_str(), of.column.as_str()))) {
        if let Some(more) = of.count.checked_sub(most as u64).filter(|more| *more > 0) {
            eprintln!("{mark}{} {}: {} {more} times more", of.file, of.column, of.code);
        }
    }
}

/// What a dry run has found.
fn would(count: &Count) -> String {
    let mut text = format!(
        "{}: {} new, {} changed, {} leaving, {} returning, {} unchanged",
        name_of(count),
        count.new,
        count.changed,
        count.leaving,
        count.returning,
        count.unchanged
    );
    for (what, how_many) in [
        ("kept as changed here", count.kept),
        ("changed on both sides", count.conflicts),
        ("maybe known by another UUID", count.unmatched),
        ("suspicious", count.suspicious),
    ] {
        if how_many > 0 {
            text = format!("{text}, {how_many} {what}");
        }
    }
    text
}

fn name_of(count: &Count) -> String {
    serde_json::to_string(&count.record).unwrap_or_default().trim_matches('"').to_owned()
}
