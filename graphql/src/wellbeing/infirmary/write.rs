//! Noting a visit to the infirmary, ending it, correcting it.
use super::{COLUMNS, InfirmaryOutcome, InfirmaryVisit};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::{new_id, school_day};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::events::Event;
use crate::id;
use crate::learning::activity::check;
use crate::roster::enrolment;
use crate::scalar::Timestamp;
use crate::wellbeing::word::{self, WordKind};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// A visit to the infirmary.
#[derive(InputObject, Clone, Debug)]
pub struct RecordInfirmaryVisitInput {
    /// The record's UUID, if you make it yourself: sent again with the same pupil and reason it is stored once and answered again.
    pub id: Option<ID>,
    /// The pupil.
    pub pupil_id: ID,
    /// Why, as a code of the board's reasons (`boardWords(kind: VISIT_REASON)`).
    pub reason: String,
    /// What is done; where nothing is said the pupil is there for now (来室中), and it is said with `correctInfirmaryVisit` once it is known.
    #[graphql(default_with = "InfirmaryOutcome::Here")]
    pub outcome: InfirmaryOutcome,
    /// When the pupil came; now if not said. At most 31 days ago.
    pub came_at: Option<Timestamp>,
    /// Until when the pupil stayed; now if not said, unless the pupil is there or rests.
    pub left_at: Option<Timestamp>,
    /// For everybody who may see the visit, the homeroom teacher among them; at most 500 characters.
    pub note: Option<String>,
    /// For the nurse alone; at most 2,000 characters.
    pub nurse_note: Option<String>,
}

/// What is otherwise in a visit. What is not said stays as it is.
#[derive(InputObject, Clone, Debug, Default)]
pub struct CorrectInfirmaryVisitInput {
    /// The visit.
    pub visit_id: ID,
    /// Why, as a code of the board's reasons.
    pub reason: Option<String>,
    /// What became of it. Where the pupil is not there any more and nothing else is said, it is over now; on a later day nobody knows when it was over.
    pub outcome: Option<InfirmaryOutcome>,
    /// When the pupil came.
    pub came_at: Option<Timestamp>,
    /// Until when the pupil stayed.
    pub left_at: Option<Timestamp>,
    /// For everybody who may see the visit; empty for nothing.
    pub note: Option<String>,
    /// For the nurse alone; empty for nothing.
    pub nurse_note: Option<String>,
    /// True where it was noted by mistake: nobody sees it any more.
    #[graphql(default = false)]
    pub withdrawn: bool,
}

