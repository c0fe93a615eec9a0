//! The kinds of attendance: the board's own, with flags that do the arithmetic.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, Person, School, TODAY, with};
use serde_json::{Value, json};

async fn school_with_board() -> School {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    school
}

fn kind() -> Value {
    json!({ "code": "OFFICIAL", "name": "公欠", "mark": "公", "absent": false, "excused": false, "place": 60 })
}

async fn save(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: SaveAttendanceKindInput!) { saveAttendanceKind(input: $input) {
        kind { code name usual } userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/saveAttendanceKind").clone()
}

async fn codes(person: &Person<'_>) -> Vec<String> {
    let answer = person.ask("{ attendanceKinds { code } }", json!({})).await;
    answer.data("/attendanceKinds").as_array().expect("a list").iter().map(|kind| kind["code"].as_str().expect("a code").to_owned()).collect()
}

async fn mark(person: &Person<'_>, kind: &str) -> Value {
    let document = "mutation ($class: ID!, $pupil: ID!, $kind: String) { takeAttendance(input: { classId: $class,
        marks: [{ pupilId: $pupil, kind: $kind }] }) { changed rejected { code field } summary { present absent excused } } }";
    person.ask(document, json!({ "class": CLASS_5_2, "pupil": AOI, "kind": kind })).await.data("/takeAttendance").clone()
}

#[tokio::test]
async fn the_board_adds_changes_and_retires_kinds() {
    let school = school_with_board().await;
    let (board, ana) = (school.person("board"), school.person("ana"));
    assert_eq!(codes(&ana).await, ["PRESENT", "ILLNESS", "OTHER", "SUSPENDED", "MOURNING"]);
    assert_eq!(save(&board, kind()).await["kind"], json!({ "code": "OFFICIAL", "name": "公欠", "usual": false }));
    assert_eq!(mark(&ana, "OFFICIAL").await["summary"], json!({ "present": 6, "absent": 0, "excused": 0 }), "its flags count, not its name");
    assert_eq!(save(&board, with(kind(), json!({ "name": "公認欠席", "place": 15 }))).await["userErrors"], json!([]));
    assert_eq!(codes(&ana).await[1], "OFFICIAL");
    assert_eq!(save(&board, with(kind(), json!({ "retiredOn": TODAY }))).await["userErrors"], json!([]));
    assert!(!codes(&ana).await.contains(&"OFFICIAL".to_owned()));
    assert_eq!(mark(&ana, "OFFICIAL").await["rejected"], json!([]), "what was marked with it may stay so");
    mark(&ana, "ILLNESS").await;
    assert_eq!(mark(&ana, "OFFICIAL").await["rejected"], json!([{ "code": "NOT_FOUND", "field": "kind" }]));
}

#[tokio::test]
async fn a_kind_that_is_used_keeps_its_arithmetic() {
    let school = school_with_board().await;
    let board = school.person("board");
    save(&board, kind()).await;
    assert_eq!(save(&board, with(kind(), json!({ "absent": true }))).await["userErrors"], json!([]), "nothing is marked with it yet");
    mark(&school.person("ana"), "OFFICIAL").await;
    let refused = save(&board, kind()).await;
    assert_eq!(refused["userErrors"], json!([{ "code": "CONFLICT", "field": "absent" }]));
}

#[tokio::test]
async fn somebody_who_is_not_named_is_always_marked_with_something() {
    let school = school_with_board().await;
    let board = school.person("board");
    let usual = json!({ "code": "PRESENT", "name": "出席", "mark": "", "absent": false, "excused": false, "place": 10 });
    for input in [usual.clone(), with(usual.clone(), json!({ "retiredOn": TODAY }))] {
        assert_eq!(save(&board, input).await["userErrors"][0]["code"], "CONFLICT");
    }
    assert_eq!(save(&board, with(kind(), json!({ "usual": true }))).await["kind"]["usual"], true);
    assert_eq!(school.count("attendance_kind", "usual").await, 1, "there is one usual kind");
}

#[tokio::test]
async fn a_kind_that_makes_no_sense_is_refused() {
    let school = school_with_board().await;
    let board = school.person("board");
    for (fields, field) in [
        (json!({ "code": "" }), "code"),
        (json!({ "code": "flu" }), "code"),
        (json!({ "code": "1A" }), "code"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "とてもながいなまえのくぶん" }), "name"),
        (json!({ "mark": "公公公" }), "mark"),
        (json!({ "absent": true, "excused": true }), "excused"),
        (json!({ "absent": true, "usual": true }), "usual"),
        (json!({ "place": -1 }), "place"),
    ] {
        assert_eq!(save(&board, with(kind(), fields.clone())).await["userErrors"][0]["field"], field, "{fields}");
    }
    let document = "mutation ($input: SaveAttendanceKindInput!) { saveAttendanceKind(input: $input) { userErrors { code } } }";
    for who in ["ana", "hugo", "portal"] {
        assert_eq!(school.person(who).ask(document, json!({ "input": kind() })).await.code(), "FORBIDDEN", "{who}");
    }
}
