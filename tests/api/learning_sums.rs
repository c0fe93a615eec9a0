//! How much is learnt in a whole school and in the whole board: what is added up, and who is told what.
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_graphql::access::right::Right;
use asagao_tests::full_class::{YESTERDAY, pupil};
use asagao_tests::{
    AOI, CLASS_4_1, CLASS_5_1, HARUTO, HIBARINO, KAEDE, LESSON, MINATO, MIZUUMI, Person, REN, SOTA, School, TODAY, TSUMUGI, YUI, activity,
    nth, with,
};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const COUNTS: &str = "pupils activities interactions atHome durationSeconds";

async fn of_school(person: &Person<'_>, school: Uuid, from: &str) -> Value {
    let document = format!(
        "query ($id: ID!, $from: Date!, $to: Date!) {{ school(id: $id) {{ learning(from: $from, to: $to) {{
            school {{ id }} days {{ day {COUNTS} }} total {{ {COUNTS} }} }} }} }}"
    );
    let answer = person.ask(&document, json!({ "id": school, "from": from, "to": TODAY })).await;
    answer.data("/school").get("learning").cloned().unwrap_or_default()
}

fn of_board() -> String {
    format!(
        "query ($from: Date!, $to: Date!) {{ board {{ learning(from: $from, to: $to) {{ step days {{ day {COUNTS} }} total {{ {COUNTS} }}
            schools {{ school {{ id }} days {{ day {COUNTS} }} total {{ {COUNTS} }} }} }} }} }}"
    )
}

async fn board(person: &Person<'_>, from: &str) -> Value {
    person.ask(&of_board(), json!({ "from": from, "to": TODAY })).await.data("/board/learning").clone()
}

/// The school with one who has each duty beside the usual people: the board's official, who has opened the record of 朝倉 葵, a program's duty over
/// the whole board, a grade, a lesson, a nurse.
async fn with_others() -> School {
    let mut school = School::open().await;
    let from: NaiveDate = TODAY.parse().expect("a date");
    let over = |id, kind, school, class| duty::new(id, kind, school, class, from);
    school.hire("board", |id| vec![over(id, DutyKind::BoardOfficial, None, None)]).await;
    school.hire("wide", |id| vec![over(id, DutyKind::App, None, None)]).await;
    school.hire("grade", |id| vec![Duty { grade: "P5".into(), ..over(id, DutyKind::GradeHead, Some(HIBARINO), None) }]).await;
    school.hire("subject", |id| vec![over(id, DutyKind::SubjectTeacher, Some(HIBARINO), Some(LESSON))]).await;
    school.hire("nurse", |id| vec![over(id, DutyKind::Nurse, Some(HIBARINO), None)]).await;
    let open = "mutation ($input: OpenRecordInput!) { openRecord(input: $input) { userErrors { code } } }";
    let input = json!({ "schoolId": HIBARINO, "name": "朝倉葵", "reason": "いじめの申し立ての調査のため" });
    assert_eq!(school.person("board").ask(open, json!({ "input": input })).await.data("/openRecord/userErrors"), &json!([]));
    school
}

#[tokio::test]
async fn a_day_is_the_sum_of_what_all_pupils_of_the_school_did() {
    let school = School::open().await;
    let drill = school.person("drill");
    let batch = [
        with(activity(1, AOI), json!({ "count": 3, "place": "HOME", "durationSeconds": 60 })),
        with(activity(2, AOI), json!({ "count": 2, "classId": null })),
        with(activity(1, HARUTO), json!({ "count": 5, "classId": LESSON, "durationSeconds": 0.25 })),
        with(activity(1, REN), json!({ "classId": CLASS_5_1 })),
        with(activity(1, KAEDE), json!({ "verb": "SCORED", "objectKind": "ASSIGNMENT", "count": 9, "score": { "raw": 8, "max": 10 } })),
        with(activity(3, AOI), json!({ "count": 4, "occurredAt": "2026-11-20T10:00:00+09:00" })),
        with(activity(4, AOI), json!({ "count": 100, "occurredAt": "2026-11-19T10:00:00+09:00" })),
    ];
    assert_eq!(drill.record(&batch).await["accepted"], 7);
    drill.withdraw(&[(AOI, nth(4))], "sent by mistake").await;
    let elsewhere = school.person("stranger").record(&[with(activity(1, SOTA), json!({ "count": 7, "classId": CLASS_4_1 }))]).await;
    assert_eq!(elsewhere["accepted"], 1);
    let expected = json!({
        "school": { "id": HIBARINO },
        "days": [
            { "day": "2026-11-20", "pupils": 1, "activities": 1, "interactions": 4, "atHome": 0, "durationSeconds": 0.0 },
            { "day": TODAY, "pupils": 4, "activities": 5, "interactions": 11, "atHome": 3, "durationSeconds": 60.25 },
        ],
        "total": { "pupils": 5, "activities": 6, "interactions": 15, "atHome": 3, "durationSeconds": 60.25 },
    });
    for who in ["hugo", "portal"] {
        assert_eq!(of_school(&school.person(who), HIBARINO, "2026-11-01").await, expected, "{who}");
    }
    assert_eq!(of_school(&school.person("mari"), MIZUUMI, "2026-11-01").await["total"]["interactions"], 7);
    let nothing = json!({ "school": { "id": MIZUUMI }, "days": [],
        "total": { "pupils": 0, "activities": 0, "interactions": 0, "atHome": 0, "durationSeconds": 0.0 } });
    school.person("stranger").withdraw(&[(SOTA, nth(1))], "sent by mistake").await;
    assert_eq!(of_school(&school.person("mari"), MIZUUMI, "2026-11-01").await, nothing, "a day without records is absent");
}

