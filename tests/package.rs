//! The usual roster, as a OneRoster 1.2 package in memory.
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;
use uuid::Uuid;

const fn roster_id(n: u128) -> Uuid {
    Uuid::from_u128(0x0a5a_9a00_0000_4000_8000_0000_0000_0000 + n)
}

/// 朝霧市教育委員会.
pub const BOARD: Uuid = roster_id(1);
/// ひばり野小学校.
pub const HIBARINO: Uuid = roster_id(2);
/// みずうみ小学校.
pub const MIZUUMI: Uuid = roster_id(3);
/// 2026年度.
const YEAR: Uuid = roster_id(4);
/// 5年1組 of ひばり野.
pub const CLASS_5_1: Uuid = roster_id(0x51);
/// 5年2組 of ひばり野.
pub const CLASS_5_2: Uuid = roster_id(0x52);
/// A lesson in mathematics of ひばり野, with `AOI` and `HARUTO`.
pub const LESSON: Uuid = roster_id(0x5a);
/// 4年1組 of みずうみ.
pub const CLASS_4_1: Uuid = roster_id(0x41);
/// Number 1 of 5年2組, 朝倉 葵.
pub const AOI: Uuid = roster_id(0x101);
/// Number 2, 伊藤 陽翔.
pub const HARUTO: Uuid = roster_id(0x102);
/// Number 3, 勅使河原 ヴァレンティーナ: the longest name.
pub const KAEDE: Uuid = roster_id(0x103);
/// Number 4, 中村 湊, whose reading nobody has entered.
pub const MINATO: Uuid = roster_id(0x104);
/// Number 5, 森 紬.
pub const TSUMUGI: Uuid = roster_id(0x105);
/// Number 6, 𠮷田 結衣: with a character outside the basic plane.
pub const YUI: Uuid = roster_id(0x106);
/// The only pupil of 5年1組, 渡辺 蓮.
pub const REN: Uuid = roster_id(0x107);
/// The only pupil of 4年1組 in the other school, 小川 颯太.
pub const SOTA: Uuid = roster_id(0x108);
/// The homeroom teacher of 5年2組.
pub const ANA: Uuid = roster_id(0x201);
/// The head of ひばり野小学校.
pub const HUGO: Uuid = roster_id(0x202);
/// 真野 理子, head of みずうみ.
pub const MARI: Uuid = roster_id(0x203);

