//! Who enters the school: typed or pasted from the 学齢簿, or taken over from the graduates of another school of the board.
use super::draft::{self, EntryRow, Outcome};
use super::start::blank;
use super::{TurnoverPayload, edited, editing, wrong};
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::learning::activity::{RejectedItem, check};
use crate::roster::moves::school_age::{GRADES, grade_of, is_grade};
use crate::scalar::Day;
use async_graphql::{ID, InputObject};
use std::collections::HashSet;
use uuid::Uuid;

/// A pupil who enters the school and of whom the board has no record.
#[derive(InputObject, Clone, Debug)]
pub struct IncomingPupilInput {
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
    /// The date of birth, from which the grade follows. It is kept with the draft alone.
    pub birth_date: Option<Day>,
    /// The grade, where it is not the one that the date of birth gives, or no date is sent; the school's first if neither is sent.
    pub grade: Option<String>,
    /// Where the pupil comes from, such as a 園; up to 500 characters.
    pub from: Option<String>,
}

/// Pupils who enter the school.
#[derive(InputObject, Clone, Debug)]
pub struct AddIncomingPupilsInput {
    /// The draft.
    pub turnover_id: ID,
    /// The pupils, at most 500. One whom the draft has already (same names, readings and date of birth) is passed over.
    pub pupils: Vec<IncomingPupilInput>,
}

/// A draft that takes graduates over.
#[derive(InputObject, Clone, Debug)]
pub struct TakeGraduatesInput {
    /// The draft.
    pub turnover_id: ID,
}

/// Adds incoming pupils, or says what is wrong with the input.
pub(super) async fn add(scope: &Scope, input: AddIncomingPupilsInput) -> Result<Result<TurnoverPayload, UserError>> {
    if input.pupils.len() > 500 {
        return wrong(UserErrorCode::TooMany, "pupils", "send at most 500 pupils a call");
    }
    let (mut tx, draft) = match editing(scope, &input.turnover_id).await? {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    let first = first_grade(&draft);
    let same = |row: &EntryRow| {
        (
            row.family_name.clone(),
            row.given_name.clone(),
            row.kana_family_name.clone(),
            row.kana_given_name.clone(),
            row.birth_date,
        )
    };
    let mut known: HashSet<_> = draft.entries.iter().map(|entry| same(&entry.row)).collect();
    let (mut rows, mut rejected) = (Vec::new(), Vec::new());
    for (index, item) in input.pupils.iter().enumerate() {
        match entry(&draft, item, first) {
            Ok(row) if known.insert(same(&row)) => rows.push(row),
            Ok(_) => {}
            Err(error) => rejected.push(RejectedItem::new(index, &item.family_name, error)),
        }
    }
    let changed = draft::put_entries(&mut tx, &rows).await?;
    edited(scope, tx, draft, changed, rejected).await
}

/// The grade that one enters the school with.
fn first_grade(draft: &draft::Draft) -> &'static str {
    let has = |grade: &str| draft.classes.iter().any(|class| class.is_of(grade));
    GRADES.into_iter().find(|grade| has(grade)).unwrap_or("P1")
}

fn entry(draft: &draft::Draft, item: &IncomingPupilInput, first: &str) -> Result<EntryRow, UserError> {
    let optional = |text: &Option<String>, most, field: &str| match text.as_deref().map(str::trim).filter(|text| !text.is_empty())
    {
        Some(text) => check::text(text, most, field),
        None => Ok(String::new()),
    };
    let of_age = item.birth_date.map(|day| grade_of(day.0, draft.turnover.year));
    let grade = match (&item.grade, of_age) {
        (Some(grade), _) if is_grade(grade) => grade.clone(),
        (Some(_), _) => {
            return Err(UserError::new(UserErrorCode::OutOfRange, "grade", "the grade is none of P1 to P6 and J1 to J3"));
        }
        (None, Some(Some(grade))) => grade.to_owned(),
        (None, Some(None)) => {
            let message =
                format!("a child born on this day is of no grade in {}: check the date, or send `grade`", draft.turnover.year);
            return Err(UserError::new(UserErrorCode::OutOfRange, "birthDate", message));
        }
        (None, None) => first.to_owned(),
    };
    let only: Vec<Uuid> =
        draft.classes.iter().filter(|class| !class.special_needs && class.is_of(&grade)).map(|class| class.id).collect();
    Ok(EntryRow {
        identifier: optional(&item.identifier, 100, "identifier")?,
        family_name: check::text(item.family_name.trim(), 100, "familyName")?,
        given_name: check::text(item.given_name.trim(), 100, "givenName")?,
        kana_family_name: optional(&item.kana_family_name, 100, "kanaFamilyName")?,
        kana_given_name: optional(&item.kana_given_name, 100, "kanaGivenName")?,
        birth_date: item.birth_date.map(|day| day.0),
        from_name: optional(&item.from, 500, "from")?,
        grade,
        class: match only.as_slice() {
            [only] => Some(*only),
            _ => None,
        },
        ..blank(draft.turnover.id, Outcome::Enters)
    })
}

/// Takes over graduates whose school has said that they come here, or says what is wrong with the input.
pub(super) async fn take_graduates(scope: &Scope, input: TakeGraduatesInput) -> Result<Result<TurnoverPayload, UserError>> {
    let (mut tx, draft) = match editing(scope, &input.turnover_id).await? {
        Ok(open) => open,
        Err(error) => return Ok(Err(error)),
    };
    let sql = "SELECT t.pupil, s.name FROM turnover_pupil t JOIN turnover o ON o.id = t.turnover JOIN school s ON s.id = o.school
               WHERE t.destination = $1 AND t.outcome = 'GRADUATES' AND t.pupil IS NOT NULL AND o.year = $2 ORDER BY t.id";
    let coming: Vec<(Uuid, String)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(draft.turnover.school)
        .bind(draft.turnover.year).fetch_all(c).await?);
    let known: HashSet<Uuid> = draft.entries.iter().filter_map(|entry| entry.row.pupil).collect();
    let grade = first_grade(&draft);
    let only: Vec<Uuid> =
        draft.classes.iter().filter(|class| !class.special_needs && class.is_of(grade)).map(|class| class.id).collect();
    let class = match only.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let new = coming.into_iter().filter(|(pupil, _)| !known.contains(pupil));
    let rows: Vec<EntryRow> = new
        .map(|(pupil, from_name)| {
            let grade = grade.to_owned();
            EntryRow { pupil: Some(pupil), from_name, grade, class, ..blank(draft.turnover.id, Outcome::Enters) }
        })
        .collect();
    let changed = draft::put_entries(&mut tx, &rows).await?;
    edited(scope, tx, draft, changed, Vec::new()).await
}
