//! Brings a OneRoster package in: what is right is stored in one transaction, what is wrong is told by file, line and column.
//!
//! A row that is wrong is left out alone, and so are the rows that refer to it. What the package does not mention stays as it is.
use crate::access::duty::{self, Duty, DutyKind};
use crate::access::scope::{Put, Scope};
use crate::clock::NO_END;
use crate::db::Engine;
use crate::error::Result;
use crate::formats::roster_table::{self as format, Package};
use crate::formats::table::{Problem, Row, Table};
use crate::roster::academic_year::{self, AcademicYear};
use crate::roster::board::{self, Board};
use crate::roster::class::{self, Class, ClassKind};
use crate::roster::enrolment::{self, Enrolment, MembershipKind};
use crate::roster::pupil::{self, Pupil};
use crate::roster::school::{self, School};
use crate::roster::staff::{self, Staff};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What an import did.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Schools.
    pub schools: Put,
    /// School years.
    pub academic_years: Put,
    /// Classes.
    pub classes: Put,
    /// Pupils.
    pub pupils: Put,
    /// Staff.
    pub staff: Put,
    /// Duties of staff.
    pub duties: Put,
    /// Enrolments of pupils.
    pub enrolments: Put,
    /// Rows that were left out, and why.
    pub problems: Vec<Problem>,
}

/// Stores what a package holds.
pub async fn import(scope: &Scope, package: &Package, problems: Vec<Problem>) -> Result<Report> {
    let roster = Roster::read(package, problems);
    let mut tx = scope.begin("roster imported").await?;
    if let Engine::Postgres(c) = tx.connection() {
        // SQLite has one writer anyway; on PostgreSQL a second import waits for the first.
        sqlx::query("LOCK TABLE enrolment IN SHARE ROW EXCLUSIVE MODE").execute(c).await?;
    }
    board::put(&mut tx, &roster.boards).await?;
    let report = Report {
        schools: school::put(&mut tx, &roster.schools).await?,
        academic_years: academic_year::put(&mut tx, &roster.academic_years).await?,
        classes: class::put(&mut tx, &roster.classes).await?,
        pupils: pupil::put(&mut tx, &roster.pupils).await?,
        staff: staff::put(&mut tx, &roster.staff).await?,
        duties: duty::put(&mut tx, &roster.duties).await?,
        enrolments: enrolment::put(&mut tx, &roster.enrolments).await?,
        problems: roster.problems,
    };
    tx.commit().await?;
    Ok(report)
}

/// The records of a package, and what was wrong on the way.
#[derive(Default)]
struct Roster {
    boards: Vec<Board>,
    schools: Vec<School>,
    academic_years: Vec<AcademicYear>,
    classes: Vec<Class>,
    pupils: Vec<Pupil>,
    staff: Vec<Staff>,
    duties: Vec<Duty>,
    enrolments: Vec<Enrolment>,
    problems: Vec<Problem>,
}

