//! Who has which duty when: several duties at once, somebody in another's place, and who may give them.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HIBARINO, LESSON, MIZUUMI, Person, School, TODAY};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

async fn send(person: &Person<'_>, mutation: &str, of_type: &str, input: Value) -> Value {
    let document = format!("mutation ($input: {of_type}Input!) {{ done: {mutation}(input: $input) {{
        duty {{ id kind className schoolName grade begins ends }} userErrors {{ code field }} }} }}");
    person.ask(&document, json!({ "input": input })).await.data("/done").clone()
}

async fn give(person: &Person<'_>, input: Value) -> Value {
    let answer = send(person, "giveDuty", "GiveDuty", input).await;
    assert_eq!(answer["userErrors"], json!([]));
    answer["duty"].clone()
}

async fn sees(school: &School, who: &str, pupil: Uuid) -> bool {
    let document = "query ($id: ID!) { pupil(id: $id) { name } }";
    let answer = school.person(who).ask(document, json!({ "id": pupil })).await;
    answer.body["data"]["pupil"]["name"].is_string()
}

async fn staff(school: &School) -> Value {
    let document = "{ schools { nodes { staff { id name elsewhere duties { id kind className begins ends } } } } }";
    school.person("hugo").ask(document, json!({})).await.data("/schools/nodes/0/staff").clone()
}

/// Somebody of the board's staff without any duty yet.
async fn newcomer(school: &mut School, name: &str) -> Uuid {
    school.hire(name, |_| vec![]).await;
    school.person(name).id
}

#[tokio::test]
async fn trap_17_somebody_in_anothers_place_is_named_beside_them_with_the_period() {
    let mut school = School::open().await;
    let rin = newcomer(&mut school, "rin").await;
    let people = staff(&school).await;
    let ana = people.as_array().unwrap().iter().find(|of| of["name"] == "有村 安奈").expect("the homeroom teacher").clone();
    let former = ana["duties"][0]["id"].clone();
    let hugo = school.person("hugo");
    let given = give(&hugo, json!({ "staffId": rin, "kind": "HOMEROOM_TEACHER", "classId": CLASS_5_2, "begins": "2026-12-01", "replacesId": former })).await;
    assert_eq!((&given["className"], &given["begins"], &given["ends"]), (&json!("5年2組"), &json!("2026-12-01"), &json!("2027-03-31")));
    let document = "query ($id: ID!) { class(id: $id) { teachersOverTime { name begins ends } teachers { name } } }";
    let over_time = hugo.ask(document, json!({ "id": CLASS_5_2 })).await;
    assert_eq!(over_time.data("/class/teachersOverTime"), &json!([
        { "name": "有村 安奈", "begins": "2026-04-01", "ends": "2026-11-30" },
        { "name": "rin", "begins": "2026-12-01", "ends": "2027-03-31" },
    ]));
    assert!(sees(&school, "ana", AOI).await && !sees(&school, "rin", AOI).await);
    school.clock.advance(TimeDelta::days(7));
    assert!(!sees(&school, "ana", AOI).await && sees(&school, "rin", AOI).await);
}

#[tokio::test]
async fn trap_17_somebody_with_duties_in_two_schools_has_what_each_gives() {
    let mut school = School::open().await;
    let rin = newcomer(&mut school, "rin").await;
    give(&school.person("hugo"), json!({ "staffId": rin, "kind": "SUBJECT_TEACHER", "classId": LESSON })).await;
    give(&school.person("mari"), json!({ "staffId": rin, "kind": "NURSE", "schoolId": MIZUUMI })).await;
    let document = "{ viewer { duties { kind schoolName } } }";
    let duties = school.person("rin").ask(document, json!({})).await;
    let mut schools: Vec<_> = duties.data("/viewer/duties").as_array().unwrap().iter().map(|duty| duty["schoolName"].as_str().unwrap()).collect();
    schools.sort_unstable();
    assert_eq!(schools, ["ひばり野小学校", "みずうみ小学校"]);
    assert!(sees(&school, "rin", AOI).await && sees(&school, "rin", asagao_tests::SOTA).await);
    let people = staff(&school).await;
    let listed = people.as_array().unwrap().iter().find(|of| of["name"] == "rin").expect("listed");
    assert_eq!((listed["duties"].as_array().unwrap().len(), &listed["elsewhere"]), (1, &json!(true)), "the other school's duties are its own");
}

#[tokio::test]
async fn a_duty_is_changed_and_ended_and_access_with_it() {
    let mut school = School::open().await;
    let rin = newcomer(&mut school, "rin").await;
    let hugo = school.person("hugo");
    let given = give(&hugo, json!({ "staffId": rin, "kind": "GRADE_HEAD", "schoolId": HIBARINO, "grade": "P5" })).await;
    assert!(sees(&school, "rin", AOI).await);
    let twice = send(&hugo, "giveDuty", "GiveDuty", json!({ "staffId": rin, "kind": "GRADE_HEAD", "schoolId": HIBARINO, "grade": "P5" })).await;
    assert_eq!(twice["userErrors"][0], json!({ "code": "CONFLICT", "field": "staffId" }));
    let changed = send(&hugo, "changeDuty", "ChangeDuty", json!({ "dutyId": given["id"], "ends": "2026-12-25" })).await;
    assert_eq!(changed["duty"]["ends"], "2026-12-25");
    let wrong = send(&hugo, "changeDuty", "ChangeDuty", json!({ "dutyId": given["id"], "ends": "2026-01-01" })).await;
    assert_eq!(wrong["userErrors"][0], json!({ "code": "OUT_OF_RANGE", "field": "ends" }));
    let ended = send(&hugo, "endDuty", "EndDuty", json!({ "dutyId": given["id"] })).await;
    assert_eq!(ended["duty"]["ends"], TODAY);
    school.clock.advance(TimeDelta::days(1));
    assert!(!sees(&school, "rin", AOI).await);
}

