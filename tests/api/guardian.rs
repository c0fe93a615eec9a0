//! Guardians: who sees a child's record, by which standing, and what stays hidden from them.
use asagao_tests::{AOI, Answer, CLASS_5_2, HARUTO, MINATO, MIZUUMI, Person, REN, SOTA, School, TODAY, YUI};
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
    let register = "query ($id: ID!) { class(id: $id) { register(month: \"2026-11\") { rows { number name } corrections { name } } } }";
    let of = async |who: &str| school.person(who).ask(register, json!({ "id": CLASS_5_2 })).await.data("/class/register/rows/0/name").clone();
    assert_eq!((of("portal").await, of("ana").await), (json!("（非公開）"), json!("朝倉 葵")));
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
    let history = "query ($id: ID!) { pupil(id: $id) { history { nodes { act reason changes { field after } } } } }";
    let history = school.person("hugo").ask(history, json!({ "id": AOI })).await;
    let moves = history.data("/pupil/history/nodes").to_string();
    assert!(moves.contains("\"kind\"") && !moves.contains("みなみ"), "nor does the history: {moves}");
    // Nor by saying that a school of the board is still to take the pupil in.
    protect(&school.person("hugo"), "protectHousehold", YUI).await;
    let input = json!({ "pupilId": YUI, "day": TODAY, "destinationSchoolId": MIZUUMI });
    let out = "mutation ($input: TransferPupilOutInput!) { transferPupilOut(input: $input) { pupilMove { awaited otherSchoolId } userErrors { code } } }";
    let done = school.person("hugo").ask(out, json!({ "input": input })).await;
    assert_eq!(done.data("/transferPupilOut/pupilMove"), &json!({ "awaited": false, "otherSchoolId": null }), "{}", done.body);
    let expected = "{ schools { nodes { expectedPupils { pupilId } } } }";
    let told = school.person("mari").ask(expected, json!({})).await;
    assert_eq!(told.data("/schools/nodes/0/expectedPupils/0/pupilId"), &json!(YUI), "the school that awaits the pupil knows");
    // As with every other way to leave.
    protect(&school.person("hugo"), "protectHousehold", HARUTO).await;
    let out = "mutation ($input: WithdrawPupilInput!) { withdrawPupil(input: $input) { pupilMove { destinationHidden otherSchool reason } userErrors { code } } }";
    let input = json!({ "pupilId": HARUTO, "day": TODAY, "kind": "WITHDRAWAL", "reason": "みなみ町へ転居" });
    let done = school.person("hugo").ask(out, json!({ "input": input })).await;
    assert_eq!(done.data("/withdrawPupil/pupilMove"), &json!({ "destinationHidden": true, "otherSchool": null, "reason": null }), "{}", done.body);
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

#[tokio::test]
async fn what_is_left_out_of_a_guardian_stays_as_it_is() {
    use asagao_graphql::formats::csv_rows;
    use asagao_graphql::roster::guardian::SaveGuardianInput;
    let mut school = School::open().await;
    let father = school.guardian("father", AOI, "PARENTAL", false).await;
    let hugo = school.person("hugo");
    let mut whole = guardian(AOI, father, "PARENTAL");
    for (field, value) in [("withheld", json!(true)), ("email", json!("chichi@example.jp")), ("givenName", json!("蓮太郎")), ("kanaFamilyName", json!("アサクラ")), ("language", json!("PT")), ("ends", json!("2027-03-31"))] {
        whole[field] = value;
    }
    assert_eq!(save(&hugo, whole).await["userErrors"], json!([]));
    assert_eq!(save(&hugo, guardian(AOI, father, "PARENTAL")).await["userErrors"], json!([]));
    let list = "query ($id: ID!) { pupil(id: $id) { guardians { name kana email language withheld sees: seesRecord ends } } }";
    let told = hugo.ask(list, json!({ "id": AOI })).await;
    let kept = json!([{ "name": "朝倉 蓮太郎", "kana": "アサクラ", "email": "chichi@example.jp", "language": "PT", "withheld": true, "sees": false, "ends": "2027-03-31" }]);
    assert_eq!(told.data("/pupil/guardians"), &kept, "no court's order is lifted by leaving a field out");
    let mut less = guardian(AOI, father, "PARENTAL");
    for field in ["email", "givenName", "kanaFamilyName", "ends"] {
        less[field] = Value::Null;
    }
    less["withheld"] = json!(false);
    assert_eq!(save(&hugo, less).await["userErrors"], json!([]));
    let told = hugo.ask(list, json!({ "id": AOI })).await;
    let taken = json!([{ "name": "朝倉", "kana": null, "email": null, "language": "PT", "withheld": false, "sees": true, "ends": null }]);
    assert_eq!(told.data("/pupil/guardians"), &taken);
    let file = "pupilId,familyName,relation,standing,inHousehold,withheld,email,ends\na,朝倉,FATHER,PARENTAL,false,,,\na,朝倉,FATHER,PARENTAL,false,true,a@b,2027-03-31\n";
    let (rows, wrong) = csv_rows::read::<SaveGuardianInput>(file);
    assert_eq!(wrong, []);
    let (empty, said) = (&rows[0].1, &rows[1].1);
    assert!(empty.withheld.is_none() && empty.email.is_undefined() && empty.ends.is_undefined() && empty.language.is_none(), "{empty:?}");
    assert!(said.withheld == Some(true) && said.email.value().map(String::as_str) == Some("a@b") && !said.ends.is_undefined(), "{said:?}");
}

