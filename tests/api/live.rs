//! A class as it works: who has begun, who is done, who asked for help; told to whoever may see it, as it changes.
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, Listening, School, activity, nth, with};
use asagao_graphql::access::right::Right;
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const TOLD: &str = "since notBegun working done askedForHelp pupils { pupil { id number } state lastAt doneAt askedAt }";

fn did(n: u64, pupil: Uuid, verb: &str, time: &str) -> Value {
    with(activity(n, pupil), json!({ "verb": verb, "occurredAt": format!("2026-11-24T{time}+09:00") }))
}

fn counts(live: &Value) -> [i64; 4] {
    ["notBegun", "working", "done", "askedForHelp"].map(|count| live[count].as_i64().expect("a count"))
}

fn state(live: &Value, pupil: Uuid) -> String {
    let pupils = live["pupils"].as_array().expect("pupils");
    let found = pupils.iter().find(|of| of["pupil"]["id"] == json!(pupil)).expect("the pupil is of the class");
    found["state"].as_str().expect("a state").to_owned()
}

async fn live(school: &School, who: &str, class: Uuid, since: Option<&str>) -> Value {
    let document = format!("query ($id: ID!, $since: DateTime) {{ class(id: $id) {{ live(since: $since) {{ {TOLD} }} }} }}");
    let answer = school.person(who).ask(&document, json!({ "id": class, "since": since })).await;
    answer.data("/class/live").clone()
}

async fn next(listening: &mut Listening) -> Value {
    listening.hear().await.said()["payload"]["data"]["classLive"].clone()
}

fn listen(class: Uuid) -> String {
    format!("subscription {{ classLive(classId: \"{class}\") {{ {TOLD} }} }}")
}

#[tokio::test]
async fn a_class_is_told_as_it_is_and_as_it_changes() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    let mut ana = Listening::with_token(address, school.code("ana")).await;
    let mut mari = Listening::with_token(address, school.code("mari")).await;
    ana.subscribe("1", &listen(CLASS_5_2)).await;
    mari.subscribe("1", &listen(CLASS_5_2)).await;
    let first = next(&mut ana).await;
    let all = i64::try_from(first["pupils"].as_array().expect("pupils").len()).unwrap();
    assert!(all >= 2);
    assert_eq!(counts(&first), [all, 0, 0, 0]);
    let drill = school.person("drill");
    for (n, verb, time, expected) in [
        (1, "ANSWERED", "08:05:00", "WORKING"),
        (2, "REQUESTED_ATTENTION", "08:06:00", "ASKED_FOR_HELP"),
        (3, "RESPONDED", "08:07:00", "WORKING"),
        (4, "REQUESTED_ATTENTION", "08:08:00", "ASKED_FOR_HELP"),
        (5, "COMPLETED", "08:09:00", "DONE"),
    ] {
        drill.record(&[did(n, AOI, verb, time)]).await;
        let told = next(&mut ana).await;
        assert_eq!(state(&told, AOI), expected, "{verb}");
        assert_eq!(counts(&told).iter().sum::<i64>(), all);
        assert_eq!(told, live(&school, "ana", CLASS_5_2, None).await, "asked for, it is the same");
    }
    drill.record(&[did(5, AOI, "COMPLETED", "08:09:00")]).await;
    drill.record(&[did(6, HARUTO, "VIEWED", "08:01:00")]).await;
    let told = next(&mut ana).await;
    assert_eq!((state(&told, AOI), state(&told, HARUTO)), ("DONE".into(), "WORKING".into()), "a replay is not told by itself");
    assert_eq!(mari.until_now().await, Vec::<Value>::new(), "the head of another school hears nothing");
}

