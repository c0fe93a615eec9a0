//! Making a plan, changing it, reviewing it.
use super::{PlanRow, SupportGoal, SupportPlanKind, find};
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::moves::right;
use crate::scalar::Day;
use crate::support::sheet::find::begin;
use crate::support::sheet::level::SupportNoteLevel;
use crate::support::sheet::reach::Access;
use crate::support::sheet::write::{edited, optional, own_id, taken};
use async_graphql::{ID, InputObject};
use chrono::{Days, NaiveDate};
use std::collections::HashMap;
use uuid::Uuid;

/// A goal of a plan.
#[derive(InputObject, Clone, Debug)]
pub struct SupportGoalInput {
    /// The goal's UUID where it is there already; a goal that is left out of the list goes.
    pub id: Option<ID>,
    /// What is aimed at, 1 to 500 characters.
    pub goal: String,
    /// 手だて: how, up to 1,000 characters.
    #[graphql(default)]
    pub means: String,
    /// By when.
    pub due_on: Option<Day>,
}

/// A plan to make, or to change.
#[derive(InputObject, Clone, Debug)]
pub struct SaveSupportPlanInput {
    /// The plan's UUID, if you make it yourself, or that of the plan to change. Sent again with the same content it is stored once.
    pub id: Option<ID>,
    /// The sheet.
    pub sheet_id: ID,
    /// Which plan it is.
    pub kind: SupportPlanKind,
    /// Who may read it. Only `SHAREABLE` and `SCHOOL_TEAM` can be handed over, and no plan without the guardians' consent.
    #[graphql(default_with = "SupportNoteLevel::SchoolTeam")]
    pub level: SupportNoteLevel,
    /// The first day that it is for.
    pub begins: Day,
    /// The last day that it is for, at most ten years later.
    pub ends: Day,
    /// When it is looked at again.
    pub review_on: Option<Day>,
    /// How the guardians took part, up to 1,000 characters.
    #[graphql(default)]
    pub guardians: String,
    /// The goals in their order, 1 to 20.
    pub goals: Vec<SupportGoalInput>,
    /// The `version` that you saw; 0 for a new one.
    #[graphql(default = 0)]
    pub version: i32,
}

/// What became of a goal.
#[derive(InputObject, Clone, Debug)]
pub struct SupportEvaluationInput {
    /// The goal.
    pub goal_id: ID,
    /// What came of it, 1 to 1,000 characters.
    pub evaluation: String,
}

/// A review of a plan.
#[derive(InputObject, Clone, Debug)]
pub struct ReviewSupportPlanInput {
    /// The plan.
    pub plan_id: ID,
    /// What became of its goals, at least one.
    pub evaluations: Vec<SupportEvaluationInput>,
    /// The day of the review; today if not said. A day to come is refused.
    pub day: Option<Day>,
    /// When it is looked at again; null if not again.
    pub review_on: Option<Day>,
    /// The `version` that you saw.
    pub version: i32,
}

fn wrong<T>(code: UserErrorCode, field: &str, message: &str) -> Result<T, UserError> {
    Err(UserError::new(code, field, message))
}

