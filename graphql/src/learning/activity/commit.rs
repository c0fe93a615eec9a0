//! A group of calls in one transaction: what is new is stored with its totals, what is there already is compared.
use super::desk::{Call, Outcome};
use super::insert::{self, Key, Row};
use super::known::Known;
use super::totals::{self, Deltas};
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
    let mut firsts: BTreeMap<Key, &Row> = BTreeMap::new();
    for (call, at, row) in rows() {
        if taken(call, at) && row.refused.is_none() {
            firsts.entry(row.key()).or_insert(row);
        }
    }
    let firsts: Vec<&Row> = firsts.into_values().collect();
    let mut tx = group[0].scope.begin("activities posted").await?;
    let mut new: HashSet<Key> = insert::insert(&mut tx, &firsts).await?.into_iter().collect();
    let there = rows().filter(|(call, at, _)| taken(*call, *at)).map(|(_, _, row)| row.key());
    let there: HashSet<Key> = there.filter(|key| !new.contains(key)).collect();
    let mut stored = insert::contents(&mut tx, &there.into_iter().collect::<Vec<_>>()).await?;
    let mut deltas = Deltas::default();
    for row in firsts.iter().filter(|row| new.contains(&row.key())) {
        stored.insert(row.key(), row.content.clone());
        deltas.add(&row.counted);
    }
    totals::apply(&mut tx, deltas).await?;
    tx.commit().await?;
    group[0].scope.db().tell_posts(firsts.iter().filter(|row| new.contains(&row.key())).map(|row| row.counted.school));

    let mut outcome = |call: usize, at: usize, row: &Row| {
        if let Some(error) = refused.get(&(call, at)) {
            return Outcome::Refused(error.clone());
        }
        match (stored.get(&row.key()), &row.refused) {
            (Some(_), None) if new.remove(&row.key()) => Outcome::New,
            (Some(content), _) if *content == row.content => Outcome::Duplicate,
            (None, Some(error)) => Outcome::Refused(error.clone()),
            _ => Outcome::Conflict,
        }
    };
    let of_call = |(call, of): (usize, &Call)| of.rows.iter().enumerate().map(|(at, row)| outcome(call, at, row)).collect();
    Ok(group.iter().enumerate().map(of_call).collect())
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
