//! Classes: homerooms (学籍クラス) and scheduled lessons.
use super::academic_year::AcademicYear;
use super::freshness::{self, Freshness};
use super::pupil::{self, Pupil};
use super::school::{School, SchoolOf};
use crate::access::history::ClassHistory;
use crate::access::history::former;
use crate::access::reach;
use crate::access::reader::{self, Adult};
use crate::access::right::Right;
use crate::access::scope::{Holder, Scope};
use crate::access::tx::{Change, Put, Tx};
use crate::attendance::of_class::ClassAttendance;
use crate::clock::not_replaced;
use crate::db::{Among, bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::learning::of_class::ClassLearning;
use crate::marks::of_class::ClassMarks;
use crate::page::{self, Cursor};
use crate::roster::duties::ClassTeachers;
use crate::roster::moves::query::ClassGuests;
use crate::scalar::Day;
use crate::support::analysis_run::{self, AnalysisRun, Which};
use crate::wellbeing::of_class::ClassWellbeing;
use async_graphql::async_trait::async_trait;
use async_graphql::connection::Connection;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A homeroom, or a lesson with a timetable of its own.
#[derive(Enum, sqlx::Type, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClassKind {
    /// 学籍クラス: where a pupil belongs.
    Homeroom,
    /// A lesson, a course, a group for 通級.
    Scheduled,
}

/// A class of one year.
#[derive(sqlx::FromRow, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Class {
    /// The roster's id.
    pub id: Uuid,
    /// The school.
    pub school: Uuid,
    /// The year.
    pub academic_year: Uuid,
    /// Homeroom or lesson.
    pub kind: ClassKind,
    /// Its name, such as 5年2組.
    pub name: String,
    /// The grades, such as `P5` or `P5,P6`; may be empty.
    pub grades: String,
    /// The subjects, separated by commas; may be empty.
    pub subjects: String,
    /// 特別支援学級.
    pub special_needs: bool,
}

impl Class {
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { number: 0, id: self.id }
    }
}

