//! きょうの出欠 of the office: which classes have still to be marked, of which school, on which day.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HIBARINO, MIZUUMI, Package, Person, School, TODAY};
use serde_json::{Value, json};
use uuid::Uuid;

async fn take(person: &Person<'_>, input: Value) {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { userErrors { code } } }";
    assert_eq!(person.ask(document, json!({ "input": input })).await.data("/takeAttendance/userErrors"), &json!([]));
}

async fn waits(person: &Person<'_>) -> Value {
    person.ask("{ attendanceToday { waits class { id } summary { unmarked } } }", json!({})).await.data("/attendanceToday/1").clone()
}

#[tokio::test]
async fn a_telephone_call_is_not_the_attendance_of_the_class() {
    let mut school = School::open().await;
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, TODAY.parse().expect("a date"))]).await;
    let hugo = school.person("hugo");
    let call = json!({ "classId": CLASS_5_2, "others": "UNCHANGED", "marks": [{ "pupilId": AOI, "kind": "ILLNESS" }] });
    take(&school.person("nurse"), call).await;
    assert_eq!(waits(&hugo).await, json!({ "waits": true, "class": { "id": CLASS_5_2 }, "summary": { "unmarked": 5 } }));
    let mut visitor = school.visitor_as("hugo").await;
    let page = visitor.get("/attendance-today").await;
    assert!(page.text.contains("あと5人"), "{}", page.text);
    take(&school.person("ana"), json!({ "classId": CLASS_5_2, "others": "UNMARKED_PRESENT" })).await;
    assert_eq!(waits(&hugo).await["waits"], false);
}

/// The board with 205 homerooms of ひばり野 more than usual.
async fn large() -> School {
    let mut school = School::open().await;
    let mut package = Package::usual();
    for nth in 0..205_u128 {
        let class = Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0001_0000 + nth);
        package.line("classes.csv", &format!("{class},6年{nth}組,homeroom,{HIBARINO},0a5a9a00-0000-4000-8000-000000000004,P6,"));
    }
    assert_eq!(school.import(&package).await.problems, []);
    school.hire("board", |id| vec![duty::new(id, DutyKind::Nurse, None, None, TODAY.parse().expect("a date"))]).await;
    school
}

#[tokio::test]
async fn a_school_behind_the_first_two_hundred_classes_has_its_day_too() {
    let school = large().await;
    let document = "query ($school: ID) { attendanceToday(schoolId: $school) { class { id } } }";
    let of = school.person("board").ask(document, json!({ "school": MIZUUMI })).await;
    assert_eq!(of.data("/attendanceToday"), &json!([{ "class": { "id": CLASS_4_1 } }]));
    let none = school.person("ana").ask(document, json!({ "school": MIZUUMI })).await;
    assert_eq!(none.data("/attendanceToday"), &json!([]), "a stranger finds nothing");
}

#[tokio::test]
async fn a_day_of_another_year_is_that_years_classes() {
    let school = School::open().await;
    let document = "query ($day: Date!) { attendanceToday(day: $day) { class { id } } }";
    let hugo = school.person("hugo");
    let now = hugo.ask(document, json!({ "day": "2026-04-08" })).await;
    assert_eq!(now.data("/attendanceToday"), &json!([{ "class": { "id": CLASS_5_1 } }, { "class": { "id": CLASS_5_2 } }]));
    let former = hugo.ask(document, json!({ "day": "2026-03-02" })).await;
    assert_eq!(former.data("/attendanceToday"), &json!([]), "this year's classes were not there");
}
