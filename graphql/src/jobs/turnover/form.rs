//! The classes of a draft: which there are, and helpers that fill and number them.
use super::draft::{self, ClassRow, Draft, EntryRow};
use super::{TurnoverPayload, edited, editing, wrong};
use crate::access::scope::Scope;
use crate::clock::new_id;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::moves::school_age;
use async_graphql::{Enum, ID, InputObject};
use std::collections::HashMap;
use uuid::Uuid;

/// A class of the draft.
#[derive(InputObject, Clone, Debug)]
pub struct SaveTurnoverClassInput {
    /// The draft.
    pub turnover_id: ID,
    /// The class; a new one if not said.
    pub class_id: Option<ID>,
    /// The name, such as `6年2組`, 1 to 50 characters; as before if not said.
    pub name: Option<String>,
    /// The grades, `P1` to `P6` and `J1` to `J3`; as before if not said.
    pub grades: Option<Vec<String>>,
    /// Whether it is a special-needs class; as before if not said.
    pub special_needs: Option<bool>,
    /// Removes the class; refused with `IN_USE` while a pupil or a duty is in it.
    #[graphql(default)]
    pub remove: bool,
}

/// How those without a class are placed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "TurnoverFill")]
pub enum FillHow {
    /// In the class that goes up from theirs.
    Keep,
    /// Evenly over the ordinary classes of the grade, those of a former class spread, wishes kept where possible.
    Mix,
}

/// A grade to be filled.
#[derive(InputObject, Clone, Debug)]
pub struct FillTurnoverClassesInput {
    /// The draft.
    pub turnover_id: ID,
    /// The grade of next year.
    pub grade: String,
    /// How.
    pub how: FillHow,
}

/// Classes to be numbered.
#[derive(InputObject, Clone, Debug)]
pub struct NumberTurnoverInput {
    /// The draft.
    pub turnover_id: ID,
    /// The classes of the draft; all of them if not said.
    pub class_ids: Option<Vec<ID>>,
}

