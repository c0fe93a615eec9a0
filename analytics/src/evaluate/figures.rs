//! The figures of an evaluation, each with an interval.

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::audit::{self, Disparity};
use super::ranking::{Ranking, ordered};
use super::scoring::{Features, Scored};
use crate::draw::{bag, shuffled};
use crate::level::places;
use crate::rank::real;
use crate::settings::Settings;

/// What is known of the rows for judging, and never for scoring.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// Whether the row has the outcome; `None` where that is not known.
    pub labels: Vec<Option<bool>>,
    /// For each audited column the value of each row, numbered from 0 without gaps; `None` where it is not known.
    pub audit: Vec<Vec<Option<usize>>>,
}

/// A figure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figure {
    /// `None` where it is not defined.
    pub value: Option<f64>,
    /// The middle 95 % of the figure over resamples of the rows (percentiles, Efron 1979).
    pub interval: Option<[f64; 2]>,
}

/// The figures of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Rows with a label.
    pub labelled: usize,
    /// How often a row with the outcome has a higher score than one without; all rows together, 0 to 1.
    pub roc_auc: Figure,
    /// The mean of the same within the cohorts of at least 50 rows with a label and with both labels.
    pub roc_auc_within: Figure,
    /// The precision down to each score, weighted by the recall gained there, 0 to 1.
    pub average_precision: Figure,
    /// Share with the outcome in the highest tenth.
    pub precision_at_10: Figure,
    /// Share with the outcome in the highest fifth.
    pub precision_at_20: Figure,
    /// Share of those with the outcome who are in the highest fifth.
    pub recall_at_20: Figure,
    /// Overlap (Jaccard) of the highest fifth with that of models fitted to resamples, 0 to 1; the mean. `None` where no row
    /// has another score than the others.
    pub stability_bootstrap: Option<f64>,
    /// The same of models with other seeds.
    pub stability_seed: Option<f64>,
    /// For each audited column how its groups differ in being among the highest `capacity` of all rows.
    pub audit: Vec<Vec<Disparity>>,
}

/// Cohorts of fewer rows with a label say too little to be read alone.
const READ_ALONE: usize = 50;

/// Resamples for the intervals.
const RESAMPLES: usize = 500;

/// Draws of the ties and of the intervals; apart from those of the models.
const STREAM: u64 = 0x9e37_79b9_7f4a_7c15;

/// Compares scores with outcomes. Rows with one score are ordered by lots that are drawn from `settings.seed`.
///
/// `outcomes` have one entry a row of `features`.
#[must_use]
pub fn figures(features: &Features, found: &Scored, outcomes: &Outcomes, settings: &Settings) -> Figures {
    let rows = found.rows.len();
    let mut draws = Xoshiro256Plus::seed_from_u64(settings.seed ^ STREAM);
    let lots = shuffled(rows, &mut draws);
    let scores: Vec<f64> = found.rows.iter().map(|row| row.score).collect();
    let mut flagged = vec![false; rows];
    highest(&scores, &lots, settings.capacity).into_iter().for_each(|row| flagged[row] = true);

    let rank = |of: &[usize]| Ranking::of(of.iter().copied(), &scores, &outcomes.labels, &lots);
    let cohorts = features.cohorts();
    let everybody = vec![1; rows];
    let alone = cohorts.iter().map(|of| rank(of)).filter(|ranking| ranking.rows().len() >= READ_ALONE);
    let alone: Vec<Ranking> = alone.filter(|ranking| ranking.roc_auc(&everybody).is_some()).collect();
    let all = rank(&(0..rows).collect::<Vec<_>>());
    let measure = |counts: &[usize]| {
        let mut values = vec![
            all.roc_auc(counts),
            mean(alone.iter().filter_map(|ranking| ranking.roc_auc(counts))),
            all.average_precision(counts),
            all.precision_at(0.1, counts),
            all.precision_at(0.2, counts),
            all.recall_at(0.2, counts),
        ];
        for audited in &outcomes.audit {
            let differences = audit::differences(audited, &outcomes.labels, &flagged, counts);
            values.extend(differences.into_iter().flat_map(|(flagged, recall)| [flagged, recall]));
        }
        values
    };
    let labelled = all.rows();
    let mut measured = with_intervals(rows, &labelled, measure, &mut draws).into_iter();
    let mut next = || measured.next().expect("there are as many figures as were measured");

    Figures {
        labelled: labelled.len(),
        roc_auc: next(),
        roc_auc_within: next(),
        average_precision: next(),
        precision_at_10: next(),
        precision_at_20: next(),
        recall_at_20: next(),
        stability_bootstrap: overlap(&scores, &found.resampled, &lots),
        stability_seed: overlap(&scores, &found.reseeded, &lots),
        audit: outcomes
            .audit
            .iter()
            .map(|values| {
                let pairs = audit::pairs(values).into_iter();
                pairs.map(|(value, against)| Disparity { value, against, flagged: next(), recall: next() }).collect()
            })
            .collect(),
    }
}

