//! The last day on which anybody of a school had school.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::calendar;
use crate::db::{on, push_ids};
use crate::error::Result;
use crate::roster::class;
use chrono::{Days, NaiveDate};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// So many days back it is looked for: longer ago, nobody waits for an analysis.
const BACK: u64 = 13;

/// The first day that is asked about.
pub(super) fn first_asked(until: NaiveDate) -> NaiveDate {
    until - Days::new(BACK)
}

/// The last school day of a school up to a day: the calendar says it, without one the records of the day; `None` where there was none of
/// late.
pub(super) async fn last(scope: &Scope, school: Uuid, until: NaiveDate) -> Result<Option<NaiveDate>> {
    let calendar = calendar::of_school(scope, school, (first_asked(until), until), None).await?;
    for back in 0..=BACK {
        let day = until - Days::new(back);
        let homerooms = class::homerooms_on(scope, Right::AnalysisRun, school, day).await?;
        if homerooms.is_empty() {
            continue;
        }
        let had_school = if calendar.covers(day) {
            homerooms.iter().any(|class| calendar.has_school(day, &class.grades) == Some(true))
        } else {
            let homerooms: Vec<Uuid> = homerooms.iter().map(|class| class.id).collect();
            has_records(scope, school, &homerooms, day).await?
        };
        if had_school {
            return Ok(Some(day));
        }
    }
    Ok(None)
}

/// Whether anybody of some classes was marked or worked on a day.
async fn has_records(scope: &Scope, school: Uuid, classes: &[Uuid], day: NaiveDate) -> Result<bool> {
    // Looked for by class and by pupil, as the indexes have them.
    let (found,): (i64,) = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM attendance_mark WHERE known_until = '9999-12-31T00:00:00+00:00'
                 AND kind IS NOT NULL AND day = ");
        sql.push_bind(day).push(" AND class IN ");
        push_ids(&mut sql, classes.iter().copied());
        sql.push(") OR EXISTS (SELECT 1 FROM daily_total t JOIN enrolment e ON e.pupil = t.pupil
                 WHERE e.known_until = '9999-12-31T00:00:00+00:00' AND t.interactions > 0 AND t.day = ");
        sql.push_bind(day).push(" AND t.school = ").push_bind(school).push(" AND e.class IN ");
        push_ids(&mut sql, classes.iter().copied());
        sql.push(") THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END");
        sql.build_query_as().persistent(false).fetch_one(c).await?
    });
    Ok(found == 1)
}
