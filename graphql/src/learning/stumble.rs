//! Where a class stumbles (つまずき): the questions, or the codes of the course of study, that pupils answered wrong. Counted, never ranked by pupil.
use crate::access::scope::Scope;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::roster::span::Span;
use async_graphql::{Enum, SimpleObject};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use uuid::Uuid;

/// What answers are counted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum StumbleBy {
    /// By question: the `objectId` of the answers.
    Question,
    /// By 学習指導要領コード; answers without one are left out.
    CourseOfStudyCode,
}

/// What a class stumbles on: the answers to one question, or to all questions of one code. Answers that say neither right nor wrong are not
/// counted.
#[derive(sqlx::FromRow, SimpleObject, Clone, Debug, PartialEq)]
pub struct Stumble {
    /// The question's `objectId`, or the code.
    pub key: String,
    /// The question's name, of its answers the last by the alphabet; null where no app has told it, and for codes.
    pub name: Option<String>,
    /// The subject that was told with the answers, one of them where there are several; null where none was.
    pub subject: Option<String>,
    /// 学習指導要領コード; one of them where there are several, null where none was told.
    pub course_of_study_code: Option<String>,
    /// How many questions these are; 1 for a question.
    pub questions: i64,
    /// How many pupils answered.
    pub pupils: i64,
    /// How many of them were wrong at least once.
    pub pupils_wrong: i64,
    /// How many of them were never right with some question that they answered.
    pub pupils_never_right: i64,
    /// How many answers there were; the same question may be answered again.
    pub answers: i64,
    /// How many of them were wrong.
    pub wrong: i64,
}

/// What fewer have answered is not something on which the class stumbles.
const TOGETHER: i64 = 3;
/// At most so many are told at once.
const MOST: usize = 200;

/// What pupils were wrong with in some days, what most pupils never had right first.
/// Only answers that the viewer may see are counted.
pub(super) async fn of(
    scope: &Scope,
    pupils: &[Uuid],
    days: (NaiveDate, NaiveDate),
    by: StumbleBy,
    first: usize,
) -> Result<Vec<Stumble>> {
    if !(1..=MOST).contains(&first) {
        return Err(Error::BadInput(format!("`first` is not from 1 to {MOST}")));
    }
    let Some(pupil) = pupils.first() else { return Ok(Vec::new()) };
    let Span { from, to, .. } = Span::new(*pupil, days.0, days.1)?;
    let (key, code, name) = match by {
        StumbleBy::Question => ("q.object_id", "TRUE", "max(q.name)"),
        StumbleBy::CourseOfStudyCode => ("q.code", "q.code IS NOT NULL", "NULL"),
    };
    let first = first.cast_signed() as i64;
    Ok(on!(scope.read(), c => {
        // Each pupil's answers to each question first: who was right in the end is right.
        let mut sql = QueryBuilder::new(format!("SELECT {key} AS key, {name} AS name, max(q.subject) AS subject, max(q.code) AS course_of_study_code,
                count(DISTINCT q.object_id) AS questions, count(DISTINCT q.pupil) AS pupils,
                count(DISTINCT CASE WHEN q.wrong > 0 THEN q.pupil END) AS pupils_wrong,
                count(DISTINCT CASE WHEN q.wrong = q.answers THEN q.pupil END) AS pupils_never_right,
                CAST(sum(q.answers) AS BIGINT) AS answers, CAST(sum(q.wrong) AS BIGINT) AS wrong
            FROM (SELECT a.pupil, a.object_id, max(a.object_name) AS name, max(a.subject) AS subject, max(a.course_of_study_code) AS code,
                      count(*) AS answers, sum(CASE WHEN a.success THEN 0 ELSE 1 END) AS wrong
                  FROM activity a WHERE a.verb = 'ANSWERED' AND a.success IS NOT NULL AND a.withdrawn_at IS NULL AND a.day >= "));
        sql.push_bind(from).push(" AND a.day <= ").push_bind(to).push(" AND a.pupil IN (");
        bind_ids(&mut sql, pupils.iter().copied());
        sql.push(") AND ");
        scope.push_learning_reach(&mut sql, "a");
        sql.push(format!(" GROUP BY a.pupil, a.object_id) q WHERE {code} GROUP BY {key} HAVING sum(q.wrong) > 0 AND count(DISTINCT q.pupil) >= "));
        sql.push_bind(TOGETHER).push(" ORDER BY pupils_never_right DESC, pupils_wrong DESC, wrong DESC, key LIMIT ").push_bind(first);
        sql.build_query_as().fetch_all(c).await?
    }))
}
