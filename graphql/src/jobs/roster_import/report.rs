//! What an import did, for whoever runs it from the command line.
use super::counts::Count;
use super::findings::{Found, Tally};
use super::record::{Record, json, read};
use super::shown::{RosterFinding, findings_of};
use super::store::{self, State};
use crate::access::scope::Scope;
use crate::access::tx::Put;
use crate::db::on;
use crate::error::{Error, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What an import did.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The import.
    pub import: Uuid,
    /// What has become of it.
    pub state: String,
    /// Schools.
    pub schools: Put,
    /// School years.
    pub academic_years: Put,
    /// Classes.
    pub classes: Put,
    /// Pupils.
    pub pupils: Put,
    /// Staff.
    pub staff: Put,
    /// Duties of staff.
    pub duties: Put,
    /// Enrolments of pupils.
    pub enrolments: Put,
    /// What it would change, or has changed, by kind of record.
    pub counts: Vec<Count>,
    /// Rows that were left out, and why: of each code in each column the first thousand.
    pub problems: Vec<RosterFinding>,
    /// How many rows were left out.
    pub left_out: u64,
    /// What somebody should look at: of each code in each column the first thousand.
    pub warnings: Vec<RosterFinding>,
    /// How often each was found, all of them counted.
    pub found: Vec<Tally>,
    /// Why nothing was applied; empty if it was.
    pub refused: String,
}

impl Report {
    /// Whether everything in the package was taken.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let waiting = |count: &Count| count.unmatched > 0 || count.conflicts > 0;
        self.refused.is_empty() && self.left_out == 0 && !self.counts.iter().any(waiting)
    }
}

/// What has become of an import; `puts` is what was written, `refused` why nothing was.
pub(super) async fn report(scope: &Scope, import: Uuid, puts: &BTreeMap<Record, Put>, refused: &str) -> Result<Report> {
    let row = store::find(scope, import).await?.ok_or(Error::Internal)?;
    let mut counts: Vec<Count> = read(&row.counts)?;
    if row.state == State::Committed {
        take_off_waiting(scope, import, &mut counts).await?;
    }
    let found: Found = read(&row.finding_counts)?;
    let put = |record| {
        let passed_over = counts.iter().find(|count| count.record == record).map_or(0, |count| count.unchanged + count.kept);
        let put = puts.get(&record).copied().unwrap_or_default();
        Put { unchanged: put.unchanged + passed_over, ..put }
    };
    Ok(Report {
        import,
        state: json(&row.state).trim_matches('"').to_owned(),
        schools: put(Record::School),
        academic_years: put(Record::AcademicYear),
        classes: put(Record::Class),
        pupils: put(Record::Pupil),
        staff: put(Record::Staff),
        duties: put(Record::Duty),
        enrolments: put(Record::Enrolment),
        problems: findings_of(scope, import, "ERROR").await?,
        left_out: found.left_out,
        warnings: findings_of(scope, import, "WARNING").await?,
        counts,
        found: found.tallies,
        refused: refused.to_owned(),
    })
}

/// Whoever is as yet in school, because a new pupil may be the same person, has not left.
async fn take_off_waiting(scope: &Scope, import: Uuid, counts: &mut [Count]) -> Result<()> {
    let sql =
        "SELECT record, count(*) FROM roster_import_change WHERE import = $1 AND left_out AND kind = 'LEAVING' GROUP BY record";
    let waiting: Vec<(Record, i64)> = on!(scope.read(), c => sqlx::query_as(sql).bind(import).fetch_all(c).await?);
    for (record, waiting) in waiting {
        let waiting = usize::try_from(waiting).unwrap_or_default();
        counts.iter_mut().filter(|count| count.record == record).for_each(|count| count.leaving -= waiting.min(count.leaving));
    }
    Ok(())
}
