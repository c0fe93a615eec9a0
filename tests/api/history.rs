//! The history of a record: who changed it, when, why, what it said before and after; and that nobody reads of it what they may not see.
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_tests::{AOI, Answer, CLASS_5_1, CLASS_5_2, HIBARINO, LESSON, Package, Person, School, TODAY};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const ENTRY: &str = "nodes { kind deed at by act reason day pupil changes { field before after } } pageInfo { hasNextPage endCursor }";

async fn asked(person: &Person<'_>, whose: &str, id: Uuid, arguments: &str) -> Answer {
    person.ask(&format!("query ($id: ID!) {{ {whose}(id: $id) {{ history{arguments} {{ {ENTRY} }} }} }}"), json!({ "id": id })).await
}

async fn entries(person: &Person<'_>, whose: &str, id: Uuid, arguments: &str) -> Vec<Value> {
    let answer = asked(person, whose, id, arguments).await;
    answer.data(&format!("/{whose}/history/nodes")).as_array().expect("a list").clone()
}

/// Runs a mutation and expects nothing against it.
async fn done(person: &Person<'_>, mutation: &str) {
    let answer = person.ask(&format!("mutation {{ done: {mutation} {{ userErrors {{ code field message }} }} }}"), json!({})).await;
    assert_eq!(answer.data("/done/userErrors"), &json!([]), "{mutation}");
}

fn take(pupil: Uuid, mark: &str) -> String {
    format!("takeAttendance(input: {{ classId: \"{CLASS_5_2}\", others: UNCHANGED, marks: [{{ pupilId: \"{pupil}\", {mark} }}] }})")
}

fn over(id: Uuid, kind: DutyKind, class: Option<Uuid>) -> Vec<Duty> {
    vec![duty::new(id, kind, Some(HIBARINO), class, TODAY.parse().expect("a date"))]
}

#[tokio::test]
async fn a_corrected_mark_says_who_when_why_and_what_it_said_before() {
    let school = School::open().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    done(&ana, &take(AOI, "kind: \"ILLNESS\", note: \"発熱\"")).await;
    assert_eq!(entries(&ana, "pupil", AOI, "(kinds: [ATTENDANCE])").await, [] as [Value; 0], "a first mark is no change");
    school.clock.advance(TimeDelta::minutes(5));
    let decide = format!("decideAttendance(input: {{ classId: \"{CLASS_5_2}\", reason: \"医師の指示\", marks: [{{ pupilId: \"{AOI}\", kind: \"SUSPENDED\" }}] }})");
    done(&hugo, &decide).await;
    let entry = json!({ "kind": "ATTENDANCE", "deed": "CHANGED", "at": "2026-11-23T23:25:00.000Z", "by": "日向 悟", "act": "attendance decided",
        "reason": "医師の指示", "day": TODAY, "pupil": null,
        "changes": [{ "field": "kind", "before": "病欠", "after": "出停" }, { "field": "note", "before": "発熱", "after": null }] });
    assert_eq!(entries(&ana, "pupil", AOI, "(kinds: [ATTENDANCE])").await, std::slice::from_ref(&entry));
    let of_class = entries(&ana, "class", CLASS_5_2, "").await;
    assert_eq!(of_class[0]["pupil"], "朝倉 葵", "the history of a class says whose mark it was");
    assert_eq!(of_class[0]["changes"], entry["changes"]);
    school.clock.advance(TimeDelta::minutes(1));
    done(&hugo, &format!("decideAttendance(input: {{ classId: \"{CLASS_5_2}\", reason: \"取り消し\", marks: [{{ pupilId: \"{AOI}\" }}] }})")).await;
    let back = entries(&ana, "pupil", AOI, "(kinds: [ATTENDANCE])").await;
    assert_eq!((back.len(), &back[0]["changes"][0]), (2, &json!({ "field": "kind", "before": "出停", "after": "病欠" })), "the newest first");
}

