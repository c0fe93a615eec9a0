//! 年度更新: the draft of next year beside the live one, committed on its day and taken back as a whole.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, MIZUUMI, Package, Person, REN, SOTA, School, TODAY, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const DRAFT: &str = "id year begins state version counts { outcome count } problems { code blocking className grades duty count names }
    classes { id name grades specialNeeds size guests teachers { name } }
    pupils(first: 200) { nodes { id version open pupilId name kana fromClass outcome grade classId number exchangeClassId destination birthDate } }";

pub async fn send(person: &Person<'_>, mutation: &str, of_type: &str, input: Value) -> Value {
    let document = format!("mutation ($input: {of_type}Input!) {{ done: {mutation}(input: $input) {{ changed turnover {{ {DRAFT} }}
        rejected {{ index code field }} userErrors {{ code field }} }} }}");
    person.ask(&document, json!({ "input": input })).await.data("/done").clone()
}

pub async fn done(person: &Person<'_>, mutation: &str, of_type: &str, input: Value) -> Value {
    let answer = send(person, mutation, of_type, input).await;
    assert_eq!((&answer["userErrors"], &answer["rejected"]), (&json!([]), &json!([])), "{mutation}");
    answer["turnover"].clone()
}

pub async fn error(person: &Person<'_>, mutation: &str, of_type: &str, input: Value) -> (String, String) {
    let answer = send(person, mutation, of_type, input).await;
    assert_eq!(answer["turnover"], Value::Null, "{answer}");
    let error = &answer["userErrors"][0];
    (error["code"].as_str().expect("a text").to_owned(), error["field"].as_str().expect("a text").to_owned())
}

pub async fn start(school: &School) -> Value {
    done(&school.person("hugo"), "startTurnover", "StartTurnover", json!({ "schoolId": HIBARINO })).await
}

pub fn codes(draft: &Value, blocking: bool) -> Vec<String> {
    let of = draft["problems"].as_array().expect("a list").iter().filter(|problem| problem["blocking"] == blocking);
    of.map(|problem| problem["code"].as_str().expect("a text").to_owned()).collect()
}

pub fn entry(draft: &Value, pupil: Uuid) -> &Value {
    let id = json!(pupil);
    draft["pupils"]["nodes"].as_array().expect("a list").iter().find(|of| of["pupilId"] == id).expect("an entry of the pupil")
}

pub fn class<'a>(draft: &'a Value, name: &str) -> &'a Value {
    draft["classes"].as_array().expect("a list").iter().find(|of| of["name"] == name).expect("a class of the draft")
}

/// The draft with everybody placed as they were and numbered.
pub async fn ready(school: &School) -> Value {
    let draft = start(school).await;
    let hugo = school.person("hugo");
    done(&hugo, "fillTurnoverClasses", "FillTurnoverClasses", json!({ "turnoverId": draft["id"], "grade": "P6", "how": "KEEP" })).await;
    let draft = done(&hugo, "numberTurnover", "NumberTurnover", json!({ "turnoverId": draft["id"] })).await;
    assert_eq!(codes(&draft, true), Vec::<String>::new());
    draft
}

pub async fn commit(school: &School, draft: &Value) -> Value {
    done(&school.person("hugo"), "commitTurnover", "CommitTurnover", json!({ "turnoverId": draft["id"], "version": draft["version"] })).await
}

pub async fn names(person: &Person<'_>, class: &Value) -> Vec<String> {
    let document = "query ($id: ID!) { class(id: $id) { pupils { nodes { name } } } }";
    let answer = person.ask(document, json!({ "id": class })).await;
    let Some(nodes) = answer.data("").pointer("/class/pupils/nodes") else { return vec![] };
    nodes.as_array().expect("a list").iter().map(|node| node["name"].as_str().expect("a text").to_owned()).collect()
}

pub const UNTIL_APRIL: i64 = 128;

