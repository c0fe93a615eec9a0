//! What every move is made of: where the pupil stands, what changes of it, and the entry that says so.
use super::query::find;
use super::{MoveKind, PupilMove};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::{new_id, not_replaced};
use crate::db::{on, push_ids};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::learning::activity::check;
use crate::roster::class::ClassKind;
use crate::roster::enrolment::{self, Enrolment, MembershipKind};
use crate::roster::pupil::Pupil;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::BTreeSet;
use uuid::Uuid;

/// An enrolment as it was and as it becomes; `None` where there is none.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub(crate) struct Effect {
    pub before: Option<Enrolment>,
    pub after: Option<Enrolment>,
}

/// A move whose input is right, before it is written.
pub(crate) struct Plan {
    pub pupil: Uuid,
    pub school: Uuid,
    pub kind: MoveKind,
    pub day: NaiveDate,
    pub class: Option<Uuid>,
    pub other_school: Option<Uuid>,
    pub other_name: String,
    pub reason: String,
    pub answers: Option<Uuid>,
    pub corrects: Option<Uuid>,
    pub effects: Vec<Effect>,
}

/// An enrolment with what it is in.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct Placed {
    #[sqlx(flatten)]
    pub enrolment: Enrolment,
    pub class_kind: ClassKind,
    pub special_needs: bool,
    grades: String,
}

impl Placed {
    /// The pupil's grade in it, as far as it is known.
    pub(super) fn grade(&self) -> Option<String> {
        if self.grades.contains(',') {
            self.enrolment.grade.clone()
        } else {
            Some(self.grades.clone()).filter(|of| !of.is_empty())
        }
    }

    /// Whether the pupil's register is kept by it.
    pub(super) fn is_home(&self) -> bool {
        self.class_kind == ClassKind::Homeroom && self.enrolment.kind == MembershipKind::Home
    }
}

/// A homeroom with the days of its year.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct Homeroom {
    pub id: Uuid,
    pub school: Uuid,
    pub special_needs: bool,
    pub grades: String,
    pub begins: NaiveDate,
    pub ends: NaiveDate,
}

const HOMEROOM: &str = "SELECT c.id, c.school, c.special_needs, c.grades, y.begins, y.ends
    FROM class c JOIN academic_year y ON y.id = c.academic_year WHERE c.kind = 'HOMEROOM' AND NOT c.withdrawn AND c.id = ";

/// A place in a homeroom that is asked for.
pub(super) struct Seat<'a> {
    pub pupil: Uuid,
    pub room: &'a Homeroom,
    pub number: Option<i32>,
    pub grade: Option<&'a str>,
}

#[expect(clippy::unnecessary_wraps, reason = "callers return it as it is")]
pub(super) fn wrong<T>(code: UserErrorCode, field: &str, message: &str) -> Result<Result<T, UserError>> {
    Ok(Err(UserError::new(code, field, message)))
}

/// Goes on with what is right, and returns what is wrong.
macro_rules! right {
    ($checked:expr) => {
        match $checked {
            Ok(right) => right,
            Err(error) => return Ok(Err(error)),
        }
    };
}
pub(crate) use right;

/// The schools whose office the viewer is in, by a right.
pub(crate) async fn offices(scope: &Scope, right: Right) -> Result<BTreeSet<Uuid>> {
    let sql = "SELECT DISTINCT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3";
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right))
        .bind(scope.today()).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(school,)| school).collect())
}

/// Makes whoever else moves this pupil wait until this write is done.
pub(super) async fn lock_pupil(tx: &mut Tx, pupil: Uuid) -> Result<()> {
    on!(tx.connection(), c => sqlx::query("UPDATE pupil SET identifier = identifier WHERE id = $1").bind(pupil).execute(c).await?
        .rows_affected());
    tx.waited();
    Ok(())
}

/// The same for a pupil who is, was or will be in a school of these offices; whether there is one. A pupil of other schools is not there: nothing
/// of them is read or held up.
pub(super) async fn lock_pupil_of(tx: &mut Tx, offices: &BTreeSet<Uuid>, pupil: Uuid) -> Result<bool> {
    let found = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("UPDATE pupil SET identifier = identifier WHERE id = ");
        sql.push_bind(pupil).push(" AND EXISTS (SELECT 1 FROM enrolment e WHERE e.pupil = pupil.id AND e.known_until = ");
        sql.push_bind(not_replaced()).push(" AND e.school IN ");
        push_ids(&mut sql, offices.iter().copied());
        sql.push(")").build().persistent(false).execute(c).await?.rows_affected()
    });
    tx.waited();
    Ok(found > 0)
}

