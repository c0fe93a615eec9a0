//! Marks (出欠の印): what holds of a pupil's school day, who said so and when, and everything that was said before.
use super::kind::{AttendanceKind, KindOf};
use super::recognition::{AttendanceRecognition, RecognitionsOf};
use crate::access::reach;
use crate::access::reached::OF_REACHED;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::days::Days;
use crate::db::{Among, bind_ids, on};
use crate::error::{Error, Result};
use crate::roster::span::Span;
use crate::scalar::{Day, Timestamp};
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// Where a pupil was on a day of attendance, apart from what the register counts.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttendancePlace {
    /// 教室: with the class.
    Classroom,
    /// 別室: another room of the school.
    OtherRoom,
    /// 保健室: the nurse's room.
    NurseRoom,
    /// 教育支援センター, フリースクール and the like.
    SupportCentre,
    /// 自宅のICT学習: learning at home that counts as attendance.
    Home,
}

/// One marking of a pupil's day.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq)]
pub struct AttendanceMark {
    pub(crate) id: Uuid,
    /// The pupil.
    pub pupil: Uuid,
    /// The school day.
    pub day: NaiveDate,
    /// When it was marked.
    pub known_from: DateTime<Utc>,
    /// The school.
    pub school: Uuid,
    /// The class in which it was marked.
    pub class: Uuid,
    /// The code of the kind; `None` where a mark was taken away.
    pub kind: Option<String>,
    /// 遅刻.
    pub late: bool,
    /// 早退.
    pub left_early: bool,
    /// Where the pupil was.
    pub place: AttendancePlace,
    /// What was noted.
    pub note: Option<String>,
    /// Why a past day was changed.
    pub reason: Option<String>,
    /// Who marked it.
    pub marked_by: Uuid,
    /// Whether the office decided it.
    pub office: bool,
    /// The closure of the class that it follows from.
    pub closure: Option<Uuid>,
    #[sqlx(default)]
    pub(crate) by_name: Option<String>,
}

/// What holds of a pupil's school day, or held before it was marked anew.
#[Object]
impl AttendanceMark {
    /// The school day.
    async fn day(&self) -> Day {
        Day(self.day)
    }
    /// What the mark says; null only in a history, where a mark was taken away.
    async fn kind(&self, ctx: &Context<'_>) -> Result<Option<AttendanceKind>> {
        let Some(code) = self.kind.clone() else { return Ok(None) };
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(KindOf(code)).await
    }
    /// 遅刻: came late. Only on days of attendance.
    async fn late(&self) -> bool {
        self.late
    }
    /// 早退: left early. Only on days of attendance.
    async fn left_early(&self) -> bool {
        self.left_early
    }
    /// Where the pupil was, apart from what the register counts.
    async fn place(&self) -> AttendancePlace {
        self.place
    }
    /// What was noted, such as what a guardian said; null unless you take the attendance of this pupil in the school that marked it, or
    /// decide over the attendance of the class.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        of_those_who_mark(ctx, &self.here(), self.note.as_deref()).await
    }
    /// Who marked it; null if it is nobody who is here by name.
    async fn by(&self) -> Option<&str> {
        self.by_name.as_deref()
    }
    /// When it was marked.
    async fn at(&self) -> Timestamp {
        self.known_from.into()
    }
    /// Why a past day was changed, or why the office decided so; null for whom `note` is.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        of_those_who_mark(ctx, &self.here(), self.reason.as_deref()).await
    }
    /// Whether the office decided it: a homeroom's marking does not replace it.
    async fn office(&self) -> bool {
        self.office
    }
    /// Whether it follows from a closure of the class (学級閉鎖).
    async fn class_closed(&self) -> bool {
        self.closure.is_some()
    }
    /// What the homeroom had said of the day before the office decided; null where the office did not, or nothing had been said.
    #[graphql(complexity = "10 + child_complexity")]
    async fn overruled(&self, ctx: &Context<'_>) -> Result<Option<AttendanceMark>> {
        if !self.office {
            return Ok(None);
        }
        Scope::with(ctx, Right::AttendanceRead)?;
        let key = HomeroomSaid { pupil: self.pupil, day: self.day };
        let former = ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default();
        Ok(former.into_iter().find(|mark| mark.school == self.school && mark.known_from <= self.known_from))
    }
    /// Who decided that being there is attendance (出席扱い); null where the pupil was with the class, or nobody has decided.
    #[graphql(complexity = "10 + child_complexity")]
    async fn recognised_by(&self, ctx: &Context<'_>) -> Result<Option<AttendanceRecognition>> {
        if self.place == AttendancePlace::Classroom {
            return Ok(None);
        }
        let key = RecognitionsOf { pupil: self.pupil, school: self.school };
        let decided = ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default();
        Ok(decided.into_iter().find(|decided| decided.covers(self.place, self.day)))
    }
}

