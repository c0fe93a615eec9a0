//! `asagao retention`: what is due, deleting it, and that nothing else goes.
use asagao::command;
use asagao::config::Config;
use asagao_tests::{AOI, HARUTO, HIBARINO, MIZUUMI, School, YUI};
use clap::Parser;
use serde_json::json;

/// Runs a command as whoever runs the server.
async fn run(school: &School, words: &[&str]) {
    let line = ["asagao", "--database-url", school.database_url(), "retention"].into_iter().chain(words.iter().copied());
    let config = Config::try_parse_from(line).expect("a command line that is right");
    command::run(config).await.expect("the command runs");
}

#[tokio::test]
async fn the_command_deletes_what_is_due_and_neither_what_is_held_nor_what_was_not_named() {
    let school = School::open().await;
    let portal = school.person("portal");
    let document = "mutation ($moods: [MoodInput!]!) { recordMoods(input: { moods: $moods }) { recorded } }";
    let moods = json!([AOI, HARUTO, YUI].map(|pupil| json!({ "pupilId": pupil, "weather": "RAINY" })));
    assert_eq!(portal.ask(document, json!({ "moods": moods })).await.data("/recordMoods/recorded"), 3);
    // The command goes by the clock of the machine: what is long past is due whatever that says.
    school.tamper("UPDATE mood SET day = '2012-06-01'").await;
    let hold = format!("mutation {{ placeLegalHold(input: {{ pupilId: \"{AOI}\", reason: \"開示請求\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(school.person("hugo").ask(&hold, json!({})).await.data("/placeLegalHold/userErrors"), &json!([]));
    let moods = async || school.count("mood", "1 = 1").await;
    let (hibarino, mizuumi) = (HIBARINO.to_string(), MIZUUMI.to_string());
    run(&school, &["due"]).await;
    run(&school, &["delete", "--dry-run"]).await;
    run(&school, &["delete", "--kind", "attendance-register"]).await;
    run(&school, &["delete", "--school", &mizuumi]).await;
    assert_eq!(moods().await, 3, "another kind, another school, a dry run");
    run(&school, &["delete", "--kind", "mood", "--school", &hibarino]).await;
    assert_eq!(moods().await, 1);
    run(&school, &["delete"]).await;
    assert_eq!((moods().await, school.count("pupil", "1 = 1").await), (1, 8), "what is held stays, however often it is asked for");
}

#[test]
fn a_kind_that_there_is_not_is_told_with_those_that_there_are() {
    let line = ["asagao", "retention", "due", "--kind", "weather"];
    let told = Config::try_parse_from(line).expect_err("no such kind").to_string();
    assert!(told.contains("mood") && told.contains("attendance-register"), "{told}");
}
