//! What a school shows of how much is learnt in it.
use super::sums::{self, LearningCounts, LearningCountsDay, SchoolSums};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use crate::roster::school::{School, SchoolOf};
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;

/// How much was learnt in a school.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(complex)]
pub struct SchoolLearning {
    /// The days with records, ascending. A day without any is absent, not zero; where numbers are told in steps, so is a day on which fewer
    /// pupils than a step had any.
    pub days: Vec<LearningCountsDay>,
    /// The sums of all these days.
    pub total: LearningCounts,
    #[graphql(skip)]
    school: Uuid,
}

#[ComplexObject]
impl SchoolLearning {
    /// The school.
    async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>> {
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(SchoolOf(self.school)).await
    }
}

impl From<SchoolSums> for SchoolLearning {
    fn from(sums: SchoolSums) -> Self {
        SchoolLearning { days: sums.days, total: sums.total, school: sums.school }
    }
}

/// The learning of a school.
pub struct SchoolLearningShown(pub(crate) Uuid);

/// The learning of a school.
#[Object]
impl SchoolLearningShown {
    /// How much was learnt in the school, by school day: sums that name nobody, of all who were its pupils then. Null unless you may see the
    /// learning of the school as a whole, as its head, its office and an app of the school may, and not of some grades or classes alone.
    #[graphql(complexity = "sums::weight(from, to) + child_complexity")]
    async fn learning(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first school day.")] from: Day,
        #[graphql(desc = "The last school day; at most 366 days with the first.")] to: Day,
    ) -> Result<Option<SchoolLearning>> {
        Scope::with(ctx, Right::ActivityRead)?;
        let (from, to) = sums::days(from, to, 366)?;
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(LearningOf { school: self.0, from, to }).await
    }
}

/// The sums of a school over some days, as a key to load many schools' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LearningOf {
    school: Uuid,
    from: NaiveDate,
    to: NaiveDate,
}

#[async_trait]
impl Loader<LearningOf> for Scope {
    type Value = SchoolLearning;
    type Error = Error;

    async fn load(&self, keys: &[LearningOf]) -> Result<HashMap<LearningOf, SchoolLearning>> {
        let mut schools: HashMap<(NaiveDate, NaiveDate), Vec<Uuid>> = HashMap::new();
        keys.iter().for_each(|key| schools.entry((key.from, key.to)).or_default().push(key.school));
        let mut found = HashMap::new();
        for ((from, to), schools) in schools {
            for sums in sums::by_school(self, Some(&schools), (from, to)).await? {
                found.insert(LearningOf { school: sums.school, from, to }, sums.into());
            }
        }
        Ok(found)
    }
}
