//! One pupil's record within its cohort, and what can be counted in it.

use crate::cohort::{Cohort, DayTotals, History, Work};
use crate::rank::real;

/// The latest school days that count as recent.
pub(crate) const RECENT: usize = 10;

/// School days since enrolment below which activity is not compared: a rate of three days says nothing.
const FEWEST_DAYS: usize = 5;

/// One pupil's record within its cohort.
pub(crate) struct Seen<'a> {
    pub(crate) cohort: &'a Cohort,
    pub(crate) pupil: &'a History,
}

impl Seen<'_> {
    /// School days since enrolment.
    pub(crate) fn enrolled(&self) -> usize {
        self.cohort.school_days.saturating_sub(self.pupil.first_day)
    }

    /// School days up to the latest that have passed without activity; all since enrolment when there was none.
    pub(crate) fn days_since_last(&self) -> usize {
        self.active_days().last().map_or(self.enrolled(), |day| self.cohort.school_days - 1 - day)
    }

    /// Assignments in a row missed, up to the latest that was for the pupil.
    pub(crate) fn missed_in_a_row(&self) -> usize {
        let own = self.pupil.work.iter().rev().filter(|work| **work != Work::NotForPupil);
        own.take_while(|work| **work == Work::Missing).count()
    }

    /// School days of the longest stretch without activity, the one up to the latest day included.
    pub(crate) fn longest_gap(&self) -> usize {
        let ends = self.active_days().chain([self.pupil.first_day + self.enrolled()]);
        let gap = |(longest, next): (usize, usize), end: usize| (longest.max(end - next), end + 1);
        ends.fold((0, self.pupil.first_day), gap).0
    }

    /// Indices of the school days since enrolment with activity, ascending.
    fn active_days(&self) -> impl Iterator<Item = usize> {
        let days = self.pupil.days.iter().filter(|day| day.day >= self.pupil.first_day && day.is_active());
        days.map(|day| day.day)
    }

    /// A count of days; `None` before the pupil has been enrolled for a few.
    pub(crate) fn if_comparable(&self, days: usize) -> Option<f64> {
        (self.enrolled() >= FEWEST_DAYS).then(|| real(days))
    }

    /// Mean of a count over the school days since enrolment, those without activity included.
    pub(crate) fn per_day(&self, count: fn(&DayTotals) -> f64) -> Option<f64> {
        self.total(self.enrolled(), count).map(|total| total / real(self.enrolled()))
    }

    /// Sum of a count over the last `window` school days; `None` before the pupil has been enrolled that long, or for a few
    /// days at all.
    pub(crate) fn total(&self, window: usize, count: fn(&DayTotals) -> f64) -> Option<f64> {
        if self.enrolled() < window.max(FEWEST_DAYS) {
            return None;
        }
        let first = self.cohort.school_days - window;
        Some(self.pupil.days.iter().filter(|day| day.day >= first).map(count).sum())
    }

    /// Share of the work due that is handed in at a time that `counts`; `None` when nothing was due.
    pub(crate) fn share_of_due(&self, counts: fn(f64) -> bool) -> Option<f64> {
        mean(self.pupil.work.iter().filter_map(|work| match *work {
            Work::NotForPupil => None,
            Work::Missing => Some((1.0, 0.0)),
            Work::Submitted { days_early, .. } => Some((1.0, f64::from(counts(days_early)))),
        }))
    }

    /// Days before the due time at which work was handed in, on average.
    pub(crate) fn mean_days_early(&self) -> Option<f64> {
        mean(self.submitted().map(|(_, days_early, _)| (1.0, days_early)))
    }

    /// Mean mark of what is marked, by the assignments' weights.
    pub(crate) fn mean_score(&self) -> Option<f64> {
        mean(self.submitted().filter_map(|(weight, _, score)| Some((weight, score?))))
    }

    /// Weight, days early and mark of what is handed in.
    fn submitted(&self) -> impl Iterator<Item = (f64, f64, Option<f64>)> {
        let work = self.cohort.assignments.iter().zip(&self.pupil.work);
        work.filter_map(|(assignment, work)| match *work {
            Work::Submitted { days_early, score } => Some((assignment.weight, days_early, score)),
            Work::NotForPupil | Work::Missing => None,
        })
    }
}

