//! Whether the access log is as it was written: every chain link by link, and every entry beside it that was not erased by a clearing.
use super::chain;
use super::entry::{AccessAct, Dropped, Entry};
use super::store;
pub use super::store::Head;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};
use uuid::Uuid;

/// What is wrong in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The chain.
    pub chain: Uuid,
    /// The number of the link.
    pub seq: i64,
    /// What is wrong with it.
    pub what: &'static str,
}

impl Display for Break {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "chain {} link {}: {}", self.chain, self.seq, self.what)
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many chains there are.
    pub chains: usize,
    /// How many links.
    pub links: u64,
    /// How many of their entries were erased by clearings that the log speaks of.
    pub erased: u64,
    /// What is wrong.
    pub breaks: Vec<Break>,
}

#[derive(sqlx::FromRow)]
struct Chain {
    id: Uuid,
    begun_at: DateTime<Utc>,
    follows: String,
    dropped: Option<i64>,
    dropped_digest: Option<Vec<u8>>,
    dropped_at: Option<DateTime<Utc>>,
    dropped_before: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    at: DateTime<Utc>,
    entry: Vec<u8>,
    digest: Vec<u8>,
    salt: Option<Vec<u8>>,
    content: Option<String>,
    holder: Option<Uuid>,
}

/// The ends of all chains, to be kept elsewhere: what was there then cannot be taken away without showing.
pub async fn heads(scope: &Scope) -> Result<Vec<Head>> {
    store::heads(scope.db()).await
}

/// Checks every chain, and that the ends that were kept elsewhere are still in them.
pub async fn verify(scope: &Scope, kept: &[Head]) -> Result<Verified> {
    let sql = "SELECT c.id, c.begun_at, c.follows, d.seq AS dropped, d.digest AS dropped_digest, d.at AS dropped_at,
                   d.before AS dropped_before
               FROM access_chain c LEFT JOIN access_dropped d ON d.chain = c.id ORDER BY c.begun_at, c.id";
    let chains: Vec<Chain> = on!(scope.read(), c => sqlx::query_as(sql).fetch_all(c).await?);
    let mut check = Check { found: Verified { chains: chains.len(), ..Verified::default() }, ..Check::default() };
    for chain in &chains {
        match serde_json::from_str::<Vec<Head>>(&chain.follows) {
            Ok(follows) => {
                check.wanted.extend(follows.into_iter().map(|head| (head, "a later chain follows it, and it is not as it was")));
            }
            Err(_) => check.wrong(chain.id, 0, "what it follows cannot be read"),
        }
        check.chain(scope, chain).await?;
    }
    check.wanted.extend(kept.iter().map(|head| (head.clone(), "it was kept elsewhere, and it is not as it was")));
    check.ends(scope).await?;
    Ok(check.found)
}

#[derive(Default)]
struct Check {
    found: Verified,
    /// Links that must be there, and what it means where they are not.
    wanted: Vec<(Head, &'static str)>,
    /// Up to when clearings say that they have erased.
    cleared: Option<DateTime<Utc>>,
    /// The last link of each chain whose entry is gone.
    gone: HashMap<Uuid, i64>,
    /// The latest time of a link of each chain whose entry is gone.
    gone_at: HashMap<Uuid, (DateTime<Utc>, i64)>,
    /// Ends of what was dropped with the link itself, so that nothing beside the log says of when it was.
    unsaid: Vec<Dropped>,
    /// The newest clearing, and the ends of that kind which it found.
    newest: Option<(DateTime<Utc>, Option<Vec<Dropped>>)>,
}

impl Check {
    fn wrong(&mut self, chain: Uuid, seq: i64, what: &'static str) {
        self.found.breaks.push(Break { chain, seq, what });
    }

    fn gone(&mut self, chain: Uuid, seq: i64, at: DateTime<Utc>) {
        self.gone.insert(chain, seq);
        let latest = self.gone_at.entry(chain).or_insert((at, seq));
        *latest = (*latest).max((at, seq));
    }

    async fn chain(&mut self, scope: &Scope, chain: &Chain) -> Result<()> {
        let mut before = chain::beginning(chain.id, chain.begun_at, &chain.follows).to_vec();
        let mut last = 0;
        if let (Some(seq), Some(digest), Some(at)) = (chain.dropped, &chain.dropped_digest, chain.dropped_at) {
            if let Some(digest_before) = &chain.dropped_before {
                (last, before) = (seq - 1, digest_before.clone());
            } else {
                (last, before) = (seq, digest.clone());
                self.gone(chain.id, seq, at);
                self.unsaid.push(Dropped { chain: chain.id, seq, at });
            }
        }
        let kept = chain.dropped.filter(|_| chain.dropped_before.is_some());
        let sql = "SELECT l.seq, l.at, l.entry, l.digest, e.salt, e.content, e.holder
                   FROM access_link l LEFT JOIN access_entry e ON e.chain = l.chain AND e.seq = l.seq AND e.at = l.at
                   WHERE l.chain = $1 AND l.seq > $2 ORDER BY l.seq LIMIT 2000";
        loop {
            let rows: Vec<Row> = on!(scope.read(), c => sqlx::query_as(sql).bind(chain.id).bind(last).fetch_all(c).await?);
            let (Some(first), Some(end)) = (rows.first(), rows.last()) else {
                if kept.is_some_and(|kept| kept > last) {
                    self.wrong(chain.id, last + 1, "it is missing");
                }
                return Ok(());
            };
            let mut subjects = subjects(scope, chain.id, (first.seq, end.seq)).await?;
            for row in rows {
                if row.seq != last + 1 {
                    self.wrong(chain.id, last + 1, "it is missing");
                }
                if row.seq == last + 1 && chain::link(&before, row.seq, row.at, &row.entry) != row.digest.as_slice() {
                    self.wrong(chain.id, row.seq, "it does not go on from the one before: one of them was altered");
                }
                self.entry(chain.id, &row, &subjects.remove(&row.seq).unwrap_or_default());
                if kept == Some(row.seq) {
                    // What came before it was dropped: this link vouches for when that was.
                    self.gone(chain.id, row.seq, row.at);
                }
                self.found.links += 1;
                (last, before) = (row.seq, row.digest);
            }
        }
    }

