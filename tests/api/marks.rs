//! 成績: assessments, results, rules, decisions and what they come to.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, Person, REN, SOTA, School, TODAY, with};
use serde_json::{Value, json};
use uuid::Uuid;

/// The school with `kyomu`, who sets its rules.
pub async fn with_office() -> School {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("kyomu", |id| vec![duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, from)]).await;
    school
}

/// The school with a rule: A from 80 %, B from 50 %.
pub async fn with_rule() -> School {
    let school = with_office().await;
    assert_eq!(save_rule(&school.person("kyomu"), proposal(&school).await, json!({})).await["userErrors"], json!([]));
    school
}

/// What the school is offered to begin with.
pub async fn proposal(school: &School) -> Value {
    let document = "query ($school: ID!) { markSchemeProposal(schoolId: $school) { cutA cutB weights { knowledge thinking attitude }
        conversions { scale table { letters rating } cuts } } }";
    let answer = school.person("kyomu").ask(document, json!({ "school": HIBARINO })).await;
    answer.data("/markSchemeProposal").clone()
}

/// Saves a rule for whom `of` says.
pub async fn save_rule(person: &Person<'_>, rule: Value, of: Value) -> Value {
    let input = with(json!({ "schoolId": HIBARINO, "rule": rule, "reason": "職員会議で決めた" }), of);
    let document = "mutation ($input: SaveMarkSchemeInput!) { saveMarkScheme(input: $input) { scheme { version holds grade subject by reason }
        userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/saveMarkScheme").clone()
}

/// The n-th assessment's id.
pub fn test(n: u64) -> Uuid {
    Uuid::from_u128(0x7e57_0000_0000_7000_8000_0000_0000_0000 + u128::from(n))
}

/// Saves an assessment of 算数 in 5年2組.
pub async fn save_test(person: &Person<'_>, n: u64, fields: Value) -> Value {
    let input = json!({ "id": test(n), "classId": CLASS_5_2, "term": 2, "subject": "算数", "name": "分数のテスト", "day": "2026-11-20",
        "knowledgeMax": 100, "thinkingMax": 50, "attitudeMax": 10 });
    let document = "mutation ($input: SaveAssessmentInput!) { saveAssessment(input: $input) { assessment { id subject weight }
        userErrors { code field } } }";
    person.ask(document, json!({ "input": with(input, fields) })).await.data("/saveAssessment").clone()
}

/// Records results of an assessment.
pub async fn record(person: &Person<'_>, n: u64, results: Value) -> Value {
    let document = "mutation ($input: RecordResultsInput!) { recordResults(input: $input) { recorded unchanged rejected { index code field }
        userErrors { code field } } }";
    let input = json!({ "assessmentId": test(n), "results": results });
    person.ask(document, json!({ "input": input })).await.data("/recordResults").clone()
}

/// A result in points.
pub fn points(pupil: Uuid, viewpoint: &str, points: f64) -> Value {
    json!({ "pupilId": pupil, "viewpoint": viewpoint, "points": points })
}

/// The three results of a pupil.
pub fn three(pupil: Uuid, of: [f64; 3]) -> Vec<Value> {
    ["KNOWLEDGE", "THINKING", "ATTITUDE"].into_iter().zip(of).map(|(viewpoint, of)| points(pupil, viewpoint, of)).collect()
}

pub const CARDS: &str = "query ($class: ID!, $subject: String) { class(id: $class) { reportCards(term: 2, subject: $subject) {
    pupilId name number left elsewhere closed
    marks { subject scheme { version grade subject } viewpoints { viewpoint percent counted notTaken computed letter
        decision { value computedThen reason by } } rating { computed rating decision { value reason } } }
    remarks { subject text by } attendance { schoolDays present } } } }";

/// The report card of a pupil in a class and subject.
pub async fn card(person: &Person<'_>, class: Uuid, pupil: Uuid, subject: Option<&str>) -> Value {
    let answer = person.ask(CARDS, json!({ "class": class, "subject": subject })).await;
    let cards = answer.data("/class/reportCards").as_array().expect("a list").clone();
    cards.into_iter().find(|card| card["pupilId"] == json!(pupil)).unwrap_or_default()
}

/// The letters and the 評定 of a pupil of 5年2組 in 算数, such as `ABB 2`; `-` where there is none.
pub async fn mark(person: &Person<'_>, pupil: Uuid) -> String {
    in_words(&card(person, CLASS_5_2, pupil, Some("算数")).await["marks"][0])
}

