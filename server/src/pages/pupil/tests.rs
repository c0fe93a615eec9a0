//! The page from answers of the API as samples.
use super::range::Range;
use super::view;
use crate::pages::scene;
use serde_json::{Value, json};

fn answer() -> Value {
    let days = scene::days(60);
    let mut pupil = scene::pupil(9, &days);
    let neighbours: Vec<Value> = (8..=10).map(|number| scene::pupil(number, &days[..1])).collect();
    let mut ended = scene::flag(9, "ANSWERED");
    ended["id"] = json!("f-old");
    ended["since"] = json!("2026-09-14");
    ended["endedOn"] = json!("2026-09-28");
    let middle: Vec<Value> =
        days[..59].iter().enumerate().map(|(index, day)| json!({ "day": day, "interactions": 7 + index % 3 })).collect();
    let class = scene::class(1, &[])["class"].clone();
    pupil["enrolledFrom"] = json!("2022-04-06");
    pupil["homeroom"] = json!({
        "id": "c-52", "name": "5年2組", "viewerRights": scene::rights(), "schoolDays": days, "learningMiddle": { "days": middle },
        "lastRun": class["lastRun"], "freshness": class["freshness"], "pupils": { "nodes": neighbours },
    });
    pupil["moodReaders"] = json!([{ "name": "中島 由紀", "duty": "HOMEROOM_TEACHER" }]);
    pupil["supportFlags"] = json!([scene::flag(9, "NEW"), ended]);
    pupil["supportActions"] = json!([
        { "day": "2026-10-16", "kind": "MEETING", "text": "母と電話。家でも声かけをやめてみるとのこと。", "by": "中島 由紀", "duty": "HOMEROOM_TEACHER", "nextOn": null },
        { "day": "2026-09-18", "kind": "TALK", "text": "朝、弟を保育園へ送ってから来る日がある。\n叱らず、提出の日を一緒に決めた。", "by": "中島 由紀", "duty": "HOMEROOM_TEACHER", "nextOn": "2026-10-16" },
    ]);
    pupil["supportReaders"] = json!([{ "duty": "HOMEROOM_TEACHER" }, { "duty": "GRADE_HEAD" }, { "duty": "HEAD" }]);
    pupil["seenThrough"] = json!([{ "kind": "HOMEROOM_TEACHER", "className": "5年2組", "schoolName": null, "begins": "2026-04-01", "ends": "2027-03-31" }]);
    pupil["seenBy"] = json!([{ "name": "中島 由紀", "duty": "HOMEROOM_TEACHER" }, { "name": "大村 聡", "duty": "GRADE_HEAD" }, { "name": "三浦 恵", "duty": "NURSE" }]);
    json!({ "pupil": pupil })
}

fn page(name: &str, answer: Value, as_table: bool) -> String {
    page_of(name, answer, Range::Term, as_table)
}

fn page_of(name: &str, answer: Value, range: Range, as_table: bool) -> String {
    let data = serde_json::from_value(answer).unwrap();
    scene::render(name, &view(scene::frame(false), data, scene::now(), (range, &scene::term()), as_table).unwrap())
}

#[test]
fn the_course_of_a_pupil_with_the_reason_for_seeing_it() {
    let html = page("pupil", answer(), false);
    assert_eq!(html.matches("<h1>").count(), 1);
    assert!(html.contains("<b>5年2組の担任</b>（令和8年4月1日〜令和9年3月31日）です。"));
    let mut older = answer();
    older["pupil"]["homeroom"]["grades"] = json!(["J2"]);
    let older = page("pupil_older", older, false);
    assert!(older.contains("<title>生徒カルテ｜朝顔") && older.contains("この生徒を見られる人") && !older.contains("児童"));
    assert!(html.contains("この児童を見られる人（3人）") && html.contains("心の天気を読む人：中島 由紀（担任）"));
    assert!(html.contains("‹ 8 小川 美咲") && html.contains("10 川島 心春 ›"));
    assert!(html.contains("気にかけたい　11/17（火）から") && html.contains("9/14（月） 〜 9/28（月）"));
    assert!(html.contains("加藤 颯太の2学期（60授業日）。出欠："));
    assert!(html.contains("担任・学年主任・管理職が見られます"));
    assert_eq!(html.matches("name=\"csrf\" value=\"token\"").count(), html.matches("<form").count());
    assert_eq!(html.matches("/flags/f-old/answer").count(), 0, "an ended flag asks for nothing");
}

#[test]
fn the_table_has_every_day() {
    let html = page("pupil-table", answer(), true);
    assert_eq!(html.matches("<tr><th scope=\"row\"").count(), 60);
    assert!(html.contains("記録なし") && html.contains("入力なし") && html.contains("遅刻"));
}

#[test]
fn rows_without_a_right_are_left_out_and_the_box_says_so() {
    let mut answer = answer();
    answer["pupil"]["viewerRights"] = json!(["ROSTER_READ", "ATTENDANCE_READ", "ACTIVITY_READ"]);
    answer["pupil"]["homeroom"]["viewerRights"] = json!(["ROSTER_READ", "ATTENDANCE_READ"]);
    let html = page("pupil-subject", answer, false);
    assert!(html.contains("成績・心の天気・保健室・気にかけたい知らせ・支援の記録は表示されません。"));
    assert!(!html.contains("id=\"flags\"") && !html.contains("id=\"actions\"") && !html.contains(">心の天気</text>"));
    assert!(!html.contains("学級の中央") && !html.contains("<li>学習の記録"), "nothing of the homeroom's learning");
}

#[test]
fn before_the_first_enrolled_day_the_axis_is_hatched() {
    let mut answer = answer();
    answer["pupil"]["enrolledFrom"] = json!("2026-10-01");
    answer["pupil"]["supportFlags"] = json!([]);
    let html = page("pupil-new", answer, false);
    assert!(html.contains("在籍前") && html.contains("知らせはありません。"));
}

#[test]
fn a_pupil_without_a_homeroom_has_an_axis_of_the_days_with_records() {
    let mut answer = answer();
    answer["pupil"]["homeroom"] = json!(null);
    assert!(page("pupil-alone", answer, false).contains("2学期（60授業日）"));
}

#[test]
fn the_ranges_are_links_and_the_year_has_a_column_a_week() {
    let html = page_of("pupil-year", answer(), Range::Year, false);
    assert!(html.contains("今年度（60授業日）") && html.contains("1週の件数") && html.contains("1日ごとの値の合計"));
    for link in ["/pupils/p-9#course", "/pupils/p-9?range=60#course", "/pupils/p-9?range=year&#38;view=table#course"] {
        assert!(html.contains(&format!("href=\"{link}\"")), "{link}");
    }
    assert_eq!(page_of("pupil-year-table", answer(), Range::Year, true).matches("<tr><th scope=\"row\"").count(), 60);
}

#[test]
fn a_long_term_is_no_wider_than_a_sheet() {
    let mut answer = answer();
    let monday = "2026-08-03".parse::<chrono::NaiveDate>().unwrap();
    let days: Vec<_> =
        monday.iter_days().take(114).filter(|day| chrono::Datelike::weekday(day).num_days_from_monday() < 5).collect();
    answer["pupil"]["homeroom"]["schoolDays"] = json!(days);
    for range in [Range::Term, Range::Sixty, Range::Year] {
        let html = page_of("pupil-long", answer.clone(), range, false);
        let width = html.split("class=\"chart plot\" role=\"img\" width=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(width.parse::<u32>().unwrap() <= 1162, "{range:?} {width}");
    }
}
