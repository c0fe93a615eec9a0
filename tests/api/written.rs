//! Long lists are written out without the executor: the answer is the same as its own, whatever the document looks like.
use asagao_tests::{CLASS_5_2, School, TODAY};
use serde_json::{Value, json};

/// What is asked of every pupil of a class.
const OF_PUPILS: [&str; 9] = [
    "attendance(from: $from, to: $to) { day kind { code } late leftEarly }",
    "attendance(from: $from, to: $to) { __typename d: day k: kind { __typename code name mark absent excused usual place retiredOn } late late place office }",
    "attendance(from: $from, to: $to) { ...on AttendanceMark { day } ...Mark kind @include(if: $yes) { code } late @skip(if: $yes) }",
    "attendance(from: $from, to: $to) { day note by at reason classClosed kind { name } }",
    "attendance(from: $from, to: $to) { day note overruled { day } recognisedBy { __typename } }",
    "learning(from: $from, to: $to) { total days { day interactions } }",
    "learning(from: $from, to: $to) { days { n: interactions __typename } }",
    "dailyTotals(from: $from, to: $to) { day classId activities interactions durationSeconds atHome material quiz assignment discussion portal tool }",
    "attendance(from: \"2020-01-01\", to: \"2020-01-02\") { day } learning(from: \"2020-01-01\", to: \"2020-01-02\") { days { day } }",
];

async fn ask(school: &School, who: &str, fields: &str) -> Value {
    let document = format!(
        "query ($class: ID!, $from: Date!, $to: Date!, $yes: Boolean!) {{ class(id: $class) {{ pupils {{ nodes {{ id {fields} }} }} }} }}
         fragment Mark on AttendanceMark {{ leftEarly place ...Office }} fragment Office on AttendanceMark {{ office @include(if: $yes) }}"
    );
    let variables = json!({ "class": CLASS_5_2, "from": "2026-10-25", "to": TODAY, "yes": true });
    let mut document = document;
    if !fields.contains("...Mark") {
        document.truncate(document.find(" fragment").expect("the fragments"));
    }
    if !document.contains("$yes)") {
        document = document.replace(", $yes: Boolean!", "");
    }
    if !fields.contains("$from") {
        document = document.replace(", $from: Date!, $to: Date!", "");
    }
    school.person(who).ask(&document, variables).await.body
}

#[tokio::test]
async fn what_is_written_is_what_the_executor_would_answer() {
    let school = School::open().await;
    school.fill_class().await;
    let marks = json!([{ "pupilId": asagao_tests::AOI, "kind": "ILLNESS", "note": "発熱" }, { "pupilId": asagao_tests::YUI, "kind": "PRESENT", "late": true },
        { "pupilId": asagao_tests::KAEDE, "kind": "PRESENT", "place": "NURSE_ROOM" }]);
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed userErrors { code } } }";
    let taken = school.person("ana").ask(document, json!({ "input": { "classId": CLASS_5_2, "marks": marks } })).await;
    assert_eq!(taken.data("/takeAttendance"), &json!({ "changed": 22, "userErrors": [] }));
    for fields in OF_PUPILS {
        for who in ["ana", "hugo", "portal", "mari", "drill"] {
            let answer = ask(&school, who, fields).await;
            // Fields of one name are put together, which the executor alone does.
            let executed = ask(&school, who, &format!("{fields} {fields}")).await;
            assert_eq!(answer, executed, "{who} {fields}");
            if who == "ana" {
                assert_eq!(answer["errors"], Value::Null, "{fields}");
                assert_eq!(answer["data"]["class"]["pupils"]["nodes"].as_array().expect("pupils").len(), 22);
            }
        }
    }
}

#[tokio::test]
async fn a_register_is_written_as_the_executor_answers_it() {
    let school = School::open().await;
    school.fill_class().await;
    let marks = json!([{ "pupilId": asagao_tests::AOI, "kind": "ILLNESS" }, { "pupilId": asagao_tests::YUI, "kind": "PRESENT", "leftEarly": true }]);
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }";
    school.person("ana").ask(document, json!({ "input": { "classId": CLASS_5_2, "marks": marks } })).await;
    let count = "{ schoolDays excused toAttend absent present late leftEarly elsewhere unmarked __typename }";
    let rows = format!("pupilId name number joined left fromClass toClass notRecognised count {count} inSchool {count}");
    for fields in [
        format!("rows {{ {rows} cells {{ day state sign office }} }}"),
        format!("rows {{ {rows} reached cells {{ s: state __typename }} }}"),
        format!("schoolDays total {count} rows {{ pupilId }}"),
    ] {
        let ask = async |fields: &str| {
            let document = format!("query ($class: ID!) {{ class(id: $class) {{ register(month: \"2026-11\") {{ {fields} }} }} }}");
            school.person("ana").ask(&document, json!({ "class": CLASS_5_2 })).await.body
        };
        let answer = ask(&fields).await;
        assert_eq!(answer["data"]["class"]["register"]["rows"].as_array().expect("rows").len(), 22, "{answer}");
        assert_eq!(answer, ask(&format!("{fields} {fields}")).await, "{fields}");
    }
}

#[tokio::test]
async fn what_is_put_together_of_several_fields_is_whole() {
    let school = School::open().await;
    school.fill_class().await;
    let parts = "learning(from: $from, to: $to) { days { day } } ...Work";
    let document = format!(
        "query ($class: ID!, $from: Date!, $to: Date!) {{ class(id: $class) {{ pupils {{ nodes {{ {parts} }} }} }} }}
         fragment Work on Pupil {{ learning(from: $from, to: $to) {{ days {{ interactions }} total }} }}"
    );
    let variables = json!({ "class": CLASS_5_2, "from": "2026-10-25", "to": TODAY });
    let answer = school.person("ana").ask(&document, variables).await;
    let whole = ask(&school, "ana", "learning(from: $from, to: $to) { days { day interactions } total }").await;
    let nodes = answer.data("/class/pupils/nodes").as_array().expect("pupils");
    let expected = whole["data"]["class"]["pupils"]["nodes"].as_array().expect("pupils");
    assert!(nodes.iter().zip(expected).all(|(node, whole)| node["learning"] == whole["learning"]), "{nodes:?}");
    assert!(nodes[0]["learning"]["days"][0]["interactions"].as_i64().expect("a number") > 0);
}
