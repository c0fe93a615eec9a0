//! SQLite and PostgreSQL behind one type: one SQL text, compiled once per engine.
mod bare;
mod ids;
mod migrations;
mod watched_file;

pub(crate) use ids::{Among, bind_ids, push_ids};
pub(crate) use migrations::UpToDate;

use crate::access::class::Mfa;
use crate::access::small_cell::SmallCell;
use crate::clock::Clock;
use crate::events::Events;
use crate::learning::activity::desk::Desk;
use bare::Bare;
use sqlx::migrate::{MigrateDatabase, MigrateError};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Database, PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use watched_file::WatchedFile;

/// One value per database engine.
#[derive(Clone, Debug)]
pub enum Engine<S, P> {
    /// What SQLite has here.
    Sqlite(S),
    /// What PostgreSQL has here.
    Postgres(P),
}

/// Writes an expression once and compiles it once per engine.
macro_rules! on {
    ($engine:expr, $c:ident => $run:expr) => {
        match $engine {
            $crate::db::Engine::Sqlite($c) => $run,
            $crate::db::Engine::Postgres($c) => $run,
        }
    };
}
pub(crate) use on;

/// SQLite's connections: many read, one writes, so that writers queue in order instead of racing for the lock. The access log has one of its
/// own: while a file cannot be written nobody waits behind it.
#[derive(Clone, Debug)]
pub(crate) struct SqlitePools {
    read: SqlitePool,
    write: SqlitePool,
    log: SqlitePool,
    bare: Bare,
}

/// One board's database, and the clock that its records go by.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Engine<SqlitePools, PgPool>,
    /// Where the time of every record comes from.
    pub clock: Clock,
    /// Who is told of what was written.
    pub(crate) events: Events,
    /// Where activities that are posted wait to be committed together.
    pub(crate) desk: Desk,
    /// For which information people have to have shown more than one factor; `None` for none.
    pub(crate) mfa: Option<Arc<Mfa>>,
    /// In which steps counts are told to those who may not see whom they are of.
    pub(crate) small_cell: SmallCell,
}

/// How the connections of a pool are used.
#[derive(Clone, Copy, Debug)]
pub struct PoolUse {
    /// Which pool it is.
    pub name: &'static str,
    /// How many connections are open.
    pub open: usize,
    /// How many of these nobody uses.
    pub idle: usize,
    /// How many there may be.
    pub most: usize,
}

/// Why a database could not be opened or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is of neither engine.
    #[error("{0:?} is no database address: use sqlite:FILE or postgres://USER@HOST/NAME")]
    Address(String),
    /// There is nothing at the address.
    #[error("there is no database at this address; `asagao migrate --create` makes a new one")]
    Missing,
    /// The database answered with an error, or not at all.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(#[from] MigrateError),
}

/// How many connections to PostgreSQL there may be where nobody says how many.
pub const CONNECTIONS: u32 = 20;

/// How long a call waits for a connection before it is answered with `UNAVAILABLE`.
const PATIENCE: Duration = Duration::from_secs(5);

impl Db {
    /// Opens the database at an address, `sqlite:FILE` or `postgres://…`. A missing one is made only when `create` says so.
    pub async fn open(url: &str, create: bool, clock: Clock) -> Result<Self, OpenError> {
        Db::open_with(url, create, CONNECTIONS, clock).await
    }

