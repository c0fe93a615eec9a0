//! Moves of pupils (学籍異動): who came, went or changed class on which day, and why. What was wrong is undone or corrected, and stays.
mod arrive;
mod class_change;
mod correct;
pub mod hand_over;
mod leave;
mod plan;
pub mod query;
pub mod school_age;
mod set_grade;
mod transfer_date;

pub use arrive::{AdmitPupilInput, NewPupilInput, TransferPupilInInput, admit, transfer_in};
pub use class_change::{MoveToClassInput, SetExchangeClassInput, move_to_class, set_exchange_class};
pub use leave::{TransferPupilOutInput, WithdrawPupilInput, transfer_out, withdraw};

pub(crate) use correct::take_back_by_turnover;
pub(crate) use plan::{Effect, Plan, apply, number_in, offices, right, write};

use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Result, UserError};
use crate::id;
use crate::page::Cursor;
use crate::scalar::{Day, Timestamp};
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use hand_over::{HandOverOf, RecordKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a move is in the school register.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MoveKind {
    /// 入学: into the first grade.
    Admission,
    /// 転入学: from another school of the same kind.
    TransferIn,
    /// 編入学: from abroad or from a school of another kind.
    Entry,
    /// 転学: to another school. Its day is the day before the other school took the pupil in.
    TransferOut,
    /// 退学, such as for more than a year abroad.
    Withdrawal,
    /// 就学猶予・免除.
    Exemption,
    /// 在籍しない者: whose whereabouts have been unknown for more than a year.
    WhereaboutsUnknown,
    /// 死亡.
    Death,
    /// 卒業.
    Graduation,
    /// A change of class within the school.
    ClassChange,
    /// A change of the exchange class (交流学級).
    Exchange,
}

impl MoveKind {
    /// Whether the pupil is no more in the school after it.
    #[must_use]
    pub fn leaves(self) -> bool {
        use MoveKind::{Death, Exemption, Graduation, TransferOut, WhereaboutsUnknown, Withdrawal};
        matches!(self, TransferOut | Withdrawal | Exemption | WhereaboutsUnknown | Death | Graduation)
    }

    /// Whether the pupil is in the school from it on.
    #[must_use]
    pub fn arrives(self) -> bool {
        matches!(self, MoveKind::Admission | MoveKind::TransferIn | MoveKind::Entry)
    }
}

/// A move of a pupil.
#[derive(sqlx::FromRow, Serialize, Clone, Debug)]
pub struct PupilMove {
    pub(crate) id: Uuid,
    pub(crate) pupil: Uuid,
    pub(crate) pupil_name: String,
    pub(crate) pupil_kana: String,
    pub(crate) school: Uuid,
    pub(crate) kind: MoveKind,
    pub(crate) day: NaiveDate,
    pub(crate) class: Option<Uuid>,
    pub(crate) other_school: Option<Uuid>,
    pub(crate) other_name: String,
    pub(crate) reason: String,
    pub(crate) answers: Option<Uuid>,
    pub(crate) corrects: Option<Uuid>,
    pub(crate) recorded_by: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) undone_at: Option<DateTime<Utc>>,
    pub(crate) undo_reason: String,
    #[serde(skip)]
    pub(crate) effect: String,
    #[sqlx(default)]
    #[serde(skip)]
    school_name: String,
    #[sqlx(default)]
    #[serde(skip)]
    class_name: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    other: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    by_name: Option<String>,
    #[sqlx(default)]
    #[serde(skip)]
    answered: bool,
    #[sqlx(default)]
    #[serde(skip)]
    destination_hidden: bool,
    #[sqlx(default)]
    #[serde(skip)]
    place: i64,
}

impl PupilMove {
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { number: self.place, id: self.id }
    }
}