pub fn in_words(mark: &Value) -> String {
    let letters = mark["viewpoints"].as_array().expect("three").iter().map(|of| of["letter"].as_str().unwrap_or("-"));
    let letters: String = letters.collect();
    format!("{letters} {}", mark["rating"]["rating"].as_i64().map_or("-".to_owned(), |rating| rating.to_string()))
}

pub async fn decide(person: &Person<'_>, decisions: Value) -> Value {
    let document = "mutation ($input: DecideMarksInput!) { decideMarks(input: $input) { decided unchanged rejected { index code field }
        userErrors { code field } } }";
    let input = json!({ "classId": CLASS_5_2, "term": 2, "subject": "算数", "decisions": decisions });
    person.ask(document, json!({ "input": input })).await.data("/decideMarks").clone()
}

pub async fn write(person: &Person<'_>, class: Uuid, remarks: Value) -> Value {
    let document = "mutation ($input: WriteRemarksInput!) { writeRemarks(input: $input) { written unchanged rejected { index code field }
        userErrors { code field } } }";
    person.ask(document, json!({ "input": { "classId": class, "term": 2, "remarks": remarks } })).await.data("/writeRemarks").clone()
}

#[tokio::test]
async fn marks_come_from_points_by_the_schools_rule() {
    let school = with_rule().await;
    let ana = school.person("ana");
    assert_eq!(save_test(&ana, 1, json!({})).await["userErrors"], json!([]));
    assert_eq!(save_test(&ana, 2, json!({ "name": "小テスト", "knowledgeMax": 20, "thinkingMax": null, "attitudeMax": null, "weight": 5 })).await["userErrors"], json!([]));
    let recorded = record(&ana, 1, json!(three(AOI, [80.0, 25.0, 9.5]))).await;
    assert_eq!(recorded, json!({ "recorded": 3, "unchanged": 0, "rejected": [], "userErrors": [] }));
    assert_eq!(mark(&ana, AOI).await, "ABA 3");
    // Five times 8 of 20 beside 80 of 100: 120 of 200.
    assert_eq!(record(&ana, 2, json!([points(AOI, "KNOWLEDGE", 8.0)])).await["recorded"], 1);
    let card = card(&ana, CLASS_5_2, AOI, Some("算数")).await;
    assert_eq!(in_words(&card["marks"][0]), "BBA 2");
    assert_eq!(card["marks"][0]["viewpoints"][0]["percent"], 60.0);
    assert_eq!(card["marks"][0]["viewpoints"][0]["counted"], 2);
    assert_eq!(card["marks"][0]["scheme"], json!({ "version": 1, "grade": null, "subject": null }));
    // The others have nothing yet, which is no C.
    assert_eq!(mark(&ana, HARUTO).await, "--- -");
    let all = self::card(&ana, CLASS_5_2, HARUTO, None).await;
    let subjects: Vec<&str> = all["marks"].as_array().unwrap().iter().map(|mark| mark["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["国語", "社会", "算数", "理科", "音楽", "図画工作", "家庭", "体育", "外国語"]);
}

#[tokio::test]
async fn without_a_rule_nothing_is_computed_and_nothing_closed() {
    let school = with_office().await;
    let ana = school.person("ana");
    save_test(&ana, 1, json!({})).await;
    record(&ana, 1, json!(three(AOI, [80.0, 25.0, 9.5]))).await;
    let card = card(&ana, CLASS_5_2, AOI, Some("算数")).await;
    assert_eq!((in_words(&card["marks"][0]), &card["marks"][0]["scheme"]), ("--- -".to_owned(), &Value::Null));
    assert_eq!(card["marks"][0]["viewpoints"][0]["percent"], 80.0, "what was reached is seen all the same");
    let decided = decide(&ana, json!([{ "pupilId": AOI, "item": "KNOWLEDGE", "value": "A", "reason": "授業のようす" }])).await;
    assert_eq!(decided["userErrors"], json!([{ "code": "NO_SCHEME", "field": "subject" }]));
    let document = format!("mutation {{ closeTerm(input: {{ classId: \"{CLASS_5_2}\", term: 2, acceptGaps: true }}) {{ closing {{ term }} userErrors {{ code }} }} }}");
    let closed = ana.ask(&document, json!({})).await;
    assert_eq!(closed.data("/closeTerm"), &json!({ "closing": null, "userErrors": [{ "code": "NO_SCHEME" }] }));
}

#[tokio::test]
async fn what_was_not_taken_is_no_zero() {
    let school = with_rule().await;
    let ana = school.person("ana");
    save_test(&ana, 1, json!({})).await;
    save_test(&ana, 2, json!({ "name": "まとめのテスト" })).await;
    record(&ana, 1, json!(three(AOI, [90.0, 45.0, 9.0]))).await;
    for state in ["NOT_TAKEN", "EXCUSED"] {
        let said = record(&ana, 2, json!([{ "pupilId": AOI, "viewpoint": "KNOWLEDGE", "state": state }])).await;
        assert_eq!(said["recorded"], 1);
        let card = card(&ana, CLASS_5_2, AOI, Some("算数")).await;
        let knowledge = &card["marks"][0]["viewpoints"][0];
        assert_eq!((&knowledge["letter"], &knowledge["counted"]), (&json!("A"), &json!(1)), "{state}");
        assert_eq!(knowledge["notTaken"], u8::from(state == "NOT_TAKEN"));
    }
    record(&ana, 2, json!([points(AOI, "KNOWLEDGE", 0.0)])).await;
    assert_eq!(mark(&ana, AOI).await, "CAA 2", "a zero is a zero");
    record(&ana, 2, json!([{ "pupilId": AOI, "viewpoint": "KNOWLEDGE", "state": "NONE" }])).await;
    assert_eq!(mark(&ana, AOI).await, "AAA 3", "and can be taken away");
    assert_eq!(school.count("assessment_result", "viewpoint = 'KNOWLEDGE'").await, 2, "at one time there is one row a result");
}

#[tokio::test]
async fn results_are_refused_one_by_one_and_stored_once() {
    let school = with_rule().await;
    let ana = school.person("ana");
    save_test(&ana, 1, json!({ "attitudeMax": null })).await;
    let results = json!([
        points(AOI, "KNOWLEDGE", 80.5),
        points(AOI, "KNOWLEDGE", 81.0),
        points(HARUTO, "KNOWLEDGE", 100.1),
        points(HARUTO, "THINKING", 0.05),
        points(HARUTO, "ATTITUDE", 1.0),
        points(REN, "KNOWLEDGE", 50.0),
        { "pupilId": "x", "viewpoint": "KNOWLEDGE", "points": 1.0 },
        { "pupilId": KAEDE, "viewpoint": "KNOWLEDGE" },
        { "pupilId": KAEDE, "viewpoint": "THINKING", "state": "NOT_TAKEN", "points": 1.0 },
        points(KAEDE, "THINKING", 50.0),
    ]);
    let expected = [
        (1, "CONFLICT", "pupilId"),
        (2, "OUT_OF_RANGE", "points"),
        (3, "OUT_OF_RANGE", "points"),
        (4, "NOT_FOUND", "viewpoint"),
        (5, "NOT_FOUND", "pupilId"),
        (6, "INVALID_ID", "pupilId"),
        (7, "OUT_OF_RANGE", "points"),
        (8, "OUT_OF_RANGE", "points"),
    ];
    let expected: Vec<Value> = expected.iter().map(|(index, code, field)| json!({ "index": index, "code": code, "field": field })).collect();
    let first = record(&ana, 1, results.clone()).await;
    assert_eq!(first, json!({ "recorded": 2, "unchanged": 0, "rejected": expected, "userErrors": [] }));
    let again = record(&ana, 1, results).await;
    assert_eq!((&again["recorded"], &again["unchanged"]), (&json!(0), &json!(2)));
    assert_eq!(record(&ana, 1, json!([])).await["userErrors"], json!([{ "code": "EMPTY", "field": "results" }]));
    let many: Vec<Value> = (0..1_001).map(|_| points(AOI, "KNOWLEDGE", 1.0)).collect();
    assert_eq!(record(&ana, 1, json!(many)).await["userErrors"], json!([{ "code": "TOO_MANY", "field": "results" }]));
    assert_eq!(record(&ana, 9, json!([points(AOI, "KNOWLEDGE", 1.0)])).await["userErrors"], json!([{ "code": "NOT_FOUND", "field": "assessmentId" }]));
}

#[tokio::test]
async fn an_assessment_that_makes_no_sense_is_refused() {
    let school = with_rule().await;
    let ana = school.person("ana");
    for (fields, code, field) in [
        (json!({ "name": " " }), "INVALID_TEXT", "name"),
        (json!({ "day": "2026-07-01" }), "OUT_OF_RANGE", "day"),
        (json!({ "term": 4 }), "OUT_OF_RANGE", "term"),
        (json!({ "subject": "道徳" }), "OUT_OF_RANGE", "subject"),
        (json!({ "subject": "数学" }), "NOT_FOUND", "subject"),
        (json!({ "knowledgeMax": 1_001 }), "OUT_OF_RANGE", "knowledgeMax"),
        (json!({ "knowledgeMax": null, "thinkingMax": null, "attitudeMax": null }), "EMPTY", "knowledgeMax"),
        (json!({ "weight": 0 }), "OUT_OF_RANGE", "weight"),
        (json!({ "classId": CLASS_5_1 }), "NOT_FOUND", "classId"),
        (json!({ "classId": CLASS_4_1 }), "NOT_FOUND", "classId"),
        (json!({ "id": "x" }), "INVALID_ID", "id"),
    ] {
        assert_eq!(save_test(&ana, 1, fields).await["userErrors"], json!([{ "code": code, "field": field }]));
    }
    assert_eq!(school.count("assessment", "1 = 1").await, 0);
    for _ in 0..2 {
        assert_eq!(save_test(&ana, 1, json!({})).await["userErrors"], json!([]));
    }
    assert_eq!(school.count("trail", "record = 'assessment'").await, 1, "sent twice, stored once");
    record(&ana, 1, json!(three(AOI, [80.0, 25.0, 9.5]))).await;
    let smaller = save_test(&ana, 1, json!({ "knowledgeMax": 79 })).await;
    assert_eq!(smaller["userErrors"], json!([{ "code": "OUT_OF_RANGE", "field": "knowledgeMax" }]));
    let without = save_test(&ana, 1, json!({ "attitudeMax": null })).await;
    assert_eq!(without["userErrors"], json!([{ "code": "OUT_OF_RANGE", "field": "attitudeMax" }]));
    assert_eq!(save_test(&ana, 1, json!({ "knowledgeMax": 80 })).await["userErrors"], json!([]));
    assert_eq!(mark(&ana, AOI).await, "ABA 3");
    let gone = format!("mutation {{ withdrawAssessment(input: {{ assessmentId: \"{}\", reason: \"配りまちがい\" }}) {{ userErrors {{ code }} }} }}", test(1));
    assert_eq!(ana.ask(&gone, json!({})).await.data("/withdrawAssessment/userErrors"), &json!([]));
    assert_eq!(mark(&ana, AOI).await, "--- -");
    assert_eq!(ana.ask(&gone, json!({})).await.data("/withdrawAssessment/userErrors"), &json!([{ "code": "NOT_FOUND" }]));
}

#[tokio::test]
async fn a_teacher_decides_beside_what_is_computed_and_takes_it_back() {
    let school = with_rule().await;
    let ana = school.person("ana");
    save_test(&ana, 1, json!({})).await;
    record(&ana, 1, json!(three(AOI, [80.0, 25.0, 9.5]))).await;
    let decision = json!([{ "pupilId": AOI, "item": "THINKING", "value": "A", "reason": "ノートの説明がよい" },
        { "pupilId": HARUTO, "item": "RATING", "value": "4", "reason": "x" },
        { "pupilId": HARUTO, "item": "ATTITUDE", "value": "D", "reason": "x" },
        { "pupilId": HARUTO, "item": "THINKING", "value": "A" },
        { "pupilId": SOTA, "item": "THINKING", "value": "A", "reason": "x" }]);
    let decided = decide(&ana, decision.clone()).await;
    assert_eq!((&decided["decided"], &decided["userErrors"]), (&json!(1), &json!([])));
    assert_eq!(decided["rejected"], json!([
        { "index": 1, "code": "OUT_OF_RANGE", "field": "value" }, { "index": 2, "code": "OUT_OF_RANGE", "field": "value" },
        { "index": 3, "code": "INVALID_TEXT", "field": "reason" }, { "index": 4, "code": "NOT_FOUND", "field": "pupilId" }]));
    assert_eq!(decide(&ana, decision).await["unchanged"], 1);
    let card = card(&ana, CLASS_5_2, AOI, Some("算数")).await;
    let thinking = &card["marks"][0]["viewpoints"][1];
    assert_eq!(in_words(&card["marks"][0]), "AAA 3");
    assert_eq!(thinking["computed"], "B");
    assert_eq!(thinking["decision"], json!({ "value": "A", "computedThen": "B", "reason": "ノートの説明がよい", "by": "有村 安奈" }));
    record(&ana, 1, json!([points(AOI, "THINKING", 10.0)])).await;
    assert_eq!(mark(&ana, AOI).await, "AAA 3", "what comes in later does not change what was decided");
    assert_eq!(decide(&ana, json!([{ "pupilId": AOI, "item": "THINKING", "value": null }])).await["decided"], 1);
    assert_eq!(mark(&ana, AOI).await, "ACA 2");
    assert_eq!(decide(&ana, json!([{ "pupilId": AOI, "item": "RATING", "value": "3", "reason": "学年会の判断" }])).await["decided"], 1);
    assert_eq!(mark(&ana, AOI).await, "ACA 3");
}
