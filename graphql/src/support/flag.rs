//! Support flags (気にかけたい): raised by a run, kept or ended by later ones, answered by people.
use super::action::ActionsOf;
use super::counterfactual::{CounterfactualChange, SupportCounterfactual};
use super::event::{self, SupportFlagEvent};
use super::group::StoredGroup;
use super::json::AsJson;
use super::language::Language;
use super::reason::SupportReason;
use super::rule::{StoredRule, SupportRule};
use super::score::{SupportGroup, SupportLevel};
use super::sheet::find::SheetsOf;
use super::words;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::page::{self, Cursor};
use crate::roster::class;
use crate::roster::pupil::{Pupil, PupilIn};
use crate::scalar::Day;
use crate::support::exclusion::NOT_EXCLUDED;
use async_graphql::connection::Connection;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Enum, ID, Object};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use sqlx::types::Text;
use uuid::Uuid;

/// Where a flag stands.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportFlagState {
    /// 新しい: nobody has answered yet.
    New,
    /// 続いている: not answered for a week, or it came back, or it was put off and the day is over.
    Continuing,
    /// Somebody has answered.
    Answered,
    /// Answered, and not to be shown until a day.
    Snoozed,
}

/// A flag as it is stored: its own state here, its figures in the scores of its last run.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct FlagRow {
    /// The flag's id.
    pub id: Uuid,
    /// The school.
    pub school: Uuid,
    /// The class.
    pub class: Uuid,
    /// The pupil.
    pub pupil: Uuid,
    /// The last run that kept it.
    pub run: Uuid,
    /// Where it stands.
    pub state: SupportFlagState,
    /// Since which school day.
    pub since: NaiveDate,
    /// Until when it is not shown.
    pub snoozed_until: Option<NaiveDate>,
    /// The day of the run that ended it.
    pub ended_on: Option<NaiveDate>,
}

/// A flag with the figures of its last run.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct SupportFlag {
    #[sqlx(flatten)]
    pub(crate) row: FlagRow,
    score: f64,
    sum: f64,
    level: SupportLevel,
    group_number: Option<i64>,
    certainty: f64,
    rules: Text<AsJson<Vec<StoredRule>>>,
    reasons: Text<AsJson<Vec<SupportReason>>>,
    held: bool,
    changes: Text<AsJson<Vec<CounterfactualChange>>>,
    as_of: NaiveDate,
    groups_found: Text<AsJson<Vec<StoredGroup>>>,
    place: i64,
}

