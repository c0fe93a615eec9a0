//! What schools' registers get wrong: a test for each trap that has none elsewhere, named after it.
use crate::register::{COUNT, cell, counted, decide, november, register, row, take};
use asagao_graphql::access::duty::{self, DutyKind};
use asagao_graphql::jobs::roster_import::Options;
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, MINATO, MIZUUMI, Package, REN, SOTA, TSUMUGI, YUI};
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

fn april() -> NaiveDate {
    "2026-04-01".parse().expect("a date")
}

/// 遅刻 and 早退 of a pupil in November.
fn times(sheet: &Value, pupil: Uuid) -> (u64, u64) {
    let [.., late, left_early, _, _] = counted(&row(sheet, pupil)["count"]);
    (late, left_early)
}

#[tokio::test]
async fn trap_4_a_day_that_need_not_be_attended_has_neither_lateness_nor_early_leaving() {
    let school = november().await;
    let hugo = school.person("hugo");
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    assert_eq!((times(&sheet, HARUTO), times(&sheet, MINATO)), ((1, 0), (1, 1)), "of 5 November, marked 停 and late, nothing is late");
    let suspended = json!([{ "pupilId": HARUTO, "kind": "SUSPENDED", "late": true, "leftEarly": true }]);
    assert_eq!(decide(&hugo, CLASS_5_2, "2026-11-04", suspended, "医師の指示").await["changed"], 1);
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    assert_eq!((times(&sheet, HARUTO), cell(&sheet, HARUTO, "2026-11-04").1.as_str()), ((0, 0), "停"));
    let close = "mutation ($input: CloseClassInput!) { closeClass(input: $input) { closure { id } } }";
    let input = json!({ "classId": CLASS_5_2, "begins": "2026-11-10", "ends": "2026-11-10", "reason": "停電" });
    let closed = hugo.ask(close, json!({ "input": input })).await.data("/closeClass/closure/id").clone();
    assert_eq!(times(&register(&hugo, CLASS_5_2, "2026-11").await, MINATO), (0, 0), "the class was closed");
    let back = "mutation ($input: WithdrawClassClosureInput!) { withdrawClassClosure(input: $input) { marked } }";
    let input = json!({ "closureId": closed, "reason": "まちがい" });
    assert_ne!(hugo.ask(back, json!({ "input": input })).await.data("/withdrawClassClosure/marked"), &json!(0));
    assert_eq!(times(&register(&hugo, CLASS_5_2, "2026-11").await, MINATO), (1, 1), "what the homeroom had said holds again");
}

#[tokio::test]
async fn trap_6_a_day_that_nobody_marked_is_no_absence_and_no_presence() {
    let school = november().await;
    let hugo = school.person("hugo");
    let sheet = register(&hugo, CLASS_5_2, "2026-11").await;
    let [school_days, _, to_attend, absent, present, .., unmarked] = counted(&row(&sheet, YUI)["count"]);
    assert_eq!((school_days, to_attend, absent, present, unmarked), (15, 15, 0, 14, 1));
    // In no year of long absence either: from April to October nobody marked anything.
    let document = "query ($id: ID!) { longAbsences(schoolId: $id, year: 2026) { name } }";
    assert_eq!(hugo.ask(document, json!({ "id": HIBARINO })).await.data("/longAbsences"), &json!([]));
    let year = format!("query ($id: ID!) {{ pupil(id: $id) {{ registerYear(year: 2026) {{ count {{ {COUNT} }} }} }} }}");
    let year = hugo.ask(&year, json!({ "id": YUI })).await.data("/pupil/registerYear/0/count").clone();
    let [school_days, _, _, absent, present, .., unmarked] = counted(&year);
    assert_eq!((absent, present, unmarked), (0, 14, school_days - 14));
}

