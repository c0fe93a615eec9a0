//! Writing: [`Tx`] leads to the trail first, and only then to the connection.
use super::audit::Looked;
use super::scope::Scope;
use crate::clock::{Clock, new_id};
use crate::db::{Engine, bind_ids, on};
use crate::error::{Error, Result};
use crate::events::{Event, Events, NOTIFY};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection, Transaction};
use std::collections::HashMap;
use uuid::Uuid;

impl Scope {
    /// Begins a write, for a reason that the trail keeps.
    pub(crate) async fn begin(&self, reason: impl Into<String>) -> Result<Tx> {
        let inner = self.db().begin().await?;
        Ok(Tx {
            inner,
            clock: self.db().clock.clone(),
            at: self.now(),
            actor: self.holder(),
            reason: reason.into(),
            events: self.db().events.clone(),
            told: Vec::new(),
            looked: self.looked.clone(),
            changed: Vec::new(),
        })
    }

    /// Begins a write in the course of something, for which whoever does it may have given a reason.
    pub(crate) async fn begin_because(&self, act: &str, why: &str) -> Result<Tx> {
        self.begin(if why.is_empty() { act.to_owned() } else { format!("{act}: {why}") }).await
    }
}

/// A write in progress. It carries who writes and why; what is not committed is undone when it is dropped.
pub struct Tx {
    inner: Engine<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>,
    clock: Clock,
    /// When it began, or had waited for others to be done: the time of all that it writes.
    pub at: DateTime<Utc>,
    /// Who writes.
    pub actor: Uuid,
    reason: String,
    events: Events,
    told: Vec<Event>,
    looked: Looked,
    changed: Vec<(&'static str, usize)>,
}

/// A change to one record, for the trail.
pub(crate) struct Change {
    id: Uuid,
    before: Option<Value>,
    after: Option<Value>,
}

impl Change {
    /// From what the record was to what it becomes; `None` where it is not there.
    pub(crate) fn new<T: Serialize>(id: Uuid, before: Option<&T>, after: Option<&T>) -> Self {
        let json = |record: &T| serde_json::to_value(record).expect("records are plain structs of text, numbers and dates");
        Change { id, before: before.map(json), after: after.map(json) }
    }
}

/// What a put did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Put {
    /// Records that were not there before.
    pub new: usize,
    /// Records that were there with other content.
    pub changed: usize,
    /// Records that were there just so.
    pub unchanged: usize,
}

impl std::ops::AddAssign for Put {
    fn add_assign(&mut self, other: Put) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }
}

/// The rows of a put that differ from what is there, and the changes that they make.
pub(crate) struct Difference<T> {
    pub(crate) write: Vec<T>,
    pub(crate) changes: Vec<Change>,
    pub(crate) put: Put,
}

impl<T: Serialize + PartialEq + Clone> Difference<T> {
    /// What rows change of what is present, by their ids.
    pub(crate) fn between(present: &HashMap<Uuid, T>, rows: &[T], id: impl Fn(&T) -> Uuid) -> Self {
        let mut difference = Difference { write: Vec::new(), changes: Vec::new(), put: Put::default() };
        for row in rows {
            let before = present.get(&id(row));
            match before {
                Some(before) if before == row => {
                    difference.put.unchanged += 1;
                    continue;
                }
                Some(_) => difference.put.changed += 1,
                None => difference.put.new += 1,
            }
            difference.changes.push(Change::new(id(row), before, Some(row)));
            difference.write.push(row.clone());
        }
        difference
    }
}

pub(crate) type Connection<'a> = Engine<&'a mut SqliteConnection, &'a mut PgConnection>;

