//! Who asks, and the only ways to the records of a school: [`Scope`] reads, [`Tx`] writes.
use super::audit::Looked;
use super::duty::DutyKind;
use super::right::Right;
use super::small_cell::SmallCell;
use crate::clock::{Clock, new_id};
use crate::db::{Db, Engine, bind_ids, on};
use crate::error::{Error, Result};
use crate::events::{Event, Events, NOTIFY};
use async_graphql::Context;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{
    Database, Encode, FromRow, PgConnection, PgPool, Postgres, QueryBuilder, Sqlite, SqliteConnection, SqlitePool, Transaction,
    Type,
};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use uuid::Uuid;

/// What kind of somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A member of staff, or whoever runs the server.
    Staff,
    /// A program.
    App,
    /// A pupil, who reaches their own record alone.
    Pupil,
    /// A guardian, who reaches the records of their children alone.
    Guardian,
}

impl Holder {
    /// Whether what is shown is for a family: what is settled and meant for them, and nothing of the school's own work.
    #[must_use]
    pub fn is_family(self) -> bool {
        matches!(self, Holder::Pupil | Holder::Guardian)
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The id that duties are held by.
    pub holder: Uuid,
    /// What kind of somebody that is.
    pub kind: Holder,
    /// The name to show.
    pub name: String,
    /// The rights that today's duties give, narrowed by the token.
    pub rights: BTreeSet<Right>,
    /// Those that they would give as well, had more than one factor been shown (多要素認証).
    pub withheld: BTreeSet<Right>,
    /// Whether they have shown one factor alone where the board asks for more.
    pub one_factor: bool,
    /// The duties that give them, for the access log.
    pub duties: Vec<(Right, DutyKind)>,
}

impl Viewer {
    /// The duties that give some rights.
    pub(crate) fn duties_giving(&self, rights: &BTreeSet<Right>) -> Vec<DutyKind> {
        let mut duties: Vec<DutyKind> = Vec::new();
        for (_, duty) in self.duties.iter().filter(|(right, _)| rights.contains(right)) {
            if !duties.contains(duty) {
                duties.push(*duty);
            }
        }
        duties
    }
}

/// What a viewer may read: handed to every SQL function that reads, so that one that forgets to check finds nothing.
///
/// The SQL asks the views `reach` and `school_reach` for the holder, the right and the day. A `Scope` is made only from
/// a viewer, or by [`Scope::operator`], which is logged.
#[derive(Clone)]
pub struct Scope {
    db: Db,
    viewer: Arc<Viewer>,
    queries: Arc<AtomicU32>,
    /// What is touched, for the access log.
    pub(super) looked: Looked,
    /// Whether something was asked for that only more than one factor opens.
    wanted: Arc<AtomicBool>,
}

impl Scope {
    /// The scope of a viewer.
    #[must_use]
    pub fn new(db: Db, viewer: Viewer) -> Self {
        Scope { db, viewer: Arc::new(viewer), queries: Arc::default(), looked: Looked::default(), wanted: Arc::default() }
    }

    /// The scope of a request, which gathers what it touches.
    #[must_use]
    pub fn watched(self, looked: &Looked) -> Self {
        looked.by(&self.viewer);
        Scope { looked: looked.clone(), ..self }
    }

    /// The scope of a command or a scheduled job: the whole board.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "commands note themselves in the access log")]
    pub fn operator(db: Db, reason: &str) -> Self {
        tracing::info!(reason, "acting for the whole board");
        let rights = Right::ALL.into_iter().collect();
        let (holder, name, withheld) = (super::duty::OPERATOR, "operator".into(), BTreeSet::new());
        Scope::new(db, Viewer { holder, kind: Holder::Staff, name, rights, withheld, one_factor: false, duties: Vec::new() })
    }

    /// An app that writes what is of itself alone: without any right.
    #[expect(clippy::disallowed_methods, reason = "without any right nothing is read")]
    pub(crate) fn of_app(db: &Db, app: Uuid) -> Self {
        let viewer = Viewer {
            holder: app,
            kind: Holder::App,
            name: String::new(),
            rights: BTreeSet::new(),
            withheld: BTreeSet::new(),
            one_factor: false,
            duties: Vec::new(),
        };
        Scope::new(db.clone(), viewer)
    }

