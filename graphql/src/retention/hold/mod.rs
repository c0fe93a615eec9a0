//! Legal hold (保存の指示): what must not go whatever the rules say, because somebody has asked for it or a case is open.
mod set;

pub use set::LegalHoldMutation;

use super::rule::KeptKind;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::page::{self, Cursor};
use crate::scalar::Timestamp;
use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A hold.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct LegalHold {
    id: Uuid,
    school: Option<Uuid>,
    pupil: Option<Uuid>,
    kind: String,
    reason: String,
    placed_by: Uuid,
    placed_at: DateTime<Utc>,
    lifted_by: Option<Uuid>,
    lifted_at: Option<DateTime<Utc>>,
    lift_reason: String,
    #[sqlx(default)]
    #[serde(skip)]
    school_name: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    pupil_name: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    by_name: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    lifted_by_name: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    place: i64,
}

impl LegalHold {
    /// Whether it keeps a pupil's records of a kind in a school. The register of pupils is kept with whatever is kept of the school:
    /// without it nobody knows whose records they are.
    pub(super) fn covers(&self, kind: KeptKind, school: Uuid, pupil: Option<Uuid>) -> bool {
        let of_pupil = self.pupil.is_some() && self.pupil == pupil;
        let of_kind = self.kind.is_empty() || kind == KeptKind::StudentRegister || self.kind == kind.name();
        of_pupil || (self.school == Some(school) && of_kind)
    }
}

/// A legal hold: records that are not deleted although they are due.
#[Object]
impl LegalHold {
    /// The record's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The pupil all of whose records are held; null where it holds records of a school.
    async fn pupil_id(&self) -> Option<ID> {
        self.pupil.map(id::of)
    }
    /// The pupil's name; null also where you may not see the names of the pupil's school register.
    async fn pupil_name(&self) -> Option<&str> {
        self.pupil_name.as_deref()
    }
    /// The school whose records are held; null where it holds those of a pupil.
    async fn school_id(&self) -> Option<ID> {
        self.school.map(id::of)
    }
    /// The school's name.
    async fn school_name(&self) -> Option<&str> {
        self.school_name.as_deref()
    }
    /// The kind of record that is held, and with it the register of pupils; null for all kinds.
    async fn kind(&self) -> Option<KeptKind> {
        KeptKind::of_name(&self.kind)
    }
    /// Why they are held.
    async fn reason(&self) -> &str {
        &self.reason
    }
    /// Who placed it; null if it is nobody who is here by name.
    async fn placed_by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When it was placed.
    async fn placed_at(&self) -> Timestamp {
        self.placed_at.into()
    }
    /// Who lifted it.
    async fn lifted_by(&self) -> Option<&str> {
        self.lifted_by_name.as_deref()
    }
    /// When it was lifted; null while it holds.
    async fn lifted_at(&self) -> Option<Timestamp> {
        self.lifted_at.map(Timestamp::from)
    }
    /// Why it was lifted; null while it holds.
    async fn lift_reason(&self) -> Option<&str> {
        Some(self.lift_reason.as_str()).filter(|reason| !reason.is_empty())
    }
}

/// The holds with the names that the viewer ($1) may see by the right $4 on the day $3, in their order.
macro_rules! columns {
    () => {
        "SELECT h.*, s.name AS school_name, p.name AS by_name, l.name AS lifted_by_name,
             (SELECT u.family_name || ' ' || u.given_name FROM pupil u WHERE u.id = h.pupil AND EXISTS
                 (SELECT 1 FROM enrolment e WHERE e.pupil = u.id AND e.school IN
                     (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $4 AND begins <= $3 AND ends >= $3))) AS pupil_name
         FROM (SELECT x.*, row_number() OVER (ORDER BY CASE WHEN x.lifted_at IS NULL THEN 0 ELSE 1 END, x.placed_at DESC, x.id) AS place
               FROM legal_hold x) h
         LEFT JOIN school s ON s.id = h.school LEFT JOIN staff p ON p.id = h.placed_by LEFT JOIN staff l ON l.id = h.lifted_by"
    };
}

/// Whether a hold `h` is over records that the viewer ($1) reaches by the right $2 on the day $3.
macro_rules! reached {
    () => {
        "EXISTS (SELECT 1 FROM school_reach r WHERE r.holder = $1 AND r.right_to = $2 AND r.begins <= $3 AND r.ends >= $3 AND
             (r.school = h.school OR r.school IN (SELECT e.school FROM enrolment e WHERE e.pupil = h.pupil)))"
    };
}

/// What may be asked about holds.
#[derive(Default)]
pub struct LegalHoldQuery;

#[Object]
impl LegalHoldQuery {
    /// The legal holds over records of your schools, those that hold first, the newest first.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn legal_holds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, LegalHold>> {
        let scope = Scope::with(ctx, Right::RetentionRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let sql = concat!(columns!(), " WHERE (h.place, h.id) > ($5, $6) AND ", reached!(), " ORDER BY h.place LIMIT $7");
        let rows: Vec<LegalHold> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder())
            .bind(scope.over(Right::RetentionRead)).bind(scope.today()).bind(scope.over(Right::OfficialNameRead))
            .bind(after.number).bind(after.id).bind(limit).fetch_all(c).await?);
        Ok(page::of(rows, limit, |hold: &LegalHold| Cursor { number: hold.place, id: hold.id }))
    }
}

/// A hold over records for which the viewer decides.
async fn find(scope: &Scope, hold: Uuid) -> Result<Result<LegalHold, UserError>> {
    let sql = concat!(columns!(), " WHERE h.id = $5 AND ", reached!());
    let found: Option<LegalHold> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder())
        .bind(scope.over(Right::RetentionWrite)).bind(scope.today()).bind(scope.over(Right::OfficialNameRead)).bind(hold)
        .fetch_optional(c).await?);
    Ok(found.ok_or_else(|| UserError::new(UserErrorCode::NotFound, "holdId", "there is no such hold over records of yours")))
}

const HELD: &str = "SELECT h.* FROM legal_hold h WHERE h.lifted_at IS NULL";

/// Every hold that holds, whoever's: what is due is asked for with all of them.
pub(super) async fn all(scope: &Scope) -> Result<Vec<LegalHold>> {
    Ok(on!(scope.read(), c => sqlx::query_as(HELD).fetch_all(c).await?))
}

/// The same, within a write.
pub(super) async fn all_within(tx: &mut Tx) -> Result<Vec<LegalHold>> {
    Ok(on!(tx.connection(), c => sqlx::query_as(HELD).fetch_all(c).await?))
}