    /// The same with at most so many connections to PostgreSQL. SQLite has numbers of its own.
    pub async fn open_with(url: &str, create: bool, connections: u32, clock: Clock) -> Result<Self, OpenError> {
        let pools = if url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = url.parse()?;
            if !create && !options.get_filename().exists() {
                return Err(OpenError::Missing);
            }
            // FULL: an acknowledged activity survives a power cut.
            Engine::Sqlite(SqlitePools::open(options.create_if_missing(create), SqliteSynchronous::Full).await?)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            if create && !Postgres::database_exists(url).await? {
                Postgres::create_database(url).await?;
            }
            // All that the pages ask every day stays prepared.
            let options = url.parse::<PgConnectOptions>()?.statement_cache_capacity(250);
            let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE).connect_with(options).await;
            // SQLSTATE 3D000: the server has no database of this name.
            let missing =
                |error: &sqlx::Error| error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("3D000"));
            Engine::Postgres(pool.map_err(|error| if missing(&error) { OpenError::Missing } else { error.into() })?)
        } else {
            return Err(OpenError::Address(url.split(':').next().unwrap_or_default().to_owned()));
        };
        Ok(Db { pools, clock, events: Events::new(), desk: Desk::default(), mfa: None, small_cell: SmallCell::default() })
    }

    /// Makes a new SQLite file that is worth nothing until it is whole: it is filled without waiting for the disk.
    pub async fn make(file: &Path, clock: Clock) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        // A power cut costs the file, which is made anew then. What has gone from the log into it is read without a copy.
        let options = options.pragma("mmap_size", "2000000000");
        let pools = Engine::Sqlite(SqlitePools::open(options, SqliteSynchronous::Off).await?);
        Ok(Db { pools, clock, events: Events::new(), desk: Desk::default(), mfa: None, small_cell: SmallCell::default() })
    }

    /// Opens a SQLite file that is there.
    pub(crate) async fn open_file(file: &Path, clock: Clock) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new().filename(file);
        let pools = Engine::Sqlite(SqlitePools::open(options, SqliteSynchronous::Full).await?);
        Ok(Db { pools, clock, events: Events::new(), desk: Desk::default(), mfa: None, small_cell: SmallCell::default() })
    }

    /// The same database for those who have to show more than one factor for some of it.
    #[must_use]
    pub fn with_mfa(self, mfa: Option<Mfa>) -> Self {
        Db { mfa: mfa.map(Arc::new), ..self }
    }

    /// The database, of which counts are told in these steps to those who may not see whom they are of.
    #[must_use]
    pub fn with_small_cell(self, small_cell: SmallCell) -> Self {
        Db { small_cell, ..self }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> sqlx::Result<()> {
        on!(self.reader(), c => sqlx::query("SELECT 1").execute(c).await.map(drop))
    }

    /// Closes every connection once what it does is done.
    pub async fn close(&self) {
        match &self.pools {
            Engine::Sqlite(pools) => {
                pools.read.close().await;
                pools.write.close().await;
                pools.bare.close();
                pools.log.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }

    /// How its connections are used just now.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolUse> {
        fn of<DB: Database>(name: &'static str, pool: &sqlx::Pool<DB>) -> PoolUse {
            let (idle, open) = (pool.num_idle(), usize::try_from(pool.size()).unwrap_or_default());
            let most = usize::try_from(pool.options().get_max_connections()).unwrap_or_default();
            // Both numbers move while they are read.
            PoolUse { name, open: open.max(idle), idle, most }
        }
        match &self.pools {
            Engine::Sqlite(pools) => vec![of("read", &pools.read), of("write", &pools.write), of("log", &pools.log)],
            Engine::Postgres(pool) => vec![of("all", pool)],
        }
    }

    pub(crate) fn reader(&self) -> Engine<&SqlitePool, &PgPool> {
        match &self.pools {
            Engine::Sqlite(pools) => Engine::Sqlite(&pools.read),
            Engine::Postgres(pool) => Engine::Postgres(pool),
        }
    }

    /// The connections, for what listens on one of them.
    pub(crate) fn pool(&self) -> Engine<(), PgPool> {
        match &self.pools {
            Engine::Sqlite(_) => Engine::Sqlite(()),
            Engine::Postgres(pool) => Engine::Postgres(pool.clone()),
        }
    }

    /// Begins a write to the access log.
    pub(crate) async fn begin_log(&self) -> sqlx::Result<Engine<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>> {
        Ok(match &self.pools {
            Engine::Sqlite(pools) => Engine::Sqlite(pools.log.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres(pool) => Engine::Postgres(pool.begin().await?),
        })
    }

    /// Begins a write. SQLite takes its one write lock here rather than half way through.
    pub(crate) async fn begin(&self) -> sqlx::Result<Engine<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>> {
        let asked = Instant::now();
        let begun = match &self.pools {
            Engine::Sqlite(pools) => Engine::Sqlite(pools.write.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres(pool) => Engine::Postgres(pool.begin().await?),
        };
        metrics::histogram!("asagao_database_write_wait_seconds").record(asked.elapsed());
        Ok(begun)
    }
}

/// So many connections read a file: as many as can at once, and each has pages of its own in memory.
fn readers() -> u32 {
    std::thread::available_parallelism().map_or(4, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX)).clamp(4, 8)
}

impl SqlitePools {
    async fn open(options: SqliteConnectOptions, synchronous: SqliteSynchronous) -> sqlx::Result<Self> {
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            // Rows come from a thread of SQLite's own: in lots, they wake the reader less often.
            .row_buffer_size(1_000)
            // 16 MiB instead of 2, so that a morning's pages and indexes are read from the file once.
            .pragma("cache_size", "-16384")
            // 16 MiB instead of 4: few writes have to wait until the log was copied into the file.
            .pragma("wal_autocheckpoint", "4000");
        // Only now may the file be made: one that vanishes later is not silently replaced by an empty one.
        options.connect().await?.close().await?;
        let options = options.create_if_missing(false);
        let file = WatchedFile::new(options.get_filename());
        let write = file.watched(SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE));
        let write = write.connect_with(options.clone()).await?;
        // It tries again anyway, and what it adds to is a few pages.
        let log = file.watched(SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE));
        let log = log.connect_lazy_with(options.clone().busy_timeout(Duration::from_secs(1)).pragma("cache_size", "-1024"));
        let read = file.watched(SqlitePoolOptions::new().max_connections(readers()).acquire_timeout(PATIENCE));
        // Statements of a class page and of whatever else is read all morning stay prepared.
        let read = read.connect_with(options.pragma("query_only", "ON").statement_cache_capacity(250)).await?;
        let synchronous = if matches!(synchronous, SqliteSynchronous::Off) { "OFF" } else { "FULL" };
        Ok(SqlitePools { read, write, log, bare: Bare::new(file, synchronous) })
    }
}
