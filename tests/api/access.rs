//! Who may do what: without credentials nothing, with them what today's duties and the token give.
use crate::schema::root_fields;
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_graphql::access::right::Right;
use asagao_tests::{AOI, Answer, CLASS_5_1, CLASS_5_2, HIBARINO, LESSON, NOW, Person, School, TODAY, activity};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const CLASS: &str = "query ($id: ID!) { class(id: $id) { name pupils { nodes { name } } } }";

async fn class(person: &Person<'_>, id: Uuid) -> Answer {
    person.ask(CLASS, json!({ "id": id })).await
}

async fn rights(person: &Person<'_>) -> Value {
    person.ask("{ viewer { rights } }", json!({})).await.data("/viewer/rights").clone()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a date")
}

#[tokio::test]
async fn nobody_gets_more_than_typename() {
    let school = School::open().await;
    let answer = school.nobody().ask("{ __typename }", json!({})).await;
    assert_eq!((answer.status, answer.data("")), (StatusCode::OK, &json!({ "__typename": "Query" })));
    let fields = root_fields(&school).await;
    assert!(fields.len() >= 9, "{fields:?}");
    for document in fields {
        let answer = school.nobody().ask(&document, json!({})).await;
        assert_eq!(answer.code(), "UNAUTHENTICATED", "{document} is answered {}", answer.body);
        assert!(answer.body["data"].is_null() || answer.body["data"].as_object().unwrap().values().all(Value::is_null), "{document}");
    }
    for document in ["{ __schema { types { name } } }", "{ __type(name: \"Pupil\") { name } }"] {
        let answer = school.nobody().ask(document, json!({})).await;
        assert!(!answer.body.to_string().contains("Pupil"), "{document} is answered {}", answer.body);
    }
}

#[tokio::test]
async fn what_the_duties_do_not_give_is_forbidden() {
    let mut school = School::open().await;
    let from = day(TODAY);
    school.hire("nurse", |id| vec![duty::new(id, DutyKind::Nurse, Some(HIBARINO), None, from)]).await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    school.hire("ict", |id| vec![duty::new(id, DutyKind::IctSupport, Some(HIBARINO), None, from)]).await;
    let totals = format!("{{ pupil(id: \"{AOI}\") {{ dailyTotals(from: \"{TODAY}\", to: \"{TODAY}\") {{ day }} }} }}");
    let pupils = format!("{{ class(id: \"{CLASS_5_2}\") {{ name pupils {{ nodes {{ name }} }} }} }}");
    for (who, document) in [("nurse", &totals), ("board", &pupils), ("ict", &pupils), ("board", &totals), ("drill", &totals)] {
        let answer = school.person(who).ask(document, json!({})).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::OK, "FORBIDDEN"), "{who}: {document}");
        assert!(!answer.body.to_string().contains("葵"), "{who}: {}", answer.body);
    }
    let named = school.person("nurse").ask(&pupils, json!({})).await;
    assert_eq!(named.data("/class/pupils/nodes/0/name"), "朝倉 葵", "the nurse knows the pupils");
    for who in ["ana", "hugo", "mari", "nurse", "board"] {
        let answer = school.person(who).try_record(NOW, &[activity(1, AOI)]).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{who} posts");
    }
    assert_eq!(school.sum(AOI, "activities").await, 0);
}

#[tokio::test]
async fn an_app_has_the_rights_of_its_token_and_no_more() {
    let school = School::open().await;
    assert_eq!(rights(&school.person("drill")).await, json!(["activity:write", "assignment:write"]));
    for document in ["{ board { name } }", "{ schools { nodes { name } } }", &format!("{{ class(id: \"{CLASS_5_2}\") {{ name }} }}")] {
        assert_eq!(school.person("drill").ask(document, json!({})).await.code(), "FORBIDDEN", "{document}");
    }
    assert_eq!(class(&school.person("portal"), CLASS_5_2).await.data("/class/name"), "5年2組");
}

#[tokio::test]
async fn a_token_narrows_what_the_duties_give() {
    let school = School::open().await;
    let narrow = school.token("ana", &[Right::SchoolRead, Right::AccessWrite], 1).await;
    let ana = school.bearer(&narrow);
    assert_eq!(rights(&ana).await, json!(["school:read"]), "it cannot add what the duties do not give");
    assert_eq!(class(&ana, CLASS_5_2).await.code(), "FORBIDDEN");
    assert_eq!(class(&school.person("ana"), CLASS_5_2).await.code(), "", "her other token is as it was");
}

#[tokio::test]
async fn a_token_that_is_revoked_stops_at_once() {
    let school = School::open().await;
    let drill = school.person("drill");
    assert_eq!(drill.record(&[activity(1, AOI)]).await["accepted"], 1);
    school.revoke("drill").await;
    let answer = drill.try_record(NOW, &[activity(2, AOI)]).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    assert!(answer.header("www-authenticate").starts_with("Bearer"), "{:?}", answer.headers);
    assert_eq!(school.person("portal").record(&[activity(3, AOI)]).await["accepted"], 1, "another app goes on");
    assert_eq!(school.sum(AOI, "activities").await, 2);
}

