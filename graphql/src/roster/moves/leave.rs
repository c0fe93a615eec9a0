//! Leaving a school: 転学, 退学 and the rest, and what ends with it.
use super::plan::{Placed, done, homeroom, leaving, lock_pupil_of, offices, placed, right, words, wrong};
use super::query::left;
use super::{MoveKind, Plan, PupilMove, hand_over, write};
use crate::access::right::Right;
use crate::access::scope::{Scope, Tx};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::scalar::Day;
use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use hand_over::RecordKind;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A transfer to another school.
#[derive(InputObject, Clone, Debug)]
pub struct TransferPupilOutInput {
    /// The pupil.
    pub pupil_id: ID,
    /// 転学の日付: the last day here, the day before the other school takes the pupil in.
    pub day: Day,
    /// The other school where it is one of the same board; it then finds the pupil in `expectedPupils`.
    pub destination_school_id: Option<ID>,
    /// The other school, or the place, in words where it is not of the same board; up to 500 characters.
    pub destination: Option<String>,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
    /// The kinds of record that the other school of the board may read; none unless listed.
    #[graphql(default)]
    pub hand_over: Vec<RecordKind>,
}

/// Another way of leaving.
#[derive(InputObject, Clone, Debug)]
pub struct WithdrawPupilInput {
    /// The pupil.
    pub pupil_id: ID,
    /// `WITHDRAWAL`, `EXEMPTION`, `WHEREABOUTS_UNKNOWN`, `DEATH` or `GRADUATION`.
    pub kind: MoveKind,
    /// The last day.
    pub day: Day,
    /// Where to, in words; up to 500 characters.
    pub destination: Option<String>,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
}

/// Lets a pupil go to another school, or says what is wrong with the input.
pub async fn transfer_out(scope: &Scope, input: TransferPupilOutInput) -> Result<Result<PupilMove, UserError>> {
    let offices = offices(scope, Right::MoveWrite).await?;
    let reason = right!(words(input.reason.as_ref(), "reason"));
    let other_name = right!(words(input.destination.as_ref(), "destination"));
    let mut tx = scope.begin_because("pupil transferred out", &reason).await?;
    let other_school = match &input.destination_school_id {
        Some(id) => Some(right!(school_of_board(&mut tx, id).await?)),
        None if other_name.is_empty() => {
            return wrong(UserErrorCode::Empty, "destination", "say where to: `destinationSchoolId` or `destination`");
        }
        None => None,
    };
    let mut plan = right!(from(&mut tx, &offices, &input.pupil_id, MoveKind::TransferOut, input.day.0).await?);
    if other_school == Some(plan.school) {
        return wrong(UserErrorCode::OutOfRange, "destinationSchoolId", "the pupil is in this school");
    }
    if other_school.is_none() && !input.hand_over.is_empty() {
        return wrong(UserErrorCode::OutOfRange, "handOver", "only a school of the same board can be handed records here");
    }
    plan = Plan { other_school, other_name, reason: reason.clone(), ..plan };
    let (pupil, school) = (plan.pupil, plan.school);
    let id = write(&mut tx, plan).await?;
    if let Some(to) = other_school {
        hand_over::set(&mut tx, (id, pupil, school, to), &input.hand_over, &reason, scope.today()).await?;
    }
    done(scope, tx, id).await
}

/// Ends what a pupil is enrolled in, or says what is wrong with the input.
pub async fn withdraw(scope: &Scope, input: WithdrawPupilInput) -> Result<Result<PupilMove, UserError>> {
    if !input.kind.leaves() || input.kind == MoveKind::TransferOut {
        let message = "the kind is none of WITHDRAWAL, EXEMPTION, WHEREABOUTS_UNKNOWN, DEATH and GRADUATION";
        return wrong(UserErrorCode::OutOfRange, "kind", message);
    }
    let offices = offices(scope, Right::MoveWrite).await?;
    let reason = right!(words(input.reason.as_ref(), "reason"));
    let other_name = right!(words(input.destination.as_ref(), "destination"));
    let mut tx = scope.begin_because("pupil left", &reason).await?;
    let plan = right!(from(&mut tx, &offices, &input.pupil_id, input.kind, input.day.0).await?);
    let id = write(&mut tx, Plan { other_name, reason, ..plan }).await?;
    done(scope, tx, id).await
}

async fn school_of_board(tx: &mut Tx, id: &ID) -> Result<Result<Uuid, UserError>> {
    let school = id::parse(id).unwrap_or_default();
    let found: Option<(Uuid,)> =
        on!(tx.connection(), c => sqlx::query_as("SELECT id FROM school WHERE id = $1").bind(school).fetch_optional(c).await?);
    match found {
        Some((school,)) => Ok(Ok(school)),
        None => wrong(UserErrorCode::NotFound, "destinationSchoolId", "the board has no such school"),
    }
}

/// The leaving of a pupil who is in a school of these offices on the day.
async fn from(
    tx: &mut Tx,
    offices: &BTreeSet<Uuid>,
    pupil: &ID,
    kind: MoveKind,
    day: NaiveDate,
) -> Result<Result<Plan, UserError>> {
    let pupil = id::parse(pupil).unwrap_or_default();
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
    let Some(home) = homes.iter().rev().find(|home| home.enrolment.covers(day)) else {
        return wrong(UserErrorCode::OutOfRange, "day", "the pupil is not in the school on that day");
    };
    let year = homeroom(tx, home.enrolment.class).await?;
    if year.is_some_and(|year| day < year.begins || day > year.ends) {
        return wrong(UserErrorCode::OutsideYear, "day", "the day is outside of the school year of the class");
    }
    let (school, class) = (home.enrolment.school, home.enrolment.class);
    if left(tx, pupil, school, home.enrolment.begins).await? {
        return wrong(UserErrorCode::Conflict, "pupilId", "the pupil's leaving is recorded already: correct or undo that");
    }
    Ok(Ok(Plan {
        pupil,
        school,
        kind,
        day,
        class: Some(class),
        other_school: None,
        other_name: String::new(),
        reason: String::new(),
        answers: None,
        corrects: None,
        effects: leaving(&placed, school, day),
    }))
}

/// The same leaving with another last day, after the former was taken back.
pub(super) async fn again(tx: &mut Tx, former: &PupilMove, day: NaiveDate) -> Result<Result<Plan, UserError>> {
    let offices = BTreeSet::from([former.school]);
    let plan = right!(from(tx, &offices, &id::of(former.pupil), former.kind, day).await?);
    Ok(Ok(Plan {
        other_school: former.other_school,
        other_name: former.other_name.clone(),
        reason: former.reason.clone(),
        corrects: Some(former.id),
        ..plan
    }))
}
