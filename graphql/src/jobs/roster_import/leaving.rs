//! Who is not in the package any more: their places in classes and their duties end, and nothing is deleted.
use super::ids::Ids;
use super::read::{Reading, Removed};
use super::record::{Kept, Record, json};
use super::rules;
use super::stage::{LOT, Stage};
use super::store::{self, Change, ChangeKind, Source};
use super::stream::Met;
use crate::access::duty::Duty;
use crate::access::tx::Tx;
use crate::clock::{NO_END, not_replaced};
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::formats::oneroster::{File, Finding, Mode, Severity};
use crate::roster::enrolment::Enrolment;
use chrono::{Days, NaiveDate};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Sources are walked through in pages of this many.
const PAGE: i64 = 5_000;

impl Reading<'_> {
    /// What a bulk package does not have any more, and what a delta takes out.
    pub(super) async fn find_leaving(&mut self) -> Result<()> {
        let (places, roles) = (self.is_all_of(File::Enrollments), self.is_all_of(File::Roles));
        if places {
            let absent = absent(&self.stage, Record::Enrolment, &self.enrolments, &self.excused, &self.enrolments_met).await?;
            self.end_places(&absent, 0).await?;
        }
        if places && roles {
            let absent = absent(&self.stage, Record::Duty, &self.duties, &self.excused, &self.duties_met).await?;
            self.end_duties(&absent, 0).await?;
        }
        for (removed, line) in std::mem::take(&mut self.removed) {
            let (places, duties) = match removed {
                Removed::Row(id) => (vec![id], vec![id]),
                Removed::Person(id) => self.held_by(id).await?,
            };
            self.end_places(&places, line).await?;
            self.end_duties(&duties, line).await?;
        }
        self.end_duties_of_disabled().await
    }

    /// Whether a file is the whole of what there is: in bulk, and every row of it could be told from the others.
    fn is_all_of(&mut self, file: File) -> bool {
        let bulk = self.package.mode(file) == Mode::Bulk;
        let damaged = self.damaged.contains(file.name());
        if bulk && damaged && !self.stage.first {
            self.stage.findings.add(Finding::new(Severity::Warning, &rules::NOBODY_LEAVES, file.name(), 0));
        }
        bulk && !damaged
    }

    /// Whoever's account is not enabled has no duty of the roster's any more, whether or not the package has the duty.
    async fn end_duties_of_disabled(&mut self) -> Result<()> {
        for chunk in std::mem::take(&mut self.disabled).chunks(LOT) {
            let mut tx = self.stage.scope.begin("roster import read").await?;
            let held: Vec<(Uuid, Uuid)> = on!(tx.connection(), c => {
                let mut sql = sqlx::QueryBuilder::new("SELECT holder, id FROM duty WHERE ends >= ");
                sql.push_bind(self.stage.today).push(" AND holder IN (");
                bind_ids(&mut sql, chunk.iter().map(|(holder, _)| *holder));
                sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
            });
            tx.commit().await?;
            for (holder, line) in chunk {
                let duties: Vec<Uuid> = held.iter().filter(|(of, _)| of == holder).map(|(_, id)| *id).collect();
                self.end_duties(&duties, *line).await?;
            }
        }
        Ok(())
    }

    /// The places of a person that an import has given, and their duties.
    async fn held_by(&self, person: Uuid) -> Result<(Vec<Uuid>, Vec<Uuid>)> {
        let mut tx = self.stage.scope.begin("roster import read").await?;
        let sql = "SELECT id FROM enrolment WHERE pupil = $1 AND known_until = $2 AND ends >= $3";
        let places: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(person).bind(not_replaced())
            .bind(self.stage.today).fetch_all(c).await?);
        let duties = crate::access::duty::held_by(&mut tx, person).await?;
        let first = |rows: Vec<(Uuid,)>| rows.into_iter().map(|(id,)| id).collect();
        Ok((first(places), duties.into_iter().map(|duty| duty.id).collect()))
    }

    async fn end_places(&mut self, ids: &[Uuid], line: u64) -> Result<()> {
        for chunk in ids.chunks(LOT) {
            let mut tx = self.stage.scope.begin("roster import read").await?;
            let (sources, settled) = said_of(&mut tx, &self.stage, Record::Enrolment, chunk).await?;
            let stored: Vec<Enrolment> = tx.of_ids(Enrolment::SELECT, chunk).await?;
            let years = years_of(&mut tx, stored.iter().map(|place| place.class)).await?;
            let mut changes = Vec::new();
            for place in stored.into_iter().filter(|place| !settled.contains(&place.id)) {
                // A package that has not this school, or not this year, says nothing of it; a class of theirs may be gone as a whole.
                let (year, year_ends) = years[&place.class];
                let spoken_of = line > 0 || (self.schools.contains(&place.school) && self.facts.years.contains_key(&year));
                let Some(source) = sources.get(&place.id).filter(|_| spoken_of && self.stage.yours.has(place.school)) else {
                    continue;
                };
                let mut change = self.ended(&place, source, line, (place.ends, year_ends), |last| {
                    (place.begins <= last).then(|| Enrolment { ends: last, ..place.clone() })
                });
                // Whether the pupil leaves or has another id from now on is one question.
                change.candidate =
                    self.stage.candidates.get(&place.pupil).copied().filter(|_| change.kind == ChangeKind::Leaving);
                changes.push(change);
            }
            self.stage.write(&mut tx, changes).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Whether the package has every school that there is: else it says nothing of who is of the board.
    async fn speaks_of_the_board(&self) -> Result<bool> {
        let rows: Vec<(Uuid,)> = on!(self.stage.scope.read(), c => sqlx::query_as("SELECT id FROM school").fetch_all(c).await?);
        Ok(rows.iter().all(|(school,)| self.schools.contains(school)))
    }

    async fn end_duties(&mut self, ids: &[Uuid], line: u64) -> Result<()> {
        let of_board = self.stage.yours.all() && (line > 0 || !ids.is_empty() && self.speaks_of_the_board().await?);
        for chunk in ids.chunks(LOT) {
            let mut tx = self.stage.scope.begin("roster import read").await?;
            let (sources, settled) = said_of(&mut tx, &self.stage, Record::Duty, chunk).await?;
            let stored: Vec<Duty> = tx.of_ids(Duty::SELECT, chunk).await?;
            let years = years_of(&mut tx, stored.iter().filter_map(|duty| duty.class)).await?;
            let mut changes = Vec::new();
            for duty in stored.into_iter().filter(|duty| !settled.contains(&duty.id)) {
                let year = duty.class.map(|class| years[&class]);
                let of_year = year.is_none_or(|(year, _)| self.facts.years.contains_key(&year));
                let spoken_of = line > 0 || (of_year && duty.school.map_or(of_board, |school| self.schools.contains(&school)));
                let mine = duty.school.map_or(of_board, |school| self.stage.yours.has(school));
                let mine = mine && duty.may_be_given(self.stage.scope, &self.stage.yours);
                let Some(source) = sources.get(&duty.id).filter(|_| spoken_of && mine) else { continue };
                let ends = (duty.ends, year.map_or(NO_END, |(_, ends)| ends));
                changes.push(self.ended(&duty, source, line, ends, |last| Some(Duty { ends: last, ..duty.clone() })));
            }
            self.stage.write(&mut tx, changes).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// How a record of which the package does not speak any more ends: with yesterday, unless it is over or somebody here has ended it.
    /// `ends`: its last day, and the one that it has unless somebody ends it.
    fn ended<T: Kept>(
        &self,
        stored: &T,
        source: &Source,
        line: u64,
        (ends, usual): (NaiveDate, NaiveDate),
        until: impl FnOnce(NaiveDate) -> Option<T>,
    ) -> Change {
        let by_hand = ends < usual && !stored.is_as_said(&source.digest);
        let over = ends < self.stage.today;
        let kind = if over || by_hand { ChangeKind::Same } else { ChangeKind::Leaving };
        let mut change = Change::new(T::RECORD, stored.id(), kind, stored.place(), line);
        if kind == ChangeKind::Leaving {
            change.before = Some(json(stored));
            change.after = until(self.stage.today - Days::new(1)).as_ref().map(json);
        }
        change.said_before = Some(source.digest.clone());
        change
    }
}

/// The year of each of these classes, and its last day.
async fn years_of(tx: &mut Tx, classes: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, (Uuid, NaiveDate)>> {
    let classes: HashSet<Uuid> = classes.collect();
    if classes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Uuid, NaiveDate)> = on!(tx.connection(), c => {
        let mut sql = sqlx::QueryBuilder::new("SELECT c.id, y.id, y.ends FROM class c JOIN academic_year y ON y.id = c.academic_year WHERE c.id IN (");
        bind_ids(&mut sql, classes.iter().copied());
        sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|(class, year, ends)| (class, (year, ends))).collect())
}

/// What was last said of records, and of which of them this import has said something already.
async fn said_of(tx: &mut Tx, stage: &Stage<'_>, record: Record, ids: &[Uuid]) -> Result<(HashMap<Uuid, Source>, HashSet<Uuid>)> {
    let sources = store::sources(tx, record, ids).await?;
    let settled: Vec<(Uuid,)> = on!(tx.connection(), c => {
        let mut sql = sqlx::QueryBuilder::new("SELECT record_id FROM roster_import_change WHERE import = ");
        sql.push_bind(stage.import).push(" AND record = ").push_bind(record).push(" AND record_id IN (");
        bind_ids(&mut sql, ids.iter().copied());
        sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
    });
    Ok((sources, settled.into_iter().map(|(id,)| id).collect()))
}

/// The ids of which the last imports spoke and this package does not.
async fn absent(stage: &Stage<'_>, record: Record, seen: &Ids, excused: &HashSet<Uuid>, met: &Met) -> Result<Vec<Uuid>> {
    let sql = "SELECT count(*) FROM roster_source WHERE record = $1";
    let (all,): (i64,) = on!(stage.scope.read(), c => sqlx::query_as(sql).bind(record).fetch_one(c).await?);
    let left = usize::try_from(all).unwrap_or_default().saturating_sub(met.said_before);
    let absent = if left > met.missed.len() { not_seen(stage, record, seen).await? } else { missed(stage, record, met).await? };
    Ok(absent.into_iter().filter(|id| !seen.contains(*id) && !excused.contains(id)).collect())
}

/// The ids of the rows that did not come again.
async fn missed(stage: &Stage<'_>, record: Record, met: &Met) -> Result<Vec<Uuid>> {
    let mut ids = Vec::new();
    for chunk in met.missed.chunks(LOT) {
        let rows: Vec<(Uuid,)> = on!(stage.scope.read(), c => {
            let mut sql = sqlx::QueryBuilder::new("SELECT id FROM roster_source WHERE record = ");
            sql.push_bind(record).push(" AND substr(digest, 1, 8) IN (");
            let mut keys = sql.separated(", ");
            for key in chunk { keys.push_bind(key.to_be_bytes().to_vec()); }
            // In no order: SQLite would rather go through all of them by id than sort a few.
            sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
        });
        ids.extend(rows.into_iter().map(|(id,)| id));
    }
    ids.sort_unstable();
    Ok(ids)
}

/// The ids of which this package says nothing, where nobody knows which rows the last import was made of.
async fn not_seen(stage: &Stage<'_>, record: Record, seen: &Ids) -> Result<Vec<Uuid>> {
    let mut absent = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let sql = "SELECT id FROM roster_source WHERE record = $1 AND id > $2 ORDER BY id LIMIT $3";
        let page: Vec<(Uuid,)> =
            on!(stage.scope.read(), c => sqlx::query_as(sql).bind(record).bind(after).bind(PAGE).fetch_all(c).await?);
        let Some((last,)) = page.last() else { return Ok(absent) };
        after = *last;
        absent.extend(page.into_iter().map(|(id,)| id).filter(|id| !seen.contains(*id)));
    }
}
