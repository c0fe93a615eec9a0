//! Activities: what pupils did, as apps post it.
pub(crate) mod add_totals;
pub mod check;
mod commit;
pub(crate) mod desk;
mod document;
pub mod insert;
mod known;
pub mod post;
pub(crate) mod times;
pub mod totals;
pub mod verb;
pub mod withdraw;
mod write_bare;

use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Result, UserError, UserErrorCode};
use crate::learning::posted;
use crate::map_only;
use crate::scalar::{Count, Timestamp};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
pub use document::PostingDocument;
use serde::{Deserialize, Serialize};
use verb::{ActivityVerb, ObjectKind, Place};

/// One thing that a pupil did. The key is (`pupilId`, `id`): posting the same key with the same content again is a duplicate and
/// changes nothing, with other content it is a conflict.
#[derive(InputObject, Serialize, Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityInput {
    /// A UUID made by the app, one for each activity; kept over retries, so that nothing is counted twice.
    pub id: ID,
    /// The pupil, by the UUID of the roster.
    pub pupil_id: ID,
    /// The class in which it was done, by the UUID of the roster; leave it out for what belongs to no class.
    pub class_id: Option<ID>,
    /// What was done.
    pub verb: ActivityVerb,
    /// What it was done to: an IRI or an id of the app's own, 1 to 2,000 characters. For SUBMITTED and SCORED the assignment's id.
    pub object_id: String,
    /// What kind of thing that is.
    pub object_kind: ObjectKind,
    /// Its name for people, at most 500 characters.
    pub object_name: Option<String>,
    /// When it was done, by the device's clock. Asagao takes the clock's error off, see `sentAt`.
    pub occurred_at: Timestamp,
    /// How long it took, 0 to 2,678,400 seconds (31 days).
    pub duration_seconds: Option<f64>,
    /// How many like interactions it stands for, 1 to 1,000,000; 1 if not said.
    pub count: Option<Count>,
    /// The points, where there are any.
    #[serde(default, deserialize_with = "map_only::optional")]
    pub score: Option<ScoreInput>,
    /// Right or wrong, for an answer. For COMPLETED it means finished to the end, not passed.
    pub success: Option<bool>,
    /// Where the pupil was, if the app knows.
    pub place: Option<Place>,
    /// The subject, such as `P030` or 算数, at most 100 characters.
    pub subject: Option<String>,
    /// 学習指導要領コード as text, 16 characters in today's tables; at most 64.
    pub course_of_study_code: Option<String>,
    /// Anything else, such as xAPI extensions; kept as it is, at most 16 KiB.
    pub extensions: Option<serde_json::Value>,
}

/// Points. `raw` lies between `min` and `max`.
#[derive(InputObject, Serialize, Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScoreInput {
    /// The points reached.
    pub raw: f64,
    /// The least that can be reached; 0 if not said.
    pub min: Option<f64>,
    /// The most that can be reached. Without it the points cannot be compared and are only kept.
    pub max: Option<f64>,
}

/// A batch of activities.
#[derive(InputObject, Deserialize, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordActivitiesInput {
    /// The device's time at the moment of sending. Its difference from the server's time is the clock's error, which is taken off
    /// every `occurredAt` of the batch when it is a minute or more.
    pub sent_at: Timestamp,
    /// 1 to 1,000 activities.
    #[serde(deserialize_with = "map_only::list")]
    pub activities: Vec<ActivityInput>,
}

/// An item whose key is taken by another content.
#[derive(SimpleObject, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ActivityConflict {
    /// The place in `activities`, from 0.
    pub index: usize,
    /// The id that was sent.
    pub id: String,
    /// What to do.
    pub message: String,
}

/// An item that was not taken, and why.
#[derive(SimpleObject, Deserialize, Clone, Debug)]
pub struct RejectedItem {
    /// The place in the list that was sent, from 0.
    pub index: usize,
    /// The id that was sent.
    pub id: String,
    /// What kind of mistake it is.
    pub code: UserErrorCode,
    /// The field of the item, such as `occurredAt` or `score.raw`.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl RejectedItem {
    pub(crate) fn new(index: usize, id: &str, error: UserError) -> Self {
        RejectedItem { index, id: id.chars().take(100).collect(), code: error.code, field: error.field, message: error.message }
    }
}

/// What became of a batch. It is answered after everything accepted is stored for good.
#[derive(SimpleObject, Deserialize, Default, Debug)]
#[serde(rename_all = "camelCase")]
pub struct RecordActivitiesPayload {
    /// How many were new and are stored now.
    pub accepted: usize,
    /// How many were there already with the same content; nothing to do.
    pub duplicates: usize,
    /// Those whose key is taken by another content; the first content stays.
    pub conflicts: Vec<ActivityConflict>,
    /// Those that were not taken; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the batch as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

/// The most items of one call.
pub const MOST_ITEMS: usize = 1_000;

/// What is wrong with a list that is empty or too long.
pub(crate) fn wrong_length(length: usize, field: &str) -> Option<UserError> {
    match length {
        0 => Some(UserError::new(UserErrorCode::Empty, field, format!("the list is empty: send 1 to {MOST_ITEMS} items"))),
        1..=MOST_ITEMS => None,
        _ => {
            let message = format!("the list has {length} items: send at most {MOST_ITEMS} a call, the rest in further calls");
            Some(UserError::new(UserErrorCode::TooMany, field, message))
        }
    }
}

/// Posts a batch of somebody who may post.
async fn record(scope: &Scope, input: RecordActivitiesInput) -> Result<RecordActivitiesPayload> {
    let refused = |error| Ok(RecordActivitiesPayload { user_errors: vec![error], ..RecordActivitiesPayload::default() });
    if let Some(error) = wrong_length(input.activities.len(), "activities") {
        return refused(error);
    }
    match input.sent_at.instant("sentAt") {
        Ok(sent_at) => post::record(scope, sent_at, input.activities).await.inspect(posted::count),
        Err(error) => refused(error),
    }
}

/// What may be done with activities.
#[derive(Default)]
pub struct ActivityMutation;

#[Object]
impl ActivityMutation {
    /// Posts what pupils did, 1 to 1,000 activities a call. Safe to repeat: a replay is all duplicates. One bad item never loses the
    /// others. On `UNAVAILABLE` send the same call again: nothing is half stored, and nothing is counted twice.
    async fn record_activities(&self, ctx: &Context<'_>, input: RecordActivitiesInput) -> Result<RecordActivitiesPayload> {
        record(Scope::with(ctx, Right::ActivityWrite)?, input).await
    }

    /// Takes back activities that your app sent wrongly: totals and analyses from now on are without them, the history keeps them.
    /// An id that was taken back stays taken; send the right content under a new one.
    async fn withdraw_activities(
        &self,
        ctx: &Context<'_>,
        input: withdraw::WithdrawActivitiesInput,
    ) -> Result<withdraw::WithdrawActivitiesPayload> {
        withdraw::withdraw(Scope::with(ctx, Right::ActivityWrite)?, input).await
    }
}