/// A class of one year: a homeroom or a lesson.
#[Object]
impl Class {
    /// The roster's UUID.
    async fn id(&self) -> ID {
        id::of(self.id)
    }
    /// The name, such as `5年2組`.
    async fn name(&self) -> &str {
        &self.name
    }
    /// Homeroom or lesson.
    async fn kind(&self) -> ClassKind {
        self.kind
    }
    /// The grades, `P1` to `P6` and `J1` to `J3`.
    async fn grades(&self) -> Vec<&str> {
        self.grades.split(',').filter(|grade| !grade.is_empty()).collect()
    }
    /// The subjects of a lesson.
    async fn subjects(&self) -> Vec<&str> {
        self.subjects.split(',').filter(|subject| !subject.is_empty()).collect()
    }
    /// Whether it is a 特別支援学級, whose pupils may also be guests of an ordinary class.
    async fn special_needs(&self) -> bool {
        self.special_needs
    }
    /// The school; null if you may see the class and not the school.
    async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>> {
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(SchoolOf(self.school)).await
    }
    /// The school year.
    async fn academic_year(&self, ctx: &Context<'_>) -> Result<Option<AcademicYear>> {
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(YearOf(self.academic_year)).await
    }
    /// What you may do with this class and its pupils today; what is not among it reads as null below, here and for its pupils.
    #[graphql(complexity = "5")]
    async fn viewer_rights(&self, ctx: &Context<'_>) -> Result<Vec<Right>> {
        Ok(reach::of_class(ctx, self.id).await?.into_iter().collect())
    }
    /// The homeroom teachers of today.
    #[graphql(complexity = "5 + child_complexity")]
    async fn teachers(&self, ctx: &Context<'_>) -> Result<Vec<Adult>> {
        reader::homeroom_teachers(Scope::with(ctx, Right::SchoolRead)?, self.id).await
    }
    /// How many pupils are in the class. Null without the right to see the pupils of this class.
    #[graphql(complexity = "5")]
    async fn pupil_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today if not said. Those who have left the school since do not count.")] on: Option<Day>,
    ) -> Result<Option<i64>> {
        let Some(scope) = reach::over_class(ctx, Right::RosterRead, self.id).await? else { return Ok(None) };
        let key = SizeOf { class: self.id, day: on.map_or_else(|| scope.today(), |day| day.0) };
        Ok(Some(ctx.data_unchecked::<DataLoader<Scope>>().load_one(key).await?.unwrap_or_default()))
    }
    #[graphql(flatten)]
    async fn shown_teachers(&self) -> ClassTeachers {
        ClassTeachers(self.id)
    }
    #[graphql(flatten)]
    async fn shown_guests(&self) -> ClassGuests {
        ClassGuests(self.id)
    }
    #[graphql(flatten)]
    async fn shown_attendance(&self) -> ClassAttendance {
        ClassAttendance(self.clone())
    }
    #[graphql(flatten)]
    async fn shown_wellbeing(&self) -> ClassWellbeing {
        ClassWellbeing(self.id)
    }
    #[graphql(flatten)]
    async fn shown_history(&self) -> ClassHistory {
        ClassHistory(self.id)
    }
    #[graphql(flatten)]
    async fn shown_learning(&self) -> ClassLearning {
        ClassLearning(self.clone())
    }
    #[graphql(flatten)]
    async fn shown_marks(&self) -> ClassMarks {
        ClassMarks(self.clone())
    }
    /// The newest analysis of the class; null if there is none whose flags you may see.
    #[graphql(complexity = "5 + child_complexity")]
    async fn last_run(&self, ctx: &Context<'_>) -> Result<Option<AnalysisRun>> {
        analysis_run::find(Scope::with(ctx, Right::FlagRead)?, Which::Newest(self.id)).await
    }
    /// When the records of the class were last added to. Null without the right to see the pupils of this class.
    #[graphql(complexity = "10 + child_complexity")]
    async fn freshness(&self, ctx: &Context<'_>) -> Result<Option<Freshness>> {
        let Some(scope) = reach::over_class(ctx, Right::RosterRead, self.id).await? else { return Ok(None) };
        let rights = reach::of_class(ctx, self.id).await?;
        let run = analysis_run::find(scope, Which::Newest(self.id)).await?;
        let fresh = freshness::of_class(scope, self, &rights).await?;
        Ok(Some(Freshness { analysis_at: run.map(|run| run.made_at.into()), ..fresh }))
    }
    /// Who is in the class, in the order of 出席番号; in a lesson by that of the homeroom. Null without the right to see the pupils of this class.
    #[graphql(complexity = "5 + crate::page::rows(first) * child_complexity / 10")]
    async fn pupils(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "On which day; today if not said. Those who have left the school since are not listed.")] on: Option<
            Day,
        >,
    ) -> Result<Option<Connection<Cursor, Pupil>>> {
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let Some(scope) = reach::over_class(ctx, Right::RosterRead, self.id).await? else { return Ok(None) };
        let day = on.map_or_else(|| scope.today(), |day| day.0);
        let rows = pupil::of_class(scope, self.id, day, after, limit).await?;
        if day == scope.today() {
            scope.lists(self.id, rows.iter().map(|pupil| pupil.id));
        } else {
            // Who has left the class since would not find the look in the class's entry.
            rows.iter().for_each(|pupil| scope.looks_at_pupil(pupil.id, Right::RosterRead));
        }
        Ok(Some(page::of(rows, limit, Pupil::cursor)))
    }
}

/// What may be asked about classes.
#[derive(Default)]
pub struct ClassQuery;

#[Object]
impl ClassQuery {
    /// One class; null if there is none of this id that you may see.
    async fn class(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Class>> {
        let scope = Scope::with(ctx, Right::SchoolRead)?;
        let Some(id) = id::parse(&id) else { return Ok(None) };
        find(scope, Right::SchoolRead, id).await
    }
}

/// A class over which the viewer has a right.
pub async fn find(scope: &Scope, right: Right, class: Uuid) -> Result<Option<Class>> {
    let sql = "SELECT * FROM class WHERE id = $4 AND id IN
                   (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)";
    let found = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right)).bind(scope.today())
        .bind(class).fetch_optional(c).await?);
    Ok(found.inspect(|_| scope.looks_at_class(class, right)))
}

/// The classes among these over which the viewer has a right; at most a thousand.
pub(crate) async fn reachable(scope: &Scope, right: Right, classes: &[Uuid]) -> Result<Vec<Class>> {
    if classes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM class WHERE id IN ");
        scope.push_reach(&mut sql, right);
        sql.push(" AND ");
        Among::push_among(&mut sql, "id", classes);
        sql.build_query_as().fetch_all(c).await?
    }))
}

