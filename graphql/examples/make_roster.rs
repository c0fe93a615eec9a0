//! Writes the package of a made-up town: with CHANGED it says of so many pupils something else than without, so that an import has as many
//! changes (another name, number or first day, another pupil, nobody any more, in turn).
//!
//!   `cargo run --release -p asagao-graphql --example make_roster -- FOLDER SCHOOLS PUPILS LESSONS [CHANGED]`
//!
//! Each pupil is in a homeroom and in LESSONS lessons: enrolments = PUPILS × (1 + LESSONS).
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;
use uuid::{Builder, Uuid};

const A_CLASS: usize = 30;

/// The n-th id of a kind, in the form of version 4.
fn id(kind: u8, n: usize) -> Uuid {
    let mixed = Uuid::new_v5(&Uuid::from_u128(u128::from(kind)), &n.to_be_bytes());
    Builder::from_random_bytes(mixed.into_bytes()).into_uuid()
}

struct Town {
    schools: usize,
    pupils: usize,
    lessons: usize,
    changed: usize,
}

struct Files {
    classes: BufWriter<File>,
    users: BufWriter<File>,
    roles: BufWriter<File>,
    places: BufWriter<File>,
}

fn file(folder: &Path, name: &str, columns: &str) -> Result<BufWriter<File>> {
    let mut file = BufWriter::new(File::create(folder.join(name))?);
    let common = if name == "manifest.csv" { "" } else { "sourcedId,status,dateLastModified," };
    write!(file, "{common}{columns}\r\n")?;
    Ok(file)
}

impl Town {
    /// What is other about a pupil: nothing, or one of five things in turn.
    fn other(&self, pupil: usize) -> Option<usize> {
        let every = self.pupils / self.changed.max(1);
        (self.changed > 0 && pupil.is_multiple_of(every) && pupil / every < self.changed).then(|| pupil / every % 5)
    }

    fn school_of(&self, room: usize) -> Uuid {
        id(3, room % self.schools)
    }

    fn frame(&self, folder: &Path) -> Result<()> {
        let mut manifest = file(folder, "manifest.csv", "propertyName,value")?;
        write!(manifest, "manifest.version,1.0\r\noneroster.version,1.2\r\n")?;
        for name in ["orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments"] {
            write!(manifest, "file.{name},bulk\r\n")?;
        }
        let (board, year) = (id(1, 0), id(2, 0));
        let mut orgs = file(folder, "orgs.csv", "name,type,identifier,parentSourcedId")?;
        write!(orgs, "{board},,,朝霧市教育委員会,district,222224,\r\n")?;
        for school in 0..self.schools {
            write!(orgs, "{},,,第{}小学校,school,,{board}\r\n", id(3, school), school + 1)?;
        }
        let mut sessions = file(folder, "academicSessions.csv", "title,type,startDate,endDate,parentSourcedId,schoolYear")?;
        write!(sessions, "{year},,,2026年度,schoolYear,2026-04-01,2027-03-31,,2026\r\n")?;
        let columns = "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes";
        let mut courses = file(folder, "courses.csv", columns)?;
        write!(courses, "{},,,{year},2026年度 全教科,,,{board},,\r\n", id(4, 0))
    }

    fn room(&self, to: &mut Files, room: usize) -> Result<()> {
        let (school, year, course, teacher) = (self.school_of(room), id(2, 0), id(4, 0), id(6, room));
        for lesson in 0..=self.lessons {
            let kind = if lesson == 0 { "homeroom" } else { "scheduled" };
            write!(to.classes, "{},,,{room}組 {lesson},P5,{course},,{kind},,{school},{year},,,\r\n", id(5, room * 100 + lesson))?;
        }
        write!(to.users, "{teacher},,,true,t{room},あかね,三浦{room},,t{room}@asagiri.example,アカネ,ミウラ\r\n")?;
        write!(to.roles, "{},,,{teacher},primary,teacher,,,{school}\r\n", id(7, room))?;
        write!(to.places, "{},,,{},{school},{teacher},teacher,true,,,\r\n", id(8, room), id(5, room * 100))
    }

    fn pupil(&self, to: &mut Files, pupil: usize) -> Result<()> {
        let (room, other) = (pupil / A_CLASS, self.other(pupil));
        let n = if other == Some(3) { self.pupils + pupil } else { pupil };
        let (school, who) = (self.school_of(room), id(9, n));
        let family = if other == Some(0) { "小林" } else { "佐藤" };
        write!(to.users, "{who},,,true,p{n},葵{n},{family},{n:07},,アオイ,サトウ\r\n")?;
        write!(to.roles, "{},,,{who},primary,student,,,{school}\r\n", id(10, n))?;
        if other == Some(4) {
            return Ok(());
        }
        for lesson in 0..=self.lessons {
            let number = pupil % A_CLASS + 1 + if other == Some(1) { 40 } else { 0 };
            let number = if lesson > 0 { String::new() } else { number.to_string() };
            let begins = if other == Some(2) && lesson == 0 { "2026-04-06" } else { "2026-04-01" };
            let (place, class) = (id(11, n * 100 + lesson), id(5, room * 100 + lesson));
            write!(to.places, "{place},,,{class},{school},{who},student,false,{begins},,{number}\r\n")?;
        }
        Ok(())
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<usize>().ok()).unwrap_or_default();
    let folder = Path::new(arguments.first().map_or("roster", String::as_str));
    let town = Town { schools: number(1).max(1), pupils: number(2), lessons: number(3), changed: number(4) };
    std::fs::create_dir_all(folder)?;
    town.frame(folder)?;
    let columns =
        "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods";
    let people =
        "enabledUser,username,givenName,familyName,identifier,email,metadata.jp.kanaGivenName,metadata.jp.kanaFamilyName";
    let places = "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate,metadata.jp.ShussekiNo";
    let mut to = Files {
        classes: file(folder, "classes.csv", columns)?,
        users: file(folder, "users.csv", people)?,
        roles: file(folder, "roles.csv", "userSourcedId,roleType,role,beginDate,endDate,orgSourcedId")?,
        places: file(folder, "enrollments.csv", places)?,
    };
    for room in 0..town.pupils.div_ceil(A_CLASS) {
        town.room(&mut to, room)?;
    }
    for pupil in 0..town.pupils {
        town.pupil(&mut to, pupil)?;
    }
    Ok(())
}
