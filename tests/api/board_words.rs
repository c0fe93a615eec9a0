//! The board's words: moods of its own, while apps that know the four weathers go on as before.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::{AOI, HARUTO, Person, School, TODAY};
use serde_json::{Value, json};

async fn school() -> School {
    let mut school = School::open().await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, TODAY.parse().expect("a date"))]).await;
    school
}

fn mood(code: &str, weather: &str, low: bool) -> Value {
    json!({ "kind": "MOOD", "code": code, "label": code, "weather": weather, "low": low, "place": 15 })
}

async fn save(person: &Person<'_>, input: Value) -> Value {
    let document = "mutation ($input: SaveBoardWordInput!) { saveBoardWord(input: $input) { word { code label low } userErrors { code field } } }";
    person.ask(document, json!({ "input": input })).await.data("/saveBoardWord").clone()
}

async fn feel(school: &School, mood: Value) -> Value {
    let document = "mutation ($moods: [MoodInput!]!) { recordMoods(input: { moods: $moods }) { recorded rejected { code field } } }";
    school.person("portal").ask(document, json!({ "moods": [mood] })).await.data("/recordMoods").clone()
}

async fn felt(school: &School, pupil: uuid::Uuid) -> Value {
    let document = "query ($id: ID!) { pupil(id: $id) { moods(from: \"2026-11-24\", to: \"2026-11-24\") { weather word label } } }";
    school.person("ana").ask(document, json!({ "id": pupil })).await.data("/pupil/moods/0").clone()
}

#[tokio::test]
async fn the_board_sets_its_own_moods_and_old_apps_go_on() {
    let school = school().await;
    let board = school.person("board");
    feel(&school, json!({ "pupilId": AOI, "weather": "SUNNY" })).await;
    assert_eq!(save(&board, mood("RAINBOW", "SUNNY", false)).await["userErrors"], json!([]));
    let retired = asagao_tests::with(mood("SUNNY", "SUNNY", false), json!({ "retiredOn": TODAY, "label": "はれ" }));
    assert_eq!(save(&board, retired).await["userErrors"], json!([]));
    assert_eq!(felt(&school, AOI).await, json!({ "weather": "SUNNY", "word": "SUNNY", "label": "はれ" }), "what was said stays what it was");
    assert_eq!(feel(&school, json!({ "pupilId": HARUTO, "word": "RAINBOW" })).await["recorded"], 1);
    assert_eq!(felt(&school, HARUTO).await, json!({ "weather": "SUNNY", "word": "RAINBOW", "label": "RAINBOW" }));
    feel(&school, json!({ "pupilId": AOI, "weather": "SUNNY" })).await;
    assert_eq!(felt(&school, AOI).await["word"], "RAINBOW", "an app that knows the picture alone says the word that has it");
    let refused = feel(&school, json!({ "pupilId": AOI, "word": "SUNNY" })).await;
    assert_eq!(refused["rejected"], json!([{ "code": "NOT_FOUND", "field": "word" }]), "what is not offered any more");
    let offered = board.ask("{ boardWords(kind: MOOD) { code } }", json!({})).await;
    assert_eq!(offered.data("/boardWords"), &json!([{ "code": "RAINBOW" }, { "code": "CLOUDY" }, { "code": "RAINY" }, { "code": "STORMY" }]));
}

#[tokio::test]
async fn a_word_that_was_said_is_not_counted_otherwise_and_there_are_three_to_six_moods() {
    let school = school().await;
    let board = school.person("board");
    feel(&school, json!({ "pupilId": AOI, "weather": "CLOUDY" })).await;
    assert_eq!(save(&board, mood("CLOUDY", "CLOUDY", true)).await["userErrors"], json!([{ "code": "CONFLICT", "field": "low" }]));
    assert_eq!(save(&board, mood("CLOUDY", "CLOUDY", false)).await["word"]["label"], "CLOUDY", "its name may change");
    assert_eq!(save(&board, mood("RAINY", "RAINY", false)).await["userErrors"], json!([]), "nobody has said it yet");
    for code in ["FIVE", "SIX"] {
        assert_eq!(save(&board, mood(code, "SUNNY", false)).await["userErrors"], json!([]));
    }
    assert_eq!(save(&board, mood("SEVEN", "SUNNY", false)).await["userErrors"], json!([{ "code": "OUT_OF_RANGE", "field": "retiredOn" }]));
    for (input, field) in [
        (asagao_tests::with(mood("SIX", "SUNNY", false), json!({ "weather": null })), "weather"),
        (json!({ "kind": "SYMPTOM", "code": "X", "label": "x", "place": 1, "low": true }), "low"),
        (json!({ "kind": "SYMPTOM", "code": "x", "label": "x", "place": 1 }), "code"),
        (json!({ "kind": "SYMPTOM", "code": "X", "label": " ", "place": 1 }), "label"),
        (json!({ "kind": "SYMPTOM", "code": "X", "label": "a\nb\nc", "place": 1 }), "label"),
        (json!({ "kind": "SYMPTOM", "code": "X", "label": "x", "place": 1001 }), "place"),
    ] {
        assert_eq!(save(&board, input).await["userErrors"][0]["field"], field);
    }
    assert_eq!(save(&board, json!({ "kind": "SYMPTOM", "code": "ITCH", "label": "かゆみ", "place": 95 })).await["userErrors"], json!([]));
    let document = "mutation { saveBoardWord(input: { kind: SYMPTOM, code: \"A\", label: \"a\", place: 1 }) { userErrors { code } } }";
    assert_eq!(school.person("hugo").ask(document, json!({})).await.code(), "FORBIDDEN");
    let code = school.pupil_token(AOI).await;
    let words = school.bearer(&code).ask("{ boardWords(kind: MOOD) { easy english portuguese } }", json!({})).await;
    assert_eq!(words.data("/boardWords/0/english"), "Sunny\nwell, happy");
}