/// What is measured of the labelled rows, each counted once, and its intervals over resamples of them.
pub(super) fn with_intervals(
    rows: usize,
    labelled: &[usize],
    measure: impl Fn(&[usize]) -> Vec<Option<f64>>,
    draws: &mut Xoshiro256Plus,
) -> Vec<Figure> {
    let values = measure(&vec![1; rows]);
    let mut resampled: Vec<Vec<f64>> = vec![vec![]; values.len()];
    for _ in 0..RESAMPLES {
        let mut counts = vec![0; rows];
        bag(labelled.len(), labelled.len(), draws).into_iter().for_each(|place| counts[labelled[place]] += 1);
        for (resampled, value) in resampled.iter_mut().zip(measure(&counts)) {
            resampled.extend(value);
        }
    }
    let figure = |(value, resampled): (Option<f64>, Vec<f64>)| Figure { value, interval: value.and_then(|_| middle(resampled)) };
    values.into_iter().zip(resampled).map(figure).collect()
}

/// The middle 95 % of some values; `None` without any.
fn middle(mut values: Vec<f64>) -> Option<[f64; 2]> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    // As many places from either end, so that the interval does not lean to a side.
    let outside = values.len() / 40;
    Some([values[outside], values[last - outside]])
}

fn highest(scores: &[f64], lots: &[usize], share: f64) -> Vec<usize> {
    let mut order = ordered(0..scores.len(), scores, lots);
    order.truncate(places(scores.len(), share));
    order.sort_unstable();
    order
}

/// The mean overlap of the highest fifth by these scores with that by each of the others.
fn overlap(scores: &[f64], others: &[Vec<f64>], lots: &[usize]) -> Option<f64> {
    let fifth = highest(scores, lots, 0.2);
    let jaccard = |other: &Vec<f64>| {
        let other = highest(other, lots, 0.2);
        let both = fifth.iter().filter(|row| other.binary_search(row).is_ok()).count();
        real(both) / real(fifth.len() + other.len() - both)
    };
    let differ = scores.iter().any(|score| score.to_bits() != scores[0].to_bits());
    if differ { mean(others.iter().map(jaccard)) } else { None }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / real(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overlap_of_two_fifths_matches_a_hand_computed_case() {
        let scores: Vec<f64> = (0..10).map(f64::from).collect();
        let mut other = scores.clone();
        other.swap(0, 9);
        // Rows 8 and 9, then rows 0 and 8: one of three.
        let lots: Vec<usize> = (0..10).collect();
        let overlap = |others: &[Vec<f64>]| overlap(&scores, others, &lots);
        assert_eq!(overlap(&[other.clone()]), Some(1.0 / 3.0));
        assert_eq!(overlap(&[other, scores.clone()]), Some(2.0 / 3.0));
        assert_eq!(super::overlap(&[0.5; 10], &[vec![0.5; 10]], &lots), None);
    }

    #[test]
    fn an_interval_is_the_middle_of_what_was_drawn() {
        let values: Vec<f64> = (0..500).map(f64::from).collect();
        assert_eq!(middle(values), Some([12.0, 487.0]));
        assert_eq!(middle(vec![3.0]), Some([3.0, 3.0]));
        assert_eq!(middle(vec![]), None);
    }

    #[test]
    fn an_interval_holds_its_figure_and_is_the_same_again() {
        let mean = |counts: &[usize]| {
            let sum: usize = counts.iter().enumerate().map(|(row, count)| row * count).sum();
            vec![Some(real(sum) / 100.0), None]
        };
        let labelled: Vec<usize> = (0..100).collect();
        let run = || with_intervals(100, &labelled, mean, &mut Xoshiro256Plus::seed_from_u64(1));
        let found = run();
        let [low, high] = found[0].interval.expect("it is defined");
        // The standard error of the mean is 2.9.
        assert!(low > 41.0 && low < 46.0 && high > 53.0 && high < 58.0, "{low} {high}");
        assert_eq!(found[1], Figure::default());
        assert_eq!(run(), found);
    }
}
