//! When flags end, open again and begin anew: too few to compare, more than was answered, who left and came back.
use asagao_tests::full_class::{YESTERDAY, pupil, school_days};
use asagao_tests::{AOI, CLASS_5_2, Person, School};
use serde_json::{Value, json};
use uuid::Uuid;

async fn analyze(person: &Person<'_>) -> Value {
    let document = "mutation ($input: AnalyzeInput!) { analyze(input: $input) { userErrors { code } runs { withheld cohortSize } } }";
    let answer = person.ask(document, json!({ "input": { "classId": CLASS_5_2, "asOf": YESTERDAY } })).await;
    assert_eq!(answer.data("/analyze/userErrors"), &json!([]));
    answer.data("/analyze/runs/0").clone()
}

async fn flags(person: &Person<'_>) -> Vec<Value> {
    let document = "query ($id: ID!) { supportFlags(classId: $id) { nodes { id state pupil { id } rules { text } } } }";
    person.ask(document, json!({ "id": CLASS_5_2 })).await.data("/supportFlags/nodes").as_array().expect("a list").clone()
}

async fn flag_of(person: &Person<'_>, pupil: Uuid) -> Option<Value> {
    flags(person).await.into_iter().find(|flag| flag["pupil"]["id"] == json!(pupil))
}

async fn answer(person: &Person<'_>, flag: &Value) {
    let review = "mutation ($flag: ID!) { reviewSupportFlag(input: { flagId: $flag, answer: ALREADY_KNOWN }) { userErrors { code } } }";
    assert_eq!(person.ask(review, json!({ "flag": flag["id"] })).await.data("/reviewSupportFlag/userErrors"), &json!([]));
}

async fn keep_out(school: &School, pupils: impl Iterator<Item = Uuid>) {
    let document = "mutation ($input: ChooseAnalysisInput!) { chooseAnalysis(input: $input) { keptOut } }";
    for pupil in pupils {
        let kept = school.person("hugo").ask(document, json!({ "input": { "pupilId": pupil, "keepOut": true } })).await;
        assert_eq!(kept.data("/chooseAnalysis/keptOut"), true);
    }
}

#[tokio::test]
async fn what_was_answered_opens_again_when_something_new_speaks() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    analyze(&ana).await;
    answer(&ana, &flag_of(&ana, AOI).await.expect("a flag")).await;
    analyze(&ana).await;
    assert_eq!(flag_of(&ana, AOI).await.expect("a flag")["state"], "ANSWERED", "nothing is new");
    let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { rejected { code } userErrors { code } } }";
    for day in &school_days()[17..] {
        let input = json!({ "classId": CLASS_5_2, "day": day, "marks": [{ "pupilId": AOI, "kind": "ILLNESS" }] });
        let taken = ana.ask(take, json!({ "input": input })).await;
        assert_eq!(taken.data("/takeAttendance"), &json!({ "rejected": [], "userErrors": [] }));
    }
    analyze(&ana).await;
    let flag = flag_of(&ana, AOI).await.expect("a flag");
    assert_eq!(flag["state"], "CONTINUING", "the answer was not to absences: {flag}");
    assert!(flag["rules"].as_array().expect("a list").iter().any(|rule| rule["text"] == "欠席が3授業日続いています"), "{flag}");
    answer(&ana, &flag).await;
    analyze(&ana).await;
    assert_eq!(flag_of(&ana, AOI).await.expect("a flag")["state"], "ANSWERED");
}

#[tokio::test]
async fn where_too_few_can_be_compared_no_flag_is_left() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    analyze(&ana).await;
    assert!(!flags(&ana).await.is_empty());
    keep_out(&school, (7..=22).map(pupil)).await;
    assert_eq!(analyze(&ana).await, json!({ "withheld": "COHORT_TOO_SMALL", "cohortSize": 7 }), "six and one of the other class");
    assert_eq!(flags(&ana).await, [] as [Value; 0]);
    let page = school.visitor_as("ana").await.get(&format!("/classes/{CLASS_5_2}")).await;
    assert!(page.text.contains("人数が少ないため、学級の中央は出しません"), "{}", page.text);
}

#[tokio::test]
async fn a_class_that_is_small_without_those_kept_out_is_compared_with_its_grade() {
    let school = School::open().await;
    school.fill_class().await;
    assert_eq!(analyze(&school.person("ana")).await["cohortSize"], 22);
    keep_out(&school, (7..=14).map(pupil)).await;
    assert_eq!(analyze(&school.person("ana")).await["cohortSize"], 15, "14 and the one of the other class");
}

#[tokio::test]
async fn who_left_and_came_back_is_judged_on_the_days_since() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    let (child, days) = (pupil(20), school_days());
    let of_child = "pupil = (SELECT id FROM pupil WHERE given_name = '20番')";
    let idle = ["activity", "daily_total"].map(|of| format!("DELETE FROM {of} WHERE {of_child} AND day >= DAY('{}')", days[4]));
    school.execute_many(&idle).await;
    analyze(&ana).await;
    let flag = flag_of(&ana, child).await.expect("a flag");
    assert!(flag["rules"].as_array().expect("a list").iter().any(|rule| rule["text"] == "学習の記録のない授業日が16日続いています"), "{flag}");
    let away = [
        format!("UPDATE enrolment SET ends = DAY('{}') WHERE {of_child}", days[4]),
        format!(
            "INSERT INTO enrolment (id, known_from, known_until, school, class, pupil, number, begins, ends)
             SELECT ID(9, 1), known_from, known_until, school, class, pupil, number, DAY('{}'), DAY('2027-03-31') FROM enrolment WHERE {of_child}",
            days[17]
        ),
    ];
    school.execute_many(&away).await;
    analyze(&ana).await;
    assert_eq!(flag_of(&ana, child).await, None, "three days are no habit");
}
