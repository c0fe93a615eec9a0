//! Runs of the analysis that are had again: the same to the bit, whatever came later, or what differs in words.
use crate::calendar;
use asagao::command;
use asagao::config::Config;
use asagao_tests::full_class::{YESTERDAY, lesson, pupil, school_days};
use asagao_tests::{CLASS_5_1, CLASS_5_2, HIBARINO, REN, School, enrolment, with};
use chrono::{NaiveDate, TimeDelta};
use clap::Parser;
use serde_json::{Value, json};
use std::process::ExitCode;
use uuid::Uuid;

const RUN: &str = "mutation ($input: AnalyzeInput!) { analyze(input: $input) { userErrors { code } runs {
    id knownAt version inputDigest watermark seed schoolDays cohortSize stability groups { name size } scores { pupilId score sum level } } } }";

async fn analyze(school: &School, class: Uuid, known_at: Option<&Value>) -> Value {
    let input = json!({ "classId": class, "asOf": YESTERDAY, "knownAt": known_at });
    school.person("hugo").ask(RUN, json!({ "input": input })).await.data("/analyze/runs/0").clone()
}

fn id(run: &Value) -> Uuid {
    run["id"].as_str().and_then(|id| id.parse().ok()).expect("the id of a run")
}

/// What a run found, without the ids and times of its own.
fn found(run: &Value) -> Value {
    with(run.clone(), json!({ "id": null, "knownAt": null, "watermark": null }))
}

async fn take(school: &School, day: NaiveDate, marks: Value) {
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { rejected { code } userErrors { code } } }";
    let input = json!({ "classId": CLASS_5_2, "day": day.to_string(), "marks": marks, "reason": "書きまちがい" });
    let answer = school.person("ana").ask(document, json!({ "input": input })).await;
    assert_eq!(answer.data("/takeAttendance"), &json!({ "rejected": [], "userErrors": [] }));
}

async fn feel(school: &School, day: NaiveDate, weather: Value) {
    let document = "mutation ($moods: [MoodInput!]!) { recordMoods(input: { moods: $moods }) { rejected { code } userErrors { code } } }";
    let moods = json!([{ "pupilId": pupil(12), "day": day.to_string(), "weather": weather }]);
    let answer = school.person("portal").ask(document, json!({ "moods": moods })).await;
    assert_eq!(answer.data("/recordMoods"), &json!({ "rejected": [], "userErrors": [] }));
}

fn assignment(week: u8) -> Uuid {
    Uuid::new_v5(&CLASS_5_2, &[week])
}

fn waived(pupil: Uuid, week: u8) -> Value {
    json!({ "id": Uuid::new_v5(&pupil, b"waived"), "pupilId": pupil, "classId": CLASS_5_2, "verb": "WAIVED", "objectId": assignment(week),
        "objectKind": "ASSIGNMENT", "occurredAt": "2026-11-20T09:00:00+09:00" })
}

/// A full class with marks of attendance, a mood, and work that somebody is let off.
async fn full() -> School {
    let school = School::open().await;
    school.fill_class().await;
    for (at, day) in school_days().into_iter().enumerate() {
        let away = if at % 4 == 0 { json!([{ "pupilId": pupil(20), "kind": "ILLNESS" }]) } else { json!([]) };
        take(&school, day, away).await;
        feel(&school, day, json!(if at % 3 == 0 { "RAINY" } else { "SUNNY" })).await;
    }
    assert_eq!(school.person("drill").record(&[waived(pupil(9), 0)]).await["accepted"], 1);
    school
}

/// The usual roster again, after two of its rows were changed.
async fn correct_roster(school: &School) {
    let mut package = School::full_roster();
    package.change("classes.csv", &format!("{CLASS_5_2},5年2組,homeroom"), &format!("{CLASS_5_2},6年2組,homeroom"));
    let row = format!("{CLASS_5_2},6年2組,homeroom,{HIBARINO}");
    let line = package.text("classes.csv").lines().find(|line| line.starts_with(&row)).expect("the class").to_owned();
    package.change("classes.csv", &line, &line.replace(",P5,", ",P6,"));
    let id = enrolment(pupil(22), CLASS_5_2);
    let row = format!("{id},{CLASS_5_2},{HIBARINO},{},student,,2026-04-01,,22", pupil(22));
    package.change("enrollments.csv", &row, &row.replace("2026-04-01", "2026-11-10"));
    assert_eq!(school.import(&package).await.problems, []);
}