/// The files of a package.
#[derive(Clone)]
pub struct Package(BTreeMap<&'static str, String>);

impl Package {
    /// The usual one.
    #[must_use]
    pub fn usual() -> Self {
        let mut package = Package(BTreeMap::new());
        package.file("manifest.csv", "propertyName,value", "oneroster.version,1.2\nfile.orgs,bulk\n");
        package.file("orgs.csv", "sourcedId,name,type,identifier", &format!(
            "{BOARD},朝霧市教育委員会,district,122211\n{HIBARINO},ひばり野小学校,school,B112220000011\n{MIZUUMI},みずうみ小学校,school,B112220000020\n"
        ));
        package.file(
            "academicSessions.csv",
            "sourcedId,title,type,startDate,endDate,schoolYear",
            &format!("{YEAR},2026年度,schoolYear,2026-04-01,2027-03-31,2026\n"),
        );
        package.file(
            "classes.csv",
            "sourcedId,title,classType,schoolSourcedId,termSourcedIds,grades,subjects",
            &format!(
                "{CLASS_5_1},5年1組,homeroom,{HIBARINO},{YEAR},P5,\n{CLASS_5_2},5年2組,homeroom,{HIBARINO},{YEAR},P5,\n\
             {LESSON},5年 算数 少人数,scheduled,{HIBARINO},{YEAR},P5,算数\n{CLASS_4_1},4年1組,homeroom,{MIZUUMI},{YEAR},P4,\n"
            ),
        );
        package.file(
            "users.csv",
            "sourcedId,enabledUser,familyName,givenName,metadata.jp.kanaFamilyName,metadata.jp.kanaGivenName,email",
            "",
        );
        package.file("roles.csv", "sourcedId,userSourcedId,roleType,role,orgSourcedId", "");
        let columns =
            "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate,metadata.jp.shussekiNo";
        package.file("enrollments.csv", columns, "");
        package.people();
        package
    }

    fn people(&mut self) {
        self.user(ANA, "有村,安奈,アリムラ,アンナ,ana@asagiri.example", "teacher", HIBARINO);
        self.user(HUGO, "日向,悟,ヒュウガ,サトル,hugo@asagiri.example", "principal", HIBARINO);
        self.user(MARI, "真野,理子,マノ,リコ,mari@asagiri.example", "principal", MIZUUMI);
        self.line("enrollments.csv", &format!("{},{CLASS_5_2},{HIBARINO},{ANA},teacher,true,,,", roster_id(0x401)));
        for (pupil, names, class, school, number) in [
            (AOI, "朝倉,葵,アサクラ,アオイ,", CLASS_5_2, HIBARINO, "1"),
            (HARUTO, "伊藤,陽翔,イトウ,ハルト,", CLASS_5_2, HIBARINO, "2"),
            (KAEDE, "勅使河原,ヴァレンティーナ,テシガワラ,ヴァレンティーナ,", CLASS_5_2, HIBARINO, "3"),
            (MINATO, "中村,湊,,,", CLASS_5_2, HIBARINO, "4"),
            (TSUMUGI, "森,紬,モリ,ツムギ,", CLASS_5_2, HIBARINO, "5"),
            (YUI, "𠮷田,結衣,ヨシダ,ユイ,", CLASS_5_2, HIBARINO, "6"),
            (REN, "渡辺,蓮,ワタナベ,レン,", CLASS_5_1, HIBARINO, "1"),
            (SOTA, "小川,颯太,オガワ,ソウタ,", CLASS_4_1, MIZUUMI, "1"),
        ] {
            self.user(pupil, names, "student", school);
            self.place(pupil, class, school, "", number);
        }
        self.place(AOI, LESSON, HIBARINO, "", "");
        self.place(HARUTO, LESSON, HIBARINO, "", "");
    }

    /// Adds somebody with a role; `names` are the columns from `familyName` to `email`.
    pub fn user(&mut self, id: Uuid, names: &str, role: &str, school: Uuid) {
        self.line("users.csv", &format!("{id},true,{names}"));
        self.line("roles.csv", &format!("{},{id},primary,{role},{school}", Uuid::new_v5(&id, b"role")));
    }

    /// Puts a pupil into a class for the year, and says so.
    pub fn enrol(&mut self, pupil: Uuid, class: Uuid, school: Uuid, number: &str) {
        self.place(pupil, class, school, "2026-04-01", number);
    }

    /// Puts a pupil into a class from a day on, which may be left open.
    pub fn place(&mut self, pupil: Uuid, class: Uuid, school: Uuid, begins: &str, number: &str) {
        let id = enrolment(pupil, class);
        self.line("enrollments.csv", &format!("{id},{class},{school},{pupil},student,,{begins},,{number}"));
    }

    /// Adds a line at the end of a file.
    pub fn line(&mut self, file: &'static str, line: &str) {
        let text = self.0.get_mut(file).expect("a file of the package");
        text.push_str(line);
        text.push('\n');
    }

    /// Replaces a text that stands in a file.
    pub fn change(&mut self, file: &'static str, from: &str, to: &str) {
        let text = self.0.get_mut(file).expect("a file of the package");
        assert!(text.contains(from), "{file} does not have {from:?}");
        *text = text.replace(from, to);
    }

    /// Adds a text at the end of every line of a file but the header.
    pub fn pad(&mut self, file: &'static str, with: &str) {
        let text = self.0.get_mut(file).expect("a file of the package");
        let (header, rows) = text.split_once('\n').expect("a header");
        *text = std::iter::once(header.to_owned())
            .chain(rows.lines().map(|row| format!("{row}{with}")))
            .collect::<Vec<_>>()
            .join("\n")
            + "\n";
    }

    /// What stands in a file.
    #[must_use]
    pub fn text(&self, file: &str) -> &str {
        &self.0[file]
    }

    /// The number of the last line of a file.
    #[must_use]
    pub fn last_line(&self, file: &str) -> u64 {
        self.0[file].lines().count() as u64
    }

    /// The same with nothing but the header in some files.
    #[must_use]
    pub fn with_empty(&self, files: &[&str]) -> Self {
        let mut package = self.clone();
        for file in files {
            let text = package.0.get_mut(*file).expect("a file of the package");
            text.truncate(text.find('\n').expect("a header") + 1);
        }
        package
    }

    /// The same with the line ends and the mark at the beginning that Excel writes.
    #[must_use]
    pub fn as_excel_writes_it(&self) -> Self {
        Package(self.0.iter().map(|(name, text)| (*name, format!("\u{feff}{}", text.replace('\n', "\r\n")))).collect())
    }

    /// Takes a file out.
    pub fn remove(&mut self, file: &str) {
        self.0.remove(file);
    }

    fn file(&mut self, name: &'static str, header: &str, rows: &str) {
        self.0.insert(name, format!("{header}\n{rows}"));
    }

    /// Says in the manifest what each file holds: `bulk` or `delta`.
    #[must_use]
    pub fn as_a(&self, mode: &str) -> Self {
        let mut package = self.clone();
        let version = package.0["manifest.csv"].lines().nth(1).expect("a version").to_owned();
        let mut manifest = format!("propertyName,value\n{version}\n");
        for file in package.0.keys().filter(|file| **file != "manifest.csv") {
            let name = file.strip_suffix(".csv").expect("a CSV file");
            manifest.push_str(&["file.", name, ",", mode, "\n"].concat());
        }
        package.0.insert("manifest.csv", manifest);
        package
    }

    /// The same without the lines of a file that hold a text.
    #[must_use]
    pub fn without(&self, file: &'static str, text: &str) -> Self {
        let mut package = self.clone();
        let lines = package.0[file].split_inclusive('\n').filter(|line| !line.contains(text)).collect();
        package.0.insert(file, lines);
        package
    }

    /// Adds a file, or puts another in its place.
    pub fn put(&mut self, name: &'static str, text: &str) {
        self.0.insert(name, text.to_owned());
    }

    /// The package as a ZIP file.
    #[must_use]
    pub fn zip(&self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in &self.0 {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a file in a ZIP file");
            zip.write_all(text.as_bytes()).expect("bytes in a ZIP file");
        }
        zip.finish().expect("a whole ZIP file").into_inner()
    }

    /// The same without whatever belongs to みずうみ小学校.
    #[must_use]
    pub fn of_hibarino(&self) -> Self {
        let mut package = self.clone();
        for file in ["orgs.csv", "classes.csv", "roles.csv", "enrollments.csv"] {
            package = package.without(file, &MIZUUMI.to_string());
        }
        package.without("users.csv", &SOTA.to_string()).without("users.csv", &MARI.to_string())
    }

    /// Writes the package into a folder.
    pub fn write(&self, folder: &Path) {
        for (name, text) in &self.0 {
            std::fs::write(folder.join(name), text).expect("a file can be written");
        }
    }
}

/// The id of a pupil's place in a class.
#[must_use]
pub fn enrolment(pupil: Uuid, class: Uuid) -> Uuid {
    Uuid::new_v5(&pupil, class.as_bytes())
}
