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
        "COUNSELLOR" => "スクールカウンセラー",
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
    format!("{}（{}）", era(day), weekday(day))
}

/// The eras of living people with the first day of each, the latest first.
const ERAS: [(&str, i32, u32, u32); 3] = [("令和", 2019, 5, 1), ("平成", 1989, 1, 8), ("昭和", 1926, 12, 25)];

/// 令和8年4月1日: a day with its era; before 昭和, which no record of a school reaches, with the western year.
pub(super) fn era(day: NaiveDate) -> String {
    let found = ERAS.into_iter().find(|(_, year, month, first)| (day.year(), day.month(), day.day()) >= (*year, *month, *first));
    let year = match found {
        Some((name, begins, ..)) if day.year() == begins => format!("{name}元"),
        Some((name, begins, ..)) => format!("{name}{}", day.year() - begins + 1),
        None => day.year().to_string(),
    };
    format!("{year}年{}月{}日", day.month(), day.day())
}

/// 令和8年度: the school year of an April.
pub(super) fn school_year(first: NaiveDate) -> String {
    era(first).trim_end_matches("年4月1日").to_owned() + "年度"
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

/// The grades of a class, such as 5年; several for a class of 複式.
pub(super) fn grades(codes: &[String]) -> String {
    let name = |code: &String| match code.split_at_checked(1) {
        Some(("P", year)) => format!("{year}年"),
        Some(("J", year)) => format!("中学{year}年"),
        Some(("H", year)) => format!("高校{year}年"),
        _ => code.clone(),
    };
    if codes.is_empty() { "そのほか".to_owned() } else { codes.iter().map(name).collect::<Vec<_>>().join("・") }
}

/// What those are called who go to a school of these grades: 児童 in primary school, 生徒 from junior high school on.
pub(super) fn children(grades: &[String]) -> &'static str {
    let older = |code: &String| code.starts_with('J') || code.starts_with('H');
    if !grades.is_empty() && grades.iter().all(older) { "生徒" } else { "児童" }
}

/// From so many characters on a name needs two smaller lines.
const LONG_NAME: usize = 12;

/// Whether a name needs two smaller lines.
pub(super) fn long_name(name: &str) -> bool {
    name.chars().count() >= LONG_NAME
}

/// The family name: what a colleague is called by.
pub(super) fn family(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// Why the API did not take something, in the words of a page.
pub(super) fn refusal(code: &str, field: &str) -> &'static str {
    let field = field.rsplit('.').next().unwrap_or(field);
    match (code, field) {
        ("NOT_FOUND", "flagId") => "この知らせは、もう終わっているか、答えられる人が決まっています。",
        ("NOT_FOUND", "pupilId") => "この日、この学級に在籍していません。",
        ("NOT_FOUND", "kind") => "この印は、この日には使えません。",
        ("NOT_FOUND", _) => "見つからないか、見られる人が決まっています。",
        ("IN_THE_FUTURE", _) => "まだ来ていない日です。",
        ("TOO_LONG", "note") => "メモが長すぎます。",
        ("TOO_LONG", "reason") => "理由が長すぎます。",
        ("TOO_LONG", _) => "文が長すぎます。短くしてください。",
        ("INVALID_TEXT" | "EMPTY", "reason") => "理由を書いてください。",
        ("INVALID_TEXT" | "EMPTY", "text") => "内容を書いてください。",
        ("INVALID_TEXT" | "EMPTY", _) => "使えない文字があるか、何も書かれていません。",
        ("OUT_OF_RANGE", "nextOn") => "次の日は、きょうから1年先までの間で選んでください。",
        ("OUT_OF_RANGE", "snoozeUntil") => "日は、明日から1年先までの間で選んでください。",
        ("CONFLICT", "id") => "この記録は、前に別の内容で送られています。別の記録として残すときは、もういちど送ってください。",
        ("CONFLICT", "day") => "授業のない日です。授業があるときは、先に行事暦を直してください。",
        ("CONFLICT", "email") => {
            "このメールアドレスは変えられません。ほかの保護者が使っているか、別の学校にもお子さんがいます。空けておいてサインインコードを渡すか、システムの管理者に頼んでください。"
        }
        ("CONFLICT", _) => "ほかの人が先に変えています。",
        _ => "入力を確かめてください。",
    }
}

/// A count that may be told in steps: `12`, `10〜19`, `10未満`.
pub(super) fn count(count: Option<u64>, step: Option<u64>) -> String {
    match (count, step) {
        (Some(count), None) => count.to_string(),
        (Some(count), Some(step)) => format!("{count}〜{}", count + step - 1),
        (None, step) => format!("{}未満", step.unwrap_or(10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_written_as_schools_write_them() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(long_day(day("2026-11-24")), "令和8年11月24日（火）");
        assert_eq!(long_day(day("2019-05-07")), "令和元年5月7日（火）");
        assert_eq!(long_day(day("2019-04-30")), "平成31年4月30日（火）");
        assert_eq!(short_day(day("2026-11-04")), "11/4（水）");
        assert_eq!(clock("2026-11-23T23:05:00Z".parse().unwrap()), "8:05");
    }

    #[test]
    fn children_are_called_by_their_school() {
        let of = |codes: &[&str]| children(&codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            [of(&["P5"]), of(&["P6", "J1"]), of(&[]), of(&["J2"]), of(&["J1", "J2"])],
            ["児童", "児童", "児童", "生徒", "生徒"]
        );
        assert!(long_name("勅使河原ヴァレンティーナ") && !long_name("加藤 颯太"));
    }

    #[test]
    fn counts_in_steps_say_from_where_to_where() {
        let told = [(Some(12), None), (Some(0), None), (Some(20), Some(10)), (None, Some(20))].map(|(of, step)| count(of, step));
        assert_eq!(told, ["12", "0", "20〜29", "20未満"]);
    }

    #[test]
    fn days_carry_their_era() {
        for (iso, words) in [
            ("2026-11-24", "令和8年11月24日"),
            ("2019-05-01", "令和元年5月1日"),
            ("2019-04-30", "平成31年4月30日"),
            ("1989-01-08", "平成元年1月8日"),
            ("1989-01-07", "昭和64年1月7日"),
            ("1926-12-25", "昭和元年12月25日"),
            ("1926-12-24", "1926年12月24日"),
        ] {
            assert_eq!(era(iso.parse().unwrap()), words);
        }
    }
}
