//! Pupils who were away for long (長期欠席), counted as the yearly survey counts them: 欠席日数 + 出席停止・忌引等の日数 of the 指導要録, 30 days
//! and more. Days of 出席扱い are attendance in the 指導要録; the survey wants to know of them, so they stand beside.
use super::arithmetic::Count;
use super::register::{Which, of_year};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::id;
use crate::page::{self, Cursor};
use crate::roster::pupil;
use crate::roster::school::{self, School};
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::HashSet;
use uuid::Uuid;

/// From so many days on an absence is long.
const LONG: u32 = 30;

/// A pupil who was away for long.
#[derive(SimpleObject, Clone, Debug)]
pub struct LongAbsence {
    /// The pupil.
    pub pupil_id: ID,
    /// The name to show, family name first.
    pub name: String,
    /// The homeroom.
    pub class_id: ID,
    /// Its name.
    pub class_name: String,
    /// 出席番号.
    pub number: Option<i32>,
    /// The pupil's days in this school in the year.
    pub count: Count,
    /// What the survey counts: `absent` + `excused`.
    pub away: u32,
    /// Whether that is 30 days and more. Otherwise the pupil is listed for 30 days together with the days of 出席扱い.
    pub long: bool,
}

/// How many pupils were away for long. Where you may not see the pupils themselves, a count is told in tens: rounded down, and null under 10
/// (the board may have set a larger step than ten). So no two counts differ by a number small enough to mean single pupils.
#[derive(SimpleObject, Clone, Debug)]
pub struct LongAbsenceCounts {
    /// 30 days and more.
    pub long: Option<usize>,
    /// Among them 90 days and more.
    pub ninety: Option<usize>,
    /// Among them 10 days of attendance or fewer.
    pub hardly_present: Option<usize>,
    /// Among them not one day of attendance.
    pub never_present: Option<usize>,
    /// 30 days only together with the days of 出席扱い.
    pub with_elsewhere: Option<usize>,
    /// To whole multiples of what the counts are rounded down; null where they are exact.
    pub step: Option<usize>,
}

/// A school's counts.
#[derive(SimpleObject)]
pub struct SchoolLongAbsences {
    /// The school.
    pub school: School,
    /// Its counts.
    pub counts: LongAbsenceCounts,
}

/// What may be asked about long absence.
#[derive(Default)]
pub struct LongAbsenceQuery;

#[Object]
impl LongAbsenceQuery {
    /// The pupils of a school who were away for 30 days and more in a school year, up to today, in the order of class and number. Whom you may
    /// not see is not among them.
    #[graphql(complexity = "200 + child_complexity")]
    async fn long_absences(
        &self,
        ctx: &Context<'_>,
        school_id: ID,
        #[graphql(desc = "The year of its April, such as 2026.")] year: i32,
    ) -> Result<Vec<LongAbsence>> {
        let scope = Scope::with(ctx, Right::AttendanceRead)?;
        of_school(scope, Right::AttendanceRead, id::parse(&school_id).unwrap_or_default(), year).await
    }

    /// How many pupils of each of your schools were away for 30 days and more in a school year, up to today. Where you may not see the
    /// pupils, the counts are rounded down to tens, and null under 10.
    #[graphql(complexity = "1000 + child_complexity")]
    async fn long_absence_counts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The year of its April, such as 2026.")] year: i32,
    ) -> Result<Vec<SchoolLongAbsences>> {
        let scope = Scope::with(ctx, Right::AttendanceCount)?;
        let mut found = Vec::new();
        for school in school::list(scope, Cursor::START, i64::from(page::MOST)).await? {
            if school::reached(scope, Right::AttendanceCount, school.id).await?.is_none() {
                continue;
            }
            let seen = school::reached(scope, Right::AttendanceRead, school.id).await?.is_some();
            let days = counted(scope, Right::AttendanceCount, school.id, year, Which::Apart).await?;
            let counts: Vec<Count> = days.into_iter().map(|(_, count)| count).collect();
            found.push(SchoolLongAbsences { school, counts: LongAbsenceCounts::of(scope, &counts, seen) });
        }
        Ok(found)
    }
}

impl LongAbsenceCounts {
    fn of(scope: &Scope, pupils: &[Count], seen: bool) -> Self {
        let count = |holds: &dyn Fn(&Count) -> bool| {
            let count = pupils.iter().filter(|count| holds(count)).count();
            if seen { Some(count) } else { scope.small_cell().told(count) }
        };
        let long = |count: &Count| away(count) >= LONG;
        // A day without a mark may have been one of attendance.
        let present = |count: &Count| count.present + count.unmarked;
        LongAbsenceCounts {
            long: count(&long),
            ninety: count(&|count| away(count) >= 90),
            hardly_present: count(&|count| long(count) && present(count) <= 10),
            never_present: count(&|count| long(count) && present(count) == 0),
            with_elsewhere: count(&|count| !long(count)),
            step: (!seen).then(|| scope.small_cell().step()),
        }
    }
}