/// Every enrolment of a pupil that holds, in every school.
pub(super) async fn placed(tx: &mut Tx, pupil: Uuid) -> Result<Vec<Placed>> {
    let sql = "SELECT e.id, e.school, e.class, e.pupil, e.number, e.begins, e.ends, e.kind, e.grade, c.kind AS class_kind,
                   c.special_needs, c.grades
               FROM enrolment e JOIN class c ON c.id = e.class WHERE e.pupil = $1 AND e.known_until = $2 ORDER BY e.begins, e.id";
    Ok(on!(tx.connection(), c => sqlx::query_as(sql).bind(pupil).bind(not_replaced()).fetch_all(c).await?))
}

/// The homeroom of an id in a school of these offices.
pub(super) async fn homeroom_of(tx: &mut Tx, offices: &BTreeSet<Uuid>, class: Uuid) -> Result<Option<Homeroom>> {
    Ok(on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new(HOMEROOM);
        sql.push_bind(class).push(" AND c.school IN ");
        push_ids(&mut sql, offices.iter().copied());
        sql.build_query_as().fetch_optional(c).await?
    }))
}

/// The homeroom of a place that is known, of whatever school.
pub(super) async fn homeroom(tx: &mut Tx, class: Uuid) -> Result<Option<Homeroom>> {
    Ok(on!(tx.connection(), c => {
        QueryBuilder::new(HOMEROOM).push_bind(class).build_query_as().persistent(false).fetch_optional(c).await?
    }))
}

/// The grades of a class; empty where there is none.
pub(super) async fn homeroom_grades(tx: &mut Tx, class: Uuid) -> Result<String> {
    let sql = "SELECT grades FROM class WHERE id = $1";
    let found: Option<(String,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(class).fetch_optional(c).await?);
    Ok(found.map(|(grades,)| grades).unwrap_or_default())
}

/// The text of an optional field, empty where nothing was said.
pub(super) fn words(text: Option<&String>, field: &str) -> Result<String, UserError> {
    match text.map(|text| text.trim()).filter(|text| !text.is_empty()) {
        Some(text) => check::text(text, 500, field),
        None => Ok(String::new()),
    }
}

/// 出席番号 in a class on a day: the one that is wished if it is free, else the one after the highest.
pub(crate) async fn number_in(
    tx: &mut Tx,
    class: Uuid,
    pupil: Uuid,
    day: NaiveDate,
    wished: Option<i32>,
) -> Result<Result<Option<i32>, UserError>> {
    if wished.is_some_and(|wished| !(1..=999).contains(&wished)) {
        return wrong(UserErrorCode::OutOfRange, "number", "the number is not from 1 to 999");
    }
    let sql = "SELECT DISTINCT number FROM enrolment WHERE class = $1 AND pupil <> $2 AND ends >= $3 AND kind = 'HOME'
                   AND known_until = $4 AND number IS NOT NULL";
    let rows: Vec<(i32,)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(class).bind(pupil).bind(day).bind(not_replaced())
        .fetch_all(c).await?);
    match wished {
        Some(wished) if rows.iter().any(|(number,)| *number == wished) => {
            wrong(UserErrorCode::Conflict, "number", "somebody else in the class has this number: send another one, or none")
        }
        Some(wished) => Ok(Ok(Some(wished))),
        None => Ok(Ok(Some(rows.iter().map(|(number,)| *number).max().unwrap_or_default() + 1))),
    }
}

/// The grade that is kept with a place: the one that is wished, else the one that is known, where the class is of it.
pub(super) fn grade_in(room: &Homeroom, wished: Option<&str>, known: Option<String>) -> Result<Option<String>, UserError> {
    let is_of = |grade: &str| room.grades.split(',').any(|of| of == grade);
    match wished {
        Some(wished) if is_of(wished) => Ok(Some(wished.to_owned())),
        Some(_) => Err(UserError::new(UserErrorCode::OutOfRange, "grade", "the class is not of this grade")),
        None => Ok(known.filter(|known| is_of(known))),
    }
}

/// Ends what a pupil is enrolled in in a school with a last day; what would only begin after it never begins.
pub(super) fn leaving(placed: &[Placed], school: Uuid, last: NaiveDate) -> Vec<Effect> {
    let of_school = placed.iter().map(|placed| &placed.enrolment).filter(|enrolment| enrolment.school == school);
    ending(of_school, last)
}

/// Ends enrolments with a last day.
pub(super) fn ending<'a>(enrolments: impl Iterator<Item = &'a Enrolment>, last: NaiveDate) -> Vec<Effect> {
    let after = |enrolment: &Enrolment| (enrolment.begins <= last).then(|| Enrolment { ends: last, ..enrolment.clone() });
    let later = enrolments.filter(|enrolment| enrolment.ends > last);
    later.map(|enrolment| Effect { before: Some(enrolment.clone()), after: after(enrolment) }).collect()
}

