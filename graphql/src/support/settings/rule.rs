//! From where on the plain rules speak: data that the board edits.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Change;
use crate::db::{Engine, on};
use crate::error::{Result, UserError, UserErrorCode};
use crate::support::language::Language;
use crate::support::low_moods::LowMoods;
use crate::support::words;
use asagao_analytics::{RULES, RuleId, RuleKind, Thresholds};
use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A plain rule that is read beside the comparison.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "RuleId", name = "AnalysisRuleName")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RuleName {
    /// No learning record for so many school days in a row.
    NoActivity,
    /// So many due assignments in a row not handed in.
    MissedInARow,
    /// Absent on so many school days in a row.
    AbsentInARow,
    /// Absent on so many of the latest 30 days to attend.
    AbsentOften,
    /// Absent on so many percent of the days to attend, once there are 30.
    AbsentShare,
    /// Late, or gone early, on so many days more in the latest 10 days present than in the 10 before.
    LateRise,
    /// Less learning in the latest 10 school days than so many percent of the pupil's own before, and not with the whole class.
    ActivityDrop,
    /// So many low moods in a row.
    LowMoodInARow,
}

impl RuleName {
    fn kind(self) -> &'static RuleKind {
        &RULES[RuleId::from(self) as usize]
    }
}

/// A rule with its threshold.
pub struct AnalysisRule {
    rule: RuleName,
    threshold: usize,
}

/// From where on a plain rule speaks of a pupil, whatever the comparison says.
#[Object]
impl AnalysisRule {
    /// The rule.
    async fn rule(&self) -> RuleName {
        self.rule
    }
    /// From where on it speaks, counted in `unit`; 0 where it is off.
    async fn threshold(&self) -> usize {
        self.threshold
    }
    /// The threshold where the board has set nothing.
    async fn usual(&self) -> usize {
        self.rule.kind().usual
    }
    /// The least threshold that it takes, but for 0, which is off.
    async fn least(&self) -> usize {
        self.rule.kind().least
    }
    /// The greatest threshold that it takes.
    async fn most(&self) -> usize {
        self.rule.kind().most
    }
    /// What it counts, in a few words.
    async fn label(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Result<String> {
        let low = LowMoods::where_named(ctx, self.rule == RuleName::LowMoodInARow).await?;
        let low = [("low", low.words(language).into())];
        Ok(words::say(language, &format!("threshold-{}", self.rule.kind().key), &low))
    }
    /// What stands behind the threshold, such as 「日から」.
    async fn unit(&self, #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language) -> String {
        words::say(language, &format!("threshold-{}.unit", self.rule.kind().key), &[])
    }
}

/// From where on a rule is to speak.
#[derive(InputObject, Clone, Debug)]
pub struct SetAnalysisRuleInput {
    /// The rule.
    pub rule: RuleName,
    /// From where on it speaks, from the rule's `least` to its `most`; 0 switches it off.
    pub threshold: i32,
}

/// What became of a rule.
#[derive(SimpleObject)]
pub struct SetAnalysisRulePayload {
    /// The rule as it is now; null if nothing was changed.
    pub rule: Option<AnalysisRule>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be asked about rules.
#[derive(Default)]
pub struct AnalysisRuleQuery;

#[Object]
impl AnalysisRuleQuery {
    /// From where on each plain rule of the analysis speaks, in the board's schools.
    async fn analysis_rules(&self, ctx: &Context<'_>) -> Result<Vec<AnalysisRule>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        let thresholds = at(scope, scope.now()).await?;
        Ok(RULES.iter().map(|rule| AnalysisRule { rule: rule.id.into(), threshold: thresholds.of(rule.id) }).collect())
    }
}

/// What may be done with rules.
#[derive(Default)]
pub struct AnalysisRuleMutation;

#[Object]
impl AnalysisRuleMutation {
    /// Changes from where on a plain rule speaks, for the whole board. It holds from the next analysis on.
    async fn set_analysis_rule(&self, ctx: &Context<'_>, input: SetAnalysisRuleInput) -> Result<SetAnalysisRulePayload> {
        Ok(match set(Scope::with(ctx, Right::AnalysisRuleWrite)?, &input).await? {
            Ok(rule) => SetAnalysisRulePayload { rule: Some(rule), user_errors: vec![] },
            Err(error) => SetAnalysisRulePayload { rule: None, user_errors: vec![error] },
        })
    }
}

/// A setting as it is kept.
#[derive(sqlx::FromRow, Serialize, Clone, Copy, Debug, PartialEq)]
struct Row {
    rule: RuleName,
    threshold: i32,
}

const AT: &str = "SELECT rule, threshold FROM analysis_rule a WHERE set_at = (SELECT max(b.set_at) FROM analysis_rule b
                      WHERE b.rule = a.rule AND b.set_at <= $1)";

/// The thresholds that held at a time. They are no one's secret.
pub(super) async fn at(scope: &Scope, time: DateTime<Utc>) -> Result<Thresholds> {
    let rows: Vec<Row> = on!(scope.read(), c => sqlx::query_as(AT).bind(time).fetch_all(c).await?);
    // What was set by a version with other bounds does not stop the analysis: the usual threshold holds.
    let known = rows.iter().filter_map(|row| Some((row.rule, within(row.rule, row.threshold)?)));
    Ok(known.fold(Thresholds::default(), |thresholds, (rule, threshold)| thresholds.with(rule.into(), threshold)))
}

/// A threshold that a rule takes.
fn within(rule: RuleName, threshold: i32) -> Option<usize> {
    let kind = rule.kind();
    usize::try_from(threshold).ok().filter(|threshold| *threshold == 0 || (kind.least..=kind.most).contains(threshold))
}

async fn set(scope: &Scope, input: &SetAnalysisRuleInput) -> Result<Result<AnalysisRule, UserError>> {
    let Some(threshold) = within(input.rule, input.threshold) else {
        let RuleKind { least, most, .. } = input.rule.kind();
        let message = format!("this rule takes {least} to {most}, or 0 to be off");
        return Ok(Err(UserError::new(UserErrorCode::OutOfRange, "threshold", message)));
    };
    let mut tx = scope.begin("rule of the analysis set").await?;
    if let Engine::Postgres(c) = tx.connection() {
        // SQLite has one writer anyway; on PostgreSQL each has to find what the other has set.
        sqlx::query("LOCK TABLE analysis_rule IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
    }
    tx.waited();
    let at = tx.at;
    let rows: Vec<Row> = on!(tx.connection(), c => sqlx::query_as(AT).bind(at).fetch_all(c).await?);
    let before = rows.iter().find(|row| row.rule == input.rule);
    let after = Row { rule: input.rule, threshold: input.threshold };
    if before != Some(&after) {
        let id = Uuid::new_v5(&Uuid::nil(), input.rule.kind().key.as_bytes());
        let change = Change::new(id, before, Some(&after));
        let sql = "INSERT INTO analysis_rule (rule, threshold, set_at) VALUES ($1, $2, $3)
                   ON CONFLICT (rule, set_at) DO UPDATE SET threshold = excluded.threshold";
        on!(tx.change("analysis_rule", &[change]).await?, c => sqlx::query(sql).bind(after.rule).bind(after.threshold).bind(at)
            .execute(c).await?.rows_affected());
    }
    tx.commit().await?;
    Ok(Ok(AnalysisRule { rule: input.rule, threshold }))
}
