//! Taking back what an app sent wrongly.
use super::insert::Key;
use super::totals::{Counted, Deltas};
use super::{RejectedItem, add_totals, check, times, wrong_length};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::roster::enrolment;
use async_graphql::{ID, InputObject, SimpleObject};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// Activities to take back.
#[derive(InputObject)]
pub struct WithdrawActivitiesInput {
    /// 1 to 1,000 activities that your app sent.
    pub activities: Vec<ActivityKeyInput>,
    /// Why, for the history; 1 to 500 characters.
    pub reason: String,
}

/// The key of an activity.
#[derive(InputObject)]
pub struct ActivityKeyInput {
    /// The pupil.
    pub pupil_id: ID,
    /// The id that the app gave.
    pub id: ID,
}

/// What became of a withdrawal.
#[derive(SimpleObject, Default)]
pub struct WithdrawActivitiesPayload {
    /// How many are taken back now.
    pub withdrawn: usize,
    /// How many had been taken back before; nothing to do.
    pub duplicates: usize,
    /// Those that cannot be taken back; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing was taken back then.
    pub user_errors: Vec<UserError>,
}

pub(crate) async fn withdraw(scope: &Scope, input: WithdrawActivitiesInput) -> Result<WithdrawActivitiesPayload> {
    let refused = |error| Ok(WithdrawActivitiesPayload { user_errors: vec![error], ..WithdrawActivitiesPayload::default() });
    if let Some(error) = wrong_length(input.activities.len(), "activities") {
        return refused(error);
    }
    let reason = match check::text(&input.reason, 500, "reason") {
        Ok(reason) => reason,
        Err(error) => return refused(error),
    };
    let mut payload = WithdrawActivitiesPayload::default();
    let mut asked: BTreeMap<Key, usize> = BTreeMap::new();
    for (index, item) in input.activities.iter().enumerate() {
        let key = check::uuid(&item.pupil_id, "pupilId").and_then(|pupil| Ok((pupil, check::uuid(&item.id, "id")?)));
        match key {
            Ok(key) if asked.contains_key(&key) => payload.duplicates += 1,
            Ok(key) => drop(asked.insert(key, index)),
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.id, error)),
        }
    }
    let pupils: Vec<Uuid> = asked.keys().map(|key| key.0).collect::<HashSet<_>>().into_iter().collect();
    let reached = enrolment::stays_in_classes(scope, Right::ActivityWrite, &pupils).await?;
    let keys: Vec<Key> = asked.keys().filter(|key| reached.contains_key(&key.0)).copied().collect();
    let mut tx = scope.begin(reason.as_str()).await?;
    let taken = mark(&mut tx, &keys, &reason).await?;
    let mut deltas = Deltas::default();
    taken.iter().for_each(|row| deltas.take(row));
    add_totals::apply(&mut tx, deltas).await?;
    times::renew(&mut tx, &taken).await?;
    add_totals::drop_empty(&mut tx, &pupils).await?;
    let done = withdrawn(&mut tx, &keys).await?;
    tx.commit().await?;
    scope.db().tell_posts(taken.iter().map(|row| row.school));
    payload.withdrawn = taken.len();
    payload.duplicates += done.len() - taken.len();
    for (key, index) in asked.iter().filter(|(key, _)| !done.contains(key)) {
        let error = UserError::new(UserErrorCode::NotFound, "id", "your app has sent no such activity of this pupil");
        payload.rejected.push(RejectedItem::new(*index, &key.1.to_string(), error));
    }
    payload.rejected.sort_by_key(|item| item.index);
    Ok(payload)
}

/// Marks what this sender posted under these keys as withdrawn and returns what the totals lose.
async fn mark(tx: &mut Tx, keys: &[Key], reason: &str) -> Result<Vec<Counted>> {
    let (at, actor) = (tx.at, tx.actor);
    let mut taken = Vec::new();
    for chunk in keys.chunks(500) {
        let rows: Vec<Counted> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE activity SET withdrawn_at = ");
            sql.push_bind(at).push(", withdrawn_reason = ").push_bind(reason);
            sql.push(" WHERE withdrawn_at IS NULL AND sent_by = ").push_bind(actor).push(" AND (pupil, id) IN (");
            sql.push_values(chunk, |mut bind, key| { bind.push_bind(key.0).push_bind(key.1); });
            sql.push(") RETURNING pupil, id, class, verb, object_kind, duration_ms, interactions, place, occurred_at, day, school")
                .build_query_as().persistent(false).fetch_all(c).await?
        });
        taken.extend(rows);
    }
    Ok(taken)
}

/// Of these keys, those that this sender had posted and that are withdrawn by now.
async fn withdrawn(tx: &mut Tx, keys: &[Key]) -> Result<HashSet<Key>> {
    let actor = tx.actor;
    let mut found = HashSet::new();
    for chunk in keys.chunks(500) {
        let rows: Vec<Key> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("SELECT pupil, id FROM activity WHERE withdrawn_at IS NOT NULL AND sent_by = ");
            sql.push_bind(actor).push(" AND (pupil, id) IN (");
            sql.push_values(chunk, |mut bind, key| { bind.push_bind(key.0).push_bind(key.1); });
            sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
