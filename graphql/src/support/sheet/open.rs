//! Opening a sheet, closing it with what came of it, opening it again.
use super::find::{one, open_of, readable_action};
use super::share::give;
use super::{SheetRow, SupportOrigin, SupportOutcome, assigned};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::{NO_END, new_id};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::enrolment;
use crate::roster::moves::right;
use crate::support::action;
use crate::support::flag;
use crate::wellbeing::infirmary::support as visits;
use async_graphql::{ID, InputObject};
use uuid::Uuid;

/// A sheet to open.
#[derive(InputObject, Clone, Debug)]
pub struct OpenSupportInput {
    /// The pupil.
    pub pupil_id: ID,
    /// The flag that it is opened from, if it is one.
    pub from_flag_id: Option<ID>,
    /// The action that it is opened from, such as a talk. It belongs to the sheet then, so that those assigned read it.
    pub from_action_id: Option<ID>,
    /// The visit to the infirmary that it is opened from. It belongs to the sheet then; those who may not see visits see none in it.
    pub from_visit_id: Option<ID>,
    /// What it is opened from; follows from the flag, the action or the visit, else `STAFF`.
    pub origin: Option<SupportOrigin>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// A sheet to close.
#[derive(InputObject, Clone, Debug)]
pub struct CloseSupportInput {
    /// The sheet.
    pub sheet_id: ID,
    /// What came of it.
    pub outcome: SupportOutcome,
    /// Why it is closed, 1 to 500 characters.
    pub reason: String,
}

/// A sheet to open again.
#[derive(InputObject, Clone, Debug)]
pub struct ReopenSupportInput {
    /// The sheet.
    pub sheet_id: ID,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Opens a sheet, or says what is wrong with the input.
pub(super) async fn open(scope: &Scope, input: OpenSupportInput) -> Result<Result<Uuid, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let reason = right!(check::text(input.reason.trim(), 500, "reason"));
    let (pupil, today) = (id::parse(&input.pupil_id).unwrap_or_default(), scope.today());
    let mut stays = enrolment::within_reach(scope, Right::SupportOpen, &[pupil]).await?;
    stays.retain(|stay| stay.covers(today));
    let Some(school) = stays.first().map(|stay| stay.school) else {
        return wrong(UserErrorCode::NotFound, "pupilId", "there is no such pupil for whom you may open a support sheet");
    };
    let from_flag = match &input.from_flag_id {
        Some(flag) if scope.holds(Right::FlagRead) => {
            let found = flag::find(scope, Right::FlagRead, id::parse(flag).unwrap_or_default()).await?;
            Some(found.filter(|flag| flag.row.pupil == pupil).map(|flag| flag.row.id))
        }
        Some(_) => Some(None),
        None => None,
    };
    if from_flag == Some(None) {
        return wrong(UserErrorCode::NotFound, "fromFlagId", "there is no such open flag of this pupil that you may see");
    }
    let from_action = input.from_action_id.as_ref().map(|action| id::parse(action).unwrap_or_default());
    if let Some(action) = from_action
        && !readable_action(scope, action, pupil).await?
    {
        return wrong(UserErrorCode::NotFound, "fromActionId", "there is no such action of this pupil that you may read");
    }
    let from_visit = input.from_visit_id.as_ref().map(|visit| id::parse(visit).unwrap_or_default());
    if let Some(visit) = from_visit
        && visits::readable(scope, visit).await?.is_none_or(|visit| visit.place() != (pupil, school))
    {
        return wrong(UserErrorCode::NotFound, "fromVisitId", "there is no such visit of this pupil that you may see");
    }
    let mut tx = scope.begin("support sheet opened").await?;
    tx.lock("pupil", &[pupil]).await?;
    if open_of(&mut tx, pupil, school).await?.is_some() {
        let message = "the pupil has an open support sheet in this school: see `Pupil.support`, and ask those assigned";
        return wrong(UserErrorCode::Conflict, "pupilId", message);
    }
    let origin = match (from_flag.flatten(), from_action, from_visit) {
        (Some(_), ..) => SupportOrigin::Flag,
        (_, Some(_), _) => SupportOrigin::Action,
        (.., Some(_)) => SupportOrigin::NurseRoom,
        _ => input.origin.unwrap_or(SupportOrigin::Staff),
    };
    let sheet = SheetRow {
        id: new_id(),
        pupil,
        school,
        origin,
        from_flag: from_flag.flatten(),
        from_action,
        from_visit,
        reason,
        begins: today,
        ends: NO_END,
        outcome: None,
        close_reason: String::new(),
        opened_by: tx.actor,
        at: tx.at,
    };
    put(&mut tx, None, &sheet).await?;
    let of = (sheet.id, pupil, school);
    let classes = homerooms(&mut tx, pupil, school, today).await?;
    give::of_opening(&mut tx, of, &classes, today).await?;
    assigned::take_part(&mut tx, of, today).await?;
    if let Some(action) = from_action {
        action::belong(&mut tx, action, sheet.id).await?;
    }
    if let Some(visit) = from_visit {
        visits::belong(&mut tx, visit, sheet.id).await?;
    }
    tx.commit().await?;
    Ok(Ok(sheet.id))
}

/// A visit to the infirmary to add to a sheet.
#[derive(InputObject, Clone, Debug)]
pub struct AddVisitToSupportInput {
    /// The visit.
    pub visit_id: ID,
}

/// Makes a visit one of the pupil's open sheet, or says what is wrong with the input. It takes no right to write in the sheet: nothing of the
/// visit is read there by anybody who may not see visits.
pub(super) async fn add_visit(scope: &Scope, input: &AddVisitToSupportInput) -> Result<Result<Uuid, UserError>> {
    let wrong = |code, message: &str| Ok(Err(UserError::new(code, "visitId", message)));
    let visit = id::parse(&input.visit_id).unwrap_or_default();
    let Some(((pupil, school), of)) = visits::readable(scope, visit).await?.map(|visit| (visit.place(), visit.sheet)) else {
        return wrong(UserErrorCode::NotFound, "there is no such visit that you may see");
    };
    let stays = enrolment::within_reach(scope, Right::SupportOpen, &[pupil]).await?;
    if !stays.iter().any(|stay| stay.school == school && stay.covers(scope.today())) {
        return wrong(UserErrorCode::NotFound, "there is no such visit of a pupil for whom you may open a support sheet");
    }
    let mut tx = scope.begin("visit to the infirmary added to a support sheet").await?;
    tx.lock("pupil", &[pupil]).await?;
    let Some(sheet) = open_of(&mut tx, pupil, school).await? else {
        return wrong(UserErrorCode::NotReady, "the pupil has no open support sheet: open one from the visit (`openSupport`)");
    };
    if of.is_some_and(|of| of != sheet.id) {
        return wrong(UserErrorCode::Conflict, "the visit belongs to a sheet that was closed, and stays there");
    }
    visits::belong(&mut tx, visit, sheet.id).await?;
    tx.commit().await?;
    Ok(Ok(sheet.id))
}

/// The homerooms in which a pupil is on a day.
async fn homerooms(tx: &mut Tx, pupil: Uuid, school: Uuid, day: chrono::NaiveDate) -> Result<Vec<Uuid>> {
    let sql = "SELECT DISTINCT e.class FROM enrolment e JOIN class c ON c.id = e.class WHERE e.pupil = $1 AND e.school = $2
               AND e.begins <= $3 AND e.ends >= $3 AND e.kind = 'HOME' AND c.kind = 'HOMEROOM' AND e.known_until = '9999-12-31T00:00:00+00:00'";
    let rows: Vec<(Uuid,)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(pupil).bind(school).bind(day).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(class,)| class).collect())
}