/// A move of a pupil (学籍異動): an entry of the school's register of comings and goings.
#[Object]
impl PupilMove {
    /// The record's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The pupil; whether you may see the pupil today is another matter.
    async fn pupil_id(&self) -> ID {
        id::of(self.pupil)
    }
    /// The pupil's name at the time of the entry.
    async fn pupil_name(&self) -> &str {
        &self.pupil_name
    }
    /// The name's reading at the time; null where there was none.
    async fn pupil_kana(&self) -> Option<&str> {
        Some(self.pupil_kana.as_str()).filter(|kana| !kana.is_empty())
    }
    /// What it is.
    async fn kind(&self) -> MoveKind {
        self.kind
    }
    /// The date of the register: the first day of who comes, the last day of who goes.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// The school whose entry it is.
    async fn school_id(&self) -> ID {
        id::of(self.school)
    }
    /// The school's name.
    async fn school_name(&self) -> &str {
        &self.school_name
    }
    /// The class that the pupil came into, changed to, or left; null where an exchange class ended.
    async fn class_id(&self) -> Option<ID> {
        self.class.map(id::of)
    }
    /// The class's name.
    async fn class_name(&self) -> Option<&str> {
        self.class_name.as_deref()
    }
    /// The school, or the place, that the pupil came from or goes to; null where none was said, and where `destinationHidden`.
    async fn other_school(&self) -> Option<&str> {
        self.other.as_deref().filter(|name| !name.is_empty() && !self.destination_hidden)
    }
    /// That school where it is one of the same board.
    async fn other_school_id(&self) -> Option<ID> {
        self.other_school.filter(|_| !self.destination_hidden).map(id::of)
    }
    /// Whether the household is under protection, so that the school that the pupil left does not tell where to.
    async fn destination_hidden(&self) -> bool {
        self.destination_hidden
    }
    /// Why; null where nothing was said, and where `destinationHidden`.
    async fn reason(&self) -> Option<&str> {
        Some(self.reason.as_str()).filter(|reason| !reason.is_empty() && !self.destination_hidden)
    }
    /// Who recorded it.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When it was recorded.
    async fn at(&self) -> Timestamp {
        self.at.into()
    }
    /// Whether the other school of the board is still to take the pupil in; false where `destinationHidden`, for it tells that there is one.
    async fn awaited(&self) -> bool {
        let on_the_way = self.kind == MoveKind::TransferOut && self.other_school.is_some() && !self.answered;
        on_the_way && self.undone_at.is_none() && !self.destination_hidden
    }
    /// When it was undone or corrected; null while it holds.
    async fn undone_at(&self) -> Option<Timestamp> {
        self.undone_at.map(Timestamp::from)
    }
    /// Why it was undone or corrected.
    async fn undo_reason(&self) -> Option<&str> {
        Some(self.undo_reason.as_str()).filter(|reason| !reason.is_empty())
    }
    /// The move that this one corrects.
    async fn corrects_id(&self) -> Option<ID> {
        self.corrects.map(id::of)
    }
    /// The kinds of record that the school has handed over to the other one and that can be read there today; none unless on purpose.
    #[graphql(complexity = "5")]
    async fn handed_over(&self, ctx: &Context<'_>) -> Result<Vec<RecordKind>> {
        let loader = ctx.data_unchecked::<async_graphql::dataloader::DataLoader<Scope>>();
        Ok(loader.load_one(HandOverOf(self.id)).await?.unwrap_or_default())
    }
}

/// What became of a move.
#[derive(SimpleObject)]
pub struct MovePayload {
    /// The entry as it is now; null if nothing was stored.
    pub pupil_move: Option<PupilMove>,
    /// What is wrong with the input; nothing was stored then.
    pub user_errors: Vec<UserError>,
}

impl From<Result<PupilMove, UserError>> for MovePayload {
    fn from(done: Result<PupilMove, UserError>) -> Self {
        match done {
            Ok(pupil_move) => MovePayload { pupil_move: Some(pupil_move), user_errors: vec![] },
            Err(error) => MovePayload { pupil_move: None, user_errors: vec![error] },
        }
    }
}

/// What may be done about moves.
#[derive(Default)]
pub struct MoveMutation;

