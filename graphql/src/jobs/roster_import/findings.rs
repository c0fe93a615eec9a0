//! What was wrong with a package: counted whole, kept as far as anybody reads.
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::Result;
use crate::formats::oneroster::{Finding, Rule, Severity};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// The most findings of one code in one column that are kept one by one.
const MOST: u64 = 1_000;

/// How often something was found in a column of a file.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// `ERROR` or `WARNING`.
    pub severity: String,
    /// The stable name of what was found.
    pub code: String,
    /// The file; empty for the package as a whole.
    pub file: String,
    /// The column; empty for rows as a whole.
    pub column: String,
    /// How often.
    pub count: u64,
}

/// What was found in a package, as it is kept with the import.
#[derive(Serialize, Deserialize, Clone, Debug, Default)]
pub(super) struct Found {
    /// How many rows were left out.
    pub(super) left_out: u64,
    pub(super) tallies: Vec<Tally>,
}

pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
    }
}

type Key = (Severity, &'static str, &'static str, String);

/// The findings of an import, as they come.
#[derive(Default)]
pub(super) struct Findings {
    counts: BTreeMap<Key, u64>,
    /// Where the errors are: a row may have many.
    left_out: HashSet<(&'static str, u64)>,
    buffer: Vec<(i64, Finding)>,
    seq: i64,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        let count = self.counts.entry((finding.severity, finding.code, finding.file, finding.column.clone())).or_default();
        *count += 1;
        if finding.severity == Severity::Error {
            self.left_out.insert((finding.file, finding.line));
        }
        self.seq += 1;
        if *count <= MOST {
            self.buffer.push((self.seq, finding));
        }
    }

    /// Whether something was found at all.
    pub(super) fn any(&self, rule: &Rule) -> bool {
        self.counts.keys().any(|(_, code, ..)| *code == rule.code)
    }

    /// Whether it is time to write.
    pub(super) fn many(&self) -> bool {
        self.buffer.len() >= 500
    }

    pub(super) fn found(&self) -> Found {
        let count = |((of, code, file, column), count): (&Key, &u64)| Tally {
            severity: severity(*of).to_owned(),
            code: (*code).to_owned(),
            file: (*file).to_owned(),
            column: column.clone(),
            count: *count,
        };
        Found { left_out: self.left_out.len() as u64, tallies: self.counts.iter().map(count).collect() }
    }

    /// Writes what is waiting.
    pub(super) async fn write(&mut self, scope: &Scope, import: Uuid) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let mut tx = scope.begin("roster import read").await?;
        for chunk in self.buffer.chunks(500) {
            insert(&mut tx, import, chunk).await?;
        }
        self.buffer.clear();
        tx.commit().await
    }
}

async fn insert(tx: &mut Tx, import: Uuid, findings: &[(i64, Finding)]) -> Result<()> {
    let sql = "INSERT INTO roster_import_finding (import, seq, severity, code, file, line, column_name, value, message, advice) ";
    on!(tx.connection(), c => QueryBuilder::new(sql).push_values(findings, |mut row, (seq, finding)| {
        row.push_bind(import).push_bind(*seq).push_bind(severity(finding.severity)).push_bind(finding.code).push_bind(finding.file)
            .push_bind(finding.line.cast_signed()).push_bind(finding.column.clone()).push_bind(finding.value.clone())
            .push_bind(finding.message.clone()).push_bind(finding.advice.clone());
    }).build().persistent(false).execute(c).await?.rows_affected());
    Ok(())
}
