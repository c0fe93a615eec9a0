//! Learning in lessons (教科の授業): a homeroom teacher sees all of the own class's, as the analysis counts it; a subject teacher theirs.
use asagao_graphql::access::duty::{self, Duty, DutyKind};
use asagao_tests::full_class::{YESTERDAY, lesson as done, pupil, school_days};
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, MINATO, Package, School, TODAY, TSUMUGI, YUI, enrolment, with};
use serde_json::{Value, json};
use uuid::Uuid;

/// A lesson in English that has neither grades nor subjects in the roster.
const ENGLISH: Uuid = Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0000_005b);
/// A lesson of the year before.
const FORMER: Uuid = Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0000_005c);

fn everybody() -> Vec<(Uuid, u64)> {
    let usual = [AOI, HARUTO, KAEDE, MINATO, TSUMUGI, YUI].into_iter().zip(1..);
    usual.chain((7..=22).map(|number| (pupil(number), number))).collect()
}

/// A 5年2組 as in a junior high school: hardly anything in the homeroom, the rest in two lessons, an assignment of each a week.
/// 朝倉 葵 has done nothing for eight school days.
async fn junior_high() -> School {
    let school = School::open().await;
    let mut package = Package::usual();
    let year = "0a5a9a00-0000-4000-8000-000000000004";
    let former = Uuid::from_u128(0x2025);
    package.line("academicSessions.csv", &format!("{former},2025年度,schoolYear,2025-04-01,2026-03-31,2025"));
    package.line("classes.csv", &format!("{ENGLISH},英語 2年2組,scheduled,{HIBARINO},{year},,"));
    package.line("classes.csv", &format!("{FORMER},英語 1年,scheduled,{HIBARINO},{former},,"));
    for (pupil, number) in everybody() {
        if number > 6 {
            package.user(pupil, &format!("仮名,{number}番,カメイ,{number},"), "student", HIBARINO);
            package.enrol(pupil, CLASS_5_2, HIBARINO, &number.to_string());
        }
        if number > 2 {
            package.enrol(pupil, LESSON, HIBARINO, "");
        }
        package.enrol(pupil, ENGLISH, HIBARINO, "");
        package.place(pupil, FORMER, HIBARINO, "", "");
    }
    assert_eq!(school.import(&package).await.problems, []);
    let days = school_days();
    let drill = school.person("drill");
    let id = |class: Uuid, week: usize| Uuid::new_v5(&class, &[u8::try_from(week).expect("a week")]);
    let shared = [(LESSON, 0), (LESSON, 1), (LESSON, 2), (LESSON, 3), (ENGLISH, 1), (ENGLISH, 2)];
    let assignments: Vec<Value> = shared
        .iter()
        .map(|(class, week)| json!({ "id": id(*class, *week), "classId": class, "title": format!("第{week}週"), "dueAt": format!("{}T16:00:00+09:00", days[week * 5 + 3]) }))
        .collect();
    assert_eq!(drill.share(&assignments).await["accepted"], 6);
    for (pupil, number) in everybody() {
        let mut batch = Vec::new();
        for (at, day) in days.iter().enumerate().filter(|(at, _)| pupil != AOI || *at < 12) {
            for (class, part) in [(json!(LESSON), "a"), (json!(ENGLISH), "b"), (Value::Null, "c"), (json!(CLASS_5_2), "d")] {
                let of = Uuid::new_v5(&pupil, format!("{day}{part}").as_bytes());
                batch.push(with(done(pupil, number, *day), json!({ "id": of, "classId": class, "count": if part < "c" { 3 + number / 3 } else { 1 } })));
            }
            for (class, week) in shared.iter().filter(|(_, week)| at == week * 5 + 3 && (pupil != AOI || *week == 0)) {
                batch.push(json!({
                    "id": enrolment(pupil, id(*class, *week)), "pupilId": pupil, "classId": class, "verb": "SUBMITTED",
                    "objectId": id(*class, *week), "objectKind": "ASSIGNMENT", "occurredAt": format!("{day}T15:00:00+09:00"),
                }));
            }
        }
        assert_eq!(drill.record(&batch).await["rejected"], json!([]), "{number}");
    }
    school
}

