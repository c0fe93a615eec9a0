//! 手だて: what is to be done for a pupil, by whom, by when; and that it was done, or dropped and why.
use super::SupportSheet;
use super::assigned;
use super::find::{SheetById, begin};
use super::level::SupportNoteLevel;
use super::reach::{Access, Notes};
use super::write::{edited, optional, own_id, taken};
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::new_id;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::page::Cursor;
use crate::roster::moves::right;
use crate::scalar::Day;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// Where a task stands.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportTaskState {
    /// これから: to be done.
    Open,
    /// できた: done.
    Done,
    /// やめた: dropped, with a reason.
    Dropped,
}

/// A task as it is stored.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub(crate) struct TaskRow {
    id: Uuid,
    sheet: Uuid,
    pupil: Uuid,
    school: Uuid,
    what: String,
    staff: Uuid,
    due_on: NaiveDate,
    pub(crate) level: SupportNoteLevel,
    pub(crate) state: SupportTaskState,
    ended_on: Option<NaiveDate>,
    word: String,
    version: i32,
    written_by: Uuid,
    at: DateTime<Utc>,
}

/// A task with the names around it.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct SupportTask {
    #[sqlx(flatten)]
    pub(crate) row: TaskRow,
    staff_name: String,
}

impl SupportTask {
    pub(super) fn cursor(&self) -> Cursor {
        Cursor { number: i64::from(self.row.due_on.num_days_from_ce()), id: self.row.id }
    }
}

/// A task (手だて): what somebody is to do for a pupil.
#[Object]
impl SupportTask {
    /// The task's UUID.
    async fn id(&self) -> ID {
        id::of(self.row.id)
    }
    /// The sheet that it belongs to.
    #[graphql(complexity = "5 + child_complexity")]
    async fn sheet(&self, ctx: &Context<'_>) -> Result<Option<SupportSheet>> {
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(SheetById(self.row.sheet)).await
    }
    /// What is to be done.
    async fn what(&self) -> &str {
        &self.row.what
    }
    /// Who does it, by name.
    async fn staff(&self) -> &str {
        &self.staff_name
    }
    /// The id of who does it.
    async fn staff_id(&self) -> ID {
        id::of(self.row.staff)
    }
    /// By when.
    async fn due_on(&self) -> Day {
        Day(self.row.due_on)
    }
    /// Who may read it.
    async fn level(&self) -> SupportNoteLevel {
        self.row.level
    }
    /// Where it stands.
    async fn state(&self) -> SupportTaskState {
        self.row.state
    }
    /// The day on which it was done or dropped; null while it is open.
    async fn ended_on(&self) -> Option<Day> {
        self.row.ended_on.map(Day)
    }
    /// A word on it: how it went, or why it was dropped. May be empty.
    async fn word(&self) -> &str {
        &self.row.word
    }
    /// How often it was written: send it along with a change.
    async fn version(&self) -> i32 {
        self.row.version
    }
}

/// A task to set, or to change.
#[derive(InputObject, Clone, Debug)]
pub struct SaveSupportTaskInput {
    /// The task's UUID, if you make it yourself, or that of the task to change. Sent again with the same content it is stored once.
    pub id: Option<ID>,
    /// The sheet.
    pub sheet_id: ID,
    /// What is to be done, 1 to 500 characters.
    pub what: String,
    /// Who does it: somebody who is assigned to the sheet today.
    pub staff_id: ID,
    /// By when; a new one from today to a year ahead.
    pub due_on: Day,
    /// Who may read it.
    #[graphql(default_with = "SupportNoteLevel::SchoolTeam")]
    pub level: SupportNoteLevel,
    /// The `version` that you saw; 0 for a new one.
    #[graphql(default = 0)]
    pub version: i32,
}

