//! What may be done with support sheets, and what their inputs have in common.
use super::SupportSheet;
use super::assigned::{self, AssignSupportInput, UnassignSupportInput};
use super::find::{self, SheetsOf};
use super::meeting::{self, SaveSupportMeetingInput};
use super::open::{self, AddVisitToSupportInput, CloseSupportInput, OpenSupportInput, ReopenSupportInput};
use super::reach::scope_of;
use super::section::{self, WriteSupportSectionInput};
use super::share::give::{self, EndSupportHandOverInput, HandOverSupportInput};
use super::task::{self, EndSupportTaskInput, SaveSupportTaskInput};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::support::plan::consent::{self, RecordSupportConsentInput, WithdrawSupportConsentInput};
use crate::support::plan::write::{self as plan, ReviewSupportPlanInput, SaveSupportPlanInput};
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object, SimpleObject};
use uuid::Uuid;

/// What became of a change to a support sheet.
#[derive(SimpleObject)]
pub struct SupportSheetPayload {
    /// The sheet as it is now, with what was changed; null if nothing was.
    pub sheet: Option<SupportSheet>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be asked about support sheets.
#[derive(Default)]
pub struct SupportSheetQuery;

#[Object]
impl SupportSheetQuery {
    /// A support sheet; null if there is none of this id of which you may know.
    async fn support_sheet(&self, ctx: &Context<'_>, id: ID) -> Result<Option<SupportSheet>> {
        let scope = scope_of(ctx)?;
        let Some(id) = id::parse(&id) else { return Ok(None) };
        find::one(scope, id).await
    }
    /// The support sheets of a pupil of which you may know, the open one first, the newest first: also for those who are assigned to one and
    /// see nothing else of the pupil. Empty where there is none.
    async fn support_of(&self, ctx: &Context<'_>, pupil_id: ID) -> Result<Vec<SupportSheet>> {
        scope_of(ctx)?;
        let Some(pupil) = id::parse(&pupil_id) else { return Ok(Vec::new()) };
        Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(SheetsOf(pupil)).await?.unwrap_or_default())
    }
}

/// What may be done with support sheets.
#[derive(Default)]
pub struct SupportSheetMutation;