/// Of whom something was written, in which class of which school.
pub(super) struct Written {
    pub(super) pupil: Uuid,
    pub(super) school: Uuid,
    pub(super) class: Uuid,
}

/// What is written for those who take the pupil's attendance in that school: neither for the pupil, who may not know what a guardian told
/// the teacher, nor for whoever sees the day alone, nor for the next school, to which the days were handed over and not the words. The
/// office goes on reading what stands in the register of its class when the pupil has left.
pub(super) async fn of_those_who_mark<'a>(ctx: &Context<'_>, of: &Written, words: Option<&'a str>) -> Result<Option<&'a str>> {
    if words.is_none() || reach::of_records(ctx, of.pupil, of.school).await?.contains(&Right::AttendanceWrite) {
        return Ok(words);
    }
    let decides = reach::of_class(ctx, of.class).await?.contains(&Right::AttendanceDecide);
    Ok(words.filter(|_| decides))
}

impl AttendanceMark {
    pub(super) fn here(&self) -> Written {
        Written { pupil: self.pupil, school: self.school, class: self.class }
    }

    /// Whether two markings say the same.
    pub(crate) fn says(&self, other: &AttendanceMark) -> bool {
        let of = |mark: &AttendanceMark| (mark.kind.clone(), mark.late, mark.left_early, mark.place, mark.note.clone());
        of(self) == of(other)
    }
}

macro_rules! fields {
    () => {
        "m.id, m.pupil, m.day, m.known_from, m.school, m.class, m.kind, m.late, m.left_early, m.place, m.note, m.reason, m.marked_by, m.office, m.closure"
    };
}
macro_rules! by_name {
    () => {
        "COALESCE(s.name, a.name) AS by_name"
    };
}
macro_rules! from_named {
    () => {
        "FROM attendance_mark m LEFT JOIN staff s ON s.id = m.marked_by LEFT JOIN app a ON a.id = m.marked_by"
    };
}
/// What a mark holds, but for the name of who made it.
pub(super) const FIELDS: &str = fields!();
/// The name of who made a mark, from [`FROM_NAMED`].
pub(super) const BY_NAME: &str = by_name!();
/// Marks with who made them.
pub(super) const FROM_NAMED: &str = from_named!();
/// The whole of marks.
pub(super) const COLUMNS: &str = concat!("SELECT ", fields!(), ", ", by_name!(), " ", from_named!());

/// The marks that hold of some days of a pupil, as a key to load many pupils' at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MarksOf(pub(crate) Span);

#[async_trait]
impl Loader<MarksOf> for Scope {
    type Value = Vec<AttendanceMark>;
    type Error = Error;

    async fn load(&self, keys: &[MarksOf]) -> Result<HashMap<MarksOf, Vec<AttendanceMark>>> {
        let mut found: HashMap<MarksOf, Vec<AttendanceMark>> = HashMap::new();
        for ((from, to), pupils) in Span::by_days(keys.iter().map(|key| key.0)) {
            let mut marks: Vec<AttendanceMark> = on!(self.read(), c => {
                let mut sql = self.reached(Right::AttendanceRead, &pupils);
                sql.push(COLUMNS).push(" WHERE m.kind IS NOT NULL AND m.known_until = '9999-12-31T00:00:00+00:00' AND m.day >= ");
                sql.push_bind(from).push(" AND m.day <= ").push_bind(to).push(" AND ").push(OF_REACHED).push(" AND ");
                Among::push_among(&mut sql, "m.pupil", &pupils);
                sql.build_query_as().fetch_all(c).await?
            });
            marks.sort_unstable_by_key(|mark| (mark.day, mark.school));
            marks.into_iter().for_each(|mark| {
                found.entry(MarksOf(Span { pupil: mark.pupil, from, to })).or_default().push(mark);
            });
        }
        Ok(found)
    }
}

