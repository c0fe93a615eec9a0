//! Marks by lesson (欠課): a pupil who was not in a lesson, came late to it or left it. Who is not listed was there.
use super::timetable;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::calendar;
use crate::clock::{new_id, not_replaced};
use crate::db::{bind_ids, on};
use crate::error::{Result, UserError, UserErrorCode};
use crate::id;
use crate::learning::activity::{RejectedItem, check};
use crate::roster::class;
use crate::roster::enrolment;
use crate::scalar::{Day, Timestamp};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What a teacher saw in a lesson.
#[derive(Enum, sqlx::Type, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LessonMarkKind {
    /// 欠課: not in the lesson.
    Missed,
    /// 遅れ: came to it late.
    Late,
    /// 途中退室: left it.
    Left,
}

/// A lesson that a pupil missed, wholly or in part.
#[derive(SimpleObject, Clone, Debug)]
pub struct MissedLesson {
    /// The pupil.
    pub pupil_id: ID,
    /// The class whose lesson it was.
    pub class_id: ID,
    /// The day.
    pub day: Day,
    /// The period, from 1.
    pub period: i32,
    /// The subject by the timetable of the class; null where it has none.
    pub subject: Option<String>,
    /// What was seen.
    pub kind: LessonMarkKind,
    /// Who marked it; null if it is nobody who is here by name.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A pupil's mark in a lesson.
#[derive(InputObject, Clone, Debug)]
pub struct LessonMarkInput {
    /// The pupil, by the UUID of the roster.
    pub pupil_id: ID,
    /// What was seen; null if the pupil was there after all.
    pub kind: Option<LessonMarkKind>,
}

/// A lesson to mark.
#[derive(InputObject, Clone, Debug)]
pub struct MarkLessonInput {
    /// The class, a homeroom or a lesson, by the UUID of the roster.
    pub class_id: ID,
    /// The day; today if not said.
    pub day: Option<Day>,
    /// The period, 1 to 10.
    pub period: i32,
    /// Who was not simply there, at most 1,000. Pupils who are not listed stay as they are.
    pub marks: Vec<LessonMarkInput>,
}

/// What became of the marks.
#[derive(SimpleObject, Default)]
pub struct MarkLessonPayload {
    /// How many marks are other than before; what was marked before is kept.
    pub changed: usize,
    /// How many were just so already.
    pub unchanged: usize,
    /// Marks that were not taken; the others are not affected.
    pub rejected: Vec<RejectedItem>,
    /// What is wrong with the call as a whole; nothing of it was stored then.
    pub user_errors: Vec<UserError>,
}

/// What may be done with lessons.
#[derive(Default)]
pub struct LessonMutation;

#[Object]
impl LessonMutation {
    /// Marks who missed a lesson, guests of the class (交流) among them. The register of the day is not changed by it.
    async fn mark_lesson(&self, ctx: &Context<'_>, input: MarkLessonInput) -> Result<MarkLessonPayload> {
        mark(Scope::with(ctx, Right::LessonWrite)?, &input).await
    }
}

async fn mark(scope: &Scope, input: &MarkLessonInput) -> Result<MarkLessonPayload> {
    let refused = |code, field: &str, message: &str| {
        Ok(MarkLessonPayload { user_errors: vec![UserError::new(code, field, message)], ..MarkLessonPayload::default() })
    };
    let Some(class) = class::find(scope, Right::LessonWrite, id::parse(&input.class_id).unwrap_or_default()).await? else {
        return refused(UserErrorCode::NotFound, "classId", "there is no such class whose lessons you may mark");
    };
    let day = input.day.map_or_else(|| scope.today(), |day| day.0);
    if day > scope.today() {
        return refused(UserErrorCode::InTheFuture, "day", "the day has not come yet");
    }
    let calendar = calendar::of_school(scope, class.school, (day, day), None).await?;
    if calendar.has_school(day, &class.grades) == Some(false) {
        let message = "the school's calendar has no school that day: where there is, the office changes the calendar first";
        return refused(UserErrorCode::Conflict, "day", message);
    }
    if !(1..=10).contains(&input.period) {
        return refused(UserErrorCode::OutOfRange, "period", "a period is 1 to 10");
    }
    if input.marks.len() > 1_000 {
        return refused(UserErrorCode::TooMany, "marks", "send at most 1,000 marks a call");
    }
    let mut payload = MarkLessonPayload::default();
    let mut tx = scope.begin("lesson marked").await?;
    tx.lock("class", &[class.id]).await?;
    let there = enrolment::at_lessons_on(&mut tx, class.id, day).await?;
    let mut wanted: BTreeMap<Uuid, Option<LessonMarkKind>> = BTreeMap::new();
    for (index, item) in input.marks.iter().enumerate() {
        let checked = check::uuid(&item.pupil_id, "pupilId").and_then(|pupil| match there.contains(&pupil) {
            false => Err(UserError::new(UserErrorCode::NotFound, "pupilId", "the pupil is not in this class on that day")),
            true if wanted.contains_key(&pupil) => {
                Err(UserError::new(UserErrorCode::Conflict, "pupilId", "this pupil is in the list before: send each pupil once"))
            }
            true => Ok(pupil),
        });
        match checked {
            Ok(pupil) => drop(wanted.insert(pupil, item.kind)),
            Err(error) => payload.rejected.push(RejectedItem::new(index, &item.pupil_id, error)),
        }
    }
    let sql = "SELECT pupil, kind FROM lesson_mark WHERE class = $1 AND day = $2 AND period = $3 AND known_until = $4";
    let held: Vec<(Uuid, Option<LessonMarkKind>)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(class.id).bind(day)
        .bind(input.period).bind(not_replaced()).fetch_all(c).await?);
    let held: HashMap<Uuid, Option<LessonMarkKind>> = held.into_iter().collect();
    let (at, actor) = (tx.at, tx.actor);
    for (pupil, kind) in wanted {
        if held.get(&pupil).copied().flatten() == kind {
            payload.unchanged += 1;
            continue;
        }
        payload.changed += 1;
        let sql = "UPDATE lesson_mark SET known_until = $1 WHERE pupil = $2 AND day = $3 AND period = $4 AND class = $5 AND known_until = $6";
        on!(tx.connection(), c => sqlx::query(sql).bind(at).bind(pupil).bind(day).bind(input.period).bind(class.id).bind(not_replaced())
            .execute(c).await?.rows_affected());
        let sql = "INSERT INTO lesson_mark (id, pupil, day, period, known_from, known_until, school, class, kind, marked_by)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        on!(tx.connection(), c => sqlx::query(sql).bind(new_id()).bind(pupil).bind(day).bind(input.period).bind(at).bind(not_replaced())
            .bind(class.school).bind(class.id).bind(kind).bind(actor).execute(c).await?.rows_affected());
    }
    tx.commit().await?;
    Ok(payload)
}

