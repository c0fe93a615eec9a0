//! How long each kind of record is kept: data that the board edits.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::db::on;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::learning::activity::check;
use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A kind of record that is kept for some years.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum KeptKind {
    /// 学籍の記録: names, enrolments, moves. Without it nobody knows whose the other records are: it goes last, and takes what is left of
    /// the pupil's records in the school with it.
    StudentRegister,
    /// 指導の記録: what the head decided about attendance elsewhere (出席扱い), results, marks and remarks of terms (成績・所見).
    GuidanceRecord,
    /// 出席簿: marks of days and lessons.
    AttendanceRegister,
    /// 支援の記録: what was done for a pupil.
    Support,
    /// 学習の記録: what pupils did, and its daily totals.
    Learning,
    /// 気にかけたい知らせ: scores of analyses, flags and what became of them.
    SupportFlag,
    /// 心の天気.
    Mood,
    /// 保健の記録: how pupils were in the morning, and their visits to the infirmary.
    Health,
    /// 年度更新の下書き: the pupils of a draft.
    NextYearDraft,
}

impl KeptKind {
    /// Every kind.
    pub const ALL: [KeptKind; 9] = [
        KeptKind::StudentRegister,
        KeptKind::GuidanceRecord,
        KeptKind::AttendanceRegister,
        KeptKind::Support,
        KeptKind::Learning,
        KeptKind::SupportFlag,
        KeptKind::Mood,
        KeptKind::Health,
        KeptKind::NextYearDraft,
    ];

    /// The name that the database and ids use, as in `ATTENDANCE_REGISTER`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            KeptKind::StudentRegister => "STUDENT_REGISTER",
            KeptKind::GuidanceRecord => "GUIDANCE_RECORD",
            KeptKind::AttendanceRegister => "ATTENDANCE_REGISTER",
            KeptKind::Support => "SUPPORT",
            KeptKind::Learning => "LEARNING",
            KeptKind::SupportFlag => "SUPPORT_FLAG",
            KeptKind::Mood => "MOOD",
            KeptKind::Health => "HEALTH",
            KeptKind::NextYearDraft => "NEXT_YEAR_DRAFT",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        KeptKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// From when the years are counted.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CountedFrom {
    /// From the end of the school year in which the pupil left the school, by 卒業, 転学 or otherwise.
    Leaving,
    /// From the end of the school year that the record is of.
    SchoolYear,
}

/// How long a kind of record is kept.
#[derive(SimpleObject, sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct RetentionRule {
    /// The kind of record.
    pub kind: KeptKind,
    /// For how many whole school years.
    pub years: i32,
    /// From when they are counted.
    pub counted_from: CountedFrom,
    /// Where the number comes from: the law, or a decision of the board.
    pub basis: String,
}

/// How long a kind of record is to be kept.
#[derive(InputObject, Clone, Debug)]
pub struct SaveRetentionRuleInput {
    /// The kind of record.
    pub kind: KeptKind,
    /// For how many whole school years, 1 to 100. No kind is kept longer than `STUDENT_REGISTER`.
    pub years: i32,
    /// From when they are counted; as before if not said. `STUDENT_REGISTER` is counted from leaving, `NEXT_YEAR_DRAFT` by school year.
    pub counted_from: Option<CountedFrom>,
    /// Where the number comes from, such as the decision of the board; 1 to 500 characters.
    pub basis: String,
}