#[tokio::test]
async fn what_was_before_the_lesson_does_not_count() {
    let school = School::open().await;
    let batch = [
        did(1, AOI, "COMPLETED", "08:01:00"),
        did(2, AOI, "ANSWERED", "08:10:00"),
        did(3, HARUTO, "REQUESTED_ATTENTION", "08:02:00"),
    ];
    school.person("drill").record(&batch).await;
    let whole = live(&school, "ana", CLASS_5_2, None).await;
    assert_eq!((state(&whole, AOI), state(&whole, HARUTO)), ("DONE".into(), "ASKED_FOR_HELP".into()));
    assert_eq!(whole["since"], "2026-11-23T15:00:00.000Z");
    let lesson = live(&school, "ana", CLASS_5_2, Some("2026-11-24T08:05:00+09:00")).await;
    assert_eq!((state(&lesson, AOI), state(&lesson, HARUTO)), ("WORKING".into(), "NOT_BEGUN".into()));
    let years = live(&school, "ana", CLASS_5_2, Some("2020-01-01T00:00:00Z")).await;
    assert_eq!(years["since"], whole["since"], "it is of the day");
    let document = "query ($id: ID!) { class(id: $id) { live(since: \"gestern\") { done } } }";
    let answer = school.person("ana").ask(document, json!({ "id": CLASS_5_2 })).await;
    assert_eq!(answer.body["errors"][0]["extensions"]["code"], "BAD_INPUT");
    school.clock.advance(TimeDelta::days(1));
    let tomorrow = live(&school, "ana", CLASS_5_2, None).await;
    assert_eq!((state(&tomorrow, AOI), state(&tomorrow, HARUTO)), ("NOT_BEGUN".into(), "NOT_BEGUN".into()));
}

#[tokio::test]
async fn what_is_taken_back_was_never_the_last() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    let drill = school.person("drill");
    drill.record(&[did(1, AOI, "ANSWERED", "08:05:00"), did(2, AOI, "COMPLETED", "08:09:00"), did(3, AOI, "REQUESTED_ATTENTION", "08:10:00")]).await;
    let mut ana = Listening::with_token(address, school.code("ana")).await;
    ana.subscribe("1", &listen(CLASS_5_2)).await;
    assert_eq!(state(&next(&mut ana).await, AOI), "ASKED_FOR_HELP");
    for (n, expected) in [(3, "DONE"), (2, "WORKING"), (1, "NOT_BEGUN")] {
        let document = "mutation ($input: WithdrawActivitiesInput!) { withdrawActivities(input: $input) { withdrawn } }";
        let input = json!({ "reason": "sent by mistake", "activities": [{ "id": nth(n), "pupilId": AOI }] });
        let answer = drill.ask(document, json!({ "input": input })).await;
        assert_eq!(answer.data("/withdrawActivities/withdrawn"), 1);
        assert_eq!(state(&next(&mut ana).await, AOI), expected);
        assert_eq!(school.recount().await, 0, "the times of the totals are what a recount makes");
    }
}

#[tokio::test]
async fn a_recount_mends_the_times_too() {
    let school = School::open().await;
    school.person("drill").record(&[did(1, AOI, "COMPLETED", "08:09:00")]).await;
    school.tamper("UPDATE daily_total SET done_at = NULL").await;
    assert_eq!(state(&live(&school, "ana", CLASS_5_2, None).await, AOI), "WORKING");
    assert_eq!(school.recount().await, 1);
    assert_eq!(state(&live(&school, "ana", CLASS_5_2, None).await, AOI), "DONE");
}

#[tokio::test]
async fn a_second_server_hears_of_what_the_first_one_takes() {
    let school = School::open().await;
    // SQLite has one server.
    if !school.database_url().starts_with("postgres") {
        return;
    }
    let address = school.second_server().await;
    let mut ana = Listening::with_token(address, school.code("ana")).await;
    ana.subscribe("1", &listen(CLASS_5_2)).await;
    assert_eq!(state(&next(&mut ana).await, AOI), "NOT_BEGUN");
    let began = tokio::time::Instant::now();
    school.person("drill").record(&[did(1, AOI, "ANSWERED", "08:05:00")]).await;
    assert_eq!(state(&next(&mut ana).await, AOI), "WORKING");
    assert!(began.elapsed().as_secs() < 14, "it was told, not found by looking every 15 seconds");
}

#[tokio::test]
async fn who_does_not_listen_costs_the_others_nothing() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    let mut idle = Listening::with_token(address, school.code("ana")).await;
    let mut ana = Listening::with_token(address, school.code("ana")).await;
    for n in 0..20 {
        idle.subscribe(&n.to_string(), &listen(CLASS_5_2)).await;
    }
    ana.subscribe("1", &listen(CLASS_5_2)).await;
    assert_eq!(state(&next(&mut ana).await, AOI), "NOT_BEGUN");
    for n in 0..5 {
        // Nobody reads what is sent to `idle`.
        school.person("drill").record(&[did(n, AOI, "ANSWERED", &format!("08:05:{n:02}"))]).await;
        assert_eq!(next(&mut ana).await["pupils"].as_array().map(Vec::is_empty), Some(false));
    }
}

