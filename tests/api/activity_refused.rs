//! Posting: what is refused, item by item or as a whole.
use crate::activity::fates;
use asagao_tests::{AOI, CLASS_4_1, HARUTO, NOW, School, activity, nth, with};
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

/// Code and field of the only item that was rejected.
fn rejection(payload: &Value) -> (&str, &str) {
    assert_eq!(fates(payload), (0, 0, 0, 1), "{payload}");
    let item = &payload["rejected"][0];
    (item["code"].as_str().expect("a code"), item["field"].as_str().expect("a field"))
}

#[tokio::test]
async fn one_unknown_pupil_does_not_lose_the_others() {
    let school = School::open().await;
    let batch = [activity(1, AOI), activity(2, Uuid::from_u128(42)), activity(3, HARUTO)];
    let answer = school.person("drill").record(&batch).await;
    assert_eq!(fates(&answer), (2, 0, 0, 1));
    let item = &answer["rejected"][0];
    assert_eq!((&item["index"], &item["id"], &item["field"]), (&json!(1), &json!(nth(2)), &json!("pupilId")));
    assert_eq!((school.sum(AOI, "activities").await, school.sum(HARUTO, "activities").await), (1, 1));
}

#[tokio::test]
async fn a_pupil_of_another_school_is_answered_like_one_who_is_not_there() {
    let school = School::open().await;
    let stranger = school.person("stranger");
    let homeless = |pupil| with(activity(1, pupil), json!({ "classId": null }));
    let another = stranger.record(&[homeless(AOI)]).await;
    let nobody = stranger.record(&[homeless(Uuid::from_u128(42))]).await;
    assert_eq!(rejection(&another), ("NOT_FOUND", "pupilId"));
    assert_eq!(another, nobody);
    assert_eq!(school.totals(AOI, "2026-11-24", "2026-11-24").await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_class_of_another_school_is_answered_like_one_that_is_not_there() {
    let school = School::open().await;
    let drill = school.person("drill");
    let another = drill.record(&[with(activity(1, AOI), json!({ "classId": CLASS_4_1 }))]).await;
    let none = drill.record(&[with(activity(1, AOI), json!({ "classId": Uuid::from_u128(42) }))]).await;
    assert_eq!(rejection(&another), ("NOT_FOUND", "classId"));
    assert_eq!(another, none);
}

#[tokio::test]
async fn a_value_that_cannot_be_is_refused_by_its_field() {
    let school = School::open().await;
    let drill = school.person("drill");
    let long = "あ".repeat(2_001);
    for (fields, code, field) in [
        (json!({ "id": "42" }), "INVALID_ID", "id"),
        (json!({ "id": nth(1).simple().to_string() }), "INVALID_ID", "id"),
        (json!({ "id": "" }), "INVALID_ID", "id"),
        (json!({ "pupilId": "aoi" }), "INVALID_ID", "pupilId"),
        (json!({ "classId": "5-2" }), "INVALID_ID", "classId"),
        (json!({ "occurredAt": "2026-11-24 08:10" }), "INVALID_TIME", "occurredAt"),
        (json!({ "occurredAt": "2026-11-24T08:10:00" }), "INVALID_TIME", "occurredAt"),
        (json!({ "occurredAt": "2026-11-31T08:10:00+09:00" }), "INVALID_TIME", "occurredAt"),
        (json!({ "occurredAt": "" }), "INVALID_TIME", "occurredAt"),
        (json!({ "occurredAt": "2099-11-24T08:10:00+09:00" }), "IN_THE_FUTURE", "occurredAt"),
        (json!({ "occurredAt": "2026-11-25T08:20:01+09:00" }), "IN_THE_FUTURE", "occurredAt"),
        (json!({ "occurredAt": "1969-12-31T23:59:59Z" }), "OUT_OF_RANGE", "occurredAt"),
        (json!({ "count": 0 }), "OUT_OF_RANGE", "count"),
        (json!({ "count": -3 }), "OUT_OF_RANGE", "count"),
        (json!({ "count": 1.5 }), "OUT_OF_RANGE", "count"),
        (json!({ "count": 1e30 }), "OUT_OF_RANGE", "count"),
        (json!({ "count": 1_000_001 }), "OUT_OF_RANGE", "count"),
        (json!({ "durationSeconds": -1 }), "OUT_OF_RANGE", "durationSeconds"),
        (json!({ "durationSeconds": 2_678_401 }), "OUT_OF_RANGE", "durationSeconds"),
        (json!({ "score": { "raw": 11, "max": 10 } }), "OUT_OF_RANGE", "score.raw"),
        (json!({ "score": { "raw": -1, "max": 10 } }), "OUT_OF_RANGE", "score.raw"),
        (json!({ "score": { "raw": 5, "min": 10, "max": 10 } }), "OUT_OF_RANGE", "score.max"),
        (json!({ "score": { "raw": 1e300 } }), "OUT_OF_RANGE", "score.raw"),
        (json!({ "objectId": "" }), "INVALID_TEXT", "objectId"),
        (json!({ "objectId": "a\u{0}b" }), "INVALID_TEXT", "objectId"),
        (json!({ "objectName": "a\u{0}b" }), "INVALID_TEXT", "objectName"),
        (json!({ "subject": "a\u{0}b" }), "INVALID_TEXT", "subject"),
        (json!({ "objectId": long }), "TOO_LONG", "objectId"),
        (json!({ "objectName": "あ".repeat(501) }), "TOO_LONG", "objectName"),
        (json!({ "extensions": { "text": "x".repeat(16 * 1024) } }), "TOO_LONG", "extensions"),
    ] {
        let answer = drill.record(&[with(activity(1, AOI), fields.clone())]).await;
        assert_eq!(rejection(&answer), (code, field), "{fields}");
    }
    assert_eq!(school.totals(AOI, "2026-11-01", "2026-11-30").await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_value_at_its_limit_is_kept() {
    let school = School::open().await;
    let batch: Vec<_> = [
        json!({ "count": 1_000_000 }),
        json!({ "count": 3.0 }),
        json!({ "durationSeconds": 2_678_400 }),
        json!({ "durationSeconds": 0 }),
        json!({ "score": { "raw": 10, "max": 10 } }),
        json!({ "score": { "raw": -5, "min": -5, "max": 10 } }),
        json!({ "objectId": "あ".repeat(2_000) }),
        json!({ "occurredAt": "2026-11-25T08:20:00+09:00" }),
        json!({ "extensions": { "text": "\u{0}" } }),
    ]
    .into_iter()
    .zip(1..)
    .map(|(fields, n)| with(activity(n, AOI), fields))
    .collect();
    let answer = school.person("drill").record(&batch).await;
    assert_eq!(answer["rejected"], json!([]));
    assert_eq!(answer["accepted"], batch.len());
}

#[tokio::test]
async fn a_batch_that_is_empty_or_too_long_is_refused_whole() {
    let school = School::open().await;
    let drill = school.person("drill");
    let long: Vec<_> = (0..1_001).map(|n| activity(n, AOI)).collect();
    for (batch, code) in [(&long[..0], "EMPTY"), (&long[..], "TOO_MANY")] {
        let answer = drill.record(batch).await;
        assert_eq!(answer["userErrors"][0]["code"], code);
        assert_eq!(answer["userErrors"][0]["field"], "activities");
        assert_eq!(answer["accepted"], 0);
    }
    assert_eq!(school.totals(AOI, "2026-11-24", "2026-11-24").await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_batch_sent_at_no_time_is_refused_whole() {
    let school = School::open().await;
    let answer = school.person("drill").record_at("just now", &[activity(1, AOI)]).await;
    assert_eq!((&answer["userErrors"][0]["code"], &answer["accepted"]), (&json!("INVALID_TIME"), &json!(0)));
    assert_eq!(answer["userErrors"][0]["field"], "sentAt");
}

#[tokio::test]
async fn what_is_no_activity_at_all_fails_the_call_and_names_the_item() {
    let school = School::open().await;
    let drill = school.person("drill");
    for (fields, at, field) in [
        (json!({ "verb": "DANCED" }), "activities.1", "verb"),
        (json!({ "count": "three" }), "activities.1", "count"),
        (json!({ "occurredAt": 1_764_000_000 }), "activities.1", "occurredAt"),
        (json!({ "success": "yes" }), "activities.1", "success"),
        (json!({ "score": { "raw": "ten" } }), "activities.1.score", "raw"),
        (json!({ "objectId": null }), "activities.1", "objectId"),
        (json!({ "mood": "good" }), "activities.1", "mood"),
        (json!({ "score": { "raw": 1, "scaled": 1 } }), "activities.1.score", "scaled"),
    ] {
        let answer = drill.try_record(NOW, &[activity(1, AOI), with(activity(2, AOI), fields.clone())]).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_INPUT"), "{fields}: {}", answer.body);
        for part in [at, field] {
            assert!(answer.message().contains(part), "{fields}: {}", answer.message());
        }
    }
    assert_eq!(school.totals(AOI, "2026-11-24", "2026-11-24").await, [] as [Value; 0]);
}