/// What became of a visit.
#[derive(SimpleObject)]
pub struct InfirmaryVisitPayload {
    /// The visit as it is now; null if nothing was changed.
    pub visit: Option<InfirmaryVisit>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

impl From<Result<InfirmaryVisit, UserError>> for InfirmaryVisitPayload {
    fn from(done: Result<InfirmaryVisit, UserError>) -> Self {
        match done {
            Ok(visit) => InfirmaryVisitPayload { visit: Some(visit), user_errors: vec![] },
            Err(error) => InfirmaryVisitPayload { visit: None, user_errors: vec![error] },
        }
    }
}

/// What may be done with visits.
#[derive(Default)]
pub struct InfirmaryMutation;

#[Object]
impl InfirmaryMutation {
    /// Notes a visit to the infirmary.
    async fn record_infirmary_visit(&self, ctx: &Context<'_>, input: RecordInfirmaryVisitInput) -> Result<InfirmaryVisitPayload> {
        Ok(record(Scope::with(ctx, Right::VisitWrite)?, &input).await?.into())
    }
    /// Ends or corrects a visit, or takes it back. What it said before stays in the trail.
    async fn correct_infirmary_visit(
        &self,
        ctx: &Context<'_>,
        input: CorrectInfirmaryVisitInput,
    ) -> Result<InfirmaryVisitPayload> {
        Ok(correct(Scope::with(ctx, Right::VisitWrite)?, &input).await?.into())
    }
}

/// Notes a visit, or says what is wrong with the input.
pub(crate) async fn record(scope: &Scope, input: &RecordInfirmaryVisitInput) -> Result<Result<InfirmaryVisit, UserError>> {
    let own_id = match input.id.as_ref().map(|id| check::uuid(id, "id")).transpose() {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    let pupil = id::parse(&input.pupil_id).unwrap_or_default();
    let enrolments = enrolment::within_reach(scope, Right::VisitWrite, &[pupil]).await?;
    let Some(here) = enrolments.iter().find(|of| of.covers(scope.today())) else {
        let message = "there is no such pupil whose visits you may note";
        return Ok(Err(UserError::new(UserErrorCode::NotFound, "pupilId", message)));
    };
    let mut tx = scope.begin("visit to the infirmary noted").await?;
    if let Some(there) = within(&mut tx, scope, own_id.unwrap_or_default()).await? {
        let same = (there.pupil, &there.reason) == (pupil, &input.reason)
            && there.noted_by == scope.holder()
            && there.withdrawn_at.is_none();
        let taken = || {
            UserError::new(
                UserErrorCode::Conflict,
                "id",
                "the id is taken by a record with other content, or by one that was withdrawn",
            )
        };
        return Ok(if same { Ok(there) } else { Err(taken()) });
    }
    let now = tx.at;
    let blank = InfirmaryVisit {
        id: own_id.unwrap_or_else(new_id),
        pupil,
        school: here.school,
        day: scope.today(),
        came_at: now,
        left_at: (!input.outcome.stays()).then_some(now),
        reason: String::new(),
        outcome: input.outcome,
        note: String::new(),
        nurse_note: String::new(),
        noted_by: tx.actor,
        withdrawn_at: None,
        sheet: None,
        pupil_name: String::new(),
        class_name: None,
        by_name: None,
    };
    let said = CorrectInfirmaryVisitInput {
        reason: Some(input.reason.clone()),
        came_at: input.came_at.clone(),
        left_at: input.left_at.clone(),
        note: input.note.clone(),
        nurse_note: input.nurse_note.clone(),
        ..CorrectInfirmaryVisitInput::default()
    };
    let visit = match changed(scope, &blank, &said, now).await? {
        Ok(visit) => visit,
        Err(error) => return Ok(Err(error)),
    };
    if !enrolments.iter().any(|of| of.school == visit.school && of.covers(visit.day)) {
        let message = "the pupil was not in the school that day";
        return Ok(Err(UserError::new(UserErrorCode::NotFound, "cameAt", message)));
    }
    let sql =
        "INSERT INTO infirmary_visit (id, pupil, school, day, came_at, left_at, reason, outcome, note, nurse_note, noted_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING";
    let change = Change::new(visit.id, None, Some(&visit));
    let stored = on!(tx.change("infirmary_visit", &[change]).await?, c => sqlx::query(sql).bind(visit.id).bind(visit.pupil)
        .bind(visit.school).bind(visit.day).bind(visit.came_at).bind(visit.left_at).bind(&visit.reason).bind(visit.outcome)
        .bind(&visit.note).bind(&visit.nurse_note).bind(visit.noted_by).execute(c).await?.rows_affected());
    if stored == 0 {
        let message = "the id is taken by a record with other content";
        return Ok(Err(UserError::new(UserErrorCode::Conflict, "id", message)));
    }
    let stored = within(&mut tx, scope, visit.id).await?;
    tx.tell(Event::Health { school: visit.school });
    tx.commit().await?;
    Ok(Ok(stored.unwrap_or(visit)))
}

/// A visit that the viewer may change, within a write.
async fn within(tx: &mut Tx, scope: &Scope, id: Uuid) -> Result<Option<InfirmaryVisit>> {
    Ok(on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push("v.id = ").push_bind(id).push(" AND ");
        scope.push_pupil_reach(&mut sql, Right::VisitWrite, "v");
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    }))
}