#[Object]
impl SupportSheetMutation {
    /// Opens a support sheet for a pupil, from a flag, an action, or by itself. A pupil has one open sheet in a school. Whoever opens it is
    /// assigned to it; the homeroom that the pupil is in today reads it.
    async fn open_support(&self, ctx: &Context<'_>, input: OpenSupportInput) -> Result<SupportSheetPayload> {
        let scope = Scope::with(ctx, Right::SupportOpen)?;
        done(scope, open::open(scope, input).await?).await
    }
    /// Adds a visit to the infirmary to the pupil's open support sheet. Those who may see visits see it there; whoever has noted the visit need not
    /// be assigned to the sheet. Sent twice it is done once.
    async fn add_visit_to_support(&self, ctx: &Context<'_>, input: AddVisitToSupportInput) -> Result<SupportSheetPayload> {
        let scope = Scope::with(ctx, Right::SupportOpen)?;
        done(scope, open::add_visit(scope, &input).await?).await
    }
    /// Closes a support sheet with what came of it. Those assigned read it no more; it stays as it is.
    async fn close_support(&self, ctx: &Context<'_>, input: CloseSupportInput) -> Result<SupportSheetPayload> {
        let scope = Scope::with(ctx, Right::SupportWrite)?;
        done(scope, open::close(scope, &input).await?).await
    }
    /// Opens a closed support sheet again, for those who had it before.
    async fn reopen_support(&self, ctx: &Context<'_>, input: ReopenSupportInput) -> Result<SupportSheetPayload> {
        let scope = Scope::with(ctx, Right::SupportWrite)?;
        done(scope, open::reopen(scope, &input).await?).await
    }
    /// Writes a section of 共通シート or 学年別シート. What it said before stays in the history.
    async fn write_support_section(&self, ctx: &Context<'_>, input: WriteSupportSectionInput) -> Result<SupportSheetPayload> {
        let scope = scope_of(ctx)?;
        done(scope, section::write(scope, input).await?).await
    }
    /// Notes a meeting about the pupil, or corrects one.
    async fn save_support_meeting(&self, ctx: &Context<'_>, input: SaveSupportMeetingInput) -> Result<SupportSheetPayload> {
        let scope = scope_of(ctx)?;
        done(scope, meeting::save(scope, input).await?).await
    }
    /// Sets a task (手だて) for somebody who is assigned, or changes one.
    async fn save_support_task(&self, ctx: &Context<'_>, input: SaveSupportTaskInput) -> Result<SupportSheetPayload> {
        let scope = scope_of(ctx)?;
        done(scope, task::save(scope, input).await?).await
    }
    /// Says that a task was done, or dropped and why; `OPEN` takes that back. Sent twice it is done once.
    async fn end_support_task(&self, ctx: &Context<'_>, input: EndSupportTaskInput) -> Result<SupportSheetPayload> {
        let scope = scope_of(ctx)?;
        done(scope, task::end(scope, input).await?).await
    }
    /// Assigns somebody to the sheet (担当者): they read it and write in it, and see nothing else of the pupil by it. Assigning the same person
    /// again changes their part and their last day.
    async fn assign_support(&self, ctx: &Context<'_>, input: AssignSupportInput) -> Result<SupportSheetPayload> {
        let scope = Scope::with(ctx, Right::SupportWrite)?;
        done(scope, assigned::assign(scope, input).await?).await
    }
    /// Ends an assignment at once.
    async fn unassign_support(&self, ctx: &Context<'_>, input: UnassignSupportInput) -> Result<SupportSheetPayload> {
        let scope = Scope::with(ctx, Right::SupportWrite)?;
        done(scope, assigned::unassign(scope, &input).await?).await
    }
    /// Hands a sheet over to the pupil's next class, or to another school: which parts, up to which level, with whose consent.
    async fn hand_over_support(&self, ctx: &Context<'_>, input: HandOverSupportInput) -> Result<SupportSheetPayload> {
        let scope = Scope::with(ctx, Right::SupportWrite)?;
        done(scope, give::hand_over(scope, input).await?).await
    }
    /// Ends a hand-over at once.
    async fn end_support_hand_over(&self, ctx: &Context<'_>, input: EndSupportHandOverInput) -> Result<SupportSheetPayload> {
        let scope = Scope::with(ctx, Right::SupportWrite)?;
        done(scope, give::end(scope, &input).await?).await
    }
    /// Makes or changes a plan (個別の指導計画・個別の教育支援計画) with its goals.
    async fn save_support_plan(&self, ctx: &Context<'_>, input: SaveSupportPlanInput) -> Result<SupportSheetPayload> {
        let scope = scope_of(ctx)?;
        done(scope, plan::save(scope, input).await?).await
    }
    /// Reviews a plan: what became of its goals, and when it is looked at again.
    async fn review_support_plan(&self, ctx: &Context<'_>, input: ReviewSupportPlanInput) -> Result<SupportSheetPayload> {
        let scope = scope_of(ctx)?;
        done(scope, plan::review(scope, input).await?).await
    }
    /// Records that a guardian agreed to sharing a plan. Without it a plan is not read outside of the school.
    async fn record_support_consent(&self, ctx: &Context<'_>, input: RecordSupportConsentInput) -> Result<SupportSheetPayload> {
        let scope = scope_of(ctx)?;
        done(scope, consent::record(scope, input).await?).await
    }
    /// Records that a consent was withdrawn: the plan is not read outside of the school any more, from now on.
    async fn withdraw_support_consent(
        &self,
        ctx: &Context<'_>,
        input: WithdrawSupportConsentInput,
    ) -> Result<SupportSheetPayload> {
        let scope = scope_of(ctx)?;
        done(scope, consent::withdraw(scope, &input).await?).await
    }
}

async fn done(scope: &Scope, done: Result<Uuid, UserError>) -> Result<SupportSheetPayload> {
    Ok(match done {
        Ok(sheet) => SupportSheetPayload { sheet: find::one(scope, sheet).await?, user_errors: vec![] },
        Err(error) => SupportSheetPayload { sheet: None, user_errors: vec![error] },
    })
}

/// A text that may be left empty.
pub(crate) fn optional(text: &str, most: usize, field: &str) -> Result<String, UserError> {
    match text.trim() {
        "" => Ok(String::new()),
        text => check::text(text, most, field),
    }
}

/// The id that whoever sends a record has made for it.
pub(crate) fn own_id(id: Option<&ID>) -> Result<Option<Uuid>, UserError> {
    id.map(|id| check::uuid(id, "id")).transpose()
}

/// The id is of a record that the viewer may not change.
pub(crate) fn taken() -> UserError {
    UserError::new(UserErrorCode::Conflict, "id", "the id is taken by another record")
}

/// Whether a record that is there stays as it is, because it came in twice; or why it may not be changed.
pub(crate) fn edited(may: bool, same: bool, (held, sent): (i32, i32)) -> Result<bool, UserError> {
    if !may {
        return Err(taken());
    }
    if same {
        return Ok(true);
    }
    if held != sent {
        let message = "somebody else has changed it since: read it again, and send the `version` of now";
        return Err(UserError::new(UserErrorCode::Conflict, "version", message));
    }
    Ok(false)
}
