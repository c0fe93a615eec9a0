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

/// The pupils of a class of today, as a condition on `pupil`.
macro_rules! of_class {
    () => {
        "pupil IN (SELECT e.pupil FROM enrolment e WHERE e.class = $1 AND e.known_until = $2 AND e.begins <= $3 AND e.ends >= $3)
         AND day <= $3 AND day >= $4"
    };
}

/// How fresh the records of a class are. The class is one that the viewer has found; what they have no right to is left out.
pub(crate) async fn of_class(scope: &Scope, class: &Class) -> Result<Freshness> {
    let mut fresh = Freshness::default();
    let (today, from) = (scope.today(), scope.today() - Days::new(DAYS_BACK));
    if scope.holds(Right::AttendanceRead) {
        let sql =
            concat!("SELECT max(known_from) FROM attendance_mark WHERE known_until = $2 AND kind IS NOT NULL AND ", of_class!());
        let (at,): (Option<DateTime<Utc>>,) = on!(scope.read(), c => sqlx::query_as(sql).bind(class.id).bind(not_replaced())
            .bind(today).bind(from).fetch_one(c).await?);
        fresh.attendance_at = at.map(Timestamp::from);
    }
    if scope.holds(Right::ActivityRead) {
        let sql = concat!("SELECT max(day) FROM daily_total WHERE interactions > 0 AND school = $5 AND ", of_class!());
        let (day,): (Option<NaiveDate>,) = on!(scope.read(), c => sqlx::query_as(sql).bind(class.id).bind(not_replaced())
            .bind(today).bind(from).bind(class.school).fetch_one(c).await?);
        fresh.activity_day = day.map(Day);
    }
    if scope.holds(Right::MoodRead) {
        let sql = concat!(
            "SELECT max(known_from), CAST(COALESCE(sum(CASE WHEN day = $3 THEN 1 ELSE 0 END), 0) AS BIGINT)
             FROM mood WHERE known_until = $2 AND weather IS NOT NULL AND school = $5 AND ",
            of_class!()
        );
        let (at, today): (Option<DateTime<Utc>>, i64) = on!(scope.read(), c => sqlx::query_as(sql).bind(class.id)
            .bind(not_replaced()).bind(today).bind(from).bind(class.school).fetch_one(c).await?);
        (fresh.mood_at, fresh.moods_today) = (at.map(Timestamp::from), today);
    }
    Ok(fresh)
}
