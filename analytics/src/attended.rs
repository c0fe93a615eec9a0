//! What can be counted in a pupil's marks of the register and moods.

use crate::cohort::{Attendance, MoodOn};
use crate::rank::real;
use crate::seen::Seen;

/// The latest days that a pupil had to attend in which absences are counted.
const ABSENCE_WINDOW: usize = 30;

/// The latest days on which a pupil was present in which late days are counted.
const LATE_WINDOW: usize = 20;

/// Days to attend, or present, below which absences, or late days, are not compared.
const FEWEST_MARKS: usize = 10;

/// Days to attend below which absences are no share: three of the first ten say little of a year.
const FEWEST_OF_SHARE: usize = 30;

/// The latest days present of which late days are held against as many before them.
const LATELY_PRESENT: usize = 10;

/// The last school days in which moods are counted.
const MOOD_WINDOW: usize = 20;

/// Entries below which moods are not compared.
const FEWEST_MOODS: usize = 3;

/// The last school days within which low moods in a row must lie: a mood of last month says little of today.
const FRESH_MOODS: usize = 5;

impl Seen<'_> {
    /// Days absent among the latest that the pupil had to attend, and how many those are.
    pub(crate) fn absences(&self) -> (usize, usize) {
        absent_of(self.marks_to_attend().take(ABSENCE_WINDOW))
    }

    /// Days absent as a value; `None` before there are some days to attend.
    pub(crate) fn comparable_absences(&self) -> Option<f64> {
        let (absent, of) = self.absences();
        (of >= FEWEST_MARKS).then(|| real(absent))
    }

    /// Days absent among all that the pupil had to attend since enrolment, and how many those are; `None` while they are few.
    pub(crate) fn share_of_absences(&self) -> Option<(usize, usize)> {
        let (absent, of) = absent_of(self.marks_to_attend());
        (of >= FEWEST_OF_SHARE).then_some((absent, of))
    }

    /// Days late or left early among the latest present; `None` before there are some days present.
    pub(crate) fn comparable_late_days(&self) -> Option<f64> {
        let window: Vec<bool> = self.late_of_days_present().take(LATE_WINDOW).collect();
        (window.len() >= FEWEST_MARKS).then(|| real(late_among(&window)))
    }

    /// Days late or left early among the latest ten present, and among the ten before them; `None` before there are so many.
    pub(crate) fn late_lately_and_before(&self) -> Option<(usize, usize)> {
        let both: Vec<bool> = self.late_of_days_present().take(2 * LATELY_PRESENT).collect();
        let (lately, before) = both.split_at_checked(LATELY_PRESENT)?;
        (before.len() == LATELY_PRESENT).then(|| (late_among(lately), late_among(before)))
    }

    /// Days absent in a row, up to the latest that the pupil had to attend.
    pub(crate) fn absent_in_a_row(&self) -> usize {
        self.marks_to_attend().take_while(|mark| *mark == Attendance::Absent).count()
    }

    /// Days with a low mood among the last school days; `None` where few were entered.
    ///
    /// A count and not a share of the entries, so that to skip a bright day never makes a record look darker.
    pub(crate) fn comparable_low_moods(&self) -> Option<f64> {
        let window: Vec<&MoodOn> = self.latest_moods(MOOD_WINDOW).collect();
        (window.len() >= FEWEST_MOODS).then(|| real(window.iter().filter(|mood| mood.low).count()))
    }

    /// Low moods in a row, up to the latest that was entered, none of them from before the last few school days.
    pub(crate) fn low_moods_in_a_row(&self) -> usize {
        self.latest_moods(FRESH_MOODS).take_while(|mood| mood.low).count()
    }

    /// The marks of the days since enrolment that the pupil had to attend, the latest first.
    fn marks_to_attend(&self) -> impl Iterator<Item = Attendance> {
        let marks = self.pupil.attendance.iter().rev().take_while(|attended| attended.day >= self.pupil.enrolled);
        marks.map(|attended| attended.mark).filter(|mark| *mark != Attendance::Excused)
    }

    /// Of each day present since enrolment, the latest first, whether the pupil came late or left early.
    fn late_of_days_present(&self) -> impl Iterator<Item = bool> {
        self.marks_to_attend().filter_map(|mark| match mark {
            Attendance::Present { late } => Some(late),
            Attendance::Absent | Attendance::Excused => None,
        })
    }

    /// The moods entered since enrolment within the last `window` school days, the latest first.
    fn latest_moods(&self, window: usize) -> impl Iterator<Item = &MoodOn> {
        let first = self.pupil.enrolled.max(self.cohort.school_days.saturating_sub(window));
        self.pupil.moods.iter().rev().take_while(move |mood| mood.day >= first)
    }
}

