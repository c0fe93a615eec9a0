//! Apps by client credentials (OAuth 2.0): the secrets of an app, and the short tokens that it is given for one.
use super::app;
use super::right::{self, Right};
use super::scope::Scope;
use super::token::{self, AccessToken};
use super::tx::{Change, Tx};
use crate::clock::new_id;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use uuid::Uuid;

/// How long a token holds that an app is given for its secret.
pub const TOKEN_HOLDS: TimeDelta = TimeDelta::hours(1);
/// How many secrets of an app are valid at a time: the one in use, and the one that it is changed to.
pub const MOST_SECRETS: usize = 2;
/// How long a token that an app was given stays known after its end.
const KEPT: TimeDelta = TimeDelta::days(1);

/// A secret of an app as it is kept. The secret itself is shown once, when it is made.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct AppSecret {
    /// The secret's id.
    pub id: Uuid,
    #[serde(skip)]
    hash: Vec<u8>,
    /// The app.
    pub app: Uuid,
    /// Since when it is valid.
    pub begins_at: DateTime<Utc>,
    /// Since when it is not any more.
    pub ended_at: Option<DateTime<Utc>>,
}

/// An app that has shown who it is by a secret that is valid.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Client {
    app: Uuid,
    secret: Uuid,
    rights: String,
}

/// A token that an app was given.
pub struct Given {
    /// The token, the only time that it is seen.
    pub token: String,
    /// The rights that it carries, as far as the app's duties give them.
    pub rights: Vec<Right>,
}

/// Makes a further secret of an app, the only time that it is seen. Where two are valid already the older one ends, with the tokens that it gave.
pub async fn issue_secret(scope: &Scope, app: Uuid) -> Result<String> {
    app::find(scope, app).await?;
    let mut tx = scope.begin("secret of an app issued").await?;
    tx.lock("app", &[app]).await?;
    let valid = valid(&mut tx, app).await?;
    let over = (valid.len() + 1).saturating_sub(MOST_SECRETS);
    end(&mut tx, &valid[..over]).await?;
    let secret = add_secret(&mut tx, app).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Ends every secret of an app with the tokens that they gave, at once; returns how many secrets there were.
pub async fn revoke_secrets(scope: &Scope, app: Uuid) -> Result<usize> {
    app::find(scope, app).await?;
    let mut tx = scope.begin("secrets of an app revoked").await?;
    let count = end_secrets(&mut tx, app).await?;
    tx.commit().await?;
    Ok(count)
}

pub(crate) async fn add_secret(tx: &mut Tx, app: Uuid) -> Result<String> {
    let (secret, hash) = token::secret("asagao_secret_")?;
    let row = AppSecret { id: new_id(), hash, app, begins_at: tx.at, ended_at: None };
    let change = Change::new(row.id, None, Some(&row));
    let sql = "INSERT INTO app_secret (id, hash, app, begins_at) VALUES ($1, $2, $3, $4)";
    on!(tx.change("app_secret", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.hash).bind(app).bind(row.begins_at)
        .execute(c).await?.rows_affected());
    Ok(secret)
}

pub(crate) async fn end_secrets(tx: &mut Tx, app: Uuid) -> Result<usize> {
    let valid = valid(tx, app).await?;
    end(tx, &valid).await?;
    Ok(valid.len())
}

/// The secrets of an app that are valid, the oldest first.
async fn valid(tx: &mut Tx, app: Uuid) -> Result<Vec<AppSecret>> {
    let sql = "SELECT * FROM app_secret WHERE app = $1 AND ended_at IS NULL ORDER BY begins_at, id";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(app).fetch_all(c).await?))
}