/// What becomes of a task.
#[derive(InputObject, Clone, Debug)]
pub struct EndSupportTaskInput {
    /// The task.
    pub task_id: ID,
    /// `DONE` or `DROPPED`; `OPEN` takes that back.
    pub state: SupportTaskState,
    /// The day; today if not said. A day to come is refused.
    pub day: Option<Day>,
    /// A word on it, up to 500 characters. Whoever drops a task says why.
    #[graphql(default)]
    pub word: String,
}

/// The tasks of a row `x`.
const TASKS: Notes = Notes::of("x", "'TASKS'");

/// Sets or changes a task, or says what is wrong with the input.
pub(super) async fn save(scope: &Scope, input: SaveSupportTaskInput) -> Result<Result<Uuid, UserError>> {
    let what = right!(check::text(&input.what, 500, "what"));
    let own = right!(own_id(input.id.as_ref()));
    let (mut tx, sheet) = right!(begin(scope, Access::Write, &input.sheet_id, "support task set").await?);
    let row = TaskRow {
        id: own.unwrap_or_else(new_id),
        sheet: sheet.id,
        pupil: sheet.pupil,
        school: sheet.school,
        what,
        staff: id::parse(&input.staff_id).unwrap_or_default(),
        due_on: input.due_on.0,
        level: input.level,
        state: SupportTaskState::Open,
        ended_on: None,
        word: String::new(),
        version: input.version + 1,
        written_by: tx.actor,
        at: tx.at,
    };
    let held = tx.of_ids::<TaskRow>("SELECT * FROM support_task WHERE id IN (", &[row.id]).await?.pop();
    if let Some(held) = &held {
        let content = |of: &TaskRow| (of.sheet, of.what.clone(), of.staff, of.due_on, of.level);
        let may = find(scope, Access::Write, row.id).await?.is_some();
        if right!(edited(may, content(held) == content(&row), (held.version, input.version))) {
            return Ok(Ok(sheet.id));
        }
        if held.sheet != sheet.id {
            return Ok(Err(taken()));
        }
    }
    if !assigned::is_assigned(&mut tx, sheet.id, row.staff, scope.today()).await? {
        let message = "this person is not assigned to the sheet today: assign them first (`assignSupport`)";
        return Ok(Err(UserError::new(UserErrorCode::NotFound, "staffId", message)));
    }
    let moved = held.as_ref().is_none_or(|held| held.due_on != row.due_on);
    if moved && (row.due_on < scope.today() || row.due_on > scope.today() + Days::new(366)) {
        return Ok(Err(UserError::new(UserErrorCode::OutOfRange, "dueOn", "the day is not from today to a year ahead")));
    }
    let row = match &held {
        Some(held) => TaskRow { state: held.state, ended_on: held.ended_on, word: held.word.clone(), ..row },
        None => row,
    };
    put(&mut tx, held.as_ref(), &row).await?;
    tx.commit().await?;
    Ok(Ok(sheet.id))
}

/// Ends a task, or takes that back. The one who does it may do so, as may whoever writes in the sheet.
pub(super) async fn end(scope: &Scope, input: EndSupportTaskInput) -> Result<Result<Uuid, UserError>> {
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let Some(found) = find(scope, Access::Write, id::parse(&input.task_id).unwrap_or_default()).await? else {
        return wrong(UserErrorCode::NotFound, "taskId", "there is no such task that you may change");
    };
    let day = input.day.map_or_else(|| scope.today(), |day| day.0);
    if day > scope.today() {
        return wrong(UserErrorCode::InTheFuture, "day", "the day has not come yet");
    }
    let word = right!(optional(&input.word, 500, "word"));
    if input.state == SupportTaskState::Dropped && word.is_empty() {
        return wrong(UserErrorCode::Empty, "word", "say why it is dropped");
    }
    let (mut tx, sheet) = right!(begin(scope, Access::Write, &id::of(found.row.sheet), "support task ended").await?);
    let held = tx.of_ids::<TaskRow>("SELECT * FROM support_task WHERE id IN (", &[found.row.id]).await?.pop();
    let Some(held) = held else {
        return wrong(UserErrorCode::NotFound, "taskId", "there is no such task that you may change");
    };
    let open = input.state == SupportTaskState::Open;
    let ended = TaskRow {
        state: input.state,
        ended_on: (!open).then_some(day),
        word: if open { String::new() } else { word },
        version: held.version + 1,
        at: tx.at,
        ..held.clone()
    };
    // Pressed twice: done once.
    if (held.state, &held.word, held.ended_on) != (ended.state, &ended.word, ended.ended_on) {
        put(&mut tx, Some(&held), &ended).await?;
        tx.commit().await?;
    }
    Ok(Ok(sheet.id))
}

