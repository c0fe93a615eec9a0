//! 朝の健康観察: all fine but those who are named, and the nurse sees the whole school at once.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, Person, REN, School, TODAY, YUI};
use serde_json::{Value, json};

async fn record(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: RecordHealthObservationsInput!) { recordHealthObservations(input: $input) { changed unchanged
        rejected { index code field } userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/recordHealthObservations").clone()
}

async fn school() -> School {
    let mut school = School::open().await;
    school.hire("mei", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, TODAY.parse().expect("a date"))]).await;
    school
}

const COUNTS: &str = "enrolled observed absentIll suspended ill share symptoms { code count } diseases { code count }";

#[tokio::test]
async fn a_class_is_fine_but_those_who_are_named() {
    let school = school().await;
    let ana = school.person("ana");
    let take = format!("mutation {{ takeAttendance(input: {{ classId: \"{CLASS_5_2}\", marks: [{{ pupilId: \"{HARUTO}\", kind: \"ILLNESS\" }},
        {{ pupilId: \"{KAEDE}\", kind: \"SUSPENDED\" }}] }}) {{ changed }} }}");
    assert_eq!(ana.ask(&take, json!({})).await.data("/takeAttendance/changed"), 6);
    let input = json!({ "classId": CLASS_5_2, "observations": [
        { "pupilId": AOI, "state": "ILL", "symptoms": ["COUGH", "FEVER"], "temperature": 37.84, "note": "朝から" },
        { "pupilId": KAEDE, "state": "AWAY", "disease": "INFLUENZA" } ] });
    let done = record(&ana, input.clone()).await;
    assert_eq!((&done["changed"], &done["rejected"]), (&json!(5), &json!([])), "the absent pupil of whom nothing is said is not fine");
    assert_eq!(record(&ana, input).await["changed"], 0, "the same again changes nothing");
    let document = "query ($id: ID!) { pupil(id: $id) { healthObservations(from: \"2026-11-24\", to: \"2026-11-24\") {
        state symptoms { code } disease { code } temperature note by } } }";
    let aoi = ana.ask(document, json!({ "id": AOI })).await;
    assert_eq!(aoi.data("/pupil/healthObservations"), &json!([{ "state": "ILL", "symptoms": [{ "code": "FEVER" }, { "code": "COUGH" }],
        "disease": null, "temperature": 37.8, "note": "朝から", "by": "有村 安奈" }]));
    let code = school.pupil_token(AOI).await;
    assert_eq!(school.bearer(&code).ask(document, json!({ "id": AOI })).await.code(), "FORBIDDEN");

    let document = format!("query ($id: ID!) {{ schoolHealth(schoolId: $id) {{ total {{ {COUNTS} }} trend {{ day ill }}
        classes {{ class {{ name }} counts {{ {COUNTS} }} trend {{ day }} }} }} }}");
    let seen = school.person("mei").ask(&document, json!({ "id": HIBARINO })).await;
    assert_eq!(seen.data("/schoolHealth/total"), &json!({ "enrolled": 7, "observed": 6, "absentIll": 1, "suspended": 1, "ill": 1,
        "share": 3.0 / 7.0, "symptoms": [{ "code": "FEVER", "count": 1 }, { "code": "COUGH", "count": 1 }],
        "diseases": [{ "code": "INFLUENZA", "count": 1 }] }));
    let names: Vec<_> = seen.data("/schoolHealth/classes").as_array().unwrap().iter().map(|of| of["class"]["name"].as_str().unwrap()).collect();
    assert_eq!((names, seen.data("/schoolHealth/trend").as_array().unwrap().len()), (vec!["5年1組", "5年2組"], 5));
    assert_eq!(seen.data("/schoolHealth/trend/4"), &json!({ "day": TODAY, "ill": 1 }));
    assert!(seen.queries() <= 18, "{}", seen.queries());
    let own = ana.ask(&document, json!({ "id": HIBARINO })).await;
    assert_eq!(own.data("/schoolHealth/classes").as_array().unwrap().len(), 1, "a homeroom teacher sees the own class");
    assert_eq!(school.person("mari").ask(&document, json!({ "id": HIBARINO })).await.data("/schoolHealth"), &Value::Null);
    assert_eq!(school.person("portal").ask(&document, json!({ "id": HIBARINO })).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn what_is_noted_can_be_corrected_and_taken_back_and_both_stay() {
    let school = school().await;
    let mei = school.person("mei");
    let of = |state: Value| json!({ "classId": CLASS_5_2, "others": "UNCHANGED", "observations": [{ "pupilId": YUI, "state": state }] });
    assert_eq!(record(&mei, of(json!("ILL"))).await["changed"], 1);
    assert_eq!(record(&school.person("ana"), json!({ "classId": CLASS_5_2 })).await["changed"], 5, "what the nurse noted is not overwritten");
    assert_eq!(record(&mei, of(json!("FINE"))).await["changed"], 1);
    assert_eq!(record(&mei, of(Value::Null)).await["changed"], 1);
    assert_eq!(school.count("health_observation", "state IS NULL").await, 1);
    assert_eq!(school.count("health_observation", "1 = 1").await, 8, "the history is kept");
}

#[tokio::test]
async fn what_cannot_be_is_refused_item_by_item() {
    let school = school().await;
    let ana = school.person("ana");
    let items = json!([
        { "pupilId": REN, "state": "ILL" }, { "pupilId": AOI, "state": "FINE", "symptoms": ["FEVER"] }, { "pupilId": AOI, "state": "ILL", "symptoms": ["X"] },
        { "pupilId": AOI, "state": "ILL", "temperature": 43.0 }, { "pupilId": AOI, "state": "AWAY", "disease": "X" }, { "pupilId": "x", "state": "ILL" },
        { "pupilId": HARUTO, "state": "ILL" }, { "pupilId": HARUTO, "state": "ILL" } ]);
    let done = record(&ana, json!({ "classId": CLASS_5_2, "others": "UNCHANGED", "observations": items })).await;
    let refused: Vec<_> = done["rejected"].as_array().unwrap().iter().map(|of| (of["index"].as_u64().unwrap(), of["code"].as_str().unwrap(), of["field"].as_str().unwrap())).collect();
    assert_eq!(refused, [(0, "NOT_FOUND", "pupilId"), (1, "OUT_OF_RANGE", "symptoms"), (2, "NOT_FOUND", "symptoms"), (3, "OUT_OF_RANGE", "temperature"),
        (4, "NOT_FOUND", "disease"), (5, "INVALID_ID", "pupilId"), (7, "CONFLICT", "pupilId")]);
    assert_eq!(done["changed"], 1);
    for (day, code) in [("2026-11-25", "IN_THE_FUTURE"), ("2026-10-01", "OUT_OF_RANGE")] {
        assert_eq!(record(&ana, json!({ "classId": CLASS_5_2, "day": day })).await["userErrors"][0]["code"], code);
    }
    assert_eq!(record(&ana, json!({ "classId": CLASS_4_1 })).await["userErrors"], json!([{ "code": "NOT_FOUND", "field": "classId" }]));
    assert_eq!(school.person("hugo").ask("mutation { recordHealthObservations(input: { classId: \"x\" }) { changed } }", json!({})).await.code(), "FORBIDDEN", "the head reads");
}
