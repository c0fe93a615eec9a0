//! 評価の規準 and 学期: what a school and its board set.
use crate::marks::{mark, proposal, record, save_rule, save_test, three, with_office, with_rule};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, MIZUUMI, School, TODAY};
use serde_json::{Value, json};

async fn versions(school: &School, who: &str, first: i64, after: Option<&str>) -> Value {
    let document = "query ($school: ID!, $first: Int, $after: String) { markSchemes(schoolId: $school, first: $first, after: $after) {
        nodes { version grade subject holds reason by rule { cutA } } pageInfo { hasNextPage endCursor } } }";
    let variables = json!({ "school": HIBARINO, "first": first, "after": after });
    school.person(who).ask(document, variables).await.data("/markSchemes").clone()
}

#[tokio::test]
async fn the_most_special_rule_holds_and_every_version_is_kept() {
    let school = with_rule().await;
    let (ana, kyomu) = (school.person("ana"), school.person("kyomu"));
    save_test(&ana, 1, json!({})).await;
    record(&ana, 1, json!(three(AOI, [80.0, 40.0, 8.0]))).await;
    assert_eq!(mark(&ana, AOI).await, "AAA 3");
    let mut rule = proposal(&school).await;
    for (cut, of, expected) in [
        (81, json!({ "grade": "P5" }), "BBB 2"),
        (79, json!({ "subject": "算数" }), "AAA 3"),
        (95, json!({ "grade": "P5", "subject": "算数" }), "BBB 2"),
        (20, json!({ "grade": "P6", "subject": "算数" }), "BBB 2"),
        (60, json!({ "grade": "P5", "subject": "算数" }), "AAA 3"),
        (99, json!({}), "AAA 3"),
    ] {
        rule["cutA"] = json!(cut);
        rule["cutB"] = json!(cut / 2);
        school.clock.advance(chrono::TimeDelta::minutes(1));
        assert_eq!(save_rule(&kyomu, rule.clone(), of.clone()).await["userErrors"], json!([]));
        assert_eq!(mark(&ana, AOI).await, expected, "{of}");
    }
    assert_eq!(save_rule(&kyomu, rule, json!({})).await["scheme"]["version"], 2, "what holds is saved once");
    let all = versions(&school, "hugo", 50, None).await;
    assert_eq!(all["nodes"].as_array().unwrap().len(), 7);
    assert_eq!(all["nodes"][0], json!({ "version": 2, "grade": null, "subject": null, "holds": true, "reason": "職員会議で決めた", "by": "kyomu", "rule": { "cutA": 99 } }));
    assert_eq!((&all["nodes"][6]["version"], &all["nodes"][6]["holds"]), (&json!(1), &json!(false)));
    let first = versions(&school, "hugo", 3, None).await;
    let second = versions(&school, "hugo", 200, first["pageInfo"]["endCursor"].as_str()).await;
    assert_eq!((first["pageInfo"]["hasNextPage"].clone(), second["nodes"].as_array().unwrap().len()), (json!(true), 4));
    // Taken back, the rule of the subject holds again, then that of the grade.
    for (of, expected) in [("grade: \"P5\", subject: \"算数\"", "AAA 3"), ("subject: \"算数\"", "BBB 2")] {
        let document = format!("mutation {{ withdrawMarkScheme(input: {{ schoolId: \"{HIBARINO}\", {of}, reason: \"まとめる\" }}) {{ userErrors {{ code }} }} }}");
        assert_eq!(kyomu.ask(&document, json!({})).await.data("/withdrawMarkScheme/userErrors"), &json!([]));
        assert_eq!(mark(&ana, AOI).await, expected);
        assert_eq!(kyomu.ask(&document, json!({})).await.data("/withdrawMarkScheme/userErrors"), &json!([]), "once more is the same");
    }
}

#[tokio::test]
async fn a_rule_with_holes_or_steps_down_is_refused() {
    let school = with_office().await;
    let kyomu = school.person("kyomu");
    let with = async |change: &dyn Fn(&mut Value), of: Value| {
        let mut rule = proposal(&school).await;
        change(&mut rule);
        let done = save_rule(&kyomu, rule, of).await;
        (done["userErrors"][0]["code"].clone(), done["userErrors"][0]["field"].clone())
    };
    let refused = |field: &str| (json!("OUT_OF_RANGE"), json!(field));
    assert_eq!(with(&|rule| rule["cutB"] = json!(80), json!({})).await, refused("rule.cutB"));
    assert_eq!(with(&|rule| rule["weights"] = json!({ "knowledge": 0, "thinking": 0, "attitude": 0 }), json!({})).await, refused("rule.weights"));
    assert_eq!(with(&|rule| rule["conversions"][0]["table"][0]["rating"] = json!(1), json!({})).await, refused("rule.conversions.table"));
    assert_eq!(with(&|rule| drop(rule["conversions"][0]["table"].as_array_mut().unwrap().pop()), json!({})).await, refused("rule.conversions.table"));
    assert_eq!(with(&|rule| rule["conversions"] = json!([]), json!({})).await, refused("rule.conversions"));
    assert_eq!(with(&|_| (), json!({ "grade": "J1" })).await, refused("rule.conversions"));
    assert_eq!(with(&|_| (), json!({ "grade": "X9" })).await, refused("grade"));
    assert_eq!(with(&|_| (), json!({ "subject": "道徳" })).await, refused("subject"));
    assert_eq!(with(&|_| (), json!({ "year": 1 })).await, refused("year"));
    assert_eq!(with(&|_| (), json!({ "schoolId": MIZUUMI })).await, (json!("NOT_FOUND"), json!("schoolId")));
    assert_eq!(with(&|_| (), json!({ "reason": " " })).await, (json!("INVALID_TEXT"), json!("reason")));
    assert_eq!(with(&|_| (), json!({ "year": 2026 })).await.0, Value::Null);
    assert_eq!(school.count("mark_scheme", "1 = 1").await, 1);
    let conversions = proposal(&school).await["conversions"].as_array().unwrap().len();
    assert_eq!(conversions, 1, "a primary school has no scale of five");
}