#[tokio::test]
async fn lessons_the_calendar_and_decisions_stand_in_the_same_list() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    done(&hugo, &format!("layOutCalendar(input: {{ schoolId: \"{HIBARINO}\", year: 2026 }})")).await;
    for (minutes, mutation) in [
        (1, format!("markLesson(input: {{ classId: \"{LESSON}\", period: 2, marks: [{{ pupilId: \"{AOI}\", kind: MISSED }}] }})")),
        (1, format!("markLesson(input: {{ classId: \"{LESSON}\", period: 2, marks: [{{ pupilId: \"{AOI}\", kind: LATE }}] }})")),
        (1, format!("setCalendarDays(input: {{ schoolId: \"{HIBARINO}\", reason: \"台風\", days: [{{ day: \"2026-11-26\", kind: CLOSURE, title: \"臨時休業\" }}] }})")),
        (1, format!("setCalendarDays(input: {{ schoolId: \"{HIBARINO}\", days: [{{ day: \"2026-11-27\", grade: \"P6\", kind: CLOSURE, title: \"6年だけ\" }}] }})")),
        (1, format!("recogniseAttendance(input: {{ pupilId: \"{AOI}\", place: OTHER_ROOM, begins: \"{TODAY}\", note: \"校内支援室\" }})")),
        (1, format!("setTimetable(input: {{ classId: \"{CLASS_5_2}\", from: \"{TODAY}\", reason: \"時間割の見直し\", lessons: [{{ weekday: 1, period: 1, subject: \"国語\" }}] }})")),
        (1, format!("closeClass(input: {{ classId: \"{CLASS_5_2}\", begins: \"2026-11-30\", ends: \"2026-11-30\", reason: \"インフルエンザ\" }})")),
    ] {
        school.clock.advance(TimeDelta::minutes(minutes));
        done(&hugo, &mutation).await;
    }
    let list = entries(&hugo, "pupil", AOI, "(kinds: [LESSON, CALENDAR, RECOGNITION])").await;
    let short: Vec<_> = list.iter().map(|entry| (entry["kind"].as_str().expect("a text"), entry["reason"].clone(), entry["changes"].clone())).collect();
    assert_eq!(short.len(), 3, "a closure of another grade is not this pupil's: {list:?}");
    assert_eq!((short[0].0, &short[0].1), ("RECOGNITION", &json!("校内支援室")));
    assert_eq!(short[1], ("CALENDAR", json!("台風"), json!([{ "field": "kind", "before": null, "after": "CLOSURE" }, { "field": "title", "before": null, "after": "臨時休業" }])));
    assert_eq!(short[2], ("LESSON", json!(null), json!([{ "field": "kind", "before": "MISSED", "after": "LATE" }])));
    let of_class = entries(&hugo, "class", CLASS_5_2, "(kinds: [CLASS])").await;
    let reasons: Vec<_> = of_class.iter().map(|entry| entry["reason"].clone()).collect();
    assert_eq!(reasons, [json!("インフルエンザ"), json!("時間割の見直し"), Value::Null], "the class itself came with the roster");
    assert!(of_class[0]["changes"].as_array().expect("a list").contains(&json!({ "field": "kind", "before": null, "after": "出停" })), "{of_class:?}");
}

#[tokio::test]
async fn names_and_moves_say_what_they_said_before() {
    let school = School::open().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    school.clock.advance(TimeDelta::minutes(1));
    let mut package = Package::usual();
    package.change("users.csv", "朝倉,葵,", "浅倉,葵,");
    school.import(&package).await;
    school.clock.advance(TimeDelta::minutes(1));
    done(&hugo, &format!("moveToClass(input: {{ pupilId: \"{AOI}\", classId: \"{CLASS_5_1}\", day: \"{TODAY}\", reason: \"学級編制\" }})")).await;
    let names = entries(&hugo, "pupil", AOI, "(kinds: [NAMES], first: 1)").await;
    let entry = json!({ "kind": "NAMES", "deed": "CHANGED", "at": "2026-11-23T23:21:00.000Z", "by": null, "act": "roster imported", "reason": null, "day": null, "pupil": null,
        "changes": [{ "field": "familyName", "before": "朝倉", "after": "浅倉" }] });
    assert_eq!(names, [entry]);
    let moves = entries(&hugo, "pupil", AOI, "(kinds: [MOVE, ENROLMENT], first: 3)").await;
    let enrolled = moves.iter().find(|entry| entry["kind"] == "ENROLMENT" && entry["deed"] == "ADDED").expect("a new enrolment");
    assert_eq!((&enrolled["reason"], &enrolled["by"]), (&json!("学級編制"), &json!("日向 悟")));
    assert_eq!(enrolled["changes"][0], json!({ "field": "class", "before": null, "after": "5年1組" }));
    let class_change = moves.iter().find(|entry| entry["kind"] == "MOVE").expect("the move");
    assert!(class_change["changes"].as_array().expect("a list").contains(&json!({ "field": "kind", "before": null, "after": "CLASS_CHANGE" })), "{class_change}");
    assert_eq!(asked(&ana, "pupil", AOI, "").await.data("/pupil"), &Value::Null, "the class teacher of before reaches the pupil no more");
}

