//! Pupils whom the family keeps out of the analysis (利用停止): their records are not taken into it, and nothing that it made of them is shown.
use crate::access::history::former;
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::access::tx::Change;
use crate::clock::{NO_END, new_id};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Continues a text behind a pupil's id: who is kept out is not among the rows.
pub(crate) const NOT_EXCLUDED: &str = " NOT IN (SELECT x.pupil FROM analysis_exclusion x WHERE x.ends = '9999-12-31')";

#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Exclusion {
    id: Uuid,
    pupil: Uuid,
    origin: String,
    begins: NaiveDate,
    ends: NaiveDate,
}

/// Whether a pupil is analysed.
#[derive(InputObject, Clone, Debug)]
pub struct ChooseAnalysisInput {
    /// The pupil.
    pub pupil_id: ID,
    /// `true` keeps the pupil out of the analysis, `false` lets it take the pupil's records in again.
    pub keep_out: bool,
}

/// What became of a choice.
#[derive(SimpleObject)]
pub struct ChooseAnalysisPayload {
    /// Whether the pupil is kept out now; null if nothing was changed.
    pub kept_out: Option<bool>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be done about being analysed.
#[derive(Default)]
pub struct ExclusionMutation;

#[Object]
impl ExclusionMutation {
    /// Keeps a pupil out of the analysis, or takes that back: a guardian for their child, the school's office for a family that asks on paper.
    /// It holds at once: flags and scores that there are disappear, also from runs of the past, and the next runs leave the pupil out. No
    /// reason is asked for, and nothing else changes for the pupil.
    async fn choose_analysis(&self, ctx: &Context<'_>, input: ChooseAnalysisInput) -> Result<ChooseAnalysisPayload> {
        let scope = Scope::with(ctx, Right::AnalysisChoose)?;
        Ok(match choose(scope, id::parse(&input.pupil_id).unwrap_or_default(), input.keep_out).await? {
            Ok(()) => ChooseAnalysisPayload { kept_out: Some(input.keep_out), user_errors: vec![] },
            Err(error) => ChooseAnalysisPayload { kept_out: None, user_errors: vec![error] },
        })
    }
}

async fn choose(scope: &Scope, pupil: Uuid, keep_out: bool) -> Result<Result<(), UserError>> {
    let mut tx = scope.begin(if keep_out { "kept out of the analysis" } else { "taken into the analysis again" }).await?;
    if !reach::within(&mut tx, scope, Right::AnalysisChoose, pupil).await? {
        let message = "there is no such pupil for whom you may choose";
        return Ok(Err(UserError::new(UserErrorCode::NotFound, "pupilId", message)));
    }
    tx.lock("pupil", &[pupil]).await?;
    let sql = "SELECT * FROM analysis_exclusion WHERE pupil = $1 AND ends = $2";
    let before: Option<Exclusion> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(pupil).bind(NO_END).fetch_optional(c).await?);
    let origin = if scope.viewer().kind == Holder::Guardian { "FAMILY" } else { "OFFICE" }.to_owned();
    let after = match (&before, keep_out) {
        (Some(_), true) | (None, false) => return Ok(Ok(())),
        (None, true) => Exclusion { id: new_id(), pupil, origin, begins: scope.today(), ends: NO_END },
        (Some(before), false) => Exclusion { ends: scope.today() - Days::new(1), ..before.clone() },
    };
    let sql = "INSERT INTO analysis_exclusion (id, pupil, origin, begins, ends) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO UPDATE SET ends = excluded.ends";
    let change = Change::new(after.id, before.as_ref(), Some(&after));
    on!(tx.change("analysis_exclusion", &[change]).await?, c => sqlx::query(sql).bind(after.id).bind(after.pupil).bind(&after.origin)
        .bind(after.begins).bind(after.ends).execute(c).await?.rows_affected());
    tx.commit().await?;
    scope.looks_at_pupil(pupil, Right::AnalysisChoose);
    Ok(Ok(()))
}

/// Who of some pupils is kept out. The caller has checked the pupils against the scope.
pub(super) async fn among(scope: &Scope, pupils: &BTreeSet<Uuid>) -> Result<Vec<Uuid>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT pupil FROM analysis_exclusion WHERE ends = ");
        sql.push_bind(NO_END).push(" AND pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(")").build_query_as().fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|(pupil,)| pupil).collect())
}

/// Who of some pupils was kept out at a time, whether that still holds or not. The caller has checked the pupils against the scope.
pub(super) async fn among_at(scope: &Scope, pupils: &BTreeSet<Uuid>, at: DateTime<Utc>) -> Result<Vec<Uuid>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Exclusion> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM analysis_exclusion WHERE pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(")").build_query_as().fetch_all(c).await?
    });
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let changed = former::changed_since(scope, "analysis_exclusion", &ids, at).await?;
    let mut out = Vec::new();
    for row in rows {
        let held = match changed.get(&row.id) {
            Some(Some(before)) => former::restored(&row, before)?.ends == NO_END,
            Some(None) => false,
            None => row.ends == NO_END,
        };
        out.extend(held.then_some(row.pupil));
    }
    Ok(out)
}

/// Whether many pupils are kept out, at once: those who are have an entry. The caller has checked the pupils against the scope.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeptOut(pub(super) Uuid);

#[async_trait]
impl Loader<KeptOut> for Scope {
    type Value = ();
    type Error = Error;

    async fn load(&self, pupils: &[KeptOut]) -> Result<HashMap<KeptOut, ()>> {
        let out = among(self, &pupils.iter().map(|of| of.0).collect()).await?;
        Ok(out.into_iter().map(|pupil| (KeptOut(pupil), ())).collect())
    }
}
