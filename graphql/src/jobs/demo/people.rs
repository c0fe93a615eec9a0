//! Whom a visitor can be: the staff of the town and a pupil of each class, with their tokens.
use super::pupil::{Pupil, Story};
use super::signed_in;
use super::town::{Class, Member, Post, Town};
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use crate::id;
use crate::roster;
use crate::roster::guardian::{self, GuardianLanguage, GuardianRelation, GuardianStanding, SaveGuardianInput};
use crate::roster::staff::{self, Staff};
use async_graphql::MaybeUndefined;
use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody to sign in as.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What the person is.
    pub role: PersonRole,
    /// The same in Japanese, such as 5年2組 担任.
    pub duty: String,
    /// The school's name; `None` for the board.
    pub school: Option<String>,
    /// The homeroom of a homeroom teacher or a pupil.
    pub class_id: Option<Uuid>,
    /// The bearer token.
    pub token: String,
}

/// What somebody is.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[serde(rename_all = "snake_case")]
pub enum PersonRole {
    /// 学級担任.
    HomeroomTeacher,
    /// 養護教諭.
    Nurse,
    /// スクールカウンセラー.
    Counsellor,
    /// 校長.
    Principal,
    /// 教頭.
    VicePrincipal,
    /// 学年主任.
    GradeHead,
    /// 教科担任.
    SubjectTeacher,
    /// 教務主任.
    AcademicAffairs,
    /// 教育委員会.
    BoardOfficer,
    /// 児童生徒.
    Pupil,
    /// 保護者.
    Guardian,
}

/// The tokens of the staff and of one pupil of each class, by the holder's id. Duties that the roster cannot say are given here too.
pub(super) async fn issue_tokens(town: &Town, operator: &Scope, expires: DateTime<Utc>) -> Result<HashMap<Uuid, String>> {
    let mut secrets = HashMap::new();
    for member in &town.staff {
        if let Some(duty) = super::roster::further_duty(town, member) {
            let kana = format!("{} {}", member.name.family_kana, member.name.given_kana);
            let person = Staff { id: member.id, name: member.name.whole(), kana, email: member.email.clone() };
            staff::add(operator, &person, &[duty]).await?;
        }
        secrets.insert(member.id, staff::issue_token(operator, &member.id.to_string(), &[], expires).await?);
    }
    for class in &town.classes {
        let pupil = visitor(class).id;
        secrets.insert(pupil, roster::pupil::issue_token(operator, pupil, expires).await?);
        let guardian = note_guardian(operator, visitor(class)).await?;
        secrets.insert(guardian, roster::guardian::issue_token(operator, guardian, expires).await?);
    }
    Ok(secrets)
}

/// The mother of a pupil, who has parental authority.
async fn note_guardian(operator: &Scope, pupil: &Pupil) -> Result<Uuid> {
    let input = SaveGuardianInput {
        pupil_id: id::of(pupil.id),
        guardian_id: Some(id::of(guardian_of(pupil))),
        family_name: pupil.name.family.clone(),
        given_name: MaybeUndefined::Value(GUARDIAN.0.to_owned()),
        kana_family_name: MaybeUndefined::Value(pupil.name.family_kana.clone()),
        kana_given_name: MaybeUndefined::Value(GUARDIAN.1.to_owned()),
        email: MaybeUndefined::Undefined,
        language: Some(GuardianLanguage::Ja),
        relation: GuardianRelation::Mother,
        standing: GuardianStanding::Parental,
        in_household: true,
        withheld: None,
        ends: MaybeUndefined::Undefined,
        reason: String::new(),
    };
    guardian::save(operator, input).await?.map_err(|error| {
        tracing::error!(error = error.message, "a guardian of the demo is not taken");
        Error::Internal
    })
}

/// The given name of guardians, and its reading.
const GUARDIAN: (&str, &str) = ("恵子", "ケイコ");

fn guardian_of(pupil: &Pupil) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("guardian of {}", pupil.id).as_bytes())
}

/// The pupil of a class as whom a visitor can sign in: one without a story.
fn visitor(class: &Class) -> &Pupil {
    let plain = class.pupils.iter().find(|pupil| pupil.story == Story::Steady);
    plain.unwrap_or(&class.pupils[0])
}

/// Those who write records: the homeroom teacher of each class, the nurse and the counsellor of each school, and one pupil who asks to talk.
pub(super) struct AtWork {
    pub(super) teachers: Vec<Scope>,
    pub(super) nurses: Vec<Scope>,
    pub(super) counsellors: Vec<Scope>,
    /// With the place of the class.
    pub(super) child: Option<(usize, Scope)>,
}