#[tokio::test]
async fn a_draft_goes_up_a_grade_and_changes_nothing_of_the_live_year() {
    let school = School::open().await;
    let before = (school.count("trail", "record IN ('class', 'enrolment', 'duty', 'pupil')").await, school.count("class", "1 = 1").await);
    let draft = ready(&school).await;
    assert_eq!((&draft["year"], &draft["begins"], &draft["state"]), (&json!(2027), &json!("2027-04-01"), &json!("DRAFT")));
    let classes: Vec<_> = draft["classes"].as_array().unwrap().iter().map(|of| (of["name"].as_str().unwrap(), of["size"].as_i64().unwrap())).collect();
    assert_eq!(classes, [("6年1組", 1), ("6年2組", 6)]);
    assert_eq!(entry(&draft, AOI)["number"], 1);
    assert_eq!(codes(&draft, false), ["NO_TEACHER", "NO_TEACHER"]);
    let after = (school.count("trail", "record IN ('class', 'enrolment', 'duty', 'pupil')").await, school.count("class", "1 = 1").await);
    assert_eq!(after, before);
    assert_eq!(start(&school).await["id"], draft["id"], "whoever begins again goes on");
}

#[tokio::test]
async fn a_committed_draft_takes_effect_on_the_first_of_april() {
    let mut school = School::open().await;
    let tokens = (school.token("hugo", &[], 300).await, school.token("ana", &[], 300).await);
    let draft = ready(&school).await;
    let ana = school.person("ana").id;
    let set = json!({ "turnoverId": draft["id"], "staffId": ana, "kind": "HOMEROOM_TEACHER", "classId": class(&draft, "6年1組")["id"] });
    let draft = done(&school.person("hugo"), "setTurnoverDuty", "SetTurnoverDuty", set).await;
    let committed = commit(&school, &draft).await;
    assert_eq!(committed["state"], "COMMITTED");
    let (hugo, ana) = (school.bearer(&tokens.0), school.bearer(&tokens.1));
    let (first, second) = (class(&draft, "6年1組")["id"].clone(), class(&draft, "6年2組")["id"].clone());
    assert_eq!(names(&hugo, &json!(CLASS_5_2)).await.len(), 6, "the live year goes on");
    assert_eq!(names(&hugo, &second).await, Vec::<String>::new());
    assert_eq!(names(&ana, &json!(CLASS_5_2)).await.len(), 6);
    school.clock.advance(TimeDelta::days(UNTIL_APRIL - 1));
    assert_eq!(names(&ana, &json!(CLASS_5_2)).await.len(), 6, "on 31 March");
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(names(&hugo, &json!(CLASS_5_2)).await, Vec::<String>::new());
    let by_reading = ["朝倉 葵", "伊藤 陽翔", "勅使河原 ヴァレンティーナ", "森 紬", "𠮷田 結衣", "中村 湊"];
    assert_eq!(names(&hugo, &second).await, by_reading, "who has no reading comes last");
    assert_eq!(names(&ana, &first).await, ["渡辺 蓮"], "the duties of next year hold");
    assert_eq!(names(&ana, &json!(CLASS_5_2)).await, Vec::<String>::new(), "those of the old one do not");
    let pupil = hugo.ask("query ($id: ID!) { pupil(id: $id) { homeroom { name academicYear { title } } number } }", json!({ "id": AOI })).await;
    assert_eq!(pupil.data("/pupil"), &json!({ "homeroom": { "name": "6年2組", "academicYear": { "title": "2027年度" } }, "number": 1 }));
    school.hire("new", |id| vec![duty::new(id, DutyKind::Head, Some(HIBARINO), None, TODAY.parse().unwrap())]).await;
    let homerooms = school.person("new").ask("{ homerooms { nodes { name pupilCount } } }", json!({})).await;
    assert_eq!(homerooms.data("/homerooms/nodes"), &json!([{ "name": "6年1組", "pupilCount": 1 }, { "name": "6年2組", "pupilCount": 6 }]));
}

