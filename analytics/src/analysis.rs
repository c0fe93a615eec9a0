//! The analysis: records in, one assessment a pupil out.

use ndarray::Array2;

use crate::cohort::{Cohort, History};
use crate::domain::DomainId;
use crate::feature::{FEATURES, FeatureId};
use crate::group::Group;
use crate::level::{Candidate, Level, levels};
use crate::model::Model;
use crate::rank::{Ranks, median};
use crate::rule::{self, Rule};
use crate::seen::Seen;
use crate::settings::{Error, Settings};
use crate::table::{Judged, Judgement, Table};

/// What an analysis found.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// One for each of [`Cohort::pupils`], in that order.
    pub pupils: Vec<Assessment>,
    /// The class's middle of each of [`FEATURES`]; of everybody compared when the class has fewer than five pupils.
    pub medians: Vec<Option<f64>>,
    /// Groups of pupils alike, the one of most concern first.
    pub groups: Vec<Group>,
    /// Why nobody is given a level, if so.
    pub withheld: Option<Withheld>,
    /// How far the repeated groupings agree, 0 (not at all, or nothing to group) to 1: their mean adjusted Rand index.
    pub stability: f64,
}

/// What an analysis found about one pupil.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Concern from 0 to 1, 0.5 at the middle of those compared: 1 / (1 + exp(−2 · sum)).
    pub score: f64,
    /// Sum of the lines' contributions.
    pub sum: f64,
    /// Why: every observed feature and the group, what adds the most first.
    pub lines: Vec<Line>,
    /// Place in [`Analysis::groups`]; `None` when the pupil could not be compared or is like too few others.
    pub group: Option<usize>,
    /// Share of the repeated groupings, 0 to 1, in which the pupil fell in with this group.
    pub certainty: f64,
    /// What follows for the school.
    pub level: Level,
    /// The plain rules that spoke, also when levels are withheld.
    pub rules: Vec<Rule>,
}

/// One reason: what was seen, what is usual, and what it adds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// What it is about.
    pub source: Source,
    /// The pupil's value, in the feature's unit; `None` for the group.
    pub value: Option<f64>,
    /// The class's middle, in the same unit; `None` for the group.
    pub median: Option<f64>,
    /// What it adds to the sum; above 0 for more concern.
    pub contribution: f64,
}

/// What a [`Line`] is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Source {
    /// A feature.
    Feature(FeatureId),
    /// Membership in a group of low records.
    Group,
}

/// Why nobody is given a level.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Withheld {
    /// There were too few school days.
    TooFewSchoolDays,
    /// Too few pupils can be compared.
    CohortTooSmall,
}

/// Analyzes a class: who may need support, why, and who is alike.
///
/// [`FEATURES`] are ranked within the cohort and turned into normal scores (Blom 1958), averaged over what is observed of
/// each of [`DOMAINS`](crate::DOMAINS), and added up with equal weights and the sign turned. Membership in a low group adds
/// one bounded line: k-means (linfa) of the domains, agreed over 3 to 6 clusters, several starts and bags. Making a feature
/// worse never lowers the sum. The same cohort, in whatever order, gives the same analysis for a seed.
///
/// What is not observed is neutral: a day without a mark is neither attended nor missed, a mood not entered is no mood, and a
/// day on which the pupil was away and did nothing is not one of idling. A pupil of whom nothing can be compared scores one
/// half. A register on which everybody is present and moods of which none is low give the scores that there are without
/// them. Refuses settings and records without meaning.
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
    let values = values(cohort);
    let features = &FEATURES[..compared_by(&values)];
    let table = Table::of(
        Array2::from_shape_fn((values.len(), features.len()), |(pupil, feature)| {
            values[pupil][feature].map_or(f64::NAN, |value| features[feature].oriented(value))
        }),
        features.iter().map(|feature| feature.domain as usize).collect(),
    );
    let judged = Model::fit(&table, settings.seed).judge(&table);
    let medians = medians(cohort, &values);

    let withheld = withheld(cohort, judged.compared(), settings);
    let rules = rule::spoken(cohort, &settings.rules);
    let levels = match withheld {
        None => levels(&candidates(cohort, &judged, &rules, settings), settings.capacity),
        Some(_) => vec![Level::None; values.len()],
    };

    let groups = judged.groups.iter().cloned().enumerate().map(|(place, group)| {
        let members = judged.rows.iter().zip(&cohort.pupils).filter(|(row, pupil)| row.group == Some(place) && pupil.in_class);
        group.of_class(members.count())
    });
    let groups = groups.collect();
    let pupils = judged.rows.iter().zip(&values).zip(levels.into_iter().zip(rules));
    let pupils = pupils.map(|((row, values), (level, rules))| Assessment {
        score: row.score,
        sum: row.sum,
        lines: lines(values, &medians, row),
        group: row.group,
        certainty: row.certainty,
        level,
        rules,
    });
    Ok(Analysis { pupils: pupils.collect(), medians, groups, withheld, stability: judged.stability })
}

