//! A committed import is taken back as a whole, while nobody has changed what it wrote.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HIBARINO, Package, School, TODAY, YUI};
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

const NEW: Uuid = Uuid::from_u128(0xbeef);
const ROOM: Uuid = Uuid::from_u128(0xc1a55);

async fn board() -> School {
    let mut school = School::open().await;
    let day: NaiveDate = TODAY.parse().expect("a date");
    school.hire("office", |id| vec![duty::new(id, DutyKind::AcademicAffairs, None, None, day)]).await;
    school.import(&Package::usual().as_a("bulk")).await;
    school
}

/// A name changes, a pupil comes into a new class and one leaves.
fn other() -> Package {
    let mut package = Package::usual().as_a("bulk").without("enrollments.csv", &YUI.to_string());
    package.change("users.csv", "朝倉,葵,アサクラ", "小林,葵,コバヤシ");
    let year = Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0000_0004);
    package.line("classes.csv", &format!("{ROOM},5年3組,homeroom,{HIBARINO},{year},P5,"));
    package.user(NEW, "林,花,ハヤシ,ハナ,", "student", HIBARINO);
    package.enrol(NEW, CLASS_5_1, HIBARINO, "7");
    package.enrol(AOI, ROOM, HIBARINO, "1");
    package.change("enrollments.csv", &format!("{CLASS_5_2},{HIBARINO},{AOI},student,,,,1"), &format!("{CLASS_5_2},{HIBARINO},{AOI},student,,,2026-05-31,1"));
    package.change("enrollments.csv", &format!("{AOI},student,,2026-04-01,"), &format!("{AOI},student,,2026-06-01,"));
    package
}

async fn roster(school: &School) -> Value {
    let document = "{ schools { nodes { classes { nodes { name pupils { nodes { name number } } } } } } }";
    school.person("hugo").ask(document, json!({})).await.data("/schools/nodes").clone()
}

#[tokio::test]
async fn everything_is_as_it_was() {
    let school = board().await;
    let office = school.person("office");
    let before = roster(&school).await;
    let import = office.preview(&other()).await;
    office.commit_roster(&import["id"], &Value::Null, &[]).await;
    let between = roster(&school).await;
    assert_ne!(between, before);
    let undone = office.undo_roster(&import["id"]).await;
    assert_eq!(undone, json!({ "import": { "state": "UNDONE" }, "staying": 0, "userErrors": [] }));
    assert_eq!(roster(&school).await, before);
    assert_eq!(office.undo_roster(&import["id"]).await["userErrors"][0]["code"], "CONFLICT");

    let again = office.preview(&other()).await;
    assert_eq!(office.commit_roster(&again["id"], &Value::Null, &[]).await["import"]["state"], "COMMITTED");
    assert_eq!(roster(&school).await, between, "and can be brought in again");
}

#[tokio::test]
async fn it_is_refused_once_a_record_was_changed() {
    let school = board().await;
    let office = school.person("office");
    let import = office.preview(&other()).await;
    office.commit_roster(&import["id"], &Value::Null, &[]).await;
    let mut later = other();
    later.change("users.csv", "小林,葵,コバヤシ", "佐藤,葵,サトウ");
    school.import(&later).await;
    let now = roster(&school).await;
    let refused = office.undo_roster(&import["id"]).await;
    assert_eq!((&refused["userErrors"][0]["code"], &refused["import"]["state"]), (&json!("IN_USE"), &json!("COMMITTED")));
    assert_eq!(roster(&school).await, now, "nothing of it was taken back");
}

#[tokio::test]
async fn a_place_stays_where_the_pupil_has_records_by_now() {
    let school = board().await;
    let office = school.person("office");
    let import = office.preview(&other()).await;
    office.commit_roster(&import["id"], &Value::Null, &[]).await;
    let mark = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { userErrors { code } rejected { code } } }";
    let input = json!({ "classId": CLASS_5_1, "day": TODAY, "marks": [{ "pupilId": NEW, "kind": "ILLNESS" }] });
    let marked = school.person("hugo").ask(mark, json!({ "input": input })).await;
    assert_eq!(marked.data("/takeAttendance/rejected"), &json!([]), "{:?}", marked.body);
    let undone = office.undo_roster(&import["id"]).await;
    assert_eq!((&undone["staying"], &undone["userErrors"]), (&json!(1), &json!([])));
    let answer = school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { homeroom { name } } }", json!({ "id": NEW })).await;
    assert_eq!(answer.data("/pupil/homeroom/name"), "5年1組");
}

#[tokio::test]
async fn it_needs_a_reason() {
    let school = board().await;
    let document = "mutation ($id: ID!) { undoRosterImport(input: { importId: $id, reason: \" \" }) { userErrors { code field } } }";
    let import = school.person("office").preview(&Package::usual()).await;
    let answer = school.person("office").ask(document, json!({ "id": import["id"] })).await;
    assert_eq!(answer.data("/undoRosterImport/userErrors/0/field"), "reason");
}
