//! Legal hold: what must not go stays, whatever the rules say, until somebody lifts the hold.
use super::retention::{delete_all, due, on};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, CLASS_5_2, HARUTO, HIBARINO, MIZUUMI, Person, SOTA, School};
use serde_json::{Value, json};
use std::fmt::Display;

const HOLD: &str = "hold { id pupilName schoolName kind reason placedBy liftedBy liftReason } userErrors { code field }";

async fn place(person: &Person<'_>, input: &str) -> Value {
    person.ask(&format!("mutation {{ placeLegalHold(input: {{ {input} }}) {{ {HOLD} }} }}"), json!({})).await.data("/placeLegalHold").clone()
}

async fn lift(person: &Person<'_>, hold: impl Display, reason: &str) -> Value {
    let document = format!("mutation {{ liftLegalHold(input: {{ holdId: {hold}, reason: \"{reason}\" }}) {{ {HOLD} }} }}");
    person.ask(&document, json!({})).await.data("/liftLegalHold").clone()
}

async fn with_marks() -> School {
    let school = School::open().await;
    let take = format!("mutation {{ takeAttendance(input: {{ classId: \"{CLASS_5_2}\" }}) {{ changed }} }}");
    assert_eq!(school.person("ana").ask(&take, json!({})).await.data("/takeAttendance/changed"), 6);
    school
}

#[tokio::test]
async fn what_is_held_of_a_pupil_stays_until_the_hold_is_lifted() {
    let school = with_marks().await;
    let secret = on(&school, "2047-04-01", "hugo").await;
    let hugo = school.bearer(&secret);
    let placed = place(&hugo, &format!("pupilId: \"{AOI}\", reason: \"開示請求が出ている\"")).await;
    assert_eq!((&placed["userErrors"], &placed["hold"]["pupilName"], &placed["hold"]["placedBy"]), (&json!([]), &json!("朝倉 葵"), &json!("日向 悟")));
    assert_eq!(due(&hugo).await, [("STUDENT_REGISTER".to_owned(), 2026, 6, 6 + 1, 1), ("ATTENDANCE_REGISTER".to_owned(), 2026, 5, 5, 1)], "a lesson is an enrolment of its own");
    delete_all(&hugo, &[]).await;
    assert_eq!(school.count("attendance_mark", "1 = 1").await, 1);
    assert_eq!(school.count("pupil", "family_name = '朝倉'").await, 1);
    assert_eq!(school.count("pupil", "family_name = '伊藤'").await, 0);
    let lifted = lift(&hugo, &placed["hold"]["id"], "開示ずみ").await;
    assert_eq!((&lifted["hold"]["liftedBy"], &lifted["hold"]["liftReason"]), (&json!("日向 悟"), &json!("開示ずみ")));
    delete_all(&hugo, &[]).await;
    assert_eq!(school.holding("朝倉").await, [] as [String; 0]);
    assert_eq!(school.holding("開示請求").await, [] as [String; 0], "the hold over a pupil goes with the pupil");
    assert_eq!(school.count("trail", "record = 'legal_hold'").await, 2, "that there was one stays");
}

#[tokio::test]
async fn a_hold_over_a_kind_of_a_school_keeps_it_and_the_register_of_pupils() {
    let school = with_marks().await;
    let secret = on(&school, "2047-04-01", "hugo").await;
    let hugo = school.bearer(&secret);
    let placed = place(&hugo, &format!("schoolId: \"{HIBARINO}\", kind: MOOD, reason: \"調査\"")).await;
    assert_eq!((&placed["hold"]["kind"], &placed["hold"]["schoolName"]), (&json!("MOOD"), &json!("ひばり野小学校")));
    assert_eq!(due(&hugo).await, [("STUDENT_REGISTER".to_owned(), 2026, 0, 0, 7), ("ATTENDANCE_REGISTER".to_owned(), 2026, 6, 6, 0)],
        "without the register nobody would know whose the moods are");
    place(&hugo, &format!("schoolId: \"{HIBARINO}\", reason: \"すべて\"")).await;
    assert_eq!(due(&hugo).await[1], ("ATTENDANCE_REGISTER".to_owned(), 2026, 0, 0, 6));
}

