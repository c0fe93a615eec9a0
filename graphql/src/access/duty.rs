//! Duties: who is what, over whom, from when to when. Access follows from them and ends with them.
use super::right::Right;
use super::scope::Scope;
use super::tx::{Put, Tx};
use crate::clock::{NO_END, new_id};
use crate::db::{Db, bind_ids, on, push_ids};
use crate::error::Result;
use async_graphql::Enum;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Who the operator's duty is held by.
pub const OPERATOR: Uuid = Uuid::nil();

/// What a person or a program is to a school.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DutyKind {
    /// 管理職: headmaster or deputy head.
    Head,
    /// 学年主任: head of a grade.
    GradeHead,
    /// 学級担任: homeroom teacher.
    HomeroomTeacher,
    /// 教科担任: subject teacher.
    SubjectTeacher,
    /// 教務: keeps the roster.
    AcademicAffairs,
    /// 養護教諭: school nurse.
    Nurse,
    /// スクールカウンセラー・スクールソーシャルワーカー: the pupils whom they are asked to look after.
    Counsellor,
    /// 教育委員会: the board; totals, not single pupils.
    BoardOfficial,
    /// ICT支援員: accounts, no content.
    IctSupport,
    /// A program.
    App,
    /// Whoever runs the server.
    Operator,
}

impl DutyKind {
    /// The duties that people hold, with the names that the command line uses.
    pub const OF_STAFF: [(&str, DutyKind); 9] = [
        ("head", DutyKind::Head),
        ("grade-head", DutyKind::GradeHead),
        ("homeroom-teacher", DutyKind::HomeroomTeacher),
        ("subject-teacher", DutyKind::SubjectTeacher),
        ("academic-affairs", DutyKind::AcademicAffairs),
        ("nurse", DutyKind::Nurse),
        ("counsellor", DutyKind::Counsellor),
        ("board-official", DutyKind::BoardOfficial),
        ("ict-support", DutyKind::IctSupport),
    ];
}

/// One duty, over a board, a school, a grade of a school, or a class.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Duty {
    /// The duty's id.
    pub id: Uuid,
    /// The member of staff or the app that holds it.
    pub holder: Uuid,
    /// What it is.
    pub kind: DutyKind,
    /// The school; `None` for the whole board.
    pub school: Option<Uuid>,
    /// The grade, such as `P5`; empty for all.
    pub grade: String,
    /// The class; `None` for all.
    pub class: Option<Uuid>,
    /// The first day.
    pub begins: NaiveDate,
    /// The last day.
    pub ends: NaiveDate,
}

/// The rights that a holder's duties give on a day, each with the duties that give it. For a pupil being enrolled is the duty, and for a
/// guardian a child whose record is shown to them: these have no kind of their own. What the board has opened it sees by its duty.
pub(crate) async fn rights_of(db: &Db, holder: Uuid, day: NaiveDate) -> Result<Vec<(Right, Option<DutyKind>)>> {
    let sql = "SELECT DISTINCT r.right_to, d.kind FROM duty d JOIN duty_right r ON r.duty = d.kind
               WHERE d.holder = $1 AND d.begins <= $2 AND d.ends >= $2
               UNION
               SELECT r.right_to, NULL FROM duty_right r WHERE r.duty = 'PUPIL' AND EXISTS
                   (SELECT 1 FROM enrolment e WHERE e.pupil = $1 AND e.begins <= $2 AND e.ends >= $2
                    AND e.known_until = '9999-12-31T00:00:00+00:00')
               UNION
               SELECT r.right_to, NULL FROM duty_right r WHERE r.duty = 'GUARDIAN' AND EXISTS
                   (SELECT 1 FROM guardian_reach g WHERE g.holder = $1 AND g.begins <= $2 AND g.ends >= $2)
               UNION
               SELECT r.right_to, 'BOARD_OFFICIAL' FROM duty_right r WHERE r.duty = 'RECORD_OPENING' AND EXISTS
                   (SELECT 1 FROM opening_reach o WHERE o.holder = $1 AND o.begins <= $2 AND o.ends >= $2)";
    let rows: Vec<(String, Option<DutyKind>)> =
        on!(db.reader(), c => sqlx::query_as(sql).bind(holder).bind(day).fetch_all(c).await?);
    Ok(rows.into_iter().filter_map(|(name, kind)| Right::of_name(&name).map(|right| (right, kind))).collect())
}

