//! The days of attendance on a report card: those of a closed term stay, and the card says when the register has others.
use crate::marks::{save_test, with_rule};
use crate::marks_closed::close;
use asagao_tests::{AOI, CLASS_5_2, HARUTO, School, TODAY};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const CARDS: &str = "query ($class: ID!) { class(id: $class) { reportCards(term: 2) { pupilId closed attendanceUntil
    attendance { schoolDays present absent late } attendanceNow { schoolDays present absent late } } } }";

async fn card(school: &School, pupil: Uuid) -> Value {
    let answer = school.person("hugo").ask(CARDS, json!({ "class": CLASS_5_2 })).await;
    let cards = answer.data("/class/reportCards").as_array().expect("a list").clone();
    let card = cards.into_iter().find(|card| card["pupilId"] == json!(pupil)).expect("a card");
    json!({ "until": card["attendanceUntil"], "days": card["attendance"], "now": card["attendanceNow"] })
}

async fn take(school: &School, who: &str, marks: Value) {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed userErrors { code } } }";
    let answer = school.person(who).ask(document, json!({ "input": { "classId": CLASS_5_2, "marks": marks } })).await;
    assert_eq!(answer.data("/takeAttendance/userErrors"), &json!([]));
}

/// The head corrects a day of the register.
async fn correct(school: &School, pupil: Uuid, day: &str, kind: Option<&str>) {
    let document = "mutation ($input: DecideAttendanceInput!) { decideAttendance(input: $input) { changed userErrors { code message } } }";
    let input = json!({ "classId": CLASS_5_2, "day": day, "reason": "届けがあった", "marks": [{ "pupilId": pupil, "kind": kind }] });
    let answer = school.person("hugo").ask(document, json!({ "input": input })).await;
    assert_eq!(answer.data("/decideAttendance"), &json!({ "changed": 1, "userErrors": [] }), "{}", answer.body);
}

fn days(school_days: u32, present: u32, absent: u32) -> Value {
    json!({ "schoolDays": school_days, "present": present, "absent": absent, "late": 0 })
}

#[tokio::test]
async fn a_closed_card_keeps_its_days_and_says_that_the_register_has_others() {
    let school = with_rule().await;
    save_test(&school.person("ana"), 1, json!({})).await;
    take(&school, "ana", json!([{ "pupilId": AOI, "kind": "ILLNESS" }])).await;
    let open = json!({ "until": TODAY, "days": days(1, 0, 1), "now": null });
    assert_eq!(card(&school, AOI).await, open, "while it is open, it is what the register has");
    assert_eq!(close(&school.person("ana"), true).await["userErrors"], json!([]));
    assert_eq!(card(&school, AOI).await, open, "and the same when it is closed");
    // Days go on: they are no correction.
    school.clock.advance(TimeDelta::days(1));
    take(&school, "ana", json!([])).await;
    assert_eq!(card(&school, AOI).await, open);
    // What is corrected behind it does not change the card in silence, and is not kept quiet either.
    correct(&school, AOI, TODAY, Some("SUSPENDED")).await;
    let corrected = json!({ "until": TODAY, "days": days(1, 0, 1), "now": days(1, 0, 0) });
    assert_eq!(card(&school, AOI).await, corrected);
    assert_eq!(card(&school, HARUTO).await, json!({ "until": TODAY, "days": days(1, 1, 0), "now": null }), "the others are as they were");
    correct(&school, AOI, TODAY, None).await;
    assert_eq!(card(&school, AOI).await, open, "and back again");
}

#[tokio::test]
async fn the_page_says_that_the_register_was_changed() {
    let school = with_rule().await;
    save_test(&school.person("ana"), 1, json!({})).await;
    take(&school, "ana", json!([{ "pupilId": AOI, "kind": "ILLNESS" }])).await;
    assert_eq!(close(&school.person("ana"), true).await["userErrors"], json!([]));
    let path = format!("/classes/{CLASS_5_2}/report");
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&path).await;
    assert!(page.text.contains("11/24までの日数　授業日数1") && !page.text.contains("その後変わりました"), "{}", page.text);
    school.clock.advance(TimeDelta::minutes(5));
    correct(&school, AOI, TODAY, Some("SUSPENDED")).await;
    let page = ana.get(&path).await;
    assert!(page.text.contains("欠席1") && page.text.contains("出席の記録がその後変わりました"), "{}", page.text);
    assert_eq!(page.text.matches("その後変わりました").count(), 1);
}

#[tokio::test]
async fn a_term_that_was_closed_before_days_were_kept_has_those_of_the_register() {
    let school = with_rule().await;
    save_test(&school.person("ana"), 1, json!({})).await;
    take(&school, "ana", json!([{ "pupilId": AOI, "kind": "ILLNESS" }])).await;
    assert_eq!(close(&school.person("ana"), true).await["userErrors"], json!([]));
    school.tamper("UPDATE term_report SET content = '{\"marks\":[],\"remarks\":[]}'").await;
    school.clock.advance(TimeDelta::minutes(5));
    correct(&school, AOI, TODAY, Some("SUSPENDED")).await;
    assert_eq!(card(&school, AOI).await, json!({ "until": TODAY, "days": days(1, 0, 0), "now": null }));
}

#[tokio::test]
async fn a_day_whose_attendance_is_still_to_be_taken_is_not_on_the_card() {
    let school = with_rule().await;
    save_test(&school.person("ana"), 1, json!({})).await;
    take(&school, "ana", json!([{ "pupilId": AOI, "kind": "ILLNESS" }])).await;
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(close(&school.person("ana"), true).await["userErrors"], json!([]));
    take(&school, "ana", json!([])).await;
    assert_eq!(card(&school, AOI).await, json!({ "until": TODAY, "days": days(1, 0, 1), "now": null }), "taken after the closing, it changes nothing");
}
