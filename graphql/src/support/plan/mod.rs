//! 個別の指導計画 and 個別の教育支援計画: goals, means, reviews, and what the guardians agreed to.
pub mod consent;
pub mod write;

use super::sheet::SupportSheet;
use super::sheet::find::{SheetById, push_mine};
use super::sheet::level::SupportNoteLevel;
use super::sheet::reach::{Access, Notes};
use crate::access::scope::Scope;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::page::Cursor;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use consent::{ConsentsOf, SupportConsent};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// Which plan it is.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportPlanKind {
    /// 個別の指導計画: goals, content and methods inside of the school.
    Guidance,
    /// 個別の教育支援計画: for the long term, with the family and with those outside of the school.
    EducationalSupport,
}

/// A plan as it is stored.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub(crate) struct PlanRow {
    pub(crate) id: Uuid,
    sheet: Uuid,
    pupil: Uuid,
    pub(crate) school: Uuid,
    kind: SupportPlanKind,
    pub(crate) level: SupportNoteLevel,
    pub(crate) begins: NaiveDate,
    pub(crate) ends: NaiveDate,
    pub(crate) review_on: Option<NaiveDate>,
    guardians: String,
    version: i32,
    written_by: Uuid,
    at: DateTime<Utc>,
}

/// A plan with who wrote it.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct SupportPlan {
    #[sqlx(flatten)]
    pub(crate) row: PlanRow,
    by_name: Option<String>,
}

/// A goal of a plan.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct SupportGoal {
    id: Uuid,
    plan: Uuid,
    place: i32,
    goal: String,
    means: String,
    due_on: Option<NaiveDate>,
    evaluation: String,
    evaluated_on: Option<NaiveDate>,
}

/// 個別の指導計画 or 個別の教育支援計画: what is aimed at for a pupil, how, and what came of it.
#[Object]
impl SupportPlan {
    /// The plan's UUID.
    async fn id(&self) -> ID {
        id::of(self.row.id)
    }
    /// The sheet that it belongs to.
    #[graphql(complexity = "5 + child_complexity")]
    async fn sheet(&self, ctx: &Context<'_>) -> Result<Option<SupportSheet>> {
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(SheetById(self.row.sheet)).await
    }
    /// Which plan it is.
    async fn kind(&self) -> SupportPlanKind {
        self.row.kind
    }
    /// Who may read it.
    async fn level(&self) -> SupportNoteLevel {
        self.row.level
    }
    /// The first day that it is for.
    async fn begins(&self) -> Day {
        Day(self.row.begins)
    }
    /// The last day that it is for.
    async fn ends(&self) -> Day {
        Day(self.row.ends)
    }
    /// When it is looked at again; null if no day is set.
    async fn review_on(&self) -> Option<Day> {
        self.row.review_on.map(Day)
    }
    /// How the guardians took part, in words; may be empty.
    async fn guardians(&self) -> &str {
        &self.row.guardians
    }
    /// How often it was written: send it along with a change.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Who wrote it last; null if it is nobody who is here by name.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// Its goals, in their order.
    #[graphql(complexity = "10 + child_complexity")]
    async fn goals(&self, ctx: &Context<'_>) -> Result<Vec<SupportGoal>> {
        Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(GoalsOf(self.row.id)).await?.unwrap_or_default())
    }
    /// What the guardians agreed to, and took back; the first first.
    #[graphql(complexity = "10 + child_complexity")]
    async fn consents(&self, ctx: &Context<'_>) -> Result<Vec<SupportConsent>> {
        Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(ConsentsOf(self.row.id)).await?.unwrap_or_default())
    }
}

/// A goal of a plan.
#[Object]
impl SupportGoal {
    /// The goal's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// What is aimed at.
    async fn goal(&self) -> &str {
        &self.goal
    }
    /// 手だて: how.
    async fn means(&self) -> &str {
        &self.means
    }
    /// By when; null if no day is set.
    async fn due_on(&self) -> Option<Day> {
        self.due_on.map(Day)
    }
    /// What came of it at the last review; empty before one.
    async fn evaluation(&self) -> &str {
        &self.evaluation
    }
    /// When that was said.
    async fn evaluated_on(&self) -> Option<Day> {
        self.evaluated_on.map(Day)
    }
}

/// The plans of a row `x`.
const PLANS: Notes = Notes::of("x", "'PLANS'");

const COLUMNS: &str = "SELECT x.*, o.name AS by_name FROM support_plan x LEFT JOIN staff o ON o.id = x.written_by WHERE ";

/// A plan that the viewer may read, or write.
async fn find(scope: &Scope, access: Access, plan: Uuid) -> Result<Option<SupportPlan>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push("x.id = ").push_bind(plan).push(" AND ");
        scope.push_support_notes(&mut sql, access, PLANS);
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    }))
}

/// The plans of the viewer's cases that are to be looked at again by a day, the earliest first.
pub(super) async fn due(scope: &Scope, by: NaiveDate, (after, limit): (Cursor, i64)) -> Result<Vec<SupportPlan>> {
    let day = i32::try_from(after.number).ok().and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or_default();
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push("x.review_on <= ").push_bind(by).push(" AND (x.review_on, x.id) > (").push_bind(day).push(", ").push_bind(after.id).push(") AND ");
        push_mine(&mut sql, scope, "x.sheet");
        sql.push(" AND ");
        scope.push_support_notes(&mut sql, Access::Read, PLANS);
        sql.push(" ORDER BY x.review_on, x.id LIMIT ").push_bind(limit).build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// The plans of a sheet, as a key to load many sheets' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlansOf(pub(crate) Uuid);

#[async_trait]
impl Loader<PlansOf> for Scope {
    type Value = Vec<SupportPlan>;
    type Error = Error;

    async fn load(&self, sheets: &[PlansOf]) -> Result<HashMap<PlansOf, Vec<SupportPlan>>> {
        let plans: Vec<SupportPlan> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(COLUMNS);
            sql.push("x.sheet IN (");
            bind_ids(&mut sql, sheets.iter().map(|of| of.0));
            sql.push(") AND ");
            self.push_support_notes(&mut sql, Access::Read, PLANS);
            sql.push(" ORDER BY x.begins DESC, x.id").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<PlansOf, Vec<SupportPlan>> = HashMap::new();
        plans.into_iter().for_each(|of| found.entry(PlansOf(of.row.sheet)).or_default().push(of));
        Ok(found)
    }
}

/// The goals of a plan, as a key to load many plans' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct GoalsOf(pub(crate) Uuid);

#[async_trait]
impl Loader<GoalsOf> for Scope {
    type Value = Vec<SupportGoal>;
    type Error = Error;

    async fn load(&self, plans: &[GoalsOf]) -> Result<HashMap<GoalsOf, Vec<SupportGoal>>> {
        let goals: Vec<SupportGoal> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT g.* FROM support_goal g JOIN support_plan x ON x.id = g.plan WHERE g.plan IN (");
            bind_ids(&mut sql, plans.iter().map(|of| of.0));
            sql.push(") AND ");
            self.push_support_notes(&mut sql, Access::Read, PLANS);
            sql.push(" ORDER BY g.place, g.id").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<GoalsOf, Vec<SupportGoal>> = HashMap::new();
        goals.into_iter().for_each(|of| found.entry(GoalsOf(of.plan)).or_default().push(of));
        Ok(found)
    }
}
