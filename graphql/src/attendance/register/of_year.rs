//! The days of a school year, counted for the 出欠の記録 of the 指導要録: of each pupil in each school.
use super::{Gathered, Which, gather};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::arithmetic::Count;
use crate::error::{Error, Result};
use crate::roster::enrolment;
use crate::roster::school::{self, School, SchoolOf};
use crate::scalar::Day;
use async_graphql::dataloader::DataLoader;
use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A pupil's days in one school in a school year.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct YearInSchool {
    /// The year of its April.
    pub year: i32,
    /// The first day of the pupil in the school that year.
    pub from: Day,
    /// The last day that is counted: the day before another school took the pupil in, today in a year that is not over.
    pub until: Day,
    /// The days.
    pub count: Count,
    /// The name of the school whose record it is: of one that handed it over, which you do not reach, it is all that you see.
    pub school_name: String,
    #[graphql(skip)]
    school: Uuid,
}

#[ComplexObject]
impl YearInSchool {
    /// The school whose record it is; null where you do not reach it.
    async fn school(&self, ctx: &Context<'_>) -> Result<Option<School>> {
        ctx.data_unchecked::<DataLoader<Scope>>().load_one(SchoolOf(self.school)).await
    }
}

/// The first and the last day of the school year of an April.
pub(crate) fn days_of(year: i32) -> Result<(NaiveDate, NaiveDate)> {
    let first = |year: i32| NaiveDate::from_ymd_opt(year, 4, 1).filter(|_| (2000..2100).contains(&year));
    let days = first(year).zip(first(year + 1).and_then(|day| day.pred_opt()));
    days.ok_or_else(|| Error::BadInput(format!("{year} is no school year: send the year of its April, such as 2026")))
}

/// A pupil's days of a year in each school in which the viewer sees the pupil.
pub(crate) async fn of_pupil(scope: &Scope, pupil: Uuid, year: i32) -> Result<Vec<YearInSchool>> {
    let (from, to) = days_of(year)?;
    let mut schools: BTreeMap<Uuid, (NaiveDate, NaiveDate)> = BTreeMap::new();
    for place in enrolment::within_reach(scope, Right::AttendanceRead, &[pupil]).await? {
        if place.begins <= to && place.ends >= from {
            let (first, last) = (place.begins.max(from), place.ends.min(to).min(scope.today()));
            let span = schools.entry(place.school).or_insert((first, last));
            *span = (span.0.min(first), span.1.max(last));
        }
    }
    let ids: Vec<Uuid> = schools.keys().copied().collect();
    let names = school::names(scope, &ids).await?;
    let mut found = Vec::new();
    for (school, (first, last)) in schools {
        let counts = of_pupils(scope, school, &[pupil], (from, to), Which::Holding).await?;
        let count = counts.get(&pupil).copied().unwrap_or_default();
        let school_name = names.get(&school).cloned().unwrap_or_default();
        found.push(YearInSchool { year, from: Day(first), until: Day(last), count, school_name, school });
    }
    found.sort_by_key(|of| of.from);
    Ok(found)
}

/// The days of some pupils in a school. The caller has checked the pupils against the scope.
pub(crate) async fn of_pupils(
    scope: &Scope,
    school: Uuid,
    pupils: &[Uuid],
    days: (NaiveDate, NaiveDate),
    which: Which,
) -> Result<HashMap<Uuid, Count>> {
    if pupils.is_empty() {
        return Ok(HashMap::new());
    }
    let gathered = gather(scope, school, &[], pupils, days, which).await?;
    Ok(pupils.iter().map(|pupil| (*pupil, count(&gathered, *pupil))).collect())
}

/// A pupil of two homerooms at once is counted once.
fn count(gathered: &Gathered, pupil: Uuid) -> Count {
    gathered.days().take_while(|day| *day <= gathered.until).map(|day| Count::from(gathered.held(pupil, day, None))).sum()
}