#[tokio::test]
async fn a_token_holds_until_it_expires() {
    let school = School::open().await;
    let secret = school.token("ana", &[], 7).await;
    let ana = school.bearer(&secret);
    school.clock.advance(TimeDelta::days(7) - TimeDelta::milliseconds(1));
    assert_eq!(ana.ask("{ board { name } }", json!({})).await.status, StatusCode::OK);
    school.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(ana.ask("{ board { name } }", json!({})).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let school = School::open().await;
    for secret in ["asagao_0000", "", "Bearer"] {
        let answer = school.bearer(secret).ask("{ __typename }", json!({})).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{secret:?}");
    }
    let request = school.nobody().request("POST", "/graphql").header("authorization", "Basic YW5hOmFuYQ==");
    let answer = school.send(request.body("{\"query\": \"{ __typename }\"}".into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_duty_that_ended_yesterday_sees_nothing() {
    let mut school = School::open().await;
    let (from, until) = (day("2026-04-01"), day(TODAY));
    let over = move |id, kind, class| Duty { ends: until, ..duty::new(id, kind, Some(HIBARINO), Some(class), from) };
    school.hire("leaving", |id| vec![over(id, DutyKind::HomeroomTeacher, CLASS_5_2)]).await;
    let stays = duty::new(Uuid::nil(), DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON), from);
    school
        .hire("moving", |id| vec![over(id, DutyKind::HomeroomTeacher, CLASS_5_2), Duty { holder: id, ..stays }])
        .await;
    for who in ["leaving", "moving"] {
        assert_eq!(class(&school.person(who), CLASS_5_2).await.data("/class/name"), "5年2組", "{who} on the last day");
    }
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(class(&school.person("leaving"), CLASS_5_2).await.body["data"]["class"], Value::Null);
    assert_eq!(rights(&school.person("leaving")).await, json!([]));
    assert_eq!(class(&school.person("moving"), CLASS_5_2).await.data("/class"), &Value::Null);
    let lesson = class(&school.person("moving"), LESSON).await;
    assert_eq!(lesson.data("/class/pupils/nodes").as_array().unwrap().len(), 2, "the other duty goes on");
}

#[tokio::test]
async fn a_duty_that_begins_tomorrow_sees_nothing_yet() {
    let mut school = School::open().await;
    let tomorrow = day("2026-11-25");
    let over = move |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_2), tomorrow)];
    school.hire("coming", over).await;
    assert_eq!(class(&school.person("coming"), CLASS_5_2).await.body["data"]["class"], Value::Null);
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(class(&school.person("coming"), CLASS_5_2).await.data("/class/name"), "5年2組");
}

#[tokio::test]
async fn a_head_of_grade_sees_the_classes_of_the_grade() {
    let mut school = School::open().await;
    let from = day(TODAY);
    let of = move |id, grade: &str| {
        vec![Duty { grade: grade.into(), ..duty::new(id, DutyKind::GradeHead, Some(HIBARINO), None, from) }]
    };
    school.hire("fifth", |id| of(id, "P5")).await;
    school.hire("sixth", |id| of(id, "P6")).await;
    for id in [CLASS_5_1, CLASS_5_2, LESSON] {
        assert!(class(&school.person("fifth"), id).await.data("/class/name").is_string());
        assert_eq!(class(&school.person("sixth"), id).await.data("/class"), &Value::Null);
    }
}

#[tokio::test]
async fn a_viewer_learns_who_they_are() {
    let school = School::open().await;
    let document = "{ viewer { id name duties { kind schoolId classId grade begins ends } } }";
    let ana = school.person("ana");
    let answer = ana.ask(document, json!({})).await;
    let duty = json!({ "kind": "HOMEROOM_TEACHER", "schoolId": HIBARINO, "classId": CLASS_5_2, "grade": null,
        "begins": "2026-04-01", "ends": "2027-03-31" });
    assert_eq!(answer.data("/viewer"), &json!({ "id": ana.id, "name": "有村 安奈", "duties": [duty] }));
    let drill = school.person("drill").ask(document, json!({})).await;
    assert_eq!((drill.data("/viewer/name"), drill.data("/viewer/duties/0/kind")), (&json!("drill"), &json!("APP")));
}

#[tokio::test]
async fn a_class_with_its_pupils_and_their_days_costs_as_many_statements_as_one_pupil() {
    let school = School::open().await;
    let batch: Vec<_> = [AOI, asagao_tests::HARUTO, asagao_tests::YUI].map(|pupil| activity(1, pupil)).into();
    school.person("drill").record(&batch).await;
    let mut costs = Vec::new();
    for first in [1, 6] {
        let document = format!(
            "{{ class(id: \"{CLASS_5_2}\") {{ academicYear {{ title }} pupils(first: {first}) {{ nodes {{ name
                dailyTotals(from: \"2026-11-01\", to: \"{TODAY}\") {{ day interactions }} }} }} }} }}"
        );
        let answer = school.person("ana").ask(&document, json!({})).await;
        assert_eq!(answer.data("/class/pupils/nodes/0/dailyTotals/0/interactions"), 1);
        costs.push(answer.queries());
    }
    assert_eq!(costs, [6, 6], "class, year, the rights over it, pupils, the rights over them, totals");
}

#[tokio::test]
async fn who_leaves_sees_nothing_from_the_day_after() {
    let school = School::open().await;
    let ana = school.person("ana");
    let class = format!("{{ class(id: \"{}\") {{ name }} }}", asagao_tests::CLASS_5_2);
    assert_eq!(ana.ask(&class, json!({})).await.data("/class/name"), "5年2組");
    assert_eq!(school.end_duties("ana").await, 1);
    assert_eq!(ana.ask(&class, json!({})).await.data("/class/name"), "5年2組", "today is the last day");
    school.clock.advance(chrono::TimeDelta::days(1));
    assert_eq!(ana.ask(&class, json!({})).await.code(), "FORBIDDEN", "no duty, no right");
}
