//! The difference between what a package says and what is stored, row by row. Nothing but the import's own tables is written.
use super::findings::Findings;
use super::places;
use super::record::{Kept, Record, json, read};
use super::rules;
use super::spans::Spans;
use super::store::{self, Change, ChangeKind, Source};
use super::stream::{Said, Stream};
use super::yours::Yours;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::Result;
use crate::formats::name_fold::fold;
use crate::formats::oneroster::{Finding, Severity};
use crate::roster::enrolment::Enrolment;
use crate::roster::pupil::Pupil;
use chrono::NaiveDate;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// An import while its package is read.
pub(super) struct Stage<'a> {
    pub(super) scope: &'a Scope,
    pub(super) import: Uuid,
    pub(super) today: NaiveDate,
    /// Whose records may be changed.
    pub(super) yours: Yours,
    /// Whether there was no pupil at all before: then nobody can return, or be known by another UUID.
    pub(super) first: bool,
    pub(super) findings: Findings,
    /// Rows of each kind of record that are stored just so.
    pub(super) unchanged: BTreeMap<Record, usize>,
    /// New pupils who may be known by another UUID: their places wait with them.
    pub(super) unmatched: HashSet<Uuid>,
    /// Whom they may be, and who they are then: the places of those wait, too.
    pub(super) candidates: HashMap<Uuid, Uuid>,
    /// From when to when places and duties go.
    pub(super) spans: Spans,
    pub(super) seq: i64,
}

/// Rows are looked up in lots of this many.
pub(super) const LOT: usize = 500;
/// And written to the import in transactions of this many.
const PENDING: usize = 4 * LOT;

