//! Days and times where they stand beside other days and times.
use super::words;
use asagao_graphql::clock::{japan, school_day};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// The day of an address or a form: exactly YYYY-MM-DD, in a year that a school can mean.
pub(super) fn read(text: &str) -> Option<NaiveDate> {
    let digits = |(at, of): (usize, u8)| if at == 4 || at == 7 { of == b'-' } else { of.is_ascii_digit() };
    let plain = text.len() == 10 && text.bytes().enumerate().all(digits);
    text.parse().ok().filter(|day: &NaiveDate| plain && (1900..=2200).contains(&day.year()))
}

/// The first and the last day of the school year that a day lies in.
pub(super) fn school_year(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    days_of_year(day.year() - i32::from(day.month() < 4)).unwrap_or((day, day))
}

/// The first and the last day of the school year of an April; `None` for a year that no school can mean.
pub(super) fn days_of_year(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    let april = |year: i32| NaiveDate::from_ymd_opt(year, 4, 1).filter(|_| (2000..=2100).contains(&year));
    april(year).zip(april(year + 1)?.pred_opt())
}

/// 11/24: a day on an axis or within a sentence.
pub(super) fn short(day: NaiveDate) -> String {
    format!("{}/{}", day.month(), day.day())
}

/// きょう 8:19, or 11/20 16:05.
pub(super) fn near(at: DateTime<Utc>, today: NaiveDate) -> String {
    let day = school_day(at);
    let on = if day == today { "きょう".to_owned() } else { short(day) };
    format!("{on} {}", words::clock(at))
}

/// Whether lessons are over: before that, a day without records says nothing.
pub(super) fn after_school(now: DateTime<Utc>) -> bool {
    now.with_timezone(&japan()).hour() >= 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_one_form_alone() {
        assert_eq!(read("2026-11-24"), NaiveDate::from_ymd_opt(2026, 11, 24));
        for odd in [
            "",
            "+20000-01-01",
            "-0001-01-01",
            "+2026-1-01",
            "2026-1-1",
            "2026-02-30",
            "1899-12-31",
            "2201-01-01",
            "never",
            "２０２６-11-24",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_school_year_begins_in_april() {
        let of = |text: &str| school_year(text.parse().unwrap()).0.to_string();
        assert_eq!((of("2027-03-31"), of("2026-04-01")), ("2026-04-01".to_owned(), "2026-04-01".to_owned()));
        assert_eq!((days_of_year(1999), days_of_year(2100)), (None, None));
    }

    #[test]
    fn today_is_named_and_the_day_is_that_of_japan() {
        let today = "2026-11-24".parse().unwrap();
        assert_eq!(near("2026-11-23T23:19:00Z".parse().unwrap(), today), "きょう 8:19");
        assert_eq!(near("2026-11-20T07:05:00Z".parse().unwrap(), today), "11/20 16:05");
        assert!(!after_school("2026-11-23T23:19:00Z".parse().unwrap()));
    }
}