impl Roster {
    fn read(package: &Package, problems: Vec<Problem>) -> Self {
        let mut roster = Roster { problems, ..Roster::default() };
        roster.read_orgs(&package.orgs);
        let schools = roster.schools.iter().map(|school| school.id).collect();
        roster.academic_years = roster.records(&package.academic_sessions, academic_year);
        let years: HashMap<Uuid, NaiveDate> = roster.academic_years.iter().map(|year| (year.id, year.begins)).collect();
        roster.classes = roster.records(&package.classes, |row| class_of(row, &schools, &years));
        let roles = roster.read_roles(&package.roles, &package.users);
        roster.read_users(&package.users, &roles);
        let disabled = |row: Row<'_>| {
            let disabled = row.get("enabledUser").eq_ignore_ascii_case("false");
            Uuid::try_parse(row.get("sourcedId")).ok().filter(|_| disabled)
        };
        let disabled = package.users.rows().filter_map(disabled).collect();
        roster.read_enrollments(&package.enrollments, &disabled, &years);
        roster
    }

    /// The records of a file; a row that is wrong, or whose sourcedId an earlier row has, is left out with its problem.
    fn records<T>(&mut self, table: &Table, mut read: impl FnMut(&Row<'_>) -> Result<T, Problem>) -> Vec<T> {
        let mut lines: HashMap<Uuid, u64> = HashMap::new();
        let mut records = Vec::new();
        for row in table.rows() {
            let record = format::uuid(&row, "sourcedId").and_then(|id| match lines.insert(id, row.line()) {
                Some(line) => {
                    Err(row.problem("sourcedId", format!("this sourcedId is on line {line} already: each row needs its own")))
                }
                None => read(&row),
            });
            match record {
                Ok(record) => records.push(record),
                Err(problem) => self.problems.push(problem),
            }
        }
        records
    }

    fn read_orgs(&mut self, orgs: &Table) {
        let known = |row: &Row<'_>| {
            let org = (format::uuid(row, "sourcedId")?, row.get("identifier").to_owned(), row.required("name")?.to_owned());
            match row.get("type") {
                "school" => Ok((true, org)),
                "district" => Ok((false, org)),
                _ => Err(row.problem("type", "only schools (school) and the board (district) are kept")),
            }
        };
        for (is_school, (id, code, name)) in self.records(orgs, known) {
            if is_school {
                self.schools.push(School { id, code, name });
            } else {
                self.boards.push(Board { id, code, name });
            }
        }
    }

    /// The roles of each user; staff roles beyond teaching become duties over a school or the board.
    fn read_roles(&mut self, roles: &Table, users: &Table) -> HashMap<Uuid, HashSet<String>> {
        let orgs: HashSet<Uuid> =
            self.schools.iter().map(|school| school.id).chain(self.boards.iter().map(|board| board.id)).collect();
        let known: HashSet<Uuid> = users.rows().filter_map(|row| Uuid::try_parse(row.get("sourcedId")).ok()).collect();
        let role_of = |row: &Row<'_>| {
            let (user, org) = (format::uuid(row, "userSourcedId")?, format::uuid(row, "orgSourcedId")?);
            if !known.contains(&user) {
                return Err(row.problem("userSourcedId", "users.csv has no such user"));
            }
            if !orgs.contains(&org) {
                return Err(row.problem("orgSourcedId", "orgs.csv has no such school or board"));
            }
            Ok((format::uuid(row, "sourcedId")?, user, org, row.required("role")?.to_owned(), span(row, NaiveDate::MIN)?))
        };
        let schools: HashSet<Uuid> = self.schools.iter().map(|school| school.id).collect();
        let mut of_user: HashMap<Uuid, HashSet<String>> = HashMap::new();
        for (id, user, org, role, (begins, ends)) in self.records(roles, role_of) {
            let kind = match role.as_str() {
                "principal" if schools.contains(&org) => Some(DutyKind::Head),
                "districtAdministrator" => Some(DutyKind::BoardOfficial),
                "siteAdministrator" | "systemAdministrator" => Some(DutyKind::IctSupport),
                _ => None,
            };
            let school = schools.contains(&org).then_some(org);
            let begins = begins.max(EARLIEST);
            self.duties.extend(kind.map(|kind| Duty {
                id,
                holder: user,
                kind,
                school,
                grade: String::new(),
                class: None,
                begins,
                ends,
            }));
            of_user.entry(user).or_default().insert(role);
        }
        of_user
    }

    fn read_users(&mut self, users: &Table, roles: &HashMap<Uuid, HashSet<String>>) {
        let person = |row: &Row<'_>| {
            let id = format::uuid(row, "sourcedId")?;
            let Some(roles) = roles.get(&id) else {
                return Err(row.problem("sourcedId", "roles.csv has no role for this user"));
            };
            let enabled = !row.get("enabledUser").eq_ignore_ascii_case("false");
            Ok((
                pupil_of(row, id)?,
                roles.contains("student"),
                row.get("email").to_owned(),
                enabled && !roles.contains("guardian"),
            ))
        };
        for (pupil, is_pupil, email, is_staff) in self.records(users, person) {
            if is_pupil {
                self.pupils.push(pupil);
            } else if is_staff {
                let kana = format!("{} {}", pupil.kana_family_name, pupil.kana_given_name).trim().to_owned();
                self.staff.push(Staff { id: pupil.id, name: pupil.shown_name(), kana, email });
            }
        }
        let staff: HashSet<Uuid> = self.staff.iter().map(|person| person.id).collect();
        self.duties.retain(|duty| staff.contains(&duty.holder));
    }

    fn read_enrollments(&mut self, enrollments: &Table, disabled: &HashSet<Uuid>, years: &HashMap<Uuid, NaiveDate>) {
        let classes: HashMap<Uuid, Class> = self.classes.iter().map(|class| (class.id, class.clone())).collect();
        let pupils: HashSet<Uuid> = self.pupils.iter().map(|pupil| pupil.id).collect();
        let staff: HashSet<Uuid> = self.staff.iter().map(|person| person.id).collect();
        let mut places: HashMap<(Uuid, Uuid), Vec<Span>> = HashMap::new();
        let member = |row: &Row<'_>| {
            let (id, user) = (format::uuid(row, "sourcedId")?, format::uuid(row, "userSourcedId")?);
            let Some(class) = classes.get(&format::uuid(row, "classSourcedId")?) else {
                return Err(row.problem("classSourcedId", "classes.csv has no such class"));
            };
            if format::uuid(row, "schoolSourcedId")? != class.school {
                return Err(row.problem("schoolSourcedId", "this is not the school of the class"));
            }
            let (begins, ends) = span(row, years[&class.academic_year])?;
            match row.get("role") {
                "student" if pupils.contains(&user) => {
                    let number = number(row)?;
                    let spans = places.entry((user, class.id)).or_default();
                    if spans.iter().any(|span| span.0 <= ends && begins <= span.1) {
                        return Err(
                            row.problem("userSourcedId", "this pupil is in this class at the same time by an earlier row")
                        );
                    }
                    spans.push((begins, ends));
                    let kind = MembershipKind::Home;
                    Ok(Member::Pupil(Enrolment {
                        id,
                        school: class.school,
                        class: class.id,
                        pupil: user,
                        number,
                        begins,
                        ends,
                        kind,
                    }))
                }
                "teacher" if staff.contains(&user) => {
                    Ok(Member::Staff(teacher(id, user, class, row.get("primary"), (begins, ends))))
                }
                "teacher" if disabled.contains(&user) => Ok(Member::Other),
                "student" | "teacher" => Err(row.problem("userSourcedId", "users.csv has no such user with this role")),
                "administrator" | "proctor" | "guardian" | "aide" => Ok(Member::Other),
                _ => Err(row.problem("role", "this role is not known: use student or teacher")),
            }
        };
        for member in self.records(enrollments, member) {
            match member {
                Member::Pupil(enrolment) => self.enrolments.push(enrolment),
                Member::Staff(duty) => self.duties.push(duty),
                Member::Other => {}
            }
        }
        enrolment::mark_exchange(&mut self.enrolments, &classes);
    }
}

