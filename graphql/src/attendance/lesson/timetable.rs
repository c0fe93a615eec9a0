//! The timetable (時間割) of a class: which subject stands in which period of a weekday, from a day on.
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Change;
use crate::clock::{NO_END, new_id};
use crate::db::on;
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::check;
use crate::roster::class;
use crate::scalar::Day;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use std::collections::HashSet;
use uuid::Uuid;

/// A lesson of the week.
#[derive(sqlx::FromRow, Serialize, Clone, Debug, PartialEq)]
pub struct TimetableLesson {
    pub(crate) id: Uuid,
    pub(crate) school: Uuid,
    pub(crate) class: Uuid,
    pub(crate) weekday: i32,
    pub(crate) period: i32,
    pub(crate) subject: String,
    pub(crate) begins: NaiveDate,
    pub(crate) ends: NaiveDate,
}

/// A lesson of a class's week.
#[Object]
impl TimetableLesson {
    /// The weekday, 1 for Monday to 7.
    async fn weekday(&self) -> i32 {
        self.weekday
    }
    /// The period, from 1.
    async fn period(&self) -> i32 {
        self.period
    }
    /// The subject.
    async fn subject(&self) -> &str {
        &self.subject
    }
}

/// A lesson of the week to set.
#[derive(InputObject, Clone, Debug)]
pub struct LessonInput {
    /// The weekday, 1 for Monday to 7.
    pub weekday: i32,
    /// The period, 1 to 10.
    pub period: i32,
    /// The subject, 1 to 40 characters.
    pub subject: String,
}

/// A class's week to set.
#[derive(InputObject, Clone, Debug)]
pub struct SetTimetableInput {
    /// The class, a homeroom or a lesson, by the UUID of the roster.
    pub class_id: ID,
    /// From this day on; the week before keeps what it had.
    pub from: Day,
    /// The lessons of the week, at most 70. What is not among them is not taught any more.
    pub lessons: Vec<LessonInput>,
    /// Why it is changed, up to 500 characters.
    pub reason: Option<String>,
}

/// What became of a timetable.
#[derive(SimpleObject)]
pub struct SetTimetablePayload {
    /// The week as it is from that day on; empty if nothing was changed.
    pub lessons: Vec<TimetableLesson>,
    /// What is wrong with the input; nothing was changed then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with timetables.
#[derive(Default)]
pub struct TimetableMutation;

#[Object]
impl TimetableMutation {
    /// Sets the week of a class from a day on. Schools that keep no marks by lesson need none.
    async fn set_timetable(&self, ctx: &Context<'_>, input: SetTimetableInput) -> Result<SetTimetablePayload> {
        Ok(match set(Scope::with(ctx, Right::CalendarWrite)?, &input).await? {
            Ok(lessons) => SetTimetablePayload { lessons, user_errors: vec![] },
            Err(error) => SetTimetablePayload { lessons: vec![], user_errors: vec![error] },
        })
    }
}

async fn set(scope: &Scope, input: &SetTimetableInput) -> Result<Result<Vec<TimetableLesson>, UserError>> {
    let Some(class) = class::find(scope, Right::CalendarWrite, id::parse(&input.class_id).unwrap_or_default()).await? else {
        return Ok(Err(UserError::new(UserErrorCode::NotFound, "classId", "there is no such class whose timetable you may set")));
    };
    if let Err(error) = checked(&input.lessons) {
        return Ok(Err(error));
    }
    let why = input.reason.as_deref().map(str::trim).filter(|why| !why.is_empty());
    let why = match why.map(|why| check::text(why, 500, "reason")).transpose() {
        Ok(why) => why.unwrap_or_default(),
        Err(error) => return Ok(Err(error)),
    };
    let mut tx = scope.begin_because("timetable set", &why).await?;
    tx.lock("class", &[class.id]).await?;
    let from = input.from.0;
    let sql = "SELECT * FROM timetable_lesson WHERE class = $1 AND ends >= $2";
    let running: Vec<TimetableLesson> =
        on!(tx.connection(), c => sqlx::query_as(sql).bind(class.id).bind(from).fetch_all(c).await?);
    for before in running {
        // What began on this day or later never was.
        let after = TimetableLesson { ends: from.pred_opt().unwrap_or(from), ..before.clone() };
        let change = Change::new(before.id, Some(&before), Some(&after));
        let sql = "UPDATE timetable_lesson SET ends = $2 WHERE id = $1";
        on!(tx.change("timetable_lesson", &[change]).await?, c => sqlx::query(sql).bind(after.id).bind(after.ends).execute(c).await?
            .rows_affected());
    }
    let mut lessons = Vec::new();
    for lesson in &input.lessons {
        let LessonInput { weekday, period, subject } = lesson.clone();
        let new = TimetableLesson {
            id: new_id(),
            school: class.school,
            class: class.id,
            weekday,
            period,
            subject,
            begins: from,
            ends: NO_END,
        };
        let sql = "INSERT INTO timetable_lesson (id, school, class, weekday, period, subject, begins, ends)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        on!(tx.change("timetable_lesson", &[Change::new(new.id, None, Some(&new))]).await?, c => sqlx::query(sql).bind(new.id)
            .bind(new.school).bind(new.class).bind(new.weekday).bind(new.period).bind(&new.subject).bind(new.begins).bind(new.ends)
            .execute(c).await?.rows_affected());
        lessons.push(new);
    }
    tx.commit().await?;
    Ok(Ok(lessons))
}

fn checked(lessons: &[LessonInput]) -> Result<(), UserError> {
    if lessons.len() > 70 {
        return Err(UserError::new(UserErrorCode::TooMany, "lessons", "a week has at most 70 lessons"));
    }
    let mut taken = HashSet::new();
    for lesson in lessons {
        check::text(&lesson.subject, 40, "lessons.subject")?;
        if !(1..=7).contains(&lesson.weekday) || !(1..=10).contains(&lesson.period) {
            let message = "a weekday is 1 (Monday) to 7, a period 1 to 10";
            return Err(UserError::new(UserErrorCode::OutOfRange, "lessons.weekday", message));
        }
        if !taken.insert((lesson.weekday, lesson.period)) {
            return Err(UserError::new(UserErrorCode::Conflict, "lessons.period", "a class has one lesson in a period"));
        }
    }
    Ok(())
}

/// The lessons of some classes that are taught on any of some days. The caller has checked the classes against the scope.
pub(crate) async fn of_classes(
    scope: &Scope,
    classes: &[Uuid],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<TimetableLesson>> {
    let mut found = Vec::new();
    for chunk in classes.chunks(500) {
        let some: Vec<TimetableLesson> = on!(scope.read(), c => {
            let mut sql = sqlx::QueryBuilder::new("SELECT * FROM timetable_lesson WHERE begins <= ");
            sql.push_bind(to).push(" AND ends >= ").push_bind(from).push(" AND class IN (");
            crate::db::bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") ORDER BY weekday, period, begins").build_query_as().fetch_all(c).await?
        });
        found.extend(some);
    }
    Ok(found)
}

/// The subject of a class's period on a day; `None` where the timetable has none.
pub(crate) fn subject(lessons: &[TimetableLesson], class: Uuid, day: NaiveDate, period: i32) -> Option<&str> {
    let weekday = i32::try_from(day.weekday().number_from_monday()).ok()?;
    let is = |lesson: &&TimetableLesson| {
        (lesson.class, lesson.weekday, lesson.period) == (class, weekday, period) && lesson.begins <= day && day <= lesson.ends
    };
    lessons.iter().find(is).map(|lesson| lesson.subject.as_str())
}
