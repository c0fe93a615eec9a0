//! Who has which duty in a school, from when to when; and giving, changing and ending duties. Access follows from them and ends with them.
use super::moves::offices;
use crate::access::duty::{self, Duty, DutyKind};
use crate::access::right::Right;
use crate::access::scope::{Scope, Tx};
use crate::clock::NO_END;
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::roster::class::ClassKind;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{Days, NaiveDate};
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Somebody of the staff with their duties in the schools whose office you are in.
#[derive(Clone, Debug)]
pub struct StaffMember {
    person: Person,
    duties: Vec<Duty>,
    elsewhere: bool,
}

#[derive(FromRow, Clone, Debug)]
struct Person {
    id: Uuid,
    name: String,
    kana: String,
}

/// A member of staff (教職員), with the duties of the schools whose office you are in.
#[Object]
impl StaffMember {
    /// The UUID.
    async fn id(&self) -> ID {
        id::of(self.person.id)
    }
    /// The name.
    async fn name(&self) -> &str {
        &self.person.name
    }
    /// The name's reading; null where there is none.
    async fn kana(&self) -> Option<&str> {
        Some(self.person.kana.as_str()).filter(|kana| !kana.is_empty())
    }
    /// The duties, past, present and to come, the latest first.
    async fn duties(&self) -> &[Duty] {
        &self.duties
    }
    /// 兼務: whether there is a duty of today in another school, too.
    async fn elsewhere(&self) -> bool {
        self.elsewhere
    }
}

/// From when to when somebody has, or had, a class.
#[derive(SimpleObject, Clone, Debug)]
pub struct TeacherPeriod {
    /// The name.
    pub name: String,
    /// The first day.
    pub begins: Day,
    /// The last day; null while no end is known.
    pub ends: Option<Day>,
}

/// A duty to be given.
#[derive(InputObject, Clone, Debug)]
pub struct GiveDutyInput {
    /// Who gets it.
    pub staff_id: ID,
    /// `GRADE_HEAD`, `HOMEROOM_TEACHER`, `SUBJECT_TEACHER`, `ACADEMIC_AFFAIRS` or `NURSE`; with the right `access:write` also `HEAD` and
    /// `ICT_SUPPORT`.
    pub kind: DutyKind,
    /// The school; follows from the class where one is said.
    pub school_id: Option<ID>,
    /// The class of a homeroom or subject teacher.
    pub class_id: Option<ID>,
    /// The grade of a grade head, such as `P5`.
    pub grade: Option<String>,
    /// The first day; today if not said.
    pub begins: Option<Day>,
    /// The last day; that of the class's school year, or none, if not said.
    pub ends: Option<Day>,
    /// A duty of somebody else that ends the day before (産休代替 and the like); both names stay with their periods.
    pub replaces_id: Option<ID>,
}

/// A duty with another period.
#[derive(InputObject, Clone, Debug)]
pub struct ChangeDutyInput {
    /// The duty.
    pub duty_id: ID,
    /// The first day; as before if not said.
    pub begins: Option<Day>,
    /// The last day; as before if not said.
    pub ends: Option<Day>,
}

/// A duty to be ended.
#[derive(InputObject, Clone, Debug)]
pub struct EndDutyInput {
    /// The duty.
    pub duty_id: ID,
    /// The last day; today if not said. One before the first day: the duty never begins.
    pub last_day: Option<Day>,
}

/// What became of a duty.
#[derive(SimpleObject)]
pub struct DutyPayload {
    /// The duty; null if nothing was stored.
    pub duty: Option<Duty>,
    /// What is wrong with the input; nothing was stored then.
    pub user_errors: Vec<UserError>,
}

/// What a school shows of its staff: flattened into the school.
pub struct SchoolStaff(pub(crate) Uuid);

/// The staff of a school.
#[Object]
impl SchoolStaff {
    /// Everybody who has, had or will have a duty in the school, by reading. Null unless you are in its office.
    #[graphql(complexity = "20 + child_complexity")]
    async fn staff(&self, ctx: &Context<'_>) -> Result<Option<Vec<StaffMember>>> {
        let scope = Scope::with(ctx, Right::DutyWrite)?;
        let offices = offices(scope, Right::DutyWrite).await?;
        if !offices.contains(&self.0) {
            return Ok(None);
        }
        let sql = "SELECT id, name, kana FROM staff WHERE id IN
                       (SELECT holder FROM duty WHERE school = $1 OR class IN (SELECT id FROM class WHERE school = $1))
                   ORDER BY kana, name, id";
        let people: Vec<Person> = on!(scope.read(), c => sqlx::query_as(sql).bind(self.0).fetch_all(c).await?);
        with_duties(scope, people, &offices).await.map(Some)
    }
}

/// What a class shows of its teachers over time: flattened into the class.
pub struct ClassTeachers(pub(crate) Uuid);

/// The teachers of a class over time.
#[Object]
impl ClassTeachers {
    /// Every homeroom teacher that the class has, had or will have, with the periods: what the 指導要録 asks for.
    #[graphql(complexity = "5 + child_complexity")]
    async fn teachers_over_time(&self, ctx: &Context<'_>) -> Result<Vec<TeacherPeriod>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        let sql = "SELECT s.name, d.begins, d.ends FROM duty d JOIN staff s ON s.id = d.holder
                   WHERE d.kind = 'HOMEROOM_TEACHER' AND d.class = $4 AND d.ends >= d.begins AND d.class IN
                       (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
                   ORDER BY d.begins, s.name, s.id";
        let rows: Vec<(String, NaiveDate, NaiveDate)> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder())
            .bind(scope.over(Right::SchoolRead)).bind(scope.today()).bind(self.0).fetch_all(c).await?);
        let period = |(name, begins, ends): (String, NaiveDate, NaiveDate)| TeacherPeriod {
            name,
            begins: Day(begins),
            ends: (ends < NO_END).then_some(Day(ends)),
        };
        Ok(rows.into_iter().map(period).collect())
    }
}

