//! What was changed in a register after its last day was over: a sheet that was printed before says otherwise.
use super::of_month::RegisterRow;
use super::{Gathered, finished_at, replaced};
use crate::access::scope::Scope;
use crate::attendance::mark::AttendanceMark;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::Result;
use crate::id;
use crate::roster::class::Class;
use crate::scalar::{Day, Timestamp};
use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// One change to a register after its last day was over: of a pupil's mark, of a pupil's days in the class, or of the calendar.
#[derive(SimpleObject, Clone, Debug)]
pub struct RegisterCorrection {
    /// The day that was corrected, the first where it is more than one.
    pub day: Day,
    /// 出席番号 of the pupil; null for a change of the calendar.
    pub number: Option<i32>,
    /// The pupil's name; null for a change of the calendar.
    pub name: Option<String>,
    /// What stood there: the sign, 出席 or 未記入, the pupil's days in the class such as 在籍 or 11/20まで在籍, or what the calendar said.
    pub before: String,
    /// What stands there since.
    pub after: String,
    /// Who corrected it; null if it is nobody who is here by name.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Why; null where nobody said.
    pub reason: Option<String>,
}

/// The most corrections that are listed; their number counts all.
const MOST: usize = 200;

/// The version of a register and what was corrected, the newest first.
pub(super) async fn of(
    scope: &Scope,
    class: &Class,
    gathered: &Gathered,
    rows: &[RegisterRow],
) -> Result<(usize, Vec<RegisterCorrection>)> {
    let finished = finished_at(gathered.to);
    if scope.now() < finished {
        return Ok((1, Vec::new()));
    }
    let of_pupil: HashMap<&str, &RegisterRow> = rows.iter().map(|row| (row.pupil_id.as_str(), row)).collect();
    let mut versions: HashMap<(Uuid, NaiveDate), Vec<&AttendanceMark>> = HashMap::new();
    for mark in gathered.marks.values().chain(&gathered.replaced) {
        versions.entry((mark.pupil, mark.day)).or_default().push(mark);
    }
    let mut found: Vec<(DateTime<Utc>, RegisterCorrection)> = Vec::new();
    for ((pupil, day), mut marks) in versions {
        let Some(row) = of_pupil.get(id::of(pupil).as_str()).filter(|_| gathered.class_on(pupil, day) == Some(class.id)) else {
            continue;
        };
        marks.sort_by_key(|mark| (mark.known_from, mark.id));
        let words = |mark: Option<&&AttendanceMark>| match mark {
            Some(mark) if mark.kind.is_some() => {
                Some(gathered.sign(mark)).filter(|sign| !sign.is_empty()).unwrap_or("出席".into())
            }
            _ => "未記入".to_owned(),
        };
        for (at, mark) in marks.iter().enumerate().filter(|(_, mark)| mark.known_from >= finished) {
            let (before, after) = (words(at.checked_sub(1).and_then(|at| marks.get(at))), words(Some(mark)));
            if before != after {
                let correction = RegisterCorrection {
                    day: Day(day),
                    number: row.number,
                    name: Some(row.name.clone()),
                    before,
                    after,
                    by: mark.by_name.clone(),
                    at: mark.known_from.into(),
                    reason: mark.reason.clone(),
                };
                found.push((mark.known_from, correction));
            }
        }
    }
    found.extend(replaced::of(scope, class, gathered).await?);
    found.extend(of_calendar(scope, class, (gathered.from, gathered.to)).await?);
    found.sort_by_key(|(at, correction)| (std::cmp::Reverse(*at), correction.day, correction.number));
    let version = 1 + found.iter().map(|(at, _)| at).collect::<BTreeSet<_>>().len();
    Ok((version, found.into_iter().map(|(_, correction)| correction).take(MOST).collect()))
}

#[derive(sqlx::FromRow)]
struct DayChanged {
    day: NaiveDate,
    grade: String,
    known_from: DateTime<Utc>,
    kind: Option<String>,
    title: String,
    reason: Option<String>,
    by_name: Option<String>,
}

impl DayChanged {
    fn words(&self) -> String {
        match (self.kind.as_deref(), self.title.as_str()) {
            (None, _) => "暦のとおり".to_owned(),
            (Some("SCHOOL"), "") => "授業日".to_owned(),
            (Some(_), "") => "休業日".to_owned(),
            (Some("SCHOOL"), title) => format!("授業日（{title}）"),
            (Some(_), title) => title.to_owned(),
        }
    }
}

/// Changes of the calendar after the last day was over. A year that is laid out or first set up is no correction of what was not there.
async fn of_calendar(
    scope: &Scope,
    class: &Class,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(DateTime<Utc>, RegisterCorrection)>> {
    let sql = "SELECT d.day, d.grade, d.known_from, d.kind, d.title, d.reason, s.name AS by_name FROM calendar_day d
               LEFT JOIN staff s ON s.id = d.set_by
               WHERE d.school = $1 AND d.day >= $2 AND d.day <= $3 AND d.known_until > $4 AND d.known_from <= $5
                   AND EXISTS (SELECT 1 FROM school_calendar y WHERE y.school = d.school AND y.begins <= $3 AND y.ends >= $2
                       AND y.known_from < $4)
               ORDER BY d.day, d.grade, d.known_from";
    let finished = finished_at(to);
    let rows: Vec<DayChanged> = on!(scope.read(), c => sqlx::query_as(sql).bind(class.school).bind(from).bind(to).bind(finished)
        .bind(not_replaced()).fetch_all(c).await?);
    let grades: Vec<&str> = class.grades.split(',').collect();
    let mine = |row: &&DayChanged| row.grade.is_empty() || grades.contains(&row.grade.as_str());
    let rows: Vec<&DayChanged> = rows.iter().filter(mine).collect();
    let mut found = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.known_from >= finished) {
        let former = at.checked_sub(1).map(|at| rows[at]).filter(|former| (former.day, &former.grade) == (row.day, &row.grade));
        let correction = RegisterCorrection {
            day: Day(row.day),
            number: None,
            name: None,
            before: former.map_or_else(|| "暦のとおり".to_owned(), DayChanged::words),
            after: row.words(),
            by: row.by_name.clone(),
            at: row.known_from.into(),
            reason: row.reason.clone(),
        };
        found.push((row.known_from, correction));
    }
    Ok(found)
}
