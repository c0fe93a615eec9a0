//! What a class shows of its attendance.
use super::school_day;
use super::summary::{AttendanceSummary, SummaryOf};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use crate::roster::class::Class;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object};

/// The attendance of a class.
pub struct ClassAttendance(pub(crate) Class);

/// The attendance of a class.
#[Object]
impl ClassAttendance {
    /// The latest school days up to a day, ascending. Today is one of them on a weekday
    /// that is no national holiday; otherwise a day counts on which attendance was
    /// taken or, before anybody took it, on which pupils worked on a weekday.
    /// Null without the right to see the attendance of this class.
    async fn school_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 200.")] last: i32,
        #[graphql(desc = "The last day to look at; today if not said.")] until: Option<Day>,
    ) -> Result<Option<Vec<Day>>> {
        let Some(scope) = reach::over_class(ctx, Right::AttendanceRead, self.0.id).await? else { return Ok(None) };
        let last = usize::try_from(last).ok().filter(|last| (1..=200).contains(last));
        let last = last.ok_or_else(|| Error::BadInput("`last` is not a number from 1 to 200".into()))?;
        let days = school_day::latest(scope, &self.0, last, until.map_or_else(|| scope.today(), |day| day.0)).await?;
        Ok(Some(days.into_iter().map(Day).collect()))
    }
    /// Whether the class has school on a day: a weekday that is no national holiday, or a day on which attendance was taken. Null without
    /// the right to see the attendance of this class.
    async fn is_school_day(&self, ctx: &Context<'_>, day: Day) -> Result<Option<bool>> {
        match reach::over_class(ctx, Right::AttendanceRead, self.0.id).await? {
            Some(scope) => school_day::is_one(scope, &self.0, day.0).await.map(Some),
            None => Ok(None),
        }
    }
    /// A day in numbers. Null without the right to see the attendance of this class.
    async fn attendance_summary(&self, ctx: &Context<'_>, day: Day) -> Result<Option<AttendanceSummary>> {
        if reach::over_class(ctx, Right::AttendanceRead, self.0.id).await?.is_none() {
            return Ok(None);
        }
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(SummaryOf { class: self.0.id, day: day.0 }).await
    }
}
