//! Finding consultations: one text, and nobody finds what is not with them.
use super::Consultation;
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

/// Which of the consultations that the viewer may see.
#[derive(Clone, Copy)]
pub(super) enum Which {
    One(Uuid),
    Listed {
        before: (DateTime<Utc>, Uuid),
        limit: i64,
        open: bool,
    },
    /// Open, with the viewer, of a pupil of this class.
    OfClass(Uuid),
    /// Open, with the viewer, and not taken yet.
    Waiting,
}

/// The consultations that the viewer may see.
pub(super) async fn list(scope: &Scope, which: Which) -> Result<Vec<Consultation>> {
    Ok(on!(scope.read(), c => select(scope, which).build_query_as().fetch_all(c).await?))
}

/// A consultation within a write, held until that is done; `None` where the viewer may not see it.
pub(super) async fn locked(tx: &mut Tx, scope: &Scope, id: Uuid) -> Result<Option<Consultation>> {
    // What is not the viewer's is neither waited for nor held.
    if within(tx, scope, id).await?.is_none() {
        return Ok(None);
    }
    tx.lock("consultation", &[id]).await?;
    within(tx, scope, id).await
}

async fn within(tx: &mut Tx, scope: &Scope, id: Uuid) -> Result<Option<Consultation>> {
    Ok(on!(tx.connection(), c => select(scope, Which::One(id)).build_query_as().fetch_optional(c).await?))
}

/// A consultation that the viewer may see.
pub(super) async fn find(scope: &Scope, id: Uuid) -> Result<Option<Consultation>> {
    Ok(list(scope, Which::One(id)).await?.pop())
}

/// What is with the viewer of the pupils of a class.
pub(crate) async fn of_class(scope: &Scope, class: Uuid) -> Result<Vec<Consultation>> {
    list(scope, Which::OfClass(class)).await
}

/// The one text that reads consultations: it finds what the viewer has asked for, or what is with them, and nothing else for anybody.
fn select<DB: Database>(scope: &Scope, which: Which) -> QueryBuilder<DB>
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    let today = scope.today();
    let mut sql = QueryBuilder::new(
        "SELECT c.id, c.pupil, c.school, c.at, c.asked, c.topic, c.words, c.state, c.agreed, c.ended_at,
             x.id AS step, x.staff, x.role, x.since, x.accepted_at, t.name AS staff_name, NULLIF(t.kana, '') AS staff_kana,
             CASE WHEN p.preferred_family_name <> '' THEN p.preferred_family_name ELSE p.family_name END || ' ' ||
             CASE WHEN p.preferred_given_name <> '' THEN p.preferred_given_name ELSE p.given_name END AS pupil_name,
             p.kana_family_name || ' ' || p.kana_given_name AS pupil_kana,
             (SELECT k.name FROM enrolment e JOIN class k ON k.id = e.class WHERE e.pupil = c.pupil AND e.school = c.school
                AND e.kind = 'HOME' AND k.kind = 'HOMEROOM' AND e.known_until = ",
    );
    sql.push_bind(not_replaced()).push(" AND e.begins <= ").push_bind(today).push(" AND e.ends >= ").push_bind(today);
    sql.push(
        " ORDER BY e.begins DESC LIMIT 1) AS class_name
         FROM consultation c JOIN consultation_step x ON x.consultation = c.id AND x.until_at = ",
    );
    sql.push_bind(not_replaced());
    sql.push(" JOIN pupil p ON p.id = c.pupil LEFT JOIN staff t ON t.id = x.staff WHERE ");
    if scope.viewer().kind == Holder::Pupil && scope.holds(Right::ConsultationWrite) {
        sql.push("c.pupil = ").push_bind(scope.holder());
    } else if scope.viewer().kind == Holder::Staff && scope.holds(Right::ConsultationTake) {
        sql.push(
            "c.state <> 'WITHDRAWN' AND EXISTS (SELECT 1 FROM consultation_step m WHERE m.consultation = c.id AND m.staff = ",
        );
        sql.push_bind(scope.holder()).push(" AND (m.until_at = ").push_bind(not_replaced());
        sql.push(" OR m.accepted_at IS NOT NULL)) AND EXISTS (SELECT 1 FROM consultation_reach r WHERE r.pupil = c.pupil AND r.school = c.school");
        sql.push(" AND r.holder = ").push_bind(scope.holder());
        sql.push(" AND r.begins <= ").push_bind(today).push(" AND r.ends >= ").push_bind(today);
        sql.push(" AND r.enrolled <= ").push_bind(today).push(" AND r.leaves >= ").push_bind(today).push(")");
    } else {
        sql.push("1 = 0");
    }
    match which {
        Which::One(id) => drop(sql.push(" AND c.id = ").push_bind(id)),
        Which::Listed { before: (at, id), limit, open } => {
            sql.push(if open { " AND c.state IN ('SENT', 'ACCEPTED')" } else { "" });
            sql.push(" AND (c.at, c.id) < (").push_bind(at).push(", ").push_bind(last_before(id)).push(")");
            sql.push(" ORDER BY c.at DESC, c.id DESC LIMIT ").push_bind(limit);
        }
        Which::OfClass(class) => {
            sql.push(" AND c.state IN ('SENT', 'ACCEPTED') AND x.staff = ").push_bind(scope.holder());
            sql.push(" AND c.pupil IN (SELECT pupil FROM enrolment WHERE class = ").push_bind(class);
            sql.push(" AND known_until = ").push_bind(not_replaced());
            sql.push(" AND begins <= ").push_bind(today).push(" AND ends >= ").push_bind(today).push(") ORDER BY c.at, c.id");
        }
        Which::Waiting => {
            sql.push(" AND c.state = 'SENT' AND x.staff = ").push_bind(scope.holder()).push(" ORDER BY c.at, c.id");
        }
    }
    sql
}

/// The id of a cursor; the first page has none and begins behind every row.
fn last_before(id: Uuid) -> Uuid {
    if id.is_nil() { Uuid::max() } else { id }
}