const PUPIL: &str = "query ($id: ID!, $from: Date!, $to: Date!) { pupil(id: $id) {
    dailyTotals(from: $from, to: $to) { classId interactions } learning(from: $from, to: $to) { total }
    work(from: $from, to: $to) { assignment { title lesson } state } } }";

const CLASS: &str = "query ($id: ID!, $from: Date!, $recent: Date!, $to: Date!) { class(id: $id) {
    assignments(from: $from, to: $to) { title lesson } learningMiddle(from: $recent, to: $to) { total }
    workMiddle(from: $from, to: $to) freshness { activityDay }
    pupils(first: 50) { nodes { learning(from: $recent, to: $to) { total } work(from: $from, to: $to) { state } } } } }";

async fn pupil_as(school: &School, who: &str) -> Value {
    let answer = school.person(who).ask(PUPIL, json!({ "id": HARUTO, "from": "2026-10-01", "to": TODAY })).await;
    answer.data("/pupil").clone()
}

/// The classes that totals are of; null for none.
fn classes(pupil: &Value) -> Vec<Value> {
    let mut classes: Vec<Value> = Vec::new();
    for total in pupil["dailyTotals"].as_array().expect("a list") {
        if !classes.contains(&total["classId"]) {
            classes.push(total["classId"].clone());
        }
    }
    classes.sort_by_key(Value::to_string);
    classes
}

fn all() -> Vec<Value> {
    let mut all = vec![Value::Null, json!(CLASS_5_2), json!(LESSON), json!(ENGLISH)];
    all.sort_by_key(Value::to_string);
    all
}

fn over(id: Uuid, kind: DutyKind, class: Uuid) -> Vec<Duty> {
    vec![duty::new(id, kind, Some(HIBARINO), Some(class), "2026-04-01".parse().expect("a date"))]
}

fn close(left: &Value, right: f64) -> bool {
    (left.as_f64().expect("a number") - right).abs() < 1e-9
}

#[tokio::test]
async fn the_class_page_of_a_homeroom_shows_the_numbers_of_its_flags() {
    let school = junior_high().await;
    let ana = school.person("ana");
    let days = school_days();
    let run = format!("mutation {{ analyze(input: {{ classId: \"{CLASS_5_2}\", asOf: \"{YESTERDAY}\" }}) {{ userErrors {{ code }} }} }}");
    assert_eq!(ana.ask(&run, json!({})).await.data("/analyze/userErrors"), &json!([]));
    let flags = format!("{{ supportFlags(classId: \"{CLASS_5_2}\") {{ nodes {{ pupil {{ id }} reasons {{ feature value classMedian }} }} }} }}");
    let flags = ana.ask(&flags, json!({})).await;
    let flag = flags.data("/supportFlags/nodes").as_array().unwrap().iter().find(|flag| flag["pupil"]["id"] == json!(AOI)).expect("a flag");
    let reason = |feature: &str| flag["reasons"].as_array().unwrap().iter().find(|reason| reason["feature"] == feature).expect(feature).clone();

    let recent = days[days.len() - 10];
    let answer = ana.ask(CLASS, json!({ "id": CLASS_5_2, "from": days[0], "recent": recent, "to": YESTERDAY })).await;
    let aoi = answer.data("/class/pupils/nodes/0");
    let records = reason("interactions_last10");
    assert_eq!(aoi["learning"]["total"], 16, "two days, most of it in lessons");
    assert!(close(&records["value"], aoi["learning"]["total"].as_f64().unwrap() / 10.0), "{records}");
    assert!(close(&records["classMedian"], answer.data("/class/learningMiddle/total").as_f64().unwrap() / 10.0), "{records}");

    let states: Vec<&str> = aoi["work"].as_array().unwrap().iter().map(|work| work["state"].as_str().unwrap()).collect();
    assert_eq!((states.len(), states.iter().filter(|state| **state == "ON_TIME").count()), (6, 1));
    let submitted = reason("submitted_share");
    assert!(close(&submitted["value"], 1.0 / 6.0) && close(&submitted["classMedian"], 1.0), "{submitted}");
    assert_eq!(answer.data("/class/workMiddle"), 6);
    assert_eq!(answer.data("/class/freshness/activityDay"), YESTERDAY);
    let assignments = answer.data("/class/assignments").as_array().unwrap();
    assert_eq!(assignments.len(), 6);
    assert!(assignments.contains(&json!({ "title": "第3週", "lesson": "算数" })));
    assert!(assignments.contains(&json!({ "title": "第1週", "lesson": "英語 2年2組" })), "without a subject the lesson's name");
}

