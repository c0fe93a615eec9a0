//! 支援措置（抑止）: a household under protection, whose child nobody outside may find.
use super::write::{close_if_childless, not_found};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::{NO_END, new_id};
use crate::db::on;
use crate::error::{Result, UserError};
use crate::id;
use crate::learning::activity::check;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{Days, NaiveDate};
use serde::Serialize;
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
    /// those of the household see the record. For the school's office.
    async fn protect_household(&self, ctx: &Context<'_>, input: ProtectionInput) -> Result<ProtectionPayload> {
        Ok(set(Scope::with(ctx, Right::GuardianWrite)?, &input, true).await?.into())
    }
    /// Ends the protection of a pupil's household, at once.
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

const RUNNING: &str = "SELECT * FROM protection WHERE pupil = $1 AND ends = '9999-12-31'";

/// The protection of a pupil that has not ended. The caller has checked the pupil against the scope.
pub(super) async fn of_pupil(scope: &Scope, pupil: Uuid) -> Result<Option<Protection>> {
    let row: Option<ProtectionRow> = on!(scope.read(), c => sqlx::query_as(RUNNING).bind(pupil).fetch_optional(c).await?);
    Ok(row.map(Protection::from))
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
    tx.lock("pupil", &[pupil]).await?;
    let before: Option<ProtectionRow> = on!(tx.connection(), c => sqlx::query_as(RUNNING).bind(pupil).fetch_optional(c).await?);
    let after = match (&before, protect) {
        (Some(before), true) => ProtectionRow { reason, ..before.clone() },
        (None, true) => ProtectionRow { id: new_id(), pupil, reason, begins: scope.today(), ends: NO_END },
        (Some(before), false) => ProtectionRow { ends: scope.today() - Days::new(1), ..before.clone() },
        (None, false) => return Ok(Ok(None)),
    };
    write(&mut tx, before.as_ref(), &after).await?;
    if protect {
        let others = "SELECT guardian FROM guardianship WHERE pupil = $1 AND NOT household";
        let others: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as(others).bind(pupil).fetch_all(c).await?);
        for (guardian,) in others {
            close_if_childless(&mut tx, scope, guardian).await?;
        }
    }
    tx.commit().await?;
    Ok(Ok(Some(after).filter(|_| protect)))
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