#[tokio::test]
async fn a_draft_that_is_not_settled_is_not_committed() {
    let school = School::open().await;
    let draft = start(&school).await;
    let hugo = school.person("hugo");
    assert_eq!(codes(&draft, true), ["UNPLACED"]);
    let input = json!({ "turnoverId": draft["id"], "version": draft["version"] });
    assert_eq!(error(&hugo, "commitTurnover", "CommitTurnover", input).await, ("NOT_READY".into(), "turnoverId".into()));
    let second = class(&draft, "6年2組")["id"].clone();
    let placements: Vec<_> = draft["pupils"]["nodes"].as_array().unwrap().iter().map(|of| {
        json!({ "entryId": of["id"], "version": of["version"], "classId": second, "number": 3 })
    }).collect();
    let draft = done(&hugo, "placePupils", "PlacePupils", json!({ "turnoverId": draft["id"], "placements": placements })).await;
    assert_eq!(codes(&draft, true), ["NUMBER_TWICE"]);
    assert_eq!(codes(&draft, false), ["EMPTY_CLASS", "NO_TEACHER", "NO_TEACHER"]);
    let ready = done(&hugo, "numberTurnover", "NumberTurnover", json!({ "turnoverId": draft["id"] })).await;
    let stale = json!({ "turnoverId": draft["id"], "version": draft["version"] });
    assert_eq!(error(&hugo, "commitTurnover", "CommitTurnover", stale).await, ("CONFLICT".into(), "version".into()), "somebody has changed it since");
    commit(&school, &ready).await;
    let again = json!({ "turnoverId": draft["id"] });
    assert_eq!(error(&hugo, "commitTurnover", "CommitTurnover", again.clone()).await, ("CONFLICT".into(), "turnoverId".into()));
    assert_eq!(error(&hugo, "numberTurnover", "NumberTurnover", again).await, ("CONFLICT".into(), "turnoverId".into()), "a committed draft is not changed");
}

#[tokio::test]
async fn two_people_at_once_do_not_lose_each_others_work() {
    let school = School::open().await;
    let draft = start(&school).await;
    let hugo = school.person("hugo");
    let place = |pupil, class: &Value| {
        let of = entry(&draft, pupil);
        json!({ "entryId": of["id"], "version": of["version"], "classId": class })
    };
    let (first, second) = (class(&draft, "6年1組")["id"].clone(), class(&draft, "6年2組")["id"].clone());
    let input = |placements: Vec<Value>| json!({ "turnoverId": draft["id"], "placements": placements });
    done(&hugo, "placePupils", "PlacePupils", input(vec![place(AOI, &first), place(REN, &first)])).await;
    let late = send(&hugo, "placePupils", "PlacePupils", input(vec![place(AOI, &second), place(HARUTO, &second)])).await;
    assert_eq!(late["rejected"], json!([{ "index": 0, "code": "CONFLICT", "field": "version" }]));
    let now = &late["turnover"];
    assert_eq!((&entry(now, AOI)["classId"], &entry(now, HARUTO)["classId"]), (&first, &second), "the rest of the call went on");
}

#[tokio::test]
async fn a_late_transfer_appears_as_unplaced() {
    let school = School::open().await;
    let draft = ready(&school).await;
    let hugo = school.person("hugo");
    let admit = "mutation ($input: AdmitPupilInput!) { admitPupil(input: $input) { userErrors { code } } }";
    let input = json!({ "classId": CLASS_5_1, "kind": "TRANSFER_IN", "day": TODAY, "pupil": { "familyName": "青木", "givenName": "空" } });
    assert_eq!(hugo.ask(admit, json!({ "input": input })).await.data("/admitPupil/userErrors"), &json!([]));
    let read = |of: Value| {
        let id = of["id"].clone();
        let hugo = school.person("hugo");
        async move { hugo.ask(&format!("query ($id: ID!) {{ turnover(id: $id) {{ {DRAFT} }} }}"), json!({ "id": id })).await.data("/turnover").clone() }
    };
    let looked = read(draft.clone()).await;
    assert_eq!((&looked["problems"][0]["code"], &looked["problems"][0]["names"]), (&json!("NEWCOMER"), &json!(["青木 空"])));
    assert_eq!(error(&hugo, "commitTurnover", "CommitTurnover", json!({ "turnoverId": draft["id"] })).await.0, "NOT_READY");
    let draft = start(&school).await;
    assert_eq!(codes(&draft, true), ["UNPLACED"]);
    assert_eq!(entry(&draft, AOI)["number"], 1, "what was decided stays");
    let leave = "mutation ($input: TransferPupilOutInput!) { transferPupilOut(input: $input) { userErrors { code } } }";
    let left = hugo.ask(leave, json!({ "input": { "pupilId": YUI, "day": TODAY, "destination": "川崎市" } })).await;
    assert_eq!(left.data("/transferPupilOut/userErrors"), &json!([]));
    assert!(codes(&read(draft).await, true).contains(&"GONE".to_owned()));
    let draft = start(&school).await;
    assert_eq!((&entry(&draft, YUI)["outcome"], &entry(&draft, YUI)["classId"]), (&json!("LEAVES"), &Value::Null));
}

