//! Attendance and moods in the analysis: what counts as an absence, and what says nothing.
use asagao_tests::full_class::{YESTERDAY, pupil, school_days};
use asagao_tests::{CLASS_5_2, Person, School};
use serde_json::{Value, json};
use uuid::Uuid;

/// Marks the last `days` school days of a pupil with a kind and the rest of the class and of the days as present.
async fn register(school: &School, absent: &[(Uuid, usize, &str)]) {
    let days = school_days();
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { rejected { code } userErrors { code } } }";
    for (at, day) in days.iter().enumerate() {
        let away = absent.iter().filter(|(_, last, _)| at + last >= days.len());
        let marks: Vec<Value> = away.map(|(pupil, _, kind)| json!({ "pupilId": pupil, "kind": kind })).collect();
        let input = json!({ "classId": CLASS_5_2, "day": day.to_string(), "marks": marks });
        let answer = school.person("ana").ask(document, json!({ "input": input })).await;
        assert_eq!(answer.data("/takeAttendance"), &json!({ "rejected": [], "userErrors": [] }));
    }
}

async fn feel(school: &School, pupil: Uuid, weathers: &[Value]) {
    let days = school_days();
    let moods: Vec<Value> = days.iter().rev().zip(weathers).map(|(day, weather)| json!({ "pupilId": pupil, "day": day.to_string(), "weather": weather })).collect();
    let document = "mutation ($moods: [MoodInput!]!) { recordMoods(input: { moods: $moods }) { rejected { code } userErrors { code } } }";
    let answer = school.person("portal").ask(document, json!({ "moods": moods })).await;
    assert_eq!(answer.data("/recordMoods"), &json!({ "rejected": [], "userErrors": [] }));
}

/// The rules and the strongest reasons of the flag of a pupil by number, after an analysis as of yesterday; `None` without a flag.
async fn flag(person: &Person<'_>, number: u64) -> Option<(Vec<String>, Vec<String>)> {
    let run = "mutation ($class: ID!, $day: Date!) { analyze(input: { classId: $class, asOf: $day }) { userErrors { code } } }";
    assert_eq!(person.ask(run, json!({ "class": CLASS_5_2, "day": YESTERDAY })).await.data("/analyze/userErrors"), &json!([]));
    let document = "query ($class: ID!) { supportFlags(classId: $class) { nodes { pupil { number } rules { text } strongest { text domain } } } }";
    let answer = person.ask(document, json!({ "class": CLASS_5_2 })).await;
    let nodes = answer.data("/supportFlags/nodes").as_array().expect("a list").clone();
    let found = nodes.into_iter().find(|flag| flag["pupil"]["number"] == json!(number))?;
    let texts = |field: &str| found[field].as_array().expect("a list").iter().map(|of| of["text"].as_str().expect("a sentence").to_owned()).collect();
    Some((texts("rules"), texts("strongest")))
}

async fn scores(person: &Person<'_>) -> Value {
    let run = "mutation ($class: ID!, $day: Date!) { analyze(input: { classId: $class, asOf: $day }) { runs { schoolDays scores { pupilId score } } } }";
    person.ask(run, json!({ "class": CLASS_5_2, "day": YESTERDAY })).await.data("/analyze/runs/0").clone()
}

#[tokio::test]
async fn three_absences_in_a_row_are_pointed_to() {
    let school = School::open().await;
    school.fill_class().await;
    register(&school, &[(pupil(20), 3, "ILLNESS")]).await;
    let (rules, reasons) = flag(&school.person("ana"), 20).await.expect("a flag");
    assert_eq!(rules, ["欠席が3授業日続いています"]);
    assert!(reasons.iter().any(|reason| reason.contains("欠席")), "{reasons:?}");
}

#[tokio::test]
async fn trap_5_absence_within_fewer_than_ten_school_days_makes_no_flag() {
    let school = School::open().await;
    school.fill_class().await;
    register(&school, &[(pupil(20), 20, "ILLNESS")]).await;
    let ana = school.person("ana");
    let run = "mutation ($class: ID!, $day: Date!) { analyze(input: { classId: $class, asOf: $day }) { runs { withheld } userErrors { code } } }";
    let early = ana.ask(run, json!({ "class": CLASS_5_2, "day": school_days()[8].to_string() })).await;
    assert_eq!(early.data("/analyze/runs/0/withheld"), "TOO_FEW_SCHOOL_DAYS");
    let flags = "query ($class: ID!) { supportFlags(classId: $class) { nodes { pupil { number } } } }";
    assert_eq!(ana.ask(flags, json!({ "class": CLASS_5_2 })).await.data("/supportFlags/nodes"), &json!([]), "nine days, all of them absent");
    let (rules, _) = flag(&ana, 20).await.expect("a flag");
    assert_eq!(rules[0], "欠席が20授業日続いています");
}

#[tokio::test]
async fn days_that_count_as_suspension_or_mourning_are_no_absences() {
    let school = School::open().await;
    school.fill_class().await;
    let before = scores(&school.person("ana")).await;
    register(&school, &[(pupil(20), 5, "SUSPENDED"), (pupil(21), 4, "MOURNING")]).await;
    assert_eq!(flag(&school.person("ana"), 20).await, None);
    assert_eq!(flag(&school.person("ana"), 21).await, None);
    assert_eq!(scores(&school.person("ana")).await, before, "a register in which nobody is absent changes no score");
}

#[tokio::test]
async fn trap_6_a_mood_that_is_not_entered_or_skipped_is_not_a_bad_one() {
    let school = School::open().await;
    school.fill_class().await;
    let before = scores(&school.person("ana")).await;
    feel(&school, pupil(20), &[Value::Null, Value::Null, Value::Null]).await;
    assert_eq!(scores(&school.person("ana")).await, before);
    assert_eq!(flag(&school.person("ana"), 20).await, None);
    feel(&school, pupil(20), &[json!("STORMY"), json!("RAINY"), json!("RAINY")]).await;
    let (rules, _) = flag(&school.person("ana"), 20).await.expect("a flag");
    assert_eq!(rules, ["心の天気のあめ・かみなりが3回続いています"]);
}

#[tokio::test]
async fn homework_on_a_sunday_makes_no_school_day_once_attendance_is_taken() {
    let school = School::open().await;
    school.fill_class().await;
    register(&school, &[]).await;
    let answer = school.person("drill").record(&[asagao_tests::full_class::lesson(pupil(9), 9, "2026-11-22".parse().unwrap())]).await;
    assert_eq!(answer["accepted"], 1);
    assert_eq!(scores(&school.person("ana")).await["schoolDays"], 20);
}
