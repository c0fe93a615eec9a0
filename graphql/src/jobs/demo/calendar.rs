//! The school days: weekdays without the national holidays (国民の祝日に関する法律, as it stands since 2020).
use crate::clock::school_midnight;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};

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
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(day)
}

/// Whether a day is free by the law: a national holiday, the day after one that fell on a Sunday (振替休日), or a day between two.
fn is_holiday(day: NaiveDate) -> bool {
    is_named(day) || substitutes(day) || (is_named(day - Days::new(1)) && is_named(day + Days::new(1)))
}

/// The first day that is no holiday after one on a Sunday.
fn substitutes(day: NaiveDate) -> bool {
    (1..7).map(|back| day - Days::new(back)).take_while(|day| is_named(*day)).any(|day| day.weekday() == Weekday::Sun)
}

fn is_named(day: NaiveDate) -> bool {
    let monday = |nth: u32| day.weekday() == Weekday::Mon && (day.day() - 1) / 7 + 1 == nth;
    match (day.month(), day.day()) {
        (1 | 5, 1..=5) => day.month() == 1 && day.day() == 1 || day.month() == 5 && day.day() >= 3,
        (2, 11 | 23) | (4, 29) | (8, 11) | (11, 3 | 23) => true,
        (1 | 10, _) => monday(2),
        (7 | 9, 15..=21) if monday(3) => true,
        (3, date) => date == equinox(day.year(), 20.8431),
        (9, date) => date == equinox(day.year(), 23.2488),
        _ => false,
    }
}

/// The day of the equinox, by the usual formula, which holds from 1980 to 2099.
fn equinox(year: i32, of_1980: f64) -> u32 {
    let years = year - 1980;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a day of the month")]
    let moved = (of_1980 + 0.242_194 * f64::from(years)) as u32;
    moved - u32::try_from(years / 4).expect("years from 1980 on")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The holidays of a year that the Cabinet Office lists, substitutes included, as MMDD.
    fn holidays(year: i32) -> Vec<u32> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a date");
        first
            .iter_days()
            .take_while(|day| day.year() == year)
            .filter(|day| is_holiday(*day))
            .map(|day| day.month() * 100 + day.day())
            .collect()
    }

    #[test]
    fn the_holidays_are_those_of_the_cabinet_office() {
        assert_eq!(
            holidays(2024),
            [101, 108, 211, 212, 223, 320, 429, 503, 504, 505, 506, 715, 811, 812, 916, 922, 923, 1014, 1103, 1104, 1123]
        );
        assert_eq!(
            holidays(2025),
            [101, 113, 211, 223, 224, 320, 429, 503, 504, 505, 506, 721, 811, 915, 923, 1013, 1103, 1123, 1124]
        );
        assert_eq!(holidays(2026), [101, 112, 211, 223, 320, 429, 503, 504, 505, 506, 720, 811, 921, 922, 923, 1012, 1103, 1123]);
        assert_eq!(holidays(2027), [101, 111, 211, 223, 321, 322, 429, 503, 504, 505, 719, 811, 920, 923, 1011, 1103, 1123]);
    }

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