    /// The scope of a GraphQL call; without credentials there is none.
    pub fn of<'a>(ctx: &Context<'a>) -> Result<&'a Scope> {
        ctx.data_opt::<Scope>().ok_or(Error::Unauthenticated)
    }

    /// The scope of a GraphQL call that needs a right: without the right over anything at all, the field answers `FORBIDDEN`.
    pub fn with<'a>(ctx: &Context<'a>, right: Right) -> Result<&'a Scope> {
        let scope = Scope::of(ctx)?;
        if scope.holds(right) {
            return Ok(scope);
        }
        scope.looked.refuse(right.name());
        Err(Error::Forbidden(right.name()))
    }

    /// Who asks.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Who the duties are held by: a parameter of every query.
    #[must_use]
    pub fn holder(&self) -> Uuid {
        self.viewer.holder
    }

    /// Whether the viewer has a right over anything at all.
    #[must_use]
    pub fn holds(&self, right: Right) -> bool {
        let held = self.viewer.rights.contains(&right);
        if !held && self.viewer.withheld.contains(&right) {
            self.wanted.store(true, Ordering::Relaxed);
        }
        held
    }

    /// Whether names of pupils under protection (支援措置) are shown to the viewer. Whoever reaches pupils by a duty of teaching or caring
    /// holds the right over the same pupils; programs and the board do not hold it.
    #[must_use]
    pub(crate) fn shows_protected(&self) -> bool {
        self.holds(Right::ProtectedRead)
    }

    /// Whether something was asked for that the viewer's duties open, and that more than one factor has to be shown for (多要素認証).
    #[must_use]
    pub fn wanted_mfa(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// Whether the viewer has shown one factor alone where something needs more, which is noted.
    pub(crate) fn lacks_factor(&self) -> bool {
        if self.viewer.one_factor {
            self.wanted.store(true, Ordering::Relaxed);
        }
        self.viewer.one_factor
    }

    /// The right as a parameter of a query: one that nobody has where the viewer's token does not carry it.
    #[must_use]
    pub(crate) fn over(&self, right: Right) -> &'static str {
        if !self.holds(right) {
            return "none";
        }
        self.looked.used(right);
        right.name()
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.db.clock.now()
    }

    /// The school's date today: a parameter of every query.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.db.clock.today()
    }

    /// In which steps counts are told where the viewer may not see whom they are of.
    pub(crate) fn small_cell(&self) -> SmallCell {
        self.db.small_cell
    }

    /// How many statements this call has read with.
    #[must_use]
    pub fn queries(&self) -> u32 {
        self.queries.load(Ordering::Relaxed)
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    pub(crate) fn read(&self) -> Engine<&SqlitePool, &PgPool> {
        self.queries.fetch_add(1, Ordering::Relaxed);
        self.db.reader()
    }

    /// Continues a text with the classes over which the viewer has a right today, as a subquery.
    pub(crate) fn push_reach<DB: Database>(&self, sql: &mut QueryBuilder<DB>, right: Right)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        sql.push("(SELECT class FROM reach WHERE holder = ").push_bind(self.holder());
        sql.push(" AND right_to = ").push_bind(self.over(right));
        sql.push(" AND begins <= ").push_bind(self.today()).push(" AND ends >= ").push_bind(self.today()).push(")");
    }

    /// Continues a text with the condition that something may be posted for the pupil of a row in its class: of an app, that the class is in
    /// its reach; of a pupil, that it is themselves.
    pub(crate) fn push_posting_reach<DB: Database>(&self, sql: &mut QueryBuilder<DB>, right: Right, pupil: &str, class: &str)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        if self.viewer.kind == Holder::Pupil {
            sql.push(format!("{pupil} = ")).push_bind(self.holder());
            sql.push(" AND EXISTS (SELECT 1 FROM duty_right WHERE duty = 'PUPIL' AND right_to = ").push_bind(self.over(right));
            sql.push(")");
        } else {
            sql.push(format!("{class} IN "));
            self.push_reach(sql, right);
        }
    }

    /// Continues a text with the condition that a row's pupil is one over whom the viewer has a right today, in the row's school. What a
    /// pupil did in another school stays there.
    pub(crate) fn push_pupil_reach<DB: Database>(&self, sql: &mut QueryBuilder<DB>, right: Right, row: &str)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        sql.push(format!(
            "EXISTS (SELECT 1 FROM pupil_reach r WHERE r.pupil = {row}.pupil AND r.school = {row}.school AND r.holder = "
        ));
        sql.push_bind(self.holder()).push(" AND r.right_to = ").push_bind(self.over(right));
        sql.push(" AND r.begins <= ").push_bind(self.today()).push(" AND r.ends >= ").push_bind(self.today());
        sql.push(" AND r.enrolled <= ").push_bind(self.today()).push(" AND r.leaves >= ").push_bind(self.today()).push(")");
    }

    /// Continues a text with the condition that a row of a pupil's learning is one that the viewer may read today: of a class that they
    /// reach, or of any lesson and of no class where the duty is for the pupil's whole learning in the school.
    pub(crate) fn push_learning_reach<DB: Database>(&self, sql: &mut QueryBuilder<DB>, row: &str)
    where
        for<'q> Uuid: Encode<'q, DB> + Type<DB>,
        for<'q> &'static str: Encode<'q, DB> + Type<DB>,
        for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    {
        sql.push(format!(
            "EXISTS (SELECT 1 FROM pupil_reach r WHERE r.pupil = {row}.pupil AND r.school = {row}.school
                 AND (r.class = {row}.class OR (r.whole AND ({row}.class = "
        ));
        sql.push_bind(Uuid::nil()).push(format!(
            " OR EXISTS (SELECT 1 FROM class l JOIN academic_year y ON y.id = l.academic_year
                  WHERE l.id = {row}.class AND l.kind = 'SCHEDULED' AND y.ends >= r.year_begins)))) AND r.holder = "
        ));
        sql.push_bind(self.holder()).push(" AND r.right_to = ").push_bind(self.over(Right::ActivityRead));
        sql.push(" AND r.begins <= ").push_bind(self.today()).push(" AND r.ends >= ").push_bind(self.today());
        sql.push(" AND r.enrolled <= ").push_bind(self.today()).push(" AND r.leaves >= ").push_bind(self.today()).push(")");
    }

    /// Begins a write, for a reason that the trail keeps.
    pub(crate) async fn begin(&self, reason: impl Into<String>) -> Result<Tx> {
        let inner = self.db.begin().await?;
        Ok(Tx {
            inner,
            clock: self.db.clock.clone(),
            at: self.now(),
            actor: self.holder(),
            reason: reason.into(),
            events: self.db.events.clone(),
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
            sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
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
