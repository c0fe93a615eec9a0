//! What a teacher does with a flag at a browser, and the list of classes.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{AOI, CLASS_5_2, School, Visitor};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn with_flag() -> (School, String) {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    let document = "mutation ($input: AnalyzeInput!) { analyze(input: $input) { userErrors { code } } }";
    ana.ask(document, json!({ "input": { "classId": CLASS_5_2, "asOf": YESTERDAY } })).await;
    let id = flags(&school).await[0]["id"].as_str().expect("an id").to_owned();
    (school, id)
}

async fn flags(school: &School) -> Vec<Value> {
    let document = "query ($class: ID!) { supportFlags(classId: $class) { nodes { id state snoozedUntil pupil { id } } } }";
    let answer = school.person("ana").ask(document, json!({ "class": CLASS_5_2 })).await;
    answer.data("/supportFlags/nodes").as_array().expect("a list").clone()
}

async fn ana(school: &School) -> Visitor<'_> {
    let mut ana = school.visitor_as("ana").await;
    ana.get(&format!("/classes/{CLASS_5_2}/attendance")).await;
    ana
}

#[tokio::test]
async fn an_answer_goes_back_to_its_card_and_can_be_taken_back() {
    let (school, id) = with_flag().await;
    let mut ana = ana(&school).await;
    let back = format!("/classes/{CLASS_5_2}#flag-1");
    let path = format!("/flags/{id}/answer");
    let page = ana.submit(&path, &[("answer", "ALREADY_KNOWN"), ("snooze", "14"), ("note", "家庭と連絡ずみ"), ("back", &back)]).await;
    assert_eq!(page.location(), (StatusCode::SEE_OTHER, back.as_str()));
    let flag = flags(&school).await.remove(0);
    assert_eq!((&flag["state"], &flag["snoozedUntil"]), (&json!("SNOOZED"), &json!("2026-12-08")));
    let page = ana.submit(&format!("/flags/{id}/withdraw"), &[("back", &back)]).await;
    assert_eq!(page.location(), (StatusCode::SEE_OTHER, back.as_str()));
    assert_eq!(flags(&school).await[0]["state"], "NEW");
}

#[tokio::test]
async fn what_was_done_is_noted_and_what_is_wrong_keeps_what_was_typed() {
    let (school, _) = with_flag().await;
    let mut ana = ana(&school).await;
    let path = format!("/pupils/{AOI}/actions");
    let back = format!("/classes/{CLASS_5_2}");
    for fields in [
        [("kind", "PHONE"), ("text", "  "), ("nextOn", "2026-12-01"), ("back", &back)],
        [("kind", ""), ("text", "電話した"), ("nextOn", ""), ("back", &back)],
        [("kind", "PHONE"), ("text", "電話した"), ("nextOn", "2020-01-01"), ("back", &back)],
        [("kind", "PHONE"), ("text", "電話した"), ("nextOn", "あした"), ("back", &back)],
    ] {
        let page = ana.submit(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(page.text.contains("まだ記録していません") && page.hidden("back") == back, "{}", page.text);
        assert!(fields[1].1.trim().is_empty() || page.text.contains("電話した</textarea>"), "{}", page.text);
    }
    assert_eq!(school.count("support_action", "1 = 1").await, 0);
    let page = ana.submit(&path, &[("kind", "PHONE"), ("text", "母と話した"), ("nextOn", "2026-12-01"), ("back", &back)]).await;
    assert_eq!(page.location(), (StatusCode::SEE_OTHER, back.as_str()));
    assert_eq!(school.count("support_action", "kind = 'PHONE' AND text = '母と話した'").await, 1);
}

#[tokio::test]
async fn strangers_find_nothing() {
    let (school, id) = with_flag().await;
    let mut mari = school.visitor_as("mari").await;
    mari.get("/classes/x/attendance").await;
    let mut hugo = school.visitor_as("hugo").await;
    hugo.get("/classes").await;
    let csrf = hugo.csrf().to_owned();
    assert_eq!(mari.post(&format!("/flags/{id}/answer"), &[("csrf", &csrf), ("answer", "USEFUL")], &[("sec-fetch-site", "same-origin")]).await.status, 403);
    let class = asagao_tests::CLASS_4_1;
    mari.get(&format!("/classes/{class}/attendance")).await;
    let page = mari.submit(&format!("/flags/{id}/answer"), &[("answer", "USEFUL")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("もう終わっているか、答えられる人が決まっています"));
    let page = mari.submit(&format!("/pupils/{AOI}/actions"), &[("kind", "PHONE"), ("text", "x")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(flags(&school).await[0]["state"], "NEW");
    assert_eq!(school.count("support_action", "1 = 1").await, 0);
}

#[tokio::test]
async fn classes_stand_by_school_and_grade_and_say_whether_attendance_is_taken() {
    let mut school = School::open().await;
    let mut hugo = school.visitor_as("hugo").await;
    let page = hugo.get("/classes").await;
    assert!(page.text.contains("ひばり野小学校") && page.text.contains("<h3>5年</h3>") && !page.text.contains("みずうみ"), "{}", page.text);
    assert!(page.text.find("5年1組") < page.text.find("5年2組") && page.text.contains("6人"));
    assert_eq!(page.text.matches("出欠はまだです").count(), 2);
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";
    school.person("ana").ask(document, json!({ "input": { "classId": CLASS_5_2 } })).await;
    let page = hugo.get("/classes").await;
    assert!(page.text.contains("出欠ずみ　8:20 有村さん"), "{}", page.text);
    let from = "2026-11-24".parse().expect("a date");
    school.hire("ines", |id| vec![duty::new(id, DutyKind::IctSupport, Some(asagao_tests::HIBARINO), None, from)]).await;
    let mut ines = school.visitor();
    let entered = ines.submit("/sign-in", &[("code", school.code("ines"))]).await;
    if entered.status == StatusCode::SEE_OTHER {
        assert!(!ines.get("/classes").await.text.contains("出欠"), "accounts alone, no content");
    }
}
