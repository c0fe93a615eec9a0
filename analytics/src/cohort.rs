//! What is known about a class on the day of the analysis.

use crate::Error;

/// A class of fewer is too small for a middle of its own.
const OWN_MIDDLE: usize = 5;

/// Pupils below which a day on which nobody did anything may be everybody's own choice.
const FEWEST_TO_TELL: usize = 5;

/// What is known on the day of the analysis about a class and those it is compared with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cohort {
    /// Number of school days on record, index 0 being the oldest. The last [`WINDOW_SCHOOL_DAYS`](crate::WINDOW_SCHOOL_DAYS)
    /// of them are the window of the analysis; [`EARLIER_SCHOOL_DAYS`](crate::EARLIER_SCHOOL_DAYS) more let it see in full
    /// what the week before was like.
    pub school_days: usize,
    /// Everybody who is compared, in any order.
    pub pupils: Vec<History>,
    /// The assignments due within the window, the earliest first.
    pub assignments: Vec<Assignment>,
}

/// What is known about one pupil.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Whether the pupil is of the class; others are only lent for comparison.
    pub in_class: bool,
    /// The first school day on which the pupil was in the class; what was done or due before it is passed over.
    pub first_day: usize,
    /// The first school day since which the pupil has been in the school without a break, in whichever class: marks of the
    /// register and moods before it are passed over.
    pub enrolled: usize,
    /// Totals by day, ascending; a day without any record is absent.
    pub days: Vec<DayTotals>,
    /// What became of each assignment, in the order of [`Cohort::assignments`].
    pub work: Vec<Work>,
    /// The marks of the register by day, ascending; a day without a mark is absent, and neither attended nor missed.
    pub attendance: Vec<Attended>,
    /// The moods that were entered by day, ascending; a day skipped or without an entry is absent, and says nothing.
    pub moods: Vec<MoodOn>,
}

/// One pupil's activity on one school day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DayTotals {
    /// Index of the school day, below [`Cohort::school_days`].
    pub day: usize,
    /// Interactions of every kind.
    pub interactions: f64,
    /// Minutes of use, where the app reports them.
    pub minutes: f64,
    /// Interactions with quizzes and drills.
    pub quiz: f64,
}

/// One assignment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assignment {
    /// How much it counts beside the others; above 0.
    pub weight: f64,
    /// The first school day that was not before the day it was due; the last on record where there is none.
    pub due: usize,
}

/// What became of one assignment for one pupil.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Work {
    /// The pupil was not enrolled when it was due.
    NotForPupil,
    /// It was due and is not handed in.
    Missing,
    /// It is handed in.
    Submitted {
        /// Days before the due time; negative when late.
        days_early: f64,
        /// The mark, 0 to 1; `None` while not marked.
        score: Option<f64>,
        /// The first school day that was not before the day of handing in; the last on record where there is none.
        on: usize,
    },
}

/// The mark of one pupil on one school day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attended {
    /// Index of the school day, below [`Cohort::school_days`].
    pub day: usize,
    /// What the register says.
    pub mark: Attendance,
}

/// What the register says of a pupil's day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Attendance {
    /// The day counts as attended, wherever that was.
    Present {
        /// Whether the pupil came late or left early.
        late: bool,
    },
    /// The pupil had to attend and did not.
    Absent,
    /// The pupil did not have to attend (出席停止, 忌引): neither an absence nor a day on which anybody is late.
    Excused,
}

/// The mood that a pupil entered on one school day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MoodOn {
    /// Index of the school day, below [`Cohort::school_days`].
    pub day: usize,
    /// Whether it was one of the low ones.
    pub low: bool,
}

impl Cohort {
    /// Of each pupil, whether the class's middle is theirs: of the class, or of everybody where the class is very small.
    pub(crate) fn of_the_middle(&self) -> impl Iterator<Item = bool> {
        let everybody = self.pupils.iter().filter(|pupil| pupil.in_class).count() < OWN_MIDDLE;
        self.pupils.iter().map(move |pupil| everybody || pupil.in_class)
    }

    /// Of each school day, whether apps posted at all: where nobody did anything the portal was down, no device was in use, or the school has
    /// no apps, and nothing is known. In a cohort of a few every day is one.
    pub(crate) fn days_in_use(&self) -> Vec<bool> {
        let mut in_use = vec![self.pupils.len() < FEWEST_TO_TELL; self.school_days];
        for totals in self.pupils.iter().flat_map(|pupil| &pupil.days).filter(|totals| totals.is_active()) {
            in_use[totals.day] = true;
        }
        in_use
    }

