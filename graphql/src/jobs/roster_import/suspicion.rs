//! What cannot well be meant: half of a school's pupils leave, somebody is in two homerooms at once, or a UUID has become somebody else. It is
//! applied only for whoever says so.
use super::stage::Stage;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Fewer pupils than this may well leave at once.
const FEW: i64 = 3;

/// Marks the leavers of schools that half or more of their pupils would leave.
pub(super) async fn mark(stage: &Stage<'_>) -> Result<()> {
    if stage.first {
        return Ok(());
    }
    let mut tx = stage.scope.begin("roster import read").await?;
    let mut leaving = leaving(&mut tx, stage).await?;
    leaving.retain(|_, leaving| *leaving >= FEW);
    if leaving.is_empty() {
        return tx.commit().await;
    }
    let there = there(&mut tx, stage.today, leaving.keys()).await?;
    for (school, leaving) in leaving {
        if 2 * leaving >= there.get(&school).copied().unwrap_or_default() {
            let sql = "UPDATE roster_import_change SET suspicious = TRUE WHERE import = $1 AND school = $2 AND kind = 'LEAVING'
                           AND record = 'enrolment'";
            on!(tx.connection(), c => sqlx::query(sql).bind(stage.import).bind(school).execute(c).await?.rows_affected());
        }
    }
    tx.commit().await
}

/// How many pupils are in the homerooms of these schools.
async fn there(tx: &mut Tx, today: NaiveDate, schools: impl Iterator<Item = &'_ Uuid>) -> Result<HashMap<Uuid, i64>> {
    let rows: Vec<(Uuid, i64)> = on!(tx.connection(), c => {
        // Class by class, from the index: a town has ten times as many places in lessons.
        let mut sql = QueryBuilder::new(
            "SELECT c.school, CAST(sum((SELECT count(*) FROM enrolment e WHERE e.class = c.id AND e.kind = 'HOME' AND e.known_until = ");
        sql.push_bind(not_replaced()).push(" AND e.begins <= ").push_bind(today).push(" AND e.ends >= ").push_bind(today);
        sql.push(")) AS BIGINT) FROM class c JOIN academic_year y ON y.id = c.academic_year AND y.ends >= ").push_bind(today);
        sql.push(" WHERE c.kind = 'HOMEROOM' AND c.school IN (");
        bind_ids(&mut sql, schools.copied());
        sql.push(") GROUP BY c.school").build_query_as().persistent(false).fetch_all(c).await?
    });
    Ok(rows.into_iter().collect())
}

/// How many pupils of each school leave their homeroom for none of the same school.
async fn leaving(tx: &mut Tx, stage: &Stage<'_>) -> Result<HashMap<Uuid, i64>> {
    let sql = "SELECT DISTINCT i.school, i.pupil FROM roster_import_change i JOIN class c ON c.id = i.class
               WHERE i.import = $1 AND i.kind = 'LEAVING' AND i.record = 'enrolment' AND c.kind = 'HOMEROOM'";
    let leave: HashSet<(Uuid, Uuid)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(stage.import).fetch_all(c).await?).into_iter().collect();
    if leave.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT DISTINCT school, pupil FROM roster_import_change
               WHERE import = $1 AND kind IN ('NEW', 'CHANGED', 'RETURNING') AND record = 'enrolment'";
    let come: HashSet<(Uuid, Uuid)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(stage.import).fetch_all(c).await?).into_iter().collect();
    let mut leaving: HashMap<Uuid, i64> = HashMap::new();
    leave.difference(&come).for_each(|(school, _)| *leaving.entry(*school).or_default() += 1);
    Ok(leaving)
}

/// What whoever commits has to send back to show that the suspicious changes were looked at; empty where there are none.
pub(super) async fn token(tx: &mut Tx, import: Uuid) -> Result<String> {
    let sql = "SELECT seq FROM roster_import_change WHERE import = $1 AND suspicious ORDER BY seq";
    let rows: Vec<(i64,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(import).fetch_all(c).await?);
    if rows.is_empty() {
        return Ok(String::new());
    }
    let mut sum = Sha256::new();
    sum.update(import.as_bytes());
    rows.iter().for_each(|(seq,)| sum.update(seq.to_be_bytes()));
    let mut first = [0; 8];
    first.copy_from_slice(&sum.finalize()[..8]);
    Ok(format!("{:016x}", u64::from_be_bytes(first)))
}
