//! Flags that were raised before, judged by groups.

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::audit::{self, Disparity};
use super::figures::with_intervals;

/// How groups differ in being flagged, each with its interval over resamples of the rows whose outcome is known.
///
/// `values` (numbered from 0 without gaps), `outcomes` and `flagged` have one entry a row. The same input and seed give the same figures.
#[must_use]
pub fn disparities(values: &[Option<usize>], outcomes: &[Option<bool>], flagged: &[bool], seed: u64) -> Vec<Disparity> {
    let known: Vec<usize> = (0..values.len()).filter(|row| outcomes[*row].is_some()).collect();
    let measure = |counts: &[usize]| {
        let differences = audit::differences(values, outcomes, flagged, counts);
        differences.into_iter().flat_map(|(flagged, recall)| [flagged, recall]).collect()
    };
    let figures = with_intervals(values.len(), &known, measure, &mut Xoshiro256Plus::seed_from_u64(seed));
    let pairs = audit::pairs(values).into_iter().zip(figures.chunks(2));
    pairs.map(|((value, against), of)| Disparity { value, against, flagged: of[0], recall: of[1] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_flagged_more_often_at_the_same_outcome_shows() {
        let rows = 400;
        let values: Vec<Option<usize>> = (0..rows).map(|row| (row % 10 != 9).then_some(row % 2)).collect();
        let outcomes: Vec<Option<bool>> = (0..rows).map(|row| (row % 40 != 38).then_some(row / 2 % 4 == 0)).collect();
        let even: Vec<bool> = (0..rows).map(|row| row / 8 % 5 == 0).collect();
        let found = disparities(&values, &outcomes, &even, 1);
        assert_eq!((found.len(), found[0].value, found[0].against), (1, 0, Some(1)));
        let [low, high] = found[0].flagged.interval.expect("both groups have both outcomes");
        assert!(low < 0.0 && high > 0.0, "{found:?}");
        let uneven: Vec<bool> = even.iter().enumerate().map(|(row, flagged)| *flagged || row % 2 == 0 && row % 6 == 0).collect();
        let found = disparities(&values, &outcomes, &uneven, 1);
        assert!(found[0].flagged.interval.expect("an interval")[0] > 0.1, "{found:?}");
        assert_eq!(disparities(&values, &outcomes, &uneven, 1), found);
        assert!(disparities(&[None; 3], &[None; 3], &[true; 3], 1).is_empty());
    }
}
