//! Users, their roles, and who is in which class.
use super::facts::{ClassFacts, PersonFacts};
use super::ids::Ids;
use super::read::{Days, Reading, Removed, Sheet};
use super::rules;
use crate::access::duty::{Duty, DutyKind};
use crate::clock::NO_END;
use crate::error::Result;
use crate::formats::oneroster::{ClassRole, Enrollment, File, Finding, Role, RoleName, Severity, User};
use crate::roster::enrolment::{Enrolment, MembershipKind};
use crate::roster::pupil::Pupil;
use crate::roster::staff::Staff;
use chrono::NaiveDate;

/// Before any day that a school has to do with; both databases order it first.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a date of the calendar");

/// Which of a person's first lines.
const OF_ROLE: usize = 0;
const OF_PROFILE: usize = 1;
const OF_CHILD: usize = 2;

fn note(facts: &mut PersonFacts, which: usize, line: u64) {
    if facts.lines[which] == 0 {
        facts.lines[which] = u32::try_from(line).unwrap_or(u32::MAX);
    }
}

impl Reading<'_> {
    /// Users with their roles; duties that follow from a role alone come with the others.
    pub(super) async fn read_people(&mut self) -> Result<()> {
        let profiles = self.read_profiles().await?;
        let duties = self.read_roles(&profiles).await?;
        for row in self.package.demographics() {
            let (_, birth) = self.row(row).await?;
            let born = birth.filter(|birth| !birth.removed).and_then(|birth| Some((birth.user, birth.birth_date?)));
            self.facts.birth_dates.extend(born);
        }
        self.read_users().await?;
        self.facts.birth_dates.clear();
        self.find_unlisted();
        for (line, duty) in duties {
            let person = self.facts.people.get(&duty.holder).copied().unwrap_or_default();
            if person.staff() {
                self.duties.insert(duty.id);
                self.duty_rows.push(line, duty);
            } else {
                self.duty_rows.spoil();
                if !person.listed {
                    self.excused.insert(duty.id);
                }
            }
        }
        Ok(())
    }

    async fn read_profiles(&mut self) -> Result<Ids> {
        let (mut sheet, mut ids) = (Sheet::of(File::UserProfiles), Ids::default());
        for row in self.package.user_profiles() {
            let (line, profile) = self.row(row).await?;
            if let Some(profile) = profile.filter(|row| self.first(&mut sheet, line, row.id)).filter(|row| !row.removed) {
                ids.insert(profile.id);
                note(self.facts.people.entry(profile.user).or_default(), OF_PROFILE, line);
            }
        }
        Ok(ids)
    }

    async fn read_roles(&mut self, profiles: &Ids) -> Result<Vec<(u64, Duty)>> {
        let (mut sheet, mut duties) = (Sheet::of(File::Roles), Vec::new());
        for row in self.package.roles() {
            let (line, role) = self.row(row).await?;
            let Some(role) = role.filter(|role| self.first(&mut sheet, line, role.id)) else {
                self.duty_rows.spoil();
                continue;
            };
            if role.removed {
                self.removed.push((Removed::Row(role.id), line));
                continue;
            }
            if !self.facts.is_org(role.org) {
                self.duty_rows.spoil();
                self.excused.insert(role.id);
                self.found(Severity::Error, &rules::NO_SUCH_ORG, (&sheet, line), "orgSourcedId", role.org);
                continue;
            }
            if let Some(profile) = role.profile.filter(|id| self.lists(File::UserProfiles) && !profiles.contains(*id)) {
                self.found(Severity::Warning, &rules::NO_SUCH_PROFILE, (&sheet, line), "userProfileSourcedId", profile);
            }
            let person = self.facts.people.entry(role.user).or_default();
            note(person, OF_ROLE, line);
            person.role = true;
            person.primary |= role.primary;
            person.student |= role.role == RoleName::Student;
            person.guardian |= matches!(role.role, RoleName::Guardian | RoleName::Parent | RoleName::Relative);
            let Some(duty) = self.duty_of_role(&role) else { continue };
            if self.stage.yours.has(role.org) {
                duties.push((line, duty));
            } else {
                self.duty_rows.spoil();
                self.excused.insert(role.id);
                self.found(Severity::Error, &rules::NOT_YOURS, (&sheet, line), "orgSourcedId", role.org);
            }
        }
        Ok(duties)
    }

    /// Staff roles beyond teaching are duties over a school or the board.
    fn duty_of_role(&self, role: &Role) -> Option<Duty> {
        let school = self.facts.schools.contains(&role.org);
        let kind = match role.role {
            RoleName::Principal if school => DutyKind::Head,
            RoleName::DistrictAdministrator => DutyKind::BoardOfficial,
            RoleName::SiteAdministrator | RoleName::SystemAdministrator => DutyKind::IctSupport,
            _ => return None,
        };
        Some(Duty {
            id: role.id,
            holder: role.user,
            kind,
            school: school.then_some(role.org),
            grade: String::new(),
            class: None,
            begins: role.begins.unwrap_or(EARLIEST).max(EARLIEST),
            ends: role.ends.unwrap_or(NO_END),
        })
    }

    async fn read_users(&mut self) -> Result<()> {
        let (mut sheet, mut masters) = (Sheet::of(File::Users), Ids::default());
        let (mut pupils, mut staff) = (self.stream::<Pupil>(), self.stream::<Staff>());
        for row in self.package.users() {
            let (line, user) = self.row(row).await?;
            let user = user.filter(|user| self.first(&mut sheet, line, user.id));
            if let Some(user) = user.as_ref().filter(|user| user.removed) {
                self.removed.push((Removed::Person(user.id), line));
                continue;
            }
            let Some((user, person)) = user.and_then(|user| self.user(&sheet, line, user, &mut masters)) else {
                pupils.spoil();
                staff.spoil();
                continue;
            };
            if person.student {
                pupils.push(line, self.pupil(user));
            } else if person.staff() {
                staff.push(line, member(&user));
            }
            self.stage.settle_many(&mut pupils, sheet.file).await?;
            self.stage.settle_many(&mut staff, sheet.file).await?;
        }
        self.stage.finish(&mut pupils, sheet.file).await?;
        if super::strangers::find(&mut self.stage, sheet.ids()).await? {
            pupils.forget();
        }
        self.finish(&mut pupils, &sheet).await?;
        self.finish(&mut staff, &sheet).await
    }

    /// What is known of a user, if the row can be read with what roles.csv says.
    fn user(&mut self, sheet: &Sheet, line: u64, user: User, masters: &mut Ids) -> Option<(User, PersonFacts)> {
        let (at, version) = ((sheet, line), self.package.version());
        if let Some(master) = user.master.filter(|master| !masters.insert(*master)) {
            self.found(version.japanese_rule(), &rules::MASTER_TWICE, at, "userMasterIdentifier", master);
        }
        for agent in &user.agents {
            note(self.facts.people.entry(*agent).or_default(), OF_CHILD, line);
        }
        if let Some(org) = user.primary_org.filter(|org| !self.facts.is_org(*org)) {
            self.found(Severity::Warning, &rules::NO_SUCH_ORG, at, "primaryOrgSourcedId", org);
        }
        if let Some(class) = user.home_class.filter(|class| !self.facts.classes.contains_key(class)) {
            self.found(Severity::Warning, &rules::NO_SUCH_CLASS, at, "metadata.jp.homeClass", class);
        }
        let person = self.facts.people.get(&user.id).copied().unwrap_or_default();
        if !person.role {
            return self.wrong(&rules::NO_ROLE, at, "sourcedId", user.id);
        }
        if !person.primary {
            self.found(version.japanese_rule(), &rules::NO_PRIMARY_ROLE, at, "sourcedId", user.id);
            if version.japanese_rule() == Severity::Error {
                return None;
            }
        }
        let person = PersonFacts { listed: true, disabled: !user.enabled, ..person };
        self.facts.people.insert(user.id, person);
        Some((user, person))
    }

    fn pupil(&self, user: User) -> Pupil {
        // The profile asks for names to show in any case: those that are the official ones say nothing of their own.
        let own = |preferred: String, official: &str| if preferred == official { String::new() } else { preferred };
        let (preferred_family_name, preferred_given_name) =
            (own(user.preferred_family_name, &user.family_name), own(user.preferred_given_name, &user.given_name));
        Pupil {
            id: user.id,
            identifier: user.identifier,
            family_name: user.family_name,
            given_name: user.given_name,
            preferred_family_name,
            preferred_given_name,
            kana_family_name: user.kana_family_name,
            kana_given_name: user.kana_given_name,
            birth_date: self.facts.birth_dates.get(&user.id).copied(),
            number: None,
        }
    }

    /// Rows of other files that speak of people whom users.csv does not have.
    fn find_unlisted(&mut self) {
        if !self.lists(File::Users) {
            return;
        }
        let unlisted = self.facts.people.iter().filter(|(_, person)| !person.listed);
        let mut findings: Vec<Finding> = Vec::new();
        for (id, person) in unlisted {
            let places =
                [(File::Roles, "userSourcedId"), (File::UserProfiles, "userSourcedId"), (File::Users, "agentSourcedIds")];
            for ((file, column), line) in places.into_iter().zip(person.lines).filter(|(_, line)| *line > 0) {
                // Of guardians and of how people sign in nothing is kept.
                let severity = if file == File::Roles { Severity::Error } else { Severity::Warning };
                findings.push(Finding::new(severity, &rules::NO_SUCH_USER, file.name(), line.into()).at(column, &id.to_string()));
            }
        }
        findings.sort_by_key(|finding| (finding.file, finding.line));
        findings.into_iter().for_each(|finding| self.stage.findings.add(finding));
    }

    pub(super) async fn read_enrollments(&mut self) -> Result<()> {
        let (mut sheet, mut places) = (Sheet::of(File::Enrollments), self.stream::<Enrolment>());
        for row in self.package.enrollments() {
            let (line, row) = self.row(row).await?;
            let row = row.filter(|row| self.first(&mut sheet, line, row.id));
            if let Some(row) = row.as_ref().filter(|row| row.removed) {
                self.removed.push((Removed::Row(row.id), line));
                continue;
            }
            let id = row.as_ref().map(|row| row.id);
            match row.and_then(|row| self.member(&sheet, line, &row)) {
                Some(Member::Pupil(place)) => places.push(line, place),
                Some(Member::Staff(duty)) => {
                    self.duties.insert(duty.id);
                    self.duty_rows.push(line, duty);
                }
                Some(Member::Other) => {}
                None => {
                    self.excused.extend(id);
                    places.spoil();
                    self.duty_rows.spoil();
                }
            }
            self.stage.settle_many(&mut places, sheet.file).await?;
            self.stage.settle_many(&mut self.duty_rows, sheet.file).await?;
        }
        self.stage.finish(&mut places, sheet.file).await?;
        if super::places::settle(&mut self.stage, sheet.ids()).await? {
            places.forget();
        }
        self.finish(&mut places, &sheet).await?;
        self.enrolments_said = places.said_before;
        self.enrolments = sheet.into_ids();
        let no_more = self.stream::<Duty>();
        let mut duties = std::mem::replace(&mut self.duty_rows, no_more);
        self.finish(&mut duties, &Sheet::of(File::Enrollments)).await?;
        self.duties_said = duties.said_before;
        Ok(())
    }

    fn member(&mut self, sheet: &Sheet, line: u64, row: &Enrollment) -> Option<Member> {
        let at = (sheet, line);
        let Some(class) = self.facts.classes.get(&row.class).copied() else {
            return self.wrong(&rules::NO_SUCH_CLASS, at, "classSourcedId", row.class);
        };
        if row.school != class.school {
            return self.wrong(&rules::CLASS_OF_OTHER_SCHOOL, at, "schoolSourcedId", row.school);
        }
        if !self.stage.yours.has(class.school) {
            return self.wrong(&rules::NOT_YOUR_SCHOOL, at, "schoolSourcedId", row.school);
        }
        let (begins, ends) = (row.begins.unwrap_or(class.begins), row.ends.unwrap_or(NO_END));
        if ends < begins {
            return self.wrong(&rules::DAYS_REVERSED, at, "endDate", ends);
        }
        self.schools.insert(class.school);
        let person = self.facts.people.get(&row.user).copied().filter(|person| person.listed);
        match (row.role, person) {
            (ClassRole::Student, Some(person)) if person.student => Some(Member::Pupil(self.place(row, class, (begins, ends)))),
            (ClassRole::Teacher, Some(person)) if person.staff() => Some(Member::Staff(teacher(row, class, (begins, ends)))),
            (ClassRole::Teacher, Some(person)) if person.disabled => Some(Member::Other),
            (ClassRole::Other, Some(_)) => Some(Member::Other),
            (ClassRole::Other, None) => {
                self.found(Severity::Warning, &rules::NO_SUCH_USER, at, "userSourcedId", row.user);
                Some(Member::Other)
            }
            (_, Some(_)) => self.wrong(&rules::WRONG_ROLE, at, "userSourcedId", row.user),
            (_, None) => self.wrong(&rules::NO_SUCH_USER, at, "userSourcedId", row.user),
        }
    }

    fn place(&mut self, row: &Enrollment, class: ClassFacts, (begins, ends): Days) -> Enrolment {
        if class.homeroom && class.special_needs {
            self.special.entry(row.user).or_default().push((begins, ends));
        }
        Enrolment {
            id: row.id,
            school: class.school,
            class: row.class,
            pupil: row.user,
            number: row.number,
            begins,
            ends,
            kind: MembershipKind::Home,
            grade: None,
        }
    }
}

enum Member {
    Pupil(Enrolment),
    Staff(Duty),
    Other,
}

fn member(user: &User) -> Staff {
    let shown = |preferred: &str, official: &str| if preferred.is_empty() { official.to_owned() } else { preferred.to_owned() };
    let family = shown(&user.preferred_family_name, &user.family_name);
    let given = shown(&user.preferred_given_name, &user.given_name);
    let kana = format!("{} {}", user.kana_family_name, user.kana_given_name).trim().to_owned();
    Staff { id: user.id, name: format!("{family} {given}").trim().to_owned(), kana, email: user.email.clone() }
}

fn teacher(row: &Enrollment, class: ClassFacts, (begins, ends): Days) -> Duty {
    let kind = if class.homeroom && row.primary { DutyKind::HomeroomTeacher } else { DutyKind::SubjectTeacher };
    let (school, class) = (Some(class.school), Some(row.class));
    Duty { id: row.id, holder: row.user, kind, school, grade: String::new(), class, begins, ends }
}
