//! Changing days of the calendar: each change is a row with who, when and why, and the former one is kept.
use super::{CalendarDay, CalendarKind};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::{new_id, not_replaced};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::{RejectedItem, check, wrong_length};
use crate::roster::school;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// A day of the calendar.
#[derive(InputObject, Clone, Debug)]
pub struct CalendarDayInput {
    /// The day. It has to lie within a year that was laid out.
    pub day: Day,
    /// One grade, such as `P5`; the whole school if not said. What is said of a grade goes before what is said of the school.
    pub grade: Option<String>,
    /// What the day is; null to have it as the week and the national holidays say.
    pub kind: Option<CalendarKind>,
    /// Its name, such as 運動会, at most 40 characters.
    pub title: Option<String>,
}

/// Days of a school's calendar to change.
#[derive(InputObject, Clone, Debug)]
pub struct SetCalendarDaysInput {
    /// The school, by the UUID of the roster.
    pub school_id: ID,
    /// The days, 1 to 1,000: a Saturday with school and the day that is free for it are sent together.
    pub days: Vec<CalendarDayInput>,
    /// Why they are changed, 1 to 500 characters.
    pub reason: Option<String>,
}

/// What became of the days.
#[derive(SimpleObject, Default)]
pub struct SetCalendarDaysPayload {
    /// How many days are other than before.
    pub changed: usize,
    /// How many were just so already.
    pub unchanged: usize,
    /// Days that were not taken; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with the calendar.
#[derive(Default)]
pub struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Changes days of a school's calendar: a Saturday with school and its 振替休業日, an event, a closure of a grade or of the school.
    /// 授業日数 and every register follow at once. Marks that stand on a day without school are kept and not counted.
    async fn set_calendar_days(&self, ctx: &Context<'_>, input: SetCalendarDaysInput) -> Result<SetCalendarDaysPayload> {
        set(Scope::with(ctx, Right::CalendarWrite)?, input).await
    }
}

/// Changes days of a school's calendar.
pub async fn set(scope: &Scope, input: SetCalendarDaysInput) -> Result<SetCalendarDaysPayload> {
    let refused = |error| Ok(SetCalendarDaysPayload { user_errors: vec![error], ..SetCalendarDaysPayload::default() });
    let Some(school) = school::reached(scope, Right::CalendarWrite, id::parse(&input.school_id).unwrap_or_default()).await?
    else {
        let message = "there is no such school whose calendar you may change";
        return refused(UserError::new(UserErrorCode::NotFound, "schoolId", message));
    };
    if let Some(error) = wrong_length(input.days.len(), "days") {
        return refused(error);
    }
    let reason = match input.reason.as_deref().map(|reason| check::text(reason, 500, "reason")).transpose() {
        Ok(reason) => reason,
        Err(error) => return refused(error),
    };
    let mut payload = SetCalendarDaysPayload::default();
    let mut tx = scope.begin("calendar changed").await?;
    let spans = lock(&mut tx, school.id).await?;
    let (mut wanted, mut named) = (Vec::new(), HashSet::new());
    for (index, day) in input.days.iter().enumerate() {
        match Said::check(day, &spans) {
            Ok(said) if named.insert((said.day, said.grade.clone())) => wanted.push(said),
            Ok(_) => {
                let error = UserError::new(UserErrorCode::Conflict, "day", "this day is in the list before: send each day once");
                payload.rejected.push(RejectedItem::new(index, &day.day.0.to_string(), error));
            }
            Err(error) => payload.rejected.push(RejectedItem::new(index, &day.day.0.to_string(), error)),
        }
    }
    payload.changed = put(&mut tx, school.id, &wanted, Origin::Hand(reason.as_deref())).await?;
    payload.unchanged = wanted.len() - payload.changed;
    tx.commit().await?;
    Ok(payload)
}

/// What is to be said of a day.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) day: NaiveDate,
    pub(super) grade: String,
    pub(super) kind: Option<CalendarKind>,
    pub(super) title: String,
}

