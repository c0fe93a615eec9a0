//! What the school register says of a pupil: 正式氏名 and 学籍番号, for those alone who keep it; and until when the pupil is enrolled.
use super::homeroom::HomeroomOf;
use super::pupil::Pupil;
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object};
use uuid::Uuid;

/// The register's side of a pupil.
pub struct PupilRegister(pub(crate) Pupil);

#[Object]
impl PupilRegister {
    /// The name as the school register (学籍) has it, family name first, where `name` is the one to show; null unless you keep the register
    /// of this pupil (homeroom teacher, head, academic affairs) or are the pupil.
    #[graphql(complexity = "5")]
    async fn official_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let pupil = &self.0;
        let name = format!("{} {}", pupil.family_name, pupil.given_name).trim().to_owned();
        Ok(may_read(ctx, pupil.id).await?.then_some(name))
    }
    /// 学籍番号; null where there is none, and where you may not see the official name.
    #[graphql(complexity = "5")]
    async fn identifier(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let pupil = &self.0;
        Ok(may_read(ctx, pupil.id).await?.then_some(pupil.identifier.as_str()).filter(|identifier| !identifier.is_empty()))
    }
    /// The last day of the pupil in the homeroom of today; null where that is the year's, as far as is known.
    #[graphql(complexity = "10")]
    async fn enrolled_until(&self, ctx: &Context<'_>) -> Result<Option<Day>> {
        let homeroom = ctx.data_unchecked::<DataLoader<Scope>>().load_one(HomeroomOf(self.0.id)).await?;
        Ok(homeroom.filter(|homeroom| homeroom.ends < homeroom.year_ends).map(|homeroom| Day(homeroom.ends)))
    }
}

async fn may_read(ctx: &Context<'_>, pupil: Uuid) -> Result<bool> {
    Ok(reach::of_pupil(ctx, pupil).await?.contains(&Right::OfficialNameRead))
}
