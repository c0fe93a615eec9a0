//! Who reads, records, decides and closes marks, and of whom.
use crate::marks::{CARDS, card, decide, mark, points, record, save_test, test, three, with_rule, write};
use crate::marks_closed::close;
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, School, TODAY};
use serde_json::{Value, json};
use uuid::Uuid;

async fn staffed() -> School {
    let mut school = with_rule().await;
    let from = TODAY.parse().expect("a date");
    for (name, kind, class) in [
        ("sato", DutyKind::SubjectTeacher, Some(LESSON)),
        ("suzu", DutyKind::SubjectTeacher, Some(CLASS_5_2)),
        ("nurse", DutyKind::Nurse, None),
        ("counsellor", DutyKind::Counsellor, None),
        ("ict", DutyKind::IctSupport, None),
    ] {
        school.hire(name, |id| vec![duty::new(id, kind, Some(HIBARINO), class, from)]).await;
    }
    let of_grade = |id: Uuid| vec![Duty { grade: "P5".into(), ..duty::new(id, DutyKind::GradeHead, Some(HIBARINO), None, from) }];
    school.hire("grade", of_grade).await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    save_test(&school.person("ana"), 1, json!({})).await;
    record(&school.person("ana"), 1, json!(three(AOI, [80.0, 25.0, 9.5]))).await;
    school
}

#[tokio::test]
async fn marks_are_read_by_those_who_teach_and_lead() {
    let school = staffed().await;
    for who in ["ana", "hugo", "grade", "kyomu", "portal"] {
        assert_eq!(mark(&school.person(who), AOI).await, "ABA 3", "{who}");
    }
    for who in ["nurse", "counsellor", "board", "ict", "drill"] {
        let answer = school.person(who).ask(CARDS, json!({ "class": CLASS_5_2 })).await;
        assert!(answer.code() == "FORBIDDEN" || answer.data("/class") == &Value::Null, "{who}: {}", answer.body);
    }
    for who in ["mari", "stranger"] {
        assert_eq!(school.person(who).ask(CARDS, json!({ "class": CLASS_5_2 })).await.data("/class"), &Value::Null, "{who}");
    }
    assert_eq!(school.nobody().ask(CARDS, json!({ "class": CLASS_5_2 })).await.code(), "UNAUTHENTICATED");
    // A homeroom teacher has no other class.
    for class in [CLASS_5_1, CLASS_4_1] {
        let read = school.person("ana").ask(CARDS, json!({ "class": class })).await;
        assert!(read.data("/class").is_null() || read.data("/class/reportCards").is_null());
    }
}

#[tokio::test]
async fn a_subject_teacher_has_the_own_lesson_and_subject_alone() {
    let school = staffed().await;
    let (ana, sato, suzu) = (school.person("ana"), school.person("sato"), school.person("suzu"));
    save_test(&ana, 2, json!({ "subject": "国語" })).await;
    record(&ana, 2, json!(three(AOI, [90.0, 45.0, 9.0]))).await;
    let lesson = card(&sato, LESSON, AOI, None).await;
    assert_eq!(lesson["marks"].as_array().unwrap().len(), 1);
    assert_eq!(lesson["marks"][0]["subject"], "算数");
    for (who, class) in [(&sato, CLASS_5_2), (&suzu, CLASS_5_2)] {
        let read = who.ask(CARDS, json!({ "class": class })).await;
        assert!(read.data("/class").is_null() || read.data("/class/reportCards").is_null(), "a homeroom is no lesson of theirs");
        assert_eq!(save_test(who, 3, json!({})).await["userErrors"], json!([{ "code": "NOT_FOUND", "field": "classId" }]));
        assert_eq!(record(who, 1, json!([points(AOI, "KNOWLEDGE", 1.0)])).await["userErrors"][0]["code"], "NOT_FOUND");
    }
    let read = "query ($id: ID!) { pupil(id: $id) { termMarks(term: 2) { marks { subject } remarks { text } } } }";
    let of = async |who: &str, pupil: Uuid| school.person(who).ask(read, json!({ "id": pupil })).await.data("/pupil").clone();
    assert_eq!(of("sato", AOI).await["termMarks"][0]["marks"], json!([{ "subject": "算数" }]));
    assert_eq!(of("suzu", AOI).await["termMarks"], Value::Null, "which subject it is, nobody said");
    let rights = format!("{{ class(id: \"{CLASS_5_2}\") {{ viewerRights }} }}");
    let rights = suzu.ask(&rights, json!({})).await.data("/class/viewerRights").clone();
    assert!(!rights.as_array().unwrap().iter().any(|right| right.as_str().unwrap().starts_with("MARK_")), "{rights}");
    assert_eq!(of("ana", AOI).await["termMarks"][0]["marks"].as_array().unwrap().len(), 9);
    assert_eq!(of("sato", KAEDE).await, Value::Null);
}

