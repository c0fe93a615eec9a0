//! The calendar as it was known at a time, for an analysis that is had again.
use super::lay_out::Span;
use super::{Calendar, CalendarDay};
use crate::access::history::former;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// The calendar of a school over some days as it was known at a time.
pub(super) async fn of_school(
    scope: &Scope,
    school: Uuid,
    (from, to): (NaiveDate, NaiveDate),
    at: DateTime<Utc>,
) -> Result<Calendar> {
    let mut calendar = Calendar { spans: spans(scope, school, at).await?, ..Calendar::default() };
    let sql = "SELECT id, school, grade, day, known_from, kind, title, reason, set_by, laid_out FROM calendar_day
               WHERE school = $1 AND day >= $2 AND day <= $3 AND known_from <= $4 AND known_until > $4 ORDER BY day, grade";
    let days: Vec<CalendarDay> =
        on!(scope.read(), c => sqlx::query_as(sql).bind(school).bind(from).bind(to).bind(at).fetch_all(c).await?);
    days.into_iter().for_each(|day| {
        if calendar.covers(day.day) {
            calendar.add(day);
        }
    });
    Ok(calendar)
}

/// From when to when the calendars of the school's years decided then: laid out anew, a year may have got another span since.
async fn spans(scope: &Scope, school: Uuid, at: DateTime<Utc>) -> Result<Vec<(NaiveDate, NaiveDate)>> {
    let sql = "SELECT id, school, year, begins, ends, known_from FROM school_calendar WHERE school = $1 AND known_from <= $2";
    let spans: Vec<Span> = on!(scope.read(), c => sqlx::query_as(sql).bind(school).bind(at).fetch_all(c).await?);
    let ids: Vec<Uuid> = spans.iter().map(|span| span.id).collect();
    let changed = former::changed_since(scope, "school_calendar", &ids, at).await?;
    let mut then = Vec::new();
    for span in spans {
        let span = match changed.get(&span.id) {
            Some(None) => continue,
            Some(Some(before)) => former::restored(&span, before)?,
            None => span,
        };
        then.push((span.begins, span.ends));
    }
    Ok(then)
}
