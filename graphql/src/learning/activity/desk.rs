//! Where calls that post wait to be committed together. One commit costs a database as much as many rows: calls that come while another group
//! is being committed are the next group, with no timer, so that a call that comes alone waits for nobody.
use super::commit::commit;
use super::insert::Row;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::{Db, Engine};
use crate::error::{Error, Result, UserError};
use metrics::{gauge, histogram};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use uuid::Uuid;

/// The most rows that are begun with in one transaction; the last call may bring it over.
const MOST_TOGETHER: usize = 2_000;

/// The most bytes that wait. Beyond it calls are refused before memory grows: the app sends them again.
const MOST_WAITING: usize = 64 * 1024 * 1024;

/// The most bytes that wait of one holder, so that nobody keeps all others out.
const MOST_OF_ONE: usize = MOST_WAITING / 4;

/// How many groups are committed side by side on PostgreSQL, as long as more waits than one group takes: a large group costs it half as much
/// a row as small ones side by side. SQLite has one writer.
const SIDE_BY_SIDE: usize = 4;

/// So many rows are worth a second group beside the first: while one is stored, the next is made ready.
const WORTH_ANOTHER: usize = 500;

/// Whoever writes a group for longer than this may be waiting for somebody else: then another begins beside them.
const SLOW: Duration = Duration::from_millis(200);

/// So long after rows were there that looked new, each is looked for before it is stored.
const CAREFUL: Duration = Duration::from_secs(10);

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
    pub(super) rows: Arc<Vec<Row>>,
    size: usize,
    answer: oneshot::Sender<Result<Vec<Outcome>>>,
}

/// The desk of one database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Desk(Arc<Mutex<Waiting>>);

/// The calls of each holder, who are served in turn, so that one who sends much does not keep the others waiting.
#[derive(Default)]
struct Waiting {
    of_holder: HashMap<Uuid, OfHolder>,
    turns: VecDeque<Uuid>,
    rows: usize,
    size: usize,
    writing: usize,
    /// When somebody last took a group.
    taken_at: Option<Instant>,
    /// When rows were last found that were expected to be new.
    surprised_at: Option<Instant>,
}

#[derive(Default)]
struct OfHolder {
    calls: VecDeque<Call>,
    size: usize,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Waiting").field("rows", &self.rows).field("writing", &self.writing).finish_non_exhaustive()
    }
}

impl Desk {
    /// Has rows committed, with those of others if there are any, and tells what became of each. A call that nobody waits for any more is passed
    /// over, but for one that is being committed. [`Error::Unavailable`] where too much waits already.
    pub(super) async fn post(&self, scope: &Scope, rows: Vec<Row>) -> Result<Vec<Outcome>> {
        // Whoever posts is asked for once a group: all calls of a holder have the right.
        if !scope.holds(Right::ActivityWrite) {
            return Err(Error::Forbidden(Right::ActivityWrite.name()));
        }
        let (answer, answered) = oneshot::channel();
        let size = rows.iter().map(Row::size).sum();
        if self.waiting().take_in(Call { scope: scope.clone(), rows: Arc::new(rows), size, answer }, side_by_side(scope.db()))? {
            tokio::spawn(write(self.clone()));
        }
        // Whoever writes has ended badly, or the runtime ends.
        answered.await.unwrap_or(Err(Error::Unavailable))
    }

    /// Whether rows that look new may be expected to be: not shortly after they were not.
    pub(super) fn expects_new(&self) -> bool {
        self.waiting().surprised_at.is_none_or(|at| at.elapsed() > CAREFUL)
    }

    /// Notes that rows were not new although they looked so.
    pub(super) fn be_careful(&self) {
        self.waiting().surprised_at = Some(Instant::now());
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
        let holder = call.scope.holder();
        let of_holder = self.of_holder.get(&holder).map_or(0, |of| of.size);
        // Alone, a call of any size is taken.
        let too_much = |waiting: usize, most: usize| waiting > 0 && waiting + call.size > most;
        if too_much(self.size, MOST_WAITING) || too_much(of_holder, MOST_OF_ONE) {
            return Err(Error::Unavailable);
        }
        self.count(call.rows.len(), call.size, true);
        let of = self.of_holder.entry(holder).or_default();
        if of.calls.is_empty() {
            self.turns.push_back(holder);
        }
        of.size += call.size;
        of.calls.push_back(call);
        let begin = self.writing < most_writing && self.wants_another();
        self.writing += usize::from(begin);
        Ok(begin)
    }

    /// Whether somebody has to begin to write beside those who do.
    fn wants_another(&self) -> bool {
        self.writing == 0 || self.is_crowded()
    }

    /// Whether those who write cannot do what waits: it is more than a group, or they have been at theirs for long.
    fn is_crowded(&self) -> bool {
        let enough = if self.writing < 2 { WORTH_ANOTHER } else { MOST_TOGETHER };
        self.rows >= enough || self.taken_at.is_some_and(|at| at.elapsed() > SLOW)
    }

    /// The next group of somebody who writes: a call of each holder in turn. None: nobody waits, or the others can do what does.
    fn next_group(&mut self) -> Vec<Call> {
        let (mut group, mut rows) = (Vec::new(), 0);
        if self.writing > 2 && !self.is_crowded() {
            return group;
        }
        while rows < MOST_TOGETHER
            && let Some(holder) = self.turns.pop_front()
        {
            let of = self.of_holder.get_mut(&holder).expect("a holder with a turn has a call");
            let call = of.calls.pop_front().expect("a holder with a turn has a call");
            of.size -= call.size;
            if of.calls.is_empty() {
                self.of_holder.remove(&holder);
            } else {
                self.turns.push_back(holder);
            }
            self.count(call.rows.len(), call.size, false);
            if !call.answer.is_closed() {
                rows += call.rows.len();
                group.push(call);
            }
        }
        if !group.is_empty() {
            self.taken_at = Some(Instant::now());
        }
        group
    }

    fn count(&mut self, rows: usize, size: usize, come: bool) {
        (self.rows, self.size) = if come { (self.rows + rows, self.size + size) } else { (self.rows - rows, self.size - size) };
        gauge!("asagao_posting_waiting_items").set(count(self.rows));
    }
}

/// Somebody who writes, until they are done, however they end.
struct Writing(Desk);

impl Drop for Writing {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.writing -= 1;
        // Somebody came after the last look, or this one ended badly.
        if !waiting.turns.is_empty()
            && waiting.wants_another()
            && let Ok(runtime) = Handle::try_current()
        {
            waiting.writing += 1;
            runtime.spawn(write(self.0.clone()));
        }
    }
}

/// Commits groups until nobody waits any more.
async fn write(desk: Desk) {
    let _writing = Writing(desk.clone());
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
