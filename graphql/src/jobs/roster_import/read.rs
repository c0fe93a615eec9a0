//! Reading a package, file by file in the order in which rows refer to one another, into an import that can be looked at.
use super::ahead::Ahead;
use super::facts::Facts;
use super::ids::Ids;
use super::record::{Kept, Record};
use super::stage::Stage;
use super::store;
use super::stream::{Key, Met, Stream};
use super::{Tell, rules};
use crate::access::duty::Duty;
use crate::error::Result;
use crate::formats::oneroster::{self, File, Finding, Mode, Package, Rule, Severity};
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Rows between two words on how far it is.
const TOLD_EVERY: u64 = 50_000;

/// What makes more of a file unreadable than one row: other rows may be lost with it.
const DAMAGE: [&Rule; 6] = [
    &oneroster::rules::UNREADABLE,
    &oneroster::rules::FILE_TOO_LARGE,
    &oneroster::rules::ROW_TOO_LONG,
    &oneroster::rules::ROW_UNREADABLE,
    &oneroster::rules::ROW_LENGTH,
    &oneroster::rules::TEXT_BROKEN,
];

/// The days between two, both included.
pub(super) type Days = (NaiveDate, NaiveDate);

/// A package that is being read.
pub(super) struct Reading<'a> {
    pub(super) stage: Stage<'a>,
    pub(super) package: &'a Package,
    pub(super) facts: Facts,
    /// The schools that the package speaks of.
    pub(super) schools: BTreeSet<Uuid>,
    /// The rows that the last import was made of.
    pub(super) told: HashMap<Record, Vec<Key>>,
    /// The rows of this one.
    pub(super) made: Vec<(Record, Vec<Key>)>,
    /// What a delta takes out.
    pub(super) removed: Vec<(Removed, u64)>,
    /// The ids of every place in a class, and of every duty.
    pub(super) enrolments: Ids,
    pub(super) duties: Ids,
    /// Rows that say something which could not be read or taken: what is stored of them stays as it is.
    pub(super) excused: HashSet<Uuid>,
    /// What the package has of the places and duties of the last import.
    pub(super) enrolments_met: Met,
    pub(super) duties_met: Met,
    /// Duties, of both files that give them.
    pub(super) duty_rows: Stream<Duty>,
    /// Files with rows that cannot be read at all, so that nobody knows who is not in them.
    pub(super) damaged: BTreeSet<&'static str>,
    /// Members of staff whose account is not enabled, and the lines that say so.
    pub(super) disabled: Vec<(Uuid, u64)>,
    /// Whom the package has in a special-needs class.
    pub(super) special: HashSet<Uuid>,
    pub(super) rows: u64,
    pub(super) tell: &'a Tell,
}

/// What a row of a delta takes out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Removed {
    /// A row of enrollments.csv or roles.csv: a place in a class, or a duty.
    Row(Uuid),
    /// A person, with all places and duties.
    Person(Uuid),
}

/// A file while its rows are read.
pub(super) struct Sheet {
    pub(super) file: &'static str,
    ids: Ids,
}

impl Sheet {
    pub(super) fn of(file: File) -> Self {
        Sheet { file: file.name(), ids: Ids::default() }
    }

    /// The ids of its rows.
    pub(super) fn ids(&self) -> &Ids {
        &self.ids
    }

    pub(super) fn into_ids(self) -> Ids {
        self.ids
    }
}

impl Reading<'_> {
    /// Reads every file.
    pub(super) async fn read(&mut self) -> Result<()> {
        for finding in self.package.findings() {
            self.stage.findings.add(finding.clone());
        }
        let scope = self.stage.scope;
        if self.is_partial(File::Orgs) {
            self.facts.add_stored_orgs(scope).await?;
        }
        self.read_orgs().await?;
        if self.is_partial(File::AcademicSessions) {
            self.facts.add_stored_years(scope).await?;
        }
        self.read_sessions().await?;
        if self.stage.findings.any(&rules::YEAR_OF_BOARD) {
            return self.stage.findings.write(scope, self.stage.import).await;
        }
        self.read_courses().await?;
        if self.is_partial(File::Classes) {
            self.facts.add_stored_classes(scope).await?;
        }
        self.read_classes().await?;
        self.stage.spans.find(scope, &self.facts.classes, &self.facts.years, self.stage.first).await?;
        if self.is_partial(File::Users) || self.is_partial(File::Roles) {
            self.facts.add_stored_people(scope).await?;
        }
        self.read_people().await?;
        self.read_enrollments().await?;
        self.stage.findings.write(scope, self.stage.import).await
    }

    /// Whether rows may refer to what a file does not list.
    fn is_partial(&self, file: File) -> bool {
        matches!(self.package.mode(file), Mode::Delta | Mode::Absent)
    }

    pub(super) fn lists(&self, file: File) -> bool {
        matches!(self.package.mode(file), Mode::Bulk | Mode::Unsaid)
    }

    pub(super) fn stream<T: Kept>(&mut self) -> Stream<T> {
        Stream::new(&mut self.told)
    }

    /// The line of the next row, and what it says, if nothing leaves it out; what was found in it is kept.
    pub(super) async fn next<T: Send + 'static>(&mut self, rows: &mut Ahead<T>) -> Result<Option<(u64, Option<T>)>> {
        let Some(row) = rows.next().await? else { return Ok(None) };
        for finding in row.findings {
            let nameless = row.id.is_none() && finding.severity == Severity::Error;
            if nameless || DAMAGE.iter().any(|rule| rule.code == finding.code) {
                self.damaged.insert(finding.file);
            }
            self.stage.findings.add(finding);
        }
        if row.value.is_none() {
            self.excused.extend(row.id);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(TOLD_EVERY) {
            (self.tell)(self.rows);
            store::tell(self.stage.scope, self.stage.import, self.rows, self.package.version().name()).await?;
        }
        if self.stage.findings.many() {
            self.stage.findings.write(self.stage.scope, self.stage.import).await?;
        }
        if self.rows.is_multiple_of(512) {
            tokio::task::yield_now().await;
        }
        Ok(Some((row.line, row.value)))
    }

    #[expect(clippy::needless_pass_by_value, reason = "ids, days and words are handed over as they are")]
    pub(super) fn found(&mut self, severity: Severity, rule: &Rule, at: (&Sheet, u64), column: &str, value: impl ToString) {
        self.stage.findings.add(Finding::new(severity, rule, at.0.file, at.1).at(column, &value.to_string()));
    }

    /// An error that leaves a row out.
    pub(super) fn wrong<T>(&mut self, rule: &Rule, at: (&Sheet, u64), column: &str, value: impl ToString) -> Option<T> {
        self.found(Severity::Error, rule, at, column, value);
        None
    }

    /// Whether the id of a row is the first of its kind in the file.
    pub(super) fn first(&mut self, sheet: &mut Sheet, line: u64, id: Uuid) -> bool {
        let first = sheet.ids.insert(id);
        if !first {
            // Which row should have had another id, nobody knows.
            self.damaged.insert(sheet.file);
            self.found(Severity::Error, &rules::ID_TWICE, (&*sheet, line), "sourcedId", id);
        }
        first
    }

    /// Ends a stream of rows, and keeps which they were.
    pub(super) async fn finish<T: Kept>(&mut self, mut stream: Stream<T>, sheet: &Sheet) -> Result<Met> {
        self.stage.settle(&mut stream, sheet.file).await?;
        *self.stage.unchanged.entry(T::RECORD).or_default() += stream.unchanged;
        self.made.push((T::RECORD, stream.keys()));
        Ok(stream.into_met())
    }
}
