//! Who is staff, and whose duties end.
use asagao_tests::{ANA, CLASS_5_2, HIBARINO, HUGO, Package, School, TODAY};
use uuid::Uuid;

#[tokio::test]
async fn staff_who_are_guardians_too_stay_staff() {
    let mut package = Package::usual().as_a("bulk");
    for (n, who) in [(1, HUGO), (2, ANA)] {
        package.line("roles.csv", &format!("{},{who},secondary,guardian,{HIBARINO}", Uuid::from_u128(0x9ad + n)));
    }
    let school = School::open().await;
    school.import(&Package::usual().as_a("bulk")).await;
    let report = school.import(&package).await;
    assert_eq!((report.problems.len(), report.duties.changed), (0, 0), "{:?}", report.problems);
    let empty = School::empty().await;
    let report = empty.import(&package).await;
    assert_eq!((report.problems.len(), report.staff.new, report.duties.new), (0, 3, 3), "{:?}", report.problems);
}

#[tokio::test]
async fn whoever_is_a_guardian_alone_is_no_staff() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.user(Uuid::from_u128(0x9ad), "朝倉,母,,,", "guardian", HIBARINO);
    assert_eq!(school.import(&package).await.staff.new, 0);
}

#[tokio::test]
async fn a_member_of_staff_who_is_disabled_in_a_delta_has_no_duty_any_more() {
    for version in ["1.2", "1.2_JP"] {
        let school = School::open().await;
        let mut delta = Package::usual();
        for file in ["orgs.csv", "academicSessions.csv", "classes.csv", "roles.csv", "enrollments.csv"] {
            delta.remove(file);
        }
        delta.put("manifest.csv", &format!("propertyName,value\noneroster.version,{version}\nfile.users,delta\n"));
        let header = "sourcedId,status,dateLastModified,enabledUser,username,familyName,givenName,userMasterIdentifier,preferredFamilyName,preferredGivenName,metadata.jp.kanaFamilyName,metadata.jp.kanaGivenName";
        let row = format!("{ANA},active,2026-11-24T00:00:00.000Z,false,ana,有村,安奈,{ANA},有村,安奈,アリムラ,アンナ");
        delta.put("users.csv", &format!("{header}\n{row}\n"));
        let report = school.import(&delta).await;
        assert_eq!(report.duties.changed, 1, "{version}: {:?}", report.problems);
        assert_eq!(school.count("duty", "kind = 'HOMEROOM_TEACHER' AND ends = '2026-11-23'").await, 1, "{version}");
    }
}

#[tokio::test]
async fn who_takes_a_class_over_under_the_same_row_was_not_its_teacher_before() {
    let school = School::open().await;
    let mut package = Package::usual();
    let new = Uuid::from_u128(0x7eac4);
    package.user(new, "代,理,,,dairi@asagiri.example", "teacher", HIBARINO);
    package.change("enrollments.csv", &format!("{CLASS_5_2},{HIBARINO},{ANA},teacher"), &format!("{CLASS_5_2},{HIBARINO},{new},teacher"));
    school.import(&package).await;
    assert_eq!(school.count("duty", "kind = 'HOMEROOM_TEACHER' AND begins = '2026-04-01' AND ends = '2026-11-23'").await, 1);
    assert_eq!(school.count("duty", &format!("kind = 'HOMEROOM_TEACHER' AND begins = '{TODAY}' AND ends = '2027-03-31'")).await, 1);
}
