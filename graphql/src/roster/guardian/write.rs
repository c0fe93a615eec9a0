//! Noting guardians and what they are to a pupil.
use super::{Guardian, GuardianLanguage, GuardianRelation, GuardianStanding, GuardianshipRow, email, within};
use crate::access::duty::OPERATOR;
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::session;
use crate::access::token;
use crate::access::tx::{Change, Tx};
use crate::clock::{NO_END, new_id};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::moves::right;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use serde::{Deserialize, Deserializer};
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
    /// The given name, up to 100 characters; null takes it away. Here and below: what is left out stays as it is.
    #[serde(default, deserialize_with = "cell")]
    pub given_name: MaybeUndefined<String>,
    /// The family name's reading in full-width katakana; null takes it away.
    #[serde(default, deserialize_with = "cell")]
    pub kana_family_name: MaybeUndefined<String>,
    /// The given name's reading; null takes it away.
    #[serde(default, deserialize_with = "cell")]
    pub kana_given_name: MaybeUndefined<String>,
    /// The e-mail address, up to 200 characters; null takes it away. Their sessions end where it changes. Refused with `CONFLICT` where
    /// another guardian has it, and where the guardian has a child in a school whose register you do not keep.
    #[serde(default, deserialize_with = "cell")]
    pub email: MaybeUndefined<String>,
    /// The language of their pages; Japanese of a new guardian if not said.
    #[serde(default)]
    pub language: Option<GuardianLanguage>,
    /// What they are to the pupil.
    pub relation: GuardianRelation,
    /// By which standing. Two who are `PARENTAL` have joint custody.
    pub standing: GuardianStanding,
    /// Whether they live with the pupil.
    pub in_household: bool,
    /// Whether the record is held back from them all the same, such as by order of a court. It is not as long as nobody has said so, and
    /// then until somebody says `false`.
    #[serde(default)]
    pub withheld: Option<bool>,
    /// The last day; null for none. Yesterday ends it at once.
    #[serde(default, deserialize_with = "cell")]
    pub ends: MaybeUndefined<Day>,
    /// Why, for the trail; up to 200 characters.
    #[graphql(default)]
    #[serde(default)]
    pub reason: String,
}

/// A cell of a file: an empty one leaves what is there, as one that is not there does.
fn cell<'de, T: Deserialize<'de>, D: Deserializer<'de>>(cell: D) -> Result<MaybeUndefined<T>, D::Error> {
    Ok(Option::deserialize(cell)?.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value))
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
    let reason = right!(optional(&input.reason, 200, "reason"));
    let mut tx = scope.begin_because("guardian noted", &reason).await?;
    if !reach::within(&mut tx, scope, Right::GuardianWrite, pupil).await? {
        return Ok(Err(not_found("pupilId", "there is no such pupil whose register you keep")));
    }
    tx.lock("pupil", &[pupil]).await?;
    let given = input.guardian_id.as_ref().map(|given| id::parse(given).unwrap_or_default());
    // Whoever runs the server brings ids from elsewhere.
    let operator = scope.holder() == OPERATOR;
    let mut known = match given {
        None => None,
        Some(given) if operator => within(&mut tx, given).await?,
        Some(given) => of_my_pupils(scope, &mut tx, given).await?,
    };
    let brought = given.filter(|given| operator && !given.is_nil());
    if given.is_some() && known.is_none() && brought.is_none() {
        return Ok(Err(not_found("guardianId", "there is no such guardian of a pupil whose register you keep")));
    }
    if let Some(there) = &known {
        // The office of another school may be changing the same guardian.
        tx.lock("guardian", &[there.id]).await?;
        known = within(&mut tx, there.id).await?;
    }
    let id = known.as_ref().map(|known| known.id).or(brought).unwrap_or_else(new_id);
    let guardian = right!(wished(&input, known.as_ref(), id));
    right!(email::may_become(&mut tx, scope, known.as_ref(), &guardian).await?);
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
        withheld: input.withheld.or(before.as_ref().map(|before| before.withheld)).unwrap_or_default(),
        begins: before.as_ref().map_or_else(|| scope.today(), |before| before.begins),
        ends: match input.ends {
            MaybeUndefined::Value(day) => day.0,
            MaybeUndefined::Null => NO_END,
            MaybeUndefined::Undefined => before.as_ref().map_or(NO_END, |before| before.ends),
        },
    };
    put_guardianship(&mut tx, before.as_ref(), &after).await?;
    close_if_childless(&mut tx, scope, guardian.id).await?;
    tx.commit().await?;
    scope.looks_at_pupil(pupil, Right::GuardianWrite);
    Ok(Ok(guardian.id))
}

/// A guardian as they are to be: what is not said stays as it is.
fn wished(input: &SaveGuardianInput, known: Option<&Guardian>, id: Uuid) -> Result<Guardian, UserError> {
    let text = |wish: &MaybeUndefined<String>, before: Option<&String>, (most, field): (usize, &str)| match wish {
        MaybeUndefined::Value(text) => optional(text, most, field),
        MaybeUndefined::Null => Ok(String::new()),
        MaybeUndefined::Undefined => Ok(before.cloned().unwrap_or_default()),
    };
    let email = text(&input.email, known.map(|known| &known.email), (200, "email"))?;
    if !email.is_empty() && !email.contains('@') {
        return Err(UserError::new(UserErrorCode::InvalidText, "email", "an e-mail address has an @"));
    }
    Ok(Guardian {
        id,
        family_name: check::text(input.family_name.trim(), 100, "familyName")?,
        given_name: text(&input.given_name, known.map(|known| &known.given_name), (100, "givenName"))?,
        kana_family_name: text(&input.kana_family_name, known.map(|known| &known.kana_family_name), (100, "kanaFamilyName"))?,
        kana_given_name: text(&input.kana_given_name, known.map(|known| &known.kana_given_name), (100, "kanaGivenName"))?,
        email,
        language: input.language.or(known.map(|known| known.language)).unwrap_or_default(),
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
    if before.is_some_and(|before| before.email != after.email) {
        // Who came in by the former address is perhaps somebody else.
        session::end_all(tx, after.id).await?;
    }
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
