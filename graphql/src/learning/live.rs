//! A class as it works just now: who has begun, who is done, who asked for help. Read from the totals of the day, and told anew whenever
//! activities of the school came.
use super::activity::times::Times;
use crate::access::reached::push_learning_of_reached;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::school_midnight;
use crate::db::{Among, on};
use crate::error::{Error, Result};
use crate::id;
use crate::page::Cursor;
use crate::roster::class::{self, Class, ClassKind};
use crate::roster::pupil::{self, Pupil};
use crate::scalar::Timestamp;
use async_graphql::futures_util::stream::{self, BoxStream, StreamExt};
use async_graphql::{Context, Enum, ID, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::{Instant, sleep_until, timeout};
use uuid::Uuid;

/// How a pupil stands just now.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveState {
    /// Has done nothing since then.
    NotBegun,
    /// Has begun.
    Working,
    /// Has come to the end of something or handed it in (COMPLETED, SUBMITTED).
    Done,
    /// Asked for help (`REQUESTED_ATTENTION`), and has neither been answered (RESPONDED) nor been done since.
    AskedForHelp,
}

/// A pupil as they work just now.
#[derive(SimpleObject, Clone, Debug)]
pub struct PupilLive {
    /// The pupil.
    pub pupil: Pupil,
    /// How they stand.
    pub state: LiveState,
    /// When they last did anything since then.
    pub last_at: Option<Timestamp>,
    /// When they were last done with something since then.
    pub done_at: Option<Timestamp>,
    /// When they last asked for help, while they wait for it; null where they do not.
    pub asked_at: Option<Timestamp>,
}

/// A class as it works just now.
#[derive(SimpleObject, Clone, Debug)]
pub struct ClassLive {
    /// When it was looked at.
    pub at: Timestamp,
    /// What counts is what was done from then on.
    pub since: Timestamp,
    /// How many pupils have done nothing yet.
    pub not_begun: usize,
    /// How many have begun and are not done.
    pub working: usize,
    /// How many are done.
    pub done: usize,
    /// How many wait for help.
    pub asked_for_help: usize,
    /// The pupils of today by number, at most 200.
    pub pupils: Vec<PupilLive>,
}

/// The most pupils of a class that are shown.
const MOST_PUPILS: i64 = 200;

#[derive(sqlx::FromRow)]
struct OfPupil {
    pupil: Uuid,
    #[sqlx(flatten)]
    times: Times,
}

/// A class as the viewer sees it work: in a homeroom whatever of its pupils' learning they may see, in a lesson what belongs to the lesson.
pub(crate) async fn of_class(scope: &Scope, class: &Class, since: Option<DateTime<Utc>>) -> Result<ClassLive> {
    let (now, today) = (scope.now(), scope.today());
    // What is kept is of the day.
    let since = since.unwrap_or_default().max(school_midnight(today));
    let pupils = pupil::of_class(scope, class.id, today, Cursor::START, MOST_PUPILS).await?;
    scope.lists(class.id, pupils.iter().map(|pupil| pupil.id));
    let ids: Vec<Uuid> = pupils.iter().map(|pupil| pupil.id).collect();
    let times: Vec<OfPupil> = on!(scope.read(), c => {
        let mut sql = scope.reached(Right::ActivityRead, &ids);
        sql.push("SELECT t.pupil, t.last_at, t.done_at, t.asked_at, t.answered_at FROM daily_total t WHERE t.day = ");
        sql.push_bind(today).push(" AND ");
        push_learning_of_reached(&mut sql, "t");
        if class.kind == ClassKind::Scheduled {
            sql.push(" AND t.class = ").push_bind(class.id);
        }
        sql.push(" AND ");
        Among::push_among(&mut sql, "t.pupil", &ids);
        sql.build_query_as().fetch_all(c).await?
    });
    let mut of_pupil: HashMap<Uuid, Vec<Times>> = HashMap::new();
    times.into_iter().for_each(|of| of_pupil.entry(of.pupil).or_default().push(of.times));
    let pupils: Vec<PupilLive> = pupils
        .into_iter()
        .map(|pupil| PupilLive::new(of_pupil.get(&pupil.id).map(Vec::as_slice).unwrap_or_default(), since, pupil))
        .collect();
    let count = |state| pupils.iter().filter(|of| of.state == state).count();
    Ok(ClassLive {
        at: now.into(),
        since: since.into(),
        not_begun: count(LiveState::NotBegun),
        working: count(LiveState::Working),
        done: count(LiveState::Done),
        asked_for_help: count(LiveState::AskedForHelp),
        pupils,
    })
}

