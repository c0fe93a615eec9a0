//! What a school shows of its calendar.
use super::{Calendar, CalendarDay, CalendarKind, CalendarOf};
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use crate::roster::school::School;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;
use std::sync::Arc;

/// The calendar of a school.
pub struct SchoolShown(pub(crate) School);

/// The calendar of a school.
#[Object]
impl SchoolShown {
    /// The school's calendar over some days.
    #[graphql(complexity = "10 + child_complexity")]
    async fn calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 400 days after the first.")] to: Day,
    ) -> Result<SchoolCalendar> {
        if !(0..=400).contains(&(to.0 - from.0).num_days()) {
            return Err(Error::BadInput("`to` is before `from` or more than 400 days after it".into()));
        }
        Scope::of(ctx)?;
        let key = CalendarOf { school: self.0.id, from: from.0, to: to.0 };
        let calendar = ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default();
        Ok(SchoolCalendar { from: from.0, to: to.0, calendar })
    }
}

/// A school's calendar over the days that were asked for.
pub struct SchoolCalendar {
    from: NaiveDate,
    to: NaiveDate,
    calendar: Arc<Calendar>,
}

/// A school's calendar over the days that were asked for.
#[Object]
impl SchoolCalendar {
    /// Whether the calendar decides about every one of these days. Where it does not, the register tells what a school day is.
    async fn laid_out(&self) -> bool {
        self.days_asked().all(|day| self.calendar.covers(day))
    }
    /// The first of these days that the calendar decides about; null where it decides about none.
    async fn begins(&self) -> Option<Day> {
        self.days_asked().find(|day| self.calendar.covers(*day)).map(Day)
    }
    /// The days with a word of their own, by day, the whole school before single grades. Every other weekday that is no national holiday is
    /// a school day.
    async fn days(&self) -> Vec<ShownDay> {
        self.calendar.rows().map(ShownDay::from).collect()
    }
    /// The school days (授業日) of a grade as far as the calendar decides; their number is its 授業日数.
    async fn school_days(&self, #[graphql(desc = "The grade, such as `P5`.", default)] grade: String) -> Vec<Day> {
        self.days_asked().filter(|day| self.calendar.has_school(*day, &grade) == Some(true)).map(Day).collect()
    }
}

impl SchoolCalendar {
    fn days_asked(&self) -> impl Iterator<Item = NaiveDate> {
        self.from.iter_days().take_while(|day| *day <= self.to)
    }
}

/// A day of the calendar with a word of its own.
#[derive(SimpleObject)]
#[graphql(name = "CalendarDay")]
pub struct ShownDay {
    /// The day.
    pub day: Day,
    /// One grade, such as `P5`; null for the whole school.
    pub grade: Option<String>,
    /// What the day is.
    pub kind: CalendarKind,
    /// Its name; may be empty.
    pub title: String,
    /// Why it was changed last.
    pub reason: Option<String>,
    /// Whether somebody set this very day; laying the year out anew leaves it as it is.
    pub by_hand: bool,
}

impl From<&CalendarDay> for ShownDay {
    fn from(row: &CalendarDay) -> Self {
        ShownDay {
            day: Day(row.day),
            grade: Some(row.grade.clone()).filter(|grade| !grade.is_empty()),
            kind: row.kind.unwrap_or(CalendarKind::Event),
            title: row.title.clone(),
            reason: row.reason.clone(),
            by_hand: !row.laid_out,
        }
    }
}
