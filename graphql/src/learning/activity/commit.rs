//! A group of calls in one transaction: what is new is stored with its totals, what is there already is compared.
use super::desk::{Call, Outcome};
use super::insert::{self, Key, Row};
use super::known::Known;
use super::totals::Deltas;
use super::{add_totals, write_bare};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::Engine;
use crate::error::{Result, UserError};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Commits the rows of some calls, those of earlier calls first, and tells what became of each row of each call.
pub(super) async fn commit(group: &mut [Call]) -> Result<Vec<Vec<Outcome>>> {
    let refused = place(group).await?;
    let batch = Batch::of(group, &refused);
    if batch.firsts.is_empty() && batch.others.is_empty() {
        // Nobody has to wait for the one who writes to be told so.
        let of_call =
            |(call, of): (usize, &Call)| (0..of.rows.len()).map(|at| Outcome::Refused(refused[&(call, at)].clone())).collect();
        return Ok(group.iter().enumerate().map(of_call).collect());
    }
    let scope = &group[0].scope;
    let batch = Arc::new(batch);
    let stored = match scope.db().pool() {
        Engine::Sqlite(()) => write_bare::store(scope.db(), batch.clone()).await?,
        Engine::Postgres(_) => store(scope, &batch).await?,
    };
    scope.db().tell_posts(stored.new_of(&batch).map(|row| row.counted.school));
    let outcome = |call: usize, at: usize| match refused.get(&(call, at)) {
        Some(error) => Outcome::Refused(error.clone()),
        None => stored.outcome(&batch, (call, at)),
    };
    let of_call = |(call, rows): (usize, &Arc<Vec<Row>>)| (0..rows.len()).map(|at| outcome(call, at)).collect();
    Ok(batch.calls.iter().enumerate().map(of_call).collect())
}

/// The rows of a group.
pub(super) struct Batch {
    /// Those of each call.
    calls: Vec<Arc<Vec<Row>>>,
    /// The first row of each key that can be stored, in the order of the keys: its call, and its place there.
    firsts: Vec<(usize, usize)>,
    /// What cannot be stored, and may be there all the same.
    others: Vec<(usize, usize)>,
}

impl Batch {
    fn of(group: &[Call], refused: &HashMap<(usize, usize), UserError>) -> Self {
        let calls: Vec<Arc<Vec<Row>>> = group.iter().map(|call| call.rows.clone()).collect();
        let places = calls.iter().enumerate().flat_map(|(call, rows)| (0..rows.len()).map(move |at| (call, at)));
        let taken = places.filter(|place| !refused.contains_key(place));
        let (mut firsts, others): (Vec<_>, Vec<_>) = taken.partition(|(call, at)| calls[*call][*at].refused.is_none());
        firsts.sort_by_key(|(call, at)| calls[*call][*at].key());
        firsts.dedup_by_key(|(call, at)| calls[*call][*at].key());
        Batch { calls, firsts, others }
    }

    fn row(&self, (call, at): (usize, usize)) -> &Row {
        &self.calls[call][at]
    }

    /// The first row of each key that can be stored, in the order of the keys.
    pub(super) fn firsts(&self) -> impl Iterator<Item = &Row> {
        self.firsts.iter().map(|place| self.row(*place))
    }

    /// The keys of what cannot be stored, and may be there all the same.
    pub(super) fn others(&self) -> impl Iterator<Item = Key> {
        self.others.iter().map(|place| self.row(*place).key())
    }
}

/// What became of a batch.
pub(super) struct Stored {
    /// The keys that were free; `None` where all were.
    pub(super) new: Option<HashSet<Key>>,
    /// The digests of what was there, or is there by now.
    pub(super) there: HashMap<Key, Vec<u8>>,
}

impl Stored {
    fn is_new(&self, row: &Row) -> bool {
        self.new.as_ref().is_none_or(|new| new.contains(&row.key()))
    }

    /// The rows that are stored now.
    fn new_of<'a>(&'a self, batch: &'a Batch) -> impl Iterator<Item = &'a Row> {
        batch.firsts().filter(|row| self.is_new(row))
    }

    fn outcome(&self, batch: &Batch, place: (usize, usize)) -> Outcome {
        let row = batch.row(place);
        let first = batch.firsts.binary_search_by_key(&row.key(), |first| batch.row(*first).key());
        let first = first.ok().map(|at| batch.firsts[at]).filter(|first| self.is_new(batch.row(*first)));
        if first == Some(place) {
            return Outcome::New;
        }
        let stored = first.map(|first| &batch.row(first).content).or_else(|| self.there.get(&row.key()));
        match (stored, &row.refused) {
            (Some(content), _) if *content == row.content => Outcome::Duplicate,
            (None, Some(error)) => Outcome::Refused(error.clone()),
            _ => Outcome::Conflict,
        }
    }
}

/// Stores a batch with its totals on PostgreSQL.
async fn store(scope: &Scope, batch: &Batch) -> Result<Stored> {
    let rows: Vec<&Row> = batch.firsts().collect();
    // By its first and its last row a call that is sent again is known.
    let ends: Vec<Key> = batch.calls.iter().flat_map(|rows| [rows.first(), rows.last()]).flatten().map(Row::key).collect();
    let (mut tx, new) = insert(scope, &rows, &ends).await?;
    let mut stored = Stored { new, there: HashMap::new() };
    let there = rows.iter().filter(|row| !stored.is_new(row)).map(|row| row.key()).chain(batch.others());
    let there: HashSet<Key> = there.collect();
    stored.there = insert::contents(&mut tx, &there.into_iter().collect::<Vec<_>>()).await?;
    let at = tx.at;
    add_totals::apply(&mut tx, Deltas::of(stored.new_of(batch), at)).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Inserts the rows whose keys are free, in a transaction that is still open; the keys that were, `None` where all were. The cheap way is
/// tried first, unless a call is seen to be sent again or one was not long ago.
async fn insert(scope: &Scope, rows: &[&Row], ends: &[Key]) -> Result<(Tx, Option<HashSet<Key>>)> {
    let mut tx = scope.begin("activities posted").await?;
    let desk = &scope.db().desk;
    if desk.expects_new() && !insert::is_there(&mut tx, ends).await? {
        if insert::insert_new(&mut tx, rows).await? {
            return Ok((tx, None));
        }
        desk.be_careful();
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
        let known = Known::load(&group[calls[0]].scope, calls.iter().flat_map(|at| group[*at].rows.iter())).await?;
        for call in calls {
            for (at, row) in Arc::make_mut(&mut group[call].rows).iter_mut().enumerate() {
                match known.school_of(&row.counted) {
                    Ok(school) => row.counted.school = school,
                    Err(error) => drop(refused.insert((call, at), error)),
                }
            }
        }
    }
    Ok(refused)
}
