//! Placing and lifting a hold.
use super::{LegalHold, find};
use crate::access::right::Right;
use crate::access::scope::{Change, Scope};
use crate::clock::new_id;
use crate::db::{on, push_ids};
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::retention::rule::KeptKind;
use crate::roster::moves::{offices, right};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// Records to hold: those of a pupil, or of a school.
#[derive(InputObject, Clone, Debug)]
pub struct PlaceLegalHoldInput {
    /// The pupil all of whose records are to be held. Either this or `schoolId`.
    pub pupil_id: Option<ID>,
    /// The school whose records are to be held. Either this or `pupilId`.
    pub school_id: Option<ID>,
    /// The kind of record of the school; all kinds if not said.
    pub kind: Option<KeptKind>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// A hold to lift.
#[derive(InputObject, Clone, Debug)]
pub struct LiftLegalHoldInput {
    /// The hold.
    pub hold_id: ID,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What became of a hold.
#[derive(SimpleObject)]
pub struct LegalHoldPayload {
    /// The hold as it is now; null if nothing was changed.
    pub hold: Option<LegalHold>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

impl From<Result<LegalHold, UserError>> for LegalHoldPayload {
    fn from(done: Result<LegalHold, UserError>) -> Self {
        match done {
            Ok(hold) => LegalHoldPayload { hold: Some(hold), user_errors: vec![] },
            Err(error) => LegalHoldPayload { hold: None, user_errors: vec![error] },
        }
    }
}

/// What may be done with holds.
#[derive(Default)]
pub struct LegalHoldMutation;

#[Object]
impl LegalHoldMutation {
    /// Holds all records of a pupil, or those of a school: from now on they are not deleted although they are due.
    async fn place_legal_hold(&self, ctx: &Context<'_>, input: PlaceLegalHoldInput) -> Result<LegalHoldPayload> {
        Ok(place(Scope::with(ctx, Right::RetentionWrite)?, &input).await?.into())
    }
    /// Lifts a hold: what is due may be deleted again.
    async fn lift_legal_hold(&self, ctx: &Context<'_>, input: LiftLegalHoldInput) -> Result<LegalHoldPayload> {
        Ok(lift(Scope::with(ctx, Right::RetentionWrite)?, &input).await?.into())
    }
}

async fn place(scope: &Scope, input: &PlaceLegalHoldInput) -> Result<Result<LegalHold, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let reason = right!(check::text(input.reason.trim(), 500, "reason"));
    let schools = offices(scope, Right::RetentionWrite).await?;
    let mut tx = scope.begin_because("legal hold placed", &reason).await?;
    let (school, pupil) = match (&input.school_id, &input.pupil_id) {
        (Some(school), None) => (id::parse(school).filter(|school| schools.contains(school)), None),
        (None, Some(_)) if input.kind.is_some() => {
            return wrong(UserErrorCode::OutOfRange, "kind", "all records of a pupil are held: leave the kind out");
        }
        (None, Some(pupil)) => {
            let pupil = id::parse(pupil).unwrap_or_default();
            let here: Vec<(Uuid,)> = on!(tx.connection(), c => {
                let mut sql = QueryBuilder::new("SELECT DISTINCT school FROM enrolment WHERE pupil = ");
                sql.push_bind(pupil).push(" AND school IN ");
                push_ids(&mut sql, schools.iter().copied());
                sql.build_query_as().persistent(false).fetch_all(c).await?
            });
            (None, Some(pupil).filter(|_| !here.is_empty()))
        }
        _ => return wrong(UserErrorCode::Conflict, "pupilId", "send either `pupilId` or `schoolId`"),
    };
    if school.is_none() && pupil.is_none() {
        let field = if input.school_id.is_some() { "schoolId" } else { "pupilId" };
        return wrong(UserErrorCode::NotFound, field, "there is none whose records you may hold");
    }
    // Whoever is deleting these records is waited for, and whoever comes after finds the hold.
    let lock = "UPDATE school SET name = name WHERE id = $1";
    on!(tx.connection(), c => sqlx::query(lock).bind(school.unwrap_or_default()).execute(c).await?.rows_affected());
    let lock = "UPDATE pupil SET identifier = identifier WHERE id = $1";
    let there = on!(tx.connection(), c => sqlx::query(lock).bind(pupil.unwrap_or_default()).execute(c).await?.rows_affected());
    if pupil.is_some() && there == 0 {
        return wrong(UserErrorCode::NotFound, "pupilId", "there is none whose records you may hold");
    }
    tx.waited();
    let hold = LegalHold {
        id: new_id(),
        school,
        pupil,
        kind: input.kind.map(|kind| kind.name().to_owned()).unwrap_or_default(),
        reason,
        placed_by: tx.actor,
        placed_at: tx.at,
        lifted_by: None,
        lifted_at: None,
        lift_reason: String::new(),
        school_name: None,
        pupil_name: None,
        by_name: None,
        lifted_by_name: None,
        place: 0,
    };
    let sql = "INSERT INTO legal_hold (id, school, pupil, kind, reason, placed_by, placed_at, lifted_by, lifted_at, lift_reason)
               VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, '')";
    on!(tx.change("legal_hold", &[Change::new(hold.id, None, Some(&hold))]).await?, c => sqlx::query(sql).bind(hold.id)
        .bind(hold.school).bind(hold.pupil).bind(&hold.kind).bind(&hold.reason).bind(hold.placed_by).bind(hold.placed_at)
        .execute(c).await?.rows_affected());
    tx.commit().await?;
    find(scope, hold.id).await
}

async fn lift(scope: &Scope, input: &LiftLegalHoldInput) -> Result<Result<LegalHold, UserError>> {
    let reason = right!(check::text(input.reason.trim(), 500, "reason"));
    let held = right!(find(scope, id::parse(&input.hold_id).unwrap_or_default()).await?);
    let mut tx = scope.begin_because("legal hold lifted", &reason).await?;
    let after = LegalHold { lifted_by: Some(tx.actor), lifted_at: Some(tx.at), lift_reason: reason, ..held.clone() };
    let sql = "UPDATE legal_hold SET lifted_by = $2, lifted_at = $3, lift_reason = $4 WHERE id = $1 AND lifted_at IS NULL";
    let change = Change::new(after.id, Some(&held), Some(&after));
    let lifted = on!(tx.change("legal_hold", &[change]).await?, c => sqlx::query(sql).bind(after.id).bind(after.lifted_by)
        .bind(after.lifted_at).bind(&after.lift_reason).execute(c).await?.rows_affected());
    if held.lifted_at.is_some() || lifted == 0 {
        return Ok(Err(UserError::new(UserErrorCode::Conflict, "holdId", "the hold has been lifted already")));
    }
    tx.commit().await?;
    find(scope, after.id).await
}