impl Stage<'_> {
    /// Looks up what is waiting, if there is much of it.
    pub(super) async fn settle_many<T: Kept>(&mut self, stream: &mut Stream<T>, file: &'static str) -> Result<()> {
        if stream.pending.len() >= PENDING { self.settle(stream, file).await } else { Ok(()) }
    }

    /// Looks up what is waiting.
    pub(super) async fn settle<T: Kept>(&mut self, stream: &mut Stream<T>, file: &'static str) -> Result<()> {
        if stream.pending.is_empty() {
            return Ok(());
        }
        let mut tx = self.scope.begin("roster import read").await?;
        let pending = std::mem::take(&mut stream.pending);
        for chunk in pending.chunks(LOT) {
            let mut changes = self.compare(&mut tx, stream, chunk, file).await?;
            if T::RECORD == Record::Enrolment {
                let said: Vec<Vec<u8>> = changes.iter().filter_map(|change| change.digest.clone()).collect();
                places::look(self, &mut tx, &mut changes).await?;
                let taken: HashSet<&[u8]> = changes.iter().filter_map(|change| change.digest.as_deref()).collect();
                said.iter().filter(|digest| !taken.contains(digest.as_slice())).for_each(|digest| stream.doubt(digest));
            }
            // A row that was not taken as it was said is looked at again next time.
            for change in &changes {
                let waits = change.pupil.is_some_and(|pupil| self.unmatched.contains(&pupil));
                if waits || matches!(change.kind, ChangeKind::Conflict | ChangeKind::Unmatched) {
                    change.digest.iter().for_each(|digest| stream.doubt(digest));
                }
            }
            self.write(&mut tx, changes).await?;
        }
        tx.commit().await
    }

    /// Writes changes in the order in which they are to be applied.
    pub(super) async fn write(&mut self, tx: &mut Tx, mut changes: Vec<Change>) -> Result<()> {
        for change in &mut changes {
            self.seq += 1;
            change.seq = self.seq;
        }
        store::insert(tx, self.import, &changes).await
    }

    async fn compare<T: Kept>(
        &mut self,
        tx: &mut Tx,
        stream: &mut Stream<T>,
        chunk: &[Said<T>],
        file: &'static str,
    ) -> Result<Vec<Change>> {
        let ids: Vec<Uuid> = chunk.iter().map(|said| said.record.id()).collect();
        let sources = store::sources(tx, T::RECORD, &ids).await?;
        sources.values().for_each(|source| stream.said_otherwise(&source.digest));
        let other = |said: &&Said<T>| sources.get(&said.record.id()).is_none_or(|source| source.digest != said.digest);
        let rows: Vec<&Said<T>> = chunk.iter().filter(other).collect();
        stream.unchanged += chunk.len() - rows.len();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = rows.iter().map(|said| said.record.id()).collect();
        let stored: Vec<T> = tx.of_ids(T::SELECT, &ids).await?;
        let strange = self.yours.strange(tx, &stored).await?;
        let stored: HashMap<Uuid, T> = stored.into_iter().map(|record| (record.id(), record)).collect();
        let mut changes = Vec::with_capacity(rows.len());
        for said in rows {
            let id = said.record.id();
            let source = sources.get(&id);
            let (former, change) = match stored.get(&id) {
                Some(stored) => self.changed(tx, stored, said, source).await?,
                None if self.yours.may_add(T::RECORD) => {
                    let mut change = Change::new(T::RECORD, id, ChangeKind::New, said.record.place(), said.line);
                    change.after = Some(json(&said.record.clone().begun(&self.spans)));
                    (None, change)
                }
                None => {
                    self.refuse(file, said.line, id);
                    stream.doubt(&said.digest);
                    continue;
                }
            };
            if strange.contains(&id) && change.kind != ChangeKind::Same {
                self.refuse(file, said.line, id);
                stream.doubt(&said.digest);
                continue;
            }
            let given = said.record.may_be_given(self.scope, &self.yours)
                && stored.get(&id).is_none_or(|of| of.may_be_given(self.scope, &self.yours));
            if !given && change.kind != ChangeKind::Same {
                let finding = Finding::new(Severity::Error, &rules::DUTY_NOT_GIVEN, file, said.line);
                self.findings.add(finding.at("sourcedId", &id.to_string()));
                stream.doubt(&said.digest);
                continue;
            }
            changes.extend(former);
            changes.push(Change {
                digest: Some(said.digest.to_vec()),
                said_before: source.map(|source| source.digest.clone()),
                ..change
            });
        }
        Ok(changes)
    }

    fn refuse(&mut self, file: &'static str, line: u64, id: Uuid) {
        self.findings.add(Finding::new(Severity::Error, &rules::NOT_YOURS, file, line).at("sourcedId", &id.to_string()));
    }

    /// How a stored record would change, and before it what there was until then, where another takes its place. What was changed here by
    /// hand since the last import is kept.
    async fn changed<T: Kept>(
        &self,
        tx: &mut Tx,
        stored: &T,
        said: &Said<T>,
        source: Option<&Source>,
    ) -> Result<(Option<Change>, Change)> {
        let theirs = said.record.clone().completed(stored);
        let mut change = Change::new(T::RECORD, said.record.id(), ChangeKind::Same, theirs.place(), said.line);
        // The roster of an earlier version of this program, or a record that began here, has no source.
        let by_hand = match source.map(|source| stored.as_said(&source.digest)) {
            None => false,
            Some(None) => true,
            // What somebody here has said beside it stands against what the package says of it now.
            Some(Some(said)) => {
                let beside = said != *stored && theirs.place().class == stored.place().class;
                beside && merge(Some(&said), stored, &theirs)?.1 && is_hand_written::<T>(tx, stored.id()).await?
            }
        };
        let parts = if by_hand { None } else { theirs.split(&said.record, stored, source.is_none(), self.today) };
        if theirs == *stored && parts.is_none() {
            return Ok((None, change));
        }
        change.before = Some(json(stored));
        let somebody_else = T::RECORD == Record::Pupil && nobody_alike(&json(stored), &json(&said.record))?;
        if !by_hand {
            let (former, theirs) = parts.map_or((None, theirs), |(former, theirs)| (Some(former), theirs));
            change.kind = self.kind_of(T::RECORD, &json(stored), &json(&theirs))?;
            change.suspicious = somebody_else;
            change.after = Some(json(&theirs));
            let former = former.map(|former| {
                let kind = if change.kind == ChangeKind::Returning { ChangeKind::Changed } else { ChangeKind::Leaving };
                let mut part = Change::new(T::RECORD, former.id(), kind, former.place(), said.line);
                part.after = Some(json(&former));
                part
            });
            return Ok((former, change));
        }
        let base = base::<T>(tx, said.record.id(), source).await?;
        let (merged, conflict) = merge(base.as_ref(), stored, &theirs)?;
        let (merged, theirs) = (merged.to_string(), json(&theirs));
        change.kind = match (conflict, read::<T>(&merged)? == *stored) {
            (true, _) => ChangeKind::Conflict,
            (false, true) => ChangeKind::Kept,
            (false, false) => self.kind_of(T::RECORD, &json(stored), &merged)?,
        };
        change.suspicious = somebody_else && change.kind != ChangeKind::Kept;
        change.after = (change.kind != ChangeKind::Kept).then_some(merged);
        change.theirs = Some(theirs);
        Ok((None, change))
    }

    /// What a change of an enrolment means for the pupil.
    fn kind_of(&self, record: Record, before: &str, after: &str) -> Result<ChangeKind> {
        if record != Record::Enrolment {
            return Ok(ChangeKind::Changed);
        }
        let (before, after): (Enrolment, Enrolment) = (read(before)?, read(after)?);
        let shorter = after.ends < before.ends && after.ends < self.spans.year_of(after.class).1;
        Ok(if before.ends < self.today && after.ends >= self.today {
            ChangeKind::Returning
        } else if shorter && after.class == before.class {
            ChangeKind::Leaving
        } else {
            ChangeKind::Changed
        })
    }
}

