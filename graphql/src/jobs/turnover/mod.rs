//! 年度更新: a draft of a school's next year beside the live one. It is made, changed, checked and committed; nothing of it is a record of
//! the school before that, and until next year has records of its own it can be taken back as a whole.
mod board;
mod check;
mod commit;
mod draft;
mod form;
mod incoming;
mod late;
mod place;
mod query;
mod staff;
mod start;
mod store;
mod undo;

pub use board::{Summary, of_board};
pub use check::{Problem, ProblemCode};
pub use commit::commit;
pub use draft::{Draft, Outcome, State};
pub use form::{FillHow, FillTurnoverClassesInput, NumberTurnoverInput, SaveTurnoverClassInput};
pub use incoming::{AddIncomingPupilsInput, IncomingPupilInput, TakeGraduatesInput};
pub use place::{PlacePupilsInput, PlacementInput};
pub use query::{SchoolTurnover, Turnover, TurnoverQuery, find};
pub use staff::{SetTurnoverDutyInput, SetTurnoverWishInput};
pub use start::start;
pub use undo::undo;

use crate::access::right::Right;
use crate::access::scope::{Scope, Tx};
use crate::db::{on, push_ids};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::RejectedItem;
use crate::roster::moves::offices;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// A school whose next year is to be prepared.
#[derive(InputObject, Clone, Debug)]
pub struct StartTurnoverInput {
    /// The school.
    pub school_id: ID,
}

/// A draft to be committed.
#[derive(InputObject, Clone, Debug)]
pub struct CommitTurnoverInput {
    /// The draft.
    pub turnover_id: ID,
    /// The `version` that you have looked at; refused with `CONFLICT` where somebody has changed the draft since.
    pub version: Option<i32>,
}

