//! Reading a package, file by file in the order in which rows refer to one another, into an import that can be looked at.
use super::facts::{ClassFacts, Facts};
use super::ids::Ids;
use super::record::{Digest, Kept, Record};
use super::stage::Stage;
use super::stream::Stream;
use super::{Tell, rules};
use crate::access::duty::Duty;
use crate::error::Result;
use crate::formats::oneroster::{self, ClassRow, File, Finding, Mode, Package, Records, Rule, Severity};
use crate::roster::academic_year::AcademicYear;
use crate::roster::board::Board;
use crate::roster::class::{Class, ClassKind};
use crate::roster::school::School;
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Rows between two words on how far it is.
const TOLD_EVERY: u64 = 50_000;

/// The days between two, both included.
pub(super) type Days = (NaiveDate, NaiveDate);

/// A package that is being read.
pub(super) struct Reading<'a> {
    pub(super) stage: Stage<'a>,
    pub(super) package: &'a Package,
    pub(super) facts: Facts,
    /// The schools that the package speaks of.
    pub(super) schools: BTreeSet<Uuid>,
    /// The lots of the last import.
    pub(super) lots: HashMap<Record, Vec<u8>>,
    /// The lots of this one.
    pub(super) made: Vec<(Record, Vec<u8>)>,
    /// What a delta takes out.
    pub(super) removed: Vec<(Removed, u64)>,
    /// The ids of every place in a class, and of every duty.
    pub(super) enrolments: Ids,
    pub(super) duties: Ids,
    /// Rows that say something which could not be read or taken: what is stored of them stays as it is.
    pub(super) excused: HashSet<Uuid>,
    /// How many places and duties of the package the last import had too.
    pub(super) enrolments_said: usize,
    pub(super) duties_said: usize,
    /// Duties, of both files that give them.
    pub(super) duty_rows: Stream<Duty>,
    /// When pupils are in a special-needs class.
    pub(super) special: HashMap<Uuid, Vec<Days>>,
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
        self.read_courses().await?;
        if self.is_partial(File::Classes) {
            self.facts.add_stored_classes(scope).await?;
        }
        self.read_classes().await?;
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

    pub(super) fn stream<T: Kept>(&self) -> Stream<T> {
        Stream::new(&self.lots)
    }

    /// What a row says, if nothing leaves it out; what was found in it is kept.
    pub(super) async fn row<T: Send>(&mut self, row: oneroster::Record<T>) -> Result<(u64, Option<T>)> {
        for finding in row.findings {
            self.stage.findings.add(finding);
        }
        if row.value.is_none() {
            self.excused.extend(row.id);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(TOLD_EVERY) {
            (self.tell)(self.rows);
            super::store::tell(self.stage.scope, self.stage.import, self.rows, self.package.version().name()).await?;
        }
        if self.stage.findings.many() {
            self.stage.findings.write(self.stage.scope, self.stage.import).await?;
        }
        if self.rows.is_multiple_of(512) {
            tokio::task::yield_now().await;
        }
        Ok((row.line, row.value))
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
            self.found(Severity::Error, &rules::ID_TWICE, (&*sheet, line), "sourcedId", id);
        }
        first
    }

    /// Ends a stream of rows, and keeps its lots.
    pub(super) async fn finish<T: Kept>(&mut self, stream: &mut Stream<T>, sheet: &Sheet) -> Result<()> {
        self.stage.finish(stream, sheet.file).await?;
        *self.stage.unchanged.entry(T::RECORD).or_default() += stream.unchanged;
        self.made.push((T::RECORD, stream.lots()));
        Ok(())
    }

    async fn read_orgs(&mut self) -> Result<()> {
        let (mut sheet, mut boards, mut schools) = (Sheet::of(File::Orgs), self.stream::<Board>(), self.stream::<School>());
        let mut parents: Vec<(u64, Uuid)> = Vec::new();
        for row in self.package.orgs() {
            let (line, org) = self.row(row).await?;
            let Some(org) = org.filter(|org| self.first(&mut sheet, line, org.id)) else { continue };
            if org.removed {
                self.found(Severity::Warning, &rules::KEPT_FOR_HISTORY, (&sheet, line), "status", "tobedeleted");
                continue;
            }
            parents.extend(org.parent.map(|parent| (line, parent)));
            if !org.school {
                self.facts.boards.insert(org.id);
                boards.push(line, Board { id: org.id, code: org.code, name: org.name });
            } else if self.stage.yours.has(org.id) {
                self.facts.schools.insert(org.id);
                self.schools.insert(org.id);
                schools.push(line, School { id: org.id, code: org.code, name: org.name });
            } else {
                self.found(Severity::Error, &rules::NOT_YOUR_SCHOOL, (&sheet, line), "sourcedId", org.id);
            }
        }
        for (line, parent) in parents {
            if !self.facts.is_org(parent) {
                self.found(Severity::Warning, &rules::NO_SUCH_ORG, (&sheet, line), "parentSourcedId", parent);
            }
        }
        self.finish(&mut boards, &sheet).await?;
        self.finish(&mut schools, &sheet).await
    }

    async fn read_sessions(&mut self) -> Result<()> {
        let (mut sheet, mut years) = (Sheet::of(File::AcademicSessions), self.stream::<AcademicYear>());
        for row in self.package.sessions() {
            let (line, session) = self.row(row).await?;
            let Some(session) = session.filter(|session| self.first(&mut sheet, line, session.id)) else {
                years.spoil();
                continue;
            };
            if session.removed {
                self.found(Severity::Warning, &rules::KEPT_FOR_HISTORY, (&sheet, line), "status", "tobedeleted");
                continue;
            }
            self.facts.years.insert(session.id, session.begins);
            let oneroster::Session { id, title, year, begins, ends, .. } = session;
            years.push(line, AcademicYear { id, title, year, begins, ends });
        }
        self.finish(&mut years, &sheet).await
    }

    /// Courses are looked at, for the classes that refer to them, and not kept.
    async fn read_courses(&mut self) -> Result<()> {
        let mut sheet = Sheet::of(File::Courses);
        for row in self.package.courses() {
            let (line, course) = self.row(row).await?;
            let Some(course) = course.filter(|course| self.first(&mut sheet, line, course.id)).filter(|course| !course.removed)
            else {
                continue;
            };
            self.facts.courses.insert(course.id);
            if let Some(org) = course.org.filter(|org| !self.facts.is_org(*org)) {
                self.found(Severity::Warning, &rules::NO_SUCH_ORG, (&sheet, line), "orgSourcedId", org);
            }
            if let Some(year) = course.session.filter(|year| !self.facts.years.contains_key(year)) {
                self.found(Severity::Warning, &rules::NO_SUCH_SESSION, (&sheet, line), "schoolYearSourcedId", year);
            }
        }
        Ok(())
    }

    async fn read_classes(&mut self) -> Result<()> {
        let (mut sheet, mut classes) = (Sheet::of(File::Classes), self.stream::<Class>());
        for row in self.package.classes() {
            let (line, class) = self.row(row).await?;
            let class = class.filter(|class| self.first(&mut sheet, line, class.id));
            if class.as_ref().is_some_and(|class| class.removed) {
                self.found(Severity::Warning, &rules::KEPT_FOR_HISTORY, (&sheet, line), "status", "tobedeleted");
                continue;
            }
            match class.and_then(|class| self.class(&sheet, line, class)) {
                Some(class) => classes.push(line, class),
                None => classes.spoil(),
            }
            self.stage.settle_many(&mut classes, sheet.file).await?;
        }
        self.finish(&mut classes, &sheet).await
    }

    fn class(&mut self, sheet: &Sheet, line: u64, row: ClassRow) -> Option<Class> {
        let at = (sheet, line);
        if !self.facts.schools.contains(&row.school) {
            let rule = if self.facts.boards.contains(&row.school) { &rules::NOT_A_SCHOOL } else { &rules::NO_SUCH_ORG };
            return self.wrong(rule, at, "schoolSourcedId", row.school);
        }
        let unknown = row.terms.iter().find(|year| !self.facts.years.contains_key(year));
        if let Some(year) = unknown.copied() {
            return self.wrong(&rules::NO_SUCH_SESSION, at, "termSourcedIds", year);
        }
        let academic_year = *row.terms.first()?;
        if let Some(course) = row.course.filter(|course| self.lists(File::Courses) && !self.facts.courses.contains(course)) {
            // Courses are not kept: the class can be read without.
            self.found(Severity::Warning, &rules::NO_SUCH_COURSE, at, "courseSourcedId", course);
        }
        self.schools.insert(row.school);
        let facts = ClassFacts {
            school: row.school,
            begins: self.facts.years[&academic_year],
            homeroom: row.homeroom,
            special_needs: row.special_needs,
        };
        self.facts.classes.insert(row.id, facts);
        Some(Class {
            id: row.id,
            school: row.school,
            academic_year,
            kind: if row.homeroom { ClassKind::Homeroom } else { ClassKind::Scheduled },
            name: row.title,
            grades: row.grades.replace(' ', ""),
            subjects: if row.subject_codes.is_empty() { row.subjects } else { row.subject_codes },
            special_needs: row.special_needs,
        })
    }
}

/// Reads and digests every row of a package, and nothing else: what any import has to do at the least.
#[must_use]
pub fn digest_alone(package: &Package) -> (u64, Digest) {
    let (mut rows, mut all) = (0, [0; 16]);
    let mut add = |digest: Digest| {
        rows += 1;
        all.iter_mut().zip(digest).for_each(|(sum, byte)| *sum ^= byte);
    };
    each(package.orgs(), &mut add);
    each(package.sessions(), &mut add);
    each(package.courses(), &mut add);
    each(package.classes(), &mut add);
    each(package.user_profiles(), &mut add);
    each(package.roles(), &mut add);
    each(package.demographics(), &mut add);
    each(package.users(), &mut add);
    each(package.enrollments(), &mut add);
    (rows, all)
}

fn each<T: serde::Serialize>(records: Records<T>, add: &mut impl FnMut(Digest)) {
    for value in records.filter_map(|row| row.value) {
        add(super::record::digest(super::record::json(&value).as_bytes()));
    }
}