/// Closes a sheet, or says what is wrong with the input.
pub(super) async fn close(scope: &Scope, input: &CloseSupportInput) -> Result<Result<Uuid, UserError>> {
    let reason = right!(check::text(input.reason.trim(), 500, "reason"));
    let today = scope.today();
    let (mut tx, sheet) =
        right!(super::find::begin(scope, super::reach::Access::Lead, &input.sheet_id, "support sheet closed").await?);
    let closed = SheetRow { ends: today, outcome: Some(input.outcome), close_reason: reason, ..sheet.clone() };
    put(&mut tx, Some(&sheet), &closed).await?;
    tx.commit().await?;
    Ok(Ok(sheet.id))
}

/// Opens a closed sheet again, or says what is wrong with the input.
pub(super) async fn reopen(scope: &Scope, input: &ReopenSupportInput) -> Result<Result<Uuid, UserError>> {
    let reason = right!(check::text(input.reason.trim(), 500, "reason"));
    let not_found =
        || UserError::new(UserErrorCode::NotFound, "sheetId", "there is no such support sheet that you may open again");
    let found = one(scope, id::parse(&input.sheet_id).unwrap_or_default()).await?.filter(|sheet| sheet.leads);
    let Some(found) = found else { return Ok(Err(not_found())) };
    let mut tx = scope.begin_because("support sheet reopened", &reason).await?;
    tx.lock("pupil", &[found.row.pupil]).await?;
    let row = tx.of_ids::<SheetRow>("SELECT * FROM support_sheet WHERE id IN (", &[found.row.id]).await?.pop();
    let Some(row) = row else { return Ok(Err(not_found())) };
    if row.open() {
        return Ok(Ok(row.id));
    }
    if open_of(&mut tx, row.pupil, row.school).await?.is_some() {
        let message = "another support sheet of the pupil is open: write there";
        return Ok(Err(UserError::new(UserErrorCode::Conflict, "sheetId", message)));
    }
    let open = SheetRow { ends: NO_END, outcome: None, close_reason: String::new(), ..row.clone() };
    put(&mut tx, Some(&row), &open).await?;
    tx.commit().await?;
    Ok(Ok(row.id))
}

async fn put(tx: &mut Tx, before: Option<&SheetRow>, row: &SheetRow) -> Result<()> {
    let sql = "INSERT INTO support_sheet (id, pupil, school, origin, from_flag, from_action, from_visit, reason, begins, ends, outcome, close_reason,
                   opened_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
               ON CONFLICT (id) DO UPDATE SET ends = excluded.ends, outcome = excluded.outcome, close_reason = excluded.close_reason
               WHERE support_sheet.school = excluded.school";
    let change = Change::new(row.id, before, Some(row));
    on!(tx.change("support_sheet", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.pupil).bind(row.school).bind(row.origin)
        .bind(row.from_flag).bind(row.from_action).bind(row.from_visit).bind(&row.reason).bind(row.begins).bind(row.ends).bind(row.outcome)
        .bind(&row.close_reason).bind(row.opened_by).bind(row.at).execute(c).await?.rows_affected());
    Ok(())
}
