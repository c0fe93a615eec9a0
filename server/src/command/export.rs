//! `asagao export`: scores and the roster, for other programs.
use super::{Failure, Result, operator};
use crate::config::Export;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::formats::oneroster::{Finding, Package, Record, Severity};
use asagao_graphql::formats::text_encoding::Said;
use asagao_graphql::jobs::export_scores;
use asagao_graphql::jobs::roster_export::{self, Exported, Wanted};
use asagao_graphql::roster::school;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) async fn run(database_url: &str, command: Export) -> Result {
    match command {
        Export::SupportScores { class, as_of } => {
            let scope = operator(database_url, "export support-scores").await?;
            print!("{}", export_scores::support_scores(&scope, class, as_of).await?);
            Ok(ExitCode::SUCCESS)
        }
        Export::Roster { out, version, receiver, school } => {
            let scope = operator(database_url, "export roster").await?;
            let school = match school {
                Some(code) => Some(
                    school::of_code(&scope, &code).await?.ok_or_else(|| Failure::new(format!("there is no school {code}")))?.id,
                ),
                None => None,
            };
            roster(&scope, &out, Wanted { version, receiver, school }).await
        }
    }
}

async fn roster(scope: &Scope, out: &Path, wanted: Wanted) -> Result {
    let failed = |path: &Path, error: &std::io::Error| Failure::new(format!("{} cannot be written: {error}", path.display()));
    // Whoever finds the file finds the whole of it.
    let part = if out.is_dir() { out.join("roster.part") } else { with_end(out, ".part") };
    let file = File::create(&part).map_err(|error| failed(&part, &error))?;
    let written = roster_export::write(scope, wanted, file).await;
    let (_, exported) = written.inspect_err(|_| drop(std::fs::remove_file(&part)))?;
    let path = if out.is_dir() { out.join(&exported.name) } else { out.to_owned() };
    std::fs::rename(&part, &path).map_err(|error| failed(&path, &error))?;
    Ok(if report(&path, &exported) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The path of a file beside another, whose name has this end.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Tells what is in the package, and reads it as the receiver will: what such a reader would object to. Gives whether it would take everything.
fn report(path: &Path, exported: &Exported) -> bool {
    println!(
        "{}: OneRoster {}, {} schools, {} classes, {} people, {} enrolments",
        path.display(),
        exported.version,
        exported.schools,
        exported.classes,
        exported.people,
        exported.places
    );
    if exported.nameless > 0 {
        println!("without a name, because the household is under protection: {} pupils", exported.nameless);
    }
    let mut told = Told::default();
    match Package::open(path, Said::Auto) {
        Ok(package) => {
            told.tell(package.findings());
            told.tell_all(package.orgs());
            told.tell_all(package.sessions());
            told.tell_all(package.courses());
            told.tell_all(package.classes());
            told.tell_all(package.users());
            told.tell_all(package.roles());
            told.tell_all(package.enrollments());
        }
        Err(findings) => told.tell(&findings),
    }
    if told.findings > Told::MOST {
        eprintln!("and {} more", told.findings - Told::MOST);
    }
    if told.left_out > 0 {
        eprintln!("whoever reads this strictly leaves {} rows out", told.left_out);
    }
    told.left_out == 0
}

/// What has been told so far.
#[derive(Default)]
struct Told {
    findings: usize,
    /// Rows with errors, and errors of the package.
    left_out: usize,
}

impl Told {
    const MOST: usize = 20;

    fn tell(&mut self, findings: &[Finding]) {
        for finding in findings {
            self.findings += 1;
            if self.findings <= Told::MOST {
                eprintln!("{finding}");
            }
        }
        self.left_out += usize::from(findings.iter().any(|finding| finding.severity == Severity::Error));
    }

    fn tell_all<T>(&mut self, records: impl Iterator<Item = Record<T>>) {
        records.for_each(|record| self.tell(&record.findings));
    }
}
