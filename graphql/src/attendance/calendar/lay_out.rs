//! Laying out a school year: weekdays without national holidays, without the long vacations. Single days are changed afterwards.
use super::CalendarKind;
use super::change::{self, Origin, Said, grade};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::attendance::school_day::is_ordinary;
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::school;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A long vacation.
#[derive(InputObject, Clone, Debug)]
pub struct VacationInput {
    /// The name, such as 夏季休業, 1 to 40 characters.
    pub title: String,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// One grade, such as `P6`; the whole school if not said.
    pub grade: Option<String>,
}

/// A school year to lay out.
#[derive(InputObject, Clone, Debug)]
pub struct LayOutCalendarInput {
    /// The school, by the UUID of the roster.
    pub school_id: ID,
    /// The year of its April, such as 2026.
    pub year: i32,
    /// The first day that the calendar decides about; 1 April if not said. A school that comes in the middle of a year gives its first
    /// day here: what lies before stays in its former register and is not counted as missing.
    pub begins: Option<Day>,
    /// The long vacations, at most 30.
    #[graphql(default)]
    pub vacations: Vec<VacationInput>,
}

/// What became of a year.
#[derive(SimpleObject, Default)]
pub struct LayOutCalendarPayload {
    /// The first and the last day that the calendar decides about; null if nothing was changed.
    pub begins: Option<Day>,
    /// The last day.
    pub ends: Option<Day>,
    /// How many days are other than before.
    pub changed: usize,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with the calendar of a year.
#[derive(Default)]
pub struct CalendarYearMutation;

#[Object]
impl CalendarYearMutation {
    /// Lays out a school year, or lays it out anew: from then on the calendar decides what a school day is. Weekdays that are no national
    /// holiday and in no vacation are school days. Days that somebody has set (`setCalendarDays`, `importCalendar`) stay as they are.
    async fn lay_out_calendar(&self, ctx: &Context<'_>, input: LayOutCalendarInput) -> Result<LayOutCalendarPayload> {
        lay_out(Scope::with(ctx, Right::CalendarWrite)?, input).await
    }
}

#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) id: Uuid,
    school: Uuid,
    year: i32,
    pub(super) begins: NaiveDate,
    pub(super) ends: NaiveDate,
    known_from: DateTime<Utc>,
}

/// Lays out a school year.
pub async fn lay_out(scope: &Scope, input: LayOutCalendarInput) -> Result<LayOutCalendarPayload> {
    let refused = |error| Ok(LayOutCalendarPayload { user_errors: vec![error], ..LayOutCalendarPayload::default() });
    let Some(school) = school::reached(scope, Right::CalendarWrite, id::parse(&input.school_id).unwrap_or_default()).await?
    else {
        let message = "there is no such school whose calendar you may change";
        return refused(UserError::new(UserErrorCode::NotFound, "schoolId", message));
    };
    let (begins, ends, free) = match checked(&input) {
        Ok(checked) => checked,
        Err(error) => return refused(error),
    };
    let mut tx = scope.begin("calendar laid out").await?;
    change::lock(&mut tx, school.id).await?;
    write(&mut tx, school.id, input.year, (begins, ends)).await?;
    let held = change::holding(&mut tx, school.id, (begins, ends)).await?;
    let by_hand =
        |day: NaiveDate, grade: &str| held.iter().any(|row| (row.day, row.grade.as_str()) == (day, grade) && !row.laid_out);
    let gone = held.iter().filter(|row| row.laid_out && row.kind.is_some());
    let gone = gone.filter(|row| !free.contains_key(&(row.day, row.grade.clone())));
    let gone = gone.map(|row| Said { day: row.day, grade: row.grade.clone(), kind: None, title: String::new() });
    let wanted = free.iter().filter(|((day, grade), _)| !by_hand(*day, grade)).map(|((day, grade), title)| Said {
        day: *day,
        grade: grade.clone(),
        kind: Some(CalendarKind::Vacation),
        title: (*title).to_owned(),
    });
    let wanted: Vec<Said> = gone.chain(wanted).collect();
    let changed = change::put(&mut tx, school.id, &wanted, Origin::Year).await?;
    tx.commit().await?;
    Ok(LayOutCalendarPayload { begins: Some(Day(begins)), ends: Some(Day(ends)), changed, user_errors: vec![] })
}

/// The names of the vacations by day and grade.
type Free<'a> = BTreeMap<(NaiveDate, String), &'a str>;

fn checked(input: &LayOutCalendarInput) -> Result<(NaiveDate, NaiveDate, Free<'_>), UserError> {
    let wrong = |field: &str, message: &str| Err(UserError::new(UserErrorCode::OutOfRange, field, message));
    let first = |year: i32| NaiveDate::from_ymd_opt(year, 4, 1).filter(|_| (2000..2100).contains(&year));
    let Some((april, ends)) = first(input.year).zip(first(input.year + 1).and_then(|day| day.pred_opt())) else {
        return wrong("year", "the year of a school year's April, such as 2026");
    };
    let begins = input.begins.map_or(april, |day| day.0);
    if begins < april || begins > ends {
        return wrong("begins", "the first day lies in the school year, from 1 April to 31 March");
    }
    if input.vacations.len() > 30 {
        return Err(UserError::new(UserErrorCode::TooMany, "vacations", "send at most 30 vacations"));
    }
    let mut free = Free::new();
    for vacation in &input.vacations {
        let (from, to, grade) = (vacation.from.0, vacation.to.0, grade(vacation.grade.as_deref())?);
        check::text(&vacation.title, 40, "vacations.title")?;
        if to < from || from < april || to > ends {
            return wrong("vacations.from", "a vacation lies in the school year and does not end before it begins");
        }
        let days = from.max(begins).iter_days().take_while(|day| *day <= to);
        free.extend(days.filter(|day| is_ordinary(*day)).map(|day| ((day, grade.clone()), vacation.title.as_str())));
    }
    Ok((begins, ends, free))
}

/// The span of a year; laid out anew it may begin on another day.
async fn write(tx: &mut Tx, school: Uuid, year: i32, (begins, ends): (NaiveDate, NaiveDate)) -> Result<()> {
    let sql = "SELECT id, school, year, begins, ends, known_from FROM school_calendar WHERE school = $1 AND year = $2";
    let before: Option<Span> = on!(tx.connection(), c => sqlx::query_as(sql).bind(school).bind(year).fetch_optional(c).await?);
    let (id, known_from) = before.as_ref().map_or_else(|| (new_id(), tx.at), |before| (before.id, before.known_from));
    let span = Span { id, school, year, begins, ends, known_from };
    if before.as_ref() == Some(&span) {
        return Ok(());
    }
    let sql = "INSERT INTO school_calendar (id, school, year, begins, ends, known_from) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (id) DO UPDATE SET begins = excluded.begins, ends = excluded.ends WHERE school_calendar.school = excluded.school";
    let change = Change::new(id, before.as_ref(), Some(&span));
    on!(tx.change("school_calendar", &[change]).await?, c => sqlx::query(sql).bind(id).bind(school).bind(year).bind(begins).bind(ends)
        .bind(known_from).execute(c).await?.rows_affected());
    Ok(())
}
