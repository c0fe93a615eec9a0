//! What a pupil shows of their learning.
use super::activity::totals::{DailyTotal, TotalsOf};
use super::exchange::{Exchange, ExchangeOf};
use super::work::{Work, WorkOf};
use crate::access::reach;
use crate::access::reached::push_learning_of_reached;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::{Among, on};
use crate::error::{Error, Result};
use crate::roster::span::Span;
use crate::scalar::Day;
use crate::written::{Asked, Plain, Rows, Write, shown};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;
use std::collections::HashMap;
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
pub struct Learning {
    /// The days with records, ascending. A day without any is absent, not zero.
    pub days: Rows<LearningDay>,
    /// The interactions of all these days.
    pub total: i64,
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

/// The learning of a pupil over some days, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DaysLearntOf(pub(crate) Span);

#[async_trait]
impl Loader<DaysLearntOf> for Scope {
    type Value = Learning;
    type Error = Error;

    async fn load(&self, keys: &[DaysLearntOf]) -> Result<HashMap<DaysLearntOf, Learning>> {
        let mut found: HashMap<DaysLearntOf, Learning> = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            let mut totals: Vec<(Uuid, NaiveDate, i64)> = on!(self.read(), c => {
                let mut sql = self.reached(Right::ActivityRead, &pupils);
                sql.push("SELECT t.pupil, t.day, t.interactions FROM daily_total t WHERE t.day >= ").push_bind(from);
                sql.push(" AND t.day <= ").push_bind(to).push(" AND ");
                push_learning_of_reached(&mut sql, "t");
                sql.push(" AND ");
                Among::push_among(&mut sql, "t.pupil", &pupils);
                sql.build_query_as().fetch_all(c).await?
            });
            totals.sort_unstable_by_key(|(_, day, _)| *day);
            for (pupil, day, interactions) in totals {
                found.entry(DaysLearntOf(Span { pupil, from, to })).or_default().add(day, interactions);
            }
        }
        Ok(found)
    }
}

impl Learning {
    /// Adds what was done in a class on a day, which is not before those that are in it.
    fn add(&mut self, day: NaiveDate, interactions: i64) {
        self.total += interactions;
        match self.days.0.last_mut() {
            Some(last) if last.day.0 == day => last.interactions += interactions,
            _ => self.days.0.push(LearningDay { day: Day(day), interactions }),
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
    ) -> Result<Option<Rows<DailyTotal>>> {
        let key = TotalsOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::ActivityRead, self.0).await?.is_none() {
            return Ok(None);
        }
        let totals = ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?;
        Ok(Some(Rows(totals.unwrap_or_default())))
    }
    /// What the pupil did in all classes together, by day. Null without the right to see the pupil's learning.
    #[graphql(complexity = "10 + child_complexity")]
    async fn learning(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<Learning>> {
        let key = DaysLearntOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::ActivityRead, self.0).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
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
