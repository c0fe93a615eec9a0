//! What nobody has taken goes on to the next one; what is with somebody who has left does too. And what is old goes.
use super::ConsultationState;
use super::ask::step;
use super::choices::{self, Choice, Source};
use super::setting::{self, Setting};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::attendance::calendar::{self, Calendar};
use crate::clock::{japan, not_replaced};
use crate::db::on;
use crate::error::Result;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What of an open consultation decides whether it goes on. Its words are not read.
#[derive(sqlx::FromRow, Clone, Debug)]
struct Open {
    id: Uuid,
    pupil: Uuid,
    school: Uuid,
    state: ConsultationState,
    step: Uuid,
    staff: Uuid,
    since: DateTime<Utc>,
    grades: Option<String>,
}

macro_rules! open {
    ($which:literal) => {
        concat!(
            "SELECT c.id, c.pupil, c.school, c.state, x.id AS step, x.staff, x.since,
                 (SELECT COALESCE(e.grade, k.grades) FROM enrolment e JOIN class k ON k.id = e.class
                  WHERE e.pupil = c.pupil AND e.school = c.school AND e.kind = 'HOME' AND k.kind = 'HOMEROOM'
                      AND e.known_until = x.until_at AND e.begins <= $2 AND e.ends >= $2 ORDER BY e.begins DESC LIMIT 1) AS grades
             FROM consultation c JOIN consultation_step x ON x.consultation = c.id AND x.until_at = $1
             WHERE c.state IN ('SENT', 'ACCEPTED')",
            $which
        )
    };
}

/// Lets every consultation go on that waits for too long or is with somebody whom the pupil could not ask any more; returns how many did.
/// Several servers may do it at once: each consultation is looked at again while it is held.
pub async fn pass_on(scope: &Scope) -> Result<usize> {
    let sql = open!(" ORDER BY c.at, c.id");
    let all: Vec<Open> = on!(scope.read(), c => sqlx::query_as(sql).bind(not_replaced()).bind(scope.today()).fetch_all(c).await?);
    let mut schools: HashMap<Uuid, (Setting, Calendar)> = HashMap::new();
    let mut gone_on = 0;
    for open in all {
        let (setting, calendar) = match schools.entry(open.school) {
            Entry::Occupied(of) => &*of.into_mut(),
            Entry::Vacant(of) => {
                let days = (scope.today() - Days::new(LONGEST), scope.today());
                let calendar = calendar::of_school(scope, open.school, days, None).await?;
                &*of.insert((setting::of_school(scope, open.school).await?, calendar))
            }
        };
        let waits = open.state == ConsultationState::Sent && {
            let school_day = |day: NaiveDate| {
                let said = calendar.has_school(day, open.grades.as_deref().unwrap_or_default());
                said.unwrap_or_else(|| crate::attendance::school_day::is_ordinary(day))
            };
            waited(open.since, scope.now(), setting, school_day) >= i64::from(setting.minutes)
        };
        let there = choices::on_day(Source::Pool(scope.read()), open.pupil, open.school, scope.today()).await?;
        let left = !there.iter().any(|adult| adult.staff == open.staff);
        if waits || left {
            gone_on += usize::from(go_on(scope, &open, (setting, left)).await?);
        }
    }
    Ok(gone_on)
}

async fn go_on(scope: &Scope, seen: &Open, (setting, left): (&Setting, bool)) -> Result<bool> {
    let mut tx = scope.begin("consultation goes on").await?;
    tx.lock("consultation", &[seen.id]).await?;
    let sql = open!(" AND c.id = $3");
    let held: Option<Open> = on!(tx.connection(), c => sqlx::query_as(sql).bind(not_replaced()).bind(scope.today()).bind(seen.id)
        .fetch_optional(c).await?);
    // Another server was quicker, or somebody has just taken it.
    if held.is_none_or(|held| held.step != seen.step || (held.state != seen.state && !left)) {
        return Ok(false);
    }
    let adults = choices::on_day(Source::Write(tx.connection()), seen.pupil, seen.school, scope.today()).await?;
    let sql = "SELECT staff FROM consultation_step WHERE consultation = $1";
    let asked: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(seen.id).fetch_all(c).await?);
    let asked: HashSet<Uuid> = asked.into_iter().map(|(staff,)| staff).collect();
    let Some(next) = next(&adults, &asked, setting, left) else { return Ok(false) };
    end_step(&mut tx, seen.step).await?;
    let sql = "UPDATE consultation SET state = $2 WHERE id = $1";
    on!(tx.connection(), c => sqlx::query(sql).bind(seen.id).bind(ConsultationState::Sent).execute(c).await?.rows_affected());
    step(&mut tx, seen.id, next).await?;
    tx.commit().await?;
    Ok(true)
}