    /// Refuses what cannot be true, so that the arithmetic after it cannot meet it.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (index, assignment) in self.assignments.iter().enumerate() {
            if !(assignment.weight.is_finite() && assignment.weight > 0.0) {
                return Err(Error::Weight { assignment: index, weight: assignment.weight });
            }
            if assignment.due >= self.school_days {
                return Err(Error::Due { assignment: index, due: assignment.due, school_days: self.school_days });
            }
        }
        for (pupil, history) in self.pupils.iter().enumerate() {
            if history.work.len() != self.assignments.len() {
                return Err(Error::WorkLength { pupil, work: history.work.len(), assignments: self.assignments.len() });
            }
            let school_days = self.school_days;
            if let Some(day) = misplaced(history.days.iter().map(|totals| totals.day), school_days) {
                return Err(Error::Day { pupil, day, school_days });
            }
            if let Some(day) = misplaced(history.attendance.iter().map(|attended| attended.day), school_days) {
                return Err(Error::AttendanceDay { pupil, day, school_days });
            }
            if let Some(day) = misplaced(history.moods.iter().map(|mood| mood.day), school_days) {
                return Err(Error::MoodDay { pupil, day, school_days });
            }
            if let Some(totals) = history.days.iter().find(|totals| !totals.is_possible()) {
                return Err(Error::Count { pupil, day: totals.day });
            }
            for (assignment, work) in history.work.iter().enumerate() {
                if !work.is_possible(school_days) {
                    return Err(Error::Submission { pupil, assignment });
                }
            }
        }
        Ok(())
    }
}

/// The first of the days that does not come after the one before it, or is outside the window.
fn misplaced(days: impl Iterator<Item = usize>, school_days: usize) -> Option<usize> {
    let mut earliest = 0;
    days.into_iter().find(|&day| day < std::mem::replace(&mut earliest, day + 1) || day >= school_days)
}

impl DayTotals {
    /// Whether anything was done that day.
    pub(crate) fn is_active(&self) -> bool {
        self.interactions > 0.0 || self.minutes > 0.0
    }

    fn is_possible(&self) -> bool {
        [self.interactions, self.minutes, self.quiz].iter().all(|count| count.is_finite() && *count >= 0.0)
    }
}

impl Work {
    fn is_possible(&self, school_days: usize) -> bool {
        match self {
            Work::NotForPupil | Work::Missing => true,
            Work::Submitted { days_early, score, on } => {
                days_early.is_finite() && score.is_none_or(|score| (0.0..=1.0).contains(&score)) && *on < school_days
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(days: Vec<DayTotals>, work: Vec<Work>) -> Cohort {
        Cohort {
            school_days: 3,
            pupils: vec![History { in_class: true, days, work, ..History::default() }],
            assignments: vec![Assignment { weight: 1.0, due: 2 }],
        }
    }

    #[test]
    fn a_plain_record_is_accepted() {
        let days = vec![DayTotals { day: 0, ..DayTotals::default() }, DayTotals { day: 2, ..DayTotals::default() }];
        assert_eq!(one(days, vec![Work::Missing]).check(), Ok(()));
    }

    #[test]
    fn days_out_of_order_or_outside_the_window_are_refused() {
        for days in [vec![1, 1], vec![2, 0], vec![3]] {
            let totals = days.iter().map(|&day| DayTotals { day, ..DayTotals::default() }).collect();
            let refused = one(totals, vec![Work::Missing]).check();
            assert!(matches!(refused, Err(Error::Day { pupil: 0, school_days: 3, .. })), "{days:?}");
        }
    }

    #[test]
    fn marks_and_moods_out_of_order_or_outside_the_window_are_refused() {
        for days in [vec![1, 1], vec![2, 0], vec![3]] {
            let mut cohort = one(vec![], vec![Work::Missing]);
            cohort.pupils[0].moods = days.iter().map(|&day| MoodOn { day, low: false }).collect();
            assert!(matches!(cohort.check(), Err(Error::MoodDay { pupil: 0, school_days: 3, .. })), "{days:?}");
            cohort.pupils[0].attendance = days.iter().map(|&day| Attended { day, mark: Attendance::Absent }).collect();
            assert!(matches!(cohort.check(), Err(Error::AttendanceDay { pupil: 0, school_days: 3, .. })), "{days:?}");
        }
    }

    #[test]
    fn impossible_numbers_are_refused() {
        let negative = DayTotals { day: 1, quiz: -1.0, ..DayTotals::default() };
        assert_eq!(one(vec![negative], vec![Work::Missing]).check(), Err(Error::Count { pupil: 0, day: 1 }));
        for (score, on) in [(1.5, 0), (0.5, 3)] {
            let mark = Work::Submitted { days_early: 0.0, score: Some(score), on };
            assert_eq!(one(vec![], vec![mark]).check(), Err(Error::Submission { pupil: 0, assignment: 0 }));
        }
        let mut weightless = one(vec![], vec![Work::Missing]);
        weightless.assignments[0].weight = 0.0;
        assert_eq!(weightless.check(), Err(Error::Weight { assignment: 0, weight: 0.0 }));
        let mut beyond = one(vec![], vec![Work::Missing]);
        beyond.assignments[0].due = 3;
        assert_eq!(beyond.check(), Err(Error::Due { assignment: 0, due: 3, school_days: 3 }));
    }

    #[test]
    fn work_must_match_the_assignments() {
        let refused = one(vec![], vec![]).check();
        assert_eq!(refused, Err(Error::WorkLength { pupil: 0, work: 0, assignments: 1 }));
    }
}
