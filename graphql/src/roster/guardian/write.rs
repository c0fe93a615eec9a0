//! Noting guardians and what they are to a pupil.
use super::{Guardian, GuardianLanguage, GuardianRelation, GuardianStanding, GuardianshipRow, within};
use crate::access::duty::OPERATOR;
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::token;
use crate::access::tx::{Change, Tx};
use crate::clock::{NO_END, new_id};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::moves::right;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use serde::Deserialize;
use uuid::Uuid;

/// A guardian of a pupil, as they are from now on.
#[derive(InputObject, Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct SaveGuardianInput {
    /// The pupil.
    pub pupil_id: ID,
    /// The guardian: one who is there already, such as a sibling's, is changed for all children. A new one if not said.
    #[serde(default)]
    pub guardian_id: Option<ID>,
    /// The family name, 1 to 100 characters.
    pub family_name: String,
    /// The given name, up to 100 characters.
    #[graphql(default)]
    #[serde(default)]
    pub given_name: String,
    /// The family name's reading in full-width katakana.
    #[graphql(default)]
    #[serde(default)]
    pub kana_family_name: String,
    /// The given name's reading.
    #[graphql(default)]
    #[serde(default)]
    pub kana_given_name: String,
    /// The e-mail address, up to 200 characters.
    #[graphql(default)]
    #[serde(default)]
    pub email: String,
    /// The language of their pages.
    #[graphql(default_with = "GuardianLanguage::Ja")]
    #[serde(default)]
    pub language: GuardianLanguage,
    /// What they are to the pupil.
    pub relation: GuardianRelation,
    /// By which standing. Two who are `PARENTAL` have joint custody.
    pub standing: GuardianStanding,
    /// Whether they live with the pupil.
    pub in_household: bool,
    /// Whether the record is held back from them all the same, such as by order of a court.
    #[graphql(default)]
    #[serde(default)]
    pub withheld: bool,
    /// The last day; open if not said. Yesterday ends it at once.
    #[serde(default)]
    pub ends: Option<Day>,
    /// Why, for the trail; up to 200 characters.
    #[graphql(default)]
    #[serde(default)]
    pub reason: String,
}

/// What became of a guardian.
#[derive(SimpleObject)]
pub struct SaveGuardianPayload {
    /// The guardian; null if nothing was stored.
    pub guardian_id: Option<ID>,
    /// What is wrong with the input; nothing was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with guardians.
#[derive(Default)]
pub struct GuardianMutation;

#[Object]
impl GuardianMutation {
    /// Notes a guardian of a pupil, or changes what is noted: for the school's office. What a guardian sees follows from it at once; where
    /// it takes the record away, their sessions and sign-in codes end if no child is left.
    async fn save_guardian(&self, ctx: &Context<'_>, input: SaveGuardianInput) -> Result<SaveGuardianPayload> {
        Ok(match save(Scope::with(ctx, Right::GuardianWrite)?, input).await? {
            Ok(guardian) => SaveGuardianPayload { guardian_id: Some(id::of(guardian)), user_errors: vec![] },
            Err(error) => SaveGuardianPayload { guardian_id: None, user_errors: vec![error] },
        })
    }
}

/// Writes a guardian of a pupil; the guardian's id.
pub async fn save(scope: &Scope, input: SaveGuardianInput) -> Result<Result<Uuid, UserError>> {
    let pupil = id::parse(&input.pupil_id).unwrap_or_default();
    let wished = right!(guardian(&input));
    let reason = right!(optional(&input.reason, 200, "reason"));
    let mut tx = scope.begin_because("guardian noted", &reason).await?;
    if !reach::within(&mut tx, scope, Right::GuardianWrite, pupil).await? {
        return Ok(Err(not_found("pupilId", "there is no such pupil whose register you keep")));
    }
    tx.lock("pupil", &[pupil]).await?;
    let given = input.guardian_id.as_ref().map(|given| id::parse(given).unwrap_or_default());
    // Whoever runs the server brings ids from elsewhere.
    let operator = scope.holder() == OPERATOR;
    let known = match given {
        None => None,
        Some(given) if operator => within(&mut tx, given).await?,
        Some(given) => of_my_pupils(scope, &mut tx, given).await?,
    };
    let brought = given.filter(|given| operator && !given.is_nil());
    if given.is_some() && known.is_none() && brought.is_none() {
        return Ok(Err(not_found("guardianId", "there is no such guardian of a pupil whose register you keep")));
    }
    let guardian = Guardian { id: known.as_ref().map(|known| known.id).or(brought).unwrap_or_else(new_id), ..wished };
    put(&mut tx, known.as_ref(), &guardian).await?;
    let sql = "SELECT * FROM guardianship WHERE guardian = $1 AND pupil = $2";
    let before: Option<GuardianshipRow> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(guardian.id).bind(pupil).fetch_optional(c).await?);
    let after = GuardianshipRow {
        id: before.as_ref().map_or_else(new_id, |before| before.id),
        guardian: guardian.id,
        pupil,
        relation: input.relation,
        standing: input.standing,
        household: input.in_household,
        withheld: input.withheld,
        begins: before.as_ref().map_or_else(|| scope.today(), |before| before.begins),
        ends: input.ends.map_or(NO_END, |day| day.0),
    };
    put_guardianship(&mut tx, before.as_ref(), &after).await?;
    close_if_childless(&mut tx, scope, guardian.id).await?;
    tx.commit().await?;
    Ok(Ok(guardian.id))
}

