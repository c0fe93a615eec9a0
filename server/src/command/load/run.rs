//! Sending what the plan says, when it says so.
use super::answer::{LATER, Outcome, Posted, shown, stored};
use super::batch::Maker;
use super::client::{Answer, Connection, Server, Trouble};
use super::page;
use super::people::{Class, People};
use super::plan::{Call, Plan, What};
use super::tally::Tally;
use asagao_graphql::clock::Clock;
use asagao_graphql::error::code;
use hyper::header::HeaderValue;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// So long after the end calls that were told to come later still do.
const GRACE: Duration = Duration::from_mins(1);

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fate {
    /// How often it was answered that it is stored.
    pub(super) acknowledged: u32,
    /// How many of its items were new, in all answers together.
    pub(super) accepted: u64,
    /// How many items were not taken, by the last answer.
    pub(super) refused: u64,
    /// How often it was sent without such an answer: it may be there.
    pub(super) unknown: u32,
}

/// Everything that calls share.
pub(super) struct Run {
    pub(super) server: Server,
    pub(super) people: People,
    pub(super) plan: Plan,
    pub(super) maker: Maker,
    free: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
    pub(super) tally: Mutex<Tally>,
    pub(super) fates: Mutex<Vec<Fate>>,
}

/// A call that is under way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    /// When it is sent.
    at: Instant,
    /// Since when its client waits.
    since: Instant,
    place: usize,
}

impl Run {
    pub(super) fn new(server: Server, people: People, plan: Plan, connections: u32) -> Self {
        let fates = Mutex::new(vec![Fate::default(); plan.batches.len()]);
        let maker = Maker { began: Clock::System.now() };
        let places = Arc::new(Semaphore::new(connections as usize));
        Run { server, people, plan, maker, free: Mutex::default(), places, tally: Mutex::default(), fates }
    }

    /// Makes every call of the plan at its time; returns how long it took until all were answered.
    pub(super) async fn go(self: &Arc<Self>) -> Duration {
        let began = Instant::now();
        let end = began + self.plan.calls.last().map_or(Duration::ZERO, |call| call.at) + GRACE;
        let mut under_way: JoinSet<Option<Due>> = JoinSet::new();
        let mut waiting: BinaryHeap<Reverse<Due>> = BinaryHeap::new();
        let mut planned = self.plan.calls.iter().enumerate().map(|(place, call)| {
            let at = began + call.at;
            Due { at, since: at, place }
        });
        let mut next = planned.next();
        loop {
            let waits = waiting.peek().map(|Reverse(waits)| waits.at);
            let Some(at) = [next.map(|planned| planned.at), waits].into_iter().flatten().min() else {
                match under_way.join_next().await {
                    Some(again) => waiting.extend(again.ok().flatten().map(Reverse)),
                    None => return began.elapsed(),
                }
                continue;
            };
            tokio::select! {
                biased;
                Some(again) = under_way.join_next() => waiting.extend(again.ok().flatten().map(Reverse)),
                () = sleep_until(at) => {
                    let due = if waits == Some(at) { waiting.pop().map(|Reverse(due)| due) } else { std::mem::replace(&mut next, planned.next()) };
                    if let Some(due) = due {
                        let place = self.places.clone().acquire_owned().await.expect("nobody closes it");
                        under_way.spawn(self.clone().make(due, end, place));
                    }
                }
            }
        }
    }

    /// Makes a call; gives it back where it is to be made again later.
    async fn make(self: Arc<Self>, due: Due, end: Instant, place: OwnedSemaphorePermit) -> Option<Due> {
        let sent = Instant::now();
        let outcome = self.call(due.place).await;
        drop(place);
        let now = Instant::now();
        if let Outcome::Later(wait) = outcome
            && now + wait < end
        {
            let kind = self.plan.calls[due.place].kind;
            self.tally.lock().unwrap_or_else(PoisonError::into_inner).later(kind);
            return Some(Due { at: now + wait, ..due });
        }
        self.note(due, (now - due.since, now - sent), outcome);
        None
    }

    async fn call(&self, place: usize) -> Outcome {
        let answered = match self.plan.calls[place].what {
            What::Post(batch) => self.post(batch).await,
            What::Page(class) => self.open(&self.people.classes[class as usize]).await,
        };
        answered.unwrap_or_else(|trouble| Outcome::Failed(vec![trouble.code().to_owned()]))
    }

    /// Opens the page of a class.
    async fn open(&self, class: &Class) -> Result<Outcome, Trouble> {
        let Some(teacher) = &class.teacher else { return Ok(Outcome::Shown) };
        let answer = self.send(teacher, page::body(class, Clock::System.today())).await?;
        Ok(shown(&answer))
    }

    /// Sends a batch as it is.
    async fn post(&self, place: usize) -> Result<Outcome, Trouble> {
        let batch = &self.plan.batches[place];
        let class = &self.people.classes[batch.class as usize];
        let who = (class.pupils[batch.pupil as usize], class.id);
        let body = self.maker.body((place, batch), who, Clock::System.now());
        let answer = self.send(&self.people.apps[place % self.people.apps.len()], body).await?;
        Ok(stored(&answer))
    }

    /// Sends by a connection that is free, and keeps it for the next call.
    async fn send(&self, token: &HeaderValue, body: String) -> Result<Answer, Trouble> {
        let mut connection = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let answer = self.server.post(&mut connection, token, body.into()).await;
        self.free.lock().unwrap_or_else(PoisonError::into_inner).extend(connection);
        answer
    }

    fn note(&self, due: Due, times: (Duration, Duration), outcome: Outcome) {
        let Call { kind, what, .. } = self.plan.calls[due.place];
        let mut items = 0;
        if let What::Post(batch) = what {
            let mut fates = self.fates.lock().unwrap_or_else(PoisonError::into_inner);
            let fate = &mut fates[batch];
            match &outcome {
                Outcome::Stored(posted) => {
                    items = posted.accepted + posted.duplicates;
                    fate.acknowledged += 1;
                    fate.accepted += posted.accepted;
                    fate.refused = (posted.conflicts.len() + posted.rejected.len()) as u64;
                }
                _ => fate.unknown += 1,
            }
        }
        let errors = match outcome {
            Outcome::Stored(posted) if !posted.conflicts.is_empty() => vec!["items in conflict".to_owned()],
            Outcome::Stored(posted) if !posted.rejected.is_empty() => vec!["items rejected".to_owned()],
            Outcome::Stored(_) | Outcome::Shown => Vec::new(),
            Outcome::Later(_) => vec![code::UNAVAILABLE.to_owned()],
            Outcome::Failed(errors) => errors,
        };
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.answered(kind, times, items, &errors);
    }

    /// Sends a batch once more, as often as the server asks to come later; `None` where it is not answered.
    pub(super) async fn once_more(&self, place: usize) -> Option<Posted> {
        let _place = self.places.acquire().await.expect("nobody closes it");
        for _ in 0..60 {
            match self.post(place).await {
                Ok(Outcome::Stored(posted)) => return Some(posted),
                Ok(Outcome::Later(wait)) => sleep(wait).await,
                _ => sleep(LATER).await,
            }
        }
        None
    }
}