impl Said {
    fn check(input: &CalendarDayInput, spans: &[(NaiveDate, NaiveDate)]) -> Result<Self, UserError> {
        let day = input.day.0;
        if !spans.iter().any(|(begins, ends)| *begins <= day && day <= *ends) {
            let message = "no calendar is laid out for this day: lay out its school year first";
            return Err(UserError::new(UserErrorCode::OutOfRange, "day", message));
        }
        let title = input.title.as_deref().filter(|title| !title.is_empty());
        let title = title.map(|title| check::text(title, 40, "title")).transpose()?.unwrap_or_default();
        let title = if input.kind.is_none() { String::new() } else { title };
        Ok(Said { day, grade: grade(input.grade.as_deref())?, kind: input.kind, title })
    }
}

/// A grade as the roster writes it; empty for all.
pub(super) fn grade(grade: Option<&str>) -> Result<String, UserError> {
    let grade = grade.unwrap_or_default();
    let known =
        grade.is_empty() || grade.len() == 2 && grade.as_bytes()[0].is_ascii_uppercase() && grade.as_bytes()[1].is_ascii_digit();
    known.then(|| grade.to_owned()).ok_or_else(|| {
        UserError::new(UserErrorCode::OutOfRange, "grade", "a grade is written like P5 or J2; leave it out for the whole school")
    })
}

/// Makes whoever else changes the calendar of the school wait, and tells from when to when it has one.
pub(super) async fn lock(tx: &mut Tx, school: Uuid) -> Result<Vec<(NaiveDate, NaiveDate)>> {
    on!(tx.connection(), c => sqlx::query("UPDATE school SET name = name WHERE id = $1").bind(school).execute(c).await?.rows_affected());
    tx.waited();
    let sql = "SELECT begins, ends FROM school_calendar WHERE school = $1";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(school).fetch_all(c).await?))
}

/// The rows that hold between two days.
pub(super) async fn holding(tx: &mut Tx, school: Uuid, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<CalendarDay>> {
    let sql = "SELECT id, school, grade, day, known_from, kind, title, reason, set_by, laid_out FROM calendar_day
               WHERE school = $1 AND day >= $2 AND day <= $3 AND known_until = $4";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(school).bind(from).bind(to).bind(not_replaced()).fetch_all(c).await?))
}

/// Where what is said of days comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin<'a> {
    /// The year as it is laid out.
    Year,
    /// Somebody who sets these days, who may have said why.
    Hand(Option<&'a str>),
}

/// Writes what differs from what is held and tells how many days that are. What held is replaced and kept.
pub(super) async fn put(tx: &mut Tx, school: Uuid, wanted: &[Said], origin: Origin<'_>) -> Result<usize> {
    let (laid_out, reason) = match origin {
        Origin::Year => (true, None),
        Origin::Hand(reason) => (false, reason),
    };
    let Some((from, to)) = wanted.iter().map(|said| said.day).min().zip(wanted.iter().map(|said| said.day).max()) else {
        return Ok(0);
    };
    let rows = holding(tx, school, (from, to)).await?;
    let held: BTreeMap<(NaiveDate, &str), &CalendarDay> = rows.iter().map(|row| ((row.day, row.grade.as_str()), row)).collect();
    let differs = |said: &&Said| match held.get(&(said.day, said.grade.as_str())) {
        Some(row) => (row.kind, &row.title) != (said.kind, &said.title),
        None => said.kind.is_some(),
    };
    let changed: Vec<&Said> = wanted.iter().filter(differs).collect();
    let (at, actor) = (tx.at, tx.actor);
    for chunk in changed.chunks(200) {
        let replaced: Vec<Uuid> =
            chunk.iter().filter_map(|said| held.get(&(said.day, said.grade.as_str()))).map(|row| row.id).collect();
        if !replaced.is_empty() {
            on!(tx.connection(), c => {
                let mut sql = QueryBuilder::new("UPDATE calendar_day SET known_until = ");
                sql.push_bind(at).push(" WHERE id IN (");
                crate::db::bind_ids(&mut sql, replaced.iter().copied());
                sql.push(")").build().persistent(false).execute(c).await?.rows_affected()
            });
        }
        let sql =
            "INSERT INTO calendar_day (id, school, grade, day, known_from, known_until, kind, title, reason, set_by, laid_out) ";
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, said| {
            row.push_bind(new_id()).push_bind(school).push_bind(said.grade.clone()).push_bind(said.day).push_bind(at)
                .push_bind(not_replaced()).push_bind(said.kind).push_bind(said.title.clone()).push_bind(reason.map(str::to_owned))
                .push_bind(actor).push_bind(laid_out);
        }).build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(changed.len())
}
