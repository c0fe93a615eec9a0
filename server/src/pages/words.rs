//! Dates, times and duties in the words of a school.
use asagao_graphql::clock::japan;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};

/// The name of a duty.
pub(super) fn duty(kind: &str) -> &'static str {
    match kind {
        "HEAD" => "管理職",
        "GRADE_HEAD" => "学年主任",
        "HOMEROOM_TEACHER" => "担任",
        "SUBJECT_TEACHER" => "教科担任",
        "ACADEMIC_AFFAIRS" => "教務",
        "NURSE" => "養護教諭",
        "BOARD_OFFICIAL" => "教育委員会",
        "ICT_SUPPORT" => "ICT支援員",
        _ => "",
    }
}

/// The day of the week, in one character.
pub(super) fn weekday(day: NaiveDate) -> &'static str {
    match day.weekday() {
        Weekday::Mon => "月",
        Weekday::Tue => "火",
        Weekday::Wed => "水",
        Weekday::Thu => "木",
        Weekday::Fri => "金",
        Weekday::Sat => "土",
        Weekday::Sun => "日",
    }
}

/// 令和8年11月24日（火）: a day in a head.
pub(super) fn long_day(day: NaiveDate) -> String {
    let reiwa = day.year() - 2018;
    let year = if reiwa == 1 { "令和元".to_owned() } else { format!("令和{reiwa}") };
    format!("{year}年{}月{}日（{}）", day.month(), day.day(), weekday(day))
}

/// 11/24（火）: a day in a list.
pub(super) fn short_day(day: NaiveDate) -> String {
    format!("{}/{}（{}）", day.month(), day.day(), weekday(day))
}

/// 8:20: the time on a school's wall.
pub(super) fn clock(at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&japan());
    format!("{}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_written_as_schools_write_them() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(long_day(day("2026-11-24")), "令和8年11月24日（火）");
        assert_eq!(long_day(day("2019-05-07")), "令和元年5月7日（火）");
        assert_eq!(short_day(day("2026-11-04")), "11/4（水）");
        assert_eq!(clock("2026-11-23T23:05:00Z".parse().unwrap()), "8:05");
    }
}
