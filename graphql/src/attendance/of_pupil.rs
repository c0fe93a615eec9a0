//! What a pupil shows of their attendance.
use super::mark::{self, AttendanceMark, MarksOf};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::roster::span::Span;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object};
use uuid::Uuid;

/// The attendance of a pupil.
pub struct PupilAttendance(pub(crate) Uuid);

/// The attendance of a pupil.
#[Object]
impl PupilAttendance {
    /// The marks that hold, by school day; a day without a mark is neither present nor absent.
    #[graphql(complexity = "10 + child_complexity")]
    async fn attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Vec<AttendanceMark>> {
        Scope::with(ctx, Right::AttendanceRead)?;
        let key = MarksOf(Span::new(self.0, from.0, to.0)?);
        Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default())
    }
    /// Every marking of a day, the newest first: who said what, and when.
    #[graphql(complexity = "10 + child_complexity")]
    async fn attendance_history(&self, ctx: &Context<'_>, day: Day) -> Result<Vec<AttendanceMark>> {
        mark::history(Scope::with(ctx, Right::AttendanceRead)?, self.0, day.0).await
    }
}