/// The visit with what is said otherwise.
async fn changed(
    scope: &Scope,
    before: &InfirmaryVisit,
    said: &CorrectInfirmaryVisitInput,
    now: DateTime<Utc>,
) -> Result<Result<InfirmaryVisit, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let mut after = before.clone();
    if let Some(reason) = said.reason.as_ref().filter(|reason| **reason != before.reason) {
        let reasons = word::of_kind(scope, WordKind::VisitReason).await?;
        if !reasons.iter().any(|of| of.code == *reason && of.offered_on(scope.today())) {
            return wrong(
                UserErrorCode::NotFound,
                "reason",
                "the board has no such reason: send one of `boardWords(kind: VISIT_REASON)`",
            );
        }
        after.reason.clone_from(reason);
    }
    if let Some(outcome) = said.outcome {
        after.outcome = outcome;
        after.left_at = match before.left_at {
            _ if outcome.stays() => None,
            None if school_day(now) == before.day => Some(now),
            left_at => left_at,
        };
    }
    for (time, field, put) in [
        (&said.came_at, "cameAt", (|visit, at| visit.came_at = at) as fn(&mut InfirmaryVisit, DateTime<Utc>)),
        (&said.left_at, "leftAt", |visit, at| visit.left_at = Some(at)),
    ] {
        match time.as_ref().map(|time| time.instant(field)).transpose() {
            Ok(Some(at)) => put(&mut after, at),
            Ok(None) => {}
            Err(error) => return Ok(Err(error)),
        }
    }
    if after.came_at > now || after.left_at.is_some_and(|left| left > now) {
        return wrong(UserErrorCode::InTheFuture, "cameAt", "the time has not come yet");
    }
    if after.came_at < now - TimeDelta::days(31) && after.came_at != before.came_at {
        return wrong(UserErrorCode::OutOfRange, "cameAt", "the visit is more than 31 days ago");
    }
    if after.left_at.is_some_and(|left| left < after.came_at) {
        return wrong(UserErrorCode::OutOfRange, "leftAt", "the pupil left before coming");
    }
    if after.outcome == InfirmaryOutcome::Here && after.left_at.is_some() {
        return wrong(UserErrorCode::Empty, "outcome", "whoever left is not there any more: say what became of it");
    }
    after.day = school_day(after.came_at);
    for (text, most, field, put) in [
        (&said.note, 500, "note", (|visit, text| visit.note = text) as fn(&mut InfirmaryVisit, String)),
        (&said.nurse_note, 2_000, "nurseNote", |visit, text| visit.nurse_note = text),
    ] {
        match text.as_deref().map(str::trim) {
            None => {}
            Some("") => put(&mut after, String::new()),
            Some(text) => match check::text(text, most, field) {
                Ok(text) => put(&mut after, text),
                Err(error) => return Ok(Err(error)),
            },
        }
    }
    if said.withdrawn {
        after.withdrawn_at = Some(now);
    }
    Ok(Ok(after))
}

async fn correct(scope: &Scope, input: &CorrectInfirmaryVisitInput) -> Result<Result<InfirmaryVisit, UserError>> {
    let visit = id::parse(&input.visit_id).unwrap_or_default();
    let mut tx = scope.begin("visit to the infirmary corrected").await?;
    let not_found = || {
        let message = "there is no such visit that you may change";
        Ok(Err(UserError::new(UserErrorCode::NotFound, "visitId", message)))
    };
    // What is not the viewer's is neither waited for nor held.
    if within(&mut tx, scope, visit).await?.is_none() {
        return not_found();
    }
    tx.lock("infirmary_visit", &[visit]).await?;
    let held = within(&mut tx, scope, visit).await?.filter(|held| held.withdrawn_at.is_none());
    let Some(before) = held else { return not_found() };
    let now = tx.at;
    let after = match changed(scope, &before, input, now).await? {
        Ok(after) => after,
        Err(error) => return Ok(Err(error)),
    };
    if after == before {
        return Ok(Ok(after));
    }
    let sql =
        "UPDATE infirmary_visit SET day = $2, came_at = $3, left_at = $4, reason = $5, outcome = $6, note = $7, nurse_note = $8,
                   withdrawn_at = $9 WHERE id = $1";
    let change = Change::new(after.id, Some(&before), Some(&after));
    on!(tx.change("infirmary_visit", &[change]).await?, c => sqlx::query(sql).bind(after.id).bind(after.day).bind(after.came_at)
        .bind(after.left_at).bind(&after.reason).bind(after.outcome).bind(&after.note).bind(&after.nurse_note).bind(after.withdrawn_at)
        .execute(c).await?.rows_affected());
    tx.tell(Event::Health { school: after.school });
    tx.commit().await?;
    Ok(Ok(after))
}
