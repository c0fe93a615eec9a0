//! Lists of ids in SQL.
use sqlx::{Database, Postgres, QueryBuilder, Sqlite};
use uuid::Uuid;

/// How an engine is asked for the rows of many ids: by the same text for many numbers of ids, so that statements are kept.
pub(crate) trait ManyIds: Database {
    /// Binds ids as a list, between `IN (` and `)`.
    fn bind_ids(sql: &mut QueryBuilder<Self>, ids: impl IntoIterator<Item = Uuid>);
}

impl ManyIds for Sqlite {
    fn bind_ids(sql: &mut QueryBuilder<Self>, ids: impl IntoIterator<Item = Uuid>) {
        let ids: Vec<Uuid> = ids.into_iter().collect();
        // Filled up with the last one. Nothing is in a list of none.
        let Some(last) = ids.last().copied() else { return };
        let places = ids.len().next_power_of_two().max(8);
        let mut list = sql.separated(", ");
        for id in ids.into_iter().chain(std::iter::repeat(last)).take(places) {
            list.push_bind(id);
        }
    }
}

impl ManyIds for Postgres {
    fn bind_ids(sql: &mut QueryBuilder<Self>, ids: impl IntoIterator<Item = Uuid>) {
        sql.push("SELECT unnest(").push_bind(ids.into_iter().collect::<Vec<_>>()).push("::uuid[])");
    }
}

/// Binds ids as a list, between `IN (` and `)`.
pub(crate) fn bind_ids<DB: ManyIds>(sql: &mut QueryBuilder<DB>, ids: impl IntoIterator<Item = Uuid>) {
    DB::bind_ids(sql, ids);
}

/// Continues a text with a list of ids in brackets, which may be none.
pub(crate) fn push_ids<DB: ManyIds>(sql: &mut QueryBuilder<DB>, ids: impl IntoIterator<Item = Uuid>) {
    sql.push("(");
    // A list of none is not SQL everywhere, and nothing has this id.
    bind_ids(sql, ids.into_iter().chain([Uuid::nil()]));
    sql.push(")");
}
