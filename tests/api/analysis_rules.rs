//! From where on the rules of the analysis speak, and how many a school can look after: set by whom, within which bounds, and what follows.
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_tests::full_class::{YESTERDAY, pupil};
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, MIZUUMI, Person, School, TODAY};
use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use serde_json::{Value, json};

/// A full class, and a board.
async fn school() -> School {
    let mut school = School::open().await;
    school.fill_class().await;
    school.hire("board", |id| vec![duty::new(id, DutyKind::BoardOfficial, None, None, TODAY.parse().expect("a date"))]).await;
    school
}

async fn set(person: &Person<'_>, rule: &str, threshold: i32) -> Value {
    let document = "mutation ($input: SetAnalysisRuleInput!) { setAnalysisRule(input: $input) { rule { rule threshold } userErrors { code field message } } }";
    person.ask(document, json!({ "input": { "rule": rule, "threshold": threshold } })).await.data("/setAnalysisRule").clone()
}

async fn set_share(person: &Person<'_>, school: uuid::Uuid, share: i32) -> Value {
    let document = "mutation ($input: SetAnalysisCapacityInput!) { setAnalysisCapacity(input: $input) { share userErrors { code field } } }";
    person.ask(document, json!({ "input": { "schoolId": school, "share": share } })).await.data("/setAnalysisCapacity").clone()
}

async fn analyze(person: &Person<'_>, known_at: Option<&Value>) -> Value {
    let document = "mutation ($input: AnalyzeInput!) { analyze(input: $input) { userErrors { code } runs { id knownAt scores { pupilId level } } } }";
    let input = json!({ "classId": CLASS_5_2, "asOf": YESTERDAY, "knownAt": known_at });
    person.ask(document, json!({ "input": input })).await.data("/analyze/runs/0").clone()
}

/// The rules of the flag of a pupil, in a language; `None` without a flag.
async fn rules(person: &Person<'_>, id: uuid::Uuid, language: &str) -> Option<Vec<String>> {
    let document = "query ($class: ID!, $in: Language!) { supportFlags(classId: $class) { nodes { pupil { id } rules { text(language: $in) } } } }";
    let answer = person.ask(document, json!({ "class": CLASS_5_2, "in": language })).await;
    let flags = answer.data("/supportFlags/nodes").as_array().expect("a list").clone();
    let flag = flags.into_iter().find(|flag| flag["pupil"]["id"] == json!(id))?;
    Some(flag["rules"].as_array().expect("a list").iter().map(|rule| rule["text"].as_str().expect("a sentence").to_owned()).collect())
}

const IDLE: &str = "学習の記録のない授業日が8日続いています";
const MISSED: &str = "期限の来た課題が4件続けて未提出です";

#[tokio::test]
async fn rules_speak_from_where_the_board_says_and_a_former_answer_by_the_former_rules() {
    let school = school().await;
    let (ana, board) = (school.person("ana"), school.person("board"));
    let first = analyze(&ana, None).await;
    assert_eq!(rules(&ana, AOI, "JA").await.expect("a flag"), [IDLE, MISSED]);
    school.clock.advance(TimeDelta::hours(1));
    assert_eq!(set(&board, "MISSED_IN_A_ROW", 5).await, json!({ "rule": { "rule": "MISSED_IN_A_ROW", "threshold": 5 }, "userErrors": [] }));
    analyze(&ana, None).await;
    assert_eq!(rules(&ana, AOI, "JA").await.expect("a flag"), [IDLE]);
    assert_eq!(set(&board, "NO_ACTIVITY", 0).await["rule"]["threshold"], 0);
    analyze(&ana, None).await;
    let left = rules(&ana, AOI, "JA").await.expect("the comparison still names her");
    assert!(!left.contains(&IDLE.to_owned()) && !left.contains(&MISSED.to_owned()), "{left:?}");
    let stored = |of: &str| format!("parameters LIKE '%{of}%'");
    assert_eq!(school.count("analysis_run", &stored("\"missed_in_a_row\":5,\"no_activity\":0")).await, 1, "a run holds what it went by");
    let again = analyze(&ana, Some(&first["knownAt"])).await;
    assert_eq!(again["scores"], first["scores"]);
    assert_eq!(school.count("analysis_run", &format!("replay AND {}", stored("\"missed_in_a_row\":3,\"no_activity\":7"))).await, 1);
    assert_eq!(set(&board, "NO_ACTIVITY", 0).await["userErrors"], json!([]));
    assert_eq!(school.count("trail", "record = 'analysis_rule'").await, 2, "what stays as it was is no change");
}

