//! What a pupil shows of their attendance.
use super::mark::{self, AttendanceMark, MarksOf};
use crate::access::reach;
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
    /// The marks that hold, by school day; a day without a mark is neither present nor absent. Null without the right to see the pupil's
    /// attendance.
    #[graphql(complexity = "10 + child_complexity")]
    async fn attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<Vec<AttendanceMark>>> {
        let key = MarksOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::AttendanceRead, self.0).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
    }
    /// Every marking of a day, the newest first: who said what, and when. Null without the right to see the pupil's attendance.
    #[graphql(complexity = "10 + child_complexity")]
    async fn attendance_history(&self, ctx: &Context<'_>, day: Day) -> Result<Option<Vec<AttendanceMark>>> {
        match reach::over_pupil(ctx, Right::AttendanceRead, self.0).await? {
            Some(scope) => mark::history(scope, self.0, day.0).await.map(Some),
            None => Ok(None),
        }
    }
}
