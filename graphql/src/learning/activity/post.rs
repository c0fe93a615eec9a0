//! The only way in for activities: GraphQL, files and samples all come through [`record`].
use super::insert::{self, Key, Row};
use super::totals::{self, Counted, Deltas};
use super::verb::ActivityVerb;
use super::{ActivityConflict, ActivityInput, RecordActivitiesPayload, RejectedItem, check};
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::error::{Result, UserError, UserErrorCode};
use crate::roster::class;
use crate::roster::enrolment::{self, Stay};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Records a batch in one transaction: what is new is stored with its totals, what is there already is compared, what is wrong is
/// refused item by item. `sent_at` is the device's time at the moment of sending.
pub async fn record(scope: &Scope, sent_at: DateTime<Utc>, items: &[ActivityInput]) -> Result<RecordActivitiesPayload> {
    let now = scope.now();
    let clock_error = check::clock_error(sent_at, now);
    let mut payload = RecordActivitiesPayload::default();
    let mut rows = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match check::row(item, clock_error, now).and_then(|row| own_word(scope, row)) {
            Ok(row) => rows.push((index, row)),
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.id, error)),
        }
    }
    let known = Known::load(scope, &rows).await?;
    rows.retain_mut(|(index, row)| match known.school_of(&row.counted) {
        Ok(school) => {
            row.counted.school = school;
            true
        }
        Err(error) => {
            payload.rejected.push(RejectedItem::new(*index, &items[*index].id, error));
            false
        }
    });
    if !rows.is_empty() {
        store(scope, &rows, &mut payload).await?;
    }
    payload.rejected.sort_by_key(|item| item.index);
    Ok(payload)
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

async fn store(scope: &Scope, rows: &[(usize, Row)], payload: &mut RecordActivitiesPayload) -> Result<()> {
    // The first item of each key that can be stored, in the order of the keys.
    let mut firsts: BTreeMap<Key, &Row> = BTreeMap::new();
    for (_, row) in rows.iter().filter(|(_, row)| row.refused.is_none()) {
        firsts.entry(row.key()).or_insert(row);
    }
    let firsts: Vec<&Row> = firsts.into_values().collect();
    let mut tx = scope.begin("activities posted").await?;
    let mut new: HashSet<Key> = insert::insert(&mut tx, &firsts).await?.into_iter().collect();
    let taken: HashSet<Key> = rows.iter().map(|(_, row)| row.key()).filter(|key| !new.contains(key)).collect();
    let mut stored = insert::contents(&mut tx, &taken.into_iter().collect::<Vec<_>>()).await?;
    stored.extend(firsts.iter().filter(|row| new.contains(&row.key())).map(|row| (row.key(), row.content.clone())));
    let mut deltas = Deltas::default();
    firsts.iter().filter(|row| new.contains(&row.key())).for_each(|row| deltas.add(&row.counted));
    totals::apply(&mut tx, deltas).await?;
    tx.commit().await?;

    for (index, row) in rows {
        let id = row.counted.id.to_string();
        match (stored.get(&row.key()), &row.refused) {
            (Some(_), None) if new.remove(&row.key()) => payload.accepted += 1,
            (Some(content), _) if *content == row.content => payload.duplicates += 1,
            (None, Some(error)) => payload.rejected.push(RejectedItem::new(*index, &id, error.clone())),
            _ => {
                let message =
                    "this pupil has another activity under this id: make a new id for each activity and keep it over retries";
                payload.conflicts.push(ActivityConflict { index: *index, id, message: message.into() });
            }
        }
    }
    Ok(())
}

/// The pupils and classes of a batch that whoever posts may post for.
struct Known {
    stays: HashMap<Uuid, Vec<Stay>>,
    classes: HashMap<Uuid, Uuid>,
}

impl Known {
    async fn load(scope: &Scope, rows: &[(usize, Row)]) -> Result<Self> {
        let pupils: HashSet<Uuid> = rows.iter().map(|(_, row)| row.counted.pupil).collect();
        let classes: HashSet<Uuid> = rows.iter().map(|(_, row)| row.counted.class).filter(|class| !class.is_nil()).collect();
        let pupils: Vec<Uuid> = pupils.into_iter().collect();
        let stays = enrolment::stays_in_classes(scope, Right::ActivityWrite, &pupils).await?;
        let classes: Vec<Uuid> = classes.into_iter().collect();
        let classes = class::open_to_posts(scope, Right::ActivityWrite, &classes).await?;
        Ok(Known { stays, classes: classes.into_iter().map(|class| (class.id, class.school)).collect() })
    }

    /// The school that an activity belongs to: its class's, else where the pupil was on the day, else where the pupil was last.
    fn school_of(&self, row: &Counted) -> Result<Uuid, UserError> {
        let not_found = |field, message: &str| UserError::new(UserErrorCode::NotFound, field, message);
        let stays = self.stays.get(&row.pupil).ok_or_else(|| {
            not_found("pupilId", "there is no such pupil in the schools of this app: check the id against the roster")
        })?;
        if row.class.is_nil() {
            let on_the_day = stays.iter().filter(|stay| stay.covers(row.day)).max_by_key(|stay| (stay.begins, stay.school));
            let last = || stays.iter().max_by_key(|stay| (stay.begins, stay.school));
            return Ok(on_the_day.or_else(last).expect("a pupil's list is made with the first stay").school);
        }
        let class = self.classes.get(&row.class).copied();
        class.ok_or_else(|| {
            not_found("classId", "there is no such class in the schools of this app: check the id against the roster")
        })
    }
}
