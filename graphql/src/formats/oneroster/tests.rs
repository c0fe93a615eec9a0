use super::write::Writer;
use super::{
    ClassRole, ClassRow, Course, Enrollment, File, Finding, Mode, Org, Package, Record, Role, RoleName, Session, Severity, User,
    Version,
};
use crate::formats::text_encoding::{Encoding, Said, encode_cp932};
use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;
use std::io::{Cursor, Write};
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;

const SCHOOL: Uuid = Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0000_0002);
const CLASS: Uuid = Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0000_0003);
const PUPIL: Uuid = Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0000_0004);

/// A package of which only some files are not empty.
struct Folder(TempDir);

impl Folder {
    fn new(version: &str) -> Self {
        let folder = Folder(TempDir::new().unwrap());
        folder.put("manifest.csv", format!("propertyName,value\noneroster.version,{version}\n"));
        for file in File::ALL {
            let header: Vec<_> = file.columns().iter().map(|column| column.name).collect();
            folder.put(file.name(), header.join(",") + "\n");
        }
        folder
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn open(&self) -> Package {
        Package::open(self.0.path(), Said::Auto).unwrap()
    }

    fn refused(&self) -> Vec<Finding> {
        Package::open(self.0.path(), Said::Auto).unwrap_err()
    }

    fn enrollments(&self, header: &str, rows: &[&str]) -> Vec<Record<Enrollment>> {
        let common = format!("sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role{header}\n");
        let row = |(at, row): (usize, &&str)| format!("{},,,{CLASS},{SCHOOL},{PUPIL},{row}\n", id(0x100 + at as u128));
        let rows: String = rows.iter().enumerate().map(row).collect();
        self.put("enrollments.csv", common + &rows);
        self.open().enrollments().collect()
    }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0000_0000 + number)
}

fn codes<T>(record: &Record<T>) -> Vec<&str> {
    record.findings.iter().map(|finding| finding.code).collect()
}

fn orgs(folder: &Folder, rows: impl AsRef<[u8]>) -> Vec<Record<Org>> {
    folder.put("orgs.csv", [b"sourcedId,name,type\n", rows.as_ref()].concat());
    folder.open().orgs().collect()
}

#[test]
fn both_spellings_of_the_number_are_read_in_every_version() {
    for version in Version::ALL {
        for spelling in ["metadata.jp.ShussekiNo", "metadata.jp.shussekiNo"] {
            let folder = Folder::new(version.name());
            let records = folder.enrollments(&format!(",primary,{spelling}"), &["student,false,7", "student,false,1000"]);
            assert_eq!(records[0].value.as_ref().unwrap().number, Some(7));
            assert_eq!((records[1].line, records[1].value.as_ref().unwrap().number), (3, None));
            assert_eq!((records[1].findings[0].code, records[1].findings[0].column.as_str()), ("NOT_A_NUMBER", spelling));
        }
    }
}

#[test]
fn a_rule_of_japan_is_an_error_only_where_the_package_claims_the_profile() {
    for (version, read) in [("1.2", true), ("1.2.1", true), ("1.2_JP", false)] {
        let records = Folder::new(version).enrollments(",primary", &["student,true"]);
        assert_eq!((codes(&records[0]), records[0].value.is_some()), (vec!["STUDENT_PRIMARY"], read), "{version}");
    }
}

#[test]
fn a_row_tells_everything_that_is_wrong_with_it_at_once() {
    let records = Folder::new("1.2").enrollments(",beginDate,endDate", &["pupil,1/05/2023,2026-13-01"]);
    assert_eq!(codes(&records[0]), ["WORD_UNKNOWN", "NOT_A_DATE", "NOT_A_DATE"]);
    let told = records[0].findings[1].to_string();
    assert_eq!(told, "enrollments.csv line 2, beginDate = \"1/05/2023\": this is no date: write it like 2026-04-01");
}

#[test]
fn lines_are_counted_through_crlf_empty_lines_and_quoted_line_breaks() {
    let folder = Folder::new("1.2");
    let text = format!("{},\"a\nb\",school\n\n{},c,school\n{},d,schule\n", id(1), id(2), id(3));
    let lines = |records: Vec<Record<Org>>| records.iter().map(|record| record.line).collect::<Vec<_>>();
    assert_eq!(lines(orgs(&folder, &text)), [2, 5, 6]);
    folder.put("orgs.csv", format!("sourcedId,name,type\n{text}").replace('\n', "\r\n"));
    assert_eq!(lines(folder.open().orgs().collect()), [2, 5, 6]);
    let big = (0..5_000).map(|n| format!("{},学校{n},school\r\n\r\n", id(n))).collect::<Vec<_>>().concat();
    let records = orgs(&folder, big);
    assert!(records.iter().zip(0..).all(|(record, at)| record.line == 2 + 2 * at && record.value.is_some() || at == 0));
}

