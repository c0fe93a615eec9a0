//! 学級閉鎖 holds of whoever is in the class on its days, whenever that becomes known.
use crate::moves::done;
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HIBARINO, HARUTO, Package, Person, REN, School, TODAY, enrolment};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

/// 5年1組 is closed on 25 and 26 November; `rei` is its teacher.
async fn closed() -> (School, Value) {
    let mut school = School::open().await;
    school.hire("rei", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_1), TODAY.parse().expect("a date"))]).await;
    let document = "mutation ($input: CloseClassInput!) { closeClass(input: $input) { marked closure { id } userErrors { code } } }";
    let input = json!({ "classId": CLASS_5_1, "begins": "2026-11-25", "ends": "2026-11-26", "reason": "インフルエンザ" });
    let answer = school.person("hugo").ask(document, json!({ "input": input })).await;
    assert_eq!(answer.data("/closeClass/marked"), 2, "one pupil, two days");
    let closure = answer.data("/closeClass/closure/id").clone();
    (school, closure)
}

/// The kinds of 25 and 26 November, for the office.
async fn kinds(school: &School, pupil: Uuid) -> Vec<(String, String)> {
    let document = "query ($id: ID!) { pupil(id: $id) { attendance(from: \"2026-11-25\", to: \"2026-11-26\") { day kind { code } } } }";
    let answer = school.person("hugo").ask(document, json!({ "id": pupil })).await;
    let marks = answer.data("/pupil/attendance").as_array().expect("a list").clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    marks.iter().map(|mark| (text(&mark["day"])[8..].to_owned(), text(&mark["kind"]["code"]))).collect()
}

fn suspended(days: &[&str]) -> Vec<(String, String)> {
    days.iter().map(|day| ((*day).to_owned(), "SUSPENDED".to_owned())).collect()
}

async fn take(person: &Person<'_>, class: Uuid, day: &str, others: &str) -> Value {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed conflicts { pupilId } userErrors { code } } }";
    let input = json!({ "classId": class, "day": day, "others": others });
    person.ask(document, json!({ "input": input })).await.data("/takeAttendance").clone()
}

#[tokio::test]
async fn who_moves_out_of_a_closed_class_has_school_and_who_moves_into_it_has_none() {
    let (school, _) = closed().await;
    let hugo = school.person("hugo");
    let to = |pupil: Uuid, class: Uuid, day: &str| json!({ "pupilId": pupil, "classId": class, "day": day });
    let moved = done(&hugo, "moveToClass", "MoveToClass", to(AOI, CLASS_5_1, "2026-11-25")).await;
    assert_eq!(kinds(&school, AOI).await, suspended(&["25", "26"]));
    done(&hugo, "undoMove", "UndoMove", json!({ "moveId": moved["id"], "reason": "とりやめ" })).await;
    assert_eq!(kinds(&school, AOI).await, [], "as before");
    done(&hugo, "moveToClass", "MoveToClass", to(REN, CLASS_5_2, "2026-11-26")).await;
    assert_eq!(kinds(&school, REN).await, suspended(&["25"]));
    school.clock.advance(TimeDelta::days(2));
    let taken = take(&school.person("ana"), CLASS_5_2, "2026-11-26", "PRESENT").await;
    assert_eq!((&taken["changed"], &taken["conflicts"]), (&json!(7), &json!([])), "the class is open, and the teacher marks the pupil");
}

#[tokio::test]
async fn who_is_admitted_into_a_closed_class_need_not_attend_and_goes_without_a_trace() {
    let (school, closure) = closed().await;
    let hugo = school.person("hugo");
    let new = json!({ "classId": CLASS_5_1, "kind": "TRANSFER_IN", "day": "2026-11-25", "pupil": { "familyName": "青木", "givenName": "空" } });
    let came = done(&hugo, "admitPupil", "AdmitPupil", new).await;
    let sora: Uuid = came["pupilId"].as_str().unwrap().parse().unwrap();
    school.clock.advance(TimeDelta::days(2));
    assert_eq!(kinds(&school, sora).await, suspended(&["25", "26"]));
    assert_eq!(take(&school.person("rei"), CLASS_5_1, "2026-11-26", "UNMARKED_PRESENT").await["changed"], 0);
    let decide = "mutation ($input: DecideAttendanceInput!) { decideAttendance(input: $input) { changed userErrors { code } } }";
    let nothing = json!({ "classId": CLASS_5_1, "day": "2026-11-26", "marks": [{ "pupilId": sora }], "reason": "確認" });
    assert_eq!(hugo.ask(decide, json!({ "input": nothing })).await.data("/decideAttendance/changed"), 1);
    assert_eq!(take(&school.person("rei"), CLASS_5_1, "2026-11-26", "UNMARKED_PRESENT").await["changed"], 0, "nobody is simply present in a closed class");
    let later = json!({ "pupilId": sora, "classId": CLASS_5_2, "day": "2026-12-01" });
    let later = done(&hugo, "moveToClass", "MoveToClass", later).await;
    assert_eq!(kinds(&school, sora).await, suspended(&["25"]), "a later move says nothing of days on which nothing is other");
    for id in [&later["id"], &came["id"]] {
        done(&hugo, "undoMove", "UndoMove", json!({ "moveId": id, "reason": "とりやめ" })).await;
    }
    let back = "mutation ($input: WithdrawClassClosureInput!) { withdrawClassClosure(input: $input) { marked userErrors { code } } }";
    let back = hugo.ask(back, json!({ "input": { "closureId": closure, "reason": "まちがい" } })).await;
    assert_eq!(back.data("/withdrawClassClosure/marked"), 2, "the one pupil who is there");
}

#[tokio::test]
async fn a_roster_that_puts_a_pupil_into_a_closed_class_is_followed_too() {
    let (school, _) = closed().await;
    let mut package = Package::usual();
    let (old, id) = (enrolment(HARUTO, CLASS_5_2), HARUTO);
    package.change("enrollments.csv", &format!("{old},{CLASS_5_2},{HIBARINO},{id}"), &format!("{old},{CLASS_5_1},{HIBARINO},{id}"));
    school.import(&package).await;
    assert_eq!(kinds(&school, HARUTO).await, suspended(&["25", "26"]));
}
