//! A pupil's own marks: what stands in closed terms, for the pupil alone; and what another school has handed over.
use crate::marks::{decide, points, record, save_test, three, with_rule, write};
use crate::marks_closed::close;
use crate::moves::{done, of_pupil};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_graphql::access::right::Right;
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_2, HARUTO, HIBARINO, LESSON, MIZUUMI, School, TODAY, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const MARKS: &str = "query ($id: ID!, $year: Int) { pupil(id: $id) { termMarks(year: $year) { term schoolName closed
    marks { subject viewpoints { letter computed percent decision { reason } } rating { rating computed decision { reason } } }
    remarks { subject text } } } }";

/// 5年2組 in which something was reached, decided and written of one pupil, closed.
async fn closed(pupil: Uuid) -> School {
    let school = with_rule().await;
    let ana = school.person("ana");
    save_test(&ana, 1, json!({})).await;
    record(&ana, 1, json!(three(pupil, [80.0, 25.0, 9.5]))).await;
    decide(&ana, json!([{ "pupilId": pupil, "item": "THINKING", "value": "A", "reason": "先生どうしのことば" }])).await;
    decide(&ana, json!([{ "pupilId": pupil, "item": "RATING", "value": "2", "reason": "先生どうしのことば" }])).await;
    write(&ana, CLASS_5_2, json!([{ "pupilId": pupil, "text": "よくできました。" }])).await;
    assert_eq!(close(&ana, true).await["userErrors"], json!([]));
    school
}

/// The marks of 算数 in the first of the terms.
fn sums(terms: &Value) -> &Value {
    terms[0]["marks"].as_array().expect("a list").iter().find(|mark| mark["subject"] == "算数").expect("算数")
}

#[tokio::test]
async fn a_pupil_reads_what_stands_and_not_what_teachers_said_on_the_way() {
    let school = closed(AOI).await;
    let (aoi, haruto) = (school.pupil_token(AOI).await, school.pupil_token(HARUTO).await);
    let own = school.bearer(&aoi).ask(MARKS, json!({ "id": AOI })).await;
    let terms = own.data("/pupil/termMarks");
    let none = |letter: &str, percent: f64| json!({ "letter": letter, "computed": null, "percent": percent, "decision": null });
    assert_eq!(sums(terms)["viewpoints"], json!([none("A", 80.0), none("A", 50.0), none("A", 95.0)]));
    assert_eq!(sums(terms)["rating"], json!({ "rating": 2, "computed": null, "decision": null }));
    assert_eq!((&terms[0]["schoolName"], &terms[0]["remarks"][0]["text"]), (&json!("ひばり野小学校"), &json!("よくできました。")));
    assert!(!own.body.to_string().contains("先生どうし"));
    // The teacher reads both.
    let read = school.person("ana").ask(MARKS, json!({ "id": AOI })).await;
    let thinking = sums(&read.data("/pupil/termMarks").as_array().expect("a list").iter().filter(|term| term["closed"] == true).cloned().collect())["viewpoints"][1].clone();
    assert_eq!(thinking, json!({ "letter": "A", "computed": "B", "percent": 50.0, "decision": { "reason": "先生どうしのことば" } }));
    // Of others nothing, by whatever way.
    assert_eq!(school.bearer(&haruto).ask(MARKS, json!({ "id": AOI })).await.data("/pupil"), &Value::Null);
    let before = school.bearer(&aoi).ask(MARKS, json!({ "id": AOI, "year": 2025 })).await;
    assert_eq!(before.data("/pupil/termMarks"), &json!([]));
    assert_eq!(school.nobody().ask(MARKS, json!({ "id": AOI })).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_pupil_reads_a_closed_term_months_later() {
    let school = closed(AOI).await;
    school.clock.advance(TimeDelta::days(100));
    let aoi = school.pupil_token(AOI).await;
    let own = school.bearer(&aoi).ask(MARKS, json!({ "id": AOI, "year": 2026 })).await;
    assert_eq!(own.data("/pupil/termMarks").as_array().expect("a list").len(), 1, "in March, of November");
}

/// 結衣 goes to みずうみ and is there the next day.
async fn moved(school: &mut School, kinds: &[&str]) -> Value {
    let from = TODAY.parse().expect("a date");
    school.hire("tea", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(MIZUUMI), Some(CLASS_4_1), from)]).await;
    school.hire("sub", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(MIZUUMI), Some(CLASS_4_1), from)]).await;
    let out = crate::moves::leave(school, kinds).await;
    let input = json!({ "moveId": out["id"], "classId": CLASS_4_1, "day": "2026-11-25" });
    done(&school.person("mari"), "transferPupilIn", "TransferPupilIn", input).await;
    school.clock.advance(TimeDelta::days(1));
    out
}

