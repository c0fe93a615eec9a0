//! Rosters from `OneRoster` packages: read into a difference that changes nothing, looked at, applied as it was shown, and taken back as a
//! whole if need be.
//!
//! A row that is wrong is left out alone, and so are the rows that refer to it. What the last import said of each record is kept as a digest:
//! a row that says the same again costs nothing, and what somebody here has changed since is not overwritten.
mod ahead;
mod classes;
mod clear;
mod commit;
mod counts;
mod digest;
mod facts;
mod findings;
mod guests;
mod hand;
mod homes;
mod ids;
mod lasting;
mod leaving;
mod members;
mod mutation;
mod names;
mod orgs;
mod people;
mod places;
mod query;
mod read;
mod record;
mod report;
mod roles;
pub mod rules;
mod shown;
mod sorted;
mod spans;
mod stage;
mod store;
mod strangers;
mod stream;
mod suspicion;
mod undo;
pub mod upload;
mod yours;

pub use clear::clear;
pub use counts::Count;
pub use digest::digest_alone;
pub use findings::Tally;
pub use mutation::RosterImportMutation;
pub use query::{RosterImport, RosterImportQuery};

pub use record::Record;
pub use report::Report;
pub use shown::{RosterFinding, findings_of};
pub use store::{ChangeKind, State};

use crate::access::scope::Scope;
use crate::db::on;
use crate::error::{Error, Result};
use crate::formats::oneroster::{self, File, Package, Rule};
use crate::formats::text_encoding::Said;
use commit::Decision;
use findings::Findings;
use read::Reading;
use report::report;
use spans::Spans;
use stage::Stage;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use stream::{Met, Stream};
use uuid::Uuid;
use yours::Yours;

/// Told how many rows were read.
pub type Tell = dyn Fn(u64) + Send + Sync;

/// What is said of a package beside itself.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name of its file, to be shown.
    pub file_name: String,
    /// How its text is encoded.
    pub encoding: Said,
    /// Apply also what cannot well be meant, and add new pupils who may be known by another UUID.
    pub accept_suspicious: bool,
}

/// Reads a package and applies what is right of it.
pub async fn import(scope: &Scope, path: &Path, options: &Options, tell: &Tell) -> Result<Report> {
    let import = preview(scope, path, options, tell).await?;
    let row = store::find(scope, import).await?.ok_or(Error::Internal)?;
    if row.state != State::Read {
        return report(scope, import, &BTreeMap::new(), "the package cannot be read; nothing was imported").await;
    }
    let mut decision = Decision::default();
    if options.accept_suspicious {
        decision = Decision { suspicion: row.suspicion.clone(), take: unmatched(scope, import).await? };
    }
    let committed = match commit::begin(scope, import, &decision).await? {
        Ok(()) => commit::commit(scope, import, &decision).await?,
        Err(error) => Err(error),
    };
    match committed {
        Ok(puts) => report(scope, import, &puts, "").await,
        Err(error) => report(scope, import, &BTreeMap::new(), &error.message).await,
    }
}

/// Reads a package into an import that changes nothing yet.
pub async fn preview(scope: &Scope, path: &Path, options: &Options, tell: &Tell) -> Result<Uuid> {
    let import = begin(scope, options).await?;
    run(scope, import, path, options, tell).await?;
    Ok(import)
}

/// What an import that changes nothing yet would do.
pub async fn previewed(scope: &Scope, import: Uuid) -> Result<Report> {
    report(scope, import, &BTreeMap::new(), "").await
}

/// Has a package read while the caller goes on; the file is removed then.
async fn preview_in_background(scope: &Scope, path: PathBuf, options: Options) -> Result<Uuid> {
    let import = begin(scope, &options).await?;
    let scope = scope.clone();
    tokio::spawn(async move {
        if let Err(error) = run(&scope, import, &path, &options, &|_| ()).await {
            tracing::warn!(%import, %error, "a roster was not read to its end");
        }
        drop(std::fs::remove_file(&path));
    });
    Ok(import)
}

async fn begin(scope: &Scope, options: &Options) -> Result<Uuid> {
    clear(scope).await?;
    let encoding = match options.encoding {
        Said::Auto => "",
        Said::Utf8 => "UTF-8",
        Said::Cp932 => "CP932",
    };
    let file_name: String = options.file_name.chars().take(200).collect();
    store::begin(scope, &file_name, encoding).await
}

async fn run(scope: &Scope, import: Uuid, path: &Path, options: &Options, tell: &Tell) -> Result<()> {
    let done = read(scope, import, path, options, tell).await;
    if done.is_err() {
        let mut tx = scope.begin("roster import read").await?;
        store::end(&mut tx, import, State::Failed).await?;
        tx.commit().await?;
    }
    done
}

