//! Guardians: who sees a child's record, by which standing, and what stays hidden from them.
use asagao_tests::{AOI, Answer, CLASS_5_2, HARUTO, MINATO, Person, REN, SOTA, School, TODAY};
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

const CHILD: &str = "query ($id: ID!) { pupil(id: $id) { name officialName homeroom { name } viewerRights keptOutOfAnalysis
    registerYear(year: 2026) { schoolName } termMarks { term } } }";

async fn sees(person: &Person<'_>, pupil: Uuid) -> bool {
    !person.ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": pupil })).await.data("/pupil").is_null()
}

async fn save(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: SaveGuardianInput!) { saveGuardian(input: $input) { guardianId userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/saveGuardian").clone()
}

async fn protect(person: &Person<'_>, act: &str, pupil: Uuid) -> Answer {
    let document = format!(
        "mutation ($input: ProtectionInput!) {{ {act}(input: $input) {{ protection {{ reason since }} userErrors {{ code field }} }} }}"
    );
    person.ask(&document, json!({ "input": { "pupilId": pupil, "reason": "市から連絡があった" } })).await
}

fn guardian(pupil: Uuid, id: Uuid, standing: &str) -> Value {
    json!({ "pupilId": pupil, "guardianId": id, "familyName": "朝倉", "relation": "FATHER", "standing": standing, "inHousehold": false })
}

#[tokio::test]
async fn a_guardian_sees_their_own_child_and_nobody_else() {
    let mut school = School::open().await;
    school.guardian("mother", AOI, "PARENTAL", true).await;
    let mother = school.person("mother");
    let answer = mother.ask(CHILD, json!({ "id": AOI })).await;
    assert_eq!((answer.data("/pupil/name"), answer.data("/pupil/homeroom/name")), (&json!("朝倉 葵"), &json!("5年2組")));
    assert_eq!(answer.data("/pupil/keptOutOfAnalysis"), &json!(false));
    let rights = json!(["ROSTER_READ", "OFFICIAL_NAME_READ", "PROTECTED_READ", "ACTIVITY_READ", "ANALYSIS_CHOOSE", "ATTENDANCE_READ", "MARK_READ", "ACCESS_LOG_READ"]);
    assert_eq!(answer.data("/pupil/viewerRights"), &rights);
    let own = mother.ask("{ children { id } viewer { name pupil { id } duties { id } } }", json!({})).await;
    assert_eq!(own.data(""), &json!({ "children": [{ "id": AOI }], "viewer": { "name": "mother", "pupil": null, "duties": [] } }));
    for other in [HARUTO, REN, MINATO] {
        assert!(!sees(&mother, other).await);
    }
    // What adults of the school work with is not for families.
    for field in ["moods(from: \"2026-11-24\", to: \"2026-11-24\") { word }", "supportFlags { id }", "guardians { name }", "support { id }"] {
        let answer = mother.ask(&format!("query ($id: ID!) {{ pupil(id: $id) {{ {field} }} }}"), json!({ "id": AOI })).await;
        let shown = answer.body["data"]["pupil"].as_object().is_some_and(|of| of.values().any(|value| !value.is_null()));
        assert!(!shown, "{field}: {}", answer.body);
    }
    for document in [format!("{{ class(id: \"{CLASS_5_2}\") {{ name }} }}"), "{ schools { nodes { name } } }".into()] {
        assert_eq!(mother.ask(&document, json!({})).await.code(), "FORBIDDEN");
    }
    assert_eq!(school.person("ana").ask("{ children { id } }", json!({})).await.data("/children"), &json!([]));
}

#[tokio::test]
async fn who_has_no_standing_or_is_held_back_sees_nothing() {
    let mut school = School::open().await;
    let father = school.guardian("father", AOI, "PARENTAL", false).await;
    school.guardian("aunt", AOI, "NONE", true).await;
    school.guardian("grandmother", AOI, "CUSTODIAL", false).await;
    assert!(sees(&school.person("father"), AOI).await && sees(&school.person("grandmother"), AOI).await);
    let aunt = school.person("aunt").ask("{ children { id } }", json!({})).await;
    assert_eq!(aunt.data("/children"), &json!([]));
    assert_eq!(school.person("aunt").ask(CHILD, json!({ "id": AOI })).await.code(), "FORBIDDEN", "an aunt without a standing has no rights at all");
    let mut held = guardian(AOI, father, "PARENTAL");
    held["withheld"] = json!(true);
    assert_eq!(save(&school.person("hugo"), held).await["userErrors"], json!([]));
    let refused = school.person("father").ask(CHILD, json!({ "id": AOI })).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "the code ended with the last child");
}

