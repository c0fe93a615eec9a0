//! 学期末の締め: a closed term stays as it is.
use crate::marks::{card, decide, in_words, mark, points, proposal, record, save_rule, save_test, test, three, with_rule, write};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_graphql::jobs::roster_import::Options;
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, MINATO, MIZUUMI, Package, Person, School, TODAY, TSUMUGI, YUI};
use serde_json::{Value, json};

pub async fn close(person: &Person<'_>, accept: bool) -> Value {
    let document = "mutation ($input: CloseTermInput!) { closeTerm(input: $input) { closing { term by gapsAccepted at }
        gaps { number name subject missing } userErrors { code field } } }";
    let input = json!({ "classId": CLASS_5_2, "term": 2, "acceptGaps": accept });
    person.ask(document, json!({ "input": input })).await.data("/closeTerm").clone()
}

/// 5年2組 with a result of 朝倉 葵, closed.
async fn closed() -> School {
    let school = with_rule().await;
    let ana = school.person("ana");
    save_test(&ana, 1, json!({})).await;
    record(&ana, 1, json!(three(AOI, [80.0, 25.0, 9.5]))).await;
    decide(&ana, json!([{ "pupilId": AOI, "item": "THINKING", "value": "A", "reason": "ノート" }])).await;
    write(&ana, CLASS_5_2, json!([{ "pupilId": AOI, "text": "よくできました。" }])).await;
    assert_eq!(close(&ana, true).await["userErrors"], json!([]));
    school
}

#[tokio::test]
async fn a_term_is_not_closed_while_marks_are_missing_unless_it_is_said() {
    let school = with_rule().await;
    let ana = school.person("ana");
    save_test(&ana, 1, json!({})).await;
    for pupil in [AOI, HARUTO, KAEDE, MINATO, TSUMUGI, YUI] {
        record(&ana, 1, json!(three(pupil, [80.0, 25.0, 9.5]))).await;
    }
    record(&ana, 1, json!([{ "pupilId": KAEDE, "viewpoint": "THINKING", "state": "NOT_TAKEN" }])).await;
    let refused = close(&ana, false).await;
    assert_eq!((&refused["closing"], &refused["userErrors"]), (&Value::Null, &json!([{ "code": "NOT_READY", "field": "acceptGaps" }])));
    let gaps = refused["gaps"].as_array().unwrap();
    let of_sums: Vec<_> = gaps.iter().filter(|gap| gap["subject"] == "算数").collect();
    assert_eq!(of_sums, [&json!({ "number": 3, "name": "勅使河原 ヴァレンティーナ", "subject": "算数", "missing": ["思考・判断・表現", "評定"] })]);
    assert_eq!(gaps.len(), 8 * 6 + 1, "eight subjects have nothing at all");
    let done = close(&ana, true).await;
    assert_eq!((&done["closing"]["by"], &done["closing"]["gapsAccepted"]), (&json!("有村 安奈"), &json!(true)));
    assert_eq!(card(&ana, CLASS_5_2, KAEDE, Some("算数")).await["closed"], true);
}

