//! Whom a pupil can ask to talk.
use super::ConsultationAdult;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Connection;
use crate::db::{Engine, on};
use crate::error::Result;
use crate::id;
use crate::roster::enrolment;
use crate::wellbeing::word::{self, BoardWord, WordKind};
use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::{PgPool, SqlitePool};
use std::collections::HashSet;
use uuid::Uuid;

/// What an adult is to a pupil who asks.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsultationRole {
    /// 担任 of the pupil's own homeroom.
    Homeroom,
    /// ほかの先生: another homeroom teacher or the head of the grade, or who teaches the pupil a subject.
    Grade,
    /// 保健室: the nurse.
    Nurse,
    /// スクールカウンセラー・スクールソーシャルワーカー.
    Counsellor,
    /// 校長先生・教頭先生.
    Head,
}

impl ConsultationRole {
    /// The name that the database uses.
    pub(super) fn name(self) -> &'static str {
        match self {
            ConsultationRole::Homeroom => "HOMEROOM",
            ConsultationRole::Grade => "GRADE",
            ConsultationRole::Nurse => "NURSE",
            ConsultationRole::Counsellor => "COUNSELLOR",
            ConsultationRole::Head => "HEAD",
        }
    }

    /// The role of a name.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        use ConsultationRole::{Counsellor, Grade, Head, Homeroom, Nurse};
        [Homeroom, Grade, Nurse, Counsellor, Head].into_iter().find(|role| role.name() == name)
    }
}

/// Whom a pupil can ask, and about what.
#[derive(SimpleObject)]
pub struct ConsultationChoices {
    /// The adults of the school, the nearest first; everybody once.
    pub adults: Vec<ConsultationAdult>,
    /// What it can be about; saying nothing of it is as good.
    pub topics: Vec<BoardWord>,
    /// Whom to call outside of the school. It is to be shown; nothing is sent there.
    pub outside: Vec<BoardWord>,
}

/// What may be asked about choices.
#[derive(Default)]
pub struct ConsultationChoiceQuery;

#[Object]
impl ConsultationChoiceQuery {
    /// Whom you can ask to talk, as the pupil who is signed in; null where you are in no school today.
    #[graphql(complexity = "20 + child_complexity")]
    async fn consultation_choices(&self, ctx: &Context<'_>) -> Result<Option<ConsultationChoices>> {
        let scope = Scope::with(ctx, Right::ConsultationWrite)?;
        let Some(school) = school_of(scope).await? else { return Ok(None) };
        let adults = on_day(Source::Pool(scope.read()), scope.holder(), school, scope.today()).await?;
        let offered = |words: Vec<BoardWord>| words.into_iter().filter(|word| word.offered_on(scope.today())).collect();
        Ok(Some(ConsultationChoices {
            adults: adults.into_iter().map(ConsultationAdult::from).collect(),
            topics: offered(word::of_kind(scope, WordKind::ConsultationTopic).await?),
            outside: offered(word::of_kind(scope, WordKind::OutsideContact).await?),
        }))
    }
}

/// The school in which the viewer, a pupil, is today.
pub(super) async fn school_of(scope: &Scope) -> Result<Option<Uuid>> {
    let enrolments = enrolment::within_reach(scope, Right::ConsultationWrite, &[scope.holder()]).await?;
    Ok(enrolments.iter().rev().find(|enrolment| enrolment.covers(scope.today())).map(|enrolment| enrolment.school))
}

/// Somebody whom a pupil can ask.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) staff: Uuid,
    name: String,
    kana: Option<String>,
    pub(super) role: ConsultationRole,
}

impl From<Choice> for ConsultationAdult {
    fn from(choice: Choice) -> Self {
        ConsultationAdult { staff_id: id::of(choice.staff), name: choice.name, kana: choice.kana, role: choice.role }
    }
}

/// Where to read from: a pool, or the connection of a write.
pub(super) enum Source<'a> {
    Pool(Engine<&'a SqlitePool, &'a PgPool>),
    Write(Connection<'a>),
}

/// Whom a pupil can ask in a school on a day, the nearest first; everybody once.
pub(super) async fn on_day(from: Source<'_>, pupil: Uuid, school: Uuid, day: NaiveDate) -> Result<Vec<Choice>> {
    let sql = "SELECT DISTINCT s.id AS staff, s.name, NULLIF(s.kana, '') AS kana, r.role
               FROM consultation_reach r JOIN staff s ON s.id = r.holder
               WHERE r.pupil = $1 AND r.school = $2 AND r.begins <= $3 AND r.ends >= $3 AND r.enrolled <= $3 AND r.leaves >= $3
               ORDER BY s.name, s.id";
    let mut found: Vec<Choice> = match from {
        Source::Pool(pool) => on!(pool, c => sqlx::query_as(sql).bind(pupil).bind(school).bind(day).fetch_all(c).await?),
        Source::Write(connection) => {
            on!(connection, c => sqlx::query_as(sql).bind(pupil).bind(school).bind(day).fetch_all(c).await?)
        }
    };
    found.sort_by_key(|choice| choice.role);
    let mut seen = HashSet::new();
    found.retain(|choice| seen.insert(choice.staff));
    Ok(found)
}
