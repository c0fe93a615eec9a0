//! 担当者: who takes part in the support of a pupil, from when to when. Being assigned gives the sheet, not the pupil's other records.
use super::find::begin;
use super::reach::Access;
use super::write::optional;
use crate::access::duty::DutyKind;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::{NO_END, new_id};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::moves::right;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody who takes part in the support of a pupil.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct SupportAssignment {
    id: Uuid,
    sheet: Uuid,
    pupil: Uuid,
    school: Uuid,
    staff: Uuid,
    part: String,
    begins: NaiveDate,
    ends: NaiveDate,
    given_by: Uuid,
    at: DateTime<Utc>,
    #[sqlx(default)]
    #[serde(skip)]
    staff_name: String,
}

impl SupportAssignment {
    pub(super) fn holds_on(&self, day: NaiveDate) -> bool {
        self.begins <= day && day <= self.ends
    }
}

/// 担当者: somebody who takes part in the support of a pupil. While the sheet is open they read it and write in it.
#[Object]
impl SupportAssignment {
    /// The assignment's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The id of the member of staff.
    async fn staff_id(&self) -> ID {
        id::of(self.staff)
    }
    /// The name.
    async fn name(&self) -> &str {
        &self.staff_name
    }
    /// What they do in it, such as 面談; may be empty.
    async fn part(&self) -> &str {
        &self.part
    }
    /// The first day.
    async fn begins(&self) -> Day {
        Day(self.begins)
    }
    /// The last day; null while no end is known.
    async fn ends(&self) -> Option<Day> {
        (self.ends < NO_END).then_some(Day(self.ends))
    }
}

/// Somebody to assign.
#[derive(InputObject, Clone, Debug)]
pub struct AssignSupportInput {
    /// The sheet.
    pub sheet_id: ID,
    /// A member of staff with a duty in the school today: see `SupportSheet.assignable`.
    pub staff_id: ID,
    /// What they do in it, such as 面談, up to 100 characters.
    #[graphql(default)]
    pub part: String,
    /// The last day; no end if not said.
    pub ends: Option<Day>,
}

/// An assignment to end.
#[derive(InputObject, Clone, Debug)]
pub struct UnassignSupportInput {
    /// The assignment. It ends at once.
    pub assignment_id: ID,
}

/// Somebody who can be assigned.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct AssignableStaff {
    /// The id.
    pub id: ID,
    /// The name.
    pub name: String,
    /// A duty of theirs in the school.
    pub duty: DutyKind,
}

/// Assigns somebody, or says what is wrong with the input.
pub(super) async fn assign(scope: &Scope, input: AssignSupportInput) -> Result<Result<Uuid, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let part = right!(optional(&input.part, 100, "part"));
    let ends = input.ends.map_or(NO_END, |day| day.0);
    if ends < scope.today() {
        return wrong(UserErrorCode::OutOfRange, "ends", "the last day is over already");
    }
    let (mut tx, sheet) = right!(begin(scope, Access::Lead, &input.sheet_id, "support assigned").await?);
    let staff = id::parse(&input.staff_id).unwrap_or_default();
    let rows = staff_of(scope, sheet.school).await?;
    if !rows.iter().any(|(id, ..)| *id == staff) {
        return wrong(UserErrorCode::NotFound, "staffId", "there is nobody of this id with a duty in the school today");
    }
    let sql = "SELECT * FROM support_assignment WHERE sheet = $1 AND staff = $2 AND ends >= $3 ORDER BY id";
    let held: Vec<SupportAssignment> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(sheet.id).bind(staff).bind(scope.today()).fetch_all(c).await?);
    let (given_by, at) = (tx.actor, tx.at);
    let before = held.into_iter().next();
    let after = match &before {
        Some(before) => SupportAssignment { part, ends, ..before.clone() },
        None => SupportAssignment {
            id: new_id(),
            sheet: sheet.id,
            pupil: sheet.pupil,
            school: sheet.school,
            staff,
            part,
            begins: scope.today(),
            ends,
            given_by,
            at,
            staff_name: String::new(),
        },
    };
    if before.as_ref() != Some(&after) {
        put(&mut tx, before.as_ref(), &after).await?;
        tx.commit().await?;
    }
    Ok(Ok(sheet.id))
}

