//! A second database of the same kind, for what moves records from one to another.
use crate::database::Database;

/// A database that is not there yet; gone when it is dropped.
pub struct Elsewhere(Database);

impl Elsewhere {
    /// The place of one.
    #[must_use]
    pub fn new() -> Self {
        Elsewhere(Database::new())
    }

    /// Its address, for commands.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// How many rows of a table a condition holds for.
    pub async fn count(&self, table: &str, condition: &str) -> i64 {
        self.0.count(table, condition).await
    }

    /// Runs a statement.
    pub async fn execute(&self, sql: &'static str) {
        self.0.execute(sql).await;
    }
}

impl Default for Elsewhere {
    fn default() -> Self {
        Elsewhere::new()
    }
}
