//! Moods: one tap a day or none, by the pupil or an app, read by those who look after the pupil.
use asagao_tests::{AOI, CLASS_5_2, HARUTO, Person, REN, SOTA, School, TODAY, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

async fn record(person: &Person<'_>, moods: Value) -> Value {
    let document = "mutation ($moods: [MoodInput!]!) { recordMoods(input: { moods: $moods }) { recorded unchanged
        rejected { index code field } userErrors { code field } } }";
    person.ask(document, json!({ "moods": moods })).await.data("/recordMoods").clone()
}

async fn moods(person: &Person<'_>, pupil: Uuid) -> Value {
    let document = "query ($id: ID!) { pupil(id: $id) { moods(from: \"2026-11-01\", to: \"2026-11-30\") { day weather } } }";
    person.ask(document, json!({ "id": pupil })).await.data("/pupil/moods").clone()
}

#[tokio::test]
async fn a_pupil_says_how_it_is_and_may_think_again() {
    let school = School::open().await;
    let secret = school.pupil_token(AOI).await;
    let aoi = school.bearer(&secret);
    assert_eq!(record(&aoi, json!([{ "pupilId": AOI, "weather": "RAINY" }])).await["recorded"], 1);
    assert_eq!(record(&aoi, json!([{ "pupilId": AOI, "weather": "RAINY" }])).await["unchanged"], 1);
    school.clock.advance(TimeDelta::minutes(1));
    assert_eq!(record(&aoi, json!([{ "pupilId": AOI, "weather": "SUNNY" }])).await["recorded"], 1);
    assert_eq!(moods(&school.person("ana"), AOI).await, json!([{ "day": TODAY, "weather": "SUNNY" }]));
    assert_eq!(school.count("mood", "1 = 1").await, 2, "what was said before is kept");
    assert_eq!(record(&aoi, json!([{ "pupilId": YUI, "weather": "SUNNY" }])).await["rejected"][0]["code"], "NOT_FOUND", "for nobody else");
}

#[tokio::test]
async fn a_mood_can_be_skipped() {
    let school = School::open().await;
    assert_eq!(record(&school.person("portal"), json!([{ "pupilId": AOI }])).await["recorded"], 1);
    assert_eq!(moods(&school.person("ana"), AOI).await, json!([{ "day": TODAY, "weather": null }]));
    let fresh = school.person("ana").ask(&format!("{{ class(id: \"{CLASS_5_2}\") {{ freshness {{ moodsToday moodAt }} }} }}"), json!({})).await;
    assert_eq!(fresh.data("/class/freshness"), &json!({ "moodsToday": 0, "moodAt": null }), "it counts as nothing");
}

#[tokio::test]
async fn an_app_sends_the_moods_of_its_schools_also_late() {
    let school = School::open().await;
    let answer = record(&school.person("portal"), json!([
        { "pupilId": AOI, "weather": "CLOUDY", "day": "2026-11-20" }, { "pupilId": HARUTO, "weather": "STORMY" },
        { "pupilId": SOTA, "weather": "SUNNY" }, { "pupilId": YUI, "weather": "SUNNY", "day": "2026-11-25" },
        { "pupilId": YUI, "weather": "SUNNY", "day": "2026-09-01" }, { "pupilId": HARUTO, "weather": "SUNNY" },
        { "pupilId": "x", "weather": "SUNNY" } ])).await;
    assert_eq!(answer["recorded"], 2);
    let refused: Vec<_> = answer["rejected"].as_array().unwrap().iter().map(|r| (r["index"].as_u64().unwrap(), r["code"].as_str().unwrap())).collect();
    assert_eq!(refused, [(2, "NOT_FOUND"), (3, "IN_THE_FUTURE"), (4, "OUT_OF_RANGE"), (5, "CONFLICT"), (6, "INVALID_ID")]);
    assert_eq!(record(&school.person("portal"), json!([])).await["userErrors"][0]["code"], "EMPTY");
    assert_eq!(record(&school.person("stranger"), json!([{ "pupilId": AOI, "weather": "SUNNY" }])).await["recorded"], 0);
}

#[tokio::test]
async fn moods_are_read_by_those_who_look_after_the_pupil() {
    let school = School::open().await;
    record(&school.person("portal"), json!([{ "pupilId": REN, "weather": "RAINY" }, { "pupilId": AOI, "weather": "RAINY" }])).await;
    let hugo = school.person("hugo");
    assert_eq!(moods(&hugo, REN).await[0]["weather"], "RAINY");
    let document = format!("{{ pupil(id: \"{AOI}\") {{ moods(from: \"{TODAY}\", to: \"{TODAY}\") {{ weather }} }} }}");
    assert_eq!(school.person("portal").ask(&document, json!({})).await.code(), "FORBIDDEN", "an app sends them and cannot read them back");
    let secret = school.pupil_token(AOI).await;
    let readers = school.bearer(&secret).ask(&format!("{{ pupil(id: \"{AOI}\") {{ moodReaders {{ name kana duty }} }} }}"), json!({})).await;
    assert_eq!(readers.data("/pupil/moodReaders"), &json!([
        { "name": "有村 安奈", "kana": "アリムラ アンナ", "duty": "HOMEROOM_TEACHER" },
        { "name": "日向 悟", "kana": "ヒュウガ サトル", "duty": "HEAD" } ]), "the pupil knows who reads it");
}
