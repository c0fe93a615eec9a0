//! Coming into a school: 入学, 転入学, 編入学.
use super::plan::{Homeroom, Seat, arriving, done, homeroom_of, lock_pupil, lock_pupil_of, offices, placed, right, words, wrong};
use super::query::within_of;
use super::{MoveKind, Plan, PupilMove, transfer_date, write};
use crate::access::right::Right;
use crate::access::scope::{Scope, Tx};
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::pupil::{self, Pupil};
use crate::scalar::Day;
use async_graphql::{ID, InputObject};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A pupil of whom the board has no record yet.
#[derive(InputObject, Clone, Debug)]
pub struct NewPupilInput {
    /// 学籍番号; may be left out.
    pub identifier: Option<String>,
    /// The family name of the school register, 1 to 100 characters.
    pub family_name: String,
    /// The given name of the school register, 1 to 100 characters.
    pub given_name: String,
    /// The family name's reading in katakana.
    pub kana_family_name: Option<String>,
    /// The given name's reading in katakana.
    pub kana_given_name: Option<String>,
    /// The family name to show, where it is another than the official one.
    pub preferred_family_name: Option<String>,
    /// The given name to show, where it is another than the official one.
    pub preferred_given_name: Option<String>,
}

/// A pupil to be taken in.
#[derive(InputObject, Clone, Debug)]
pub struct AdmitPupilInput {
    /// The homeroom, by its UUID.
    pub class_id: ID,
    /// `ADMISSION` 入学, `TRANSFER_IN` 転入学 from outside the board, or `ENTRY` 編入学.
    pub kind: MoveKind,
    /// The first day, within the school year of the class.
    pub day: Day,
    /// A pupil who was in one of your schools before: the UUID stays the same. Either this or `pupil`.
    pub pupil_id: Option<ID>,
    /// A pupil of whom there is no record yet. Either this or `pupilId`.
    pub pupil: Option<NewPupilInput>,
    /// 出席番号; the one after the highest if not said.
    pub number: Option<i32>,
    /// The pupil's grade, in a class of several; may be said later by `setPupilGrade`.
    pub grade: Option<String>,
    /// The school or place that the pupil comes from, up to 500 characters.
    pub from: Option<String>,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
}

/// A pupil whom another school of the board has let go.
#[derive(InputObject, Clone, Debug)]
pub struct TransferPupilInInput {
    /// The other school's `TRANSFER_OUT`, from `expectedPupils`.
    pub move_id: ID,
    /// The homeroom, by its UUID.
    pub class_id: ID,
    /// The day on which the school takes the pupil in: the first day here.
    pub day: Day,
    /// 出席番号; the one after the highest if not said.
    pub number: Option<i32>,
    /// The pupil's grade, in a class of several; that of the other school if not said.
    pub grade: Option<String>,
    /// Why, up to 500 characters.
    pub reason: Option<String>,
}

/// Takes a pupil in, or says what is wrong with the input.
pub async fn admit(scope: &Scope, input: AdmitPupilInput) -> Result<Result<PupilMove, UserError>> {
    if !input.kind.arrives() {
        return wrong(UserErrorCode::OutOfRange, "kind", "the kind is none of ADMISSION, TRANSFER_IN and ENTRY");
    }
    let offices = offices(scope, Right::MoveWrite).await?;
    let other_name = right!(words(input.from.as_ref(), "from"));
    let reason = right!(words(input.reason.as_ref(), "reason"));
    let mut tx = scope.begin_because("pupil admitted", &reason).await?;
    let room = right!(room_of(&mut tx, &offices, &input.class_id).await?);
    tx.lock("class", &[room.id]).await?;
    let pupil = match (&input.pupil_id, &input.pupil) {
        (Some(id), None) => right!(known(&mut tx, &offices, id).await?),
        (None, Some(new)) => right!(added(&mut tx, room.school, new).await?),
        (None, None) => return wrong(UserErrorCode::Empty, "pupil", "send `pupilId` or `pupil`"),
        (Some(_), Some(_)) => return wrong(UserErrorCode::Conflict, "pupil", "send either `pupilId` or `pupil`, not both"),
    };
    lock_pupil(&mut tx, pupil).await?;
    let placed = placed(&mut tx, pupil).await?;
    let seat = Seat { pupil, room: &room, number: input.number, grade: input.grade.as_deref() };
    let effect = right!(arriving(&mut tx, &placed, seat, input.day.0).await?);
    let plan = Plan {
        pupil,
        school: room.school,
        kind: input.kind,
        day: input.day.0,
        class: Some(room.id),
        other_school: None,
        other_name,
        reason,
        answers: None,
        corrects: None,
        effects: vec![effect],
    };
    let id = write(&mut tx, plan).await?;
    done(scope, tx, id).await
}