#[tokio::test]
async fn brothers_and_sisters_are_protected_together() {
    let mut school = School::open().await;
    let mother = school.guardian("mother", AOI, "PARENTAL", true).await;
    let father = school.guardian("father", AOI, "PARENTAL", false).await;
    let hugo = school.person("hugo");
    let mut at_home = guardian(HARUTO, mother, "PARENTAL");
    at_home["inHousehold"] = json!(true);
    for input in [at_home, guardian(HARUTO, father, "PARENTAL"), guardian(REN, father, "PARENTAL")] {
        assert_eq!(save(&hugo, input).await["userErrors"], json!([]));
    }
    // In another school, too, as somebody with children in both has it.
    school.tamper("INSERT INTO guardianship (id, guardian, pupil, relation, standing, household, withheld, begins, ends)
        SELECT p.id, s.guardian, p.id, s.relation, s.standing, s.household, s.withheld, s.begins, s.ends FROM guardianship s JOIN pupil p ON p.id IN
            (SELECT e.pupil FROM enrolment e JOIN school x ON x.id = e.school WHERE x.name LIKE 'みずうみ%') WHERE s.household
            AND s.pupil IN (SELECT q.id FROM pupil q WHERE q.given_name = '葵')").await;
    let protected = async |pupil: Uuid, head: &str| {
        let document = "query ($id: ID!) { pupil(id: $id) { underProtection } }";
        let answer = school.person(head).ask(document, json!({ "id": pupil })).await;
        answer.data("/pupil/underProtection").clone()
    };
    assert!(sees(&school.person("father"), HARUTO).await);
    protect(&hugo, "protectHousehold", AOI).await;
    assert!(!sees(&school.person("father"), HARUTO).await && sees(&school.person("mother"), HARUTO).await);
    assert!(sees(&school.person("father"), REN).await, "a child of his own household stays with him");
    for (pupil, head, expected) in [(AOI, "hugo", true), (HARUTO, "hugo", true), (REN, "hugo", false), (SOTA, "mari", true)] {
        assert_eq!(protected(pupil, head).await, expected, "{pupil}");
    }
    protect(&hugo, "endProtection", AOI).await;
    for (pupil, head, expected) in [(AOI, "hugo", false), (HARUTO, "hugo", false), (SOTA, "mari", true)] {
        assert_eq!(protected(pupil, head).await, expected, "each school ends it for its own: {pupil}");
    }
}

#[tokio::test]
async fn what_is_done_with_guardians_is_in_the_log_of_the_school_and_not_of_the_family() {
    let mut school = School::open().await;
    school.guardian("mother", AOI, "PARENTAL", true).await;
    school.clock.advance(chrono::TimeDelta::minutes(1));
    school.guardian("father", AOI, "PARENTAL", false).await;
    school.clock.advance(chrono::TimeDelta::minutes(1));
    protect(&school.person("hugo"), "protectHousehold", AOI).await;
    school.clock.advance(chrono::TimeDelta::minutes(1));
    school.person("ana").ask("query ($id: ID!) { pupil(id: $id) { name guardians { name } } }", json!({ "id": AOI })).await;
    school.verify_access_log(&[]).await;
    let looks = "query ($id: ID!, $after: String, $first: Int) { accessLog(pupilId: $id, first: $first, after: $after) {
        nodes { act by rights changed byGuardian } pageInfo { hasNextPage endCursor } } }";
    let told = school.person("hugo").ask(looks, json!({ "id": AOI })).await;
    let of_school = told.data("/accessLog").to_string();
    assert!(of_school.contains("guardianship") && of_school.contains("protection") && of_school.contains("GUARDIAN_WRITE"), "{of_school}");
    let code = school.pupil_token(AOI).await;
    // What was looked at last is the head's look at the log.
    school.settle().await;
    for family in [school.person("mother"), school.bearer(&code)] {
        let told = family.ask(looks, json!({ "id": AOI, "first": 1 })).await;
        let node = told.data("/accessLog/nodes/0");
        assert_eq!((&node["by"], &node["act"]), (&json!("日向 悟"), &json!("READ")), "{}", told.body);
        assert!(!told.body.to_string().to_uppercase().contains("GUARDIAN_"), "{}", told.body);
        let rest = family.ask(looks, json!({ "id": AOI, "after": told.data("/accessLog/pageInfo/endCursor") })).await;
        let rest = rest.data("/accessLog/nodes").to_string();
        assert!(!rest.contains("guardianship") && !rest.contains("CHANGE") && !rest.contains("\"byGuardian\":true"), "{rest}");
    }
}

