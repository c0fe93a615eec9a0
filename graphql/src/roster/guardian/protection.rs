//! 支援措置（抑止）: a household under protection, whose child nobody outside may find.
use super::write::{close_if_childless, not_found};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::{NO_END, new_id};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError};
use crate::id;
use crate::learning::activity::check;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{Days, NaiveDate};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
struct ProtectionRow {
    id: Uuid,
    pupil: Uuid,
    reason: String,
    begins: NaiveDate,
    ends: NaiveDate,
}

/// That a pupil's household is under protection.
#[derive(SimpleObject, Clone, Debug)]
pub struct Protection {
    /// Why, in the words of the office.
    pub reason: String,
    /// Since when.
    pub since: Day,
}

/// A pupil whose household is put under protection, or is no longer.
#[derive(InputObject, Clone, Debug)]
pub struct ProtectionInput {
    /// The pupil.
    pub pupil_id: ID,
    /// Why, 1 to 200 characters: read by those who keep the register, the homeroom teacher and the nurse.
    pub reason: String,
}

/// What became of a protection.
#[derive(SimpleObject)]
pub struct ProtectionPayload {
    /// The protection that holds now; null where there is none.
    pub protection: Option<Protection>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be done for the protection of households.
#[derive(Default)]
pub struct ProtectionMutation;

#[Object]
impl ProtectionMutation {
    /// Puts a pupil's household under protection (支援措置・抑止), at once: the name is told to those alone who teach and care for the pupil,
    /// programs and files that leave the school have none, where the pupil went is told to no former school, and of the guardians only
    /// those of the household see the record. It holds for every pupil who has a guardian of this household, in whatever school. For the
    /// school's office.
    async fn protect_household(&self, ctx: &Context<'_>, input: ProtectionInput) -> Result<ProtectionPayload> {
        Ok(set(Scope::with(ctx, Right::GuardianWrite)?, &input, true).await?.into())
    }
    /// Ends the protection of a pupil's household, at once: of the pupil, and of the pupil's brothers and sisters whose register you keep.
    async fn end_protection(&self, ctx: &Context<'_>, input: ProtectionInput) -> Result<ProtectionPayload> {
        Ok(set(Scope::with(ctx, Right::GuardianWrite)?, &input, false).await?.into())
    }
}

impl From<Result<Option<ProtectionRow>, UserError>> for ProtectionPayload {
    fn from(done: Result<Option<ProtectionRow>, UserError>) -> Self {
        match done {
            Ok(row) => ProtectionPayload { protection: row.map(Protection::from), user_errors: vec![] },
            Err(error) => ProtectionPayload { protection: None, user_errors: vec![error] },
        }
    }
}

impl From<ProtectionRow> for Protection {
    fn from(row: ProtectionRow) -> Self {
        Protection { reason: row.reason, since: Day(row.begins) }
    }
}

/// The protections of many pupils at once that have not ended. The caller has checked the pupils against the scope.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProtectionOf(pub(super) Uuid);

#[async_trait]
impl Loader<ProtectionOf> for Scope {
    type Value = Protection;
    type Error = Error;

