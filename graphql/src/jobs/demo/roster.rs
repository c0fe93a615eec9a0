//! The town as a OneRoster package, and the duties that such a package has no role for.
use super::calendar::Calendar;
use super::pupil::Pupil;
use super::town::{Class, Member, Post, Town, id_of};
use crate::access::duty::{self, Duty, DutyKind};
use std::path::Path;
use std::{fs, io};
use uuid::Uuid;

/// Which pupils a package holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Those who are there from the first day on, and the staff.
    FromTheBeginning,
    /// Those who come in the middle.
    TransferredIn,
}

/// The files of a package.
const FILES: [&str; 7] =
    ["manifest.csv", "orgs.csv", "academicSessions.csv", "classes.csv", "users.csv", "roles.csv", "enrollments.csv"];

/// Writes the package that the town's office would send into a folder.
pub(super) fn write(town: &Town, who: Who, folder: &Path) -> io::Result<()> {
    FILES.iter().try_for_each(|file| fs::write(folder.join(file), text(rows(town, who, file).unwrap_or_default())))
}

fn text(rows: Vec<Vec<String>>) -> Vec<u8> {
    rows.into_iter().map(|row| row.join(",") + "\r\n").collect::<String>().into_bytes()
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).into()
}

fn rows(town: &Town, who: Who, file: &str) -> Option<Vec<Vec<String>>> {
    let staff = || town.staff.iter().filter(move |_| who == Who::FromTheBeginning);
    let in_package = move |pupil: &&Pupil| (pupil.joined > 0) == (who == Who::TransferredIn);
    let pupils =
        || town.classes.iter().flat_map(move |class| class.pupils.iter().filter(in_package).map(move |pupil| (class, pupil)));
    let year = town.year.id.to_string();
    let school = |class: &Class| town.schools[class.school].id.to_string();
    Some(match file {
        "manifest.csv" => vec![row(["propertyName", "value"]), row(["oneroster.version", "1.2"])],
        "orgs.csv" => {
            let mut rows = vec![row(["sourcedId", "name", "type", "identifier"])];
            rows.push(row([&town.board.to_string(), "朝霧市教育委員会", "district", ""]));
            rows.extend(town.schools.iter().map(|school| row([&school.id.to_string(), &school.name, "school", &school.code])));
            rows
        }
        "academicSessions.csv" => {
            let (begins, ends) = (town.year.begins.to_string(), town.year.ends.to_string());
            let number = town.year.number.to_string();
            let header = row(["sourcedId", "title", "type", "startDate", "endDate", "schoolYear"]);
            vec![header, row([&year, &format!("{number}年度"), "schoolYear", &begins, &ends, &number])]
        }
        "classes.csv" => {
            let mut rows =
                vec![row(["sourcedId", "title", "classType", "schoolSourcedId", "termSourcedIds", "grades", "subjects"])];
            for class in &town.classes {
                let one = |id: Uuid, title: &str, kind: &str, subject: &str| {
                    row([&id.to_string(), title, kind, &school(class), &year, class.grade, subject])
                };
                rows.push(one(class.id, &class.name, "homeroom", ""));
                rows.extend(
                    class.lessons().map(|(id, subject)| one(id, &format!("{} {subject}", class.name), "scheduled", subject)),
                );
            }
            rows
        }
        "users.csv" => {
            let kana = ["metadata.jp.kanaGivenName", "metadata.jp.kanaFamilyName"];
            let header = row(["sourcedId", "enabledUser", "givenName", "familyName", kana[0], kana[1], "email"]);
            let people = pupils().map(|(_, pupil)| (pupil.id, &pupil.name, ""));
            let people = people.chain(staff().map(|member| (member.id, &member.name, member.email.as_str())));
            let one = |(id, name, email): (Uuid, &super::names::Name, &str)| {
                row([&id.to_string(), "true", &name.given, &name.family, &name.given_kana, &name.family_kana, email])
            };
            [header].into_iter().chain(people.map(one)).collect()
        }
        "roles.csv" => {
            let header = row(["sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId"]);
            let one = |user: Uuid, role: &str, org: &str| {
                let id = id_of(&user, "role").to_string();
                row([&id, &user.to_string(), "primary", role, org])
            };
            let of_staff = |member: &Member| {
                let (role, org) = match member.post {
                    Post::Principal { school } | Post::VicePrincipal { school } => ("principal", town.schools[school].id),
                    Post::BoardOfficer => ("districtAdministrator", town.board),
                    Post::HomeroomTeacher { class } => ("teacher", town.schools[town.classes[class].school].id),
                    Post::Nurse { school }
                    | Post::Counsellor { school }
                    | Post::GradeHead { school, .. }
                    | Post::SubjectTeacher { school, .. }
                    | Post::AcademicAffairs { school } => ("teacher", town.schools[school].id),
                };
                one(member.id, role, &org.to_string())
            };
            let of_pupils = pupils().map(|(class, pupil)| one(pupil.id, "student", &school(class)));
            [header].into_iter().chain(of_pupils).chain(staff().map(of_staff)).collect()
        }
        "enrollments.csv" => {
            let header = ["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate"];
            let mut header = row(header);
            header.extend(row(["endDate", "metadata.jp.ShussekiNo"]));
            let one = |class: &Class, id: Uuid, user: Uuid, role: &str, begins: &str, number: &str| {
                let enrolment = id_of(&id, &user.to_string()).to_string();
                let primary = if role == "teacher" { "true" } else { "" };
                row([&enrolment, &id.to_string(), &school(class), &user.to_string(), role, primary, begins, "", number])
            };
            let of_pupils = pupils().flat_map(|(class, pupil)| {
                let begins = begins(pupil, &town.calendar);
                let lessons: Vec<_> = class.lessons().map(|(id, _)| one(class, id, pupil.id, "student", &begins, "")).collect();
                [one(class, class.id, pupil.id, "student", &begins, &pupil.number.to_string())].into_iter().chain(lessons)
            });
            let teachers = town.classes.iter().filter(|_| who == Who::FromTheBeginning);
            let teachers = teachers.flat_map(|class| {
                let lessons = class.lessons().map(|(id, subject)| (id, town.teacher_in(class.school, subject).id));
                let all = [(class.id, town.teacher_of(class.index).id)].into_iter().chain(lessons);
                all.map(|(id, teacher)| one(class, id, teacher, "teacher", "", "")).collect::<Vec<_>>()
            });
            [header].into_iter().chain(of_pupils).chain(teachers).collect()
        }
        _ => return None,
    })
}

/// The first day in the class; empty for the year's.
fn begins(pupil: &Pupil, calendar: &Calendar) -> String {
    if pupil.joined > 0 { calendar.day(pupil.joined).to_string() } else { String::new() }
}

/// The duty of somebody whose post OneRoster cannot say.
pub(super) fn further_duty(town: &Town, member: &Member) -> Option<Duty> {
    let (kind, school, grade) = match member.post {
        Post::Nurse { school } => (DutyKind::Nurse, school, ""),
        Post::Counsellor { school } => (DutyKind::Counsellor, school, ""),
        Post::GradeHead { school, grade } => (DutyKind::GradeHead, school, grade),
        Post::AcademicAffairs { school } => (DutyKind::AcademicAffairs, school, ""),
        _ => return None,
    };
    let duty = duty::new(member.id, kind, Some(town.schools[school].id), None, town.year.begins);
    Some(Duty { grade: grade.to_owned(), ..duty })
}
