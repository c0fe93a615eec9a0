//! Rows in the order of their scores, and how well that order finds those with the outcome.

use crate::level::places;
use crate::rank::real;

/// Some rows, the highest score first and ties in an order by chance.
pub(super) struct Ranking {
    places: Vec<Place>,
}

/// One row in its place.
struct Place {
    row: usize,
    positive: bool,
    /// The next has a lower score, or there is none.
    ends_tie: bool,
}

/// Rows in the order of their scores, the highest first; `lots` (one a row, all different) order those with one score.
pub(super) fn ordered(rows: impl Iterator<Item = usize>, scores: &[f64], lots: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = rows.collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(lots[a].cmp(&lots[b])));
    order
}

impl Ranking {
    /// Ranks the rows that have a label.
    pub(super) fn of(rows: impl Iterator<Item = usize>, scores: &[f64], labels: &[Option<bool>], lots: &[usize]) -> Self {
        let order = ordered(rows.filter(|row| labels[*row].is_some()), scores, lots);
        let place = |(place, &row): (usize, &usize)| Place {
            row,
            positive: labels[row] == Some(true),
            ends_tie: order.get(place + 1).is_none_or(|next| scores[*next] < scores[row]),
        };
        Ranking { places: order.iter().enumerate().map(place).collect() }
    }

    /// The rows, the highest score first.
    pub(super) fn rows(&self) -> Vec<usize> {
        self.places.iter().map(|place| place.row).collect()
    }

    /// How many rows have the outcome, and how many do not; each row counts as often as `counts` says.
    pub(super) fn totals(&self, counts: &[usize]) -> (usize, usize) {
        tally(&self.places, counts)
    }

    /// Area under the receiver operating characteristic: how often, 0 to 1, a row with the outcome has a higher score than one
    /// without, ties counting half (Mann and Whitney 1947). `None` unless there are both.
    pub(super) fn roc_auc(&self, counts: &[usize]) -> Option<f64> {
        let (with, without) = self.totals(counts);
        let (mut above, mut pairs) = (0, 0.0);
        for (tied_with, tied_without) in self.ties(counts) {
            pairs += real(tied_without) * (real(above) + real(tied_with) / 2.0);
            above += tied_with;
        }
        (with > 0 && without > 0).then(|| pairs / (real(with) * real(without)))
    }

    /// Average precision, 0 to 1: the precision down to each score, weighted by the recall gained there; nothing between the
    /// scores is interpolated. `None` without rows that have the outcome.
    pub(super) fn average_precision(&self, counts: &[usize]) -> Option<f64> {
        let (with, _) = self.totals(counts);
        let (mut found, mut seen, mut sum) = (0, 0, 0.0);
        for (tied_with, tied_without) in self.ties(counts) {
            found += tied_with;
            seen += tied_with + tied_without;
            if tied_with > 0 {
                sum += real(tied_with) * real(found) / real(seen);
            }
        }
        (with > 0).then(|| sum / real(with))
    }

    /// Share of the first `share` of the rows, begun places counted whole, that have the outcome; `None` without rows.
    pub(super) fn precision_at(&self, share: f64, counts: &[usize]) -> Option<f64> {
        let (found, places) = self.found(share, counts);
        (places > 0).then(|| real(found) / real(places))
    }

    /// Share of those with the outcome who are among the first `share` of the rows; `None` where nobody has it.
    pub(super) fn recall_at(&self, share: f64, counts: &[usize]) -> Option<f64> {
        let (with, _) = self.totals(counts);
        (with > 0).then(|| real(self.found(share, counts).0) / real(with))
    }

    /// How many of the first rows have the outcome, and how many first rows there are.
    fn found(&self, share: f64, counts: &[usize]) -> (usize, usize) {
        let (with, without) = self.totals(counts);
        let places = places(with + without, share);
        let (mut left, mut found) = (places, 0);
        for place in &self.places {
            let taken = counts[place.row].min(left);
            left -= taken;
            found += if place.positive { taken } else { 0 };
        }
        (found, places)
    }