#[tokio::test]
async fn on_the_pages_work_of_a_lesson_says_which_one() {
    let school = junior_high().await;
    let mut ana = school.visitor_as("ana").await;
    let page = ana.get(&format!("/classes/{CLASS_5_2}")).await;
    assert!(page.text.contains("直近6課題") && page.text.contains("1/6"), "{}", page.text);
    assert!(page.text.contains("まだ：") && page.text.contains("算数 第3週"), "{}", page.text);
    let table = ana.get(&format!("/pupils/{AOI}?view=table")).await;
    assert!(table.text.contains("算数 第1週：まだ") && table.text.contains("英語 2年2組 第1週：まだ"), "{}", table.text);
}

#[tokio::test]
async fn whoever_is_responsible_for_the_pupil_sees_every_lesson_of_the_year() {
    let mut school = junior_high().await;
    let from = "2026-04-01".parse().expect("a date");
    school.hire("gen", |id| vec![Duty { grade: "P5".into(), ..duty::new(id, DutyKind::GradeHead, Some(HIBARINO), None, from) }]).await;
    let last_year = [with(done(HARUTO, 2, "2026-03-02".parse().unwrap()), json!({ "classId": FORMER }))];
    assert_eq!(school.person("drill").record(&last_year).await["accepted"], 1);
    for who in ["ana", "gen", "hugo", "portal"] {
        let pupil = pupil_as(&school, who).await;
        assert_eq!(classes(&pupil), all(), "{who}");
        assert_eq!((&pupil["learning"]["total"], pupil["work"].as_array().unwrap().len()), (&json!(166), 6), "{who}");
        let span = json!({ "id": HARUTO, "from": "2026-03-01", "to": "2026-03-31" });
        let former = school.person(who).ask(PUPIL, span).await;
        if who == "ana" {
            assert_eq!(former.data("/pupil/learning/total"), 0, "{who}: the year before was another homeroom's");
        }
    }
    let own = format!("{{ viewer {{ pupil {{ learning(from: \"2026-10-01\", to: \"{TODAY}\") {{ total }} work(from: \"2026-10-01\", to: \"{TODAY}\") {{ state }} }} }} }}");
    let secret = school.pupil_token(HARUTO).await;
    let own = school.bearer(&secret).ask(&own, json!({})).await;
    assert_eq!(own.data("/viewer/pupil/learning/total"), 166);
    assert_eq!(own.data("/viewer/pupil/work").as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_subject_teacher_sees_the_own_subject_alone() {
    let mut school = junior_high().await;
    school.hire("eigo", |id| over(id, DutyKind::SubjectTeacher, ENGLISH)).await;
    school.hire("music", |id| over(id, DutyKind::SubjectTeacher, CLASS_5_2)).await;
    let pupil = pupil_as(&school, "eigo").await;
    assert_eq!((classes(&pupil), &pupil["learning"]["total"]), (vec![json!(ENGLISH)], &json!(62)));
    let work = pupil["work"].as_array().unwrap();
    assert!(work.len() == 2 && work.iter().all(|work| work["assignment"]["lesson"] == "英語 2年2組"), "{work:?}");
    let pupil = pupil_as(&school, "music").await;
    assert_eq!((classes(&pupil), &pupil["learning"]["total"], &pupil["work"]), (vec![json!(CLASS_5_2)], &json!(20), &json!([])));

    let variables = |class: Uuid| json!({ "id": class, "from": "2026-10-01", "recent": "2026-10-01", "to": TODAY });
    let english = school.person("eigo").ask(CLASS, variables(ENGLISH)).await;
    assert_eq!(english.data("/class/assignments").as_array().unwrap().len(), 2);
    assert_eq!((english.data("/class/workMiddle"), english.data("/class/learningMiddle/total")), (&json!(2), &json!(132)));
    assert!(school.person("eigo").ask(CLASS, variables(CLASS_5_2)).await.data("/class").is_null());
    let homeroom = school.person("music").ask(CLASS, variables(CLASS_5_2)).await;
    assert_eq!((homeroom.data("/class/assignments"), homeroom.data("/class/workMiddle")), (&json!([]), &json!(0)));
    assert_eq!(homeroom.data("/class/learningMiddle/total"), 20);
}

#[tokio::test]
async fn a_homeroom_teacher_of_others_and_a_stranger_see_no_lesson_of_the_pupil() {
    let mut school = junior_high().await;
    school.hire("dora", |id| over(id, DutyKind::HomeroomTeacher, CLASS_5_1)).await;
    for who in ["dora", "mari", "stranger"] {
        assert!(pupil_as(&school, who).await.is_null(), "{who}");
        let document = format!("{{ class(id: \"{ENGLISH}\") {{ name }} }}");
        assert!(school.person(who).ask(&document, json!({})).await.data("/class").is_null(), "{who}");
    }
    // Who teaches English too sees English of 5年2組, and nothing else of it.
    school.hire("both", |id| [over(id, DutyKind::HomeroomTeacher, CLASS_5_1), over(id, DutyKind::SubjectTeacher, ENGLISH)].concat()).await;
    assert_eq!(classes(&pupil_as(&school, "both").await), [json!(ENGLISH)]);
}

#[tokio::test]
async fn the_class_page_of_a_junior_high_costs_no_statement_for_each_lesson() {
    let school = junior_high().await;
    let document = include_str!("../../server/src/pages/class.graphql");
    let variables = json!({ "id": CLASS_5_2, "today": TODAY, "shown": TODAY, "from": "2026-10-26", "recent": "2026-11-11", "works": "2026-11-11",
        "term": "2026-08-01", "grade": "P5" });
    let answer = school.person("ana").ask(document, variables).await;
    assert_eq!(answer.data("/class/pupilCount"), 22);
    assert!(answer.queries() <= 50, "{}", answer.queries());
}

#[tokio::test]
async fn a_lesson_lists_its_pupils_by_the_number_of_their_homeroom() {
    let school = junior_high().await;
    let document = format!("query ($after: String) {{ class(id: \"{ENGLISH}\") {{ pupils(first: 20, after: $after) {{
        pageInfo {{ endCursor }} nodes {{ number }} }} }} }}");
    let hugo = school.person("hugo");
    let first = hugo.ask(&document, json!({})).await;
    let numbers: Vec<i64> = first.data("/class/pupils/nodes").as_array().expect("a list").iter().filter_map(|pupil| pupil["number"].as_i64()).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    let second = hugo.ask(&document, json!({ "after": first.data("/class/pupils/pageInfo/endCursor") })).await;
    assert_eq!(second.data("/class/pupils/nodes"), &json!([{ "number": 21 }, { "number": 22 }]));
}
