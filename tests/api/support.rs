//! From records to flags: who is named and why, what stays, what ends, who sees it.
use asagao_tests::full_class::{YESTERDAY, lesson, school_days};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, Person, School};
use chrono::TimeDelta;
use serde_json::{Value, json};

const FLAGS: &str = "query ($class: ID!, $first: Int, $after: String) { supportFlags(classId: $class, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id level score sum state since asOf snoozedUntil group { name description certainty } pupil { id name number }
        reasons { domain feature value classMedian contribution text english: text(language: EN) label valueText medianText window
            englishLabel: label(language: EN) }
        rules { text } history { kind by answer note } } } }";

async fn analyze(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: AnalyzeInput!) { analyze(input: $input) { userErrors { code field }
        runs { id asOf knownAt schoolDays cohortSize withheld withheldText english: withheldText(language: EN) stability groups { name size } scores { pupilId score sum level } } } }";
    person.ask(document, json!({ "input": input })).await.data("/analyze").clone()
}

async fn yesterday(person: &Person<'_>) -> Value {
    let answer = analyze(person, json!({ "classId": CLASS_5_2, "asOf": YESTERDAY })).await;
    assert_eq!(answer["userErrors"], json!([]));
    answer["runs"][0].clone()
}

async fn flags(person: &Person<'_>) -> Vec<Value> {
    let answer = person.ask(FLAGS, json!({ "class": CLASS_5_2 })).await;
    answer.data("/supportFlags/nodes").as_array().expect("a list").clone()
}

async fn flag_of_aoi(person: &Person<'_>) -> Option<Value> {
    flags(person).await.into_iter().find(|flag| flag["pupil"]["id"] == json!(AOI))
}

async fn review(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: ReviewSupportFlagInput!) { reviewSupportFlag(input: $input) {
        flag { id state snoozedUntil } userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/reviewSupportFlag").clone()
}

#[tokio::test]
async fn a_pupil_who_stopped_is_pointed_to_with_reasons_that_add_up() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    let run = yesterday(&ana).await;
    assert_eq!((&run["cohortSize"], &run["schoolDays"], &run["withheld"]), (&json!(22), &json!(20), &Value::Null));
    let flag = flag_of_aoi(&ana).await.expect("a flag for 朝倉 葵");
    assert_eq!((&flag["level"], &flag["state"], &flag["since"]), (&json!("SUPPORT"), &json!("NEW"), &json!(YESTERDAY)));
    assert_eq!(flag["pupil"]["name"], "朝倉 葵");
    let rules: Vec<&str> = flag["rules"].as_array().unwrap().iter().map(|rule| rule["text"].as_str().unwrap()).collect();
    assert_eq!(rules, ["学習の記録のない授業日が8日続いています", "期限の来た課題が4件続けて未提出です"]);
    let contributions: Vec<f64> =
        flag["reasons"].as_array().unwrap().iter().map(|reason| reason["contribution"].as_f64().unwrap()).collect();
    let sum = flag["sum"].as_f64().unwrap();
    assert!((contributions.iter().sum::<f64>() - sum).abs() < 1e-9, "the lines add up");
    assert!(contributions.is_sorted_by(|one, next| one >= next), "what adds the most comes first");
    assert!((flag["score"].as_f64().unwrap() - 1.0 / (1.0 + (-2.0 * sum).exp())).abs() < 1e-12);
    let share = flag["reasons"].as_array().unwrap().iter().find(|reason| reason["feature"] == "submitted_share").unwrap();
    assert_eq!(share["text"], "期限の来た課題のうち提出した割合 0%（学級の中央 100%）");
    assert_eq!(share["english"], "Share of due assignments handed in: 0% (middle of the class 100%)");
    let pieces = ["label", "valueText", "medianText", "window", "englishLabel"].map(|piece| &share[piece]);
    assert_eq!(pieces, ["提出", "0%", "100%", "期限の来た課題", "Handed in"]);
    let group = flag["reasons"].as_array().unwrap().iter().find(|reason| reason["domain"] == "GROUP").unwrap();
    assert_eq!(
        (&group["label"], &group["valueText"], &group["window"]),
        (&json!("記録のようすが近いまとまり"), &json!("中央より下"), &Value::Null)
    );
}

