//! Places and class duties last for a school year, and begin when the roster first tells of them.
use asagao_graphql::jobs::roster_import::Options;
use asagao_tests::{CLASS_4_1, CLASS_5_1, CLASS_5_2, HIBARINO, LESSON, Package, REN, School, TODAY, enrolment};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const YEAR: &str = "0a5a9a00-0000-4000-8000-000000000004";
/// The places of 渡辺 蓮 that are known.
const OF_REN: &str = "known_until = '9999-12-31T00:00:00+00:00' AND pupil = (SELECT id FROM pupil WHERE family_name = '渡辺')";
const IN_5_1: &str = "class = (SELECT id FROM class WHERE name = '5年1組')";
const IN_5_2: &str = "class = (SELECT id FROM class WHERE name = '5年2組')";

async fn places(school: &School, of_class: &str, begins: &str, ends: &str) -> i64 {
    school.count("enrolment", &format!("{OF_REN} AND {of_class} AND begins = '{begins}' AND ends = '{ends}'")).await
}

/// A package of the year after, with classes and places of its own.
fn next_year() -> Package {
    let mut package = Package::usual().as_a("bulk");
    for file in ["academicSessions.csv", "classes.csv"] {
        package.change(file, YEAR, "0a5a9a00-0000-4000-8000-000000000005");
    }
    package.change("academicSessions.csv", "2026年度,schoolYear,2026-04-01,2027-03-31,2026", "2027年度,schoolYear,2027-04-01,2028-03-31,2027");
    for class in [CLASS_5_1, CLASS_5_2, LESSON, CLASS_4_1] {
        let of_next = Uuid::new_v5(&class, b"2027").to_string();
        package.change("classes.csv", &class.to_string(), &of_next);
        package.change("enrollments.csv", &class.to_string(), &of_next);
    }
    let ids: Vec<String> = package.text("enrollments.csv").lines().skip(1).map(|line| line[..36].to_owned()).collect();
    for id in ids {
        let of_next = Uuid::new_v5(&id.parse().expect("an id"), b"2027").to_string();
        package.change("enrollments.csv", &id, &of_next);
    }
    package
}

#[tokio::test]
async fn places_and_class_duties_end_with_the_school_year() {
    let school = School::open().await;
    school.import(&Package::usual().as_a("bulk")).await;
    assert_eq!(school.count("enrolment", "begins = '2026-04-01' AND ends = '2027-03-31'").await, 10);
    assert_eq!(school.count("duty", "kind = 'HOMEROOM_TEACHER' AND begins = '2026-04-01' AND ends = '2027-03-31'").await, 1);
    school.clock.advance(TimeDelta::days(100));
    let office = school.import(&next_year()).await;
    assert_eq!((office.problems.len(), office.enrolments.new, office.enrolments.changed), (0, 10, 0), "{:?}", office.problems);
    assert!(office.counts.iter().all(|count| count.leaving + count.returning + count.suspicious == 0), "going up a class is neither");
    assert_eq!(school.count("enrolment", "begins = '2027-04-01' AND ends = '2028-03-31'").await, 10);
    school.clock.advance(TimeDelta::days(40));
    let seen = "query ($id: ID!) { class(id: $id) { name pupilCount } }";
    let secret = school.token("ana", &[], 9).await;
    let ana = school.bearer(&secret);
    assert_eq!(ana.ask(seen, json!({ "id": CLASS_5_2 })).await.data("/class"), &Value::Null, "last year's class is not hers any more");
    let now = Uuid::new_v5(&CLASS_5_2, b"2027");
    assert_eq!(ana.ask(seen, json!({ "id": now })).await.data("/class/pupilCount"), 6);
    let mut half = next_year();
    for pupil in ["朝倉", "伊藤", "勅使", "中村"] {
        let id = half.text("users.csv").lines().find(|line| line.contains(pupil)).expect("a pupil")[..36].to_owned();
        half = half.without("enrollments.csv", &id);
    }
    assert!(!school.import(&half).await.refused.is_empty(), "half of a school is half of this year's");
}

#[tokio::test]
async fn a_pupil_who_first_comes_in_november_is_there_from_november_on() {
    let school = School::open().await;
    let mut package = Package::usual().as_a("bulk");
    let new = Uuid::from_u128(0xbeef);
    package.user(new, "林,花,ハヤシ,ハナ,", "student", HIBARINO);
    package.place(new, CLASS_5_2, HIBARINO, "", "7");
    assert_eq!(school.import(&package).await.enrolments.new, 1);
    assert_eq!(school.count("enrolment", &format!("begins = '{TODAY}' AND ends = '2027-03-31'")).await, 1);
    school.clock.advance(TimeDelta::days(3));
    let report = school.import(&package).await;
    assert_eq!((report.enrolments.unchanged, report.enrolments.changed), (11, 0), "and that is not decided again");
    assert!(report.counts.iter().all(|count| count.kept == 0), "nor taken for a change by hand: {:?}", report.counts);
}

