//! Changes of the calendar, as far as the days are of the pupil or of the class. A year that is laid out is no change.
use super::{Asked, HistoryDeed, HistoryEntry, HistoryKind, Whose, differing};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::scalar::Day;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct DayChanged {
    id: Uuid,
    known_from: DateTime<Utc>,
    day: NaiveDate,
    kind: Option<String>,
    title: String,
    was_kind: Option<String>,
    was_title: Option<String>,
    reason: Option<String>,
    by_name: Option<String>,
}

/// Days that were changed after their year was laid out.
pub(super) async fn of(scope: &Scope, asked: &Asked) -> Result<Vec<HistoryEntry>> {
    if !asked.kinds.contains(&HistoryKind::Calendar) {
        return Ok(Vec::new());
    }
    let rows: Vec<DayChanged> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT d.id, d.known_from, d.day, d.kind, d.title, p.kind AS was_kind, p.title AS was_title, d.reason, s.name AS by_name
             FROM calendar_day d
             JOIN school_calendar y ON y.school = d.school AND y.begins <= d.day AND y.ends >= d.day AND y.known_from < d.known_from
             LEFT JOIN calendar_day p ON p.school = d.school AND p.day = d.day AND p.grade = d.grade AND p.known_until = d.known_from
             LEFT JOIN staff s ON s.id = d.set_by
             WHERE EXISTS (SELECT 1 FROM class c ");
        match asked.whose {
            Whose::Pupil(pupil) => {
                sql.push("JOIN enrolment e ON e.class = c.id AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.begins <= d.day
                              AND e.ends >= d.day WHERE e.pupil = ").push_bind(pupil).push(" AND ");
                scope.push_pupil_reach(&mut sql, Right::AttendanceWrite, "e");
            }
            Whose::Class(class) => drop(sql.push("JOIN academic_year a ON a.id = c.academic_year AND a.begins <= d.day AND a.ends >= d.day
                                                      WHERE c.id = ").push_bind(class)),
        }
        sql.push(" AND c.school = d.school AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%'))
                  AND (d.known_from, d.id) < (").push_bind(asked.before.0).push(", ").push_bind(asked.before.1);
        sql.push(") ORDER BY d.known_from DESC, d.id DESC LIMIT ").push_bind(asked.limit);
        sql.build_query_as().persistent(false).fetch_all(c).await?
    });
    let text = |text: Option<String>| text.filter(|text| !text.is_empty());
    let entries = rows.into_iter().map(|row| HistoryEntry {
        id: id::of(row.id),
        kind: HistoryKind::Calendar,
        deed: match (&row.was_kind, &row.kind) {
            (None, _) => HistoryDeed::Added,
            (_, None) => HistoryDeed::Removed,
            _ => HistoryDeed::Changed,
        },
        at: row.known_from.into(),
        by: row.by_name,
        act: "calendar changed".to_owned(),
        reason: row.reason,
        day: Some(Day(row.day)),
        about: None,
        pupil: None,
        of: None,
        changes: differing([("kind", row.was_kind, row.kind), ("title", text(row.was_title), text(Some(row.title)))]),
        key: (row.known_from, row.id),
    });
    Ok(entries.collect())
}