#[tokio::test]
async fn flags_are_in_the_order_of_the_register_and_come_in_pages() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    yesterday(&ana).await;
    let all = flags(&ana).await;
    let numbers: Vec<i64> = all.iter().map(|flag| flag["pupil"]["number"].as_i64().unwrap()).collect();
    assert!(numbers.len() > 1 && numbers.is_sorted(), "{numbers:?}");
    let page = ana.ask(FLAGS, json!({ "class": CLASS_5_2, "first": 1 })).await;
    assert_eq!(page.data("/supportFlags/pageInfo/hasNextPage"), true);
    let after = page.data("/supportFlags/pageInfo/endCursor").clone();
    let rest = ana.ask(FLAGS, json!({ "class": CLASS_5_2, "after": after })).await;
    assert_eq!(rest.data("/supportFlags/nodes").as_array().unwrap()[..], all[1..]);
    let whole = ana.ask(FLAGS, json!({ "class": CLASS_5_2 })).await;
    assert!(whole.queries() <= 4, "{} statements for a page of flags", whole.queries());
}

#[tokio::test]
async fn an_answer_stays_while_the_flag_is_kept_and_the_history_has_both() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    yesterday(&ana).await;
    let flag = flag_of_aoi(&ana).await.unwrap();
    let answer = review(&ana, json!({ "flagId": flag["id"], "answer": "USEFUL", "note": "朝に声をかけた" })).await;
    assert_eq!((&answer["flag"]["state"], &answer["userErrors"]), (&json!("ANSWERED"), &json!([])));
    yesterday(&ana).await;
    let kept = flag_of_aoi(&ana).await.unwrap();
    assert_eq!((&kept["id"], &kept["state"]), (&flag["id"], &json!("ANSWERED")));
    let history: Vec<(&Value, &Value, &Value)> =
        kept["history"].as_array().unwrap().iter().map(|event| (&event["kind"], &event["by"], &event["note"])).collect();
    let ana_name = json!("有村 安奈");
    assert_eq!(history[0], (&json!("RAISED"), &ana_name, &Value::Null));
    assert_eq!(history[1], (&json!("ANSWERED"), &ana_name, &json!("朝に声をかけた")));
    assert_eq!(history[2].0, "KEPT");
}

#[tokio::test]
async fn what_is_put_off_is_snoozed_until_its_day_and_then_shown_again() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    yesterday(&ana).await;
    let id = flag_of_aoi(&ana).await.unwrap()["id"].clone();
    for (until, code) in [("2026-11-24", "OUT_OF_RANGE"), ("2028-01-01", "OUT_OF_RANGE")] {
        let answer = review(&ana, json!({ "flagId": id, "answer": "ALREADY_KNOWN", "snoozeUntil": until })).await;
        assert_eq!(answer["userErrors"], json!([{ "code": code, "field": "snoozeUntil" }]));
    }
    review(&ana, json!({ "flagId": id, "answer": "ALREADY_KNOWN", "snoozeUntil": "2026-12-08" })).await;
    assert_eq!(flag_of_aoi(&ana).await.unwrap()["state"], "SNOOZED");
    school.clock.advance(TimeDelta::days(15));
    assert_eq!(flag_of_aoi(&ana).await.unwrap()["state"], "CONTINUING");
}

#[tokio::test]
async fn a_flag_ends_when_nothing_speaks_for_it_any_more() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    yesterday(&ana).await;
    assert!(flag_of_aoi(&ana).await.is_some());
    let days: Vec<Value> = school_days()[12..].iter().map(|day| lesson(AOI, 22, *day)).collect();
    school.person("drill").record(&days).await;
    let document = "{ class(id: \"CLASS\") { pupils { nodes { id } } } }".replace("CLASS", &CLASS_5_2.to_string());
    assert_eq!(ana.ask(&document, json!({})).await.data("/class/pupils/nodes").as_array().unwrap().len(), 22);
    let assignments: Vec<Value> = (0_u8..4).map(|week| {
        let id = uuid::Uuid::new_v5(&CLASS_5_2, &[week]);
        json!({ "id": uuid::Uuid::new_v5(&AOI, id.as_bytes()), "pupilId": AOI, "classId": CLASS_5_2, "verb": "SUBMITTED", "objectId": id,
            "objectKind": "ASSIGNMENT", "occurredAt": format!("{}T09:00:00+09:00", school_days()[0]), "score": { "raw": 95, "max": 100 } })
    }).collect();
    school.person("drill").record(&assignments).await;
    yesterday(&ana).await;
    assert!(flag_of_aoi(&ana).await.is_none());
}

