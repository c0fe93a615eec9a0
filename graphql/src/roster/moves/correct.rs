//! What was recorded wrongly: undone, or corrected. The wrong entry stays as undone.
use super::class_change::{moving, visiting};
use super::plan::{Seat, apply, arriving, done, grade_in, homeroom, lock_pupil, offices, placed, right, wrong};
use super::query::{within, within_of};
use super::{Effect, MoveKind, Plan, PupilMove, hand_over, leave, transfer_date, write};
use crate::access::right::Right;
use crate::access::scope::{Change, Scope, Tx};
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::scalar::Day;
use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A move to be corrected.
#[derive(InputObject, Clone, Debug)]
pub struct CorrectMoveInput {
    /// The move, which holds.
    pub move_id: ID,
    /// The right day.
    pub day: Option<Day>,
    /// The right class, of a pupil who came or changed class.
    pub class_id: Option<ID>,
    /// The right 出席番号, of a pupil who came or changed class; the one after the highest if not said.
    pub number: Option<i32>,
    /// The right school or place in words, where it is not of the same board.
    pub other_school: Option<String>,
    /// Why it is corrected, 1 to 500 characters.
    pub reason: String,
}

/// A move to be undone.
#[derive(InputObject, Clone, Debug)]
pub struct UndoMoveInput {
    /// The move, which holds.
    pub move_id: ID,
    /// Why it is undone, 1 to 500 characters.
    pub reason: String,
}

/// Undoes a move, or says what stands against it.
pub(super) async fn undo(scope: &Scope, input: UndoMoveInput) -> Result<Result<PupilMove, UserError>> {
    let reason = right!(check::text(&input.reason, 500, "reason"));
    let offices = offices(scope, Right::MoveWrite).await?;
    let mut tx = scope.begin(format!("move undone: {reason}")).await?;
    let wrong_one = right!(held(&mut tx, &offices, &input.move_id).await?);
    if wrong_one.kind.arrives() && has_records(&mut tx, &wrong_one, (wrong_one.day, crate::clock::NO_END)).await? {
        return wrong(UserErrorCode::InUse, "moveId", "the school has records of the pupil since that day: take them back first");
    }
    right!(take_back(&mut tx, &wrong_one, &reason).await?);
    right!(transfer_date::put_back(&mut tx, &wrong_one, &reason).await?);
    hand_over::end(&mut tx, wrong_one.id, scope.today()).await?;
    done(scope, tx, wrong_one.id).await
}

/// Corrects a move, or says what stands against it.
pub(super) async fn correct(scope: &Scope, input: CorrectMoveInput) -> Result<Result<PupilMove, UserError>> {
    let reason = right!(check::text(&input.reason, 500, "reason"));
    let offices = offices(scope, Right::MoveWrite).await?;
    let mut tx = scope.begin(format!("move corrected: {reason}")).await?;
    let wrong_one = right!(held(&mut tx, &offices, &input.move_id).await?);
    let day = input.day.map_or(wrong_one.day, |day| day.0);
    if wrong_one.answers.is_some() && day != wrong_one.day {
        let message = "the other school's date follows from this one: undo the transfer and take the pupil in anew";
        return wrong(UserErrorCode::InUse, "day", message);
    }
    if wrong_one.kind.arrives() && day > wrong_one.day {
        let between = (wrong_one.day, super::plan::before(day));
        if has_records(&mut tx, &wrong_one, between).await? {
            return wrong(
                UserErrorCode::InUse,
                "day",
                "the school has records of the pupil before that day: take them back first",
            );
        }
    }
    right!(take_back(&mut tx, &wrong_one, &reason).await?);
    let plan = right!(again(&mut tx, &offices, &wrong_one, &input, day).await?);
    let other_name = match input.other_school {
        Some(name) => right!(check::text(&name, 500, "otherSchool")),
        None => wrong_one.other_name.clone(),
    };
    let (other_school, answers) = (wrong_one.other_school, wrong_one.answers);
    let plan = Plan { other_school, other_name, answers, corrects: Some(wrong_one.id), reason: wrong_one.reason.clone(), ..plan };
    let id = write(&mut tx, plan).await?;
    hand_over::follow(&mut tx, wrong_one.id, id).await?;
    done(scope, tx, id).await
}