/// The duties that a viewer holds today.
pub(crate) async fn of_viewer(scope: &Scope) -> Result<Vec<Duty>> {
    let sql = "SELECT * FROM duty WHERE holder = $1 AND begins <= $2 AND ends >= $2 ORDER BY id";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.today()).fetch_all(c).await?))
}

/// Every duty of these people, past, present and to come, the latest first. The caller leaves out what the viewer may not see.
pub(crate) async fn of_holders(scope: &Scope, holders: &[Uuid]) -> Result<Vec<Duty>> {
    let mut duties = Vec::new();
    for chunk in holders.chunks(500) {
        let some: Vec<Duty> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new("SELECT * FROM duty WHERE ends >= begins AND holder IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") ORDER BY begins DESC, id").build_query_as().fetch_all(c).await?
        });
        duties.extend(some);
    }
    Ok(duties)
}

/// Every duty of somebody, for a write that changes one.
pub(crate) async fn held_by(tx: &mut Tx, holder: Uuid) -> Result<Vec<Duty>> {
    Ok(
        on!(tx.connection(), c => sqlx::query_as("SELECT * FROM duty WHERE holder = $1 ORDER BY id").bind(holder).fetch_all(c).await?),
    )
}

/// A duty as it stands, for a write that has yet to check whose it is.
pub(crate) async fn within(tx: &mut Tx, schools: &BTreeSet<Uuid>, id: Uuid) -> Result<Option<Duty>> {
    Ok(on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM duty WHERE id = ");
        sql.push_bind(id).push(" AND school IN ");
        push_ids(&mut sql, schools.iter().copied());
        sql.build_query_as().fetch_optional(c).await?
    }))
}

/// Writes duties; one that is there already is changed.
pub(crate) async fn put(tx: &mut Tx, duties: &[Duty]) -> Result<Put> {
    let mut total = Put::default();
    for chunk in duties.chunks(500) {
        let difference = tx.compare("SELECT * FROM duty WHERE id IN (", chunk, |duty| duty.id).await?;
        total += difference.put;
        if difference.write.is_empty() {
            continue;
        }
        let sql = "INSERT INTO duty (id, holder, kind, school, grade, class, begins, ends) ";
        on!(tx.change("duty", &difference.changes).await?, c => QueryBuilder::new(sql).push_values(&difference.write, |mut row, duty| {
            row.push_bind(duty.id).push_bind(duty.holder).push_bind(duty.kind).push_bind(duty.school)
                .push_bind(duty.grade.clone()).push_bind(duty.class).push_bind(duty.begins).push_bind(duty.ends);
        }).push(" ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, kind = excluded.kind, school = excluded.school,
                 grade = excluded.grade, class = excluded.class, begins = excluded.begins, ends = excluded.ends")
          .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(total)
}

/// Ends every duty of a holder with a last day; one that would only begin after it never begins. Returns how many.
pub async fn end_all(scope: &Scope, holder: Uuid, last: NaiveDate) -> Result<usize> {
    let mut tx = scope.begin("duties ended").await?;
    let sql = "SELECT * FROM duty WHERE holder = $1 AND ends > $2 ORDER BY id";
    let mut duties: Vec<Duty> = on!(tx.connection(), c => sqlx::query_as(sql).bind(holder).bind(last).fetch_all(c).await?);
    for duty in &mut duties {
        duty.ends = last;
    }
    let put = put(&mut tx, &duties).await?;
    tx.commit().await?;
    Ok(put.changed)
}

/// Gives the operator its duty over the board, once.
pub(crate) async fn install_operator(db: &Db) -> sqlx::Result<()> {
    let sql = "INSERT INTO duty (id, holder, kind, school, grade, class, begins, ends)
               VALUES ($1, $1, $2, NULL, '', NULL, $3, $4) ON CONFLICT (id) DO NOTHING";
    let mut tx = db.begin().await?;
    let ever = NaiveDate::from_ymd_opt(1, 1, 1).expect("a date of the calendar");
    on!(&mut tx, c => sqlx::query(sql).bind(OPERATOR).bind(DutyKind::Operator).bind(ever).bind(NO_END).execute(&mut **c).await?.rows_affected());
    on!(tx, c => c.commit().await)
}

/// A new duty with an id of its own.
#[must_use]
pub fn new(holder: Uuid, kind: DutyKind, school: Option<Uuid>, class: Option<Uuid>, begins: NaiveDate) -> Duty {
    Duty { id: new_id(), holder, kind, school, grade: String::new(), class, begins, ends: NO_END }
}
