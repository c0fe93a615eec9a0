//! Giving a duty, changing its days, ending it: what an office may do, and what it may not.
use super::GiveDutyInput;
use crate::access::duty::{self, Duty, DutyKind};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::NO_END;
use crate::db::{on, push_ids};
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::class::ClassKind;
use crate::roster::moves::offices;
use async_graphql::ID;
use chrono::{Days, NaiveDate};
use sqlx::QueryBuilder;
use std::collections::BTreeSet;
use uuid::Uuid;

#[expect(clippy::unnecessary_wraps, reason = "callers return it as it is")]
fn wrong<T>(code: UserErrorCode, field: &str, message: &str) -> Result<Result<T, UserError>> {
    Ok(Err(UserError::new(code, field, message)))
}

/// Whether an office may give such a duty, and end it.
pub(crate) fn given_by_office(scope: &Scope, kind: DutyKind) -> bool {
    match kind {
        DutyKind::GradeHead
        | DutyKind::HomeroomTeacher
        | DutyKind::SubjectTeacher
        | DutyKind::AcademicAffairs
        | DutyKind::Nurse
        | DutyKind::Counsellor => true,
        DutyKind::Head | DutyKind::IctSupport => scope.holds(Right::AccessWrite),
        DutyKind::BoardOfficial | DutyKind::App | DutyKind::Operator => false,
    }
}

/// Gives a duty, or says what is wrong with the input.
pub async fn give(scope: &Scope, input: GiveDutyInput) -> Result<Result<Duty, UserError>> {
    if !given_by_office(scope, input.kind) {
        return wrong(UserErrorCode::OutOfRange, "kind", "a school's office does not give this duty");
    }
    let offices = offices(scope, Right::DutyWrite).await?;
    let mut tx = scope.begin("duty given").await?;
    let holder = id::parse(&input.staff_id).unwrap_or_default();
    let found: Option<(Uuid,)> =
        on!(tx.connection(), c => sqlx::query_as("SELECT id FROM staff WHERE id = $1").bind(holder).fetch_optional(c).await?);
    if found.is_none() {
        return wrong(UserErrorCode::NotFound, "staffId", "there is no such member of staff");
    }
    if holder == scope.holder() && !scope.holds(Right::AccessWrite) {
        return wrong(UserErrorCode::OutOfRange, "staffId", "nobody gives themselves a duty: ask somebody else of the office");
    }
    let (school, class, year_ends) = match over(&mut tx, &offices, &input).await? {
        Ok(over) => over,
        Err(error) => return Ok(Err(error)),
    };
    let grade = input.grade.clone().unwrap_or_default();
    let grade_head = input.kind == DutyKind::GradeHead;
    if grade_head != crate::roster::moves::school_age::is_grade(&grade) || (!grade_head && !grade.is_empty()) {
        return wrong(UserErrorCode::OutOfRange, "grade", "a grade head, and nobody else, has a grade, such as P5");
    }
    let begins = input.begins.map_or_else(|| scope.today(), |day| day.0);
    let ends = input.ends.map_or(year_ends, |day| day.0);
    if ends < begins {
        return wrong(UserErrorCode::OutOfRange, "ends", "the last day is before the first");
    }
    let duty = Duty { grade, ends, ..duty::new(holder, input.kind, Some(school), class, begins) };
    let same = |other: &&Duty| {
        (other.kind, other.school, other.class) == (duty.kind, duty.school, duty.class)
            && other.grade == duty.grade
            && other.begins <= duty.ends
            && duty.begins <= other.ends
    };
    if duty::held_by(&mut tx, holder).await?.iter().any(|other| same(&other)) {
        return wrong(UserErrorCode::Conflict, "staffId", "this person has just this duty on these days already");
    }
    let mut written = vec![duty.clone()];
    if let Some(id) = &input.replaces_id {
        let former = duty::within(&mut tx, &offices, id::parse(id).unwrap_or_default()).await?;
        let former =
            former.filter(|of| (of.kind, of.school, of.class, &of.grade) == (duty.kind, duty.school, duty.class, &duty.grade));
        let Some(former) = former.filter(|former| former.holder != holder && former.ends >= former.begins) else {
            return wrong(
                UserErrorCode::NotFound,
                "replacesId",
                "nobody else has such a duty over the same class, grade or school",
            );
        };
        written.push(Duty { ends: former.ends.min(begins - Days::new(1)), ..former });
    }
    duty::put(&mut tx, &written).await?;
    tx.commit().await?;
    Ok(Ok(duty))
}