/// What may be asked about staff by an office.
#[derive(Default)]
pub struct DutyQuery;

#[Object]
impl DutyQuery {
    /// A member of the board's staff by the whole e-mail address, such as one who comes from another school; null where there is none.
    async fn staff_by_email(&self, ctx: &Context<'_>, email: String) -> Result<Option<StaffMember>> {
        let scope = Scope::with(ctx, Right::DutyWrite)?;
        let sql = "SELECT id, name, kana FROM staff WHERE email = $1 AND email <> '' ORDER BY id LIMIT 2";
        let people: Vec<Person> = on!(scope.read(), c => sqlx::query_as(sql).bind(email.trim()).fetch_all(c).await?);
        if people.len() > 1 {
            return Ok(None);
        }
        let offices = offices(scope, Right::DutyWrite).await?;
        Ok(with_duties(scope, people, &offices).await?.pop())
    }
}

/// What may be done about duties.
#[derive(Default)]
pub struct DutyMutation;

#[Object]
impl DutyMutation {
    /// Gives a member of staff a duty in a school whose office you are in. Nobody gives themselves one without the right `access:write`.
    async fn give_duty(&self, ctx: &Context<'_>, input: GiveDutyInput) -> Result<DutyPayload> {
        Ok(give(Scope::with(ctx, Right::DutyWrite)?, input).await?.into())
    }
    /// Changes the period of a duty.
    async fn change_duty(&self, ctx: &Context<'_>, input: ChangeDutyInput) -> Result<DutyPayload> {
        let (begins, ends) = (input.begins.map(|day| day.0), input.ends.map(|day| day.0));
        Ok(change(Scope::with(ctx, Right::DutyWrite)?, &input.duty_id, begins, ends, true).await?.into())
    }
    /// Ends a duty; what it gave to see is seen up to the last day.
    async fn end_duty(&self, ctx: &Context<'_>, input: EndDutyInput) -> Result<DutyPayload> {
        let scope = Scope::with(ctx, Right::DutyWrite)?;
        let last = input.last_day.map_or_else(|| scope.today(), |day| day.0);
        Ok(change(scope, &input.duty_id, None, Some(last), false).await?.into())
    }
}

impl From<Result<Duty, UserError>> for DutyPayload {
    fn from(done: Result<Duty, UserError>) -> Self {
        match done {
            Ok(duty) => DutyPayload { duty: Some(duty), user_errors: vec![] },
            Err(error) => DutyPayload { duty: None, user_errors: vec![error] },
        }
    }
}

async fn with_duties(scope: &Scope, people: Vec<Person>, offices: &BTreeSet<Uuid>) -> Result<Vec<StaffMember>> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    let mut duties: BTreeMap<Uuid, Vec<Duty>> = BTreeMap::new();
    for duty in duty::of_holders(scope, &ids).await? {
        duties.entry(duty.holder).or_default().push(duty);
    }
    let today = scope.today();
    Ok(people
        .into_iter()
        .map(|person| {
            let (here, others): (Vec<Duty>, Vec<Duty>) = duties
                .remove(&person.id)
                .unwrap_or_default()
                .into_iter()
                .partition(|duty| duty.school.is_some_and(|school| offices.contains(&school)));
            let elsewhere = others.iter().any(|duty| duty.begins <= today && duty.ends >= today);
            StaffMember { person, duties: here, elsewhere }
        })
        .collect())
}

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
        | DutyKind::Nurse => true,
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
    if grade_head != super::moves::school_age::is_grade(&grade) || (!grade_head && !grade.is_empty()) {
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
        let former = duty::within(&mut tx, id::parse(id).unwrap_or_default()).await?;
        let former =
            former.filter(|of| (of.kind, of.school, of.class) == (duty.kind, duty.school, duty.class) && of.ends >= of.begins);
        let Some(former) = former.filter(|former| former.holder != holder) else {
            return wrong(UserErrorCode::NotFound, "replacesId", "nobody else has such a duty over the same class or school");
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
               WHERE c.id = $1 AND NOT c.withdrawn";
    let found: Option<(Uuid, Uuid, ClassKind, NaiveDate)> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(id::parse(class).unwrap_or_default()).fetch_optional(c).await?);
    match found.filter(|(_, school, ..)| offices.contains(school)) {
        None => wrong(UserErrorCode::NotFound, "classId", "there is no such class in a school of yours"),
        Some((_, _, ClassKind::Scheduled, _)) if input.kind == DutyKind::HomeroomTeacher => {
            wrong(UserErrorCode::WrongClass, "classId", "the class is no homeroom")
        }
        Some((class, school, _, ends)) => Ok(Ok((school, Some(class), ends))),
    }
}

async fn change(
    scope: &Scope,
    duty: &ID,
    begins: Option<NaiveDate>,
    ends: Option<NaiveDate>,
    in_order: bool,
) -> Result<Result<Duty, UserError>> {
    let offices = offices(scope, Right::DutyWrite).await?;
    let mut tx = scope.begin("duty changed").await?;
    let found = duty::within(&mut tx, id::parse(duty).unwrap_or_default()).await?;
    let found =
        found.filter(|duty| duty.school.is_some_and(|school| offices.contains(&school)) && given_by_office(scope, duty.kind));
    let Some(found) = found else {
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
