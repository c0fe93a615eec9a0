//! The chain in the database: begun once a server, and then only added to.
use super::chain::{self, Digest};
use super::entry::Entry;
use crate::clock::new_id;
use crate::db::{Db, Engine, on};
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder, Sqlite, Transaction};
use uuid::Uuid;

/// A transaction of the log, which is no record of a school.
type Writing = Engine<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>;

/// The end of a chain, as the next link and whoever keeps it elsewhere need it.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The chain.
    pub chain: Uuid,
    /// The number of its last link; 0 where it has none yet.
    pub seq: i64,
    /// The digest of that link.
    pub digest: Vec<u8>,
}

/// Adds entries to a chain and gives its new end. Without a chain one is begun.
pub(super) async fn append(db: &Db, head: Option<&Head>, entries: &[Entry]) -> Result<Head> {
    let mut tx = db.begin_log().await?;
    let mut head = match head {
        Some(head) => head.clone(),
        None => begin(&mut tx, db.clock.now()).await?,
    };
    for lot in entries.chunks(200) {
        let mut rows = Vec::with_capacity(lot.len());
        for entry in lot {
            let content = serde_json::to_string(entry).expect("an entry is plain text, numbers and dates");
            let mut salt = [0; 16];
            getrandom::fill(&mut salt).map_err(|error| {
                tracing::error!(%error, "the machine gives no random bytes");
                Error::Internal
            })?;
            let said = chain::entry(&salt, &content);
            head.seq += 1;
            head.digest = chain::link(&head.digest, head.seq, entry.at, &said).to_vec();
            rows.push(Written { entry, content, salt: salt.to_vec(), said, seq: head.seq, digest: head.digest.clone() });
        }
        write(&mut tx, head.chain, &rows).await?;
    }
    on!(tx, tx => tx.commit().await)?;
    Ok(head)
}

/// An entry as it is written.
struct Written<'a> {
    entry: &'a Entry,
    content: String,
    salt: Vec<u8>,
    said: Digest,
    seq: i64,
    digest: Vec<u8>,
}

async fn write(tx: &mut Writing, chain: Uuid, rows: &[Written<'_>]) -> Result<()> {
    let links = "INSERT INTO access_link (chain, seq, at, entry, digest) ";
    let entries = "INSERT INTO access_entry (id, chain, seq, at, holder, salt, content) ";
    let subjects = "INSERT INTO access_subject (subject, at, chain, seq) ";
    let seen: Vec<(Uuid, DateTime<Utc>, i64)> =
        rows.iter().flat_map(|row| row.entry.subjects.iter().map(|seen| (seen.subject.id, row.entry.at, row.seq))).collect();
    on!(tx, c => {
        QueryBuilder::new(links).push_values(rows, |mut values, row| {
            values.push_bind(chain).push_bind(row.seq).push_bind(row.entry.at).push_bind(row.said.to_vec()).push_bind(row.digest.clone());
        }).build().persistent(false).execute(&mut **c).await?;
        QueryBuilder::new(entries).push_values(rows, |mut values, row| {
            values.push_bind(new_id()).push_bind(chain).push_bind(row.seq).push_bind(row.entry.at).push_bind(row.entry.holder)
                .push_bind(row.salt.clone()).push_bind(row.content.clone());
        }).build().persistent(false).execute(&mut **c).await?;
        for some in seen.chunks(2_000) {
            QueryBuilder::new(subjects).push_values(some, |mut values, (subject, at, seq)| {
                values.push_bind(*subject).push_bind(*at).push_bind(chain).push_bind(*seq);
            }).build().persistent(false).execute(&mut **c).await?;
        }
    });
    Ok(())
}

/// Begins a chain. It follows whatever has been added to others since the last one that did.
async fn begin(tx: &mut Writing, at: DateTime<Utc>) -> Result<Head> {
    let id = new_id();
    let sql = "SELECT l.chain, l.seq, l.digest FROM access_chain c
               JOIN access_link l ON l.chain = c.id AND l.seq = (SELECT max(m.seq) FROM access_link m WHERE m.chain = c.id)
               WHERE l.seq > c.followed_to ORDER BY c.begun_at, c.id";
    let ends: Vec<Head> = on!(&mut *tx, c => sqlx::query_as(sql).fetch_all(&mut **c).await?);
    let follows = serde_json::to_string(&ends).expect("ids, numbers and bytes are JSON");
    for end in &ends {
        let sql = "UPDATE access_chain SET followed_to = $2 WHERE id = $1";
        on!(&mut *tx, c => sqlx::query(sql).bind(end.chain).bind(end.seq).execute(&mut **c).await?.rows_affected());
    }
    let sql = "INSERT INTO access_chain (id, begun_at, follows) VALUES ($1, $2, $3)";
    on!(&mut *tx, c => sqlx::query(sql).bind(id).bind(at).bind(&follows).execute(&mut **c).await?.rows_affected());
    Ok(Head { chain: id, seq: 0, digest: chain::beginning(id, at, &follows).to_vec() })
}

/// The ends of all chains, the newest last.
pub(super) async fn heads(db: &Db) -> Result<Vec<Head>> {
    let sql = "SELECT l.chain, l.seq, l.digest FROM access_chain c
               JOIN access_link l ON l.chain = c.id AND l.seq = (SELECT max(m.seq) FROM access_link m WHERE m.chain = c.id)
               ORDER BY c.begun_at, c.id";
    Ok(on!(db.reader(), c => sqlx::query_as(sql).fetch_all(c).await?))
}
