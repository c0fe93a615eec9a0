//! A database of one's own: a SQLite file, or one on the PostgreSQL server of `TEST_DATABASE_URL`. Nobody else asks which.
use asagao_graphql::clock::new_id;
use asagao_graphql::db::Engine;
use sqlx::migrate::MigrateDatabase;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, Postgres, SqliteConnection};
use std::future::Future;
use tempfile::TempDir;

/// Where a school's records are; gone when it is dropped.
pub(crate) struct Database {
    url: String,
    /// The folder of the file; `None` on a server.
    folder: Option<TempDir>,
}

impl Database {
    pub(crate) fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one setting of the tests, which have no command line of their own")]
        let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let url = format!("sqlite:{}", folder.path().join("asagao.db").display());
            return Database { url, folder: Some(folder) };
        };
        let options: PgConnectOptions = server.parse().expect("TEST_DATABASE_URL is a PostgreSQL address");
        let name = format!("asagao_test_{}", new_id().simple());
        Database { url: options.database(&name).to_url_lossy().into(), folder: None }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn execute(&self, sql: &'static str) {
        let done = match self.connect().await {
            Engine::Sqlite(mut c) => c.execute(sql).await.map(drop),
            Engine::Postgres(mut c) => c.execute(sql).await.map(drop),
        };
        done.expect("the statement runs");
    }

    pub(crate) async fn tables(&self) -> Vec<String> {
        let rows: sqlx::Result<Vec<(String,)>> = match self.connect().await {
            Engine::Sqlite(mut c) => {
                sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetch_all(&mut c).await
            }
            Engine::Postgres(mut c) => {
                let sql = "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename";
                sqlx::query_as(sql).fetch_all(&mut c).await
            }
        };
        rows.expect("the catalogue can be read").into_iter().map(|(name,)| name).collect()
    }

    pub(crate) async fn count(&self, table: &str, condition: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table} WHERE {condition}"));
        let row: sqlx::Result<(i64,)> = match self.connect().await {
            Engine::Sqlite(mut c) => sqlx::query_as(sql).fetch_one(&mut c).await,
            Engine::Postgres(mut c) => sqlx::query_as(sql).fetch_one(&mut c).await,
        };
        row.expect("the table can be read").0
    }

    async fn connect(&self) -> Engine<SqliteConnection, PgConnection> {
        if self.folder.is_some() {
            Engine::Sqlite(SqliteConnection::connect(&self.url).await.expect("the file opens"))
        } else {
            Engine::Postgres(PgConnection::connect(&self.url).await.expect("the server takes the connection"))
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.folder.is_none() {
            let url = std::mem::take(&mut self.url);
            apart(async move { Postgres::force_drop_database(&url).await.expect("the database can be dropped") });
        }
    }
}

/// Runs something to its end from where nothing can be awaited.
fn apart(work: impl Future<Output = ()> + Send + 'static) {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done = std::thread::spawn(move || runtime().block_on(work)).join();
    // While a test is failing, its own message matters more than this one.
    assert!(done.is_ok() || std::thread::panicking(), "the work failed");
}
