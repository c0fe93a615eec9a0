//! The support sheet (児童生徒理解・支援シート): one for a pupil in a school at a time, opened by somebody, closed with what came of it.
pub mod assigned;
pub(crate) mod child;
pub(crate) mod find;
pub mod level;
pub mod meeting;
pub mod mine;
pub mod open;
pub(crate) mod reach;
pub mod row;
pub mod section;
pub mod share;
pub mod task;
pub mod write;

use super::action::SupportAction;
use super::plan::{PlansOf, SupportPlan};
use crate::access::reach::of_records;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::id;
use crate::page::{self, Cursor};
use crate::scalar::{Day, Timestamp};
use crate::wellbeing::infirmary::InfirmaryVisit;
use crate::wellbeing::infirmary::support::VisitsOfSheet;
use assigned::{AssignableStaff, AssignedOf, SupportAssignment};
use async_graphql::connection::Connection;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object, OutputType};
use child::SupportedPupil;
use find::{ActionsOfSheet, ReadersOf, SupportReaders};
use level::SupportNoteLevel;
use meeting::{MeetingsOf, SupportMeeting};
use reach::scope_of;
pub(crate) use row::SheetRow;
pub use row::{SupportOrigin, SupportOutcome};
use section::{SectionsOf, SupportSection};
use share::{SharesOf, SupportClass, SupportShare};
use task::{SupportTask, SupportTaskState, TasksOf};

/// A sheet with what the viewer may do with it.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct SupportSheet {
    #[sqlx(flatten)]
    pub(crate) row: SheetRow,
    by_name: Option<String>,
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    pub(crate) leads: bool,
    #[sqlx(flatten)]
    child: SupportedPupil,
    place: i64,
}

impl SupportSheet {
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { number: self.place, id: self.row.id }
    }
}

