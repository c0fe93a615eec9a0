//! The same thing twice at once: nothing is doubled, nothing is lost, nobody is told of an internal error.
use asagao_tests::full_class::YESTERDAY;
use asagao_tests::{AOI, CLASS_5_2, School, nth};
use serde_json::{Value, json};

#[tokio::test]
async fn assignments_shared_four_times_at_once_are_there_once() {
    let school = School::open().await;
    let drill = school.person("drill");
    let batch: Vec<Value> = (0..50)
        .map(|n| json!({ "id": nth(n), "classId": CLASS_5_2, "title": "漢字", "dueAt": "2026-11-27T16:00:00+09:00" }))
        .collect();
    let (one, two, three, four) =
        tokio::join!(drill.share(&batch), drill.share(&batch), drill.share(&batch), drill.share(&batch));
    let number = |answer: &Value, field: &str| answer[field].as_i64().expect("a number");
    let answers = [one, two, three, four];
    assert_eq!(answers.iter().map(|answer| number(answer, "accepted")).sum::<i64>(), 50);
    assert_eq!(answers.iter().map(|answer| number(answer, "duplicates")).sum::<i64>(), 150);
    assert_eq!(school.count("assignment", "known_until = '9999-12-31T00:00:00+00:00'").await, 50);
}

#[tokio::test]
async fn analyses_at_once_each_have_a_run_and_raise_a_flag_once() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    let analyze = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }}) {{ runs {{ id }} }} }}");
    let ask = || ana.ask(&analyze, json!({}));
    let (one, two, three, four) = tokio::join!(ask(), ask(), ask(), ask());
    for answer in [one, two, three, four] {
        assert_eq!(answer.data("/analyze/runs").as_array().unwrap().len(), 1);
    }
    assert_eq!(school.count("analysis_run", "1 = 1").await, 4);
    let flags = format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ pupil {{ id }} }} }} }}");
    let flags = ana.ask(&flags, json!({})).await;
    let of_aoi = flags.data("/supportFlags/nodes").as_array().unwrap().iter().filter(|flag| flag["pupil"]["id"] == json!(AOI));
    assert_eq!(of_aoi.count(), 1);
}

#[tokio::test]
async fn an_answer_given_during_an_analysis_is_kept() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    let analyze = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }}) {{ runs {{ id }} }} }}");
    ana.ask(&analyze, json!({})).await;
    let flags = format!("{{ supportFlags(classId: \"{CLASS_5_2}\", first: 1) {{ nodes {{ id state }} }} }}");
    let flag = ana.ask(&flags, json!({})).await.data("/supportFlags/nodes/0/id").clone();
    let review = "mutation ($flag: ID!) { reviewSupportFlag(input: { flagId: $flag, answer: USEFUL }) { userErrors { code } } }";
    let (answer, run) = tokio::join!(ana.ask(review, json!({ "flag": flag })), ana.ask(&analyze, json!({})));
    assert_eq!(answer.data("/reviewSupportFlag/userErrors"), &json!([]));
    assert_eq!(run.data("/analyze/runs").as_array().unwrap().len(), 1);
    assert_eq!(ana.ask(&flags, json!({})).await.data("/supportFlags/nodes/0/state"), "ANSWERED");
}
