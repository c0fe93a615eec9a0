//! Families who keep their child out of the analysis: nothing is made of the child, and nothing that was made is shown.
use asagao_tests::full_class::{YESTERDAY, pupil};
use asagao_tests::{AOI, CLASS_5_2, MINATO, Person, School};
use serde_json::{Value, json};
use uuid::Uuid;

async fn choose(person: &Person<'_>, pupil: Uuid, keep_out: bool) -> Value {
    let document = "mutation ($input: ChooseAnalysisInput!) { chooseAnalysis(input: $input) { keptOut userErrors { code field } } }";
    person.ask(document, json!({ "input": { "pupilId": pupil, "keepOut": keep_out } })).await.data("/chooseAnalysis").clone()
}

async fn flagged(school: &School) -> Vec<Value> {
    let document = "query ($id: ID!) { supportFlags(classId: $id) { nodes { pupil { id } } } }";
    let answer = school.person("ana").ask(document, json!({ "id": CLASS_5_2 })).await;
    answer.data("/supportFlags/nodes").as_array().expect("a list").iter().map(|of| of["pupil"]["id"].clone()).collect()
}

async fn analyze(school: &School) -> Value {
    let document = "mutation ($input: AnalyzeInput!) { analyze(input: $input) { runs { id cohortSize scores { pupilId } } userErrors { code } } }";
    let input = json!({ "classId": CLASS_5_2, "asOf": YESTERDAY });
    school.person("ana").ask(document, json!({ "input": input })).await.data("/analyze/runs/0").clone()
}

#[tokio::test]
async fn a_guardian_keeps_a_child_out_and_takes_it_back() {
    let mut school = School::open().await;
    school.fill_class().await;
    let before = analyze(&school).await;
    let child: Uuid = flagged(&school).await.first().and_then(|id| id.as_str()).expect("somebody is flagged").parse().expect("a UUID");
    school.guardian("mother", child, "PARENTAL", true).await;
    assert_eq!(choose(&school.person("mother"), child, true).await, json!({ "keptOut": true, "userErrors": [] }));
    assert!(!flagged(&school).await.contains(&json!(child)), "the flag is gone at once");
    let told = "query ($id: ID!) { pupil(id: $id) { keptOutOfAnalysis supportFlags { id } } }";
    assert_eq!(school.person("ana").ask(told, json!({ "id": child })).await.data("/pupil"), &json!({ "keptOutOfAnalysis": true, "supportFlags": [] }));
    let after = analyze(&school).await;
    assert_eq!(after["cohortSize"].as_i64(), before["cohortSize"].as_i64().map(|size| size - 1));
    assert!(!after.to_string().contains(&child.to_string()));
    let former = "query ($id: ID!) { analysisRun(id: $id) { scores { pupilId } } }";
    let former = school.person("ana").ask(former, json!({ "id": before["id"] })).await;
    assert!(!former.body.to_string().contains(&child.to_string()), "nor is it in runs of the past");
    assert_eq!(choose(&school.person("mother"), child, true).await["userErrors"], json!([]), "said twice, done once");
    assert_eq!(school.count("analysis_exclusion", "origin = 'FAMILY'").await, 1);
    assert_eq!(choose(&school.person("hugo"), child, false).await["keptOut"], false);
    assert_eq!(analyze(&school).await["cohortSize"], before["cohortSize"]);
    assert!(flagged(&school).await.contains(&json!(child)));
}

#[tokio::test]
async fn nobody_chooses_for_another_family() {
    let mut school = School::open().await;
    school.fill_class().await;
    school.guardian("mother", AOI, "PARENTAL", true).await;
    let not_found = json!({ "keptOut": null, "userErrors": [{ "code": "NOT_FOUND", "field": "pupilId" }] });
    for other in [pupil(12), MINATO, Uuid::nil()] {
        assert_eq!(choose(&school.person("mother"), other, true).await, not_found);
    }
    assert_eq!(choose(&school.person("mari"), AOI, true).await, not_found, "another school's office");
    let document = "mutation ($input: ChooseAnalysisInput!) { chooseAnalysis(input: $input) { keptOut } }";
    let aoi = school.pupil_token(AOI).await;
    for person in [school.person("ana"), school.person("portal"), school.bearer(&aoi)] {
        assert_eq!(person.ask(document, json!({ "input": { "pupilId": AOI, "keepOut": true } })).await.code(), "FORBIDDEN");
    }
    assert_eq!(school.count("analysis_exclusion", "1 = 1").await, 0);
}
