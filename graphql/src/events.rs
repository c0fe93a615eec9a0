//! Events: that something was written, told after the commit. They carry ids alone; whoever hears of one reads again in their own scope.
//!
//! Within a program they go through a channel. On PostgreSQL they also go to the other servers of the board, by `NOTIFY`.
mod posts;

use crate::access::scope::Scope;
use crate::clock::new_id;
use crate::db::{Db, Engine};
use async_graphql::futures_util::stream::{self, BoxStream, StreamExt};
use posts::Posts;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Sender};
use uuid::Uuid;

/// What was written.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A consultation came to a member of staff.
    Consultation {
        /// Who has it now.
        to: Uuid,
    },
    /// The attendance of a class was taken.
    Attendance {
        /// The class.
        class: Uuid,
    },
    /// Something of a school's health was noted: an observation, a visit.
    Health {
        /// The school.
        school: Uuid,
    },
    /// Activities of a school were stored or taken back. Who waits for that is told by [`Posts`], of which there is one a school.
    Posts {
        /// The school.
        school: Uuid,
    },
    /// Some events may have been missed: read again.
    Missed,
}

/// An event on its way to another server.
#[derive(Serialize, Deserialize)]
struct Told {
    /// Which program told it, so that it does not hear itself.
    by: Uuid,
    event: Event,
}

/// Where a program's events go through.
#[derive(Clone, Debug)]
pub(crate) struct Events {
    me: Uuid,
    sender: Sender<Event>,
    posts: Posts,
}

/// So many events may wait for a slow listener; one that is later reads again.
const MOST_WAITING: usize = 1_024;
/// The channel of PostgreSQL. Channels are of a whole database, which many boards may share: each schema has one of its own.
const CHANNEL: &str = "SELECT 'asagao_' || CAST(oid AS TEXT) FROM pg_catalog.pg_namespace WHERE nspname = current_schema()";
/// How long to wait before a listener is opened again.
const PAUSE: Duration = Duration::from_secs(5);

impl Events {
    pub(crate) fn new() -> Self {
        Events { me: new_id(), sender: broadcast::channel(MOST_WAITING).0, posts: Posts::default() }
    }

    /// Tells those who listen in this program. That nobody listens is no error.
    pub(crate) fn tell(&self, event: Event) {
        match event {
            Event::Posts { school } => return self.posts.tell(school),
            Event::Missed => self.posts.tell_all(),
            Event::Consultation { .. } | Event::Attendance { .. } | Event::Health { .. } => {}
        }
        drop(self.sender.send(event));
    }

    /// The event as it is sent to other servers.
    pub(crate) fn written(&self, event: Event) -> String {
        serde_json::to_string(&Told { by: self.me, event }).expect("ids are JSON")
    }

    /// Every event from now on.
    fn all(&self) -> BoxStream<'static, Event> {
        let next = |mut receiver: broadcast::Receiver<Event>| async move {
            match receiver.recv().await {
                Ok(event) => Some((event, receiver)),
                Err(RecvError::Lagged(_)) => Some((Event::Missed, receiver)),
                Err(RecvError::Closed) => None,
            }
        };
        stream::unfold(self.sender.subscribe(), next).boxed()
    }
}

impl Scope {
    /// Every event from now on, of which the viewer may be told nothing but what they read themself.
    pub(crate) fn events(&self) -> BoxStream<'static, Event> {
        self.db().events.all()
    }
}

/// The notification of PostgreSQL, written within the transaction: it is sent with the commit or not at all.
pub(crate) const NOTIFY: &str =
    "SELECT pg_notify('asagao_' || CAST(oid AS TEXT), $1) FROM pg_catalog.pg_namespace WHERE nspname = current_schema()";

/// Hears of what other servers of the same board write, for as long as it runs. SQLite has one server, which tells itself.
pub async fn listen(db: Db) {
    let Engine::Postgres(pool) = db.pool() else { return };
    loop {
        if let Err(error) = hear(&pool, &db.events).await {
            tracing::warn!(%error, "events of other servers are not heard just now");
        }
        db.events.tell(Event::Missed);
        tokio::time::sleep(PAUSE).await;
    }
}

async fn hear(pool: &PgPool, events: &Events) -> sqlx::Result<()> {
    let channel: String = sqlx::query_scalar(CHANNEL).fetch_one(pool).await?;
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(&channel).await?;
    // What was written before this listener was there.
    events.tell(Event::Missed);
    loop {
        // None: the connection was lost, and what was told meanwhile is not heard any more. It is opened again by itself.
        let Some(heard) = listener.try_recv().await? else {
            events.tell(Event::Missed);
            continue;
        };
        match serde_json::from_str::<Told>(heard.payload()) {
            Ok(told) if told.by == events.me => {}
            Ok(told) => events.tell(told.event),
            // A newer server may tell what this one does not know.
            Err(_) => events.tell(Event::Missed),
        }
    }
}
