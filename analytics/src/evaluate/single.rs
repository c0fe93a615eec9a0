//! What one feature by itself would find: the plain rule that a method has to be better than.

use crate::rank::real;

/// How many of those with the outcome are to be expected among the `places` rows with the highest values. Rows with one value are taken by
/// lots, so that a feature which says nothing finds what chance would; rows without a value come last.
///
/// `values` and `outcomes` have one entry a row.
#[must_use]
pub fn found_by(values: &[Option<f64>], outcomes: &[bool], places: usize) -> f64 {
    let mut rows: Vec<(f64, bool)> =
        values.iter().zip(outcomes).map(|(value, outcome)| (value.unwrap_or(f64::NEG_INFINITY), *outcome)).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut left, mut found) = (places, 0.0);
    for tie in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let taken = tie.len().min(left);
        left -= taken;
        let with = tie.iter().filter(|(_, outcome)| *outcome).count();
        found += real(taken) * real(with) / real(tie.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_are_taken_and_ties_are_shared() {
        let values = [Some(3.0), Some(5.0), Some(3.0), None, Some(3.0)];
        let outcomes = [true, false, false, true, false];
        assert!((found_by(&values, &outcomes, 1) - 0.0).abs() < 1e-12);
        assert!((found_by(&values, &outcomes, 2) - 1.0 / 3.0).abs() < 1e-12, "one of three by lots");
        assert!((found_by(&values, &outcomes, 4) - 1.0).abs() < 1e-12);
        assert!((found_by(&values, &outcomes, 9) - 2.0).abs() < 1e-12, "no more than there are");
        assert!((found_by(&[None; 4], &[true, false, false, false], 2) - 0.5).abs() < 1e-12, "nothing said is chance");
    }
}
