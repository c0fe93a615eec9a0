//! Writes the package of a made-up town: `--changed N` says of N pupils something else than the same town without it, so that an import has N
//! changes (a name, a number, a class, somebody who comes, somebody who leaves, in turn).
//!
//!   `cargo run --release -p asagao-graphql --example make_roster -- FOLDER SCHOOLS PUPILS LESSONS [CHANGED]`
//!
//! Each pupil is in a homeroom and in LESSONS lessons: enrolments = PUPILS × (1 + LESSONS).
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;
use uuid::Uuid;

const A_CLASS: usize = 30;

/// The UUID (version 4 in form) of the n-th thing of a kind.
fn id(kind: u128, n: usize) -> Uuid {
    let mut mixed = (kind << 64 | n as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    mixed ^= mixed >> 61;
    uuid::Builder::from_random_bytes(mixed.wrapping_mul(0xd6e8_feb8_6659_fd93_a3b1_95c8_1f4d_7e2b).to_be_bytes()).into_uuid()
}

fn file(folder: &Path, name: &str, header: &str) -> Result<BufWriter<File>> {
    let mut file = BufWriter::new(File::create(folder.join(name))?);
    write!(file, "{header}\r\n")?;
    Ok(file)
}

/// What is other about a pupil: nothing, or one of five things in turn.
fn other(pupil: usize, pupils: usize, changed: usize) -> Option<usize> {
    let every = pupils / changed.max(1);
    (changed > 0 && pupil % every == 0 && pupil / every < changed).then(|| pupil / every % 5)
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<usize>().ok()).unwrap_or_default();
    let folder = Path::new(arguments.first().map_or("roster", String::as_str));
    let (schools, pupils, lessons, changed) = (number(1).max(1), number(2), number(3), number(4));
    std::fs::create_dir_all(folder)?;
    let mut manifest = file(folder, "manifest.csv", "propertyName,value")?;
    write!(manifest, "manifest.version,1.0\r\noneroster.version,1.2\r\n")?;
    for name in ["orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments"] {
        write!(manifest, "file.{name},bulk\r\n")?;
    }
    let (board, year) = (id(1, 0), id(2, 0));
    let mut orgs = file(folder, "orgs.csv", "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId")?;
    write!(orgs, "{board},,,朝霧市教育委員会,district,222224,\r\n")?;
    for school in 0..schools {
        write!(orgs, "{},,,第{}小学校,school,,{board}\r\n", id(3, school), school + 1)?;
    }
    let mut sessions = file(
        folder,
        "academicSessions.csv",
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
    )?;
    write!(sessions, "{year},,,2026年度,schoolYear,2026-04-01,2027-03-31,,2026\r\n")?;
    let mut courses =
        file(folder, "courses.csv", "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes")?;
    write!(courses, "{},,,{year},2026年度 全教科,,,{board},,\r\n", id(4, 0))?;
    let mut classes = file(
        folder,
        "classes.csv",
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    )?;
    let mut users = file(
        folder,
        "users.csv",
        "sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,identifier,email,metadata.jp.kanaGivenName,metadata.jp.kanaFamilyName",
    )?;
    let mut roles = file(folder, "roles.csv", "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId")?;
    let mut places = file(
        folder,
        "enrollments.csv",
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate,metadata.jp.ShussekiNo",
    )?;
    for room in 0..pupils.div_ceil(A_CLASS) {
        let school = id(3, room % schools);
        for lesson in 0..=lessons {
            let kind = if lesson == 0 { "homeroom" } else { "scheduled" };
            write!(classes, "{},,,{room}組 {lesson},P5,{},,{kind},,{school},{year},,,\r\n", id(5, room * 100 + lesson), id(4, 0))?;
        }
        let teacher = id(6, room);
        write!(users, "{teacher},,,true,t{room},あかね,三浦{room},,t{room}@asagiri.example,アカネ,ミウラ\r\n")?;
        write!(roles, "{},,,{teacher},primary,teacher,,,{school}\r\n", id(7, room))?;
        write!(places, "{},,,{},{school},{teacher},teacher,true,,,\r\n", id(8, room), id(5, room * 100))?;
    }
    for pupil in 0..pupils {
        let (room, other) = (pupil / A_CLASS, other(pupil, pupils, changed));
        let (school, who) = (id(3, room % schools), id(9, if other == Some(3) { pupils + pupil } else { pupil }));
        let family = if other == Some(0) { "小林" } else { "佐藤" };
        write!(users, "{who},,,true,p{pupil},葵{pupil},{family},{pupil:06},,アオイ,サトウ\r\n")?;
        write!(roles, "{},,,{who},primary,student,,,{school}\r\n", id(10, if other == Some(3) { pupils + pupil } else { pupil }))?;
        if other == Some(4) {
            continue;
        }
        for lesson in 0..=lessons {
            let number = if lesson > 0 { String::new() } else { (pupil % A_CLASS + 1 + if other == Some(1) { 40 } else { 0 }).to_string() };
            let begins = if other == Some(2) && lesson == 0 { "2026-04-06" } else { "2026-04-01" };
            let place = id(11, (if other == Some(3) { pupils + pupil } else { pupil }) * 100 + lesson);
            write!(places, "{place},,,{},{school},{who},student,false,{begins},,{number}\r\n", id(5, room * 100 + lesson))?;
        }
    }
    Ok(())
}