/// Ends an assignment at once, or says what is wrong with the input.
pub(super) async fn unassign(scope: &Scope, input: &UnassignSupportInput) -> Result<Result<Uuid, UserError>> {
    let not_found = || {
        let message = "there is no such assignment to an open sheet that you may end";
        Ok(Err(UserError::new(UserErrorCode::NotFound, "assignmentId", message)))
    };
    let assignment = id::parse(&input.assignment_id).unwrap_or_default();
    let sheet: Option<(Uuid,)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT s.id FROM support_assignment x JOIN support_sheet s ON s.id = x.sheet WHERE x.id = ");
        sql.push_bind(assignment).push(" AND ");
        scope.push_support_sheet(&mut sql, Access::Lead, "s");
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    });
    let Some((sheet,)) = sheet else { return not_found() };
    let Ok((mut tx, sheet)) = begin(scope, Access::Lead, &id::of(sheet), "support assignment ended").await? else {
        return not_found();
    };
    let held = tx.of_ids::<SupportAssignment>("SELECT * FROM support_assignment WHERE id IN (", &[assignment]).await?;
    let Some(held) = held.into_iter().next() else { return not_found() };
    let last = scope.today() - Days::new(1);
    if held.ends > last {
        put(&mut tx, Some(&held), &SupportAssignment { ends: last, ..held.clone() }).await?;
        tx.commit().await?;
    }
    Ok(Ok(sheet.id))
}

/// Gives whoever opens a sheet their part in it.
pub(super) async fn take_part(tx: &mut Tx, (sheet, pupil, school): (Uuid, Uuid, Uuid), today: NaiveDate) -> Result<()> {
    let assignment = SupportAssignment {
        id: new_id(),
        sheet,
        pupil,
        school,
        staff: tx.actor,
        part: String::new(),
        begins: today,
        ends: NO_END,
        given_by: tx.actor,
        at: tx.at,
        staff_name: String::new(),
    };
    put(tx, None, &assignment).await
}

async fn put(tx: &mut Tx, before: Option<&SupportAssignment>, row: &SupportAssignment) -> Result<()> {
    let sql = "INSERT INTO support_assignment (id, sheet, pupil, school, staff, part, begins, ends, given_by, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
               ON CONFLICT (id) DO UPDATE SET part = excluded.part, ends = excluded.ends WHERE support_assignment.school = excluded.school";
    let change = Change::new(row.id, before, Some(row));
    on!(tx.change("support_assignment", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.sheet).bind(row.pupil)
        .bind(row.school).bind(row.staff).bind(&row.part).bind(row.begins).bind(row.ends).bind(row.given_by).bind(row.at)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Whether somebody is assigned to a sheet on a day, within a write.
pub(super) async fn is_assigned(tx: &mut Tx, sheet: Uuid, staff: Uuid, day: NaiveDate) -> Result<bool> {
    let sql = "SELECT id FROM support_assignment WHERE sheet = $1 AND staff = $2 AND begins <= $3 AND ends >= $3";
    let found: Vec<(Uuid,)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(sheet).bind(staff).bind(day).fetch_all(c).await?);
    Ok(!found.is_empty())
}

/// The staff of a school who can be assigned today. The caller has checked the school.
async fn staff_of(scope: &Scope, school: Uuid) -> Result<Vec<(Uuid, String, DutyKind)>> {
    let sql = "SELECT DISTINCT t.id, t.name, d.kind FROM staff t JOIN duty d ON d.holder = t.id
               JOIN duty_right r ON r.duty = d.kind AND r.right_to = 'support:join' LEFT JOIN class k ON k.id = d.class
               WHERE COALESCE(d.school, k.school) = $1 AND d.begins <= $2 AND d.ends >= $2 ORDER BY t.name, t.id, d.kind";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(school).bind(scope.today()).fetch_all(c).await?))
}

/// The staff of a school who can be assigned today, each once, by name. The caller has checked the school.
pub(super) async fn assignable(scope: &Scope, school: Uuid) -> Result<Vec<AssignableStaff>> {
    let mut rows = staff_of(scope, school).await?;
    rows.dedup_by_key(|(id, ..)| *id);
    Ok(rows.into_iter().map(|(id, name, duty)| AssignableStaff { id: id::of(id), name, duty }).collect())
}

/// Who is assigned to a sheet, as a key to load many sheets' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AssignedOf(pub(crate) Uuid);

#[async_trait]
impl Loader<AssignedOf> for Scope {
    type Value = Vec<SupportAssignment>;
    type Error = Error;

    /// The sheets are ones of which the viewer knows: the key comes from them alone.
    async fn load(&self, sheets: &[AssignedOf]) -> Result<HashMap<AssignedOf, Vec<SupportAssignment>>> {
        let rows: Vec<SupportAssignment> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT x.*, o.name AS staff_name FROM support_assignment x JOIN staff o ON o.id = x.staff
                WHERE x.ends >= x.begins AND x.sheet IN (");
            bind_ids(&mut sql, sheets.iter().map(|of| of.0));
            sql.push(") ORDER BY x.begins, x.at, x.id").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<AssignedOf, Vec<SupportAssignment>> = HashMap::new();
        rows.into_iter().for_each(|of| found.entry(AssignedOf(of.sheet)).or_default().push(of));
        Ok(found)
    }
}