#[derive(sqlx::FromRow)]
struct Row {
    pupil: Uuid,
    class: Uuid,
    day: NaiveDate,
    period: i32,
    known_from: DateTime<Utc>,
    kind: LessonMarkKind,
    by_name: Option<String>,
}

const COLUMNS: &str = "SELECT m.pupil, m.class, m.day, m.period, m.known_from, m.kind, COALESCE(s.name, a.name) AS by_name
    FROM lesson_mark m LEFT JOIN staff s ON s.id = m.marked_by LEFT JOIN app a ON a.id = m.marked_by
    WHERE m.kind IS NOT NULL AND m.known_until = ";

/// Whose lessons are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// A class's own; the caller has checked it against the scope.
    Class(Uuid),
    /// A pupil's, in every class through which the viewer sees the pupil's school.
    Pupil(Uuid),
}

/// The lessons that were missed on some days, by day, period and pupil.
pub(crate) async fn missed(scope: &Scope, whose: Whose, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<MissedLesson>> {
    let rows: Vec<Row> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push_bind(not_replaced()).push(" AND m.day >= ").push_bind(from).push(" AND m.day <= ").push_bind(to).push(" AND ");
        match whose {
            Whose::Class(class) => drop(sql.push("m.class IN (").push_bind(class)),
            Whose::Pupil(pupil) => {
                scope.push_pupil_reach(&mut sql, Right::AttendanceRead, "m");
                sql.push(" AND m.pupil IN (");
                bind_ids(&mut sql, [pupil]);
            }
        }
        sql.push(") ORDER BY m.day, m.period, m.pupil").build_query_as().fetch_all(c).await?
    });
    let classes: Vec<Uuid> = rows.iter().map(|row| row.class).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    let lessons = timetable::of_classes(scope, &classes, (from, to)).await?;
    let missed = rows.into_iter().map(|row| MissedLesson {
        pupil_id: id::of(row.pupil),
        class_id: id::of(row.class),
        day: Day(row.day),
        period: row.period,
        subject: timetable::subject(&lessons, row.class, row.day, row.period).map(str::to_owned),
        kind: row.kind,
        by: row.by_name,
        at: row.known_from.into(),
    });
    Ok(missed.collect())
}
