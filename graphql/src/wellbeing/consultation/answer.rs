//! What the adult does whom a pupil asked: takes it, notes what was agreed, ends it.
use super::{Consultation, ConsultationPayload, ConsultationState, locked, set_state};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

/// What was agreed.
#[derive(InputObject, Clone, Debug)]
pub struct NoteConsultationInput {
    /// The consultation, which is with you.
    pub consultation_id: ID,
    /// What was agreed, at most 2,000 characters; the pupil reads it too. It replaces what was noted before, as it is if not said.
    pub agreed: Option<String>,
    /// Whether it is over with that.
    #[graphql(default = false)]
    pub end: bool,
}

/// What an adult may do with consultations.
#[derive(Default)]
pub struct ConsultationAnswerMutation;

#[Object]
impl ConsultationAnswerMutation {
    /// 受け取りました: you take a consultation that is with you, and the pupil sees that you did. It does not go on to anybody then.
    async fn accept_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The consultation.")] consultation_id: ID,
    ) -> Result<ConsultationPayload> {
        let scope = Scope::with(ctx, Right::ConsultationTake)?;
        let mut tx = scope.begin("consultation taken").await?;
        let held = match open(&mut tx, scope, &consultation_id).await? {
            Ok(held) => held,
            Err(error) => return Ok(Err(error).into()),
        };
        let taken = take(&mut tx, held).await?;
        tx.commit().await?;
        Ok(Ok(taken).into())
    }
    /// Notes what was agreed in a consultation that is with you, and ends it where that is said. It is taken by that.
    async fn note_consultation(&self, ctx: &Context<'_>, input: NoteConsultationInput) -> Result<ConsultationPayload> {
        Ok(note(Scope::with(ctx, Right::ConsultationTake)?, &input).await?.into())
    }
}

/// A consultation that is open and with the viewer, held for a write.
async fn open(tx: &mut Tx, scope: &Scope, id: &ID) -> Result<Result<Consultation, UserError>> {
    let held = locked(tx, scope, id::parse(id).unwrap_or_default()).await?;
    let Some(held) = held.filter(|held| held.staff == scope.holder()) else { return Ok(Err(super::not_there())) };
    let over = || UserError::new(UserErrorCode::Conflict, "consultationId", "the consultation is over");
    Ok(if held.is_open() { Ok(held) } else { Err(over()) })
}

async fn take(tx: &mut Tx, held: Consultation) -> Result<Consultation> {
    if held.accepted_at.is_some() {
        return Ok(held);
    }
    let taken = Consultation { state: ConsultationState::Accepted, accepted_at: Some(tx.at), ..held };
    let (at, step): (_, Uuid) = (tx.at, taken.step);
    let sql = "UPDATE consultation_step SET accepted_at = $2 WHERE id = $1";
    on!(tx.connection(), c => sqlx::query(sql).bind(step).bind(at).execute(c).await?.rows_affected());
    set_state(tx, &taken).await?;
    Ok(taken)
}

async fn note(scope: &Scope, input: &NoteConsultationInput) -> Result<Result<Consultation, UserError>> {
    let agreed = match input.agreed.as_deref().map(str::trim) {
        Some("") => Some(String::new()),
        Some(agreed) => match check::text(agreed, 2_000, "agreed") {
            Ok(agreed) => Some(agreed),
            Err(error) => return Ok(Err(error)),
        },
        None => None,
    };
    let mut tx = scope.begin("consultation noted").await?;
    let held = match open(&mut tx, scope, &input.consultation_id).await? {
        Ok(held) => held,
        Err(error) => return Ok(Err(error)),
    };
    let taken = take(&mut tx, held).await?;
    let agreed = agreed.unwrap_or_else(|| taken.agreed.clone());
    let after = if input.end {
        Consultation { agreed, state: ConsultationState::Ended, ended_at: Some(tx.at), ..taken }
    } else {
        Consultation { agreed, ..taken }
    };
    set_state(&mut tx, &after).await?;
    tx.commit().await?;
    Ok(Ok(after))
}
