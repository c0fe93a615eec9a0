//! The national holidays (国民の祝日に関する法律, as it stands since 2020).
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Whether a day is free by the law: a national holiday, the day after one that fell on a Sunday (振替休日), or a day between two.
pub(crate) fn is_holiday(day: NaiveDate) -> bool {
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
        (3, date) => equinox(day.year(), 20.8431) == Some(date),
        (9, date) => equinox(day.year(), 23.2488) == Some(date),
        _ => false,
    }
}

/// The day of the equinox, by the usual formula, which holds from 1980 to 2099.
fn equinox(year: i32, of_1980: f64) -> Option<u32> {
    let years = u32::try_from(year - 1980).ok().filter(|years| *years < 120)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a day of the month")]
    let moved = (of_1980 + 0.242_194 * f64::from(years)) as u32;
    Some(moved - years / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_outside_the_formula_is_no_equinox() {
        for year in [1, 1970, 1979, 2100, 9999] {
            assert!(!is_holiday(NaiveDate::from_ymd_opt(year, 3, 20).expect("a date")), "{year}");
        }
    }

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
}
