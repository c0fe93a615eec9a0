//! What a run found about each pupil: the score, the level, the group.
use super::analysis_run::AnalysisRun;
use super::counterfactual::CounterfactualChange;
use super::exclusion::NOT_EXCLUDED;
use super::group::StoredGroup;
use super::json::AsJson;
use super::language::Language;
use super::low_moods::LowMoods;
use super::reason::SupportReason;
use super::rule::StoredRule;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::Result;
use crate::id;
use async_graphql::{Context, Enum, ID, Object};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use sqlx::types::Text;
use uuid::Uuid;

/// How much a pupil may need somebody's eye.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportLevel {
    /// Nothing speaks for it.
    None,
    /// 気にかけたい: worth having an eye on.
    Watch,
    /// Worth talking with the pupil soon.
    Support,
}

/// What a run found about one pupil.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct RunScore {
    /// The pupil.
    pub pupil: Uuid,
    /// 0 to 1; 0.5 is the class's middle.
    pub score: f64,
    /// What the reasons add up to.
    pub sum: f64,
    /// What follows.
    pub level: SupportLevel,
    /// The place in the run's groups.
    pub group_number: Option<i64>,
    /// How sure the group is, 0 to 1.
    pub certainty: f64,
    /// The plain rules that spoke.
    pub rules: Text<AsJson<Vec<StoredRule>>>,
    /// The lines of the score.
    pub reasons: Text<AsJson<Vec<SupportReason>>>,
    /// Whether the comparison names the pupil only because it did the day before.
    pub held: bool,
    /// What would have to be different for the comparison not to name the pupil; empty where it does not.
    pub changes: Text<AsJson<Vec<CounterfactualChange>>>,
}

/// What a run found about one pupil.
#[Object(name = "SupportScore")]
impl RunScore {
    /// The pupil.
    async fn pupil_id(&self) -> ID {
        id::of(self.pupil)
    }
    /// Concern from 0 to 1; 0.5 is the class's middle: 1 / (1 + exp(−2 · `sum`)).
    async fn score(&self) -> f64 {
        self.score
    }
    /// What the contributions of the reasons add up to.
    async fn sum(&self) -> f64 {
        self.sum
    }
    /// What follows.
    async fn level(&self) -> SupportLevel {
        self.level
    }
}

/// A group, seen from a run or from one of its members.
pub struct SupportGroup {
    pub(crate) group: StoredGroup,
    pub(crate) certainty: f64,
}

/// Pupils with similar records. It describes records, not children.
#[Object]
impl SupportGroup {
    /// A few words.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Result<String> {
        Ok(self.group.name(language, &LowMoods::where_named(ctx, self.group.names_moods()).await?))
    }
    /// A plain sentence.
    async fn description(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Result<String> {
        Ok(self.group.description(language, &LowMoods::where_named(ctx, self.group.names_moods()).await?))
    }
    /// Which group of the week before it continues, as a sentence; null for a new one.
    async fn continues(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Result<Option<String>> {
        Ok(self.group.continues(language, &LowMoods::where_named(ctx, self.group.names_moods()).await?))
    }
    /// How sure it is that the pupil (for a run: its members) belongs there, 0 to 1.
    async fn certainty(&self) -> f64 {
        self.certainty
    }
    /// How many pupils of the class are in it.
    async fn size(&self) -> usize {
        self.group.in_class
    }
}

/// Stores the scores of a run.
pub(crate) async fn insert(tx: &mut Tx, run: &AnalysisRun, scores: &[RunScore]) -> Result<()> {
    for chunk in scores.chunks(500) {
        let sql = "INSERT INTO run_score (run, pupil, school, score, sum, level, group_number, certainty, rules, reasons, held, changes) ";
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, score| {
            row.push_bind(run.id).push_bind(score.pupil).push_bind(run.school).push_bind(score.score).push_bind(score.sum)
                .push_bind(score.level).push_bind(score.group_number).push_bind(score.certainty).push_bind(&score.rules)
                .push_bind(&score.reasons).push_bind(score.held).push_bind(&score.changes);
        }).build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// The scores of a run over whose class the viewer has the right to see flags, by pupil.
pub(crate) async fn of_run(scope: &Scope, run: Uuid) -> Result<Vec<RunScore>> {
    let sql = "SELECT s.pupil, s.score, s.sum, s.level, s.group_number, s.certainty, s.rules, s.reasons, s.held, s.changes
               FROM run_score s JOIN analysis_run r ON r.id = s.run WHERE s.run = ";
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(sql);
        sql.push_bind(run).push(" AND r.class IN ");
        scope.push_reach(&mut sql, Right::FlagRead);
        sql.push(" AND s.pupil").push(NOT_EXCLUDED);
        sql.push(" ORDER BY s.pupil").build_query_as().fetch_all(c).await?
    }))
}
