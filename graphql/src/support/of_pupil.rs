//! What a pupil shows of support: flags, and what was done.
use super::action::{ActionsOf, SupportAction};
use super::effect::{self, SupportEffect};
use super::exclusion::KeptOut;
use super::flag::{self, SupportFlag};
use super::sheet::SupportSheet;
use super::sheet::find::SheetsOf;
use super::sheet::reach::scope_of;
use crate::access::reach;
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
    /// Every flag of the pupil in classes whose flags you may see, open and ended, the newest first. Null without the right to see the
    /// pupil's flags.
    #[graphql(complexity = "20 + child_complexity")]
    async fn support_flags(&self, ctx: &Context<'_>) -> Result<Option<Vec<SupportFlag>>> {
        match reach::over_pupil(ctx, Right::FlagRead, self.0).await? {
            Some(scope) => flag::of_pupil(scope, self.0).await.map(Some),
            None => Ok(None),
        }
    }
    /// Whether the family keeps the pupil out of the analysis: no score and no flag is made or shown then. Null unless you see the pupil's
    /// flags or may change it.
    #[graphql(complexity = "10")]
    async fn kept_out_of_analysis(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let scope = Scope::of(ctx)?;
        let rights = reach::of_pupil(ctx, self.0).await?;
        let Some(right) = [Right::AnalysisChoose, Right::FlagRead].into_iter().find(|right| rights.contains(right)) else {
            return Ok(None);
        };
        scope.looks_at_pupil(self.0, right);
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(KeptOut(self.0)).await?.is_some()))
    }
    /// What was done for the pupil, the newest first: for those who look after the pupil's class, and of the open support sheet for whoever is
    /// assigned to it. Null without the right to see it.
    #[graphql(complexity = "10 + child_complexity")]
    async fn support_actions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 200.")] last: i32,
    ) -> Result<Option<Vec<SupportAction>>> {
        let last = usize::try_from(last).ok().filter(|last| (1..=200).contains(last));
        let last = last.ok_or_else(|| Error::BadInput("`last` is not a number from 1 to 200".into()))?;
        let by_duty =
            scope_of(ctx)?.holds(Right::SupportRead) && reach::of_pupil(ctx, self.0).await?.contains(&Right::SupportRead);
        if !by_duty && !self.sheets(ctx).await?.iter().any(|sheet| sheet.readable) {
            return Ok(None);
        }
        let mut actions = ctx.data_unchecked::<DataLoader<Scope>>().load_one(ActionsOf(self.0)).await?.unwrap_or_default();
        actions.truncate(last);
        Ok(Some(actions))
    }
    /// The pupil's support sheet (支援シート): the open one, else the last. Null where there is none of which you may know.
    #[graphql(complexity = "10 + child_complexity")]
    async fn support(&self, ctx: &Context<'_>) -> Result<Option<SupportSheet>> {
        Ok(self.sheets(ctx).await?.into_iter().next())
    }
    /// Every support sheet of the pupil of which you may know, the open one first, the newest first: the times in which the pupil was
    /// supported, with the meetings and the tasks that were done for a timeline.
    #[graphql(complexity = "10 + child_complexity")]
    async fn support_sheets(&self, ctx: &Context<'_>) -> Result<Vec<SupportSheet>> {
        self.sheets(ctx).await
    }
    /// What changed when a support began, for the latest three beginnings of which you may know, the newest first: 20 school days before and
    /// after, beside pupils of the grade who were alike before and had none. Null without the rights to see the pupil's flags and what was done
    /// for the pupil; empty for whom the family keeps out of the analysis.
    #[graphql(complexity = "300 + child_complexity")]
    async fn support_effects(&self, ctx: &Context<'_>) -> Result<Option<Vec<SupportEffect>>> {
        let both = reach::over_pupil(ctx, Right::SupportRead, self.0).await?.is_some();
        match reach::over_pupil(ctx, Right::FlagRead, self.0).await?.filter(|_| both) {
            Some(scope) => effect::of_pupil(ctx.data_unchecked::<DataLoader<Scope>>(), scope, self.0).await.map(Some),
            None => Ok(None),
        }
    }
    /// Who reads what was done for the pupil, by today's duties. Null without the right to see it.
    #[graphql(complexity = "10 + child_complexity")]
    async fn support_readers(&self, ctx: &Context<'_>) -> Result<Option<Vec<Adult>>> {
        match reach::over_pupil(ctx, Right::SupportRead, self.0).await? {
            Some(scope) => reader::of_pupil(scope, self.0, Right::SupportRead).await.map(Some),
            None => Ok(None),
        }
    }
}

impl PupilSupport {
    async fn sheets(&self, ctx: &Context<'_>) -> Result<Vec<SupportSheet>> {
        scope_of(ctx)?;
        Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(SheetsOf(self.0)).await?.unwrap_or_default())
    }
}
