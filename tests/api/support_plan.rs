//! 個別の指導計画 and 個別の教育支援計画: goals, reviews, what the guardians agreed to.
use crate::support_sheet::{done, open, refused, with_team};
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{AOI, TODAY, with};
use serde_json::{Value, json};

fn plan(sheet: &Value) -> Value {
    json!({ "sheetId": sheet, "kind": "GUIDANCE", "begins": "2026-09-01", "ends": "2027-03-31", "reviewOn": "2026-12-20", "guardians": "面談で話した",
        "goals": [{ "goal": "月に3冊読む", "means": "図書室の日を決める", "dueOn": "2026-12-20" }, { "goal": "手をあげて話す" }] })
}

#[tokio::test]
async fn a_plan_is_reviewed_and_its_next_review_comes() {
    let school = with_team().await;
    let ana = school.person("ana");
    let sheet = open(&ana, AOI).await["id"].clone();
    let made = done(&ana, "saveSupportPlan", plan(&sheet)).await["plans"][0].clone();
    assert_eq!(made["goals"].as_array().map(Vec::len), Some(2));
    let due = "{ mySupport { reviews { nodes { id reviewOn sheet { pupil { name } } } } } }";
    let coming = ana.ask(due, json!({})).await;
    assert_eq!(coming.data("/mySupport/reviews/nodes"), &json!([{ "id": made["id"], "reviewOn": "2026-12-20", "sheet": { "pupil": { "name": "朝倉 葵" } } }]));
    assert_eq!(school.person("hugo").ask(due, json!({})).await.data("/mySupport/reviews/nodes"), &json!([]), "the head reads it and is not asked for it");
    let review = json!({ "planId": made["id"], "version": 1, "reviewOn": "2027-03-01", "evaluations": [{ "goalId": made["goals"][0]["id"], "evaluation": "4冊読んだ" }] });
    for (fields, code, field) in [
        (json!({ "planId": "x" }), "NOT_FOUND", "planId"),
        (json!({ "evaluations": [] }), "EMPTY", "evaluations"),
        (json!({ "evaluations": [{ "goalId": "x", "evaluation": "文" }] }), "NOT_FOUND", "evaluations.0.goalId"),
        (json!({ "evaluations": [{ "goalId": made["goals"][0]["id"], "evaluation": " " }] }), "INVALID_TEXT", "evaluations.0.evaluation"),
        (json!({ "day": "2026-11-25" }), "IN_THE_FUTURE", "day"),
        (json!({ "reviewOn": YESTERDAY }), "OUT_OF_RANGE", "reviewOn"),
        (json!({ "version": 7 }), "CONFLICT", "version"),
    ] {
        assert_eq!(refused(&ana, "reviewSupportPlan", with(review.clone(), fields)).await, (code.into(), field.into()));
    }
    assert_eq!(refused(&school.person("tomo"), "reviewSupportPlan", review.clone()).await.0, "NOT_FOUND");
    let reviewed = done(&ana, "reviewSupportPlan", review.clone()).await["plans"][0].clone();
    assert_eq!((&reviewed["goals"][0]["evaluation"], &reviewed["goals"][0]["evaluatedOn"]), (&json!("4冊読んだ"), &json!(TODAY)));
    assert_eq!((&reviewed["reviewOn"], &reviewed["version"]), (&json!("2027-03-01"), &json!(2)));
    assert_eq!(done(&ana, "reviewSupportPlan", review).await["plans"][0], reviewed, "sent twice it is said once");
    assert_eq!(ana.ask(due, json!({})).await.data("/mySupport/reviews/nodes"), &json!([]), "in 30 days");
}

