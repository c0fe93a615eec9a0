//! The sheet from answers of the API as samples.
use super::*;
use crate::pages::scene;
use serde_json::Value;

fn count(numbers: [u32; 7]) -> Value {
    let [days, excused, to_attend, absent, present, late, early] = numbers;
    json!({ "schoolDays": days, "excused": excused, "toAttend": to_attend, "absent": absent, "present": present, "late": late,
        "leftEarly": early, "elsewhere": 0, "unmarked": 0 })
}

/// October 2026 of a class, with a Saturday with school and a pupil who came on the 13th.
fn asked(size: usize) -> Value {
    let first: NaiveDate = "2026-10-01".parse().unwrap();
    let school = |day: NaiveDate| match day.day() {
        17 => true,
        12 | 19 => false,
        _ => day.weekday().number_from_monday() < 6,
    };
    let days: Vec<NaiveDate> = first.iter_days().take(31).collect();
    let cell = |pupil: usize, day: NaiveDate| match (pupil, day.day()) {
        _ if pupil == size && day.day() < 13 => json!({ "state": "NOT_ENROLLED", "sign": "" }),
        _ if !school(day) => json!({ "state": "NO_SCHOOL", "sign": "" }),
        (2, 5..=9) => json!({ "state": "MARKED", "sign": "停" }),
        (4, 6) => json!({ "state": "MARKED", "sign": "病" }),
        (5, 29) => json!({ "state": "MARKED", "sign": "チ早" }),
        (7, 16) => json!({ "state": "UNMARKED", "sign": "" }),
        _ => json!({ "state": "MARKED", "sign": "" }),
    };
    let rows: Vec<Value> = (1..=size)
        .map(|number| {
            json!({ "name": scene::pupil(number, &scene::days(1))["name"], "number": number, "joined": (number == size).then_some("2026-10-13"),
            "left": null, "notRecognised": 0, "cells": days.iter().map(|day| cell(number, *day)).collect::<Vec<_>>(),
            "count": count([21, 0, 21, 0, 21, 0, 0]) })
        })
        .collect();
    let words = |day: &NaiveDate| match day.day() {
        17 => json!([{ "title": "運動会", "kind": "SCHOOL" }]),
        19 => json!([{ "title": "振替休業日", "kind": "SUBSTITUTE" }]),
        _ => json!([]),
    };
    let shown = days.iter().map(|day| {
        json!({ "day": day, "isSchoolDay": school(*day), "words": words(day), "count": { "absent": 1, "excused": 0, "late": 0, "leftEarly": 0 } })
    });
    let correction = json!({ "day": "2026-10-06", "number": 4, "name": "岩本 さくら", "before": "出席", "after": "病", "by": "中島 由紀",
        "at": "2026-11-02T07:40:00Z", "reason": "連絡帳で確認" });
    json!({
        "attendanceKinds": [{ "name": "出席", "mark": "" }, { "name": "病欠", "mark": "病" }, { "name": "出停", "mark": "停" }],
        "class": { "name": "5年2組", "viewerRights": scene::rights(), "grades": ["P5"], "school": { "name": "朝霧市立ひばり野小学校" }, "teachers": [{ "name": "中島 由紀" }],
            "register": { "from": "2026-10-01", "to": "2026-10-31", "until": "2026-10-31", "schoolDays": 21, "enrolledFirst": size - 1,
                "joined": 1, "left": 0, "version": 2, "corrections": [correction], "closures": [], "total": count([749, 6, 743, 21, 722, 4, 4]),
                "days": shown.collect::<Vec<_>>(), "rows": rows } }
    })
}

fn page(size: usize) -> RegisterPage {
    let asked: Asked = serde_json::from_value(asked(size)).unwrap();
    let mut class = asked.class.unwrap();
    let register = class.register.take().unwrap();
    let found = Found { class, register, kinds: asked.attendance_kinds };
    RegisterPage::of(found, scene::frame(false), "c-52", "2026-10-01".parse().unwrap(), scene::now())
}

#[test]
fn a_sheet_has_every_sign_and_says_what_was_corrected() {
    let html = scene::render("register", &page(36));
    for text in [
        "令和8年10月",
        "36人（月初 35・転入 1・転出 0）",
        "21日（5年）",
        "チ早",
        "未＝未記入",
        "17日（土） 運動会",
        "19日 振替休業日",
    ] {
        assert!(html.contains(text), "{text} is missing");
    }
    assert!(html.contains("訂正 10/6 4番 岩本 さくら 出席→病 中島 由紀 11/2（連絡帳で確認）"), "who and why");
    assert!(html.contains("版 2（訂正 1件）") && html.contains("36番") && html.contains("10/13転入"));
    assert_eq!(html.matches("class=\"strike\"").count(), 7, "a diagonal on every school day before the pupil came");
}

#[test]
fn up_to_45_pupils_stand_on_one_sheet_and_more_on_two() {
    assert_eq!(page(45).sheets.len(), 1);
    let two = page(46);
    assert_eq!(two.sheets.iter().map(|sheet| (sheet.rows.len(), sheet.last)).collect::<Vec<_>>(), [(23, false), (23, true)]);
    let html = scene::render("register_two", &two);
    assert_eq!(
        (html.matches("<thead>").count(), html.matches("<tfoot>").count()),
        (2, 1),
        "the head is repeated, the sums are not"
    );
}

#[test]
fn the_spreadsheet_is_written() {
    assert!(download::xlsx(&page(36)).is_ok());
}
