//! The analysis: records in, one assessment a pupil out.

use crate::assessment::{Analysis, Assessment, Withheld};
use crate::cohort::Cohort;
use crate::level::{Given, levels};
use crate::reading::Reading;
use crate::rule;
use crate::settings::{EARLIER_SCHOOL_DAYS, Error, Settings};

/// Analyzes a class: who may need support, why, and who is alike.
///
/// [`FEATURES`](crate::FEATURES) are ranked within the cohort, places lost low in it weighing more than places lost at its
/// top, averaged over what is observed of each of [`DOMAINS`](crate::DOMAINS) by how many pairs of pupils they tell apart,
/// and added up with equal weights and the sign turned. Membership in a low group adds one bounded line: k-means of
/// the domains, agreed over 3 to 6 clusters, several starts and bags. Making a feature worse never lowers the sum. The same
/// cohort, in whatever order, gives the same analysis for a seed.
///
/// What is not observed is neutral: a day without a mark is neither attended nor missed, a mood not entered is no mood, and a
/// day on which the pupil was away and did nothing is not one of idling. A pupil of whom nothing can be compared scores one
/// half. A register on which everybody is present and moods of which none is low give the scores that there are without
/// them.
///
/// Levels hang on the five school days before as well, analyzed from the same records: who was named keeps the place until
/// the difference is clear. Refuses settings and records without meaning.
///
/// ```
/// use asagao_analytics::{Cohort, DayTotals, History, Level, Rule, Settings, analyze};
///
/// // Ten pupils in twenty school days; all work a little every day, but for one who stopped after the eighth.
/// let pupil = |number: u32| {
///     let last = if number == 7 { 8 } else { 20 };
///     let totals = |day| DayTotals { day, interactions: f64::from(10 + number), ..DayTotals::default() };
///     History { in_class: true, days: (0..last).map(totals).collect(), ..History::default() }
/// };
/// let cohort = Cohort { school_days: 20, pupils: (0..10).map(pupil).collect(), assignments: vec![] };
///
/// let analysis = analyze(&cohort, &Settings::default())?;
/// assert_eq!(analysis.pupils[7].level, Level::Support);
/// assert_eq!(analysis.pupils[7].rules, [Rule::NoActivity { school_days: 12 }]);
/// assert_eq!(analysis.pupils[5].level, Level::None);
/// # Ok::<(), asagao_analytics::Error>(())
/// ```
pub fn analyze(cohort: &Cohort, settings: &Settings) -> Result<Analysis, Error> {
    settings.check()?;
    cohort.check()?;
    let read = |back: usize| Reading::of(cohort.as_of(back), settings);
    let now = read(0);
    let judged = now.judged();
    // A week ago, where that much is on record.
    let week_ago = (cohort.school_days > EARLIER_SCHOOL_DAYS).then(|| read(EARLIER_SCHOOL_DAYS));

    let rules = rule::spoken(&now.cohort, &settings.rules);
    let withheld = now.withheld(&judged, settings);
    let given = match withheld {
        None => {
            let since: Vec<Reading> = (1..EARLIER_SCHOOL_DAYS.min(cohort.school_days)).rev().map(read).collect();
            let before = week_ago.iter().chain(&since).map(|reading| reading.candidates(&reading.scores(), settings));
            let scores: Vec<f64> = judged.rows.iter().map(|row| row.score).collect();
            let mut today = now.candidates(&scores, settings);
            today.iter_mut().zip(&rules).for_each(|(candidate, rules)| candidate.rule = !rules.is_empty());
            levels(&before.chain([today]).collect::<Vec<_>>(), settings.capacity)
        }
        // A plain rule says as much without a comparison.
        Some(Withheld::TooLittleRecorded) => {
            let spoken = rules.iter().zip(&now.cohort.pupils);
            spoken.map(|(rules, pupil)| Given::by_rule(pupil.in_class && !rules.is_empty())).collect()
        }
        Some(Withheld::TooFewSchoolDays | Withheld::CohortTooSmall) => vec![Given::default(); rules.len()],
    };

    let before = week_ago.as_ref();
    let medians = now.medians();
    let groups = now.groups(&judged, before);
    let pupils = judged.rows.iter().zip(given).zip(rules).enumerate().map(|(pupil, ((row, given), rules))| Assessment {
        score: row.score,
        sum: row.sum,
        lines: now.lines(pupil, row, (&medians, before), settings),
        group: row.group,
        certainty: row.certainty,
        level: given.level,
        held: given.held,
        otherwise: given.limit.map(|limit| now.otherwise(pupil, limit)).unwrap_or_default(),
        rules,
    });
    Ok(Analysis { pupils: pupils.collect(), medians, groups, withheld, stability: judged.stability })
}