#[tokio::test]
async fn each_reads_only_the_kinds_that_are_theirs() {
    let mut school = School::open().await;
    school.hire("nora", |id| over(id, DutyKind::Nurse, None)).await;
    school.hire("sota", |id| over(id, DutyKind::SubjectTeacher, Some(LESSON))).await;
    school.hire("kyomu", |id| over(id, DutyKind::AcademicAffairs, None)).await;
    let kinds = async |who: &str| {
        let answer = school.person(who).ask("query ($id: ID!) { pupil(id: $id) { historyKinds history { nodes { kind } } } }", json!({ "id": AOI })).await;
        let pupil = answer.data("/pupil").clone();
        (pupil["historyKinds"].clone(), pupil["history"].is_null())
    };
    let all = json!(["NAMES", "ENROLMENT", "MOVE", "ATTENDANCE", "LESSON", "RECOGNITION", "CALENDAR", "SUPPORT", "MARK"]);
    assert_eq!(kinds("hugo").await, (all, false));
    assert_eq!(kinds("kyomu").await.0, json!(["NAMES", "ENROLMENT", "MOVE", "ATTENDANCE", "LESSON", "RECOGNITION", "CALENDAR", "MARK"]));
    assert_eq!(kinds("ana").await.0, json!(["NAMES", "ATTENDANCE", "LESSON", "RECOGNITION", "CALENDAR", "SUPPORT", "MARK"]));
    assert_eq!(kinds("nora").await.0, json!(["ATTENDANCE", "LESSON", "RECOGNITION", "CALENDAR"]));
    assert_eq!(kinds("sota").await, (json!(["MARK"]), false), "a subject teacher reads what was decided in the own subject, and nothing else");
    assert_eq!(kinds("portal").await, (json!([]), true), "a program reads no history, though it takes attendance");
    let code = school.pupil_token(AOI).await;
    let own = asked(&school.bearer(&code), "pupil", AOI, "").await;
    assert_eq!(own.data("/pupil/history"), &Value::Null);
    for class in ["nora", "hugo"] {
        assert!(!asked(&school.person(class), "class", CLASS_5_2, "").await.data("/class/history").is_null());
    }
    assert_eq!(asked(&school.person("ana"), "class", CLASS_5_1, "").await.data("/class"), &Value::Null);
    // Whoever may not see it does not get it by asking for the kind.
    done(&school.person("ana"), &format!("recordSupportAction(input: {{ pupilId: \"{AOI}\", kind: TALK, text: \"ひみつの話\" }})")).await;
    assert!(entries(&school.person("ana"), "pupil", AOI, "(kinds: [SUPPORT])").await[0].to_string().contains("ひみつの話"));
    let nora = asked(&school.person("nora"), "pupil", AOI, "(kinds: [SUPPORT, NAMES])").await;
    assert_eq!(nora.data("/pupil/history/nodes"), &json!([]));
}

#[tokio::test]
async fn a_stranger_finds_no_history() {
    let school = School::open().await;
    done(&school.person("ana"), &take(AOI, "kind: \"ILLNESS\"")).await;
    let mari = school.person("mari");
    assert_eq!(asked(&mari, "pupil", AOI, "").await.data("/pupil"), &Value::Null);
    assert_eq!(asked(&mari, "class", CLASS_5_2, "").await.data("/class"), &Value::Null);
    assert_eq!(asked(&school.nobody(), "pupil", AOI, "").await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_long_history_is_read_page_by_page() {
    let school = School::open().await;
    let ana = school.person("ana");
    for nth in 0..7 {
        school.clock.advance(TimeDelta::minutes(1));
        done(&ana, &take(AOI, if nth % 2 == 0 { "kind: \"ILLNESS\"" } else { "kind: \"OTHER\"" })).await;
    }
    let whole = entries(&ana, "pupil", AOI, "").await;
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let arguments = if after.is_empty() { "(first: 2)".to_owned() } else { format!("(first: 2, after: \"{after}\")") };
        let page = asked(&ana, "pupil", AOI, &arguments).await.data("/pupil/history").clone();
        seen.extend(page["nodes"].as_array().expect("a list").clone());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        page["pageInfo"]["endCursor"].as_str().expect("a cursor").clone_into(&mut after);
    }
    assert_eq!(seen, whole);
    assert_eq!(whole.len(), 7, "six corrections, and that the roster brought the name");
    assert_eq!(asked(&ana, "pupil", AOI, "(after: \"x\")").await.code(), "BAD_INPUT");
}

#[tokio::test]
async fn a_history_takes_few_statements_however_long_it_is() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    let short = asked(&hugo, "pupil", AOI, "").await.queries();
    for nth in 0..6 {
        school.clock.advance(TimeDelta::minutes(1));
        done(&hugo, &take(AOI, if nth % 2 == 0 { "kind: \"ILLNESS\"" } else { "kind: \"OTHER\"" })).await;
    }
    let long = asked(&hugo, "pupil", AOI, "").await.queries();
    assert!(short <= 10 && long == short, "{short} and {long} statements");
    assert!(asked(&hugo, "class", CLASS_5_2, "").await.queries() <= 10);
}

#[tokio::test]
async fn a_closure_is_one_line_of_the_class_and_not_one_for_each_pupil_and_day() {
    let school = School::open().await;
    let hugo = school.person("hugo");
    done(&school.person("ana"), &format!("takeAttendance(input: {{ classId: \"{CLASS_5_2}\" }})")).await;
    school.clock.advance(TimeDelta::minutes(1));
    done(&hugo, &format!("closeClass(input: {{ classId: \"{CLASS_5_2}\", begins: \"{TODAY}\", ends: \"{TODAY}\", reason: \"停電\" }})")).await;
    assert_eq!(entries(&hugo, "class", CLASS_5_2, "(kinds: [ATTENDANCE])").await, [] as [Value; 0]);
    assert_eq!(entries(&hugo, "class", CLASS_5_2, "(kinds: [CLASS])").await[0]["reason"], "停電");
    assert_eq!(entries(&hugo, "pupil", AOI, "(kinds: [ATTENDANCE])").await.len(), 1, "and one of the pupil");
}
