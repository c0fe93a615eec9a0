//! What a school or its board may set, and what is refused.

use crate::rule::Thresholds;

/// How many of the latest school days an analysis should be given; fewer when the year is younger.
///
/// Half a school year. Assignments are few, and their record is what a shorter window loses: on day-by-day records of two
/// courses with known outcomes (OULAD, Kuzilek et al. 2017) 60 days ordered pupils less well than 100 in the sixteenth and
/// the twenty-sixth week, while everything since the beginning was no better than 100. What happened lately has features of
/// its own.
pub const WINDOW_SCHOOL_DAYS: usize = 100;

/// How many school days before the last are looked at beside it: the week before.
pub const EARLIER_SCHOOL_DAYS: usize = 5;

/// What a school or its board may set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Share of the class, above 0 and up to 1, that the school can look after at once.
    pub capacity: f64,
    /// School days below which nobody is given a level.
    pub min_school_days: usize,
    /// Comparable pupils below which nobody is given a level; at least 3.
    pub min_cohort: usize,
    /// Where the draws of the clustering begin; the same seed gives the same analysis.
    pub seed: u64,
    /// From where on the plain rules speak.
    pub rules: Thresholds,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { capacity: 0.15, min_school_days: 10, min_cohort: 8, seed: 20_260_401, rules: Thresholds::default() }
    }
}

impl Settings {
    /// Refuses settings without meaning.
    pub fn check(&self) -> Result<(), Error> {
        if !(self.capacity > 0.0 && self.capacity <= 1.0) {
            return Err(Error::Capacity(self.capacity));
        }
        if self.min_cohort < 3 {
            return Err(Error::MinCohort(self.min_cohort));
        }
        self.rules.check()?;
        Ok(())
    }
}

/// What is wrong with the settings or the records.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The capacity is not a share.
    #[error("capacity should be above 0 and at most 1, but is {0}")]
    Capacity(f64),
    /// Too few to compare with.
    #[error("min_cohort should be at least 3, but is {0}")]
    MinCohort(usize),
    /// A rule would speak of everybody, or never.
    #[error("the threshold of the rule {rule} should be 0 (off) or from {least} to {most}, but is {threshold}")]
    RuleThreshold {
        /// The rule's key.
        rule: &'static str,
        /// What was given.
        threshold: usize,
        /// The least that has a meaning.
        least: usize,
        /// The most.
        most: usize,
    },
    /// An assignment's weight is not a positive number.
    #[error("weight of assignment {assignment} should be positive, but is {weight}")]
    Weight {
        /// Its index.
        assignment: usize,
        /// What was given.
        weight: f64,
    },
    /// An assignment is due outside the school days on record.
    #[error("assignment {assignment} is due on day {due} of {school_days}")]
    Due {
        /// Its index.
        assignment: usize,
        /// The day.
        due: usize,
        /// School days on record.
        school_days: usize,
    },
    /// A pupil's work does not match the assignments.
    #[error("pupil {pupil} has {work} pieces of work for {assignments} assignments")]
    WorkLength {
        /// The pupil's index.
        pupil: usize,
        /// Pieces of work.
        work: usize,
        /// Assignments.
        assignments: usize,
    },
    /// A day is out of order or outside the window.
    #[error("day {day} of pupil {pupil} is out of order or not among {school_days} school days")]
    Day {
        /// The pupil's index.
        pupil: usize,
        /// The day.
        day: usize,
        /// School days in the window.
        school_days: usize,
    },
    /// A mark of the register is out of order or outside the window.
    #[error("the mark of pupil {pupil} on day {day} is out of order or not among {school_days} school days")]
    AttendanceDay {
        /// The pupil's index.
        pupil: usize,
        /// The day.
        day: usize,
        /// School days in the window.
        school_days: usize,
    },
    /// A mood is out of order or outside the window.
    #[error("the mood of pupil {pupil} on day {day} is out of order or not among {school_days} school days")]
    MoodDay {
        /// The pupil's index.
        pupil: usize,
        /// The day.
        day: usize,
        /// School days in the window.
        school_days: usize,
    },
    /// A day's total is negative or not a number.
    #[error("totals of pupil {pupil} on day {day} should be finite and not negative")]
    Count {
        /// The pupil's index.
        pupil: usize,
        /// The day.
        day: usize,
    },
    /// A submission's time is not a number or its day not on record, or its mark not from 0 to 1.
    #[error("submission of assignment {assignment} by pupil {pupil} has an impossible time or mark")]
    Submission {
        /// The pupil's index.
        pupil: usize,
        /// The assignment's index.
        assignment: usize,
    },
    /// A table's rows differ in length, or name no domain for a column.
    #[error("row {row} has {found} values for {expected} columns")]
    Table {
        /// The row's index.
        row: usize,
        /// Values found.
        found: usize,
        /// Columns.
        expected: usize,
    },
    /// Not every row of a table has its cohort.
    #[error("there are {found} cohorts for {rows} rows")]
    Cohorts {
        /// Rows.
        rows: usize,
        /// Cohorts found.
        found: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleId;

    #[test]
    fn the_defaults_are_accepted() {
        assert_eq!(Settings::default().check(), Ok(()));
    }

    #[test]
    fn settings_without_meaning_are_refused() {
        let ok = Settings::default();
        assert_eq!(Settings { capacity: 0.0, ..ok }.check(), Err(Error::Capacity(0.0)));
        assert!(matches!(Settings { capacity: f64::NAN, ..ok }.check(), Err(Error::Capacity(_))));
        assert_eq!(Settings { min_cohort: 2, ..ok }.check(), Err(Error::MinCohort(2)));
        let all_week = Settings { rules: ok.rules.with(RuleId::LowMoodInARow, 6), ..ok };
        let refused = Error::RuleThreshold { rule: "low_mood_in_a_row", threshold: 6, least: 2, most: 5 };
        assert_eq!(all_week.check(), Err(refused));
    }
}
