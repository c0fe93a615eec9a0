//! A school as it was at a time, to begin from again and again.
use crate::School;
use crate::database::{Database, Mould};
use asagao::router::App;
use asagao_graphql::clock::Clock;
use asagao_graphql::db::Db;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything that a school had when it was taken.
pub struct Snapshot {
    clock: Clock,
    people: BTreeMap<String, (Uuid, String)>,
    mould: Mould,
}

impl School {
    /// The school as it is now; `None` where its database is on a server, which copies none that is in use.
    pub async fn snapshot(&self) -> Option<Snapshot> {
        let mould = self.database.kept().await?.into_mould();
        Some(Snapshot { clock: self.clock.clone(), people: self.people.clone(), mould })
    }

    /// What the school has now, as the beginning of others: it ends with that itself.
    pub(crate) async fn into_snapshot(self) -> Snapshot {
        self.audit.settle().await;
        self.db.close().await;
        Snapshot { clock: self.clock, people: self.people, mould: self.database.into_mould() }
    }

    /// A school with a database of its own, and its server.
    pub(crate) fn of(database: Database, db: Db, clock: Clock, people: BTreeMap<String, (Uuid, String)>) -> School {
        let app = App::new(db.clone(), true);
        School { clock, db, audit: app.audit.clone(), router: asagao::router(app), people, database }
    }
}

impl Snapshot {
    /// A school with a database of its own that begins as it was, whose time goes with that of the others.
    pub async fn school(&self) -> School {
        self.school_at(self.clock.clone()).await
    }

    /// The same with a time of its own.
    pub(crate) async fn school_at(&self, clock: Clock) -> School {
        let database = self.mould.cast().await;
        let db = Db::open(database.url(), false, clock.clone()).await.expect("the copy opens");
        School::of(database, db, clock, self.people.clone())
    }
}
