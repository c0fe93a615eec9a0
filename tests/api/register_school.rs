//! The registers of all classes of a school in one question: each is as if it had been asked for alone, and together they take as many
//! statements as one.
use crate::calendar::set;
use crate::register::{COUNT, cell, decide, november, row, take};
use crate::register_left::{change_class, later, leave};
use asagao_graphql::jobs::roster_import::Options;
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, Package, REN, School, TSUMUGI, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const MONTH: &str = include_str!("../reading/school.graphql");

/// All that a register shows, of a month and of the year.
fn sheets() -> String {
    let all = format!(
        "from to until schoolDays enrolledFirst joined left version total {{ {COUNT} }} closures {{ reason begins ends withdrawnOn }}
         corrections {{ day number name before after by at reason }} days {{ day isSchoolDay words {{ title }} count {{ {COUNT} }} }}
         rows {{ pupilId name number joined left fromClass toClass notRecognised reached count {{ {COUNT} }} inSchool {{ {COUNT} }}
             cells {{ day state sign office }} }}"
    );
    format!("id register(month: \"2026-11\") {{ {all} }} registerYear(year: 2026) {{ {all} }}")
}

/// The classes of ひばり野 as the head is shown them together, after each was found to be what it is alone; so were the looks.
async fn together(school: &School) -> Vec<Value> {
    let hugo = school.person("hugo");
    let whole = format!("query ($id: ID!) {{ school(id: $id) {{ classes(first: 10) {{ nodes {{ {} }} }} }} }}", sheets());
    school.clock.advance(TimeDelta::seconds(1));
    let whole = hugo.ask(&whole, json!({ "id": HIBARINO })).await;
    let entry = school.access_entries(hugo.id).await.pop().expect("an entry");
    let subjects = |entry: &Value| entry["subjects"].as_array().expect("a list").iter().map(Value::to_string).collect::<BTreeSet<_>>();
    let mut looks = BTreeSet::new();
    let classes = whole.data("/school/classes/nodes").as_array().expect("a list").clone();
    for class in &classes {
        let alone = format!("query ($id: ID!) {{ class(id: $id) {{ {} }} }}", sheets());
        school.clock.advance(TimeDelta::seconds(1));
        let alone = hugo.ask(&alone, json!({ "id": class["id"] })).await;
        assert_eq!(alone.data("/class"), class, "together and alone");
        looks.extend(subjects(&school.access_entries(hugo.id).await.pop().expect("an entry")));
    }
    assert_eq!(subjects(&entry), looks, "the log has the looks of each");
    classes
}

/// How many statements a month of the school takes. A busy machine splits some lots in two: the least of some counts.
async fn statements(school: &School) -> u32 {
    let mut least = u32::MAX;
    for _ in 0..3 {
        let answer = school.person("hugo").ask(MONTH, json!({ "id": HIBARINO, "month": "2026-11" })).await;
        assert!(answer.data("/school/classes/nodes").is_array(), "{}", answer.body);
        least = least.min(answer.queries());
    }
    least
}

