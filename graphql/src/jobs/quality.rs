//! Keeps the figures of quality up: of each homeroom and week those of its last analysis, once; then what was answered, and what became of the
//! pupils.
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::Result;
use crate::roster::class::{Class, ClassKind};
use crate::support::exclusion::NOT_EXCLUDED;
use crate::support::json::AsJson;
use crate::support::quality::outcome;
use crate::support::quality::row::{self, QualityRow, Run, week_of};
use crate::support::score::SupportLevel;
use asagao_analytics::evaluate::found_by;
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use sqlx::QueryBuilder;
use sqlx::types::Text;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// So many weeks at most are counted with an analysis: in the first nights after an update it catches up.
pub const A_NIGHT: usize = 8;

/// Counts what a homeroom's analyses have not been counted for, at most so many weeks. A lesson has no figures: its pupils are those of their
/// homerooms. The caller has checked the class against the scope.
pub async fn keep_up(scope: &Scope, class: &Class, most: usize) -> Result<()> {
    if class.kind != ClassKind::Homeroom {
        return Ok(());
    }
    let stored = row::of_class(scope, class.id).await?;
    let runs = row::runs_of_class(scope, class.id).await?;
    let of_week: BTreeMap<NaiveDate, Run> = runs.iter().map(|run| (week_of(run.as_of), *run)).collect();
    let mut rows = stored.clone();
    let mut left = most;
    for (week, run) in of_week.iter().rev() {
        if left > 0 && stored.get(week).is_none_or(|row| row.run != run.id) {
            rows.insert(*week, counted(scope, class, *run, &runs).await?);
            left -= 1;
        }
    }
    for row in rows.values_mut().filter(|row| !row.settled && row.as_of + outcome::SOONEST <= scope.today()) {
        if left == 0 {
            break;
        }
        left -= usize::from(settle(scope, class, row).await?);
    }
    for row in rows.values_mut() {
        [row.useful, row.already_known, row.not_right] = [0; 3];
    }
    for (week, [useful, already_known, not_right]) in row::answers_of_class(scope, class.id).await? {
        // What is answered in a week without an analysis is to that of the week before it.
        let Some(of) = rows.range(..=week).next_back().map(|(of, _)| *of).or_else(|| rows.keys().next().copied()) else { break };
        let row = rows.get_mut(&of).expect("it was just found");
        row.useful += useful;
        row.already_known += already_known;
        row.not_right += not_right;
    }
    let changed: Vec<QualityRow> = rows.into_values().filter(|row| stored.get(&row.week) != Some(row)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut tx = scope.begin("flags judged").await?;
    row::write(&mut tx, &changed).await?;
    tx.commit().await
}

/// A pupil's score as far as it is judged.
#[derive(sqlx::FromRow)]
pub(crate) struct Scored {
    pub(crate) pupil: Uuid,
    level: SupportLevel,
    reasons: Text<AsJson<Vec<Measured>>>,
}

/// A line of a score.
#[derive(Deserialize)]
struct Measured {
    feature: String,
    value: Option<f64>,
}

impl Scored {
    /// Whether the pupil was flagged.
    pub(crate) fn flagged(&self) -> bool {
        self.level != SupportLevel::None
    }

    fn value(&self, feature: &str) -> Option<f64> {
        self.reasons.0.0.iter().find(|line| line.feature == feature)?.value
    }
}

/// The scores of a run. The caller has checked its class against the scope.
pub(crate) async fn scored(scope: &Scope, run: Uuid) -> Result<Vec<Scored>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT s.pupil, s.level, s.reasons FROM run_score s WHERE s.run = ");
        sql.push_bind(run).push(" AND s.pupil").push(NOT_EXCLUDED);
        sql.push(" ORDER BY s.pupil").build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// The figures of a run that are known at once.
async fn counted(scope: &Scope, class: &Class, run: Run, runs: &[Run]) -> Result<QualityRow> {
    let scores = scored(scope, run.id).await?;
    let at = |level: SupportLevel| count(scores.iter().filter(|score| score.level == level).count());
    let mut row = QualityRow {
        class: class.id,
        week: week_of(run.as_of),
        school: class.school,
        run: run.id,
        as_of: run.as_of,
        pupils: count(scores.len()),
        watch: at(SupportLevel::Watch),
        support: at(SupportLevel::Support),
        again_now: 0,
        again_before: 0,
        again_both: 0,
        useful: 0,
        already_known: 0,
        not_right: 0,
        settled: false,
        known: 0,
        outcome: 0,
        places: 0,
        hits: 0,
        by_absence: 0.0,
        by_work: 0.0,
        by_activity: 0.0,
    };
    if let Some(before) = a_week_before(run, runs) {
        let before: HashMap<Uuid, bool> =
            scored(scope, before.id).await?.iter().map(|score| (score.pupil, score.flagged())).collect();
        for score in &scores {
            let Some(then) = before.get(&score.pupil).copied() else { continue };
            row.again_now += i64::from(score.flagged());
            row.again_before += i64::from(then);
            row.again_both += i64::from(then && score.flagged());
        }
    }
    Ok(row)
}

/// The analysis of the day a week before; where there was none, the latest of those 5 to 9 days before.
fn a_week_before(run: Run, runs: &[Run]) -> Option<Run> {
    let [nearest, exact, farthest] = [5, 7, 9].map(|days| run.as_of - Days::new(days));
    let within = |of: &&Run| farthest <= of.as_of && of.as_of <= nearest;
    let on_the_day = runs.iter().rev().find(|of| of.as_of == exact);
    on_the_day.or_else(|| runs.iter().rev().find(within)).copied()
}

/// Counts what became of the pupils; `false` where that is not known yet.
async fn settle(scope: &Scope, class: &Class, row: &mut QualityRow) -> Result<bool> {
    let scores = scored(scope, row.run).await?;
    let pupils: Vec<Uuid> = scores.iter().map(|score| score.pupil).collect();
    let Some(outcomes) = outcome::after(scope, class, &pupils, row.as_of).await? else { return Ok(false) };
    let known: Vec<(&Scored, bool)> = scores.iter().filter_map(|score| Some((score, *outcomes.get(&score.pupil)?))).collect();
    let had: Vec<bool> = known.iter().map(|(_, had)| *had).collect();
    let places = known.iter().filter(|(score, _)| score.flagged()).count();
    let by = |feature: &str, sign: f64| {
        let values: Vec<Option<f64>> = known.iter().map(|(score, _)| score.value(feature).map(|value| sign * value)).collect();
        found_by(&values, &had, places)
    };
    row.settled = true;
    row.known = count(known.len());
    row.outcome = count(had.iter().filter(|had| **had).count());
    row.places = count(places);
    row.hits = count(known.iter().filter(|(score, had)| score.flagged() && *had).count());
    row.by_absence = by("days_absent_last30", 1.0);
    row.by_work = by("submitted_share", -1.0);
    row.by_activity = by("active_share", -1.0);
    Ok(true)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The runs whose outcomes are known and that an audit takes: of each class the latest, so that a pupil counts once.
pub(crate) fn settled_last(rows: &BTreeMap<NaiveDate, QualityRow>, days: (NaiveDate, NaiveDate)) -> Option<&QualityRow> {
    rows.values().rev().find(|row| row.settled && row.known > 0 && days.0 <= row.as_of && row.as_of < days.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use std::collections::HashSet;

    #[test]
    fn a_week_before_is_the_same_weekday_or_the_latest_near_it() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
        let run = |of| Run { id: Uuid::from_u128(u128::from(of)), as_of: day(of), known_at: DateTime::UNIX_EPOCH };
        let runs: Vec<Run> = [9, 10, 11, 16, 18].map(run).to_vec();
        let before = |of| a_week_before(run(of), &runs).map(|of| of.as_of);
        assert_eq!([before(17), before(18), before(19)], [Some(day(10)), Some(day(11)), Some(day(11))]);
        assert_eq!([before(24), before(30)], [Some(day(18)), None]);
    }

    #[test]
    fn feature_names_are_those_of_the_analysis() {
        for name in ["days_absent_last30", "submitted_share", "active_share"] {
            assert!(asagao_analytics::FEATURES.iter().any(|feature| feature.key == name), "{name}");
        }
        let weeks: HashSet<NaiveDate> =
            (16..=22).map(|day| week_of(NaiveDate::from_ymd_opt(2026, 11, day).expect("a day"))).collect();
        assert_eq!(weeks.len(), 1, "Monday to Sunday");
    }
}