/// The classes among these in which the viewer may post: those within reach, or those in which the pupil who posts is or was; at most a
/// thousand.
pub(crate) async fn open_to_posts(scope: &Scope, right: Right, classes: &[Uuid]) -> Result<Vec<Class>> {
    if scope.viewer().kind != Holder::Pupil || classes.is_empty() {
        return reachable(scope, right, classes).await;
    }
    Ok(on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM class WHERE id IN (SELECT e.class FROM enrolment e WHERE e.known_until = ");
        sql.push_bind(not_replaced()).push(" AND ");
        scope.push_posting_reach(&mut sql, right, "e.pupil", "e.class");
        sql.push(") AND ");
        Among::push_among(&mut sql, "id", classes);
        sql.build_query_as().fetch_all(c).await?
    }))
}

pub(crate) async fn of_school(scope: &Scope, school: Uuid, after: Cursor, limit: i64) -> Result<Vec<Class>> {
    let sql = "SELECT * FROM class WHERE school = $4 AND id > $5 AND id IN
                   (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
               ORDER BY id LIMIT $6";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::SchoolRead)).bind(scope.today())
        .bind(school).bind(after.id).bind(limit).fetch_all(c).await?))
}

/// The homerooms of a school in the years that run on a day.
pub async fn homerooms_on(scope: &Scope, right: Right, school: Uuid, day: NaiveDate) -> Result<Vec<Class>> {
    let sql = "SELECT c.* FROM class c JOIN academic_year y ON y.id = c.academic_year
               WHERE c.school = $4 AND c.kind = 'HOMEROOM' AND y.begins <= $5 AND y.ends >= $5 AND c.id IN
                   (SELECT class FROM reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
               ORDER BY c.id";
    Ok(on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right)).bind(scope.today())
        .bind(school).bind(day).fetch_all(c).await?))
}

/// The other classes of the same school, year and kind that share a grade, now or as it was at a time: whom a small class is compared with.
pub(crate) async fn of_same_grade(scope: &Scope, right: Right, class: &Class, at: Option<DateTime<Utc>>) -> Result<Vec<Class>> {
    let sql = "SELECT * FROM class WHERE school = $4 AND academic_year = $5 AND id <> $6 AND school IN
                   (SELECT c.school FROM class c JOIN reach r ON r.class = c.id
                    WHERE r.holder = $1 AND r.right_to = $2 AND r.begins <= $3 AND r.ends >= $3)
               ORDER BY id";
    let rows: Vec<Standing> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(right))
        .bind(scope.today()).bind(class.school).bind(class.academic_year).bind(class.id).fetch_all(c).await?);
    let others = match at {
        None => rows.into_iter().filter(|row| !row.withdrawn).map(|row| row.class).collect(),
        Some(at) => then(scope, rows, at).await?,
    };
    let grades: Vec<_> = class.grades.split(',').filter(|grade| !grade.is_empty()).collect();
    let alike = |other: &Class| (other.kind, other.special_needs) == (class.kind, class.special_needs);
    let shares = |other: &Class| other.grades.split(',').any(|grade| grades.contains(&grade));
    Ok(others.into_iter().filter(alike).filter(shares).collect())
}

/// A class, and whether it was taken away.
#[derive(sqlx::FromRow)]
struct Standing {
    #[sqlx(flatten)]
    class: Class,
    withdrawn: bool,
}

/// Classes as they were at a time, without those that were not there.
async fn then(scope: &Scope, rows: Vec<Standing>, at: DateTime<Utc>) -> Result<Vec<Class>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.class.id).collect();
    let changed = former::changed_since(scope, "class", &ids, at).await?;
    let mut classes = Vec::new();
    for row in rows {
        match changed.get(&row.class.id) {
            Some(Some(before)) => classes.push(former::restored(&row.class, before)?),
            None if !row.withdrawn => classes.push(row.class),
            Some(None) | None => {}
        }
    }
    Ok(classes)
}

/// A class as it was at a time; as it is now where it was not there yet.
pub(crate) async fn at(scope: &Scope, class: &Class, at: DateTime<Utc>) -> Result<Class> {
    let changed = former::changed_since(scope, "class", &[class.id], at).await?;
    match changed.get(&class.id) {
        Some(Some(before)) => former::restored(class, before),
        Some(None) | None => Ok(class.clone()),
    }
}

/// Loads the years of many classes at once. A year is no one's secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct YearOf(Uuid);

#[async_trait]
impl Loader<YearOf> for Scope {
    type Value = AcademicYear;
    type Error = Error;

    async fn load(&self, years: &[YearOf]) -> Result<HashMap<YearOf, AcademicYear>> {
        let rows: Vec<AcademicYear> = on!(self.read(), c => {
            let mut sql = QueryBuilder::new("SELECT * FROM academic_year WHERE id IN (");
            bind_ids(&mut sql, years.iter().map(|year| year.0));
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        Ok(rows.into_iter().map(|year| (YearOf(year.id), year)).collect())
    }
}

/// Loads how many pupils are in each of many classes on a day.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SizeOf {
    class: Uuid,
    day: NaiveDate,
}

#[async_trait]
impl Loader<SizeOf> for Scope {
    type Value = i64;
    type Error = Error;

