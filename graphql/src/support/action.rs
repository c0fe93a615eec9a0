//! What was done for a pupil (支援の記録): a call, a talk, a visit. Noted by those who look after the pupil, read by them alone.
use super::sheet::find::open_of;
use super::sheet::level::SupportNoteLevel;
use super::sheet::reach::{ACTIONS, Access};
use crate::access::duty::DutyKind;
use crate::access::right::Right;
use crate::access::scope::{Change, Scope, Tx};
use crate::clock::{new_id, not_replaced};
use crate::db::{bind_ids, on};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::page::Cursor;
use crate::roster::enrolment;
use crate::scalar::{Day, Timestamp};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// What was done.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportActionKind {
    /// 電話.
    Phone,
    /// 面談.
    Meeting,
    /// 声かけ.
    Talk,
    /// 家庭訪問.
    HomeVisit,
    /// ケース会議.
    CaseConference,
    /// ほか.
    Other,
}

/// Something that was done for a pupil.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct SupportAction {
    id: Uuid,
    pub(crate) pupil: Uuid,
    school: Uuid,
    pub(crate) day: NaiveDate,
    kind: SupportActionKind,
    text: String,
    next_on: Option<NaiveDate>,
    pub(crate) level: SupportNoteLevel,
    pub(crate) sheet: Option<Uuid>,
    done_by: Uuid,
    at: DateTime<Utc>,
    #[sqlx(default)]
    #[serde(skip)]
    by_name: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    by_duty: Option<DutyKind>,
}

/// Something that was done for a pupil.
#[Object]
impl SupportAction {
    /// The record's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// When it was done.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// What was done.
    async fn kind(&self) -> SupportActionKind {
        self.kind
    }
    /// In words.
    async fn text(&self) -> &str {
        &self.text
    }
    /// Who may read it.
    async fn level(&self) -> SupportNoteLevel {
        self.level
    }
    /// When to look again; null if no day was set.
    async fn next_on(&self) -> Option<Day> {
        self.next_on.map(Day)
    }
    /// Who noted it.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// The duty over the pupil's class by which they did, as of today; null if they have none any more.
    async fn duty(&self) -> Option<DutyKind> {
        self.by_duty
    }
    /// When it was noted.
    async fn at(&self) -> Timestamp {
        self.at.into()
    }
}

/// Something that was done for a pupil.
#[derive(InputObject, Clone, Debug)]
pub struct RecordSupportActionInput {
    /// The record's UUID, if you make it yourself: sent again by you with the same content it is stored once and answered again,
    /// with other content it is a `CONFLICT`.
    pub id: Option<ID>,
    /// The pupil.
    pub pupil_id: ID,
    /// When it was done; today if not said. A day to come is refused.
    pub day: Option<Day>,
    /// What was done.
    pub kind: SupportActionKind,
    /// In words, 1 to 2,000 characters.
    pub text: String,
    /// Who may read it.
    #[graphql(default_with = "SupportNoteLevel::SchoolTeam")]
    pub level: SupportNoteLevel,
    /// When to look again, from today to a year ahead.
    pub next_on: Option<Day>,
}

/// What became of it.
#[derive(SimpleObject)]
pub struct RecordSupportActionPayload {
    /// The record; null if nothing was stored.
    pub action: Option<SupportAction>,
    /// What is wrong with the input; nothing was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with actions.
#[derive(Default)]
pub struct SupportActionMutation;

#[Object]
impl SupportActionMutation {
    /// Notes what was done for a pupil. A flag with something done since it was raised is under support and no longer new.
    async fn record_support_action(
        &self,
        ctx: &Context<'_>,
        input: RecordSupportActionInput,
    ) -> Result<RecordSupportActionPayload> {
        let scope = Scope::with(ctx, Right::SupportWrite)?;
        match record(scope, input).await? {
            Ok(action) => Ok(RecordSupportActionPayload { action: Some(action), user_errors: vec![] }),
            Err(error) => Ok(RecordSupportActionPayload { action: None, user_errors: vec![error] }),
        }
    }
}

/// Notes what was done for a pupil, or says what is wrong with the input. A record of the caller's own id is stored once.
pub async fn record(scope: &Scope, input: RecordSupportActionInput) -> Result<Result<SupportAction, UserError>> {
    let (today, day) = (scope.today(), input.day.map_or_else(|| scope.today(), |day| day.0));
    let wrong = |code, field: &str, message: &str| Ok(Err(UserError::new(code, field, message)));
    let own_id = match input.id.as_ref().map(id::parse) {
        Some(None) => return wrong(UserErrorCode::InvalidId, "id", "the id is no UUID"),
        own_id => own_id.flatten(),
    };
    let text = match check::text(&input.text, 2_000, "text") {
        Ok(text) => text,
        Err(error) => return Ok(Err(error)),
    };
    let pupil = id::parse(&input.pupil_id).unwrap_or_default();
    let enrolments = enrolment::within_reach(scope, Right::SupportWrite, &[pupil]).await?;
    let Some(enrolment) = enrolments.iter().find(|enrolment| enrolment.covers(today)) else {
        return wrong(UserErrorCode::NotFound, "pupilId", "there is no such pupil for whom you may note anything");
    };
    let next_on = input.next_on.map(|day| day.0);
    let asked = SupportAction {
        id: own_id.unwrap_or_else(new_id),
        pupil,
        school: enrolment.school,
        day,
        kind: input.kind,
        text,
        next_on,
        level: input.level,
        sheet: None,
        done_by: scope.holder(),
        at: scope.now(),
        by_name: Some(scope.viewer().name.clone()),
        by_duty: None,
    };
    // Before the days are looked at: what was right on the day that it was sent is still the same when it is sent again.
    if own_id.is_some()
        && let Some(there) = find(scope, asked.id).await?
    {
        return Ok(there.answers(asked, input.day.is_some()));
    }
    if day > today {
        return wrong(UserErrorCode::InTheFuture, "day", "the day has not come yet");
    }
    if next_on.is_some_and(|next| next < today || next > today + Days::new(366)) {
        return wrong(UserErrorCode::OutOfRange, "nextOn", "the day is not from today to a year ahead");
    }
    let mut tx = scope.begin("support action noted").await?;
    let sheet = open_of(&mut tx, pupil, asked.school).await?.map(|sheet| sheet.id);
    let action = SupportAction { at: tx.at, sheet, ..asked };
    let sql = "INSERT INTO support_action (id, pupil, school, day, kind, text, next_on, level, sheet, done_by, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING";
    let change = Change::new(action.id, None, Some(&action));
    let stored = on!(tx.change("support_action", &[change]).await?, c => sqlx::query(sql).bind(action.id).bind(action.pupil)
        .bind(action.school).bind(action.day).bind(action.kind).bind(&action.text).bind(action.next_on).bind(action.level).bind(action.sheet).bind(action.done_by)
        .bind(action.at).execute(c).await?.rows_affected());
    if stored == 1 {
        tx.commit().await?;
        return Ok(Ok(action));
    }
    // It came in twice at once, or the id is of a record that this person may not see. The trail of nothing is undone.
    drop(tx);
    match find(scope, action.id).await? {
        Some(there) => Ok(there.answers(action, input.day.is_some())),
        None => Ok(Err(taken())),
    }
}

fn taken() -> UserError {
    UserError::new(UserErrorCode::Conflict, "id", "the id is taken by a record with other content")
}

impl SupportAction {
    /// Where it stands in a list of the newest first.
    pub(super) fn cursor(&self) -> Cursor {
        Cursor { number: -self.at.timestamp_millis(), id: self.id }
    }

