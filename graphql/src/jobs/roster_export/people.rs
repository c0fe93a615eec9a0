//! Pupils and staff, and what they are.
use super::places::last_day;
use super::reached::{PupilAtHome, PupilInSchool, Reached};
use super::{Receiver, Role, Sink, User, made};
use crate::access::duty::{Duty, DutyKind};
use crate::error::Result;
use crate::formats::oneroster::RoleName;
use crate::roster::pupil::Pupil;
use crate::roster::staff::Staff;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::io::{Seek, Write};
use uuid::Uuid;

/// Writes users.csv; how many, and how many pupils under protection among them.
pub(super) async fn write_users<W: Write + Seek>(reached: &Reached<'_>, sink: &mut Sink<'_, W>) -> Result<(usize, usize)> {
    sink.begin::<User>()?;
    let (mut written, mut hidden, mut after) = (0, 0, Uuid::nil());
    loop {
        let lot = reached.pupils(after).await?;
        let Some(last) = lot.last() else { break };
        after = last.pupil.id;
        hidden += lot.iter().filter(|of| of.pupil.is_protected()).count();
        let rows: Vec<_> = lot.into_iter().map(|pupil| pupil_for(pupil, sink.wanted.receiver)).collect();
        written += sink.put(&rows)?;
    }
    after = Uuid::nil();
    loop {
        let lot = reached.staff(after).await?;
        let Some(last) = lot.last() else { return Ok((written, hidden)) };
        after = last.id;
        let rows: Vec<_> = lot.into_iter().map(|person| staff_for(person, sink.wanted.receiver)).collect();
        written += sink.put(&rows)?;
    }
}

/// What stands for family and given name of who is under protection in a package that leaves the school, and its reading.
const NAMELESS: (&str, &str) = ("非公開", "ヒコウカイ");

fn pupil_for(PupilAtHome { pupil, home, home_school, grade, home_grades }: PupilAtHome, receiver: Receiver) -> User {
    let pupil = if receiver != Receiver::Own && pupil.is_protected() { nameless(pupil) } else { pupil };
    let shown = {
        let (family, given) = pupil.shown_names();
        (family.to_owned(), given.to_owned())
    };
    let (family_name, given_name, identifier) = match receiver {
        Receiver::Own => (pupil.family_name, pupil.given_name, pupil.identifier),
        Receiver::Hub | Receiver::Tool => (shown.0.clone(), shown.1.clone(), String::new()),
    };
    let mut user = user(pupil.id, (family_name, given_name), shown);
    user.identifier = identifier;
    user.grades = grade.or(home_grades.filter(|grades| !grades.contains(','))).unwrap_or_default();
    (user.home_class, user.primary_org) = (home, home_school);
    if receiver != Receiver::Tool {
        (user.kana_family_name, user.kana_given_name) = (pupil.kana_family_name, pupil.kana_given_name);
    }
    user
}

/// Pupils under protection are in the packages, so that they can learn with the tools as everybody does, and their names are not.
fn nameless(pupil: Pupil) -> Pupil {
    let ((name, kana), empty) = (NAMELESS, String::new());
    Pupil {
        family_name: name.to_owned(),
        given_name: name.to_owned(),
        kana_family_name: kana.to_owned(),
        kana_given_name: kana.to_owned(),
        preferred_family_name: empty.clone(),
        preferred_given_name: empty,
        ..pupil
    }
}

fn staff_for(person: Staff, receiver: Receiver) -> User {
    let names = |name: &str| {
        name.split_once(' ')
            .map_or_else(|| (name.to_owned(), String::new()), |(family, given)| (family.to_owned(), given.to_owned()))
    };
    let mut user = user(person.id, names(&person.name), names(&person.name));
    if receiver != Receiver::Tool {
        (user.kana_family_name, user.kana_given_name) = names(&person.kana);
        if !person.email.is_empty() {
            user.username.clone_from(&person.email);
        }
        user.email = person.email;
    }
    user
}

/// Somebody of whom nothing but the names is known.
fn user(
    id: Uuid,
    (family_name, given_name): (String, String),
    (preferred_family_name, preferred_given_name): (String, String),
) -> User {
    User {
        id,
        removed: false,
        enabled: true,
        username: id.to_string(),
        identifier: String::new(),
        family_name,
        given_name,
        preferred_family_name,
        preferred_given_name,
        kana_family_name: String::new(),
        kana_given_name: String::new(),
        kana_preferred_family_name: String::new(),
        kana_preferred_given_name: String::new(),
        email: String::new(),
        grades: String::new(),
        agents: Vec::new(),
        master: Some(id),
        home_class: None,
        primary_org: None,
    }
}

/// Writes roles.csv: everybody's primary role, student or teacher, in each of their schools, and what a few are beside that.
pub(super) async fn write_roles<W: Write + Seek>(reached: &Reached<'_>, sink: &mut Sink<'_, W>) -> Result<()> {
    sink.begin::<Role>()?;
    let mut after = Uuid::nil();
    loop {
        let lot = reached.pupils_schools(after).await?;
        let Some(last) = lot.last() else { break };
        after = last.pupil;
        let student = |PupilInSchool { pupil, school }| primary(pupil, RoleName::Student, school);
        sink.put(&lot.into_iter().map(student).collect::<Vec<_>>())?;
    }
    let board = reached.orgs().await?.into_iter().find(|org| !org.school).map(|org| org.id);
    let mut teachers = BTreeSet::new();
    after = Uuid::nil();
    loop {
        let lot = reached.duties(after).await?;
        let Some(last) = lot.last() else { return Ok(()) };
        after = last.id;
        let mut rows = Vec::new();
        for duty in &lot {
            let Some(org) = duty.school.or(board) else { continue };
            if teachers.insert((duty.holder, org)) {
                rows.push(primary(duty.holder, RoleName::Teacher, org));
            }
            rows.extend(Some(duty).filter(|_| sink.wanted.receiver != Receiver::Tool).and_then(|duty| beside(duty, org)));
        }
        sink.put(&rows)?;
    }
}

fn primary(user: Uuid, role: RoleName, org: Uuid) -> Role {
    let id = made("role", &[user, org]);
    Role { id, removed: false, user, primary: true, role, org, begins: None, ends: None, profile: None }
}

/// The role that a duty is beside teaching.
fn beside(duty: &Duty, org: Uuid) -> Option<Role> {
    let role = match duty.kind {
        DutyKind::Head => RoleName::Principal,
        DutyKind::BoardOfficial => RoleName::DistrictAdministrator,
        DutyKind::IctSupport => RoleName::SiteAdministrator,
        _ => return None,
    };
    let begins = Some(duty.begins).filter(|begins| *begins > EARLIEST);
    let (id, user, ends) = (duty.id, duty.holder, last_day(duty.ends));
    Some(Role { id, removed: false, user, primary: false, role, org, begins, ends, profile: None })
}

/// What a duty begins on of which no first day is known.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a date of the calendar");