#[test]
fn cp932_is_told_from_utf8_and_a_broken_byte_from_both() {
    let folder = Folder::new("1.2");
    let text = format!("{},髙橋小学校,school\n", id(1));
    folder.put("orgs.csv", encode_cp932(&format!("sourcedId,name,type\n{text}")).unwrap());
    let package = folder.open();
    assert_eq!(package.encoding(File::Orgs), Some(Encoding::Cp932));
    assert_eq!(package.orgs().next().unwrap().value.unwrap().name, "髙橋小学校");
    assert!(package.findings().iter().any(|finding| finding.code == "NOT_UTF8"));

    let mut broken = text.repeat(3).into_bytes();
    let at = broken.len() / 2;
    broken[at - 12] = 0xff;
    let records = orgs(&folder, &broken);
    assert_eq!(
        records.iter().map(|record| record.findings.iter().any(|f| f.code == "TEXT_BROKEN")).filter(|told| *told).count(),
        1
    );

    let utf16: Vec<u8> = format!("\u{feff}sourcedId,name,type\n{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    folder.put("orgs.csv", utf16);
    assert_eq!(folder.open().orgs().next().unwrap().value.unwrap().name, "髙橋小学校");
}

#[test]
fn cp932_after_a_long_ascii_beginning_is_still_cp932() {
    let folder = Folder::new("1.2");
    let ascii = (1..5_000).map(|n| format!("{},school {n},school\n", id(n))).collect::<Vec<_>>().concat();
    let late = encode_cp932(&format!("{},山﨑小学校,school\n", id(6_000))).unwrap();
    let records = orgs(&folder, [ascii.as_bytes(), &late].concat());
    assert_eq!(records.last().unwrap().value.as_ref().unwrap().name, "山﨑小学校");
}

#[test]
fn the_word_null_and_spaces_mean_empty() {
    let records = orgs(&Folder::new("1.2"), format!("{},　NULL ,school\n", id(1)));
    assert_eq!(codes(&records[0]), ["REQUIRED"]);
}

#[test]
fn a_quote_that_never_closes_ends_the_file_with_its_line() {
    let rows = format!("{},a,school\n{},\"b,school\n", id(1), id(2)) + &format!("{},c,school\n", id(3)).repeat(60_000);
    let records = orgs(&Folder::new("1.2"), rows);
    assert_eq!((records.len(), codes(&records[1]), records[1].line), (2, vec!["ROW_TOO_LONG"], 3));
}

#[test]
fn half_width_kana_and_characters_of_one_machine_are_told() {
    let records = orgs(&Folder::new("1.2"), format!("{},ﾋﾊﾞﾘ\u{e000},school\n", id(1)));
    assert_eq!(codes(&records[0]), ["HALF_WIDTH_KANA", "PRIVATE_CHARACTER"]);
    assert!(records[0].value.is_some());
}

#[test]
fn in_a_delta_a_row_says_whether_it_is_taken_out() {
    let folder = Folder::new("1.2.1");
    folder.put("manifest.csv", "propertyName,value\noneroster.version,1.2.1\nfile.orgs,delta\n");
    let at = "2026-04-01T00:00:00Z";
    let rows = format!("{},active,{at},a,school\n{},tobedeleted,{at},,\n{},,,c,school\n", id(1), id(2), id(3));
    folder.put("orgs.csv", format!("sourcedId,status,dateLastModified,name,type\n{rows}"));
    let package = folder.open();
    assert_eq!((package.mode(File::Orgs), package.mode(File::Users)), (Mode::Delta, Mode::Unsaid));
    let records: Vec<_> = package.orgs().collect();
    assert_eq!(
        records.iter().map(|record| record.value.as_ref().map(|org| org.removed)).collect::<Vec<_>>(),
        [Some(false), Some(true), None]
    );
    assert_eq!(codes(&records[2]), ["REQUIRED", "REQUIRED"]);
}

#[test]
fn a_status_in_bulk_is_told_and_read() {
    let folder = Folder::new("1.2");
    folder.put("orgs.csv", format!("sourcedId,status,name,type\n{},active,a,school\n", id(1)));
    let record = folder.open().orgs().next().unwrap();
    assert_eq!((codes(&record), record.value.is_some()), (vec!["STATUS_IN_BULK"], true));
}

fn errors(folder: &Folder) -> impl Iterator<Item = Finding> {
    folder.refused().into_iter().filter(|finding| finding.severity == Severity::Error)
}

#[test]
fn a_package_that_cannot_be_read_tells_every_reason() {
    let folder = Folder::new("1.3");
    folder.put("users.csv", "sourcedId,enabledUser,givenName,surname\n");
    folder.put("orgs.csv", "sourcedId,name,name,type\n");
    std::fs::remove_file(folder.0.path().join("roles.csv")).unwrap();
    let told: Vec<_> = errors(&folder).map(|finding| (finding.code, finding.file, finding.line, finding.column)).collect();
    let expected = [
        ("VERSION_UNKNOWN", "manifest.csv", 2, "oneroster.version".to_owned()),
        ("COLUMN_TWICE", "orgs.csv", 1, "name".to_owned()),
        ("COLUMN_MISSING", "users.csv", 1, "familyName".to_owned()),
        ("FILE_MISSING", "roles.csv", 0, String::new()),
    ];
    assert_eq!(told, expected);
    folder.put(
        "manifest.csv",
        "propertyName,value\noneroster.version,1.2\nfile.orgs,absent\nfile.users,everything\nfile.roles,bulk\n",
    );
    let told: Vec<_> = errors(&folder).map(|finding| finding.code).collect();
    assert_eq!(told, ["MANIFEST_VALUE", "FILE_ABSENT", "COLUMN_MISSING", "FILE_MISSING"]);
}

#[test]
fn what_is_no_package_is_told() {
    let folder = Folder::new("1.2");
    let file = |name: &str, bytes: &[u8]| {
        folder.put(name, bytes);
        let path = folder.0.path().join(name);
        Package::open(&path, Said::Auto).unwrap_err()[0].code
    };
    assert_eq!(file("a.xlsx", b"nothing of the kind"), "NOT_A_PACKAGE");
    assert_eq!(file("b.zip", b"PK\x03\x04 and then nothing"), "ZIP_BROKEN");
    assert_eq!(Package::open(Path::new("/nowhere"), Said::Auto).unwrap_err()[0].code, "UNREADABLE");
}

#[test]
fn a_zip_may_hold_its_files_in_a_folder_and_a_damaged_one_is_told() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("RO/__MACOSX/._orgs.csv", options).unwrap();
    zip.start_file("RO/manifest.csv", options).unwrap();
    zip.write_all(b"propertyName,value\noneroster.version,1.2\n").unwrap();
    for file in File::ALL {
        zip.start_file(format!("RO/{}", file.name()), options).unwrap();
        let header: Vec<_> = file.columns().iter().map(|column| column.name).collect();
        let row = if file == File::Orgs { format!("\n{},,,ひばり野,school,,\n", id(1)) } else { "\n".into() };
        zip.write_all((header.join(",") + &row).as_bytes()).unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.zip");
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(Package::open(&path, Said::Auto).unwrap().orgs().next().unwrap().value.unwrap().name, "ひばり野");
    let at =
        bytes.windows(4).position(|window| window == "ひ".as_bytes().iter().chain(b"\xe3").copied().collect::<Vec<_>>()).unwrap();
    bytes[at + 2] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let records: Vec<_> = Package::open(&path, Said::Auto).map_or_else(|_| Vec::new(), |package| package.orgs().collect());
    assert!(records.iter().all(|record| record.value.is_none() || record.line == 2));
    assert!(records.is_empty() || records.last().unwrap().findings.iter().any(|finding| finding.code == "UNREADABLE"));
}

fn text() -> impl Strategy<Value = String> {
    "[ -~ぁ-んァ-ヶ一-龠𠀋\n,\"]{0,12}"
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("NULL is empty", |text| text != "NULL")
}

fn some_text() -> impl Strategy<Value = String> {
    text().prop_filter("not empty", |text| !text.is_empty())
}

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(|bits| uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid())
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (1950..2100, 1..=365u32).prop_map(|(year, day)| NaiveDate::from_yo_opt(year, day).unwrap())
}