#[tokio::test]
async fn a_committed_year_is_taken_back_as_a_whole_until_it_has_records() {
    let school = School::open().await;
    let hugo = school.token("hugo", &[], 300).await;
    let hugo = school.bearer(&hugo);
    let draft = ready(&school).await;
    commit(&school, &draft).await;
    let undo = json!({ "turnoverId": draft["id"], "reason": "組みかえ" });
    assert_eq!(error(&hugo, "undoTurnover", "UndoTurnover", json!({ "turnoverId": draft["id"], "reason": " " })).await.0, "INVALID_TEXT");
    let back = done(&hugo, "undoTurnover", "UndoTurnover", undo.clone()).await;
    assert_eq!((&back["state"], codes(&back, true)), (&json!("DRAFT"), vec![]));
    assert_eq!(error(&hugo, "undoTurnover", "UndoTurnover", undo.clone()).await, ("CONFLICT".into(), "turnoverId".into()));
    let open = "known_until > '9000-01-01' AND begins = '2026-04-01' AND ends = '2027-03-31'";
    assert_eq!(school.count("enrolment", open).await, 10, "as it was before");
    assert_eq!(school.count("enrolment", "known_until > '9000-01-01' AND begins >= '2027-04-01'").await, 0);
    let document = "query ($id: ID!) { class(id: $id) { name } }";
    let second = class(&draft, "6年2組")["id"].clone();
    assert_eq!(hugo.ask(document, json!({ "id": second })).await.data("/class"), &Value::Null);
    commit(&school, &back).await;
    school.clock.advance(TimeDelta::days(UNTIL_APRIL));
    let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";
    assert_eq!(hugo.ask(take, json!({ "input": { "classId": second } })).await.data("/takeAttendance/changed"), 6);
    assert_eq!(error(&hugo, "undoTurnover", "UndoTurnover", undo).await, ("IN_USE".into(), "turnoverId".into()), "attendance was taken");
}

#[tokio::test]
async fn a_move_after_the_commit_stands_against_taking_it_back_until_it_is_undone() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let draft = ready(&school).await;
    commit(&school, &draft).await;
    let leave = "mutation ($input: TransferPupilOutInput!) { transferPupilOut(input: $input) { pupilMove { id } userErrors { code } } }";
    let left = hugo.ask(leave, json!({ "input": { "pupilId": YUI, "day": "2027-03-31", "destination": "川崎市" } })).await;
    assert_eq!(left.data("/transferPupilOut/userErrors"), &json!([]));
    let input = json!({ "turnoverId": draft["id"], "reason": "組みかえ" });
    assert_eq!(error(&hugo, "undoTurnover", "UndoTurnover", input.clone()).await.0, "IN_USE");
    let undo = "mutation ($input: UndoMoveInput!) { undoMove(input: $input) { userErrors { code } } }";
    let id = left.data("/transferPupilOut/pupilMove/id");
    assert_eq!(hugo.ask(undo, json!({ "input": { "moveId": id, "reason": "とりやめ" } })).await.data("/undoMove/userErrors"), &json!([]));
    done(&hugo, "undoTurnover", "UndoTurnover", input).await;
}