    /// The record, if what is asked for is the same by the same person; the day counts only where it was said.
    fn answers(self, asked: SupportAction, day_said: bool) -> Result<SupportAction, UserError> {
        let day = if day_said { asked.day } else { self.day };
        let content = |of: &SupportAction, day| (of.pupil, day, of.kind, of.text.clone(), of.next_on, of.level, of.done_by);
        let same = content(&self, self.day) == content(&asked, day);
        if same { Ok(SupportAction { by_name: asked.by_name, ..self }) } else { Err(taken()) }
    }
}

/// A record that the viewer may add to; `None` also where it is somebody else's to see.
async fn find(scope: &Scope, id: Uuid) -> Result<Option<SupportAction>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT x.* FROM support_action x WHERE x.id = ");
        sql.push_bind(id).push(" AND ");
        scope.push_support_notes(&mut sql, Access::Write, ACTIONS);
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    }))
}

/// What was done for a pupil, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActionsOf(pub(crate) Uuid);

#[async_trait]
impl Loader<ActionsOf> for Scope {
    type Value = Vec<SupportAction>;
    type Error = Error;

    /// The newest first.
    async fn load(&self, pupils: &[ActionsOf]) -> Result<HashMap<ActionsOf, Vec<SupportAction>>> {
        let ids: Vec<Uuid> = pupils.iter().map(|pupil| pupil.0).collect();
        let mut found: HashMap<ActionsOf, Vec<SupportAction>> = HashMap::new();
        for action in list(self, "x.pupil", &ids).await? {
            found.entry(ActionsOf(action.pupil)).or_default().push(action);
        }
        Ok(found)
    }
}

/// The actions that the viewer may read, by a column that holds one of some ids; the newest first.
pub(super) async fn list(scope: &Scope, column: &'static str, ids: &[Uuid]) -> Result<Vec<SupportAction>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT x.*, s.name AS by_name,
                 (SELECT d.kind FROM duty d WHERE d.holder = x.done_by AND d.begins <= ");
        sql.push_bind(scope.today()).push(" AND d.ends >= ").push_bind(scope.today());
        sql.push(" AND (d.school IS NULL OR d.school = x.school)");
        sql.push(" AND (d.class IS NULL OR d.class IN (SELECT e.class FROM enrolment e WHERE e.pupil = x.pupil AND e.known_until = ");
        sql.push_bind(not_replaced()).push(")) ORDER BY d.class IS NULL, d.kind LIMIT 1) AS by_duty
                  FROM support_action x LEFT JOIN staff s ON s.id = x.done_by WHERE ");
        sql.push(column).push(" IN (");
        bind_ids(&mut sql, ids.iter().copied());
        sql.push(") AND ");
        scope.push_support_notes(&mut sql, Access::Read, ACTIONS);
        sql.push(" ORDER BY x.day DESC, x.at DESC, x.id DESC").build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// Makes an action one of a sheet that was opened from it, so that those assigned read it.
pub(super) async fn belong(tx: &mut Tx, action: Uuid, sheet: Uuid) -> Result<()> {
    let held = tx.of_ids::<SupportAction>("SELECT * FROM support_action WHERE id IN (", &[action]).await?.pop();
    if let Some(held) = held.filter(|held| held.sheet != Some(sheet)) {
        let change = Change::new(action, Some(&held), Some(&SupportAction { sheet: Some(sheet), ..held.clone() }));
        on!(tx.change("support_action", &[change]).await?, c => sqlx::query("UPDATE support_action SET sheet = $2 WHERE id = $1")
            .bind(action).bind(sheet).execute(c).await?.rows_affected());
    }
    Ok(())
}