prop_compose! {
    fn org()(id in uuid(), school: bool, code in text(), name in some_text(), parent in proptest::option::of(uuid())) -> Org {
        Org { id, removed: false, school, code, name, parent }
    }
}

prop_compose! {
    fn session()(id in uuid(), title in some_text(), year in 1900..3000, begins in day(), days in 0..400u64, parent in proptest::option::of(uuid())) -> Session {
        Session { id, removed: false, title, kind: "term".into(), year, begins, ends: begins + chrono::Days::new(days), parent }
    }
}

prop_compose! {
    fn course()(id in uuid(), session in proptest::option::of(uuid()), title in text(), org in proptest::option::of(uuid()), subjects in text()) -> Course {
        Course { id, removed: false, session, title, grades: "P1,J3".into(), org, subjects, subject_codes: "P010".into() }
    }
}

prop_compose! {
    fn class()(id in uuid(), title in some_text(), homeroom: bool, school in uuid(), course in proptest::option::of(uuid()),
               terms in proptest::collection::vec(uuid(), 1..3), special_needs: bool) -> ClassRow {
        ClassRow { id, removed: false, title, homeroom, school, course, terms, grades: "P5,P6".into(), subjects: "算数".into(), subject_codes: String::new(), special_needs }
    }
}

prop_compose! {
    fn user()(id in uuid(), enabled: bool, names in proptest::array::uniform10(some_text()), agents in proptest::collection::vec(uuid(), 0..3),
              links in proptest::array::uniform3(proptest::option::of(uuid()))) -> User {
        let [username, identifier, family_name, given_name, preferred_family_name, preferred_given_name, kana_family_name, kana_given_name, email, _] = names;
        let [master, home_class, primary_org] = links;
        User { id, removed: false, enabled, username, identifier, family_name, given_name, preferred_family_name, preferred_given_name, kana_family_name,
               kana_given_name, kana_preferred_family_name: String::new(), kana_preferred_given_name: String::new(), email, grades: "P5".into(), agents, master, home_class, primary_org }
    }
}