#[tokio::test]
async fn only_academic_affairs_set_the_rule_and_others_read_it() {
    let school = with_rule().await;
    let document = format!("mutation {{ withdrawMarkScheme(input: {{ schoolId: \"{HIBARINO}\", reason: \"x\" }}) {{ userErrors {{ code }} }} }}");
    for who in ["ana", "hugo", "portal", "mari"] {
        assert_eq!(school.person(who).ask(&document, json!({})).await.code(), "FORBIDDEN", "{who}");
    }
    assert_eq!(versions(&school, "ana", 5, None).await["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(versions(&school, "mari", 5, None).await, Value::Null);
}

async fn set_terms(school: &School, year: i32, begins: Value) -> Value {
    let document = "mutation ($input: SetTermsInput!) { setTerms(input: $input) { terms { number name begins ends isSet } userErrors { code field } } }";
    let input = json!({ "year": year, "begins": begins, "reason": "管理規則の改正" });
    school.person("board").ask(document, json!({ "input": input })).await.data("/setTerms").clone()
}

#[tokio::test]
async fn the_board_sets_two_or_three_terms() {
    let mut school = with_rule().await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, TODAY.parse().expect("a date"))]).await;
    let terms = async || school.person("ana").ask("{ terms { number name begins ends isSet } }", json!({})).await.data("/terms").clone();
    let usual = terms().await;
    assert_eq!(usual[1], json!({ "number": 2, "name": "2学期", "begins": "2026-08-01", "ends": "2026-12-31", "isSet": false }));
    for begins in [
        json!(["2026-04-01"]),
        json!(["2026-04-02", "2026-10-01"]),
        json!(["2026-04-01", "2026-10-01", "2026-09-01"]),
        json!(["2026-04-01", "2027-04-01"]),
        json!(["2026-04-01", "2026-06-01", "2026-10-01", "2027-01-01"]),
    ] {
        assert_eq!(set_terms(&school, 2026, begins).await["userErrors"], json!([{ "code": "OUT_OF_RANGE", "field": "begins" }]));
    }
    for _ in 0..2 {
        assert_eq!(set_terms(&school, 2026, json!(["2026-04-01", "2026-10-12"])).await["userErrors"], json!([]));
    }
    assert_eq!(school.count("trail", "record = 'term'").await, 2, "the same again is no change");
    let two = terms().await;
    assert_eq!(two, json!([{ "number": 1, "name": "前期", "begins": "2026-04-01", "ends": "2026-10-11", "isSet": true },
        { "number": 2, "name": "後期", "begins": "2026-10-12", "ends": "2027-03-31", "isSet": true }]));
    assert_eq!(set_terms(&school, 2026, json!(["2026-04-01", "2026-08-25", "2027-01-07"])).await["userErrors"], json!([]));
    save_test(&school.person("ana"), 1, json!({ "term": 3, "day": "2027-01-20" })).await;
    assert_eq!(set_terms(&school, 2026, json!(["2026-04-01", "2026-10-12"])).await["userErrors"], json!([{ "code": "IN_USE", "field": "begins" }]));
    let closing = format!("mutation {{ closeTerm(input: {{ classId: \"{CLASS_5_2}\", term: 2, acceptGaps: true }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("ana").ask(&closing, json!({})).await.data("/closeTerm/userErrors"), &json!([]));
    assert_eq!(set_terms(&school, 2026, json!(["2026-04-01", "2026-08-26", "2027-01-07"])).await["userErrors"], json!([{ "code": "IN_USE", "field": "begins" }]));
    let document = "mutation { setTerms(input: { year: 2026, begins: [\"2026-04-01\", \"2026-10-12\"], reason: \"x\" }) { userErrors { code } } }";
    for who in ["ana", "hugo", "kyomu", "portal"] {
        assert_eq!(school.person(who).ask(document, json!({})).await.code(), "FORBIDDEN", "{who}");
    }
}