#[tokio::test]
async fn who_watches_a_lesson_is_noted_once() {
    let school = School::open().await;
    let address = school.on_a_port().await;
    let mut ana = Listening::with_token(address, school.code("ana")).await;
    ana.subscribe("1", &listen(CLASS_5_2)).await;
    next(&mut ana).await;
    for n in 0..5 {
        school.person("drill").record(&[did(n, AOI, "ANSWERED", &format!("08:05:{n:02}"))]).await;
        next(&mut ana).await;
    }
    school.settle().await;
    let looks = "query ($id: ID!) { accessLog(pupilId: $id, first: 50) { nodes { by act } } }";
    let answer = school.person("hugo").ask(looks, json!({ "id": AOI })).await;
    let nodes = answer.data("/accessLog/nodes").as_array().expect("entries").clone();
    assert_eq!(nodes.iter().filter(|node| node["by"] == "有村 安奈").count(), 1, "{nodes:?}");
}

#[tokio::test]
async fn nothing_is_counted_for_who_may_not_see_the_pupils() {
    let mut school = School::open().await;
    school.person("drill").record(&[did(1, AOI, "ANSWERED", "08:05:00")]).await;
    school.register("watch", asagao_tests::HIBARINO, &[Right::SchoolRead, Right::ActivityRead]).await;
    let document = format!("query ($id: ID!) {{ class(id: $id) {{ live {{ {TOLD} }} }} }}");
    let answer = school.person("watch").ask(&document, json!({ "id": CLASS_5_2 })).await;
    assert_eq!((&answer.body["data"]["class"]["live"], answer.code()), (&Value::Null, "FORBIDDEN"));
    school.register("see", asagao_tests::HIBARINO, &[Right::SchoolRead, Right::ActivityRead, Right::RosterRead]).await;
    assert_eq!(state(&live(&school, "see", CLASS_5_2, None).await, AOI), "WORKING");
}

#[tokio::test]
async fn what_is_done_in_one_class_answers_nothing_in_another() {
    let school = School::open().await;
    let alone = |n, verb, time| with(did(n, AOI, verb, time), json!({ "classId": null }));
    school.person("drill").record(&[did(1, AOI, "REQUESTED_ATTENTION", "08:05:00"), alone(2, "COMPLETED", "08:06:00")]).await;
    assert_eq!(state(&live(&school, "ana", CLASS_5_2, None).await, AOI), "ASKED_FOR_HELP");
    // A clock that is wrong by hours says nothing of later than it came.
    school.person("drill").record(&[did(3, AOI, "COMPLETED", "15:00:00")]).await;
    school.clock.advance(TimeDelta::minutes(1));
    let sent = with(did(4, AOI, "REQUESTED_ATTENTION", "08:21:00"), json!({}));
    school.person("drill").record(&[sent]).await;
    assert_eq!(state(&live(&school, "ana", CLASS_5_2, None).await, AOI), "ASKED_FOR_HELP");
    assert_eq!(school.recount().await, 0);
}

#[tokio::test]
async fn the_page_shows_every_pupil_and_on_a_wall_only_how_many() {
    let school = School::open().await;
    school.person("drill").record(&[did(1, AOI, "REQUESTED_ATTENTION", "08:05:00")]).await;
    let mut ana = school.visitor_as("ana").await;
    let path = format!("/classes/{CLASS_5_2}/live");
    let board = ana.get(&format!("/classes/{CLASS_5_2}")).await;
    assert!(board.text.contains(&path), "the way there is on the class page");
    let page = ana.get(&path).await;
    assert!(page.text.contains("data-state=\"ASKED_FOR_HELP\"><span class=\"no\">") && page.text.contains("朝倉 葵"), "{}", page.text);
    assert!(page.text.contains("8:05"), "{}", page.text);
    let later = ana.get(&format!("{path}?from=08:06")).await;
    assert!(!later.text.contains("data-state=\"ASKED_FOR_HELP\"><span class=\"no\">"), "{}", later.text);
    ana.submit("/presentation", &[("on", "true"), ("to", &path)]).await;
    let wall = ana.get(&path).await;
    assert!(wall.text.contains("助けてほしい") && !wall.text.contains("朝倉 葵"), "{}", wall.text);
    let mut mari = school.visitor_as("mari").await;
    assert_eq!(mari.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.get(&format!("/classes/{CLASS_5_1}/live")).await.status, StatusCode::NOT_FOUND);
}