#[tokio::test]
async fn parents_who_share_custody_learn_nothing_of_one_another() {
    let mut school = School::open().await;
    school.guardian("mother", AOI, "PARENTAL", true).await;
    school.guardian("father", AOI, "PARENTAL", false).await;
    for who in ["mother", "father"] {
        assert!(sees(&school.person(who), AOI).await, "{who}");
    }
    school.person("ana").ask(CHILD, json!({ "id": AOI })).await;
    school.verify_access_log(&[]).await;
    let looks = "query ($id: ID!) { accessLog(pupilId: $id) { nodes { by byGuardian address } } whoCanSee(pupilId: $id) { name by } }";
    let seen = school.person("father").ask(looks, json!({ "id": AOI })).await;
    assert!(!seen.body.to_string().contains("mother"), "{}", seen.body);
    assert!(seen.body.to_string().contains("有村"), "the teacher's look is told: {}", seen.body);
    let list = seen.data("/accessLog/nodes").as_array().expect("a list");
    assert!(list.iter().all(|of| of["byGuardian"] == false && of["address"].is_null()), "{list:?}");
    let told = school.person("hugo").ask(looks, json!({ "id": AOI })).await;
    assert!(told.data("/whoCanSee").to_string().contains("mother"), "the head knows the guardians: {}", told.body);
    assert!(told.data("/accessLog").to_string().contains("mother"), "{}", told.body);
    let by_pupil = school.bearer(&school.pupil_token(AOI).await).ask(looks, json!({ "id": AOI })).await;
    assert!(!by_pupil.body.to_string().contains("mother"), "{}", by_pupil.body);
}

#[tokio::test]
async fn a_household_under_protection_is_shown_to_itself_alone() {
    let mut school = School::open().await;
    school.guardian("mother", AOI, "PARENTAL", true).await;
    school.guardian("father", AOI, "PARENTAL", false).await;
    let done = protect(&school.person("hugo"), "protectHousehold", AOI).await;
    assert_eq!(done.data("/protectHousehold/protection"), &json!({ "reason": "市から連絡があった", "since": TODAY }));
    assert!(sees(&school.person("mother"), AOI).await, "the household sees its child");
    assert_eq!(school.person("father").ask(CHILD, json!({ "id": AOI })).await.status, StatusCode::UNAUTHORIZED);
    let name = |answer: &Answer| answer.data("/class/pupils/nodes").as_array().expect("a list")[0]["name"].clone();
    let list = "query ($id: ID!) { class(id: $id) { pupils { nodes { name kana underProtection } } } }";
    let by_app = school.person("portal").ask(list, json!({ "id": CLASS_5_2 })).await;
    assert!(!by_app.body.to_string().contains("葵") && !by_app.body.to_string().contains("アオイ"), "{}", by_app.body);
    assert_eq!(name(&by_app), "（非公開）");
    assert_eq!(name(&school.person("ana").ask(list, json!({ "id": CLASS_5_2 })).await), "朝倉 葵", "who teaches the pupil knows the name");
    let found = "{ pupils(search: \"葵\") { nodes { pupil { id } } } }";
    assert_eq!(school.person("portal").ask(found, json!({})).await.data("/pupils/nodes"), &json!([]), "nobody finds the name by trying");
    assert_eq!(school.person("ana").ask(found, json!({})).await.data("/pupils/nodes/0/pupil/id"), &json!(AOI));
    let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { userErrors { code } } }";
    let input = json!({ "classId": CLASS_5_2, "day": TODAY, "marks": [{ "pupilId": AOI, "kind": "ABSENT" }] });
    assert_eq!(school.person("ana").ask(take, json!({ "input": input })).await.data("/takeAttendance/userErrors"), &json!([]));
    let away = "query ($day: Date!) { attendanceToday(day: $day) { away { name } } }";
    let away = school.person("portal").ask(away, json!({ "day": TODAY })).await;
    assert!(!away.body.to_string().contains("葵"), "{}", away.body);
    protect(&school.person("hugo"), "endProtection", AOI).await;
    assert_eq!(name(&school.person("portal").ask(list, json!({ "id": CLASS_5_2 })).await), "朝倉 葵");
    assert_eq!(school.count("protection", "ends < begins").await, 1, "it began and ended on one day");
}

