//! A pupil's places in classes: who comes back, whose place somebody has entered by hand already, and who would be in a class twice.
use super::ids::Ids;
use super::record::{Kept, Place, Record, json, read};
use super::rules;
use super::spans::UNSAID;
use super::stage::{LOT, Stage};
use super::store::{self, Change, ChangeKind};
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::formats::oneroster::{Finding, Rule, Severity};
use crate::roster::enrolment::{Enrolment, MembershipKind};
use chrono::{Days, NaiveDate};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const FILE: &str = "enrollments.csv";

/// Looks at new places as they come: who has no other today comes back, and a pupil of another school is not taken from it.
pub(super) async fn look(stage: &mut Stage<'_>, tx: &mut Tx, changes: &mut Vec<Change>) -> Result<()> {
    if stage.first {
        return Ok(());
    }
    let mut comes = Vec::new();
    for change in changes.iter() {
        let there = change.before.as_deref().map(read::<Enrolment>).transpose()?.map(|place| place.pupil);
        comes.extend(change.pupil.filter(|pupil| change.kind != ChangeKind::Same && there != Some(*pupil)));
    }
    let strange = stage.yours.elsewhere(tx, "pupil", "enrolment", &comes).await?;
    let taken = |change: &&Change| change.kind != ChangeKind::Same && change.pupil.is_some_and(|pupil| strange.contains(&pupil));
    let refused: Vec<Finding> = changes.iter().filter(taken).map(|change| of_pupil(&rules::NOT_YOURS, change)).collect();
    let lines: HashSet<u64> = refused.iter().map(|finding| finding.line).collect();
    // With a place that is not given goes what was to end for it.
    changes.retain(|change| !lines.contains(&change.line.cast_unsigned()));
    refused.into_iter().for_each(|finding| stage.findings.add(finding));
    let new = |change: &&mut Change| change.kind == ChangeKind::New;
    let pupils: Vec<Uuid> = changes.iter_mut().filter(new).filter_map(|change| change.pupil).collect();
    let known = enrolled(tx, &pupils).await?;
    for change in changes.iter_mut().filter(new) {
        let Some(last) = change.pupil.and_then(|pupil| known.get(&pupil)).filter(|last| **last < stage.today) else { continue };
        let place: Enrolment = read(change.after.as_deref().unwrap_or_default())?;
        // Whoever was here and is in no class any more; who was until the end of the year before goes on.
        if *last >= stage.spans.year_of(place.class).0 || *last + Days::new(1) < place.begins {
            change.kind = ChangeKind::Returning;
        }
    }
    Ok(())
}

/// The last day of each of these pupils in any class; those who never were in one are not among them.
async fn enrolled(tx: &mut Tx, pupils: &[Uuid]) -> Result<HashMap<Uuid, NaiveDate>> {
    if pupils.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, NaiveDate)> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT pupil, max(ends) FROM enrolment WHERE known_until = ");
        sql.push_bind(not_replaced()).push(" AND pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") GROUP BY pupil").build_query_as().persistent(false).fetch_all(c).await?
    });
    Ok(rows.into_iter().collect())
}

/// Once every row is read: which places two rows give to one pupil at one time, and which take the place of one that is stored under
/// another id. Gives whether a row was left out.
pub(super) async fn settle(stage: &mut Stage<'_>, seen: &Ids) -> Result<bool> {
    let twice = within_package(stage).await?;
    let stored = if stage.first { false } else { against_stored(stage, seen).await? };
    Ok(twice || stored)
}

async fn within_package(stage: &mut Stage<'_>) -> Result<bool> {
    let mut tx = stage.scope.begin("roster import read").await?;
    let sql = "SELECT pupil, class FROM roster_import_change WHERE import = $1 AND record = 'enrolment' AND after IS NOT NULL
               GROUP BY pupil, class HAVING count(*) > 1";
    let pairs: Vec<(Uuid, Uuid)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(stage.import).fetch_all(c).await?);
    let mut taken: HashMap<(Uuid, Uuid), Vec<Enrolment>> = pairs.into_iter().map(|pair| (pair, Vec::new())).collect();
    let (mut out, mut after) = (Vec::new(), 0);
    // Once over all of them: a look for each pair would go over all of them for each.
    while !taken.is_empty() {
        let changes = store::changes(&mut tx, stage.import, after, LOT.cast_signed() as i64).await?;
        let Some(last) = changes.last() else { break };
        after = last.seq;
        for change in changes.into_iter().filter(|change| change.record == Record::Enrolment) {
            let Some(text) = &change.after else { continue };
            let Some(others) = change.pupil.zip(change.class).and_then(|pair| taken.get_mut(&pair)) else { continue };
            let place: Enrolment = read(text)?;
            if others.iter().any(|other| overlap(other, &place)) {
                out.push(change);
            } else {
                others.push(place);
            }
        }
    }
    for change in &out {
        leave_out(stage, &mut tx, change).await?;
    }
    tx.commit().await?;
    Ok(!out.is_empty())
}

#[derive(sqlx::FromRow)]
struct Held {
    seq: i64,
    #[sqlx(flatten)]
    place: Enrolment,
}

