//! That activities came: thousands a second, so they are told by school, and several at once as one.
use super::{Event, Events};
use crate::access::scope::Scope;
use crate::db::{Db, Engine};
use sqlx::PgPool;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch::{Receiver, Sender};
use uuid::Uuid;

/// Other servers are told of what came within so long at once: a notification is written under a lock of the whole database.
const TOGETHER: Duration = Duration::from_millis(250);

/// Who waits for the activities of which school.
#[derive(Clone, Debug, Default)]
pub(super) struct Posts(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    of_school: HashMap<Uuid, Sender<()>>,
    /// What other servers are still to be told.
    untold: BTreeSet<Uuid>,
    /// Whether somebody is about to tell them.
    telling: bool,
}

impl Posts {
    /// Wakes those who wait for a school. Whoever is busy finds it afterwards, once, however often it was told.
    pub(super) fn tell(&self, school: Uuid) {
        if let Some(waiting) = self.waiting().of_school.get(&school) {
            waiting.send_replace(());
        }
    }

    /// Wakes everybody.
    pub(super) fn tell_all(&self) {
        self.waiting().of_school.values().for_each(|waiting| waiting.send_replace(()));
    }

    fn of(&self, school: Uuid) -> Receiver<()> {
        self.waiting().of_school.entry(school).or_insert_with(|| Sender::new(())).subscribe()
    }

    /// Notes what other servers are to be told; whether somebody has to begin to tell it.
    fn note(&self, school: Uuid) -> bool {
        let mut waiting = self.waiting();
        waiting.untold.insert(school);
        !std::mem::replace(&mut waiting.telling, true)
    }

    fn take_untold(&self) -> BTreeSet<Uuid> {
        let mut waiting = self.waiting();
        waiting.telling = false;
        std::mem::take(&mut waiting.untold)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Db {
    /// Tells that activities of these schools were committed, here at once and on other servers soon.
    pub(crate) fn tell_posts(&self, schools: impl Iterator<Item = Uuid>) {
        for school in schools.collect::<BTreeSet<_>>() {
            self.events.posts.tell(school);
            if let Engine::Postgres(pool) = self.pool()
                && self.events.posts.note(school)
            {
                tokio::spawn(tell_others(pool, self.events.clone()));
            }
        }
    }
}

async fn tell_others(pool: PgPool, events: Events) {
    tokio::time::sleep(TOGETHER).await;
    let told: Vec<String> =
        events.posts.take_untold().into_iter().map(|school| events.written(Event::Posts { school })).collect();
    let sql = "SELECT pg_notify('asagao_' || n.oid, told) FROM pg_catalog.pg_namespace n, UNNEST($1::text[]) AS told
               WHERE n.nspname = current_schema()";
    if let Err(error) = sqlx::query(sql).bind(told).execute(&pool).await {
        // Those who wait there look by themselves from time to time.
        tracing::warn!(%error, "other servers are not told of activities just now");
    }
}

impl Scope {
    /// Changes whenever activities of a school were stored or taken back.
    pub(crate) fn posts_of(&self, school: Uuid) -> Receiver<()> {
        self.db().events.posts.of(school)
    }
}
