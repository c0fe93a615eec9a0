//! The database under trial: a file, or a PostgreSQL server that can be killed.
use crate::apps::under;
use crate::program::signal;
use rand_xoshiro::Xoshiro256PlusPlus;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// Where the databases of a trial are.
pub(crate) enum Database {
    /// Files in a folder.
    Sqlite(TempDir),
    /// A server with its address and its control.
    Postgres(Box<PgConnectOptions>, Vec<String>),
}

/// What is stored.
pub(crate) struct Stored {
    /// How often each activity is there, with the pupil's id.
    pub activities: HashMap<Uuid, (Uuid, u32)>,
    /// How many activities the totals of each pupil have.
    pub totals: HashMap<Uuid, i64>,
}

const ACTIVITIES: &str = "SELECT id, pupil FROM activity";
const TOTALS: &str = "SELECT pupil, CAST(sum(activities) AS BIGINT) FROM daily_total GROUP BY pupil";

/// The id of an activity and its pupil.
type Key = (Uuid, Uuid);
/// A pupil and the sum of their activities.
type Total = (Uuid, i64);

impl Database {
    pub(crate) fn sqlite() -> Self {
        Database::Sqlite(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn postgres(url: &str, control: &str) -> Self {
        let options = url.parse().expect("the address of a PostgreSQL server");
        Database::Postgres(Box::new(options), control.split_whitespace().map(str::to_owned).collect())
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Database::Sqlite(_) => "SQLite",
            Database::Postgres(..) => "PostgreSQL",
        }
    }

    /// The address of a database of a name.
    pub(crate) fn url(&self, name: &str) -> String {
        match self {
            Database::Sqlite(folder) => format!("sqlite:{}", folder.path().join(name).display()),
            Database::Postgres(options, _) => options.clone().database(&format!("kill_{name}")).to_url_lossy().into(),
        }
    }

    /// Removes what has been looked at.
    pub(crate) async fn remove(&self, name: &str) {
        match self {
            Database::Sqlite(folder) => {
                for end in ["", "-wal", "-shm"] {
                    drop(std::fs::remove_file(folder.path().join(format!("{name}{end}"))));
                }
            }
            Database::Postgres(..) => {
                let dropped = <sqlx::Postgres as sqlx::migrate::MigrateDatabase>::force_drop_database(&self.url(name)).await;
                dropped.expect("a database can be dropped");
            }
        }
    }

    /// Kills the database server in one of three ways: all of it, all of it at once by its own word, or one of those who work in it.
    pub(crate) async fn kill(&self, chance: &mut Xoshiro256PlusPlus, url: &str) {
        let Database::Postgres(_, control) = self else { return };
        match under(chance, 3) {
            0 => {
                let folder = control.iter().skip_while(|word| *word != "-D").nth(1).expect("pg_ctl is told its folder");
                signal("-9", first_process(Path::new(folder)));
            }
            1 => drop(run(control, &["stop", "-m", "immediate"]).await),
            _ => {
                let sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY pid";
                let mut c = PgConnection::connect(url).await.expect("the server takes the connection");
                let processes: Vec<(i32,)> = sqlx::query_as(sql).fetch_all(&mut c).await.expect("the server answers");
                if !processes.is_empty() {
                    let nth = usize::try_from(under(chance, processes.len() as u64)).unwrap_or_default();
                    signal("-9", processes[nth].0.unsigned_abs());
                    // Then it ends all others, ours with them.
                    while c.ping().await.is_ok() {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                }
            }
        }
    }

    /// Starts the database server where it does not run, and waits until it answers.
    pub(crate) async fn start(&self) {
        let Database::Postgres(options, control) = self else { return };
        for _ in 0..600 {
            // What is left of a killed server may be in the way for a moment.
            if !run(control, &["status"]).await {
                run(control, &["start"]).await;
            }
            if let Ok(mut c) = options.connect().await
                && c.ping().await.is_ok()
            {
                drop(c.close().await);
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("PostgreSQL does not start again");
    }

    /// What is stored in a database.
    pub(crate) async fn stored(&self, url: &str) -> Stored {
        let (rows, totals): (Vec<Key>, Vec<Total>) = match self {
            Database::Sqlite(_) => {
                let mut c = SqliteConnection::connect(url).await.expect("the file opens");
                let rows = sqlx::query_as(ACTIVITIES).fetch_all(&mut c).await.expect("activities can be read");
                (rows, sqlx::query_as(TOTALS).fetch_all(&mut c).await.expect("totals can be read"))
            }
            Database::Postgres(..) => {
                let mut c = PgConnection::connect(url).await.expect("the server takes the connection");
                let rows = sqlx::query_as(ACTIVITIES).fetch_all(&mut c).await.expect("activities can be read");
                (rows, sqlx::query_as(TOTALS).fetch_all(&mut c).await.expect("totals can be read"))
            }
        };
        let mut activities = HashMap::with_capacity(rows.len());
        for (id, pupil) in rows {
            activities.entry(id).or_insert((pupil, 0)).1 += 1;
        }
        Stored { activities, totals: totals.into_iter().collect() }
    }

    /// A folder for backups.
    pub(crate) fn folder(&self) -> PathBuf {
        match self {
            Database::Sqlite(folder) => folder.path().to_owned(),
            Database::Postgres(..) => std::env::temp_dir(),
        }
    }
}

/// The process of which all others of a PostgreSQL server are children.
fn first_process(folder: &Path) -> u32 {
    let text = std::fs::read_to_string(folder.join("postmaster.pid")).expect("PostgreSQL says which process it is");
    text.lines().next().and_then(|line| line.trim().parse().ok()).expect("a number")
}

async fn run(control: &[String], words: &[&str]) -> bool {
    let mut command = Command::new(&control[0]);
    // The server keeps whatever it inherits open.
    command.args(&control[1..]).args(words).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    tokio::task::spawn_blocking(move || command.status().is_ok_and(|ended| ended.success())).await.unwrap_or(false)
}