impl Tx {
    /// The only way to write a record: the trail first, then the connection to write it with.
    pub(crate) async fn change(&mut self, record: &'static str, changes: &[Change]) -> Result<Connection<'_>> {
        if !changes.is_empty() {
            self.changed.push((record, changes.len()));
        }
        for chunk in changes.chunks(500) {
            let sql = "INSERT INTO trail (id, at, actor, reason, record, record_id, before, after) ";
            let (at, actor, reason) = (self.at, self.actor, self.reason.clone());
            on!(self.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, change| {
                row.push_bind(new_id()).push_bind(at).push_bind(actor).push_bind(reason.clone()).push_bind(record)
                    .push_bind(change.id).push_bind(change.before.as_ref().map(Value::to_string))
                    .push_bind(change.after.as_ref().map(Value::to_string));
            }).build().persistent(false).execute(c).await?.rows_affected());
        }
        Ok(self.connection())
    }

    /// The rows of some ids, by a text that ends in `IN (`; at most a few hundred ids.
    pub(crate) async fn of_ids<T>(&mut self, select: &'static str, ids: &[Uuid]) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        if ids.is_empty() {
            // PostgreSQL has no empty list.
            return Ok(Vec::new());
        }
        Ok(on!(self.connection(), c => {
            let mut sql = QueryBuilder::new(select);
            bind_ids(&mut sql, ids.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        }))
    }

    /// What a put of these rows would change, against what `select` finds by their ids.
    pub(crate) async fn compare<T>(&mut self, select: &'static str, rows: &[T], id: impl Fn(&T) -> Uuid) -> Result<Difference<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + Serialize + PartialEq + Clone,
    {
        let present: Vec<T> = self.of_ids(select, &rows.iter().map(&id).collect::<Vec<_>>()).await?;
        let present = present.into_iter().map(|row| (id(&row), row)).collect();
        Ok(Difference::between(&present, rows, id))
    }

    /// Waits for other writes that hold one of these records, and holds them until this one is done. SQLite has one writer at a time as it is.
    pub(crate) async fn lock(&mut self, table: &'static str, ids: &[Uuid]) -> Result<()> {
        if let Engine::Postgres(c) = self.connection()
            && !ids.is_empty()
        {
            let mut sql = QueryBuilder::new(format!("SELECT id FROM {table} WHERE id IN ("));
            bind_ids(&mut sql, ids.iter().copied());
            // In the order of the ids, so that two never wait for one another in a circle.
            sql.push(") ORDER BY id FOR NO KEY UPDATE").build().persistent(false).execute(c).await?;
            self.waited();
        }
        Ok(())
    }

    /// Takes the time anew after waiting for another write, which must not seem to come after this one.
    pub(crate) fn waited(&mut self) {
        self.at = self.clock.now();
    }

    /// The connection, for tables that are their own history (activities, runs, events) or follow from them (totals), and to read
    /// inside a write.
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match &mut self.inner {
            Engine::Sqlite(tx) => Engine::Sqlite(tx),
            Engine::Postgres(tx) => Engine::Postgres(tx),
        }
    }

    /// The connection of what is written in PostgreSQL's own way.
    pub(crate) fn postgres(&mut self) -> Result<&mut PgConnection> {
        match &mut self.inner {
            Engine::Sqlite(_) => {
                tracing::error!("SQLite is asked in PostgreSQL's own way");
                Err(Error::Internal)
            }
            Engine::Postgres(tx) => Ok(tx),
        }
    }

    /// Tells of something once all of it is lasting.
    pub(crate) fn tell(&mut self, event: Event) {
        self.told.push(event);
    }

    /// Makes all of it lasting, and tells of it.
    pub(crate) async fn commit(mut self) -> Result<()> {
        if let Engine::Postgres(tx) = &mut self.inner {
            for event in &self.told {
                sqlx::query(NOTIFY).bind(self.events.written(*event)).execute(&mut **tx).await?;
            }
        }
        on!(self.inner, tx => tx.commit().await)?;
        self.told.into_iter().for_each(|event| self.events.tell(event));
        self.changed.into_iter().for_each(|(record, many)| self.looked.changed(record, many));
        Ok(())
    }
}
