//! Users: pupils and staff.
use super::ahead::Ahead;
use super::facts::{OF_CHILD, PersonFacts, one_grade};
use super::ids::Ids;
use super::read::{Reading, Removed, Sheet};
use super::rules;
use crate::error::Result;
use crate::formats::oneroster::{File, Finding, Severity, User};
use crate::roster::pupil::{Protected, Pupil};
use crate::roster::staff::Staff;

impl Reading<'_> {
    /// Users with their roles; duties that follow from a role alone come with the others.
    pub(super) async fn read_people(&mut self) -> Result<()> {
        let profiles = self.read_profiles().await?;
        let duties = self.read_roles(&profiles).await?;
        let mut rows = Ahead::of(self.package.demographics());
        while let Some((_, birth)) = self.next(&mut rows).await? {
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
            } else if !person.listed {
                self.excused.insert(duty.id);
            }
        }
        Ok(())
    }

    async fn read_users(&mut self) -> Result<()> {
        let (mut sheet, mut masters) = (Sheet::of(File::Users), Ids::default());
        let (mut pupils, mut staff) = (self.stream::<Pupil>(), self.stream::<Staff>());
        let mut rows = Ahead::of(self.package.users());
        while let Some((line, user)) = self.next(&mut rows).await? {
            let user = user.filter(|user| self.first(&mut sheet, line, user.id));
            if let Some(user) = user.as_ref().filter(|user| user.removed) {
                self.removed.push((Removed::Person(user.id), line));
                continue;
            }
            let Some((user, person)) = user.and_then(|user| self.user(&sheet, line, user, &mut masters)) else {
                continue;
            };
            if person.student {
                pupils.push(line, self.pupil(user));
            } else if person.staff() {
                staff.push(line, member(&user));
            } else if person.disabled {
                self.disabled.push((user.id, line));
            }
            self.stage.settle_many(&mut pupils, sheet.file).await?;
            self.stage.settle_many(&mut staff, sheet.file).await?;
        }
        self.stage.settle(&mut pupils, sheet.file).await?;
        if super::strangers::find(&mut self.stage, sheet.ids()).await? {
            pupils.forget();
        }
        self.finish(pupils, &sheet).await?;
        self.finish(staff, &sheet).await?;
        Ok(())
    }

    /// What is known of a user, if the row can be read with what roles.csv says.
    fn user(&mut self, sheet: &Sheet, line: u64, user: User, masters: &mut Ids) -> Option<(User, PersonFacts)> {
        let (at, version) = ((sheet, line), self.package.version());
        if let Some(master) = user.master.filter(|master| !masters.insert(*master)) {
            self.found(version.japanese_rule(), &rules::MASTER_TWICE, at, "userMasterIdentifier", master);
        }
        for agent in &user.agents {
            self.facts.people.entry(*agent).or_default().note(OF_CHILD, line);
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
        let person = PersonFacts { listed: true, disabled: !user.enabled, grade: one_grade(&user.grades), ..person };
        self.facts.people.insert(user.id, person);
        Some((user, person))
    }

    fn pupil(&self, user: User) -> Pupil {
        // The profile asks for names to show in any case: those that are the official ones say nothing of their own.
        let own = |preferred: String, official: &str| if preferred == official { String::new() } else { preferred };
        let (preferred_family_name, preferred_given_name) =
            (own(user.preferred_family_name, &user.family_name), own(user.preferred_given_name, &user.given_name));
        Pupil {
            protected: Protected::default(),
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
}

fn member(user: &User) -> Staff {
    let shown = |preferred: &str, official: &str| if preferred.is_empty() { official.to_owned() } else { preferred.to_owned() };
    let family = shown(&user.preferred_family_name, &user.family_name);
    let given = shown(&user.preferred_given_name, &user.given_name);
    let kana = format!("{} {}", user.kana_family_name, user.kana_given_name).trim().to_owned();
    Staff { id: user.id, name: format!("{family} {given}").trim().to_owned(), kana, email: user.email.clone() }
}
