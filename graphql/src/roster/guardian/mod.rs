//! Guardians (保護者): who they are to a pupil, by which standing, and whether the record is shown to them.
mod email;
mod protection;
mod write;

pub use protection::ProtectionMutation;
pub use write::{GuardianMutation, SaveGuardianInput, save};

use super::pupil::{self, Pupil};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::access::token;
use crate::access::tx::Tx;
use crate::clock::NO_END;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use protection::{Protection, ProtectionOf};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody who cares for pupils at home. Siblings have the same.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct Guardian {
    /// The id, for all children of theirs.
    pub id: Uuid,
    /// The family name.
    pub family_name: String,
    /// The given name.
    pub given_name: String,
    /// The family name's reading; may be empty.
    pub kana_family_name: String,
    /// The given name's reading; may be empty.
    pub kana_given_name: String,
    /// The e-mail address, by which a provider may name them; may be empty.
    pub email: String,
    /// The language of their pages.
    pub language: GuardianLanguage,
}

/// A language that pages for families are in.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GuardianLanguage {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
    /// Portuguese.
    Pt,
}

/// What somebody is to a pupil.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GuardianRelation {
    /// 母.
    Mother,
    /// 父.
    Father,
    /// 祖父母.
    Grandparent,
    /// 親族.
    Relative,
    /// 里親.
    FosterParent,
    /// 児童養護施設など.
    Facility,
    /// Somebody else.
    Other,
}

/// By which standing somebody is a guardian. Two who are `PARENTAL` have joint custody (共同親権).
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GuardianStanding {
    /// 親権者: has parental authority.
    Parental,
    /// 監護者: cares for the pupil without parental authority.
    Custodial,
    /// Neither: known to the school, and shown nothing.
    None,
}

/// That somebody is a guardian of a pupil.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct GuardianshipRow {
    pub(super) id: Uuid,
    pub(super) guardian: Uuid,
    pub(super) pupil: Uuid,
    pub(super) relation: GuardianRelation,
    pub(super) standing: GuardianStanding,
    pub(super) household: bool,
    pub(super) withheld: bool,
    pub(super) begins: NaiveDate,
    pub(super) ends: NaiveDate,
}

/// A guardianship with the guardian.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Guardianship {
    #[sqlx(flatten)]
    row: GuardianshipRow,
    family_name: String,
    given_name: String,
    kana_family_name: String,
    kana_given_name: String,
    email: String,
    language: GuardianLanguage,
    protected: bool,
}

/// A guardian of a pupil. For those who keep the register and the homeroom teacher; never for another guardian.
#[Object]
impl Guardianship {
    /// The guardian's UUID, the same for siblings.
    async fn guardian_id(&self) -> ID {
        id::of(self.row.guardian)
    }
    /// The name, family name first.
    async fn name(&self) -> String {
        format!("{} {}", self.family_name, self.given_name).trim().to_owned()
    }
    /// The family name alone: as `saveGuardian` takes it, for it may have spaces in it.
    async fn family_name(&self) -> &str {
        &self.family_name
    }
    /// The given name alone; null where it is not known.
    async fn given_name(&self) -> Option<&str> {
        known(&self.given_name)
    }
    /// The name's reading; null where it is not known.
    async fn kana(&self) -> Option<String> {
        let kana = format!("{} {}", self.kana_family_name, self.kana_given_name).trim().to_owned();
        (!kana.is_empty()).then_some(kana)
    }
    /// The family name's reading alone; null where it is not known.
    async fn kana_family_name(&self) -> Option<&str> {
        known(&self.kana_family_name)
    }
    /// The given name's reading alone; null where it is not known.
    async fn kana_given_name(&self) -> Option<&str> {
        known(&self.kana_given_name)
    }
    /// The e-mail address; null where it is not known.
    async fn email(&self) -> Option<&str> {
        known(&self.email)
    }
    /// The language of their pages.
    async fn language(&self) -> GuardianLanguage {
        self.language
    }
    /// What they are to the pupil.
    async fn relation(&self) -> GuardianRelation {
        self.row.relation
    }
    /// By which standing.
    async fn standing(&self) -> GuardianStanding {
        self.row.standing
    }
    /// Whether they live with the pupil.
    async fn in_household(&self) -> bool {
        self.row.household
    }
    /// Whether the school holds the record back from them all the same, such as by order of a court.
    async fn withheld(&self) -> bool {
        self.row.withheld
    }
    /// Whether the record is shown to them today: they have a standing, nothing is held back, and where the household is under protection
    /// they live in it.
    async fn sees_record(&self, ctx: &Context<'_>) -> Result<bool> {
        let (of, today) = (&self.row, Scope::of(ctx)?.today());
        let runs = of.begins <= today && of.ends >= today;
        Ok(runs && of.standing != GuardianStanding::None && !of.withheld && (of.household || !self.protected))
    }
    /// The first day.
    async fn begins(&self) -> Day {
        Day(self.row.begins)
    }
    /// The last day; null while no end is known.
    async fn ends(&self) -> Option<Day> {
        (self.row.ends < NO_END).then_some(Day(self.row.ends))
    }
}