async fn read(scope: &Scope, import: Uuid, path: &Path, options: &Options, tell: &Tell) -> Result<()> {
    let package = match Package::open(path, options.encoding) {
        Ok(package) => package,
        Err(problems) => {
            let mut findings = Findings::default();
            problems.into_iter().for_each(|problem| findings.add(problem));
            findings.write(scope, import).await?;
            return end(scope, import, State::Failed, &findings, &BTreeMap::new(), &[], "").await;
        }
    };
    let mut told = store::told(scope).await?;
    let sql = "SELECT count(*) FROM (SELECT 1 FROM pupil LIMIT 1) p";
    let (pupils,): (i64,) = on!(scope.read(), c => sqlx::query_as(sql).fetch_one(c).await?);
    let stage = Stage {
        scope,
        import,
        today: scope.today(),
        yours: Yours::of(scope).await?,
        first: pupils == 0,
        findings: Findings::default(),
        unchanged: BTreeMap::new(),
        unmatched: HashSet::new(),
        candidates: HashMap::new(),
        spans: Spans::new(scope.today()),
        seq: 0,
    };
    let mut reading = Reading {
        stage,
        package: &package,
        facts: facts::Facts::default(),
        schools: BTreeSet::new(),
        duty_rows: Stream::new(&mut told),
        told,
        made: Vec::new(),
        removed: Vec::new(),
        enrolments: ids::Ids::default(),
        duties: ids::Ids::default(),
        excused: HashSet::new(),
        enrolments_met: Met::default(),
        duties_met: Met::default(),
        damaged: BTreeSet::new(),
        disabled: Vec::new(),
        special: HashSet::new(),
        rows: 0,
        tell,
    };
    reading.read().await?;
    let refused = ALL_OR_NOTHING.iter().any(|rule| reading.stage.findings.any(rule));
    if !refused {
        reading.find_leaving().await?;
        reading.find_guests().await?;
        reading.find_two_homes().await?;
    }
    let schools: Vec<Uuid> = reading.schools.iter().copied().collect();
    store::add_schools(scope, import, &schools).await?;
    let rows = reading.rows;
    let Reading { mut stage, made, .. } = reading;
    hand::find(&mut stage).await?;
    suspicion::mark(&stage).await?;
    stage.findings.write(scope, import).await?;
    tell(rows);
    store::tell(scope, import, rows, package.version().name()).await?;
    let becomes = if refused { State::Failed } else { State::Read };
    let encoding = encoding_of(&package);
    end(scope, import, becomes, &stage.findings, &stage.unchanged, &made, &encoding).await
}

/// What makes a package be refused as a whole: it is somebody else's, or nobody knows what else it says.
const ALL_OR_NOTHING: [&Rule; 4] =
    [&rules::NOT_YOUR_SCHOOL, &rules::YEAR_OF_BOARD, &oneroster::rules::UNREADABLE, &oneroster::rules::FILE_TOO_LARGE];

/// Ends a reading with its sums.
async fn end(
    scope: &Scope,
    import: Uuid,
    state: State,
    findings: &Findings,
    unchanged: &BTreeMap<Record, usize>,
    rows: &[(Record, Vec<stream::Key>)],
    encoding: &str,
) -> Result<()> {
    let mut tx = scope.begin("roster import read").await?;
    let counts = counts::count(&mut tx, import, unchanged).await?;
    let suspicion = suspicion::token(&mut tx, import).await?;
    for (record, keys) in rows {
        store::keep_rows(&mut tx, import, *record, keys).await?;
    }
    let (counts, found) = (record::json(&counts), record::json(&findings.found()));
    let sql = "UPDATE roster_import SET counts = $2, finding_counts = $3, suspicion = $4, encoding = CASE WHEN encoding = '' THEN $5 ELSE encoding END
               WHERE id = $1";
    on!(tx.connection(), c => sqlx::query(sql).bind(import).bind(counts).bind(found).bind(suspicion).bind(encoding).execute(c).await?
        .rows_affected());
    store::end(&mut tx, import, state).await?;
    tx.commit().await
}

/// The new pupils who may be known by another UUID, by the numbers of their changes.
async fn unmatched(scope: &Scope, import: Uuid) -> Result<HashSet<i64>> {
    let sql = "SELECT seq FROM roster_import_change WHERE import = $1 AND kind = 'UNMATCHED'";
    let rows: Vec<(i64,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(import).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(seq,)| seq).collect())
}

/// How the files of a package turned out to be encoded.
fn encoding_of(package: &Package) -> String {
    let found: BTreeSet<String> = File::ALL.iter().filter_map(|file| package.encoding(*file)).map(|of| of.to_string()).collect();
    if found.is_empty() { "ASCII".to_owned() } else { found.into_iter().collect::<Vec<_>>().join(", ") }
}
