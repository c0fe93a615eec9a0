//! A school as it was at a time, to begin from again and again.
use crate::School;
use crate::database::Database;
use asagao::router::App;
use asagao_graphql::clock::Clock;
use asagao_graphql::db::Db;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything that a school had when it was taken; only of a school whose database is a file.
pub struct Snapshot {
    clock: Clock,
    people: BTreeMap<String, (Uuid, String)>,
    database: Database,
}

impl School {
    /// The school as it is now; `None` where its database is on a server, which copies none in passing.
    pub async fn snapshot(&self) -> Option<Snapshot> {
        let database = self.database.kept().await?;
        Some(Snapshot { clock: self.clock.clone(), people: self.people.clone(), database })
    }
}

impl Snapshot {
    /// A school with a database of its own that begins as it was.
    pub async fn school(&self) -> School {
        let database = self.database.copied();
        let db = Db::open(database.url(), false, self.clock.clone()).await.expect("the copy opens");
        let app = App::new(db.clone());
        School {
            clock: self.clock.clone(),
            db,
            audit: app.audit.clone(),
            router: asagao::router(app),
            people: self.people.clone(),
            database,
        }
    }
}