/// Whether nothing speaks for what is stored and what the package says being of the same person: another name, and neither the number nor
/// the birthday is the same.
fn nobody_alike(before: &str, after: &str) -> Result<bool> {
    let (before, after): (Pupil, Pupil) = (read(before)?, read(after)?);
    let other = |one: &str, other: &str| fold(one) != fold(other);
    let number = !before.identifier.is_empty() && before.identifier == after.identifier;
    let birthday = before.birth_date.is_some() && before.birth_date == after.birth_date;
    let renamed = other(&before.family_name, &after.family_name) && other(&before.given_name, &after.given_name);
    let read_otherwise = after.kana_given_name.is_empty() || other(&before.kana_given_name, &after.kana_given_name);
    Ok(renamed && read_otherwise && !number && !birthday)
}

/// Whether anything but an import has written a record.
async fn is_hand_written<T: Kept>(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let sql = "SELECT count(*) FROM trail WHERE record_id = $1 AND record = $2 AND reason <> 'roster imported'";
    let (written,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(id).bind(T::RECORD).fetch_one(c).await?);
    Ok(written > 0)
}

/// What the last import said of a record, in full: kept with it, or found in the trail by its digest.
pub(super) async fn base<T: Kept>(tx: &mut Tx, id: Uuid, source: Option<&Source>) -> Result<Option<T>> {
    let Some(source) = source else { return Ok(None) };
    if let Some(content) = &source.content {
        return Ok(Some(read(content)?));
    }
    let sql = "SELECT before, after FROM trail WHERE record_id = $1 AND record = $2 ORDER BY at DESC, id DESC LIMIT 100";
    let rows: Vec<(Option<String>, Option<String>)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(id).bind(T::RECORD).fetch_all(c).await?);
    let states = rows.iter().flat_map(|(before, after)| [after, before]).flatten();
    // What an earlier version of this program wrote may lack a field: it is not what was said then.
    let states = states.filter_map(|state| serde_json::from_str::<T>(state).ok());
    Ok(states.into_iter().find_map(|state| state.as_said(&source.digest)))
}

/// What becomes of three versions of a record, field by field: what only the package has changed is taken, what only we have changed is
/// kept, and where both have, ours is kept and it is a conflict.
fn merge<T: Kept>(base: Option<&T>, ours: &T, theirs: &T) -> Result<(Value, bool)> {
    let fields = |record: &T| read::<Map<String, Value>>(&json(record));
    let (base, mut merged, theirs) = (base.map(fields).transpose()?, fields(ours)?, fields(theirs)?);
    let mut conflict = false;
    for (name, their) in theirs {
        let our = merged.get(&name).cloned().unwrap_or_default();
        let before = base.as_ref().map(|base| base.get(&name).cloned().unwrap_or_default());
        if our == their || before.as_ref() == Some(&their) {
            continue;
        }
        if before.as_ref() == Some(&our) {
            merged.insert(name, their);
        } else {
            conflict = true;
        }
    }
    Ok((Value::Object(merged), conflict))
}