/// Everything of the days before that can come later, be corrected or taken back.
async fn all_that_comes_later(school: &School) {
    let days = school_days();
    let (drill, hugo) = (school.person("drill"), school.person("hugo"));
    // Offline for long: activities of a day that was analysed; and one that is taken back.
    let late = with(lesson(pupil(8), 8, days[17]), json!({ "id": Uuid::new_v5(&pupil(8), b"late"), "count": 90 }));
    assert_eq!(drill.record(&[late]).await["accepted"], 1);
    let gone = Uuid::new_v5(&pupil(15), days[19].to_string().as_bytes());
    assert_eq!(drill.withdraw(&[(pupil(15), gone)], "まちがい").await["withdrawn"], 1);
    // Work: a mark comes, somebody is let off, an assignment is due on another day and counts more.
    let marked = json!({ "id": Uuid::new_v5(&pupil(10), b"marked"), "pupilId": pupil(10), "classId": CLASS_5_2, "verb": "SCORED",
        "objectId": assignment(1), "objectKind": "ASSIGNMENT", "occurredAt": format!("{}T17:00:00+09:00", days[18]), "score": { "raw": 5, "max": 100 } });
    assert_eq!(drill.record(&[marked, waived(pupil(11), 2)]).await["accepted"], 2);
    let moved = json!({ "id": assignment(3), "classId": CLASS_5_2, "title": "第3週", "dueAt": format!("{}T16:00:00+09:00", days[19]), "weight": 5.0 });
    assert_eq!(drill.share(&[moved]).await["changed"], 1);
    // The register and the moods.
    take(school, days[18], json!([{ "pupilId": pupil(13), "kind": "ILLNESS" }])).await;
    feel(school, days[19], Value::Null).await;
    feel(school, days[18], json!("STORMY")).await;
    // The calendar, twice: the second time the year has another span.
    calendar::year(&hugo).await;
    let days_off = json!({ "schoolId": HIBARINO, "days": [{ "day": "2026-11-19", "kind": "HOLIDAY", "title": "創立記念日" }] });
    assert_eq!(calendar::set(&hugo, days_off).await["userErrors"], json!([]));
    correct_roster(school).await;
}

#[tokio::test]
async fn both_databases_print_the_same_digest() {
    let school = full().await;
    let run = analyze(&school, CLASS_5_2, None).await;
    assert_eq!(run["inputDigest"], "d31c9a767d6e8286a8a49fd01b49a44f86195d10d864aa5e4c9212374ce890bf");
    assert_eq!((&run["seed"], &run["watermark"]), (&json!(20_260_401), &json!("2026-11-23T23:20:00.000Z")));
}

#[tokio::test]
async fn what_comes_later_is_not_seen_by_a_run_that_is_had_again() {
    let school = full().await;
    let (run, small) = (analyze(&school, CLASS_5_2, None).await, analyze(&school, CLASS_5_1, None).await);
    assert_eq!(small["cohortSize"], 23, "compared with the grade");
    assert_eq!(school.rerun(id(&run)).await, Some(vec![]));
    school.clock.advance(TimeDelta::minutes(10));
    let moved = school.count("support_flag_event", "1 = 1").await;
    all_that_comes_later(&school).await;
    let runs = school.count("analysis_run", "1 = 1").await;
    assert_eq!(school.rerun(id(&run)).await, Some(vec![]));
    assert_eq!(school.rerun(id(&small)).await, Some(vec![]), "the other class was of this grade then");
    assert_eq!((school.count("support_flag_event", "1 = 1").await, school.count("analysis_run", "1 = 1").await), (moved, runs));
    let then = analyze(&school, CLASS_5_2, Some(&run["knownAt"])).await;
    assert_eq!(found(&then), found(&run));
    let now = analyze(&school, CLASS_5_2, None).await;
    assert_ne!(now["inputDigest"], run["inputDigest"]);
    assert_eq!(now["watermark"], "2026-11-23T23:30:00.000Z", "the time of what came last");
    assert_eq!(school.rerun(id(&now)).await, Some(vec![]));
    assert_eq!(school.rerun(Uuid::nil()).await, None);
}

#[tokio::test]
async fn a_calendar_that_is_laid_out_anew_was_another_one_then() {
    let school = full().await;
    let hugo = school.person("hugo");
    calendar::year(&hugo).await;
    let run = analyze(&school, CLASS_5_2, None).await;
    school.clock.advance(TimeDelta::minutes(10));
    let anew = json!({ "schoolId": HIBARINO, "year": 2026, "begins": "2026-11-10" });
    assert_eq!(calendar::lay_out(&hugo, anew).await["userErrors"], json!([]));
    assert_eq!(school.rerun(id(&run)).await, Some(vec![]));
}

#[tokio::test]
async fn each_kind_of_later_record_would_be_told_if_it_were_seen() {
    let school = full().await;
    let run = analyze(&school, CLASS_5_2, None).await;
    school.clock.advance(TimeDelta::minutes(10));
    all_that_comes_later(&school).await;
    // As if all of it had been received in time.
    school.tamper("UPDATE analysis_run SET known_at = '2026-11-23T23:40:00+00:00'").await;
    school.clock.advance(TimeDelta::minutes(20));
    let differences = school.rerun(id(&run)).await.expect("a run");
    assert!(differences.iter().any(|line| line.starts_with("the input's digest: it was")), "{differences:?}");
    assert!(differences.iter().any(|line| line.contains(&pupil(15).to_string()) && line.contains("score was")), "{differences:?}");
}

