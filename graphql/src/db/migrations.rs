//! Bringing a database up to date, and how it stands to what this program knows.
use super::{Db, Engine, OpenError, on};
use sqlx::migrate::{Migration, Migrator};

/// How a database stands to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UpToDate {
    /// There are no records of Asagao in it.
    Foreign,
    /// Migrations are to be applied.
    Older,
    /// It is as this program wants it.
    Current,
    /// A newer program has applied this migration.
    Newer(i64),
}

impl UpToDate {
    /// How a database stands to which these migrations were applied.
    pub(crate) fn of(applied: &[i64]) -> Self {
        // Every version is one of both engines.
        let known: Vec<i64> = sqlx::migrate!("../migrations").iter().map(|migration| migration.version).collect();
        if applied.is_empty() {
            return UpToDate::Foreign;
        }
        match applied.iter().rev().find(|version| !known.contains(version)) {
            Some(version) => UpToDate::Newer(*version),
            None if known.iter().all(|version| applied.contains(version)) => UpToDate::Current,
            None => UpToDate::Older,
        }
    }
}

impl Db {
    /// Applies the migrations that the database lacks.
    pub async fn migrate(&self) -> Result<(), OpenError> {
        let other = match self.pools {
            Engine::Sqlite(_) => ".postgres",
            Engine::Postgres(_) => ".sqlite",
        };
        // `NNNN_x.sqlite.sql` and `NNNN_x.postgres.sql` are one version of which each engine takes its own.
        let mine = |migration: &&Migration| !migration.description.ends_with(other);
        let embedded = sqlx::migrate!("../migrations");
        let migrator = Migrator::with_migrations(embedded.iter().filter(mine).cloned().collect());
        match &self.pools {
            Engine::Sqlite(pools) => migrator.run(&pools.write).await?,
            Engine::Postgres(pool) => migrator.run(pool).await?,
        }
        crate::access::duty::install_operator(self).await?;
        crate::roster::search::fold_again(self).await?;
        Ok(())
    }

    /// How it stands to this program.
    pub(crate) async fn standing(&self) -> sqlx::Result<UpToDate> {
        let there: bool = match self.reader() {
            Engine::Sqlite(c) => {
                let sql = "SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
                sqlx::query_scalar(sql).fetch_one(c).await?
            }
            Engine::Postgres(c) => sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(c).await?,
        };
        if !there {
            return Ok(UpToDate::Foreign);
        }
        let sql = "SELECT version FROM _sqlx_migrations ORDER BY version";
        let applied: Vec<i64> = on!(self.reader(), c => sqlx::query_scalar(sql).fetch_all(c).await?);
        Ok(UpToDate::of(&applied))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_older_newer_or_as_it_has_to_be() {
        let mut all: Vec<i64> = sqlx::migrate!("../migrations").iter().map(|migration| migration.version).collect();
        // A version of which each engine takes its own is there twice.
        all.dedup();
        assert_eq!(UpToDate::of(&[]), UpToDate::Foreign);
        assert_eq!(UpToDate::of(&all), UpToDate::Current);
        assert_eq!(UpToDate::of(&all[..all.len() - 1]), UpToDate::Older);
        assert_eq!(UpToDate::of(&[&all[..], &[9_000, 9_001]].concat()), UpToDate::Newer(9_001));
    }
}