#[tokio::test]
async fn the_goals_of_a_plan_change_and_keep_what_was_said_of_them() {
    let school = with_team().await;
    let ana = school.person("ana");
    let sheet = open(&ana, AOI).await["id"].clone();
    for (fields, code, field) in [
        (json!({ "ends": "2026-08-31" }), "OUT_OF_RANGE", "ends"),
        (json!({ "reviewOn": "2026-08-31" }), "OUT_OF_RANGE", "reviewOn"),
        (json!({ "goals": [] }), "EMPTY", "goals"),
        (json!({ "goals": vec![json!({ "goal": "多い" }); 21] }), "TOO_MANY", "goals"),
        (json!({ "goals": [{ "goal": "" }] }), "INVALID_TEXT", "goals.0.goal"),
        (json!({ "goals": [{ "id": sheet, "goal": "よその" }] }), "NOT_FOUND", "goals.0.id"),
        (json!({ "sheetId": "x" }), "NOT_FOUND", "sheetId"),
    ] {
        assert_eq!(refused(&ana, "saveSupportPlan", with(plan(&sheet), fields)).await, (code.into(), field.into()));
    }
    let id = "0a5a9a00-0000-4000-8000-0000000000f3";
    let made = done(&ana, "saveSupportPlan", with(plan(&sheet), json!({ "id": id }))).await["plans"][0].clone();
    let again = done(&ana, "saveSupportPlan", with(plan(&sheet), json!({ "id": id }))).await["plans"].clone();
    assert_eq!(again, json!([made]), "sent twice it is made once");
    let first = made["goals"][0]["id"].clone();
    done(&ana, "reviewSupportPlan", json!({ "planId": id, "version": 1, "reviewOn": "2027-03-01", "evaluations": [{ "goalId": first, "evaluation": "読めた" }] })).await;
    let other = json!({ "id": id, "version": 2, "goals": [{ "goal": "新しいめあて" }, { "id": first, "goal": "月に4冊読む" }] });
    let changed = done(&ana, "saveSupportPlan", with(plan(&sheet), other.clone())).await["plans"][0].clone();
    let goals: Vec<_> = changed["goals"].as_array().expect("a list").iter().map(|of| (of["goal"].clone(), of["evaluation"].clone())).collect();
    assert_eq!(goals, [(json!("新しいめあて"), json!("")), (json!("月に4冊読む"), json!("読めた"))]);
    assert_eq!(refused(&ana, "saveSupportPlan", with(plan(&sheet), json!({ "id": id, "version": 1 }))).await, ("CONFLICT".into(), "version".into()));
    assert_eq!(school.count("trail", "record = 'support_goal' AND after IS NULL").await, 1, "the goal that went is in the trail");
}

#[tokio::test]
async fn a_consent_says_who_agreed_when_and_to_what() {
    let school = with_team().await;
    let ana = school.person("ana");
    let sheet = open(&ana, AOI).await["id"].clone();
    let plan = done(&ana, "saveSupportPlan", plan(&sheet)).await["plans"][0]["id"].clone();
    let consent = json!({ "planId": plan, "givenBy": "母", "givenOn": YESTERDAY, "how": "書面", "shareWith": "放課後等デイサービス" });
    for (fields, code, field) in [
        (json!({ "givenBy": " " }), "INVALID_TEXT", "givenBy"),
        (json!({ "how": "" }), "INVALID_TEXT", "how"),
        (json!({ "shareWith": "" }), "INVALID_TEXT", "shareWith"),
        (json!({ "givenOn": "2026-11-25" }), "IN_THE_FUTURE", "givenOn"),
        (json!({ "planId": "x" }), "NOT_FOUND", "planId"),
    ] {
        assert_eq!(refused(&ana, "recordSupportConsent", with(consent.clone(), fields)).await, (code.into(), field.into()));
    }
    let given = done(&ana, "recordSupportConsent", consent.clone()).await["plans"][0]["consents"].clone();
    assert_eq!(done(&ana, "recordSupportConsent", consent).await["plans"][0]["consents"], given, "sent twice it is said once");
    let withdraw = json!({ "consentId": given[0]["id"] });
    assert_eq!(refused(&school.person("tomo"), "withdrawSupportConsent", withdraw.clone()).await, ("NOT_FOUND".into(), "consentId".into()));
    done(&ana, "closeSupport", json!({ "sheetId": sheet, "outcome": "SETTLED", "reason": "落ち着いた" })).await;
    let after = done(&ana, "withdrawSupportConsent", withdraw).await;
    assert_eq!(after["plans"][0]["consents"][0]["withdrawnOn"], TODAY, "also after the sheet is closed");
}
