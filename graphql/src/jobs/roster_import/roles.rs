//! What people are, and where: roles, some of which are duties.
use super::ahead::Ahead;
use super::facts::{OF_PROFILE, OF_ROLE};
use super::ids::Ids;
use super::read::{Reading, Removed, Sheet};
use super::rules;
use super::spans::UNSAID;
use crate::access::duty::{Duty, DutyKind};
use crate::clock::NO_END;
use crate::error::Result;
use crate::formats::oneroster::{File, Role, RoleName, Severity};

impl Reading<'_> {
    pub(super) async fn read_profiles(&mut self) -> Result<Ids> {
        let (mut sheet, mut ids) = (Sheet::of(File::UserProfiles), Ids::default());
        let mut rows = Ahead::of(self.package.user_profiles());
        while let Some((line, profile)) = self.next(&mut rows).await? {
            if let Some(profile) = profile.filter(|row| self.first(&mut sheet, line, row.id)).filter(|row| !row.removed) {
                ids.insert(profile.id);
                self.facts.people.entry(profile.user).or_default().note(OF_PROFILE, line);
            }
        }
        Ok(ids)
    }

    pub(super) async fn read_roles(&mut self, profiles: &Ids) -> Result<Vec<(u64, Duty)>> {
        let (mut sheet, mut duties) = (Sheet::of(File::Roles), Vec::new());
        let mut rows = Ahead::of(self.package.roles());
        while let Some((line, role)) = self.next(&mut rows).await? {
            let Some(role) = role.filter(|role| self.first(&mut sheet, line, role.id)) else {
                continue;
            };
            if role.removed {
                self.removed.push((Removed::Row(role.id), line));
                continue;
            }
            if !self.facts.is_org(role.org) {
                self.excused.insert(role.id);
                self.found(Severity::Error, &rules::NO_SUCH_ORG, (&sheet, line), "orgSourcedId", role.org);
                continue;
            }
            if let Some(profile) = role.profile.filter(|id| self.lists(File::UserProfiles) && !profiles.contains(*id)) {
                self.found(Severity::Warning, &rules::NO_SUCH_PROFILE, (&sheet, line), "userProfileSourcedId", profile);
            }
            let person = self.facts.people.entry(role.user).or_default();
            person.note(OF_ROLE, line);
            person.role = true;
            person.primary |= role.primary;
            person.student |= role.role == RoleName::Student;
            let of_family = matches!(role.role, RoleName::Guardian | RoleName::Parent | RoleName::Relative);
            person.employed |= !of_family && role.role != RoleName::Student;
            let Some(duty) = self.duty_of_role(&role) else { continue };
            if self.stage.yours.has(role.org) {
                duties.push((line, duty));
            } else {
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
            begins: role.begins.unwrap_or(UNSAID).max(UNSAID),
            ends: role.ends.unwrap_or(NO_END),
        })
    }
}
