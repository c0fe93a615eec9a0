//! The figures of a class and a week as they are stored, and their sums.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::school_day;
use crate::db::on;
use crate::error::Result;
use crate::support::event::{self, SupportFlagAnswer, SupportFlagEvent};
use crate::support::exclusion::NOT_EXCLUDED;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// The figures of a homeroom's last analysis in a week.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq)]
pub(crate) struct QualityRow {
    pub(crate) class: Uuid,
    pub(crate) week: NaiveDate,
    pub(crate) school: Uuid,
    pub(crate) run: Uuid,
    pub(crate) as_of: NaiveDate,
    pub(crate) pupils: i64,
    pub(crate) watch: i64,
    pub(crate) support: i64,
    pub(crate) again_now: i64,
    pub(crate) again_before: i64,
    pub(crate) again_both: i64,
    pub(crate) useful: i64,
    pub(crate) already_known: i64,
    pub(crate) not_right: i64,
    pub(crate) settled: bool,
    pub(crate) known: i64,
    pub(crate) outcome: i64,
    pub(crate) places: i64,
    pub(crate) hits: i64,
    pub(crate) by_absence: f64,
    pub(crate) by_work: f64,
    pub(crate) by_activity: f64,
}

/// The Monday of a day.
pub(crate) fn week_of(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

/// What is stored of a class, by week. The caller has checked the class against the scope.
pub(crate) async fn of_class(scope: &Scope, class: Uuid) -> Result<BTreeMap<NaiveDate, QualityRow>> {
    let sql = "SELECT * FROM analysis_quality WHERE class = $1";
    let rows: Vec<QualityRow> = on!(scope.read(), c => sqlx::query_as(sql).bind(class).fetch_all(c).await?);
    Ok(rows.into_iter().map(|row| (row.week, row)).collect())
}

/// An analysis that compared.
#[derive(sqlx::FromRow, Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) id: Uuid,
    pub(crate) as_of: NaiveDate,
    pub(crate) known_at: DateTime<Utc>,
}

/// After so many days an analysis has seen too much of what came after its day to be judged by it.
const SOON: TimeDelta = TimeDelta::days(10);

/// The analyses of a class that compared, the oldest first; replays are passed over, and those made too late to be of use to anybody. The
/// caller has checked the class against the scope.
pub(crate) async fn runs_of_class(scope: &Scope, class: Uuid) -> Result<Vec<Run>> {
    let sql = "SELECT id, as_of, known_at FROM analysis_run WHERE class = $1 AND NOT replay AND withheld IS NULL
               ORDER BY as_of, made_at, id";
    let runs: Vec<Run> = on!(scope.read(), c => sqlx::query_as(sql).bind(class).fetch_all(c).await?);
    Ok(runs.into_iter().filter(|run| school_day(run.known_at) - run.as_of <= SOON).collect())
}

/// The answers that stand by the week in which they were given, of each pupil of a class the last: useful, already known, not right. The caller
/// has checked the class against the scope.
pub(crate) async fn answers_of_class(scope: &Scope, class: Uuid) -> Result<HashMap<NaiveDate, [i64; 3]>> {
    #[derive(sqlx::FromRow)]
    struct Told {
        pupil: Uuid,
        #[sqlx(flatten)]
        event: SupportFlagEvent,
    }
    let events: Vec<Told> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT f.pupil, v.id, v.flag, v.at, v.kind, v.run, v.answer, v.note, v.snoozed_until
             FROM support_flag_event v JOIN support_flag f ON f.id = v.flag WHERE f.class = ");
        sql.push_bind(class).push(" AND v.kind IN ('ANSWERED', 'WITHDRAWN') AND f.pupil").push(NOT_EXCLUDED);
        sql.push(" ORDER BY f.pupil, v.flag, v.id").build_query_as().persistent(false).fetch_all(c).await?
    });
    let mut last: HashMap<Uuid, (DateTime<Utc>, SupportFlagAnswer)> = HashMap::new();
    for of_flag in events.chunk_by(|a, b| a.event.flag == b.event.flag) {
        let Some(standing) = event::standing(of_flag.iter().map(|told| &told.event)) else { continue };
        let (Some(at), Some(answer)) = (standing.at, standing.answer) else { continue };
        if last.get(&of_flag[0].pupil).is_none_or(|before| before.0 < at) {
            last.insert(of_flag[0].pupil, (at, answer));
        }
    }
    let mut found: HashMap<NaiveDate, [i64; 3]> = HashMap::new();
    for (at, answer) in last.into_values() {
        let place = match answer {
            SupportFlagAnswer::Useful => 0,
            SupportFlagAnswer::AlreadyKnown => 1,
            SupportFlagAnswer::NotRight => 2,
        };
        found.entry(week_of(school_day(at))).or_default()[place] += 1;
    }
    Ok(found)
}

