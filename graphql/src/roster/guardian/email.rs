//! Whether a guardian's address may become another one: whoever has the address comes in by it.
use super::Guardian;
use crate::access::duty::OPERATOR;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::subject;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use uuid::Uuid;

/// What is wrong with the address of a guardian as it is to be; nothing where it stays.
pub(super) async fn may_become(
    tx: &mut Tx,
    scope: &Scope,
    before: Option<&Guardian>,
    after: &Guardian,
) -> Result<Result<(), UserError>> {
    if before.is_some_and(|before| before.email == after.email) {
        return Ok(Ok(()));
    }
    let conflict = |message| Ok(Err(UserError::new(UserErrorCode::Conflict, "email", message)));
    if !after.email.is_empty() && others(tx, after).await? {
        return conflict(
            "another guardian has this address: nobody would come in by it. Leave it out, and give a sign-in code instead",
        );
    }
    if before.is_some() && scope.holder() != OPERATOR && has_children_elsewhere(tx, scope, after.id).await? {
        return conflict(
            "the guardian has a child in another school, whose record opens with the address: whoever runs the server changes it",
        );
    }
    Ok(Ok(()))
}

/// Whether another guardian has the address.
async fn others(tx: &mut Tx, of: &Guardian) -> Result<bool> {
    let sql = "SELECT id, email FROM guardian WHERE LOWER(email) IN ($1, $2) AND id <> $3";
    let (ascii, folded) = subject::folded(&of.email);
    let rows: Vec<(Uuid, String)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(ascii).bind(folded).bind(of.id).fetch_all(c).await?);
    Ok(rows.iter().any(|(_, email)| email.eq_ignore_ascii_case(&of.email)))
}

/// Whether a guardian has a child in a school today over whom the viewer has no say.
async fn has_children_elsewhere(tx: &mut Tx, scope: &Scope, guardian: Uuid) -> Result<bool> {
    let sql = "SELECT count(*) FROM guardianship s WHERE s.guardian = $1 AND s.begins <= $2 AND s.ends >= $2
                   AND EXISTS (SELECT 1 FROM enrolment e WHERE e.pupil = s.pupil AND e.known_until = $3 AND e.begins <= $2 AND e.ends >= $2)
                   AND NOT EXISTS (SELECT 1 FROM pupil_reach r WHERE r.pupil = s.pupil AND r.holder = $4 AND r.right_to = $5
                       AND r.begins <= $2 AND r.ends >= $2 AND r.enrolled <= $2 AND r.leaves >= $2)";
    let (today, right) = (scope.today(), scope.over(Right::GuardianWrite));
    let (many,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(guardian).bind(today).bind(not_replaced())
        .bind(scope.holder()).bind(right).fetch_one(c).await?);
    Ok(many > 0)
}