#[tokio::test]
async fn marking_apps_record_and_never_decide() {
    let school = staffed().await;
    let portal = school.person("portal");
    assert_eq!(save_test(&portal, 4, json!({ "name": "単元テスト" })).await["userErrors"], json!([]));
    assert_eq!(record(&portal, 4, json!([points(HARUTO, "KNOWLEDGE", 90.0)])).await["recorded"], 1);
    let decision = json!({ "classId": CLASS_5_2, "term": 2, "subject": "算数", "decisions": [{ "pupilId": AOI, "item": "RATING", "value": "3", "reason": "x" }] });
    let remark = json!({ "classId": CLASS_5_2, "term": 2, "remarks": [{ "pupilId": AOI, "text": "x" }] });
    let closing = json!({ "classId": CLASS_5_2, "term": 2, "acceptGaps": true });
    let documents = [
        ("decideMarks", "DecideMarksInput", decision),
        ("writeRemarks", "WriteRemarksInput", remark),
        ("closeTerm", "CloseTermInput", closing),
    ];
    for (name, input, value) in documents {
        let document = format!("mutation ($input: {input}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        assert_eq!(portal.ask(&document, json!({ "input": value })).await.code(), "FORBIDDEN", "{name}");
    }
    let mine = school.person("stranger");
    assert_eq!(record(&mine, 1, json!([points(AOI, "KNOWLEDGE", 1.0)])).await["userErrors"][0]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn heads_read_and_close_and_do_not_record() {
    let school = staffed().await;
    for who in ["hugo", "grade", "kyomu"] {
        let input = json!({ "input": { "assessmentId": test(1), "results": [points(AOI, "KNOWLEDGE", 1.0)] } });
        let document = "mutation ($input: RecordResultsInput!) { recordResults(input: $input) { recorded } }";
        assert_eq!(school.person(who).ask(document, input).await.code(), "FORBIDDEN", "{who}");
    }
    let document = format!("mutation {{ closeTerm(input: {{ classId: \"{CLASS_5_2}\", term: 2 }}) {{ userErrors {{ code }} }} }}");
    for who in ["grade", "sato", "nurse"] {
        assert_eq!(school.person(who).ask(&document, json!({})).await.code(), "FORBIDDEN", "{who}");
    }
    let refused = school.person("mari").ask(&document, json!({})).await;
    assert_eq!(refused.data("/closeTerm/userErrors"), &json!([{ "code": "NOT_FOUND" }]));
    assert_eq!(close(&school.person("kyomu"), true).await["userErrors"], json!([]));
}

#[tokio::test]
async fn a_pupil_sees_the_own_closed_terms() {
    let school = staffed().await;
    let ana = school.person("ana");
    write(&ana, CLASS_5_2, json!([{ "pupilId": AOI, "text": "よくできました。" }])).await;
    decide(&ana, json!([{ "pupilId": AOI, "item": "THINKING", "value": "A", "reason": "ノート" }])).await;
    let secret = school.pupil_token(AOI).await;
    let aoi = school.bearer(&secret);
    let read = "query ($id: ID!) { pupil(id: $id) { termMarks { term termName closed marks { subject viewpoints { letter } } remarks { text } } } }";
    assert_eq!(aoi.ask(read, json!({ "id": AOI })).await.data("/pupil/termMarks"), &json!([]), "an open term is not for the pupil yet");
    assert_eq!(close(&ana, true).await["userErrors"], json!([]));
    let own = aoi.ask(read, json!({ "id": AOI })).await.data("/pupil/termMarks").clone();
    assert_eq!((own.as_array().unwrap().len(), &own[0]["termName"], &own[0]["closed"]), (1, &json!("2学期"), &json!(true)));
    assert_eq!(own[0]["remarks"], json!([{ "text": "よくできました。" }]));
    assert_eq!(aoi.ask(read, json!({ "id": HARUTO })).await.data("/pupil"), &Value::Null);
    let class = aoi.ask(CARDS, json!({ "class": CLASS_5_2 })).await;
    assert!(class.code() == "FORBIDDEN" || class.data("/class").is_null(), "{}", class.body);
}
