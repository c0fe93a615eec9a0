//! Opening a single pupil's record for the board: its duty shows no pupil, and a stated reason opens one until the end of the day.
use super::right::Right;
use super::scope::Scope;
use super::tx::{Change, Tx};
use crate::clock::{new_id, not_replaced};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::formats::name_fold::fold;
use crate::id;
use crate::learning::activity::check;
use crate::roster::moves::right;
use crate::roster::pupil::Pupil;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A record that was opened.
#[derive(sqlx::FromRow, Serialize, Clone, Debug)]
struct Opening {
    id: Uuid,
    holder: Uuid,
    pupil: Uuid,
    reason: String,
    at: DateTime<Utc>,
    begins: NaiveDate,
    ends: NaiveDate,
}

/// Whose record to open, and why.
#[derive(InputObject, Clone, Debug)]
pub struct OpenRecordInput {
    /// The pupil, where you know the id. Else say `schoolId` and `name`.
    pub pupil_id: Option<ID>,
    /// The school that the pupil is in today.
    pub school_id: Option<ID>,
    /// The whole name, the shown or the official one, in any spelling.
    pub name: Option<String>,
    /// The homeroom, such as `5年2組`, where several pupils of the school have this name.
    pub class_name: Option<String>,
    /// Why, 10 to 500 characters. The pupil and every guardian who sees the record read it, as the school's head does: write no name of
    /// anybody else, and nothing that one parent may not know of the other.
    pub reason: String,
}

/// A record that was opened.
#[derive(SimpleObject)]
pub struct OpenRecordPayload {
    /// The pupil, whose record you see until the end of today; null if nothing was opened. What is asked of the pupil here is answered by
    /// the rights that you had before: read the record by the next request.
    pub pupil: Option<Pupil>,
    /// What is wrong with the input; nothing was opened then.
    pub user_errors: Vec<UserError>,
}

/// What may be done to see a single record.
#[derive(Default)]
pub struct OpeningMutation;

#[Object]
impl OpeningMutation {
    /// Opens a single pupil's record until the end of today, for a reason that is kept and told to the school's head and the family: for the
    /// board, whose duty shows counts and no pupil. Roster, attendance, learning and marks are open then; flags, support, health and
    /// moods are not.
    async fn open_record(&self, ctx: &Context<'_>, input: OpenRecordInput) -> Result<OpenRecordPayload> {
        let scope = Scope::with(ctx, Right::RecordOpen)?;
        Ok(match open(scope, &input).await? {
            Ok(pupil) => OpenRecordPayload { pupil: Some(pupil), user_errors: vec![] },
            Err(error) => {
                // Who tries names is to be seen.
                scope.looked.refuse(Right::RecordOpen.name());
                OpenRecordPayload { pupil: None, user_errors: vec![error] }
            }
        })
    }
}

/// A reason says something.
const SHORTEST: usize = 10;

async fn open(scope: &Scope, input: &OpenRecordInput) -> Result<Result<Pupil, UserError>> {
    let reason = right!(check::text(input.reason.trim(), 500, "reason"));
    if reason.chars().count() < SHORTEST {
        let message = "say for what the record is needed, in 10 characters or more: the school and the family read it";
        return Ok(Err(UserError::new(UserErrorCode::InvalidText, "reason", message)));
    }
    let mut tx = scope.begin_because("record opened", &reason).await?;
    let mut found = candidates(scope, &mut tx, input).await?;
    let pupil = match (found.pop(), found.is_empty()) {
        (Some(pupil), true) => pupil,
        (Some(_), false) => {
            let message = "several pupils of the school have this name: send `className` as well";
            return Ok(Err(UserError::new(UserErrorCode::Conflict, "name", message)));
        }
        (None, _) => {
            let message = "nobody who is in a school today is meant: send `pupilId`, or `schoolId` with the whole `name`";
            return Ok(Err(UserError::new(UserErrorCode::NotFound, "pupilId", message)));
        }
    };
    let today = scope.today();
    let row = Opening { id: new_id(), holder: scope.holder(), pupil: pupil.id, reason, at: tx.at, begins: today, ends: today };
    let sql = "INSERT INTO record_opening (id, holder, pupil, reason, at, begins, ends) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let change = Change::new(row.id, None, Some(&row));
    on!(tx.change("record_opening", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.holder).bind(row.pupil)
        .bind(row.reason).bind(row.at).bind(row.begins).bind(row.ends).execute(c).await?.rows_affected());
    tx.commit().await?;
    scope.seeks_pupil(pupil.id, Right::RecordOpen);
    Ok(Ok(pupil))
}

/// The pupils of today who may be meant, in the schools over which the viewer may open records.
async fn candidates(scope: &Scope, tx: &mut Tx, input: &OpenRecordInput) -> Result<Vec<Pupil>> {
    let sql = "SELECT DISTINCT p.*, c.name AS class_name FROM enrolment e JOIN class c ON c.id = e.class AND c.kind = 'HOMEROOM'
               JOIN pupil p ON p.id = e.pupil
               WHERE e.kind = 'HOME' AND e.known_until = $4 AND e.begins <= $3 AND e.ends >= $3 AND (p.id = $5 OR e.school = $6)
                   AND e.school IN (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)";
    let id = |given: &Option<ID>| given.as_ref().and_then(id::parse).unwrap_or_default();
    let (pupil, school) = (id(&input.pupil_id), if input.pupil_id.is_some() { Uuid::nil() } else { id(&input.school_id) });
    let rows: Vec<InClass> = on!(tx.connection(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::RecordOpen))
        .bind(scope.today()).bind(not_replaced()).bind(pupil).bind(school).fetch_all(c).await?);
    let wished = fold(input.name.as_deref().unwrap_or_default());
    let is_meant = |row: &InClass| {
        let official = format!("{}{}", row.pupil.family_name, row.pupil.given_name);
        let named = !wished.is_empty() && [row.pupil.shown_name(), official].iter().any(|name| fold(name) == wished);
        let in_class = input.class_name.as_deref().is_none_or(|class| fold(class) == fold(&row.class_name));
        row.pupil.id == pupil || (named && in_class)
    };
    let mut found: Vec<Pupil> = rows.into_iter().filter(is_meant).map(|row| row.pupil).collect();
    // Who is in two homerooms is meant once.
    found.sort_by_key(|pupil| pupil.id);
    found.dedup_by_key(|pupil| pupil.id);
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct InClass {
    #[sqlx(flatten)]
    pupil: Pupil,
    class_name: String,
}

/// A reason that somebody stated for looking at a pupil's record, and when.
#[derive(sqlx::FromRow)]
pub(super) struct Stated {
    pub(super) holder: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) reason: String,
}

/// The reasons that were stated for looking at a pupil's record, in their order. The caller has checked the pupil against the scope.
pub(super) async fn reasons(scope: &Scope, pupil: Uuid) -> Result<Vec<Stated>> {
    let sql = "SELECT holder, at, reason FROM record_opening WHERE pupil = $1 ORDER BY at, id";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(pupil).fetch_all(c).await?))
}
