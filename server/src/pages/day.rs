//! Days and times where they stand beside other days and times.
use super::words;
use asagao_graphql::clock::{japan, school_day};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// 11/24: a day on an axis or within a sentence.
pub(super) fn short(day: NaiveDate) -> String {
    format!("{}/{}", day.month(), day.day())
}

/// 令和8年4月1日: a day that is not of this week.
pub(super) fn era(day: NaiveDate) -> String {
    let (name, year) = if day >= NaiveDate::from_ymd_opt(2019, 5, 1).expect("a date of the calendar") {
        ("令和", day.year() - 2018)
    } else {
        ("平成", day.year() - 1988)
    };
    let year = if year == 1 { "元".to_owned() } else { year.to_string() };
    format!("{name}{year}年{}月{}日", day.month(), day.day())
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
    fn days_carry_their_era() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(era(day("2026-11-24")), "令和8年11月24日");
        assert_eq!(era(day("2019-05-01")), "令和元年5月1日");
        assert_eq!(era(day("2019-04-30")), "平成31年4月30日");
        assert_eq!(short(day("2026-11-04")), "11/4");
    }

    #[test]
    fn today_is_named_and_the_day_is_that_of_japan() {
        let today = "2026-11-24".parse().unwrap();
        assert_eq!(near("2026-11-23T23:19:00Z".parse().unwrap(), today), "きょう 8:19");
        assert_eq!(near("2026-11-20T07:05:00Z".parse().unwrap(), today), "11/20 16:05");
        assert!(!after_school("2026-11-23T23:19:00Z".parse().unwrap()));
    }
}
