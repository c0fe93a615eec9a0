//! What a class shows of its attendance.
use super::calendar::of_school::ShownDay;
use super::calendar::{Calendar, CalendarOf};
use super::closure::{self, ClassClosure};
use super::lesson::{self, mark::MissedLesson, mark::Whose, timetable::TimetableLesson};
use super::register::of_classes::{Detail, RegisterOf};
use super::register::of_month::{self, Register};
use super::register::of_year;
use super::register::on_day::{self, RegisteredPupil};
use super::school_day;
use super::summary::{AttendanceSummary, SummaryOf};
use crate::access::reach;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use crate::roster::class::{self, Class};
use crate::roster::span::Span;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object};
use chrono::NaiveDate;
use std::sync::Arc;

/// The attendance of a class.
pub struct ClassAttendance(pub(crate) Class);

/// The attendance of a class.
#[Object]
impl ClassAttendance {
    /// The latest school days up to a day, ascending, by the school's calendar. Where there is none, today is one of them on a weekday
    /// that is no national holiday; otherwise a day counts on which attendance was
    /// taken or, before anybody took it, on which pupils worked on a weekday.
    /// Null without the right to see the attendance of this class.
    async fn school_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 260.")] last: i32,
        #[graphql(desc = "The last day to look at; today if not said.")] until: Option<Day>,
    ) -> Result<Option<Vec<Day>>> {
        let Some(scope) = reach::over_class(ctx, Right::AttendanceRead, self.0.id).await? else { return Ok(None) };
        let last = usize::try_from(last).ok().filter(|last| (1..=260).contains(last));
        let last = last.ok_or_else(|| Error::BadInput("`last` is not a number from 1 to 260".into()))?;
        let days = school_day::latest(scope, &self.0, last, until.map_or_else(|| scope.today(), |day| day.0)).await?;
        Ok(Some(days.into_iter().map(Day).collect()))
    }
    /// Whether the class has school on a day by the school's calendar, whether or not a lesson is held on it. Where there is none: a weekday
    /// that is no national holiday, or a day on which attendance was taken. Null without the right to see the attendance of this class.
    async fn is_school_day(&self, ctx: &Context<'_>, day: Day) -> Result<Option<bool>> {
        let Some(scope) = reach::over_class(ctx, Right::AttendanceRead, self.0.id).await? else { return Ok(None) };
        match self.calendar(ctx, day.0).await?.has_school(day.0, &self.0.grades) {
            Some(said) => Ok(Some(said)),
            None => school_day::is_one(scope, &self.0, day.0).await.map(Some),
        }
    }
    /// What the school's calendar says of a day for this class, such as 運動会 or 振替休業日, the grade's own first.
    async fn calendar_on(&self, ctx: &Context<'_>, day: Day) -> Result<Vec<ShownDay>> {
        Scope::with(ctx, Right::SchoolRead)?;
        Ok(self.calendar(ctx, day.0).await?.titles(day.0, &self.0.grades).into_iter().map(ShownDay::from).collect())
    }
    /// The closures of the class (学級閉鎖) that touch some days, those that were taken back included.
    #[graphql(complexity = "5 + child_complexity")]
    async fn closures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day.")] to: Day,
    ) -> Result<Vec<ClassClosure>> {
        closure::of_classes(Scope::with(ctx, Right::AttendanceRead)?, &[self.0.id], (from.0, to.0)).await
    }
    /// The register of a homeroom for a month (出席簿); null for a lesson. Sums go up to today in a month that is not over.
    #[graphql(complexity = "100 + child_complexity")]
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The month, such as `2026-10`.")] month: String,
    ) -> Result<Option<Arc<Register>>> {
        self.register_over(ctx, of_month::month(&month)?, Detail::selected(ctx)).await
    }
    /// The sums of a school year for every pupil who was in the class, those who left among them: what the 指導要録 needs. Null for a lesson.
    #[graphql(complexity = "200 + child_complexity")]
    async fn register_year(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The year of its April, such as 2026.")] year: i32,
    ) -> Result<Option<Arc<Register>>> {
        self.register_over(ctx, of_year::days_of(year)?, Detail { days: false, ..Detail::selected(ctx) }).await
    }
    /// Who stands in the class's register on a day, by number, with what holds of it: pupils who have left since are among them, whose days
    /// the school still corrects (`decideAttendance`); those who stand in another class's register are not. Null without the right to
    /// decide over the attendance of this class.
    #[graphql(complexity = "50 + child_complexity * 5")]
    async fn registered(&self, ctx: &Context<'_>, day: Day) -> Result<Option<Vec<RegisteredPupil>>> {
        match reach::over_class(ctx, Right::AttendanceDecide, self.0.id).await? {
            Some(scope) => {
                scope.looks_at_former(&[self.0.id], Right::AttendanceDecide, (day.0, day.0)).await?;
                on_day::of_class(scope, &self.0, day.0).await.map(Some)
            }
            None => Ok(None),
        }
    }
    /// The class's week on a day, by weekday and period (時間割); empty where none was set.
    #[graphql(complexity = "5 + child_complexity")]
    async fn timetable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today if not said.")] day: Option<Day>,
    ) -> Result<Vec<TimetableLesson>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        let day = day.map_or_else(|| scope.today(), |day| day.0);
        lesson::timetable::of_classes(scope, &[self.0.id], (day, day)).await
    }
    /// Who missed which lesson of the class (欠課), by day and period. It is no absence of the day.
    #[graphql(complexity = "10 + child_complexity")]
    async fn missed_lessons(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day; at most 366 days after the first.")] to: Day,
    ) -> Result<Vec<MissedLesson>> {
        let scope = Scope::with(ctx, Right::AttendanceRead)?;
        let Some(class) = class::find(scope, Right::AttendanceRead, self.0.id).await? else { return Ok(Vec::new()) };
        let span = Span::new(class.id, from.0, to.0)?;
        scope.looks_at_former(&[class.id], Right::AttendanceRead, (span.from, span.to)).await?;
        lesson::mark::missed(scope, Whose::Class(class.id), (span.from, span.to)).await
    }
    /// A day in numbers. Null without the right to see the attendance of this class.
    async fn attendance_summary(&self, ctx: &Context<'_>, day: Day) -> Result<Option<AttendanceSummary>> {
        if reach::over_class(ctx, Right::AttendanceRead, self.0.id).await?.is_none() {
            return Ok(None);
        }
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(SummaryOf { class: self.0.id, day: day.0 }).await
    }
}

impl ClassAttendance {
    /// The class may have been reached by another right: the register needs its own.
    async fn register_over(
        &self,
        ctx: &Context<'_>,
        (from, to): (NaiveDate, NaiveDate),
        detail: Detail,
    ) -> Result<Option<Arc<Register>>> {
        Scope::with(ctx, Right::AttendanceRead)?;
        let key = RegisterOf { class: self.0.id, from, to, detail };
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await
    }

    async fn calendar(&self, ctx: &Context<'_>, day: NaiveDate) -> Result<Arc<Calendar>> {
        let key = CalendarOf { school: self.0.school, from: day, to: day };
        Ok(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default())
    }
}
