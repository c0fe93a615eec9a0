//! What a pupil shows of their wellbeing.
use super::health::{HealthObservation, ObservationsOf};
use super::infirmary::{InfirmaryVisit, VisitsOf};
use super::mood::{Mood, MoodsOf};
use crate::access::reach;
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
    /// The moods (心の天気) by day; a day without one is not a bad day. Null without the right to see the pupil's moods.
    #[graphql(complexity = "10 + child_complexity")]
    async fn moods(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<Vec<Mood>>> {
        let key = MoodsOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::MoodRead, self.0).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
    }
    /// How the pupil was in the mornings (健康観察), by day. Null without the right to see it.
    #[graphql(complexity = "10 + child_complexity")]
    async fn health_observations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<Vec<HealthObservation>>> {
        let key = ObservationsOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::HealthRead, self.0).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
    }
    /// The visits to the infirmary, by time. Null without the right to see them.
    #[graphql(complexity = "10 + child_complexity")]
    async fn infirmary_visits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Option<Vec<InfirmaryVisit>>> {
        let key = VisitsOf(Span::new(self.0, from.0, to.0)?);
        if reach::over_pupil(ctx, Right::VisitRead, self.0).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
    }
    /// Who reads this pupil's moods, by today's duties. Null without the right to see them.
    #[graphql(complexity = "10 + child_complexity")]
    async fn mood_readers(&self, ctx: &Context<'_>) -> Result<Option<Vec<Adult>>> {
        match reach::over_pupil(ctx, Right::MoodRead, self.0).await? {
            Some(scope) => reader::of_pupil(scope, self.0, Right::MoodRead).await.map(Some),
            None => Ok(None),
        }
    }
}
