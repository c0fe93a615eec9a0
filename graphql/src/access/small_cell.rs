//! Counts for those who may not see whom they are of (the board): no number that is told is one of single pupils.
//!
//! A threshold alone does not do. Whoever knows 14 and, a day or a filter later, 13 has learned of one pupil; whoever knows a total and all
//! parts but one has learned that part. So every count is rounded down to a whole multiple of the step: then sums and differences of what is
//! told are multiples of it, too. Under one step nothing is told, not even that there is nobody: 0 today and nothing tomorrow would tell of
//! the first.
//!
//! It narrows what can be learned and does not rule everything out. Whoever sees a count pass a step, from 19 to 20, and knows of one pupil who
//! came learns that it was just under it; and a total that is counted exactly and rounded says more than the sum of its rounded parts, so where
//! the asker chooses the parts the sum of what is told of them is told.

/// The step in which counts are told, 10 as a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmallCell(usize);

impl SmallCell {
    /// From 5, under which nothing leaves a school in any case, to 100.
    pub const BOUNDS: std::ops::RangeInclusive<usize> = 5..=100;

    /// A step; `None` outside of the bounds.
    #[must_use]
    pub fn new(step: usize) -> Option<Self> {
        Self::BOUNDS.contains(&step).then_some(SmallCell(step))
    }

    /// The step.
    #[must_use]
    pub fn step(self) -> usize {
        self.0
    }

    /// A count as it is told: rounded down to the step, and not at all under it.
    #[must_use]
    pub fn told(self, count: usize) -> Option<usize> {
        Some(count - count % self.0).filter(|told| *told > 0)
    }
}

/// A count as it is told: as it is where there is no step.
pub(crate) fn told_in(step: Option<SmallCell>, count: usize) -> Option<usize> {
    step.map_or(Some(count), |step| step.told(count))
}

impl Default for SmallCell {
    fn default() -> Self {
        SmallCell(10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_answers_differ_by_less_than_a_step() {
        let step = SmallCell::default();
        assert_eq!(
            [0, 1, 9, 10, 19, 20, 123].map(|count| step.told(count)),
            [None, None, None, Some(10), Some(10), Some(20), Some(120)]
        );
        let told: Vec<usize> = (0..1_000).filter_map(|count| step.told(count)).collect();
        for a in &told {
            assert!(told.iter().all(|b| a.abs_diff(*b) % 10 == 0));
        }
    }

    #[test]
    fn a_board_makes_it_coarser_and_not_finer_than_five() {
        assert_eq!((SmallCell::new(4), SmallCell::new(101)), (None, None));
        assert_eq!(SmallCell::new(20).and_then(|step| step.told(39)), Some(20));
    }
}
