//! Noting what was done for a pupil.
use super::{SupportAction, SupportActionKind};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Change;
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::enrolment;
use crate::scalar::Day;
use crate::support::sheet::find::{Which, list, open_of};
use crate::support::sheet::level::SupportNoteLevel;
use crate::support::sheet::reach::{ACTIONS, Access};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::Days;
use sqlx::QueryBuilder;
use uuid::Uuid;

/// Something that was done for a pupil.
#[derive(InputObject, Clone, Debug)]
pub struct RecordSupportActionInput {
    /// The record's UUID, if you make it yourself: sent again by you with the same content it is stored once and answered again,
    /// with other content it is a `CONFLICT`.
    pub id: Option<ID>,
    /// The pupil.
    pub pupil_id: ID,
    /// When it was done; today if not said. A day to come is refused.
    pub day: Option<Day>,
    /// What was done.
    pub kind: SupportActionKind,
    /// In words, 1 to 2,000 characters.
    pub text: String,
    /// Who may read it.
    #[graphql(default_with = "SupportNoteLevel::SchoolTeam")]
    pub level: SupportNoteLevel,
    /// When to look again, from today to a year ahead.
    pub next_on: Option<Day>,
}

/// What became of it.
#[derive(SimpleObject)]
pub struct RecordSupportActionPayload {
    /// The record; null if nothing was stored.
    pub action: Option<SupportAction>,
    /// What is wrong with the input; nothing was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with actions.
#[derive(Default)]
pub struct SupportActionMutation;

#[Object]
impl SupportActionMutation {
    /// Notes what was done for a pupil: by those who look after the pupil's class, and by whoever is assigned to the pupil's open support sheet,
    /// such as the nurse or a counsellor. A flag with something done since it was raised is under support and no longer new.
    async fn record_support_action(
        &self,
        ctx: &Context<'_>,
        input: RecordSupportActionInput,
    ) -> Result<RecordSupportActionPayload> {
        let scope = Scope::of(ctx)?;
        if !scope.holds(Right::SupportWrite) && !scope.holds(Right::SupportJoin) {
            return Err(Error::Forbidden(Right::SupportWrite.name()));
        }
        match record(scope, input).await? {
            Ok(action) => Ok(RecordSupportActionPayload { action: Some(action), user_errors: vec![] }),
            Err(error) => Ok(RecordSupportActionPayload { action: None, user_errors: vec![error] }),
        }
    }
}

/// Notes what was done for a pupil, or says what is wrong with the input. A record of the caller's own id is stored once.
pub async fn record(scope: &Scope, input: RecordSupportActionInput) -> Result<Result<SupportAction, UserError>> {
    let (today, day) = (scope.today(), input.day.map_or_else(|| scope.today(), |day| day.0));
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let own_id = match input.id.as_ref().map(id::parse) {
        Some(None) => return wrong(UserErrorCode::InvalidId, "id", "the id is no UUID"),
        own_id => own_id.flatten(),
    };
    let text = match check::text(&input.text, 2_000, "text") {
        Ok(text) => text,
        Err(error) => return Ok(Err(error)),
    };
    let pupil = id::parse(&input.pupil_id).unwrap_or_default();
    let Some(reached) = reached(scope, pupil).await? else {
        return wrong(UserErrorCode::NotFound, "pupilId", "there is no such pupil for whom you may note anything");
    };
    let next_on = input.next_on.map(|day| day.0);
    let asked = SupportAction {
        id: own_id.unwrap_or_else(new_id),
        pupil,
        school: reached.school,
        day,
        kind: input.kind,
        text,
        next_on,
        level: input.level,
        sheet: None,
        done_by: scope.holder(),
        at: scope.now(),
        by_name: Some(scope.viewer().name.clone()),
        by_duty: None,
    };
    // Before the days are looked at: what was right on the day that it was sent is still the same when it is sent again.
    if own_id.is_some()
        && let Some(there) = find(scope, asked.id).await?
    {
        return Ok(there.answers(asked, input.day.is_some()));
    }
    if day > today {
        return wrong(UserErrorCode::InTheFuture, "day", "the day has not come yet");
    }
    if next_on.is_some_and(|next| next < today || next > today + Days::new(366)) {
        return wrong(UserErrorCode::OutOfRange, "nextOn", "the day is not from today to a year ahead");
    }
    let mut tx = scope.begin("support action noted").await?;
    let sheet = open_of(&mut tx, pupil, asked.school).await?.map(|sheet| sheet.id);
    if reached.by_sheet.is_some() && reached.by_sheet != sheet {
        return wrong(UserErrorCode::NotFound, "pupilId", "the support sheet to which you are assigned was closed just now");
    }
    let action = SupportAction { at: tx.at, sheet, ..asked };
    let sql = "INSERT INTO support_action (id, pupil, school, day, kind, text, next_on, level, sheet, done_by, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING";
    let change = Change::new(action.id, None, Some(&action));
    let stored = on!(tx.change("support_action", &[change]).await?, c => sqlx::query(sql).bind(action.id).bind(action.pupil)
        .bind(action.school).bind(action.day).bind(action.kind).bind(&action.text).bind(action.next_on).bind(action.level).bind(action.sheet).bind(action.done_by)
        .bind(action.at).execute(c).await?.rows_affected());
    if stored == 1 {
        tx.commit().await?;
        return Ok(Ok(action));
    }
    // It came in twice at once, or the id is of a record that this person may not see. The trail of nothing is undone.
    drop(tx);
    match find(scope, action.id).await? {
        Some(there) => Ok(there.answers(action, input.day.is_some())),
        None => Ok(Err(taken())),
    }
}

/// Where the viewer may note something.
struct Reached {
    school: Uuid,
    /// The sheet by which they may, where it is not by a duty over the pupil's class.
    by_sheet: Option<Uuid>,
}

/// Whether the viewer looks after a pupil today: by a duty over the pupil's class, or by being assigned to the open support sheet.
async fn reached(scope: &Scope, pupil: Uuid) -> Result<Option<Reached>> {
    let enrolments = enrolment::within_reach(scope, Right::SupportWrite, &[pupil]).await?;
    if let Some(here) = enrolments.iter().find(|enrolment| enrolment.covers(scope.today())) {
        return Ok(Some(Reached { school: here.school, by_sheet: None }));
    }
    let sheets = list(scope, Which::Pupils(&[pupil])).await?;
    let mine = sheets.into_iter().find(|sheet| sheet.writable && sheet.row.open());
    Ok(mine.map(|sheet| Reached { school: sheet.row.school, by_sheet: Some(sheet.row.id) }))
}

fn taken() -> UserError {
    UserError::new(UserErrorCode::Conflict, "id", "the id is taken by a record with other content")
}

impl SupportAction {
    /// The record, if what is asked for is the same by the same person; the day counts only where it was said.
    fn answers(self, asked: SupportAction, day_said: bool) -> Result<SupportAction, UserError> {
        let day = if day_said { asked.day } else { self.day };
        let content = |of: &SupportAction, day| (of.pupil, day, of.kind, of.text.clone(), of.next_on, of.level, of.done_by);
        let same = content(&self, self.day) == content(&asked, day);
        if same { Ok(SupportAction { by_name: asked.by_name, ..self }) } else { Err(taken()) }
    }
}

/// A record that the viewer may add to; `None` also where it is somebody else's to see.
async fn find(scope: &Scope, id: Uuid) -> Result<Option<SupportAction>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT x.* FROM support_action x WHERE x.id = ");
        sql.push_bind(id).push(" AND ");
        scope.push_support_notes(&mut sql, Access::Write, ACTIONS);
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    }))
}
