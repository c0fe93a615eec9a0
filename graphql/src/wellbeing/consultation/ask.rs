//! What a pupil does: asks to talk, and takes it back.
use super::choices::{self, Choice, Source};
use super::{Consultation, ConsultationPayload, ConsultationState, find, locked, set_state};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::{new_id, not_replaced};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::events::Event;
use crate::id;
use crate::learning::activity::check;
use crate::wellbeing::word::{self, WordKind};
use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

/// A wish to talk to somebody.
#[derive(InputObject, Clone, Debug)]
pub struct RequestConsultationInput {
    /// The UUID that the app makes: sent again with the same content it is stored once and answered again, with other content it is a
    /// `CONFLICT`.
    pub id: ID,
    /// Whom to ask, one of `consultationChoices`.
    pub staff_id: ID,
    /// What it is about, the code of one of the board's topics; it need not be said.
    pub topic: Option<String>,
    /// In the pupil's own words, at most 1,000 characters; there need not be any.
    pub words: Option<String>,
}

/// What a pupil may do with consultations.
#[derive(Default)]
pub struct ConsultationMutation;

#[Object]
impl ConsultationMutation {
    /// Asks an adult to talk, as the pupil who is signed in. It is with that adult at once, and with nobody else; if nobody takes it in the
    /// time that the school has set, it goes on to the next one by the school's order.
    async fn request_consultation(&self, ctx: &Context<'_>, input: RequestConsultationInput) -> Result<ConsultationPayload> {
        Ok(request(Scope::with(ctx, Right::ConsultationWrite)?, &input).await?.into())
    }
    /// Takes a consultation back, as the pupil who asked for it. Its words are deleted, and no adult sees it any more.
    async fn withdraw_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The consultation.")] consultation_id: ID,
    ) -> Result<ConsultationPayload> {
        let scope = Scope::with(ctx, Right::ConsultationWrite)?;
        Ok(withdraw(scope, id::parse(&consultation_id).unwrap_or_default()).await?.into())
    }
}

/// So many wishes of one pupil can be open at once.
const MOST_OPEN: i64 = 5;

async fn request(scope: &Scope, input: &RequestConsultationInput) -> Result<Result<Consultation, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let id = match check::uuid(&input.id, "id") {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    let words = match input.words.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
        Some(words) => match check::text(words, 1_000, "words") {
            Ok(words) => words,
            Err(error) => return Ok(Err(error)),
        },
        None => String::new(),
    };
    let staff = id::parse(&input.staff_id).unwrap_or_default();
    if let Some(there) = find(scope, id).await? {
        return Ok(there.answers(staff, input.topic.as_deref(), &words));
    }
    if let Some(topic) = &input.topic {
        let topics = word::of_kind(scope, WordKind::ConsultationTopic).await?;
        if !topics.iter().any(|of| of.code == *topic && of.offered_on(scope.today())) {
            return wrong(
                UserErrorCode::NotFound,
                "topic",
                "the board has no such topic: send one of `consultationChoices`, or none",
            );
        }
    }
    let school = choices::school_of(scope).await?;
    let Some(school) = school else {
        return wrong(UserErrorCode::NotFound, "staffId", "you are in no school today");
    };
    let mut tx = scope.begin("consultation asked for").await?;
    tx.lock("pupil", &[scope.holder()]).await?;
    let adults = choices::on_day(Source::Write(tx.connection()), scope.holder(), school, scope.today()).await?;
    let Some(adult) = adults.into_iter().find(|adult| adult.staff == staff) else {
        return wrong(UserErrorCode::NotFound, "staffId", "you cannot ask this person today: send one of `consultationChoices`");
    };
    let sql = "SELECT count(*) FROM consultation WHERE pupil = $1 AND state IN ('SENT', 'ACCEPTED')";
    let (open,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(scope.holder()).fetch_one(c).await?);
    if open >= MOST_OPEN {
        return wrong(UserErrorCode::TooMany, "id", "five wishes to talk are open: take one back, or wait until one is over");
    }
    let sql = "INSERT INTO consultation (id, pupil, school, day, at, asked, topic, words, state, agreed)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '') ON CONFLICT (id) DO NOTHING";
    let (at, today) = (tx.at, scope.today());
    let stored = on!(tx.connection(), c => sqlx::query(sql).bind(id).bind(scope.holder()).bind(school).bind(today).bind(at).bind(staff)
        .bind(&input.topic).bind(&words).bind(ConsultationState::Sent).execute(c).await?.rows_affected());
    if stored == 1 {
        step(&mut tx, id, &adult).await?;
        tx.commit().await?;
    } else {
        // It came in twice at once, or the id is somebody else's.
        drop(tx);
    }
    Ok(match find(scope, id).await? {
        Some(there) => there.answers(staff, input.topic.as_deref(), &words),
        None => Err(taken()),
    })
}

/// Puts a consultation into the hands of somebody, who is told.
pub(super) async fn step(tx: &mut Tx, consultation: Uuid, adult: &Choice) -> Result<()> {
    let sql = "INSERT INTO consultation_step (id, consultation, staff, role, since, until_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let at = tx.at;
    on!(tx.connection(), c => sqlx::query(sql).bind(new_id()).bind(consultation).bind(adult.staff).bind(adult.role).bind(at)
        .bind(not_replaced()).execute(c).await?.rows_affected());
    tx.tell(Event::Consultation { to: adult.staff });
    Ok(())
}

fn taken() -> UserError {
    UserError::new(UserErrorCode::Conflict, "id", "the id is taken by a record with other content: make a new one")
}

impl Consultation {
    /// The consultation, if what is asked for is the same. What was taken back has no words any more to compare.
    fn answers(self, staff: Uuid, topic: Option<&str>, words: &str) -> Result<Consultation, UserError> {
        let said = (self.asked, self.topic.as_deref(), self.words.as_str());
        let same = said == (staff, topic, words) || (self.state == ConsultationState::Withdrawn && self.asked == staff);
        if same { Ok(self) } else { Err(taken()) }
    }
}

async fn withdraw(scope: &Scope, id: Uuid) -> Result<Result<Consultation, UserError>> {
    let mut tx = scope.begin("consultation taken back").await?;
    let Some(held) = locked(&mut tx, scope, id).await? else { return Ok(Err(super::not_there())) };
    if !held.is_open() {
        let ended = UserError::new(UserErrorCode::Conflict, "consultationId", "it is over: there is nothing to take back");
        return Ok(if held.state == ConsultationState::Withdrawn { Ok(held) } else { Err(ended) });
    }
    let after = Consultation {
        state: ConsultationState::Withdrawn,
        words: String::new(),
        agreed: String::new(),
        topic: None,
        ended_at: Some(tx.at),
        ..held
    };
    set_state(&mut tx, &after).await?;
    tx.tell(Event::Consultation { to: after.staff });
    tx.commit().await?;
    Ok(Ok(after))
}
