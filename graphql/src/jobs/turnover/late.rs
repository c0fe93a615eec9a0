//! Who came after a draft was committed: taken up and placed at once, without the year being taken back.
use super::commit::{Done, carry};
use super::draft::{self, Draft, EntryRow, Outcome};
use super::start::newcomers;
use super::{TurnoverPayload, edited, wrong};
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::RejectedItem;
use crate::roster::moves::{self, right, school_age};
use uuid::Uuid;

/// Takes up those who came since the commit. Who graduates has nothing left to be decided.
pub(super) async fn take_up(scope: &Scope, mut tx: Tx, turnover: Uuid) -> Result<Result<TurnoverPayload, UserError>> {
    let Some(mut draft) = draft::within(&mut tx, turnover).await? else { return Err(Error::Internal) };
    let waiting = |row: EntryRow| EntryRow { late: row.outcome != Outcome::Graduates, class: None, exchange: None, ..row };
    let rows: Vec<EntryRow> = newcomers(&draft).into_iter().map(waiting).collect();
    if rows.is_empty() {
        let message = "next year is committed, and nobody came since: take it back before you change it";
        return wrong(UserErrorCode::Conflict, "schoolId", message);
    }
    let changed = draft::put_entries(&mut tx, &rows).await?;
    let graduates: Vec<EntryRow> = rows.into_iter().filter(|row| !row.late).collect();
    let mut done = Done::of(&draft.turnover)?;
    carry(&mut tx, &draft, &graduates, &mut done).await?;
    draft.turnover.effect = done.text();
    edited(scope, tx, draft, changed, Vec::new()).await
}

/// Places those who were taken up, each of whom has a place of next year from then on.
pub(super) async fn place(
    scope: &Scope,
    mut tx: Tx,
    mut draft: Draft,
    (rows, mut rejected): (Vec<(usize, EntryRow)>, Vec<RejectedItem>),
) -> Result<Result<TurnoverPayload, UserError>> {
    let mut done = Done::of(&draft.turnover)?;
    let mut changed = 0;
    for (index, row) in rows {
        let entry = row.id;
        match settled(&mut tx, &draft, row).await? {
            Ok(row) => {
                changed += draft::put_entries(&mut tx, std::slice::from_ref(&row)).await?;
                if !row.late {
                    carry(&mut tx, &draft, &[row], &mut done).await?;
                }
            }
            Err(error) => rejected.push(RejectedItem::new(index, &id::of(entry), error)),
        }
    }
    draft.turnover.effect = done.text();
    edited(scope, tx, draft, changed, rejected).await
}

/// A place as it is carried out, or what is wrong with it. Who has no class yet goes on waiting.
async fn settled(tx: &mut Tx, draft: &Draft, row: EntryRow) -> Result<Result<EntryRow, UserError>> {
    let Some(class) = row.class.and_then(|class| draft.class(class)) else {
        return Ok(Ok(EntryRow { late: row.outcome != Outcome::Graduates, ..row }));
    };
    let single = row.grade.is_empty() && school_age::is_grade(&class.grades);
    let grade = if single { class.grades.clone() } else { row.grade.clone() };
    if grade.is_empty() {
        return wrong(UserErrorCode::Empty, "grade", "say the grade: the class has several");
    }
    if !class.is_of(&grade) {
        return wrong(UserErrorCode::WrongClass, "classId", "the class is not of the pupil's grade");
    }
    if draft.entry(row.id).is_some_and(|entry| entry.elsewhere) {
        let message = "the pupil is still enrolled in another school on the first day: that school has to let the pupil go first";
        return wrong(UserErrorCode::Overlap, "entryId", message);
    }
    tx.lock("class", &[class.id]).await?;
    let pupil = row.pupil.unwrap_or_default();
    let number = right!(moves::number_in(tx, class.id, pupil, draft.turnover.begins, row.number).await?);
    Ok(Ok(EntryRow { grade, number, late: false, ..row }))
}
