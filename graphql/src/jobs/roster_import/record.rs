//! The records that a roster speaks of, each as its own file writes it.
use super::spans::Spans;
use super::yours::Yours;
use crate::access::scope::Scope;
use crate::access::tx::{Put, Tx};
use crate::error::{Error, Result};
use crate::roster::academic_year::{self, AcademicYear};
use crate::roster::board::{self, Board};
use crate::roster::class::{self, Class};
use crate::roster::pupil::{self, Pupil};
use crate::roster::school::{self, School};
use crate::roster::staff::{self, Staff};
use async_graphql::Enum;
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// What kind of record a change of a roster is about.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(name = "RosterRecord")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// The board of education.
    Board,
    /// A school.
    School,
    /// A school year.
    AcademicYear,
    /// A class.
    Class,
    /// A pupil.
    Pupil,
    /// A member of staff.
    Staff,
    /// A duty of a member of staff.
    Duty,
    /// A pupil's place in a class.
    Enrolment,
}

/// The first half of a SHA-256.
pub(super) type Digest = [u8; 16];

pub(super) fn digest(bytes: &[u8]) -> Digest {
    let whole = Sha256::digest(bytes);
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    half
}

/// Where a record belongs, for whoever looks at a difference by class.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) school: Option<Uuid>,
    pub(super) class: Option<Uuid>,
    pub(super) pupil: Option<Uuid>,
}

/// A record that a roster speaks of.
pub(super) trait Kept:
    Serialize
    + DeserializeOwned
    + Clone
    + PartialEq
    + Send
    + Sync
    + Unpin
    + for<'r> FromRow<'r, SqliteRow>
    + for<'r> FromRow<'r, PgRow>
    + 'static
{
    const RECORD: Record;
    /// Finds what is stored by ids.
    const SELECT: &'static str;

    fn id(&self) -> Uuid;

    fn place(&self) -> Place {
        Place::default()
    }

    /// The record with what no package says set as it is stored.
    fn completed(self, _stored: &Self) -> Self {
        self
    }

    /// The record as it is added, with the days that the package does not say.
    fn begun(self, _spans: &Spans) -> Self {
        self
    }

    /// Where another record takes the place of what is stored from some day on: what there was until then, under an id of its own, and what
    /// there is from that day. `said` is what the package says, `self` that with what is stored; `gone`: no package has spoken of it lately.
    fn split(&self, _said: &Self, _stored: &Self, _gone: bool, _today: NaiveDate) -> Option<(Self, Self)> {
        None
    }

    /// Whether whoever imports may give it, and take it away.
    fn may_be_given(&self, _scope: &Scope, _yours: &Yours) -> bool {
        true
    }

    /// The digest of what a package says of the record.
    fn digest(&self) -> Digest {
        digest(&serde_json::to_vec(self).expect("records are plain structs of text, numbers and dates"))
    }

    /// What was said, if the stored record is just so: without what somebody here has said beside it.
    fn as_said(&self, said: &[u8]) -> Option<Self> {
        (self.digest() == said).then(|| self.clone())
    }

    /// Whether the stored record is what was said.
    fn is_as_said(&self, said: &[u8]) -> bool {
        self.as_said(said).is_some()
    }

    /// Writes records, with their trail.
    fn put(tx: &mut Tx, rows: &[Self]) -> impl Future<Output = Result<Put>> + Send;
}

pub(super) fn json<T: Serialize>(record: &T) -> String {
    serde_json::to_string(record).expect("records are plain structs of text, numbers and dates")
}

/// A record as an import has kept it.
pub(super) fn read<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| {
        tracing::error!(%error, "a record of a roster import cannot be read");
        Error::Internal
    })
}

impl Kept for Board {
    const RECORD: Record = Record::Board;
    const SELECT: &'static str = "SELECT * FROM board WHERE id IN (";

    fn id(&self) -> Uuid {
        self.id
    }
    async fn put(tx: &mut Tx, rows: &[Self]) -> Result<Put> {
        board::put(tx, rows).await
    }
}

impl Kept for School {
    const RECORD: Record = Record::School;
    const SELECT: &'static str = "SELECT * FROM school WHERE id IN (";

    fn id(&self) -> Uuid {
        self.id
    }
    fn place(&self) -> Place {
        Place { school: Some(self.id), ..Place::default() }
    }
    async fn put(tx: &mut Tx, rows: &[Self]) -> Result<Put> {
        school::put(tx, rows).await
    }
}

impl Kept for AcademicYear {
    const RECORD: Record = Record::AcademicYear;
    const SELECT: &'static str = "SELECT * FROM academic_year WHERE id IN (";

    fn id(&self) -> Uuid {
        self.id
    }
    async fn put(tx: &mut Tx, rows: &[Self]) -> Result<Put> {
        academic_year::put(tx, rows).await
    }
}

impl Kept for Class {
    const RECORD: Record = Record::Class;
    const SELECT: &'static str = "SELECT * FROM class WHERE id IN (";

    fn id(&self) -> Uuid {
        self.id
    }
    fn place(&self) -> Place {
        Place { school: Some(self.school), class: Some(self.id), pupil: None }
    }
    async fn put(tx: &mut Tx, rows: &[Self]) -> Result<Put> {
        class::put(tx, rows).await
    }
}

impl Kept for Pupil {
    const RECORD: Record = Record::Pupil;
    const SELECT: &'static str = "SELECT * FROM pupil WHERE id IN (";

    fn id(&self) -> Uuid {
        self.id
    }
    fn place(&self) -> Place {
        Place { pupil: Some(self.id), ..Place::default() }
    }
    /// Most packages come without demographics: a date of birth that was told once stays.
    fn completed(self, stored: &Self) -> Self {
        Pupil { birth_date: self.birth_date.or(stored.birth_date), ..self }
    }
    fn as_said(&self, said: &[u8]) -> Option<Self> {
        [self.clone(), Pupil { birth_date: None, ..self.clone() }].into_iter().find(|of| of.digest() == said)
    }
    async fn put(tx: &mut Tx, rows: &[Self]) -> Result<Put> {
        pupil::put(tx, rows).await
    }
}

impl Kept for Staff {
    const RECORD: Record = Record::Staff;
    const SELECT: &'static str = "SELECT * FROM staff WHERE id IN (";

    fn id(&self) -> Uuid {
        self.id
    }
    async fn put(tx: &mut Tx, rows: &[Self]) -> Result<Put> {
        staff::put(tx, rows).await
    }
}