/// A support sheet (児童生徒理解・支援シート) of a pupil in a school. Whoever looks after the pupil sees that it is there and whom to ask; what
/// stands in it is for those who are assigned and those to whom it was given, each note by its level.
#[Object]
impl SupportSheet {
    /// The sheet's UUID.
    async fn id(&self) -> ID {
        id::of(self.row.id)
    }
    /// Whose sheet it is: the name, the class and the number, and nothing more of the pupil's records.
    async fn pupil(&self) -> &SupportedPupil {
        &self.child
    }
    /// The day on which it was opened.
    async fn opened_on(&self) -> Day {
        Day(self.row.begins)
    }
    /// Who opened it; null if it is nobody who is here by name.
    async fn opened_by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When it was opened.
    async fn at(&self) -> Timestamp {
        self.row.at.into()
    }
    /// What it was opened from; null where it is not yours to read.
    async fn origin(&self) -> Option<SupportOrigin> {
        self.readable.then_some(self.row.origin)
    }
    /// Why it was opened; null where it is not yours to read.
    async fn reason(&self) -> Option<&str> {
        self.readable.then_some(self.row.reason.as_str())
    }
    /// The day on which it was closed; null while it is open.
    async fn closed_on(&self) -> Option<Day> {
        (!self.row.open()).then_some(Day(self.row.ends))
    }
    /// What came of it; null while it is open, and where it is not yours to read.
    async fn outcome(&self) -> Option<SupportOutcome> {
        self.row.outcome.filter(|_| self.readable)
    }
    /// Why it was closed; null while it is open, and where it is not yours to read.
    async fn close_reason(&self) -> Option<&str> {
        (self.readable && !self.row.open()).then_some(self.row.close_reason.as_str())
    }
    /// Whether it was given to you. Where it was not, every part below is null: ask those in `assigned`.
    async fn readable(&self) -> bool {
        self.readable
    }
    /// Whether you may write in it.
    async fn writable(&self) -> bool {
        self.writable && self.row.open()
    }
    /// Whether you may close it, assign people and hand it over.
    async fn leads(&self) -> bool {
        self.leads
    }
    /// 担当者: who takes part, those of today and of before, the first first. Also where the sheet is not yours to read: whom to ask.
    #[graphql(complexity = "10 + child_complexity")]
    async fn assigned(&self, ctx: &Context<'_>) -> Result<Vec<SupportAssignment>> {
        let all = ctx.data_unchecked::<DataLoader<Scope>>().load_one(AssignedOf(self.row.id)).await?.unwrap_or_default();
        let today = scope_of(ctx)?.today();
        Ok(all.into_iter().filter(|of| self.readable || of.holds_on(today)).collect())
    }
    /// Who reads the notes of each level today, by name; null where it is not yours to read.
    #[graphql(complexity = "10 + child_complexity")]
    async fn readers(&self, ctx: &Context<'_>) -> Result<Option<Vec<SupportReaders>>> {
        self.part(ctx, ReadersOf(self.row.id)).await
    }
    /// 共通シート and 学年別シート: the sections that you may read, in their order; null where it is not yours to read.
    #[graphql(complexity = "10 + child_complexity")]
    async fn sections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those of one level alone, such as what may be shown to guardians.")] level: Option<SupportNoteLevel>,
    ) -> Result<Option<Vec<SupportSection>>> {
        let found = self.part(ctx, SectionsOf(self.row.id)).await?;
        Ok(found.map(|all| all.into_iter().filter(|of: &SupportSection| level.is_none_or(|level| of.level == level)).collect()))
    }
    /// ケース会議・検討会等の記録, the newest first; null where it is not yours to read.
    #[graphql(complexity = "10 + crate::page::rows(first) * child_complexity / 10")]
    async fn meetings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those of one level alone.")] level: Option<SupportNoteLevel>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<Connection<Cursor, SupportMeeting>>> {
        let found = self.part(ctx, MeetingsOf(self.row.id)).await?;
        let found =
            found.map(|all| all.into_iter().filter(|of: &SupportMeeting| level.is_none_or(|level| of.level == level)).collect());
        found.map(|all| paged(all, (first, after.as_deref()), SupportMeeting::cursor)).transpose()
    }
    /// 手だて: what is to be done, by whom, by when; what is due first comes first. Null where it is not yours to read.
    #[graphql(complexity = "10 + crate::page::rows(first) * child_complexity / 10")]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those of one state alone.")] state: Option<SupportTaskState>,
        #[graphql(desc = "Those of one level alone.")] level: Option<SupportNoteLevel>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<Connection<Cursor, SupportTask>>> {
        let wished =
            |of: &SupportTask| state.is_none_or(|state| of.row.state == state) && level.is_none_or(|level| of.row.level == level);
        let found = self.part(ctx, TasksOf(self.row.id)).await?;
        let found = found.map(|all| all.into_iter().filter(wished).collect());
        found.map(|all| paged(all, (first, after.as_deref()), SupportTask::cursor)).transpose()
    }
    /// 個別の指導計画 and 個別の教育支援計画, the newest first; null where it is not yours to read.
    #[graphql(complexity = "10 + child_complexity")]
    async fn plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those of one level alone.")] level: Option<SupportNoteLevel>,
    ) -> Result<Option<Vec<SupportPlan>>> {
        let found = self.part(ctx, PlansOf(self.row.id)).await?;
        Ok(found.map(|all| all.into_iter().filter(|of: &SupportPlan| level.is_none_or(|level| of.row.level == level)).collect()))
    }
    /// What was done for the pupil while the sheet was open, and what it was opened from; the newest first. Null where it is not yours to read.
    #[graphql(complexity = "10 + crate::page::rows(first) * child_complexity / 10")]
    async fn actions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<Connection<Cursor, SupportAction>>> {
        let found = self.part(ctx, ActionsOfSheet(self.row.id)).await?;
        found.map(|all| paged(all, (first, after.as_deref()), SupportAction::cursor)).transpose()
    }
    /// Visits to the infirmary from which it was opened, or that were added to it (`addVisitToSupport`); the newest first. Null where the sheet is
    /// not yours to read, or visits are not.
    #[graphql(complexity = "10 + child_complexity")]
    async fn infirmary_visits(&self, ctx: &Context<'_>) -> Result<Option<Vec<InfirmaryVisit>>> {
        let here = of_records(ctx, self.row.pupil, self.row.school).await?;
        if here.contains(&Right::VisitRead) { self.part(ctx, VisitsOfSheet(self.row.id)).await } else { Ok(None) }
    }
    /// The staff of the school who can be assigned, by name; null unless you may assign people.
    #[graphql(complexity = "20 + child_complexity")]
    async fn assignable(&self, ctx: &Context<'_>) -> Result<Option<Vec<AssignableStaff>>> {
        if !self.leads {
            return Ok(None);
        }
        assigned::assignable(scope_of(ctx)?, self.row.school).await.map(Some)
    }
    /// The homerooms of the school in which the pupil is, or will be, to hand the sheet over to; null unless you may.
    #[graphql(complexity = "10 + child_complexity")]
    async fn hand_over_classes(&self, ctx: &Context<'_>) -> Result<Option<Vec<SupportClass>>> {
        if !self.leads {
            return Ok(None);
        }
        share::classes(scope_of(ctx)?, self.row.pupil, self.row.school).await.map(Some)
    }
    /// 引継ぎ: to whom it was given, what and with whose consent, the first first; null where it is not yours to read.
    #[graphql(complexity = "10 + child_complexity")]
    async fn hand_overs(&self, ctx: &Context<'_>) -> Result<Option<Vec<SupportShare>>> {
        self.part(ctx, SharesOf(self.row.id)).await
    }
}

impl SupportSheet {
    /// A part of the sheet: nothing of it where the sheet is not the viewer's to read.
    async fn part<K, T>(&self, ctx: &Context<'_>, key: K) -> Result<Option<Vec<T>>>
    where
        K: Send + Sync + Clone + Eq + std::hash::Hash + 'static,
        T: Send + Sync + Clone + 'static,
        Scope: async_graphql::dataloader::Loader<K, Value = Vec<T>, Error = crate::error::Error>,
    {
        if !self.readable {
            return Ok(None);
        }
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
    }
}

/// A page of what was loaded whole, many sheets' at once.
pub(crate) fn paged<T: OutputType>(
    mut all: Vec<T>,
    (first, after): (Option<i32>, Option<&str>),
    cursor: impl Fn(&T) -> Cursor,
) -> Result<Connection<Cursor, T>> {
    let (after, limit) = page::bounds(after, first)?;
    let key = |of: &T| {
        let cursor = cursor(of);
        (cursor.number, cursor.id)
    };
    all.retain(|of| key(of) > (after.number, after.id));
    all.sort_by_key(|of| key(of));
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(page::of(all, limit, &cursor))
}