/// Stores rows in the place of those of the same class and week.
pub(crate) async fn write(tx: &mut Tx, rows: &[QualityRow]) -> Result<()> {
    let sql = "INSERT INTO analysis_quality (class, week, school, run, as_of, pupils, watch, support, again_now, again_before, again_both,
                   useful, already_known, not_right, settled, known, outcome, places, hits, by_absence, by_work, by_activity)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
               ON CONFLICT (class, week) DO UPDATE SET run = excluded.run, as_of = excluded.as_of, pupils = excluded.pupils,
                   watch = excluded.watch, support = excluded.support, again_now = excluded.again_now, again_before = excluded.again_before,
                   again_both = excluded.again_both, useful = excluded.useful, already_known = excluded.already_known,
                   not_right = excluded.not_right, settled = excluded.settled, known = excluded.known, outcome = excluded.outcome,
                   places = excluded.places, hits = excluded.hits, by_absence = excluded.by_absence, by_work = excluded.by_work,
                   by_activity = excluded.by_activity
               WHERE analysis_quality.school = excluded.school";
    for row in rows {
        on!(tx.connection(), c => sqlx::query(sql).bind(row.class).bind(row.week).bind(row.school).bind(row.run).bind(row.as_of)
            .bind(row.pupils).bind(row.watch).bind(row.support).bind(row.again_now).bind(row.again_before).bind(row.again_both)
            .bind(row.useful).bind(row.already_known).bind(row.not_right).bind(row.settled).bind(row.known).bind(row.outcome)
            .bind(row.places).bind(row.hits).bind(row.by_absence).bind(row.by_work).bind(row.by_activity)
            .execute(c).await?.rows_affected());
    }
    Ok(())
}

/// The sums of a school in a week.
#[derive(sqlx::FromRow, Clone, Debug, Default)]
pub(crate) struct Sums {
    pub(crate) school: Uuid,
    pub(crate) week: NaiveDate,
    pub(crate) as_of: NaiveDate,
    /// Classes whose outcomes are not known yet.
    pub(crate) unsettled: i64,
    pub(crate) pupils: i64,
    pub(crate) watch: i64,
    pub(crate) support: i64,
    pub(crate) useful: i64,
    pub(crate) already_known: i64,
    pub(crate) not_right: i64,
    pub(crate) known: i64,
    pub(crate) outcome: i64,
    pub(crate) places: i64,
    pub(crate) hits: i64,
    pub(crate) by_absence: f64,
    pub(crate) by_work: f64,
    pub(crate) by_activity: f64,
    pub(crate) again_now: i64,
    pub(crate) again_before: i64,
    pub(crate) again_both: i64,
}

impl Sums {
    /// Without the answers.
    pub(crate) fn without_answers(&self) -> Sums {
        Sums { useful: 0, already_known: 0, not_right: 0, ..self.clone() }
    }

    /// Adds the answers of another week.
    pub(crate) fn add_answers(&mut self, other: &Sums) {
        self.useful += other.useful;
        self.already_known += other.already_known;
        self.not_right += other.not_right;
    }

    /// What is told of, each a count of pupils, flags or answers.
    pub(crate) fn counts(&self) -> [usize; 17] {
        let whole = |count: i64| usize::try_from(count).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "no more than there are pupils")]
        let rounded = |count: f64| whole(count.round() as i64);
        [
            whole(self.pupils),
            whole(self.watch),
            whole(self.support),
            whole(self.useful),
            whole(self.already_known),
            whole(self.not_right),
            whole(self.known),
            whole(self.outcome),
            whole(self.places),
            whole(self.hits),
            rounded(self.by_absence),
            rounded(self.by_work),
            rounded(self.by_activity),
            whole(self.again_now),
            whole(self.again_before),
            whole(self.again_both),
            whole(self.useful + self.already_known + self.not_right),
        ]
    }
}

/// The sums of a school, or of all schools of which the viewer may know them, by week, of the analyses from a day up to before another.
pub(crate) async fn by_school_and_week(
    scope: &Scope,
    school: Option<Uuid>,
    (from, before): (NaiveDate, NaiveDate),
) -> Result<Vec<Sums>> {
    let sql = "SELECT q.school, q.week, max(q.as_of) AS as_of, count(CASE WHEN NOT q.settled THEN 1 END) AS unsettled,
                   CAST(sum(q.pupils) AS BIGINT) AS pupils, CAST(sum(q.watch) AS BIGINT) AS watch, CAST(sum(q.support) AS BIGINT) AS support,
                   CAST(sum(q.useful) AS BIGINT) AS useful, CAST(sum(q.already_known) AS BIGINT) AS already_known,
                   CAST(sum(q.not_right) AS BIGINT) AS not_right, CAST(sum(q.known) AS BIGINT) AS known,
                   CAST(sum(q.outcome) AS BIGINT) AS outcome, CAST(sum(q.places) AS BIGINT) AS places, CAST(sum(q.hits) AS BIGINT) AS hits,
                   sum(q.by_absence) AS by_absence, sum(q.by_work) AS by_work, sum(q.by_activity) AS by_activity,
                   CAST(sum(q.again_now) AS BIGINT) AS again_now, CAST(sum(q.again_before) AS BIGINT) AS again_before,
                   CAST(sum(q.again_both) AS BIGINT) AS again_both
               FROM analysis_quality q WHERE q.as_of >= ";
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(sql);
        sql.push_bind(from).push(" AND q.as_of < ").push_bind(before);
        // The weeks say the same, and the index knows them.
        sql.push(" AND q.week >= ").push_bind(from - Days::new(6)).push(" AND q.week < ").push_bind(before);
        sql.push(" AND q.school IN (SELECT school FROM school_reach WHERE holder = ").push_bind(scope.holder());
        sql.push(" AND right_to = ").push_bind(scope.over(Right::QualityRead)).push(" AND begins <= ").push_bind(scope.today());
        sql.push(" AND ends >= ").push_bind(scope.today()).push(")");
        if let Some(school) = school {
            sql.push(" AND q.school = ").push_bind(school);
        }
        sql.push(" GROUP BY q.school, q.week ORDER BY q.week, q.school").build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// The schools whose flags the viewer sees, to whom the counts are exact.
pub(crate) async fn schools_seen(scope: &Scope) -> Result<HashSet<Uuid>> {
    let sql = "SELECT DISTINCT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3";
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::FlagRead))
        .bind(scope.today()).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(school,)| school).collect())
}
