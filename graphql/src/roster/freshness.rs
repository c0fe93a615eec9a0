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

/// When the records of a class were last added to. Null where there are none of the last 60 days, or none that you may see.
#[derive(SimpleObject, Clone, Debug, Default)]
pub struct Freshness {
    /// When attendance was last marked.
    pub attendance_at: Option<Timestamp>,
    /// The last day with learning records.
    pub activity_day: Option<Day>,
    /// When a mood was last entered.
    pub mood_at: Option<Timestamp>,
    /// How many pupils have entered a mood today.
    pub moods_today: i64,
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
pub(crate) async fn of_class(scope: &Scope, class: &Class) -> Result<Freshness> {
    let (today, from) = (scope.today(), scope.today() - Days::new(DAYS_BACK));
    let sql =
        concat!("SELECT max(known_from) FROM attendance_mark WHERE known_until = $2 AND kind IS NOT NULL AND ", of_class!());
    let (attendance_at,): (Option<DateTime<Utc>>,) = on!(scope.read(), c => sqlx::query_as(sql).bind(class.id)
        .bind(not_replaced()).bind(today).bind(from).bind(class.school).bind(scope.holder())
        .bind(scope.over(Right::AttendanceRead)).fetch_one(c).await?);
    let sql = concat!("SELECT max(day) FROM daily_total WHERE interactions > 0 AND ", of_class!());
    let (activity_day,): (Option<NaiveDate>,) = on!(scope.read(), c => sqlx::query_as(sql).bind(class.id)
        .bind(not_replaced()).bind(today).bind(from).bind(class.school).bind(scope.holder())
        .bind(scope.over(Right::ActivityRead)).fetch_one(c).await?);
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
        moods_today,
        analysis_at: None,
    })
}