#[tokio::test]
async fn trap_15_who_changed_class_is_counted_whole_for_the_school_and_apart_in_each_register() {
    let school = november().await;
    let hugo = school.person("hugo");
    let document = "mutation ($input: MoveToClassInput!) { moveToClass(input: $input) { userErrors { code field } } }";
    let input = json!({ "pupilId": AOI, "classId": CLASS_5_1, "day": "2026-11-16", "number": 2 });
    assert_eq!(hugo.ask(document, json!({ "input": input })).await.data("/moveToClass/userErrors"), &json!([]));
    let document = format!("query ($id: ID!) {{ class(id: $id) {{ registerYear(year: 2026) {{ rows {{ pupilId joined left count {{ {COUNT} }} inSchool {{ {COUNT} }} }} }} }} }}");
    let mut days = Vec::new();
    for class in [CLASS_5_2, CLASS_5_1] {
        let year = hugo.ask(&document, json!({ "id": class })).await.data("/class/registerYear").clone();
        let of = row(&year, AOI).clone();
        let whole = counted(&of["inSchool"]);
        assert_eq!((whole[0], whole[3], whole[4]), (132, 2, 13), "{class}: whichever class writes the record");
        days.push(counted(&of["count"])[0]);
        let other = row(&year, if class == CLASS_5_2 { TSUMUGI } else { REN });
        assert_eq!(other["count"], other["inSchool"], "who stayed has one count");
    }
    assert_eq!((days[0] + days[1], days[1]), (132, 6), "16 to 24 November are of the new class");
}

#[tokio::test]
async fn trap_17_a_substitute_takes_attendance_and_the_history_names_both() {
    let mut school = november().await;
    school.hire("rin", |id| vec![duty::new(id, DutyKind::HomeroomTeacher, Some(HIBARINO), Some(CLASS_5_2), april())]).await;
    school.clock.advance(TimeDelta::minutes(5));
    let ill = take(&school.person("rin"), "2026-11-24", json!([{ "pupilId": AOI, "kind": "ILLNESS" }])).await;
    assert_eq!((&ill["changed"], &ill["userErrors"]), (&json!(1), &json!([])));
    let document = "query ($id: ID!) { pupil(id: $id) { attendanceHistory(day: \"2026-11-24\") { kind { name } by } } }";
    let history = school.person("ana").ask(document, json!({ "id": AOI })).await;
    assert_eq!(history.data("/pupil/attendanceHistory"), &json!([{ "kind": { "name": "病欠" }, "by": "rin" }, { "kind": { "name": "出席" }, "by": "有村 安奈" }]));
}

#[tokio::test]
async fn trap_17_somebody_of_two_schools_sees_the_morning_of_both_and_decides_only_where_it_is_the_office() {
    let mut school = november().await;
    school.hire("rin", |id| {
        let nurse = duty::new(id, DutyKind::Nurse, Some(MIZUUMI), None, april());
        vec![nurse, duty::new(id, DutyKind::AcademicAffairs, Some(HIBARINO), None, april())]
    }).await;
    let rin = school.person("rin");
    let today = rin.ask("{ attendanceToday { class { name school { name } } } }", json!({})).await;
    let mut schools: Vec<&str> = today.data("/attendanceToday").as_array().expect("a list").iter().filter_map(|of| of["class"]["school"]["name"].as_str()).collect();
    schools.dedup();
    assert_eq!(schools, ["ひばり野小学校", "みずうみ小学校"]);
    let mourning = |pupil: Uuid| json!([{ "pupilId": pupil, "kind": "MOURNING" }]);
    assert_eq!(decide(&rin, CLASS_5_2, "2026-11-05", mourning(AOI), "祖父の葬儀").await["changed"], 1);
    let elsewhere = decide(&rin, asagao_tests::CLASS_4_1, "2026-11-05", mourning(SOTA), "x").await;
    assert_eq!(elsewhere["userErrors"][0]["code"], "NOT_FOUND", "a nurse there decides nothing");
}

#[tokio::test]
async fn trap_16_who_is_in_two_homerooms_is_counted_once_in_the_numbers_of_a_day() {
    let school = november().await;
    let mut package = Package::usual();
    package.enrol(AOI, CLASS_5_1, HIBARINO, "2");
    school.import_as(&package, &Options { accept_suspicious: true, ..Options::default() }).await;
    let hugo = school.person("hugo");
    let document = "query ($id: ID!) { class(id: $id) { attendanceSummary(day: \"2026-11-24\") { enrolled present unmarked } } }";
    let of = async |class: Uuid| hugo.ask(document, json!({ "id": class })).await.data("/class/attendanceSummary").clone();
    assert_eq!(of(CLASS_5_1).await, json!({ "enrolled": 2, "present": 1, "unmarked": 1 }), "in the smaller one, as in the register");
    assert_eq!(of(CLASS_5_2).await, json!({ "enrolled": 5, "present": 5, "unmarked": 0 }));
}
