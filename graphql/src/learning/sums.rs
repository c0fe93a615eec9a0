//! How much is learnt in whole schools: sums of the daily totals by school and day, which name nobody.
//!
//! They are for whoever reaches a school as a whole (the view `whole_reach`), which is found out once for a statement and not for each row. To
//! those who may not see the pupils' learning they are told in steps.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::small_cell::SmallCell;
use crate::db::on;
use crate::error::{Error, Result};
use crate::scalar::Day;
use async_graphql::Object;
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use uuid::Uuid;

/// How much was learnt by the pupils of a school, or of all schools, on one day or on several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LearningCounts {
    pupils: Option<i64>,
    activities: Option<i64>,
    interactions: Option<i64>,
    at_home: Option<i64>,
    duration_ms: Option<i64>,
}

/// How much was learnt. Where you may not see the pupils' learning every number of a school and a day is rounded down to a whole multiple of the
/// `step`, and null where it is under one, or of fewer pupils; a sum is that of what is told.
#[Object]
impl LearningCounts {
    /// How many pupils had records. In a sum of several days each pupil counts on every day.
    async fn pupils(&self) -> Option<i64> {
        self.pupils
    }
    /// How many activities were posted.
    async fn activities(&self) -> Option<i64> {
        self.activities
    }
    /// How many interactions of the pupils they stand for (the sum of `count`; what teachers did to the work is not in it).
    async fn interactions(&self) -> Option<i64> {
        self.interactions
    }
    /// Of the interactions, those at home.
    async fn at_home(&self) -> Option<i64> {
        self.at_home
    }
    /// How long the activities took, in seconds.
    async fn duration_seconds(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a board's milliseconds of a month are far under 2^53")]
        self.duration_ms.map(|milliseconds| milliseconds as f64 / 1000.0)
    }
}

/// A day on which something was learnt.
#[derive(Clone, Copy, Debug)]
pub struct LearningCountsDay {
    /// The school day, in Japan.
    pub(super) day: NaiveDate,
    /// What is told of it.
    pub(super) counts: LearningCounts,
}

/// How much was learnt on a day.
#[Object]
impl LearningCountsDay {
    /// The school day, in Japan's time.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    #[graphql(flatten)]
    async fn shown_counts(&self) -> LearningCounts {
        self.counts
    }
}

/// What is told of some days of a school.
pub(super) struct SchoolSums {
    pub(super) school: Uuid,
    /// In which steps; `None` where the viewer may see the pupils' learning.
    pub(super) step: Option<SmallCell>,
    pub(super) days: Vec<LearningCountsDay>,
    pub(super) total: LearningCounts,
}

/// A school on a day, with how many pupils each of the sums is of. Without a day: a school without records.
#[derive(sqlx::FromRow)]
struct Row {
    school: Uuid,
    /// By how many duties the viewer may see the pupils' learning.
    seen: i64,
    day: Option<NaiveDate>,
    pupils: i64,
    activities: i64,
    interactions: i64,
    interacting: i64,
    at_home: i64,
    being_at_home: i64,
    /// How many did something that was not at home.
    elsewhere: i64,
    duration_ms: i64,
    lasting: i64,
}

impl LearningCounts {
    /// Of days without any records, where everything is told.
    const NONE: Self =
        LearningCounts { pupils: Some(0), activities: Some(0), interactions: Some(0), at_home: Some(0), duration_ms: Some(0) };

    fn of(row: &Row, step: Option<SmallCell>) -> Self {
        let seconds = told(step, row.duration_ms / 1000, row.lasting);
        LearningCounts {
            pupils: told(step, row.pupils, row.pupils),
            activities: told(step, row.activities, row.pupils),
            interactions: told(step, row.interactions, row.interacting),
            // What is told of those at home tells of the rest, too.
            at_home: told(step, row.at_home, row.being_at_home)
                .filter(|_| row.elsewhere == 0 || told(step, row.elsewhere, row.elsewhere).is_some()),
            duration_ms: if step.is_none() { Some(row.duration_ms) } else { seconds.map(|seconds| seconds * 1000) },
        }
    }

    /// The sum of what is told: where nothing is told of one of them it adds nothing.
    pub(super) fn plus(self, other: Self) -> Self {
        let sum = |one: Option<i64>, other: Option<i64>| match (one, other) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        };
        LearningCounts {
            pupils: sum(self.pupils, other.pupils),
            activities: sum(self.activities, other.activities),
            interactions: sum(self.interactions, other.interactions),
            at_home: sum(self.at_home, other.at_home),
            duration_ms: sum(self.duration_ms, other.duration_ms),
        }
    }
}

/// A number of so many pupils as it is told: in steps neither it nor the pupils may be fewer than one.
fn told(step: Option<SmallCell>, number: i64, pupils: i64) -> Option<i64> {
    let Some(step) = step else { return Some(number) };
    let whole = |number: i64| usize::try_from(number).unwrap_or_default();
    step.told(whole(pupils))?;
    step.told(whole(number)).and_then(|told| i64::try_from(told).ok())
}

/// The days that are asked for, or what is wrong with them.
pub(super) fn days(from: Day, to: Day, most: i64) -> Result<(NaiveDate, NaiveDate)> {
    if !(0..most).contains(&(to.0 - from.0).num_days()) {
        return Err(Error::BadInput(format!("`to` is before `from`, or they are more than {most} days")));
    }
    Ok((from.0, to.0))
}

/// What days cost: a year of a school is read by a hundred thousand totals.
pub(super) fn weight(from: Day, to: Day) -> usize {
    200 + 5 * usize::try_from((to.0 - from.0).num_days().clamp(0, 366)).unwrap_or_default()
}