/// ひばり野 is a junior high with 1年, みずうみ an elementary school with 6年.
async fn two_schools() -> School {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("classes.csv", ",P5,\n", ",J1,\n");
    package.change("classes.csv", ",P4,", ",P6,");
    assert_eq!(school.import(&package).await.problems, []);
    school
}

#[tokio::test]
async fn graduates_of_an_elementary_school_enter_the_junior_high_with_their_uuids() {
    let school = two_schools().await;
    let (hugo, mari) = (school.person("hugo"), school.person("mari"));
    let there = done(&mari, "startTurnover", "StartTurnover", json!({ "schoolId": MIZUUMI })).await;
    assert_eq!(entry(&there, SOTA)["outcome"], "GRADUATES");
    let of = entry(&there, SOTA);
    let going = json!([{ "entryId": of["id"], "version": of["version"], "destinationId": HIBARINO }]);
    let there = done(&mari, "placePupils", "PlacePupils", json!({ "turnoverId": there["id"], "placements": going })).await;
    assert_eq!(entry(&there, SOTA)["destination"], "ひばり野小学校");
    // Of a household under protection the draft does not say where the child goes, and loses nothing by it.
    for (act, told) in [("protectHousehold", Value::Null), ("endProtection", json!("ひばり野小学校"))] {
        let document = format!("mutation {{ {act}(input: {{ pupilId: \"{SOTA}\", reason: \"市から連絡があった\" }}) {{ userErrors {{ code }} }} }}");
        assert_eq!(mari.ask(&document, json!({})).await.data(&format!("/{act}/userErrors")), &json!([]));
        let document = "query ($id: ID!) { turnover(id: $id) { pupils(first: 200) { nodes { pupilId destination destinationId } } } }";
        let draft = mari.ask(document, json!({ "id": there["id"] })).await;
        let of = draft.data("/turnover/pupils/nodes").as_array().expect("a list").iter().find(|of| of["pupilId"] == json!(SOTA)).expect("the pupil").clone();
        assert_eq!((&of["destination"], of["destinationId"].is_null()), (&told, told.is_null()), "{act}");
    }
    let here = start(&school).await;
    assert_eq!(entry(&here, AOI)["grade"], "J2");
    let here = done(&hugo, "takeGraduates", "TakeGraduates", json!({ "turnoverId": here["id"] })).await;
    let new = entry(&here, SOTA);
    assert_eq!((&new["outcome"], &new["grade"], &new["name"]), (&json!("ENTERS"), &json!("J1"), &json!("小川 颯太")));
    for grade in ["J1", "J2"] {
        done(&hugo, "fillTurnoverClasses", "FillTurnoverClasses", json!({ "turnoverId": here["id"], "grade": grade, "how": "MIX" })).await;
    }
    let here = done(&hugo, "numberTurnover", "NumberTurnover", json!({ "turnoverId": here["id"] })).await;
    assert_eq!(codes(&here, true), Vec::<String>::new(), "places end with the year, whichever school commits first");
    done(&mari, "commitTurnover", "CommitTurnover", json!({ "turnoverId": there["id"] })).await;
    done(&hugo, "commitTurnover", "CommitTurnover", json!({ "turnoverId": here["id"] })).await;
    assert_eq!(school.count("academic_year", "year = 2027").await, 1, "one year for the whole board");
    let moves = mari.ask("{ schools { nodes { moves { nodes { kind day otherSchool } } } } }", json!({})).await;
    assert_eq!(moves.data("/schools/nodes/0/moves/nodes"), &json!([{ "kind": "GRADUATION", "day": "2027-03-31", "otherSchool": "ひばり野小学校" }]));
    school.clock.advance(TimeDelta::days(80));
    let token = school.token("hugo", &[], 300).await;
    assert_eq!(hugo.ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": SOTA })).await.data("/pupil"), &Value::Null, "not before April");
    school.clock.advance(TimeDelta::days(UNTIL_APRIL - 80));
    let seen = school.bearer(&token).ask("query ($id: ID!) { pupil(id: $id) { homeroom { grades } } }", json!({ "id": SOTA })).await;
    assert_eq!(seen.data("/pupil/homeroom/grades"), &json!(["J1"]));
    let size = here["classes"].as_array().unwrap().iter().filter(|of| of["grades"] == json!(["J2"])).map(|of| of["size"].as_i64().unwrap()).collect::<Vec<_>>();
    assert!(size.iter().max().unwrap() - size.iter().min().unwrap() <= 1, "classes of one size: {size:?}");
}

#[tokio::test]
async fn trap_14_a_first_grader_born_on_1_april_belongs_to_the_older_grade() {
    let school = School::open().await;
    let draft = start(&school).await;
    let hugo = school.person("hugo");
    let first = json!({ "turnoverId": draft["id"], "name": "1年1組", "grades": ["P1"] });
    done(&hugo, "saveTurnoverClass", "SaveTurnoverClass", first).await;
    let child = |given: &str, born: &str| json!({ "familyName": "青木", "givenName": given, "birthDate": born });
    let pupils = json!([child("空", "2021-04-01"), child("海", "2020-04-02"), child("山", "2021-04-02"), child("川", "2020-04-01")]);
    let input = json!({ "turnoverId": draft["id"], "pupils": pupils });
    let added = send(&hugo, "addIncomingPupils", "AddIncomingPupils", input.clone()).await;
    assert_eq!(added["rejected"], json!([{ "index": 2, "code": "OUT_OF_RANGE", "field": "birthDate" }]), "born on 2 April: a year later");
    let grades: Vec<_> = added["turnover"]["pupils"]["nodes"].as_array().unwrap().iter().filter(|of| of["outcome"] == "ENTERS")
        .map(|of| (of["name"].as_str().unwrap().to_owned(), of["grade"].as_str().unwrap().to_owned())).collect();
    for expected in [("青木 空", "P1"), ("青木 海", "P1"), ("青木 川", "P2")] {
        assert!(grades.contains(&(expected.0.to_owned(), expected.1.to_owned())), "{expected:?} in {grades:?}");
    }
    let again = send(&hugo, "addIncomingPupils", "AddIncomingPupils", input).await;
    assert_eq!(again["changed"], 0, "the same list changes nothing");
    assert_eq!(school.count("pupil", "1 = 1").await, 8, "they are no pupils before the draft is committed");
}

#[tokio::test]
async fn first_graders_become_pupils_with_the_commit_and_stay_the_same_when_it_is_taken_back() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let draft = ready(&school).await;
    done(&hugo, "saveTurnoverClass", "SaveTurnoverClass", json!({ "turnoverId": draft["id"], "name": "1年1組", "grades": ["P1"] })).await;
    let child = json!([{ "familyName": "青木", "givenName": "空", "kanaFamilyName": "アオキ", "kanaGivenName": "ソラ", "birthDate": "2020-08-01", "from": "ひばり園" }]);
    let draft = done(&hugo, "addIncomingPupils", "AddIncomingPupils", json!({ "turnoverId": draft["id"], "pupils": child })).await;
    assert_eq!(class(&draft, "1年1組")["size"], 1, "the only class of the grade");
    let draft = done(&hugo, "numberTurnover", "NumberTurnover", json!({ "turnoverId": draft["id"] })).await;
    let committed = commit(&school, &draft).await;
    let of = |draft: &Value| draft["pupils"]["nodes"].as_array().unwrap().iter().find(|of| of["name"] == "青木 空").unwrap().clone();
    assert!(of(&committed)["pupilId"].is_string());
    assert_eq!(of(&committed)["birthDate"], Value::Null, "the date of birth has done its work");
    assert_eq!(school.count("pupil_move", "kind = 'ADMISSION' AND day = '2027-04-01'").await, 1);
    let back = done(&hugo, "undoTurnover", "UndoTurnover", json!({ "turnoverId": draft["id"], "reason": "組みかえ" })).await;
    let again = commit(&school, &back).await;
    assert_eq!(of(&again)["pupilId"], of(&committed)["pupilId"]);
    assert_eq!(school.count("pupil", "1 = 1").await, 9);
}

