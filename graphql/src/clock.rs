//! The one source of time and of new ids.
use chrono::{DateTime, FixedOffset, NaiveDate, SubsecRound, TimeDelta, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Where the time comes from: the machine, or a time that was set (a demonstration, a test).
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that runs on from another time: what is to be added to the machine's.
    Shifted(TimeDelta),
    /// A clock that stands still until it is set again.
    Set(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at this time.
    #[must_use]
    pub fn at(time: DateTime<Utc>) -> Self {
        Clock::Set(Arc::new(Mutex::new(time.trunc_subsecs(3))))
    }

    /// A clock that runs on from this time.
    #[must_use]
    pub fn from(time: DateTime<Utc>) -> Self {
        Clock::Shifted(time - Clock::System.now())
    }

    /// Moves a clock that was set; one that runs stays as it is.
    pub fn advance(&self, by: TimeDelta) {
        if let Clock::Set(time) = self {
            *time.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }

    /// The time now, in whole milliseconds: what both databases keep.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
            Clock::System => Utc::now().trunc_subsecs(3),
            Clock::Shifted(by) => Clock::System.now() + *by,
            Clock::Set(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The school's date now.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        school_day(self.now())
    }
}

/// A new id, ordered by the time of its making.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Japan's offset from UTC; there has been no summer time since 1951.
#[must_use]
pub fn japan() -> FixedOffset {
    FixedOffset::east_opt(9 * 3600).expect("nine hours are within a day")
}

/// The date on a school's wall at a time.
#[must_use]
pub fn school_day(time: DateTime<Utc>) -> NaiveDate {
    time.with_timezone(&japan()).date_naive()
}

/// The end of what has no end yet: a duty, an enrolment.
pub const NO_END: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a date of the calendar");

/// When a row that still holds will be replaced: never, as far as is known.
#[must_use]
pub fn not_replaced() -> DateTime<Utc> {
    NO_END.and_time(chrono::NaiveTime::MIN).and_utc()
}

/// When a day begins in Japan.
#[must_use]
pub fn school_midnight(day: NaiveDate) -> DateTime<Utc> {
    (day.and_time(chrono::NaiveTime::MIN) - japan()).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_day_begins_at_midnight_in_japan() {
        let time = "2026-04-05T15:00:00Z".parse().expect("a time");
        assert_eq!(school_day(time).to_string(), "2026-04-06");
        assert_eq!(school_day(time - TimeDelta::seconds(1)).to_string(), "2026-04-05");
    }
}
