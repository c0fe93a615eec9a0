//! A database of one's own: a SQLite file, or one on the PostgreSQL server of `TEST_DATABASE_URL`. Nobody else asks which.
use asagao_graphql::clock::new_id;
use asagao_graphql::db::Engine;
use sqlx::migrate::MigrateDatabase;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, Postgres, Row, SqliteConnection};
use std::future::Future;
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;

/// Where a school's records are; gone when it is dropped.
pub(crate) struct Database {
    url: String,
    /// The folder of the file; `None` on a server.
    folder: Option<TempDir>,
}

/// What databases begin with: a file's bytes, or the address of a database on the server.
pub(crate) enum Mould {
    File(Vec<u8>),
    Server(String),
}

impl Mould {
    /// A database that begins with it. A copy takes a tenth of what the migrations take.
    pub(crate) async fn cast(&self) -> Database {
        match self {
            Mould::File(bytes) => {
                let database = Database::in_file();
                std::fs::write(database.file(), bytes).expect("the file can be written");
                database
            }
            Mould::Server(url) => {
                let database = Database::new();
                let name = |url: &str| -> (PgConnectOptions, String) {
                    let options: PgConnectOptions = url.parse().expect("the address of a database on a server");
                    let name = options.get_database().expect("it has a name").to_owned();
                    (options, name)
                };
                let ((options, from), (_, to)) = (name(url), name(&database.url));
                let mut c = options.database("postgres").connect().await.expect("the server takes the connection");
                let sql = format!("CREATE DATABASE \"{to}\" TEMPLATE \"{from}\"");
                c.execute(AssertSqlSafe(sql)).await.expect("a database that nobody has open can be copied");
                database
            }
        }
    }
}

impl Database {
    pub(crate) fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one setting of the tests, which have no command line of their own")]
        let Ok(server) = std::env::var("TEST_DATABASE_URL") else { return Database::in_file() };
        let options: PgConnectOptions = server.parse().expect("TEST_DATABASE_URL is a PostgreSQL address");
        let name = format!("asagao_test_{}", new_id().simple());
        Database { url: options.database(&name).to_url_lossy().into(), folder: None }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A file with all that is in this one now; `None` of a database on a server.
    pub(crate) async fn kept(&self) -> Option<Self> {
        self.folder.as_ref()?;
        let kept = Database::in_file();
        let Engine::Sqlite(mut c) = self.connect().await else { return None };
        let sql = format!("VACUUM INTO '{}'", kept.file().display());
        c.execute(AssertSqlSafe(sql)).await.expect("a file can be copied");
        Some(kept)
    }

    /// What others begin with: this one, which nobody has open and nobody opens again.
    pub(crate) fn into_mould(self) -> Mould {
        if self.folder.is_some() {
            return Mould::File(std::fs::read(self.file()).expect("the file can be read"));
        }
        let url = self.url.clone();
        // It stays as long as its server: bin/with-postgres throws that away.
        std::mem::forget(self);
        Mould::Server(url)
    }

