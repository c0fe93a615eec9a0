//! Enrolments (在籍): who is in which class from when to when, and since when that is known.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Difference, Put, Tx};
use crate::attendance::closed;
use crate::clock::not_replaced;
use crate::db::{Among, bind_ids, on};
use crate::error::Result;
use crate::roster::class::ClassKind;
use async_graphql::Enum;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a pupil is in a class.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MembershipKind {
    /// The class keeps the pupil's register; every lesson is so, too.
    #[default]
    Home,
    /// 交流: a guest, whose register another class keeps and who is counted there.
    Exchange,
}

/// A pupil's place in a class. Two times: `begins`..`ends` is when it held, the row's `known_from`..`known_until` when it was known.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
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
    /// Whether the class keeps the pupil's register.
    #[serde(default)]
    pub kind: MembershipKind,
    /// The pupil's grade in a class of several; `None` where nobody has said it, or nothing was asked of it.
    #[sqlx(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
}

impl Enrolment {
    /// Whether two say the same of where somebody is, whatever is known of the grade.
    pub(crate) fn is_same_place(&self, other: &Enrolment) -> bool {
        Enrolment { grade: None, ..self.clone() } == Enrolment { grade: None, ..other.clone() }
    }

    /// Whether the pupil was in the class on a day.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.begins <= day && day <= self.ends
    }
}

/// A time in a school: what a pupil's enrolments there of the same days have in common.
#[derive(sqlx::FromRow, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stay {
    pub(crate) pupil: Uuid,
    pub(crate) school: Uuid,
    pub(crate) begins: NaiveDate,
    pub(crate) ends: NaiveDate,
}

impl Stay {
    /// Whether the pupil was in the school on a day.
    pub(crate) fn covers(&self, day: NaiveDate) -> bool {
        self.begins <= day && day <= self.ends
    }
}

const STAYS: &str = "SELECT DISTINCT pupil, school, begins, ends FROM enrolment WHERE known_until = ";

/// Where and when these pupils were in classes over which the viewer has a right, past and present; a pupil, where they were themselves. At
/// most a thousand pupils.
pub(crate) async fn stays_in_classes(scope: &Scope, right: Right, pupils: &[Uuid]) -> Result<HashMap<Uuid, Vec<Stay>>> {
    if pupils.is_empty() {
        return Ok(HashMap::new());
    }
    let stays: Vec<Stay> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(STAYS);
        sql.push_bind(not_replaced()).push(" AND ");
        Among::push_among(&mut sql, "pupil", pupils);
        sql.push(" AND ");
        scope.push_posting_reach(&mut sql, right, "pupil", "class");
        sql.build_query_as().fetch_all(c).await?
    });
    Ok(by_pupil(stays))
}

/// Where and when these pupils, the viewer among them, were in schools in which the viewer reaches them by a right today; at most a
/// thousand pupils.
pub(crate) async fn stays_within_reach(scope: &Scope, right: Right, pupils: &[Uuid]) -> Result<HashMap<Uuid, Vec<Stay>>> {
    if pupils.is_empty() {
        return Ok(HashMap::new());
    }
    let stays: Vec<Stay> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM (");
        sql.push(STAYS).push_bind(not_replaced()).push(" AND ");
        Among::push_among(&mut sql, "pupil", pupils);
        sql.push(") s WHERE ");
        scope.push_pupil_reach(&mut sql, right, "s");
        sql.build_query_as().fetch_all(c).await?
    });
    Ok(by_pupil(stays))
}

fn by_pupil(stays: Vec<Stay>) -> HashMap<Uuid, Vec<Stay>> {
    let mut found: HashMap<Uuid, Vec<Stay>> = HashMap::new();
    stays.into_iter().for_each(|stay| found.entry(stay.pupil).or_default().push(stay));
    found
}

/// Every enrolment, past and present, of these pupils in classes whose learning the viewer may read; at most a thousand pupils.
pub(crate) async fn of_learning(scope: &Scope, pupils: &[Uuid]) -> Result<Vec<Enrolment>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT id, school, class, pupil, number, begins, ends, kind FROM enrolment e WHERE e.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") AND e.known_until = ").push_bind(not_replaced()).push(" AND ");
        scope.push_learning_reach(&mut sql, "e");
        sql.push(" ORDER BY e.begins, e.id").build_query_as().fetch_all(c).await?
    }))
}