async fn put(tx: &mut Tx, held: Option<&TaskRow>, row: &TaskRow) -> Result<()> {
    let sql = "INSERT INTO support_task (id, sheet, pupil, school, what, staff, due_on, level, state, ended_on, word, version, written_by, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
               ON CONFLICT (id) DO UPDATE SET what = excluded.what, staff = excluded.staff, due_on = excluded.due_on,
                   level = excluded.level, state = excluded.state, ended_on = excluded.ended_on, word = excluded.word,
                   version = excluded.version, written_by = excluded.written_by, at = excluded.at
               WHERE support_task.school = excluded.school";
    let change = Change::new(row.id, held, Some(row));
    on!(tx.change("support_task", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.sheet).bind(row.pupil).bind(row.school)
        .bind(&row.what).bind(row.staff).bind(row.due_on).bind(row.level).bind(row.state).bind(row.ended_on).bind(&row.word)
        .bind(row.version).bind(row.written_by).bind(row.at).execute(c).await?.rows_affected());
    Ok(())
}

const COLUMNS: &str = "SELECT x.*, o.name AS staff_name FROM support_task x JOIN staff o ON o.id = x.staff WHERE ";

async fn find(scope: &Scope, access: Access, task: Uuid) -> Result<Option<SupportTask>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push("x.id = ").push_bind(task).push(" AND ");
        scope.push_support_notes(&mut sql, access, TASKS);
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    }))
}

/// The open tasks of the viewer, what is due first first.
pub(super) async fn mine(scope: &Scope, after: Cursor, limit: i64) -> Result<Vec<SupportTask>> {
    // The cursor's number is the day: far before the first where there is no cursor.
    let days = i32::try_from(after.number).ok().and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or_default();
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push("x.state = 'OPEN' AND x.staff = ").push_bind(scope.holder()).push(" AND ");
        scope.push_support_notes(&mut sql, Access::Read, TASKS);
        sql.push(" AND x.sheet IN (SELECT id FROM support_sheet WHERE ends = '9999-12-31') AND (x.due_on, x.id) > (");
        sql.push_bind(days).push(", ").push_bind(after.id).push(") ORDER BY x.due_on, x.id LIMIT ").push_bind(limit);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// The tasks of a sheet, as a key to load many sheets' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TasksOf(pub(crate) Uuid);

#[async_trait]
impl Loader<TasksOf> for Scope {
    type Value = Vec<SupportTask>;
    type Error = Error;

    async fn load(&self, sheets: &[TasksOf]) -> Result<HashMap<TasksOf, Vec<SupportTask>>> {
        let tasks: Vec<SupportTask> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new(COLUMNS);
            sql.push("x.sheet IN (");
            bind_ids(&mut sql, sheets.iter().map(|of| of.0));
            sql.push(") AND ");
            self.push_support_notes(&mut sql, Access::Read, TASKS);
            sql.push(" ORDER BY x.due_on, x.id").build_query_as().fetch_all(c).await?
        });
        let mut found: HashMap<TasksOf, Vec<SupportTask>> = HashMap::new();
        tasks.into_iter().for_each(|of| found.entry(TasksOf(of.row.sheet)).or_default().push(of));
        Ok(found)
    }
}