enum Member {
    Pupil(Enrolment),
    Staff(Duty),
    Other,
}

/// Before any day that a school has to do with; both databases order it first.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a date of the calendar");

/// The first and the last day.
type Span = (NaiveDate, NaiveDate);

/// The first and last day of a row; an empty first day is `from`, an empty last day has no end yet.
fn span(row: &Row<'_>, from: NaiveDate) -> Result<Span, Problem> {
    let (begins, ends) = (format::date(row, "beginDate")?.unwrap_or(from), format::date(row, "endDate")?.unwrap_or(NO_END));
    if ends < begins {
        return Err(row.problem("endDate", "the last day is before the first"));
    }
    Ok((begins, ends))
}

fn academic_year(row: &Row<'_>) -> Result<AcademicYear, Problem> {
    let day = |column| format::date(row, column)?.ok_or_else(|| row.problem(column, "this must not be empty"));
    let (begins, ends) = (day("startDate")?, day("endDate")?);
    if ends < begins {
        return Err(row.problem("endDate", "the last day is before the first"));
    }
    let year = row.get("schoolYear").parse().map_err(|_| row.problem("schoolYear", "this is no year: write it like 2026"))?;
    Ok(AcademicYear { id: format::uuid(row, "sourcedId")?, title: row.required("title")?.to_owned(), year, begins, ends })
}

fn class_of(row: &Row<'_>, schools: &HashSet<Uuid>, years: &HashMap<Uuid, NaiveDate>) -> Result<Class, Problem> {
    let (school, academic_year) = (format::uuid(row, "schoolSourcedId")?, format::first_uuid(row, "termSourcedIds")?);
    if !schools.contains(&school) {
        return Err(row.problem("schoolSourcedId", "orgs.csv has no such school"));
    }
    if !years.contains_key(&academic_year) {
        return Err(row.problem("termSourcedIds", "academicSessions.csv has no such year"));
    }
    let kind = match row.get("classType") {
        "homeroom" => ClassKind::Homeroom,
        "scheduled" => ClassKind::Scheduled,
        _ => return Err(row.problem("classType", "this is neither homeroom nor scheduled")),
    };
    Ok(Class {
        id: format::uuid(row, "sourcedId")?,
        school,
        academic_year,
        kind,
        name: row.required("title")?.to_owned(),
        grades: row.get("grades").replace(' ', ""),
        subjects: format::either(row, &["subjectCodes", "subjects"]).to_owned(),
        special_needs: row.get("metadata.jp.specialNeeds").eq_ignore_ascii_case("true"),
    })
}

fn pupil_of(row: &Row<'_>, id: Uuid) -> Result<Pupil, Problem> {
    let text = |column| row.get(column).to_owned();
    Ok(Pupil {
        id,
        identifier: text("identifier"),
        family_name: row.required("familyName")?.to_owned(),
        given_name: row.required("givenName")?.to_owned(),
        preferred_family_name: text("preferredFamilyName"),
        preferred_given_name: text("preferredGivenName"),
        kana_family_name: text("metadata.jp.kanaFamilyName"),
        kana_given_name: text("metadata.jp.kanaGivenName"),
        number: None,
    })
}

fn number(row: &Row<'_>) -> Result<Option<i32>, Problem> {
    let column = if row.get("metadata.jp.shussekiNo").is_empty() { "metadata.jp.ShussekiNo" } else { "metadata.jp.shussekiNo" };
    match row.get(column) {
        "" => Ok(None),
        value => match value.parse() {
            Ok(number) if (1..=999).contains(&number) => Ok(Some(number)),
            _ => Err(row.problem(column, "出席番号 is a number from 1 to 999")),
        },
    }
}

fn teacher(id: Uuid, holder: Uuid, class: &Class, primary: &str, (begins, ends): Span) -> Duty {
    let homeroom = class.kind == ClassKind::Homeroom && primary.eq_ignore_ascii_case("true");
    let kind = if homeroom { DutyKind::HomeroomTeacher } else { DutyKind::SubjectTeacher };
    Duty { id, holder, kind, school: Some(class.school), grade: String::new(), class: Some(class.id), begins, ends }
}