prop_compose! {
    fn role()(id in uuid(), user in uuid(), primary: bool, org in uuid(), begins in proptest::option::of(day()), profile in proptest::option::of(uuid())) -> Role {
        Role { id, removed: false, user, primary, role: RoleName::Teacher, org, begins, ends: begins, profile }
    }
}

prop_compose! {
    fn enrollment()(id in uuid(), class in uuid(), school in uuid(), user in uuid(), student: bool, primary: bool, ends in proptest::option::of(day()),
                    number in proptest::option::of(1..=999)) -> Enrollment {
        let role = if student { ClassRole::Student } else { ClassRole::Teacher };
        Enrollment { id, removed: false, class, school, user, role, primary, begins: None, ends, number }
    }
}

fn values<T>(records: impl Iterator<Item = Record<T>>) -> Vec<T> {
    records.map(|record| record.value.unwrap_or_else(|| panic!("{:?}", record.findings))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_package_that_was_written_reads_back_equal(
        version in proptest::sample::select(vec![Version::V1_2, Version::V1_2_1]),
        orgs in proptest::collection::vec(org(), 0..4), sessions in proptest::collection::vec(session(), 0..4),
        courses in proptest::collection::vec(course(), 0..4), classes in proptest::collection::vec(class(), 0..4),
        users in proptest::collection::vec(user(), 0..8), roles in proptest::collection::vec(role(), 0..4),
        enrollments in proptest::collection::vec(enrollment(), 0..8),
    ) {
        let files = [File::Orgs, File::AcademicSessions, File::Courses, File::Classes, File::Users, File::Roles, File::Enrollments];
        let mut writer = Writer::new(Cursor::new(Vec::new()), version, &files, NaiveDateTime::default()).unwrap();
        writer.file::<Org>().unwrap();
        writer.rows(&orgs).unwrap();
        writer.file::<Session>().unwrap();
        writer.rows(&sessions).unwrap();
        writer.file::<Course>().unwrap();
        writer.rows(&courses).unwrap();
        writer.file::<ClassRow>().unwrap();
        writer.rows(&classes).unwrap();
        writer.file::<User>().unwrap();
        writer.rows(&users[..users.len() / 2]).unwrap();
        writer.rows(&users[users.len() / 2..]).unwrap();
        writer.file::<Role>().unwrap();
        writer.rows(&roles).unwrap();
        writer.file::<Enrollment>().unwrap();
        writer.rows(&enrollments).unwrap();
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, writer.finish().unwrap().into_inner()).unwrap();
        let package = Package::open(&path, Said::Auto).unwrap();
        prop_assert_eq!(package.findings(), &[]);
        prop_assert_eq!((package.version(), package.mode(File::Orgs), package.mode(File::Demographics)), (version, Mode::Bulk, Mode::Absent));
        prop_assert_eq!(values(package.orgs()), orgs);
        prop_assert_eq!(values(package.sessions()), sessions);
        prop_assert_eq!(values(package.courses()), courses);
        prop_assert_eq!(values(package.classes()), classes);
        prop_assert_eq!(values(package.users()), users);
        prop_assert_eq!(values(package.roles()), roles);
        prop_assert_eq!(values(package.enrollments()), enrollments);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), head: bool, zip: bool) {
        let folder = Folder::new("1.2_JP");
        let header = if head { "sourcedId,enabledUser,givenName,familyName,status,grades\n".as_bytes() } else { b"" };
        folder.put("users.csv", [header, &bytes].concat());
        let path = folder.0.path().join("a.zip");
        folder.put("a.zip", [b"PK\x03\x04".as_slice(), &bytes].concat());
        if let Ok(package) = Package::open(if zip { &path } else { folder.0.path() }, Said::Auto) {
            for record in package.users() {
                prop_assert!(record.line > 0 || record.findings.iter().any(|finding| finding.severity == Severity::Error));
            }
        }
    }
}