/// The same move with what the input says otherwise, after the wrong one was taken back.
async fn again(
    tx: &mut Tx,
    offices: &BTreeSet<Uuid>,
    wrong_one: &PupilMove,
    input: &CorrectMoveInput,
    day: NaiveDate,
) -> Result<Result<Plan, UserError>> {
    if wrong_one.kind.leaves() {
        if input.class_id.is_some() || input.number.is_some() {
            return wrong(UserErrorCode::OutOfRange, "classId", "somebody who leaves is in no class afterwards");
        }
        return leave::again(tx, wrong_one, day).await;
    }
    let class = input.class_id.clone().or(wrong_one.class.map(id::of));
    let room = match class {
        Some(class) => Some(right!(super::arrive::room_of(tx, offices, &class).await?)),
        None => None,
    };
    if room.as_ref().is_some_and(|room| room.school != wrong_one.school) {
        return wrong(UserErrorCode::WrongClass, "classId", "the class is not of the school of the move");
    }
    let pupil = wrong_one.pupil;
    if wrong_one.kind == MoveKind::Exchange {
        return visiting(tx, offices, (pupil, room.as_ref()), day).await;
    }
    let room = room.ok_or(Error::Internal)?;
    tx.lock("class", &[room.id]).await?;
    // Without another word the pupil keeps the number and the grade in the same class.
    let kept = wrong_one.effects()?.into_iter().rev().filter_map(|effect| effect.after).find(|after| after.class == room.id);
    let number = input.number.or(kept.as_ref().and_then(|kept| kept.number));
    let grade = right!(grade_in(&room, None, kept.and_then(|kept| kept.grade)));
    let seat = Seat { pupil, room: &room, number, grade: grade.as_deref() };
    if wrong_one.kind == MoveKind::ClassChange {
        return moving(tx, offices, seat, day).await;
    }
    let placed = placed(tx, pupil).await?;
    let effect = right!(arriving(tx, &placed, seat, day).await?);
    Ok(Ok(Plan {
        pupil,
        school: room.school,
        kind: wrong_one.kind,
        day,
        class: Some(room.id),
        other_school: None,
        other_name: String::new(),
        reason: String::new(),
        answers: None,
        corrects: None,
        effects: vec![effect],
    }))
}

impl PupilMove {
    /// What it changed of the enrolments.
    pub(crate) fn effects(&self) -> Result<Vec<Effect>> {
        serde_json::from_str(&self.effect).map_err(|error| {
            tracing::error!(%error, id = %self.id, "the effect of a move cannot be read");
            Error::Internal
        })
    }
}

/// A move of one of these schools that holds, with its pupil locked.
async fn held(tx: &mut Tx, offices: &BTreeSet<Uuid>, id: &ID) -> Result<Result<PupilMove, UserError>> {
    let none = || wrong(UserErrorCode::NotFound, "moveId", "there is no such move of a school of yours that holds");
    let id = id::parse(id).unwrap_or_default();
    let Some(found) = within_of(tx, "m.school", offices, id).await? else { return none() };
    lock_pupil(tx, found.pupil).await?;
    let Some(found) = within_of(tx, "m.school", offices, id).await? else { return none() };
    if found.undone_at.is_some() {
        return none();
    }
    if found.answered {
        let message = "the other school has taken the pupil in: it has to undo that first";
        return wrong(UserErrorCode::InUse, "moveId", message);
    }
    Ok(Ok(found))
}

/// Takes a move back with the turnover that recorded it; one that was undone before stays so.
pub(crate) async fn take_back_by_turnover(tx: &mut Tx, id: Uuid, reason: &str) -> Result<Result<(), UserError>> {
    let Some(found) = within(tx, id).await?.filter(|found| found.undone_at.is_none()) else { return Ok(Ok(())) };
    lock_pupil(tx, found.pupil).await?;
    if let Err(error) = take_back(tx, &found, reason).await? {
        return Ok(Err(UserError {
            field: "turnoverId".into(),
            message: format!("{}: {}", found.pupil_name, error.message),
            ..error
        }));
    }
    let today = crate::clock::school_day(tx.at);
    hand_over::end(tx, found.id, today).await?;
    Ok(Ok(()))
}

