//! Enrolments (在籍): who is in which class from when to when, and since when that is known.
use crate::access::right::Right;
use crate::access::scope::{Put, Scope, Tx};
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::roster::class::ClassKind;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashSet;
use uuid::Uuid;

/// A pupil's place in a class. Two times: `begins`..`ends` is when it held, the row's `known_from`..`known_until` when it was known.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct Enrolment {
    /// The roster's id.
    pub id: Uuid,
    /// The school.
    pub school: Uuid,
    /// The class.
    pub class: Uuid,
    /// The pupil.
    pub pupil: Uuid,
    /// 出席番号.
    pub number: Option<i32>,
    /// The first day.
    pub begins: NaiveDate,
    /// The last day.
    pub ends: NaiveDate,
}

impl Enrolment {
    /// Whether the pupil was in the class on a day.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.begins <= day && day <= self.ends
    }
}

/// Every enrolment, past and present, of these pupils in classes over which the viewer has a right; at most a thousand pupils.
pub(crate) async fn of_pupils(scope: &Scope, right: Right, pupils: &[Uuid]) -> Result<Vec<Enrolment>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT id, school, class, pupil, number, begins, ends FROM enrolment WHERE pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") AND known_until = ").push_bind(not_replaced());
        sql.push(" AND class IN ");
        scope.push_reach(&mut sql, right);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// Every enrolment, past and present, of these pupils in classes whose learning the viewer may read; at most a thousand pupils.
pub(crate) async fn of_learning(scope: &Scope, pupils: &[Uuid]) -> Result<Vec<Enrolment>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT id, school, class, pupil, number, begins, ends FROM enrolment e WHERE e.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") AND e.known_until = ").push_bind(not_replaced()).push(" AND ");
        scope.push_learning_reach(&mut sql, "e");
        sql.push(" ORDER BY e.begins, e.id").build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// The enrolments of these pupils that the viewer reaches by a right today, their own among them; at most a thousand pupils.
pub(crate) async fn within_reach(scope: &Scope, right: Right, pupils: &[Uuid]) -> Result<Vec<Enrolment>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT id, school, class, pupil, number, begins, ends FROM enrolment e WHERE e.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") AND e.known_until = ").push_bind(not_replaced()).push(" AND ");
        scope.push_pupil_reach(&mut sql, right, "e");
        sql.push(" ORDER BY e.begins, e.id").build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// Who is in a class on a day, in the order of the numbers. The caller has checked the class against the scope.
pub(crate) async fn in_class_on(tx: &mut Tx, class: Uuid, day: NaiveDate) -> Result<Vec<Uuid>> {
    let sql = "SELECT pupil FROM enrolment WHERE class = $1 AND begins <= $2 AND ends >= $2 AND known_until = $3
               ORDER BY COALESCE(number, 1000000), pupil";
    let rows: Vec<(Uuid,)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(class).bind(day).bind(not_replaced()).fetch_all(c).await?);
    let mut pupils: Vec<Uuid> = rows.into_iter().map(|(pupil,)| pupil).collect();
    let mut seen = HashSet::new();
    pupils.retain(|pupil| seen.insert(*pupil));
    Ok(pupils)
}

/// Those of these pupils who are in a school on a day.
pub(crate) async fn in_school_on(tx: &mut Tx, school: Uuid, day: NaiveDate, pupils: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::new();
    for chunk in pupils.chunks(500) {
        let rows: Vec<(Uuid,)> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("SELECT DISTINCT pupil FROM enrolment WHERE school = ");
            sql.push_bind(school).push(" AND begins <= ").push_bind(day).push(" AND ends >= ").push_bind(day);
            sql.push(" AND known_until = ").push_bind(not_replaced()).push(" AND pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
        });
        found.extend(rows.into_iter().map(|(pupil,)| pupil));
    }
    Ok(found)
}

/// How many pupils are in a class on a day. The caller has checked the class against the scope.
pub(crate) async fn size_on(scope: &Scope, class: Uuid, day: NaiveDate) -> Result<usize> {
    let sql = "SELECT count(DISTINCT pupil) FROM enrolment WHERE class = $1 AND begins <= $2 AND ends >= $2 AND known_until = $3";
    let (size,): (i64,) =
        on!(scope.read(), c => sqlx::query_as(sql).bind(class).bind(day).bind(not_replaced()).fetch_one(c).await?);
    Ok(usize::try_from(size).unwrap_or_default())
}

/// An enrolment and what kind of class it is in.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct Membership {
    #[sqlx(flatten)]
    pub enrolment: Enrolment,
    pub kind: ClassKind,
}

/// Every enrolment in a school of those who were ever in one of these classes, as it was known at a time. The caller has checked the
/// classes against the scope.
pub(crate) async fn memberships_at(
    scope: &Scope,
    school: Uuid,
    classes: &[Uuid],
    known_at: DateTime<Utc>,
) -> Result<Vec<Membership>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT e.id, e.school, e.class, e.pupil, e.number, e.begins, e.ends, c.kind
             FROM enrolment e JOIN class c ON c.id = e.class WHERE e.school = ");
        sql.push_bind(school).push(" AND e.known_from <= ").push_bind(known_at).push(" AND e.known_until > ").push_bind(known_at);
        sql.push(" AND e.pupil IN (SELECT pupil FROM enrolment WHERE class IN (");
        bind_ids(&mut sql, classes.iter().copied());
        sql.push(")) ORDER BY e.pupil, e.begins, e.id").build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// Writes enrolments. One that was known otherwise is replaced from now on; what was known before stays known.
pub(crate) async fn put(tx: &mut Tx, enrolments: &[Enrolment]) -> Result<Put> {
    const PRESENT: &str = "SELECT id, school, class, pupil, number, begins, ends FROM enrolment
                           WHERE known_until = '9999-12-31T00:00:00+00:00' AND id IN (";
    let mut total = Put::default();
    for chunk in enrolments.chunks(500) {
        let difference = tx.compare(PRESENT, chunk, |enrolment| enrolment.id).await?;
        total += difference.put;
        if difference.write.is_empty() {
            continue;
        }
        let at = tx.at;
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE enrolment SET known_until = ");
            sql.push_bind(at).push(" WHERE known_until = ").push_bind(not_replaced()).push(" AND id IN (");
            let mut list = sql.separated(", ");
            difference.write.iter().for_each(|enrolment| { list.push_bind(enrolment.id); });
            sql.push(")").build().persistent(false).execute(c).await?;
        });
        let sql = "INSERT INTO enrolment (id, known_from, known_until, school, class, pupil, number, begins, ends) ";
        on!(tx.change("enrolment", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, enrolment| {
                row.push_bind(enrolment.id).push_bind(at).push_bind(not_replaced()).push_bind(enrolment.school)
                    .push_bind(enrolment.class).push_bind(enrolment.pupil).push_bind(enrolment.number)
                    .push_bind(enrolment.begins).push_bind(enrolment.ends);
            }).push(" ON CONFLICT (id, known_from) DO UPDATE SET known_until = excluded.known_until, school = excluded.school,
                     class = excluded.class, pupil = excluded.pupil, number = excluded.number, begins = excluded.begins,
                     ends = excluded.ends")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(total)
}
