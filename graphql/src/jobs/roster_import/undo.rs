//! Taking a committed import back as a whole, while what it was made of is kept and nobody has changed what it wrote.
use super::commit::is_stored;
use super::record::{Kept, Record, read};
use super::stage::LOT;
use super::store::{self, Change, ChangeKind, State};
use crate::access::duty::{self, Duty};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
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
use chrono::Days;
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Begins to take an import back, if nothing stands against it yet.
pub(super) async fn begin(scope: &Scope, import: Uuid) -> Result<Result<(), UserError>> {
    let mut tx = scope.begin("roster import taken back").await?;
    let row = store::lock(&mut tx, import).await?;
    let refused = |code, message: &str| Ok(Err(UserError::new(code, "importId", message)));
    if row.state != State::Committed {
        return refused(UserErrorCode::Conflict, "the import is not committed: `state` says what has become of it");
    }
    if row.cleared_at.is_some() {
        return refused(UserErrorCode::NotReady, "the import was committed more than a week ago: what it was made of is deleted");
    }
    store::set(&mut tx, import, State::Undoing).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Takes an import back that was begun to be, or says what stands against it; it is committed as before then. Gives how many new places
/// stay, because their pupils have records in the class by now.
pub(super) async fn undo(scope: &Scope, import: Uuid, reason: &str) -> Result<Result<usize, UserError>> {
    let done = take_all_back(scope, import, reason).await;
    if !matches!(done, Ok(Ok(_))) {
        let mut tx = scope.begin("roster import not taken back").await?;
        store::set(&mut tx, import, State::Committed).await?;
        tx.commit().await?;
    }
    done
}

async fn take_all_back(scope: &Scope, import: Uuid, reason: &str) -> Result<Result<usize, UserError>> {
    let mut tx = scope.begin(format!("roster import taken back: {reason}")).await?;
    if let Engine::Postgres(c) = tx.connection() {
        sqlx::query("LOCK TABLE enrolment IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
    }
    let row = store::lock(&mut tx, import).await?;
    let mut stays = 0;
    let mut before = i64::MAX;
    loop {
        let changes = changes_before(&mut tx, row.id, before).await?;
        let Some(first) = changes.last() else { break };
        before = first.seq;
        for run in changes.chunk_by(|one, other| one.record == other.record) {
            let Ok(more) = take_back(&mut tx, run).await? else {
                let message =
                    "records that the import wrote have been changed since: change them back first, or correct them by hand";
                return Ok(Err(UserError::new(UserErrorCode::InUse, "importId", message)));
            };
            stays += more;
        }
    }
    store::forget_rows(&mut tx).await?;
    store::end(&mut tx, row.id, State::Undone).await?;
    tx.commit().await?;
    Ok(Ok(stays))
}

/// The changes that were applied before one, the last first.
async fn changes_before(tx: &mut Tx, import: Uuid, before: i64) -> Result<Vec<Change>> {
    let sql = "SELECT * FROM roster_import_change WHERE import = $1 AND seq < $2 AND NOT left_out ORDER BY seq DESC LIMIT $3";
    Ok(
        on!(tx.connection(), c => sqlx::query_as(sql).bind(import).bind(before).bind(LOT.cast_signed() as i64).fetch_all(c).await?),
    )
}

async fn take_back(tx: &mut Tx, run: &[Change]) -> Result<Result<usize, ()>> {
    match run[0].record {
        Record::Board => restore::<Board>(tx, run).await,
        Record::School => restore::<School>(tx, run).await,
        Record::AcademicYear => restore::<AcademicYear>(tx, run).await,
        Record::Class => restore::<Class>(tx, run).await,
        Record::Pupil => restore::<Pupil>(tx, run).await,
        Record::Staff => restore::<Staff>(tx, run).await,
        Record::Duty => restore::<Duty>(tx, run).await,
        Record::Enrolment => restore::<Enrolment>(tx, run).await,
    }
}

/// Restores what records were, if they are as the import left them. Gives how many stay because they are in use.
async fn restore<T: Kept>(tx: &mut Tx, run: &[Change]) -> Result<Result<usize, ()>> {
    let changes = run.iter().filter(|change| !matches!(change.kind, ChangeKind::Same));
    let changes: Vec<&Change> = changes.filter(|change| change.after.is_some() || change.kind == ChangeKind::Leaving).collect();
    let mut now: HashMap<Uuid, Option<T>> = HashMap::new();
    let (mut back, mut new): (Vec<T>, Vec<T>) = (Vec::new(), Vec::new());
    for change in &changes {
        let was: Option<T> = change.before.as_deref().map(read).transpose()?;
        let is: Option<T> = change.after.as_deref().map(read).transpose()?;
        let other = is.as_ref().is_some_and(|is| was.as_ref().is_none_or(|was| was.id() != is.id()));
        if other {
            new.extend(is.clone());
        }
        let id = is.as_ref().map_or(change.record_id, Kept::id);
        now.insert(id, is);
        back.extend(was);
    }
    if !is_stored(tx, &now).await? {
        return Ok(Err(()));
    }
    let stays = end_new(tx, &new).await?;
    T::put(tx, &back).await?;
    // Of what was only told, and kept as it was, nothing is said otherwise than before.
    let said = run.iter().filter(|change| change.kind != ChangeKind::Kept || change.after.is_some());
    let said: Vec<&Change> = said.collect();
    let sources = store::sources(tx, T::RECORD, &said.iter().map(|change| change.record_id).collect::<Vec<_>>()).await?;
    // What a later import has said of a record stays said.
    let last = |change: &&Change| sources.get(&change.record_id).map(|source| &source.digest) == change.digest.as_ref();
    let said: Vec<_> = said.into_iter().filter(last).map(|change| (change.record_id, change.said_before.clone(), None)).collect();
    store::say(tx, T::RECORD, &said).await?;
    Ok(Ok(stays))
}

/// Ends what an import has added, as far as records of this kind can end. People, schools and years stay, and nobody reaches them.
async fn end_new<T: Kept>(tx: &mut Tx, new: &[T]) -> Result<usize> {
    // The types are told apart by what they are written as, so that one function serves all of them.
    let ids: Vec<Uuid> = new.iter().map(Kept::id).collect();
    match T::RECORD {
        Record::Enrolment => {
            let places: Vec<Enrolment> = tx.of_ids(Enrolment::SELECT, &ids).await?;
            let used = used(tx, &places).await?;
            let unused: Vec<Enrolment> = places.iter().filter(|place| !used.contains(&place.id)).cloned().collect();
            enrolment::withdraw(tx, &unused).await?;
            Ok(places.len() - unused.len())
        }
        Record::Duty => {
            let mut duties: Vec<Duty> = tx.of_ids(Duty::SELECT, &ids).await?;
            duties.iter_mut().for_each(|duty| duty.ends = duty.begins - Days::new(1));
            duty::put(tx, &duties).await?;
            Ok(0)
        }
        Record::Class => {
            let classes: Vec<Class> = tx
                .of_ids(
                    "SELECT * FROM class WHERE NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.class = class.id
                         AND e.known_until = '9999-12-31T00:00:00+00:00')
                     AND NOT EXISTS (SELECT 1 FROM duty d WHERE d.class = class.id AND d.ends >= d.begins) AND id IN (",
                    &ids,
                )
                .await?;
            class::set_withdrawn(tx, &classes, true).await?;
            Ok(0)
        }
        _ => Ok(0),
    }
}

/// The places whose pupils have records in the class since they are in it.
async fn used(tx: &mut Tx, places: &[Enrolment]) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::new();
    for chunk in places.chunks(LOT) {
        for sql in [
            "SELECT DISTINCT e.id FROM enrolment e JOIN attendance_mark r ON r.pupil = e.pupil AND r.class = e.class
                 AND r.day >= e.begins AND r.known_until = e.known_until AND r.kind IS NOT NULL WHERE e.known_until = ",
            "SELECT DISTINCT e.id FROM enrolment e JOIN daily_total r ON r.pupil = e.pupil AND r.class = e.class
                 AND r.day >= e.begins WHERE e.known_until = ",
            "SELECT DISTINCT e.id FROM enrolment e JOIN assessment a ON a.class = e.class AND a.day >= e.begins
                 JOIN assessment_result r ON r.assessment = a.id AND r.pupil = e.pupil AND r.known_until = e.known_until
                     AND r.state <> 'NONE' WHERE e.known_until = ",
        ] {
            let rows: Vec<(Uuid,)> = on!(tx.connection(), c => {
                let mut sql = QueryBuilder::new(sql);
                sql.push_bind(not_replaced()).push(" AND e.id IN (");
                bind_ids(&mut sql, chunk.iter().map(|place| place.id));
                sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
            });
            found.extend(rows.into_iter().map(|(id,)| id));
        }
    }
    Ok(found)
}
