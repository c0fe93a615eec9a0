//! Whether those with one outcome are flagged alike, whatever group they are of.

use super::figures::Figure;
use crate::rank::real;

/// How two groups differ in being flagged.
#[derive(Clone, Debug, PartialEq)]
pub struct Disparity {
    /// The value of the one group.
    pub value: usize,
    /// The value of the other; `None` for everybody who has another value.
    pub against: Option<usize>,
    /// Difference, −1 to 1, of the shares that are flagged if both groups had the outcome as often as everybody.
    pub flagged: Figure,
    /// Difference, −1 to 1, of the shares of those with the outcome that are flagged.
    pub recall: Figure,
}

/// Which two groups are compared: the values 0 and 1 where there are no others, else each value with all others.
pub(super) fn pairs(values: &[Option<usize>]) -> Vec<(usize, Option<usize>)> {
    match values.iter().flatten().max().map_or(0, |last| last + 1) {
        0 | 1 => vec![],
        2 => vec![(0, Some(1))],
        count => (0..count).map(|value| (value, None)).collect(),
    }
}

/// How many are flagged, and how many there are, without (0) and with (1) the outcome.
#[derive(Clone, Copy, Default)]
struct Cells([(usize, usize); 2]);

/// The two differences of each of the [`pairs`]; `None` where a group has nobody with, or nobody without, the outcome.
///
/// Each row counts as often as `counts` says; rows without a label or without a value are left out of the groups.
pub(super) fn differences(
    values: &[Option<usize>],
    labels: &[Option<bool>],
    flagged: &[bool],
    counts: &[usize],
) -> Vec<(Option<f64>, Option<f64>)> {
    let pairs = pairs(values);
    let mut groups = vec![Cells::default(); values.iter().flatten().max().map_or(0, |last| last + 1)];
    let mut everybody = Cells::default();
    for row in 0..values.len() {
        let Some(label) = labels[row] else { continue };
        everybody.add(label, flagged[row], counts[row]);
        if let Some(value) = values[row] {
            groups[value].add(label, flagged[row], counts[row]);
        }
    }
    let rate = everybody.rate();
    let difference = |(value, against): (usize, Option<usize>)| {
        let one = groups[value];
        let other = match against {
            Some(other) => groups[other],
            None => {
                (0..groups.len()).filter(|other| *other != value).fold(Cells::default(), |sum, other| sum.plus(groups[other]))
            }
        };
        let minus = |of: &dyn Fn(Cells) -> Option<f64>| Some(of(one)? - of(other)?);
        (minus(&|cells| cells.flagged_at(rate?)), minus(&|cells| cells.flagged_of(true)))
    };
    pairs.into_iter().map(difference).collect()
}

impl Cells {
    fn add(&mut self, label: bool, flagged: bool, count: usize) {
        let cell = &mut self.0[usize::from(label)];
        cell.0 += if flagged { count } else { 0 };
        cell.1 += count;
    }

    fn plus(self, other: Cells) -> Cells {
        let sum = |label: usize| (self.0[label].0 + other.0[label].0, self.0[label].1 + other.0[label].1);
        Cells([sum(0), sum(1)])
    }

    /// Share with the outcome.
    fn rate(self) -> Option<f64> {
        let [(_, without), (_, with)] = self.0;
        (with + without > 0).then(|| real(with) / real(with + without))
    }

    /// Share flagged of those with, or those without, the outcome.
    fn flagged_of(self, label: bool) -> Option<f64> {
        let (flagged, all) = self.0[usize::from(label)];
        (all > 0).then(|| real(flagged) / real(all))
    }

    /// Share flagged if the outcome were as frequent as `rate`.
    fn flagged_at(self, rate: f64) -> Option<f64> {
        Some(rate * self.flagged_of(true)? + (1.0 - rate) * self.flagged_of(false)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Option<usize> = Some(0);
    const B: Option<usize> = Some(1);
    const C: Option<usize> = Some(2);

    #[test]
    fn groups_are_compared_at_one_rate_of_the_outcome() {
        // Of A one of two with it is flagged and one of two without; of B two of two, and none of two. Half have it.
        let values = [A, A, A, A, B, B, B, B];
        let labels = [1, 1, 0, 0, 1, 1, 0, 0].map(|label| Some(label == 1));
        let flagged = [true, false, true, false, true, true, false, false];
        assert_eq!(differences(&values, &labels, &flagged, &[1; 8]), [(Some(0.0), Some(-0.5))]);
        // Those without the outcome three times: a quarter has it. A: 0.5, B: 0.25.
        let counts = [1, 1, 3, 3, 1, 1, 3, 3];
        assert_eq!(differences(&values, &labels, &flagged, &counts), [(Some(0.25), Some(-0.5))]);
    }

    #[test]
    fn more_than_two_values_are_compared_with_all_others() {
        let values = [A, B, C, A, B, C];
        let labels = [1, 1, 1, 0, 0, 0].map(|label| Some(label == 1));
        let flagged = [true, false, false, false, false, false];
        assert_eq!(pairs(&values), [(0, None), (1, None), (2, None)]);
        let found = differences(&values, &labels, &flagged, &[1; 6]);
        assert_eq!(found[0], (Some(0.5), Some(1.0)));
        assert_eq!(found[1], (Some(-0.25), Some(-0.5)));
    }

    #[test]
    fn a_group_without_either_outcome_is_undefined() {
        let labels = [Some(true), Some(false), Some(false), None];
        let found = differences(&[A, A, B, B], &labels, &[true; 4], &[1; 4]);
        assert_eq!(found, [(None, None)]);
        assert!(differences(&[A, A, A, None], &labels, &[true; 4], &[1; 4]).is_empty());
    }
}
