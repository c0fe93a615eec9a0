//! Sharing assignments.
use asagao_tests::{CLASS_4_1, CLASS_5_1, CLASS_5_2, LESSON, School, nth, with};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn assignment(n: u64) -> Value {
    json!({ "id": nth(n), "classId": CLASS_5_2, "title": "漢字ドリル 12", "dueAt": "2026-11-27T16:00:00+09:00" })
}

/// How many were accepted, changed, duplicates and rejected.
fn fates(payload: &Value) -> (i64, i64, i64, usize) {
    assert_eq!(payload["userErrors"], json!([]), "the list as a whole is taken");
    let number = |field: &str| payload[field].as_i64().expect("a number");
    (number("accepted"), number("changed"), number("duplicates"), payload["rejected"].as_array().expect("a list").len())
}

#[tokio::test]
async fn sharing_again_changes_nothing() {
    let school = School::open().await;
    let drill = school.person("drill");
    let both = [assignment(1), with(assignment(2), json!({ "classId": LESSON, "weight": 2.5 }))];
    assert_eq!(fates(&drill.share(&both).await), (2, 0, 0, 0));
    school.clock.advance(TimeDelta::days(2));
    assert_eq!(fates(&drill.share(&both).await), (0, 0, 2, 0));
    let same = with(assignment(1), json!({ "dueAt": "2026-11-27T07:00:00.000Z", "weight": 1 }));
    assert_eq!(fates(&drill.share(&[same]).await), (0, 0, 1, 0), "the same instant, and the weight that is usual");
}

#[tokio::test]
async fn an_assignment_can_be_changed_and_changed_back() {
    let school = School::open().await;
    let drill = school.person("drill");
    drill.share(&[assignment(1)]).await;
    for later in [
        json!({ "title": "漢字ドリル 13" }),
        json!({ "dueAt": "2026-11-30T16:00:00+09:00" }),
        json!({ "weight": 3 }),
        json!({}),
    ] {
        // Even in the same millisecond.
        assert_eq!(fates(&drill.share(&[with(assignment(1), later.clone())]).await), (0, 1, 0, 0), "{later}");
    }
    assert_eq!(fates(&drill.share(&[assignment(1)]).await), (0, 0, 1, 0));
}

#[tokio::test]
async fn an_id_is_one_assignment_of_one_class() {
    let school = School::open().await;
    let drill = school.person("drill");
    let answer = drill.share(&[assignment(1), with(assignment(1), json!({ "title": "音読" }))]).await;
    assert_eq!(fates(&answer), (1, 0, 0, 1));
    assert_eq!(answer["rejected"][0], json!({ "index": 1, "id": nth(1), "code": "CONFLICT", "field": "id" }));
    for (who, class) in [("drill", CLASS_5_1), ("stranger", CLASS_4_1)] {
        let answer = school.person(who).share(&[with(assignment(1), json!({ "classId": class }))]).await;
        assert_eq!(fates(&answer), (0, 0, 0, 1), "{who}");
        assert_eq!(answer["rejected"][0]["code"], "CONFLICT", "{who}");
    }
    assert_eq!(fates(&drill.share(&[assignment(1)]).await), (0, 0, 1, 0), "the first stays");
}

#[tokio::test]
async fn a_teacher_shares_with_the_own_class_alone() {
    let school = School::open().await;
    let list = [assignment(1), with(assignment(2), json!({ "classId": CLASS_5_1 })), with(assignment(3), json!({ "classId": CLASS_4_1 }))];
    let answer = school.person("ana").share(&list).await;
    assert_eq!(fates(&answer), (1, 0, 0, 2));
    for item in answer["rejected"].as_array().unwrap() {
        assert_eq!((&item["code"], &item["field"]), (&json!("NOT_FOUND"), &json!("classId")));
    }
    assert_eq!(fates(&school.person("hugo").share(&list).await), (1, 0, 1, 1), "the head shares with every class of the school");
}

#[tokio::test]
async fn a_value_that_cannot_be_is_refused_by_its_field() {
    let school = School::open().await;
    let drill = school.person("drill");
    let bad = [
        (json!({ "id": "kanji" }), "INVALID_ID", "id"),
        (json!({ "classId": "5-2" }), "INVALID_ID", "classId"),
        (json!({ "classId": nth(9) }), "NOT_FOUND", "classId"),
        (json!({ "title": "" }), "INVALID_TEXT", "title"),
        (json!({ "title": "a\u{0}b" }), "INVALID_TEXT", "title"),
        (json!({ "title": "あ".repeat(201) }), "TOO_LONG", "title"),
        (json!({ "dueAt": "Friday" }), "INVALID_TIME", "dueAt"),
        (json!({ "dueAt": "1969-01-01T00:00:00Z" }), "OUT_OF_RANGE", "dueAt"),
        (json!({ "dueAt": "3000-01-01T00:00:00Z" }), "OUT_OF_RANGE", "dueAt"),
        (json!({ "weight": 0 }), "OUT_OF_RANGE", "weight"),
        (json!({ "weight": -1 }), "OUT_OF_RANGE", "weight"),
        (json!({ "weight": 1_001 }), "OUT_OF_RANGE", "weight"),
    ];
    let mut list: Vec<_> = (1..).zip(&bad).map(|(n, (fields, _, _))| with(assignment(n), fields.clone())).collect();
    list.push(assignment(100));
    let answer = drill.share(&list).await;
    assert_eq!(fates(&answer), (1, 0, 0, bad.len()), "one bad item never loses the others");
    for (item, (fields, code, field)) in answer["rejected"].as_array().unwrap().iter().zip(bad) {
        assert_eq!((&item["code"], &item["field"]), (&json!(code), &json!(field)), "{fields}");
    }
}

#[tokio::test]
async fn a_list_that_is_empty_or_too_long_is_refused_whole() {
    let school = School::open().await;
    let drill = school.person("drill");
    let long: Vec<_> = (0..1_001).map(assignment).collect();
    for (list, code) in [(&long[..0], "EMPTY"), (&long[..], "TOO_MANY")] {
        let answer = drill.share(list).await;
        assert_eq!((&answer["userErrors"][0]["code"], &answer["accepted"]), (&json!(code), &json!(0)));
    }
    assert_eq!(fates(&drill.share(&long[..1_000]).await), (1_000, 0, 0, 0), "a thousand are a list");
    assert_eq!(fates(&drill.share(&long[..1_000]).await), (0, 0, 1_000, 0));
}
