//! What a pupil shows of their wellbeing.
use super::mood::{Mood, MoodsOf};
use crate::access::reader::{self, Adult};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::roster::span::Span;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object};
use uuid::Uuid;

/// The wellbeing of a pupil.
pub struct PupilWellbeing(pub(crate) Uuid);

/// The wellbeing of a pupil.
#[Object]
impl PupilWellbeing {
    /// The moods (心の天気) by day; a day without one is not a bad day.
    #[graphql(complexity = "10 + child_complexity")]
    async fn moods(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Vec<Mood>> {
        Scope::with(ctx, Right::MoodRead)?;
        let key = MoodsOf(Span::new(self.0, from.0, to.0)?);
        Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default())
    }
    /// Who reads this pupil's moods, by today's duties.
    #[graphql(complexity = "10 + child_complexity")]
    async fn mood_readers(&self, ctx: &Context<'_>) -> Result<Vec<Adult>> {
        reader::of_pupil(Scope::with(ctx, Right::MoodRead)?, self.0, Right::MoodRead).await
    }
}
