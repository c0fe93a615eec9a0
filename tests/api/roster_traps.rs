//! What real rosters do that a reader of the standard alone gets wrong.
use asagao_graphql::access::tx::Put;
use asagao_graphql::jobs::roster_import::RosterFinding;
use asagao_tests::{AOI, CLASS_5_1, CLASS_5_2, HIBARINO, LESSON, MIZUUMI, Package, REN, School, TODAY, YUI, enrolment};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

/// A UUID of version 4, as the Japan profile wants them.
fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0001_0000 + n)
}

async fn pupil(school: &School, who: &str, pupil: Uuid) -> Value {
    let document = "query ($id: ID!) { pupil(id: $id) { name officialName kana number homeroom { name } } }";
    school.person(who).ask(document, json!({ "id": pupil })).await.data("/pupil").clone()
}

#[tokio::test]
async fn trap_7_both_spellings_of_the_number_and_every_version_are_read() {
    for (version, spelling) in
        [("1.2", "metadata.jp.ShussekiNo"), ("1.2.1", "metadata.jp.ShussekiNo"), ("1.2", "metadata.jp.shussekiNo"), ("1.2.1", "metadata.jp.shussekiNo")]
    {
        let school = School::open().await;
        let mut package = Package::usual();
        package.change("manifest.csv", "oneroster.version,1.2", &format!("oneroster.version,{version}"));
        package.change("enrollments.csv", "metadata.jp.shussekiNo", spelling);
        package.change("enrollments.csv", &format!("{AOI},student,,,,1"), &format!("{AOI},student,,,,31"));
        let report = school.import(&package).await;
        assert_eq!((report.problems.len(), report.enrolments.changed), (0, 1), "{version} {spelling}: {:?}", report.problems);
        assert_eq!(pupil(&school, "ana", AOI).await["number"], 31);
    }
}

#[tokio::test]
async fn trap_7_a_column_that_one_version_has_more_changes_nothing() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("users.csv", "metadata.jp.kanaGivenName,email", "metadata.jp.kanaGivenName,email,resourceSourcedIds,metadata.jp.kanaMiddleName");
    package.pad("users.csv", ",,");
    let report = school.import(&package).await;
    assert_eq!((report.problems.len(), report.pupils), (0, Put { unchanged: 8, ..Put::default() }), "{:?}", report.problems);
}

#[tokio::test]
async fn trap_8_a_status_in_a_bulk_file_is_told_and_read() {
    let school = School::open().await;
    let mut package = Package::usual().as_a("bulk");
    package.change("orgs.csv", "sourcedId,name,type,identifier", "sourcedId,name,type,identifier,status,dateLastModified");
    package.pad("orgs.csv", ",active,2026-11-24T00:00:00.000Z");
    let report = school.import(&package).await;
    assert!(report.warnings.iter().any(|found| found.file == "orgs.csv" && found.column == "status"), "{:?}", report.warnings);
    assert_eq!((report.problems.len(), report.schools.unchanged), (0, 2));
}

#[tokio::test]
async fn trap_9_who_has_secondary_roles_alone_is_told_and_left_out_by_the_japan_profile() {
    for (version, left_out) in [("1.2", 0), ("1.2_JP", 1)] {
        let school = School::open().await;
        let mut package = Package::usual();
        package.change("manifest.csv", "oneroster.version,1.2", &format!("oneroster.version,{version}"));
        let columns = "sourcedId,enabledUser,username,givenName,familyName,userMasterIdentifier,preferredGivenName,preferredFamilyName,\
            metadata.jp.kanaGivenName,metadata.jp.kanaFamilyName";
        package.put("users.csv", &format!("{columns}\n{},true,second,長,校,{},長,校,チョウ,コウ\n", id(1), id(1)));
        package.line("roles.csv", &format!("{},{},secondary,principal,{HIBARINO}", id(2), id(1)));
        let report = school.import(&package).await;
        let told = |found: &[RosterFinding]| found.iter().filter(|found| found.code == "NO_PRIMARY_ROLE").count();
        assert_eq!((told(&report.problems), told(&report.warnings)), (left_out, 1 - left_out), "{version}: {:?}", report.problems);
        assert_eq!(report.staff.new, 1 - left_out, "{version}");
    }
}

#[tokio::test]
async fn trap_10_half_width_kana_is_told_and_for_a_package_of_the_profile_left_out() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("users.csv", "アサクラ,アオイ", "ｱｻｸﾗ,アオイ");
    let report = school.import(&package).await;
    let column = "metadata.jp.kanaFamilyName";
    assert!(report.warnings.iter().any(|found| found.column == column && found.value == "ｱｻｸﾗ"), "{:?}", report.warnings);
    package.change("manifest.csv", "oneroster.version,1.2", "oneroster.version,1.2_JP");
    let report = school.import(&package).await;
    assert!(report.problems.iter().any(|found| found.column == column && found.file == "users.csv"), "{:?}", report.problems);
}

