//! A class's day in numbers: who is here, who is not, who has no mark yet.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::roster::class;
use crate::scalar::{Day, Timestamp};
use async_graphql::SimpleObject;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::mark::AttendancePlace;

/// The attendance of a class on a day in numbers. Those without a mark are neither present nor absent.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct AttendanceSummary {
    /// The day.
    pub day: Day,
    /// How many pupils are in the class on that day.
    pub enrolled: usize,
    /// Marked as attending; those who came late, left early or attended elsewhere are among them.
    pub present: usize,
    /// Marked as absent (欠席).
    pub absent: usize,
    /// Marked as not having to attend (出席停止・忌引等).
    pub excused: usize,
    /// 遅刻.
    pub late: usize,
    /// 早退.
    pub left_early: usize,
    /// Attending, but not in the classroom (別室 and so on).
    pub elsewhere: usize,
    /// まだ印なし: without a mark.
    pub unmarked: usize,
    /// Who marked last; null if nobody has.
    pub last_by: Option<String>,
    /// When that was.
    pub last_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    class: Uuid,
    pupil: Uuid,
    known_from: Option<DateTime<Utc>>,
    absent: Option<bool>,
    excused: Option<bool>,
    late: Option<bool>,
    left_early: Option<bool>,
    place: Option<AttendancePlace>,
    by_name: Option<String>,
}

/// A class's day, as a key to load many classes' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SummaryOf {
    /// The class.
    pub class: Uuid,
    /// The day.
    pub day: NaiveDate,
}

#[async_trait]
impl Loader<SummaryOf> for Scope {
    type Value = AttendanceSummary;
    type Error = Error;

    async fn load(&self, keys: &[SummaryOf]) -> Result<HashMap<SummaryOf, AttendanceSummary>> {
        let mut classes: HashMap<NaiveDate, Vec<Uuid>> = HashMap::new();
        keys.iter().for_each(|key| classes.entry(key.day).or_default().push(key.class));
        let mut found = HashMap::new();
        for (day, classes) in classes {
            let rows: Vec<Row> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new(
                    "SELECT e.class, e.pupil, m.known_from, k.absent, k.excused, m.late, m.left_early, m.place,
                         COALESCE(s.name, a.name) AS by_name
                     FROM enrolment e
                     LEFT JOIN attendance_mark m ON m.pupil = e.pupil AND m.school = e.school AND m.kind IS NOT NULL AND m.known_until = ");
                sql.push_bind(not_replaced()).push(" AND m.day = ").push_bind(day);
                sql.push(" LEFT JOIN attendance_kind k ON k.code = m.kind
                           LEFT JOIN staff s ON s.id = m.marked_by LEFT JOIN app a ON a.id = m.marked_by
                           WHERE e.kind = 'HOME' AND e.known_until = ").push_bind(not_replaced());
                sql.push(" AND e.begins <= ").push_bind(day).push(" AND e.ends >= ").push_bind(day);
                // Who is in two homerooms stands in the register of the smaller one.
                sql.push(" AND NOT EXISTS (SELECT 1 FROM enrolment o JOIN class h ON h.id = o.class JOIN class k ON k.id = e.class
                           WHERE o.pupil = e.pupil AND o.school = e.school AND o.class <> e.class AND o.kind = 'HOME'
                               AND h.kind = 'HOMEROOM' AND k.kind = 'HOMEROOM' AND o.known_until = e.known_until AND o.begins <= ");
                sql.push_bind(day).push(" AND o.ends >= ").push_bind(day);
                sql.push(" AND ((SELECT count(*) FROM enrolment x WHERE x.class = o.class AND x.known_until = e.known_until), o.class)
                             < ((SELECT count(*) FROM enrolment x WHERE x.class = e.class AND x.known_until = e.known_until), e.class))");
                sql.push(" AND e.class IN ");
                self.push_reach(&mut sql, Right::AttendanceRead);
                sql.push(" AND e.class IN (");
                bind_ids(&mut sql, classes.iter().copied());
                sql.push(")").build_query_as().fetch_all(c).await?
            });
            let mut counted: HashSet<(Uuid, Uuid)> = HashSet::new();
            for row in rows.into_iter().filter(|row| counted.insert((row.class, row.pupil))) {
                found.entry(SummaryOf { class: row.class, day }).or_insert_with(|| AttendanceSummary::empty(day)).add(&row);
            }
            for class in classes {
                found.entry(SummaryOf { class, day }).or_insert_with(|| AttendanceSummary::empty(day));
            }
        }
        Ok(found)
    }
}

impl AttendanceSummary {
    fn empty(day: NaiveDate) -> Self {
        AttendanceSummary {
            day: Day(day),
            enrolled: 0,
            present: 0,
            absent: 0,
            excused: 0,
            late: 0,
            left_early: 0,
            elsewhere: 0,
            unmarked: 0,
            last_by: None,
            last_at: None,
        }
    }

    fn add(&mut self, row: &Row) {
        let is = |flag: Option<bool>| flag == Some(true);
        self.enrolled += 1;
        match (row.absent, row.excused) {
            (None, _) | (_, None) => self.unmarked += 1,
            (Some(true), _) => self.absent += 1,
            (_, Some(true)) => self.excused += 1,
            _ => {
                self.present += 1;
                self.elsewhere += usize::from(row.place.is_some_and(|place| place != AttendancePlace::Classroom));
            }
        }
        self.late += usize::from(is(row.late));
        self.left_early += usize::from(is(row.left_early));
        let at = row.known_from.map(Timestamp::from);
        if at.as_ref().map(Timestamp::text) > self.last_at.as_ref().map(Timestamp::text) {
            self.last_by.clone_from(&row.by_name);
            self.last_at = at;
        }
    }
}

/// A class's day as the viewer may see it; `None` if they may not.
pub(crate) async fn of_class(scope: &Scope, class: Uuid, day: NaiveDate) -> Result<Option<AttendanceSummary>> {
    if class::find(scope, Right::AttendanceRead, class).await?.is_none() {
        return Ok(None);
    }
    let key = SummaryOf { class, day };
    Ok(scope.load(&[key]).await?.remove(&key))
}