/// What is stored as empty is not known.
fn known(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// What a pupil shows of their family: flattened into the pupil.
pub struct PupilFamily(pub(crate) Uuid);

#[Object]
impl PupilFamily {
    /// The guardians of today and those to come. Null unless you keep the pupil's register or are the homeroom teacher or the nurse.
    #[graphql(complexity = "10 + child_complexity * 3")]
    async fn guardians(&self, ctx: &Context<'_>) -> Result<Option<Vec<Guardianship>>> {
        match reach::over_pupil(ctx, Right::GuardianRead, self.0).await? {
            Some(_) => {
                Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(GuardiansOf(self.0)).await?.unwrap_or_default()))
            }
            None => Ok(None),
        }
    }
    /// Whether the household is under protection (支援措置): the pupil's name goes into no list and no file that leaves the school, and nobody
    /// outside of it may learn where the pupil is. Null unless you see `guardians`.
    #[graphql(complexity = "10 + child_complexity")]
    async fn protection(&self, ctx: &Context<'_>) -> Result<Option<Protection>> {
        match reach::over_pupil(ctx, Right::GuardianRead, self.0).await? {
            Some(_) => ctx.data_unchecked::<DataLoader<Scope>>().load_one(ProtectionOf(self.0)).await,
            None => Ok(None),
        }
    }
}

/// What may be asked by guardians.
#[derive(Default)]
pub struct GuardianQuery;

#[Object]
impl GuardianQuery {
    /// The children whose record is shown to you: for guardians. Empty for everybody else.
    #[graphql(complexity = "10 + child_complexity * 3")]
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Pupil>> {
        let scope = Scope::of(ctx)?;
        if scope.viewer().kind != Holder::Guardian {
            return Ok(Vec::new());
        }
        pupil::all_reached(scope).await
    }
}

/// The guardians of many pupils at once, those who have not ended, those with a standing first. The caller has checked the pupils against
/// the scope.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct GuardiansOf(Uuid);

#[async_trait]
impl Loader<GuardiansOf> for Scope {
    type Value = Vec<Guardianship>;
    type Error = Error;

    async fn load(&self, pupils: &[GuardiansOf]) -> Result<HashMap<GuardiansOf, Vec<Guardianship>>> {
        let rows: Vec<Guardianship> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT s.*, g.family_name, g.given_name, g.kana_family_name, g.kana_given_name, g.email, g.language, p.protected
                 FROM guardianship s JOIN guardian g ON g.id = s.guardian JOIN pupil p ON p.id = s.pupil WHERE s.ends >= ");
            sql.push_bind(self.today()).push(" AND s.pupil IN (");
            bind_ids(&mut sql, pupils.iter().map(|pupil| pupil.0));
            sql.push(") ORDER BY CASE s.standing WHEN 'PARENTAL' THEN 0 WHEN 'CUSTODIAL' THEN 1 ELSE 2 END, NOT s.household, s.begins, s.id");
            sql.build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<GuardiansOf, Vec<Guardianship>> = HashMap::new();
        rows.into_iter().for_each(|row| found.entry(GuardiansOf(row.row.pupil)).or_default().push(row));
        Ok(found)
    }
}

/// A guardian, in a write.
async fn within(tx: &mut Tx, id: Uuid) -> Result<Option<Guardian>> {
    Ok(on!(tx.connection(), c => sqlx::query_as("SELECT * FROM guardian WHERE id = $1").bind(id).fetch_optional(c).await?))
}

/// Issues a token, a sign-in code, for a guardian.
pub async fn issue_token(scope: &Scope, guardian: Uuid, expires_at: DateTime<Utc>) -> Result<String> {
    let mut tx = scope.begin("token issued").await?;
    if !scope.holds(Right::AccessWrite) || within(&mut tx, guardian).await?.is_none() {
        return Err(Error::BadInput(format!("there is no guardian {guardian}: the office notes guardians first")));
    }
    let secret = token::issue(&mut tx, guardian, &[], expires_at).await?;
    tx.commit().await?;
    Ok(secret)
}
