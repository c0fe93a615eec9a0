//! What was done for a pupil (支援の記録): a call, a talk, a visit. Noted by those who look after the pupil, read by them alone.
pub mod record;

pub use record::{RecordSupportActionInput, SupportActionMutation, record};

use super::sheet::level::SupportNoteLevel;
use super::sheet::reach::{ACTIONS, Access};
use crate::access::duty::DutyKind;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::page::Cursor;
use crate::scalar::{Day, Timestamp};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use async_graphql::{Enum, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
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
    pub(crate) school: Uuid,
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

impl SupportAction {
    /// Where it stands in a list of the newest first.
    pub(super) fn cursor(&self) -> Cursor {
        Cursor { number: -self.at.timestamp_millis(), id: self.id }
    }
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
        sql.push(" ORDER BY x.day DESC, x.at DESC, x.id DESC").build_query_as().fetch_all(c).await?
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
