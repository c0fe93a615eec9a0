//! The board: counts in steps, and a single record for a stated reason alone.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, MINATO, School, TODAY};
use serde_json::{Value, json};

const OPEN: &str = "mutation ($input: OpenRecordInput!) { openRecord(input: $input) { pupil { id name } userErrors { code field } } }";
const REASON: &str = "いじめの申し立ての調査のため";

async fn school() -> School {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    school
}

async fn open(school: &School, input: Value) -> Value {
    school.person("board").ask(OPEN, json!({ "input": input })).await.data("/openRecord").clone()
}

#[tokio::test]
async fn the_board_sees_a_pupil_for_a_stated_reason_until_the_end_of_the_day() {
    let school = school().await;
    let board = school.person("board");
    let pupil = "query ($id: ID!) { pupil(id: $id) { name attendance(from: \"2026-11-24\", to: \"2026-11-24\") { day } viewerRights } }";
    assert_eq!(board.ask(pupil, json!({ "id": AOI })).await.code(), "FORBIDDEN");
    let opened = open(&school, json!({ "schoolId": HIBARINO, "name": "朝倉葵", "reason": REASON })).await;
    assert_eq!(opened, json!({ "pupil": { "id": AOI, "name": "朝倉 葵" }, "userErrors": [] }));
    let seen = board.ask(pupil, json!({ "id": AOI })).await;
    assert_eq!((seen.data("/pupil/name"), seen.data("/pupil/attendance")), (&json!("朝倉 葵"), &json!([])));
    assert_eq!(board.ask(pupil, json!({ "id": MINATO })).await.data("/pupil"), &Value::Null, "one opens one");
    let class = "query ($id: ID!) { class(id: $id) { pupils { nodes { name } } } }";
    assert_eq!(board.ask(class, json!({ "id": CLASS_5_2 })).await.data("/class/pupils"), &Value::Null, "and no class");
    let support = "query ($id: ID!) { pupil(id: $id) { supportFlags { id } } }";
    assert_eq!(board.ask(support, json!({ "id": AOI })).await.code(), "FORBIDDEN");
    school.verify_access_log(&[]).await;
    let looks = "query ($id: ID!) { accessLog(pupilId: $id) { nodes { by act statedReason duties } } }";
    let told = school.person("hugo").ask(looks, json!({ "id": AOI })).await;
    let of_board: Vec<&Value> = told.data("/accessLog/nodes").as_array().expect("a list").iter().filter(|of| of["duties"] == json!(["BOARD_OFFICIAL"])).collect();
    assert!(of_board.len() >= 2 && of_board.iter().all(|of| of["statedReason"] == REASON), "{}", told.body);
    let own = school.bearer(&school.pupil_token(AOI).await).ask(looks, json!({ "id": AOI })).await;
    assert!(own.body.to_string().contains(REASON), "the pupil is told: {}", own.body);
    let why = "query ($id: ID!) { whyCanISee(pupilId: $id) { by duty { id } } }";
    assert_eq!(board.ask(why, json!({ "id": AOI })).await.data("/whyCanISee"), &json!([{ "by": "OPENED", "duty": null }]));
    school.clock.advance(chrono::TimeDelta::days(1));
    assert_eq!(board.ask(pupil, json!({ "id": AOI })).await.code(), "FORBIDDEN", "tomorrow it is closed");
}

