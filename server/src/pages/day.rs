//! Days and times where they stand beside other days and times.
use super::words;
use asagao_graphql::clock::{japan, school_day};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

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
    fn today_is_named_and_the_day_is_that_of_japan() {
        let today = "2026-11-24".parse().unwrap();
        assert_eq!(near("2026-11-23T23:19:00Z".parse().unwrap(), today), "きょう 8:19");
        assert_eq!(near("2026-11-20T07:05:00Z".parse().unwrap(), today), "11/20 16:05");
        assert!(!after_school("2026-11-23T23:19:00Z".parse().unwrap()));
    }
}
