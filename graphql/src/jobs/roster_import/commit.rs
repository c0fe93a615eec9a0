//! Applying what was shown, in one transaction and in the order of references; and nothing at all where the records have changed since.
use super::hand::REASON;
use super::record::{Kept, Record, json, read};
use super::stage::LOT;
use super::store::{self, Change, ChangeKind, State};
use super::yours::Yours;
use crate::access::duty::Duty;
use crate::access::scope::Scope;
use crate::access::tx::{Put, Tx};
use crate::clock::not_replaced;
use crate::db::{Engine, bind_ids, on};
use crate::error::{Result, UserError, UserErrorCode};
use crate::roster::academic_year::AcademicYear;
use crate::roster::board::Board;
use crate::roster::class::{self, Class};
use crate::roster::enrolment::{self, Enrolment};
use crate::roster::pupil::Pupil;
use crate::roster::school::School;
use crate::roster::staff::Staff;
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// So many new records change how the tables are best read.
const MANY: usize = 10_000;

/// What whoever commits has decided.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// The import's `suspicion`, sent back by whoever has looked at what is suspicious.
    pub suspicion: String,
    /// The changes, by their number, of which the package's version is wanted although ours is kept otherwise, or which are somebody new.
    pub take: HashSet<i64>,
}

/// Begins to apply an import, if nothing stands against it yet.
pub(super) async fn begin(scope: &Scope, import: Uuid, decision: &Decision) -> Result<Result<(), UserError>> {
    let mut tx = scope.begin(REASON).await?;
    let row = store::lock(&mut tx, import).await?;
    if row.state != State::Read {
        let message = "the import is not waiting to be committed: `state` says what has become of it";
        return Ok(Err(UserError::new(UserErrorCode::Conflict, "importId", message)));
    }
    if !row.suspicion.is_empty() && row.suspicion != decision.suspicion {
        let message = "some changes cannot well be meant: look at those that are `suspicious`, and send the import's `suspicion` back to \
                       apply them all the same";
        return Ok(Err(UserError::new(UserErrorCode::NotReady, "suspicion", message)));
    }
    store::end(&mut tx, import, State::Committing).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Applies an import that was begun to be; whatever goes wrong, it waits again as before.
pub(super) async fn commit(scope: &Scope, import: Uuid, decision: &Decision) -> Result<Result<BTreeMap<Record, Put>, UserError>> {
    let done = apply_all(scope, import, decision).await;
    if done.is_err() {
        let mut tx = scope.begin(REASON).await?;
        store::end(&mut tx, import, State::Read).await?;
        tx.commit().await?;
    }
    done
}

async fn apply_all(scope: &Scope, import: Uuid, decision: &Decision) -> Result<Result<BTreeMap<Record, Put>, UserError>> {
    let mut tx = scope.begin(REASON).await?;
    if let Engine::Postgres(c) = tx.connection() {
        // SQLite has one writer anyway; on PostgreSQL a second import waits for the first.
        sqlx::query("LOCK TABLE enrolment IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
    }
    let row = store::lock(&mut tx, import).await?;
    let mut puts = BTreeMap::new();
    let waiting = waiting(&mut tx, row.id, decision).await?;
    let yours = Yours::of(scope).await?;
    let mut after = 0;
    loop {
        let changes = store::changes(&mut tx, row.id, after, LOT.cast_signed() as i64).await?;
        let Some(last) = changes.last() else { break };
        after = last.seq;
        let mut wanted: Vec<Change> = Vec::with_capacity(changes.len());
        for change in &changes {
            let may_take = may_be_taken(change, scope, &yours)?;
            wanted.extend(decided(change, decision, &waiting, may_take));
        }
        for run in wanted.chunk_by(|one, other| one.record == other.record) {
            match apply(&mut tx, run).await? {
                Ok(put) => *puts.entry(run[0].record).or_insert_with(Put::default) += put,
                Err(()) => return stale(scope, tx, row.id).await.map(Err),
            }
        }
        note(&mut tx, row.id, &changes, &wanted).await?;
    }
    store::hold_rows(&mut tx, &row).await?;
    if puts.values().map(|put| put.new).sum::<usize>() >= MANY
        && let Engine::Postgres(c) = tx.connection()
    {
        // Until it looks by itself, PostgreSQL would plan as for the empty tables of before.
        sqlx::query("ANALYZE enrolment, class, pupil, duty, trail, roster_source, roster_import_change").execute(c).await?;
    }
    store::end(&mut tx, row.id, State::Committed).await?;
    tx.commit().await?;
    Ok(Ok(puts))
}

/// What waits until somebody says who a new pupil is.
struct Waiting {
    pupils: HashSet<Uuid>,
    /// The lines of enrollments.csv that are about them.
    lines: HashSet<i64>,
}

/// The new pupils who are left out: they may be known by another UUID, and nobody has said that they are not.
async fn waiting(tx: &mut Tx, import: Uuid, decision: &Decision) -> Result<Waiting> {
    let sql = "SELECT seq, record_id FROM roster_import_change WHERE import = $1 AND kind = 'UNMATCHED'";
    let rows: Vec<(i64, Uuid)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(import).fetch_all(c).await?);
    let rows = rows.into_iter().filter(|(seq, _)| !decision.take.contains(seq));
    let mut waiting = Waiting { pupils: rows.map(|(_, pupil)| pupil).collect(), lines: HashSet::new() };
    if !waiting.pupils.is_empty() {
        let sql = "SELECT pupil, line FROM roster_import_change WHERE import = $1 AND record = 'enrolment' AND line > 0";
        let rows: Vec<(Uuid, i64)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(import).fetch_all(c).await?);
        waiting.lines = rows.into_iter().filter(|(pupil, _)| waiting.pupils.contains(pupil)).map(|(_, line)| line).collect();
    }
    Ok(waiting)
}

