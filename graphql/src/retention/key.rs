//! The key of the confirmations of deletion plans: made once a database, so that every server and the command line take one another's.
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::{Error, Result};

const NAME: &str = "deletion plan";

/// The key, which is made when it is first needed.
pub(super) async fn of_plans(scope: &Scope) -> Result<Vec<u8>> {
    if let Some(key) = find(scope).await? {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| {
        tracing::error!(%error, "the machine gives no random bytes");
        Error::Internal
    })?;
    let sql = "INSERT INTO server_key (name, bytes) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    let mut tx = scope.db().begin().await?;
    on!(&mut tx, c => sqlx::query(sql).bind(NAME).bind(key.to_vec()).execute(&mut **c).await?.rows_affected());
    on!(tx, c => c.commit().await)?;
    // Another server may have been first.
    find(scope).await?.ok_or(Error::Internal)
}

async fn find(scope: &Scope) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT bytes FROM server_key WHERE name = $1";
    Ok(on!(scope.read(), c => sqlx::query_scalar(sql).bind(NAME).fetch_optional(c).await?))
}
