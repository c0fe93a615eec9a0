//! Bearer tokens: 256 random bits, kept only as their SHA-256, dated, narrowed, revocable.
use super::duty;
use super::right::{self, Right};
use super::scope::{Holder, Scope, Viewer};
use super::session;
use super::tx::{Change, Tx};
use crate::clock::new_id;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A token as it is kept. The token itself is shown once, when it is made.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct AccessToken {
    /// The token's id, to revoke it by.
    pub id: Uuid,
    #[serde(skip)]
    hash: Vec<u8>,
    /// The member of staff or the app that it speaks for.
    pub holder: Uuid,
    /// The rights that it narrows the holder's duties to, separated by spaces; empty: all of them.
    pub rights: String,
    /// From when it holds.
    pub begins_at: DateTime<Utc>,
    /// Until when it holds.
    pub expires_at: DateTime<Utc>,
    /// Since when it does not hold any more.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A new secret of 256 random bits, and how it is kept.
pub(crate) fn secret(prefix: &str) -> Result<(String, Vec<u8>)> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| {
        tracing::error!(%error, "the machine gives no random bytes");
        Error::Internal
    })?;
    let secret = format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(secret));
    let hash = hash(&secret);
    Ok((secret, hash))
}

/// Makes a token and returns it, the only time that it is seen.
pub(crate) async fn issue(tx: &mut Tx, holder: Uuid, rights: &[Right], expires_at: DateTime<Utc>) -> Result<String> {
    let (secret, hash) = secret("asagao_")?;
    let rights = right::names(rights);
    let token = AccessToken { id: new_id(), hash, holder, rights, begins_at: tx.at, expires_at, revoked_at: None };
    let sql = "INSERT INTO access_token (id, hash, holder, rights, begins_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let change = Change::new(token.id, None, Some(&token));
    on!(tx.change("access_token", &[change]).await?, c => sqlx::query(sql).bind(token.id).bind(token.hash).bind(token.holder)
        .bind(token.rights).bind(token.begins_at).bind(token.expires_at).execute(c).await?.rows_affected());
    Ok(secret)
}

/// Revokes every token of a holder that still holds, from now on, and ends their sessions; returns how many tokens.
pub async fn revoke_all(scope: &Scope, holder: Uuid) -> Result<usize> {
    let mut tx = scope.begin("tokens revoked").await?;
    let count = revoke_of(&mut tx, holder).await?;
    tx.commit().await?;
    Ok(count)
}

/// Revokes every token of a holder that still holds, in the course of a write.
pub(crate) async fn revoke_of(tx: &mut Tx, holder: Uuid) -> Result<usize> {
    let sql = "SELECT * FROM access_token WHERE holder = $1 AND revoked_at IS NULL AND expires_at > $2";
    let at = tx.at;
    let tokens: Vec<AccessToken> = on!(tx.connection(), c => sqlx::query_as(sql).bind(holder).bind(at).fetch_all(c).await?);
    revoke(tx, &tokens).await?;
    session::end_all(tx, holder).await?;
    Ok(tokens.len())
}

/// Revokes these tokens.
pub(crate) async fn revoke(tx: &mut Tx, tokens: &[AccessToken]) -> Result<()> {
    let at = tx.at;
    for token in tokens {
        let revoked = AccessToken { revoked_at: Some(at), ..token.clone() };
        let change = Change::new(token.id, Some(token), Some(&revoked));
        on!(tx.change("access_token", &[change]).await?, c => sqlx::query("UPDATE access_token SET revoked_at = $1 WHERE id = $2")
            .bind(at).bind(token.id).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Who a token speaks for now; `None` when it is unknown, revoked, not yet or no longer valid.
pub async fn viewer(db: &Db, secret: &str) -> Result<Option<Viewer>> {
    Ok(holder(db, secret).await?.map(|found| found.viewer))
}

/// Who a token speaks for.
pub(crate) struct Found {
    pub(crate) token: Uuid,
    pub(crate) viewer: Viewer,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    #[sqlx(flatten)]
    spoken: Spoken,
}

/// For whom something speaks: the name that they have as one or another of these.
#[derive(sqlx::FromRow)]
pub(crate) struct Spoken {
    pub(crate) holder: Uuid,
    /// What their rights are narrowed to; empty: nothing.
    rights: String,
    staff: Option<String>,
    app: Option<String>,
    pupil: Option<String>,
    guardian: Option<String>,
}

/// The columns of [`Spoken`] but for who it is, beside what [`joins`] joins.
macro_rules! names {
    () => {
        "s.name AS staff, a.name AS app,
         CASE WHEN p.preferred_family_name <> '' THEN p.preferred_family_name ELSE p.family_name END || ' ' ||
         CASE WHEN p.preferred_given_name <> '' THEN p.preferred_given_name ELSE p.given_name END AS pupil,
         g.family_name || ' ' || g.given_name AS guardian"
    };
}
pub(crate) use names;

/// Whoever a column of ids may be of.
macro_rules! joins {
    ($holder:literal) => {
        concat!(
            " LEFT JOIN staff s ON s.id = ",
            $holder,
            " LEFT JOIN app a ON a.id = ",
            $holder,
            " AND a.revoked_at IS NULL LEFT JOIN pupil p ON p.id = ",
            $holder,
            " LEFT JOIN guardian g ON g.id = ",
            $holder,
            " "
        )
    };
}
pub(crate) use joins;

/// The token of a secret, with who it speaks for now.
pub(crate) async fn holder(db: &Db, secret: &str) -> Result<Option<Found>> {
    let sql = concat!(
        "SELECT t.id, t.rights, t.holder, ",
        names!(),
        " FROM access_token t",
        joins!("t.holder"),
        "WHERE t.begins_at <= $2 AND t.expires_at > $2 AND t.revoked_at IS NULL AND t.hash = $1"
    );
    let row: Option<Row> =
        on!(db.reader(), c => sqlx::query_as(sql).bind(hash(secret)).bind(db.clock.now()).fetch_optional(c).await?);
    let Some(Row { id, spoken }) = row else { return Ok(None) };
    // A code is one factor.
    Ok(viewer_of(db, spoken, false).await?.map(|viewer| Found { token: id, viewer }))
}

/// Who somebody is today, and what they may do; `mfa` says whether they have shown more than one factor.
pub(crate) async fn viewer_of(db: &Db, spoken: Spoken, mfa: bool) -> Result<Option<Viewer>> {
    let Spoken { holder, rights: narrowed, staff, app, pupil, guardian } = spoken;
    let (kind, name) = match (staff, app, pupil, guardian) {
        _ if holder == duty::OPERATOR => return Ok(None),
        (Some(name), ..) => (Holder::Staff, name),
        (_, Some(name), ..) => (Holder::App, name),
        (_, _, Some(name), _) => (Holder::Pupil, name.trim().to_owned()),
        (_, _, _, Some(name)) => (Holder::Guardian, name.trim().to_owned()),
        (None, None, None, None) => return Ok(None),
    };
    let mut given = duty::rights_of(db, holder, db.clock.today()).await?;
    if !narrowed.is_empty() {
        given.retain(|(right, _)| narrowed.split(' ').any(|name| name == right.name()));
    }
    let rights = given.iter().map(|(right, _)| *right).collect();
    let duties = given.into_iter().filter_map(|(right, duty)| Some((right, duty?))).collect();
    let mut viewer = Viewer { holder, kind, name, rights, withheld: BTreeSet::new(), one_factor: false, duties };
    if let Some(needed) = db.mfa.as_ref().filter(|_| !mfa) {
        needed.withhold(&mut viewer);
    }
    Ok(Some(viewer))
}

pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}
