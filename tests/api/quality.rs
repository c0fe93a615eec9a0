//! How good the flags were: what is counted, who is told what, and what groups fared like.
use asagao::config::{Command, Config};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::{YESTERDAY, lesson, pupil};
use asagao_tests::{AOI, CLASS_5_2, HARUTO, HIBARINO, KAEDE, MINATO, MIZUUMI, Person, School, TODAY, TSUMUGI, YUI};
use chrono::{Datelike, NaiveDate, TimeDelta};
use clap::Parser;
use serde_json::{Value, json};
use std::fmt::Write;
use uuid::Uuid;

const QUALITY: &str = "query ($school: ID) { analysisQuality(schoolId: $school, year: 2026) { step
    weeks { week asOf settled counts { pupils watch support useful alreadyKnown notRight known outcome places hits keptShare overlap flaggedAgain } }
    total { pupils watch support useful alreadyKnown notRight usefulShare known outcome places hits precision baseRate precisionByAbsence
        precisionByWork precisionByActivity flaggedAgain keptShare overlap } } }";

async fn quality(person: &Person<'_>, school: Option<Uuid>) -> Value {
    person.ask(QUALITY, json!({ "school": school })).await.data("/analysisQuality").clone()
}

async fn analyse(person: &Person<'_>, as_of: &str) {
    let run = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{as_of}\" }}) {{ userErrors {{ code }} runs {{ withheld }} }} }}");
    assert_eq!(person.ask(&run, json!({})).await.data("/analyze"), &json!({ "userErrors": [], "runs": [{ "withheld": null }] }));
}

/// Everybody of the class with the number.
fn everybody() -> impl Iterator<Item = (Uuid, u64)> {
    [AOI, HARUTO, KAEDE, MINATO, TSUMUGI, YUI].into_iter().zip(1..).chain((7..=22).map(|number| (pupil(number), number)))
}

/// An answer to the one flag of 朝倉 葵.
async fn answer(person: &Person<'_>, answer: &str) {
    let flags = format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ id pupil {{ id }} }} }} }}");
    let flags = person.ask(&flags, json!({})).await;
    let flag = flags.data("/supportFlags/nodes").as_array().expect("a list").iter().find(|flag| flag["pupil"]["id"] == json!(AOI)).expect("a flag")["id"].clone();
    let review = "mutation ($flag: ID!, $answer: SupportFlagAnswer!) { reviewSupportFlag(input: { flagId: $flag, answer: $answer }) { userErrors { code } } }";
    let reply = person.ask(review, json!({ "flag": flag, "answer": answer })).await;
    assert_eq!(reply.data("/reviewSupportFlag/userErrors"), &json!([]));
}

/// The filled class, analysed and answered; then four weeks in which everybody works and is there but 朝倉 葵, who is away on every fifth
/// day; then analysed again.
async fn winter() -> School {
    let mut school = School::open().await;
    let from = TODAY.parse().expect("a date");
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, from)]).await;
    school.fill_class().await;
    let ana = school.person("ana");
    analyse(&ana, "2026-11-16").await;
    analyse(&ana, YESTERDAY).await;
    answer(&ana, "ALREADY_KNOWN").await;
    answer(&ana, "USEFUL").await;
    school.clock.advance(TimeDelta::days(30));
    let first: NaiveDate = "2026-11-24".parse().expect("a date");
    let days: Vec<NaiveDate> = first.iter_days().take(30).filter(|day| day.weekday().number_from_monday() < 6).collect();
    let take = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { userErrors { code } rejected { code } } }";
    for (at, day) in days.iter().enumerate() {
        let lessons: Vec<Value> =
            everybody().filter(|(pupil, _)| *pupil != AOI).map(|(pupil, number)| lesson(pupil, number, *day)).collect();
        school.person("drill").record(&lessons).await;
        let marks = if at % 5 == 0 { json!([{ "pupilId": AOI, "kind": "ILLNESS" }]) } else { json!([]) };
        let taken = ana.ask(take, json!({ "input": { "classId": CLASS_5_2, "day": day, "marks": marks } })).await;
        assert_eq!(taken.data("/takeAttendance"), &json!({ "userErrors": [], "rejected": [] }));
    }
    analyse(&ana, "2026-12-23").await;
    school
}