#[tokio::test]
async fn who_does_not_reach_the_school_as_a_whole_is_told_nothing_of_it() {
    let mut school = with_others().await;
    school.person("drill").record(&[activity(1, AOI), activity(1, HARUTO)]).await;
    for who in ["ana", "grade", "subject", "board"] {
        assert_eq!(of_school(&school.person(who), HIBARINO, "2026-11-01").await, Value::Null, "{who}");
    }
    assert_eq!(of_school(&school.person("mari"), HIBARINO, "2026-11-01").await, Value::Null, "another school");
    school.register("names", HIBARINO, &[Right::SchoolRead, Right::RosterRead]).await;
    school.guardian("haha", AOI, "PARENTAL", true).await;
    let document = format!("{{ school(id: \"{HIBARINO}\") {{ learning(from: \"{TODAY}\", to: \"{TODAY}\") {{ days {{ day }} }} }} }}");
    let (pupil, hugo) = (school.pupil_token(AOI).await, school.token("hugo", &[Right::SchoolRead], 90).await);
    let others = [school.person("nurse"), school.person("names"), school.person("haha"), school.bearer(&pupil), school.bearer(&hugo)];
    for person in others {
        assert_eq!(person.ask(&document, json!({})).await.code(), "FORBIDDEN");
    }
    assert_eq!(school.nobody().ask(&document, json!({})).await.code(), "UNAUTHENTICATED");
    school.end_duties("hugo").await;
    assert_eq!(of_school(&school.person("hugo"), HIBARINO, TODAY).await["total"]["pupils"], 2, "the last day of the duty");
    school.clock.advance(chrono::TimeDelta::days(1));
    assert_eq!(school.person("hugo").ask(&document, json!({})).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn the_schools_of_a_page_are_added_up_in_one_statement() {
    let school = with_others().await;
    school.person("drill").record(&[activity(1, AOI)]).await;
    school.person("stranger").record(&[with(activity(1, SOTA), json!({ "count": 7, "classId": CLASS_4_1 }))]).await;
    let document = format!("{{ schools {{ nodes {{ id learning(from: \"2026-11-01\", to: \"{TODAY}\") {{ total {{ interactions }} }} }} }} }}");
    let answer = school.person("wide").ask(&document, json!({})).await;
    let of = |id: Uuid, interactions: i64| json!({ "id": id, "learning": { "total": { "interactions": interactions } } });
    assert_eq!(answer.data("/schools/nodes"), &json!([of(HIBARINO, 1), of(MIZUUMI, 7)]));
    assert!(answer.queries() <= 2, "{}", answer.queries());
    let answer = school.person("wide").ask(&of_board(), json!({ "from": "2026-11-01", "to": TODAY })).await;
    assert!(answer.queries() <= 3, "the board, its sums, the names of its schools: {}", answer.queries());
    let looked: Vec<Value> = school.access_entries(school.person("wide").id).await;
    let schools = json!([{ "kind": "SCHOOL", "id": HIBARINO }, { "kind": "SCHOOL", "id": MIZUUMI }]);
    let of_entry = |entry: &Value| -> Value {
        entry["subjects"].as_array().into_iter().flatten().map(|of| json!({ "kind": of["kind"], "id": of["id"] })).collect()
    };
    assert_eq!(looked.iter().map(of_entry).collect::<Vec<_>>(), [schools.clone(), schools], "{looked:?}");
}

#[tokio::test]
async fn who_may_see_the_pupils_of_all_schools_is_told_the_boards_sums_exactly() {
    let school = with_others().await;
    school.fill_class().await;
    school.person("stranger").record(&[with(activity(1, SOTA), json!({ "count": 7, "classId": CLASS_4_1 }))]).await;
    let found = board(&school.person("wide"), "2026-10-25").await;
    let usual = [AOI, HARUTO, KAEDE, MINATO, TSUMUGI, YUI, REN, SOTA];
    let mut expected: BTreeMap<String, [i64; 3]> = BTreeMap::new();
    for pupil in usual.into_iter().chain((7..=22).map(pupil)) {
        for total in school.totals(pupil, "2026-10-25", TODAY).await {
            let day = expected.entry(total["day"].as_str().expect("a day").to_owned()).or_default();
            day[0] += 1;
            day[1] += total["activities"].as_i64().expect("a number");
            day[2] += total["interactions"].as_i64().expect("a number");
        }
    }
    let told = |day: &Value| ["pupils", "activities", "interactions"].map(|of| day[of].as_i64().expect("a number"));
    let days = found["days"].as_array().expect("a list");
    let by_day = days.iter().map(|day| (day["day"].as_str().expect("a day").to_owned(), told(day)));
    assert_eq!(by_day.collect::<Vec<_>>(), expected.clone().into_iter().collect::<Vec<_>>());
    let sum = expected.values().fold([0; 3], |sum, day| [sum[0] + day[0], sum[1] + day[1], sum[2] + day[2]]);
    assert_eq!((told(&found["total"]), &found["step"]), (sum, &Value::Null));
    let of_hugo = of_school(&school.person("hugo"), HIBARINO, "2026-10-25").await;
    let of_mari = of_school(&school.person("mari"), MIZUUMI, "2026-10-25").await;
    assert_eq!(found["schools"], json!([of_hugo, of_mari]));
}

#[tokio::test]
async fn the_board_is_told_steps_and_no_number_of_fewer_pupils() {
    let school = with_others().await;
    school.fill_class().await;
    school.person("stranger").record(&[with(activity(1, SOTA), json!({ "count": 70, "classId": CLASS_4_1 }))]).await;
    // Today ten others and 朝倉 葵, who alone is at home and says how long it took.
    let mut today: Vec<Value> = (7..=16).map(|number| activity(900, pupil(number))).collect();
    today.push(with(activity(900, AOI), json!({ "count": 35, "place": "HOME", "durationSeconds": 1200 })));
    assert_eq!(school.person("drill").record(&today).await["accepted"], 11);
    let nine: Vec<Value> = (7..=15)
        .map(|number| with(activity(901, pupil(number)), json!({ "count": 50, "occurredAt": "2026-11-21T10:00:00+09:00" })))
        .collect();
    assert_eq!(school.person("drill").record(&nine).await["accepted"], 9);

    let found = board(&school.person("board"), "2026-10-25").await;
    let days = found["days"].as_array().expect("a list");
    assert_eq!((&found["step"], days.len()), (&json!(10), 21), "{found}");
    assert!(days.iter().all(|day| day["day"] != "2026-11-21"), "nine pupils are not told, nor that there were any");
    let last = json!({ "day": TODAY, "pupils": 10, "activities": 10, "interactions": 40, "atHome": null, "durationSeconds": null });
    assert_eq!(days.last(), Some(&last));
    let yesterday = days.iter().find(|day| day["day"] == YESTERDAY).expect("a day of the whole class");
    assert_eq!((&yesterday["pupils"], &yesterday["durationSeconds"]), (&json!(20), &json!(12_600.0)));
    let numbers = |of: &Value| -> Vec<f64> {
        of.as_object().into_iter().flatten().filter_map(|(_, number)| number.as_f64()).collect()
    };
    for number in days.iter().chain([&found["total"]]).flat_map(numbers) {
        assert!(number >= 10.0 && number % 10.0 == 0.0, "{number}");
    }
    assert_eq!(found["total"]["pupils"], 20 * 20 + 10, "the sum of what is told");
    let nothing = json!({ "pupils": null, "activities": null, "interactions": null, "atHome": null, "durationSeconds": null });
    assert_eq!(found["schools"], json!([
        { "school": { "id": HIBARINO }, "days": days, "total": found["total"] },
        { "school": { "id": MIZUUMI }, "days": [], "total": nothing },
    ]), "of a school of one pupil nothing is told");
    for who in ["hugo", "mari", "ana", "portal", "grade"] {
        assert_eq!(board(&school.person(who), "2026-10-25").await, Value::Null, "{who} has nothing over the whole board");
    }
    let refused = school.person("nurse").ask(&of_board(), json!({ "from": TODAY, "to": TODAY })).await;
    assert_eq!(refused.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_school_is_asked_for_a_year_at_most_and_the_board_for_a_month() {
    let school = with_others().await;
    let of_school = format!("query ($from: Date!, $to: Date!) {{ school(id: \"{HIBARINO}\") {{ learning(from: $from, to: $to) {{ days {{ day }} }} }} }}");
    for (who, document, from, allowed) in [
        ("board", of_board(), "2026-10-25", true),
        ("board", of_board(), "2026-10-24", false),
        ("wide", of_board(), "2026-10-24", false),
        ("wide", of_board(), "2026-11-25", false),
        ("hugo", of_school.clone(), "2025-11-24", true),
        ("hugo", of_school.clone(), "2025-11-23", false),
        ("hugo", of_school, "2026-11-25", false),
    ] {
        let answer = school.person(who).ask(&document, json!({ "from": from, "to": TODAY })).await;
        assert_eq!(answer.code(), if allowed { "" } else { "BAD_INPUT" }, "{who} from {from}");
    }
}
