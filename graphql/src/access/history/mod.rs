//! The history of a record (訂正の履歴): who changed it, when and why, and what it said before and after. It is put together from the trail
//! and from the tables that keep their own versions: marks of attendance, marks of lessons, the calendar, decisions over marks of terms.
mod calendar;
mod decisions;
pub(crate) mod former;
mod marks;
mod trail;

use super::reach;
use super::right::Right;
use super::scope::{Holder, Scope};
use crate::clock::not_replaced;
use crate::error::Result;
use crate::page::{self, Cursor};
use crate::scalar::{Day, Timestamp};
use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What kind of record was changed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HistoryKind {
    /// 氏名・学籍番号. For those who keep the pupil's register.
    Names,
    /// 在籍: classes and their days. For the office.
    Enrolment,
    /// 学籍の異動, and what was handed over with one. For the office.
    Move,
    /// 出欠, where a mark replaced another. For those who take the attendance.
    Attendance,
    /// 欠課, where a mark replaced another. For those who take the attendance.
    Lesson,
    /// 出席扱い. For those who take the attendance.
    Recognition,
    /// 行事暦, after it was laid out. For those who take the attendance.
    Calendar,
    /// 支援の記録. For those who read it.
    Support,
    /// 成績: what a teacher decided beside a computed mark. For those who read the pupil's marks in that subject.
    Mark,
    /// The class itself: its name, its closures, its timetable. For those who take its attendance.
    Class,
}

impl HistoryKind {
    /// The kinds of a pupil's history, each with the right over the pupil that reads it.
    const OF_PUPIL: [(HistoryKind, Right); 9] = [
        (HistoryKind::Names, Right::OfficialNameRead),
        (HistoryKind::Enrolment, Right::MoveWrite),
        (HistoryKind::Move, Right::MoveWrite),
        (HistoryKind::Attendance, Right::AttendanceWrite),
        (HistoryKind::Lesson, Right::AttendanceWrite),
        (HistoryKind::Recognition, Right::AttendanceWrite),
        (HistoryKind::Calendar, Right::AttendanceWrite),
        (HistoryKind::Support, Right::SupportRead),
        (HistoryKind::Mark, Right::MarkRead),
    ];

    /// The kinds of a class's history, all of which `attendance:write` reads.
    const OF_CLASS: [HistoryKind; 4] = [HistoryKind::Attendance, HistoryKind::Lesson, HistoryKind::Calendar, HistoryKind::Class];
}

/// What was done to a record.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryDeed {
    /// It was not there before.
    Added,
    /// It said something else before.
    Changed,
    /// It is not there any more.
    Removed,
}

/// A field of a record that was changed.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct HistoryChange {
    /// The field, as in `familyName` or `class`.
    pub field: String,
    /// What it said before; null for nothing. Classes, schools and kinds of attendance by their names, all else by its code.
    pub before: Option<String>,
    /// What it says since; null for nothing.
    pub after: Option<String>,
}

/// A change to a record.
#[derive(SimpleObject, Clone, Debug)]
pub struct HistoryEntry {
    /// The id of the change.
    pub id: ID,
    /// What kind of record was changed.
    pub kind: HistoryKind,
    /// What was done.
    pub deed: HistoryDeed,
    /// When.
    pub at: Timestamp,
    /// Who did it; null if it is nobody who is here by name, such as an import.
    pub by: Option<String>,
    /// In the course of what, in English, as in `roster imported`.
    pub act: String,
    /// Why, in the words of whoever did it; null where nothing was said.
    pub reason: Option<String>,
    /// The school day that it is about; null where it is about none.
    pub day: Option<Day>,
    /// The subject and the term that it is about, in words; null where it is about none.
    pub about: Option<String>,
    /// The pupil's name to show, in the history of a class; null where it is about no single pupil.
    pub pupil: Option<String>,
    /// The fields that were changed.
    pub changes: Vec<HistoryChange>,
    /// The pupil of `pupil`.
    #[graphql(skip)]
    of: Option<Uuid>,
    #[graphql(skip)]
    key: (DateTime<Utc>, Uuid),
}

impl HistoryEntry {
    fn cursor(&self) -> Cursor {
        Cursor { number: -self.key.0.timestamp_millis(), id: self.key.1 }
    }
}

/// Whose history is asked for.
#[derive(Clone, Copy, Debug)]
enum Whose {
    Pupil(Uuid),
    Class(Uuid),
}

