//! Lists of ids in SQL.
use sqlx::{Database, Encode, Postgres, QueryBuilder, Sqlite, Type};
use uuid::Uuid;

/// Binds ids as a list, between `IN (` and `)`. It is filled up with the last one, so that there are few lengths of lists, and what reads by
/// them stays prepared. What is asked all day long is asked by [`Among`].
pub(crate) fn bind_ids<DB: Database>(sql: &mut QueryBuilder<DB>, ids: impl IntoIterator<Item = Uuid>)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
{
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let Some(last) = ids.last().copied() else { return };
    // Long lists are rare, and SQLite takes 32,766 parameters.
    let places = if ids.len() > 4_096 { ids.len() } else { ids.len().next_power_of_two().max(8) };
    let mut parameters = sql.separated(", ");
    for id in ids.into_iter().chain(std::iter::repeat(last)).take(places) {
        parameters.push_bind(id);
    }
}

/// Continues a text with a list of ids in brackets, which may be none.
pub(crate) fn push_ids<DB: Database>(sql: &mut QueryBuilder<DB>, ids: impl IntoIterator<Item = Uuid>)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
{
    sql.push("(");
    // PostgreSQL has no empty list, and nothing has this id.
    bind_ids(sql, ids.into_iter().chain([Uuid::nil()]));
    sql.push(")");
}

/// A database that finds rows by a list of ids.
pub(crate) trait Among: Database {
    /// Whether the classes of pupils are best looked for before who reaches the pupils. PostgreSQL takes a holder of duties for one of a class or
    /// two, and would go through all classes of a board for whoever has it whole.
    const CLASSES_FIRST: bool;

    /// Continues a text with the condition that a column is one of these ids.
    fn push_among(sql: &mut QueryBuilder<Self>, column: &str, ids: &[Uuid]);
}

impl Among for Postgres {
    const CLASSES_FIRST: bool = true;

    /// By an array, which is one parameter: PostgreSQL takes it for a few rows, and so keeps the plan instead of making it anew for every list,
    /// which takes longer than many a statement.
    fn push_among(sql: &mut QueryBuilder<Self>, column: &str, ids: &[Uuid]) {
        sql.push(format!("{column} = ANY(")).push_bind(ids.to_vec()).push(")");
    }
}

impl Among for Sqlite {
    const CLASSES_FIRST: bool = false;

    fn push_among(sql: &mut QueryBuilder<Self>, column: &str, ids: &[Uuid]) {
        sql.push(format!("{column} IN "));
        push_ids(sql, ids.iter().copied());
    }
}