#[tokio::test]
async fn an_address_opens_no_other_familys_record() {
    use asagao_graphql::access::subject::Claimed;
    let mut school = School::open().await;
    let mother = school.guardian("mother", AOI, "PARENTAL", true).await;
    let other = school.guardian("other", HARUTO, "PARENTAL", true).await;
    let hugo = school.person("hugo");
    let with = |pupil: Uuid, id: Uuid, email: &str| {
        let mut input = guardian(pupil, id, "PARENTAL");
        input["email"] = json!(email);
        input
    };
    let conflict = json!([{ "code": "CONFLICT", "field": "email" }]);
    assert_eq!(save(&hugo, with(AOI, mother, "kato@example.jp")).await["userErrors"], json!([]));
    assert_eq!(save(&hugo, with(HARUTO, other, "KATO@example.jp")).await["userErrors"], conflict, "another guardian has it");
    // The Kelvin sign is no K.
    assert_eq!(school.claimed(Claimed::Email("\u{212A}ato@example.jp")).await, None);
    assert_eq!(save(&hugo, with(HARUTO, other, "\u{212A}ato@example.jp")).await["userErrors"], json!([]));
    assert_eq!(school.claimed(Claimed::Email("kato@example.jp")).await, Some(mother));
    // Sessions end with the address that they may have been opened by.
    let mut visitor = school.visitor_as("mother").await;
    assert_eq!(visitor.get("/family").await.status, StatusCode::OK);
    assert_eq!(save(&hugo, with(AOI, mother, "kato@example.jp")).await["userErrors"], json!([]));
    assert_eq!(visitor.get("/family").await.status, StatusCode::OK, "nothing was changed");
    assert_eq!(save(&hugo, with(AOI, mother, "kato2@example.jp")).await["userErrors"], json!([]));
    assert_eq!(visitor.get("/family").await.status, StatusCode::SEE_OTHER);
    school.tamper("INSERT INTO guardianship (id, guardian, pupil, relation, standing, household, withheld, begins, ends)
        SELECT p.id, s.guardian, p.id, s.relation, s.standing, s.household, s.withheld, s.begins, s.ends FROM guardianship s JOIN pupil p ON p.id IN
            (SELECT e.pupil FROM enrolment e JOIN school x ON x.id = e.school WHERE x.name LIKE 'みずうみ%')
        WHERE s.pupil IN (SELECT q.id FROM pupil q WHERE q.given_name = '葵')").await;
    assert_eq!(save(&hugo, with(AOI, mother, "hugo@example.jp")).await["userErrors"], conflict, "the record of a child elsewhere opens with it");
    assert_eq!(save(&hugo, guardian(AOI, mother, "PARENTAL")).await["userErrors"], json!([]), "all else may change");
}

#[tokio::test]
async fn the_guardians_of_a_class_are_read_in_a_few_statements_and_in_order() {
    let mut school = School::open().await;
    for (name, standing) in [("aunt", "NONE"), ("grandmother", "CUSTODIAL"), ("mother", "PARENTAL")] {
        school.guardian(name, AOI, standing, true).await;
    }
    let document = "query ($id: ID!) { class(id: $id) { pupils { nodes { id guardians { name standing } protection { since } keptOutOfAnalysis } } } }";
    let told = school.person("hugo").ask(document, json!({ "id": CLASS_5_2 })).await;
    let order: Vec<&Value> = told.data("/class/pupils/nodes/0/guardians").as_array().expect("a list").iter().map(|of| &of["name"]).collect();
    assert_eq!(order, ["mother", "grandmother", "aunt"]);
    assert!(told.queries() <= 8, "{}", told.queries());
}
