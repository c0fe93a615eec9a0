//! きょうの出欠 for the office: which class has been marked, by whom, who is not here, and who has not taken attendance yet.
use super::calendar::CalendarOf;
use super::closure::{self, ClassClosure};
use super::kind::AttendanceKind;
use super::mark::{self, Written};
use super::school_day;
use super::summary::{AttendanceSummary, SummaryOf};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::id;
use crate::page;
use crate::roster::class::{Class, ClassOf};
use crate::roster::homeroom;
use crate::roster::pupil;
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// A pupil who is not simply here.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(complex)]
pub struct Away {
    /// The pupil.
    pub pupil_id: ID,
    /// The name to show, family name first.
    pub name: String,
    /// 出席番号.
    pub number: Option<i32>,
    /// What is marked.
    pub kind: AttendanceKind,
    /// 遅刻.
    pub late: bool,
    /// 早退.
    pub left_early: bool,
    #[graphql(skip)]
    note: Option<String>,
    #[graphql(skip)]
    pupil: Uuid,
    #[graphql(skip)]
    school: Uuid,
    #[graphql(skip)]
    class: Uuid,
}

#[ComplexObject]
impl Away {
    /// What was noted; null unless you take the attendance of this pupil, or decide over the attendance of the class.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let Away { pupil, school, class, .. } = *self;
        mark::of_those_who_mark(ctx, &Written { pupil, school, class }, self.note.as_deref()).await
    }
}

/// A homeroom's day, as the office looks at it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ClassToday {
    /// Whether the class has school.
    pub is_school_day: bool,
    /// The closure that holds that day (学級閉鎖); null where the class is not closed.
    pub closure: Option<ClassClosure>,
    /// Whether attendance is still to be taken: a school day of a class that is not closed, with pupils who have no mark yet. One that was
    /// entered for a telephone call is not the class's attendance.
    pub waits: bool,
    /// The day in numbers, with who marked last and when.
    pub summary: AttendanceSummary,
    /// Who is absent or need not attend, came late or left early, in the order of 出席番号.
    pub away: Vec<Away>,
    #[graphql(skip)]
    class: Uuid,
}

#[ComplexObject]
impl ClassToday {
    /// The homeroom.
    async fn class(&self, ctx: &Context<'_>) -> Result<Option<Class>> {
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(ClassOf(self.class)).await
    }
}

/// What may be asked about a day of a school.
#[derive(Default)]
pub struct TodayQuery;

#[Object]
impl TodayQuery {
    /// The attendance of every homeroom of that day's school year whose marks you may see, by school, grade and name: what has been taken,
    /// by whom, and who is not here. At most 200 homerooms.
    #[graphql(complexity = "100 + child_complexity * 10")]
    async fn attendance_today(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today if not said.")] day: Option<Day>,
        #[graphql(desc = "One school; every school that you reach if not said.")] school_id: Option<ID>,
    ) -> Result<Vec<ClassToday>> {
        let scope = Scope::with(ctx, Right::AttendanceRead)?;
        let day = day.map_or_else(|| scope.today(), |day| day.0);
        let school = school_id.map(|school| id::parse(&school).unwrap_or_default());
        let classes = homeroom::running_on(scope, Right::AttendanceRead, (day, school), i64::from(page::MOST)).await?;
        classes.iter().for_each(|class| scope.looks_at_school(class.school, Right::AttendanceRead));
        of_classes(scope, ctx.data_unchecked(), &classes, day).await
    }
}

async fn of_classes(scope: &Scope, loader: &DataLoader<Scope>, classes: &[Class], day: NaiveDate) -> Result<Vec<ClassToday>> {
    let ids: Vec<Uuid> = classes.iter().map(|class| class.id).collect();
    let calendars = loader.load_many(classes.iter().map(|class| CalendarOf { school: class.school, from: day, to: day })).await?;
    let mut summaries = loader.load_many(ids.iter().map(|class| SummaryOf { class: *class, day })).await?;
    let mut closures: HashMap<Uuid, ClassClosure> = closure::of_classes(scope, &ids, (day, day))
        .await?
        .into_iter()
        .filter(|of| of.holds_on(day))
        .map(|of| (of.class, of))
        .collect();
    let mut away = away(scope, &ids, day).await?;
    let mut found = Vec::new();
    for class in classes {
        let Some(summary) = summaries.remove(&SummaryOf { class: class.id, day }) else { continue };
        let calendar = calendars.get(&CalendarOf { school: class.school, from: day, to: day });
        let is_school_day = match calendar.and_then(|calendar| calendar.has_school(day, &class.grades)) {
            Some(said) => said,
            None => school_day::is_ordinary(day) || summary.unmarked < summary.enrolled,
        };
        let closure = closures.remove(&class.id);
        found.push(ClassToday {
            is_school_day,
            waits: is_school_day && closure.is_none() && summary.unmarked > 0,
            closure,
            away: away.remove(&class.id).unwrap_or_default(),
            summary,
            class: class.id,
        });
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct Row {
    in_class: Uuid,
    pupil: Uuid,
    school: Uuid,
    number: Option<i32>,
    family_name: String,
    given_name: String,
    protected: bool,
    late: bool,
    left_early: bool,
    note: Option<String>,
    #[sqlx(flatten)]
    kind: AttendanceKind,
}

/// Who is not simply here, by class. The caller has checked the classes against the scope.
async fn away(scope: &Scope, classes: &[Uuid], day: NaiveDate) -> Result<HashMap<Uuid, Vec<Away>>> {
    if classes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT DISTINCT e.class AS in_class, e.pupil, e.school, e.number, m.late, m.left_early, m.note, k.*,
                 COALESCE(NULLIF(p.preferred_family_name, ''), p.family_name) AS family_name,
                 COALESCE(NULLIF(p.preferred_given_name, ''), p.given_name) AS given_name, p.protected
             FROM enrolment e
             JOIN attendance_mark m ON m.pupil = e.pupil AND m.school = e.school AND m.known_until = ");
        sql.push_bind(not_replaced()).push(" AND m.day = ").push_bind(day);
        sql.push(" JOIN attendance_kind k ON k.code = m.kind JOIN pupil p ON p.id = e.pupil WHERE e.kind = 'HOME' AND e.known_until = ");
        sql.push_bind(not_replaced()).push(" AND e.begins <= ").push_bind(day).push(" AND e.ends >= ").push_bind(day);
        sql.push(" AND (k.absent OR k.excused OR m.late OR m.left_early) AND e.class IN (");
        bind_ids(&mut sql, classes.iter().copied());
        sql.push(")").build_query_as().fetch_all(c).await?
    });
    let mut found: HashMap<Uuid, Vec<Away>> = HashMap::new();
    for row in rows {
        found.entry(row.in_class).or_default().push(Away {
            pupil_id: id::of(row.pupil),
            name: pupil::told(scope, row.protected, format!("{} {}", row.family_name, row.given_name).trim()),
            number: row.number,
            kind: row.kind,
            late: row.late,
            left_early: row.left_early,
            note: row.note,
            pupil: row.pupil,
            school: row.school,
            class: row.in_class,
        });
    }
    for away in found.values_mut() {
        away.sort_by(|a, b| (a.number.unwrap_or(i32::MAX), &a.pupil_id.0).cmp(&(b.number.unwrap_or(i32::MAX), &b.pupil_id.0)));
        away.dedup_by(|a, b| a.pupil_id == b.pupil_id);
    }
    Ok(found)
}