#[tokio::test]
async fn flags_answers_and_what_became_of_the_pupils_are_counted_by_week() {
    let school = winter().await;
    let hugo = school.person("hugo");
    let found = quality(&hugo, Some(HIBARINO)).await;
    assert_eq!(found["step"], Value::Null, "the head sees the flags anyway");
    let weeks = found["weeks"].as_array().unwrap();
    let when: Vec<_> = weeks.iter().map(|week| json!([week["week"], week["asOf"], week["settled"]])).collect();
    assert_eq!(when, [
        json!(["2026-11-16", "2026-11-16", true]),
        json!(["2026-11-23", "2026-11-23", true]),
        json!(["2026-12-21", "2026-12-23", false]),
    ]);
    let counts = &weeks[1]["counts"];
    assert_eq!((&counts["pupils"], &counts["known"], &counts["outcome"]), (&json!(22), &json!(22), &json!(1)), "{counts}");
    assert_eq!((&counts["useful"], &counts["alreadyKnown"], &counts["hits"]), (&json!(1), &json!(0), &json!(1)), "the second answer stands: {counts}");
    let flags = format!("{{ class(id: \"{CLASS_5_2}\") {{ lastRun {{ scores {{ level }} }} }} }}");
    let levels = hugo.ask(&flags, json!({})).await.data("/class/lastRun/scores").clone();
    let of_run = |level: &str| levels.as_array().unwrap().iter().filter(|score| score["level"] == level).count();
    let last = &weeks[2]["counts"];
    assert_eq!((&last["watch"], &last["support"]), (&json!(of_run("WATCH")), &json!(of_run("SUPPORT"))));
    assert_eq!((&last["known"], &last["flaggedAgain"]), (&json!(0), &json!(0)), "no analysis a week before, nothing known yet");
    assert!(counts["flaggedAgain"].as_u64().unwrap() >= 1 && counts["keptShare"].as_f64().unwrap() > 0.0, "{counts}");
    let total = &found["total"];
    let sum: u64 = weeks.iter().map(|week| week["counts"]["watch"].as_u64().unwrap()).sum();
    assert_eq!((&total["watch"], &total["usefulShare"]), (&json!(sum), &json!(1.0)));
    let places = weeks[0]["counts"]["places"].as_f64().unwrap() + weeks[1]["counts"]["places"].as_f64().unwrap();
    let hits = weeks[0]["counts"]["hits"].as_f64().unwrap() + 1.0;
    assert_eq!((&total["precision"], &total["baseRate"]), (&json!(hits / places), &json!(2.0 / 44.0)));
    assert!(total["precisionByWork"].as_f64().unwrap() > 0.0, "who had handed in nothing is among the first: {total}");
    let again = hugo.ask(QUALITY, json!({ "school": HIBARINO })).await;
    assert!(again.queries() <= 4, "{} statements: nothing is counted anew at a click", again.queries());
}

#[tokio::test]
async fn a_second_analysis_in_a_week_replaces_the_first_and_a_replay_counts_for_nothing() {
    let school = School::open().await;
    school.fill_class().await;
    let ana = school.person("ana");
    analyse(&ana, "2026-11-16").await;
    analyse(&ana, "2026-11-18").await;
    let replay = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"2026-11-20\", knownAt: \"2026-11-21T00:00:00+09:00\" }}) {{ userErrors {{ code }} }} }}");
    ana.ask(&replay, json!({})).await;
    let found = quality(&school.person("hugo"), Some(HIBARINO)).await;
    let when: Vec<_> = found["weeks"].as_array().unwrap().iter().map(|week| week["asOf"].clone()).collect();
    assert_eq!(when, ["2026-11-18"]);
    assert_eq!(found["total"]["pupils"], 22, "nobody is counted twice");
    assert_eq!(school.count("analysis_quality", "1 = 1").await, 1);
}

#[tokio::test]
async fn an_analysis_made_long_after_its_day_is_not_judged_and_no_answer_is_lost() {
    let school = winter().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    let when = |found: &Value| -> Vec<Value> { found["weeks"].as_array().expect("a list").iter().map(|week| week["asOf"].clone()).collect() };
    let before = quality(&hugo, Some(HIBARINO)).await;
    analyse(&ana, "2026-11-18").await;
    assert_eq!(when(&quality(&hugo, Some(HIBARINO)).await), when(&before), "nobody saw these flags in November");
    // Answered in the vacation, in a week without an analysis.
    school.clock.advance(TimeDelta::days(9));
    answer(&ana, "NOT_RIGHT").await;
    analyse(&ana, "2026-12-24").await;
    let found = quality(&hugo, Some(HIBARINO)).await;
    assert_eq!(found["weeks"][2]["counts"]["notRight"], 1, "{found}");
    assert_eq!(found["total"]["notRight"], 1);
}

