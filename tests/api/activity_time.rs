//! When it was done: clocks that are wrong, the border between two days, days that are not school days.
use crate::activity::fates;
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, NOW, Package, School, activity, with};
use serde_json::{Value, json};
use uuid::Uuid;

/// The school day that something falls on when a device whose clock says `sent_at` sends it now.
async fn day_of(sent_at: &str, occurred_at: &str) -> String {
    let school = School::open().await;
    let answer = school.person("drill").record_at(sent_at, &[with(activity(1, AOI), json!({ "occurredAt": occurred_at }))]).await;
    assert_eq!(fates(&answer), (1, 0, 0, 0), "{answer}");
    let totals = school.totals(AOI, "2026-11-01", "2026-11-30").await;
    assert_eq!(totals.len(), 1, "{totals:?}");
    totals[0]["day"].as_str().expect("a day").to_owned()
}

#[tokio::test]
async fn a_clock_that_is_59_seconds_slow_is_left_alone() {
    assert_eq!(day_of("2026-11-24T08:19:01+09:00", "2026-11-23T23:59:30+09:00").await, "2026-11-23");
}

#[tokio::test]
async fn a_clock_that_is_a_minute_slow_is_put_right() {
    assert_eq!(day_of("2026-11-24T08:19:00+09:00", "2026-11-23T23:59:30+09:00").await, "2026-11-24");
}

#[tokio::test]
async fn a_clock_that_is_a_minute_fast_is_put_right() {
    assert_eq!(day_of("2026-11-24T08:21:00+09:00", "2026-11-24T00:00:30+09:00").await, "2026-11-23");
}

#[tokio::test]
async fn a_clock_that_is_a_day_slow_is_put_right() {
    assert_eq!(day_of("2026-11-23T08:20:00+09:00", "2026-11-23T08:10:00+09:00").await, "2026-11-24");
}

#[tokio::test]
async fn a_tablet_that_lives_in_2099_did_it_today() {
    assert_eq!(day_of("2099-01-01T08:20:00+09:00", "2099-01-01T08:10:00+09:00").await, "2026-11-24");
}

#[tokio::test]
async fn a_tablet_that_fell_back_to_1970_did_it_today() {
    assert_eq!(day_of("1970-01-01T00:20:00Z", "1970-01-01T00:10:00Z").await, "2026-11-24");
}

#[tokio::test]
async fn a_replay_from_a_clock_put_right_since_is_a_duplicate() {
    let school = School::open().await;
    let drill = school.person("drill");
    let batch = [with(activity(1, AOI), json!({ "occurredAt": "2026-11-23T08:10:00+09:00" }))];
    assert_eq!(fates(&drill.record_at("2026-11-23T08:20:00+09:00", &batch).await), (1, 0, 0, 0));
    assert_eq!(fates(&drill.record_at(NOW, &batch).await), (0, 1, 0, 0));
    assert_eq!(school.totals(AOI, "2026-11-24", "2026-11-24").await.len(), 1, "the first time stays");
}

#[tokio::test]
async fn a_school_day_ends_at_midnight_in_japan() {
    let school = School::open().await;
    let at = |n, time: &str| with(activity(n, AOI), json!({ "occurredAt": time }));
    let batch = [
        at(1, "2026-11-23T14:59:59.999Z"),
        at(2, "2026-11-23T15:00:00Z"),
        at(3, "2026-11-23T10:00:00-05:00"),
        at(4, "2026-11-23T23:59:59+09:00"),
    ];
    school.person("drill").record(&batch).await;
    let totals = school.totals(AOI, "2026-11-23", "2026-11-24").await;
    let days: Vec<_> = totals.iter().map(|total| (total["day"].as_str().unwrap(), total["activities"].as_i64().unwrap())).collect();
    assert_eq!(days, [("2026-11-23", 2), ("2026-11-24", 2)]);
}

#[tokio::test]
async fn what_was_done_on_a_sunday_or_before_the_year_is_kept() {
    let school = School::open().await;
    let days = ["2026-03-20", "2026-08-10", "2026-11-22"];
    let batch: Vec<_> =
        (1..).zip(days).map(|(n, day)| with(activity(n, AOI), json!({ "occurredAt": format!("{day}T20:00:00+09:00") }))).collect();
    assert_eq!(fates(&school.person("drill").record(&batch).await), (3, 0, 0, 0));
    for day in days {
        assert_eq!(school.totals(AOI, day, day).await.len(), 1, "{day}");
    }
}

#[tokio::test]
async fn what_a_pupil_did_before_joining_the_class_is_kept() {
    let school = School::open().await;
    let newcomer = Uuid::from_u128(0xbeef);
    let mut package = Package::usual();
    package.user(newcomer, "林,花,ハヤシ,ハナ,", "student", HIBARINO);
    let place = Uuid::from_u128(0xbeef1);
    package.line("enrollments.csv", &format!("{place},{CLASS_5_2},{HIBARINO},{newcomer},student,,2026-11-16,,7"));
    assert_eq!(school.import(&package).await.problems, []);
    let early = with(activity(1, newcomer), json!({ "occurredAt": "2026-10-05T10:00:00+09:00" }));
    let homeless = with(activity(2, newcomer), json!({ "occurredAt": "2026-10-05T10:00:00+09:00", "classId": null }));
    assert_eq!(fates(&school.person("drill").record(&[early, homeless]).await), (2, 0, 0, 0));
    let totals: Vec<Value> = school.totals(newcomer, "2026-10-05", "2026-10-05").await;
    assert_eq!(totals.len(), 2);
}

#[tokio::test]
async fn a_replay_from_a_tablet_whose_clock_was_reset_is_a_duplicate_all_the_same() {
    let school = School::open().await;
    let drill = school.person("drill");
    drill.record(&[activity(1, AOI)]).await;
    let batch = [activity(1, AOI), activity(2, AOI), with(activity(1, AOI), json!({ "count": 2 }))];
    let answer = drill.record_at("1970-01-01T00:00:10+09:00", &batch).await;
    assert_eq!(fates(&answer), (0, 1, 1, 1), "what is stored is recognised; what is new lies in the future by that clock");
    assert_eq!(answer["rejected"][0]["code"], "IN_THE_FUTURE");
    assert_eq!(school.sum(AOI, "activities").await, 1);
}
