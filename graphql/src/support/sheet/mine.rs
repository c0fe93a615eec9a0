//! What somebody has to do for pupils: their cases, their tasks, the reviews that come.
use super::SupportSheet;
use super::find::{Which, list};
use super::reach::scope_of;
use super::task::{self, SupportTask};
use crate::error::Result;
use crate::page::{self, Cursor};
use crate::support::plan::{self, SupportPlan};
use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
use chrono::{Datelike, Days};

/// The work of the viewer for pupils whom they support.
pub struct MySupport;

/// What may be asked about one's own support.
#[derive(Default)]
pub struct MySupportQuery;

#[Object]
impl MySupportQuery {
    /// Your cases, your tasks and the reviews that come: whichever duty you have, of the sheets to which you are assigned.
    async fn my_support(&self, ctx: &Context<'_>) -> Result<MySupport> {
        scope_of(ctx)?;
        Ok(MySupport)
    }
}

/// So many days ahead a review is told.
const AHEAD: u64 = 30;

/// Your work for pupils whom you support.
#[Object]
impl MySupport {
    /// The open sheets to which you are assigned today, the newest first.
    #[graphql(complexity = "10 + crate::page::rows(first) * child_complexity / 10")]
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, SupportSheet>> {
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let rows = list(scope_of(ctx)?, Which::Mine(after, limit)).await?;
        Ok(page::of(rows, limit, SupportSheet::cursor))
    }
    /// Your open tasks of open sheets, what is due first comes first: those that are late stand at the head.
    #[graphql(complexity = "10 + crate::page::rows(first) * child_complexity / 10")]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, SupportTask>> {
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let rows = task::mine(scope_of(ctx)?, after, limit).await?;
        Ok(page::of(rows, limit, SupportTask::cursor))
    }
    /// The plans of your cases whose review is late or due within 30 days, the earliest first.
    #[graphql(complexity = "10 + crate::page::rows(first) * child_complexity / 10")]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, SupportPlan>> {
        let scope = scope_of(ctx)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let rows = plan::due(scope, scope.today() + Days::new(AHEAD), (after, limit)).await?;
        let day = |of: &SupportPlan| of.row.review_on.map_or(0, |day| i64::from(day.num_days_from_ce()));
        Ok(page::of(rows, limit, |of| Cursor { number: day(of), id: of.row.id }))
    }
}
