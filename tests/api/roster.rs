//! The roster: brought in from a OneRoster package, told where it is wrong, read by those who may.
use asagao_graphql::access::tx::Put;
use asagao_tests::{AOI, Answer, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, KAEDE, LESSON, MINATO, MIZUUMI, Package, REN, SOTA, School, TSUMUGI, YUI};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

async fn pupils(school: &School, who: &str, class: Uuid, arguments: &str) -> Answer {
    let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
    let document = format!(
        "query ($id: ID!) {{ class(id: $id) {{ name pupils{arguments} {{ nodes {{ id name kana number }}
            pageInfo {{ hasNextPage endCursor }} }} }} }}"
    );
    school.person(who).ask(&document, json!({ "id": class })).await
}

fn ids(answer: &Answer) -> Vec<Uuid> {
    let nodes = answer.data("/class/pupils/nodes").as_array().expect("a list");
    nodes.iter().map(|node| node["id"].as_str().expect("an id").parse().expect("a UUID")).collect()
}

#[tokio::test]
async fn a_roster_that_comes_again_changes_nothing() {
    let school = School::open().await;
    school.clock.advance(TimeDelta::days(1));
    let report = school.import(&Package::usual()).await;
    let unchanged = |unchanged| Put { unchanged, ..Put::default() };
    assert_eq!((report.schools, report.academic_years, report.classes), (unchanged(2), unchanged(1), unchanged(4)));
    assert_eq!((report.pupils, report.staff), (unchanged(8), unchanged(3)));
    assert_eq!((report.duties, report.enrolments), (unchanged(3), unchanged(10)));
}

#[tokio::test]
async fn a_pupil_whose_name_changed_is_shown_by_the_new_one() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("users.csv", "朝倉,葵,アサクラ", "小林,葵,コバヤシ");
    let report = school.import(&package).await;
    assert_eq!(report.pupils, Put { changed: 1, unchanged: 7, ..Put::default() });
    let first = pupils(&school, "ana", CLASS_5_2, "first: 1").await;
    assert_eq!(first.data("/class/pupils/nodes/0/name"), "小林 葵");
    assert_eq!(first.data("/class/pupils/nodes/0/kana"), "コバヤシ アオイ");
}

#[tokio::test]
async fn what_a_roster_does_not_mention_stays() {
    let school = School::open().await;
    let mut files = vec!["users.csv", "roles.csv", "enrollments.csv"];
    for more in [None, Some("classes.csv"), Some("academicSessions.csv"), Some("orgs.csv")] {
        files.extend(more);
        let report = school.import(&Package::usual().with_empty(&files)).await;
        assert_eq!((report.pupils, report.problems.len()), (Put::default(), 0), "{files:?}");
    }
    assert_eq!(ids(&pupils(&school, "ana", CLASS_5_2, "").await).len(), 6);
}

#[tokio::test]
async fn each_row_that_is_wrong_is_told_by_its_place_and_the_rest_is_stored() {
    let school = School::open().await;
    let (newcomer, nobody) = (Uuid::from_u128(0xbeef), Uuid::from_u128(42));
    let mut package = Package::usual();
    let mut expected = Vec::new();
    let mut wrong = |package: &mut Package, file: &'static str, line: String, column: &str| {
        package.line(file, &line);
        expected.push((file.to_owned(), package.last_line(file).cast_signed(), column.to_owned()));
    };
    let row = |n: u128| Uuid::from_u128(0xbad_0000 + n);
    package.line("enrollments.csv", "");
    wrong(&mut package, "orgs.csv", format!("{},県,department,1", row(1)), "type");
    wrong(&mut package, "users.csv", format!("{AOI},true,朝倉,葵,,,"), "sourcedId");
    wrong(&mut package, "users.csv", format!("{},true,,名,,,", row(2)), "familyName");
    wrong(&mut package, "users.csv", "17,true,苗字,名,,,".into(), "sourcedId");
    wrong(&mut package, "classes.csv", format!("{},6年1組,homeroom,{},{},P6,", row(3), nobody, row(4)), "schoolSourcedId");
    let of = |user| format!("{CLASS_5_2},{HIBARINO},{user},student");
    wrong(&mut package, "enrollments.csv", format!("{},{},,,,8", row(5), of(nobody)), "userSourcedId");
    wrong(&mut package, "enrollments.csv", format!("{},{},,2026-11-31,,8", row(6), of(AOI)), "beginDate");
    wrong(&mut package, "enrollments.csv", format!("{},{},,2026/11/01,,8", row(7), of(AOI)), "beginDate");
    wrong(&mut package, "enrollments.csv", format!("{},{},,2026-11-02,2026-11-01,8", row(8), of(AOI)), "endDate");
    wrong(&mut package, "enrollments.csv", format!("{},{nobody},{HIBARINO},{AOI},student,,,,1", row(10)), "classSourcedId");
    wrong(&mut package, "enrollments.csv", format!("{},{CLASS_5_2},{MIZUUMI},{AOI},student,,,,1", row(11)), "schoolSourcedId");
    wrong(&mut package, "enrollments.csv", format!("{},{CLASS_5_2}", row(12)), "");
    package.user(newcomer, "林,花,ハヤシ,ハナ,", "student", HIBARINO);
    package.enrol(newcomer, CLASS_5_2, HIBARINO, "7");

    let report = school.import(&package).await;
    let again = school.import(&package.as_excel_writes_it()).await;
    assert_eq!(again.problems, report.problems, "lines are lines in every file");
    let mut told: Vec<_> = report.problems.into_iter().map(|problem| (problem.file, problem.line, problem.column)).collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!((report.pupils.new, report.enrolments.new), (1, 1), "the rest is stored");
    assert_eq!(ids(&pupils(&school, "ana", CLASS_5_2, "").await).last(), Some(&newcomer));
}