/// The enrolments of these pupils that the viewer reaches by a right today, their own among them; at most a thousand pupils.
pub(crate) async fn within_reach(scope: &Scope, right: Right, pupils: &[Uuid]) -> Result<Vec<Enrolment>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT id, school, class, pupil, number, begins, ends, kind FROM enrolment e WHERE e.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") AND e.known_until = ").push_bind(not_replaced()).push(" AND ");
        scope.push_pupil_reach(&mut sql, right, "e");
        sql.push(" ORDER BY e.begins, e.id").build_query_as().fetch_all(c).await?
    }))
}

/// Whose register a class keeps on a day, in the order of the numbers. The caller has checked the class against the scope.
pub(crate) async fn in_class_on(tx: &mut Tx, class: Uuid, day: NaiveDate) -> Result<Vec<Uuid>> {
    let sql =
        "SELECT pupil FROM enrolment WHERE class = $1 AND kind = 'HOME' AND begins <= $2 AND ends >= $2 AND known_until = $3
               ORDER BY COALESCE(number, 1000000), pupil";
    let rows: Vec<(Uuid,)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(class).bind(day).bind(not_replaced()).fetch_all(c).await?);
    let mut pupils: Vec<Uuid> = rows.into_iter().map(|(pupil,)| pupil).collect();
    let mut seen = HashSet::new();
    pupils.retain(|pupil| seen.insert(*pupil));
    Ok(pupils)
}

/// The grades of those of a class of several of whom it is known. The caller has checked the class against the scope.
pub(crate) async fn grades_in(tx: &mut Tx, class: Uuid) -> Result<HashMap<Uuid, String>> {
    let sql = "SELECT pupil, grade FROM enrolment
               WHERE class = $1 AND kind = 'HOME' AND grade IS NOT NULL AND known_until = $2 ORDER BY begins, id";
    let rows: Vec<(Uuid, String)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(class).bind(not_replaced()).fetch_all(c).await?);
    Ok(rows.into_iter().collect())
}

/// Who is in a class on a day: those whose register it keeps, and its guests. The caller has checked the class against the scope.
pub(crate) async fn at_lessons_on(tx: &mut Tx, class: Uuid, day: NaiveDate) -> Result<HashSet<Uuid>> {
    let sql = "SELECT DISTINCT pupil FROM enrolment WHERE class = $1 AND begins <= $2 AND ends >= $2 AND known_until = $3";
    let rows: Vec<(Uuid,)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(class).bind(day).bind(not_replaced()).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(pupil,)| pupil).collect())
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
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(rows.into_iter().map(|(pupil,)| pupil));
    }
    Ok(found)
}

/// How many pupils were in each of some classes on a day. The caller has checked the classes against the scope.
pub(crate) async fn sizes_on(scope: &Scope, classes: &[Uuid], day: NaiveDate) -> Result<HashMap<Uuid, usize>> {
    let rows: Vec<(Uuid, i64)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT class, count(DISTINCT pupil) FROM enrolment WHERE kind = 'HOME' AND begins <= ");
        sql.push_bind(day).push(" AND ends >= ").push_bind(day).push(" AND known_until = ").push_bind(not_replaced());
        sql.push(" AND class IN (");
        bind_ids(&mut sql, classes.iter().copied());
        sql.push(") GROUP BY class").build_query_as().fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|(class, size)| (class, usize::try_from(size).unwrap_or_default())).collect())
}

/// An enrolment and what kind of class it is in.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct Membership {
    #[sqlx(flatten)]
    pub enrolment: Enrolment,
    pub class_kind: ClassKind,
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
            "SELECT e.id, e.school, e.class, e.pupil, e.number, e.begins, e.ends, e.kind, c.kind AS class_kind
             FROM enrolment e JOIN class c ON c.id = e.class WHERE e.school = ");
        sql.push_bind(school).push(" AND e.known_from <= ").push_bind(known_at).push(" AND e.known_until > ").push_bind(known_at);
        sql.push(" AND e.pupil IN (SELECT pupil FROM enrolment WHERE class IN (");
        bind_ids(&mut sql, classes.iter().copied());
        sql.push(")) ORDER BY e.pupil, e.begins, e.id").build_query_as().fetch_all(c).await?
    }))
}

