//! Posting: what is new, what is there already, what is another content under the same key.
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, NOW, School, activity, nth, with};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// How many of a batch were accepted, duplicates, conflicts and rejected.
pub(crate) fn fates(payload: &Value) -> (i64, i64, usize, usize) {
    assert_eq!(payload["userErrors"], json!([]), "the batch as a whole is taken");
    let number = |field: &str| payload[field].as_i64().expect("a number");
    let length = |field: &str| payload[field].as_array().expect("a list").len();
    (number("accepted"), number("duplicates"), length("conflicts"), length("rejected"))
}

#[tokio::test]
async fn what_is_posted_is_accepted_and_counted() {
    let school = School::open().await;
    let answer = school.person("drill").record(&[activity(1, AOI), activity(2, AOI), activity(1, HARUTO)]).await;
    assert_eq!(fates(&answer), (3, 0, 0, 0), "an id need only be unique for one pupil");
    assert_eq!(school.sum(AOI, "activities").await, 2);
    assert_eq!(school.sum(HARUTO, "activities").await, 1);
}

#[tokio::test]
async fn a_replay_two_days_later_is_all_duplicates() {
    let school = School::open().await;
    let batch = [activity(1, AOI), with(activity(2, AOI), json!({ "count": 4 }))];
    let drill = school.person("drill");
    assert_eq!(fates(&drill.record(&batch).await), (2, 0, 0, 0));
    school.clock.advance(TimeDelta::days(2));
    assert_eq!(fates(&drill.record(&batch).await), (0, 2, 0, 0));
    assert_eq!(fates(&drill.record_at("2026-11-26T07:00:00+09:00", &batch).await), (0, 2, 0, 0), "when it was sent is not its content");
    assert_eq!(school.sum(AOI, "interactions").await, 5);
}

#[tokio::test]
async fn a_tablet_that_was_offline_for_two_days_loses_nothing() {
    let school = School::open().await;
    school.clock.advance(TimeDelta::days(2));
    let days = ["2026-11-24", "2026-11-25", "2026-11-26"];
    let batch: Vec<_> = (1..).zip(days).map(|(n, day)| with(activity(n, AOI), json!({ "occurredAt": format!("{day}T08:00:00+09:00") }))).collect();
    assert_eq!(fates(&school.person("drill").record(&batch).await), (3, 0, 0, 0));
    let totals = school.totals(AOI, days[0], days[2]).await;
    assert_eq!(totals.iter().map(|total| total["day"].as_str().unwrap()).collect::<Vec<_>>(), days);
}

#[tokio::test]
async fn the_same_instant_at_another_offset_is_the_same_content() {
    let school = School::open().await;
    let drill = school.person("drill");
    drill.record(&[activity(1, AOI)]).await;
    for same in ["2026-11-23T23:10:00Z", "2026-11-23T23:10:00.000000+00:00", "2026-11-24T00:10:00+01:00"] {
        let again = with(activity(1, AOI), json!({ "occurredAt": same }));
        assert_eq!(fates(&drill.record(&[again]).await), (0, 1, 0, 0), "{same}");
    }
    let later = with(activity(1, AOI), json!({ "occurredAt": "2026-11-23T23:10:00.001Z" }));
    assert_eq!(fates(&drill.record(&[later]).await), (0, 0, 1, 0), "a millisecond later is another time");
}

