//! userProfiles.csv: how users sign in elsewhere. Looked at, and not kept.
use super::check::Checked;
use super::columns::{Column, ID, Kind, MODIFIED, Need, STATUS, column};
use serde::Serialize;
use uuid::Uuid;

pub(super) const COLUMNS: [Column; 11] = [
    ID,
    STATUS,
    MODIFIED,
    column("userSourcedId", Need::Must, Kind::Id),
    column("profileType", Need::Should, Kind::Unread),
    column("vendorId", Need::Should, Kind::Unread),
    column("applicationId", Need::May, Kind::Unread),
    column("description", Need::May, Kind::Unread),
    column("credentialType", Need::Should, Kind::Unread),
    column("username", Need::Should, Kind::Unread),
    column("password", Need::May, Kind::Password),
];

/// A way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UserProfile {
    /// The roster's id.
    pub id: Uuid,
    /// Whether the record is taken out (tobedeleted).
    pub removed: bool,
    /// Whose.
    pub user: Uuid,
}

impl UserProfile {
    pub(super) fn read(row: &mut Checked<'_>) -> Self {
        let [id, _, _, user, ..] = row.values::<11>();
        UserProfile { id: id.id().unwrap_or_default(), removed: row.removed, user: user.id().unwrap_or_default() }
    }
}
