//! Changing class within a school, and being a guest of another one (交流学級).
use super::arrive::room_of;
use super::plan::{
    Homeroom, Placed, Seat, before, done, ending, grade_in, lock_pupil_of, number_in, offices, placed, right, words, wrong,
};
use super::{Effect, MoveKind, Plan, PupilMove, write};
use crate::access::right::Right;
use crate::access::scope::{Scope, Tx};
use crate::clock::new_id;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::class::{self, Class, ClassKind};
use crate::roster::enrolment::{Enrolment, MembershipKind};
use crate::scalar::Day;
use async_graphql::{ID, InputObject, SimpleObject};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A change of class.
#[derive(InputObject, Clone, Debug)]
pub struct MoveToClassInput {
    /// The pupil.
    pub pupil_id: ID,
    /// The homeroom of the same school that the pupil moves to.
    pub class_id: ID,
    /// The first day there.
    pub day: Day,
    /// 出席番号; the one after the highest if not said.
    pub number: Option<i32>,
    /// The pupil's grade, in a class of several; as before if not said.
    pub grade: Option<String>,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
}

/// An exchange class, or its end.
#[derive(InputObject, Clone, Debug)]
pub struct SetExchangeClassInput {
    /// The pupil of a special-needs class.
    pub pupil_id: ID,
    /// The ordinary homeroom of the same school and year; null ends the exchange.
    pub class_id: Option<ID>,
    /// The first day there, or without it.
    pub day: Day,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
}

/// A class to be marked.
#[derive(InputObject, Clone, Debug)]
pub struct MarkSpecialNeedsClassInput {
    /// The homeroom.
    pub class_id: ID,
    /// Whether it is a special-needs class.
    pub special_needs: bool,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
}

/// What became of the mark.
#[derive(SimpleObject)]
pub struct MarkSpecialNeedsClassPayload {
    /// The class; null if nothing was stored.
    pub class: Option<Class>,
    /// What is wrong with the input; nothing was stored then.
    pub user_errors: Vec<UserError>,
}

/// Moves a pupil to another class, or says what is wrong with the input.
pub async fn move_to_class(scope: &Scope, input: MoveToClassInput) -> Result<Result<PupilMove, UserError>> {
    let offices = offices(scope, Right::MoveWrite).await?;
    let reason = right!(words(input.reason.as_ref(), "reason"));
    let mut tx = scope.begin_because("pupil moved to another class", &reason).await?;
    let room = right!(room_of(&mut tx, &offices, &input.class_id).await?);
    tx.lock("class", &[room.id]).await?;
    let pupil = id::parse(&input.pupil_id).unwrap_or_default();
    let seat = Seat { pupil, room: &room, number: input.number, grade: input.grade.as_deref() };
    let plan = right!(moving(&mut tx, &offices, seat, input.day.0).await?);
    let id = write(&mut tx, Plan { reason, ..plan }).await?;
    done(scope, tx, id).await
}

/// The change of a pupil's class on a day.
pub(super) async fn moving(
    tx: &mut Tx,
    offices: &BTreeSet<Uuid>,
    Seat { pupil, room, number, grade }: Seat<'_>,
    day: NaiveDate,
) -> Result<Result<Plan, UserError>> {
    let not_found = || wrong(UserErrorCode::NotFound, "pupilId", "there is no such pupil in a school of yours");
    if !lock_pupil_of(tx, offices, pupil).await? {
        return not_found();
    }
    let placed = placed(tx, pupil).await?;
    let homes: Vec<&Placed> =
        placed.iter().filter(|placed| placed.is_home() && offices.contains(&placed.enrolment.school)).collect();
    if homes.is_empty() {
        return not_found();
    }
    if day < room.begins || day > room.ends {
        return wrong(UserErrorCode::OutsideYear, "day", "the day is outside of the school year of the class");
    }
    let Some(home) = homes.iter().rev().find(|home| home.enrolment.covers(day)) else {
        return wrong(UserErrorCode::OutOfRange, "day", "the pupil is not in the school on that day");
    };
    if home.enrolment.school != room.school || home.enrolment.class == room.id {
        return wrong(UserErrorCode::WrongClass, "classId", "the class is not another one of the pupil's school");
    }
    let number = right!(number_in(tx, room.id, pupil, day, number).await?);
    let grade = right!(grade_in(room, grade, home.grade()));
    let ends = home.enrolment.ends.min(room.ends);
    let rooms = placed.iter().filter(|of| of.class_kind == ClassKind::Homeroom && of.enrolment.school == room.school);
    let mut effects = ending(rooms.map(|of| &of.enrolment), before(day));
    let (school, class, kind) = (room.school, room.id, MembershipKind::Home);
    let enrolment = Enrolment { id: new_id(), school, class, pupil, number, begins: day, ends, kind, grade };
    effects.push(Effect { before: None, after: Some(enrolment) });
    Ok(Ok(of_class(pupil, school, (MoveKind::ClassChange, Some(class)), day, effects)))
}