/// What became of a rule.
#[derive(SimpleObject)]
pub struct SaveRetentionRulePayload {
    /// The rule as it is now; null if nothing was changed.
    pub rule: Option<RetentionRule>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be asked about rules.
#[derive(Default)]
pub struct RetentionRuleQuery;

#[Object]
impl RetentionRuleQuery {
    /// How long each kind of record is kept.
    async fn retention_rules(&self, ctx: &Context<'_>) -> Result<Vec<RetentionRule>> {
        all(Scope::with(ctx, Right::RetentionRead)?).await
    }
}

/// What may be done with rules.
#[derive(Default)]
pub struct RetentionRuleMutation;

#[Object]
impl RetentionRuleMutation {
    /// Changes how long a kind of record is kept, for the whole board. Nothing goes by it before somebody deletes what is due.
    async fn save_retention_rule(&self, ctx: &Context<'_>, input: SaveRetentionRuleInput) -> Result<SaveRetentionRulePayload> {
        Ok(match save(Scope::with(ctx, Right::RetentionRuleWrite)?, &input).await? {
            Ok(rule) => SaveRetentionRulePayload { rule: Some(rule), user_errors: vec![] },
            Err(error) => SaveRetentionRulePayload { rule: None, user_errors: vec![error] },
        })
    }
}

const ALL: &str = "SELECT kind, years, counted_from, basis FROM retention_rule ORDER BY years DESC, kind";

/// Every rule. The board's rules are no one's secret.
pub(super) async fn all(scope: &Scope) -> Result<Vec<RetentionRule>> {
    Ok(on!(scope.read(), c => sqlx::query_as(ALL).fetch_all(c).await?))
}

/// The rule of a kind, within a write.
pub(super) async fn of(tx: &mut Tx, kind: KeptKind) -> Result<RetentionRule> {
    let rules: Vec<RetentionRule> = on!(tx.connection(), c => sqlx::query_as(ALL).fetch_all(c).await?);
    rules.into_iter().find(|rule| rule.kind == kind).ok_or_else(|| {
        tracing::error!(kind = kind.name(), "there is no rule for a kind of record");
        Error::Internal
    })
}

/// What the trail knows a rule by, which has no id of its own.
fn trail_id(kind: KeptKind) -> Uuid {
    Uuid::new_v5(&Uuid::nil(), kind.name().as_bytes())
}

async fn save(scope: &Scope, input: &SaveRetentionRuleInput) -> Result<Result<RetentionRule, UserError>> {
    let wrong = |field: &str, message: &str| Ok(Err(UserError::new(UserErrorCode::OutOfRange, field, message)));
    if !(1..=100).contains(&input.years) {
        return wrong("years", "a record is kept for 1 to 100 school years");
    }
    let basis = match check::text(input.basis.trim(), 500, "basis") {
        Ok(basis) => basis,
        Err(error) => return Ok(Err(error)),
    };
    let mut tx = scope.begin_because("retention rule saved", &basis).await?;
    // Two who save must not both find that the register is kept the longest.
    let lock = "UPDATE retention_rule SET years = years";
    on!(tx.connection(), c => sqlx::query(lock).execute(c).await?.rows_affected());
    tx.waited();
    let rules: Vec<RetentionRule> = on!(tx.connection(), c => sqlx::query_as(ALL).fetch_all(c).await?);
    let Some(before) = rules.iter().find(|rule| rule.kind == input.kind) else { return Err(Error::Internal) };
    let counted_from = input.counted_from.unwrap_or(before.counted_from);
    let fixed = matches!(input.kind, KeptKind::StudentRegister | KeptKind::NextYearDraft);
    if fixed && counted_from != before.counted_from {
        return wrong("countedFrom", "STUDENT_REGISTER is counted from leaving and NEXT_YEAR_DRAFT by school year");
    }
    let register = |rule: &&RetentionRule| rule.kind == KeptKind::StudentRegister;
    let too_long = if input.kind == KeptKind::StudentRegister {
        rules.iter().any(|rule| !register(&rule) && rule.years > input.years)
    } else {
        rules.iter().find(register).is_some_and(|rule| input.years > rule.years)
    };
    if too_long {
        return wrong("years", "no kind is kept longer than STUDENT_REGISTER, which says whose the records are");
    }
    let after = RetentionRule { kind: input.kind, years: input.years, counted_from, basis };
    if *before != after {
        let change = Change::new(trail_id(after.kind), Some(before), Some(&after));
        let sql = "UPDATE retention_rule SET years = $2, counted_from = $3, basis = $4 WHERE kind = $1";
        on!(tx.change("retention_rule", &[change]).await?, c => sqlx::query(sql).bind(after.kind).bind(after.years)
            .bind(after.counted_from).bind(&after.basis).execute(c).await?.rows_affected());
    }
    tx.commit().await?;
    Ok(Ok(after))
}