    /// Rows with and without the outcome at each score, the highest first.
    fn ties(&self, counts: &[usize]) -> impl Iterator<Item = (usize, usize)> {
        self.places.split_inclusive(|place| place.ends_tie).map(|tied| tally(tied, counts))
    }
}

fn tally(places: &[Place], counts: &[usize]) -> (usize, usize) {
    let sum = |positive: bool| places.iter().filter(|place| place.positive == positive).map(|place| counts[place.row]).sum();
    (sum(true), sum(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(scores: &[f64], labels: &[u8]) -> Ranking {
        let labels: Vec<Option<bool>> = labels.iter().map(|label| (*label < 2).then_some(*label == 1)).collect();
        let lots: Vec<usize> = (0..scores.len()).collect();
        Ranking::of(0..scores.len(), scores, &labels, &lots)
    }

    fn near(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
    }

    #[test]
    fn figures_match_hand_computed_cases() {
        // In order: yes, no, yes, no. Of four pairs three stand right.
        let plain = ranking(&[0.1, 0.9, 0.4, 0.7], &[0, 1, 1, 0]);
        near(plain.roc_auc(&[1; 4]), 0.75);
        near(plain.average_precision(&[1; 4]), f64::midpoint(1.0, 2.0 / 3.0));
        near(plain.precision_at(0.25, &[1; 4]), 1.0);
        near(plain.precision_at(0.3, &[1; 4]), 0.5);
        near(plain.recall_at(0.25, &[1; 4]), 0.5);
    }

    #[test]
    fn ties_count_half_and_are_one_step() {
        // First yes and no together, then yes and no together: 0.5·1 + 1 + 0 + 0.5·1 of four pairs.
        let tied = ranking(&[0.8, 0.8, 0.3, 0.3], &[1, 0, 1, 0]);
        near(tied.roc_auc(&[1; 4]), 0.5);
        near(tied.average_precision(&[1; 4]), 0.5);
        let all = ranking(&[0.5; 5], &[1, 0, 0, 0, 0]);
        near(all.roc_auc(&[1; 5]), 0.5);
        near(all.average_precision(&[1; 5]), 0.2);
    }

    #[test]
    fn a_row_counts_as_often_as_it_was_drawn() {
        let drawn = ranking(&[0.9, 0.8, 0.7], &[1, 0, 1]);
        let written_out = ranking(&[0.9, 0.8, 0.8, 0.8, 0.7, 0.7], &[1, 0, 0, 0, 1, 1]);
        let counts = [1, 3, 2];
        for (drawn, written_out) in [
            (drawn.roc_auc(&counts), written_out.roc_auc(&[1; 6])),
            (drawn.average_precision(&counts), written_out.average_precision(&[1; 6])),
            (drawn.precision_at(0.4, &counts), written_out.precision_at(0.4, &[1; 6])),
            (drawn.recall_at(0.7, &counts), written_out.recall_at(0.7, &[1; 6])),
        ] {
            near(drawn, written_out.expect("both classes are there"));
        }
    }

    #[test]
    fn what_is_not_labelled_is_left_out_and_what_is_undefined_is_none() {
        let some = ranking(&[0.9, 0.8, 0.7], &[2, 1, 0]);
        assert_eq!(some.rows(), [1, 2]);
        near(some.roc_auc(&[1; 3]), 1.0);
        let nobody = ranking(&[0.9, 0.8], &[0, 0]);
        assert_eq!((nobody.roc_auc(&[1; 2]), nobody.average_precision(&[1; 2])), (None, None));
        assert_eq!((nobody.precision_at(0.5, &[1; 2]), nobody.recall_at(0.5, &[1; 2])), (Some(0.0), None));
        assert_eq!(ranking(&[0.9], &[2]).precision_at(0.5, &[1]), None);
    }
}
