//! A package of changes alone.
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HIBARINO, Package, School, TSUMUGI, YUI, enrolment};
use serde_json::json;
use uuid::Uuid;

/// The header of a delta's file.
const COMMON: &str = "sourcedId,status,dateLastModified";

/// An empty delta.
fn delta() -> Package {
    let mut package = Package::usual();
    for file in ["orgs.csv", "academicSessions.csv", "classes.csv", "users.csv", "roles.csv", "enrollments.csv"] {
        package.remove(file);
    }
    let manifest = "propertyName,value\noneroster.version,1.2\nfile.users,delta\nfile.roles,delta\nfile.enrollments,delta\n";
    package.put("manifest.csv", manifest);
    package.put("users.csv", &format!("{COMMON},enabledUser,familyName,givenName,metadata.jp.kanaFamilyName,metadata.jp.kanaGivenName\n"));
    package.put("roles.csv", &format!("{COMMON},userSourcedId,roleType,role,orgSourcedId\n"));
    package.put("enrollments.csv", &format!("{COMMON},classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"));
    package
}

const ACTIVE: &str = "active,2026-11-24T00:00:00.000Z";
const GONE: &str = "tobedeleted,2026-11-24T00:00:00.000Z";

#[tokio::test]
async fn changes_alone_change_what_they_name() {
    let school = School::open().await;
    let mut package = delta();
    package.line("users.csv", &format!("{AOI},{ACTIVE},true,小林,葵,コバヤシ,アオイ"));
    let new = Uuid::from_u128(0xbeef);
    package.line("users.csv", &format!("{new},{ACTIVE},true,林,花,ハヤシ,ハナ"));
    package.line("roles.csv", &format!("{},{ACTIVE},{new},primary,student,{HIBARINO}", Uuid::new_v5(&new, b"role")));
    package.line("enrollments.csv", &format!("{},{ACTIVE},{CLASS_5_1},{HIBARINO},{new},student,,,", Uuid::new_v5(&new, b"5-1")));
    let report = school.import(&package).await;
    assert_eq!(report.problems, []);
    assert_eq!((report.pupils.changed, report.pupils.new, report.enrolments.new, report.enrolments.changed), (1, 1, 1, 0));
    let answer = school.person("hugo").ask("query ($id: ID!) { pupil(id: $id) { name homeroom { name } } }", json!({ "id": new })).await;
    assert_eq!(answer.data("/pupil"), &json!({ "name": "林 花", "homeroom": { "name": "5年1組" } }));
}

#[tokio::test]
async fn what_is_to_be_deleted_leaves_and_is_kept() {
    let school = School::open().await;
    let mut package = delta();
    package.line("enrollments.csv", &format!("{},{GONE},{CLASS_5_2},{HIBARINO},{YUI},student,,,", enrolment(YUI, CLASS_5_2)));
    package.line("users.csv", &format!("{TSUMUGI},{GONE},true,森,紬,モリ,ツムギ"));
    let report = school.import(&package).await;
    assert_eq!((report.problems.len(), report.enrolments.changed), (0, 2));
    assert_eq!(school.count("pupil", "1 = 1").await, 8);
    let size = school.person("hugo").ask("query ($id: ID!) { class(id: $id) { pupilCount } }", json!({ "id": CLASS_5_2 })).await;
    assert_eq!(size.data("/class/pupilCount"), 4);
}

#[tokio::test]
async fn a_delta_without_a_status_is_told_and_changes_nobody() {
    let school = School::open().await;
    let mut package = delta();
    package.line("users.csv", &format!("{AOI},,,true,小林,葵,コバヤシ,アオイ"));
    let report = school.import(&package).await;
    assert!(report.problems.iter().any(|problem| problem.file == "users.csv" && problem.column == "status"), "{:?}", report.problems);
    assert_eq!(report.pupils.changed, 0);
}

#[tokio::test]
async fn a_delta_may_not_refer_to_what_is_nowhere() {
    let school = School::open().await;
    let mut package = delta();
    let nobody = Uuid::from_u128(42);
    package.line("enrollments.csv", &format!("{},{ACTIVE},{CLASS_5_1},{HIBARINO},{nobody},student,,,", Uuid::from_u128(1)));
    package.line("enrollments.csv", &format!("{},{ACTIVE},{nobody},{HIBARINO},{AOI},student,,,", Uuid::from_u128(2)));
    let told: Vec<_> = school.import(&package).await.problems.into_iter().map(|problem| problem.code).collect();
    assert_eq!(told, ["NO_SUCH_USER", "NO_SUCH_CLASS"]);
}