#[tokio::test]
async fn a_head_of_a_grade_replaces_the_head_of_that_grade_and_of_no_other() {
    let mut school = School::open().await;
    let (rin, kei) = (newcomer(&mut school, "rin").await, newcomer(&mut school, "kei").await);
    let hugo = school.person("hugo");
    let head = |staff: Uuid, grade: &str, replaces: &Value| json!({ "staffId": staff, "kind": "GRADE_HEAD", "schoolId": HIBARINO, "grade": grade, "replacesId": replaces });
    let former = give(&hugo, head(rin, "P5", &Value::Null)).await;
    let wrong = send(&hugo, "giveDuty", "GiveDuty", head(kei, "P6", &former["id"])).await;
    assert_eq!(wrong["userErrors"][0], json!({ "code": "NOT_FOUND", "field": "replacesId" }));
    give(&hugo, asagao_tests::with(head(kei, "P5", &former["id"]), json!({ "begins": "2026-12-01" }))).await;
    assert_eq!(school.count("duty", "kind = 'GRADE_HEAD' AND grade = 'P5' AND ends = '2026-11-30'").await, 1);
}

#[tokio::test]
async fn an_office_gives_the_duties_of_its_school_and_nobody_their_own() {
    let mut school = School::open().await;
    let rin = newcomer(&mut school, "rin").await;
    let hugo = school.person("hugo");
    let base = json!({ "staffId": rin, "kind": "HOMEROOM_TEACHER", "classId": CLASS_5_2 });
    for (fields, code, field) in [
        (json!({ "kind": "HEAD", "classId": null, "schoolId": HIBARINO }), "OUT_OF_RANGE", "kind"),
        (json!({ "kind": "OPERATOR", "classId": null }), "OUT_OF_RANGE", "kind"),
        (json!({ "staffId": AOI }), "NOT_FOUND", "staffId"),
        (json!({ "staffId": hugo.id }), "OUT_OF_RANGE", "staffId"),
        (json!({ "classId": null, "schoolId": HIBARINO }), "WRONG_CLASS", "classId"),
        (json!({ "classId": CLASS_4_1 }), "NOT_FOUND", "classId"),
        (json!({ "classId": LESSON }), "WRONG_CLASS", "classId"),
        (json!({ "kind": "NURSE", "classId": null, "schoolId": MIZUUMI }), "NOT_FOUND", "schoolId"),
        (json!({ "kind": "GRADE_HEAD", "classId": null, "schoolId": HIBARINO }), "OUT_OF_RANGE", "grade"),
        (json!({ "ends": "2026-11-01" }), "OUT_OF_RANGE", "ends"),
        (json!({ "replacesId": AOI }), "NOT_FOUND", "replacesId"),
    ] {
        let answer = send(&hugo, "giveDuty", "GiveDuty", asagao_tests::with(base.clone(), fields)).await;
        assert_eq!(answer["userErrors"][0], json!({ "code": code, "field": field }));
    }
    let document = "mutation ($input: GiveDutyInput!) { giveDuty(input: $input) { userErrors { code } } }";
    assert_eq!(school.person("ana").ask(document, json!({ "input": base })).await.code(), "FORBIDDEN");
    assert_eq!(school.person("ana").ask("{ schools { nodes { staff { name } } } }", json!({})).await.code(), "FORBIDDEN");
    let ended = send(&school.person("mari"), "endDuty", "EndDuty", json!({ "dutyId": staff(&school).await[0]["duties"][0]["id"] })).await;
    assert_eq!(ended["userErrors"][0], json!({ "code": "NOT_FOUND", "field": "dutyId" }), "another school's");
    let mail = "query ($mail: String!) { staffByEmail(email: $mail) { name } }";
    let found = hugo.ask(mail, json!({ "mail": "rin@asagiri.example" })).await;
    assert_eq!(found.data("/staffByEmail/name"), "rin");
    assert_eq!(hugo.ask(mail, json!({ "mail": "" })).await.data("/staffByEmail"), &Value::Null);
}

#[tokio::test]
async fn a_school_affairs_clerk_is_of_the_office() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("kei", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, from)]).await;
    let rin = newcomer(&mut school, "rin").await;
    give(&school.person("kei"), json!({ "staffId": rin, "kind": "HOMEROOM_TEACHER", "classId": CLASS_5_1 })).await;
    assert!(sees(&school, "rin", asagao_tests::REN).await);
}
