//! The features: values that a teacher can read, and how each is measured.
//!
//! What is done at home is not among them: it says more of the home than of the pupil. A day on which the pupil was away and
//! did nothing is not among the school days of what is done in them: who is ill is not idle, and counts as absent once.

use crate::domain::DomainId;
use crate::rank::real;
use crate::seen::{RECENT, Seen};

/// A value that a teacher can read, measured alike for every pupil.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// Which one it is; `FEATURES[id as usize]` has this id.
    pub id: FeatureId,
    /// A stable name for storage and translation.
    pub key: &'static str,
    /// The domain it counts towards.
    pub domain: DomainId,
    /// Which direction is the better one.
    pub orientation: Orientation,
    /// What the value is counted in.
    pub unit: Unit,
    measure: fn(&Seen) -> Option<f64>,
}

/// Names a [`Feature`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum FeatureId {
    /// Interactions a school day since enrolment, days away left out.
    InteractionsPerDay,
    /// Interactions a school day in the last ten, days away left out.
    InteractionsLast10,
    /// Interactions with quizzes and drills a school day since enrolment.
    PracticePerDay,
    /// Minutes a school day since enrolment, where the apps report them.
    MinutesPerDay,
    /// Share of the school days since enrolment with activity.
    ActiveShare,
    /// School days with activity among the last ten.
    ActiveDaysLast10,
    /// School days that have passed since the latest activity.
    DaysSinceLast,
    /// School days of the longest stretch since enrolment without activity.
    LongestGap,
    /// Interactions a day in the last ten school days as a share of those a day before, days away left out: the pupil against
    /// the own past.
    ChangeLast10,
    /// Share of the assignments due that are handed in.
    SubmittedShare,
    /// Share of the assignments due that were handed in on time.
    OnTimeShare,
    /// Days before the due time at which work was handed in, on average.
    DaysEarly,
    /// Mean mark of the marked work, by the assignments' weights.
    MeanScore,
    /// Days absent among the latest thirty on which the pupil had to attend.
    DaysAbsent,
    /// Days late or left early among the latest twenty on which the pupil was present.
    DaysLate,
    /// Days with a low mood among the last twenty school days.
    LowMoods,
}

/// Which direction of a [`Feature`] is the better one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Orientation {
    /// More is better.
    HigherIsBetter,
    /// Less is better.
    LowerIsBetter,
}

/// What the value of a [`Feature`] is counted in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Unit {
    /// Interactions a school day.
    InteractionsPerSchoolDay,
    /// Minutes a school day.
    MinutesPerSchoolDay,
    /// School days.
    SchoolDays,
    /// Days of the calendar.
    Days,
    /// A share, 0 to 1.
    Share,
}

