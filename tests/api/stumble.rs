//! Where a class stumbles, and how its pupils work together: counted from what apps told, for those who may see it.
use asagao_tests::{AOI, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, KAEDE, LESSON, MINATO, Person, REN, School, with};
use serde_json::{Value, json};
use uuid::Uuid;

const TERM: &str = "from: \"2026-10-13\", to: \"2026-11-24\"";

fn did(pupil: Uuid, verb: &str, object: &str, n: u32, fields: Value) -> Value {
    let id = Uuid::new_v5(&pupil, format!("{verb}{object}{n}").as_bytes());
    let usual = json!({ "id": id, "pupilId": pupil, "classId": CLASS_5_2, "verb": verb, "objectId": object, "objectKind": "QUESTION",
        "objectName": format!("わり算 {object}"), "subject": "P030", "occurredAt": format!("2026-11-20T09:{n:02}:00+09:00") });
    with(usual, fields)
}

fn answer(pupil: Uuid, question: &str, n: u32, right: bool) -> Value {
    let code = if question == "q3" { Value::Null } else { json!("8260243111100000") };
    did(pupil, "ANSWERED", question, n, json!({ "success": right, "courseOfStudyCode": code }))
}

async fn stumbles(person: &Person<'_>, class: Uuid, by: &str, more: &str) -> Value {
    let document = format!("{{ class(id: \"{class}\") {{ stumbles({TERM}, by: {by}{more}) {{ key name subject courseOfStudyCode questions
        pupils pupilsWrong pupilsNeverRight answers wrong }} }} }}");
    person.ask(&document, json!({})).await.data("/class/stumbles").clone()
}

/// Three answer q1, of whom one is right in the end and one never; q2 is right with all; two alone answer q3.
async fn answered() -> School {
    let school = School::open().await;
    let batch = [
        answer(AOI, "q1", 1, false), answer(AOI, "q1", 2, true), answer(HARUTO, "q1", 1, false), answer(HARUTO, "q1", 2, false),
        answer(KAEDE, "q1", 1, true),
        answer(AOI, "q2", 3, true), answer(HARUTO, "q2", 3, true), answer(KAEDE, "q2", 3, true),
        answer(AOI, "q3", 4, false), answer(HARUTO, "q3", 4, false),
        did(MINATO, "ANSWERED", "q1", 5, json!({})),
    ];
    assert_eq!(school.person("drill").record(&batch).await["accepted"], 11);
    school
}

#[tokio::test]
async fn a_question_is_counted_by_pupils_and_answers() {
    let school = answered().await;
    let q1 = json!({ "key": "q1", "name": "わり算 q1", "subject": "P030", "courseOfStudyCode": "8260243111100000", "questions": 1, "pupils": 3,
        "pupilsWrong": 2, "pupilsNeverRight": 1, "answers": 5, "wrong": 3 });
    assert_eq!(stumbles(&school.person("ana"), CLASS_5_2, "QUESTION", "").await, json!([q1]), "who said neither right nor wrong is not counted");
    let code = json!({ "key": "8260243111100000", "name": null, "subject": "P030", "courseOfStudyCode": "8260243111100000", "questions": 2,
        "pupils": 3, "pupilsWrong": 2, "pupilsNeverRight": 1, "answers": 8, "wrong": 3 });
    assert_eq!(stumbles(&school.person("ana"), CLASS_5_2, "COURSE_OF_STUDY_CODE", "").await, json!([code]));
}

#[tokio::test]
async fn a_withdrawn_answer_is_not_counted() {
    let school = answered().await;
    let id: Uuid = answer(HARUTO, "q1", 2, false)["id"].as_str().unwrap().parse().unwrap();
    let first: Uuid = answer(HARUTO, "q1", 1, false)["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(school.person("drill").withdraw(&[(HARUTO, id), (HARUTO, first)], "two by mistake").await["withdrawn"], 2);
    let left = stumbles(&school.person("ana"), CLASS_5_2, "QUESTION", "").await;
    assert_eq!(left, json!([]), "two pupils are too few to speak of the class");
}

#[tokio::test]
async fn only_those_who_may_see_the_learning_are_told() {
    let mut school = answered().await;
    let from = asagao_tests::TODAY.parse().expect("a date");
    let duty = asagao_graphql::access::duty::DutyKind::SubjectTeacher;
    school.hire("sub", |id| vec![asagao_graphql::access::duty::new(id, duty, Some(asagao_tests::HIBARINO), Some(LESSON), from)]).await;
    for (who, class) in [("mari", CLASS_5_2), ("ana", CLASS_5_1), ("ana", CLASS_4_1)] {
        let document = format!("{{ class(id: \"{class}\") {{ stumbles({TERM}, by: QUESTION) {{ key }} }} }}");
        let reply = school.person(who).ask(&document, json!({})).await;
        assert_eq!(reply.data("/class").get("stumbles").cloned().unwrap_or_default(), Value::Null, "{who}");
    }
    assert_eq!(stumbles(&school.person("sub"), LESSON, "QUESTION", "").await, json!([]), "what was answered in the homeroom is not the lesson's");
    let document = format!("{{ class(id: \"{CLASS_5_2}\") {{ stumbles({TERM}, by: QUESTION, first: 0) {{ key }} }} }}");
    assert_eq!(school.person("ana").ask(&document, json!({})).await.code(), "BAD_INPUT");
}

#[tokio::test]
async fn working_together_and_what_came_back_are_counted_for_each() {
    let school = School::open().await;
    let talk = json!({ "objectKind": "DISCUSSION" });
    let batch = [
        did(AOI, "CREATED", "b1", 1, talk.clone()), did(AOI, "REPLIED", "b2", 2, talk.clone()), did(AOI, "VOTED_UP", "b3", 3, json!({ "objectKind": "DISCUSSION", "count": 4 })),
        did(AOI, "CREATED", "slide", 4, json!({ "objectKind": "MATERIAL" })), did(AOI, "RESPONDED", "w1", 5, json!({ "objectKind": "MATERIAL" })),
        did(REN, "REPLIED", "b1", 6, json!({ "objectKind": "DISCUSSION", "classId": CLASS_5_1 })),
    ];
    assert_eq!(school.person("drill").record(&batch).await["accepted"], 6);
    let document = format!("query ($id: ID!) {{ pupil(id: $id) {{ exchange({TERM}) {{ begun replies votes feedback {{ count lastOn }} }} }} }}");
    let of = async |who: &str, id: Uuid| school.person(who).ask(&document, json!({ "id": id })).await.data("/pupil").clone();
    let counted = json!({ "begun": 1, "replies": 1, "votes": 4, "feedback": { "count": 1, "lastOn": "2026-11-20" } });
    assert_eq!(of("ana", AOI).await["exchange"], counted);
    let nothing = json!({ "begun": 0, "replies": 0, "votes": 0, "feedback": { "count": 0, "lastOn": null } });
    assert_eq!(of("ana", HARUTO).await["exchange"], nothing);
    assert_eq!(of("ana", REN).await, Value::Null, "of another class");
}

#[tokio::test]
async fn a_class_costs_no_statement_for_each_pupil() {
    let school = answered().await;
    let document = format!("{{ class(id: \"{CLASS_5_2}\") {{ pupils {{ nodes {{ id exchange({TERM}) {{ replies }} }} }} stumbles({TERM}, by: QUESTION) {{ key }} }} }}");
    let reply = school.person("ana").ask(&document, json!({})).await;
    assert_eq!(reply.data("/class/pupils/nodes").as_array().map(Vec::len), Some(6));
    assert!(reply.queries() <= 14, "{} statements", reply.queries());
}
