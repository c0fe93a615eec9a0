//! What people answer to a flag.
use super::event::{self, SupportFlagAnswer, SupportFlagEvent, SupportFlagEventKind};
use super::flag::{self, FlagRow, SupportFlag, SupportFlagState};
use super::follow;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::Days;

/// An answer to a flag.
#[derive(InputObject, Clone, Debug)]
pub struct ReviewSupportFlagInput {
    /// The flag.
    pub flag_id: ID,
    /// The answer.
    pub answer: SupportFlagAnswer,
    /// The last day on which it is not to be shown, from tomorrow to a year ahead.
    pub snooze_until: Option<Day>,
    /// What was done or seen, 1 to 2,000 characters.
    pub note: Option<String>,
}

/// What became of an answer.
#[derive(SimpleObject)]
pub struct ReviewSupportFlagPayload {
    /// The flag as it is now; null if nothing was changed.
    pub flag: Option<SupportFlag>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// An answer to take back.
#[derive(InputObject, Clone, Debug)]
pub struct WithdrawSupportFlagAnswerInput {
    /// The flag.
    pub flag_id: ID,
}

/// What may be done with flags.
#[derive(Default)]
pub struct SupportFlagMutation;

#[Object]
impl SupportFlagMutation {
    /// Answers a flag: useful, already known, or not right; with a note, and put off until a day if wished. A later answer replaces the
    /// first; the history keeps both. The same answer sent again on the same day is one.
    async fn review_support_flag(&self, ctx: &Context<'_>, input: ReviewSupportFlagInput) -> Result<ReviewSupportFlagPayload> {
        answer(Scope::with(ctx, Right::FlagReview)?, input).await
    }

    /// Takes back the answer that you gave to a flag today: it stands as it stood before. The history keeps both.
    async fn withdraw_support_flag_answer(
        &self,
        ctx: &Context<'_>,
        input: WithdrawSupportFlagAnswerInput,
    ) -> Result<ReviewSupportFlagPayload> {
        withdraw(Scope::with(ctx, Right::FlagReview)?, &input).await
    }
}

/// Answers a flag.
pub async fn answer(scope: &Scope, input: ReviewSupportFlagInput) -> Result<ReviewSupportFlagPayload> {
    let refused = |error| Ok(ReviewSupportFlagPayload { flag: None, user_errors: vec![error] });
    let snoozed_until = input.snooze_until.map(|day| day.0);
    if snoozed_until.is_some_and(|until| until <= scope.today() || until > scope.today() + Days::new(366)) {
        return refused(UserError::new(UserErrorCode::OutOfRange, "snoozeUntil", "the day is not from tomorrow to a year ahead"));
    }
    let note = match input.note.map(|note| check::text(&note, 2_000, "note")).transpose() {
        Ok(note) => note,
        Err(error) => return refused(error),
    };
    let not_found = || UserError::new(UserErrorCode::NotFound, "flagId", "there is no such open flag that you may answer");
    let id = id::parse(&input.flag_id).unwrap_or_default();
    let Some(mut flag) = flag::find(scope, Right::FlagReview, id).await? else { return refused(not_found()) };
    let mut tx = scope.begin("flag answered").await?;
    tx.lock("class", &[flag.row.class]).await?;
    // An analysis may have ended or kept it in the meantime.
    let Some(row) = tx.of_ids::<FlagRow>("SELECT * FROM support_flag WHERE ended_on IS NULL AND id IN (", &[id]).await?.pop()
    else {
        return refused(not_found());
    };
    let events = event::of_flag(&mut tx, id).await?;
    let same = |event: &SupportFlagEvent| {
        (event.answer, &event.note, event.snoozed_until, event.actor)
            == (Some(input.answer), &note, snoozed_until, Some(scope.holder()))
    };
    let answered = row.state == SupportFlagState::Answered;
    if answered && event::standing(&events).is_some_and(|event| event.is_of(scope.today()) && same(event)) {
        // Sent twice: said once.
        flag.row = row;
        return Ok(ReviewSupportFlagPayload { flag: Some(flag), user_errors: vec![] });
    }
    let answered = FlagRow { state: SupportFlagState::Answered, snoozed_until, ..row.clone() };
    let event = SupportFlagEvent {
        kind: SupportFlagEventKind::Answered,
        run: None,
        answer: Some(input.answer),
        note,
        snoozed_until,
        ..SupportFlagEvent::of_run(&answered, SupportFlagEventKind::Answered)
    };
    follow::write(&mut tx, Some(&row), &answered).await?;
    event::insert(&mut tx, &event).await?;
    tx.commit().await?;
    flag.row = answered;
    Ok(ReviewSupportFlagPayload { flag: Some(flag), user_errors: vec![] })
}

async fn withdraw(scope: &Scope, input: &WithdrawSupportFlagAnswerInput) -> Result<ReviewSupportFlagPayload> {
    let refused = |message: &str| {
        let error = UserError::new(UserErrorCode::NotFound, "flagId", message);
        Ok(ReviewSupportFlagPayload { flag: None, user_errors: vec![error] })
    };
    let id = id::parse(&input.flag_id).unwrap_or_default();
    let Some(mut flag) = flag::find(scope, Right::FlagReview, id).await? else {
        return refused("there is no such open flag that you may answer");
    };
    let mut tx = scope.begin("answer taken back").await?;
    tx.lock("class", &[flag.row.class]).await?;
    let row = tx.of_ids::<FlagRow>("SELECT * FROM support_flag WHERE ended_on IS NULL AND id IN (", &[id]).await?.pop();
    let mut events = event::of_flag(&mut tx, id).await?;
    let mine = event::standing(&events).is_some_and(|event| event.is_of(scope.today()) && event.actor == Some(scope.holder()));
    let Some(row) = row.filter(|_| mine) else {
        return refused("you have given no answer to this flag today");
    };
    let taken_back = SupportFlagEvent { run: None, ..SupportFlagEvent::of_run(&row, SupportFlagEventKind::Withdrawn) };
    events.push(taken_back.clone());
    let (state, snoozed_until) = match event::standing(&events) {
        Some(before) => (SupportFlagState::Answered, before.snoozed_until),
        None if row.is_old(scope.today()) => (SupportFlagState::Continuing, None),
        None => (SupportFlagState::New, None),
    };
    let before = FlagRow { state, snoozed_until, ..row.clone() };
    follow::write(&mut tx, Some(&row), &before).await?;
    event::insert(&mut tx, &taken_back).await?;
    tx.commit().await?;
    flag.row = before;
    Ok(ReviewSupportFlagPayload { flag: Some(flag), user_errors: vec![] })
}
