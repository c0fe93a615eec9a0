//! Ranks, normal scores and medians.

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

    /// The normal score of a value; `NaN` stays `NaN`.
    ///
    /// The quantile of its rank r among the n kept under a standard normal curve, Φ⁻¹((r − 3/8) / (n + 1/4)) (Blom 1958,
    /// *Statistical Estimates and Transformed Beta-Variables*). Ties share their average rank. A value that is not among the
    /// kept ranks halfway between its neighbours, and beyond them as the outermost place, 1 or n. Never falls as values rise.
    pub(crate) fn normal_score(&self, value: f64) -> f64 {
        if value.is_nan() {
            return value;
        }
        let n = real(self.sorted.len());
        let below = self.sorted.partition_point(|other| *other < value);
        let up_to = self.sorted.partition_point(|other| *other <= value);
        let rank = (real(below) + 1.0 + real(up_to)) / 2.0;
        normal_quantile((rank.clamp(1.0, n) - 0.375) / (n + 0.25))
    }
}

/// The quantile function of the standard normal curve for 0 < p < 1, to about 1e-9 (P. J. Acklam's rational
/// approximation, 2003); odd around one half, so that the middle of a cohort is exactly 0.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    let horner = |x: f64, coefficients: &[f64]| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    if p < 0.024_25 {
        let q = (-2.0 * p.ln()).sqrt();
        return horner(
            q,
            &[
                -7.784_894_002_430_293e-3,
                -3.223_964_580_411_365e-1,
                -2.400_758_277_161_838,
                -2.549_732_539_343_734,
                4.374_664_141_464_968,
                2.938_163_982_698_783,
            ],
        ) / horner(
            q,
            &[7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0],
        );
    }
    let q = p - 0.5;
    let r = q * q;
    q * horner(
        r,
        &[
            -3.969_683_028_665_376e1,
            2.209_460_984_245_205e2,
            -2.759_285_104_469_687e2,
            1.383_577_518_672_69e2,
            -3.066_479_806_614_716e1,
            2.506_628_277_459_239,
        ],
    ) / horner(
        r,
        &[
            -5.447_609_879_822_406e1,
            1.615_858_368_580_409e2,
            -1.556_989_798_598_866e2,
            6.680_131_188_771_972e1,
            -1.328_068_155_288_572e1,
            1.0,
        ],
    )
}

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
    fn the_middle_of_three_is_zero_and_the_ends_mirror() {
        let three = ranks(&[30.0, 10.0, 20.0]);
        assert!((three.normal_score(30.0) - 0.869_424).abs() < 1e-6);
        assert!((three.normal_score(10.0) + three.normal_score(30.0)).abs() < 1e-15);
        assert!(three.normal_score(20.0).abs() < 1e-15);
    }

    #[test]
    fn ties_share_a_score() {
        assert!(ranks(&[1.0, 5.0, 5.0, 9.0]).normal_score(5.0).abs() < 1e-15);
    }

    #[test]
    fn what_is_not_observed_is_passed_over() {
        let (with, without) = (ranks(&[1.0, f64::NAN, 2.0]), ranks(&[1.0, 2.0]));
        assert!(with.normal_score(f64::NAN).is_nan());
        assert_eq!(with.normal_score(2.0).to_bits(), without.normal_score(2.0).to_bits());
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
        assert!(kept.normal_score(4.0) > kept.normal_score(3.0) && kept.normal_score(4.0) < kept.normal_score(5.0));
        assert_eq!(kept.normal_score(99.0).to_bits(), kept.normal_score(5.0).to_bits());
        assert_eq!(kept.normal_score(-99.0).to_bits(), kept.normal_score(1.0).to_bits());
        let tied = ranks(&[1.0, 1.0, 1.0, 2.0]);
        assert!(tied.normal_score(0.0) <= tied.normal_score(1.0));
    }

    #[test]
    fn quantiles_match_the_printed_table() {
        for (p, z) in [(0.5, 0.0), (0.025, -1.959_964), (0.975, 1.959_964), (0.001, -3.090_232), (0.3, -0.524_401)] {
            assert!((normal_quantile(p) - z).abs() < 1e-6, "{p}");
        }
    }

    #[test]
    fn a_median_is_the_middle_or_between_the_two_middles() {
        assert_eq!(median([3.0, f64::NAN, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([1.0, 2.0, 5.0, 9.0].into_iter()), Some(3.5));
        assert_eq!(median([f64::NAN].into_iter()), None);
    }
}
