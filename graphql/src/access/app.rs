//! Apps: programs that post or read, each with its rights over some schools or the board.
use super::duty::{self, DutyKind};
use super::right::{self, Right};
use super::scope::Scope;
use super::tx::Change;
use super::{client, token};
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Error, Result};
use crate::roster::school;
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A program that posts or reads.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct App {
    /// The app's id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// What it may ask a token for by its secret, separated by spaces.
    pub rights: String,
    /// Since when it is shut out.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A further token of an app, with rights of its own; the app keeps its id, and so what it has sent.
pub async fn issue_token(scope: &Scope, app: Uuid, rights: &[Right], expires_at: DateTime<Utc>) -> Result<String> {
    check_rights(rights)?;
    find(scope, app).await?;
    let mut tx = scope.begin("token issued").await?;
    let secret = token::issue(&mut tx, app, rights, expires_at).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Shuts an app out, with every secret and token of it, at once; returns how many tokens there were.
pub async fn revoke(scope: &Scope, app: Uuid) -> Result<usize> {
    let before = find(scope, app).await?;
    let mut tx = scope.begin("app revoked").await?;
    let after = App { revoked_at: Some(tx.at), ..before.clone() };
    let change = Change::new(app, Some(&before), Some(&after));
    on!(tx.change("app", &[change]).await?, c => sqlx::query("UPDATE app SET revoked_at = $1 WHERE id = $2")
        .bind(after.revoked_at).bind(app).execute(c).await?.rows_affected());
    let tokens = token::revoke_of(&mut tx, app).await?;
    client::end_secrets(&mut tx, app).await?;
    tx.commit().await?;
    Ok(tokens)
}

pub(crate) async fn find(scope: &Scope, app: Uuid) -> Result<App> {
    let sql = "SELECT * FROM app WHERE id = $1 AND revoked_at IS NULL";
    let found = on!(scope.read(), c => sqlx::query_as(sql).bind(app).fetch_optional(c).await?);
    found.ok_or_else(|| Error::BadInput(format!("there is no app {app}, or it is revoked")))
}

fn check_rights(rights: &[Right]) -> Result<()> {
    let Some(right) = rights.iter().find(|right| !Right::OF_APPS.contains(right)) else { return Ok(()) };
    let possible = Right::OF_APPS.map(Right::name).join(", ");
    Err(Error::BadInput(format!("an app cannot have {}: it can have {possible}", right.name())))
}

/// Registers an app over some schools, or the whole board where `schools` is empty, and returns it with its first token.
pub async fn register(
    scope: &Scope,
    name: &str,
    schools: &[Uuid],
    rights: &[Right],
    expires_at: DateTime<Utc>,
) -> Result<(App, String)> {
    put(scope, name, schools, rights, Some(expires_at)).await
}

/// Registers an app likewise and returns it with its first secret, for which it is given tokens.
pub async fn register_client(scope: &Scope, name: &str, schools: &[Uuid], rights: &[Right]) -> Result<(App, String)> {
    put(scope, name, schools, rights, None).await
}

async fn put(
    scope: &Scope,
    name: &str,
    schools: &[Uuid],
    rights: &[Right],
    expires_at: Option<DateTime<Utc>>,
) -> Result<(App, String)> {
    check_rights(rights)?;
    for id in schools {
        if school::find(scope, *id).await?.is_none() {
            return Err(Error::BadInput(format!("there is no school {id}: import the roster first")));
        }
    }
    let mut tx = scope.begin("app registered").await?;
    let app = App { id: new_id(), name: name.to_owned(), rights: right::names(rights), revoked_at: None };
    let change = Change::new(app.id, None, Some(&app));
    on!(tx.change("app", &[change]).await?, c => sqlx::query("INSERT INTO app (id, name, rights) VALUES ($1, $2, $3)")
        .bind(app.id).bind(&app.name).bind(&app.rights).execute(c).await?.rows_affected());
    let over: Vec<_> = if schools.is_empty() { vec![None] } else { schools.iter().copied().map(Some).collect() };
    let duties: Vec<_> = over.into_iter().map(|school| duty::new(app.id, DutyKind::App, school, None, scope.today())).collect();
    duty::put(&mut tx, &duties).await?;
    let secret = match expires_at {
        Some(expires_at) => token::issue(&mut tx, app.id, rights, expires_at).await?,
        None => client::add_secret(&mut tx, app.id).await?,
    };
    tx.commit().await?;
    Ok((app, secret))
}
