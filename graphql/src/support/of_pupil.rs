//! What a pupil shows of support: flags, and what was done.
use super::action::{ActionsOf, SupportAction};
use super::flag::{self, SupportFlag};
use crate::access::reader::{self, Adult};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object};
use uuid::Uuid;

/// The support of a pupil.
pub struct PupilSupport(pub(crate) Uuid);

/// The support of a pupil.
#[Object]
impl PupilSupport {
    /// Every flag of the pupil in classes whose flags you may see, open and ended, the newest first.
    #[graphql(complexity = "20 + child_complexity")]
    async fn support_flags(&self, ctx: &Context<'_>) -> Result<Vec<SupportFlag>> {
        flag::of_pupil(Scope::with(ctx, Right::FlagRead)?, self.0).await
    }
    /// What was done for the pupil, the newest first.
    #[graphql(complexity = "10 + child_complexity")]
    async fn support_actions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 200.")] last: i32,
    ) -> Result<Vec<SupportAction>> {
        Scope::with(ctx, Right::SupportRead)?;
        let last = usize::try_from(last).ok().filter(|last| (1..=200).contains(last));
        let last = last.ok_or_else(|| Error::BadInput("`last` is not a number from 1 to 200".into()))?;
        let mut actions = ctx.data_unchecked::<DataLoader<Scope>>().load_one(ActionsOf(self.0)).await?.unwrap_or_default();
        actions.truncate(last);
        Ok(actions)
    }
    /// Who reads what was done for the pupil, by today's duties.
    #[graphql(complexity = "10 + child_complexity")]
    async fn support_readers(&self, ctx: &Context<'_>) -> Result<Vec<Adult>> {
        reader::of_pupil(Scope::with(ctx, Right::SupportRead)?, self.0, Right::SupportRead).await
    }
}