#[tokio::test]
async fn a_rule_takes_what_has_a_meaning_and_the_board_alone_sets_it() {
    let school = school().await;
    let board = school.person("board");
    for (rule, threshold, bounds) in [
        ("NO_ACTIVITY", 2, "3 to 60"), ("MISSED_IN_A_ROW", 1, "2 to 20"), ("ABSENT_IN_A_ROW", 31, "1 to 30"), ("ABSENT_OFTEN", 31, "2 to 30"),
        ("ABSENT_SHARE", 51, "3 to 50"), ("LATE_RISE", 1, "2 to 10"), ("ACTIVITY_DROP", 100, "5 to 80"), ("LOW_MOOD_IN_A_ROW", -1, "2 to 5"),
    ] {
        let refused = set(&board, rule, threshold).await;
        let message = format!("this rule takes {bounds}, or 0 to be off");
        let error = json!({ "code": "OUT_OF_RANGE", "field": "threshold", "message": message });
        assert_eq!(refused, json!({ "rule": null, "userErrors": [error] }), "{rule}");
    }
    let all = "{ analysisRules { rule threshold usual least most label unit english: label(language: EN) easy: label(language: JA_EASY) } }";
    let answer = school.person("ana").ask(all, json!({})).await;
    let rules = answer.data("/analysisRules").as_array().expect("a list");
    let usual: Vec<(&str, i64)> = rules.iter().map(|rule| (rule["rule"].as_str().unwrap(), rule["usual"].as_i64().unwrap())).collect();
    assert_eq!(usual, [
        ("NO_ACTIVITY", 7), ("MISSED_IN_A_ROW", 3), ("ABSENT_IN_A_ROW", 3), ("ABSENT_OFTEN", 7), ("ABSENT_SHARE", 10), ("LATE_RISE", 4),
        ("ACTIVITY_DROP", 30), ("LOW_MOOD_IN_A_ROW", 3),
    ]);
    assert!(rules.iter().all(|rule| rule["threshold"] == rule["usual"]), "what was refused is not set");
    assert_eq!((&rules[7]["label"], &rules[7]["unit"]), (&json!("心の天気のあめ・かみなりの続き"), &json!("回から")));
    assert_eq!(rules[2]["english"], "Days absent in a row");
    assert_eq!(rules[2]["easy"], "休（やす）みの つづき");
    let document = "mutation { setAnalysisRule(input: { rule: LATE_RISE, threshold: 0 }) { userErrors { code } } }";
    for person in ["hugo", "ana"] {
        assert_eq!(school.person(person).ask(document, json!({})).await.code(), "FORBIDDEN", "{person}");
    }
    assert_eq!(school.count("analysis_rule", "1 = 1").await, 0);
}