/// Makes or changes a plan, or says what is wrong with the input.
pub(crate) async fn save(scope: &Scope, input: SaveSupportPlanInput) -> Result<Result<Uuid, UserError>> {
    let (begins, ends) = (input.begins.0, input.ends.0);
    if ends < begins || ends > begins + Days::new(3_660) {
        return Ok(wrong(UserErrorCode::OutOfRange, "ends", "the last day is the first or one of the ten years after it"));
    }
    let review_on = input.review_on.map(|day| day.0);
    if review_on.is_some_and(|day| day < begins || day > ends + Days::new(366)) {
        return Ok(wrong(UserErrorCode::OutOfRange, "reviewOn", "the day is not within the plan or the year after it"));
    }
    if input.goals.is_empty() {
        return Ok(wrong(UserErrorCode::Empty, "goals", "say at least one goal"));
    }
    if input.goals.len() > 20 {
        return Ok(wrong(UserErrorCode::TooMany, "goals", "a plan has at most 20 goals"));
    }
    let guardians = right!(optional(&input.guardians, 1_000, "guardians"));
    let own = right!(own_id(input.id.as_ref()));
    let (mut tx, sheet) = right!(begin(scope, Access::Write, &input.sheet_id, "support plan saved").await?);
    let plan = PlanRow {
        id: own.unwrap_or_else(new_id),
        sheet: sheet.id,
        pupil: sheet.pupil,
        school: sheet.school,
        kind: input.kind,
        level: input.level,
        begins,
        ends,
        review_on,
        guardians,
        version: input.version + 1,
        written_by: tx.actor,
        at: tx.at,
    };
    let held = tx.of_ids::<PlanRow>("SELECT * FROM support_plan WHERE id IN (", &[plan.id]).await?.pop();
    let before = goals_of(&mut tx, plan.id).await?;
    let goals = right!(goals(&input.goals, plan.id, &before));
    if let Some(held) = &held {
        let content = |of: &PlanRow| (of.sheet, of.kind, of.level, of.begins, of.ends, of.review_on, of.guardians.clone());
        let texts =
            |of: &[SupportGoal]| -> Vec<_> { of.iter().map(|of| (of.goal.clone(), of.means.clone(), of.due_on)).collect() };
        let may = find(scope, Access::Write, plan.id).await?.is_some();
        let same = content(held) == content(&plan) && texts(&before) == texts(&goals);
        if right!(edited(may, same, (held.version, input.version))) {
            return Ok(Ok(sheet.id));
        }
        if held.sheet != sheet.id {
            return Ok(Err(taken()));
        }
    }
    put(&mut tx, held.as_ref(), &plan).await?;
    write_goals(&mut tx, &before, &goals).await?;
    tx.commit().await?;
    Ok(Ok(sheet.id))
}

/// The goals of an input; what was said of a goal that is there stays with it.
fn goals(inputs: &[SupportGoalInput], plan: Uuid, before: &[SupportGoal]) -> Result<Vec<SupportGoal>, UserError> {
    let of_input = |(place, input): (usize, &SupportGoalInput)| {
        let field = |name: &str| format!("goals.{place}.{name}");
        let held = match &input.id {
            None => None,
            Some(id) => Some(before.iter().find(|goal| Some(goal.id) == id::parse(id)).ok_or_else(|| {
                UserError::new(UserErrorCode::NotFound, field("id"), "the plan has no such goal: leave the id of a new one out")
            })?),
        };
        Ok(SupportGoal {
            id: held.map_or_else(new_id, |held| held.id),
            plan,
            place: i32::try_from(place).unwrap_or(i32::MAX),
            goal: check::text(input.goal.trim(), 500, &field("goal"))?,
            means: optional(&input.means, 1_000, &field("means"))?,
            due_on: input.due_on.map(|day| day.0),
            evaluation: held.map(|held| held.evaluation.clone()).unwrap_or_default(),
            evaluated_on: held.and_then(|held| held.evaluated_on),
        })
    };
    inputs.iter().enumerate().map(of_input).collect()
}

/// Reviews a plan, or says what is wrong with the input.
pub(crate) async fn review(scope: &Scope, input: ReviewSupportPlanInput) -> Result<Result<Uuid, UserError>> {
    let Some(found) = find(scope, Access::Write, id::parse(&input.plan_id).unwrap_or_default()).await? else {
        return Ok(wrong(UserErrorCode::NotFound, "planId", "there is no such plan that you may review"));
    };
    let day = right!(come(scope, input.day, "day"));
    let review_on = input.review_on.map(|day| day.0);
    if review_on.is_some_and(|next| next <= day) {
        return Ok(wrong(UserErrorCode::OutOfRange, "reviewOn", "the next review is after this one"));
    }
    if input.evaluations.is_empty() {
        return Ok(wrong(UserErrorCode::Empty, "evaluations", "say of at least one goal what became of it"));
    }
    let mut said: HashMap<Uuid, String> = HashMap::new();
    for (place, of) in input.evaluations.iter().enumerate() {
        let text = right!(check::text(of.evaluation.trim(), 1_000, &format!("evaluations.{place}.evaluation")));
        said.insert(id::parse(&of.goal_id).unwrap_or_default(), text);
    }
    let (mut tx, sheet) = right!(begin(scope, Access::Write, &id::of(found.row.sheet), "support plan reviewed").await?);
    let held = tx.of_ids::<PlanRow>("SELECT * FROM support_plan WHERE id IN (", &[found.row.id]).await?.pop();
    let Some(held) = held else {
        return Ok(wrong(UserErrorCode::NotFound, "planId", "there is no such plan that you may review"));
    };
    let before = goals_of(&mut tx, held.id).await?;
    if let Some(unknown) = said.keys().find(|id| !before.iter().any(|goal| goal.id == **id)) {
        let place =
            input.evaluations.iter().position(|of| id::parse(&of.goal_id).unwrap_or_default() == *unknown).unwrap_or_default();
        return Ok(wrong(UserErrorCode::NotFound, &format!("evaluations.{place}.goalId"), "the plan has no such goal"));
    }
    let of_goal = |goal: &SupportGoal| match said.get(&goal.id) {
        Some(text) => SupportGoal { evaluation: text.clone(), evaluated_on: Some(day), ..goal.clone() },
        None => goal.clone(),
    };
    let after: Vec<SupportGoal> = before.iter().map(of_goal).collect();
    if after == before && held.review_on == review_on {
        return Ok(Ok(sheet.id));
    }
    right!(edited(true, false, (held.version, input.version)));
    let plan = PlanRow { review_on, version: held.version + 1, written_by: tx.actor, at: tx.at, ..held.clone() };
    put(&mut tx, Some(&held), &plan).await?;
    write_goals(&mut tx, &before, &after).await?;
    tx.commit().await?;
    Ok(Ok(sheet.id))
}

