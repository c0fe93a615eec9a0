//! What a class shows of its learning: its assignments, and its middle to compare with.
use super::activity::totals::{DailyTotal, TotalsOf};
use super::assignment::{self, Assignment};
use super::of_pupil::{Learning, LearningDay};
use super::work::WorkOf;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::roster::class::Class;
use crate::roster::pupil;
use crate::roster::span::Span;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A class of fewer has no middle of its own: it would tell of single pupils.
const OWN_MIDDLE: usize = 5;

/// The class's middle (median over its pupils of today): what one pupil's records are compared with.
#[derive(SimpleObject, Clone, Debug, Default)]
pub struct LearningMiddle {
    /// The middle of each day on which anybody of the class has records; a pupil without any counts as none.
    pub days: Vec<LearningDay>,
    /// The middle of the pupils' sums over all these days; null where the class has fewer than five pupils.
    pub total: Option<i64>,
}

/// The learning of a class.
pub struct ClassLearning(pub(crate) Class);

/// The learning of a class.
#[Object]
impl ClassLearning {
    /// The assignments of the class that are due in these days, by due time.
    #[graphql(complexity = "10 + child_complexity")]
    async fn assignments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first due day.")] from: Day,
        #[graphql(desc = "The last due day.")] to: Day,
    ) -> Result<Vec<Assignment>> {
        let scope = Scope::with(ctx, Right::ActivityRead)?;
        assignment::known_on(scope, &[self.0.id], (from.0, to.0)).await
    }
    /// The class's middle of the learning records; empty where the class has fewer than five pupils.
    #[graphql(complexity = "20 + child_complexity")]
    async fn learning_middle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<LearningMiddle> {
        let scope = Scope::with(ctx, Right::ActivityRead)?;
        let spans = self.spans(scope, from, to).await?;
        let found = ctx.data_unchecked::<DataLoader<Scope>>().load_many(spans.iter().copied().map(TotalsOf)).await?;
        let totals: Vec<Vec<DailyTotal>> =
            spans.iter().map(|span| found.get(&TotalsOf(*span)).cloned().unwrap_or_default()).collect();
        Ok(middle(&totals))
    }
    /// The class's middle of how many of the assignments due in these days are handed in; null where the class has fewer than five pupils.
    #[graphql(complexity = "20")]
    async fn work_middle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first due day.")] from: Day,
        #[graphql(desc = "The last due day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<i64>> {
        let scope = Scope::with(ctx, Right::ActivityRead)?;
        let spans = self.spans(scope, from, to).await?;
        let found = ctx.data_unchecked::<DataLoader<Scope>>().load_many(spans.iter().copied().map(WorkOf)).await?;
        let handed_in = |span: &Span| {
            let work = found.get(&WorkOf(*span)).map(Vec::as_slice).unwrap_or_default();
            i64::try_from(work.iter().filter(|work| work.was_due() && work.is_handed_in()).count()).unwrap_or(i64::MAX)
        };
        Ok((spans.len() >= OWN_MIDDLE).then(|| median(spans.iter().map(handed_in).collect())))
    }
}

impl ClassLearning {
    async fn spans(&self, scope: &Scope, from: Day, to: Day) -> Result<Vec<Span>> {
        let pupils: Vec<Uuid> = pupil::ids_of_class(scope, self.0.id).await?;
        pupils.into_iter().map(|pupil| Span::new(pupil, from.0, to.0)).collect()
    }
}

fn middle(totals: &[Vec<DailyTotal>]) -> LearningMiddle {
    if totals.len() < OWN_MIDDLE {
        return LearningMiddle::default();
    }
    let pupils: Vec<Learning> = totals.iter().map(|totals| Learning::of(totals)).collect();
    let mut by_day: BTreeMap<NaiveDate, Vec<i64>> = BTreeMap::new();
    for day in pupils.iter().flat_map(|pupil| &pupil.days) {
        by_day.entry(day.day.0).or_default().push(day.interactions);
    }
    let days = by_day.into_iter().map(|(day, mut some)| {
        some.resize(pupils.len(), 0);
        LearningDay { day: Day(day), interactions: median(some) }
    });
    LearningMiddle { days: days.collect(), total: Some(median(pupils.iter().map(|pupil| pupil.total).collect())) }
}

/// The middle value, between two the upper half: a whole number reads best.
fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    let (lower, upper) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
    (lower + upper + 1).div_euclid(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_lies_between_the_two_middles() {
        assert_eq!(median(vec![9, 1, 5]), 5);
        assert_eq!(median(vec![1, 2, 5, 9]), 4);
        assert_eq!(median(vec![0; 4]), 0);
    }
}
