//! Giving a sheet to a class or another school, and ending that.
use super::SupportShare;
use crate::access::scope::{Change, Scope, Tx};
use crate::clock::{NO_END, new_id};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::moves::right;
use crate::scalar::Day;
use crate::support::sheet::find::begin_even_closed;
use crate::support::sheet::level::{SupportNoteLevel, SupportPart};
use crate::support::sheet::reach::{Access, list};
use crate::support::sheet::write::optional;
use async_graphql::{ID, InputObject};
use chrono::{Days, NaiveDate};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// What of a sheet is given to whom.
#[derive(InputObject, Clone, Debug)]
pub struct HandOverSupportInput {
    /// The sheet.
    pub sheet_id: ID,
    /// The homeroom of the same school that the pupil is in, or will be in: its homeroom teacher and head of grade read it then.
    pub class_id: Option<ID>,
    /// Or another school of the board. It reads it once the pupil is there and the office has handed over `SUPPORT` with the move.
    pub school_id: Option<ID>,
    /// Up to which level: `SCHOOL_TEAM` or `SHAREABLE`. What is for those assigned alone is never handed over.
    pub level: SupportNoteLevel,
    /// Which parts, at least one.
    pub parts: Vec<SupportPart>,
    /// Who agreed, such as 母, up to 100 characters. To another school it has to be said.
    #[graphql(default)]
    pub consent_by: String,
    /// When they agreed. To another school it has to be said.
    pub consent_on: Option<Day>,
    /// How, such as 書面, up to 100 characters. To another school it has to be said.
    #[graphql(default)]
    pub consent_how: String,
    /// Why, up to 500 characters.
    #[graphql(default)]
    pub reason: String,
}

/// A hand-over to end.
#[derive(InputObject, Clone, Debug)]
pub struct EndSupportHandOverInput {
    /// The hand-over. It ends at once.
    pub hand_over_id: ID,
}

/// Gives a sheet to a class or another school; what was given there before is replaced.
pub(in crate::support::sheet) async fn hand_over(scope: &Scope, input: HandOverSupportInput) -> Result<Result<Uuid, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    if input.level == SupportNoteLevel::Assigned {
        return wrong(UserErrorCode::OutOfRange, "level", "what is for those assigned alone is never handed over");
    }
    if input.parts.is_empty() {
        return wrong(UserErrorCode::Empty, "parts", "say which parts are given");
    }
    let reason = right!(optional(&input.reason, 500, "reason"));
    let outside = input.school_id.is_some();
    let consent_by = right!(consent(&input.consent_by, outside, "consentBy"));
    let consent_how = right!(consent(&input.consent_how, outside, "consentHow"));
    let consent_on = input.consent_on.map(|day| day.0);
    if outside && consent_on.is_none() {
        return wrong(UserErrorCode::Empty, "consentOn", "say when they agreed: without consent nothing goes to another school");
    }
    if consent_on.is_some_and(|day| day > scope.today()) {
        return wrong(UserErrorCode::InTheFuture, "consentOn", "the day has not come yet");
    }
    let (mut tx, sheet) = right!(begin_even_closed(scope, Access::Lead, &input.sheet_id, "support handed over").await?);
    let class = match (&input.class_id, &input.school_id) {
        (Some(class), None) => Some(id::parse(class).unwrap_or_default()),
        (None, Some(_)) => None,
        _ => return wrong(UserErrorCode::Empty, "classId", "say one: a class of the school, or another school"),
    };
    let to_school = input.school_id.as_ref().map(|school| id::parse(school).unwrap_or_default());
    if !is_there(&mut tx, (sheet.pupil, sheet.school), class, to_school, scope.today()).await? {
        return match class {
            Some(_) => {
                wrong(UserErrorCode::NotFound, "classId", "the pupil is not, and will not be, in a homeroom of this id here")
            }
            None => wrong(UserErrorCode::NotFound, "schoolId", "there is no such other school of the board"),
        };
    }
    if outside && input.parts.contains(&SupportPart::Plans) && without_consent(&mut tx, sheet.id).await? {
        let message = "a plan has no consent of the guardians: record it first, or leave PLANS out";
        return wrong(UserErrorCode::NotReady, "parts", message);
    }
    let share = SupportShare {
        id: new_id(),
        sheet: sheet.id,
        pupil: sheet.pupil,
        school: sheet.school,
        class,
        to_school,
        level: input.level,
        parts: list(&input.parts),
        consent_by,
        consent_on,
        consent_how,
        reason,
        begins: scope.today(),
        ends: NO_END,
        given_by: tx.actor,
        at: tx.at,
        to_name: None,
        by_name: None,
    };
    let same = |held: &SupportShare| (held.class, held.to_school) == (share.class, share.to_school);
    for held in of_sheet(&mut tx, sheet.id).await?.iter().filter(|held| held.ends >= scope.today() && same(held)) {
        put(&mut tx, Some(held), &SupportShare { ends: scope.today() - Days::new(1), ..held.clone() }).await?;
    }
    put(&mut tx, None, &share).await?;
    tx.commit().await?;
    Ok(Ok(sheet.id))
}

fn consent(text: &str, needed: bool, field: &str) -> Result<String, UserError> {
    if needed { check::text(text.trim(), 100, field) } else { optional(text, 100, field) }
}

