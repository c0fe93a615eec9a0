//! What the board shows of how much is learnt in its schools.
use super::of_school::SchoolLearning;
use super::sums::{self, LearningCounts, LearningCountsDay, SchoolSums};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::small_cell::SmallCell;
use crate::error::Result;
use crate::scalar::Day;
use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// How much was learnt in all schools of the board.
#[derive(SimpleObject, Clone, Debug)]
pub struct BoardLearning {
    /// The days of all schools together, ascending: the sums of what is told of each school. A day of which nothing is told is absent, not
    /// zero.
    pub days: Vec<LearningCountsDay>,
    /// The sums of all these days.
    pub total: LearningCounts,
    /// The same of each school. A pupil of two schools on a day is in both.
    pub schools: Vec<SchoolLearning>,
    /// To whole multiples of what numbers are rounded down; null where they are exact.
    pub step: Option<usize>,
}

impl BoardLearning {
    fn of(schools: Vec<SchoolSums>) -> Self {
        let mut days: BTreeMap<NaiveDate, LearningCounts> = BTreeMap::new();
        for day in schools.iter().flat_map(|school| &school.days) {
            let sum = days.entry(day.day).or_default();
            *sum = sum.plus(day.counts);
        }
        BoardLearning {
            days: days.into_iter().map(|(day, counts)| LearningCountsDay { day, counts }).collect(),
            total: schools.iter().fold(LearningCounts::default(), |total, school| total.plus(school.total)),
            step: schools.iter().find_map(|school| school.step).map(SmallCell::step),
            schools: schools.into_iter().map(Into::into).collect(),
        }
    }
}

/// The learning of the board's schools.
pub struct BoardLearningShown;

/// The learning of the board's schools.
#[Object]
impl BoardLearningShown {
    /// How much was learnt in all schools of the board, by school day: sums that name nobody. An app of the whole board that may see the pupils'
    /// learning is told them exactly; the board's officials in steps, no number being of fewer pupils than a step. Null unless you are one of
    /// these. A month at most: it reads every school's days.
    #[graphql(complexity = "1000 + child_complexity")]
    async fn learning(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first school day.")] from: Day,
        #[graphql(desc = "The last school day; at most 31 days with the first.")] to: Day,
    ) -> Result<Option<BoardLearning>> {
        let scope = Scope::of(ctx)?;
        if !scope.holds(Right::ActivityRead) {
            Scope::with(ctx, Right::AttendanceCount)?;
        }
        let days = sums::days(from, to, 31)?;
        let schools = sums::by_school(scope, None, days).await?;
        Ok((!schools.is_empty()).then(|| BoardLearning::of(schools)))
    }
}
