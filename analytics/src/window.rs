//! The same class on an earlier school day, from the same records.

use crate::cohort::{Assignment, Cohort, History, Work};
use crate::settings::WINDOW_SCHOOL_DAYS;

impl Cohort {
    /// What was to be seen of the class `back` school days before the last: the window's latest days up to then, and what had
    /// become of the assignments by then. What was received or corrected since stays as it is known now.
    pub(crate) fn as_of(&self, back: usize) -> Cohort {
        let until = self.school_days.saturating_sub(back);
        let from = until.saturating_sub(WINDOW_SCHOOL_DAYS);
        let due: Vec<usize> =
            (0..self.assignments.len()).filter(|&at| (from..until).contains(&self.assignments[at].due)).collect();
        let within = |day: usize| (from..until).contains(&day).then(|| day - from);
        let pupil = |pupil: &History| History {
            in_class: pupil.in_class,
            first_day: pupil.first_day.saturating_sub(from),
            enrolled: pupil.enrolled.saturating_sub(from),
            days: moved(&pupil.days, |totals| within(totals.day), |totals, day| totals.day = day),
            work: due.iter().map(|&at| pupil.work[at].within(from, until)).collect(),
            attendance: moved(&pupil.attendance, |attended| within(attended.day), |attended, day| attended.day = day),
            moods: moved(&pupil.moods, |mood| within(mood.day), |mood, day| mood.day = day),
        };
        Cohort {
            school_days: until - from,
            pupils: self.pupils.iter().map(pupil).collect(),
            assignments: due.iter().map(|&at| self.assignments[at]).map(|a| Assignment { due: a.due - from, ..a }).collect(),
        }
    }
}

impl Work {
    /// What had become of it before the school day `until`, days being counted `from` another one.
    fn within(&self, from: usize, until: usize) -> Work {
        match *self {
            Work::Submitted { on, .. } if on >= until => Work::Missing,
            Work::Submitted { days_early, score, on } => Work::Submitted { days_early, score, on: on.saturating_sub(from) },
            Work::NotForPupil | Work::Missing => *self,
        }
    }
}

/// The records within a window, each put at its place there.
fn moved<T: Clone>(records: &[T], within: impl Fn(&T) -> Option<usize>, put: impl Fn(&mut T, usize)) -> Vec<T> {
    let moved = |record: &T| {
        let mut there = record.clone();
        put(&mut there, within(record)?);
        Some(there)
    };
    records.iter().filter_map(moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::{Attendance, Attended, DayTotals, MoodOn};

    fn cohort(school_days: usize) -> Cohort {
        let pupil = History {
            in_class: true,
            first_day: 2,
            enrolled: 1,
            days: (2..school_days).map(|day| DayTotals { day, interactions: 1.0, ..DayTotals::default() }).collect(),
            work: vec![
                Work::Submitted { days_early: 1.0, score: Some(0.5), on: 3 },
                Work::Submitted { days_early: -9.0, score: None, on: school_days - 1 },
                Work::Missing,
            ],
            attendance: vec![Attended { day: school_days - 1, mark: Attendance::Absent }],
            moods: vec![MoodOn { day: 4, low: true }],
        };
        let due = |due| Assignment { weight: 1.0, due };
        Cohort { school_days, pupils: vec![pupil], assignments: vec![due(4), due(5), due(school_days - 1)] }
    }

    #[test]
    fn the_last_day_is_the_whole_record() {
        assert_eq!(cohort(12).as_of(0), cohort(12));
    }

    #[test]
    fn what_came_later_is_not_seen_and_late_work_was_missing() {
        let before = cohort(12).as_of(2);
        assert_eq!((before.school_days, before.assignments.len()), (10, 2));
        let pupil = &before.pupils[0];
        assert_eq!((pupil.days.len(), pupil.attendance.len(), pupil.moods.len()), (8, 0, 1));
        assert_eq!((pupil.first_day, pupil.enrolled), (2, 1));
        assert_eq!(pupil.work, [Work::Submitted { days_early: 1.0, score: Some(0.5), on: 3 }, Work::Missing]);
        assert_eq!(before.check(), Ok(()));
    }

    #[test]
    fn the_window_keeps_its_length_where_there_are_more_days() {
        let (now, before) = (cohort(105).as_of(0), cohort(105).as_of(5));
        assert_eq!((now.school_days, before.school_days), (100, 100));
        // The first five days and the assignments that were due then are out of sight.
        assert_eq!((now.pupils[0].first_day, now.assignments.len(), before.assignments.len()), (0, 2, 2));
        assert_eq!((now.pupils[0].moods.len(), before.pupils[0].moods.len()), (0, 1));
        assert_eq!(now.check(), Ok(()));
    }

    #[test]
    fn before_the_first_day_there_is_nothing() {
        assert_eq!(cohort(12).as_of(40).school_days, 0);
    }
}
