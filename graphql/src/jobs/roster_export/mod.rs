//! The roster as a `OneRoster` package for another system, each of which gets no more than it needs. Read in lots, so that a whole town
//! passes through.
mod people;
mod places;
mod reached;

use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Change;
use crate::clock::{japan, new_id};
use crate::error::{Error, Result};
use crate::formats::oneroster::write::{Row, Writer};
use crate::formats::oneroster::{ClassRow, Course, Enrollment, File, Org, Role, User, Version};
use crate::roster::school;
use reached::Reached;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{Seek, Write};
use std::str::FromStr;
use uuid::{Builder, Uuid};

/// Whom a package is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Receiver {
    /// Oneself, or whoever keeps the school's records from now on: all that a package can say of the roster, with the names and numbers of the
    /// school register. Birth dates are in no package.
    #[default]
    Own,
    /// 学習eポータル: names as they are shown, readings, 出席番号, addresses of staff to sign in with.
    Hub,
    /// A tool for learning: names as they are shown and who is in which class.
    Tool,
}

impl Receiver {
    /// Whether a package of a version can be written for it: `1.2_JP` asks for readings.
    #[must_use]
    pub fn is_given(self, version: Version) -> bool {
        self != Receiver::Tool || version != Version::Jp
    }
}

impl FromStr for Receiver {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "own" => Ok(Receiver::Own),
            "hub" => Ok(Receiver::Hub),
            "tool" => Ok(Receiver::Tool),
            _ => Err("use own, hub or tool"),
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The version to write.
    pub version: Version,
    /// Whom it is for.
    pub receiver: Receiver,
    /// One school; `None` for all that the viewer keeps the roster of.
    pub school: Option<Uuid>,
}

/// What was given away: this is what the trail keeps.
#[derive(Clone, Debug, Serialize)]
pub struct Exported {
    /// The version.
    pub version: &'static str,
    /// For whom.
    pub receiver: Receiver,
    /// The school, if it was one.
    pub school: Option<Uuid>,
    /// The name that the package should have: `RO_YYYYMMDD_` and the code of the school or the board.
    pub name: String,
    /// How many schools.
    pub schools: usize,
    /// How many classes.
    pub classes: usize,
    /// How many pupils and staff.
    pub people: usize,
    /// How many pupils are without their names, because their household is under protection.
    pub nameless: usize,
    /// How many places of people in classes.
    pub places: usize,
}

/// Writes the roster as it is known today: years that are not over, and who is in their classes or will be. Who took it is kept in the trail.
pub async fn write<W: Write + Seek + Send>(scope: &Scope, wanted: Wanted, to: W) -> Result<(W, Exported)> {
    if !scope.holds(Right::RosterWrite) {
        return Err(Error::Forbidden(Right::RosterWrite.name()));
    }
    if !wanted.receiver.is_given(wanted.version) {
        let message = "1.2_JP asks for everybody's reading, which a tool is not given: take 1.2.1";
        return Err(Error::BadInput(message.to_owned()));
    }
    let official = wanted.receiver != Receiver::Own || scope.holds(Right::OfficialNameRead);
    if !official {
        return Err(Error::Forbidden(Right::OfficialNameRead.name()));
    }
    if let Some(school) = wanted.school
        && school::reached(scope, Right::RosterWrite, school).await?.is_none()
    {
        return Err(Error::BadInput(format!("there is no school {school} whose roster you keep")));
    }
    let reached = Reached { scope, school: wanted.school };
    let (mut exported, orgs) = begin(&reached, wanted).await?;
    let files = [File::Orgs, File::AcademicSessions, File::Courses, File::Classes, File::Users, File::Roles, File::Enrollments];
    let made_at = scope.now().with_timezone(&japan()).naive_local();
    let mut writer = Writer::new(to, wanted.version, &files, made_at).map_err(|error| unwritable(&error))?;
    put_all(&mut writer, &orgs)?;
    put_all(&mut writer, &reached.sessions().await?)?;
    let mut sink = Sink { writer: &mut writer, wanted };
    exported.classes = places::write_classes(&reached, &mut sink).await?;
    let (people, protected) = people::write_users(&reached, &mut sink).await?;
    exported.people = people;
    exported.nameless = if wanted.receiver == Receiver::Own { 0 } else { protected };
    people::write_roles(&reached, &mut sink).await?;
    exported.places = places::write_enrollments(&reached, &mut sink).await?;
    let to = writer.finish().map_err(|error| unwritable(&error))?;
    let mut tx = scope.begin("roster exported").await?;
    tx.change("roster_export", &[Change::new(new_id(), None, Some(&exported))]).await?;
    tx.commit().await?;
    Ok((to, exported))
}

async fn begin(reached: &Reached<'_>, wanted: Wanted) -> Result<(Exported, Vec<Org>)> {
    let orgs = reached.orgs().await?;
    let code_of = |org: &&Org| if wanted.school.is_some() { org.school } else { !org.school };
    let code = orgs.iter().find(code_of).map_or("", |org| org.code.as_str());
    let name = format!("RO_{}_{code}.zip", reached.scope.today().format("%Y%m%d"));
    let schools = orgs.iter().filter(|org| org.school).count();
    let (version, receiver, school) = (wanted.version.name(), wanted.receiver, wanted.school);
    Ok((Exported { version, receiver, school, name, schools, classes: 0, people: 0, nameless: 0, places: 0 }, orgs))
}

/// Where rows go, and for whom.
struct Sink<'a, W: Write + Seek> {
    writer: &'a mut Writer<W>,
    wanted: Wanted,
}

impl<W: Write + Seek> Sink<'_, W> {
    fn begin<T: Row>(&mut self) -> Result<()> {
        self.writer.file::<T>().map_err(|error| unwritable(&error))
    }

    fn put<T: Row>(&mut self, rows: &[T]) -> Result<usize> {
        self.writer.rows(rows).map_err(|error| unwritable(&error))?;
        Ok(rows.len())
    }
}

fn put_all<W: Write + Seek, T: Row>(writer: &mut Writer<W>, rows: &[T]) -> Result<()> {
    writer.file::<T>().and_then(|()| writer.rows(rows)).map_err(|error| unwritable(&error))
}

fn unwritable(error: &zip::result::ZipError) -> Error {
    tracing::error!(%error, "a package cannot be written");
    Error::Internal
}

/// An id for what a package must have and the roster has not, such as a course: the same each time, and of version 4 in its form.
fn made(of: &str, parts: &[Uuid]) -> Uuid {
    let mut digest = Sha256::new();
    digest.update(of);
    parts.iter().for_each(|part| digest.update(part.as_bytes()));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}