#[tokio::test]
async fn wishes_and_special_needs_classes_are_kept_in_mind() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let draft = start(&school).await;
    let wish = json!({ "turnoverId": draft["id"], "entryId": entry(&draft, AOI)["id"], "otherEntryId": entry(&draft, HARUTO)["id"], "together": false });
    done(&hugo, "setTurnoverWish", "SetTurnoverWish", wish.clone()).await;
    let mixed = done(&hugo, "fillTurnoverClasses", "FillTurnoverClasses", json!({ "turnoverId": draft["id"], "grade": "P6", "how": "MIX" })).await;
    assert_ne!(entry(&mixed, AOI)["classId"], entry(&mixed, HARUTO)["classId"]);
    let turned = asagao_tests::with(wish, json!({ "together": true }));
    let now = done(&hugo, "setTurnoverWish", "SetTurnoverWish", turned).await;
    assert!(codes(&now, false).contains(&"WISH_NOT_KEPT".to_owned()));
    let special = json!({ "turnoverId": draft["id"], "name": "ひまわり", "grades": ["P5", "P6"], "specialNeeds": true });
    let now = done(&hugo, "saveTurnoverClass", "SaveTurnoverClass", special).await;
    let (of, sun) = (entry(&now, KAEDE), class(&now, "ひまわり")["id"].clone());
    let guest = json!([{ "entryId": of["id"], "version": of["version"], "classId": sun, "exchangeClassId": class(&now, "6年1組")["id"] }]);
    let now = done(&hugo, "placePupils", "PlacePupils", json!({ "turnoverId": draft["id"], "placements": guest })).await;
    assert_eq!((&class(&now, "ひまわり")["size"], &class(&now, "6年1組")["guests"]), (&json!(1), &json!(1)));
    let sizes: i64 = now["classes"].as_array().unwrap().iter().map(|of| of["size"].as_i64().unwrap()).sum();
    assert_eq!(sizes, 7, "nobody is counted twice");
    let of = entry(&now, AOI);
    let wrong = json!([{ "entryId": of["id"], "version": of["version"], "exchangeClassId": class(&now, "6年2組")["id"] }]);
    let answer = send(&hugo, "placePupils", "PlacePupils", json!({ "turnoverId": draft["id"], "placements": wrong })).await;
    assert_eq!(answer["rejected"][0]["code"], "WRONG_CLASS");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_code() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let draft = start(&school).await;
    let id = draft["id"].clone();
    assert_eq!(error(&hugo, "startTurnover", "StartTurnover", json!({ "schoolId": MIZUUMI })).await, ("NOT_FOUND".into(), "schoolId".into()));
    for (fields, code, field) in [
        (json!({ "name": "6年1組", "grades": ["P6"] }), "CONFLICT", "name"),
        (json!({ "name": "7年1組", "grades": ["P7"] }), "OUT_OF_RANGE", "grades"),
        (json!({ "name": "7年1組" }), "EMPTY", "grades"),
        (json!({ "name": " ", "grades": ["P6"] }), "INVALID_TEXT", "name"),
        (json!({ "classId": CLASS_5_1, "name": "x" }), "NOT_FOUND", "classId"),
    ] {
        let input = asagao_tests::with(json!({ "turnoverId": id }), fields);
        assert_eq!(error(&hugo, "saveTurnoverClass", "SaveTurnoverClass", input).await, (code.into(), field.into()));
    }
    let of = entry(&draft, AOI);
    for (fields, code, field) in [
        (json!({ "classId": CLASS_5_1 }), "NOT_FOUND", "classId"),
        (json!({ "number": 0 }), "OUT_OF_RANGE", "number"),
        (json!({ "grade": "X1" }), "OUT_OF_RANGE", "grade"),
        (json!({ "outcome": "ENTERS" }), "OUT_OF_RANGE", "outcome"),
        (json!({ "destinationId": HIBARINO }), "NOT_FOUND", "destinationId"),
        (json!({ "entryId": AOI }), "NOT_FOUND", "entryId"),
        (json!({ "version": 99 }), "CONFLICT", "version"),
    ] {
        let item = asagao_tests::with(json!({ "entryId": of["id"], "version": of["version"] }), fields);
        let answer = send(&hugo, "placePupils", "PlacePupils", json!({ "turnoverId": id, "placements": [item] })).await;
        assert_eq!((&answer["rejected"][0]["code"], &answer["rejected"][0]["field"]), (&json!(code), &json!(field)));
    }
    let duty = |fields: Value| asagao_tests::with(json!({ "turnoverId": id, "staffId": school.person("ana").id, "kind": "HOMEROOM_TEACHER", "classId": draft["classes"][0]["id"] }), fields);
    for (fields, code, field) in [
        (json!({ "kind": "HEAD" }), "OUT_OF_RANGE", "kind"),
        (json!({ "classId": null }), "WRONG_CLASS", "classId"),
        (json!({ "classId": CLASS_5_2 }), "NOT_FOUND", "classId"),
        (json!({ "staffId": AOI }), "NOT_FOUND", "staffId"),
        (json!({ "staffId": hugo.id }), "OUT_OF_RANGE", "staffId"),
        (json!({ "kind": "GRADE_HEAD", "classId": null, "grade": "6" }), "OUT_OF_RANGE", "grade"),
    ] {
        assert_eq!(error(&hugo, "setTurnoverDuty", "SetTurnoverDuty", duty(fields)).await, (code.into(), field.into()));
    }
    done(&hugo, "setTurnoverDuty", "SetTurnoverDuty", duty(json!({}))).await;
    let remove = json!({ "turnoverId": id, "classId": draft["classes"][0]["id"], "remove": true });
    assert_eq!(error(&hugo, "saveTurnoverClass", "SaveTurnoverClass", remove.clone()).await, ("IN_USE".into(), "classId".into()));
    done(&hugo, "setTurnoverDuty", "SetTurnoverDuty", duty(json!({ "staffId": null }))).await;
    assert_eq!(done(&hugo, "saveTurnoverClass", "SaveTurnoverClass", remove).await["classes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn another_school_finds_no_draft_and_a_teacher_may_not_ask() {
    let school = School::open().await;
    let draft = ready(&school).await;
    let read = "query ($id: ID!) { turnover(id: $id) { year } }";
    assert_eq!(school.person("hugo").ask(read, json!({ "id": draft["id"] })).await.data("/turnover/year"), 2027);
    assert_eq!(school.person("mari").ask(read, json!({ "id": draft["id"] })).await.data("/turnover"), &Value::Null);
    for who in ["ana", "portal"] {
        assert_eq!(school.person(who).ask(read, json!({ "id": draft["id"] })).await.code(), "FORBIDDEN", "{who}");
    }
    let mari = school.person("mari");
    for (mutation, of_type, input) in [
        ("commitTurnover", "CommitTurnover", json!({ "turnoverId": draft["id"] })),
        ("undoTurnover", "UndoTurnover", json!({ "turnoverId": draft["id"], "reason": "x" })),
        ("placePupils", "PlacePupils", json!({ "turnoverId": draft["id"], "placements": [] })),
        ("takeGraduates", "TakeGraduates", json!({ "turnoverId": draft["id"] })),
    ] {
        assert_eq!(error(&mari, mutation, of_type, input).await, ("NOT_FOUND".into(), "turnoverId".into()));
    }
    let page = "query ($id: ID!, $after: String) { turnover(id: $id) { pupils(first: 4, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }";
    let first = school.person("hugo").ask(page, json!({ "id": draft["id"] })).await;
    let after = first.data("/turnover/pupils/pageInfo/endCursor");
    let second = school.person("hugo").ask(page, json!({ "id": draft["id"], "after": after })).await;
    let count = |answer: &asagao_tests::Answer| answer.data("/turnover/pupils/nodes").as_array().unwrap().len();
    assert_eq!((count(&first), count(&second), second.data("/turnover/pupils/pageInfo/hasNextPage")), (4, 3, &json!(false)));
    assert!(second.queries() <= 8, "{} statements", second.queries());
}