fn guardian(input: &SaveGuardianInput) -> Result<Guardian, UserError> {
    let email = optional(&input.email, 200, "email")?;
    if !email.is_empty() && !email.contains('@') {
        return Err(UserError::new(UserErrorCode::InvalidText, "email", "an e-mail address has an @"));
    }
    Ok(Guardian {
        id: Uuid::nil(),
        family_name: check::text(input.family_name.trim(), 100, "familyName")?,
        given_name: optional(&input.given_name, 100, "givenName")?,
        kana_family_name: optional(&input.kana_family_name, 100, "kanaFamilyName")?,
        kana_given_name: optional(&input.kana_given_name, 100, "kanaGivenName")?,
        email,
        language: input.language,
    })
}

/// A text that may be empty.
pub(super) fn optional(text: &str, most: usize, field: &str) -> Result<String, UserError> {
    let text = text.trim();
    if text.is_empty() { Ok(String::new()) } else { check::text(text, most, field) }
}

pub(super) fn not_found(field: &str, message: &str) -> UserError {
    UserError::new(UserErrorCode::NotFound, field, message)
}

/// A guardian of any pupil whose register the viewer keeps today.
async fn of_my_pupils(scope: &Scope, tx: &mut Tx, guardian: Uuid) -> Result<Option<Guardian>> {
    let sql = "SELECT * FROM guardian WHERE id = $4 AND id IN
                   (SELECT s.guardian FROM guardianship s JOIN pupil_reach r ON r.pupil = s.pupil WHERE s.guardian = $4
                    AND r.holder = $1 AND r.right_to = $2 AND r.begins <= $3 AND r.ends >= $3 AND r.enrolled <= $3 AND r.leaves >= $3)";
    let (right, today) = (scope.over(Right::GuardianWrite), scope.today());
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(scope.holder()).bind(right).bind(today).bind(guardian)
        .fetch_optional(c).await?))
}

async fn put(tx: &mut Tx, before: Option<&Guardian>, after: &Guardian) -> Result<()> {
    if before == Some(after) {
        return Ok(());
    }
    let sql = "INSERT INTO guardian (id, family_name, given_name, kana_family_name, kana_given_name, email, language)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (id) DO UPDATE SET family_name = excluded.family_name, given_name = excluded.given_name,
                   kana_family_name = excluded.kana_family_name, kana_given_name = excluded.kana_given_name,
                   email = excluded.email, language = excluded.language";
    let change = Change::new(after.id, before, Some(after));
    on!(tx.change("guardian", &[change]).await?, c => sqlx::query(sql).bind(after.id).bind(&after.family_name).bind(&after.given_name)
        .bind(&after.kana_family_name).bind(&after.kana_given_name).bind(&after.email).bind(after.language).execute(c).await?
        .rows_affected());
    Ok(())
}

async fn put_guardianship(tx: &mut Tx, before: Option<&GuardianshipRow>, after: &GuardianshipRow) -> Result<()> {
    if before == Some(after) {
        return Ok(());
    }
    let sql = "INSERT INTO guardianship (id, guardian, pupil, relation, standing, household, withheld, begins, ends)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (id) DO UPDATE SET relation = excluded.relation, standing = excluded.standing,
                   household = excluded.household, withheld = excluded.withheld, ends = excluded.ends";
    let change = Change::new(after.id, before, Some(after));
    on!(tx.change("guardianship", &[change]).await?, c => sqlx::query(sql).bind(after.id).bind(after.guardian).bind(after.pupil)
        .bind(after.relation).bind(after.standing).bind(after.household).bind(after.withheld).bind(after.begins).bind(after.ends)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Ends what a guardian signs in with where no child's record is shown to them any more.
pub(super) async fn close_if_childless(tx: &mut Tx, scope: &Scope, guardian: Uuid) -> Result<()> {
    let sql = "SELECT count(*) FROM guardian_reach WHERE holder = $1 AND ends >= $2";
    let today = scope.today();
    let (left,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(guardian).bind(today).fetch_one(c).await?);
    if left == 0 {
        token::revoke_of(tx, guardian).await?;
    }
    Ok(())
}
