//! The history of a flag: raised, kept, answered, ended.
use super::flag::FlagRow;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::{new_id, school_day};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::scalar::{Day, Timestamp};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Enum, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
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
    /// Whoever answered took it back on the same day.
    Withdrawn,
}

/// One event of a flag.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct SupportFlagEvent {
    pub(crate) id: Uuid,
    pub(crate) flag: Uuid,
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) kind: SupportFlagEventKind,
    pub(crate) run: Option<Uuid>,
    pub(crate) answer: Option<SupportFlagAnswer>,
    pub(crate) note: Option<String>,
    pub(crate) snoozed_until: Option<NaiveDate>,
    #[sqlx(default)]
    pub(crate) actor: Option<Uuid>,
    #[sqlx(default)]
    pub(crate) actor_name: Option<String>,
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
            actor: None,
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

#[async_trait]
impl Loader<EventsOf> for Scope {
    type Value = Vec<SupportFlagEvent>;
    type Error = Error;

    async fn load(&self, flags: &[EventsOf]) -> Result<HashMap<EventsOf, Vec<SupportFlagEvent>>> {
        let rows: Vec<SupportFlagEvent> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT v.id, v.flag, v.at, v.kind, v.run, v.answer, v.note, v.snoozed_until, v.actor, s.name AS actor_name
                 FROM support_flag_event v JOIN support_flag f ON f.id = v.flag LEFT JOIN staff s ON s.id = v.actor
                 WHERE f.class IN ");
            self.push_reach(&mut sql, Right::FlagRead);
            sql.push(" AND v.flag IN (");
            bind_ids(&mut sql, flags.iter().map(|flag| flag.0));
            sql.push(") ORDER BY v.id").build_query_as().fetch_all(c).await?
        });
        let mut by_flag: HashMap<EventsOf, Vec<SupportFlagEvent>> = HashMap::new();
        rows.into_iter().for_each(|event| by_flag.entry(EventsOf(event.flag)).or_default().push(event));
        Ok(by_flag)
    }
}

/// The history of a flag inside a write. The caller has checked the flag against the scope.
pub(crate) async fn of_flag(tx: &mut Tx, flag: Uuid) -> Result<Vec<SupportFlagEvent>> {
    let sql = "SELECT v.id, v.flag, v.at, v.kind, v.run, v.answer, v.note, v.snoozed_until, v.actor, s.name AS actor_name
               FROM support_flag_event v LEFT JOIN staff s ON s.id = v.actor WHERE v.flag = $1 ORDER BY v.id";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(flag).fetch_all(c).await?))
}

/// The answer that stands at the end of a history: the last one that was not taken back.
pub(crate) fn standing<'a>(events: impl IntoIterator<Item = &'a SupportFlagEvent>) -> Option<&'a SupportFlagEvent> {
    let mut stack: Vec<&SupportFlagEvent> = Vec::new();
    for event in events {
        match event.kind {
            SupportFlagEventKind::Answered => stack.push(event),
            SupportFlagEventKind::Withdrawn => drop(stack.pop()),
            _ => {}
        }
    }
    stack.pop()
}

impl SupportFlagEvent {
    /// Whether it happened on a day of the school.
    pub(crate) fn is_of(&self, day: NaiveDate) -> bool {
        self.at.is_some_and(|at| school_day(at) == day)
    }
}