async fn against_stored(stage: &mut Stage<'_>, seen: &Ids) -> Result<bool> {
    let mut tx = stage.scope.begin("roster import read").await?;
    let sql = "SELECT i.seq, e.id, e.school, e.class, e.pupil, e.number, e.begins, e.ends, e.kind, e.grade
               FROM roster_import_change i JOIN enrolment e ON e.pupil = i.pupil
               WHERE i.import = $1 AND i.record = 'enrolment' AND i.after IS NOT NULL AND e.class = i.class AND e.id <> i.record_id
                   AND e.known_until = $2 ORDER BY i.seq, e.id";
    let held: Vec<Held> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(stage.import).bind(not_replaced()).fetch_all(c).await?);
    let mut replaced: HashSet<Uuid> = HashSet::new();
    let mut out = false;
    for Held { seq, place: ours } in held {
        let sql = "SELECT * FROM roster_import_change WHERE import = $1 AND seq = $2";
        let change: Option<Change> =
            on!(tx.connection(), c => sqlx::query_as(sql).bind(stage.import).bind(seq).fetch_optional(c).await?);
        let Some(change) = change else { continue };
        let theirs: Enrolment = read(change.after.as_deref().unwrap_or_default())?;
        // A place of which no first day is said means the whole year; what it begins on has been decided for who was not here.
        let begins = if is_unsaid(&change, &theirs) { stage.spans.year_of(theirs.class).0 } else { theirs.begins };
        if !overlap(&ours, &Enrolment { begins, ..theirs.clone() }) || replaced.contains(&ours.id) {
            continue;
        }
        // What the package says of the stored one counts, not what is stored.
        let sql = "SELECT count(*) FROM roster_import_change WHERE import = $1 AND record_id = $2 AND after IS NOT NULL";
        let (also,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(stage.import).bind(ours.id).fetch_one(c).await?);
        if also > 0 {
            continue;
        }
        if seen.contains(ours.id) {
            if overlap(&ours, &theirs) {
                out = true;
                leave_out(stage, &mut tx, &change).await?;
            }
        } else if change.before.is_none() {
            let source = store::sources(&mut tx, Record::Enrolment, &[ours.id]).await?.remove(&ours.id);
            let by_hand = source.as_ref().is_some_and(|source| !ours.is_as_said(&source.digest));
            if ours.ends < stage.today && theirs.ends >= stage.today && !by_hand {
                come_back(stage, &mut tx, &change, &theirs).await?;
            } else {
                replaced.insert(ours.id);
                replace(stage, &mut tx, change, source, &ours, &theirs).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(out)
}

/// Whether the package does not say on which day a new place begins.
fn is_unsaid(change: &Change, place: &Enrolment) -> bool {
    let said = Enrolment { begins: UNSAID, kind: MembershipKind::Home, ..place.clone() }.digest();
    change.digest.as_deref() == Some(said.as_slice())
}

/// The pupil has left the class and is in it again: from today on, whatever the package says of the days between.
async fn come_back(stage: &Stage<'_>, tx: &mut Tx, change: &Change, theirs: &Enrolment) -> Result<()> {
    if theirs.begins >= stage.today {
        return Ok(());
    }
    let after = Enrolment { begins: stage.today, ..theirs.clone() };
    let sql = "UPDATE roster_import_change SET after = $3, theirs = $4 WHERE import = $1 AND seq = $2";
    on!(tx.connection(), c => sqlx::query(sql).bind(stage.import).bind(change.seq).bind(json(&after)).bind(json(theirs))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The row takes the place of the stored one, which the package does not have under its own id.
async fn replace(
    stage: &mut Stage<'_>,
    tx: &mut Tx,
    change: Change,
    source: Option<store::Source>,
    ours: &Enrolment,
    theirs: &Enrolment,
) -> Result<()> {
    let begins = if is_unsaid(&change, theirs) { ours.begins } else { theirs.begins };
    let theirs = &Enrolment { begins, ..theirs.clone() };
    let same = Enrolment { id: theirs.id, ..ours.clone() };
    let by_hand = source.as_ref().is_none_or(|source| !ours.is_as_said(&source.digest));
    let (kind, after) = match () {
        () if same == (Enrolment { kind: ours.kind, ..theirs.clone() }) => (ChangeKind::Changed, same),
        () if by_hand => (ChangeKind::Conflict, same),
        () => (ChangeKind::Changed, Enrolment { kind: ours.kind, ..theirs.clone() }),
    };
    let theirs = (kind == ChangeKind::Conflict).then(|| json(theirs));
    let sql = "UPDATE roster_import_change SET kind = $3, before = $4, after = $5, theirs = $6 WHERE import = $1 AND seq = $2";
    on!(tx.connection(), c => sqlx::query(sql).bind(stage.import).bind(change.seq).bind(kind).bind(json(ours)).bind(json(&after))
        .bind(theirs).execute(c).await?.rows_affected());
    if let Some(source) = source {
        let mut gone = Change::new(Record::Enrolment, ours.id, ChangeKind::Same, Place::default(), 0);
        gone.said_before = Some(source.digest);
        stage.write(tx, vec![gone]).await?;
    }
    Ok(())
}

fn overlap(one: &Enrolment, other: &Enrolment) -> bool {
    one.begins <= other.ends && other.begins <= one.ends
}

fn of_pupil(rule: &Rule, change: &Change) -> Finding {
    let pupil = change.pupil.map(|pupil| pupil.to_string()).unwrap_or_default();
    Finding::new(Severity::Error, rule, FILE, change.line.cast_unsigned()).at("userSourcedId", &pupil)
}

async fn leave_out(stage: &mut Stage<'_>, tx: &mut Tx, change: &Change) -> Result<()> {
    stage.findings.add(of_pupil(&rules::PLACE_TWICE, change));
    let sql = "DELETE FROM roster_import_change WHERE import = $1 AND seq = $2";
    on!(tx.connection(), c => sqlx::query(sql).bind(stage.import).bind(change.seq).execute(c).await?.rows_affected());
    Ok(())
}
