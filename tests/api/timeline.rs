//! One child, one timeline: every kind of record that a duty reads, and no other; and the sheet for a talk with guardians.
use crate::marks::{record, save_test, three, with_rule};
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, LESSON, School, TODAY, activity, nth, with};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const DAY: &str = "2026-11-24";

async fn done(school: &School, who: &str, mutation: &str, of: &str, input: Value) {
    let document = format!("mutation ($input: {of}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code field message }} }} }}");
    let reply = school.person(who).ask(&document, json!({ "input": input })).await;
    assert_eq!(reply.data(&format!("/{mutation}/userErrors")), &json!([]), "{mutation}");
}

/// 葵 with a record of every kind, and somebody of every duty.
async fn full() -> School {
    let mut school = with_rule().await;
    let from = TODAY.parse().expect("a date");
    let duty = |kind, class| move |id| vec![duty::new(id, kind, Some(HIBARINO), class, from)];
    let grade = |id| vec![Duty { grade: "P5".into(), ..duty::new(id, DutyKind::GradeHead, Some(HIBARINO), None, from) }];
    school.hire("grade", grade).await;
    school.hire("mei", duty(DutyKind::Nurse, None)).await;
    school.hire("rika", duty(DutyKind::SubjectTeacher, Some(LESSON))).await;
    school.hire("sc", duty(DutyKind::Counsellor, None)).await;
    school.hire("ict", duty(DutyKind::IctSupport, None)).await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    let marks = json!([{ "pupilId": AOI, "kind": "ILLNESS" }]);
    done(&school, "ana", "takeAttendance", "TakeAttendance", json!({ "classId": CLASS_5_2, "day": DAY, "marks": marks })).await;
    let lesson = with(activity(1, AOI), json!({ "classId": LESSON }));
    assert_eq!(school.person("drill").record(&[lesson, activity(2, AOI)]).await["accepted"], 2);
    save_test(&school.person("ana"), 1, json!({ "name": "分数のテスト", "day": DAY })).await;
    assert_eq!(record(&school.person("ana"), 1, json!(three(AOI, [80.0, 41.0, 9.0]))).await["recorded"], 3);
    done(&school, "portal", "recordMoods", "RecordMoods", json!({ "moods": [{ "pupilId": AOI, "weather": "RAINY" }] })).await;
    let visit = json!({ "id": nth(1), "pupilId": AOI, "reason": "STOMACH_ACHE", "outcome": "REST", "nurseNote": "家のことを話した" });
    done(&school, "mei", "recordInfirmaryVisit", "RecordInfirmaryVisit", visit).await;
    for (kind, level) in [("PHONE", "SHAREABLE"), ("CASE_CONFERENCE", "SCHOOL_TEAM")] {
        let action = json!({ "pupilId": AOI, "kind": kind, "text": format!("{level}の話"), "level": level });
        done(&school, "ana", "recordSupportAction", "RecordSupportAction", action).await;
    }
    school
}

/// The rows of the timeline of 葵 for somebody; none where there is no such page.
async fn rows(school: &School, who: &str) -> Option<BTreeSet<String>> {
    let page = school.visitor_as(who).await.get(&format!("/pupils/{AOI}")).await;
    if page.status == StatusCode::NOT_FOUND {
        return None;
    }
    assert_eq!(page.status, StatusCode::OK, "{who}");
    let label = |rest: &str| rest.split(['>', '<']).nth(1).unwrap_or_default().to_owned();
    Some(page.text.split("class=\"row-label\"").skip(1).map(label).collect())
}

#[tokio::test]
async fn the_timeline_has_the_rows_that_a_duty_reads_and_no_other() {
    let school = full().await;
    let all = ["出欠", "学習の記録", "提出", "テスト", "心の天気", "保健室", "支援"];
    for (who, expected) in [
        ("ana", Some(&all[..])),
        ("hugo", Some(&all[..])),
        ("grade", Some(&all[..])),
        ("rika", Some(&["出欠", "学習の記録", "提出", "テスト"][..])),
        ("mei", Some(&["出欠", "心の天気", "保健室"][..])),
        ("kyomu", Some(&["出欠", "学習の記録", "提出", "テスト"][..])),
        ("sc", None),
        ("ict", None),
        ("board", None),
        ("mari", None),
    ] {
        let expected = expected.map(|rows| rows.iter().map(|row| (*row).to_owned()).collect::<BTreeSet<_>>());
        assert_eq!(rows(&school, who).await, expected, "{who}");
    }
}

#[tokio::test]
async fn the_table_says_what_the_picture_does() {
    let school = full().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&format!("/pupils/{AOI}?view=table")).await;
    for words in ["算数 130/160（分数のテスト）", "腹痛", "電話", "あめ"] {
        assert!(page.text.contains(words), "{words}");
    }
    let page = ana.get(&format!("/pupils/{AOI}")).await;
    assert!(page.text.contains("算数 130/160") && !page.text.contains("家のことを話した"), "the nurse's own note is hers");
}

#[tokio::test]
async fn a_talk_with_guardians_has_the_childs_own_records_and_what_may_be_shared() {
    let school = full().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&format!("/pupils/{AOI}/summary")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in ["朝倉 葵", "SHAREABLEの話", "算数", "1日"] {
        assert!(page.text.contains(words), "{words}");
    }
    for words in ["SCHOOL_TEAMの話", "学級の中央", "気にかけたい子", "腹痛", "あめ"] {
        assert!(!page.text.contains(words), "{words}");
    }
    for (who, status) in [("mari", StatusCode::NOT_FOUND), ("sc", StatusCode::NOT_FOUND), ("board", StatusCode::NOT_FOUND)] {
        assert_eq!(school.visitor_as(who).await.get(&format!("/pupils/{AOI}/summary")).await.status, status, "{who}");
    }
    let nurse = school.visitor_as("mei").await.get(&format!("/pupils/{AOI}/summary")).await;
    assert!(!nurse.text.contains("算数") && !nurse.text.contains("SHAREABLEの話"), "no more than the duty reads");
}

#[tokio::test]
async fn a_pupil_sees_no_test_of_an_open_term() {
    let school = full().await;
    let secret = school.pupil_token(AOI).await;
    let document = "query ($id: ID!) { pupil(id: $id) { tested(from: \"2026-11-01\", to: \"2026-11-30\") { subject points most notTaken } } }";
    let of = async |secret: &str, id: Uuid| school.bearer(secret).ask(document, json!({ "id": id })).await;
    assert_eq!(of(&secret, AOI).await.data("/pupil/tested"), &json!([]));
    let read = school.person("ana").ask(document, json!({ "id": AOI })).await;
    assert_eq!(read.data("/pupil/tested"), &json!([{ "subject": "算数", "points": 130.0, "most": 160, "notTaken": false }]));
}
