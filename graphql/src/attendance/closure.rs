//! 学級閉鎖: a class need not attend. Its pupils are marked so for each school day, by the office, and the marks are taken back likewise.
//! 授業日数 is a matter of the grade and stays; a closure of a whole grade or school is a change of the calendar.
use super::calendar;
use super::decide;
use super::kind::{AttendanceKind, KindOf};
use super::mark::{self, AttendanceMark, AttendancePlace};
use super::school_day::{OwnDays, is_ordinary};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::{Change, Tx};
use crate::clock::{new_id, not_replaced};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::class::{self, Class, ClassKind};
use crate::roster::enrolment;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// A closure of a class.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct ClassClosure {
    pub(crate) id: Uuid,
    pub(crate) school: Uuid,
    pub(crate) class: Uuid,
    pub(crate) kind: String,
    pub(crate) begins: NaiveDate,
    pub(crate) ends: NaiveDate,
    pub(crate) reason: String,
    pub(crate) closed_by: Uuid,
    pub(crate) withdrawn_on: Option<NaiveDate>,
    #[sqlx(default)]
    #[serde(skip)]
    pub(crate) by_name: Option<String>,
}

/// 学級閉鎖: a class is closed for some days.
#[Object]
impl ClassClosure {
    /// The closure's id.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The first day.
    async fn begins(&self) -> Day {
        Day(self.begins)
    }
    /// The last day.
    async fn ends(&self) -> Day {
        Day(self.ends)
    }
    /// What the pupils are marked with; null if the board has no such kind any more.
    async fn kind(&self, ctx: &Context<'_>) -> Result<Option<AttendanceKind>> {
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(KindOf(self.kind.clone())).await
    }
    /// Why, such as インフルエンザ.
    async fn reason(&self) -> &str {
        &self.reason
    }
    /// Who closed the class; null if it is nobody who is here by name.
    async fn closed_by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// The first day on which the class meets again after all; null where the closure holds to its end.
    async fn withdrawn_on(&self) -> Option<Day> {
        self.withdrawn_on.map(Day)
    }
}

/// A class to close.
#[derive(InputObject, Clone, Debug)]
pub struct CloseClassInput {
    /// The homeroom, by the UUID of the roster.
    pub class_id: ID,
    /// The first day; it may lie ahead.
    pub begins: Day,
    /// The last day, at most 31 days after the first.
    pub ends: Day,
    /// What the pupils are marked with: the code of a kind that is `excused`.
    #[graphql(default_with = "String::from(\"SUSPENDED\")")]
    pub kind: String,
    /// Why, such as インフルエンザ, 1 to 100 characters.
    pub reason: String,
}

