//! `asagao import`: rosters, assignments and activities from files.
use super::post::Client;
use super::{Failure, Result, open, operator, roster};
use crate::config::Import;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::access::subject;
use asagao_graphql::error::Error;
use asagao_graphql::formats::problem::Problem;
use asagao_graphql::formats::text_encoding::{self, Said};
use asagao_graphql::formats::{csv_rows, ndjson, subjects_csv};
use asagao_graphql::learning::activity::{ActivityInput, MOST_ITEMS, RecordActivitiesPayload, post};
use asagao_graphql::learning::assignment::{self, AssignmentInput};
use asagao_graphql::roster::guardian;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{BufReader, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(database_url: &str, command: Import) -> Result {
    match command {
        Import::Roster(what) => roster::import(&operator(database_url, "import roster").await?, &what).await,
        Import::Subjects { file } => subjects(&operator(database_url, "import subjects").await?, &file).await,
        Import::Guardians { file } => guardians(&operator(database_url, "import guardians").await?, &file).await,
        Import::Assignments { file } => assignments(&operator(database_url, "import assignments").await?, &file).await,
        Import::Activities { file, url: Some(url), token } => {
            let token = token.ok_or_else(|| Failure::new("--url needs --token"))?;
            activities(&file, &Target::Server(Client::new(url, token)?)).await
        }
        Import::Activities { file, url: None, .. } => {
            let scope = Scope::operator(open(database_url).await?, "import activities");
            activities(&file, &Target::Database(scope)).await
        }
    }
}

async fn assignments(scope: &Scope, file: &Path) -> Result {
    let mut refused = 0;
    let (mut accepted, mut changed, mut duplicates) = (0, 0, 0);
    for batch in Batches::<AssignmentInput>::open(file)? {
        refused += batch.unreadable;
        let payload = assignment::share(scope, &batch.items).await?;
        for item in &payload.rejected {
            eprintln!("line {}, {}: {}", batch.lines[item.index], item.field, item.message);
        }
        refused += payload.rejected.len();
        accepted += payload.accepted;
        changed += payload.changed;
        duplicates += payload.duplicates;
    }
    println!("accepted: {accepted}, changed: {changed}, duplicates: {duplicates}, rejected: {refused}");
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The text of a file of people, as a spreadsheet may have saved it.
fn text_of(file: &Path) -> Result<String> {
    let unreadable = |error: &dyn std::fmt::Display| Failure::new(format!("{} cannot be read: {error}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| unreadable(&error))?;
    Ok(text_encoding::decode(&bytes, Said::Auto).map_err(|error| unreadable(&error))?.text.into_owned())
}

/// Tells the lines that were not taken, in their order.
fn tell(wrong: &mut [(u64, String)]) {
    wrong.sort();
    for (line, message) in wrong {
        eprintln!("line {line}, {message}");
    }
}

/// Who people are at providers; each line is taken or left by itself.
async fn subjects(scope: &Scope, file: &Path) -> Result {
    let (rows, mut wrong) = subjects_csv::read(&text_of(file)?);
    let (mut new, mut unchanged) = (0, 0);
    for row in &rows {
        match subject::put(scope, row.id, &row.provider, &row.subject).await {
            Ok(true) => new += 1,
            Ok(false) => unchanged += 1,
            Err(Error::BadInput(message)) => wrong.push((row.line, message)),
            Err(error) => return Err(error.into()),
        }
    }
    tell(&mut wrong);
    println!("taken: {new}, unchanged: {unchanged}, refused: {}", wrong.len());
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Guardians; each line is taken or left by itself.
async fn guardians(scope: &Scope, file: &Path) -> Result {
    let (rows, mut wrong) = csv_rows::read(&text_of(file)?);
    let mut taken = 0;
    for (line, row) in rows {
        match guardian::save(scope, row).await? {
            Ok(_) => taken += 1,
            Err(error) => wrong.push((line, format!("{}: {}", error.field, error.message))),
        }
    }
    tell(&mut wrong);
    println!("taken: {taken}, refused: {}", wrong.len());
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where activities go.
enum Target {
    Database(Scope),
    Server(Client),
}

impl Target {
    async fn record(&self, items: &[ActivityInput]) -> Result<RecordActivitiesPayload> {
        match self {
            Target::Database(scope) => Ok(post::record(scope, scope.now(), items.to_vec()).await?),
            Target::Server(client) => client.record(items).await,
        }
    }
}

async fn activities(file: &Path, target: &Target) -> Result {
    let (mut total, mut unreadable) = (RecordActivitiesPayload::default(), 0);
    let result = send(file, target, &mut total, &mut unreadable).await;
    let rejected = total.rejected.len() + unreadable;
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    println!(
        "accepted: {}, duplicates: {}, conflicts: {}, rejected: {rejected}",
        total.accepted,
        total.duplicates,
        total.conflicts.len()
    );
    result?;
    Ok(if rejected + total.conflicts.len() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn send(file: &Path, target: &Target, total: &mut RecordActivitiesPayload, unreadable: &mut usize) -> Result<()> {
    for batch in Batches::<ActivityInput>::open(file)? {
        *unreadable += batch.unreadable;
        if batch.items.is_empty() {
            continue;
        }
        let payload = target.record(&batch.items).await?;
        for item in &payload.rejected {
            eprintln!("line {}, {}: {}", batch.lines[item.index], item.field, item.message);
        }
        for item in &payload.conflicts {
            eprintln!("line {}, id: {}", batch.lines[item.index], item.message);
        }
        total.accepted += payload.accepted;
        total.duplicates += payload.duplicates;
        total.conflicts.extend(payload.conflicts);
        total.rejected.extend(payload.rejected);
        progress(total.accepted + total.duplicates);
    }
    Ok(())
}

/// One line that is written over on a terminal, now and then a line elsewhere.
fn progress(done: usize) {
    if std::io::stderr().is_terminal() {
        eprint!("\r{done} activities stored");
        drop(std::io::stderr().flush());
    } else if done.is_multiple_of(20 * MOST_ITEMS) {
        eprintln!("{done} activities stored");
    }
}

/// Records of a file, as many at a time as one call takes, with the lines they stand on.
struct Batch<T> {
    items: Vec<T>,
    lines: Vec<u64>,
    bytes: usize,
    unreadable: usize,
}

struct Batches<T> {
    records: Box<dyn Iterator<Item = (u64, std::result::Result<T, Problem>)>>,
}

impl<T: DeserializeOwned + 'static> Batches<T> {
    fn open(file: &Path) -> Result<Self> {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let reader = File::open(file).map_err(|error| Failure::new(format!("{} cannot be read: {error}", file.display())))?;
        Ok(Batches { records: Box::new(ndjson::read(name, BufReader::new(reader))) })
    }
}

/// Well under what a server takes in one request.
const MOST_BYTES: usize = 2 * 1024 * 1024;

impl<T: Serialize> Iterator for Batches<T> {
    type Item = Batch<T>;

    fn next(&mut self) -> Option<Batch<T>> {
        let mut batch = Batch { items: Vec::new(), lines: Vec::new(), bytes: 0, unreadable: 0 };
        for (line, record) in self.records.by_ref() {
            match record {
                Ok(record) => {
                    batch.bytes += serde_json::to_vec(&record).map_or(0, |json| json.len());
                    batch.items.push(record);
                    batch.lines.push(line);
                }
                Err(problem) => {
                    eprintln!("{problem}");
                    batch.unreadable += 1;
                }
            }
            if batch.items.len() == MOST_ITEMS || batch.bytes > MOST_BYTES {
                return Some(batch);
            }
        }
        (!batch.items.is_empty() || batch.unreadable > 0).then_some(batch)
    }
}