#[tokio::test]
async fn the_board_is_told_steps_alone_and_others_nothing() {
    let school = winter().await;
    let board = school.person("board");
    let found = quality(&board, Some(HIBARINO)).await;
    assert_eq!((&found["step"], &found["total"]["pupils"], &found["total"]["support"]), (&json!(10), &json!(60), &Value::Null));
    let told = |counts: &Value| {
        let shares = ["usefulShare", "precision", "baseRate", "precisionByAbsence", "precisionByWork", "precisionByActivity", "keptShare", "overlap"];
        for (name, count) in counts.as_object().unwrap().iter().filter(|(name, count)| !shares.contains(&name.as_str()) && !count.is_null()) {
            assert!(count.as_u64().is_some_and(|count| count > 0 && count % 10 == 0), "{name}: {count}");
        }
        assert!(shares.iter().all(|name| counts.get(*name).is_none_or(Value::is_null)), "a share of small counts is one of single pupils: {counts}");
    };
    told(&found["total"]);
    found["weeks"].as_array().unwrap().iter().for_each(|week| told(&week["counts"]));
    assert_eq!(quality(&board, None).await["total"], found["total"], "the other school adds nothing");
    assert_eq!(quality(&board, Some(MIZUUMI)).await["weeks"], json!([]));
    assert_eq!(quality(&school.person("mari"), Some(HIBARINO)).await, Value::Null, "the head of another school");
    assert_eq!(quality(&school.person("mari"), None).await["weeks"], json!([]));
    for stranger in ["ana", "portal"] {
        assert_eq!(school.person(stranger).ask(QUALITY, json!({ "school": HIBARINO })).await.code(), "FORBIDDEN");
    }
    let wrong = school.person("hugo").ask("{ analysisQuality(year: 1999) { step } }", json!({})).await;
    assert_eq!(wrong.code(), "BAD_INPUT");
}

#[tokio::test]
async fn the_page_says_what_the_figures_mean_and_what_is_not_there_yet() {
    let school = School::open().await;
    let page = school.visitor_as("hugo").await.get("/quality").await;
    assert!(page.text.contains("まだ数えられていません"), "{}", page.text);
    let school = winter().await;
    let page = school.visitor_as("hugo").await.get("/quality").await;
    for words in ["知らせのふりかえり", "週ごとの知らせ", "<svg class=\"chart weeks\"", "役に立った", "欠席の多い順に同じ人数", "高いほどよい数字ではありません"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(page.text.contains("href=\"/quality\"") && !page.text.contains("きざみ"));
    let page = school.visitor_as("board").await.get("/quality").await;
    assert!(page.text.contains("10人（件）きざみ") && page.text.contains("10未満") && page.text.contains("示せるほどの数は、まだありません"), "{}", page.text);
    assert!(!page.text.contains("朝倉"), "no child");
    let page = school.visitor_as("ana").await.get("/quality").await;
    assert_eq!(page.status, 404);
}

#[tokio::test]
async fn the_command_tells_whether_groups_that_the_analysis_does_not_know_are_flagged_alike() {
    let school = winter().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("groups.csv");
    let mut text = String::from("pupil,attribute\n");
    everybody().for_each(|(pupil, number)| writeln!(text, "{pupil},{}", if number % 2 == 0 { "甲" } else { "乙" }).expect("text"));
    std::fs::write(&file, text).expect("a file");
    let run = async |words: &[&str]| {
        let line = ["asagao", "quality", "--year", "2026"].into_iter().chain(words.iter().copied());
        let Command::Quality(asked) = Config::try_parse_from(line).expect("a right line").command else { panic!("another command") };
        school.quality(&asked).await.expect("the command runs")
    };
    let code = HIBARINO.to_string();
    let report = run(&["--school", &code, "--attributes", file.to_str().expect("a path")]).await;
    assert_eq!((&report["year"], &report["step"], &report["weeks"][1]["counts"]["useful"]), (&json!(2026), &Value::Null, &json!(1)));
    let audit = &report["byAttribute"];
    assert_eq!((&audit["known"], &audit["withAttribute"]), (&json!(20), &json!(20)), "22, of the latest analysis of which it is known");
    let groups: Vec<_> = audit["groups"].as_array().unwrap().iter().map(|of| json!([of["value"], of["known"], of["outcome"]])).collect();
    assert_eq!(groups, [json!(["乙", 11, 1]), json!(["甲", 11, 0])]);
    assert_eq!((&audit["differences"][0]["value"], &audit["differences"][0]["flagDifference"]), (&json!("乙"), &Value::Null), "nobody of 甲 had it");
    assert_eq!(school.holding("乙").await, Vec::<String>::new(), "the file is not stored");
    let board = run(&["--board"]).await;
    assert_eq!((&board["total"], &board["byAttribute"]), (&report["total"], &Value::Null));
    assert!(Config::try_parse_from(["asagao", "quality"]).is_err(), "whose?");
}

#[tokio::test]
async fn what_there_was_before_the_figures_is_counted_when_the_command_runs() {
    let school = winter().await;
    let before = quality(&school.person("hugo"), Some(HIBARINO)).await;
    school.tamper("DELETE FROM analysis_quality").await;
    assert_eq!(quality(&school.person("hugo"), Some(HIBARINO)).await["weeks"], json!([]));
    let line = ["asagao", "quality", "--board", "--year", "2026"];
    let Command::Quality(asked) = Config::try_parse_from(line).expect("a right line").command else { panic!("another command") };
    school.quality(&asked).await.expect("the command runs");
    assert_eq!(quality(&school.person("hugo"), Some(HIBARINO)).await, before);
}
