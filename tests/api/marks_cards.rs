//! 通知表: what a card has of a pupil, from homeroom and lessons together, in words and in few statements.
use crate::marks::{CARDS, card, mark, points, record, save_test, three, with_rule, write};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, REN, TODAY};
use serde_json::json;

#[tokio::test]
async fn words_are_written_and_rewritten() {
    let school = with_rule().await;
    let ana = school.person("ana");
    let words = json!([{ "pupilId": AOI, "text": "係の仕事を進んで行いました。" }, { "pupilId": AOI, "subject": "特別の教科 道徳", "text": "友だちの考えを聞き、考えを深めました。" },
        { "pupilId": HARUTO, "text": "あ".repeat(1_001) }, { "pupilId": REN, "text": "x" }, { "pupilId": HARUTO, "subject": "外国語活動", "text": "x" }]);
    let written = write(&ana, CLASS_5_2, words).await;
    assert_eq!(written["written"], 2);
    assert_eq!(written["rejected"], json!([{ "index": 2, "code": "TOO_LONG", "field": "text" }, { "index": 3, "code": "NOT_FOUND", "field": "pupilId" },
        { "index": 4, "code": "NOT_FOUND", "field": "subject" }]));
    let card = card(&ana, CLASS_5_2, AOI, None).await;
    assert_eq!(card["remarks"], json!([{ "subject": null, "text": "係の仕事を進んで行いました。", "by": "有村 安奈" },
        { "subject": "道徳", "text": "友だちの考えを聞き、考えを深めました。", "by": "有村 安奈" }]));
    assert_eq!(write(&ana, CLASS_5_2, json!([{ "pupilId": AOI, "text": "係の仕事を進んで行いました。" }])).await["unchanged"], 1);
    assert_eq!(write(&ana, CLASS_5_2, json!([{ "pupilId": AOI, "text": " " }])).await["written"], 1);
    assert_eq!(self::card(&ana, CLASS_5_2, AOI, None).await["remarks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_lesson_and_a_homeroom_count_together() {
    let mut school = with_rule().await;
    let from = TODAY.parse().expect("a date");
    school.hire("sato", |id| vec![duty::new(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON), from)]).await;
    let (ana, sato) = (school.person("ana"), school.person("sato"));
    save_test(&ana, 1, json!({ "thinkingMax": null, "attitudeMax": null })).await;
    assert_eq!(save_test(&sato, 2, json!({ "classId": LESSON, "knowledgeMax": 100 })).await["userErrors"], json!([]));
    assert_eq!(record(&ana, 1, json!([points(AOI, "KNOWLEDGE", 60.0)])).await["recorded"], 1);
    assert_eq!(record(&sato, 2, json!([points(AOI, "KNOWLEDGE", 100.0), points(KAEDE, "KNOWLEDGE", 1.0)])).await["rejected"][0]["code"], "NOT_FOUND");
    let lesson = card(&sato, LESSON, AOI, None).await;
    assert_eq!((lesson["marks"].as_array().unwrap().len(), &lesson["number"]), (1, &json!(1)));
    assert_eq!(lesson["marks"][0]["viewpoints"][0]["percent"], 80.0);
    assert_eq!(mark(&ana, AOI).await, "A-- -");
    assert_eq!(write(&sato, LESSON, json!([{ "pupilId": AOI, "text": "よい" }])).await["rejected"][0]["code"], "WRONG_CLASS");
    assert_eq!(write(&sato, LESSON, json!([{ "pupilId": AOI, "subject": "算数", "text": "よく考えました。" }])).await["written"], 1);
}

#[tokio::test]
async fn report_cards_cost_the_same_however_many_pupils_there_are() {
    let school = with_rule().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    save_test(&ana, 1, json!({})).await;
    for pupil in [AOI, HARUTO, KAEDE] {
        record(&ana, 1, json!(three(pupil, [80.0, 25.0, 9.5]))).await;
        write(&ana, CLASS_5_2, json!([{ "pupilId": pupil, "text": "よくできました。" }])).await;
    }
    let small = hugo.ask(CARDS, json!({ "class": CLASS_5_1 })).await;
    let large = hugo.ask(CARDS, json!({ "class": CLASS_5_2 })).await;
    assert_eq!(large.data("/class/reportCards").as_array().unwrap().len(), 6);
    assert!(large.data("/class/reportCards/0/attendance/schoolDays").is_number());
    assert_eq!(small.queries(), large.queries());
    assert!(large.queries() <= 22, "{} statements", large.queries());
    let of_pupils = "query ($class: ID!) { class(id: $class) { pupils(first: 50) { nodes { termMarks { term closed marks { subject } } } } } }";
    let (small, large) = (hugo.ask(of_pupils, json!({ "class": CLASS_5_1 })).await, hugo.ask(of_pupils, json!({ "class": CLASS_5_2 })).await);
    assert_eq!(large.data("/class/pupils/nodes/0/termMarks").as_array().unwrap().len(), 2, "the terms that have begun");
    assert_eq!(small.queries(), large.queries());
}

#[tokio::test]
async fn a_class_is_closed_with_the_same_statements_however_many_pupils_and_subjects_it_has() {
    let school = with_rule().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    for (n, subject) in ["国語", "社会", "算数", "理科"].into_iter().enumerate() {
        let n = u64::try_from(n).expect("few");
        save_test(&ana, n, json!({ "subject": subject })).await;
        for pupil in [AOI, HARUTO, KAEDE] {
            assert_eq!(record(&ana, n, json!(three(pupil, [80.0, 25.0, 9.5]))).await["recorded"], 3);
        }
    }
    let document = "mutation ($class: ID!) { closeTerm(input: { classId: $class, term: 2, acceptGaps: true }) { userErrors { code } } }";
    let small = hugo.ask(document, json!({ "class": CLASS_5_1 })).await;
    let large = hugo.ask(document, json!({ "class": CLASS_5_2 })).await;
    assert_eq!((small.data("/closeTerm/userErrors"), large.data("/closeTerm/userErrors")), (&json!([]), &json!([])));
    assert_eq!(small.queries(), large.queries());
    assert!(large.queries() <= 21, "{} statements", large.queries());
    assert_eq!(school.count("term_report", "1 = 1").await, 7);
}
