//! 相談したい: a pupil asks one adult to talk. It is read by the pupil and by whomever it is with: no head, no operator, no program, no job
//! and no trail has any of it. A former addressee who had not taken it finds nothing any more; who had taken it goes on reading it as long
//! as the pupil could ask them today.
mod answer;
mod arrived;
mod ask;
mod choices;
mod find;
mod pass_on;
mod setting;

pub use answer::ConsultationAnswerMutation;
pub use arrived::ConsultationSubscription;
pub use ask::ConsultationMutation;
pub use choices::{ConsultationChoiceQuery, ConsultationRole};
pub(crate) use find::of_class;
use find::{Which, find, list, locked};
pub use pass_on::{clear, pass_on};
pub use setting::{ConsultationSettingMutation, ConsultationSettingQuery};

use super::word::{BoardWord, WordKind, WordOf};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::{Error, Result, UserError};
use crate::id;
use crate::page::{self, Cursor};
use crate::scalar::Timestamp;
use async_graphql::connection::Connection;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Where a consultation stands.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsultationState {
    /// とどきました: it is with somebody who has not taken it yet.
    Sent,
    /// 受け取りました: somebody has taken it.
    Accepted,
    /// It is over.
    Ended,
    /// The pupil has taken it back; nobody else sees it any more.
    Withdrawn,
}

/// A pupil's wish to talk to somebody.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq)]
pub struct Consultation {
    id: Uuid,
    pupil: Uuid,
    school: Uuid,
    at: DateTime<Utc>,
    asked: Uuid,
    topic: Option<String>,
    words: String,
    state: ConsultationState,
    agreed: String,
    ended_at: Option<DateTime<Utc>>,
    step: Uuid,
    staff: Uuid,
    role: ConsultationRole,
    since: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    staff_name: Option<String>,
    staff_kana: Option<String>,
    pupil_name: String,
    pupil_kana: String,
    class_name: Option<String>,
}

/// Somebody whom a pupil asks to talk.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct ConsultationAdult {
    /// The id of the member of staff.
    pub staff_id: ID,
    /// The name.
    pub name: String,
    /// The name's reading; null where the roster has none.
    pub kana: Option<String>,
    /// What they are to the pupil.
    pub role: ConsultationRole,
}

/// A pupil's wish to talk to somebody. Only the pupil and whomever it is with can read it.
#[Object]
impl Consultation {
    /// The UUID that the app made.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// When it was sent.
    async fn at(&self) -> Timestamp {
        self.at.into()
    }
    /// Where it stands.
    async fn state(&self) -> ConsultationState {
        self.state
    }
    /// The pupil's id. The record behind it is seen by those whose duties show it, not by being asked.
    async fn pupil_id(&self) -> ID {
        id::of(self.pupil)
    }
    /// The pupil's name to show.
    async fn pupil_name(&self) -> &str {
        self.pupil_name.trim()
    }
    /// The name's reading; empty where the roster has none.
    async fn pupil_kana(&self) -> &str {
        self.pupil_kana.trim()
    }
    /// The name of the pupil's homeroom; null where there is none today.
    async fn class_name(&self) -> Option<&str> {
        self.class_name.as_deref()
    }
    /// What it is about; null if the pupil did not say.
    async fn topic(&self, ctx: &Context<'_>) -> Result<Option<BoardWord>> {
        let Some(topic) = &self.topic else { return Ok(None) };
        let key = WordOf(WordKind::ConsultationTopic, topic.clone());
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await
    }
    /// In the pupil's own words; null if there are none.
    async fn words(&self) -> Option<&str> {
        Some(self.words.as_str()).filter(|words| !words.is_empty())
    }
    /// With whom it is now.
    async fn addressee(&self) -> ConsultationAdult {
        ConsultationAdult {
            staff_id: id::of(self.staff),
            name: self.staff_name.clone().unwrap_or_default(),
            kana: self.staff_kana.clone(),
            role: self.role,
        }
    }
    /// Whether it is with you: you can take it, note what was agreed, and end it.
    async fn mine(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.staff == Scope::of(ctx)?.holder())
    }
    /// Whether it has gone on from whom the pupil had asked.
    async fn passed_on(&self) -> bool {
        self.staff != self.asked
    }
    /// Since when it has been with them.
    async fn since(&self) -> Timestamp {
        self.since.into()
    }
    /// When they took it; null while they have not.
    async fn accepted_at(&self) -> Option<Timestamp> {
        self.accepted_at.map(Timestamp::from)
    }
    /// What was agreed, as the adult noted it; the pupil reads it too. Null while there is nothing.
    async fn agreed(&self) -> Option<&str> {
        Some(self.agreed.as_str()).filter(|agreed| !agreed.is_empty())
    }
    /// When it was ended; null while it is not.
    async fn ended_at(&self) -> Option<Timestamp> {
        self.ended_at.map(Timestamp::from)
    }
}

impl Consultation {
    fn is_open(&self) -> bool {
        matches!(self.state, ConsultationState::Sent | ConsultationState::Accepted)
    }

    fn cursor(&self) -> Cursor {
        Cursor { number: -self.at.timestamp_millis(), id: self.id }
    }
}

/// What became of a consultation.
#[derive(SimpleObject)]
pub struct ConsultationPayload {
    /// The consultation as it is now; null if nothing was changed.
    pub consultation: Option<Consultation>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

impl From<Result<Consultation, UserError>> for ConsultationPayload {
    fn from(done: Result<Consultation, UserError>) -> Self {
        match done {
            Ok(consultation) => ConsultationPayload { consultation: Some(consultation), user_errors: vec![] },
            Err(error) => ConsultationPayload { consultation: None, user_errors: vec![error] },
        }
    }
}

/// What may be asked about consultations.
#[derive(Default)]
pub struct ConsultationQuery;

#[Object]
impl ConsultationQuery {
    /// The consultations that you have asked for as a pupil, or that are with you as an adult; the newest first.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn consultations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default = false, desc = "Only those that are neither ended nor taken back.")] open: bool,
    ) -> Result<Connection<Cursor, Consultation>> {
        let scope = reader(ctx)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let before = match after.number {
            i64::MIN => not_replaced(),
            millis => DateTime::from_timestamp_millis(millis.saturating_neg()).unwrap_or_default(),
        };
        let rows = list(scope, Which::Listed { before: (before, after.id), limit, open }).await?;
        Ok(page::of(rows, limit, Consultation::cursor))
    }
}

/// The scope of somebody who can ask, or be asked.
fn reader<'a>(ctx: &Context<'a>) -> Result<&'a Scope> {
    let scope = Scope::of(ctx)?;
    if scope.holds(Right::ConsultationWrite) { Ok(scope) } else { Scope::with(ctx, Right::ConsultationTake) }
}

/// What a call for a consultation of somebody else is told, or of nobody.
fn not_there() -> UserError {
    UserError::new(
        crate::error::UserErrorCode::NotFound,
        "consultationId",
        "there is no such consultation that is with you: it may have gone on to somebody else, or have been taken back",
    )
}

/// Sets the state of a consultation within a write.
async fn set_state(tx: &mut Tx, of: &Consultation) -> Result<(), Error> {
    let sql = "UPDATE consultation SET state = $2, agreed = $3, words = $4, topic = $5, ended_at = $6 WHERE id = $1";
    on!(tx.connection(), c => sqlx::query(sql).bind(of.id).bind(of.state).bind(&of.agreed).bind(&of.words).bind(&of.topic)
        .bind(of.ended_at).execute(c).await?.rows_affected());
    Ok(())
}