#[tokio::test]
async fn a_closed_term_stays_as_it_is() {
    let school = closed().await;
    let (ana, hugo, kyomu) = (school.person("ana"), school.person("hugo"), school.person("kyomu"));
    let before = card(&ana, CLASS_5_2, AOI, None).await;
    assert_eq!((in_words(&before["marks"][2]), &before["closed"]), ("AAA 3".to_owned(), &json!(true)));
    // Nothing can be written any more.
    let closed = json!([{ "index": 0, "code": "TERM_CLOSED", "field": "pupilId" }]);
    assert_eq!(record(&ana, 1, json!([points(AOI, "KNOWLEDGE", 1.0)])).await["rejected"], closed);
    assert_eq!(record(&ana, 1, json!([points(HARUTO, "KNOWLEDGE", 1.0)])).await["rejected"], closed);
    assert_eq!(decide(&ana, json!([{ "pupilId": AOI, "item": "THINKING", "value": null }])).await["rejected"], closed);
    assert_eq!(write(&ana, CLASS_5_2, json!([{ "pupilId": AOI, "text": "x" }])).await["rejected"], closed);
    assert_eq!(save_test(&ana, 1, json!({ "weight": 2 })).await["userErrors"], json!([{ "code": "TERM_CLOSED", "field": "term" }]));
    assert_eq!(save_test(&ana, 2, json!({})).await["userErrors"], json!([{ "code": "TERM_CLOSED", "field": "term" }]));
    let gone = format!("mutation {{ withdrawAssessment(input: {{ assessmentId: \"{}\", reason: \"x\" }}) {{ userErrors {{ code }} }} }}", test(1));
    assert_eq!(ana.ask(&gone, json!({})).await.data("/withdrawAssessment/userErrors"), &json!([{ "code": "TERM_CLOSED" }]));
    // Another rule, a move to another class, leaving the school: what is closed is the same to the letter.
    let mut harder = proposal(&school).await;
    harder["cutA"] = json!(99);
    assert_eq!(save_rule(&kyomu, harder, json!({})).await["scheme"]["version"], 2);
    assert_eq!(card(&ana, CLASS_5_2, AOI, None).await, before);
    let moved = format!("mutation {{ moveToClass(input: {{ pupilId: \"{AOI}\", classId: \"{CLASS_5_1}\", day: \"{TODAY}\", number: 9, reason: \"学級編制\" }}) {{ userErrors {{ code field message }} }} }}");
    assert_eq!(hugo.ask(&moved, json!({})).await.data("/moveToClass/userErrors"), &json!([]));
    let there = card(&hugo, CLASS_5_1, AOI, None).await;
    assert_eq!((&there["marks"], &there["remarks"], &there["closed"]), (&before["marks"], &before["remarks"], &json!(true)));
    let closing = format!("mutation {{ closeTerm(input: {{ classId: \"{CLASS_5_1}\", term: 2, acceptGaps: true }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(hugo.ask(&closing, json!({})).await.data("/closeTerm/userErrors"), &json!([]));
    assert_eq!(card(&hugo, CLASS_5_1, AOI, None).await["marks"], before["marks"], "the other class closes its own");
    assert_eq!(school.count("term_report", "1 = 1").await, 6 + 1);
}

#[tokio::test]
async fn closing_twice_is_closing_once() {
    let school = closed().await;
    let first = close(&school.person("ana"), true).await;
    school.clock.advance(chrono::TimeDelta::days(1));
    let second = close(&school.person("hugo"), false).await;
    assert_eq!((&second["closing"], &second["userErrors"]), (&first["closing"], &json!([])));
    assert_eq!((school.count("term_closing", "1 = 1").await, school.count("term_report", "1 = 1").await), (1, 6));
    assert_eq!(school.count("trail", "record = 'term_closing'").await, 1);
}

#[tokio::test]
async fn two_who_close_at_once_close_once() {
    let school = with_rule().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    let (one, other) = tokio::join!(close(&ana, true), close(&hugo, true));
    assert_eq!((&one["userErrors"], &other["userErrors"]), (&json!([]), &json!([])));
    assert_eq!((school.count("term_closing", "1 = 1").await, school.count("term_report", "1 = 1").await), (1, 6));
}

#[tokio::test]
async fn who_leaves_keeps_what_was_reached() {
    let school = with_rule().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    save_test(&ana, 1, json!({})).await;
    record(&ana, 1, json!(three(KAEDE, [80.0, 25.0, 9.5]))).await;
    let out = format!("mutation {{ transferPupilOut(input: {{ pupilId: \"{KAEDE}\", day: \"{TODAY}\", destinationSchoolId: \"{MIZUUMI}\", handOver: [] }}) {{ userErrors {{ code message }} }} }}");
    assert_eq!(hugo.ask(&out, json!({})).await.data("/transferPupilOut/userErrors"), &json!([]));
    school.clock.advance(chrono::TimeDelta::days(3));
    let left = card(&ana, CLASS_5_2, KAEDE, Some("算数")).await;
    assert_eq!((in_words(&left["marks"][0]), left["left"].is_string()), ("ABA 3".to_owned(), true));
    let refused = close(&ana, false).await;
    assert!(refused["gaps"].as_array().unwrap().iter().all(|gap| gap["number"] != 3), "who has left lacks nothing");
    assert_eq!(close(&ana, true).await["userErrors"], json!([]));
    assert_eq!(mark(&ana, KAEDE).await, "ABA 3");
    let read = format!("{{ pupil(id: \"{KAEDE}\") {{ termMarks {{ term }} }} }}");
    assert_eq!(ana.ask(&read, json!({})).await.data("/pupil"), &Value::Null, "the pupil is seen there no more");
}

#[tokio::test]
async fn only_homerooms_close_terms_and_only_those_that_have_begun() {
    let school = closed().await;
    let document = "mutation ($input: CloseTermInput!) { closeTerm(input: $input) { userErrors { code field } } }";
    for (who, class, term, code, field) in [
        ("ana", LESSON, 2, "NOT_FOUND", "classId"),
        ("hugo", LESSON, 2, "WRONG_CLASS", "classId"),
        ("hugo", CLASS_5_2, 3, "IN_THE_FUTURE", "term"),
        ("hugo", CLASS_5_2, 4, "OUT_OF_RANGE", "term"),
    ] {
        let refused = school.person(who).ask(document, json!({ "input": { "classId": class, "term": term } })).await;
        assert_eq!(refused.data("/closeTerm/userErrors"), &json!([{ "code": code, "field": field }]));
    }
}

#[tokio::test]
async fn a_lesson_is_closed_for_whose_homeroom_is() {
    let mut school = with_rule().await;
    let from = TODAY.parse().expect("a date");
    school.hire("sato", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON), from)]).await;
    let sato = school.person("sato");
    assert_eq!(save_test(&sato, 5, json!({ "classId": LESSON })).await["userErrors"], json!([]));
    assert_eq!(record(&sato, 5, json!(three(AOI, [80.0, 25.0, 9.5]))).await["recorded"], 3);
    assert_eq!(close(&school.person("ana"), true).await["userErrors"], json!([]));
    let refused = record(&sato, 5, json!([points(HARUTO, "KNOWLEDGE", 1.0), points(AOI, "KNOWLEDGE", 80.0)])).await;
    assert_eq!(refused["rejected"], json!([{ "index": 0, "code": "TERM_CLOSED", "field": "pupilId" }]));
    assert_eq!(refused["unchanged"], 1, "what is there just so is no change");
    for n in [5, 6] {
        let refused = save_test(&sato, n, json!({ "classId": LESSON, "weight": 3 })).await;
        assert_eq!(refused["userErrors"], json!([{ "code": "TERM_CLOSED", "field": "term" }]));
    }
    assert_eq!(in_words(&card(&sato, LESSON, AOI, None).await["marks"][0]), "ABA 3");
}

#[tokio::test]
async fn a_roster_changes_nothing_of_a_closed_term() {
    let school = closed().await;
    let hugo = school.person("hugo");
    let read = format!("{{ pupil(id: \"{AOI}\") {{ homeroom {{ name }} termMarks(term: 2) {{ closed marks {{ subject viewpoints {{ letter }} }} remarks {{ text }} }} }} }}");
    let before = hugo.ask(&read, json!({})).await.data("/pupil").clone();
    let mut package = Package::usual().without("enrollments.csv", &format!("{CLASS_5_2},{HIBARINO},{AOI},student"));
    package.place(AOI, CLASS_5_1, HIBARINO, TODAY, "2");
    school.import_as(&package, &Options { file_name: "roster".into(), accept_suspicious: true, ..Options::default() }).await;
    school.clock.advance(chrono::TimeDelta::days(1));
    let after = hugo.ask(&read, json!({})).await.data("/pupil").clone();
    assert_eq!((&before["homeroom"]["name"], &after["homeroom"]["name"]), (&json!("5年2組"), &json!("5年1組")));
    assert_eq!(before["termMarks"], after["termMarks"]);
}
