//! Rosters from spreadsheets: what could be read wrongly is told instead.
use asagao_tests::{AOI, CLASS_5_2, HIBARINO, Package, School, enrolment};
use uuid::Uuid;

#[tokio::test]
async fn the_nil_id_is_nobodys() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.user(Uuid::nil(), "無,名,,,nobody@asagiri.example", "teacher", HIBARINO);
    let problems = school.import(&package).await.problems;
    assert!(problems.iter().any(|problem| problem.file == "users.csv" && problem.column == "sourcedId"), "{problems:?}");
}

#[tokio::test]
async fn a_pupil_is_in_a_class_once_at_a_time() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.line("enrollments.csv", &format!("{},{CLASS_5_2},{HIBARINO},{AOI},student,,,,9", enrolment(CLASS_5_2, AOI)));
    let problems = school.import(&package).await.problems;
    assert_eq!((problems.len(), problems[0].line), (1, package.last_line("enrollments.csv").cast_signed()));
}

#[tokio::test]
async fn a_row_with_a_value_too_many_is_told_and_not_shifted() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("users.csv", "森,紬,", "森,森,紬,");
    let report = school.import(&package).await;
    assert_eq!(report.problems[0].file, "users.csv");
    assert_eq!(report.pupils.changed, 0, "nobody is renamed");
}

#[tokio::test]
async fn true_in_capitals_is_true_and_who_is_disabled_holds_no_duty() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("enrollments.csv", "teacher,true", "teacher,TRUE");
    assert_eq!(school.import(&package).await.duties.changed, 0, "still the homeroom teacher");
    let id = Uuid::new_v5(&CLASS_5_2, b"left");
    package.user(id, "去,多,,,left@asagiri.example", "principal", HIBARINO);
    package.change("users.csv", &format!("{id},true"), &format!("{id},FALSE"));
    let report = school.import(&package).await;
    assert_eq!((report.staff.new, report.duties.new), (0, 0));
}
