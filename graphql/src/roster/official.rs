//! What the school register says of a pupil: 正式氏名 and 学籍番号, for those alone who keep it; and until when the pupil is enrolled.
use super::homeroom::HomeroomOf;
use super::pupil::Pupil;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::NO_END;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::scalar::Day;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Object};
use sqlx::QueryBuilder;
use std::collections::HashMap;
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
    /// The last day of the pupil in the homeroom of today; null where none is known yet.
    #[graphql(complexity = "10")]
    async fn enrolled_until(&self, ctx: &Context<'_>) -> Result<Option<Day>> {
        let homeroom = ctx.data_unchecked::<DataLoader<Scope>>().load_one(HomeroomOf(self.0.id)).await?;
        Ok(homeroom.map(|homeroom| homeroom.ends).filter(|ends| *ends < NO_END).map(Day))
    }
}

async fn may_read(ctx: &Context<'_>, pupil: Uuid) -> Result<bool> {
    Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(OfficialNameOf(pupil)).await?.is_some())
}

/// Loads for many pupils at once whether the viewer may see what the register calls them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfficialNameOf(Uuid);

impl Loader<OfficialNameOf> for Scope {
    type Value = ();
    type Error = Error;

    async fn load(&self, pupils: &[OfficialNameOf]) -> Result<HashMap<OfficialNameOf, ()>> {
        let rows: Vec<(Uuid,)> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT DISTINCT e.pupil FROM enrolment e WHERE e.pupil IN (");
            bind_ids(&mut sql, pupils.iter().map(|pupil| pupil.0));
            sql.push(") AND ");
            self.push_pupil_reach(&mut sql, Right::OfficialNameRead, "e");
            sql.build_query_as().persistent(false).fetch_all(c).await?
        });
        Ok(rows.into_iter().map(|(pupil,)| (OfficialNameOf(pupil), ())).collect())
    }
}