#[tokio::test]
async fn a_pupil_who_is_kept_out_since_is_told_first() {
    let school = full().await;
    let document = "mutation ($input: ChooseAnalysisInput!) { chooseAnalysis(input: $input) { keptOut userErrors { code } } }";
    let choose = async |of: Uuid, out: bool| {
        school.clock.advance(TimeDelta::minutes(1));
        let answer = school.person("hugo").ask(document, json!({ "input": { "pupilId": of, "keepOut": out } })).await;
        assert_eq!(answer.data("/chooseAnalysis/userErrors"), &json!([]));
        school.clock.advance(TimeDelta::minutes(1));
    };
    choose(pupil(7), true).await;
    let run = analyze(&school, CLASS_5_2, None).await;
    choose(pupil(7), false).await;
    assert_eq!(school.rerun(id(&run)).await, Some(vec![]), "whoever was kept out then is left out again");
    choose(pupil(16), true).await;
    let differences = school.rerun(id(&run)).await.expect("a run");
    assert_eq!(differences[0], format!("pupil {}: kept out of the analysis since then", pupil(16)));
    assert!(differences.iter().any(|line| line.contains("the number of pupils compared: it was 21, it is 20")), "{differences:?}");
}

#[tokio::test]
async fn every_bit_of_what_is_stored_is_compared() {
    let school = full().await;
    let run = id(&analyze(&school, CLASS_5_2, None).await);
    let first = async || school.rerun(run).await.expect("a run").into_iter().next().unwrap_or_default();
    // Each statement undoes itself.
    for (change, said) in [
        ("UPDATE analysis_run SET stability = -stability", "how far the groupings agree: it was -"),
        ("UPDATE analysis_run SET cohort_size = 44 - cohort_size + 1", "the number of pupils compared: it was 23, it is 22"),
        ("UPDATE run_score SET score = -score", ": score was "),
        ("UPDATE run_score SET sum = -sum", ": sum was "),
        ("UPDATE run_score SET level = CASE level WHEN 'SUPPORT' THEN 'NONE' WHEN 'NONE' THEN 'SUPPORT' ELSE level END", ": level was "),
        ("UPDATE run_score SET group_number = -group_number - 1", ": group was -"),
        ("UPDATE support_flag_event SET kind = CASE kind WHEN 'RAISED' THEN 'ENDED' ELSE 'RAISED' END", ": had no flag, and gets one now"),
    ] {
        school.tamper(change).await;
        assert!(first().await.contains(said), "{change}: {}", first().await);
        school.tamper(change).await;
        assert_eq!(first().await, "", "{change}");
    }
    school.tamper("UPDATE analysis_run SET version = 'asagao-analytics 0.0.9', input_digest = NULL").await;
    assert!(first().await.starts_with("the model is another version: it was asagao-analytics 0.0.9, it is "));
    assert_eq!(school.rerun(run).await.map(|differences| differences.len()), Some(1), "what was not kept is not compared");
}

#[tokio::test]
async fn one_after_another_and_all_at_once_are_the_same() {
    let school = full().await;
    let alone = analyze(&school, CLASS_5_2, None).await;
    let (a, b, c) = tokio::join!(analyze(&school, CLASS_5_2, None), analyze(&school, CLASS_5_2, None), analyze(&school, CLASS_5_2, None));
    for run in [a, b, c] {
        assert_eq!(found(&run), found(&alone));
    }
}

#[tokio::test]
async fn the_command_ends_well_where_nothing_differs_and_not_where_something_does() {
    let school = full().await;
    let run = id(&analyze(&school, CLASS_5_2, None).await).to_string();
    let command = async |words: &[&str]| {
        let line = ["asagao", "--database-url", school.database_url(), "analyze"].into_iter().chain(words.iter().copied());
        command::run(Config::try_parse_from(line).expect("a command line that is right")).await
    };
    let code = |code: ExitCode| format!("{code:?}");
    assert_eq!(code(command(&["--rerun", &run]).await.expect("a run")), code(ExitCode::SUCCESS));
    school.tamper("UPDATE run_score SET certainty = certainty / 2").await;
    assert_eq!(code(command(&["--rerun", &run]).await.expect("a run")), code(ExitCode::FAILURE));
    assert!(command(&["--rerun", &REN.to_string()]).await.is_err(), "there is no such run");
    let both = ["asagao", "analyze", "--rerun", &run, "--as-of", YESTERDAY];
    assert!(Config::try_parse_from(both).is_err(), "a run has its day");
}
