//! 転学の日付: the last day in the former school is the day before the other one takes the pupil in (指導要録). It follows that day where
//! it harms nothing in the former school, and comes back when the arrival is undone.
use super::correct::{has_records, take_back};
use super::plan::{before, homeroom_grades, right, wrong};
use super::query::within;
use super::{PupilMove, hand_over, leave, write};
use crate::access::tx::Tx;
use crate::attendance::calendar;
use crate::attendance::school_day::is_ordinary;
use crate::error::{Result, UserError, UserErrorCode};
use chrono::{Days, NaiveDate};
use uuid::Uuid;

/// Why the former entry of a school is undone whose date follows from the other school's.
const FOLLOWS: &str = "受け入れの日による";

/// Brings the date of a transfer to the day before the other school takes the pupil in; the entry that holds then, or why it cannot be.
pub(super) async fn follow(
    tx: &mut Tx,
    out: &PupilMove,
    first_day: NaiveDate,
    today: NaiveDate,
) -> Result<Result<Uuid, UserError>> {
    let last = before(first_day);
    if out.day == last {
        return Ok(Ok(out.id));
    }
    if last < out.day && has_records(tx, out, (first_day, out.day)).await? {
        let message = "the other school has records of the pupil on or after that day: agree with it on the date first";
        return wrong(UserErrorCode::InUse, "day", message);
    }
    // Who has let a pupil go sees nothing of the pupil any more, and can mark no day that is added.
    if last > out.day && out.day < today && (last >= today || had_school(tx, out, last).await?) {
        let message =
            "the other school's last day is over: take the pupil in from the day after it, or have that school correct it";
        return wrong(UserErrorCode::Conflict, "day", message);
    }
    right!(take_back(tx, out, FOLLOWS).await?);
    let plan = right!(leave::again(tx, out, last).await?);
    let holds = write(tx, plan).await?;
    hand_over::follow(tx, out.id, holds).await?;
    Ok(Ok(holds))
}

/// Brings the date back to what the former school had said, after the arrival that it followed was undone. Where that school has taken
/// down records of the days in between, they stay, and so does the date.
pub(super) async fn put_back(tx: &mut Tx, arrival: &PupilMove, reason: &str) -> Result<Result<(), UserError>> {
    let Some(out) = found(tx, arrival.answers).await?.filter(|out| out.undone_at.is_none()) else { return Ok(Ok(())) };
    let former = found(tx, out.corrects).await?.filter(|former| former.undo_reason == FOLLOWS);
    let Some(former) = former else { return Ok(Ok(())) };
    if former.day < out.day && has_records(tx, &out, (former.day + Days::new(1), out.day)).await? {
        return Ok(Ok(()));
    }
    right!(take_back(tx, &out, reason).await?);
    let plan = right!(leave::again(tx, &out, former.day).await?);
    let holds = write(tx, plan).await?;
    hand_over::follow(tx, out.id, holds).await?;
    Ok(Ok(()))
}

async fn found(tx: &mut Tx, id: Option<Uuid>) -> Result<Option<PupilMove>> {
    match id {
        Some(id) => within(tx, id).await,
        None => Ok(None),
    }
}

/// Whether the pupil would have had school after the last day that the school had said.
async fn had_school(tx: &mut Tx, out: &PupilMove, last: NaiveDate) -> Result<bool> {
    let from = out.day + Days::new(1);
    let grades = homeroom_grades(tx, out.class.unwrap_or_default()).await?;
    let calendar = calendar::within(tx, out.school, (from, last)).await?;
    let meets = |day: NaiveDate| calendar.has_school(day, &grades).unwrap_or_else(|| is_ordinary(day));
    Ok(from.iter_days().take_while(|day| *day <= last).any(meets))
}
