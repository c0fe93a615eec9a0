//! What a pupil shows of their learning.
use super::activity::totals::{DailyTotal, TotalsOf};
use super::exchange::{Exchange, ExchangeOf};
use super::work::{Work, WorkOf};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::roster::span::Span;
use crate::scalar::Day;
use crate::written::{Asked, List, Plain, Write, shown};
use async_graphql::dataloader::DataLoader;
use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The learning records of a day.
#[derive(SimpleObject, Clone, Copy, Debug, PartialEq, Eq)]
pub struct LearningDay {
    /// The day.
    pub day: Day,
    /// Interactions with material, quizzes, assignments and tools.
    pub interactions: i64,
}

/// The learning records of some days, of all classes together that you may see.
#[derive(SimpleObject, Clone, Debug, Default)]
#[graphql(complex)]
pub struct Learning {
    /// The days with records, ascending.
    #[graphql(skip)]
    pub days: Vec<LearningDay>,
    /// The interactions of all these days.
    pub total: i64,
}

#[ComplexObject]
impl Learning {
    /// The days with records, ascending. A day without any is absent, not zero.
    async fn days(&self, ctx: &Context<'_>) -> List<LearningDay> {
        List::of(ctx, self.days.clone())
    }
}

impl Plain for LearningDay {
    const NAME: &'static str = "LearningDay";

    fn field(asked: &Asked<'_>) -> Option<Write<Self>> {
        match asked.name() {
            "day" => shown(|of| of.day),
            "interactions" => shown(|of| of.interactions),
            _ => None,
        }
    }
}

impl Learning {
    pub(crate) fn of(totals: &[DailyTotal]) -> Self {
        let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
        totals.iter().for_each(|total| *days.entry(total.day).or_default() += total.interactions);
        let total = days.values().sum();
        Learning {
            days: days.into_iter().map(|(day, interactions)| LearningDay { day: Day(day), interactions }).collect(),
            total,
        }
    }
}

/// The learning of a pupil.
pub struct PupilLearning(pub(crate) Uuid);

/// The learning of a pupil.
#[Object]
impl PupilLearning {
    /// What the pupil did, added up by class and school day; days without any activity are absent, not zero. Null without the right to
    /// see the pupil's learning.
    #[graphql(complexity = "10 + child_complexity")]
    async fn daily_totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first school day.")] from: Day,
        #[graphql(desc = "The last school day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<List<DailyTotal>>> {
        let key = TotalsOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::ActivityRead, self.0).await?.is_none() {
            return Ok(None);
        }
        let totals = ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?;
        Ok(Some(List::of(ctx, totals.unwrap_or_default())))
    }
    /// What the pupil did in all classes together, by day. Null without the right to see the pupil's learning.
    #[graphql(complexity = "10 + child_complexity")]
    async fn learning(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<Learning>> {
        let key = TotalsOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::ActivityRead, self.0).await?.is_none() {
            return Ok(None);
        }
        let totals = ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?;
        Ok(Some(totals.map(|totals| Learning::of(&totals)).unwrap_or_default()))
    }
    /// How the pupil worked together with others, and what came back from teachers. Null without the right to see the pupil's learning.
    #[graphql(complexity = "10 + child_complexity")]
    async fn exchange(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<Exchange>> {
        let key = ExchangeOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::ActivityRead, self.0).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
    }
    /// What became of the assignments of the pupil's classes that are due in these days, by due time. Null without the right to see the
    /// pupil's learning.
    #[graphql(complexity = "10 + child_complexity")]
    async fn work(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first due day.")] from: Day,
        #[graphql(desc = "The last due day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<Vec<Work>>> {
        let key = WorkOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::ActivityRead, self.0).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
    }
}
