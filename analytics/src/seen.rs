//! One pupil's record within its cohort, and what can be counted in what was done and handed in.

use std::iter::Peekable;

use crate::cohort::{Attendance, Attended, Cohort, DayTotals, History, Work};
use crate::rank::real;

/// The latest school days that count as recent.
pub(crate) const RECENT: usize = 10;

/// Expected days below which activity is not compared: a rate of three days says nothing.
const FEWEST_DAYS: usize = 5;

/// Expected days before the recent ones below which a pupil has no own past to be held against.
const FEWEST_BEFORE: usize = 20;

/// Interactions a day below which an own past says nothing.
const LEAST_BEFORE: f64 = 1.0;

/// One pupil's record within its cohort.
pub(crate) struct Seen<'a> {
    pub(crate) cohort: &'a Cohort,
    pub(crate) pupil: &'a History,
    /// The school days since the pupil was in the class on which activity can be expected, ascending, and whether there was any: all but those
    /// on which the pupil was absent or excused and did nothing, and those on which nobody did anything. Who worked from the sickbed keeps
    /// the day.
    expected: Vec<(usize, bool)>,
}

impl<'a> Seen<'a> {
    /// Everybody of a cohort, in its order.
    pub(crate) fn all(cohort: &'a Cohort) -> Vec<Self> {
        let in_use = cohort.days_in_use();
        cohort.pupils.iter().map(|pupil| Seen::of(cohort, &in_use, pupil)).collect()
    }

    fn of(cohort: &'a Cohort, in_use: &[bool], pupil: &'a History) -> Self {
        let mut active = pupil.days.iter().filter(|totals| totals.is_active()).map(|totals| totals.day).peekable();
        let away = |attended: &&Attended| matches!(attended.mark, Attendance::Absent | Attendance::Excused);
        let mut away = pupil.attendance.iter().filter(away).map(|attended| attended.day).peekable();
        let expected = (pupil.first_day..cohort.school_days).filter_map(|day| {
            let is_active = is_next(&mut active, day);
            let is_away = is_next(&mut away, day);
            (is_active || (!is_away && in_use[day])).then_some((day, is_active))
        });
        Seen { cohort, pupil, expected: expected.collect() }
    }

    /// Expected days up to the latest that have passed without activity; all since enrolment when there was none.
    pub(crate) fn days_since_last(&self) -> usize {
        self.expected.iter().rev().take_while(|(_, active)| !active).count()
    }

    /// Assignments in a row missed, up to the latest that was for the pupil.
    pub(crate) fn missed_in_a_row(&self) -> usize {
        let own = self.pupil.work.iter().rev().filter(|work| **work != Work::NotForPupil);
        own.take_while(|work| **work == Work::Missing).count()
    }

    /// Expected days of the longest stretch without activity, the one up to the latest day included. Days away neither count
    /// nor break it.
    pub(crate) fn longest_gap(&self) -> usize {
        let gap = |(longest, current): (usize, usize), (_, active): &(usize, bool)| {
            let current = if *active { 0 } else { current + 1 };
            (longest.max(current), current)
        };
        self.expected.iter().fold((0, 0), gap).0
    }

    /// A count of days; `None` before there are a few expected ones.
    pub(crate) fn if_comparable(&self, days: usize) -> Option<f64> {
        (self.expected.len() >= FEWEST_DAYS).then(|| real(days))
    }

    /// Mean of a count over the expected days, those without activity included.
    pub(crate) fn per_day(&self, count: fn(&DayTotals) -> f64) -> Option<f64> {
        let expected = self.expected.len();
        self.total(expected, count).map(|total| total / real(expected))
    }

    /// Sum of a count over the last `window` expected days; `None` before there are so many, or a few at all.
    pub(crate) fn total(&self, window: usize, count: fn(&DayTotals) -> f64) -> Option<f64> {
        if self.expected.len() < window.max(FEWEST_DAYS) {
            return None;
        }
        let (first, _) = *self.expected.get(self.expected.len() - window)?;
        Some(self.pupil.days.iter().filter(|day| day.day >= first).map(count).sum())
    }