/// A place in a homeroom from a day to the end of its year, unless the pupil has one elsewhere then.
pub(super) async fn arriving(
    tx: &mut Tx,
    placed: &[Placed],
    Seat { pupil, room, number, grade }: Seat<'_>,
    day: NaiveDate,
) -> Result<Result<Effect, UserError>> {
    if day < room.begins || day > room.ends {
        return wrong(UserErrorCode::OutsideYear, "day", "the day is outside of the school year of the class");
    }
    if placed.iter().any(|other| other.is_home() && other.enrolment.ends >= day && other.enrolment.begins <= room.ends) {
        let message = "the pupil is in a homeroom on these days: end that first, or move the pupil to the class";
        return wrong(UserErrorCode::Overlap, "day", message);
    }
    let number = right!(number_in(tx, room.id, pupil, day, number).await?);
    // The grade of another school, or of before, in the same year.
    let before = placed.iter().rev().find(|of| of.is_home() && of.enrolment.ends >= room.begins && of.enrolment.begins <= day);
    let grade = right!(grade_in(room, grade, before.and_then(Placed::grade)));
    let (school, class, ends, kind) = (room.school, room.id, room.ends, MembershipKind::Home);
    let enrolment = Enrolment { id: new_id(), school, class, pupil, number, begins: day, ends, kind, grade };
    Ok(Ok(Effect { before: None, after: Some(enrolment) }))
}

/// Brings enrolments from what they were to what they become.
pub(crate) async fn apply(tx: &mut Tx, effects: &[Effect]) -> Result<()> {
    let gone: Vec<Enrolment> =
        effects.iter().filter(|effect| effect.after.is_none()).filter_map(|effect| effect.before.clone()).collect();
    enrolment::withdraw(tx, &gone).await?;
    // What goes on keeps the grade that is known of it by now.
    let written = effects.iter().filter_map(|effect| {
        let after = effect.after.clone()?;
        Some(Enrolment { grade: after.grade.filter(|_| effect.before.is_none()), ..after })
    });
    enrolment::put(tx, &written.collect::<Vec<_>>()).await?;
    Ok(())
}

/// Writes a move with what it changes.
pub(crate) async fn write(tx: &mut Tx, plan: Plan) -> Result<Uuid> {
    apply(tx, &plan.effects).await?;
    let sql = "SELECT * FROM pupil WHERE id = $1";
    let named: Pupil = on!(tx.connection(), c => sqlx::query_as(sql).bind(plan.pupil).fetch_one(c).await?);
    let row = PupilMove {
        id: new_id(),
        pupil: plan.pupil,
        pupil_name: named.shown_name(),
        pupil_kana: format!("{} {}", named.kana_family_name, named.kana_given_name).trim().to_owned(),
        school: plan.school,
        kind: plan.kind,
        day: plan.day,
        class: plan.class,
        other_school: plan.other_school,
        other_name: plan.other_name,
        reason: plan.reason,
        answers: plan.answers,
        corrects: plan.corrects,
        recorded_by: tx.actor,
        at: tx.at,
        undone_at: None,
        undo_reason: String::new(),
        effect: serde_json::to_string(&plan.effects).expect("enrolments are plain structs"),
        school_name: String::new(),
        class_name: None,
        other: None,
        by_name: None,
        answered: false,
        destination_hidden: false,
        place: 0,
    };
    let sql =
        "INSERT INTO pupil_move (id, pupil, pupil_name, pupil_kana, school, kind, day, class, other_school, other_name, reason,
                   answers, corrects, recorded_by, at, undone_at, undo_reason, effect)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, NULL, '', $16)";
    let change = Change::new(row.id, None, Some(&row));
    on!(tx.change("pupil_move", &[change]).await?, c => sqlx::query(sql).bind(row.id).bind(row.pupil).bind(&row.pupil_name)
        .bind(&row.pupil_kana).bind(row.school).bind(row.kind).bind(row.day).bind(row.class).bind(row.other_school)
        .bind(&row.other_name).bind(&row.reason).bind(row.answers).bind(row.corrects).bind(row.recorded_by).bind(row.at)
        .bind(&row.effect).execute(c).await?.rows_affected());
    Ok(row.id)
}

/// Commits a move and reads the entry as it is now.
pub(super) async fn done(scope: &Scope, tx: Tx, id: Uuid) -> Result<Result<PupilMove, UserError>> {
    tx.commit().await?;
    Ok(Ok(find(scope, id).await?.ok_or(Error::Internal)?))
}

/// The day before.
pub(super) fn before(day: NaiveDate) -> NaiveDate {
    day - Days::new(1)
}
