//! Deleting what is due, in lots of some pupils, each in a transaction of its own: what was begun can be gone on with at any time.
use super::deletion::{self, Deletion};
use super::due::{self, Key};
use super::kept::{Fate, Kept, TABLES};
use super::plan::{self, DeletionPlan, MOST};
use super::rule::{self, CountedFrom, KeptKind};
use super::{hold, period};
use crate::access::duty::OPERATOR;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::small_cell::SmallCell;
use crate::access::tx::Tx;
use crate::db::{bind_ids, on};
use crate::error::{Result, UserError, UserErrorCode};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::{Database, Encode, QueryBuilder, Type};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// How many pupils' records go in one transaction.
const LOT: usize = 100;
/// The most lots of one call: it answers before anybody has waited too long, and says that there is more.
const LOTS: usize = 20;

/// What is due and to be deleted.
#[derive(InputObject, Clone, Debug)]
pub struct DeleteDueInput {
    /// The ids of `retentionDue`, 1 to 200.
    pub ids: Vec<ID>,
    /// The `confirmation` of the `deletionPlan` of these ids. Where something has become due or held since, it is a `CONFLICT`.
    pub confirmation: String,
}

/// What became of it.
#[derive(SimpleObject, Default)]
pub struct DeleteDuePayload {
    /// What was deleted, lot by lot.
    pub deletions: Vec<Deletion>,
    /// What is left of it, where there was more than one call deletes: go on with the ids of its `due` and its `confirmation`. Null once all
    /// is gone.
    pub rest: Option<DeletionPlan>,
    /// What is wrong with the input; nothing was deleted then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with what is due.
#[derive(Default)]
pub struct DeleteDueMutation;

#[Object]
impl DeleteDueMutation {
    /// Deletes records that are due, for good, and the personal content of their trail with them. What a hold keeps stays.
    async fn delete_due(&self, ctx: &Context<'_>, input: DeleteDueInput) -> Result<DeleteDuePayload> {
        let ids: Vec<String> = input.ids.into_iter().map(|id| id.0).collect();
        Ok(match delete(Scope::with(ctx, Right::RetentionWrite)?, &ids, &input.confirmation).await? {
            Ok(done) => DeleteDuePayload { deletions: done.deletions, rest: done.rest, user_errors: vec![] },
            Err(error) => DeleteDuePayload { user_errors: vec![error], ..DeleteDuePayload::default() },
        })
    }
}

/// What was deleted, and what is left to be.
pub struct Done {
    /// What was deleted.
    pub deletions: Vec<Deletion>,
    /// What is left.
    pub rest: Option<DeletionPlan>,
}

/// Deletes what is due and was confirmed, at most some lots of it, or says what is wrong.
pub async fn delete(scope: &Scope, ids: &[String], confirmation: &str) -> Result<Result<Done, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    match ids.len() {
        0 => return wrong(UserErrorCode::Empty, "ids", "there is nothing to delete: send ids of `retentionDue`"),
        many if many > MOST => return wrong(UserErrorCode::TooMany, "ids", "send at most 200 ids a call"),
        _ => {}
    }
    let plan = plan::of(scope, ids).await?;
    if let Some(missing) = plan.missing.first() {
        return wrong(UserErrorCode::NotFound, "ids", &format!("{missing} is not due, or not yours to delete"));
    }
    if let Some(held) = plan.due.iter().find(|due| due.pupils.is_empty()) {
        return wrong(UserErrorCode::InUse, "ids", &format!("all of {} is held: lift the hold first", held.key.id()));
    }
    if plan.confirmed() != confirmation {
        let message = "what is due has changed since it was looked at: look at the plan again and send its confirmation";
        return wrong(UserErrorCode::Conflict, "confirmation", message);
    }
    let lots = plan.due.iter().flat_map(|due| {
        let pupils: Vec<Option<Uuid>> = due.pupils.keys().copied().collect();
        pupils.chunks(LOT).map(|lot| (due.key, lot.to_vec())).collect::<Vec<_>>()
    });
    let by_name = Some(scope.viewer().name.clone()).filter(|_| scope.holder() != OPERATOR);
    let names: HashMap<Uuid, (&str, Option<SmallCell>)> =
        plan.due.iter().map(|due| (due.key.school, (due.school_name.as_str(), due.step()))).collect();
    let mut deletions = Vec::new();
    let lots: Vec<(Key, Vec<Option<Uuid>>)> = lots.collect();
    for (key, pupils) in lots.iter().take(LOTS) {
        let (school_name, step) = names.get(&key.school).copied().unwrap_or_default();
        let done = delete_lot(scope, *key, pupils).await?;
        deletions.extend(done.map(|done| done.named(school_name.to_owned(), by_name.clone(), step)));
    }
    let rest = if lots.len() > LOTS { Some(plan::of(scope, ids).await?) } else { None };
    Ok(Ok(Done { deletions, rest }))
}

