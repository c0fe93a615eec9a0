//! Erasing what entries say once they are old. The log says so first; links of which nothing is left are dropped, and the chain goes on from
//! the last of them, which is kept: it vouches for when they were.
use super::entry::{AccessAct, Came, Dropped, Entry, Way};
use super::store;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// Entries are erased in lots of this many, so that nobody waits long for the database.
const LOT: i64 = 1_000;

/// Erases what came before a time; returns how many entries.
pub async fn clear(scope: &Scope, until: DateTime<Utc>) -> Result<u64> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM access_entry WHERE at < $1 LIMIT 1) e";
    let (old,): (i64,) = on!(scope.read(), c => sqlx::query_as(sql).bind(until).fetch_one(c).await?);
    if old == 0 {
        return Ok(0);
    }
    let came = Came { way: Way::Command, what: "asagao audit clear".into(), address: String::new() };
    let sql = "SELECT chain, seq, at FROM access_dropped WHERE before IS NULL ORDER BY chain";
    let dropped: Vec<Dropped> = on!(scope.read(), c => sqlx::query_as(sql).fetch_all(c).await?);
    let said =
        Entry { until: Some(until), dropped: Some(dropped), ..Entry::new(scope.now(), scope.holder(), AccessAct::Clear, came) };
    store::append(scope.db(), None, &[said]).await?;
    let mut erased = 0;
    loop {
        let which = "SELECT chain, seq FROM access_entry WHERE at < $1 ORDER BY at, chain, seq LIMIT $2";
        let subjects = format!("DELETE FROM access_subject WHERE (chain, seq) IN ({which})");
        let entries = format!("DELETE FROM access_entry WHERE (chain, seq) IN ({which})");
        let mut tx = scope.db().begin().await?;
        let many = on!(&mut tx, c => {
            sqlx::query(AssertSqlSafe(subjects)).bind(until).bind(LOT).execute(&mut **c).await?;
            sqlx::query(AssertSqlSafe(entries)).bind(until).bind(LOT).execute(&mut **c).await?.rows_affected()
        });
        on!(tx, c => c.commit().await)?;
        erased += many;
        if many == 0 {
            break;
        }
    }
    drop_links(scope).await?;
    Ok(erased)
}

/// Drops the links of each chain before the last one that has nothing beside it, and keeps the digest from which that one goes on.
async fn drop_links(scope: &Scope) -> Result<()> {
    let keep = "INSERT INTO access_dropped (chain, seq, digest, at, before)
                SELECT l.chain, l.seq, l.digest, l.at, COALESCE(b.digest, d.digest) FROM access_link l
                LEFT JOIN access_link b ON b.chain = l.chain AND b.seq = l.seq - 1
                LEFT JOIN access_dropped d ON d.chain = l.chain AND d.seq = l.seq - 1
                WHERE COALESCE(b.digest, d.digest) IS NOT NULL
                    AND l.seq = COALESCE((SELECT min(e.seq) - 1 FROM access_entry e WHERE e.chain = l.chain),
                        (SELECT max(m.seq) FROM access_link m WHERE m.chain = l.chain))
                ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, digest = excluded.digest, at = excluded.at, before = excluded.before";
    let gone = "DELETE FROM access_link WHERE seq < (SELECT d.seq FROM access_dropped d WHERE d.chain = access_link.chain)";
    let mut tx = scope.db().begin().await?;
    on!(&mut tx, c => {
        sqlx::query(keep).execute(&mut **c).await?;
        sqlx::query(gone).execute(&mut **c).await?.rows_affected()
    });
    on!(tx, c => c.commit().await)?;
    Ok(())
}
