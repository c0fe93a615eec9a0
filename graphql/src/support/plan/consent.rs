//! 同意: what the guardians agreed to, with whom a plan may be shared, and that they took it back.
use super::write::come;
use super::{PLANS, find};
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::new_id;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::moves::right;
use crate::scalar::{Day, Timestamp};
use crate::support::sheet::find::{begin, begin_even_closed};
use crate::support::sheet::reach::Access;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{ID, InputObject, Object};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// A consent to sharing a plan.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct SupportConsent {
    id: Uuid,
    plan: Uuid,
    given_by: String,
    given_on: NaiveDate,
    how: String,
    share_with: String,
    withdrawn_on: Option<NaiveDate>,
    recorded_by: Uuid,
    at: DateTime<Utc>,
}

/// 同意: that a guardian agreed to sharing a plan.
#[Object]
impl SupportConsent {
    /// The consent's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// Who agreed, such as 母.
    async fn given_by(&self) -> &str {
        &self.given_by
    }
    /// When.
    async fn given_on(&self) -> Day {
        Day(self.given_on)
    }
    /// How, such as 書面.
    async fn how(&self) -> &str {
        &self.how
    }
    /// With whom the plan may be shared.
    async fn share_with(&self) -> &str {
        &self.share_with
    }
    /// When it was taken back; null while it holds.
    async fn withdrawn_on(&self) -> Option<Day> {
        self.withdrawn_on.map(Day)
    }
    /// When it was recorded.
    async fn at(&self) -> Timestamp {
        self.at.into()
    }
}

/// A consent to record.
#[derive(InputObject, Clone, Debug)]
pub struct RecordSupportConsentInput {
    /// The plan.
    pub plan_id: ID,
    /// Who agreed, such as 母, 1 to 100 characters.
    pub given_by: String,
    /// When; today if not said. A day to come is refused.
    pub given_on: Option<Day>,
    /// How, such as 書面, 1 to 100 characters.
    pub how: String,
    /// With whom the plan may be shared, 1 to 500 characters.
    pub share_with: String,
}

/// A consent that was taken back.
#[derive(InputObject, Clone, Debug)]
pub struct WithdrawSupportConsentInput {
    /// The consent.
    pub consent_id: ID,
    /// When; today if not said. A day to come is refused.
    pub day: Option<Day>,
}

/// Records a consent, or says what is wrong with the input.
pub(crate) async fn record(scope: &Scope, input: RecordSupportConsentInput) -> Result<Result<Uuid, UserError>> {
    let Some(plan) = find(scope, Access::Write, id::parse(&input.plan_id).unwrap_or_default()).await? else {
        return Ok(Err(UserError::new(UserErrorCode::NotFound, "planId", "there is no such plan that you may change")));
    };
    let given_by = right!(check::text(input.given_by.trim(), 100, "givenBy"));
    let how = right!(check::text(input.how.trim(), 100, "how"));
    let share_with = right!(check::text(input.share_with.trim(), 500, "shareWith"));
    let given_on = right!(come(scope, input.given_on, "givenOn"));
    let act = "support consent recorded";
    let (mut tx, sheet) = right!(begin(scope, Access::Write, &id::of(plan.row.sheet), act).await?);
    let consent = SupportConsent {
        id: new_id(),
        plan: plan.row.id,
        given_by,
        given_on,
        how,
        share_with,
        withdrawn_on: None,
        recorded_by: tx.actor,
        at: tx.at,
    };
    let sql = "SELECT * FROM support_consent WHERE plan = $1 AND withdrawn_on IS NULL ORDER BY id";
    let held: Vec<SupportConsent> = on!(tx.connection(), c => sqlx::query_as(sql).bind(plan.row.id).fetch_all(c).await?);
    let said = |of: &SupportConsent| (of.given_by.clone(), of.given_on, of.how.clone(), of.share_with.clone());
    // Sent twice: said once.
    if !held.iter().any(|held| said(held) == said(&consent)) {
        put(&mut tx, None, &consent).await?;
        tx.commit().await?;
    }
    Ok(Ok(sheet.id))
}

/// Records that a consent was taken back, or says what is wrong with the input.
pub(crate) async fn withdraw(scope: &Scope, input: &WithdrawSupportConsentInput) -> Result<Result<Uuid, UserError>> {
    let not_found = || {
        let message = "there is no such consent to a plan that you may change";
        Ok(Err(UserError::new(UserErrorCode::NotFound, "consentId", message)))
    };
    let consent = id::parse(&input.consent_id).unwrap_or_default();
    let plan: Option<(Uuid,)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT x.id FROM support_consent k JOIN support_plan x ON x.id = k.plan WHERE k.id = ");
        sql.push_bind(consent).push(" AND ");
        scope.push_support_notes(&mut sql, Access::Write, PLANS);
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    });
    let Some((plan,)) = plan else { return not_found() };
    let Some(plan) = find(scope, Access::Write, plan).await? else { return not_found() };
    let day = right!(come(scope, input.day, "day"));
    let act = "support consent withdrawn";
    let (mut tx, sheet) = right!(begin_even_closed(scope, Access::Write, &id::of(plan.row.sheet), act).await?);
    let held = tx.of_ids::<SupportConsent>("SELECT * FROM support_consent WHERE id IN (", &[consent]).await?.pop();
    let Some(held) = held else { return not_found() };
    if held.withdrawn_on.is_none() {
        put(&mut tx, Some(&held), &SupportConsent { withdrawn_on: Some(day), ..held.clone() }).await?;
        tx.commit().await?;
    }
    Ok(Ok(sheet.id))
}

async fn put(tx: &mut Tx, before: Option<&SupportConsent>, row: &SupportConsent) -> Result<()> {
    let sql = "INSERT INTO support_consent (id, plan, given_by, given_on, how, share_with, withdrawn_on, recorded_by, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (id) DO UPDATE SET withdrawn_on = excluded.withdrawn_on WHERE support_consent.plan = excluded.plan";
    let change = Change::new(row.id, before, Some(row));
    on!(tx.change("support_consent", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.plan).bind(&row.given_by)
        .bind(row.given_on).bind(&row.how).bind(&row.share_with).bind(row.withdrawn_on).bind(row.recorded_by).bind(row.at)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The consents to a plan, as a key to load many plans' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConsentsOf(pub(crate) Uuid);

#[async_trait]
impl Loader<ConsentsOf> for Scope {
    type Value = Vec<SupportConsent>;
    type Error = Error;

    async fn load(&self, plans: &[ConsentsOf]) -> Result<HashMap<ConsentsOf, Vec<SupportConsent>>> {
        let rows: Vec<SupportConsent> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT k.* FROM support_consent k JOIN support_plan x ON x.id = k.plan WHERE k.plan IN (");
            bind_ids(&mut sql, plans.iter().map(|of| of.0));
            sql.push(") AND ");
            self.push_support_notes(&mut sql, Access::Read, PLANS);
            sql.push(" ORDER BY k.given_on, k.at, k.id").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<ConsentsOf, Vec<SupportConsent>> = HashMap::new();
        rows.into_iter().for_each(|of| found.entry(ConsentsOf(of.plan)).or_default().push(of));
        Ok(found)
    }
}
