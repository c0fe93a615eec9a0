//! Who has which duty next year, and which pupils are to be kept apart or together.
use super::draft::{self, DutyRow, WishRow};
use super::{TurnoverPayload, edited, editing, wrong};
use crate::access::duty::DutyKind;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::new_id;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::duties::given_by_office;
use crate::roster::moves::school_age;
use async_graphql::{ID, InputObject};
use uuid::Uuid;

/// A duty of next year.
#[derive(InputObject, Clone, Debug)]
pub struct SetTurnoverDutyInput {
    /// The draft.
    pub turnover_id: ID,
    /// Who has it; null: nobody has it any more.
    pub staff_id: Option<ID>,
    /// `GRADE_HEAD`, `HOMEROOM_TEACHER`, `ACADEMIC_AFFAIRS`, `NURSE` or `COUNSELLOR`.
    pub kind: DutyKind,
    /// The class of the draft of a homeroom teacher.
    pub class_id: Option<ID>,
    /// The grade of a grade head, such as `P5`.
    pub grade: Option<String>,
    /// Whether others who have just this duty keep it (two teachers of a class); otherwise this one replaces them, those who have it in
    /// the live year included.
    #[graphql(default)]
    pub beside: bool,
}

/// Two pupils of the draft.
#[derive(InputObject, Clone, Debug)]
pub struct SetTurnoverWishInput {
    /// The draft.
    pub turnover_id: ID,
    /// One of them.
    pub entry_id: ID,
    /// The other.
    pub other_entry_id: ID,
    /// Whether they are to be in the same class (true), in different ones (false), or either (null).
    pub together: Option<bool>,
}

/// Sets a duty, or says what is wrong with the input.
pub(super) async fn set_duty(scope: &Scope, input: SetTurnoverDutyInput) -> Result<Result<TurnoverPayload, UserError>> {
    if !given_by_office(scope, input.kind) || input.kind == DutyKind::SubjectTeacher {
        return wrong(UserErrorCode::OutOfRange, "kind", "this duty is not given with the next year");
    }
    let (mut tx, draft) = match editing(scope, &input.turnover_id).await? {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    let class = match &input.class_id {
        Some(id) => match id::parse(id).and_then(|id| draft.class(id)) {
            Some(class) => Some(class.id),
            None => return wrong(UserErrorCode::NotFound, "classId", "the draft has no such class"),
        },
        None => None,
    };
    let grade = input.grade.clone().unwrap_or_default();
    if (input.kind == DutyKind::HomeroomTeacher) != class.is_some() {
        return wrong(UserErrorCode::WrongClass, "classId", "a homeroom teacher, and nobody else, has a class");
    }
    let grade_head = input.kind == DutyKind::GradeHead;
    if grade_head != school_age::is_grade(&grade) || (!grade_head && !grade.is_empty()) {
        return wrong(UserErrorCode::OutOfRange, "grade", "a grade head, and nobody else, has a grade, such as P5");
    }
    let same = |duty: &&DutyRow| (duty.kind, duty.class, &duty.grade) == (input.kind, class, &grade);
    let there: Vec<&DutyRow> = draft.duties.iter().filter(same).collect();
    let staff = match &input.staff_id {
        Some(id) => {
            let sql = "SELECT id FROM staff WHERE id = $1";
            let found: Option<(Uuid,)> =
                on!(tx.connection(), c => sqlx::query_as(sql).bind(id::parse(id).unwrap_or_default()).fetch_optional(c).await?);
            match found {
                Some((id,))
                    if id == scope.holder() && !scope.holds(Right::AccessWrite) && !there.iter().any(|duty| duty.staff == id) =>
                {
                    return wrong(
                        UserErrorCode::OutOfRange,
                        "staffId",
                        "nobody gives themselves a duty: ask somebody else of the office",
                    );
                }
                Some((id,)) => Some(id),
                None => return wrong(UserErrorCode::NotFound, "staffId", "there is no such member of staff"),
            }
        }
        None => None,
    };
    let just_so = |duty: &DutyRow| Some(duty.staff) == staff && duty.beside == input.beside;
    // What is said of somebody anew takes the place of what was said before.
    let replaced = |duty: &&&DutyRow| !just_so(duty) && (!input.beside || Some(duty.staff) == staff);
    let gone: Vec<DutyRow> = there.iter().filter(replaced).map(|duty| (*duty).clone()).collect();
    let new = staff.filter(|_| !there.iter().any(|duty| just_so(duty))).map(|staff| {
        let (turnover, kind, beside) = (draft.turnover.id, input.kind, input.beside);
        DutyRow { id: new_id(), turnover, staff, kind, class, grade: grade.clone(), beside, name: String::new() }
    });
    let delete = ("turnover_duty", "DELETE FROM turnover_duty WHERE id IN (");
    let mut changed = draft::remove(&mut tx, delete, &gone, |duty| duty.id).await?;
    changed += draft::put_duties(&mut tx, &new.into_iter().collect::<Vec<_>>()).await?;
    edited(scope, tx, draft, changed, Vec::new()).await
}

/// Sets a wish, or says what is wrong with the input.
pub(super) async fn set_wish(scope: &Scope, input: SetTurnoverWishInput) -> Result<Result<TurnoverPayload, UserError>> {
    let (mut tx, draft) = match editing(scope, &input.turnover_id).await? {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    let entry = |id: &ID| id::parse(id).and_then(|id| draft.entry(id)).map(|entry| entry.row.id);
    let (Some(one), Some(other)) = (entry(&input.entry_id), entry(&input.other_entry_id)) else {
        return wrong(UserErrorCode::NotFound, "entryId", "the draft has no such pupil");
    };
    if one == other {
        return wrong(UserErrorCode::OutOfRange, "otherEntryId", "a wish is about two pupils");
    }
    let of_both = |wish: &&WishRow| [(one, other), (other, one)].contains(&(wish.one, wish.other));
    let there: Vec<WishRow> = draft.wishes.iter().filter(of_both).cloned().collect();
    if there.iter().any(|wish| Some(wish.together) == input.together) {
        return edited(scope, tx, draft, 0, Vec::new()).await;
    }
    let delete = ("turnover_wish", "DELETE FROM turnover_wish WHERE id IN (");
    let mut changed = draft::remove(&mut tx, delete, &there, |wish| wish.id).await?;
    if let Some(together) = input.together {
        draft::put_wish(&mut tx, &WishRow { id: new_id(), turnover: draft.turnover.id, one, other, together }).await?;
        changed += 1;
    }
    edited(scope, tx, draft, changed, Vec::new()).await
}
