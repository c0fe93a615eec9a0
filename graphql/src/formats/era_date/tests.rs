use super::*;
use proptest::prelude::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn every_way_that_schools_write_a_date_is_read() {
    for text in [
        "2025-04-01",
        "2025/4/1",
        "2025/04/01",
        "2025.4.1",
        "20250401",
        "2025年4月1日",
        "西暦2025年4月1日",
        "令和7年4月1日",
        "令和07年04月01日",
        "令和 7年 4月 1日",
        "R7.4.1",
        "r7/4/1",
        "R07.04.01",
        "R.7.4.1",
        "R070401",
        "㋿7年4月1日",
        "２０２５／４／１",
        "Ｒ７．４．１",
        "2025−04−01",
        "2025ー4ー1",
        " 2025/4/1 ",
        "2025/4/1 0:00",
        "2025/04/01 0:00:00",
        "2025-04-01T00:00:00",
    ] {
        assert_eq!(read(text), Ok(day(2025, 4, 1)), "{text}");
    }
    for (text, is) in [
        ("令和元年5月1日", day(2019, 5, 1)),
        ("R元.5.1", day(2019, 5, 1)),
        ("R1.5.1", day(2019, 5, 1)),
        ("H29.4.1", day(2017, 4, 1)),
        ("㍻元年1月8日", day(1989, 1, 8)),
        ("S64.1.7", day(1989, 1, 7)),
        ("昭和元年12月25日", day(1926, 12, 25)),
        ("大正15年12月25日", day(1926, 12, 25)),
        ("T1.7.30", day(1912, 7, 30)),
        ("M45.7.30", day(1912, 7, 30)),
    ] {
        assert_eq!(read(text), Ok(is), "{text}");
    }
}

#[test]
fn a_day_after_its_era_is_refused_with_the_right_one() {
    for (text, right) in [
        ("平成31年5月1日", "令和元年5月1日"),
        ("令和元年4月30日", "平成31年4月30日"),
        ("昭和64年1月8日", "平成元年1月8日"),
        ("H1.1.7", "昭和64年1月7日"),
        ("昭和99年4月1日", "令和6年4月1日"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.japanese().contains(right) && error.to_string().contains(right), "{text}: {error}");
    }
    assert_eq!(read("平成31年4月30日"), Ok(day(2019, 4, 30)));
}

#[test]
fn a_date_with_the_year_last_is_refused_with_what_it_may_be() {
    assert_eq!(read("1/05/2023"), Err(DateError::YearLast(vec![day(2023, 1, 5), day(2023, 5, 1)])));
    assert!(read("1/05/2023").unwrap_err().to_string().ends_with("write 2023-01-05 or 2023-05-01"));
    assert_eq!(read("13/05/2023"), Err(DateError::YearLast(vec![day(2023, 5, 13)])));
    assert_eq!(
        Reading { era: Some(Era::Reiwa), serials: true }.read("05/05/2023"),
        Err(DateError::YearLast(vec![day(2023, 5, 5)]))
    );
}

#[test]
fn a_year_without_an_era_needs_one_from_whoever_reads() {
    let heisei = Reading { era: Some(Era::Heisei), ..Reading::default() };
    assert_eq!(read("7.4.1"), Err(DateError::WithoutEra(vec![day(2025, 4, 1), day(1995, 4, 1), day(1932, 4, 1)])));
    assert_eq!(Reading { era: Some(Era::Reiwa), ..Reading::default() }.read("7.4.1"), Ok(day(2025, 4, 1)));
    assert_eq!(heisei.read("29/4/1"), Ok(day(2017, 4, 1)));
    assert_eq!(heisei.read("31.5.1"), Err(DateError::OtherEra(day(2019, 5, 1))));
    assert_eq!(heisei.read("R7.4.1"), Ok(day(2025, 4, 1)));
}

#[test]
fn excels_numbers_are_read_where_they_are_asked_for() {
    assert_eq!(read("45748"), Err(DateError::Serial(day(2025, 4, 1))));
    assert_eq!(Reading { serials: true, ..Reading::default() }.read("45748"), Ok(day(2025, 4, 1)));
}

#[test]
fn what_is_no_date_is_said_to_be_none() {
    for text in [
        "",
        " ",
        "未定",
        "2025",
        "2025-04",
        "2025年4月",
        "2025-4/1",
        "R7",
        "R7.4",
        "令和7年4月元日",
        "0",
        "250401",
        "R0.1.1",
        "4月1日",
    ] {
        assert_eq!(read(text), Err(DateError::NotADate), "{text}");
    }
    for text in ["2025-02-29", "2025/13/1", "20250431", "R7.2.29", "2025年0月1日"] {
        assert_eq!(read(text), Err(DateError::NoSuchDay), "{text}");
    }
}

proptest! {
    #[test]
    fn a_day_written_out_is_read_as_itself(days in -35_000i64..50_000) {
        let day = day(1970, 1, 1) + TimeDelta::days(days);
        prop_assert_eq!(read(&written(day)), Ok(day));
        prop_assert_eq!(read(&day.to_string()), Ok(day));
        prop_assert_eq!(read(&day.format("%Y%m%d").to_string()), Ok(day));
        prop_assert_eq!(read(&day.format("%Y/%-m/%-d").to_string()), Ok(day));
        let era = Era::of(day).unwrap();
        prop_assert_eq!(read(&format!("{}{}.{}.{}", era.letter(), era.year(day), day.month(), day.day())), Ok(day));
        let reading = Reading { era: Some(era), ..Reading::default() };
        prop_assert_eq!(reading.read(&format!("{}.{}.{}", era.year(day), day.month(), day.day())), Ok(day));
    }

    #[test]
    fn no_text_makes_it_stumble(text in "\\PC{0,20}", dated in "[0-9元HRST令和平成年月日./-]{0,14}") {
        let _ = read(&text);
        let _ = read(&dated);
    }
}
