//! Assessments (テスト・課題): what a class was marked on, in a subject and term.
mod save;

pub(crate) use save::save;
pub use save::{AssessmentMutation, SaveAssessmentInput};

use super::arithmetic::Viewpoint;
use super::result::{AssessmentResult, ResultsOf};
use super::term::Term;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

/// A test or a piece of work that is marked.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct Assessment {
    pub(super) id: Uuid,
    pub(super) school: Uuid,
    pub(super) class: Uuid,
    pub(super) year: i32,
    pub(super) term: i32,
    pub(super) subject: String,
    pub(super) name: String,
    pub(super) day: NaiveDate,
    pub(super) knowledge_max: Option<i32>,
    pub(super) thinking_max: Option<i32>,
    pub(super) attitude_max: Option<i32>,
    pub(super) weight: i32,
    pub(super) made_by: Uuid,
    pub(super) withdrawn: bool,
}

impl Assessment {
    /// The full points of a viewpoint; `None` where it is not looked at.
    pub(super) fn most(&self, viewpoint: Viewpoint) -> Option<i32> {
        match viewpoint {
            Viewpoint::Knowledge => self.knowledge_max,
            Viewpoint::Thinking => self.thinking_max,
            Viewpoint::Attitude => self.attitude_max,
        }
    }
}

/// A test or a piece of work that is marked (テスト・課題).
#[Object]
impl Assessment {
    /// The assessment's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The class, a homeroom or a lesson, in which it was given.
    async fn class_id(&self) -> ID {
        id::of(self.class)
    }
    /// The number of the term.
    #[graphql(name = "term")]
    async fn shown_term(&self) -> i32 {
        self.term
    }
    /// The subject.
    async fn subject(&self) -> &str {
        &self.subject
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.name
    }
    /// When it was given.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// The full points of 知識・技能; null where it is not looked at.
    async fn knowledge_max(&self) -> Option<i32> {
        self.knowledge_max
    }
    /// The full points of 思考・判断・表現; null where it is not looked at.
    async fn thinking_max(&self) -> Option<i32> {
        self.thinking_max
    }
    /// The full points of 主体的に学習に取り組む態度; null where it is not looked at.
    async fn attitude_max(&self) -> Option<i32> {
        self.attitude_max
    }
    /// What its points count against those of the others: 1 as they are, 2 twice.
    async fn weight(&self) -> i32 {
        self.weight
    }
    /// What is recorded of it, by pupil and viewpoint. A pupil without a result is missing from the list, which is no zero.
    #[graphql(complexity = "10 + child_complexity")]
    async fn results(&self, ctx: &Context<'_>) -> Result<Vec<AssessmentResult>> {
        Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(ResultsOf(self.id)).await?.unwrap_or_default())
    }
}

/// The most assessments of a class in a subject and term.
pub(super) const MOST: usize = 60;

/// The assessments of a class in a term, of a subject or of all, by day.
pub(super) async fn of_class(scope: &Scope, class: Uuid, term: &Term, subject: Option<&str>) -> Result<Vec<Assessment>> {
    let sql = "SELECT a.* FROM assessment a WHERE a.class = $4 AND a.year = $5 AND a.term = $6 AND ($7 OR a.subject = $8) AND NOT a.withdrawn
                   AND a.class IN
                   (SELECT m.class FROM mark_reach m WHERE m.holder = $1 AND m.right_to = $2 AND m.begins <= $3 AND m.ends >= $3)
               ORDER BY a.day, a.id";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::MarkRead)).bind(scope.today())
        .bind(class).bind(term.year).bind(term.number).bind(subject.is_none()).bind(subject.unwrap_or_default()).fetch_all(c).await?))
}

/// An assessment of a class over whose marks the viewer has a right.
pub(super) async fn find(scope: &Scope, right: Right, id: Uuid) -> Result<Option<Assessment>> {
    let sql = "SELECT a.* FROM assessment a WHERE a.id = $4 AND NOT a.withdrawn AND a.class IN
                   (SELECT m.class FROM mark_reach m WHERE m.holder = $1 AND m.right_to = $2 AND m.begins <= $3 AND m.ends >= $3)";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right)).bind(scope.today()).bind(id)
        .fetch_optional(c).await?))
}