#[Object]
impl MoveMutation {
    /// Takes a pupil into a class of the school: a first grader, a transfer from outside the board, or somebody who comes back. A pupil
    /// who comes from another school of the board is taken in by `transferPupilIn`.
    async fn admit_pupil(&self, ctx: &Context<'_>, input: AdmitPupilInput) -> Result<MovePayload> {
        Ok(admit(Scope::with(ctx, Right::MoveWrite)?, input).await?.into())
    }
    /// 転出: ends what a pupil is enrolled in in the school with a last day. The school reaches the pupil's records up to that day and no
    /// longer. Nothing follows the pupil to the other school unless it is handed over on purpose (`handOverRecords`).
    async fn transfer_pupil_out(&self, ctx: &Context<'_>, input: TransferPupilOutInput) -> Result<MovePayload> {
        Ok(transfer_out(Scope::with(ctx, Right::MoveWrite)?, input).await?.into())
    }
    /// 転入 within the board: takes in a pupil whom another school has let go. The pupil keeps their UUID; a new enrolment begins. The
    /// day decides 転学の日付 of the other school: it becomes the day before. Refused where that school has records of later days, or where
    /// its last day is over and school days would be added to it.
    async fn transfer_pupil_in(&self, ctx: &Context<'_>, input: TransferPupilInInput) -> Result<MovePayload> {
        Ok(transfer_in(Scope::with(ctx, Right::MoveWrite)?, input).await?.into())
    }
    /// Ends what a pupil is enrolled in for another reason than a transfer: 退学, 就学猶予・免除, 居所不明, 死亡, 卒業.
    async fn withdraw_pupil(&self, ctx: &Context<'_>, input: WithdrawPupilInput) -> Result<MovePayload> {
        Ok(withdraw(Scope::with(ctx, Right::MoveWrite)?, input).await?.into())
    }
    /// Moves a pupil to another homeroom of the same school from a day on. Lessons stay; an exchange class ends.
    async fn move_to_class(&self, ctx: &Context<'_>, input: MoveToClassInput) -> Result<MovePayload> {
        Ok(move_to_class(Scope::with(ctx, Right::MoveWrite)?, input).await?.into())
    }
    /// 交流学級: makes a pupil of a special-needs class a guest of an ordinary class, or ends that. The register stays with the
    /// special-needs class; the pupil is counted there alone.
    async fn set_exchange_class(&self, ctx: &Context<'_>, input: SetExchangeClassInput) -> Result<MovePayload> {
        Ok(set_exchange_class(Scope::with(ctx, Right::MoveWrite)?, input).await?.into())
    }
    /// Marks a homeroom as a special-needs class (特別支援学級), or as none.
    async fn mark_special_needs_class(
        &self,
        ctx: &Context<'_>,
        input: class_change::MarkSpecialNeedsClassInput,
    ) -> Result<class_change::MarkSpecialNeedsClassPayload> {
        class_change::mark_special_needs(Scope::with(ctx, Right::MoveWrite)?, input).await
    }
    /// Says which grade a pupil of a class of several grades is in: the school days of that grade are the pupil's.
    async fn set_pupil_grade(
        &self,
        ctx: &Context<'_>,
        input: set_grade::SetPupilGradeInput,
    ) -> Result<set_grade::SetPupilGradePayload> {
        set_grade::set(Scope::with(ctx, Right::MoveWrite)?, input).await
    }
    /// Corrects a move: the wrong entry is kept as undone and a right one stands in its place. What is left out stays as it was.
    async fn correct_move(&self, ctx: &Context<'_>, input: correct::CorrectMoveInput) -> Result<MovePayload> {
        Ok(correct::correct(Scope::with(ctx, Right::MoveWrite)?, input).await?.into())
    }
    /// Undoes a mistaken move: the enrolments are as they were before, the date of the other school's too that followed from it. Refused with `IN_USE` where later records depend on it.
    async fn undo_move(&self, ctx: &Context<'_>, input: correct::UndoMoveInput) -> Result<MovePayload> {
        Ok(correct::undo(Scope::with(ctx, Right::MoveWrite)?, input).await?.into())
    }
    /// Hands records of a pupil who left over to the school of the board that took the pupil in: what is listed, from today on. What was
    /// handed over before and is not listed any more ends. An empty list ends everything.
    async fn hand_over_records(&self, ctx: &Context<'_>, input: hand_over::HandOverRecordsInput) -> Result<MovePayload> {
        Ok(hand_over::hand_over(Scope::with(ctx, Right::MoveWrite)?, input).await?.into())
    }
}