/// Brings the enrolments back to what they were before a move and marks it as undone.
pub(super) async fn take_back(tx: &mut Tx, wrong_one: &PupilMove, reason: &str) -> Result<Result<(), UserError>> {
    let effects = wrong_one.effects()?;
    let now: HashMap<Uuid, _> =
        placed(tx, wrong_one.pupil).await?.into_iter().map(|of| (of.enrolment.id, of.enrolment)).collect();
    let stands = |effect: &Effect| {
        let id = effect.after.as_ref().or(effect.before.as_ref()).map(|enrolment| enrolment.id);
        match (id.and_then(|id| now.get(&id)), &effect.after) {
            (Some(now), Some(after)) => now.is_same_place(after),
            (now, after) => now.is_none() && after.is_none(),
        }
    };
    if !effects.iter().all(stands) {
        return wrong(UserErrorCode::InUse, "moveId", "the enrolments have changed since: undo the later moves first");
    }
    // A class may have been taken back in the meantime, with the draft that it came from.
    for before in effects.iter().filter_map(|effect| effect.before.as_ref()) {
        if withdrawn(tx, before.class).await? && homeroom(tx, before.class).await?.is_none() {
            return wrong(UserErrorCode::InUse, "moveId", "a class of before is no more: the next year was taken back since");
        }
    }
    let back: Vec<Effect> =
        effects.into_iter().rev().map(|effect| Effect { before: effect.after, after: effect.before }).collect();
    apply(tx, &back).await?;
    let undone = PupilMove { undone_at: Some(tx.at), undo_reason: reason.to_owned(), ..wrong_one.clone() };
    let change = Change::new(undone.id, Some(wrong_one), Some(&undone));
    let sql = "UPDATE pupil_move SET undone_at = $2, undo_reason = $3 WHERE id = $1";
    on!(tx.change("pupil_move", &[change]).await?, c => sqlx::query(sql).bind(undone.id).bind(undone.undone_at)
        .bind(&undone.undo_reason).execute(c).await?.rows_affected());
    Ok(Ok(()))
}

async fn withdrawn(tx: &mut Tx, class: Uuid) -> Result<bool> {
    let sql = "SELECT count(*) FROM class WHERE id = $1 AND withdrawn";
    let (count,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(class).fetch_one(c).await?);
    Ok(count > 0)
}

/// Whether the school of a move has records of the pupil on some days. The marks of a closure follow the class and are none.
pub(super) async fn has_records(tx: &mut Tx, of: &PupilMove, (from, to): (NaiveDate, NaiveDate)) -> Result<bool> {
    let sql = "SELECT (SELECT count(*) FROM attendance_mark WHERE pupil = $1 AND school = $2 AND day >= $3 AND day <= $4
                           AND kind IS NOT NULL AND closure IS NULL AND known_until = $5)
                    + (SELECT count(*) FROM mood WHERE pupil = $1 AND school = $2 AND day >= $3 AND day <= $4 AND known_until = $5)
                    + (SELECT count(*) FROM support_action WHERE pupil = $1 AND school = $2 AND day >= $3 AND day <= $4)
                    + (SELECT count(*) FROM assessment_result r JOIN assessment a ON a.id = r.assessment WHERE r.pupil = $1
                           AND r.school = $2 AND a.day >= $3 AND a.day <= $4 AND r.state <> 'NONE' AND r.known_until = $5)
                    + (SELECT count(*) FROM term_remark WHERE pupil = $1 AND school = $2 AND day >= $3 AND day <= $4
                           AND text <> '' AND known_until = $5)
                    + (SELECT count(*) FROM support_sheet WHERE pupil = $1 AND school = $2 AND begins >= $3 AND begins <= $4)";
    let (count,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(of.pupil).bind(of.school).bind(from).bind(to)
        .bind(not_replaced()).fetch_one(c).await?);
    Ok(count > 0)
}
