//! Counts as they are told: exact to whoever sees the flags, in steps to others, and shares of what is told.
use super::AnalysisQualityCounts;
use super::row::Sums;
use crate::access::small_cell::{SmallCell, told_in};

/// What is told of some weeks of some schools.
#[derive(Clone, Copy, Default)]
pub(super) struct Told {
    /// In the order of [`Sums::counts`].
    counts: [Option<usize>; 17],
    shares: [Share; 8],
}

/// A share by what is told of its two counts.
#[derive(Clone, Copy, Default)]
struct Share {
    part: f64,
    whole: f64,
    /// Whether the part is told of any.
    told: bool,
}

/// The places of the counts in [`Sums::counts`].
mod at {
    pub(super) const USEFUL: usize = 3;
    pub(super) const KNOWN: usize = 6;
    pub(super) const OUTCOME: usize = 7;
    pub(super) const PLACES: usize = 8;
    pub(super) const HITS: usize = 9;
    pub(super) const ABSENCE: usize = 10;
    pub(super) const WORK: usize = 11;
    pub(super) const ACTIVITY: usize = 12;
    pub(super) const NOW: usize = 13;
    pub(super) const BEFORE: usize = 14;
    pub(super) const BOTH: usize = 15;
    pub(super) const ANSWERS: usize = 16;
}

impl Told {
    /// What is told of a school's sums: exactly without a step.
    pub(super) fn of(sums: &Sums, step: Option<SmallCell>) -> Self {
        let counts = sums.counts().map(|count| told_in(step, count));
        // The middle of what a count may be: 14.5 for 10 told in tens, 4.5 where nothing is told.
        let middle = step.map_or(0.0, |step| (real(step.step()) - 1.0) / 2.0);
        let about = |at: usize| real(counts[at].unwrap_or(0)) + middle;
        let of = |part: usize, whole: &[usize], sum: f64| {
            let told = whole.iter().all(|at| counts[*at].is_some());
            if told { Share { part: about(part), whole: sum, told: counts[part].is_some() } } else { Share::default() }
        };
        let share = |part: usize, whole: usize| of(part, &[whole], about(whole));
        let either = about(at::NOW) + about(at::BEFORE) - about(at::BOTH);
        let shares = [
            share(at::USEFUL, at::ANSWERS),
            share(at::HITS, at::PLACES),
            share(at::OUTCOME, at::KNOWN),
            share(at::ABSENCE, at::PLACES),
            share(at::WORK, at::PLACES),
            share(at::ACTIVITY, at::PLACES),
            share(at::BOTH, at::NOW),
            of(at::BOTH, &[at::NOW, at::BEFORE], either),
        ];
        Told { counts, shares }
    }

    /// The sum of what is told: where nothing is told of one of them it adds nothing.
    pub(super) fn plus(mut self, other: &Told) -> Self {
        for (sum, more) in self.counts.iter_mut().zip(other.counts) {
            *sum = match (*sum, more) {
                (Some(one), Some(other)) => Some(one + other),
                (one, other) => one.or(other),
            };
        }
        for (sum, more) in self.shares.iter_mut().zip(other.shares) {
            *sum = Share { part: sum.part + more.part, whole: sum.whole + more.whole, told: sum.told || more.told };
        }
        self
    }

    pub(super) fn counts(self) -> AnalysisQualityCounts {
        let [pupils, watch, support, useful, already_known, not_right, known, outcome, places, hits, .., now, _, _, _] =
            self.counts;
        let [of_answers, precision, base, absence, work, activity, kept, overlap] = self.shares.map(Share::value);
        AnalysisQualityCounts {
            pupils,
            watch,
            support,
            useful,
            already_known,
            not_right,
            useful_share: of_answers,
            known,
            outcome,
            places,
            hits,
            precision,
            base_rate: base,
            precision_by_absence: absence,
            precision_by_work: work,
            precision_by_activity: activity,
            flagged_again: now,
            kept_share: kept,
            overlap,
        }
    }
}

impl Share {
    fn value(self) -> Option<f64> {
        (self.told && self.whole > 0.0).then(|| (self.part / self.whole).min(1.0))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of pupils are far under 2^52")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_several_is_the_sum_of_what_is_told_of_each() {
        let sums = |watch| Sums {
            watch,
            useful: 9,
            hits: 12,
            places: 25,
            again_now: 30,
            again_before: 20,
            again_both: 20,
            ..Sums::default()
        };
        let step = SmallCell::new(10);
        let both = Told::of(&sums(19), step).plus(&Told::of(&sums(9), step)).counts();
        assert_eq!((both.watch, both.useful, both.hits, both.places), (Some(10), None, Some(20), Some(40)));
        assert_eq!((both.precision, both.useful_share), (Some(29.0 / 49.0), None), "14.5 of 24.5 each");
        let exact = Told::of(&sums(19), None).counts();
        assert_eq!((exact.watch, exact.useful, exact.precision), (Some(19), Some(9), Some(0.48)));
        assert_eq!((exact.kept_share, exact.overlap), (Some(20.0 / 30.0), Some(20.0 / 30.0)));
        assert_eq!(Told::of(&Sums::default(), None).counts().precision, None, "nothing of nothing is no share");
    }

    #[test]
    fn one_pupil_in_many_weeks_is_never_told() {
        let step = SmallCell::new(10);
        let week = Sums {
            watch: 1,
            support: 1,
            places: 2,
            hits: 1,
            known: 9,
            outcome: 1,
            again_now: 2,
            again_both: 1,
            ..Sums::default()
        };
        let year = (0..40).fold(Told::default(), |year, _| year.plus(&Told::of(&week, step)));
        let counts = year.counts();
        assert_eq!(counts, AnalysisQualityCounts::default(), "{counts:?}");
    }

    #[test]
    fn shares_say_no_more_than_the_counts() {
        let step = SmallCell::new(10);
        let of = |hits, places| Told::of(&Sums { places, hits, ..Sums::default() }, step).counts();
        let first = of(10, 20);
        for (hits, places) in [(11, 20), (19, 29), (15, 25)] {
            assert_eq!(of(hits, places), first, "{hits} of {places}");
        }
    }
}