async fn put(tx: &mut Tx, before: Option<&PlanRow>, row: &PlanRow) -> Result<()> {
    let sql = "INSERT INTO support_plan (id, sheet, pupil, school, kind, level, begins, ends, review_on, guardians, version, written_by, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
               ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, level = excluded.level, begins = excluded.begins, ends = excluded.ends,
                   review_on = excluded.review_on, guardians = excluded.guardians, version = excluded.version,
                   written_by = excluded.written_by, at = excluded.at WHERE support_plan.school = excluded.school";
    let change = Change::new(row.id, before, Some(row));
    on!(tx.change("support_plan", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.sheet).bind(row.pupil).bind(row.school)
        .bind(row.kind).bind(row.level).bind(row.begins).bind(row.ends).bind(row.review_on).bind(&row.guardians).bind(row.version)
        .bind(row.written_by).bind(row.at).execute(c).await?.rows_affected());
    Ok(())
}

async fn goals_of(tx: &mut Tx, plan: Uuid) -> Result<Vec<SupportGoal>> {
    let sql = "SELECT * FROM support_goal WHERE plan = $1 ORDER BY place, id";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(plan).fetch_all(c).await?))
}

/// Writes the goals that differ; what is left out goes.
async fn write_goals(tx: &mut Tx, before: &[SupportGoal], after: &[SupportGoal]) -> Result<()> {
    let sql = "INSERT INTO support_goal (id, plan, place, goal, means, due_on, evaluation, evaluated_on)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (id) DO UPDATE SET place = excluded.place, goal = excluded.goal, means = excluded.means, due_on = excluded.due_on,
                   evaluation = excluded.evaluation, evaluated_on = excluded.evaluated_on WHERE support_goal.plan = excluded.plan";
    for goal in after {
        let held = before.iter().find(|of| of.id == goal.id);
        if held != Some(goal) {
            let change = Change::new(goal.id, held, Some(goal));
            on!(tx.change("support_goal", &[change]).await?, c => sqlx::query(sql).bind(goal.id).bind(goal.plan).bind(goal.place)
                .bind(&goal.goal).bind(&goal.means).bind(goal.due_on).bind(&goal.evaluation).bind(goal.evaluated_on).execute(c).await?
                .rows_affected());
        }
    }
    for gone in before.iter().filter(|of| !after.iter().any(|goal| goal.id == of.id)) {
        let change = Change::new(gone.id, Some(gone), None);
        on!(tx.change("support_goal", &[change]).await?, c => sqlx::query("DELETE FROM support_goal WHERE id = $1").bind(gone.id)
            .execute(c).await?.rows_affected());
    }
    Ok(())
}

/// The day of today or the one that is said, which has come.
pub(super) fn come(scope: &Scope, day: Option<Day>, field: &str) -> Result<NaiveDate, UserError> {
    let day = day.map_or_else(|| scope.today(), |day| day.0);
    if day > scope.today() {
        return Err(UserError::new(UserErrorCode::InTheFuture, field, "the day has not come yet"));
    }
    Ok(day)
}