    async fn load(&self, pupils: &[ProtectionOf]) -> Result<HashMap<ProtectionOf, Protection>> {
        let rows: Vec<ProtectionRow> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT * FROM protection WHERE ends = ");
            sql.push_bind(NO_END).push(" AND pupil IN (");
            bind_ids(&mut sql, pupils.iter().map(|pupil| pupil.0));
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        Ok(rows.into_iter().map(|row| (ProtectionOf(row.pupil), row.into())).collect())
    }
}

async fn set(scope: &Scope, input: &ProtectionInput, protect: bool) -> Result<Result<Option<ProtectionRow>, UserError>> {
    let pupil = id::parse(&input.pupil_id).unwrap_or_default();
    let reason = match check::text(input.reason.trim(), 200, "reason") {
        Ok(reason) => reason,
        Err(error) => return Ok(Err(error)),
    };
    let act = if protect { "household put under protection" } else { "protection ended" };
    let mut tx = scope.begin_because(act, &reason).await?;
    if !reach::within(&mut tx, scope, Right::GuardianWrite, pupil).await? {
        return Ok(Err(not_found("pupilId", "there is no such pupil whose register you keep")));
    }
    let household = household(&mut tx, scope, pupil).await?;
    tx.lock("pupil", &household).await?;
    let (mut holds, mut noted) = (None, Vec::new());
    for of in household {
        // To hide somebody is safe wherever they are; to show them is for those who keep their register.
        if !protect && of != pupil && !reach::within(&mut tx, scope, Right::GuardianWrite, of).await? {
            continue;
        }
        let sql = "SELECT * FROM protection WHERE pupil = $1 AND ends = $2";
        let before: Option<ProtectionRow> =
            on!(tx.connection(), c => sqlx::query_as(sql).bind(of).bind(NO_END).fetch_optional(c).await?);
        let after = match (&before, protect) {
            (Some(before), true) if of == pupil => ProtectionRow { reason: reason.clone(), ..before.clone() },
            (None, true) => {
                ProtectionRow { id: new_id(), pupil: of, reason: reason.clone(), begins: scope.today(), ends: NO_END }
            }
            (Some(before), false) => ProtectionRow { ends: scope.today() - Days::new(1), ..before.clone() },
            // A brother or sister is under protection already, or nobody is.
            (Some(_), true) | (None, false) => continue,
        };
        write(&mut tx, before.as_ref(), &after).await?;
        if protect {
            close_others(&mut tx, scope, of).await?;
        }
        noted.push(of);
        holds = Some(after).filter(|after| protect && after.pupil == pupil).or(holds);
    }
    tx.commit().await?;
    noted.into_iter().for_each(|of| scope.looks_at_pupil(of, Right::GuardianWrite));
    Ok(Ok(holds))
}

/// A pupil and those who share a guardian of the household with the pupil today, in whatever school.
async fn household(tx: &mut Tx, scope: &Scope, pupil: Uuid) -> Result<Vec<Uuid>> {
    let sql = "SELECT DISTINCT o.pupil FROM guardianship s JOIN guardianship o ON o.guardian = s.guardian
               WHERE s.pupil = $1 AND s.household AND o.household
                   AND s.begins <= $2 AND s.ends >= $2 AND o.begins <= $2 AND o.ends >= $2";
    let rows: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(pupil).bind(scope.today()).fetch_all(c).await?);
    let mut household: BTreeSet<Uuid> = rows.into_iter().map(|(of,)| of).collect();
    household.insert(pupil);
    Ok(household.into_iter().collect())
}

/// Ends what guardians outside of the household sign in with, where no other child is left to them.
async fn close_others(tx: &mut Tx, scope: &Scope, pupil: Uuid) -> Result<()> {
    let sql = "SELECT guardian FROM guardianship WHERE pupil = $1 AND NOT household";
    let others: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(pupil).fetch_all(c).await?);
    for (guardian,) in others {
        close_if_childless(tx, scope, guardian).await?;
    }
    Ok(())
}

/// Writes a protection, and on the pupil that there is one.
async fn write(tx: &mut Tx, before: Option<&ProtectionRow>, after: &ProtectionRow) -> Result<()> {
    let sql = "INSERT INTO protection (id, pupil, reason, begins, ends) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, ends = excluded.ends";
    let change = Change::new(after.id, before, Some(after));
    let marked = "UPDATE pupil SET protected = $2 WHERE id = $1";
    on!(tx.change("protection", &[change]).await?, c => {
        sqlx::query(sql).bind(after.id).bind(after.pupil).bind(&after.reason).bind(after.begins).bind(after.ends).execute(&mut *c).await?;
        sqlx::query(marked).bind(after.pupil).bind(after.ends == NO_END).execute(c).await?.rows_affected()
    });
    Ok(())
}