fn of_class(pupil: Uuid, school: Uuid, (kind, class): (MoveKind, Option<Uuid>), day: NaiveDate, effects: Vec<Effect>) -> Plan {
    let (other_name, reason) = (String::new(), String::new());
    Plan { pupil, school, kind, day, class, other_school: None, other_name, reason, answers: None, corrects: None, effects }
}

/// Makes a pupil a guest of a class or ends that, or says what is wrong with the input.
pub async fn set_exchange_class(scope: &Scope, input: SetExchangeClassInput) -> Result<Result<PupilMove, UserError>> {
    let offices = offices(scope, Right::MoveWrite).await?;
    let reason = right!(words(input.reason.as_ref(), "reason"));
    let mut tx = scope.begin_because("exchange class set", &reason).await?;
    let room = match &input.class_id {
        Some(class) => Some(right!(room_of(&mut tx, &offices, class).await?)),
        None => None,
    };
    let pupil = id::parse(&input.pupil_id).unwrap_or_default();
    let plan = right!(visiting(&mut tx, &offices, (pupil, room.as_ref()), input.day.0).await?);
    let id = write(&mut tx, Plan { reason, ..plan }).await?;
    done(scope, tx, id).await
}

/// The change of a pupil's exchange class on a day.
pub(super) async fn visiting(
    tx: &mut Tx,
    offices: &BTreeSet<Uuid>,
    (pupil, room): (Uuid, Option<&Homeroom>),
    day: NaiveDate,
) -> Result<Result<Plan, UserError>> {
    let not_found = || wrong(UserErrorCode::NotFound, "pupilId", "there is no such pupil in a school of yours on that day");
    if !lock_pupil_of(tx, offices, pupil).await? {
        return not_found();
    }
    let placed = placed(tx, pupil).await?;
    let home = placed.iter().rev().find(|of| of.is_home() && offices.contains(&of.enrolment.school) && of.enrolment.covers(day));
    let Some(home) = home else { return not_found() };
    let school = home.enrolment.school;
    let guests = placed.iter().filter(|of| of.enrolment.kind == MembershipKind::Exchange && of.enrolment.school == school);
    let mut effects = ending(guests.map(|of| &of.enrolment), before(day));
    if let Some(room) = room {
        if !home.special_needs {
            return wrong(
                UserErrorCode::WrongClass,
                "pupilId",
                "only a pupil of a special-needs class is a guest of another one",
            );
        }
        if room.school != school || room.special_needs {
            return wrong(UserErrorCode::WrongClass, "classId", "the class is no ordinary one of the pupil's school");
        }
        if day < room.begins || day > room.ends {
            return wrong(UserErrorCode::OutsideYear, "day", "the day is outside of the school year of the class");
        }
        let (class, ends, kind) = (room.id, home.enrolment.ends.min(room.ends), MembershipKind::Exchange);
        let guest = Enrolment { id: new_id(), school, class, pupil, number: None, begins: day, ends, kind, grade: None };
        effects.push(Effect { before: None, after: Some(guest) });
    } else if effects.is_empty() {
        return wrong(UserErrorCode::NotFound, "classId", "the pupil has no exchange class from that day on");
    }
    Ok(Ok(of_class(pupil, school, (MoveKind::Exchange, room.map(|room| room.id)), day, effects)))
}

/// Marks a class as one for special needs, or as none.
pub(super) async fn mark_special_needs(scope: &Scope, input: MarkSpecialNeedsClassInput) -> Result<MarkSpecialNeedsClassPayload> {
    let id = id::parse(&input.class_id).unwrap_or_default();
    let found = class::find(scope, Right::MoveWrite, id).await?.filter(|class| class.kind == ClassKind::Homeroom);
    let Some(found) = found else {
        let error = UserError::new(UserErrorCode::NotFound, "classId", "there is no such homeroom in a school of yours");
        return Ok(MarkSpecialNeedsClassPayload { class: None, user_errors: vec![error] });
    };
    let reason = match words(input.reason.as_ref(), "reason") {
        Ok(reason) => reason,
        Err(error) => return Ok(MarkSpecialNeedsClassPayload { class: None, user_errors: vec![error] }),
    };
    let mut tx = scope.begin_because("special-needs class marked", &reason).await?;
    class::put(&mut tx, &[Class { special_needs: input.special_needs, ..found }]).await?;
    tx.commit().await?;
    let class = class::find(scope, Right::MoveWrite, id).await?.ok_or(Error::Internal)?;
    Ok(MarkSpecialNeedsClassPayload { class: Some(class), user_errors: vec![] })
}