/// Twelve more homerooms of ひばり野, each with a pupil.
async fn grown(school: &School) {
    let numbers = (0..12).map(|n| format!("SELECT {n} AS n")).collect::<Vec<_>>().join(" UNION ALL ");
    let (now, ever) = ("'2026-04-01T00:00:00+00:00'", "'9999-12-31T00:00:00+00:00'");
    school.execute_many(&[
        format!("INSERT INTO class (id, school, academic_year, kind, name, grades, subjects)
                 SELECT ID(3, s.n), c.school, c.academic_year, 'HOMEROOM', 'c' || s.n, 'P6', '' FROM ({numbers}) s
                 JOIN class c ON c.name = '5年1組'"),
        format!("INSERT INTO pupil (id, identifier, family_name, given_name, preferred_family_name, preferred_given_name, kana_family_name,
                     kana_given_name) SELECT ID(4, n), '', 'p' || n, '', '', '', '', '' FROM ({numbers}) s"),
        format!("INSERT INTO enrolment (id, known_from, known_until, school, class, pupil, number, begins, ends)
                 SELECT ID(5, s.n), AT({now}), AT({ever}), c.school, ID(3, s.n), ID(4, s.n), 1, DAY('2026-04-01'), DAY('2027-03-31')
                 FROM ({numbers}) s JOIN class c ON c.name = '5年1組'"),
    ]).await;
}

fn of(classes: &[Value], class: Uuid) -> &Value {
    classes.iter().find(|of| of["id"] == json!(class)).expect("a class of the school")
}

#[tokio::test]
async fn the_registers_of_a_school_are_those_of_its_classes() {
    let school = november().await;
    let hugo = school.person("hugo");
    // 楓 is of two homerooms, 葵 changes class, 結衣 leaves, and a class is closed.
    let mut package = Package::usual();
    package.enrol(KAEDE, CLASS_5_1, HIBARINO, "3");
    school.import_as(&package, &Options { accept_suspicious: true, ..Options::default() }).await;
    change_class(&hugo, "2026-11-16").await;
    leave(&hugo, "2026-11-20").await;
    let close = "mutation ($input: CloseClassInput!) { closeClass(input: $input) { userErrors { code field } } }";
    let input = json!({ "classId": CLASS_5_2, "begins": "2026-11-24", "ends": "2026-11-25", "reason": "インフルエンザ" });
    assert_eq!(hugo.ask(close, json!({ "input": input })).await.data("/closeClass/userErrors"), &json!([]));
    let classes = together(&school).await;
    assert_eq!(classes.len(), 3);
    assert_eq!(of(&classes, LESSON)["register"], Value::Null, "a lesson has none");
    let (old, new) = (&of(&classes, CLASS_5_2)["register"], &of(&classes, CLASS_5_1)["register"]);
    assert_eq!((&row(old, AOI)["toClass"], &row(new, AOI)["fromClass"]), (&json!("5年1組"), &json!("5年2組")));
    assert_eq!((cell(old, AOI, "2026-11-16").0, cell(new, AOI, "2026-11-13").0), ("NOT_ENROLLED".into(), "NOT_ENROLLED".into()));
    assert_eq!((&old["closures"][0]["reason"], &new["closures"]), (&json!("インフルエンザ"), &json!([])));
    assert_eq!((row(old, YUI)["left"].as_str(), row(new, REN)["left"].as_str()), (Some("2026-11-20"), None));

    // When the month is over, marks, places and the calendar are corrected.
    later(&school, "2026-12-03");
    take(&school.person("ana"), "2026-11-04", json!([{ "pupilId": HARUTO, "kind": "ILLNESS" }])).await;
    school.clock.advance(TimeDelta::hours(1));
    assert_eq!(decide(&hugo, CLASS_5_1, "2026-11-17", json!([{ "pupilId": AOI, "kind": "MOURNING" }]), "祖父の葬儀").await["changed"], 1);
    school.clock.advance(TimeDelta::hours(1));
    set(&hugo, json!({ "schoolId": HIBARINO, "days": [{ "day": "2026-11-18", "kind": "CLOSURE", "title": "大雨" }], "reason": "記入もれ" })).await;
    school.clock.advance(TimeDelta::hours(1));
    let moved = "mutation ($input: MoveToClassInput!) { moveToClass(input: $input) { userErrors { code field } } }";
    let input = json!({ "pupilId": TSUMUGI, "classId": CLASS_5_1, "day": "2026-11-19", "number": 4 });
    assert_eq!(hugo.ask(moved, json!({ "input": input })).await.data("/moveToClass/userErrors"), &json!([]));
    let classes = together(&school).await;
    let said = |class| of(&classes, class)["register"]["corrections"].to_string();
    assert!(said(CLASS_5_2).contains("11/18まで在籍") && said(CLASS_5_1).contains("11/19から在籍"), "{} {}", said(CLASS_5_2), said(CLASS_5_1));
    assert!(said(CLASS_5_1).contains("祖父の葬儀") && !said(CLASS_5_2).contains("祖父の葬儀"), "of the class in which it was");
    assert!(said(CLASS_5_1).contains("大雨") && said(CLASS_5_2).contains("大雨"));
}

#[tokio::test]
async fn a_month_of_a_school_takes_the_same_statements_however_many_classes_it_has() {
    let school = november().await;
    change_class(&school.person("hugo"), "2026-11-16").await;
    let few = statements(&school).await;
    grown(&school).await;
    let many = statements(&school).await;
    assert!(many <= few && many <= 20, "{few} statements for two homerooms, {many} for fourteen");
}

#[tokio::test]
async fn without_a_calendar_each_class_of_a_school_has_the_days_of_its_own_records() {
    let school = School::open().await;
    change_class(&school.person("hugo"), "2026-11-20").await;
    for day in ["2026-11-18", "2026-11-19", "2026-11-21"] {
        take(&school.person("ana"), day, json!([])).await;
    }
    let classes = together(&school).await;
    let days = |class| of(&classes, class)["register"]["schoolDays"].as_u64();
    assert_eq!((days(CLASS_5_2), days(CLASS_5_1)), (Some(4), Some(1)), "today is one of each");
    let few = statements(&school).await;
    grown(&school).await;
    let many = statements(&school).await;
    assert!(many <= few && many <= 20, "{few} statements for two homerooms, {many} for fourteen");
}