/// A closure to take back.
#[derive(InputObject, Clone, Debug)]
pub struct WithdrawClassClosureInput {
    /// The closure.
    pub closure_id: ID,
    /// The first day on which the class meets again; its first day if not said, so that it was never closed.
    pub from: Option<Day>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What became of a closure.
#[derive(SimpleObject, Default)]
pub struct ClassClosurePayload {
    /// The closure as it is now; null if nothing was changed.
    pub closure: Option<ClassClosure>,
    /// How many marks were made.
    pub marked: usize,
    /// How many marks were left because the office had decided about that very pupil and day.
    pub kept: usize,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with closures.
#[derive(Default)]
pub struct ClosureMutation;

#[Object]
impl ClosureMutation {
    /// Closes a class (学級閉鎖): every pupil is marked as not having to attend on each of its school days, days ahead included. A homeroom's
    /// marking does not replace it. Who comes into the class afterwards need not attend either, who leaves it does.
    async fn close_class(&self, ctx: &Context<'_>, input: CloseClassInput) -> Result<ClassClosurePayload> {
        close(Scope::with(ctx, Right::AttendanceDecide)?, &input).await
    }
    /// Takes a closure back, as a whole or from a day on: what the homeroom had said holds again, or nothing.
    async fn withdraw_class_closure(&self, ctx: &Context<'_>, input: WithdrawClassClosureInput) -> Result<ClassClosurePayload> {
        withdraw(Scope::with(ctx, Right::AttendanceDecide)?, &input).await
    }
}

fn refused(code: UserErrorCode, field: &str, message: &str) -> ClassClosurePayload {
    ClassClosurePayload { user_errors: vec![UserError::new(code, field, message)], ..ClassClosurePayload::default() }
}

async fn close(scope: &Scope, input: &CloseClassInput) -> Result<ClassClosurePayload> {
    let class = class::find(scope, Right::AttendanceDecide, id::parse(&input.class_id).unwrap_or_default()).await?;
    let Some(class) = class.filter(|class| class.kind == ClassKind::Homeroom) else {
        return Ok(refused(UserErrorCode::NotFound, "classId", "there is no such homeroom that you may close"));
    };
    let (begins, ends) = (input.begins.0, input.ends.0);
    if !(0..=31).contains(&(ends - begins).num_days()) {
        return Ok(refused(UserErrorCode::OutOfRange, "ends", "the last day is the first or one of the 31 days after it"));
    }
    let reason = match check::text(&input.reason, 100, "reason") {
        Ok(reason) => reason,
        Err(error) => return Ok(ClassClosurePayload { user_errors: vec![error], ..ClassClosurePayload::default() }),
    };
    let days = days(scope, &class, (begins, ends)).await?;
    if days.is_empty() {
        return Ok(refused(UserErrorCode::OutOfRange, "begins", "there is no school on any of these days"));
    }
    let mut tx = scope.begin_because("class closed", &reason).await?;
    tx.lock("class", &[class.id]).await?;
    let sql = "SELECT * FROM attendance_kind WHERE code = $1";
    let kind: Option<AttendanceKind> = on!(tx.connection(), c => sqlx::query_as(sql).bind(&input.kind).fetch_optional(c).await?);
    if !kind.is_some_and(|kind| kind.excused && kind.offered_on(begins)) {
        return Ok(refused(UserErrorCode::NotFound, "kind", "there is no such kind of a day that need not be attended"));
    }
    let sql = "SELECT * FROM class_closure WHERE class = $1 AND begins <= $2 AND ends >= $3";
    let others: Vec<ClassClosure> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(class.id).bind(ends).bind(begins).fetch_all(c).await?);
    if others.iter().any(|other| days.iter().any(|day| other.holds_on(*day))) {
        return Ok(refused(
            UserErrorCode::Conflict,
            "begins",
            "the class is closed on one of these days already: take that back first",
        ));
    }
    let closure = ClassClosure {
        id: new_id(),
        school: class.school,
        class: class.id,
        kind: input.kind.clone(),
        begins,
        ends,
        reason,
        closed_by: tx.actor,
        withdrawn_on: None,
        by_name: Some(scope.viewer().name.clone()),
    };
    write(&mut tx, None, &closure).await?;
    let mut payload = ClassClosurePayload::default();
    let own = OwnDays::of(&mut tx, &class, (begins, ends)).await?;
    for day in days {
        let mut enrolled = enrolment::in_class_on(&mut tx, class.id, day).await?;
        enrolled.retain(|pupil| own.include(*pupil, day));
        let before = mark::newest(&mut tx, class.school, day, &enrolled).await?;
        let decided = |pupil: &&Uuid| before.get(*pupil).is_some_and(|mark| mark.office);
        let marks: Vec<AttendanceMark> =
            enrolled.iter().filter(|pupil| !decided(pupil)).map(|pupil| closure.mark(*pupil, day, &tx)).collect();
        payload.kept += enrolled.len() - marks.len();
        payload.marked += marks.len();
        mark::replace(&mut tx, class.school, day, &marks).await?;
        mark::insert(&mut tx, &marks).await?;
    }
    tx.commit().await?;
    Ok(ClassClosurePayload { closure: Some(closure), ..payload })
}

/// The days on which the class would have met.
async fn days(scope: &Scope, class: &Class, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<NaiveDate>> {
    let calendar = calendar::of_school(scope, class.school, (from, to), None).await?;
    let meets = |day: &NaiveDate| calendar.has_school(*day, &class.grades).unwrap_or_else(|| is_ordinary(*day));
    Ok(from.iter_days().take_while(|day| *day <= to).filter(meets).collect())
}

impl ClassClosure {
    /// Whether the class is closed on a day.
    pub(crate) fn holds_on(&self, day: NaiveDate) -> bool {
        self.begins <= day && day <= self.ends && self.withdrawn_on.is_none_or(|withdrawn| day < withdrawn)
    }

    pub(super) fn mark(&self, pupil: Uuid, day: NaiveDate, tx: &Tx) -> AttendanceMark {
        AttendanceMark {
            id: new_id(),
            pupil,
            day,
            known_from: tx.at,
            school: self.school,
            class: self.class,
            kind: Some(self.kind.clone()),
            late: false,
            left_early: false,
            place: AttendancePlace::Classroom,
            note: None,
            reason: Some(format!("学級閉鎖（{}）", self.reason)),
            marked_by: tx.actor,
            office: true,
            closure: Some(self.id),
            by_name: None,
        }
    }
}

async fn withdraw(scope: &Scope, input: &WithdrawClassClosureInput) -> Result<ClassClosurePayload> {
    let reason = match check::text(&input.reason, 500, "reason") {
        Ok(reason) => reason,
        Err(error) => return Ok(ClassClosurePayload { user_errors: vec![error], ..ClassClosurePayload::default() }),
    };
    let mut tx = scope.begin_because("closure of a class taken back", &reason).await?;
    let found: Option<ClassClosure> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM class_closure WHERE id = ");
        sql.push_bind(id::parse(&input.closure_id).unwrap_or_default()).push(" AND class IN ");
        scope.push_reach(&mut sql, Right::AttendanceDecide);
        sql.build_query_as().persistent(false).fetch_optional(c).await?
    });
    let Some(before) = found else {
        return Ok(refused(UserErrorCode::NotFound, "closureId", "there is no such closure that you may take back"));
    };
    let from = input.from.map_or(before.begins, |day| day.0);
    if from < before.begins || from > before.ends || before.withdrawn_on.is_some_and(|withdrawn| withdrawn <= from) {
        return Ok(refused(UserErrorCode::OutOfRange, "from", "the class is not closed on that day"));
    }
    scope.looks_at_class(before.class, Right::AttendanceDecide);
    tx.lock("class", &[before.class]).await?;
    let after = ClassClosure { withdrawn_on: Some(from), ..before.clone() };
    write(&mut tx, Some(&before), &after).await?;
    let sql = "SELECT pupil, day FROM attendance_mark WHERE class = $1 AND day >= $2 AND day <= $3 AND closure = $4 AND known_until = $5";
    let held: Vec<(Uuid, NaiveDate)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(after.class).bind(from).bind(after.ends)
        .bind(after.id).bind(not_replaced()).fetch_all(c).await?);
    let mut by_day: BTreeMap<NaiveDate, HashSet<Uuid>> = BTreeMap::new();
    for (pupil, day) in &held {
        by_day.entry(*day).or_default().insert(*pupil);
    }
    for (day, pupils) in by_day {
        let nothing = |pupil: &Uuid| AttendanceMark {
            kind: None,
            office: false,
            closure: None,
            reason: Some(reason.clone()),
            ..after.mark(*pupil, day, &tx)
        };
        let mut marks: Vec<AttendanceMark> = pupils.iter().map(nothing).collect();
        decide::put_back(&mut tx, (after.school, day), &mut marks).await?;
        let marks: Vec<_> = marks
            .into_iter()
            .map(|mark| AttendanceMark { id: new_id(), known_from: tx.at, marked_by: tx.actor, ..mark })
            .collect();
        mark::replace(&mut tx, after.school, day, &marks).await?;
        mark::insert(&mut tx, &marks).await?;
    }
    tx.commit().await?;
    Ok(ClassClosurePayload { closure: Some(after), marked: held.len(), ..ClassClosurePayload::default() })
}

