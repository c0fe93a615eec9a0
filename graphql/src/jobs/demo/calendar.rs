//! The school days of the demo: weekdays without the national holidays.
use crate::attendance::school_day;
use crate::clock::school_midnight;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};

/// The days of the demo.
pub(super) struct Calendar {
    /// The school days of the records, ascending; the last one is the last before today.
    pub(super) days: Vec<NaiveDate>,
    /// The next school days, today's if it is one: work that was given lately is due then.
    pub(super) ahead: Vec<NaiveDate>,
}

/// School days ahead for which work may be given already.
pub(super) const AHEAD: usize = 3;

impl Calendar {
    pub(super) fn new(today: NaiveDate, days: usize) -> Self {
        let back = (1..).map(|back| today - Days::new(back));
        let mut days: Vec<NaiveDate> = back.filter(|day| is_school_day(*day)).take(days).collect();
        days.reverse();
        let ahead = (0..).map(|ahead| today + Days::new(ahead));
        Calendar { days, ahead: ahead.filter(|day| is_school_day(*day)).take(AHEAD).collect() }
    }

    /// A day by its place, those ahead included.
    pub(super) fn day(&self, at: usize) -> NaiveDate {
        self.days.get(at).copied().unwrap_or_else(|| self.ahead[at - self.days.len()])
    }

    /// Whether the school week begins with this day.
    pub(super) fn begins_week(&self, at: usize) -> bool {
        at == 0 || self.ends_week(at - 1)
    }

    /// Whether the school week ends with this day.
    pub(super) fn ends_week(&self, at: usize) -> bool {
        self.days.get(at + 1).is_none_or(|next| next.iso_week() != self.days[at].iso_week())
    }
}

/// A time of a day, by the minutes after midnight.
pub(super) fn at(day: NaiveDate, minutes: i64) -> DateTime<Utc> {
    school_midnight(day) + TimeDelta::minutes(minutes)
}

/// Whether there is school: a demo has no long holidays, so that its records are always fresh.
pub(super) fn is_school_day(day: NaiveDate) -> bool {
    school_day::is_ordinary(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_end_before_today_whatever_today_is() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let monday_off = Calendar::new(day("2026-11-23"), 3);
        assert_eq!(monday_off.days, [day("2026-11-18"), day("2026-11-19"), day("2026-11-20")]);
        assert_eq!(monday_off.ahead[0], day("2026-11-24"));
        assert_eq!(Calendar::new(day("2026-11-25"), 2).days, [day("2026-11-20"), day("2026-11-24")]);
        assert!((0..2).all(|at| Calendar::new(day("2026-11-25"), 2).ends_week(at)));
    }
}
