//! How fresh a class's records are (データの新しさ): old data is never shown as new.
use super::class::Class;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::Result;
use crate::scalar::{Day, Timestamp};
use async_graphql::SimpleObject;
use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::BTreeSet;

/// When the records of a class were last added to. Null where there are none of the last 60 days, or none that you may see.
#[derive(SimpleObject, Clone, Debug, Default)]
pub struct Freshness {
    /// When the newest day that has attendance was last marked.
    pub attendance_at: Option<Timestamp>,
    /// The last day with learning records, of those that you may see.
    pub activity_day: Option<Day>,
    /// When a mood was last entered.
    pub mood_at: Option<Timestamp>,
    /// How many pupils have entered a mood today.
    pub moods_today: Option<i64>,
    /// When the class was last analysed.
    pub analysis_at: Option<Timestamp>,
}

const DAYS_BACK: u64 = 60;

/// The records of the pupils of a class of today, in its school, where the viewer has a right over the class.
macro_rules! of_class {
    () => {
        "pupil IN (SELECT e.pupil FROM enrolment e WHERE e.class = $1 AND e.kind = 'HOME' AND e.known_until = $2 AND e.begins <= $3 AND e.ends >= $3)
         AND day <= $3 AND day >= $4 AND school = $5 AND EXISTS (SELECT 1 FROM reach v
             WHERE v.class = $1 AND v.holder = $6 AND v.right_to = $7 AND v.begins <= $3 AND v.ends >= $3)"
    };
}

/// How fresh the records of a class are, as far as the viewer has a right to each kind of them over this class.
pub(crate) async fn of_class(scope: &Scope, class: &Class, rights: &BTreeSet<Right>) -> Result<Freshness> {
    let (today, from) = (scope.today(), scope.today() - Days::new(DAYS_BACK));
    // By the newest day that is marked: a correction of an older one makes nothing fresh.
    let sql = concat!(
        "SELECT max(known_from) FROM attendance_mark WHERE known_until = $2 AND kind IS NOT NULL AND ",
        of_class!(),
        " AND day = (SELECT max(day) FROM attendance_mark WHERE known_until = $2 AND kind IS NOT NULL AND ",
        of_class!(),
        ")"
    );
    let (attendance_at,): (Option<DateTime<Utc>>,) = on!(scope.read(), c => sqlx::query_as(sql).bind(class.id)
        .bind(not_replaced()).bind(today).bind(from).bind(class.school).bind(scope.holder())
        .bind(scope.over(Right::AttendanceRead)).fetch_one(c).await?);
    let activity_day = if rights.contains(&Right::ActivityRead) { last_learning(scope, class, from).await? } else { None };
    let sql = concat!(
        "SELECT max(known_from), CAST(COALESCE(sum(CASE WHEN day = $3 THEN 1 ELSE 0 END), 0) AS BIGINT)
         FROM mood WHERE known_until = $2 AND weather IS NOT NULL AND ",
        of_class!()
    );
    let (mood_at, moods_today): (Option<DateTime<Utc>>, i64) = on!(scope.read(), c => sqlx::query_as(sql).bind(class.id)
        .bind(not_replaced()).bind(today).bind(from).bind(class.school).bind(scope.holder())
        .bind(scope.over(Right::MoodRead)).fetch_one(c).await?);
    Ok(Freshness {
        attendance_at: attendance_at.map(Timestamp::from),
        activity_day: activity_day.map(Day),
        mood_at: mood_at.map(Timestamp::from),
        moods_today: rights.contains(&Right::MoodRead).then_some(moods_today),
        analysis_at: None,
    })
}

/// The last day from one on with learning that the viewer may see of the pupils of a class of today.
async fn last_learning(scope: &Scope, class: &Class, from: NaiveDate) -> Result<Option<NaiveDate>> {
    let (day,): (Option<NaiveDate>,) = on!(scope.read(), c => {
        // What may be seen is asked once a pupil and class, not once a day.
        let mut sql = QueryBuilder::new(
            "SELECT max(t.day) FROM (SELECT pupil, class, school, max(day) AS day FROM daily_total WHERE interactions > 0 AND day >= ");
        sql.push_bind(from).push(" AND day <= ").push_bind(scope.today()).push(" AND school = ").push_bind(class.school);
        sql.push(" AND pupil IN (SELECT e.pupil FROM enrolment e WHERE e.class = ").push_bind(class.id);
        sql.push(" AND e.known_until = ").push_bind(not_replaced());
        sql.push(" AND e.begins <= ").push_bind(scope.today()).push(" AND e.ends >= ").push_bind(scope.today());
        sql.push(") GROUP BY pupil, class, school) t WHERE ");
        scope.push_learning_reach(&mut sql, "t");
        sql.build_query_as().fetch_one(c).await?
    });
    Ok(day)
}
