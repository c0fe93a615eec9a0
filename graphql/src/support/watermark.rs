//! The watermark of an analysis: the latest time at which anything that it reads was received or changed.
use super::cohort::Horizon;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{on, push_ids};
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

/// Of what an analysis reads.
pub(super) struct Read<'a> {
    /// The school.
    pub(super) school: Uuid,
    /// The classes of the cohort.
    pub(super) classes: &'a [Uuid],
    /// Those whose assignments count, lessons included.
    pub(super) with_work: &'a [Uuid],
    /// The pupils who are compared.
    pub(super) pupils: &'a [Uuid],
    /// The first day of the year.
    pub(super) year: NaiveDate,
}

/// The latest time of what was read: of the past, what there was by then; otherwise also what came while it was being read. The caller has
/// checked the classes and pupils against the scope.
pub(super) async fn of(scope: &Scope, read: &Read<'_>, horizon: Horizon) -> Result<Option<DateTime<Utc>>> {
    let (at,): (Option<DateTime<Utc>>,) = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT max(at) FROM (");
        write(&mut sql, read, horizon);
        sql.push(") AS times").build_query_as().persistent(false).fetch_one(c).await?
    });
    Ok(at)
}

fn write<DB: Database>(sql: &mut QueryBuilder<DB>, read: &Read<'_>, horizon: Horizon)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
{
    // Rows that never end are known until then: what is later than anything is no time of a change.
    let until = horizon.past().unwrap_or(not_replaced() - chrono::TimeDelta::days(1));
    let days = |sql: &mut QueryBuilder<DB>| {
        sql.push(" AND school = ").push_bind(read.school);
        sql.push(" AND day >= ").push_bind(read.year).push(" AND day <= ").push_bind(horizon.as_of);
    };
    let of_pupils = |sql: &mut QueryBuilder<DB>| {
        days(sql);
        sql.push(" AND pupil IN ");
        push_ids(sql, read.pupils.iter().copied());
    };
    if horizon.replay {
        for time in ["received_at", "withdrawn_at"] {
            sql.push("SELECT max(").push(time).push(") AS at FROM activity WHERE ").push(time).push(" <= ").push_bind(until);
            of_pupils(sql);
            sql.push(" UNION ALL ");
        }
    } else {
        sql.push("SELECT max(changed_at) AS at FROM daily_total WHERE changed_at <= ").push_bind(until);
        of_pupils(sql);
        sql.push(" UNION ALL ");
    }
    for table in ["attendance_mark", "mood"] {
        sql.push("SELECT max(known_from) FROM ").push(table).push(" WHERE known_from <= ").push_bind(until);
        of_pupils(sql);
        sql.push(" UNION ALL ");
    }
    // A version that was taken back has no other after it, only an end.
    for time in ["known_from", "known_until"] {
        sql.push("SELECT max(").push(time).push(") FROM enrolment WHERE ").push(time).push(" <= ").push_bind(until);
        sql.push(" AND class IN ");
        push_ids(sql, read.classes.iter().copied());
        sql.push(" UNION ALL ");
    }
    sql.push("SELECT max(known_from) FROM assignment WHERE known_from <= ").push_bind(until);
    sql.push(" AND due_day >= ").push_bind(read.year).push(" AND due_day <= ").push_bind(horizon.as_of).push(" AND class IN ");
    push_ids(sql, read.with_work.iter().copied());
    sql.push(" UNION ALL SELECT max(known_from) FROM calendar_day WHERE known_from <= ").push_bind(until);
    days(sql);
    sql.push(" UNION ALL SELECT max(known_from) FROM school_calendar WHERE known_from <= ").push_bind(until);
    sql.push(" AND school = ").push_bind(read.school);
}