const TOLD: &str = "termMarks { schoolName closed remarks { text } } tested(from: \"2026-04-01\", to: \"2026-12-31\") { name }
    history { nodes { kind } } historyKinds";

#[tokio::test]
async fn closed_terms_are_handed_over_on_purpose_and_nothing_else_of_marks() {
    let mut school = closed(YUI).await;
    let out = moved(&mut school, &[]).await;
    let own = json!([{ "schoolName": "みずうみ小学校", "closed": false, "remarks": [] }]);
    let here = async |school: &School, who: &str| {
        let read = of_pupil(school, who, YUI, TOLD).await.data("/pupil").clone();
        let term = |term: &&Value| term["schoolName"] != "みずうみ小学校";
        (read["termMarks"].as_array().expect("a list").iter().filter(term).cloned().collect::<Vec<_>>(), read)
    };
    assert_eq!(here(&school, "tea").await.0, [] as [Value; 0], "nothing follows by itself");
    let hugo = school.person("hugo");
    let hand = |kinds: Value| json!({ "moveId": out["id"], "kinds": kinds, "reason": "保護者の同意を得た、評価の引きつぎ" });
    let set = done(&hugo, "handOverRecords", "HandOverRecords", hand(json!(["MARKS"]))).await;
    assert_eq!(set["handedOver"], json!(["MARKS"]));
    let handed = json!({ "schoolName": "ひばり野小学校", "closed": true, "remarks": [{ "text": "よくできました。" }] });
    for who in ["tea", "mari"] {
        let (terms, whole) = here(&school, who).await;
        assert_eq!(terms, std::slice::from_ref(&handed), "{who}: the second term alone is closed");
        assert_eq!(whole["tested"], json!([]), "single results stay where they were taken");
        assert!(!whole["history"].to_string().contains("MARK\""), "{who}: and so do the decisions: {whole}");
        assert!(whole["termMarks"].as_array().expect("a list").contains(&own[0]), "{whole}");
    }
    assert_eq!(of_pupil(&school, "sub", YUI, "termMarks { term }").await.data("/pupil/termMarks"), &Value::Null.clone(), "a subject teacher has no use for it");
    let trail = school.count("trail", "record = 'hand_over' AND after LIKE '%mark:read%' AND reason LIKE '%保護者の同意%'").await;
    assert_eq!(trail, 1, "with who, when and why");
    done(&hugo, "handOverRecords", "HandOverRecords", hand(json!([]))).await;
    assert_eq!(here(&school, "tea").await.0, [] as [Value; 0], "and it can be ended");
}

#[tokio::test]
async fn a_pupil_keeps_reading_what_a_former_school_has_closed() {
    let mut school = closed(YUI).await;
    moved(&mut school, &[]).await;
    let own = json!([{ "schoolName": "ひばり野小学校", "closed": true, "remarks": [{ "text": "よくできました。" }] }]);
    let (yui, aoi) = (school.pupil_token(YUI).await, school.pupil_token(AOI).await);
    let ask = format!("query ($id: ID!) {{ pupil(id: $id) {{ {} }} }}", "termMarks { schoolName closed remarks { text } } tested(from: \"2026-04-01\", to: \"2026-12-31\") { name }");
    let read = school.bearer(&yui).ask(&ask, json!({ "id": YUI })).await;
    assert_eq!(read.data("/pupil/termMarks"), &own);
    assert_eq!(read.data("/pupil/tested"), &json!([]), "single results stay where they were taken");
    let of_another = school.bearer(&aoi).ask(&ask, json!({ "id": AOI })).await;
    assert_eq!(of_another.data("/pupil/termMarks").as_array().map(Vec::len), Some(1), "a classmate reads the own: {}", of_another.body);
    assert!(!of_another.body.to_string().contains("よくできました"));
}

#[tokio::test]
async fn a_term_that_is_closed_after_a_pupil_left_is_handed_over_from_then_on() {
    let mut school = with_rule().await;
    let ana_test = save_test(&school.person("ana"), 1, json!({})).await;
    assert_eq!(ana_test["userErrors"], json!([]));
    record(&school.person("ana"), 1, json!([points(YUI, "KNOWLEDGE", 80.0)])).await;
    write(&school.person("ana"), CLASS_5_2, json!([{ "pupilId": YUI, "text": "途中まで" }])).await;
    moved(&mut school, &["MARKS"]).await;
    let read = async |school: &School| of_pupil(school, "tea", YUI, TOLD).await.data("/pupil").to_string();
    assert!(!read(&school).await.contains("途中まで"), "an open term stays with its school");
    assert_eq!(close(&school.person("ana"), true).await["userErrors"], json!([]));
    assert!(read(&school).await.contains("途中まで"));
}