/// A committed draft to be taken back.
#[derive(InputObject, Clone, Debug)]
pub struct UndoTurnoverInput {
    /// The draft.
    pub turnover_id: ID,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What became of a change of a draft.
#[derive(SimpleObject, Default)]
pub struct TurnoverPayload {
    /// The draft as it is now; null if nothing was stored.
    pub turnover: Option<Turnover>,
    /// How many records of it are other than before.
    pub changed: usize,
    /// Items that were not taken, such as those that somebody else has changed since (`CONFLICT`); the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

impl TurnoverPayload {
    fn refused(error: UserError) -> Self {
        TurnoverPayload { user_errors: vec![error], ..TurnoverPayload::default() }
    }
}

impl From<Result<Self, UserError>> for TurnoverPayload {
    fn from(done: Result<Self, UserError>) -> Self {
        done.unwrap_or_else(TurnoverPayload::refused)
    }
}

/// What may be done about next year.
#[derive(Default)]
pub struct TurnoverMutation;

#[Object]
impl TurnoverMutation {
    /// Makes the draft of a school's next year: the classes go up by a grade, the last grade graduates, the first grade is empty. Where
    /// there is one already it is brought up to date with who came and left since; what was decided stays. Where it is committed, those
    /// who came since are taken up and can be placed by `placePupils`.
    async fn start_turnover(&self, ctx: &Context<'_>, input: StartTurnoverInput) -> Result<TurnoverPayload> {
        let scope = Scope::with(ctx, Right::TurnoverWrite)?;
        Ok(start(scope, id::parse(&input.school_id).unwrap_or_default()).await?.into())
    }
    /// Adds a class to the draft, renames one, or removes an empty one.
    async fn save_turnover_class(&self, ctx: &Context<'_>, input: SaveTurnoverClassInput) -> Result<TurnoverPayload> {
        Ok(form::save_class(Scope::with(ctx, Right::TurnoverWrite)?, input).await?.into())
    }
    /// Places pupils, one or many: class, number, exchange class, what becomes of them. An item that somebody else has changed since its
    /// `version` is rejected with `CONFLICT`; the others go on. In a committed draft those can be placed who were taken up since
    /// (`open`), each at once.
    async fn place_pupils(&self, ctx: &Context<'_>, input: PlacePupilsInput) -> Result<TurnoverPayload> {
        Ok(place::place(Scope::with(ctx, Right::TurnoverWrite)?, input).await?.into())
    }
    /// Places those of a grade who have no class yet: in the class that goes up from theirs, or mixed evenly over all classes.
    async fn fill_turnover_classes(&self, ctx: &Context<'_>, input: FillTurnoverClassesInput) -> Result<TurnoverPayload> {
        Ok(form::fill(Scope::with(ctx, Right::TurnoverWrite)?, input).await?.into())
    }
    /// Numbers the pupils of classes from 1 in the order of their readings.
    async fn number_turnover(&self, ctx: &Context<'_>, input: NumberTurnoverInput) -> Result<TurnoverPayload> {
        Ok(form::number(Scope::with(ctx, Right::TurnoverWrite)?, input).await?.into())
    }
    /// Adds pupils who enter the school and of whom the board has no record yet. They become pupils when the draft is committed.
    async fn add_incoming_pupils(&self, ctx: &Context<'_>, input: AddIncomingPupilsInput) -> Result<TurnoverPayload> {
        Ok(incoming::add(Scope::with(ctx, Right::TurnoverWrite)?, input).await?.into())
    }
    /// Takes over the graduates whom other schools of the board have said in their drafts to come here. They keep their UUIDs.
    async fn take_graduates(&self, ctx: &Context<'_>, input: TakeGraduatesInput) -> Result<TurnoverPayload> {
        Ok(incoming::take_graduates(Scope::with(ctx, Right::TurnoverWrite)?, input).await?.into())
    }
    /// Sets who has which duty next year.
    async fn set_turnover_duty(&self, ctx: &Context<'_>, input: SetTurnoverDutyInput) -> Result<TurnoverPayload> {
        Ok(staff::set_duty(Scope::with(ctx, Right::TurnoverWrite)?, input).await?.into())
    }
    /// Notes that two pupils are to be in different classes, or in the same; the check list tells where that is not so.
    async fn set_turnover_wish(&self, ctx: &Context<'_>, input: SetTurnoverWishInput) -> Result<TurnoverPayload> {
        Ok(staff::set_wish(Scope::with(ctx, Right::TurnoverWrite)?, input).await?.into())
    }
    /// Commits a draft whose check list has nothing that stands against it. It takes effect on the first day of its year; until then
    /// the live year goes on as it is.
    async fn commit_turnover(&self, ctx: &Context<'_>, input: CommitTurnoverInput) -> Result<TurnoverPayload> {
        let scope = Scope::with(ctx, Right::TurnoverWrite)?;
        Ok(commit(scope, id::parse(&input.turnover_id).unwrap_or_default(), input.version).await?.into())
    }
    /// Takes a committed draft back as a whole; it can be changed and committed again. Refused with `IN_USE` once the new year has
    /// records: attendance, learning, assignments, moods, support, analyses, or moves recorded since.
    async fn undo_turnover(&self, ctx: &Context<'_>, input: UndoTurnoverInput) -> Result<TurnoverPayload> {
        let scope = Scope::with(ctx, Right::TurnoverWrite)?;
        Ok(undo(scope, id::parse(&input.turnover_id).unwrap_or_default(), &input.reason).await?.into())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "callers return it as it is")]
fn wrong<T>(code: UserErrorCode, field: &str, message: impl Into<String>) -> Result<Result<T, UserError>> {
    Ok(Err(UserError::new(code, field, message)))
}

/// A draft of a school whose office the viewer is in, in a state where one is said, locked against everybody else who writes it.
async fn open(scope: &Scope, turnover: Uuid, state: Option<State>, reason: String) -> Result<Result<(Tx, Draft), UserError>> {
    let offices = offices(scope, Right::TurnoverWrite).await?;
    let mut tx = scope.begin(reason).await?;
    let there = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("UPDATE turnover SET version = version WHERE id = ");
        sql.push_bind(turnover).push(" AND school IN ");
        push_ids(&mut sql, offices);
        sql.build().persistent(false).execute(c).await?.rows_affected()
    });
    tx.waited();
    // A draft of another school is not there: nothing of it is read.
    let draft = if there == 0 { None } else { draft::within(&mut tx, turnover).await? };
    match draft {
        None => wrong(UserErrorCode::NotFound, "turnoverId", "there is no such draft of a school of yours"),
        Some(draft) if state.is_some_and(|state| draft.turnover.state != state) => {
            let message = match draft.turnover.state {
                State::Committed => "the draft is committed: take it back before you change it",
                State::Draft => "the draft is not committed",
            };
            wrong(UserErrorCode::Conflict, "turnoverId", message)
        }
        Some(draft) => Ok(Ok((tx, draft))),
    }
}

/// The draft that an edit changes.
async fn editing(scope: &Scope, turnover: &ID) -> Result<Result<(Tx, Draft), UserError>> {
    open(scope, id::parse(turnover).unwrap_or_default(), Some(State::Draft), "next year drafted".into()).await
}

/// Commits an edit and reads the draft anew.
async fn edited(
    scope: &Scope,
    mut tx: Tx,
    draft: Draft,
    changed: usize,
    rejected: Vec<RejectedItem>,
) -> Result<Result<TurnoverPayload, UserError>> {
    let id = draft.turnover.id;
    if changed > 0 {
        let next = draft::Row { version: draft.turnover.version + 1, ..draft.turnover };
        draft::put(&mut tx, &next).await?;
    }
    tx.commit().await?;
    let turnover = find(scope, id).await?.ok_or(Error::Internal)?;
    Ok(Ok(TurnoverPayload { turnover: Some(turnover), changed, rejected, user_errors: vec![] }))
}
