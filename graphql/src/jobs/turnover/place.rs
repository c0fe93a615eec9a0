//! Placing pupils: class, number, exchange class, and what becomes of them. Two people at once do not lose each other's work.
use super::draft::{self, Draft, EntryRow, Outcome};
use super::{State, TurnoverPayload, edited, late, open, wrong};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::RejectedItem;
use crate::roster::moves::school_age;
use async_graphql::{ID, InputObject, MaybeUndefined};
use std::collections::HashSet;
use uuid::Uuid;

/// What is to be other of one pupil. A field that is left out stays as it is.
#[derive(InputObject, Clone, Debug)]
pub struct PlacementInput {
    /// The pupil's place in the draft.
    pub entry_id: ID,
    /// The `version` that you have looked at.
    pub version: i32,
    /// The class of the draft; null takes the pupil out of a class.
    pub class_id: MaybeUndefined<ID>,
    /// 出席番号 next year; null takes it away. Another class without a number takes it away, too.
    pub number: MaybeUndefined<i32>,
    /// The ordinary class in which a pupil of a special-needs class is a guest; null for none.
    pub exchange_class_id: MaybeUndefined<ID>,
    /// What becomes of the pupil.
    pub outcome: Option<Outcome>,
    /// The grade of next year, `P1` to `P6` and `J1` to `J3`.
    pub grade: Option<String>,
    /// 進学先: the school of the board that a graduate goes to; null for none of them.
    pub destination_id: MaybeUndefined<ID>,
}

/// Pupils to be placed.
#[derive(InputObject, Clone, Debug)]
pub struct PlacePupilsInput {
    /// The draft.
    pub turnover_id: ID,
    /// What is to be other, at most 1,000 items.
    pub placements: Vec<PlacementInput>,
}

/// Places pupils, or says what is wrong with the input.
pub(super) async fn place(scope: &Scope, input: PlacePupilsInput) -> Result<Result<TurnoverPayload, UserError>> {
    if input.placements.len() > 1_000 {
        return wrong(UserErrorCode::TooMany, "placements", "send at most 1,000 placements a call");
    }
    let turnover = id::parse(&input.turnover_id).unwrap_or_default();
    let (mut tx, draft) = match open(scope, turnover, None, "next year drafted".into()).await? {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    let committed = draft.turnover.state == State::Committed;
    if committed && !draft.entries.iter().any(|entry| entry.row.late) {
        return wrong(UserErrorCode::Conflict, "turnoverId", "the draft is committed: take it back before you change it");
    }
    let schools = schools(&mut tx).await?;
    let (mut rows, mut rejected): (Vec<(usize, EntryRow)>, Vec<RejectedItem>) = (Vec::new(), Vec::new());
    for (index, item) in input.placements.iter().enumerate() {
        match placed(&draft, item, &schools) {
            Ok(row) if rows.iter().any(|(_, other)| other.id == row.id) => {
                let error = UserError::new(UserErrorCode::Conflict, "entryId", "this pupil is in the list before");
                rejected.push(RejectedItem::new(index, &item.entry_id, error));
            }
            Ok(row) => rows.push((index, row)),
            Err(error) => rejected.push(RejectedItem::new(index, &item.entry_id, error)),
        }
    }
    if committed {
        return late::place(scope, tx, draft, (rows, rejected)).await;
    }
    let rows: Vec<EntryRow> = rows.into_iter().map(|(_, row)| row).collect();
    let changed = draft::put_entries(&mut tx, &rows).await?;
    edited(scope, tx, draft, changed, rejected).await
}

async fn schools(tx: &mut Tx) -> Result<HashSet<Uuid>> {
    let rows: Vec<(Uuid,)> = on!(tx.connection(), c => sqlx::query_as("SELECT id FROM school").fetch_all(c).await?);
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

fn placed(draft: &Draft, item: &PlacementInput, schools: &HashSet<Uuid>) -> Result<EntryRow, UserError> {
    let wrong = |code, field: &str, message: &str| Err(UserError::new(code, field, message));
    let Some(entry) = draft.entry(id::parse(&item.entry_id).unwrap_or_default()) else {
        return wrong(UserErrorCode::NotFound, "entryId", "the draft has no such pupil");
    };
    if !draft.is_open(&entry.row) {
        return wrong(UserErrorCode::Conflict, "entryId", "next year is committed: this pupil is moved by `moveToClass`");
    }
    if entry.row.version != item.version {
        return wrong(UserErrorCode::Conflict, "version", "somebody has changed this pupil's place since: look at it again");
    }
    let mut row = entry.row.clone();
    if let Some(outcome) = item.outcome {
        if (outcome == Outcome::Enters) != row.from_class.is_none() && outcome != Outcome::Leaves {
            return wrong(UserErrorCode::OutOfRange, "outcome", "only a pupil who is not in the school yet enters it");
        }
        row.outcome = outcome;
    }
    if let Some(grade) = &item.grade {
        if !school_age::is_grade(grade) {
            return wrong(UserErrorCode::OutOfRange, "grade", "the grade is none of P1 to P6 and J1 to J3");
        }
        row.grade.clone_from(grade);
    }
    let class_of = |id: &ID, field: &str| match id::parse(id).and_then(|id| draft.class(id)) {
        Some(class) => Ok(class),
        None => Err(UserError::new(UserErrorCode::NotFound, field, "the draft has no such class")),
    };
    match &item.class_id {
        MaybeUndefined::Value(id) => {
            let class = class_of(id, "classId")?;
            if row.class != Some(class.id) {
                (row.class, row.number) = (Some(class.id), None);
            }
            if !class.special_needs {
                row.exchange = None;
            }
        }
        MaybeUndefined::Null => (row.class, row.number, row.exchange) = (None, None, None),
        MaybeUndefined::Undefined => {}
    }
    match item.number {
        MaybeUndefined::Value(number) if !(1..=999).contains(&number) => {
            return wrong(UserErrorCode::OutOfRange, "number", "the number is not from 1 to 999");
        }
        MaybeUndefined::Value(number) => row.number = Some(number),
        MaybeUndefined::Null => row.number = None,
        MaybeUndefined::Undefined => {}
    }
    match &item.exchange_class_id {
        MaybeUndefined::Value(id) => {
            let guest_of = class_of(id, "exchangeClassId")?;
            let special = row.class.and_then(|class| draft.class(class)).is_some_and(|class| class.special_needs);
            if !special || guest_of.special_needs {
                let message = "only a pupil of a special-needs class is a guest, and of an ordinary class";
                return wrong(UserErrorCode::WrongClass, "exchangeClassId", message);
            }
            row.exchange = Some(guest_of.id);
        }
        MaybeUndefined::Null => row.exchange = None,
        MaybeUndefined::Undefined => {}
    }
    match &item.destination_id {
        MaybeUndefined::Value(id) => {
            let school = id::parse(id).filter(|school| schools.contains(school) && *school != draft.turnover.school);
            let Some(school) = school else {
                return wrong(UserErrorCode::NotFound, "destinationId", "the board has no other school of this id");
            };
            row.destination = Some(school);
        }
        MaybeUndefined::Null => row.destination = None,
        MaybeUndefined::Undefined => {}
    }
    if !row.comes() {
        (row.class, row.number, row.exchange) = (None, None, None);
    }
    if row.outcome != Outcome::Graduates {
        row.destination = None;
    }
    Ok(row)
}