/// A reason to look at a pupil (気にかけたい): an occasion for a teacher's judgement, not a conclusion.
#[Object]
impl SupportFlag {
    /// The flag's UUID.
    async fn id(&self) -> ID {
        id::of(self.row.id)
    }
    /// How much it may need somebody's eye.
    async fn level(&self) -> SupportLevel {
        self.level
    }
    /// Concern from 0 to 1; 0.5 is the class's middle: 1 / (1 + exp(−2 · `sum`)). For ordering within a run, not to be shown to people.
    async fn score(&self) -> f64 {
        self.score
    }
    /// What the contributions of `reasons` add up to.
    async fn sum(&self) -> f64 {
        self.sum
    }
    /// Where it stands.
    async fn state(&self, ctx: &Context<'_>) -> Result<SupportFlagState> {
        let today = Scope::of(ctx)?.today();
        Ok(match self.row.snoozed_until {
            Some(until) if until >= today => SupportFlagState::Snoozed,
            Some(_) => SupportFlagState::Continuing,
            None => self.row.state,
        })
    }
    /// Since which school day.
    async fn since(&self) -> Day {
        Day(self.row.since)
    }
    /// The school day of the analysis that the figures are of.
    async fn as_of(&self) -> Day {
        Day(self.as_of)
    }
    /// The last day on which it is not to be shown; null if it is to be shown.
    async fn snoozed_until(&self, ctx: &Context<'_>) -> Result<Option<Day>> {
        let today = Scope::of(ctx)?.today();
        Ok(self.row.snoozed_until.filter(|until| *until >= today).map(Day))
    }
    /// The pupils whose records are alike; null where the pupil is like too few others.
    async fn group(&self) -> Option<SupportGroup> {
        let number = usize::try_from(self.group_number?).ok()?;
        let group = self.groups_found.0.0.get(number)?.clone();
        Some(SupportGroup { group, certainty: self.certainty })
    }
    /// The pupil; null if you may see the flag and not the pupil.
    async fn pupil(&self, ctx: &Context<'_>) -> Result<Option<Pupil>> {
        let key = PupilIn { class: self.row.class, pupil: self.row.pupil };
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await
    }
    /// The lines of the score, what adds the most first; their contributions add up to `sum`.
    async fn reasons(&self) -> &[SupportReason] {
        &self.reasons.0.0
    }
    /// Whether the score is a little below the line, and the name is kept from the school day before so that nobody comes and goes.
    async fn held(&self) -> bool {
        self.held
    }
    /// The same as a plain sentence; null if the score is not below the line.
    async fn held_text(
        &self,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Option<String> {
        self.held.then(|| words::say(language, "held", &[]))
    }
    /// What would have to be different for the comparison not to name the pupil; null where it does not, and a rule alone does.
    async fn counterfactual(&self) -> Option<SupportCounterfactual> {
        let changes = self.changes.0.0.clone();
        (!changes.is_empty()).then_some(SupportCounterfactual { changes, rules: !self.rules.0.0.is_empty() })
    }
    /// What plain rules alone say; empty: nothing.
    async fn rules(&self) -> Vec<SupportRule> {
        self.rules.0.0.iter().map(|rule| SupportRule(*rule)).collect()
    }
    /// The day of the analysis that did not find it any more; null while it is open.
    async fn ended_on(&self) -> Option<Day> {
        self.row.ended_on.map(Day)
    }
    /// Something was done for the pupil since the flag's first day, or a support sheet (支援シート) is open: the flag tells nothing new then.
    #[graphql(complexity = "10")]
    async fn under_support(&self, ctx: &Context<'_>) -> Result<bool> {
        Scope::with(ctx, Right::SupportRead)?;
        let loader = ctx.data_unchecked::<DataLoader<Scope>>();
        let sheets = loader.load_one(SheetsOf(self.row.pupil)).await?;
        if sheets.is_some_and(|sheets| sheets.iter().any(|sheet| sheet.row.school == self.row.school && sheet.row.open())) {
            return Ok(true);
        }
        let actions = loader.load_one(ActionsOf(self.row.pupil)).await?;
        Ok(actions.is_some_and(|actions| actions.iter().any(|action| action.day >= self.row.since)))
    }
    /// You have answered it today: you can still take the answer back.
    #[graphql(complexity = "10")]
    async fn answered_today(&self, ctx: &Context<'_>) -> Result<bool> {
        let scope = Scope::of(ctx)?;
        if self.row.state != SupportFlagState::Answered {
            // It says more by now than what was answered.
            return Ok(false);
        }
        let events = ctx.data_unchecked::<DataLoader<Scope>>().load_one(event::EventsOf(self.row.id)).await?;
        Ok(event::standing(&events.unwrap_or_default())
            .is_some_and(|event| event.is_of(scope.today()) && event.actor == Some(scope.holder())))
    }
    /// The lines that add to the concern, at most three and one a domain, the strongest first: what to say in a few words.
    async fn strongest(&self) -> Vec<SupportReason> {
        let mut strongest: Vec<SupportReason> = Vec::new();
        for reason in self.reasons.0.0.iter().filter(|reason| reason.concerns() && reason.is_measured()) {
            if strongest.len() < 3 && !strongest.iter().any(|other| other.shares_domain(reason)) {
                strongest.push(reason.clone());
            }
        }
        strongest
    }
    /// What became of it so far, the oldest first.
    #[graphql(complexity = "10 + child_complexity")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<SupportFlagEvent>> {
        let loader = ctx.data_unchecked::<DataLoader<Scope>>();
        Ok(loader.load_one(event::EventsOf(self.row.id)).await?.unwrap_or_default())
    }
}