/// The mean of (weight, value) pairs; `None` when there are none.
fn mean(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (weight, sum) = pairs.fold((0.0, 0.0), |(weight, sum), (w, value)| (weight + w, sum + w * value));
    (weight > 0.0).then(|| sum / weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::Assignment;

    /// Twelve school days; active on days 3, 4 and 9 with ten interactions each.
    fn cohort(first_day: usize, work: Vec<Work>) -> Cohort {
        let day = |day| DayTotals { day, interactions: 10.0, ..DayTotals::default() };
        let pupil = History { in_class: true, first_day, days: [3, 4, 9].map(day).to_vec(), work };
        let weights = [1.0, 3.0, 1.0].into_iter().map(|weight| Assignment { weight });
        Cohort { school_days: 12, pupils: vec![pupil], assignments: weights.collect() }
    }

    fn seen(cohort: &Cohort) -> Seen<'_> {
        Seen { cohort, pupil: &cohort.pupils[0] }
    }

    #[test]
    fn rates_count_the_days_without_activity() {
        let cohort = cohort(0, vec![]);
        assert_eq!(seen(&cohort).per_day(|day| day.interactions), Some(2.5));
        assert_eq!(seen(&cohort).total(5, |day| day.interactions), Some(10.0));
    }

    #[test]
    fn a_pupil_who_came_late_is_judged_on_the_days_since() {
        let cohort = cohort(4, vec![]);
        assert_eq!(seen(&cohort).per_day(|day| day.interactions), Some(2.5));
        assert_eq!(seen(&cohort).total(RECENT, |day| day.interactions), None);
        assert_eq!(seen(&cohort).longest_gap(), 4);
    }

    #[test]
    fn nothing_is_said_of_the_activity_of_a_pupil_who_has_just_come() {
        let cohort = cohort(8, vec![]);
        assert_eq!(seen(&cohort).per_day(|day| day.interactions), None);
        assert_eq!(seen(&cohort).if_comparable(2), None);
    }

    #[test]
    fn gaps_reach_from_enrolment_to_the_latest_day() {
        let mut cohort = cohort(0, vec![]);
        assert_eq!((seen(&cohort).days_since_last(), seen(&cohort).longest_gap()), (2, 4));
        cohort.pupils[0].days.truncate(1);
        assert_eq!((seen(&cohort).days_since_last(), seen(&cohort).longest_gap()), (8, 8));
        cohort.pupils[0].days.clear();
        assert_eq!((seen(&cohort).days_since_last(), seen(&cohort).longest_gap()), (12, 12));
    }

    #[test]
    fn unmarked_work_is_submitted_but_has_no_mark() {
        let handed_in = |days_early, score| Work::Submitted { days_early, score };
        let cohort = cohort(0, vec![handed_in(2.0, Some(0.8)), handed_in(-4.0, Some(0.4)), handed_in(5.0, None)]);
        assert_eq!(seen(&cohort).share_of_due(|_| true), Some(1.0));
        assert_eq!(seen(&cohort).mean_days_early(), Some(1.0));
        assert!((seen(&cohort).mean_score().expect("two marks") - 0.5).abs() < 1e-12);
    }

    #[test]
    fn missing_work_is_not_zero_marks_and_work_of_others_is_not_missing() {
        let cohort = cohort(0, vec![Work::Missing, Work::NotForPupil, Work::Missing]);
        assert_eq!(seen(&cohort).share_of_due(|_| true), Some(0.0));
        assert_eq!((seen(&cohort).mean_score(), seen(&cohort).mean_days_early()), (None, None));
        assert_eq!(seen(&cohort).missed_in_a_row(), 2);
    }

    #[test]
    fn where_nothing_was_due_nothing_is_observed() {
        assert_eq!(seen(&cohort(0, vec![Work::NotForPupil; 3])).share_of_due(|_| true), None);
    }
}