async fn end(tx: &mut Tx, secrets: &[AppSecret]) -> Result<()> {
    let at = tx.at;
    for secret in secrets {
        let ended = AppSecret { ended_at: Some(at), ..secret.clone() };
        let change = Change::new(secret.id, Some(secret), Some(&ended));
        on!(tx.change("app_secret", &[change]).await?, c => sqlx::query("UPDATE app_secret SET ended_at = $1 WHERE id = $2")
            .bind(at).bind(secret.id).execute(c).await?.rows_affected());
        let sql = "UPDATE access_token SET revoked_at = $1 WHERE secret = $2 AND revoked_at IS NULL";
        on!(tx.connection(), c => sqlx::query(sql).bind(at).bind(secret.id).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// The app of an id and a secret; `None` where they are not of one another, the secret has ended or the app is shut out. It is looked up by the
/// secret's SHA-256, in one statement whatever is wrong.
pub async fn authenticate(db: &Db, id: &str, secret: &str) -> Result<Option<Client>> {
    let sql = "SELECT a.id AS app, s.id AS secret, a.rights FROM app_secret s JOIN app a ON a.id = s.app
               WHERE s.hash = $1 AND s.app = $2 AND s.ended_at IS NULL AND a.revoked_at IS NULL";
    let id = Uuid::try_parse(id).unwrap_or_default();
    Ok(on!(db.reader(), c => sqlx::query_as(sql).bind(token::hash(secret)).bind(id).fetch_optional(c).await?))
}

impl Client {
    /// Who it is.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.app
    }

    /// What it may ask for.
    #[must_use]
    pub fn rights(&self) -> Vec<Right> {
        self.rights.split(' ').filter_map(Right::of_name).filter(|right| Right::OF_APPS.contains(right)).collect()
    }
}

/// Gives an app a token that carries some of its rights, one at least. It is no record of the school and leaves no trail of its own: it is
/// gone a day after its end.
pub async fn give_token(db: &Db, client: &Client, rights: &[Right]) -> Result<Given> {
    let mine = client.rights();
    if rights.is_empty() || rights.iter().any(|right| !mine.contains(right)) {
        return Err(Error::BadInput("an app is given a token for rights of its own".into()));
    }
    let (secret, hash) = token::secret("asagao_")?;
    let now = db.clock.now();
    // Only while the secret holds: it may have ended since it was looked at.
    let sql = "INSERT INTO access_token (id, hash, holder, rights, begins_at, expires_at, secret)
               SELECT $1, $2, s.app, $3, $4, $5, s.id FROM app_secret s JOIN app a ON a.id = s.app
               WHERE s.id = $6 AND s.ended_at IS NULL AND a.revoked_at IS NULL";
    let mut tx = db.begin().await?;
    let made = on!(&mut tx, c => sqlx::query(sql).bind(new_id()).bind(hash).bind(right::names(rights)).bind(now)
        .bind(now + TOKEN_HOLDS).bind(client.secret).execute(&mut **c).await?.rows_affected());
    on!(tx, c => c.commit().await)?;
    if made == 0 {
        return Err(Error::Unauthenticated);
    }
    Ok(Given { token: secret, rights: rights.to_vec() })
}

/// Revokes a token of this app, from now on; what is no token of it is left alone, and nothing tells so.
pub async fn revoke_token(db: &Db, client: &Client, secret: &str) -> Result<()> {
    let scope = Scope::of_app(db, client.app);
    let mut tx = scope.begin("token revoked by its app").await?;
    let sql = "SELECT * FROM access_token WHERE hash = $1 AND holder = $2 AND revoked_at IS NULL";
    let tokens: Vec<AccessToken> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(token::hash(secret)).bind(client.app).fetch_all(c).await?);
    token::revoke(&mut tx, &tokens).await?;
    tx.commit().await
}

/// Deletes the tokens that apps were given for a secret and that are over for a day; returns how many.
pub async fn clear(scope: &Scope) -> Result<u64> {
    let before = scope.now() - KEPT;
    let mut tx = scope.begin("tokens of apps that are over deleted").await?;
    let sql = "DELETE FROM access_token WHERE secret IS NOT NULL AND expires_at <= $1";
    let gone = on!(tx.connection(), c => sqlx::query(sql).bind(before).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(gone)
}