#[tokio::test]
async fn extensions_are_compared_as_json() {
    let school = School::open().await;
    let drill = school.person("drill");
    let post = async |extensions: &str| {
        let input = json!({ "sentAt": NOW, "activities": [with(activity(1, AOI), json!({ "extensions": "HERE" }))] });
        let query = "mutation ($input: RecordActivitiesInput!) { recordActivities(input: $input) { accepted duplicates
            conflicts { index } rejected { index } userErrors { code } } }";
        let body = json!({ "query": query, "variables": { "input": input } }).to_string();
        fates(drill.post(body.replace("\"HERE\"", extensions)).await.data("/recordActivities"))
    };
    assert_eq!(post(r#"{"pages": [1, 2], "tool": {"a": 1, "b": null}}"#).await, (1, 0, 0, 0));
    assert_eq!(post(r#"{"tool": {"b": null, "a": 1.0}, "pages": [1, 2e0]}"#).await, (0, 1, 0, 0));
    assert_eq!(post(r#"{"pages": [2, 1], "tool": {"a": 1, "b": null}}"#).await, (0, 0, 1, 0), "a list has an order");
    assert_eq!(post(r#"{"pages": [1, 2], "tool": {"a": "1", "b": null}}"#).await, (0, 0, 1, 0), "a text is no number");
    assert_eq!(post("null").await, (0, 0, 1, 0), "nothing is not what was there");
}

#[tokio::test]
async fn every_field_is_part_of_the_content() {
    let school = School::open().await;
    let drill = school.person("drill");
    drill.record(&[activity(1, AOI)]).await;
    for other in [
        json!({ "classId": null }),
        json!({ "classId": CLASS_5_1 }),
        json!({ "verb": "COMPLETED" }),
        json!({ "objectId": "https://drill.example/fractions/2" }),
        json!({ "objectKind": "QUIZ" }),
        json!({ "objectName": "分数のたし算" }),
        json!({ "durationSeconds": 12.5 }),
        json!({ "count": 2 }),
        json!({ "score": { "raw": 1 } }),
        json!({ "score": { "raw": 1, "max": 1 } }),
        json!({ "success": false }),
        json!({ "place": "HOME" }),
        json!({ "subject": "算数" }),
        json!({ "courseOfStudyCode": "8260233100000000" }),
        json!({ "extensions": {} }),
    ] {
        let answer = drill.record(&[with(activity(1, AOI), other.clone())]).await;
        assert_eq!(fates(&answer), (0, 0, 1, 0), "{other}");
    }
    let said = with(activity(1, AOI), json!({ "count": 1, "objectName": "" }));
    assert_eq!(fates(&drill.record(&[said]).await), (0, 1, 0, 0), "what is usual need not be said");
}

#[tokio::test]
async fn another_content_under_the_same_key_is_a_conflict_and_the_first_stays() {
    let school = School::open().await;
    let drill = school.person("drill");
    drill.record(&[activity(1, AOI)]).await;
    let answer = drill.record(&[activity(2, AOI), with(activity(1, AOI), json!({ "count": 100 }))]).await;
    assert_eq!(fates(&answer), (1, 0, 1, 0));
    assert_eq!((&answer["conflicts"][0]["index"], &answer["conflicts"][0]["id"]), (&json!(1), &json!(nth(1))));
    assert_eq!(school.sum(AOI, "interactions").await, 2);
    assert_eq!(fates(&drill.record(&[activity(1, AOI)]).await), (0, 1, 0, 0), "the first content is still what is there");
}

#[tokio::test]
async fn an_id_that_comes_twice_in_a_batch_counts_once() {
    let school = School::open().await;
    let other = with(activity(1, AOI), json!({ "count": 50 }));
    let answer = school.person("drill").record(&[activity(1, AOI), activity(1, AOI), other, activity(2, AOI)]).await;
    assert_eq!(fates(&answer), (2, 1, 1, 0));
    assert_eq!(answer["conflicts"][0]["index"], 2);
    assert_eq!(school.sum(AOI, "interactions").await, 2);
}

#[tokio::test]
async fn apps_share_the_ids_of_a_pupil() {
    let school = School::open().await;
    school.person("drill").record(&[activity(1, AOI)]).await;
    assert_eq!(fates(&school.person("portal").record(&[activity(1, AOI)]).await), (0, 1, 0, 0));
}

#[tokio::test]
async fn a_batch_of_a_thousand_is_taken_whole() {
    let school = School::open().await;
    let batch: Vec<_> = (0..1_000).map(|n| activity(n, if n % 2 == 0 { AOI } else { HARUTO })).collect();
    let drill = school.person("drill");
    assert_eq!(fates(&drill.record(&batch).await), (1_000, 0, 0, 0));
    assert_eq!(fates(&drill.record(&batch).await), (0, 1_000, 0, 0));
    assert_eq!(school.sum(HARUTO, "activities").await, 500);
}

#[tokio::test]
async fn an_activity_of_no_class_has_a_total_of_its_own() {
    let school = School::open().await;
    school.person("drill").record(&[activity(1, AOI), with(activity(2, AOI), json!({ "classId": null }))]).await;
    let classes: Vec<_> = school.totals(AOI, "2026-11-24", "2026-11-24").await.into_iter().map(|t| t["classId"].clone()).collect();
    assert_eq!(classes.len(), 2);
    assert!(classes.contains(&Value::Null) && classes.contains(&json!(CLASS_5_2)), "{classes:?}");
}
