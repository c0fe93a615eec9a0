//! What was done for a pupil, and taking an answer back.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, Person, REN, SOTA, School, TODAY};
use chrono::TimeDelta;
use serde_json::{Value, json};

async fn note(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: RecordSupportActionInput!) { recordSupportAction(input: $input) {
        action { kind text nextOn by day } userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/recordSupportAction").clone()
}

/// The one flag of the filled class, with its state.
async fn flag(person: &Person<'_>) -> Value {
    let document = "query ($class: ID!) { supportFlags(classId: $class) { nodes { id state snoozedUntil underSupport answeredToday
        history { kind answer by } } } }";
    person.ask(document, json!({ "class": CLASS_5_2 })).await.data("/supportFlags/nodes/0").clone()
}

async fn with_flag() -> School {
    let school = School::open().await;
    school.fill_class().await;
    let run = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&run, json!({})).await.data("/analyze/userErrors"), &json!([]));
    school
}

async fn answer(person: &Person<'_>, id: &Value, answer: &str, snooze: Option<&str>) {
    let document = "mutation ($id: ID!, $answer: SupportFlagAnswer!, $until: Date) { reviewSupportFlag(input: {
        flagId: $id, answer: $answer, snoozeUntil: $until }) { userErrors { code } } }";
    let reply = person.ask(document, json!({ "id": id, "answer": answer, "until": snooze })).await;
    assert_eq!(reply.data("/reviewSupportFlag/userErrors"), &json!([]));
}

async fn take_back(person: &Person<'_>, id: &Value) -> Value {
    let document = "mutation ($id: ID!) { withdrawSupportFlagAnswer(input: { flagId: $id }) { flag { state snoozedUntil } userErrors { code } } }";
    person.ask(document, json!({ "id": id })).await.data("/withdrawSupportFlagAnswer").clone()
}

#[tokio::test]
async fn what_was_done_stands_with_the_pupil_and_the_flag() {
    let school = with_flag().await;
    let ana = school.person("ana");
    assert_eq!(flag(&ana).await["underSupport"], false);
    let done = note(&ana, json!({ "pupilId": AOI, "kind": "PHONE", "text": "母と電話。家でのようすを聞いた", "nextOn": "2026-12-01" })).await;
    let action = json!({ "kind": "PHONE", "text": "母と電話。家でのようすを聞いた", "nextOn": "2026-12-01", "by": "有村 安奈", "day": TODAY });
    assert_eq!(done, json!({ "action": action, "userErrors": [] }));
    assert_eq!(flag(&ana).await["underSupport"], true);
    let read = school.person("hugo").ask(&format!("{{ pupil(id: \"{AOI}\") {{ supportActions {{ text by duty }} }} }}"), json!({})).await;
    assert_eq!(read.data("/pupil/supportActions/0/duty"), "HOMEROOM_TEACHER");
}

#[tokio::test]
async fn only_those_who_look_after_the_pupil_note_and_read() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]).await;
    let input = json!({ "pupilId": AOI, "kind": "TALK", "text": "朝の声かけ" });
    for pupil in [json!(REN), json!(SOTA), json!("x")] {
        let refused = note(&school.person("ana"), json!({ "pupilId": pupil, "kind": "TALK", "text": "朝の声かけ" })).await;
        assert_eq!(refused["userErrors"], json!([{ "code": "NOT_FOUND", "field": "pupilId" }]));
    }
    let document = "mutation ($input: RecordSupportActionInput!) { recordSupportAction(input: $input) { userErrors { code } } }";
    assert_eq!(school.person("portal").ask(document, json!({ "input": input })).await.code(), "FORBIDDEN");
    assert_eq!(note(&school.person("nurse"), input.clone()).await["userErrors"], json!([{ "code": "NOT_FOUND", "field": "pupilId" }]), "she is not assigned");
    assert_eq!(note(&school.person("ana"), input).await["userErrors"], json!([]));
    let read = format!("{{ pupil(id: \"{AOI}\") {{ supportActions {{ text }} }} }}");
    assert_eq!(school.person("nurse").ask(&read, json!({})).await.data("/pupil/supportActions"), &Value::Null);
    let secret = school.pupil_token(AOI).await;
    assert_eq!(school.bearer(&secret).ask(&read, json!({})).await.code(), "FORBIDDEN", "not even the pupil, until it is shared on purpose");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let school = School::open().await;
    for (fields, code, field) in [
        (json!({ "text": " " }), "INVALID_TEXT", "text"),
        (json!({ "text": "あ".repeat(2_001) }), "TOO_LONG", "text"),
        (json!({ "day": "2026-11-25" }), "IN_THE_FUTURE", "day"),
        (json!({ "nextOn": "2026-11-23" }), "OUT_OF_RANGE", "nextOn"),
        (json!({ "nextOn": "2028-01-01" }), "OUT_OF_RANGE", "nextOn"),
    ] {
        let input = asagao_tests::with(json!({ "pupilId": AOI, "kind": "TALK", "text": "朝の声かけ" }), fields);
        assert_eq!(note(&school.person("ana"), input).await["userErrors"], json!([{ "code": code, "field": field }]));
    }
    assert_eq!(school.count("support_action", "1 = 1").await, 0);
}

