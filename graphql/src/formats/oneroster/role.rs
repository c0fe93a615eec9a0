//! roles.csv: what each user is, and where.
use super::File;
use super::check::Checked;
use super::columns::{Column, ID, Kind, MODIFIED, Need, STATUS, column};
use super::rules;
use super::write::{Row, day_or_empty, id_or_empty};
use chrono::NaiveDate;
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

const WORDS: [(&str, RoleName); 12] = [
    ("aide", RoleName::Aide),
    ("counselor", RoleName::Counselor),
    ("districtAdministrator", RoleName::DistrictAdministrator),
    ("guardian", RoleName::Guardian),
    ("parent", RoleName::Parent),
    ("principal", RoleName::Principal),
    ("proctor", RoleName::Proctor),
    ("relative", RoleName::Relative),
    ("siteAdministrator", RoleName::SiteAdministrator),
    ("student", RoleName::Student),
    ("systemAdministrator", RoleName::SystemAdministrator),
    ("teacher", RoleName::Teacher),
];

const KNOWN: [&str; 12] = {
    let mut known = [""; 12];
    let mut at = 0;
    while at < 12 {
        known[at] = WORDS[at].0;
        at += 1;
    }
    known
};

/// All but parent and relative, who are guardians in Japan.
const JAPANESE: [&str; 10] = [
    "aide",
    "counselor",
    "districtAdministrator",
    "guardian",
    "principal",
    "proctor",
    "siteAdministrator",
    "student",
    "systemAdministrator",
    "teacher",
];

pub(super) const COLUMNS: [Column; 10] = [
    ID,
    STATUS,
    MODIFIED,
    column("userSourcedId", Need::Must, Kind::Id),
    column("roleType", Need::Must, Kind::Word { known: &["primary", "secondary"], japanese: &["primary", "secondary"] }),
    column("role", Need::Must, Kind::Word { known: &KNOWN, japanese: &JAPANESE }),
    column("beginDate", Need::May, Kind::Day),
    column("endDate", Need::May, Kind::Day),
    column("orgSourcedId", Need::Must, Kind::Id),
    column("userProfileSourcedId", Need::May, Kind::Id),
];

/// What somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum RoleName {
    /// Helps in a class.
    Aide,
    /// A counsellor.
    Counselor,
    /// Of the board of education.
    DistrictAdministrator,
    /// 保護者.
    Guardian,
    /// A parent; guardian in Japan.
    Parent,
    /// 校長・教頭.
    Principal,
    /// Supervises tests.
    Proctor,
    /// A relative; guardian in Japan.
    Relative,
    /// Keeps a school's systems.
    SiteAdministrator,
    /// 児童生徒.
    Student,
    /// Keeps all systems.
    SystemAdministrator,
    /// 教員.
    Teacher,
    /// A word that somebody added to the standard.
    Other,
}

impl RoleName {
    fn word(self) -> &'static str {
        WORDS.iter().find(|(_, role)| *role == self).map_or("ext:other", |(word, _)| word)
    }
}

/// A role of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Role {
    /// The roster's id.
    pub id: Uuid,
    /// Whether the record is taken out (tobedeleted).
    pub removed: bool,
    /// Whose.
    pub user: Uuid,
    /// Whether it is the main role of the user there.
    pub primary: bool,
    /// What the user is.
    pub role: RoleName,
    /// Where: a school or the board.
    pub org: Uuid,
    /// The first day.
    pub begins: Option<NaiveDate>,
    /// The last day.
    pub ends: Option<NaiveDate>,
    /// How the user signs in.
    pub profile: Option<Uuid>,
}

impl Role {
    pub(super) fn read(row: &mut Checked<'_>) -> Self {
        let [id, _, _, user, kind, role, begins, ends, org, profile] = row.values::<10>();
        row.in_order(begins.day(), ends.day(), 7);
        let primary = kind.is("primary");
        let role = WORDS.iter().find(|(word, _)| role.is(word)).map_or(RoleName::Other, |(_, role)| *role);
        let never_primary = [RoleName::DistrictAdministrator, RoleName::SiteAdministrator, RoleName::Principal];
        if !row.removed && primary && never_primary.contains(&role) {
            row.found_in_japan(&rules::ROLE_NOT_PRIMARY, 5);
        }
        Role {
            id: id.id().unwrap_or_default(),
            removed: row.removed,
            user: user.id().unwrap_or_default(),
            primary,
            role,
            org: org.id().unwrap_or_default(),
            begins: begins.day(),
            ends: ends.day(),
            profile: profile.id(),
        }
    }
}

impl Row for Role {
    const FILE: File = File::Roles;

    fn cells(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.id.to_string().into(),
            "".into(),
            "".into(),
            self.user.to_string().into(),
            if self.primary { "primary" } else { "secondary" }.into(),
            self.role.word().into(),
            day_or_empty(self.begins),
            day_or_empty(self.ends),
            self.org.to_string().into(),
            id_or_empty(self.profile),
        ]
    }
}
