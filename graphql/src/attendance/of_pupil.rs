//! What a pupil shows of their attendance.
use super::lesson::{self, mark::MissedLesson, mark::Whose};
use super::mark::{self, AttendanceMark, MarksOf};
use super::mark_of_day::{DaysMarkedOf, MarkOfDay, ToldMark};
use super::recognition::{self, AttendanceRecognition};
use super::register::of_year::{self, YearInSchool};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::roster::span::Span;
use crate::scalar::Day;
use crate::written::{List, Plan};
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object};
use uuid::Uuid;

/// The attendance of a pupil.
pub struct PupilAttendance(pub(crate) Uuid);

/// The attendance of a pupil.
#[Object]
impl PupilAttendance {
    /// The marks that hold, by school day; a day without a mark is neither present nor absent. Null without the right to see the pupil's
    /// attendance.
    #[graphql(complexity = "10 + child_complexity")]
    async fn attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<List<AttendanceMark>>> {
        let span = Span::new(self.0, from.0, to.0)?;
        if reach::over_pupil(ctx, Right::AttendanceRead, self.0).await?.is_none() {
            return Ok(None);
        }
        let loader = ctx.data_unchecked::<DataLoader<Scope>>();
        if let Some(plan) = Plan::<MarkOfDay>::asked(ctx) {
            return Ok(Some(List::Written(plan.list(&loader.load_one(DaysMarkedOf(span)).await?.unwrap_or_default()))));
        }
        if let Some(plan) = Plan::<ToldMark>::asked(ctx) {
            return Ok(Some(List::Written(plan.list(&ToldMark::of(ctx, span).await?))));
        }
        Ok(Some(List::Records(loader.load_one(MarksOf(span)).await?.unwrap_or_default())))
    }
    /// Every marking of a day, the newest first: who said what, and when. Null unless you take the pupil's attendance.
    #[graphql(complexity = "10 + child_complexity")]
    async fn attendance_history(&self, ctx: &Context<'_>, day: Day) -> Result<Option<Vec<AttendanceMark>>> {
        match reach::over_pupil(ctx, Right::AttendanceWrite, self.0).await? {
            Some(scope) => mark::history(scope, self.0, day.0).await.map(Some),
            None => Ok(None),
        }
    }
    /// What the head decided about the pupil's attendance elsewhere (出席扱い), in the school in which you see the pupil.
    #[graphql(complexity = "10 + child_complexity")]
    async fn attendance_recognitions(&self, ctx: &Context<'_>) -> Result<Vec<AttendanceRecognition>> {
        recognition::of_pupils(Scope::with(ctx, Right::AttendanceRead)?, &[self.0]).await
    }
    /// The days of a school year as the 指導要録 counts them, for each school in which you see the pupil. After a transfer each school counts
    /// its own days.
    #[graphql(complexity = "20 + child_complexity")]
    async fn register_year(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The year of its April, such as 2026.")] year: i32,
    ) -> Result<Vec<YearInSchool>> {
        of_year::of_pupil(Scope::with(ctx, Right::AttendanceRead)?, self.0, year).await
    }
    /// The lessons that the pupil missed, wholly or in part (欠課), by day and period. They are no absence of the day.
    #[graphql(complexity = "10 + child_complexity")]
    async fn missed_lessons(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Vec<MissedLesson>> {
        let span = Span::new(self.0, from.0, to.0)?;
        lesson::mark::missed(Scope::with(ctx, Right::AttendanceRead)?, Whose::Pupil(span.pupil), (span.from, span.to)).await
    }
}
