//! Daily totals: what they add up, what a withdrawal takes off, that nothing is ever counted twice.
use crate::activity::fates;
use asagao_tests::{AOI, HARUTO, School, TODAY, activity, nth, with};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn interactions_are_the_sum_of_count_by_kind_and_place() {
    let school = School::open().await;
    let did = |n, verb: &str, kind: &str, count: i64| with(activity(n, AOI), json!({ "verb": verb, "objectKind": kind, "count": count }));
    let batch = [
        did(1, "VIEWED", "MATERIAL", 1),
        did(2, "OPENED", "BOOK", 2),
        did(3, "PROGRESSED", "VIDEO", 4),
        with(did(4, "ATTEMPTED", "QUIZ", 8), json!({ "place": "HOME" })),
        did(5, "ANSWERED", "QUESTION", 16),
        with(did(6, "SUBMITTED", "ASSIGNMENT", 32), json!({ "place": "HOME" })),
        with(did(7, "REPLIED", "DISCUSSION", 64), json!({ "place": "ELSEWHERE" })),
        with(did(8, "VIEWED", "PORTAL", 128), json!({ "place": "SCHOOL" })),
        did(9, "CREATED", "TOOL", 256),
    ];
    assert_eq!(fates(&school.person("drill").record(&batch).await), (9, 0, 0, 0));
    let totals = school.totals(AOI, TODAY, TODAY).await;
    let total = totals.first().expect("a total of today");
    let of = |field: &str| total[field].as_i64().unwrap();
    assert_eq!((of("activities"), of("interactions"), of("atHome")), (9, 511, 40));
    assert_eq!((of("material"), of("quiz"), of("assignment")), (7, 24, 32));
    assert_eq!((of("discussion"), of("portal"), of("tool")), (64, 128, 256));
}

#[tokio::test]
async fn what_a_teacher_does_to_the_work_adds_no_interaction() {
    let school = School::open().await;
    let verbs = ["SCORED", "SHARED", "RESPONDED", "INITIALIZED", "WAIVED"];
    let of_teacher = |(n, verb)| {
        with(activity(n, AOI), json!({ "verb": verb, "objectKind": "ASSIGNMENT", "count": 5, "place": "HOME", "score": { "raw": 8, "max": 10 } }))
    };
    let batch: Vec<_> = (1..).zip(verbs).map(of_teacher).collect();
    assert_eq!(fates(&school.person("drill").record(&batch).await), (5, 0, 0, 0));
    for (field, sum) in [("activities", 5), ("interactions", 0), ("assignment", 0), ("atHome", 0)] {
        assert_eq!(school.sum(AOI, field).await, sum, "{field}");
    }
    assert_eq!(school.recount().await, 0);
}

#[tokio::test]
async fn durations_add_up_in_seconds() {
    let school = School::open().await;
    let took = |n, seconds: Value| with(activity(n, AOI), json!({ "durationSeconds": seconds }));
    school.person("drill").record(&[took(1, json!(90)), took(2, json!(0.25)), took(3, Value::Null)]).await;
    assert_eq!(school.totals(AOI, TODAY, TODAY).await[0]["durationSeconds"], 90.25);
}

#[tokio::test]
async fn a_withdrawn_activity_is_no_longer_in_the_totals() {
    let school = School::open().await;
    let drill = school.person("drill");
    let batch = [with(activity(1, AOI), json!({ "count": 3, "durationSeconds": 60, "place": "HOME" })), activity(2, AOI)];
    drill.record(&batch).await;
    let answer = drill.withdraw(&[(AOI, nth(1)), (AOI, nth(1))], "sent for the wrong pupil").await;
    assert_eq!((&answer["withdrawn"], &answer["duplicates"], &answer["rejected"]), (&json!(1), &json!(1), &json!([])));
    let total = &school.totals(AOI, TODAY, TODAY).await[0];
    assert_eq!((&total["activities"], &total["interactions"]), (&json!(1), &json!(1)));
    assert_eq!((&total["durationSeconds"], &total["atHome"], &total["quiz"]), (&json!(0.0), &json!(0), &json!(1)));

    let again = drill.withdraw(&[(AOI, nth(1))], "to be sure").await;
    assert_eq!((&again["withdrawn"], &again["duplicates"]), (&json!(0), &json!(1)));
    assert_eq!(fates(&drill.record(&batch).await), (0, 2, 0, 0), "a replay does not bring it back");
    assert_eq!(school.sum(AOI, "interactions").await, 1);
    let rest = drill.withdraw(&[(AOI, nth(2))], "sent for the wrong pupil").await;
    assert_eq!(rest["withdrawn"], 1);
    assert_eq!(school.totals(AOI, TODAY, TODAY).await, [] as [Value; 0], "a day of nothing is absent, not zero");
    assert_eq!(school.recount().await, 0);
}

