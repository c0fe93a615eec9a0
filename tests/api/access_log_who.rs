//! Whose log it is: what somebody did is told to those alone who reach whom it was about, and who was there then finds it.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::{self, YESTERDAY};
use asagao_tests::{ANA, AOI, CLASS_5_1, CLASS_5_2, HARUTO, School, TODAY};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const LOG: &str = "query ($staff: ID!) { accessLog(staffId: $staff) { nodes { act refused subjects { id } } } }";

async fn done_by(school: &School, who: &str, id: Uuid) -> Vec<Value> {
    school.access_entries(Uuid::nil()).await;
    let answer = school.person(who).ask(LOG, json!({ "staff": id })).await;
    answer.data("/accessLog/nodes").as_array().expect("a list").clone()
}

async fn look(school: &School, who: &str) {
    school.person(who).ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": AOI })).await;
}

#[tokio::test]
async fn the_head_of_a_school_that_a_pupil_has_left_reads_no_looks_at_the_pupil() {
    let school = School::open().await;
    look(&school, "ana").await;
    let about_aoi = |entries: Vec<Value>| entries.iter().filter(|of| of["subjects"].to_string().contains(&AOI.to_string())).count();
    assert_eq!(about_aoi(done_by(&school, "hugo", ANA).await), 1);
    let out = "mutation ($input: TransferPupilOutInput!) { transferPupilOut(input: $input) { userErrors { code } } }";
    let input = json!({ "pupilId": AOI, "day": TODAY, "destination": "みなみ小学校" });
    assert_eq!(school.person("hugo").ask(out, json!({ "input": input })).await.data("/transferPupilOut/userErrors"), &json!([]));
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(about_aoi(done_by(&school, "hugo", ANA).await), 0);
}

#[tokio::test]
async fn only_what_staff_and_apps_did_is_asked_for_and_the_boards_by_the_board_alone() {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    for name in ["board", "colleague"] {
        school.hire(name, |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    }
    let mother = school.guardian("mother", AOI, "PARENTAL", true).await;
    look(&school, "mother").await;
    let code = school.pupil_token(AOI).await;
    school.bearer(&code).ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": AOI })).await;
    school.bearer("asagao_wrong").ask("{ viewer { name } }", json!({})).await;
    school.visitor_as("board").await;
    let board = school.person("board").id;
    for nobody in [mother, AOI, Uuid::nil(), board] {
        assert_eq!(done_by(&school, "hugo", nobody).await, [] as [Value; 0], "{nobody}");
    }
    let told = done_by(&school, "colleague", board).await;
    assert!(told.iter().any(|of| of["act"] == "SIGN_IN"), "{told:?}");
    look(&school, "portal").await;
    assert!(!done_by(&school, "hugo", school.person("portal").id).await.is_empty(), "an app's looks");
}

#[tokio::test]
async fn whoever_is_shown_with_a_former_class_finds_the_look() {
    let school = School::open().await;
    let document = "mutation ($input: MoveToClassInput!) { moveToClass(input: $input) { userErrors { code } } }";
    let input = json!({ "pupilId": AOI, "classId": CLASS_5_1, "day": TODAY });
    assert_eq!(school.person("hugo").ask(document, json!({ "input": input })).await.data("/moveToClass/userErrors"), &json!([]));
    for (who, field) in [
        ("ana", "pupils(on: \"2026-11-20\") { nodes { name } }"),
        ("ana", "register(month: \"2026-11\") { rows { pupilId } }"),
        ("hugo", "registered(day: \"2026-11-20\") { pupilId }"),
        ("ana", "missedLessons(from: \"2026-11-20\", to: \"2026-11-20\") { pupilId }"),
        ("ana", "reportCards(term: 2) { pupilId }"),
        ("ana", "assessments(term: 2) { results { pupilId } }"),
    ] {
        school.clock.advance(TimeDelta::seconds(1));
        let person = school.person(who);
        let answer = person.ask(&format!("{{ class(id: \"{CLASS_5_2}\") {{ {field} }} }}"), json!({})).await;
        assert_eq!(answer.code(), "", "{field}: {}", answer.body);
        let entry = school.access_entries(person.id).await.pop().expect("an entry");
        assert!(entry["subjects"].to_string().contains(&AOI.to_string()), "{field}: {entry:#}");
    }
    school.clock.advance(TimeDelta::seconds(1));
    school.person("ana").ask(&format!("{{ class(id: \"{CLASS_5_2}\") {{ pupils {{ nodes {{ name }} }} }} }}"), json!({})).await;
    let entry = school.access_entries(ANA).await.pop().expect("an entry");
    assert_eq!(entry["subjects"].as_array().map(Vec::len), Some(1), "today the class stands for those in it: {entry:#}");
}

#[tokio::test]
async fn whoever_is_named_in_the_history_of_a_class_or_in_a_run_and_has_left_finds_the_look_and_nobody_else() {
    let school = School::open().await;
    school.fill_class().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    for kind in ["ILLNESS", "OTHER"] {
        school.clock.advance(TimeDelta::minutes(1));
        let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed userErrors { code } } }";
        let marks = [AOI, HARUTO].map(|pupil| json!({ "pupilId": pupil, "kind": kind }));
        let input = json!({ "classId": CLASS_5_2, "others": "UNCHANGED", "marks": marks });
        assert_eq!(ana.ask(take, json!({ "input": input })).await.data("/takeAttendance/changed"), 2);
    }
    let analyze = "mutation ($input: AnalyzeInput!) { analyze(input: $input) { runs { id } } }";
    let run = ana.ask(analyze, json!({ "input": { "classId": CLASS_5_2, "asOf": YESTERDAY } })).await.data("/analyze/runs/0/id").clone();
    let seventh = full_class::pupil(7);
    for pupil in [AOI, seventh] {
        let document = "mutation ($input: MoveToClassInput!) { moveToClass(input: $input) { userErrors { code } } }";
        let input = json!({ "pupilId": pupil, "classId": CLASS_5_1, "day": TODAY });
        assert_eq!(hugo.ask(document, json!({ "input": input })).await.data("/moveToClass/userErrors"), &json!([]));
    }
    let scores = "query ($id: ID!) { analysisRun(id: $id) { scores { pupilId } } }";
    let history = "query ($id: ID!) { class(id: $id) { history(kinds: [ATTENDANCE]) { nodes { pupil } } } }";
    for (document, id, left, others) in [(history, json!(CLASS_5_2), AOI, [HARUTO, seventh]), (scores, run, seventh, [HARUTO, full_class::pupil(8)])] {
        school.clock.advance(TimeDelta::seconds(1));
        let answer = ana.ask(document, json!({ "id": id })).await;
        assert_eq!(answer.code(), "", "{}", answer.body);
        let entry = school.access_entries(ANA).await.pop().expect("an entry");
        let subjects = entry["subjects"].to_string();
        assert!(subjects.contains(&left.to_string()), "{document}: {entry:#}");
        assert!(others.iter().all(|other| !subjects.contains(&other.to_string())), "{document}: {entry:#}");
    }
}