impl Waiting {
    /// A new pupil's places wait, what would end for them, and the places of whoever they may be.
    fn has(&self, change: &Change) -> bool {
        let of_them = |id: Option<Uuid>| id.is_some_and(|id| self.pupils.contains(&id));
        let for_them = change.record == Record::Enrolment && self.lines.contains(&change.line);
        of_them(change.pupil) || for_them || (change.kind == ChangeKind::Leaving && of_them(change.candidate))
    }
}

/// Whether whoever commits may have the package's version instead of ours: no duty that they do not give by hand either.
fn may_be_taken(change: &Change, scope: &Scope, yours: &Yours) -> Result<bool> {
    let duties = [&change.before, &change.theirs].into_iter().flatten().filter(|_| change.record == Record::Duty);
    let duties = duties.map(|duty| read::<Duty>(duty)).collect::<Result<Vec<_>>>()?;
    Ok(duties.iter().all(|duty| duty.may_be_given(scope, yours)))
}

/// A change as it is to be applied; `None` where it waits.
fn decided(change: &Change, decision: &Decision, waiting: &Waiting, may_take: bool) -> Option<Change> {
    if change.kind != ChangeKind::Same && waiting.has(change) {
        return None;
    }
    let theirs =
        matches!(change.kind, ChangeKind::Conflict | ChangeKind::Kept) && may_take && decision.take.contains(&change.seq);
    let after = if theirs { change.theirs.clone() } else { change.after.clone() };
    Some(Change { after, ..change.clone() })
}

/// Another state of the records than was shown: nothing is applied, and the import cannot be committed any more.
async fn stale(scope: &Scope, tx: Tx, import: Uuid) -> Result<UserError> {
    drop(tx);
    let mut tx = scope.begin(REASON).await?;
    store::end(&mut tx, import, State::Stale).await?;
    tx.commit().await?;
    let message = "the records have changed since the package was read, and nothing was applied: read the package again";
    Ok(UserError::new(UserErrorCode::Conflict, "importId", message))
}

async fn apply(tx: &mut Tx, run: &[Change]) -> Result<Result<Put, ()>> {
    match run[0].record {
        Record::Board => apply_to::<Board>(tx, run).await,
        Record::School => apply_to::<School>(tx, run).await,
        Record::AcademicYear => apply_to::<AcademicYear>(tx, run).await,
        Record::Class => apply_to::<Class>(tx, run).await,
        Record::Pupil => apply_to::<Pupil>(tx, run).await,
        Record::Staff => apply_to::<Staff>(tx, run).await,
        Record::Duty => apply_to::<Duty>(tx, run).await,
        Record::Enrolment => apply_to::<Enrolment>(tx, run).await,
    }
}