#[tokio::test]
async fn a_package_without_a_column_or_a_file_is_not_read_at_all() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("users.csv", "familyName", "surname");
    package.change("enrollments.csv", "role,primary", "rolle,primary");
    package.remove("orgs.csv");
    let told: Vec<_> = school.refusal_of(&package).await.into_iter().map(|problem| (problem.file, problem.line, problem.column)).collect();
    let place = |file: &str, line: i64, column: &str| (file.to_owned(), line, column.to_owned());
    assert_eq!(told.len(), 3, "{told:?}");
    for expected in [place("users.csv", 1, "familyName"), place("enrollments.csv", 1, "role"), place("orgs.csv", 0, "")] {
        assert!(told.contains(&expected), "{expected:?} is not in {told:?}");
    }
}

#[tokio::test]
async fn a_class_lists_its_pupils_by_number() {
    let school = School::open().await;
    let answer = pupils(&school, "ana", CLASS_5_2, "").await;
    assert_eq!(ids(&answer), [AOI, HARUTO, KAEDE, MINATO, TSUMUGI, YUI]);
    let nodes = answer.data("/class/pupils/nodes");
    assert_eq!(nodes[0], json!({ "id": AOI, "name": "朝倉 葵", "kana": "アサクラ アオイ", "number": 1 }));
    assert_eq!(nodes[2]["name"], "勅使河原 ヴァレンティーナ");
    assert_eq!(nodes[3]["kana"], Value::Null);
    assert_eq!((&nodes[5]["name"], &nodes[5]["number"]), (&json!("𠮷田 結衣"), &json!(6)));
}

#[tokio::test]
async fn the_second_page_goes_on_where_the_first_ended() {
    let school = School::open().await;
    let mut seen = Vec::new();
    let mut arguments = "first: 4".to_owned();
    for (rows, more) in [(4, true), (2, false)] {
        let answer = pupils(&school, "ana", CLASS_5_2, &arguments).await;
        let page = answer.data("/class/pupils/pageInfo");
        assert_eq!((ids(&answer).len(), &page["hasNextPage"]), (rows, &json!(more)));
        seen.extend(ids(&answer));
        arguments = format!("first: 4, after: {}", page["endCursor"]);
    }
    assert_eq!(seen, [AOI, HARUTO, KAEDE, MINATO, TSUMUGI, YUI]);
}