/// Writes a class of a draft, or says what is wrong with the input.
pub(super) async fn save_class(scope: &Scope, input: SaveTurnoverClassInput) -> Result<Result<TurnoverPayload, UserError>> {
    let (mut tx, draft) = match editing(scope, &input.turnover_id).await? {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    let found = match &input.class_id {
        Some(id) => match id::parse(id).and_then(|id| draft.class(id)) {
            Some(class) => Some(class.clone()),
            None => return wrong(UserErrorCode::NotFound, "classId", "the draft has no such class"),
        },
        None => None,
    };
    if input.remove {
        let Some(class) = found else { return wrong(UserErrorCode::NotFound, "classId", "say which class is to be removed") };
        let in_it = |of: &EntryRow| of.class == Some(class.id) || of.exchange == Some(class.id);
        if draft.entries.iter().any(|entry| in_it(&entry.row)) || draft.duties.iter().any(|duty| duty.class == Some(class.id)) {
            return wrong(UserErrorCode::InUse, "classId", "pupils or duties are in the class: move them first");
        }
        let delete = ("turnover_class", "DELETE FROM turnover_class WHERE id IN (");
        let changed = draft::remove(&mut tx, delete, &[class], |class| class.id).await?;
        return edited(scope, tx, draft, changed, Vec::new()).await;
    }
    let row = match class_of(&draft, found, &input) {
        Ok(row) => row,
        Err(error) => return Ok(Err(error)),
    };
    let changed = draft::put_classes(&mut tx, &[row]).await?;
    edited(scope, tx, draft, changed, Vec::new()).await
}

fn class_of(draft: &Draft, found: Option<ClassRow>, input: &SaveTurnoverClassInput) -> Result<ClassRow, UserError> {
    let last = draft.classes.iter().map(|class| class.place).max().unwrap_or_default();
    let mut row = found.unwrap_or_else(|| ClassRow {
        id: new_id(),
        turnover: draft.turnover.id,
        copied_from: None,
        name: String::new(),
        grades: String::new(),
        special_needs: false,
        place: last + 1,
    });
    if let Some(grades) = &input.grades {
        if grades.is_empty() || !grades.iter().all(|grade| school_age::is_grade(grade)) {
            return Err(UserError::new(UserErrorCode::OutOfRange, "grades", "a grade is none of P1 to P6 and J1 to J3"));
        }
        row.grades = grades.join(",");
    }
    if row.grades.is_empty() {
        return Err(UserError::new(UserErrorCode::Empty, "grades", "a new class has a grade at least"));
    }
    row.special_needs = input.special_needs.unwrap_or(row.special_needs);
    row.name = check::text(input.name.as_deref().unwrap_or(&row.name).trim(), 50, "name")?;
    if draft.classes.iter().any(|class| class.id != row.id && class.name == row.name) {
        return Err(UserError::new(UserErrorCode::Conflict, "name", "another class of the draft has this name"));
    }
    Ok(row)
}

/// Places those of a grade who have no class, or says what is wrong with the input.
pub(super) async fn fill(scope: &Scope, input: FillTurnoverClassesInput) -> Result<Result<TurnoverPayload, UserError>> {
    let (mut tx, draft) = match editing(scope, &input.turnover_id).await? {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    let ordinary = |class: &&ClassRow| !class.special_needs && class.is_of(&input.grade);
    let classes: Vec<&ClassRow> = draft.classes.iter().filter(ordinary).collect();
    if classes.is_empty() {
        return wrong(UserErrorCode::NotFound, "grade", "the draft has no ordinary class of this grade");
    }
    let rows = match input.how {
        FillHow::Keep => kept(&draft, &input.grade, &classes),
        FillHow::Mix => mixed(&draft, &input.grade, &classes),
    };
    let changed = draft::put_entries(&mut tx, &rows).await?;
    edited(scope, tx, draft, changed, Vec::new()).await
}

/// Those of a grade who are to be in a class and are in none.
fn unplaced<'a>(draft: &'a Draft, grade: &'a str) -> impl Iterator<Item = &'a EntryRow> {
    draft.entries.iter().map(|entry| &entry.row).filter(move |row| row.comes() && row.class.is_none() && row.grade == grade)
}

fn kept(draft: &Draft, grade: &str, classes: &[&ClassRow]) -> Vec<EntryRow> {
    let next =
        |from: Option<Uuid>| classes.iter().find(|class| from.is_some() && class.copied_from == from).map(|class| class.id);
    unplaced(draft, grade).filter_map(|row| Some(EntryRow { class: Some(next(row.from_class)?), ..row.clone() })).collect()
}

/// One after the other into the smallest class; between classes of one size into the one with the fewest of the pupil's former class.
fn mixed(draft: &Draft, grade: &str, classes: &[&ClassRow]) -> Vec<EntryRow> {
    let mut class_of: HashMap<Uuid, Uuid> =
        draft.entries.iter().filter_map(|entry| Some((entry.row.id, entry.row.class?))).collect();
    let mut size: HashMap<Uuid, usize> = HashMap::new();
    let mut former: HashMap<(Uuid, Option<Uuid>), usize> = HashMap::new();
    for row in draft.entries.iter().map(|entry| &entry.row) {
        if let Some(class) = row.class {
            *size.entry(class).or_default() += 1;
            *former.entry((class, row.from_class)).or_default() += 1;
        }
    }
    let mut rows = Vec::new();
    for row in unplaced(draft, grade) {
        let broken = |class: Uuid| draft.wishes.iter().filter(|wish| wish_broken(wish, row.id, class, &class_of)).count();
        let count = |class: &Uuid| size.get(class).copied().unwrap_or_default();
        let best = classes.iter().map(|class| class.id).enumerate().min_by_key(|(at, class)| {
            (broken(*class), count(class), former.get(&(*class, row.from_class)).copied().unwrap_or_default(), *at)
        });
        let Some((_, class)) = best else { continue };
        *size.entry(class).or_default() += 1;
        *former.entry((class, row.from_class)).or_default() += 1;
        class_of.insert(row.id, class);
        rows.push(EntryRow { class: Some(class), number: None, ..row.clone() });
    }
    rows
}

/// Whether a wish would not be kept with a pupil in a class.
fn wish_broken(wish: &draft::WishRow, entry: Uuid, class: Uuid, class_of: &HashMap<Uuid, Uuid>) -> bool {
    let other = match (wish.one == entry, wish.other == entry) {
        (true, _) => wish.other,
        (_, true) => wish.one,
        _ => return false,
    };
    class_of.get(&other).is_some_and(|of| (*of == class) != wish.together)
}

/// Numbers the pupils of classes by their readings, or says what is wrong with the input.
pub(super) async fn number(scope: &Scope, input: NumberTurnoverInput) -> Result<Result<TurnoverPayload, UserError>> {
    let (mut tx, draft) = match editing(scope, &input.turnover_id).await? {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    let classes: Vec<Uuid> = match &input.class_ids {
        None => draft.classes.iter().map(|class| class.id).collect(),
        Some(ids) => {
            let found: Option<Vec<Uuid>> = ids.iter().map(|id| Some(draft.class(id::parse(id)?)?.id)).collect();
            match found {
                Some(found) => found,
                None => return wrong(UserErrorCode::NotFound, "classIds", "the draft has no such class"),
            }
        }
    };
    let mut rows = Vec::new();
    for class in classes {
        let mut members: Vec<_> = draft.entries.iter().filter(|entry| entry.row.class == Some(class)).collect();
        // Who has no reading comes last, where the office sees it.
        members.sort_by_cached_key(|entry| (entry.kana.trim().is_empty(), entry.kana.clone(), entry.name.clone(), entry.row.id));
        rows.extend(members.iter().zip(1..).map(|(entry, number)| EntryRow { number: Some(number), ..entry.row.clone() }));
    }
    let changed = draft::put_entries(&mut tx, &rows).await?;
    edited(scope, tx, draft, changed, Vec::new()).await
}
