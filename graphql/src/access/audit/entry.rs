//! What an entry of the access log says.
use crate::access::duty::DutyKind;
use crate::access::right::Right;
use async_graphql::Enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was done.
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccessAct {
    /// Records were looked at.
    Read,
    /// Records were changed.
    Change,
    /// Records were taken out as a file.
    Export,
    /// Somebody signed in to the pages.
    SignIn,
    /// Somebody signed out of the pages, on this device or on another one of theirs.
    SignOut,
    /// Something was refused: a right that nobody's duty gives here, a sign-in, a token.
    Refuse,
    /// A command was run by whoever runs the server.
    Command,
    /// Old entries were erased.
    Clear,
}

/// What an entry is about.
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccessSubjectKind {
    /// A pupil's record.
    Pupil,
    /// A class and those in it.
    Class,
    /// A school's lists.
    School,
}

/// A pupil, a class or a school that was looked at.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Which of the three.
    pub kind: AccessSubjectKind,
    /// Its id.
    pub id: Uuid,
}

/// A subject, and by which rights it was looked at.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct SubjectSeen {
    #[serde(flatten)]
    pub(crate) subject: Subject,
    pub(crate) rights: Vec<String>,
}

/// A duty by which something was done, as it was then.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct DutyUsed {
    /// The duty.
    pub id: Uuid,
    /// What it is.
    pub kind: DutyKind,
    /// The school that it is over; `None` for the board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<Uuid>,
    /// The grade that it is over; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grade: String,
    /// The class that it is over; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Uuid>,
}

/// How somebody came.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Default)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Way {
    /// By a page.
    Page,
    /// By the API with a token.
    #[default]
    Api,
    /// At the server's own command line.
    Command,
}

/// From where a request came, and for what.
#[derive(Clone, Debug, Default)]
pub struct Came {
    /// By a page or the API.
    pub way: Way,
    /// The page's pattern, the name of the operation, or the command; never with an id of somebody.
    pub what: String,
    /// The address of the network.
    pub address: String,
}

/// One entry. Its text is what the chain vouches for: fields are only ever added, with a default.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When the request was answered.
    pub at: DateTime<Utc>,
    /// The member of staff, pupil or app; nil where nobody is known.
    pub holder: Uuid,
    /// What was done.
    pub act: AccessAct,
    /// The duties that give the rights which were used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<DutyKind>,
    /// Which duties exactly: over what they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<DutyUsed>,
    /// How they came.
    pub way: Way,
    /// For what: a page, an operation, a command.
    pub what: String,
    /// From which address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// What was looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<SubjectSeen>,
    /// Rights that were used over lists of no single pupil, class or school.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<String>,
    /// Kinds of record that were changed, with how many of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<(String, u32)>,
    /// What was refused: rights, or a word for a sign-in or a token.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// Of a clearing: what came before this time was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Of a clearing: the ends of dropped links that it found and whose own link is not kept. None in clearings from before links were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Vec<Dropped>>,
}

/// The last of a chain's links that were dropped together with it, as the database says.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The chain.
    pub chain: Uuid,
    /// The number of the link.
    pub seq: i64,
    /// When its entry was.
    pub at: DateTime<Utc>,
}

impl Entry {
    /// An entry of somebody, or of nobody who is known, about no record.
    #[must_use]
    pub fn new(at: DateTime<Utc>, holder: Uuid, act: AccessAct, came: Came) -> Self {
        let Came { way, what, address } = came;
        Entry {
            at,
            holder,
            act,
            duties: Vec::new(),
            held: Vec::new(),
            way,
            what,
            address,
            subjects: Vec::new(),
            rights: Vec::new(),
            changed: Vec::new(),
            refused: Vec::new(),
            until: None,
            dropped: None,
        }
    }

    /// All that it says but when.
    #[must_use]
    pub fn about(&self) -> String {
        let always = Entry { at: DateTime::UNIX_EPOCH, ..self.clone() };
        serde_json::to_string(&always).expect("ids and names are JSON")
    }

    /// Every right that was used.
    pub(crate) fn all_rights(&self) -> impl Iterator<Item = Right> {
        let names = self.subjects.iter().flat_map(|seen| &seen.rights).chain(&self.rights);
        names.filter_map(|name| Right::of_name(name))
    }
}