#[tokio::test]
async fn a_page_has_at_most_two_hundred_rows() {
    let school = School::open().await;
    let mut package = Package::usual();
    for n in 0..203_u128 {
        let pupil = Uuid::from_u128(0xcafe_0000 + n);
        package.user(pupil, "山田,太郎,,,", "student", HIBARINO);
        // Without a number they stand in the order of their ids, after those with one.
        package.enrol(pupil, LESSON, HIBARINO, "");
    }
    assert_eq!(school.import(&package).await.problems, []);
    let first = pupils(&school, "hugo", LESSON, "first: 500").await;
    assert_eq!(ids(&first).len(), 200);
    let cursor = first.data("/class/pupils/pageInfo/endCursor").to_string();
    let second = pupils(&school, "hugo", LESSON, &format!("first: 500, after: {cursor}")).await;
    assert_eq!(ids(&second).len(), 5);
    let all: std::collections::BTreeSet<_> = ids(&first).into_iter().chain(ids(&second)).collect();
    assert_eq!(all.len(), 205, "nobody is on both pages");
    assert_eq!(ids(&pupils(&school, "hugo", LESSON, "").await).len(), 50);
    assert_eq!(ids(&pupils(&school, "hugo", LESSON, "first: 0").await).len(), 0);
}

#[tokio::test]
async fn a_page_of_fewer_than_none_or_after_nothing_is_refused() {
    let school = School::open().await;
    for arguments in ["first: -1", "after: \"x\"", "after: \"\"", "after: \"1.zz\""] {
        assert_eq!(pupils(&school, "ana", CLASS_5_2, arguments).await.code(), "BAD_INPUT", "{arguments}");
    }
}

#[tokio::test]
async fn a_stranger_finds_no_pupil_and_no_class() {
    let school = School::open().await;
    let document = "query ($pupil: ID!, $class: ID!) { pupil(id: $pupil) { name } class(id: $class) { name } }";
    let known = school.person("ana").ask(document, json!({ "pupil": AOI, "class": CLASS_5_2 })).await;
    assert_eq!(known.data(""), &json!({ "pupil": { "name": "朝倉 葵" }, "class": { "name": "5年2組" } }));
    for (who, pupil, class) in [
        ("mari", AOI, CLASS_5_2),
        ("stranger", AOI, LESSON),
        ("ana", REN, CLASS_5_1),
        ("ana", SOTA, CLASS_4_1),
        ("hugo", SOTA, CLASS_4_1),
        ("hugo", Uuid::from_u128(42), Uuid::nil()),
    ] {
        let answer = school.person(who).ask(document, json!({ "pupil": pupil, "class": class })).await;
        assert_eq!(answer.data(""), &json!({ "pupil": null, "class": null }), "{who}");
    }
    let no_id = school.person("hugo").ask(document, json!({ "pupil": "aoi", "class": "" })).await;
    assert_eq!(no_id.data(""), &json!({ "pupil": null, "class": null }));
}

#[tokio::test]
async fn a_head_sees_the_own_school_and_its_classes() {
    let school = School::open().await;
    let document = "{ board { name code } schools { nodes { name code classes { nodes { name kind grades subjects
        academicYear { title year begins ends } } } } } }";
    let answer = school.person("hugo").ask(document, json!({})).await;
    assert_eq!(answer.data("/board"), &json!({ "name": "朝霧市教育委員会", "code": "122211" }));
    assert_eq!(answer.data("/schools/nodes").as_array().unwrap().len(), 1);
    assert_eq!(answer.data("/schools/nodes/0/name"), "ひばり野小学校");
    assert_eq!(answer.data("/schools/nodes/0/classes/nodes").as_array().unwrap().len(), 3);
    let lesson = answer.data("/schools/nodes/0/classes/nodes/2");
    assert_eq!((&lesson["kind"], &lesson["subjects"]), (&json!("SCHEDULED"), &json!(["算数"])));
    let year = json!({ "title": "2026年度", "year": 2026, "begins": "2026-04-01", "ends": "2027-03-31" });
    assert_eq!(lesson["academicYear"], year);
}

#[tokio::test]
async fn a_pupil_who_left_is_no_longer_in_the_class() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("enrollments.csv", &format!("{YUI},student,,,,6"), &format!("{YUI},student,,,2026-11-24,6"));
    assert_eq!(school.import(&package).await.enrolments.changed, 1);
    assert_eq!(ids(&pupils(&school, "ana", CLASS_5_2, "").await).len(), 6, "on the last day");
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(ids(&pupils(&school, "ana", CLASS_5_2, "").await).len(), 5);
    let answer = school.person("ana").ask("query ($id: ID!) { pupil(id: $id) { name } }", json!({ "id": YUI })).await;
    assert_eq!(answer.data("/pupil"), &Value::Null, "access ends the day after a transfer");
}
