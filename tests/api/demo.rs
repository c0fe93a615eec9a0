//! The made-up town of `asagao demo`, small.
use asagao_graphql::jobs::demo::{Demo, PersonRole, Settings};
use asagao_tests::{NOW, School, TODAY, time};
use serde_json::{Value, json};

const SMALL: Settings = Settings { pupils: 80, schools: 3, days: 20, seed: 7 };

async fn town(settings: Settings) -> (School, Demo) {
    let school = School::empty().await;
    let demo = school.fill_demo(settings).await.expect("an empty database can be filled");
    (school, demo)
}

/// The flags of a class as somebody sees them.
async fn flags(school: &School, token: &str, class: &Value) -> Vec<Value> {
    let document = "query ($class: ID!) { supportFlags(classId: $class, first: 200) { nodes {
        level state since asOf pupil { number name } rules { text } reasons { text } history { kind at } } } }";
    let answer = school.bearer(token).ask(document, json!({ "class": class })).await;
    answer.data("/supportFlags/nodes").as_array().expect("a list").clone()
}

#[tokio::test]
async fn the_same_seed_on_the_same_day_makes_the_same_town() {
    let ((one_school, one), (other_school, other)) = (town(SMALL).await, town(SMALL).await);
    let people = |demo: &Demo| demo.people.iter().map(|person| (person.name.clone(), person.duty.clone())).collect::<Vec<_>>();
    assert_eq!((people(&one), &one.classes, one.made), (people(&other), &other.classes, other.made));
    let known = |flags: Vec<Value>| -> Vec<Value> {
        flags.iter().map(|flag| json!([flag["pupil"], flag["level"], flag["state"], flag["since"], flag["reasons"]])).collect()
    };
    for (one, other) in one.people.iter().zip(&other.people).filter(|(person, _)| person.role == PersonRole::HomeroomTeacher) {
        let class = json!(one.class_id);
        let (one, other) = (flags(&one_school, &one.token, &class).await, flags(&other_school, &other.token, &class).await);
        assert_eq!(known(one), known(other));
    }
    let (_, third) = town(Settings { seed: 8, days: 1, ..SMALL }).await;
    assert_ne!(people(&third), people(&other));
}

#[tokio::test]
async fn every_flag_has_a_history_that_ends_before_today() {
    let (school, demo) = town(SMALL).await;
    let teachers = demo.people.iter().filter(|person| person.role == PersonRole::HomeroomTeacher);
    for teacher in teachers {
        let flags = flags(&school, &teacher.token, &json!(teacher.class_id)).await;
        assert!(flags.iter().any(|flag| flag["state"] == "NEW" || flag["state"] == "CONTINUING"), "{}: {flags:?}", teacher.duty);
        for flag in flags {
            let history = flag["history"].as_array().expect("a list");
            let times: Vec<_> = history.iter().map(|event| time(event["at"].as_str().expect("a time"))).collect();
            assert_eq!(history[0]["kind"], "RAISED", "{flag}");
            assert!(times.is_sorted() && *times.last().expect("one at least") < time(NOW), "{flag}");
            assert!(!flag["reasons"].as_array().expect("a list").is_empty(), "{flag}");
        }
    }
    assert!(demo.made.analyses == demo.made.of_analyses && demo.made.answers > 0, "{:?}", demo.made);
    assert_eq!(school.recount().await, 0);
}

#[tokio::test]
async fn today_is_empty_but_for_moods_so_that_a_visitor_takes_attendance() {
    let (school, demo) = town(Settings { days: 3, ..SMALL }).await;
    let teacher = &demo.people[0];
    assert_eq!((teacher.role, teacher.duty.as_str()), (PersonRole::HomeroomTeacher, "5年2組 担任"));
    let document = "query ($class: ID!, $today: Date!) { class(id: $class) { pupilCount
        attendanceSummary(day: $today) { enrolled unmarked } freshness { moodsToday activityDay } } }";
    let answer = school.bearer(&teacher.token).ask(document, json!({ "class": teacher.class_id, "today": TODAY })).await;
    let class = answer.data("/class");
    assert_eq!(class["attendanceSummary"]["unmarked"], class["pupilCount"]);
    assert!(class["freshness"]["moodsToday"].as_i64() > Some(0), "{class}");
    assert_eq!(class["freshness"]["activityDay"], "2026-11-20");
    let after = school.count("activity", "day >= '2026-11-21'").await + school.count("attendance_mark", "day >= '2026-11-21'").await;
    assert_eq!(after, 0);
}

#[tokio::test]
async fn everybody_listed_can_sign_in_and_sees_what_their_duty_gives() {
    let (school, demo) = town(Settings { days: 1, ..SMALL }).await;
    for person in &demo.people {
        let answer = school.bearer(&person.token).ask("{ viewer { name rights pupil { name } } }", json!({})).await;
        assert_eq!(answer.data("/viewer/name"), &person.name);
        assert_ne!(answer.data("/viewer/rights"), &json!([]), "{}", person.duty);
        let pupil = answer.data("/viewer/pupil")["name"].as_str().map(str::to_owned);
        assert_eq!(pupil, (person.role == PersonRole::Pupil).then(|| person.name.clone()));
    }
    let roles = demo.people.iter().map(|person| serde_json::to_value(person.role).expect("JSON"));
    for role in ["homeroom_teacher", "nurse", "counsellor", "vice_principal", "grade_head", "board_officer", "pupil"] {
        assert!(roles.clone().any(|known| known == role), "{role}");
    }
    let document = "mutation ($input: RecordActivitiesInput!) { recordActivities(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "sentAt": NOW, "activities": [] } });
    let answer = school.bearer(&demo.app.token).ask(document, input).await;
    assert_eq!(answer.data("/recordActivities/userErrors/0/code"), "EMPTY");
}