#[tokio::test]
async fn an_app_takes_back_only_what_it_sent_itself() {
    let school = School::open().await;
    school.person("drill").record(&[activity(1, AOI)]).await;
    for (who, key) in [("portal", (AOI, nth(1))), ("stranger", (AOI, nth(1))), ("drill", (AOI, nth(9))), ("drill", (HARUTO, nth(1)))] {
        let answer = school.person(who).withdraw(&[key], "a try").await;
        assert_eq!(answer["withdrawn"], 0, "{who}");
        assert_eq!(answer["rejected"], json!([{ "index": 0, "id": key.1, "code": "NOT_FOUND", "field": "id" }]), "{who}");
    }
    assert_eq!(school.sum(AOI, "activities").await, 1);
}

#[tokio::test]
async fn a_withdrawal_needs_items_and_a_reason() {
    let school = School::open().await;
    let drill = school.person("drill");
    drill.record(&[activity(1, AOI)]).await;
    let many = vec![(AOI, nth(1)); 1_001];
    let long = "あ".repeat(501);
    for (keys, reason, code, field) in [
        (&many[..0], "why", "EMPTY", "activities"),
        (&many[..], "why", "TOO_MANY", "activities"),
        (&many[..1], " ", "INVALID_TEXT", "reason"),
        (&many[..1], long.as_str(), "TOO_LONG", "reason"),
    ] {
        let answer = drill.withdraw(keys, reason).await;
        assert_eq!((&answer["withdrawn"], &answer["userErrors"][0]["code"]), (&json!(0), &json!(code)));
        assert_eq!(answer["userErrors"][0]["field"], field);
    }
    assert_eq!(school.sum(AOI, "activities").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn posts_that_overlap_at_the_same_moment_count_once() {
    let school = School::open().await;
    let drill = school.person("drill");
    let batch = |from: u64, to: u64| -> Vec<Value> {
        (from..to).flat_map(|n| [activity(n, AOI), with(activity(n, HARUTO), json!({ "count": 2 }))]).collect()
    };
    let (one, two, mut three, four) = (batch(0, 60), batch(30, 90), batch(0, 90), batch(60, 100));
    three.reverse();
    let answers = tokio::join!(drill.record(&one), drill.record(&two), drill.record(&three), drill.record(&four));
    let answers = [answers.0, answers.1, answers.2, answers.3].map(|answer| fates(&answer));
    let sum = |of: fn(&(i64, i64, usize, usize)) -> i64| answers.iter().map(of).sum::<i64>();
    assert_eq!((sum(|fate| fate.0), sum(|fate| fate.1)), (200, 300), "{answers:?}");
    assert_eq!((school.sum(AOI, "interactions").await, school.sum(HARUTO, "interactions").await), (100, 200));
    assert_eq!(school.recount().await, 0);
}

#[tokio::test]
async fn a_recount_mends_what_was_broken_and_only_that() {
    let school = School::open().await;
    let drill = school.person("drill");
    drill.record(&[activity(1, AOI), activity(2, AOI), activity(1, HARUTO)]).await;
    drill.withdraw(&[(AOI, nth(2))], "sent for the wrong pupil").await;
    school.clock.advance(TimeDelta::days(1));
    drill.record(&[activity(3, AOI)]).await;
    assert_eq!(school.recount().await, 0);
    let right = (school.totals(AOI, TODAY, TODAY).await, school.totals(HARUTO, TODAY, TODAY).await);
    for (broken, wrong) in [
        ("UPDATE daily_total SET interactions = interactions + 7", 2),
        ("UPDATE daily_total SET at_home = 1 WHERE interactions = 1", 1),
        ("DELETE FROM daily_total", 2),
        ("UPDATE daily_total SET day = '2026-11-20'", 4),
    ] {
        school.tamper(broken).await;
        assert_eq!(school.recount().await, wrong, "{broken}");
        assert_eq!((school.totals(AOI, TODAY, TODAY).await, school.totals(HARUTO, TODAY, TODAY).await), right, "{broken}");
        assert_eq!(school.recount().await, 0, "{broken}");
    }
}

#[tokio::test]
async fn a_pupil_has_no_totals_where_nothing_was_done() {
    let school = School::open().await;
    school.person("drill").record(&[activity(1, HARUTO)]).await;
    assert_eq!(school.totals(AOI, TODAY, TODAY).await, [] as [Value; 0]);
    let document = "query ($id: ID!) { pupil(id: $id) { dailyTotals(from: \"2026-11-24\", to: \"2026-11-23\") { day } } }";
    let answer = school.person("hugo").ask(document, json!({ "id": AOI })).await;
    assert_eq!(answer.code(), "BAD_INPUT", "the last day is before the first");
    let nobody = school.person("hugo").ask(document, json!({ "id": Uuid::nil() })).await;
    assert_eq!(nobody.data("/pupil"), &Value::Null);
}
