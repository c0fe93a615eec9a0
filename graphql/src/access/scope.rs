//! Who asks, and the only way to read the records of a school: [`Scope`]. To write there is [`Tx`](super::tx::Tx).
use super::audit::Looked;
use super::duty::DutyKind;
use super::right::Right;
use super::small_cell::SmallCell;
use crate::db::{Db, Engine};
use crate::error::{Error, Result};
use async_graphql::Context;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgPool, SqlitePool};
use std::collections::BTreeSet;
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
}