/// Loads what the homerooms said of the days of many pupils before the office decided, the newest first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HomeroomSaid {
    /// The pupil.
    pub pupil: Uuid,
    /// The school day.
    pub day: NaiveDate,
}

#[async_trait]
impl Loader<HomeroomSaid> for Scope {
    type Value = Vec<AttendanceMark>;
    type Error = Error;

    async fn load(&self, keys: &[HomeroomSaid]) -> Result<HashMap<HomeroomSaid, Vec<AttendanceMark>>> {
        let mut days: HashMap<NaiveDate, Vec<Uuid>> = HashMap::new();
        keys.iter().for_each(|key| days.entry(key.day).or_default().push(key.pupil));
        let mut found: HashMap<HomeroomSaid, Vec<AttendanceMark>> = HashMap::new();
        for (day, pupils) in days {
            let marks: Vec<AttendanceMark> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new(COLUMNS);
                sql.push(" WHERE m.office = FALSE AND m.day = ").push_bind(day).push(" AND (");
                self.push_pupil_reach(&mut sql, Right::AttendanceRead, "m");
                // The office sees both beside each other when the pupil has left, too.
                sql.push(" OR m.class IN ");
                self.push_reach(&mut sql, Right::AttendanceDecide);
                sql.push(") AND m.pupil IN (");
                bind_ids(&mut sql, pupils.iter().copied());
                sql.push(") ORDER BY m.known_from DESC, m.id DESC").build_query_as().fetch_all(c).await?
            });
            marks.into_iter().for_each(|mark| found.entry(HomeroomSaid { pupil: mark.pupil, day }).or_default().push(mark));
        }
        Ok(found)
    }
}

/// Every marking of a pupil's day in the schools in which the viewer takes the pupil's attendance, the newest first.
pub(crate) async fn history(scope: &Scope, pupil: Uuid, day: NaiveDate) -> Result<Vec<AttendanceMark>> {
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push(" WHERE m.pupil = ").push_bind(pupil).push(" AND m.day = ").push_bind(day).push(" AND ");
        scope.push_pupil_reach(&mut sql, Right::AttendanceWrite, "m");
        sql.push(" ORDER BY m.known_from DESC, m.id DESC").build_query_as().persistent(false).fetch_all(c).await?
    }))
}

/// What an analysis asks of a mark.
#[derive(Clone, Debug)]
pub(crate) struct Marked {
    pub(crate) pupil: Uuid,
    pub(crate) day: NaiveDate,
    /// The code of the kind.
    pub(crate) kind: String,
    /// Late, or left early.
    pub(crate) part: bool,
}

/// The marks of some pupils in a school that held at a time, for an analysis, by pupil and day. The caller has checked the pupils against
/// the scope.
pub(crate) async fn known_at(
    scope: &Scope,
    (school, pupils): (Uuid, &[Uuid]),
    (from, to): (NaiveDate, NaiveDate),
    at: DateTime<Utc>,
) -> Result<Vec<Marked>> {
    let mut marks = Vec::new();
    for chunk in pupils.chunks(500) {
        let rows: Vec<(Uuid, String, bool, Days)> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new("SELECT m.pupil, m.kind, (m.late OR m.left_early) AS part, ");
            sql.push(Days::of("m.day")).push(" FROM attendance_mark m");
            sql.push(" WHERE m.kind IS NOT NULL AND m.known_from <= ").push_bind(at).push(" AND m.known_until > ").push_bind(at);
            sql.push(" AND m.day >= ").push_bind(from).push(" AND m.day <= ").push_bind(to);
            sql.push(" AND m.school = ").push_bind(school).push(" AND m.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") GROUP BY m.pupil, m.kind, part").build_query_as().fetch_all(c).await?
        });
        marks.extend(rows.into_iter().flat_map(|(pupil, kind, part, days)| {
            days.0.into_iter().map(move |day| Marked { pupil, day, kind: kind.clone(), part })
        }));
    }
    marks.sort_unstable_by_key(|mark| (mark.pupil, mark.day));
    Ok(marks)
}

