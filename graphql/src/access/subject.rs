//! Who somebody is at the board's identity providers, and whom a provider's word is of. Nobody is made by signing in.
use super::right::Right;
use super::scope::Scope;
use super::session;
use super::tx::Change;
use crate::clock::new_id;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use serde::Serialize;
use uuid::Uuid;

/// What a provider says of somebody, as far as people are found by it.
#[derive(Clone, Copy, Debug)]
pub enum Claimed<'a> {
    /// The subject of the provider of this key.
    Subject(&'a str, &'a str),
    /// An e-mail address of staff or guardians, which the provider has verified. Capitals of ASCII do not matter.
    Email(&'a str),
    /// The id of the roster.
    Id(&'a str),
}

/// Whose subject is whose.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
struct SignInSubject {
    id: Uuid,
    provider: String,
    subject: String,
    holder: Uuid,
}

/// Whoever can sign in.
const ANYONE: &str =
    "SELECT id FROM staff WHERE id = $1 UNION SELECT id FROM pupil WHERE id = $1 UNION SELECT id FROM guardian WHERE id = $1";

/// Whom a provider means; `None` where it is nobody here, or not one alone.
pub async fn holder(db: &Db, claimed: Claimed<'_>) -> Result<Option<Uuid>> {
    let found: Vec<Uuid> = match claimed {
        Claimed::Subject(provider, subject) => {
            let sql = "SELECT holder FROM sign_in_subject WHERE provider = $1 AND subject = $2";
            on!(db.reader(), c => sqlx::query_scalar(sql).bind(provider).bind(subject).fetch_all(c).await?)
        }
        Claimed::Email(email) => {
            let of_staff = "SELECT id, email FROM staff s WHERE LOWER(s.email) IN ($1, $3) AND s.email <> '' AND EXISTS
                                (SELECT 1 FROM duty d WHERE d.holder = s.id AND d.begins <= $2 AND d.ends >= $2)";
            // Whoever works here and has a child here comes in to work.
            let of_family = "SELECT id, email FROM guardian g WHERE LOWER(g.email) IN ($1, $3) AND g.email <> '' AND EXISTS
                                 (SELECT 1 FROM guardian_reach r WHERE r.holder = g.id AND r.begins <= $2 AND r.ends >= $2)";
            let ((ascii, all), today) = (folded(email), db.clock.today());
            let mut found = Vec::new();
            for sql in [of_staff, of_family] {
                if found.is_empty() {
                    let rows: Vec<(Uuid, String)> =
                        on!(db.reader(), c => sqlx::query_as(sql).bind(&ascii).bind(today).bind(&all).fetch_all(c).await?);
                    found = rows.into_iter().filter(|(_, of)| of.eq_ignore_ascii_case(email)).map(|(id, _)| id).collect();
                }
            }
            found
        }
        Claimed::Id(id) => {
            let Ok(id) = Uuid::try_parse(id) else { return Ok(None) };
            on!(db.reader(), c => sqlx::query_scalar(ANYONE).bind(id).fetch_all(c).await?)
        }
    };
    match found[..] {
        [one] => Ok(Some(one)),
        [] => Ok(None),
        _ => {
            tracing::warn!("an address is that of several people: nobody signs in by it");
            Ok(None)
        }
    }
}

/// An address as `LOWER` may have it: SQLite folds the letters of ASCII alone, PostgreSQL others, too. What is found by it is to be compared
/// by the letters of ASCII: there are others that fold to them, such as the Kelvin sign.
pub(crate) fn folded(email: &str) -> (String, String) {
    (email.to_ascii_lowercase(), email.to_lowercase())
}

/// Says who a person is at a provider, in place of what was said before; their sessions end where it was another subject. A subject is one person's alone. Whether it is new.
pub async fn put(scope: &Scope, holder: Uuid, provider: &str, subject: &str) -> Result<bool> {
    let bad = |message: String| Err(Error::BadInput(message));
    if !scope.holds(Right::AccessWrite) {
        return bad(format!("there is nobody with the id {holder}"));
    }
    if let Err(wrong) = provider_key(provider) {
        return bad(format!("provider {provider:?}: {wrong}"));
    }
    if subject.is_empty() || subject.len() > 255 || subject.chars().any(char::is_control) {
        return bad("the subject is what the provider calls the person: 1 to 255 characters".into());
    }
    let mut tx = scope.begin("a subject of sign-in").await?;
    let known: Option<Uuid> = on!(tx.connection(), c => sqlx::query_scalar(ANYONE).bind(holder).fetch_optional(c).await?);
    if known.is_none() {
        return bad(format!(
            "there is no member of staff, no pupil and no guardian {holder}: import the roster, or note the guardian, first"
        ));
    }
    let sql = "SELECT * FROM sign_in_subject WHERE provider = $1 AND (subject = $2 OR holder = $3)";
    let there: Vec<SignInSubject> = on!(tx.connection(), c => sqlx::query_as(sql).bind(provider).bind(subject).bind(holder).fetch_all(c)
        .await?);
    if let Some(other) = there.iter().find(|other| other.holder != holder) {
        return bad(format!("{subject:?} is the subject of {} at {provider} already", other.holder));
    }
    let before = there.first();
    let id = before.map_or_else(new_id, |before| before.id);
    let row = SignInSubject { id, provider: provider.to_owned(), subject: subject.to_owned(), holder };
    if before == Some(&row) {
        return Ok(false);
    }
    let sql = "INSERT INTO sign_in_subject (id, provider, subject, holder) VALUES ($1, $2, $3, $4)
               ON CONFLICT (id) DO UPDATE SET subject = excluded.subject";
    let change = Change::new(id, before, Some(&row));
    on!(tx.change("sign_in_subject", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.provider).bind(row.subject)
        .bind(row.holder).execute(c).await?.rows_affected());
    if before.is_some() {
        // Who came in by the former subject is perhaps somebody else.
        session::end_all(&mut tx, holder).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Whether a text can be the key of a provider, which stands in addresses; why not.
pub fn provider_key(key: &str) -> std::result::Result<(), &'static str> {
    let plain = key.bytes().all(|of| of.is_ascii_lowercase() || of.is_ascii_digit() || of == b'-');
    match key {
        super::session::BY_CODE => Err("\"code\" is the way of those who sign in with a code"),
        _ if plain && (1..=32).contains(&key.len()) => Ok(()),
        _ => Err("a key is 1 to 32 small letters, digits and hyphens"),
    }
}