#[tokio::test]
async fn what_is_wrong_with_a_hold_is_said() {
    let school = with_marks().await;
    let hugo = school.person("hugo");
    let code = |answer: &Value| (answer["userErrors"][0]["code"].as_str().unwrap_or_default().to_owned(), answer["userErrors"][0]["field"].as_str().unwrap_or_default().to_owned());
    let expect = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    for (input, expected) in [
        ("reason: \"x\"".to_owned(), expect("CONFLICT", "pupilId")),
        (format!("pupilId: \"{AOI}\", schoolId: \"{HIBARINO}\", reason: \"x\""), expect("CONFLICT", "pupilId")),
        (format!("pupilId: \"{AOI}\", kind: MOOD, reason: \"x\""), expect("OUT_OF_RANGE", "kind")),
        (format!("pupilId: \"{AOI}\", reason: \" \""), expect("INVALID_TEXT", "reason")),
        (format!("pupilId: \"{AOI}\", reason: \"{}\"", "あ".repeat(501)), expect("TOO_LONG", "reason")),
        (format!("pupilId: \"{SOTA}\", reason: \"x\""), expect("NOT_FOUND", "pupilId")),
        ("pupilId: \"x\", reason: \"x\"".to_owned(), expect("NOT_FOUND", "pupilId")),
        (format!("schoolId: \"{MIZUUMI}\", reason: \"x\""), expect("NOT_FOUND", "schoolId")),
    ] {
        let answer = place(&hugo, &input).await;
        assert_eq!(code(&answer), expected, "{input}");
        assert_eq!(answer["hold"], Value::Null);
    }
    assert_eq!(school.count("legal_hold", "1 = 1").await, 0);
    let held = place(&hugo, &format!("pupilId: \"{AOI}\", reason: \"x\"")).await["hold"]["id"].clone();
    assert_eq!(code(&lift(&hugo, &held, " ").await), expect("INVALID_TEXT", "reason"));
    assert_eq!(code(&lift(&hugo, "\"x\"", "y").await), expect("NOT_FOUND", "holdId"));
    assert_eq!(code(&lift(&school.person("mari"), &held, "y").await), expect("NOT_FOUND", "holdId"), "a hold of another school");
    lift(&hugo, &held, "y").await;
    assert_eq!(code(&lift(&hugo, &held, "y").await), expect("CONFLICT", "holdId"));
    assert_eq!(school.count("trail", "record = 'legal_hold'").await, 2, "what was refused left no trail");
    let ana = school.person("ana").ask("mutation { placeLegalHold(input: { reason: \"x\" }) { userErrors { code } } }", json!({})).await;
    assert_eq!(ana.code(), "FORBIDDEN");
}

#[tokio::test]
async fn holds_are_listed_page_by_page_those_that_hold_first_and_of_ones_own_schools() {
    let mut school = with_marks().await;
    let today = school.clock.today();
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, today)]).await;
    let hugo = school.person("hugo");
    let first = place(&hugo, &format!("pupilId: \"{AOI}\", reason: \"一\"")).await["hold"]["id"].clone();
    for (person, input) in [
        (&hugo, format!("pupilId: \"{HARUTO}\", reason: \"二\"")),
        (&hugo, format!("schoolId: \"{HIBARINO}\", kind: LEARNING, reason: \"三\"")),
        (&school.person("mari"), format!("pupilId: \"{SOTA}\", reason: \"四\"")),
    ] {
        school.clock.advance(chrono::TimeDelta::minutes(1));
        assert_eq!(place(person, &input).await["userErrors"], json!([]));
    }
    lift(&hugo, &first, "すんだ").await;
    let list = async |who: &str| {
        let (mut after, mut seen) = (Value::Null, Vec::new());
        loop {
            let document = "query ($after: String) { legalHolds(first: 2, after: $after) { nodes { reason pupilName } pageInfo { hasNextPage endCursor } } }";
            let page = school.person(who).ask(document, json!({ "after": after })).await;
            assert!(page.queries() <= 3, "{} statements", page.queries());
            let page = page.data("/legalHolds").clone();
            seen.extend(page["nodes"].as_array().expect("a list").iter().map(|of| (of["reason"].as_str().expect("a text").to_owned(), of["pupilName"].clone())));
            if page["pageInfo"]["hasNextPage"] == false {
                return seen;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    };
    let of = |reason: &str, name: &str| (reason.to_owned(), if name.is_empty() { Value::Null } else { json!(name) });
    assert_eq!(list("hugo").await, [of("三", ""), of("二", "伊藤 陽翔"), of("一", "朝倉 葵")]);
    assert_eq!(list("mari").await, [of("四", "小川 颯太")]);
    assert_eq!(list("board").await, [of("四", ""), of("三", ""), of("二", ""), of("一", "")], "the board reads why, and no names");
    let ana = school.person("ana").ask("{ legalHolds { nodes { id } } }", json!({})).await;
    assert_eq!(ana.code(), "FORBIDDEN");
}
