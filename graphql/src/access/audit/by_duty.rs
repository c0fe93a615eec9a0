//! By which duties exactly: a homeroom teacher of two classes looks at one of them by one of the two duties.
use super::entry::{DutyUsed, Entry};
use crate::clock::{not_replaced, school_day};
use crate::db::{Db, on, push_ids};
use crate::error::Result;
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};
use uuid::Uuid;

/// Puts into entries which duties gave the rights that were used, over what they are.
pub(super) async fn name(db: &Db, entries: &mut [Entry]) -> Result<()> {
    let mut held: HashMap<(Uuid, NaiveDate), Vec<DutyUsed>> = HashMap::new();
    for entry in entries.iter_mut().filter(|entry| !entry.duties.is_empty() && entry.held.is_empty()) {
        let key = (entry.holder, school_day(entry.at));
        let of_day = match held.entry(key) {
            Occupied(known) => known.into_mut(),
            Vacant(unknown) => unknown.insert(of_day(db, key).await?),
        };
        let mut may: Vec<DutyUsed> = of_day.iter().filter(|duty| entry.duties.contains(&duty.kind)).cloned().collect();
        if may.len() > 1 && !entry.subjects.is_empty() {
            let over = over_subjects(db, &may, entry, key.1).await?;
            // What was handed over of a former school lies under no duty's classes: any of them can have been meant.
            if may.iter().any(|duty| over.contains(&duty.id)) {
                may.retain(|duty| over.contains(&duty.id));
            }
        }
        entry.held = may;
    }
    Ok(())
}

/// The duties that somebody has on a day.
async fn of_day(db: &Db, (holder, day): (Uuid, NaiveDate)) -> Result<Vec<DutyUsed>> {
    let sql = "SELECT id, kind, school, grade, class FROM duty WHERE holder = $1 AND begins <= $2 AND ends >= $2 ORDER BY id";
    Ok(on!(db.reader(), c => sqlx::query_as(sql).bind(holder).bind(day).fetch_all(c).await?))
}

/// Those of some duties that are over what an entry is about.
async fn over_subjects(db: &Db, duties: &[DutyUsed], entry: &Entry, day: NaiveDate) -> Result<Vec<Uuid>> {
    let subjects: Vec<Uuid> = entry.subjects.iter().map(|seen| seen.subject.id).take(1_000).collect();
    let rows: Vec<(Uuid,)> = on!(db.reader(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT DISTINCT d.id FROM class c JOIN duty d ON (d.class IS NULL OR d.class = c.id) AND (d.school IS NULL OR d.school = c.school)
                 AND (d.grade = '' OR ',' || c.grades || ',' LIKE '%,' || d.grade || ',%') WHERE d.id IN ");
        push_ids(&mut sql, duties.iter().map(|duty| duty.id));
        sql.push(" AND (c.id IN ");
        push_ids(&mut sql, subjects.iter().copied());
        sql.push(" OR c.school IN ");
        push_ids(&mut sql, subjects.iter().copied());
        sql.push(" OR c.id IN (SELECT e.class FROM enrolment e WHERE e.known_until = ").push_bind(not_replaced());
        sql.push(" AND e.begins <= ").push_bind(day).push(" AND e.ends >= ").push_bind(day).push(" AND e.pupil IN ");
        push_ids(&mut sql, subjects.iter().copied());
        sql.push("))").build_query_as().fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