const PRESENT: &str = "SELECT id, school, class, pupil, number, begins, ends, kind, grade FROM enrolment
                       WHERE known_until = '9999-12-31T00:00:00+00:00' AND id IN (";

/// Writes enrolments. A grade that is not said stays as it is.
pub(crate) async fn put(tx: &mut Tx, enrolments: &[Enrolment]) -> Result<Put> {
    let mut total = Put::default();
    for chunk in enrolments.chunks(500) {
        let known = present(tx, chunk).await?;
        let of_before =
            |of: &Enrolment| known.get(&of.id).filter(|known| known.class == of.class).and_then(|known| known.grade.clone());
        let whole = chunk.iter().map(|of| Enrolment { grade: of.grade.clone().or_else(|| of_before(of)), ..of.clone() });
        total += replace(tx, &whole.collect::<Vec<_>>(), &known).await?;
    }
    Ok(total)
}

/// What is known of these, by their ids.
async fn present(tx: &mut Tx, enrolments: &[Enrolment]) -> Result<HashMap<Uuid, Enrolment>> {
    let ids: Vec<Uuid> = enrolments.iter().map(|enrolment| enrolment.id).collect();
    let known: Vec<Enrolment> = tx.of_ids(PRESENT, &ids).await?;
    Ok(known.into_iter().map(|enrolment| (enrolment.id, enrolment)).collect())
}

/// Writes enrolments as they are, with the grade or without.
pub(crate) async fn write(tx: &mut Tx, enrolments: &[Enrolment]) -> Result<Put> {
    let mut total = Put::default();
    for chunk in enrolments.chunks(500) {
        let known = present(tx, chunk).await?;
        total += replace(tx, chunk, &known).await?;
    }
    Ok(total)
}

/// Replaces what was known of a few enrolments from now on; what was known before stays known. The closures of the classes follow.
async fn replace(tx: &mut Tx, enrolments: &[Enrolment], known: &HashMap<Uuid, Enrolment>) -> Result<Put> {
    let difference = Difference::between(known, enrolments, |enrolment| enrolment.id);
    if difference.write.is_empty() {
        return Ok(difference.put);
    }
    let at = tx.at;
    on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("UPDATE enrolment SET known_until = ");
        sql.push_bind(at).push(" WHERE known_until = ").push_bind(not_replaced()).push(" AND id IN (");
        let mut list = sql.separated(", ");
        difference.write.iter().for_each(|enrolment| { list.push_bind(enrolment.id); });
        sql.push(")").build().persistent(false).execute(c).await?;
    });
    let sql = "INSERT INTO enrolment (id, known_from, known_until, school, class, pupil, number, begins, ends, kind, grade) ";
    on!(tx.change("enrolment", &difference.changes).await?, c => QueryBuilder::new(sql)
        .push_values(&difference.write, |mut row, enrolment| {
            row.push_bind(enrolment.id).push_bind(at).push_bind(not_replaced()).push_bind(enrolment.school)
                .push_bind(enrolment.class).push_bind(enrolment.pupil).push_bind(enrolment.number)
                .push_bind(enrolment.begins).push_bind(enrolment.ends).push_bind(enrolment.kind).push_bind(enrolment.grade.clone());
        }).push(" ON CONFLICT (id, known_from) DO UPDATE SET known_until = excluded.known_until, school = excluded.school,
                 class = excluded.class, pupil = excluded.pupil, number = excluded.number, begins = excluded.begins,
                 ends = excluded.ends, kind = excluded.kind, grade = excluded.grade")
          .build().persistent(false).execute(c).await?.rows_affected());
    let changes = difference.write.iter().map(|after| (known.get(&after.id), Some(after)));
    closed::follow(tx, &changes.collect::<Vec<_>>()).await?;
    Ok(difference.put)
}

/// Takes enrolments away that never were: from now on they are not known any more; that they were known before stays known.
pub(crate) async fn withdraw(tx: &mut Tx, enrolments: &[Enrolment]) -> Result<()> {
    for chunk in enrolments.chunks(500) {
        let changes: Vec<Change> = chunk.iter().map(|enrolment| Change::new(enrolment.id, Some(enrolment), None)).collect();
        let at = tx.at;
        on!(tx.change("enrolment", &changes).await?, c => {
            let mut sql = QueryBuilder::new("UPDATE enrolment SET known_until = ");
            sql.push_bind(at).push(" WHERE known_until = ").push_bind(not_replaced()).push(" AND id IN (");
            bind_ids(&mut sql, chunk.iter().map(|enrolment| enrolment.id));
            sql.push(")").build().persistent(false).execute(c).await?;
        });
        closed::follow(tx, &chunk.iter().map(|before| (Some(before), None)).collect::<Vec<_>>()).await?;
    }
    Ok(())
}