    /// Interactions of the recent expected days, and of as many before them on average; `None` where the pupil has too little of
    /// an own past.
    pub(crate) fn lately_and_before(&self) -> Option<(f64, f64)> {
        let (before, lately) = self.expected.split_at(self.expected.len().checked_sub(RECENT)?);
        if before.len() < FEWEST_BEFORE {
            return None;
        }
        let since =
            |first: usize| -> f64 { self.pupil.days.iter().filter(|day| day.day >= first).map(|day| day.interactions).sum() };
        let recent = since(lately.first()?.0);
        let a_day = (since(self.pupil.first_day) - recent) / real(before.len());
        (a_day >= LEAST_BEFORE).then(|| (recent, a_day * real(RECENT)))
    }

    /// Interactions a day in the recent expected days as a share of those a day before; `None` where the pupil has too little
    /// of an own past.
    pub(crate) fn change(&self) -> Option<f64> {
        self.lately_and_before().map(|(lately, before)| lately / before)
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
            Work::Submitted { days_early, score, .. } => Some((assignment.weight, days_early, score)),
            Work::NotForPupil | Work::Missing => None,
        })
    }
}

/// Whether the next of some ascending days is this one; those before it are passed over.
fn is_next(days: &mut Peekable<impl Iterator<Item = usize>>, day: usize) -> bool {
    while days.next_if(|next| *next < day).is_some() {}
    days.peek() == Some(&day)
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
        let pupil = History { in_class: true, first_day, days: [3, 4, 9].map(day).to_vec(), work, ..History::default() };
        let weights = [1.0, 3.0, 1.0].into_iter().map(|weight| Assignment { weight, due: 11 });
        Cohort { school_days: 12, pupils: vec![pupil], assignments: weights.collect() }
    }

    fn seen(cohort: &Cohort) -> Seen<'_> {
        Seen::all(cohort).swap_remove(0)
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

    /// The register of that pupil: absent on some days, excused on others.
    fn away(absent: &[usize], excused: &[usize]) -> Vec<Attended> {
        let mark = |day: usize| {
            let mark = if absent.contains(&day) { Attendance::Absent } else { Attendance::Excused };
            (absent.contains(&day) || excused.contains(&day)).then_some(Attended { day, mark })
        };
        (0..12).filter_map(mark).collect()
    }

    #[test]
    fn who_is_away_and_does_nothing_is_not_idle() {
        let mut cohort = cohort(0, vec![]);
        cohort.pupils[0].attendance = away(&[5, 6, 11], &[10]);
        assert_eq!(seen(&cohort).per_day(|day| day.interactions), Some(30.0 / 8.0));
        assert_eq!((seen(&cohort).days_since_last(), seen(&cohort).longest_gap()), (0, 3));
        // The last five expected days are 3, 4, 7, 8 and 9.
        assert_eq!(seen(&cohort).total(5, |day| day.interactions), Some(30.0));
    }

    #[test]
    fn who_works_while_away_keeps_the_day() {
        let mut cohort = cohort(0, vec![]);
        cohort.pupils[0].attendance = away(&[9], &[4]);
        assert_eq!(seen(&cohort).per_day(|day| day.interactions), Some(2.5));
        assert_eq!((seen(&cohort).days_since_last(), seen(&cohort).longest_gap()), (2, 4));
    }

    #[test]
    fn nothing_is_said_of_the_activity_of_a_pupil_who_was_hardly_there() {
        let mut cohort = cohort(0, vec![]);
        cohort.pupils[0].attendance = away(&[0, 1, 2, 5, 6, 7], &[8, 10]);
        assert_eq!(seen(&cohort).per_day(|day| day.interactions), None);
        assert_eq!((seen(&cohort).total(3, |day| day.interactions), seen(&cohort).if_comparable(1)), (None, None));
        assert_eq!(seen(&cohort).days_since_last(), 1);
    }

    #[test]
    fn unmarked_work_is_submitted_but_has_no_mark() {
        let handed_in = |days_early, score| Work::Submitted { days_early, score, on: 11 };
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