/// Signs those in who write records; the pupil has a token that holds for a moment.
pub(super) async fn at_work(town: &Town, operator: &Scope, secrets: &HashMap<Uuid, String>) -> Result<AtWork> {
    let (mut teachers, mut nurses, mut counsellors) = (Vec::new(), Vec::new(), Vec::new());
    for member in &town.staff {
        let of = match member.post {
            Post::HomeroomTeacher { .. } => &mut teachers,
            Post::Nurse { .. } => &mut nurses,
            Post::Counsellor { .. } => &mut counsellors,
            _ => continue,
        };
        of.push(signed_in(operator.db(), secrets.get(&member.id).ok_or(Error::Internal)?).await?);
    }
    let talks = |class: &&Class| class.name == "5年2組" && class.school == 0;
    let child = match town.classes.iter().find(talks).map(|class| (class.index, talker(class).id)) {
        Some((class, pupil)) => {
            let secret = roster::pupil::issue_token(operator, pupil, operator.now() + Days::new(1)).await?;
            Some((class, signed_in(operator.db(), &secret).await?))
        }
        None => None,
    };
    Ok(AtWork { teachers, nurses, counsellors, child })
}

/// The pupil of a class who asks to talk: somebody else than the one as whom a visitor can sign in.
fn talker(class: &Class) -> &Pupil {
    let dark = class.pupils.iter().find(|pupil| pupil.story == Story::MoodTurns);
    let other = || class.pupils.iter().find(|pupil| pupil.joined == 0 && pupil.id != visitor(class).id);
    dark.or_else(other).unwrap_or(&class.pupils[0])
}

/// Everybody with a token, the homeroom teacher of 5年2組 first.
pub(super) fn listed(town: &Town, mut secrets: HashMap<Uuid, String>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for member in &town.staff {
        let (role, duty, school, class) = said(town, member);
        people.extend(secrets.remove(&member.id).map(|token| Person {
            name: member.name.whole(),
            role,
            duty,
            school: school.map(|school| town.schools[school].name.clone()),
            class_id: class.map(|class| town.classes[class].id),
            token,
        }));
    }
    for class in &town.classes {
        let (pupil, word) = (visitor(class), if class.grade.starts_with('P') { "児童" } else { "生徒" });
        people.extend(secrets.remove(&pupil.id).map(|token| Person {
            name: pupil.name.whole(),
            role: PersonRole::Pupil,
            duty: format!("{} {word}", class.name),
            school: Some(town.schools[class.school].name.clone()),
            class_id: Some(class.id),
            token,
        }));
        people.extend(secrets.remove(&guardian_of(pupil)).map(|token| Person {
            name: format!("{} {}", pupil.name.family, GUARDIAN.0),
            role: PersonRole::Guardian,
            duty: format!("{} 保護者", class.name),
            school: Some(town.schools[class.school].name.clone()),
            class_id: Some(class.id),
            token,
        }));
    }
    people.sort_by_key(|person| !person.duty.starts_with("5年2組 担任"));
    people
}

fn said(town: &Town, member: &Member) -> (PersonRole, String, Option<usize>, Option<usize>) {
    match member.post {
        Post::HomeroomTeacher { class } => {
            let of = &town.classes[class];
            (PersonRole::HomeroomTeacher, format!("{} 担任", of.name), Some(of.school), Some(class))
        }
        Post::Nurse { school } => (PersonRole::Nurse, "養護教諭".into(), Some(school), None),
        Post::Counsellor { school } => (PersonRole::Counsellor, "スクールカウンセラー".into(), Some(school), None),
        Post::Principal { school } => (PersonRole::Principal, "校長".into(), Some(school), None),
        Post::VicePrincipal { school } => (PersonRole::VicePrincipal, "教頭".into(), Some(school), None),
        Post::AcademicAffairs { school } => (PersonRole::AcademicAffairs, "教務主任".into(), Some(school), None),
        Post::GradeHead { school, grade } => (PersonRole::GradeHead, format!("{}年 学年主任", &grade[1..]), Some(school), None),
        Post::SubjectTeacher { school, subject } => {
            (PersonRole::SubjectTeacher, format!("{subject} 教科担任"), Some(school), None)
        }
        Post::BoardOfficer => (PersonRole::BoardOfficer, "教育委員会 指導主事".into(), None, None),
    }
}
