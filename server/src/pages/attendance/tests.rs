//! The page from answers of the API as samples.
use super::{At, AttendancePage};
use crate::pages::frame::{Here, Nav};
use crate::pages::scene;
use serde_json::{Value, json};

fn kind(code: &str, name: &str, absent: bool, excused: bool) -> Value {
    json!({ "code": code, "name": name, "absent": absent, "excused": excused, "usual": code == "PRESENT" })
}

fn kinds() -> Vec<Value> {
    vec![
        kind("PRESENT", "出席", false, false),
        kind("ILLNESS", "病欠", true, false),
        kind("OTHER", "事故欠", true, false),
        kind("SUSPENDED", "出停", false, true),
        kind("MOURNING", "忌引", false, true),
    ]
}

/// A class on a morning: two without a mark, one ill, one suspended, one late, one in another room.
fn asked(size: usize, kinds: &[Value]) -> Value {
    let days = scene::days(1);
    let pupil = |number: usize| {
        let pupil = scene::pupil(number, &days);
        let (what, late, place, note) = match number {
            7 => (Some(0), true, "CLASSROOM", Some("通院 9:30ごろ")),
            25 => (Some(1), false, "CLASSROOM", Some("発熱 38.2℃")),
            27 | 34 => (None, false, "CLASSROOM", None),
            31 => (Some(3), false, "CLASSROOM", Some("インフルエンザA")),
            35 => (Some(0), false, "OTHER_ROOM", None),
            _ => (Some(0), false, "CLASSROOM", None),
        };
        let mark = what
            .map(|index: usize| json!({ "kind": kinds[index], "late": late, "leftEarly": false, "place": place, "note": note }));
        json!({ "id": pupil["id"], "name": pupil["name"], "number": number, "attendance": mark.into_iter().collect::<Vec<_>>() })
    };
    json!({
        "attendanceKinds": kinds,
        "class": {
            "name": "5年2組", "kind": "HOMEROOM", "grades": ["P5"], "viewerRights": scene::rights(), "school": { "name": "朝霧市立ひばり野小学校" }, "pupilCount": size, "isSchoolDay": true,
            "schoolDays": ["2026-11-20", "2026-11-24"],
            "attendanceSummary": { "present": size - 4, "absent": 1, "excused": 1, "unmarked": 2, "lastBy": "中島 由紀", "lastAt": "2026-11-23T23:16:00Z" },
            "pupils": { "nodes": (1..=size).map(pupil).collect::<Vec<_>>() },
        },
    })
}

fn page(asked: Value, day: &str) -> AttendancePage {
    let at = At { class: "c-52", day: day.parse().unwrap(), open: false, now: scene::now() };
    let mut frame = scene::frame(false);
    frame.nav = Nav::class("c-52", &scene::all(), Here::Attendance);
    AttendancePage::of(serde_json::from_value(asked).unwrap(), frame, &at).expect("a class and its kinds")
}

#[test]
fn every_pupil_has_a_row_with_every_kind() {
    let html = scene::render("attendance", &page(asked(36, &kinds()), "2026-11-24"));
    assert_eq!(html.matches("<fieldset").count(), 36);
    assert_eq!(html.matches("type=\"radio\"").count(), 36 * 5);
    assert!(html.contains("<legend class=\"seen-not\">9番 加藤 颯太</legend>"));
    assert!(html.contains("・<wbr>"), "a long name may break behind its dot");
    assert!(!html.contains("過去の日"));
    assert_eq!(page(asked(45, &kinds()), "2026-11-24").columns.iter().map(Vec::len).collect::<Vec<_>>(), [23, 22]);
}

#[test]
fn a_past_day_asks_for_a_reason_and_a_day_to_come_has_no_grid() {
    let html = scene::render("attendance_past", &page(asked(36, &kinds()), "2026-11-20"));
    assert!(html.contains("過去の日を直しています") && html.contains("name=\"reason\""));
    let html = scene::render("attendance_ahead", &page(asked(36, &kinds()), "2026-11-25"));
    assert!(html.contains("まだ来ていない日です") && !html.contains("<fieldset"));
}

#[test]
fn more_than_seven_kinds_are_listed_under_another() {
    let mut many = kinds();
    for (code, name) in [("STAFFROOM", "引率"), ("VISIT", "参観"), ("STRIKE", "その他休"), ("MOVED", "留学")] {
        many.push(kind(code, name, true, false));
    }
    let html = scene::render("attendance_kinds", &page(asked(12, &many), "2026-11-24"));
    assert_eq!(html.matches("type=\"radio\"").count(), 12 * 8);
    assert!(html.contains("name=\"more.p-1\"") && html.contains("<option value=\"STRIKE\">その他休</option>"));
}

#[test]
fn who_was_suspended_the_school_day_before_is_left_to_be_decided() {
    let mut answer = asked(36, &kinds());
    let former = |day: &str, name: &str, excused: bool| json!([{ "day": day, "kind": { "name": name, "excused": excused } }]);
    answer["class"]["pupils"]["nodes"][26]["former"] = former("2026-11-20", "出停", true);
    answer["class"]["pupils"]["nodes"][33]["former"] = former("2026-11-20", "病欠", false);
    // Marked today already, or some days before.
    answer["class"]["pupils"]["nodes"][4]["former"] = former("2026-11-20", "出停", true);
    let html = scene::render("attendance_running", &page(answer, "2026-11-24"));
    assert_eq!((html.matches("data-running").count(), html.matches("name=\"running.p-27\"").count()), (1, 1));
    assert!(html.contains("<span class=\"hint\">11/20 出停</span>") && html.contains("前の授業日が出停・忌引の1人は"));
}

#[test]
fn a_lesson_has_no_morning_and_older_pupils_are_called_so() {
    let at = At { class: "c-52", day: "2026-11-24".parse().unwrap(), open: false, now: scene::now() };
    let mut answer = asked(36, &kinds());
    answer["class"]["kind"] = json!("SCHEDULED");
    assert!(AttendancePage::of(serde_json::from_value(answer).unwrap(), scene::frame(false), &at).is_none());
    let mut answer = asked(36, &kinds());
    answer["class"]["grades"] = json!(["J2"]);
    answer["class"]["pupils"] = json!({ "nodes": [] });
    assert!(scene::render("attendance_empty", &page(answer, "2026-11-24")).contains("まだ生徒がいません"));
}
