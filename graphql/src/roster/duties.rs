//! Who has which duty in a school, from when to when; and giving, changing and ending duties. Access follows from them and ends with them.
mod give;

pub use give::give;
pub(crate) use give::given_by_office;

use super::moves::offices;
use crate::access::duty::{self, Duty, DutyKind};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::NO_END;
use crate::db::on;
use crate::error::{Result, UserError};
use crate::id;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
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
    /// `GRADE_HEAD`, `HOMEROOM_TEACHER`, `SUBJECT_TEACHER`, `ACADEMIC_AFFAIRS`, `NURSE` or `COUNSELLOR`; with the right `access:write` also `HEAD` and
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
        Ok(give::change(Scope::with(ctx, Right::DutyWrite)?, &input.duty_id, begins, ends, true).await?.into())
    }
    /// Ends a duty; what it gave to see is seen up to the last day.
    async fn end_duty(&self, ctx: &Context<'_>, input: EndDutyInput) -> Result<DutyPayload> {
        let scope = Scope::with(ctx, Right::DutyWrite)?;
        let last = input.last_day.map_or_else(|| scope.today(), |day| day.0);
        Ok(give::change(scope, &input.duty_id, None, Some(last), false).await?.into())
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