impl PupilLive {
    /// A pupil by their times in each class.
    fn new(times: &[Times], since: DateTime<Utc>, pupil: Pupil) -> Self {
        let last = |at: fn(&Times) -> Option<DateTime<Utc>>| times.iter().filter_map(at).filter(|at| *at >= since).max();
        let (last_at, done_at) = (last(|of| of.last_at), last(|of| of.done_at));
        // What is done in another lesson answers nothing.
        let asked_at = last(|of| of.asked_at.filter(|asked| Some(*asked) > of.done_at.max(of.answered_at)));
        let state = match (asked_at, done_at, last_at) {
            (Some(_), ..) => LiveState::AskedForHelp,
            (None, Some(_), _) => LiveState::Done,
            (None, None, Some(_)) => LiveState::Working,
            (None, None, None) => LiveState::NotBegun,
        };
        PupilLive {
            pupil,
            state,
            last_at: last_at.map(Into::into),
            done_at: done_at.map(Into::into),
            asked_at: asked_at.map(Into::into),
        }
    }

    /// Whether nothing of what is told has changed.
    fn same(&self, other: &PupilLive) -> bool {
        let told = |of: &PupilLive| (of.state, of.last_at.clone(), of.done_at.clone(), of.asked_at.clone());
        told(self) == told(other) && self.pupil == other.pupil
    }
}

/// The time that counts, of what was asked for.
pub(crate) fn since(asked: Option<&Timestamp>) -> Result<Option<DateTime<Utc>>> {
    asked.map(|since| since.instant("since")).transpose().map_err(|error| Error::BadInput(error.message))
}

/// What may be listened to of a class's work.
#[derive(Default)]
pub struct LiveSubscription;

#[Subscription]
impl LiveSubscription {
    /// A class as it works: first as it is, then each time that something has changed, at most twice a second. Nothing comes while you
    /// may not see the pupils of this class and their learning.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn class_live(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The class.")] class_id: ID,
        #[graphql(
            desc = "What was done from then on counts, such as the beginning of the lesson; the whole of today if not said."
        )]
        since: Option<Timestamp>,
    ) -> Result<BoxStream<'static, ClassLive>> {
        let scope = Scope::with(ctx, Right::ActivityRead)?.clone();
        let since = self::since(since.as_ref())?;
        let class = id::parse(&class_id).unwrap_or_default();
        let watch = Watch { scope, class, since, told: None, changes: None, next: Instant::now() };
        Ok(stream::unfold(watch, Watch::next).boxed())
    }
}

/// Somebody who looks at a class that works.
struct Watch {
    scope: Scope,
    class: Uuid,
    since: Option<DateTime<Utc>>,
    /// What they were told last.
    told: Option<ClassLive>,
    /// Changes when activities of the class's school come; `None` until the class was first seen.
    changes: Option<Receiver<()>>,
    /// When it may be read again.
    next: Instant,
}

/// So long lies between two looks, whatever comes.
const PAUSE: Duration = Duration::from_millis(500);
/// After so long it is looked at without being told: day turns to day, rosters change, and another server may have failed to tell.
const LOOK: Duration = Duration::from_secs(15);

impl Watch {
    async fn next(mut self) -> Option<(ClassLive, Watch)> {
        loop {
            if let Some(changes) = &mut self.changes {
                // The sender is kept for as long as the program runs.
                drop(timeout(LOOK, changes.changed()).await);
                sleep_until(self.next).await;
                changes.mark_unchanged();
            } else {
                sleep_until(self.next).await;
            }
            let Ok(found) = self.look().await else {
                self.next = Instant::now() + LOOK;
                continue;
            };
            self.next = Instant::now() + if found.is_some() { PAUSE } else { LOOK };
            let same = |told: &ClassLive, found: &ClassLive| {
                told.since == found.since
                    && told.pupils.len() == found.pupils.len()
                    && told.pupils.iter().zip(&found.pupils).all(|(told, found)| told.same(found))
            };
            if let Some(found) = found
                && !self.told.as_ref().is_some_and(|told| same(told, &found))
            {
                self.told = Some(found.clone());
                return Some((found, self));
            }
        }
    }

    /// The class now; `None` while it is not for this viewer.
    async fn look(&mut self) -> Result<Option<ClassLive>> {
        let Some(class) = class::find(&self.scope, Right::ActivityRead, self.class).await? else { return Ok(None) };
        if class::find(&self.scope, Right::RosterRead, self.class).await?.is_none() {
            return Ok(None);
        }
        self.changes.get_or_insert_with(|| self.scope.posts_of(class.school));
        of_class(&self.scope, &class, self.since).await.map(Some)
    }
}