/// Every pupil's value of each of [`FEATURES`].
fn values(cohort: &Cohort) -> Vec<Vec<Option<f64>>> {
    let seen = cohort.pupils.iter().map(|pupil| Seen { cohort, pupil });
    seen.map(|seen| FEATURES.iter().map(|feature| feature.value(&seen)).collect()).collect()
}

/// How many of [`FEATURES`] the cohort is compared by: those of learning, and those after them as far as the last in which
/// it differs, so that groups are not drawn in domains of which the school records nothing.
fn compared_by(values: &[Vec<Option<f64>>]) -> usize {
    let learning = FEATURES.iter().take_while(|feature| feature.domain <= DomainId::Performance).count();
    let differs = |feature: &usize| Ranks::of(values.iter().map(|row| row[*feature].unwrap_or(f64::NAN))).is_some();
    (learning..FEATURES.len()).rev().find(differs).map_or(learning, |last| last + 1)
}

fn medians(cohort: &Cohort, values: &[Vec<Option<f64>>]) -> Vec<Option<f64>> {
    let counted = values.iter().zip(cohort.of_the_middle());
    let counted: Vec<&Vec<_>> = counted.filter_map(|(row, counted)| counted.then_some(row)).collect();
    (0..FEATURES.len()).map(|feature| median(counted.iter().filter_map(|row| row[feature]))).collect()
}

fn withheld(cohort: &Cohort, compared: usize, settings: &Settings) -> Option<Withheld> {
    if cohort.school_days < settings.min_school_days {
        Some(Withheld::TooFewSchoolDays)
    } else if compared < settings.min_cohort {
        Some(Withheld::CohortTooSmall)
    } else {
        None
    }
}

fn candidates(cohort: &Cohort, judged: &Judged, rules: &[Vec<Rule>], settings: &Settings) -> Vec<Candidate> {
    let pupils = cohort.pupils.iter().zip(&judged.rows).zip(rules);
    let candidate = |((pupil, row), rules): ((&History, &Judgement), &Vec<Rule>)| Candidate {
        score: row.score,
        in_class: pupil.in_class,
        settled: Seen { cohort, pupil }.enrolled() >= settings.min_school_days,
        rule: !rules.is_empty(),
    };
    pupils.map(candidate).collect()
}

fn lines(values: &[Option<f64>], medians: &[Option<f64>], row: &Judgement) -> Vec<Line> {
    let line = |feature: usize| Line {
        source: Source::Feature(FEATURES[feature].id),
        value: values[feature],
        median: medians[feature],
        // The model was not shown the last features where nobody differs in them.
        contribution: row.features.get(feature).copied().unwrap_or_default(),
    };
    let mut lines: Vec<Line> = (0..FEATURES.len()).filter(|&feature| values[feature].is_some()).map(line).collect();
    lines.push(Line { source: Source::Group, value: None, median: None, contribution: row.membership });
    lines.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    lines
}