#[tokio::test]
async fn the_comparison_names_as_many_as_the_school_can_look_after() {
    let school = school().await;
    let (ana, hugo) = (school.person("ana"), school.person("hugo"));
    let asked = |id: uuid::Uuid| format!("{{ analysisCapacity(schoolId: \"{id}\") }}");
    assert_eq!(ana.ask(&asked(HIBARINO), json!({})).await.data("/analysisCapacity"), &json!(15));
    assert_eq!(ana.ask(&asked(MIZUUMI), json!({})).await.data("/analysisCapacity"), &Value::Null);
    let named = |run: &Value| run["scores"].as_array().expect("a list").iter().filter(|score| score["level"] != "NONE").count();
    let before = named(&analyze(&ana, None).await);
    for share in [0, 51, -3] {
        assert_eq!(set_share(&hugo, HIBARINO, share).await, json!({ "share": null, "userErrors": [{ "code": "OUT_OF_RANGE", "field": "share" }] }));
    }
    assert_eq!(set_share(&hugo, HIBARINO, 50).await, json!({ "share": 50, "userErrors": [] }));
    school.clock.advance(TimeDelta::minutes(1));
    let after = named(&analyze(&ana, None).await);
    assert!(after > before, "{after} of 22 with a share of 50, {before} with 15");
    assert_eq!(school.count("analysis_run", "parameters LIKE '%\"capacity\":0.5,%'").await, 1);
    assert_eq!(ana.ask(&asked(HIBARINO), json!({})).await.data("/analysisCapacity"), &json!(50));
    let stranger = set_share(&school.person("mari"), HIBARINO, 20).await;
    assert_eq!(stranger, json!({ "share": null, "userErrors": [{ "code": "NOT_FOUND", "field": "schoolId" }] }));
    let document = format!("mutation {{ setAnalysisCapacity(input: {{ schoolId: \"{HIBARINO}\", share: 20 }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(ana.ask(&document, json!({})).await.code(), "FORBIDDEN");
    assert_eq!(school.count("trail", "record = 'analysis_capacity'").await, 1);
}

#[tokio::test]
async fn absences_scattered_over_the_days_to_attend_are_told_as_a_share_in_three_languages() {
    let school = school().await;
    let ana = school.person("ana");
    let last: NaiveDate = YESTERDAY.parse().expect("a date");
    let weekdays = last.iter_days().rev().filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
    let mut days: Vec<NaiveDate> = weekdays.take(30).collect();
    days.reverse();
    let document = "mutation ($input: TakeAttendanceInput!) { takeAttendance(input: $input) { rejected { code } userErrors { code } } }";
    for (at, day) in days.iter().enumerate() {
        let mut marks = Vec::new();
        if [2, 9, 14].contains(&at) {
            marks.push(json!({ "pupilId": pupil(20), "kind": "ILLNESS" }));
        }
        if at >= 20 && at % 2 == 0 {
            marks.push(json!({ "pupilId": pupil(21), "kind": "PRESENT", "late": true }));
        }
        let input = json!({ "classId": CLASS_5_2, "day": day.to_string(), "marks": marks });
        let answer = ana.ask(document, json!({ "input": input })).await;
        assert_eq!(answer.data("/takeAttendance"), &json!({ "rejected": [], "userErrors": [] }));
    }
    analyze(&ana, None).await;
    for (language, absent, late) in [
        ("JA", "欠席が出席すべき日の10%（30日のうち3日）です", "遅刻・早退が、出席した直近10日で5日です（その前の10日は0日）"),
        ("EN", "Absent on 10% of the days to attend (3 of 30)", "Late or left early on 5 of the latest 10 days present (0 of the 10 before)"),
    ] {
        assert_eq!(rules(&ana, pupil(20), language).await.expect("a flag"), [absent]);
        assert_eq!(rules(&ana, pupil(21), language).await.expect("a flag"), [late]);
    }
    let easy = rules(&ana, pupil(20), "JA_EASY").await.expect("a flag");
    assert_eq!(easy, ["学校（がっこう）に 来（く）る 日（ひ）の 10%を 休（やす）みました（30日の うち 3日）"]);
}

#[tokio::test]
async fn the_board_sets_rules_and_a_head_the_share_on_their_pages() {
    let school = school().await;
    let mut board = school.visitor_as("board").await;
    assert!(board.get("/classes").await.text.contains("href=\"/rules\""), "the bar leads the board there");
    assert!(board.get("/rules").await.text.contains("欠席の続き"));
    let sent = [("rule", "ABSENT_IN_A_ROW"), ("threshold", "2")];
    assert_eq!(board.submit("/rules", &sent).await.location(), (StatusCode::SEE_OTHER, "/rules#rules"));
    for wrong in ["31", "ふたつ", ""] {
        let page = board.submit("/rules", &[("rule", "ABSENT_IN_A_ROW"), ("threshold", wrong)]).await;
        assert_eq!((page.status, page.text.contains("右に書いてある範囲")), (StatusCode::UNPROCESSABLE_ENTITY, true), "{wrong}");
    }
    let place = format!("/schools/{HIBARINO}/rules");
    let mut hugo = school.visitor_as("hugo").await;
    assert!(hugo.get(&format!("/schools/{HIBARINO}/staff")).await.text.contains(&format!("href=\"{place}\"")));
    let page = hugo.get(&place).await;
    assert!(page.text.contains("<b>2日から</b>") && !page.text.contains("name=\"threshold\""), "a head reads the board's rules");
    assert!(page.text.contains("name=\"share\" min=\"1\" max=\"50\" value=\"15\""));
    assert_eq!(hugo.submit(&place, &[("share", "20")]).await.location(), (StatusCode::SEE_OTHER, place.as_str()));
    assert!(hugo.get(&place).await.text.contains("value=\"20\""));
    let wrong = hugo.submit(&place, &[("share", "90")]).await;
    assert_eq!((wrong.status, wrong.text.contains("1%から50%")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    assert_eq!(hugo.get("/rules").await.status, StatusCode::NOT_FOUND);
    assert_eq!(hugo.get(&format!("/schools/{MIZUUMI}/rules")).await.status, StatusCode::NOT_FOUND);
    let mut ana = school.visitor_as("ana").await;
    assert_eq!(ana.get(&place).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.get("/rules").await.status, StatusCode::NOT_FOUND);
}
