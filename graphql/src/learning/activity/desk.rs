//! Where calls that post wait to be committed together. One commit costs a database as much as many rows: calls that come while another group
//! is being committed are the next group, with no timer, so that a call that comes alone waits for nobody.
use super::commit::commit;
use super::insert::Row;
use crate::access::scope::Scope;
use crate::db::{Db, Engine};
use crate::error::{Error, Result, UserError};
use metrics::{gauge, histogram};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;
use uuid::Uuid;

/// The most rows that are begun with in one transaction; the last call may bring it over.
const MOST_TOGETHER: usize = 2_000;

/// The most rows that wait. Beyond it calls are refused before memory grows: the app sends them again.
const MOST_WAITING: usize = 40_000;

/// How many groups are committed side by side on PostgreSQL; SQLite has one writer.
const SIDE_BY_SIDE: usize = 4;

/// What became of a row.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// It is stored now.
    New,
    /// It was there with the same content.
    Duplicate,
    /// Its key is taken by another content.
    Conflict,
    /// It was not taken.
    Refused(UserError),
}

/// A call that waits.
pub(super) struct Call {
    pub(super) scope: Scope,
    pub(super) rows: Vec<Row>,
    answer: oneshot::Sender<Result<Vec<Outcome>>>,
}

/// The desk of one database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Desk(Arc<Mutex<Waiting>>);

/// The calls of each holder, who are served in turn, so that one who sends much does not keep the others waiting.
#[derive(Default)]
struct Waiting {
    calls: HashMap<Uuid, VecDeque<Call>>,
    turns: VecDeque<Uuid>,
    rows: usize,
    writing: usize,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Waiting").field("rows", &self.rows).field("writing", &self.writing).finish_non_exhaustive()
    }
}

impl Desk {
    /// Has rows committed, with those of others if there are any, and tells what became of each. What was begun is finished also if whoever
    /// asked does not wait for it. [`Error::Unavailable`] where too much waits already.
    pub(super) async fn post(&self, scope: &Scope, rows: Vec<Row>) -> Result<Vec<Outcome>> {
        let (answer, answered) = oneshot::channel();
        let db = scope.db();
        if self.waiting().take_in(Call { scope: scope.clone(), rows, answer }, side_by_side(db))? {
            tokio::spawn(write(self.clone()));
        }
        // Only a runtime that ends drops it.
        answered.await.unwrap_or(Err(Error::Unavailable))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn side_by_side(db: &Db) -> usize {
    match db.pool() {
        Engine::Sqlite(()) => 1,
        Engine::Postgres(_) => SIDE_BY_SIDE,
    }
}

impl Waiting {
    /// Takes in a call, and tells whether one more has to begin to write.
    fn take_in(&mut self, call: Call, most_writing: usize) -> Result<bool> {
        if self.rows >= MOST_WAITING {
            return Err(Error::Unavailable);
        }
        self.rows += call.rows.len();
        gauge!("asagao_posting_waiting_items").set(count(self.rows));
        let holder = call.scope.holder();
        let calls = self.calls.entry(holder).or_default();
        if calls.is_empty() {
            self.turns.push_back(holder);
        }
        calls.push_back(call);
        let begin = self.writing < most_writing;
        self.writing += usize::from(begin);
        Ok(begin)
    }

    /// The next group: a call of each holder in turn. None: whoever writes is done.
    fn next_group(&mut self) -> Vec<Call> {
        let (mut group, mut rows) = (Vec::new(), 0);
        while rows < MOST_TOGETHER
            && let Some(holder) = self.turns.pop_front()
        {
            let calls = self.calls.get_mut(&holder).expect("a holder with a turn has a call");
            let call = calls.pop_front().expect("a holder with a turn has a call");
            if calls.is_empty() {
                self.calls.remove(&holder);
            } else {
                self.turns.push_back(holder);
            }
            rows += call.rows.len();
            group.push(call);
        }
        self.rows -= rows;
        gauge!("asagao_posting_waiting_items").set(count(self.rows));
        if group.is_empty() {
            self.writing -= 1;
        }
        group
    }
}

/// Commits groups until nobody waits any more.
async fn write(desk: Desk) {
    loop {
        let mut group = desk.waiting().next_group();
        if group.is_empty() {
            return;
        }
        histogram!("asagao_posting_commit_rows").record(count(group.iter().map(|call| call.rows.len()).sum()));
        match commit(&mut group).await {
            Ok(outcomes) => group.into_iter().zip(outcomes).for_each(|(call, outcomes)| call.say(Ok(outcomes))),
            // What one call brings must not cost the others theirs.
            Err(Error::Internal) if group.len() > 1 => {
                for mut call in group {
                    let alone = commit(std::slice::from_mut(&mut call)).await;
                    call.say(alone.map(|mut outcomes| outcomes.pop().unwrap_or_default()));
                }
            }
            Err(error) => group.into_iter().for_each(|call| call.say(Err(error.clone()))),
        }
    }
}

fn count(rows: usize) -> f64 {
    f64::from(u32::try_from(rows).unwrap_or(u32::MAX))
}

impl Call {
    fn say(self, outcomes: Result<Vec<Outcome>>) {
        // Whoever asked may have gone.
        drop(self.answer.send(outcomes));
    }
}
