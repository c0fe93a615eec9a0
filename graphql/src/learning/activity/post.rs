//! The only way in for activities: GraphQL, files and samples all come through [`record`].
use super::desk::Outcome;
use super::insert::Row;
use super::verb::ActivityVerb;
use super::{ActivityConflict, ActivityInput, RecordActivitiesPayload, RejectedItem, check};
use crate::access::scope::{Holder, Scope};
use crate::error::{Result, UserError, UserErrorCode};
use chrono::{DateTime, Utc};

/// Records a batch whole or not at all: what is new is stored with its totals, what is there already is compared, what is wrong is
/// refused item by item. `sent_at` is the device's time at the moment of sending.
pub async fn record(scope: &Scope, sent_at: DateTime<Utc>, items: Vec<ActivityInput>) -> Result<RecordActivitiesPayload> {
    let now = scope.now();
    let clock_error = check::clock_error(sent_at, now);
    let mut payload = RecordActivitiesPayload::default();
    let mut rows = Vec::with_capacity(items.len());
    // While it waits, a call holds its rows and ids alone.
    let mut ids = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        match check::row(&item, clock_error, now, scope.holder()).and_then(|row| own_word(scope, row)) {
            Ok(row) => rows.push((index, row)),
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.id, error)),
        }
        ids.push(item.id);
    }
    let (places, rows): (Vec<usize>, Vec<Row>) = rows.into_iter().unzip();
    if !rows.is_empty() {
        let outcomes = scope.db().desk.post(scope, rows).await?;
        for (place, outcome) in places.into_iter().zip(outcomes) {
            payload.tell(place, ids[place].as_str(), outcome);
        }
    }
    payload.rejected.sort_by_key(|item| item.index);
    Ok(payload)
}

impl RecordActivitiesPayload {
    fn tell(&mut self, index: usize, id: &str, outcome: Outcome) {
        match outcome {
            Outcome::New => self.accepted += 1,
            Outcome::Duplicate => self.duplicates += 1,
            Outcome::Refused(error) => self.rejected.push(RejectedItem::new(index, id, error)),
            Outcome::Conflict => {
                let message =
                    "this pupil has another activity under this id: make a new id for each activity and keep it over retries";
                self.conflicts.push(ActivityConflict { index, id: id.to_owned(), message: message.into() });
            }
        }
    }
}

/// What a teacher does to a pupil's work is not for the pupil's own device to say: marks, feedback, who is let off.
fn own_word(scope: &Scope, row: Row) -> Result<Row, UserError> {
    let refused = |field, message: &str| Err(UserError::new(UserErrorCode::OutOfRange, field, message));
    match (scope.viewer().kind, row.counted.verb) {
        (Holder::Pupil, verb) if !verb.is_of_pupil() => {
            refused("verb", "a teacher does this: it is posted by an app of the school, not with a pupil's sign-in")
        }
        (Holder::Pupil, ActivityVerb::Submitted) if row.score.raw.is_some() => {
            refused("score", "what was handed in is marked by a teacher: leave `score` out with a pupil's sign-in")
        }
        _ => Ok(row),
    }
}