    /// The entry beside a link.
    fn entry(&mut self, chain: Uuid, row: &Row, found_by: &[(Uuid, DateTime<Utc>)]) {
        let (Some(salt), Some(content)) = (&row.salt, &row.content) else {
            self.found.erased += 1;
            self.gone(chain, row.seq, row.at);
            return;
        };
        if chain::entry(salt, content) != row.entry.as_slice() {
            self.wrong(chain, row.seq, "its entry was altered");
            return;
        }
        match serde_json::from_str::<Entry>(content) {
            Ok(entry) => {
                let mut subjects: Vec<_> = entry.subjects.iter().map(|seen| (seen.subject.id, row.at)).collect();
                subjects.sort_unstable();
                if Some(entry.holder) != row.holder || entry.at != row.at || subjects != found_by {
                    self.wrong(chain, row.seq, "what its entry is found by was altered");
                }
                if entry.act == AccessAct::Clear {
                    self.cleared = self.cleared.max(entry.until);
                    if self.newest.as_ref().is_none_or(|(at, _)| *at <= entry.at) {
                        self.newest = Some((entry.at, entry.dropped));
                    }
                }
            }
            Err(_) => self.wrong(chain, row.seq, "its entry cannot be read"),
        }
    }

    async fn ends(&mut self, scope: &Scope) -> Result<()> {
        for (head, what) in std::mem::take(&mut self.wanted) {
            let sql = "SELECT digest FROM access_link WHERE chain = $1 AND seq = $2
                       UNION SELECT digest FROM access_dropped WHERE chain = $1 AND seq = $2";
            let there: Option<Vec<u8>> =
                on!(scope.read(), c => sqlx::query_scalar(sql).bind(head.chain).bind(head.seq).fetch_optional(c).await?);
            let dropped = self.gone.get(&head.chain).is_some_and(|seq| *seq > head.seq);
            if there.as_ref() != Some(&head.digest) && !(there.is_none() && dropped) {
                self.wrong(head.chain, head.seq, what);
            }
        }
        let late = |at: DateTime<Utc>| self.cleared.is_none_or(|cleared| at >= cleared);
        // Such ends are from before links were kept: the first clearing since names those that it found, and there are no further ones.
        let named = self.newest.take().and_then(|(_, named)| named);
        let unnamed = |of: &Dropped| named.as_ref().is_some_and(|named| !named.contains(of));
        let mut early: Vec<(Uuid, i64)> = self.unsaid.iter().filter(|of| unnamed(of)).map(|of| (of.chain, of.seq)).collect();
        early.extend(self.gone_at.iter().filter(|(_, (at, _))| late(*at)).map(|(chain, (_, seq))| (*chain, *seq)));
        early.sort_unstable();
        early.dedup();
        for (chain, seq) in early {
            self.wrong(chain, seq, "its entry is gone, and no clearing speaks of it");
        }
        let sql = "SELECT e.chain, min(e.seq) FROM access_entry e LEFT JOIN access_link l ON l.chain = e.chain AND l.seq = e.seq AND l.at = e.at
                   WHERE l.chain IS NULL GROUP BY e.chain";
        let loose: Vec<(Uuid, i64)> = on!(scope.read(), c => sqlx::query_as(sql).fetch_all(c).await?);
        loose.into_iter().for_each(|(chain, seq)| self.wrong(chain, seq, "there is an entry and no link to it"));
        Ok(())
    }
}

/// By whom and what the entries of some links are found, by link, in order.
async fn subjects(scope: &Scope, chain: Uuid, (first, last): (i64, i64)) -> Result<HashMap<i64, Vec<(Uuid, DateTime<Utc>)>>> {
    let sql = "SELECT seq, subject, at FROM access_subject WHERE chain = $1 AND seq >= $2 AND seq <= $3";
    let rows: Vec<(i64, Uuid, DateTime<Utc>)> =
        on!(scope.read(), c => sqlx::query_as(sql).bind(chain).bind(first).bind(last).fetch_all(c).await?);
    let mut found: HashMap<i64, Vec<(Uuid, DateTime<Utc>)>> = HashMap::new();
    for (seq, subject, at) in rows {
        found.entry(seq).or_default().push((subject, at));
    }
    found.values_mut().for_each(|of| of.sort_unstable());
    Ok(found)
}