/// Every feature; adding one is a row here, its name in [`FeatureId`] and its measure below.
pub const FEATURES: [Feature; 16] = {
    use DomainId::{Attendance, Performance, Regularity, Submission, Volume, Wellbeing};
    use Orientation::{HigherIsBetter, LowerIsBetter};
    [
        Feature {
            id: FeatureId::InteractionsPerDay,
            key: "interactions_per_day",
            domain: Volume,
            orientation: HigherIsBetter,
            unit: Unit::InteractionsPerSchoolDay,
            measure: |seen| seen.per_day(|day| day.interactions),
        },
        Feature {
            id: FeatureId::InteractionsLast10,
            key: "interactions_last10",
            domain: Volume,
            orientation: HigherIsBetter,
            unit: Unit::InteractionsPerSchoolDay,
            measure: |seen| seen.total(RECENT, |day| day.interactions).map(|total| total / real(RECENT)),
        },
        Feature {
            id: FeatureId::PracticePerDay,
            key: "practice_per_day",
            domain: Volume,
            orientation: HigherIsBetter,
            unit: Unit::InteractionsPerSchoolDay,
            measure: |seen| seen.per_day(|day| day.quiz),
        },
        Feature {
            id: FeatureId::MinutesPerDay,
            key: "minutes_per_day",
            domain: Volume,
            orientation: HigherIsBetter,
            unit: Unit::MinutesPerSchoolDay,
            measure: |seen| seen.per_day(|day| day.minutes),
        },
        Feature {
            id: FeatureId::ActiveShare,
            key: "active_share",
            domain: Regularity,
            orientation: HigherIsBetter,
            unit: Unit::Share,
            measure: |seen| seen.per_day(|day| f64::from(day.is_active())),
        },
        Feature {
            id: FeatureId::ActiveDaysLast10,
            key: "active_days_last10",
            domain: Regularity,
            orientation: HigherIsBetter,
            unit: Unit::SchoolDays,
            measure: |seen| seen.total(RECENT, |day| f64::from(day.is_active())),
        },
        Feature {
            id: FeatureId::DaysSinceLast,
            key: "days_since_last",
            domain: Regularity,
            orientation: LowerIsBetter,
            unit: Unit::SchoolDays,
            measure: |seen| seen.if_comparable(seen.days_since_last()),
        },
        Feature {
            id: FeatureId::LongestGap,
            key: "longest_gap",
            domain: Regularity,
            orientation: LowerIsBetter,
            unit: Unit::SchoolDays,
            measure: |seen| seen.if_comparable(seen.longest_gap()),
        },
        Feature {
            id: FeatureId::ChangeLast10,
            key: "change_last10",
            domain: Regularity,
            orientation: HigherIsBetter,
            unit: Unit::Share,
            measure: |seen| seen.change(),
        },
        Feature {
            id: FeatureId::SubmittedShare,
            key: "submitted_share",
            domain: Submission,
            orientation: HigherIsBetter,
            unit: Unit::Share,
            measure: |seen| seen.share_of_due(|_| true),
        },
        Feature {
            id: FeatureId::OnTimeShare,
            key: "on_time_share",
            domain: Submission,
            orientation: HigherIsBetter,
            unit: Unit::Share,
            measure: |seen| seen.share_of_due(|days_early| days_early >= 0.0),
        },
        Feature {
            id: FeatureId::DaysEarly,
            key: "days_early",
            domain: Submission,
            orientation: HigherIsBetter,
            unit: Unit::Days,
            measure: |seen| seen.mean_days_early(),
        },
        Feature {
            id: FeatureId::MeanScore,
            key: "mean_score",
            domain: Performance,
            orientation: HigherIsBetter,
            unit: Unit::Share,
            measure: |seen| seen.mean_score(),
        },
        Feature {
            id: FeatureId::DaysAbsent,
            key: "days_absent_last30",
            domain: Attendance,
            orientation: LowerIsBetter,
            unit: Unit::SchoolDays,
            measure: |seen| seen.comparable_absences(),
        },
        Feature {
            id: FeatureId::DaysLate,
            key: "days_late_last20",
            domain: Attendance,
            orientation: LowerIsBetter,
            unit: Unit::SchoolDays,
            measure: |seen| seen.comparable_late_days(),
        },
        Feature {
            id: FeatureId::LowMoods,
            key: "low_moods_last20",
            domain: Wellbeing,
            orientation: LowerIsBetter,
            unit: Unit::SchoolDays,
            measure: |seen| seen.comparable_low_moods(),
        },
    ]
};

impl Feature {
    /// The value for one pupil as a teacher reads it; `None` when it is not observed.
    pub(crate) fn value(&self, seen: &Seen) -> Option<f64> {
        (self.measure)(seen)
    }

    /// The same value turned so that higher is better.
    pub(crate) fn oriented(&self, value: f64) -> f64 {
        match self.orientation {
            Orientation::HigherIsBetter => value,
            Orientation::LowerIsBetter => -value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_stand_at_the_place_of_their_id_under_keys_of_their_own() {
        for (place, feature) in FEATURES.iter().enumerate() {
            assert_eq!(feature.id as usize, place);
            assert_eq!(FEATURES.iter().filter(|other| other.key == feature.key).count(), 1);
        }
    }
}