/// Whose rows go: of which school and which days; `None` for all.
struct Lot<'a> {
    pupils: &'a [Uuid],
    /// Rows of nobody in the register, too.
    unnamed: bool,
    school: Option<Uuid>,
    days: Option<(NaiveDate, NaiveDate)>,
}

/// Deletes one lot; `None` where nothing of it is due any more.
async fn delete_lot(scope: &Scope, key: Key, pupils: &[Option<Uuid>]) -> Result<Option<Deletion>> {
    let mut tx = scope.begin("records deleted").await?;
    let ids: Vec<Uuid> = pupils.iter().flatten().copied().collect();
    lock(&mut tx, key.school, &ids).await?;
    let rule = rule::of(&mut tx, key.kind).await?;
    if period::due_on(key.year, rule.years) > scope.today() {
        return Ok(None);
    }
    // Somebody may have come back, or been held, since it was looked at.
    let holds = hold::all_within(&mut tx).await?;
    let mut free: Vec<Option<Uuid>> =
        pupils.iter().copied().filter(|pupil| !due::is_held(&holds, key.kind, key.school, *pupil)).collect();
    if rule.counted_from == CountedFrom::Leaving {
        let left = left_in(&mut tx, key.school, &ids).await?;
        free.retain(|pupil| pupil.is_some_and(|pupil| left.get(&pupil) == Some(&key.year)));
    }
    if free.is_empty() {
        return Ok(None);
    }
    let ids: Vec<Uuid> = free.iter().flatten().copied().collect();
    let days = (rule.counted_from == CountedFrom::SchoolYear).then(|| period::days_of(key.year));
    let lot = Lot { pupils: &ids, unnamed: free.contains(&None), school: Some(key.school), days };
    let (mut tables, mut records) = (BTreeMap::new(), 0);
    for kept in TABLES.iter().filter(|kept| goes_with(kept, key.kind)) {
        let rows = remove(&mut tx, kept, &lot).await?;
        *tables.entry(kept.table).or_default() += rows;
        records += if matches!(kept.fate, Fate::Goes { .. }) { rows } else { 0 };
    }
    if key.kind == KeptKind::StudentRegister {
        let mut gone = without_school(&mut tx, &ids).await?;
        gone.extend(guardians_of_these_alone(&mut tx, &gone).await?);
        let lot = Lot { pupils: &gone, unnamed: false, school: None, days: None };
        for kept in TABLES.iter().filter(|kept| !gone.is_empty() && !matches!(kept.fate, Fate::Stays(_))) {
            *tables.entry(kept.table).or_default() += remove(&mut tx, kept, &lot).await?;
        }
    }
    tables.retain(|_, rows| *rows > 0);
    let done = deletion::write(&mut tx, (key, &rule), &ids, &tables, records).await?;
    tx.commit().await?;
    Ok(Some(done))
}

/// Makes whoever holds these records, or moves these pupils, wait until the lot is gone.
async fn lock(tx: &mut Tx, school: Uuid, pupils: &[Uuid]) -> Result<()> {
    let sql = "UPDATE school SET name = name WHERE id = $1";
    on!(tx.connection(), c => sqlx::query(sql).bind(school).execute(c).await?.rows_affected());
    if !pupils.is_empty() {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE pupil SET identifier = identifier WHERE id IN (");
            bind_ids(&mut sql, pupils.iter().copied());
            sql.push(")").build().persistent(false).execute(c).await?.rows_affected()
        });
    }
    tx.waited();
    Ok(())
}

/// In which school year each of these pupils left a school.
async fn left_in(tx: &mut Tx, school: Uuid, pupils: &[Uuid]) -> Result<HashMap<Uuid, i32>> {
    let rows: Vec<(Uuid, NaiveDate)> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT e.pupil, ");
        sql.push(due::LEFT_ON).push(" AS left_on FROM ").push(due::ENROLLED).push(" WHERE e.school = ").push_bind(school).push(" AND e.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") GROUP BY e.pupil").build_query_as().persistent(false).fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|(pupil, left)| (pupil, period::school_year(left))).collect())
}