    async fn load(&self, keys: &[SizeOf]) -> Result<HashMap<SizeOf, i64>> {
        let mut found = HashMap::new();
        for day in keys.iter().map(|key| key.day).collect::<BTreeSet<_>>() {
            let rows: Vec<(Uuid, i64)> = on!(self.read(), c => {
                let mut sql = QueryBuilder::new("SELECT e.class, count(DISTINCT e.pupil) FROM enrolment e
                     WHERE e.kind = 'HOME' AND e.known_until = ");
                sql.push_bind(not_replaced()).push(" AND e.begins <= ").push_bind(day).push(" AND e.ends >= ").push_bind(day);
                if day != self.today() {
                    sql.push(" AND EXISTS (SELECT 1 FROM enrolment n WHERE n.pupil = e.pupil AND n.school = e.school");
                    sql.push(" AND n.known_until = e.known_until AND n.begins <= ").push_bind(self.today());
                    sql.push(" AND n.ends >= ").push_bind(self.today()).push(")");
                }
                sql.push(" AND e.class IN ");
                self.push_reach(&mut sql, Right::RosterRead);
                sql.push(" AND e.class IN (");
                bind_ids(&mut sql, keys.iter().filter(|key| key.day == day).map(|key| key.class));
                sql.push(") GROUP BY e.class").build_query_as().fetch_all(c).await?
            });
            found.extend(rows.into_iter().map(|(class, size)| (SizeOf { class, day }, size)));
        }
        Ok(found)
    }
}

/// Loads many classes that the viewer may see at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClassOf(pub(crate) Uuid);

#[async_trait]
impl Loader<ClassOf> for Scope {
    type Value = Class;
    type Error = Error;

    async fn load(&self, classes: &[ClassOf]) -> Result<HashMap<ClassOf, Class>> {
        let ids: Vec<Uuid> = classes.iter().map(|class| class.0).collect();
        Ok(reachable(self, Right::SchoolRead, &ids).await?.into_iter().map(|class| (ClassOf(class.id), class)).collect())
    }
}

/// Writes classes; one that is there already is changed.
pub(crate) async fn put(tx: &mut Tx, classes: &[Class]) -> Result<Put> {
    let mut total = Put::default();
    for chunk in classes.chunks(500) {
        let difference = tx.compare("SELECT * FROM class WHERE id IN (", chunk, |class| class.id).await?;
        total += difference.put;
        if difference.write.is_empty() {
            continue;
        }
        let sql = "INSERT INTO class (id, school, academic_year, kind, name, grades, subjects, special_needs) ";
        on!(tx.change("class", &difference.changes).await?, c => QueryBuilder::new(sql)
            .push_values(&difference.write, |mut row, class| {
                row.push_bind(class.id).push_bind(class.school).push_bind(class.academic_year).push_bind(class.kind)
                    .push_bind(class.name.clone()).push_bind(class.grades.clone()).push_bind(class.subjects.clone())
                    .push_bind(class.special_needs);
            }).push(" ON CONFLICT (id) DO UPDATE SET school = excluded.school, academic_year = excluded.academic_year,
                     kind = excluded.kind, name = excluded.name, grades = excluded.grades, subjects = excluded.subjects,
                     special_needs = excluded.special_needs")
              .build().persistent(false).execute(c).await?.rows_affected());
    }
    Ok(total)
}

/// Takes classes away, or back again after they were.
pub(crate) async fn set_withdrawn(tx: &mut Tx, classes: &[Class], withdrawn: bool) -> Result<()> {
    for chunk in classes.chunks(500) {
        let of_state = |class| if withdrawn { (Some(class), None) } else { (None, Some(class)) };
        let changes: Vec<Change> = chunk
            .iter()
            .map(|class| {
                let (before, after) = of_state(class);
                Change::new(class.id, before, after)
            })
            .collect();
        on!(tx.change("class", &changes).await?, c => {
            let mut sql = QueryBuilder::new("UPDATE class SET withdrawn = ");
            sql.push_bind(withdrawn).push(" WHERE id IN (");
            bind_ids(&mut sql, chunk.iter().map(|class| class.id));
            sql.push(")").build().persistent(false).execute(c).await?;
        });
    }
    Ok(())
}