#[tokio::test]
async fn a_database_that_holds_anything_is_never_filled() {
    let school = School::open().await;
    let before = school.count("pupil", "1 = 1").await;
    let refused = school.fill_demo(SMALL).await.expect_err("it holds records");
    assert!(refused.to_string().contains("empty"), "{refused}");
    assert_eq!((school.count("pupil", "1 = 1").await, school.clock.now()), (before, time(NOW)));
    let school = School::empty().await;
    assert!(school.fill_demo(Settings { pupils: 1, ..SMALL }).await.is_err());
    assert!(school.fill_demo(Settings { schools: 41, ..SMALL }).await.is_err());
}

#[tokio::test]
async fn in_a_junior_high_school_the_homeroom_shows_what_is_done_in_lessons() {
    let (school, demo) = town(Settings { days: 5, ..SMALL }).await;
    let mut with_lessons = 0;
    for teacher in demo.people.iter().filter(|person| person.role == PersonRole::HomeroomTeacher) {
        let document = "query ($id: ID!) { class(id: $id) { id grades assignments(from: \"2026-11-01\", to: \"2026-12-31\") { lesson }
            learningMiddle(from: \"2026-11-16\", to: \"2026-11-24\") { total }
            pupils(first: 1) { nodes { dailyTotals(from: \"2026-11-01\", to: \"2026-11-24\") { classId } } } } }";
        let answer = school.bearer(&teacher.token).ask(document, json!({ "id": teacher.class_id })).await;
        let class = answer.data("/class");
        let junior = class["grades"][0].as_str().is_some_and(|grade| grade.starts_with('J'));
        let assignments = class["assignments"].as_array().expect("a list");
        assert!(!assignments.is_empty() && assignments.iter().all(|of| of["lesson"].is_string() == junior), "{class}");
        let totals = class["pupils"]["nodes"][0]["dailyTotals"].as_array().expect("a list");
        assert_eq!(totals.iter().any(|total| total["classId"] != class["id"]), junior, "{class}");
        with_lessons += usize::from(junior);
    }
    assert!(with_lessons > 0);
}

#[tokio::test]
async fn a_nurse_a_counsellor_and_a_teacher_find_their_morning() {
    let (school, demo) = town(Settings { pupils: 160, ..SMALL }).await;
    let home = demo.people[0].school.clone();
    let of = |role: PersonRole| demo.people.iter().find(|person| person.role == role && person.school == home).expect("somebody of the school");
    let nurse = &of(PersonRole::Nurse).token;
    let schools = school.bearer(nurse).ask("{ schools(first: 1) { nodes { id } } }", json!({})).await;
    let id = json!({ "id": schools.data("/schools/nodes/0/id") });
    let document = "query ($id: ID!) { today: infirmaryVisits(schoolId: $id) { nodes { outcome leftAt } } before: infirmaryVisits(schoolId: $id, day: \"2026-11-20\") { nodes { outcome } }
        schoolHealth(schoolId: $id) { total { observed } trend { observed } } }";
    let morning = school.bearer(nurse).ask(document, id).await;
    assert_eq!(morning.data("/today/nodes"), &json!([{ "outcome": "HERE", "leftAt": null }]));
    assert!(!morning.data("/before/nodes").as_array().expect("a list").is_empty());
    assert!(morning.data("/schoolHealth/total/observed").as_i64() > Some(0), "some classes are noted: {}", morning.body);
    let counsellor = of(PersonRole::Counsellor);
    let work = school.bearer(&counsellor.token).ask("{ mySupport { cases { nodes { assigned { name part } actions { nodes { by level } } } } tasks { nodes { dueOn } } } }", json!({})).await;
    let cases = work.data("/mySupport/cases/nodes").as_array().expect("a list").clone();
    assert!(!cases.is_empty(), "{}", work.body);
    for case in cases {
        assert_eq!(case["assigned"][1], json!({ "name": counsellor.name, "part": "面談" }));
        assert_eq!(case["actions"]["nodes"], json!([{ "by": counsellor.name, "level": "ASSIGNED" }]));
    }
    let due = work.data("/mySupport/tasks/nodes").as_array().expect("a list").clone();
    assert!(due.iter().any(|task| task["dueOn"].as_str() < Some(TODAY)) && due.iter().any(|task| task["dueOn"].as_str() >= Some(TODAY)), "late, and due: {due:?}");
    let talks = school.bearer(&demo.people[0].token).ask("{ consultations { nodes { state } } }", json!({})).await;
    assert_eq!(talks.data("/consultations/nodes"), &json!([{ "state": "SENT" }, { "state": "ENDED" }]));
}
