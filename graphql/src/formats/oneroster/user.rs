//! users.csv: pupils, staff and guardians.
use super::check::Checked;
use super::columns::{Column, ID, Kind, MODIFIED, Need, STATUS, column};
use super::finding::Severity;
use super::value::Value;
use super::version::Version;
use super::write::{Row, id_or_empty};
use super::{File, rules};
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

const SINCE_1_2_1: &[Version] = &[Version::V1_2_1, Version::Jp];

pub(super) const COLUMNS: [Column; 30] = [
    ID,
    STATUS,
    MODIFIED,
    column("enabledUser", Need::Must, Kind::Flag),
    column("username", Need::Should, Kind::Text),
    column("userIds", Need::May, Kind::Unread),
    column("givenName", Need::Should, Kind::Text),
    column("familyName", Need::Must, Kind::Text),
    column("middleName", Need::May, Kind::Unread),
    column("identifier", Need::May, Kind::Text),
    column("email", Need::May, Kind::Text),
    column("sms", Need::May, Kind::Unread),
    column("phone", Need::May, Kind::Unread),
    column("agentSourcedIds", Need::May, Kind::Ids),
    column("grades", Need::May, Kind::Grades),
    column("password", Need::May, Kind::Password),
    column("userMasterIdentifier", Need::Japan, Kind::Id),
    column("resourceSourcedIds", Need::May, Kind::Unread).only(&[Version::V1_2]),
    column("preferredGivenName", Need::Japan, Kind::Text),
    column("preferredMiddleName", Need::May, Kind::Unread),
    column("preferredFamilyName", Need::Japan, Kind::Text),
    column("primaryOrgSourcedId", Need::May, Kind::Id),
    column("pronouns", Need::May, Kind::Unread),
    column("metadata.jp.kanaGivenName", Need::Japan, Kind::Kana),
    column("metadata.jp.kanaFamilyName", Need::Japan, Kind::Kana),
    column("metadata.jp.kanaMiddleName", Need::May, Kind::Unread),
    column("metadata.jp.homeClass", Need::May, Kind::Id),
    column("metadata.jp.kanaPreferredFamilyName", Need::May, Kind::Kana).only(SINCE_1_2_1),
    column("metadata.jp.kanaPreferredGivenName", Need::May, Kind::Kana).only(SINCE_1_2_1),
    column("metadata.jp.kanaPreferredMiddleName", Need::May, Kind::Unread).only(SINCE_1_2_1),
];

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct User {
    /// The roster's id.
    pub id: Uuid,
    /// Whether the record is taken out (tobedeleted).
    pub removed: bool,
    /// Whether the account may be used.
    pub enabled: bool,
    /// The name to sign in with.
    pub username: String,
    /// 学籍番号 or a number of staff.
    pub identifier: String,
    /// The family name.
    pub family_name: String,
    /// The given name.
    pub given_name: String,
    /// The family name to show.
    pub preferred_family_name: String,
    /// The given name to show.
    pub preferred_given_name: String,
    /// The family name's reading.
    pub kana_family_name: String,
    /// The given name's reading.
    pub kana_given_name: String,
    /// The reading of the family name to show.
    pub kana_preferred_family_name: String,
    /// The reading of the given name to show.
    pub kana_preferred_given_name: String,
    /// The e-mail address.
    pub email: String,
    /// The grade, as classes write it; several are separated by commas.
    pub grades: String,
    /// Guardians.
    pub agents: Vec<Uuid>,
    /// The id that every system knows the person by; each of a file is another.
    pub master: Option<Uuid>,
    /// The homeroom.
    pub home_class: Option<Uuid>,
    /// The school.
    pub primary_org: Option<Uuid>,
}

impl User {
    pub(super) fn read(row: &mut Checked<'_>) -> Self {
        let [
            id,
            _,
            _,
            enabled,
            username,
            _,
            given_name,
            family_name,
            _,
            identifier,
            email,
            _,
            _,
            agents,
            grades,
            _,
            master,
            _,
            preferred_given_name,
            _,
            preferred_family_name,
            primary_org,
            _,
            kana_given_name,
            kana_family_name,
            _,
            home_class,
            kana_preferred_family_name,
            kana_preferred_given_name,
            _,
        ] = row.values::<30>();
        if !row.removed && enabled == Value::Flag(false) {
            row.found(Severity::Warning, &rules::NOT_ENABLED, 3);
        }
        User {
            id: id.id().unwrap_or_default(),
            removed: row.removed,
            enabled: enabled.flag(),
            username: username.text(),
            identifier: identifier.text(),
            family_name: family_name.text(),
            given_name: given_name.text(),
            preferred_family_name: preferred_family_name.text(),
            preferred_given_name: preferred_given_name.text(),
            kana_family_name: kana_family_name.text(),
            kana_given_name: kana_given_name.text(),
            kana_preferred_family_name: kana_preferred_family_name.text(),
            kana_preferred_given_name: kana_preferred_given_name.text(),
            email: email.text(),
            grades: grades.text(),
            agents: agents.ids(),
            master: master.id(),
            home_class: home_class.id(),
            primary_org: primary_org.id(),
        }
    }
}

impl Row for User {
    const FILE: File = File::Users;

    fn cells(&self) -> Vec<Cow<'_, str>> {
        let agents: Vec<_> = self.agents.iter().map(Uuid::to_string).collect();
        let mut cells = vec![Cow::Borrowed(""); COLUMNS.len()];
        for (at, cell) in [
            (0, self.id.to_string().into()),
            (3, if self.enabled { "true" } else { "false" }.into()),
            (4, self.username.as_str().into()),
            (6, self.given_name.as_str().into()),
            (7, self.family_name.as_str().into()),
            (9, self.identifier.as_str().into()),
            (10, self.email.as_str().into()),
            (13, agents.join(",").into()),
            (14, self.grades.as_str().into()),
            (16, id_or_empty(self.master)),
            (18, self.preferred_given_name.as_str().into()),
            (20, self.preferred_family_name.as_str().into()),
            (21, id_or_empty(self.primary_org)),
            (23, self.kana_given_name.as_str().into()),
            (24, self.kana_family_name.as_str().into()),
            (26, id_or_empty(self.home_class)),
            (27, self.kana_preferred_family_name.as_str().into()),
            (28, self.kana_preferred_given_name.as_str().into()),
        ] {
            cells[at] = cell;
        }
        cells
    }
}