/// The sums, in the middle of which stands whose: how a pupil of several classes counts once a day.
const SUMS: &str = "SELECT p.school, max(p.seen) AS seen, p.day, count(p.pupil) AS pupils,
        CAST(coalesce(sum(p.activities), 0) AS BIGINT) AS activities,
        CAST(coalesce(sum(p.interactions), 0) AS BIGINT) AS interactions, count(*) FILTER (WHERE p.interactions > 0) AS interacting,
        CAST(coalesce(sum(p.at_home), 0) AS BIGINT) AS at_home, count(*) FILTER (WHERE p.at_home > 0) AS being_at_home,
        count(*) FILTER (WHERE p.interactions > p.at_home) AS elsewhere,
        CAST(coalesce(sum(p.duration_ms), 0) AS BIGINT) AS duration_ms, count(*) FILTER (WHERE p.duration_ms > 0) AS lasting
    FROM (SELECT w.school, max(w.seen) AS seen, t.day, t.pupil, CAST(sum(t.activities) AS BIGINT) AS activities,
            CAST(sum(t.interactions) AS BIGINT) AS interactions, CAST(sum(t.at_home) AS BIGINT) AS at_home,
            CAST(sum(t.duration_ms) AS BIGINT) AS duration_ms
        FROM (SELECT school, count(*) FILTER (WHERE right_to = ";

/// The sums of some schools whose pupils' learning the viewer may see as a whole; or of all schools, for whoever may see it over the whole board,
/// or be told how much there is. A school that they do not reach so is not among them; one without records is, without days.
pub(super) async fn by_school(
    scope: &Scope,
    schools: Option<&[Uuid]>,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<SchoolSums>> {
    let rows: Vec<Row> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(SUMS);
        sql.push_bind(scope.over(Right::ActivityRead)).push(") AS seen FROM whole_reach WHERE holder = ").push_bind(scope.holder());
        sql.push(" AND begins <= ").push_bind(scope.today()).push(" AND ends >= ").push_bind(scope.today());
        sql.push(" AND right_to IN (").push_bind(scope.over(Right::ActivityRead));
        if let Some(schools) = schools {
            sql.push(") AND school IN (");
            // Without filling the list up: PostgreSQL would take it for as many schools, and read all of a small board.
            let mut list = sql.separated(", ");
            for school in schools {
                list.push_bind(*school);
            }
            sql.push(") GROUP BY school");
        } else {
            sql.push(", ").push_bind(scope.over(Right::AttendanceCount)).push(") GROUP BY school HAVING count(*) FILTER (WHERE board) > 0");
        }
        sql.push(") w LEFT JOIN daily_total t ON t.school = w.school AND t.day >= ").push_bind(from).push(" AND t.day <= ").push_bind(to);
        sql.push(" GROUP BY w.school, t.day, t.pupil) p GROUP BY p.school, p.day ORDER BY p.school, p.day");
        let usual = schools.is_none_or(|schools| schools.len() == 1);
        sql.build_query_as().persistent(usual).fetch_all(c).await?
    });
    Ok(rows.chunk_by(|a, b| a.school == b.school).map(|rows| SchoolSums::of(scope, rows)).collect())
}

impl SchoolSums {
    /// What is told of the rows of a school, which is looked at thereby.
    fn of(scope: &Scope, rows: &[Row]) -> Self {
        let (school, seen) = (rows[0].school, rows[0].seen > 0);
        scope.looks_at_school(school, if seen { Right::ActivityRead } else { Right::AttendanceCount });
        let step = (!seen).then(|| scope.small_cell());
        let told = rows.iter().filter_map(|row| Some(LearningCountsDay { day: row.day?, counts: LearningCounts::of(row, step) }));
        // A day that is not told is not there either: that it had records would tell of single pupils.
        let days: Vec<LearningCountsDay> = told.filter(|day| day.counts.pupils.is_some()).collect();
        let nothing = if seen { LearningCounts::NONE } else { LearningCounts::default() };
        let total = days.iter().fold(nothing, |total, day| total.plus(day.counts));
        SchoolSums { school, step, days, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_steps_no_number_is_one_of_fewer_pupils_than_a_step() {
        let row = |pupils, being_at_home, elsewhere| Row {
            school: Uuid::nil(),
            seen: 0,
            day: None,
            pupils,
            activities: 57,
            interactions: 123,
            interacting: pupils,
            at_home: 99,
            being_at_home,
            elsewhere,
            duration_ms: 129_999,
            lasting: pupils,
        };
        let numbers =
            |counts: LearningCounts| [counts.pupils, counts.activities, counts.interactions, counts.at_home, counts.duration_ms];
        let of = |pupils, being_at_home, step| numbers(LearningCounts::of(&row(pupils, being_at_home, pupils), step));
        let step = SmallCell::new(10);
        assert_eq!(of(9, 9, None), [9, 57, 123, 99, 129_999].map(Some));
        assert_eq!(of(9, 9, step), [None; 5]);
        assert_eq!(of(19, 9, step), [Some(10), Some(50), Some(120), None, Some(120_000)], "nine at home are not told");
        assert_eq!(of(19, 10, step), [10, 50, 120, 90, 120_000].map(Some));
        let rest = |elsewhere| LearningCounts::of(&row(19, 19, elsewhere), step).at_home;
        assert_eq!((rest(0), rest(9), rest(10)), (Some(90), None, Some(90)), "what is left of the whole is of as many");
        let both = LearningCounts::of(&row(19, 9, 19), step).plus(LearningCounts::of(&row(19, 10, 19), step));
        assert_eq!(numbers(both), [20, 100, 240, 90, 240_000].map(Some), "a sum is that of what is told");
    }
}