/// What is asked for: which kinds, before which change, at most how many.
struct Asked {
    whose: Whose,
    kinds: BTreeSet<HistoryKind>,
    before: (DateTime<Utc>, Uuid),
    limit: i64,
}

/// What a pupil shows of the changes to their records: flattened into the pupil.
pub struct PupilHistory(pub(crate) Uuid);

/// The history of a pupil's records.
#[Object]
impl PupilHistory {
    /// The changes to the pupil's records, the newest first: who, when, why, what it said before and after. Each kind of record is for those
    /// who may see its changes, in the school in which they may; null unless there is one for you.
    #[graphql(complexity = "20 + crate::page::rows(first) * child_complexity / 10")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The kinds of record; all that you may see if not said.")] kinds: Option<Vec<HistoryKind>>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<Connection<Cursor, HistoryEntry>>> {
        let scope = Scope::of(ctx)?;
        let rights = reach::of_pupil(ctx, self.0).await?;
        let readable = HistoryKind::OF_PUPIL.iter().filter(|(_, right)| rights.contains(right)).map(|(kind, _)| *kind);
        of(scope, Whose::Pupil(self.0), readable.collect(), kinds.as_deref(), (first, after.as_deref())).await
    }
    /// The kinds of record whose changes you may see in `history`.
    #[graphql(complexity = "5")]
    async fn history_kinds(&self, ctx: &Context<'_>) -> Result<Vec<HistoryKind>> {
        let staff = Scope::of(ctx)?.viewer().kind == Holder::Staff;
        let rights = reach::of_pupil(ctx, self.0).await?;
        let readable = HistoryKind::OF_PUPIL.iter().filter(|(_, right)| staff && rights.contains(right));
        Ok(readable.map(|(kind, _)| *kind).collect())
    }
}

/// What a class shows of the changes to its records: flattened into the class.
pub struct ClassHistory(pub(crate) Uuid);

/// The history of a class's records.
#[Object]
impl ClassHistory {
    /// The changes to the class's attendance, lessons, calendar, closures and timetable, the newest first. Null unless you take the
    /// attendance of this class.
    #[graphql(complexity = "20 + crate::page::rows(first) * child_complexity / 10")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The kinds of record; all that there are if not said.")] kinds: Option<Vec<HistoryKind>>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<Connection<Cursor, HistoryEntry>>> {
        let Some(scope) = reach::over_class(ctx, Right::AttendanceWrite, self.0).await? else { return Ok(None) };
        let asked = (first, after.as_deref());
        let page = of(scope, Whose::Class(self.0), HistoryKind::OF_CLASS.into(), kinds.as_deref(), asked).await?;
        let shown = page.iter().flat_map(|page| &page.edges).filter_map(|edge| edge.node.of).collect();
        scope.shows_with_class(self.0, Right::AttendanceWrite, shown).await?;
        Ok(page)
    }
}

/// A page of a history, of the kinds that are both asked for and readable. Programs and pupils read none.
async fn of(
    scope: &Scope,
    whose: Whose,
    readable: BTreeSet<HistoryKind>,
    wished: Option<&[HistoryKind]>,
    (first, after): (Option<i32>, Option<&str>),
) -> Result<Option<Connection<Cursor, HistoryEntry>>> {
    let (after, limit) = page::bounds(after, first)?;
    if readable.is_empty() || scope.viewer().kind != Holder::Staff {
        return Ok(None);
    }
    let kinds = readable.into_iter().filter(|kind| wished.is_none_or(|wished| wished.contains(kind))).collect();
    let before = match after {
        Cursor::START => (not_replaced(), Uuid::max()),
        Cursor { number, id } => (number.checked_neg().and_then(DateTime::from_timestamp_millis).unwrap_or_default(), id),
    };
    let asked = Asked { whose, kinds, before, limit };
    let mut entries = trail::of(scope, &asked).await?;
    entries.extend(marks::attendance(scope, &asked).await?);
    entries.extend(marks::lessons(scope, &asked).await?);
    entries.extend(calendar::of(scope, &asked).await?);
    entries.extend(decisions::of(scope, &asked).await?);
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.key));
    Ok(Some(page::of(entries, limit, HistoryEntry::cursor)))
}

/// The fields whose text differs.
fn differing(fields: impl IntoIterator<Item = (&'static str, Option<String>, Option<String>)>) -> Vec<HistoryChange> {
    let changed = fields.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(field, before, after)| HistoryChange { field: field.to_owned(), before, after }).collect()
}