/// The newest marking of each of these pupils on a day in a school, taken-away ones included.
pub(crate) async fn newest(tx: &mut Tx, school: Uuid, day: NaiveDate, pupils: &[Uuid]) -> Result<HashMap<Uuid, AttendanceMark>> {
    let mut found = HashMap::new();
    for chunk in pupils.chunks(500) {
        let marks: Vec<AttendanceMark> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new(COLUMNS);
            sql.push(" WHERE m.known_until = ").push_bind(not_replaced()).push(" AND m.day = ").push_bind(day);
            sql.push(" AND m.school = ").push_bind(school).push(" AND m.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(marks.into_iter().map(|mark| (mark.pupil, mark)));
    }
    Ok(found)
}

/// What the homeroom last said of each of these pupils' day in a school, before the office decided.
pub(crate) async fn last_of_homeroom(
    tx: &mut Tx,
    school: Uuid,
    day: NaiveDate,
    pupils: &[Uuid],
) -> Result<HashMap<Uuid, AttendanceMark>> {
    let mut found = HashMap::new();
    for chunk in pupils.chunks(500) {
        let marks: Vec<AttendanceMark> = on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new(COLUMNS);
            sql.push(" WHERE m.office = FALSE AND m.day = ").push_bind(day).push(" AND m.school = ").push_bind(school);
            sql.push(" AND m.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") ORDER BY m.known_from, m.id").build_query_as().fetch_all(c).await?
        });
        // The later one of a pupil comes last and stays.
        found.extend(marks.into_iter().map(|mark| (mark.pupil, mark)));
    }
    Ok(found)
}

/// Ends what held of a day of these pupils in a school, before other markings are written: it is kept as what was said then.
pub(crate) async fn replace(tx: &mut Tx, school: Uuid, day: NaiveDate, by: &[AttendanceMark]) -> Result<()> {
    let at = tx.at;
    for chunk in by.chunks(500) {
        on!(tx.connection(), c => {
            let mut sql = QueryBuilder::new("UPDATE attendance_mark SET known_until = ");
            sql.push_bind(at).push(" WHERE known_until = ").push_bind(not_replaced()).push(" AND day = ").push_bind(day);
            sql.push(" AND school = ").push_bind(school).push(" AND pupil IN (");
            bind_ids(&mut sql, chunk.iter().map(|mark| mark.pupil));
            sql.push(")").build().persistent(false).execute(c).await?;
        });
    }
    Ok(())
}

/// Writes markings of days of which nothing holds: what did is replaced first.
pub(crate) async fn insert(tx: &mut Tx, marks: &[AttendanceMark]) -> Result<()> {
    let sql =
        "INSERT INTO attendance_mark (id, pupil, day, known_from, known_until, school, class, kind, late, left_early, place,
                   note, reason, marked_by, office, closure) ";
    for chunk in marks.chunks(500) {
        on!(tx.connection(), c => QueryBuilder::new(sql).push_values(chunk, |mut row, mark| {
            row.push_bind(mark.id).push_bind(mark.pupil).push_bind(mark.day).push_bind(mark.known_from).push_bind(not_replaced())
                .push_bind(mark.school).push_bind(mark.class).push_bind(mark.kind.clone()).push_bind(mark.late)
                .push_bind(mark.left_early).push_bind(mark.place).push_bind(mark.note.clone()).push_bind(mark.reason.clone())
                .push_bind(mark.marked_by).push_bind(mark.office).push_bind(mark.closure);
        }).build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(())
}