#[tokio::test]
async fn what_teachers_decide_stands_in_the_pupils_history() {
    let mut school = with_rule().await;
    let from = TODAY.parse().expect("a date");
    school.hire("sato", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON), from)]).await;
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]).await;
    let ana = school.person("ana");
    save_test(&ana, 1, json!({})).await;
    save_test(&ana, 2, json!({ "subject": "国語" })).await;
    for n in [1, 2] {
        record(&ana, n, json!(three(AOI, [80.0, 25.0, 9.5]))).await;
    }
    let thinking = |value: Value, reason: Value| json!([{ "pupilId": AOI, "item": "THINKING", "value": value, "reason": reason }]);
    assert_eq!(decide(&ana, thinking(json!("A"), json!("ノート"))).await["decided"], 1);
    school.clock.advance(TimeDelta::minutes(1));
    let both = json!([{ "pupilId": AOI, "item": "THINKING", "value": "C", "reason": "見なおし" }, { "pupilId": AOI, "item": "RATING", "value": "1", "reason": "学年会" }]);
    assert_eq!(decide(&ana, both).await["decided"], 2);
    school.clock.advance(TimeDelta::minutes(1));
    assert_eq!(decide(&ana, thinking(Value::Null, Value::Null)).await["decided"], 1);
    let in_japanese = "mutation ($class: ID!, $pupil: ID!) { decideMarks(input: { classId: $class, term: 2, subject: \"国語\",
        decisions: [{ pupilId: $pupil, item: ATTITUDE, value: \"B\", reason: \"国語の理由\" }] }) { decided } }";
    assert_eq!(ana.ask(in_japanese, json!({ "class": CLASS_5_2, "pupil": AOI })).await.data("/decideMarks/decided"), 1);
    let entries = async |who: &str, arguments: &str| {
        let fields = format!("historyKinds history{arguments} {{ nodes {{ kind deed at by act reason about changes {{ field before after }} }} pageInfo {{ hasNextPage endCursor }} }}");
        of_pupil(&school, who, AOI, &fields).await.data("/pupil").clone()
    };
    let of_marks = "(kinds: [MARK])";
    let told = entries("hugo", of_marks).await;
    let nodes = told["history"]["nodes"].as_array().expect("a list").clone();
    let change = |field: &str, before: &str, after: &str| json!([{ "field": field, "before": before, "after": after }]);
    let of_sums: Vec<&Value> = nodes.iter().filter(|node| node["about"] == "算数（2026年度2学期）").collect();
    let expected = [("REMOVED", change("thinking", "C", "B"), Value::Null), ("ADDED", change("rating", "3", "1"), json!("学年会")),
        ("CHANGED", change("thinking", "A", "C"), json!("見なおし")), ("ADDED", change("thinking", "B", "A"), json!("ノート"))];
    let mut found: Vec<_> = of_sums.iter().map(|node| (node["deed"].as_str().expect("a text"), node["changes"].clone(), node["reason"].clone())).collect();
    // The two of one call come in either order.
    found[1..3].sort_by_key(|entry| entry.0.to_owned());
    assert_eq!(found, expected);
    assert!(nodes.iter().all(|node| node["by"] == "有村 安奈" && node["kind"] == "MARK" && node["act"] == "mark decided"), "{nodes:?}");
    assert_eq!(nodes.len(), 5);
    // Page by page it is the same list.
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let arguments = if after.is_empty() { "(first: 1, kinds: [MARK])".to_owned() } else { format!("(first: 1, kinds: [MARK], after: \"{after}\")") };
        let page = entries("hugo", &arguments).await["history"].clone();
        seen.extend(page["nodes"].as_array().expect("a list").clone());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        page["pageInfo"]["endCursor"].as_str().expect("a cursor").clone_into(&mut after);
    }
    assert_eq!(seen, nodes);
    // A subject teacher reads the own subject's; who reads no marks none; pupils no history at all.
    let of_sato = entries("sato", of_marks).await;
    assert!(of_sato["history"]["nodes"].as_array().expect("a list").len() == 4 && !of_sato.to_string().contains("国語の理由"), "{of_sato}");
    let of_nurse = entries("nurse", of_marks).await;
    assert!(of_nurse["history"].is_null() || of_nurse["history"]["nodes"] == json!([]), "{of_nurse}");
    assert!(!of_nurse["historyKinds"].to_string().contains("\"MARK\""));
    let narrowed = school.token("hugo", &[Right::SchoolRead, Right::RosterRead, Right::MoveWrite], 10).await;
    let document = format!("{{ pupil(id: \"{AOI}\") {{ history{of_marks} {{ nodes {{ kind }} }} }} }}");
    assert_eq!(school.bearer(&narrowed).ask(&document, json!({})).await.data("/pupil/history/nodes"), &json!([]), "nor a token without the right");
    let own = school.pupil_token(AOI).await;
    assert_eq!(school.bearer(&own).ask(&document, json!({})).await.data("/pupil/history"), &Value::Null);
}
