//! When a record may go: the arithmetic of school years (年度), which begin on 1 April.
//!
//! A record is kept for whole school years. The one in which the count begins, in which the pupil left or of which the record is, does not
//! count itself: what was finished in the school year 2026 (until 31 March 2027) and is kept for five years is kept through the school years
//! 2027 to 2031 and may go from 1 April 2032 on. So nothing goes earlier than by counting from the day itself, and all of a school
//! year goes together.
use chrono::{Datelike, NaiveDate};

/// The school year of a day: the year of its April.
#[must_use]
pub fn school_year(day: NaiveDate) -> i32 {
    day.year() - i32::from(day.month() < 4)
}

/// The first and the last day of a school year.
#[must_use]
pub fn days_of(year: i32) -> (NaiveDate, NaiveDate) {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("1 April and 31 March are in every year");
    (day(year, 4, 1), day(year + 1, 3, 31))
}

/// The first day on which what was finished in a school year may go.
#[must_use]
pub fn due_on(year: i32, years: i32) -> NaiveDate {
    days_of(year + 1 + years).0
}

/// The first day that is still kept: what was finished before it is due today.
#[must_use]
pub fn kept_from(today: NaiveDate, years: i32) -> NaiveDate {
    days_of(school_year(today) - years).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_school_year_begins_on_1_april() {
        assert_eq!(school_year(day("2026-03-31")), 2025);
        assert_eq!(school_year(day("2026-04-01")), 2026);
        assert_eq!(school_year(day("2027-01-01")), 2026);
        assert_eq!(days_of(2026), (day("2026-04-01"), day("2027-03-31")));
    }

    #[test]
    fn who_graduated_in_march_2027_is_kept_for_five_years_through_march_2032() {
        assert_eq!(due_on(school_year(day("2027-03-31")), 5), day("2032-04-01"));
        assert_eq!(due_on(school_year(day("2027-03-31")), 20), day("2047-04-01"));
    }

    #[test]
    fn who_left_in_the_middle_of_a_year_is_counted_from_its_end() {
        assert_eq!(due_on(school_year(day("2026-04-01")), 5), day("2032-04-01"));
        assert_eq!(due_on(school_year(day("2026-11-30")), 5), day("2032-04-01"));
        assert_eq!(due_on(school_year(day("2026-03-31")), 5), day("2031-04-01"));
    }

    #[test]
    fn what_is_due_and_what_is_kept_meet_on_every_day() {
        let mut today = day("2026-01-01");
        while today < day("2029-01-01") {
            for years in [1_i32, 5, 20] {
                let mut ended = today - chrono::Days::new(400 + 366 * u64::from(years.unsigned_abs()));
                for _ in 0..400 {
                    let due = due_on(school_year(ended), years) <= today;
                    assert_eq!(due, ended < kept_from(today, years), "{ended} after {years} years on {today}");
                    ended = ended.succ_opt().expect("a day after it");
                }
            }
            today = today + chrono::Days::new(37);
        }
    }

    #[test]
    fn nothing_goes_before_the_years_since_the_day_are_over() {
        for ended in day("2025-03-01").iter_days().take(800) {
            for years in [1_u32, 5, 20] {
                let at_least = ended + chrono::Months::new(12 * years);
                let due = due_on(school_year(ended), i32::try_from(years).expect("a small number"));
                assert!(due > at_least, "{ended}: {due} is before {at_least}");
            }
        }
    }
}