#[tokio::test]
async fn a_record_is_closed_with_the_duty_by_which_it_was_opened() {
    let school = school().await;
    let pupil = "query ($id: ID!) { pupil(id: $id) { name } }";
    open(&school, json!({ "pupilId": AOI, "reason": REASON })).await;
    assert_eq!(school.person("board").ask(pupil, json!({ "id": AOI })).await.data("/pupil/name"), "朝倉 葵");
    school.tamper("UPDATE duty SET ends = '2026-11-23' WHERE kind = 'BOARD_OFFICIAL'").await;
    assert_eq!(school.person("board").ask(pupil, json!({ "id": AOI })).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn each_look_has_the_reason_that_was_stated_before_it() {
    let school = school().await;
    let pupil = "query ($id: ID!) { pupil(id: $id) { name } }";
    let reasons = ["転校の相談があったため確認する", REASON];
    for reason in reasons {
        open(&school, json!({ "pupilId": AOI, "reason": reason })).await;
        school.clock.advance(chrono::TimeDelta::minutes(1));
        school.person("board").ask(pupil, json!({ "id": AOI })).await;
        school.clock.advance(chrono::TimeDelta::minutes(1));
    }
    school.verify_access_log(&[]).await;
    let looks = "query ($id: ID!) { accessLog(pupilId: $id) { nodes { statedReason duties } } }";
    let told = school.person("hugo").ask(looks, json!({ "id": AOI })).await;
    let nodes = told.data("/accessLog/nodes").as_array().expect("a list").iter();
    let stated: Vec<&Value> = nodes.filter(|of| of["duties"] == json!(["BOARD_OFFICIAL"])).map(|of| &of["statedReason"]).collect();
    assert_eq!(stated, [REASON, REASON, reasons[0], reasons[0]], "{}", told.body);
    let mut visitor = school.visitor();
    visitor.enter(&school.pupil_token(AOI).await).await;
    let page = visitor.get("/my-looks").await;
    assert!(reasons.iter().all(|reason| page.text.contains(reason)), "{}", page.text);
}

#[tokio::test]
async fn what_is_not_meant_clearly_or_has_no_reason_opens_nothing() {
    let school = school().await;
    let error = |code: &str, field: &str| json!({ "pupil": null, "userErrors": [{ "code": code, "field": field }] });
    assert_eq!(open(&school, json!({ "pupilId": AOI, "reason": "調査" })).await, error("INVALID_TEXT", "reason"));
    assert_eq!(open(&school, json!({ "pupilId": AOI, "reason": " " })).await, error("INVALID_TEXT", "reason"));
    let missing = error("NOT_FOUND", "pupilId");
    for input in [
        json!({ "schoolId": HIBARINO, "name": "葵", "reason": REASON }),
        json!({ "schoolId": HIBARINO, "name": "", "reason": REASON }),
        json!({ "schoolId": HIBARINO, "reason": REASON }),
        json!({ "name": "朝倉 葵", "reason": REASON }),
        json!({ "schoolId": HIBARINO, "name": "朝倉 葵", "className": "5年1組", "reason": REASON }),
        json!({ "pupilId": "4d7ba0ee-0000-4000-8000-000000000000", "reason": REASON }),
        json!({ "pupilId": "", "schoolId": HIBARINO, "name": "朝倉 葵", "reason": REASON }),
    ] {
        assert_eq!(open(&school, input.clone()).await, missing, "{input}");
    }
    assert_eq!(school.count("record_opening", "1 = 1").await, 0);
    school.verify_access_log(&[]).await;
    let tried = school.access_entries(school.person("board").id).await;
    assert!(tried.iter().filter(|of| of["refused"] == json!(["record:open"])).count() >= 7, "who tries names is in the log: {tried:?}");
    for who in ["ana", "hugo", "portal"] {
        let answer = school.person(who).ask(OPEN, json!({ "input": { "pupilId": AOI, "reason": REASON } })).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{who}");
    }
}

#[tokio::test]
async fn the_board_reads_no_pupils_log_without_opening_the_record() {
    let school = school().await;
    school.person("ana").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": AOI })).await;
    school.verify_access_log(&[]).await;
    let of_pupil = "query ($id: ID!) { accessLog(pupilId: $id) { nodes { by } } }";
    assert_eq!(school.person("board").ask(of_pupil, json!({ "id": AOI })).await.data("/accessLog/nodes"), &json!([]));
    let of_staff = "query ($id: ID!) { accessLog(staffId: $id) { nodes { subjects { name } } } }";
    let told = school.person("board").ask(of_staff, json!({ "id": school.person("ana").id })).await;
    assert!(!told.body.to_string().contains("葵"), "{}", told.body);
}
