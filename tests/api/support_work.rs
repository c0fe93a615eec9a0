//! Work as the rules see it: what is not due yet, waived, or written in capitals is not missing.
use asagao_graphql::access::right::Right;
use asagao_tests::full_class::{YESTERDAY, pupil};
use asagao_tests::{CLASS_5_2, School, nth};
use serde_json::{Value, json};
use uuid::Uuid;

/// Whether the rules say of a pupil of the full class that work is missing, after an analysis as of a day.
async fn is_said_to_miss_work(school: &School, of: Uuid, as_of: &str) -> bool {
    let ana = school.person("ana");
    let analyze = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{as_of}\" }}) {{ runs {{ id }} }} }}");
    assert!(ana.ask(&analyze, json!({})).await.data("/analyze/runs/0").is_object());
    let flags = format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ pupil {{ id }} rules {{ text }} }} }} }}");
    let flags = ana.ask(&flags, json!({})).await;
    let flags = flags.data("/supportFlags/nodes").as_array().expect("a list");
    flags.iter().filter(|flag| flag["pupil"]["id"] == json!(of)).any(|flag| flag["rules"].to_string().contains("未提出"))
}

/// Three more assignments for the class, due at a time.
async fn three_more(school: &School, due_at: &str) -> Vec<Uuid> {
    let ids: Vec<Uuid> = (0..3).map(nth).collect();
    let batch: Vec<Value> =
        ids.iter().map(|id| json!({ "id": id, "classId": CLASS_5_2, "title": "作文", "dueAt": due_at })).collect();
    assert_eq!(school.person("drill").share(&batch).await["accepted"], 3);
    ids
}

async fn record(school: &School, of: Uuid, verb: &str, object_ids: &[String]) {
    let batch: Vec<Value> = object_ids
        .iter()
        .map(|object| {
            json!({ "id": Uuid::new_v5(&of, object.as_bytes()), "pupilId": of, "classId": CLASS_5_2, "verb": verb,
                "objectId": object, "objectKind": "ASSIGNMENT", "occurredAt": "2026-11-20T09:00:00+09:00" })
        })
        .collect();
    assert_eq!(school.person("drill").record(&batch).await["accepted"], 3);
}

#[tokio::test]
async fn work_that_is_due_later_today_is_not_missing() {
    let school = School::open().await;
    school.fill_class().await;
    three_more(&school, "2026-11-24T23:59:00+09:00").await;
    assert!(!is_said_to_miss_work(&school, pupil(9), "2026-11-24").await);
}

#[tokio::test]
async fn work_that_was_due_is_missing_unless_handed_in_or_waived() {
    let school = School::open().await;
    school.fill_class().await;
    let ids = three_more(&school, "2026-11-20T16:00:00+09:00").await;
    let as_sent = |case: fn(&str) -> String| ids.iter().map(|id| case(&id.to_string())).collect::<Vec<_>>();
    record(&school, pupil(9), "SUBMITTED", &as_sent(str::to_uppercase)).await;
    record(&school, pupil(10), "WAIVED", &as_sent(str::to_owned)).await;
    for other in 12..=22 {
        record(&school, pupil(other), "SUBMITTED", &as_sent(str::to_owned)).await;
    }
    assert!(!is_said_to_miss_work(&school, pupil(9), YESTERDAY).await, "an id in capitals is the same id");
    assert!(!is_said_to_miss_work(&school, pupil(10), YESTERDAY).await, "who was let off misses nothing");
    assert!(is_said_to_miss_work(&school, pupil(11), YESTERDAY).await);
}

#[tokio::test]
async fn a_token_narrowed_to_flags_shows_no_pupil_behind_them() {
    let school = School::open().await;
    school.fill_class().await;
    assert!(is_said_to_miss_work(&school, asagao_tests::AOI, YESTERDAY).await);
    let secret = school.token("ana", &[Right::FlagRead], 1).await;
    let flags = format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ id pupil {{ name }} }} }} }}");
    let answer = school.bearer(&secret).ask(&flags, json!({})).await;
    let nodes = answer.data("/supportFlags/nodes").as_array().unwrap();
    assert!(!nodes.is_empty() && nodes.iter().all(|flag| flag["pupil"].is_null()));
}
