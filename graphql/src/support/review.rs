//! What people answer to a flag, and the history of each.
use super::flag::{self, FlagRow, SupportFlag, SupportFlagState};
use crate::access::right::Right;
use crate::access::scope::{Scope, Tx};
use crate::clock::new_id;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::class;
use crate::scalar::{Day, Timestamp};
use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// A teacher's answer to a flag.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportFlagAnswer {
    /// 役に立った.
    Useful,
    /// もう知っている.
    AlreadyKnown,
    /// 当たらない.
    NotRight,
}

/// What happened to a flag.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportFlagEventKind {
    /// A run raised it.
    Raised,
    /// A later run found it again.
    Kept,
    /// A later run did not find it any more.
    Ended,
    /// Somebody answered.
    Answered,
}

/// One event of a flag.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct SupportFlagEvent {
    id: Uuid,
    flag: Uuid,
    at: Option<DateTime<Utc>>,
    kind: SupportFlagEventKind,
    run: Option<Uuid>,
    answer: Option<SupportFlagAnswer>,
    note: Option<String>,
    snoozed_until: Option<NaiveDate>,
    #[sqlx(default)]
    actor_name: Option<String>,
}

/// One event in the history of a flag.
#[Object]
impl SupportFlagEvent {
    /// The event's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// When it happened.
    async fn at(&self) -> Option<Timestamp> {
        self.at.map(Timestamp::from)
    }
    /// What happened.
    async fn kind(&self) -> SupportFlagEventKind {
        self.kind
    }
    /// Who answered; null for runs.
    async fn by(&self) -> Option<&str> {
        self.actor_name.as_deref()
    }
    /// The answer; null for runs.
    async fn answer(&self) -> Option<SupportFlagAnswer> {
        self.answer
    }
    /// What was noted.
    async fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
    /// Until when the flag was put off.
    async fn snoozed_until(&self) -> Option<Day> {
        self.snoozed_until.map(Day)
    }
}

/// An answer to a flag.
#[derive(InputObject)]
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

/// What may be done with flags.
#[derive(Default)]
pub struct SupportFlagMutation;

#[Object]
impl SupportFlagMutation {
    /// Answers a flag: useful, already known, or not right; with a note, and put off until a day if wished. A later answer replaces the
    /// first; the history keeps both.
    async fn review_support_flag(&self, ctx: &Context<'_>, input: ReviewSupportFlagInput) -> Result<ReviewSupportFlagPayload> {
        let scope = Scope::with(ctx, Right::FlagReview)?;
        let refused = |error| Ok(ReviewSupportFlagPayload { flag: None, user_errors: vec![error] });
        let snoozed_until = input.snooze_until.map(|day| day.0);
        if snoozed_until.is_some_and(|until| until <= scope.today() || until > scope.today() + Days::new(366)) {
            return refused(UserError::new(
                UserErrorCode::OutOfRange,
                "snoozeUntil",
                "the day is not from tomorrow to a year ahead",
            ));
        }
        let note = match input.note.map(|note| check::text(&note, 2_000, "note")).transpose() {
            Ok(note) => note,
            Err(error) => return refused(error),
        };
        let not_found = || UserError::new(UserErrorCode::NotFound, "flagId", "there is no such open flag that you may answer");
        let id = id::parse(&input.flag_id).unwrap_or_default();
        let Some(mut flag) = flag::find(scope, Right::FlagReview, id).await? else { return refused(not_found()) };
        let mut tx = scope.begin("flag answered").await?;
        class::lock(&mut tx, &[flag.row.class]).await?;
        // An analysis may have ended or kept it in the meantime.
        let Some(row) = tx.of_ids::<FlagRow>("SELECT * FROM support_flag WHERE ended_on IS NULL AND id IN (", &[id]).await?.pop()
        else {
            return refused(not_found());
        };
        let answered = FlagRow { state: SupportFlagState::Answered, snoozed_until, ..row.clone() };
        let event = SupportFlagEvent {
            kind: SupportFlagEventKind::Answered,
            run: None,
            answer: Some(input.answer),
            note,
            snoozed_until,
            ..SupportFlagEvent::of_run(&answered, SupportFlagEventKind::Answered)
        };
        flag::write(&mut tx, Some(&row), &answered).await?;
        insert(&mut tx, &event).await?;
        tx.commit().await?;
        flag.row = answered;
        Ok(ReviewSupportFlagPayload { flag: Some(flag), user_errors: vec![] })
    }
}

impl SupportFlagEvent {
    /// What a flag's run did to it.
    pub(crate) fn of_run(flag: &FlagRow, kind: SupportFlagEventKind) -> Self {
        SupportFlagEvent {
            id: new_id(),
            flag: flag.id,
            at: None,
            kind,
            run: Some(flag.run),
            answer: None,
            note: None,
            snoozed_until: None,
            actor_name: None,
        }
    }
}

/// Notes an event in its flag's history, now, by whoever writes.
pub(crate) async fn insert(tx: &mut Tx, event: &SupportFlagEvent) -> Result<()> {
    let (at, actor) = (tx.at, tx.actor);
    let sql = "INSERT INTO support_flag_event (id, flag, at, actor, kind, run, answer, note, snoozed_until)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    on!(tx.connection(), c => sqlx::query(sql).bind(event.id).bind(event.flag).bind(at).bind(actor).bind(event.kind).bind(event.run)
        .bind(event.answer).bind(&event.note).bind(event.snoozed_until).execute(c).await?.rows_affected());
    Ok(())
}

/// The history of a flag, as a key to load many at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventsOf(pub(crate) Uuid);

impl Loader<EventsOf> for Scope {
    type Value = Vec<SupportFlagEvent>;
    type Error = Error;

    async fn load(&self, flags: &[EventsOf]) -> Result<HashMap<EventsOf, Vec<SupportFlagEvent>>> {
        let rows: Vec<SupportFlagEvent> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT v.id, v.flag, v.at, v.kind, v.run, v.answer, v.note, v.snoozed_until, s.name AS actor_name
                 FROM support_flag_event v JOIN support_flag f ON f.id = v.flag LEFT JOIN staff s ON s.id = v.actor
                 WHERE f.class IN ");
            self.push_reach(&mut sql, Right::FlagRead);
            sql.push(" AND v.flag IN (");
            bind_ids(&mut sql, flags.iter().map(|flag| flag.0));
            sql.push(") ORDER BY v.id").build_query_as().persistent(false).fetch_all(c).await?
        });
        let mut by_flag: HashMap<EventsOf, Vec<SupportFlagEvent>> = HashMap::new();
        rows.into_iter().for_each(|event| by_flag.entry(EventsOf(event.flag)).or_default().push(event));
        Ok(by_flag)
    }
}
