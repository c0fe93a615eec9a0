//! A group of calls in one transaction: what is new is stored with its totals, what is there already is compared.
use super::desk::{Call, Outcome};
use super::insert::{self, Key, Row};
use super::known::Known;
use super::totals::{self, Deltas};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::Engine;
use crate::error::{Result, UserError};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Commits the rows of some calls, those of earlier calls first, and tells what became of each row of each call.
pub(super) async fn commit(group: &mut [Call]) -> Result<Vec<Vec<Outcome>>> {
    let refused = place(group).await?;
    if refused.len() == group.iter().map(|call| call.rows.len()).sum::<usize>() {
        // Nobody has to wait for the one who writes to be told so.
        let of_call =
            |(call, of): (usize, &Call)| (0..of.rows.len()).map(|at| Outcome::Refused(refused[&(call, at)].clone())).collect();
        return Ok(group.iter().enumerate().map(of_call).collect());
    }
    let taken = |call: usize, row: usize| !refused.contains_key(&(call, row));
    let rows =
        || group.iter().enumerate().flat_map(|(call, of)| of.rows.iter().enumerate().map(move |(at, row)| (call, at, row)));

    // The first row of each key that can be stored, in the order of the keys.
    let mut firsts: Vec<&Row> =
        rows().filter(|(call, at, row)| taken(*call, *at) && row.refused.is_none()).map(|(.., row)| row).collect();
    firsts.sort_by_key(|row| row.key());
    firsts.dedup_by_key(|row| row.key());
    let (mut tx, new) = store(&group[0].scope, &firsts, &first_of_each(group)).await?;
    let is_new = |row: &Row| new.as_ref().is_none_or(|new| new.contains(&row.key()));
    let there =
        rows().filter(|(call, at, row)| taken(*call, *at) && !(row.refused.is_none() && is_new(row))).map(|(.., row)| row.key());
    let there: HashSet<Key> = there.collect();
    let there = insert::contents(&mut tx, &there.into_iter().collect::<Vec<_>>()).await?;
    let mut deltas = Deltas::default();
    firsts.iter().filter(|row| is_new(row)).for_each(|row| deltas.add(&row.counted));
    totals::apply(&mut tx, deltas).await?;
    tx.commit().await?;
    group[0].scope.db().tell_posts(firsts.iter().filter(|row| is_new(row)).map(|row| row.counted.school));

    let first = |row: &Row| firsts.binary_search_by_key(&row.key(), |first| first.key()).ok().map(|at| firsts[at]);
    let outcome = |call: usize, at: usize, row: &Row| {
        if let Some(error) = refused.get(&(call, at)) {
            return Outcome::Refused(error.clone());
        }
        let first = first(row).filter(|first| is_new(first));
        if first.is_some_and(|first| std::ptr::eq(first, row)) {
            return Outcome::New;
        }
        let stored = first.map(|first| &first.content).or_else(|| there.get(&row.key()));
        match (stored, &row.refused) {
            (Some(content), _) if *content == row.content => Outcome::Duplicate,
            (None, Some(error)) => Outcome::Refused(error.clone()),
            _ => Outcome::Conflict,
        }
    };
    let of_call = |(call, of): (usize, &Call)| of.rows.iter().enumerate().map(|(at, row)| outcome(call, at, row)).collect();
    Ok(group.iter().enumerate().map(of_call).collect())
}

/// The key of the first row of each call: by it a call that is sent again is known.
fn first_of_each(group: &[Call]) -> Vec<Key> {
    group.iter().filter_map(|call| call.rows.first()).map(Row::key).collect()
}

/// Stores the rows whose keys are free, in a transaction that is still open; the keys that were, `None` where all were. PostgreSQL is asked
/// the cheap way first, unless a call is seen to be sent again.
async fn store(scope: &Scope, rows: &[&Row], first_of_each: &[Key]) -> Result<(Tx, Option<HashSet<Key>>)> {
    let mut tx = scope.begin("activities posted").await?;
    let at = tx.at;
    if let Engine::Postgres(c) = tx.connection()
        && !insert::is_there(c, first_of_each).await?
    {
        if insert::insert_new(c, rows, at).await? {
            return Ok((tx, None));
        }
        drop(tx);
        tx = scope.begin("activities posted").await?;
    }
    let new = insert::insert(&mut tx, rows).await?;
    Ok((tx, Some(new)))
}

/// Finds the school of every row; of those that have none for whoever sends them, by call and row, why.
async fn place(group: &mut [Call]) -> Result<HashMap<(usize, usize), UserError>> {
    let mut of_holder: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    group.iter().enumerate().for_each(|(at, call)| of_holder.entry(call.scope.holder()).or_default().push(at));
    let mut refused = HashMap::new();
    for calls in of_holder.into_values() {
        let known = Known::load(&group[calls[0]].scope, calls.iter().flat_map(|at| &group[*at].rows)).await?;
        for call in calls {
            for (at, row) in group[call].rows.iter_mut().enumerate() {
                match known.school_of(&row.counted) {
                    Ok(school) => row.counted.school = school,
                    Err(error) => drop(refused.insert((call, at), error)),
                }
            }
        }
    }
    Ok(refused)
}