/// Applies changes of one kind of record, if what is stored is what was shown.
async fn apply_to<T: Kept>(tx: &mut Tx, run: &[Change]) -> Result<Result<Put, ()>> {
    let changes: Vec<&Change> = run.iter().filter(|change| change.kind != ChangeKind::Same).collect();
    let mut before: HashMap<Uuid, Option<T>> = HashMap::new();
    let mut after: Vec<T> = Vec::new();
    let mut ended: Vec<String> = Vec::new();
    for change in &changes {
        let was: Option<T> = change.before.as_deref().map(read).transpose()?;
        match (&change.after, &was) {
            (Some(text), _) => {
                let becomes: T = read(text)?;
                if was.as_ref().is_some_and(|was| was.id() != becomes.id()) {
                    ended.extend(change.before.clone());
                }
                after.push(becomes);
            }
            (None, Some(_)) if change.kind == ChangeKind::Leaving => ended.extend(change.before.clone()),
            (None, _) => {}
        }
        let id = was.as_ref().map_or(change.record_id, Kept::id);
        before.insert(id, was);
    }
    if !is_stored(tx, &before).await? {
        return Ok(Err(()));
    }
    if !ended.is_empty() {
        let ended = ended.iter().map(|place| read::<Enrolment>(place)).collect::<Result<Vec<_>>>()?;
        enrolment::withdraw(tx, &ended).await?;
    }
    let put = T::put(tx, &after).await?;
    if T::RECORD == Record::Enrolment && has_other_schools(tx, &after).await? {
        return Ok(Err(()));
    }
    if T::RECORD == Record::Class {
        let ids: Vec<Uuid> = run.iter().filter(|change| change.digest.is_some()).map(|change| change.record_id).collect();
        let back: Vec<Class> = tx.of_ids("SELECT * FROM class WHERE withdrawn AND id IN (", &ids).await?;
        class::set_withdrawn(tx, &back, false).await?;
    }
    let said: Vec<_> = run.iter().filter(|change| change.digest.is_some() || change.said_before.is_some()).collect();
    let said: Vec<_> = said
        .into_iter()
        .map(|change| {
            // What the package says in full, where the record was not made to say so.
            let content = change.theirs.clone().filter(|theirs| change.after.as_ref() != Some(theirs));
            (change.record_id, change.digest.clone(), content)
        })
        .collect();
    store::say(tx, T::RECORD, &said).await?;
    Ok(Ok(put))
}

/// Whether any of these places is not of the school that its class is of.
async fn has_other_schools<T: Kept>(tx: &mut Tx, places: &[T]) -> Result<bool> {
    for chunk in places.chunks(LOT) {
        let (wrong,): (i64,) = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("SELECT count(*) FROM enrolment e JOIN class c ON c.id = e.class
                WHERE e.school <> c.school AND e.known_until = ");
            sql.push_bind(not_replaced()).push(" AND e.id IN (");
            bind_ids(&mut sql, chunk.iter().map(Kept::id));
            sql.push(")").build_query_as().persistent(false).fetch_one(c).await?
        });
        if wrong > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether records are stored just so; those without content not at all.
pub(super) async fn is_stored<T: Kept>(tx: &mut Tx, records: &HashMap<Uuid, Option<T>>) -> Result<bool> {
    let ids: Vec<Uuid> = records.keys().copied().collect();
    for chunk in ids.chunks(LOT) {
        let stored: Vec<T> = tx.of_ids(T::SELECT, chunk).await?;
        let stored: HashMap<Uuid, T> = stored.into_iter().map(|record| (record.id(), record)).collect();
        // Compared as they are written, because some columns are of a class and not of the record.
        let same = |id: &Uuid| match (&records[id], stored.get(id)) {
            (Some(was), Some(is)) => json(was) == json(is),
            (None, None) => true,
            _ => false,
        };
        if !chunk.iter().all(same) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Notes what was done otherwise than by default: what waits on, and where the package's version was taken.
async fn note(tx: &mut Tx, import: Uuid, changes: &[Change], decided: &[Change]) -> Result<()> {
    let decided: HashMap<i64, &Change> = decided.iter().map(|change| (change.seq, change)).collect();
    for change in changes {
        let (left_out, after) = match decided.get(&change.seq) {
            None => (true, &change.after),
            Some(decided) if decided.after != change.after => (false, &decided.after),
            Some(_) => continue,
        };
        let sql = "UPDATE roster_import_change SET left_out = $3, after = $4 WHERE import = $1 AND seq = $2";
        on!(tx.connection(), c => sqlx::query(sql).bind(import).bind(change.seq).bind(left_out).bind(after.clone()).execute(c).await?
            .rows_affected());
    }
    Ok(())
}
