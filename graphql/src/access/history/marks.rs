//! Marks that replaced others: of a day, of a lesson. A first mark is no change and stands in the register.
use super::{Asked, HistoryDeed, HistoryEntry, HistoryKind, Whose, differing};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::scalar::Day;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

/// Continues a text with whose marks `m` are asked for, before which one, and in which order.
fn push_asked<DB: Database>(sql: &mut QueryBuilder<DB>, scope: &Scope, asked: &Asked)
where
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> &'static str: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
    for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    match asked.whose {
        Whose::Pupil(pupil) => {
            sql.push(" WHERE m.pupil = ").push_bind(pupil).push(" AND ");
            scope.push_pupil_reach(sql, Right::AttendanceWrite, "m");
        }
        // The marks of a class are found by its pupils, which have an index.
        Whose::Class(class) => {
            sql.push(" WHERE m.class = ").push_bind(class).push(" AND m.pupil IN (SELECT pupil FROM enrolment WHERE class = ");
            sql.push_bind(class).push(")");
        }
    }
    sql.push(" AND (m.known_from, m.id) < (").push_bind(asked.before.0).push(", ").push_bind(asked.before.1);
    sql.push(") ORDER BY m.known_from DESC, m.id DESC LIMIT ").push_bind(asked.limit);
}

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "two marks beside each other, as the table has them")]
struct DayMark {
    id: Uuid,
    pupil: Uuid,
    known_from: DateTime<Utc>,
    day: NaiveDate,
    family_name: String,
    given_name: String,
    reason: Option<String>,
    by_name: Option<String>,
    office: bool,
    kind: Option<String>,
    late: bool,
    left_early: bool,
    place: String,
    note: Option<String>,
    was_kind: Option<String>,
    was_late: bool,
    was_left_early: bool,
    was_place: String,
    was_note: Option<String>,
}

/// Marks of a day that replaced others.
pub(super) async fn attendance(scope: &Scope, asked: &Asked) -> Result<Vec<HistoryEntry>> {
    if !asked.kinds.contains(&HistoryKind::Attendance) {
        return Ok(Vec::new());
    }
    let rows: Vec<DayMark> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT m.id, m.pupil, m.known_from, m.day, COALESCE(NULLIF(u.preferred_family_name, ''), u.family_name) AS family_name,
                 COALESCE(NULLIF(u.preferred_given_name, ''), u.given_name) AS given_name, m.reason, COALESCE(s.name, a.name) AS by_name,
                 m.office, k.name AS kind, m.late, m.left_early, m.place, m.note,
                 l.name AS was_kind, p.late AS was_late, p.left_early AS was_left_early, p.place AS was_place, p.note AS was_note
             FROM attendance_mark m
             JOIN attendance_mark p ON p.pupil = m.pupil AND p.day = m.day AND p.school = m.school AND p.known_until = m.known_from");
        if matches!(asked.whose, Whose::Class(_)) {
            // 学級閉鎖 is one line of the class and not one for each pupil and day.
            sql.push(" AND m.closure IS NULL AND p.closure IS NULL");
        }
        sql.push(
            " JOIN pupil u ON u.id = m.pupil
             LEFT JOIN attendance_kind k ON k.code = m.kind LEFT JOIN attendance_kind l ON l.code = p.kind
             LEFT JOIN staff s ON s.id = m.marked_by LEFT JOIN app a ON a.id = m.marked_by");
        push_asked(&mut sql, scope, asked);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    });
    let flag = |is: bool| is.then(|| "true".to_owned());
    Ok(rows
        .into_iter()
        .map(|row| HistoryEntry {
            id: id::of(row.id),
            kind: HistoryKind::Attendance,
            deed: if row.kind.is_none() { HistoryDeed::Removed } else { HistoryDeed::Changed },
            at: row.known_from.into(),
            by: row.by_name,
            act: if row.office { "attendance decided" } else { "attendance taken" }.to_owned(),
            reason: row.reason,
            day: Some(Day(row.day)),
            about: None,
            pupil: shown(asked, &row.family_name, &row.given_name),
            of: Some(row.pupil),
            changes: differing([
                ("kind", row.was_kind, row.kind),
                ("late", flag(row.was_late), flag(row.late)),
                ("leftEarly", flag(row.was_left_early), flag(row.left_early)),
                ("place", Some(row.was_place), Some(row.place)),
                ("note", row.was_note, row.note),
            ]),
            key: (row.known_from, row.id),
        })
        .collect())
}

#[derive(sqlx::FromRow)]
struct LessonMark {
    id: Uuid,
    pupil: Uuid,
    known_from: DateTime<Utc>,
    day: NaiveDate,
    period: i32,
    family_name: String,
    given_name: String,
    by_name: Option<String>,
    kind: Option<String>,
    was_kind: Option<String>,
}

/// Marks of a lesson that replaced others.
pub(super) async fn lessons(scope: &Scope, asked: &Asked) -> Result<Vec<HistoryEntry>> {
    if !asked.kinds.contains(&HistoryKind::Lesson) {
        return Ok(Vec::new());
    }
    let rows: Vec<LessonMark> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT m.id, m.pupil, m.known_from, m.day, m.period, COALESCE(NULLIF(u.preferred_family_name, ''), u.family_name) AS family_name,
                 COALESCE(NULLIF(u.preferred_given_name, ''), u.given_name) AS given_name, COALESCE(s.name, a.name) AS by_name,
                 m.kind, p.kind AS was_kind
             FROM lesson_mark m
             JOIN lesson_mark p ON p.pupil = m.pupil AND p.day = m.day AND p.period = m.period AND p.class = m.class
                 AND p.known_until = m.known_from
             JOIN pupil u ON u.id = m.pupil LEFT JOIN staff s ON s.id = m.marked_by LEFT JOIN app a ON a.id = m.marked_by");
        push_asked(&mut sql, scope, asked);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    });
    let entries = rows.into_iter().map(|row| HistoryEntry {
        id: id::of(row.id),
        kind: HistoryKind::Lesson,
        deed: if row.kind.is_none() { HistoryDeed::Removed } else { HistoryDeed::Changed },
        at: row.known_from.into(),
        by: row.by_name,
        act: format!("lesson {} marked", row.period),
        reason: None,
        day: Some(Day(row.day)),
        about: None,
        pupil: shown(asked, &row.family_name, &row.given_name),
        of: Some(row.pupil),
        changes: differing([("kind", row.was_kind, row.kind)]),
        key: (row.known_from, row.id),
    });
    Ok(entries.collect())
}

/// The pupil's name, where it is not plain whose history it is.
fn shown(asked: &Asked, family: &str, given: &str) -> Option<String> {
    matches!(asked.whose, Whose::Class(_)).then(|| format!("{family} {given}").trim().to_owned())
}
