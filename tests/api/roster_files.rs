//! What schools really send: folders in folders, semicolons, two files of one name.
use asagao_tests::{AOI, HIBARINO, Package, School};
use std::io::Write;
use std::path::Path;
use uuid::Uuid;

/// What a package is refused for: codes and files.
async fn refusal(package: &Package) -> Vec<(String, String)> {
    let school = School::empty().await;
    school.refusal_of(package).await.into_iter().map(|found| (found.code, found.file)).collect()
}

fn one(code: &str, file: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), file.to_owned())]
}

#[tokio::test]
async fn the_one_reason_for_which_a_file_is_not_read_is_said_once() {
    let usual = Package::usual();
    let users = usual.text("users.csv").to_owned();
    for (text, code) in [
        (users.replace(',', ";"), "NO_COMMAS"),
        (users.replace(',', "\t"), "NO_COMMAS"),
        (users.replacen("sourcedId", "SourcedID", 1), "COLUMNS_IN_OTHER_CASE"),
        (users.chars().flat_map(|c| [c, '\0']).collect(), "UTF16_WITHOUT_MARK"),
    ] {
        let mut package = usual.clone();
        package.put("users.csv", &text);
        assert_eq!(refusal(&package).await, one(code, "users.csv"));
    }
    let mut old = usual.clone();
    old.change("users.csv", ",email\n", ",email,role\n");
    old.pad("users.csv", ",student");
    old.remove("roles.csv");
    assert_eq!(refusal(&old).await, one("OF_VERSION_1_1", "users.csv"));
    let mut twice = usual.clone();
    twice.put("manifest.csv", "propertyName,value\noneroster.version,1.2\nfile.users,bulk\nfile.users,bulk\n");
    assert_eq!(refusal(&twice).await, one("MANIFEST_TWICE", "manifest.csv"));
}

#[tokio::test]
async fn what_was_found_beside_is_told_of_a_package_that_is_refused_too() {
    let school = School::empty().await;
    let mut package = Package::usual();
    package.change("users.csv", "familyName", "surname");
    package.change("orgs.csv", "identifier", "ident");
    let report = school.import(&package).await;
    assert_eq!(report.state, "FAILED");
    assert!(report.warnings.iter().any(|found| found.code == "COLUMN_UNKNOWN" && found.column == "ident"), "{:?}", report.warnings);
}

#[tokio::test]
async fn a_folder_may_hold_the_package_in_a_folder() {
    let school = School::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("RO_20261124");
    std::fs::create_dir(&inner).expect("a folder in it");
    Package::usual().write(&inner);
    let report = school.import_file(folder.path()).await;
    assert_eq!((report.problems.len(), report.pupils.unchanged), (0, 8), "{:?}", report.problems);
}

fn zip(files: &[(&str, &str)], path: &Path) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).expect("a file"));
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a file in a ZIP file");
        zip.write_all(text.as_bytes()).expect("bytes in a ZIP file");
    }
    zip.finish().expect("a whole ZIP file");
}

#[tokio::test]
async fn what_macos_adds_is_passed_over_and_two_files_of_one_name_are_told() {
    let school = School::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("roster.zip");
    let usual = Package::usual();
    let names = ["manifest.csv", "orgs.csv", "academicSessions.csv", "classes.csv", "users.csv", "roles.csv", "enrollments.csv"];
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (*name, usual.text(name))).collect();
    files.push(("__MACOSX/users.csv", "x"));
    zip(&files, &path);
    let report = school.import_file(&path).await;
    assert_eq!((report.problems.len(), report.pupils.unchanged), (0, 8), "{:?}", report.problems);
    files.push(("Users.csv", usual.text("users.csv")));
    zip(&files, &path);
    let report = school.import_file(&path).await;
    let told: Vec<_> = report.problems.iter().map(ToString::to_string).collect();
    assert!(told.len() == 1 && told[0].contains("FILE_TWICE") && told[0].contains("Users.csv"), "and which: {told:?}");
}

#[tokio::test]
async fn what_is_odd_about_a_roster_that_can_be_read_is_told() {
    let school = School::empty().await;
    let mut package = Package::usual().with_empty(&["enrollments.csv"]);
    package.line("orgs.csv", &format!("{},うみ小学校,school,B112220000011", Uuid::from_u128(0x5c4)));
    package.line("academicSessions.csv", &format!("{},2026年度,schoolYear,2026-04-01,2027-03-31,2026", Uuid::from_u128(0x7ea4)));
    package.change("users.csv", &format!("{AOI},true,朝倉,"), &format!("{AOI},true,\"朝\n倉\","));
    let report = school.import(&package).await;
    assert_eq!(report.problems, []);
    let told = |code: &str| report.warnings.iter().filter(|found| found.code == code).count();
    assert_eq!((told("CODE_TWICE"), told("YEAR_TWICE"), told("LINE_BREAK"), told("NOBODY_ENROLLED")), (1, 1, 1, 1), "{:?}", report.warnings);
}

#[tokio::test]
async fn a_package_of_the_profile_without_readings_says_the_same_as_it_does() {
    let school = School::open().await;
    let mut package = Package::usual();
    package.change("manifest.csv", "oneroster.version,1.2", "oneroster.version,1.2_JP");
    let columns = "sourcedId,enabledUser,username,givenName,familyName,userMasterIdentifier,preferredGivenName,preferredFamilyName";
    let id = Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0001_0001);
    package.put("users.csv", &format!("{columns}\n{id},true,new,花,林,{id},花,林\n"));
    let package = package.with_empty(&["roles.csv", "enrollments.csv"]);
    let mut package = package;
    package.line("roles.csv", &format!("{},{id},primary,student,{HIBARINO}", Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0001_0002)));
    let report = school.import(&package).await;
    assert_eq!((report.left_out, report.problems.len(), report.pupils.new), (0, 0, 1), "{:?}", report.problems);
    assert!(report.warnings.iter().any(|found| found.code == "COLUMN_MISSING" && found.column == "metadata.jp.kanaGivenName"));
}

#[tokio::test]
async fn three_thousand_pupils_who_are_enrolled_twice_are_told_before_long() {
    let school = School::empty().await;
    let mut package = Package::usual();
    for n in 0..3_000_u128 {
        let pupil = Uuid::from_u128(0xcafe_0000 + n);
        package.user(pupil, &format!("山田,太郎{n},,,"), "student", HIBARINO);
        for row in [b"one", b"two"] {
            let id = Uuid::new_v5(&pupil, row);
            package.line("enrollments.csv", &format!("{id},{},{HIBARINO},{pupil},student,,,,", asagao_tests::CLASS_5_1));
        }
    }
    let begun = std::time::Instant::now();
    let report = school.import(&package).await;
    assert_eq!((report.left_out, report.enrolments.new), (3_000, 3_010));
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{:?}", begun.elapsed());
}