#[tokio::test]
async fn the_same_records_give_the_same_scores_and_a_former_answer_can_be_had_again() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    let first = yesterday(&ana).await;
    assert_eq!(first["scores"].as_array().unwrap().len(), 22, "everybody has a score");
    assert_eq!(yesterday(&ana).await["scores"], first["scores"]);
    school.clock.advance(TimeDelta::hours(1));
    let late: Vec<Value> = school_days()[12..].iter().map(|day| lesson(AOI, 22, *day)).collect();
    school.person("drill").record(&late).await;
    school.person("drill").withdraw(&[(AOI, late[0]["id"].as_str().unwrap().parse().unwrap())], "誤送信").await;
    let now = yesterday(&ana).await;
    assert_ne!(now["scores"], first["scores"], "what came in late counts");
    let flag = flag_of_aoi(&ana).await;
    let again = analyze(&ana, json!({ "classId": CLASS_5_2, "asOf": YESTERDAY, "knownAt": first["knownAt"] })).await;
    assert_eq!(again["runs"][0]["scores"], first["scores"], "from the activities as they were known, to the bit");
    assert_eq!(flag_of_aoi(&ana).await, flag, "a replay moves no flag");
    let replayed = ana.ask("query ($id: ID!) { analysisRun(id: $id) { scores { pupilId score sum level } } }", json!({ "id": again["runs"][0]["id"] })).await;
    assert_eq!(replayed.data("/analysisRun/scores"), &first["scores"]);
}

#[tokio::test]
async fn an_analysis_of_an_earlier_day_moves_no_flag() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    yesterday(&ana).await;
    let flag = flag_of_aoi(&ana).await;
    analyze(&ana, json!({ "classId": CLASS_5_2, "asOf": school_days()[11] })).await;
    assert_eq!(flag_of_aoi(&ana).await, flag);
}

#[tokio::test]
async fn few_pupils_or_few_days_give_no_flags_and_the_reason() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let small = analyze(&hugo, json!({ "classId": CLASS_5_1, "asOf": YESTERDAY })).await;
    assert_eq!(small["runs"][0]["withheld"], "TOO_FEW_SCHOOL_DAYS");
    assert_eq!(small["runs"][0]["withheldText"], "授業日が10日になるまで、知らせは出しません（いま 0日）。");
    assert_eq!(small["runs"][0]["english"], "No flags before there are 10 school days (now 0).");
    school.fill_class().await;
    let early = analyze(&hugo, json!({ "classId": CLASS_5_2, "asOf": school_days()[5] })).await;
    assert_eq!(early["runs"][0]["withheld"], "TOO_FEW_SCHOOL_DAYS");
    assert_eq!(early["runs"][0]["scores"].as_array().unwrap().len(), 22, "a score is given all the same");
    let grade = analyze(&hugo, json!({ "classId": CLASS_5_1, "asOf": YESTERDAY })).await;
    assert_eq!(grade["runs"][0]["cohortSize"], 23, "a small class is compared with its grade");
    assert_eq!(grade["runs"][0]["scores"].as_array().unwrap().len(), 1, "and only its own pupils are scored");
    let whole = analyze(&hugo, json!({ "schoolId": asagao_tests::HIBARINO, "asOf": YESTERDAY })).await;
    assert_eq!(whole["runs"].as_array().unwrap().len(), 2, "every homeroom of the school, and no lesson");
}

#[tokio::test]
async fn a_stranger_finds_no_flags_and_can_answer_none() {
    let school = School::open().await;
    school.fill_class().await;
    let (ana, mari) = (school.person("ana"), school.person("mari"));
    let run = yesterday(&ana).await;
    let id = flag_of_aoi(&ana).await.unwrap()["id"].clone();
    assert_eq!(mari.ask(FLAGS, json!({ "class": CLASS_5_2 })).await.data("/supportFlags"), &Value::Null);
    let run = mari.ask("query ($id: ID!) { analysisRun(id: $id) { id } }", json!({ "id": run["id"] })).await;
    assert_eq!(run.data("/analysisRun"), &Value::Null);
    let answer = review(&mari, json!({ "flagId": id, "answer": "NOT_RIGHT" })).await;
    assert_eq!(answer["userErrors"], json!([{ "code": "NOT_FOUND", "field": "flagId" }]));
    let analysis = analyze(&mari, json!({ "classId": CLASS_5_2 })).await;
    assert_eq!(analysis["userErrors"], json!([{ "code": "NOT_FOUND", "field": "classId" }]));
    let both = analyze(&ana, json!({ "classId": CLASS_5_2, "schoolId": CLASS_5_2 })).await;
    assert_eq!(both["userErrors"][0]["code"], "INVALID_ID");
    let future = analyze(&ana, json!({ "classId": CLASS_5_2, "asOf": "2026-11-25" })).await;
    assert_eq!(future["userErrors"], json!([{ "code": "IN_THE_FUTURE", "field": "asOf" }]));
}