/// How many of some marks are absences, and how many marks there are.
fn absent_of(marks: impl Iterator<Item = Attendance>) -> (usize, usize) {
    marks.fold((0, 0), |(absent, of), mark| (absent + usize::from(mark == Attendance::Absent), of + 1))
}

fn late_among(days: &[bool]) -> usize {
    days.iter().filter(|late| **late).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cohort::{Attended, Cohort, History};

    /// A pupil's register, a letter a school day: present, late, absent, excused, `-` without a mark.
    fn register(letters: &str) -> Cohort {
        let mark = |(day, letter): (usize, char)| {
            let mark = match letter {
                'p' => Attendance::Present { late: false },
                'l' => Attendance::Present { late: true },
                'a' => Attendance::Absent,
                'e' => Attendance::Excused,
                _ => return None,
            };
            Some(Attended { day, mark })
        };
        let attendance = letters.chars().enumerate().filter_map(mark).collect();
        let pupil = History { in_class: true, attendance, ..History::default() };
        Cohort { school_days: letters.len(), pupils: vec![pupil], assignments: vec![] }
    }

    /// A pupil's moods, a letter a school day: low, bright, `-` without an entry.
    fn moods(letters: &str) -> Cohort {
        let mood = |(day, letter): (usize, char)| (letter != '-').then_some(MoodOn { day, low: letter == 'l' });
        let moods = letters.chars().enumerate().filter_map(mood).collect();
        let pupil = History { in_class: true, moods, ..History::default() };
        Cohort { school_days: letters.len(), pupils: vec![pupil], assignments: vec![] }
    }

    fn seen(cohort: &Cohort) -> Seen<'_> {
        Seen::all(cohort).swap_remove(0)
    }

    /// What is compared of a register: absences and late days.
    fn compared(letters: &str) -> (Option<f64>, Option<f64>) {
        let cohort = register(letters);
        (seen(&cohort).comparable_absences(), seen(&cohort).comparable_late_days())
    }

    #[test]
    fn absences_are_counted_in_the_latest_thirty_days_to_attend() {
        let cohort = register(&format!("aaaa{}aa{}", "p".repeat(14), "p".repeat(14)));
        assert_eq!(seen(&cohort).absences(), (2, 30));
        assert_eq!(seen(&cohort).comparable_absences(), Some(2.0));
    }

    #[test]
    fn attendance_is_compared_from_ten_days_on() {
        assert_eq!(compared("pppppppla"), (None, None));
        assert_eq!(compared("pppppppplae"), (Some(1.0), None));
        assert_eq!(compared("ppppppppplae"), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn late_days_are_counted_among_the_latest_twenty_present() {
        assert_eq!(compared(&format!("l{}", "p".repeat(20))).1, Some(0.0));
        assert_eq!(compared(&format!("lpl{}a{}", "p".repeat(9), "p".repeat(9))).1, Some(1.0));
    }

    #[test]
    fn a_row_of_absences_reaches_over_days_excused_or_without_a_mark_and_ends_at_a_day_present() {
        for (letters, row) in [("aapaaa", 3), ("aaep", 0), ("paaeae--", 3), ("apl", 0), ("e-", 0), ("", 0)] {
            assert_eq!(seen(&register(letters)).absent_in_a_row(), row, "{letters}");
        }
    }

    #[test]
    fn marks_and_moods_from_before_enrolment_are_passed_over() {
        let mut cohort = register("aaaaaa");
        cohort.pupils[0].enrolled = 4;
        assert_eq!((seen(&cohort).absences(), seen(&cohort).absent_in_a_row()), ((2, 2), 2));
        cohort.pupils[0].enrolled = 2;
        cohort.pupils[0].first_day = 4;
        assert_eq!((seen(&cohort).absences(), seen(&cohort).absent_in_a_row()), ((4, 4), 4), "a change of class is no break");
        let mut cohort = moods("llllll");
        cohort.pupils[0].enrolled = 4;
        assert_eq!((seen(&cohort).comparable_low_moods(), seen(&cohort).low_moods_in_a_row()), (None, 2));
    }

    #[test]
    fn moods_are_compared_from_three_entries_on_within_twenty_school_days() {
        for (letters, low) in [("ll", None), ("lb-l", Some(2.0)), ("bbb", Some(0.0)), ("", None)] {
            assert_eq!(seen(&moods(letters)).comparable_low_moods(), low, "{letters}");
        }
        assert_eq!(seen(&moods(&format!("lllb{}bb", "-".repeat(17)))).comparable_low_moods(), Some(0.0));
        assert_eq!(seen(&moods(&format!("lll{}", "-".repeat(18)))).comparable_low_moods(), None);
    }

    #[test]
    fn low_moods_in_a_row_are_the_latest_entries_and_fresh() {
        for (letters, row) in [("blll", 3), ("l-l-l", 3), ("l-l-l-", 2), ("lllb", 0), ("llllll", 5), ("lll-----", 0)] {
            assert_eq!(seen(&moods(letters)).low_moods_in_a_row(), row, "{letters}");
        }
    }

    /// A register and one of its days.
    fn registers() -> impl Strategy<Value = (String, usize)> {
        ("[plae-]{1,60}", any::<prop::sample::Index>()).prop_map(|(letters, day)| {
            let day = day.index(letters.len());
            (letters, day)
        })
    }

    fn with(letters: &str, day: usize, letter: &str) -> String {
        format!("{}{letter}{}", &letters[..day], &letters[day + 1..])
    }

    proptest! {
        #[test]
        fn one_more_absence_never_lowers_what_is_compared((letters, day) in registers()) {
            let before = compared(&with(&letters, day, "p"));
            let after = compared(&with(&letters, day, "a"));
            prop_assert!(after.0 >= before.0);
            // The ten days present that late days need may be gone; then nothing is said of them.
            prop_assert!(after.1.is_none() || after.1 >= before.1);
            let (before, after) = (register(&with(&letters, day, "p")), register(&with(&letters, day, "a")));
            prop_assert!(seen(&after).absent_in_a_row() >= seen(&before).absent_in_a_row());
        }

        #[test]
        fn a_late_day_never_counts_for_less((letters, day) in registers()) {
            let (before, after) = (compared(&with(&letters, day, "p")), compared(&with(&letters, day, "l")));
            prop_assert_eq!(before.0, after.0);
            prop_assert!(after.1 >= before.1);
        }

        #[test]
        fn a_day_excused_is_as_a_day_without_a_mark((letters, day) in registers()) {
            let (excused, unmarked) = (with(&letters, day, "e"), with(&letters, day, "-"));
            prop_assert_eq!(compared(&excused), compared(&unmarked));
            let (excused, unmarked) = (register(&excused), register(&unmarked));
            prop_assert_eq!(seen(&excused).absences(), seen(&unmarked).absences());
            prop_assert_eq!(seen(&excused).absent_in_a_row(), seen(&unmarked).absent_in_a_row());
        }

        #[test]
        fn no_entry_never_counts_as_a_low_mood(letters in "[lb-]{1,40}", day in any::<prop::sample::Index>()) {
            let day = day.index(letters.len());
            let entered = moods(&letters);
            let silent = moods(&with(&letters, day, "-"));
            let (entered, silent) = (seen(&entered), seen(&silent));
            // Where something is still compared it is not more than it was.
            prop_assert!(silent.comparable_low_moods() <= entered.comparable_low_moods());
        }
    }
}
