//! Taking a committed draft back, until next year has records of its own.
use super::commit::Done;
use super::draft::{Draft, Row, State};
use super::{TurnoverPayload, edited, open, wrong};
use crate::access::duty::{self, Duty};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::learning::activity::check;
use crate::roster::class::{self, Class};
use crate::roster::enrolment::Enrolment;
use crate::roster::moves::{self, Effect};
use chrono::Days;
use std::collections::HashSet;
use uuid::Uuid;

/// The tables whose rows say that the new year has begun, with how to find those of a draft: `$1` its school, `$2` the first day, `$3` the
/// draft, `$4` when a row that holds ends to be known.
const RECORDS: [(&str, &str); 11] = [
    (
        "attendance",
        "SELECT count(*) FROM attendance_mark WHERE class IN (SELECT id FROM turnover_class WHERE turnover = $3)
                        AND kind IS NOT NULL AND known_until = $4 AND $2 = $2 AND $1 = $1",
    ),
    (
        "learning",
        "SELECT count(*) FROM daily_total WHERE class IN (SELECT id FROM turnover_class WHERE turnover = $3)
                      AND $2 = $2 AND $1 = $1 AND $4 = $4",
    ),
    (
        "assignments",
        "SELECT count(*) FROM assignment WHERE class IN (SELECT id FROM turnover_class WHERE turnover = $3)
                         AND known_until = $4 AND $2 = $2 AND $1 = $1",
    ),
    (
        "analyses",
        "SELECT count(*) FROM analysis_run WHERE class IN (SELECT id FROM turnover_class WHERE turnover = $3)
                      AND $2 = $2 AND $1 = $1 AND $4 = $4",
    ),
    (
        "marks",
        "SELECT count(*) FROM assessment WHERE class IN (SELECT id FROM turnover_class WHERE turnover = $3)
                   AND NOT withdrawn AND $2 = $2 AND $1 = $1 AND $4 = $4",
    ),
    ("moods", "SELECT count(*) FROM mood WHERE school = $1 AND day >= $2 AND known_until = $4 AND $3 = $3"),
    ("support", "SELECT count(*) FROM support_action WHERE school = $1 AND day >= $2 AND $3 = $3 AND $4 = $4"),
    ("support sheets", "SELECT count(*) FROM support_sheet WHERE school = $1 AND begins >= $2 AND $3 = $3 AND $4 = $4"),
    (
        "support handed over",
        "SELECT count(*) FROM support_share WHERE class IN (SELECT id FROM turnover_class WHERE turnover = $3)
                              AND $2 = $2 AND $1 = $1 AND $4 = $4",
    ),
    (
        "later duties",
        "SELECT count(*) FROM duty d WHERE d.class IN (SELECT id FROM turnover_class WHERE turnover = $3)
                          AND d.ends >= d.begins AND $2 = $2 AND $1 = $1 AND $4 = $4",
    ),
    (
        "enrolments",
        "SELECT count(*) FROM enrolment e WHERE e.class IN (SELECT id FROM turnover_class WHERE turnover = $3)
                        AND e.known_until = $4 AND $2 = $2 AND $1 = $1",
    ),
];

/// Takes a committed draft back, or says what stands against it.
pub async fn undo(scope: &Scope, turnover: Uuid, reason: &str) -> Result<Result<TurnoverPayload, UserError>> {
    let reason = match check::text(reason, 500, "reason") {
        Ok(reason) => reason,
        Err(error) => return Ok(Err(error)),
    };
    let opened = open(scope, turnover, Some(State::Committed), format!("next year taken back: {reason}")).await?;
    let (mut tx, mut draft) = match opened {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    let done = Done::of(&draft.turnover)?;
    // The moves first: they carry the enrolments of who graduated and entered.
    for id in &done.moves {
        if let Err(error) = moves::take_back_by_turnover(&mut tx, *id, &reason).await? {
            return Ok(Err(error));
        }
    }
    if !stands(&mut tx, &done.effects).await? {
        let message = "enrolments have changed since: undo the moves that were recorded after it first";
        return wrong(UserErrorCode::InUse, "turnoverId", message);
    }
    let back: Vec<Effect> =
        done.effects.iter().map(|effect| Effect { before: effect.after.clone(), after: effect.before.clone() }).collect();
    moves::apply(&mut tx, &back).await?;
    take_duties_back(&mut tx, &draft, &done).await?;
    let in_use = records(&mut tx, &draft).await?;
    if !in_use.is_empty() {
        let message = format!("the new year has records: {}", in_use.join(", "));
        return wrong(UserErrorCode::InUse, "turnoverId", message);
    }
    let sql = "SELECT * FROM class WHERE id IN (SELECT id FROM turnover_class WHERE turnover = $1)";
    let classes: Vec<Class> = on!(tx.connection(), c => sqlx::query_as(sql).bind(turnover).fetch_all(c).await?);
    class::set_withdrawn(&mut tx, &classes, true).await?;
    draft.turnover =
        Row { state: State::Draft, committed_by: None, committed_at: None, effect: "{}".to_owned(), ..draft.turnover };
    let changed = draft.entries.len();
    edited(scope, tx, draft, changed, Vec::new()).await
}

/// Whether the enrolments are as the commit left them.
async fn stands(tx: &mut Tx, effects: &[Effect]) -> Result<bool> {
    const PRESENT: &str = "SELECT id, school, class, pupil, number, begins, ends, kind FROM enrolment
                           WHERE known_until = '9999-12-31T00:00:00+00:00' AND id IN (";
    let after: Vec<&Enrolment> = effects.iter().filter_map(|effect| effect.after.as_ref()).collect();
    for chunk in after.chunks(500) {
        let ids: Vec<Uuid> = chunk.iter().map(|enrolment| enrolment.id).collect();
        let now: Vec<Enrolment> = tx.of_ids(PRESENT, &ids).await?;
        if now.len() != chunk.len() || !now.iter().all(|of| chunk.iter().any(|after| after.is_same_place(of))) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Duties that ended with the live year go on as before; those of the new one never begin.
async fn take_duties_back(tx: &mut Tx, draft: &Draft, done: &Done) -> Result<()> {
    let before = draft.turnover.begins - Days::new(1);
    let never = |duty: &Duty| Duty { ends: before, ..duty.clone() };
    let given: HashSet<Uuid> = done.duties_given.iter().map(|duty| duty.id).collect();
    let mut rows: Vec<Duty> = Vec::new();
    let ids: Vec<Uuid> = done.duties_before.iter().map(|duty| duty.id).chain(given.iter().copied()).collect();
    for chunk in ids.chunks(500) {
        let now: Vec<Duty> = tx.of_ids("SELECT * FROM duty WHERE id IN (", chunk).await?;
        for duty in now {
            // What somebody has changed by hand since stays as they left it.
            let was = done.duties_after.iter().position(|after| *after == duty);
            match was {
                Some(at) => rows.push(done.duties_before[at].clone()),
                None if given.contains(&duty.id) => rows.push(never(&duty)),
                None => {}
            }
        }
    }
    duty::put(tx, &rows).await?;
    Ok(())
}

/// What the new year has of records, in words.
async fn records(tx: &mut Tx, draft: &Draft) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (name, sql) in RECORDS {
        let (count,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(draft.turnover.school).bind(draft.turnover.begins)
            .bind(draft.turnover.id).bind(not_replaced()).fetch_one(c).await?);
        if count > 0 {
            found.push(format!("{name} {count}"));
        }
    }
    Ok(found)
}