/// The school and class that a duty is over, and the last day that it has unless said.
async fn over(
    tx: &mut Tx,
    offices: &BTreeSet<Uuid>,
    input: &GiveDutyInput,
) -> Result<Result<(Uuid, Option<Uuid>, NaiveDate), UserError>> {
    let teaches = matches!(input.kind, DutyKind::HomeroomTeacher | DutyKind::SubjectTeacher);
    if teaches != input.class_id.is_some() {
        return wrong(UserErrorCode::WrongClass, "classId", "a homeroom or subject teacher, and nobody else, has a class");
    }
    let Some(class) = &input.class_id else {
        let school = input.school_id.as_ref().and_then(id::parse).filter(|school| offices.contains(school));
        return match school {
            Some(school) => Ok(Ok((school, None, NO_END))),
            None => wrong(UserErrorCode::NotFound, "schoolId", "you are in the office of no such school"),
        };
    };
    let sql = "SELECT c.id, c.school, c.kind, y.ends FROM class c JOIN academic_year y ON y.id = c.academic_year
               WHERE NOT c.withdrawn AND c.id = ";
    let found: Option<(Uuid, Uuid, ClassKind, NaiveDate)> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new(sql);
        sql.push_bind(id::parse(class).unwrap_or_default()).push(" AND c.school IN ");
        push_ids(&mut sql, offices.iter().copied());
        sql.build_query_as().fetch_optional(c).await?
    });
    match found {
        None => wrong(UserErrorCode::NotFound, "classId", "there is no such class in a school of yours"),
        Some((_, _, ClassKind::Scheduled, _)) if input.kind == DutyKind::HomeroomTeacher => {
            wrong(UserErrorCode::WrongClass, "classId", "the class is no homeroom")
        }
        Some((class, school, _, ends)) => Ok(Ok((school, Some(class), ends))),
    }
}

pub(super) async fn change(
    scope: &Scope,
    duty: &ID,
    begins: Option<NaiveDate>,
    ends: Option<NaiveDate>,
    in_order: bool,
) -> Result<Result<Duty, UserError>> {
    let offices = offices(scope, Right::DutyWrite).await?;
    let mut tx = scope.begin("duty changed").await?;
    let found = duty::within(&mut tx, &offices, id::parse(duty).unwrap_or_default()).await?;
    let Some(found) = found.filter(|duty| given_by_office(scope, duty.kind)) else {
        return wrong(UserErrorCode::NotFound, "dutyId", "there is no such duty of a school of yours that an office gives");
    };
    let later = ends.is_some_and(|ends| ends > found.ends) || begins.is_some_and(|begins| begins < found.begins);
    if found.holder == scope.holder() && later && !scope.holds(Right::AccessWrite) {
        return wrong(UserErrorCode::OutOfRange, "dutyId", "nobody extends their own duty: ask somebody else of the office");
    }
    let changed = Duty { begins: begins.unwrap_or(found.begins), ends: ends.unwrap_or(found.ends), ..found };
    if in_order && changed.ends < changed.begins {
        return wrong(UserErrorCode::OutOfRange, "ends", "the last day is before the first");
    }
    duty::put(&mut tx, std::slice::from_ref(&changed)).await?;
    tx.commit().await?;
    Ok(Ok(changed))
}
