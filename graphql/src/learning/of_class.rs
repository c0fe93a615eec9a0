//! What a class shows of its learning: its assignments, and its middle to compare with.
use super::assignment::{self, Assignment};
use super::live::{self, ClassLive};
use super::of_pupil::{DaysLearntOf, Learning, LearningDay};
use super::stumble::{self, Stumble, StumbleBy};
use super::work::WorkOf;
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::roster::class::{Class, ClassKind};
use crate::roster::span::Span;
use crate::roster::{enrolment, pupil};
use crate::scalar::{Day, Timestamp};
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
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
    /// The assignments of the class that are due in these days, by due time; of a homeroom also those of the lessons that its pupils of
    /// today are in, as far as you may see their learning. Null without the right to see the learning of this class.
    #[graphql(complexity = "10 + child_complexity")]
    async fn assignments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first due day.")] from: Day,
        #[graphql(desc = "The last due day.")] to: Day,
    ) -> Result<Option<Vec<Assignment>>> {
        let Some(scope) = reach::over_class(ctx, Right::ActivityRead, self.0.id).await? else { return Ok(None) };
        let classes = self.with_lessons(scope).await?;
        assignment::known_on(scope, &classes, (from.0, to.0)).await.map(Some)
    }
    /// The class as it works just now: who has begun, who is done, who asked for help. In a homeroom whatever of the pupils' learning you
    /// may see counts, in a lesson what belongs to the lesson. The subscription `classLive` tells the same as it changes. Null without the
    /// right to see the pupils of this class and their learning.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn live(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "What was done from then on counts, such as the beginning of the lesson; the whole of today if not said."
        )]
        since: Option<Timestamp>,
    ) -> Result<Option<ClassLive>> {
        if reach::over_class(ctx, Right::RosterRead, self.0.id).await?.is_none() {
            return Ok(None);
        }
        let Some(scope) = reach::over_class(ctx, Right::ActivityRead, self.0.id).await? else { return Ok(None) };
        live::of_class(scope, &self.0, live::since(since.as_ref())?).await.map(Some)
    }
    /// The class's middle of the learning records that you may see of each pupil; without days where the class has fewer than five
    /// pupils. Null without the right to see the learning of this class.
    #[graphql(complexity = "20 + child_complexity")]
    async fn learning_middle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<LearningMiddle>> {
        let Some(scope) = reach::over_class(ctx, Right::ActivityRead, self.0.id).await? else { return Ok(None) };
        let spans = self.spans(scope, from, to).await?;
        let found = ctx.data_unchecked::<DataLoader<Scope>>().load_many(spans.iter().copied().map(DaysLearntOf)).await?;
        let pupils: Vec<Learning> =
            spans.iter().map(|span| found.get(&DaysLearntOf(*span)).cloned().unwrap_or_default()).collect();
        Ok(Some(middle(&pupils)))
    }
    /// Where the class stumbles (つまずき): questions, or codes of the course of study, that its pupils of today answered wrong in these days,
    /// those first that most of them never had right. Nothing is told of what fewer than three pupils answered. Null without the right to see
    /// the learning of this class.
    #[graphql(complexity = "20 + child_complexity")]
    async fn stumbles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
        #[graphql(desc = "What answers are counted by.")] by: StumbleBy,
        #[graphql(default = 20, desc = "How many, 1 to 200.")] first: i32,
    ) -> Result<Option<Vec<Stumble>>> {
        let Some(scope) = reach::over_class(ctx, Right::ActivityRead, self.0.id).await? else { return Ok(None) };
        let pupils = pupil::ids_of_class(scope, self.0.id).await?;
        let first = usize::try_from(first).unwrap_or_default();
        stumble::of(scope, &pupils, (from.0, to.0), by, first).await.map(Some)
    }
    /// The class's middle of how many of the assignments due in these days are handed in; null where the class has fewer than five pupils,
    /// and without the right to see the learning of this class.
    #[graphql(complexity = "20")]
    async fn work_middle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first due day.")] from: Day,
        #[graphql(desc = "The last due day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<i64>> {
        let Some(scope) = reach::over_class(ctx, Right::ActivityRead, self.0.id).await? else { return Ok(None) };
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
    /// The class and, for a homeroom, the lessons of its pupils of today.
    async fn with_lessons(&self, scope: &Scope) -> Result<Vec<Uuid>> {
        let mut classes = BTreeSet::from([self.0.id]);
        if self.0.kind == ClassKind::Homeroom {
            let pupils = pupil::ids_of_class(scope, self.0.id).await?;
            classes.extend(enrolment::of_learning(scope, &pupils).await?.iter().map(|enrolment| enrolment.class));
        }
        Ok(classes.into_iter().collect())
    }

    async fn spans(&self, scope: &Scope, from: Day, to: Day) -> Result<Vec<Span>> {
        let pupils: Vec<Uuid> = pupil::ids_of_class(scope, self.0.id).await?;
        pupils.into_iter().map(|pupil| Span::new(pupil, from.0, to.0)).collect()
    }
}

fn middle(pupils: &[Learning]) -> LearningMiddle {
    if pupils.len() < OWN_MIDDLE {
        return LearningMiddle::default();
    }
    let mut by_day: BTreeMap<NaiveDate, Vec<i64>> = BTreeMap::new();
    for day in pupils.iter().flat_map(|pupil| pupil.days.iter()) {
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
