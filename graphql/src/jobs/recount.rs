//! Makes the daily totals anew from the activities, and tells where they had differed.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::{Engine, bind_ids, on};
use crate::error::{Error, Result};
use crate::learning::activity::totals::{DailyTotal, FROM_ACTIVITIES, GROUPED};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A total that was not what its activities add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What was kept; `None` where nothing was.
    pub kept: Option<DailyTotal>,
    /// What the activities add up to; `None` where there are none.
    pub counted: Option<DailyTotal>,
}

/// What a recount found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many totals there are now.
    pub totals: usize,
    /// Those that differed and are mended.
    pub differences: Vec<Difference>,
}

/// Recounts every pupil's totals in one transaction, in which nobody else writes.
pub async fn recount(scope: &Scope) -> Result<Report> {
    if !scope.holds(Right::ActivityWrite) {
        return Err(Error::Forbidden(Right::ActivityWrite.name()));
    }
    let mut tx = scope.begin("daily totals recounted").await?;
    if let Engine::Postgres(c) = tx.connection() {
        // SQLite has one writer anyway; PostgreSQL has to be told that nobody may post meanwhile.
        sqlx::query("LOCK TABLE activity, daily_total IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
    }
    let mut report = Report::default();
    let mut after = Uuid::nil();
    loop {
        let sql = "SELECT id FROM pupil WHERE id > $1 ORDER BY id LIMIT 200";
        let pupils: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(after).fetch_all(c).await?);
        let Some((last,)) = pupils.last() else { break };
        after = *last;
        recount_pupils(&mut tx, &pupils, &mut report).await?;
    }
    tx.commit().await?;
    Ok(report)
}

type Key = (Uuid, Uuid, NaiveDate);

async fn recount_pupils(tx: &mut Tx, pupils: &[(Uuid,)], report: &mut Report) -> Result<()> {
    let counted: Vec<DailyTotal> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new(FROM_ACTIVITIES.as_str());
        sql.push("a.withdrawn_at IS NULL AND a.pupil IN (");
        bind_ids(&mut sql, pupils.iter().map(|pupil| pupil.0));
        sql.push(")").push(GROUPED).push(" ORDER BY a.school").build_query_as().persistent(false).fetch_all(c).await?
    });
    let kept: Vec<DailyTotal> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM daily_total WHERE pupil IN (");
        bind_ids(&mut sql, pupils.iter().map(|pupil| pupil.0));
        sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
    });
    let mut sums: BTreeMap<Key, DailyTotal> = BTreeMap::new();
    for total in counted {
        let key = (total.pupil, total.class, total.day);
        match sums.get_mut(&key) {
            // A pupil who changed schools on a day has one total; the school of its first activity is as good as the other's.
            Some(sum) => sum.merge(&total),
            None => drop(sums.insert(key, total)),
        }
    }
    let kept: BTreeMap<Key, DailyTotal> = kept.into_iter().map(|total| ((total.pupil, total.class, total.day), total)).collect();
    report.totals += sums.len();
    for key in kept.keys().chain(sums.keys()).collect::<BTreeSet<_>>() {
        let (kept, counted) = (kept.get(key), sums.get(key));
        if !matches!((kept, counted), (Some(kept), Some(counted)) if kept.says(counted)) {
            mend(tx, *key, counted).await?;
            report.differences.push(Difference { kept: kept.cloned(), counted: counted.cloned() });
        }
    }
    Ok(())
}

async fn mend(tx: &mut Tx, (pupil, class, day): Key, counted: Option<&DailyTotal>) -> Result<()> {
    let sql = "DELETE FROM daily_total WHERE pupil = $1 AND class = $2 AND day = $3";
    on!(tx.connection(), c => sqlx::query(sql).bind(pupil).bind(class).bind(day).execute(c).await?.rows_affected());
    if let Some(total) = counted {
        crate::learning::activity::add_totals::add(tx, std::slice::from_ref(total)).await?;
    }
    Ok(())
}
