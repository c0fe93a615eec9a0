//! The office decides over a homeroom's mark: both are kept, with who and when, and a homeroom's later marking does not replace it.
use super::mark::{self, AttendanceMark};
use super::take::{self, AttendanceMarkInput, OthersMarked, TakeAttendanceInput, TakeAttendancePayload, Voice};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::error::Result;
use crate::scalar::{Day, Timestamp};
use async_graphql::{Context, ID, InputObject, Object};
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;

/// What the office decides about pupils of a class on a day.
#[derive(InputObject, Clone, Debug)]
pub struct DecideAttendanceInput {
    /// The homeroom, by the UUID of the roster.
    pub class_id: ID,
    /// The school day; today if not said.
    pub day: Option<Day>,
    /// What holds of whom, at most 1,000. A mark without a kind takes the decision back: what the homeroom had said holds again.
    pub marks: Vec<AttendanceMarkInput>,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// When you read what you are changing; see `takeAttendance`.
    pub seen_at: Option<Timestamp>,
}

/// What the office may decide about attendance.
#[derive(Default)]
pub struct DecisionMutation;

#[Object]
impl DecisionMutation {
    /// Decides over what a homeroom marked. The homeroom's mark stays in the history and is shown beside (`overruled`); what the homeroom
    /// marks later comes back to it as a conflict.
    async fn decide_attendance(&self, ctx: &Context<'_>, input: DecideAttendanceInput) -> Result<TakeAttendancePayload> {
        decide(Scope::with(ctx, Right::AttendanceDecide)?, input).await
    }
}

/// Decides over what a homeroom marked.
pub async fn decide(scope: &Scope, input: DecideAttendanceInput) -> Result<TakeAttendancePayload> {
    let DecideAttendanceInput { class_id, day, marks, reason, seen_at } = input;
    let others = OthersMarked::Unchanged;
    let taking = TakeAttendanceInput { class_id, day, marks, others, seen_at, reason: Some(reason) };
    take::mark_class(scope, taking, Voice::Office).await
}

/// Where the office decides nothing any more, what the homeroom had said is marked again.
pub(super) async fn put_back(
    tx: &mut Tx,
    (school, day): (Uuid, NaiveDate),
    marks: impl IntoIterator<Item = &mut AttendanceMark>,
) -> Result<()> {
    let mut empty: Vec<&mut AttendanceMark> = marks.into_iter().filter(|mark| mark.kind.is_none()).collect();
    let pupils: Vec<Uuid> = empty.iter().map(|mark| mark.pupil).collect();
    let mut said: HashMap<Uuid, AttendanceMark> = mark::last_of_homeroom(tx, school, day, &pupils).await?;
    for mark in &mut empty {
        let reason = mark.reason.take();
        **mark = match said.remove(&mark.pupil) {
            Some(former) => AttendanceMark { reason, ..former },
            None => AttendanceMark { reason, office: false, closure: None, ..mark.clone() },
        };
    }
    Ok(())
}