async fn end_step(tx: &mut Tx, step: Uuid) -> Result<()> {
    let at = tx.at;
    let sql = "UPDATE consultation_step SET until_at = $2 WHERE id = $1";
    on!(tx.connection(), c => sqlx::query(sql).bind(step).bind(at).execute(c).await?.rows_affected());
    Ok(())
}

/// Who comes next: by the school's order those who were not asked yet. Where somebody has left and the order knows nobody, anybody whom the
/// pupil could ask: nobody is left alone with it.
fn next<'a>(adults: &'a [Choice], asked: &HashSet<Uuid>, setting: &Setting, left: bool) -> Option<&'a Choice> {
    let fresh = || adults.iter().filter(|adult| !asked.contains(&adult.staff));
    let by_order = setting.order().into_iter().find_map(|role| fresh().find(|adult| adult.role == role));
    by_order.or_else(|| fresh().next().filter(|_| left)).or_else(|| adults.first().filter(|_| left))
}

/// So many days back are looked at: what waits for longer has waited for long enough.
const LONGEST: u64 = 60;

/// How many whole minutes of the school's hours have gone by.
fn waited(since: DateTime<Utc>, now: DateTime<Utc>, setting: &Setting, school_day: impl Fn(NaiveDate) -> bool) -> i64 {
    let (since, now) = (since.with_timezone(&japan()).naive_local(), now.with_timezone(&japan()).naive_local());
    let at = |minutes: i32| NaiveTime::MIN + TimeDelta::minutes(i64::from(minutes));
    let first = since.date().max(now.date() - Days::new(LONGEST));
    let days = first.iter_days().take_while(|day| *day <= now.date()).filter(|day| school_day(*day));
    let within = days.map(|day| {
        let (from, to) = (day.and_time(at(setting.opens)).max(since), day.and_time(at(setting.closes)).min(now));
        (to - from).max(TimeDelta::zero())
    });
    within.sum::<TimeDelta>().num_minutes()
}

/// What was over before a day and is held by nobody.
const OLD: &str = "day < $1 AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_at IS NULL
                   AND (h.pupil = consultation.pupil OR (h.pupil IS NULL AND (h.school IS NULL OR h.school = consultation.school))))";

/// Deletes consultations that were over before the last school year began, those of a pupil or a school under a legal hold excepted. The
/// list of what is due would tell who has asked to talk, so they are not in it.
pub async fn clear(scope: &Scope) -> Result<u64> {
    let today = scope.today();
    let april = NaiveDate::from_ymd_opt(today.year() - 1 - i32::from(today.month() < 4), 4, 1).unwrap_or(today);
    let mut tx = scope.begin("old consultations deleted").await?;
    let steps = sqlx::AssertSqlSafe(format!(
        "DELETE FROM consultation_step WHERE consultation IN (SELECT id FROM consultation WHERE {OLD})"
    ));
    let all = sqlx::AssertSqlSafe(format!("DELETE FROM consultation WHERE {OLD}"));
    on!(tx.connection(), c => sqlx::query(steps).bind(april).execute(c).await?.rows_affected());
    let gone = on!(tx.connection(), c => sqlx::query(all).bind(april).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attendance::school_day::is_weekday;

    fn minutes(since: &str, now: &str) -> i64 {
        let setting = Setting::usual(Uuid::nil());
        let time = |text: &str| format!("{text}:00+09:00").parse::<DateTime<Utc>>().unwrap();
        waited(time(since), time(now), &setting, is_weekday)
    }

    #[test]
    fn only_the_hours_of_the_school_count() {
        assert_eq!(minutes("2026-11-24T08:20", "2026-11-24T09:20"), 60);
        assert_eq!(minutes("2026-11-24T16:30", "2026-11-25T08:29"), 59, "nobody is there in the evening");
        assert_eq!(minutes("2026-11-27T21:00", "2026-11-30T08:10"), 10, "nor at the weekend");
        assert_eq!(minutes("2026-11-24T08:20", "2026-11-24T08:19"), 0);
    }

    #[test]
    fn a_longer_wait_never_counts_less() {
        use proptest::prelude::*;
        proptest!(|(begin in 0_i64..20_000, one in 0_i64..20_000, more in 0_i64..20_000)| {
            let setting = Setting::usual(Uuid::nil());
            let since: DateTime<Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
            let since = since + TimeDelta::minutes(begin);
            let now = since + TimeDelta::minutes(one);
            let first = waited(since, now, &setting, is_weekday);
            let second = waited(since, now + TimeDelta::minutes(more), &setting, is_weekday);
            prop_assert!(first >= 0 && first <= one && second >= first && second - first <= more);
        });
    }
}