#[tokio::test]
async fn a_change_of_class_ends_one_place_and_begins_another_whatever_id_the_row_has() {
    let old = enrolment(REN, CLASS_5_1).to_string();
    for new in [old.clone(), enrolment(REN, CLASS_5_2).to_string()] {
        let school = School::open().await;
        school.import(&Package::usual().as_a("bulk")).await;
        let before = school.count("enrolment", OF_REN).await;
        let mut package = Package::usual().as_a("bulk").without("enrollments.csv", &old);
        package.line("enrollments.csv", &format!("{new},{CLASS_5_2},{HIBARINO},{REN},student,,,,7"));
        let report = school.import(&package).await;
        assert_eq!((report.problems.len(), report.refused.as_str()), (0, ""), "{:?} {:?}", report.problems, report.warnings);
        assert_eq!(places(&school, IN_5_1, "2026-04-01", "2026-11-23").await, 1, "{new}");
        assert_eq!(places(&school, IN_5_2, TODAY, "2027-03-31").await, 1, "{new}");
        assert_eq!(school.count("enrolment", OF_REN).await, before + 1);
        school.clock.advance(TimeDelta::days(1));
        let again = school.import(&package).await;
        assert_eq!((again.enrolments.changed, again.enrolments.new), (0, 0), "{new}");
        assert!(again.counts.iter().all(|count| count.kept + count.conflicts + count.leaving == 0), "{:?}", again.counts);
    }
}

#[tokio::test]
async fn a_change_of_class_is_taken_back_with_the_import() {
    let school = School::open().await;
    school.import(&Package::usual().as_a("bulk")).await;
    let mut package = Package::usual().as_a("bulk");
    let old = enrolment(REN, CLASS_5_1);
    package.change("enrollments.csv", &format!("{old},{CLASS_5_1}"), &format!("{old},{CLASS_5_2}"));
    package.change("enrollments.csv", &format!("{REN},student,,,,1"), &format!("{REN},student,,,,7"));
    let mut school = school;
    let day = TODAY.parse().expect("a date");
    let kind = asagao_graphql::access::duty::DutyKind::AcademicAffairs;
    school.hire("office", |id| vec![asagao_graphql::access::duty::new(id, kind, None, None, day)]).await;
    let office = school.person("office");
    let import = office.preview(&package).await;
    office.commit_roster(&import["id"], &Value::Null, &[]).await;
    assert_eq!(places(&school, IN_5_2, TODAY, "2027-03-31").await, 1);
    let undone = office.undo_roster(&import["id"]).await;
    assert_eq!(undone, json!({ "import": { "state": "UNDONE" }, "staying": 0, "userErrors": [] }));
    assert_eq!(places(&school, IN_5_1, "2026-04-01", "2027-03-31").await, 1);
    assert_eq!(school.count("enrolment", OF_REN).await, 1);
}

#[tokio::test]
async fn two_homerooms_at_once_are_told_and_wait_for_somebody_who_has_looked() {
    let school = School::open().await;
    let mut package = Package::usual().as_a("bulk");
    package.place(REN, CLASS_5_2, HIBARINO, "", "7");
    let report = school.import(&package).await;
    assert_eq!(report.warnings.iter().filter(|found| found.code == "TWO_HOMEROOMS").count(), 1, "{:?}", report.warnings);
    assert!(!report.refused.is_empty());
    assert_eq!(school.count("enrolment", OF_REN).await, 1, "nothing was applied");
    let accepted = school.import_as(&package, &Options { accept_suspicious: true, ..Options::default() }).await;
    assert_eq!(accepted.enrolments.new, 1);

    let empty = School::empty().await;
    assert!(!empty.import(&package).await.refused.is_empty(), "nor on the first day");
}

#[tokio::test]
async fn semesters_and_terms_are_parts_of_their_year() {
    let school = School::empty().await;
    let mut package = Package::usual();
    package.change("academicSessions.csv", "endDate,schoolYear", "endDate,schoolYear,parentSourcedId");
    package.pad("academicSessions.csv", ",");
    let (first, second, lost) = (Uuid::from_u128(0x1e41), Uuid::from_u128(0x1e42), Uuid::from_u128(0x1e43));
    package.line("academicSessions.csv", &format!("{second},2学期,term,2026-09-01,2026-12-31,2026,{first}"));
    package.line("academicSessions.csv", &format!("{first},前期,semester,2026-04-01,2026-08-31,2026,{YEAR}"));
    package.line("academicSessions.csv", &format!("{lost},1学期,term,2025-04-01,2025-08-31,2025,"));
    package.change("classes.csv", &format!("{HIBARINO},{YEAR},P5,\n{CLASS_5_2}"), &format!("{HIBARINO},\"{second},{first}\",P5,\n{CLASS_5_2}"));
    let report = school.import(&package).await;
    let errors: Vec<_> = report.problems.iter().map(|found| found.code.as_str()).collect();
    assert_eq!(errors, ["TERM_OF_NO_YEAR"], "{:?}", report.problems);
    assert_eq!(report.warnings.iter().filter(|found| found.code == "TERM_OF_YEAR").count(), 3);
    assert!(!report.warnings.iter().any(|found| found.code == "YEAR_TITLE"), "a term has a title of its own");
    assert_eq!((report.academic_years.new, report.classes.new, report.enrolments.new), (1, 4, 10));
    assert_eq!(school.count("enrolment", "ends = '2027-03-31'").await, 10);
}
