//! 保健室来室: noted in three touches, ended later, with a note that only the nurse reads.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, HARUTO, HIBARINO, Person, SOTA, School, TODAY, nth};
use chrono::TimeDelta;
use serde_json::{Value, json};

const FIELDS: &str = "id pupilName className cameAt leftAt reason { code } outcome note nurseNote by";

async fn school() -> School {
    let mut school = School::open().await;
    school.hire("mei", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, TODAY.parse().expect("a date"))]).await;
    school.hire("toru", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_1), TODAY.parse().expect("a date"))]).await;
    school
}

async fn send(person: &Person<'_>, mutation: &str, of: &str, input: Value) -> Value {
    let document = format!("mutation ($input: {of}InfirmaryVisitInput!) {{ done: {mutation}(input: $input) {{ visit {{ {FIELDS} }} userErrors {{ code field }} }} }}");
    person.ask(&document, json!({ "input": input })).await.data("/done").clone()
}

async fn record(person: &Person<'_>, input: Value) -> Value {
    send(person, "recordInfirmaryVisit", "Record", input).await
}

async fn correct(person: &Person<'_>, input: Value) -> Value {
    send(person, "correctInfirmaryVisit", "Correct", input).await
}

async fn today(person: &Person<'_>) -> Vec<Value> {
    let document = format!("query ($id: ID!) {{ infirmaryVisits(schoolId: $id) {{ nodes {{ {FIELDS} }} }} }}");
    person.ask(&document, json!({ "id": HIBARINO })).await.data("/infirmaryVisits/nodes").as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_visit_is_noted_ended_and_corrected() {
    let school = school().await;
    let mei = school.person("mei");
    let input = json!({ "id": nth(1), "pupilId": AOI, "reason": "STOMACH_ACHE", "outcome": "REST", "note": "少し 休みます", "nurseNote": "家のことを 話した" });
    let visit = record(&mei, input.clone()).await["visit"].clone();
    assert_eq!((&visit["pupilName"], &visit["className"], &visit["leftAt"]), (&json!("朝倉 葵"), &json!("5年2組"), &Value::Null));
    assert_eq!(record(&mei, input).await["visit"]["id"], visit["id"], "sent again it is the same");
    assert_eq!(record(&mei, json!({ "id": nth(1), "pupilId": AOI, "reason": "FEVER", "outcome": "REST" })).await["userErrors"][0]["code"], "CONFLICT");
    school.clock.advance(TimeDelta::minutes(30));
    let ended = correct(&mei, json!({ "visitId": visit["id"], "outcome": "BACK_TO_CLASS" })).await;
    assert_eq!((&ended["visit"]["leftAt"], &ended["visit"]["nurseNote"]), (&json!("2026-11-23T23:50:00.000Z"), &json!("家のことを 話した")));
    assert_eq!(correct(&mei, json!({ "visitId": visit["id"], "reason": "HEADACHE", "cameAt": "2026-11-24T08:00:00+09:00" })).await["userErrors"], json!([]));
    assert_eq!(school.count("trail", "record = 'infirmary_visit'").await, 3);

    let read = |visits: Vec<Value>| visits.into_iter().map(|of| (of["note"].clone(), of["nurseNote"].clone())).collect::<Vec<_>>();
    assert_eq!(read(today(&mei).await), [(json!("少し 休みます"), json!("家のことを 話した"))]);
    for who in ["ana", "hugo"] {
        assert_eq!(read(today(&school.person(who)).await), [(json!("少し 休みます"), Value::Null)], "{who} reads what is for everybody");
    }
    for who in ["toru", "mari"] {
        assert_eq!(today(&school.person(who)).await, [] as [Value; 0], "{who} has nothing to do with the pupil");
    }
    let document = "query ($id: ID!) { pupil(id: $id) { infirmaryVisits(from: \"2026-11-01\", to: \"2026-11-30\") { outcome nurseNote } } }";
    assert_eq!(school.person("ana").ask(document, json!({ "id": AOI })).await.data("/pupil/infirmaryVisits"), &json!([{ "outcome": "BACK_TO_CLASS", "nurseNote": null }]));
    assert_eq!(school.person("portal").ask(document, json!({ "id": AOI })).await.code(), "FORBIDDEN");
    assert_eq!(correct(&mei, json!({ "visitId": visit["id"], "withdrawn": true })).await["userErrors"], json!([]));
    assert_eq!((today(&mei).await.len(), correct(&mei, json!({ "visitId": visit["id"], "note": "x" })).await["userErrors"][0]["code"].clone()), (0, json!("NOT_FOUND")));
}

#[tokio::test]
async fn a_withdrawn_visit_is_not_taken_for_one_that_is_sent_again() {
    let school = school().await;
    let mei = school.person("mei");
    let visit = json!({ "id": nth(1), "pupilId": AOI, "reason": "HEADACHE" });
    assert_eq!(record(&mei, visit.clone()).await["userErrors"], json!([]));
    assert_eq!(record(&mei, visit.clone()).await["userErrors"], json!([]), "sent again it is the same");
    correct(&mei, json!({ "visitId": nth(1), "withdrawn": true })).await;
    assert_eq!(record(&mei, visit).await["userErrors"][0]["code"], "CONFLICT");
}

#[tokio::test]
async fn whoever_is_there_is_there_until_somebody_says_what_became_of_it() {
    let school = school().await;
    let mei = school.person("mei");
    let here = record(&mei, json!({ "id": nth(1), "pupilId": AOI, "reason": "HEADACHE" })).await["visit"].clone();
    assert_eq!((&here["outcome"], &here["leftAt"]), (&json!("HERE"), &Value::Null));
    school.clock.advance(TimeDelta::minutes(10));
    let gone = json!({ "visitId": here["id"], "leftAt": "2026-11-24T08:25:00+09:00" });
    assert_eq!(correct(&mei, gone.clone()).await["userErrors"], json!([{ "code": "EMPTY", "field": "outcome" }]), "left, and nobody says where to");
    let rests = correct(&mei, json!({ "visitId": here["id"], "outcome": "REST" })).await["visit"].clone();
    assert_eq!((&rests["outcome"], &rests["leftAt"]), (&json!("REST"), &Value::Null));
    let back = correct(&mei, json!({ "visitId": here["id"], "outcome": "BACK_TO_CLASS" })).await["visit"].clone();
    assert_eq!(back["leftAt"], "2026-11-23T23:30:00.000Z");
    let again = correct(&mei, json!({ "visitId": here["id"], "outcome": "HERE" })).await["visit"].clone();
    assert_eq!((&again["outcome"], &again["leftAt"]), (&json!("HERE"), &Value::Null), "a wrong press is taken back");
    school.clock.advance(TimeDelta::days(1));
    let late = correct(&mei, json!({ "visitId": here["id"], "outcome": "SENT_HOME" })).await["visit"].clone();
    assert_eq!((&late["outcome"], &late["leftAt"]), (&json!("SENT_HOME"), &Value::Null), "nobody knows any more when it was over");
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let school = school().await;
    let mei = school.person("mei");
    for (more, field) in [
        (json!({ "pupilId": SOTA }), "pupilId"), (json!({ "reason": "X" }), "reason"), (json!({ "cameAt": "2026-11-24T09:00:00+09:00" }), "cameAt"),
        (json!({ "cameAt": "2026-10-01T09:00:00+09:00" }), "cameAt"), (json!({ "leftAt": "2026-11-24T08:00:00+09:00" }), "leftAt"),
        (json!({ "cameAt": "morning" }), "cameAt"), (json!({ "note": "あ".repeat(501) }), "note"), (json!({ "id": "x" }), "id"),
    ] {
        let input = asagao_tests::with(json!({ "pupilId": AOI, "reason": "FEVER", "outcome": "SENT_HOME" }), more);
        assert_eq!(record(&mei, input).await["userErrors"][0]["field"], field);
    }
    let document = format!("mutation {{ recordInfirmaryVisit(input: {{ pupilId: \"{AOI}\", reason: \"FEVER\", outcome: REST }}) {{ userErrors {{ code }} }} }}");
    for who in ["ana", "hugo", "portal"] {
        assert_eq!(school.person(who).ask(&document, json!({})).await.code(), "FORBIDDEN", "{who}");
    }
    for (n, pupil) in [(1, AOI), (2, HARUTO), (3, AOI)] {
        assert_eq!(record(&mei, json!({ "id": nth(n), "pupilId": pupil, "reason": "INJURY", "outcome": "BACK_TO_CLASS" })).await["userErrors"], json!([]));
    }
    let page = format!("query ($after: String) {{ infirmaryVisits(schoolId: \"{HIBARINO}\", first: 2, after: $after) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}");
    let one = mei.ask(&page, json!({})).await;
    let two = mei.ask(&page, json!({ "after": one.data("/infirmaryVisits/pageInfo/endCursor") })).await;
    let count = |answer: &asagao_tests::Answer| answer.data("/infirmaryVisits/nodes").as_array().unwrap().len();
    assert_eq!((count(&one), count(&two), two.data("/infirmaryVisits/pageInfo/hasNextPage")), (2, 1, &json!(false)));
}