#[tokio::test]
async fn trap_11_codes_of_subjects_stay_text() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("classes.csv", "grades,subjects", "grades,subjects,subjectCodes");
    package.pad("classes.csv", ",");
    package.change("classes.csv", "P5,算数,", "P5,算数,P030");
    assert_eq!(school.import(&package).await.problems, []);
    let answer = school.person("hugo").ask("query ($id: ID!) { class(id: $id) { subjects } }", json!({ "id": LESSON })).await;
    assert_eq!(answer.data("/class/subjects"), &json!(["P030"]));
}

#[tokio::test]
async fn trap_13_names_that_no_older_code_page_has_come_in_and_are_the_same_the_next_day() {
    let school = School::open().await;
    let mut package = Package::usual();
    // 葛 with a variation selector, and 𠮷 beyond the basic plane.
    package.change("users.csv", "朝倉,葵", "葛\u{e0100}城,𠮷乃");
    assert_eq!(school.import(&package).await.pupils.changed, 1);
    assert_eq!(pupil(&school, "ana", AOI).await["officialName"], "葛\u{e0100}城 𠮷乃");
    assert_eq!(school.import(&package).await.pupils.unchanged, 8);
}

#[tokio::test]
async fn trap_15_a_transfer_in_the_middle_of_the_year_is_the_same_pupil_with_another_place() {
    let school = School::open().await;
    let mut package = Package::usual().as_a("bulk");
    let (old, new) = (enrolment(REN, CLASS_5_1), id(3));
    package.change("enrollments.csv", &format!("{old},{CLASS_5_1},{HIBARINO},{REN},student,,,,1"), &format!("{old},{CLASS_5_1},{HIBARINO},{REN},student,,,{TODAY},1"));
    package.line("enrollments.csv", &format!("{new},{},{MIZUUMI},{REN},student,,2026-11-25,,2", asagao_tests::CLASS_4_1));
    let report = school.import(&package).await;
    assert_eq!((report.problems.len(), report.pupils.new, report.enrolments.new, report.enrolments.changed), (0, 0, 1, 1));
    assert_eq!(pupil(&school, "hugo", REN).await["name"], "渡辺 蓮", "until the day is over");
    assert_eq!(pupil(&school, "mari", REN).await, Value::Null);
    school.clock.advance(TimeDelta::days(1));
    assert_eq!(pupil(&school, "hugo", REN).await, Value::Null, "the old school's access ends the day after");
    assert_eq!(pupil(&school, "mari", REN).await["homeroom"]["name"], "4年1組");
    assert_eq!(school.count("pupil", "family_name = '渡辺'").await, 1);
}

#[tokio::test]
async fn trap_16_a_pupil_of_a_special_needs_class_is_a_guest_in_the_other_whatever_comes_first() {
    for special_first in [true, false] {
        let school = School::open().await;
        let mut package = Package::usual();
        package.change("classes.csv", "grades,subjects", "grades,subjects,metadata.jp.specialNeeds");
        package.pad("classes.csv", ",");
        let year = "0a5a9a00-0000-4000-8000-000000000004";
        package.line("classes.csv", &format!("{},なかよし,homeroom,{HIBARINO},{year},P5,,true", id(5)));
        if special_first {
            let others = package.without("enrollments.csv", &format!("{},{CLASS_5_2}", enrolment(YUI, CLASS_5_2)));
            package = others;
        }
        package.line("enrollments.csv", &format!("{},{},{HIBARINO},{YUI},student,,,,1", id(6), id(5)));
        if special_first {
            package.enrol(YUI, CLASS_5_2, HIBARINO, "6");
        }
        assert_eq!(school.import(&package).await.problems, []);
        let size = "query ($id: ID!) { class(id: $id) { pupilCount exchangePupils { name } } }";
        let of = async |class: Uuid| school.person("hugo").ask(size, json!({ "id": class })).await.data("/class/pupilCount").clone();
        assert_eq!((of(id(5)).await, of(CLASS_5_2).await), (json!(1), json!(5)), "counted once, special first: {special_first}");
        assert_eq!(school.import(&package).await.enrolments.changed, 0, "and still so the next day");
    }
}

#[tokio::test]
async fn trap_17_one_person_with_posts_in_two_schools_and_somebody_in_anothers_place() {
    let school = School::open().await;
    let mut package = Package::usual();
    let both = id(7);
    package.line("users.csv", &format!("{both},true,兼,務,ケン,ム,both@asagiri.example"));
    package.line("roles.csv", &format!("{},{both},primary,teacher,{HIBARINO}", id(8)));
    package.line("roles.csv", &format!("{},{both},secondary,principal,{HIBARINO}", id(9)));
    package.line("roles.csv", &format!("{},{both},secondary,principal,{MIZUUMI}", id(10)));
    package.line("enrollments.csv", &format!("{},{CLASS_5_2},{HIBARINO},{both},teacher,true,2026-12-01,2027-01-31,", id(11)));
    let report = school.import(&package).await;
    assert_eq!((report.problems.len(), report.staff.new, report.duties.new), (0, 1, 3), "{:?}", report.problems);
    assert_eq!(school.count("duty", "begins = '2026-12-01' AND ends = '2027-01-31' AND kind = 'HOMEROOM_TEACHER'").await, 1);
}