async fn write(tx: &mut Tx, before: Option<&ClassClosure>, closure: &ClassClosure) -> Result<()> {
    let sql = "INSERT INTO class_closure (id, school, class, kind, begins, ends, reason, closed_by, withdrawn_on)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET withdrawn_on = excluded.withdrawn_on";
    let change = Change::new(closure.id, before, Some(closure));
    on!(tx.change("class_closure", &[change]).await?, c => sqlx::query(sql).bind(closure.id).bind(closure.school).bind(closure.class)
        .bind(&closure.kind).bind(closure.begins).bind(closure.ends).bind(&closure.reason).bind(closure.closed_by)
        .bind(closure.withdrawn_on).execute(c).await?.rows_affected());
    Ok(())
}

/// The closures of these classes that touch some days. The caller has checked the classes against the scope.
pub(crate) async fn of_classes(scope: &Scope, classes: &[Uuid], (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<ClassClosure>> {
    let mut found = Vec::new();
    for chunk in classes.chunks(500) {
        let some: Vec<ClassClosure> = on!(scope.read(), c => {
            let mut sql = sqlx::QueryBuilder::new(
                "SELECT x.*, s.name AS by_name FROM class_closure x LEFT JOIN staff s ON s.id = x.closed_by WHERE x.ends >= ");
            sql.push_bind(from).push(" AND x.begins <= ").push_bind(to).push(" AND x.class IN (");
            crate::db::bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") ORDER BY x.begins, x.id").build_query_as().fetch_all(c).await?
        });
        found.extend(some);
    }
    Ok(found)
}