/// Takes in a pupil of another school of the board, or says what is wrong with the input.
pub async fn transfer_in(scope: &Scope, input: TransferPupilInInput) -> Result<Result<PupilMove, UserError>> {
    let offices = offices(scope, Right::MoveWrite).await?;
    let reason = right!(words(input.reason.as_ref(), "reason"));
    let mut tx = scope.begin_because("pupil transferred in", &reason).await?;
    let Some(mut out) = awaited(&mut tx, &offices, &input.move_id).await? else {
        return wrong(UserErrorCode::NotFound, "moveId", "there is no such pupil on the way to a school of yours");
    };
    let room = right!(room_of(&mut tx, &offices, &input.class_id).await?);
    if Some(room.school) != out.other_school {
        return wrong(UserErrorCode::WrongClass, "classId", "the class is not of the school that the pupil goes to");
    }
    tx.lock("class", &[room.id]).await?;
    lock_pupil(&mut tx, out.pupil).await?;
    // Somebody else may have taken the pupil in while this one waited.
    match awaited(&mut tx, &offices, &input.move_id).await? {
        Some(still) => out = still,
        None => return wrong(UserErrorCode::NotFound, "moveId", "there is no such pupil on the way to a school of yours"),
    }
    let answers = right!(transfer_date::follow(&mut tx, &out, input.day.0, scope.today()).await?);
    let placed = placed(&mut tx, out.pupil).await?;
    let seat = Seat { pupil: out.pupil, room: &room, number: input.number, grade: input.grade.as_deref() };
    let effect = right!(arriving(&mut tx, &placed, seat, input.day.0).await?);
    let plan = Plan {
        pupil: out.pupil,
        school: room.school,
        kind: MoveKind::TransferIn,
        day: input.day.0,
        class: Some(room.id),
        other_school: Some(out.school),
        other_name: String::new(),
        reason,
        answers: Some(answers),
        corrects: None,
        effects: vec![effect],
    };
    let id = write(&mut tx, plan).await?;
    done(scope, tx, id).await
}

async fn awaited(tx: &mut Tx, offices: &BTreeSet<Uuid>, id: &ID) -> Result<Option<PupilMove>> {
    let found = within_of(tx, "m.other_school", offices, id::parse(id).unwrap_or_default()).await?;
    Ok(found.filter(|out| out.kind == MoveKind::TransferOut && out.undone_at.is_none() && !out.answered))
}

/// The homeroom of an id, where it is of a school whose office the viewer is in.
pub(super) async fn room_of(tx: &mut Tx, offices: &BTreeSet<Uuid>, id: &ID) -> Result<Result<Homeroom, UserError>> {
    match homeroom_of(tx, offices, id::parse(id).unwrap_or_default()).await? {
        Some(room) => Ok(Ok(room)),
        None => wrong(UserErrorCode::NotFound, "classId", "there is no such homeroom in a school of yours"),
    }
}

/// A pupil who was in one of these schools before.
async fn known(tx: &mut Tx, offices: &BTreeSet<Uuid>, id: &ID) -> Result<Result<Uuid, UserError>> {
    let pupil = id::parse(id).unwrap_or_default();
    if lock_pupil_of(tx, offices, pupil).await? {
        return Ok(Ok(pupil));
    }
    wrong(UserErrorCode::NotFound, "pupilId", "there is no such pupil who was in a school of yours before")
}

/// Writes a new pupil.
async fn added(tx: &mut Tx, school: Uuid, new: &NewPupilInput) -> Result<Result<Uuid, UserError>> {
    let optional = |name: &Option<String>, field: &str| match name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => check::text(name, 100, field),
        None => Ok(String::new()),
    };
    let row = Pupil {
        protected: pupil::Protected::default(),
        id: new_id(),
        identifier: right!(optional(&new.identifier, "pupil.identifier")),
        family_name: right!(check::text(new.family_name.trim(), 100, "pupil.familyName")),
        given_name: right!(check::text(new.given_name.trim(), 100, "pupil.givenName")),
        preferred_family_name: right!(optional(&new.preferred_family_name, "pupil.preferredFamilyName")),
        preferred_given_name: right!(optional(&new.preferred_given_name, "pupil.preferredGivenName")),
        kana_family_name: right!(optional(&new.kana_family_name, "pupil.kanaFamilyName")),
        kana_given_name: right!(optional(&new.kana_given_name, "pupil.kanaGivenName")),
        birth_date: None,
        number: None,
    };
    let sql = "SELECT count(*) FROM pupil p WHERE p.identifier = $1 AND p.identifier <> '' AND EXISTS
                   (SELECT 1 FROM enrolment e WHERE e.pupil = p.id AND e.school = $2)";
    let (taken,): (i64,) = on!(tx.connection(), c => sqlx::query_as(sql).bind(&row.identifier).bind(school).fetch_one(c).await?);
    if taken > 0 {
        let message = "the school has a pupil with this 学籍番号: a pupil who comes back is admitted by `pupilId`";
        return wrong(UserErrorCode::Conflict, "pupil.identifier", message);
    }
    pupil::put(tx, std::slice::from_ref(&row)).await?;
    Ok(Ok(row.id))
}