#[tokio::test]
async fn an_answer_can_be_taken_back_on_its_day() {
    let school = with_flag().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    let id = flag(&ana).await["id"].clone();
    assert_eq!(take_back(&ana, &id).await["userErrors"][0]["code"], "NOT_FOUND", "there is none yet");
    answer(&ana, &id, "USEFUL", None).await;
    answer(&ana, &id, "ALREADY_KNOWN", Some("2026-12-08")).await;
    let answered = flag(&ana).await;
    assert_eq!((&answered["state"], &answered["answeredToday"]), (&json!("SNOOZED"), &json!(true)));
    assert_eq!(take_back(&hugo, &id).await["userErrors"][0]["code"], "NOT_FOUND", "it is hers");
    assert_eq!(take_back(&ana, &id).await["flag"], json!({ "state": "ANSWERED", "snoozedUntil": null }), "the first answer stands again");
    assert_eq!(take_back(&ana, &id).await["flag"]["state"], "NEW");
    let history = flag(&ana).await["history"].clone();
    let kinds: Vec<_> = history.as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["RAISED", "ANSWERED", "ANSWERED", "WITHDRAWN", "WITHDRAWN"]);
    answer(&ana, &id, "NOT_RIGHT", None).await;
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(flag(&ana).await["answeredToday"], false);
    assert_eq!(take_back(&ana, &id).await["userErrors"][0]["code"], "NOT_FOUND", "the day is over");
}

#[tokio::test]
async fn a_record_of_ones_own_id_is_stored_once() {
    let school = School::open().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    let id = "0a5a9a00-0000-4000-8000-0000000000f1";
    let input = |text: &str| json!({ "id": id, "pupilId": AOI, "kind": "TALK", "text": text, "nextOn": TODAY });
    let (first, second) = tokio::join!(note(&ana, input("話を聞いた")), note(&ana, input("話を聞いた")));
    assert_eq!((&first, &first["userErrors"]), (&second, &json!([])));
    // Another day the same is still the same, although the day to look again is over.
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(note(&ana, input("話を聞いた")).await, first);
    assert_eq!(school.count("support_action", "1 = 1").await, 1);
    assert_eq!(school.count("trail", "record = 'support_action'").await, 1, "and told once");
    let conflict = json!({ "action": null, "userErrors": [{ "code": "CONFLICT", "field": "id" }] });
    assert_eq!(note(&ana, input("ほかの話")).await, conflict);
    let mut another = input("話を聞いた");
    another["day"] = json!("2026-11-20");
    assert_eq!(note(&ana, another).await, conflict, "on another day it is another");
    assert_eq!(note(&hugo, input("話を聞いた")).await, conflict, "somebody else's");
    let wrong = note(&ana, json!({ "id": "x", "pupilId": AOI, "kind": "TALK", "text": "話" })).await;
    assert_eq!(wrong["userErrors"], json!([{ "code": "INVALID_ID", "field": "id" }]));
    assert_eq!(school.count("support_action", "1 = 1").await, 1);
}

#[tokio::test]
async fn an_answer_that_is_sent_twice_is_one() {
    let school = with_flag().await;
    let ana = school.person("ana");
    let id = flag(&ana).await["id"].clone();
    answer(&ana, &id, "USEFUL", None).await;
    answer(&ana, &id, "USEFUL", None).await;
    assert_eq!(flag(&ana).await["history"].as_array().expect("a list").iter().filter(|event| event["kind"] == "ANSWERED").count(), 1);
    assert_eq!(take_back(&ana, &id).await["flag"]["state"], "NEW");
    answer(&ana, &id, "USEFUL", None).await;
    answer(&ana, &id, "ALREADY_KNOWN", None).await;
    assert_eq!(take_back(&ana, &id).await["flag"]["state"], "ANSWERED", "two answers are two");
}
