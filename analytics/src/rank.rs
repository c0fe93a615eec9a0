//! Ranks, what they are worth, and medians.

use std::cmp::Ordering;

/// The observed values of one feature in a cohort that differs in it: what other values are ranked among.
pub(crate) struct Ranks {
    /// Ascending, at least two that differ, no `NaN`.
    sorted: Vec<f64>,
}

impl Ranks {
    /// Keeps the values that are observed, that is not `NaN`. `None` when they do not differ: there is nothing to compare.
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        (sorted.first() != sorted.last()).then_some(Ranks { sorted })
    }

    /// How well a value stands among those kept: 0 at their middle, higher for better; `NaN` stays `NaN`.
    ///
    /// With p = (r − 3/8) / (n + 1/4) for rank r of n (Blom 1958, *Statistical Estimates and Transformed Beta-Variables*),
    /// √(2π)/4 · (1 − 4(1 − p)²): from −1.88 to 0.63. (1 − p)² is the chance that two classmates, drawn at random, are both
    /// ahead, so that places lost low in the class weigh more than places lost at its top; the factor gives it the slope of
    /// the normal score at the middle. Ties share their average rank. A value that is not among the kept ranks halfway
    /// between its neighbours, and beyond them as the outermost place, 1 or n. Never falls as values rise.
    pub(crate) fn standing(&self, value: f64) -> f64 {
        if value.is_nan() {
            return value;
        }
        let n = real(self.sorted.len());
        let below = self.sorted.partition_point(|other| *other < value);
        let up_to = self.sorted.partition_point(|other| *other <= value);
        let rank = (real(below) + 1.0 + real(up_to)) / 2.0;
        let ahead = 1.0 - (rank.clamp(1.0, n) - 0.375) / (n + 0.25);
        HEIGHT * (1.0 - 4.0 * ahead * ahead)
    }

    /// How finely the cohort differs in it: the share of pairs, drawn with replacement, that it tells apart (Simpson 1949,
    /// *Measurement of diversity*); above 0 and below 1.
    pub(crate) fn resolution(&self) -> f64 {
        let n = real(self.sorted.len());
        let alike =
            self.sorted.chunk_by(|a, b| a.partial_cmp(b).is_some_and(Ordering::is_eq)).map(|tied| (real(tied.len()) / n).powi(2));
        1.0 - alike.sum::<f64>()
    }
}

/// √(2π)/4: a quarter of the slope of the normal score at the middle, which 1 − 4(1 − p)² has four times.
const HEIGHT: f64 = 0.626_657_068_657_750_1;

/// The middle of the values that are observed.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts of pupils and days stay far below 2^52")]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranks(values: &[f64]) -> Ranks {
        Ranks::of(values.iter().copied()).expect("they differ")
    }

    #[test]
    fn the_middle_is_zero_and_the_lower_half_weighs_more() {
        let three = ranks(&[30.0, 10.0, 20.0]);
        assert!(three.standing(20.0).abs() < 1e-15);
        // Ahead of the last are 21/26 of them by Blom's places, of the first 5/26.
        assert!((three.standing(10.0) + HEIGHT * (1764.0 / 676.0 - 1.0)).abs() < 1e-12);
        assert!((three.standing(30.0) - HEIGHT * (1.0 - 100.0 / 676.0)).abs() < 1e-12);
    }

    #[test]
    fn near_the_middle_it_is_the_normal_score() {
        let many: Vec<f64> = (0..2001).map(f64::from).collect();
        let step = ranks(&many).standing(1010.0);
        // Ten places of 2001 above the middle are z = 0.012524 under the normal curve.
        assert!((step - 0.012_49).abs() < 1e-4, "{step}");
    }

    #[test]
    fn ties_share_a_standing() {
        assert!(ranks(&[1.0, 5.0, 5.0, 9.0]).standing(5.0).abs() < 1e-15);
    }

    #[test]
    fn what_tells_few_apart_resolves_little() {
        assert!((ranks(&[1.0, 2.0, 3.0, 4.0]).resolution() - 0.75).abs() < 1e-12);
        assert!((ranks(&[0.0, 0.0, 0.0, 1.0]).resolution() - 0.375).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_observed_is_passed_over() {
        let (with, without) = (ranks(&[1.0, f64::NAN, 2.0]), ranks(&[1.0, 2.0]));
        assert!(with.standing(f64::NAN).is_nan());
        assert_eq!(with.standing(2.0).to_bits(), without.standing(2.0).to_bits());
    }

    #[test]
    fn values_that_do_not_differ_cannot_be_compared() {
        assert!(Ranks::of([2.0, 2.0, f64::NAN].into_iter()).is_none());
        assert!(Ranks::of([f64::NAN].into_iter()).is_none());
        assert!(Ranks::of([].into_iter()).is_none());
    }

    #[test]
    fn a_value_of_another_cohort_ranks_between_its_neighbours_and_never_beyond_the_ends() {
        let kept = ranks(&[1.0, 3.0, 3.0, 5.0]);
        assert!(kept.standing(4.0) > kept.standing(3.0) && kept.standing(4.0) < kept.standing(5.0));
        assert_eq!(kept.standing(99.0).to_bits(), kept.standing(5.0).to_bits());
        assert_eq!(kept.standing(-99.0).to_bits(), kept.standing(1.0).to_bits());
        let tied = ranks(&[1.0, 1.0, 1.0, 2.0]);
        assert!(tied.standing(0.0) <= tied.standing(1.0));
    }

    #[test]
    fn a_median_is_the_middle_or_between_the_two_middles() {
        assert_eq!(median([3.0, f64::NAN, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([1.0, 2.0, 5.0, 9.0].into_iter()), Some(3.5));
        assert_eq!(median([f64::NAN].into_iter()), None);
    }
}
