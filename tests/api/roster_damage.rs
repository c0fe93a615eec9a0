//! A file that is damaged makes nobody leave, and what a row can do without costs nobody a place.
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, HUGO, Package, School, YUI, enrolment};
use chrono::TimeDelta;
use serde_json::json;
use std::io::Write;

async fn board() -> School {
    let school = School::open().await;
    school.import(&Package::usual().as_a("bulk")).await;
    school.clock.advance(TimeDelta::days(1));
    school
}

/// The line of a pupil in 5年2組.
fn row(package: &Package, pupil: &str) -> String {
    package.text("enrollments.csv").lines().find(|line| line.contains(pupil) && line.contains(&CLASS_5_2.to_string())).expect("a row").to_owned()
}

#[tokio::test]
async fn a_damaged_file_makes_nobody_leave_and_is_told_once() {
    let usual = Package::usual().as_a("bulk");
    let yui = row(&usual, &YUI.to_string());
    let own = enrolment(YUI, CLASS_5_2).to_string();
    for (what, damaged) in [
        ("cut in the middle of a row", yui[..60].to_owned()),
        ("a quote that is not closed", format!("\"{yui}")),
        ("an id that is none", yui.replace(&own, "x")),
        ("no id", yui.replace(&own, "")),
        ("another row's id", yui.replace(&own, &enrolment(AOI, CLASS_5_2).to_string())),
    ] {
        let school = board().await;
        let mut package = usual.clone();
        package.change("enrollments.csv", &yui, &damaged);
        let report = school.import(&package).await;
        assert_eq!((report.enrolments.changed, report.duties.changed), (0, 0), "{what}: {:?}", report.problems);
        let told: Vec<_> = report.warnings.iter().filter(|found| found.code == "NOBODY_LEAVES").map(|found| (found.file.as_str(), found.line)).collect();
        assert_eq!(told, [("enrollments.csv", 0)], "{what}");
        assert!(!report.is_whole(), "{what}");
    }
}

#[tokio::test]
async fn a_damaged_list_of_roles_ends_no_duty_and_whoever_leaves_leaves() {
    let school = board().await;
    let mut package = Package::usual().as_a("bulk").without("enrollments.csv", &YUI.to_string());
    let hugo = package.text("roles.csv").lines().find(|line| line.contains(&HUGO.to_string())).expect("a row").to_owned();
    package.change("roles.csv", &hugo, &hugo[..40]);
    let report = school.import(&package).await;
    assert_eq!((report.duties.changed, report.enrolments.changed), (0, 1), "{:?}", report.problems);
}

#[tokio::test]
async fn a_file_that_does_not_unpack_is_no_roster_at_all() {
    let school = board().await;
    let mut bytes = Package::usual().as_a("bulk").zip();
    // In the middle of what enrollments.csv was packed into.
    let at = bytes.windows(15).position(|part| part == b"enrollments.csv").expect("the file") + 120;
    bytes[at] ^= 0xff;
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&bytes).expect("bytes in a file");
    let report = school.import_file(file.path()).await;
    assert_eq!(report.state, "FAILED", "{:?}", report.problems);
    assert_eq!(report.enrolments.changed, 0);
    assert!(report.problems.iter().any(|found| found.code == "UNREADABLE" && found.file == "enrollments.csv"), "{:?}", report.problems);
}

#[tokio::test]
async fn what_a_row_can_do_without_is_told_and_costs_nobody_a_place() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("users.csv", ",email\n", ",email,agentSourcedIds,metadata.jp.homeClass,grades\n");
    package.pad("users.csv", ",\"G001,\",5-2,5nen");
    for (pupil, number, said) in [(AOI, "1", "31番"), (YUI, "6", "0")] {
        package.change("enrollments.csv", &format!("{pupil},student,,,,{number}"), &format!("{pupil},student,,,,{said}"));
    }
    let report = school.import(&package).await;
    assert_eq!(report.problems, []);
    let told = |code: &str, column: &str| report.warnings.iter().filter(|found| found.code == code && found.column == column).count();
    assert_eq!((told("NOT_A_UUID", "agentSourcedIds"), told("NOT_A_NUMBER", "metadata.jp.shussekiNo")), (11, 1), "{:?}", report.warnings);
    let answer = school.person("ana").ask("query ($id: ID!) { class(id: $id) { pupils { nodes { id number } } } }", json!({ "id": CLASS_5_2 })).await;
    let nodes = answer.data("/class/pupils/nodes").as_array().expect("a list");
    let number = |id: uuid::Uuid| nodes.iter().find(|node| node["id"] == json!(id)).expect("a pupil of the class")["number"].clone();
    assert_eq!((nodes.len(), number(AOI), number(YUI)), (6, json!(31), json!(null)));
}

#[tokio::test]
async fn a_row_with_several_errors_is_one_row_that_is_left_out() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.line("enrollments.csv", &format!("{},{CLASS_5_2},{HIBARINO},x,pupil,,1/4/2026,2/4/2026,", enrolment(HUGO, CLASS_5_2)));
    let report = school.import(&package).await;
    assert!(report.problems.len() >= 4, "{:?}", report.problems);
    assert_eq!(report.left_out, 1);
}