/// Those of these pupils who are in no school's register any more.
async fn without_school(tx: &mut Tx, pupils: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT p.id FROM pupil p WHERE NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.pupil = p.id) AND p.id IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|(pupil,)| pupil).collect())
}

/// The guardians who have no other children than these here.
async fn guardians_of_these_alone(tx: &mut Tx, pupils: &[Uuid]) -> Result<Vec<Uuid>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid,)> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT DISTINCT g.guardian FROM guardianship g WHERE g.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") AND NOT EXISTS (SELECT 1 FROM guardianship o WHERE o.guardian = g.guardian AND o.pupil NOT IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push("))").build_query_as().persistent(false).fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|(guardian,)| guardian).collect())
}

/// Whether rows of a table go with a kind of record. The register of pupils takes everything with it: without it nobody knows whose it is.
fn goes_with(kept: &Kept, kind: KeptKind) -> bool {
    match kept.fate {
        Fate::Goes { with, .. } => with == kind || kind == KeptKind::StudentRegister,
        Fate::Follows { table, .. } => goes_with(Kept::of(table), kind),
        Fate::GoesLast(_) | Fate::Stays(_) => false,
    }
}

/// Deletes a lot's rows of a table and the content of their trail; tells how many rows they were.
async fn remove(tx: &mut Tx, kept: &Kept, lot: &Lot<'_>) -> Result<u64> {
    if lot.pupils.is_empty() && !lot.unnamed {
        return Ok(0);
    }
    let table = kept.table;
    if kept.trailed {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE trail SET before = NULL, after = NULL, reason = '' WHERE record = ");
            sql.push_bind(table).push(format!(" AND record_id IN (SELECT id FROM {table} WHERE "));
            push_rows(&mut sql, kept, lot);
            sql.push(")").build().persistent(false).execute(c).await?.rows_affected()
        });
    }
    // The entry of one school may answer that of another, which is kept for longer.
    for link in if table == "pupil_move" { ["answers", "corrects"].as_slice() } else { &[] } {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new(format!("UPDATE pupil_move SET {link} = NULL WHERE {link} IN (SELECT id FROM pupil_move WHERE "));
            push_rows(&mut sql, kept, lot);
            sql.push(")").build().persistent(false).execute(c).await?.rows_affected()
        });
    }
    Ok(on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new(format!("DELETE FROM {table} WHERE "));
        push_rows(&mut sql, kept, lot);
        sql.build().persistent(false).execute(c).await?.rows_affected()
    }))
}

/// Continues a text with the condition that a row of a table is one of a lot.
fn push_rows<DB: Database>(sql: &mut QueryBuilder<DB>, kept: &Kept, lot: &Lot<'_>)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
{
    match kept.fate {
        Fate::Goes { school, day, .. } => {
            push_pupils(sql, "pupil", lot);
            if let Some(of) = lot.school {
                sql.push(format!(" AND {school} = ")).push_bind(of);
            }
            if let Some((from, to)) = lot.days {
                sql.push(format!(" AND {day} >= ")).push_bind(from).push(format!(" AND {day} <= ")).push_bind(to);
            }
        }
        Fate::Follows { table, by } => {
            for (nth, column) in by.iter().enumerate() {
                sql.push(if nth == 0 { "(" } else { " OR " }).push(format!("{column} IN (SELECT id FROM {table} WHERE "));
                push_rows(sql, Kept::of(table), lot);
                sql.push(")");
            }
            sql.push(")");
        }
        Fate::GoesLast(column) => push_pupils(sql, column, lot),
        Fate::Stays(_) => drop(sql.push("1 = 0")),
    }
}

fn push_pupils<DB: Database>(sql: &mut QueryBuilder<DB>, column: &str, lot: &Lot<'_>)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
{
    match (lot.pupils, lot.unnamed) {
        ([], _) => drop(sql.push(format!("{column} IS NULL"))),
        (pupils, unnamed) => {
            sql.push(format!("({column} IN ("));
            bind_ids(sql, pupils.iter().copied());
            sql.push(if unnamed { format!(") OR {column} IS NULL)") } else { "))".to_owned() });
        }
    }
}
