//! A pupil's own device: it posts with the pupil's sign-in, and for that pupil alone.
use asagao_tests::{AOI, CLASS_4_1, HARUTO, LESSON, NOW, SOTA, School, TODAY, activity, nth, with};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn a_pupil_posts_what_they_did_and_it_counts() {
    let school = School::open().await;
    let aoi = school.bearer(&school.pupil_token(AOI).await);
    let rights = aoi.ask("{ viewer { rights } }", json!({})).await;
    assert!(rights.data("/viewer/rights").as_array().unwrap().contains(&json!("activity:write")));
    let none = with(activity(2, AOI), json!({ "classId": null }));
    let answer = aoi.record(&[activity(1, AOI), none, activity(1, AOI)]).await;
    assert_eq!((&answer["accepted"], &answer["duplicates"], &answer["rejected"]), (&json!(2), &json!(1), &json!([])));
    assert_eq!(school.sum(AOI, "activities").await, 2);
    assert_eq!(school.count("activity", "sent_by = pupil").await, 2, "it is kept as the pupil's own word");
    assert_eq!(school.count("activity", "school IS NULL").await, 0);
    // An app that sends the same is told that it is there.
    assert_eq!(school.person("drill").record(&[activity(1, AOI)]).await["duplicates"], 1);
}

#[tokio::test]
async fn nothing_is_posted_for_anybody_else() {
    let school = School::open().await;
    let aoi = school.bearer(&school.pupil_token(AOI).await);
    let unknown = Uuid::from_u128(7);
    let items = [activity(1, HARUTO), activity(2, SOTA), activity(3, unknown), activity(4, AOI)];
    let answer = aoi.record(&items).await;
    assert_eq!(answer["accepted"], 1, "one bad item never loses the others");
    let rejected = answer["rejected"].as_array().unwrap();
    assert_eq!(rejected.len(), 3);
    for item in rejected {
        assert_eq!((&item["code"], &item["field"]), (&json!("NOT_FOUND"), &json!("pupilId")));
        assert_eq!(item["message"], rejected[2]["message"], "nobody can be told from somebody who is not there");
    }
    assert_eq!(school.sum(HARUTO, "activities").await, 0);
    let classes = [CLASS_4_1, Uuid::from_u128(8)].map(|class| with(activity(5, AOI), json!({ "classId": class })));
    for item in &aoi.record(&classes).await["rejected"].as_array().unwrap().clone() {
        assert_eq!((&item["code"], &item["field"]), (&json!("NOT_FOUND"), &json!("classId")));
    }
}

#[tokio::test]
async fn what_a_teacher_does_is_not_for_the_pupils_device_to_say() {
    let school = School::open().await;
    let aoi = school.bearer(&school.pupil_token(AOI).await);
    let teachers = ["SCORED", "WAIVED", "RESPONDED", "SHARED", "INITIALIZED"];
    let items: Vec<_> = teachers.iter().zip(1..).map(|(verb, n)| with(activity(n, AOI), json!({ "verb": verb }))).collect();
    let answer = aoi.record(&items).await;
    assert_eq!((&answer["accepted"], answer["rejected"].as_array().unwrap().len()), (&json!(0), teachers.len()));
    assert!(answer["rejected"].as_array().unwrap().iter().all(|item| item["code"] == "OUT_OF_RANGE" && item["field"] == "verb"));
    let marked = with(activity(9, AOI), json!({ "verb": "SUBMITTED", "objectKind": "ASSIGNMENT", "objectId": nth(1), "score": { "raw": 100.0, "max": 100.0 } }));
    let answer = aoi.record(&[marked.clone(), with(marked, json!({ "score": null }))]).await;
    assert_eq!((&answer["accepted"], &answer["rejected"][0]["field"]), (&json!(1), &json!("score")));
}

#[tokio::test]
async fn a_pupil_takes_back_their_own_posts_alone() {
    let school = School::open().await;
    let aoi = school.bearer(&school.pupil_token(AOI).await);
    assert_eq!(school.person("drill").record(&[activity(1, AOI)]).await["accepted"], 1);
    assert_eq!(aoi.record(&[activity(2, AOI)]).await["accepted"], 1);
    let document = "mutation ($input: WithdrawActivitiesInput!) { withdrawActivities(input: $input) { withdrawn rejected { id code } } }";
    let keys = [1, 2].map(|n| json!({ "pupilId": AOI, "id": nth(n) }));
    let answer = aoi.ask(document, json!({ "input": { "activities": keys, "reason": "まちがえた" } })).await;
    let done = answer.data("/withdrawActivities");
    assert_eq!((&done["withdrawn"], &done["rejected"]), (&json!(1), &json!([{ "id": nth(1), "code": "NOT_FOUND" }])));
    assert_eq!(school.sum(AOI, "activities").await, 1);
}

#[tokio::test]
async fn a_pupils_posting_ends_with_their_time_at_school() {
    let school = School::open().await;
    let aoi = school.bearer(&school.pupil_token(AOI).await);
    let lesson = with(activity(1, AOI), json!({ "classId": LESSON }));
    let answer = aoi.record(&[lesson]).await;
    assert!(answer["accepted"] == 1 || answer["rejected"][0]["field"] == "classId", "{answer}");
    let out = format!("mutation {{ withdrawPupil(input: {{ pupilId: \"{AOI}\", kind: WITHDRAWAL, day: \"{TODAY}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("hugo").ask(&out, json!({})).await.data("/withdrawPupil/userErrors"), &json!([]));
    assert_eq!(aoi.record(&[activity(2, AOI)]).await["accepted"], 1, "on the last day");
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(aoi.try_record(NOW, &[activity(3, AOI)]).await.code(), "FORBIDDEN");
}
