//! What share of a class a school can look after at once.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Change;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::school;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// The shares that a school can set, in percent.
const SHARES: RangeInclusive<i32> = 1..=50;

/// The share where a school has set nothing, in percent.
const USUAL: i32 = 15;

/// What share of a class a school can look after.
#[derive(InputObject, Clone, Debug)]
pub struct SetAnalysisCapacityInput {
    /// The school.
    pub school_id: ID,
    /// In percent, 1 to 50.
    pub share: i32,
}

/// What became of a school's share.
#[derive(SimpleObject)]
pub struct SetAnalysisCapacityPayload {
    /// The share as it is now, in percent; null if nothing was changed.
    pub share: Option<i32>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be asked about the share.
#[derive(Default)]
pub struct AnalysisCapacityQuery;

#[Object]
impl AnalysisCapacityQuery {
    /// What share of a class a school can look after at once, in percent: the comparison names no more, while plain rules may. Null where you
    /// may not see the school.
    async fn analysis_capacity(&self, ctx: &Context<'_>, school_id: ID) -> Result<Option<i32>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        let Some(school) = school::find(scope, id::parse(&school_id).unwrap_or_default()).await? else { return Ok(None) };
        Ok(Some(at(scope, school.id, scope.now()).await?.unwrap_or(USUAL)))
    }
}

/// What may be done with the share.
#[derive(Default)]
pub struct AnalysisCapacityMutation;

#[Object]
impl AnalysisCapacityMutation {
    /// Changes what share of a class a school can look after at once. It holds from the next analysis on.
    async fn set_analysis_capacity(
        &self,
        ctx: &Context<'_>,
        input: SetAnalysisCapacityInput,
    ) -> Result<SetAnalysisCapacityPayload> {
        Ok(match set(Scope::with(ctx, Right::AnalysisCapacityWrite)?, &input).await? {
            Ok(share) => SetAnalysisCapacityPayload { share: Some(share), user_errors: vec![] },
            Err(error) => SetAnalysisCapacityPayload { share: None, user_errors: vec![error] },
        })
    }
}

/// A setting as it is kept.
#[derive(sqlx::FromRow, Serialize, Clone, Copy, Debug, PartialEq)]
struct Row {
    school: Uuid,
    share: i32,
}

const AT: &str = "SELECT school, share FROM analysis_capacity WHERE school = $1 AND set_at <= $2 ORDER BY set_at DESC LIMIT 1";

/// The share that a school had set at a time, in percent. It is no one's secret.
pub(super) async fn at(scope: &Scope, school: Uuid, time: DateTime<Utc>) -> Result<Option<i32>> {
    let row: Option<Row> = on!(scope.read(), c => sqlx::query_as(AT).bind(school).bind(time).fetch_optional(c).await?);
    Ok(row.map(|row| row.share))
}

async fn set(scope: &Scope, input: &SetAnalysisCapacityInput) -> Result<Result<i32, UserError>> {
    if !SHARES.contains(&input.share) {
        let message = "a school can look after 1 to 50 percent of a class at once";
        return Ok(Err(UserError::new(UserErrorCode::OutOfRange, "share", message)));
    }
    let asked = id::parse(&input.school_id).unwrap_or_default();
    let Some(school) = school::reached(scope, Right::AnalysisCapacityWrite, asked).await? else {
        let message = "there is no such school whose share you may change";
        return Ok(Err(UserError::new(UserErrorCode::NotFound, "schoolId", message)));
    };
    let after = Row { school: school.id, share: input.share };
    let mut tx = scope.begin("share of the analysis set").await?;
    tx.lock("school", &[school.id]).await?;
    let at = tx.at;
    let before: Option<Row> = on!(tx.connection(), c => sqlx::query_as(AT).bind(school.id).bind(at).fetch_optional(c).await?);
    if before != Some(after) {
        let sql = "INSERT INTO analysis_capacity (school, share, set_at) VALUES ($1, $2, $3)
                   ON CONFLICT (school, set_at) DO UPDATE SET share = excluded.share";
        let change = Change::new(school.id, before.as_ref(), Some(&after));
        on!(tx.change("analysis_capacity", &[change]).await?, c => sqlx::query(sql).bind(after.school).bind(after.share).bind(at)
            .execute(c).await?.rows_affected());
    }
    tx.commit().await?;
    Ok(Ok(after.share))
}