/// Ends a hand-over at once, or says what is wrong with the input.
pub(in crate::support::sheet) async fn end(scope: &Scope, input: &EndSupportHandOverInput) -> Result<Result<Uuid, UserError>> {
    let not_found = || {
        let message = "there is no such hand-over that you may end";
        Ok(Err(UserError::new(UserErrorCode::NotFound, "handOverId", message)))
    };
    let share = id::parse(&input.hand_over_id).unwrap_or_default();
    let sheet: Option<(Uuid,)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT s.id FROM support_share x JOIN support_sheet s ON s.id = x.sheet WHERE x.id = ");
        sql.push_bind(share).push(" AND ");
        scope.push_support_sheet(&mut sql, Access::Lead, "s");
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    });
    let Some((sheet,)) = sheet else { return not_found() };
    let Ok((mut tx, sheet)) = begin_even_closed(scope, Access::Lead, &id::of(sheet), "support hand-over ended").await? else {
        return not_found();
    };
    let Some(held) = of_sheet(&mut tx, sheet.id).await?.into_iter().find(|held| held.id == share) else { return not_found() };
    let last = scope.today() - Days::new(1);
    if held.ends > last {
        put(&mut tx, Some(&held), &SupportShare { ends: last, ..held.clone() }).await?;
        tx.commit().await?;
    }
    Ok(Ok(sheet.id))
}

/// Gives the classes in which a pupil is today the sheet that was opened there.
pub(in crate::support::sheet) async fn of_opening(
    tx: &mut Tx,
    (sheet, pupil, school): (Uuid, Uuid, Uuid),
    classes: &[Uuid],
    today: NaiveDate,
) -> Result<()> {
    for class in classes {
        let share = SupportShare {
            id: new_id(),
            sheet,
            pupil,
            school,
            class: Some(*class),
            to_school: None,
            level: SupportNoteLevel::SchoolTeam,
            parts: list(&SupportPart::ALL),
            consent_by: String::new(),
            consent_on: None,
            consent_how: String::new(),
            reason: String::new(),
            begins: today,
            ends: NO_END,
            given_by: tx.actor,
            at: tx.at,
            to_name: None,
            by_name: None,
        };
        put(tx, None, &share).await?;
    }
    Ok(())
}

/// Whether the pupil is, or will be, in this homeroom of the school; or whether this is another school.
async fn is_there(
    tx: &mut Tx,
    (pupil, school): (Uuid, Uuid),
    class: Option<Uuid>,
    to_school: Option<Uuid>,
    today: NaiveDate,
) -> Result<bool> {
    let found: Vec<(Uuid,)> = match (class, to_school) {
        (Some(class), _) => {
            let sql = "SELECT c.id FROM class c JOIN enrolment e ON e.class = c.id WHERE c.id = $1 AND c.school = $2 AND c.kind = 'HOMEROOM'
                       AND NOT c.withdrawn AND e.pupil = $3 AND e.kind = 'HOME' AND e.ends >= $4 AND e.known_until = '9999-12-31T00:00:00+00:00'";
            on!(tx.connection(), c => sqlx::query_as(sql).bind(class).bind(school).bind(pupil).bind(today).fetch_all(c).await?)
        }
        (None, to) => {
            let sql = "SELECT id FROM school WHERE id = $1 AND id <> $2";
            on!(tx.connection(), c => sqlx::query_as(sql).bind(to.unwrap_or_default()).bind(school).fetch_all(c).await?)
        }
    };
    Ok(!found.is_empty())
}

/// Whether a sheet has a plan to which no guardian's consent holds.
async fn without_consent(tx: &mut Tx, sheet: Uuid) -> Result<bool> {
    let sql = "SELECT x.id FROM support_plan x WHERE x.sheet = $1 AND x.level <> 'ASSIGNED'
               AND NOT EXISTS (SELECT 1 FROM support_consent k WHERE k.plan = x.id AND k.withdrawn_on IS NULL)";
    let found: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(sheet).fetch_all(c).await?);
    Ok(!found.is_empty())
}

async fn of_sheet(tx: &mut Tx, sheet: Uuid) -> Result<Vec<SupportShare>> {
    let sql = "SELECT * FROM support_share WHERE sheet = $1 ORDER BY id";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(sheet).fetch_all(c).await?))
}

async fn put(tx: &mut Tx, before: Option<&SupportShare>, row: &SupportShare) -> Result<()> {
    let sql = "INSERT INTO support_share (id, sheet, pupil, school, class, to_school, level, parts, consent_by, consent_on, consent_how,
                   reason, begins, ends, given_by, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
               ON CONFLICT (id) DO UPDATE SET ends = excluded.ends WHERE support_share.school = excluded.school";
    let change = Change::new(row.id, before, Some(row));
    on!(tx.change("support_share", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.sheet).bind(row.pupil).bind(row.school)
        .bind(row.class).bind(row.to_school).bind(row.level).bind(&row.parts).bind(&row.consent_by).bind(row.consent_on)
        .bind(&row.consent_how).bind(&row.reason).bind(row.begins).bind(row.ends).bind(row.given_by).bind(row.at)
        .execute(c).await?.rows_affected());
    Ok(())
}