#[tokio::test]
async fn the_school_that_a_protected_pupil_left_does_not_tell_where_to() {
    let school = School::open().await;
    protect(&school.person("hugo"), "protectHousehold", AOI).await;
    let out = "mutation ($input: TransferPupilOutInput!) { transferPupilOut(input: $input) { pupilMove { id } userErrors { code } } }";
    let input = json!({ "pupilId": AOI, "day": TODAY, "destination": "みなみ小学校", "reason": "みなみ町へ転居" });
    let done = school.person("hugo").ask(out, json!({ "input": input })).await;
    let id = done.data("/transferPupilOut/pupilMove/id").clone();
    let asked = "query ($id: ID!) { pupilMove(id: $id) { kind otherSchool otherSchoolId reason destinationHidden } }";
    let told = school.person("hugo").ask(asked, json!({ "id": id })).await;
    let hidden = json!({ "kind": "TRANSFER_OUT", "otherSchool": null, "otherSchoolId": null, "reason": null, "destinationHidden": true });
    assert_eq!(told.data("/pupilMove"), &hidden);
}

#[tokio::test]
async fn the_office_alone_notes_guardians_and_only_of_its_own_pupils() {
    let mut school = School::open().await;
    let father = school.guardian("father", AOI, "PARENTAL", false).await;
    let input = |pupil: Uuid| guardian(pupil, father, "NONE");
    let document = "mutation ($input: SaveGuardianInput!) { saveGuardian(input: $input) { guardianId } }";
    for who in ["ana", "portal", "father"] {
        assert_eq!(school.person(who).ask(document, json!({ "input": input(AOI) })).await.code(), "FORBIDDEN", "{who}");
    }
    let not_found = |field: &str| json!([{ "code": "NOT_FOUND", "field": field }]);
    assert_eq!(save(&school.person("mari"), input(AOI)).await["userErrors"], not_found("pupilId"), "another school's head");
    assert_eq!(save(&school.person("mari"), input(SOTA)).await["userErrors"], not_found("guardianId"), "a guardian of another school's pupils alone");
    assert!(sees(&school.person("father"), AOI).await);
    let empty = json!({ "pupilId": AOI, "familyName": " ", "relation": "MOTHER", "standing": "PARENTAL", "inHousehold": true });
    assert_eq!(save(&school.person("hugo"), empty).await["userErrors"], json!([{ "code": "INVALID_TEXT", "field": "familyName" }]));
    assert_eq!(protect(&school.person("mari"), "protectHousehold", AOI).await.data("/protectHousehold/userErrors"), &not_found("pupilId"));
    let list = "query ($id: ID!) { pupil(id: $id) { guardians { guardianId name standing inHousehold seesRecord } protection { since } } }";
    let told = school.person("ana").ask(list, json!({ "id": AOI })).await;
    let of = json!([{ "guardianId": father, "name": "father", "standing": "PARENTAL", "inHousehold": false, "seesRecord": true }]);
    assert_eq!(told.data("/pupil"), &json!({ "guardians": of, "protection": null }));
}

#[tokio::test]
async fn a_guardian_is_found_by_the_verified_address_where_no_member_of_staff_has_it() {
    use asagao_graphql::access::subject::Claimed;
    let mut school = School::open().await;
    let mother = school.guardian("mother", AOI, "PARENTAL", true).await;
    let mut input = guardian(AOI, mother, "PARENTAL");
    input["email"] = json!("Haha@example.jp");
    save(&school.person("hugo"), input).await;
    assert_eq!(school.claimed(Claimed::Email("haha@EXAMPLE.jp")).await, Some(mother));
    assert_eq!(school.claimed(Claimed::Id(&mother.to_string())).await, Some(mother));
    let mut input = guardian(AOI, mother, "NONE");
    input["email"] = json!("haha@example.jp");
    save(&school.person("hugo"), input).await;
    assert_eq!(school.claimed(Claimed::Email("haha@example.jp")).await, None, "who sees nothing does not come in");
}