/// What the survey counts.
fn away(count: &Count) -> u32 {
    count.absent + count.excused
}

#[derive(sqlx::FromRow)]
struct Enrolled {
    pupil: Uuid,
    number: Option<i32>,
    class: Uuid,
    class_name: String,
    grades: String,
    family_name: String,
    given_name: String,
    protected: bool,
}

/// How many days of each pupil of a school ($1) are no plain attendance, from a day ($2) to a day ($3), where that are 30 and more. It is
/// answered from the index `attendance_mark_apart` alone, which holds no other days. Public so that a test can ask both databases how.
pub const DAYS_APART: &str = "SELECT pupil, count(*) FROM attendance_mark
    WHERE school = $1 AND day >= $2 AND day <= $3
        AND known_until = '9999-12-31T00:00:00+00:00' AND (kind <> 'PRESENT' OR place <> 'CLASSROOM')
    GROUP BY pupil HAVING count(*) >= 30";

/// The pupils of a school who were away for long, with their days.
pub(crate) async fn of_school(scope: &Scope, right: Right, school: Uuid, year: i32) -> Result<Vec<LongAbsence>> {
    let found = counted(scope, right, school, year, Which::Every).await?;
    if !found.is_empty() {
        scope.looks_at_school(school, right);
    }
    let mut rows: Vec<(String, LongAbsence)> = found.into_iter().map(|(of, count)| of.listed(scope, count)).collect();
    rows.sort_by(|(a, x), (b, y)| (a, &x.class_name, x.number).cmp(&(b, &y.class_name, y.number)));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Who was away for long and their days, in two steps: who may be at all, from the index of the days that are no plain attendance; then
/// these few are counted as the register counts. Of the days apart alone, days of plain attendance are among the unmarked ones.
async fn counted(scope: &Scope, right: Right, school: Uuid, year: i32, which: Which) -> Result<Vec<(Enrolled, Count)>> {
    let (from, to) = of_year::days_of(year)?;
    let until = to.min(scope.today());
    let apart: Vec<(Uuid, i64)> =
        on!(scope.read(), c => sqlx::query_as(DAYS_APART).bind(school).bind(from).bind(until).fetch_all(c).await?);
    let apart: Vec<Uuid> = apart.into_iter().map(|(pupil, _)| pupil).collect();
    let here = enrolled(scope, right, (school, until), &apart).await?;
    let pupils: Vec<Uuid> = here.iter().map(|of| of.pupil).collect();
    let counts = of_year::of_pupils(scope, school, &pupils, (from, to), which).await?;
    let long = |of: Enrolled| {
        let count = *counts.get(&of.pupil)?;
        (away(&count) + count.elsewhere >= LONG).then_some((of, count))
    };
    Ok(here.into_iter().filter_map(long).collect())
}

impl Enrolled {
    /// A row of the list, behind the grades that it is ordered by.
    fn listed(self, scope: &Scope, count: Count) -> (String, LongAbsence) {
        let row = LongAbsence {
            pupil_id: id::of(self.pupil),
            name: pupil::told(scope, self.protected, format!("{} {}", self.family_name, self.given_name).trim()),
            class_id: id::of(self.class),
            class_name: self.class_name,
            number: self.number,
            count,
            away: away(&count),
            long: away(&count) >= LONG,
        };
        (self.grades, row)
    }
}

/// Who of some pupils is in a homeroom of a school on a day, as far as the viewer's right reaches; a pupil of two homerooms once, in the
/// smaller one.
async fn enrolled(scope: &Scope, right: Right, (school, day): (Uuid, NaiveDate), pupils: &[Uuid]) -> Result<Vec<Enrolled>> {
    let mut found = Vec::new();
    for chunk in pupils.chunks(500) {
        let some: Vec<Enrolled> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT e.pupil, e.number, c.id AS class, c.name AS class_name, c.grades,
                     COALESCE(NULLIF(p.preferred_family_name, ''), p.family_name) AS family_name,
                     COALESCE(NULLIF(p.preferred_given_name, ''), p.given_name) AS given_name, p.protected
                 FROM class c JOIN enrolment e ON e.class = c.id JOIN pupil p ON p.id = e.pupil
                 WHERE c.kind = 'HOMEROOM' AND e.kind = 'HOME' AND c.school = ");
            sql.push_bind(school).push(" AND e.known_until = ").push_bind(not_replaced());
            sql.push(" AND e.begins <= ").push_bind(day).push(" AND e.ends >= ").push_bind(day).push(" AND c.id IN ");
            scope.push_reach(&mut sql, right);
            sql.push(" AND e.pupil IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") ORDER BY (SELECT count(*) FROM enrolment o WHERE o.class = c.id AND o.known_until = e.known_until), e.begins, e.id");
            sql.build_query_as().persistent(false).fetch_all(c).await?
        });
        found.extend(some);
    }
    let mut seen = HashSet::new();
    found.retain(|of: &Enrolled| seen.insert(of.pupil));
    Ok(found)
}