/// What may be asked about flags.
#[derive(Default)]
pub struct SupportFlagQuery;

#[Object]
impl SupportFlagQuery {
    /// The open flags of a class, also those put off (`SNOOZED`), in the order of 出席番号, never of concern; null if there is no such class whose flags you may see.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn support_flags(
        &self,
        ctx: &Context<'_>,
        class_id: ID,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<Connection<Cursor, SupportFlag>>> {
        let scope = Scope::with(ctx, Right::FlagRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let Some(class) = id::parse(&class_id) else { return Ok(None) };
        if class::find(scope, Right::FlagRead, class).await?.is_none() {
            return Ok(None);
        }
        let rows = list(scope, Right::FlagRead, Which::OfClass(class), after, limit).await?;
        Ok(Some(page::of(rows, limit, |flag| Cursor { number: flag.place, id: flag.row.id })))
    }
}

/// Which flags to look for.
#[derive(Clone, Copy)]
enum Which {
    OfClass(Uuid),
    OfPupil(Uuid),
    One(Uuid),
}

/// Flags, open ones but for a pupil's own list, with the figures of their last run, of pupils who are in the class today, in classes over which the viewer has a right.
async fn list(scope: &Scope, right: Right, which: Which, after: Cursor, limit: i64) -> Result<Vec<SupportFlag>> {
    let sql = "SELECT f.id, f.school, f.class, f.pupil, f.run, f.state, f.since, f.snoozed_until, f.ended_on,
                   s.score, s.sum, s.level, s.group_number, s.certainty, s.rules, s.reasons, s.held, s.changes, r.as_of, r.groups_found,
                   CAST(COALESCE(e.number, 1000000) AS BIGINT) AS place
               FROM support_flag f
               JOIN run_score s ON s.run = f.run AND s.pupil = f.pupil
               JOIN analysis_run r ON r.id = f.run
               JOIN enrolment e ON e.class = f.class AND e.pupil = f.pupil AND e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00'
               WHERE e.begins <= ";
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(sql);
        sql.push_bind(scope.today()).push(" AND e.ends >= ").push_bind(scope.today());
        // A pupil with two rows in the class has one flag all the same.
        sql.push(" AND NOT EXISTS (SELECT 1 FROM enrolment o WHERE o.class = e.class AND o.pupil = e.pupil AND o.kind = e.kind AND o.known_until = e.known_until");
        sql.push(" AND o.begins <= ").push_bind(scope.today()).push(" AND o.ends >= ").push_bind(scope.today()).push(" AND o.id < e.id)");
        sql.push(" AND f.class IN ");
        scope.push_reach(&mut sql, right);
        sql.push(" AND f.pupil").push(NOT_EXCLUDED);
        match which {
            Which::OfClass(class) => sql.push(" AND f.ended_on IS NULL AND f.class = ").push_bind(class),
            Which::OfPupil(pupil) => sql.push(" AND f.pupil = ").push_bind(pupil),
            Which::One(flag) => sql.push(" AND f.ended_on IS NULL AND f.id = ").push_bind(flag),
        };
        sql.push(" AND (COALESCE(e.number, 1000000), f.id) > (").push_bind(after.number).push(", ").push_bind(after.id);
        sql.push(") ORDER BY place, f.id LIMIT ").push_bind(limit).build_query_as().fetch_all(c).await?
    }))
}

/// An open flag over whose class the viewer has a right.
pub(crate) async fn find(scope: &Scope, right: Right, flag: Uuid) -> Result<Option<SupportFlag>> {
    Ok(list(scope, right, Which::One(flag), Cursor::START, 1).await?.pop())
}

/// Every flag of a pupil, the newest first.
pub(crate) async fn of_pupil(scope: &Scope, pupil: Uuid) -> Result<Vec<SupportFlag>> {
    let mut flags = list(scope, Right::FlagRead, Which::OfPupil(pupil), Cursor::START, i64::from(page::MOST)).await?;
    flags.sort_by_key(|flag| std::cmp::Reverse((flag.row.ended_on.is_none(), flag.row.since, flag.row.id)));
    Ok(flags)
}