    fn in_file() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("asagao.db").display());
        Database { url, folder: Some(folder) }
    }

    fn file(&self) -> &Path {
        Path::new(self.url.strip_prefix("sqlite:").expect("a file"))
    }

    pub(crate) async fn execute(&self, sql: &'static str) {
        let done = match self.connect().await {
            Engine::Sqlite(mut c) => c.execute(sql).await.map(drop),
            Engine::Postgres(mut c) => c.execute(sql).await.map(drop),
        };
        done.expect("the statement runs");
    }

    /// Runs statements that are too many for the API. `ID(kind, n)`, `DAY(text)` and `AT(text)` stand for an id, a date and a time; the
    /// statement `SETTLE` lets the database look at what it has.
    pub(crate) async fn execute_many(&self, statements: &[String]) {
        for statement in statements {
            let done = match self.connect().await {
                Engine::Sqlite(mut c) => {
                    let sql = match statement.as_str() {
                        "SETTLE" => "ANALYZE".to_owned(),
                        text => written(
                            text,
                            |kind, n| format!("unhex(printf('%032x', ({kind} << 40) + {n}))"),
                            |text, _| text.to_owned(),
                        ),
                    };
                    c.execute(AssertSqlSafe(sql)).await.map(drop)
                }
                Engine::Postgres(mut c) => {
                    let id = |kind: &str, n: &str| {
                        format!("CAST(lpad(to_hex((CAST({kind} AS BIGINT) << 40) + {n}), 32, '0') AS UUID)")
                    };
                    let sql = match statement.as_str() {
                        "SETTLE" => "VACUUM ANALYZE".to_owned(),
                        text => written(text, id, |text, kind| format!("CAST({text} AS {kind})")),
                    };
                    c.execute(AssertSqlSafe(sql)).await.map(drop)
                }
            };
            done.expect("the statement runs");
        }
    }

    /// How the database would answer a statement.
    pub(crate) async fn explain(&self, sql: &str) -> String {
        let lines: sqlx::Result<Vec<String>> = match self.connect().await {
            Engine::Sqlite(mut c) => {
                let rows: sqlx::Result<Vec<(i64, i64, i64, String)>> =
                    sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&mut c).await;
                rows.map(|rows| rows.into_iter().map(|(_, _, _, line)| line).collect())
            }
            Engine::Postgres(mut c) => {
                // A plan for every value, which needs none.
                let most = (1..1_000).take_while(|nth| sql.contains(&format!("${nth}"))).count();
                let nothing = vec!["NULL"; most].join(", ");
                let prepare = format!("SET plan_cache_mode = force_generic_plan; PREPARE asked AS {sql}");
                c.execute(sqlx::raw_sql(AssertSqlSafe(prepare))).await.expect("the statement can be prepared");
                let rows = c.fetch_all(sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN EXECUTE asked({nothing})")))).await;
                rows.map(|rows| rows.iter().map(|row| row.get::<String, _>(0)).collect())
            }
        };
        lines.expect("the statement can be explained").join("\n")
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

    /// The columns of all tables, as `table.column`, in which a text stands.
    pub(crate) async fn holding(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for table in self.tables().await {
            let columns: sqlx::Result<Vec<(String,)>> = match self.connect().await {
                Engine::Sqlite(mut c) => {
                    sqlx::query_as("SELECT name FROM pragma_table_info($1)").bind(&table).fetch_all(&mut c).await
                }
                Engine::Postgres(mut c) => {
                    let sql = "SELECT CAST(column_name AS text) FROM information_schema.columns
                               WHERE table_schema = 'public' AND table_name = $1";
                    sqlx::query_as(sql).bind(&table).fetch_all(&mut c).await
                }
            };
            let columns: Vec<String> = columns.expect("the catalogue can be read").into_iter().map(|(column,)| column).collect();
            let holds = |column: &String| format!("CAST(\"{column}\" AS TEXT) LIKE '%{text}%'");
            if self.count(&table, &columns.iter().map(holds).collect::<Vec<_>>().join(" OR ")).await == 0 {
                continue;
            }
            for column in columns {
                if self.count(&table, &holds(&column)).await > 0 {
                    found.push(format!("{table}.{column}"));
                }
            }
        }
        found
    }

    pub(crate) async fn count(&self, table: &str, condition: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table} WHERE {condition}"));
        let row: sqlx::Result<(i64,)> = match self.connect().await {
            Engine::Sqlite(mut c) => sqlx::query_as(sql).fetch_one(&mut c).await,
            Engine::Postgres(mut c) => sqlx::query_as(sql).fetch_one(&mut c).await,
        };
        row.expect("the table can be read").0
    }

    pub(crate) async fn texts(&self, sql: &'static str, id: Uuid) -> Vec<String> {
        let rows: sqlx::Result<Vec<(String,)>> = match self.connect().await {
            Engine::Sqlite(mut c) => sqlx::query_as(sql).bind(id).fetch_all(&mut c).await,
            Engine::Postgres(mut c) => sqlx::query_as(sql).bind(id).fetch_all(&mut c).await,
        };
        rows.expect("the texts can be read").into_iter().map(|(text,)| text).collect()
    }

    pub(crate) async fn ids(&self, sql: &'static str, id: Uuid) -> Vec<Uuid> {
        let rows: sqlx::Result<Vec<(Uuid,)>> = match self.connect().await {
            Engine::Sqlite(mut c) => sqlx::query_as(sql).bind(id).fetch_all(&mut c).await,
            Engine::Postgres(mut c) => sqlx::query_as(sql).bind(id).fetch_all(&mut c).await,
        };
        rows.expect("the ids can be read").into_iter().map(|(id,)| id).collect()
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

/// A statement in the words of a database.
fn written(text: &str, id: impl Fn(&str, &str) -> String, cast: impl Fn(&str, &str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, word)) = ["ID(", "DAY(", "AT("].iter().filter_map(|word| Some((find(rest, word)?, *word))).min() {
        let inside = &rest[at + word.len()..];
        let mut depth = 1;
        let end = inside
            .find(|c| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                depth == 0
            })
            .expect("a bracket is closed");
        out.push_str(&rest[..at]);
        let inner = &inside[..end];
        out.push_str(&match word {
            "ID(" => inner.split_once(", ").map(|(kind, n)| id(kind, n)).expect("a kind and a number"),
            "DAY(" => cast(inner, "DATE"),
            _ => cast(inner, "TIMESTAMPTZ"),
        });
        rest = &inside[end + 1..];
    }
    out + rest
}

/// Where a word stands that is no end of a longer one.
fn find(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Runs something to its end from where nothing can be awaited.
fn apart(work: impl Future<Output = ()> + Send + 'static) {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done = std::thread::spawn(move || runtime().block_on(work)).join();
    // While a test is failing, its own message matters more than this one.
    assert!(done.is_ok() || std::thread::panicking(), "the work failed");
}
