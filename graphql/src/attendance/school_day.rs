//! School days (授業日) of a class: the school's calendar says which they are. Where there is none they are told from the records: days on
//! which attendance was taken or, before anybody took it, on which pupils worked.
use super::calendar::{self, Calendar};
use super::holiday;
use crate::access::scope::Scope;
use crate::access::tx::Tx;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::roster::class::{Class, ClassKind};
use crate::roster::enrolment;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// How many pupils something holds of, by day.
pub(crate) type ByDay = BTreeMap<NaiveDate, usize>;

/// Which days were school days, from how many of a class or cohort of a size were marked, and how many were active, on which day.
///
/// From the first day on with attendance, a day counts when at least half were marked, or on a weekday when at least half were active
/// (attendance was forgotten). Before that a day counts on which anybody was active: some rosters come without attendance.
pub(crate) fn told_from(marked: &ByDay, active: &ByDay, size: usize) -> BTreeSet<NaiveDate> {
    let half = |pupils: usize| pupils > 0 && pupils * 2 >= size;
    let taken: BTreeSet<NaiveDate> = marked.iter().filter(|(_, pupils)| half(**pupils)).map(|(day, _)| *day).collect();
    let first = taken.first().copied();
    let worked = active.iter().filter(|(day, pupils)| match first {
        Some(first) if **day >= first => is_weekday(**day) && half(**pupils),
        _ => **pupils > 0,
    });
    worked.map(|(day, _)| *day).chain(taken).collect()
}

/// Monday to Friday.
pub(crate) fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Whether schools are open on a day as a rule: Monday to Friday without the national holidays.
pub(crate) fn is_ordinary(day: NaiveDate) -> bool {
    is_weekday(day) && !holiday::is_holiday(day)
}

/// The school days of those of a class of several grades (特別支援学級, 複式) whose own grade is known: 授業日数 is a matter of the grade.
#[derive(Default)]
pub(crate) struct OwnDays {
    grades: HashMap<Uuid, String>,
    calendar: Calendar,
}

impl OwnDays {
    /// Those of a class over some days. The caller has checked the class against the scope.
    pub(crate) async fn of(tx: &mut Tx, class: &Class, days: (NaiveDate, NaiveDate)) -> Result<Self> {
        if !class.grades.contains(',') {
            return Ok(OwnDays::default());
        }
        let calendar = calendar::within(tx, class.school, days).await?;
        Ok(OwnDays { grades: enrolment::grades_in(tx, class.id).await?, calendar })
    }

    /// Whether a pupil has school on a day on which the class has.
    pub(crate) fn include(&self, pupil: Uuid, day: NaiveDate) -> bool {
        self.grades.get(&pupil).and_then(|grade| self.calendar.has_school(day, grade)).unwrap_or(true)
    }
}

/// The latest school days of a class, ascending, up to a day. Where no calendar says it, today is one of them unless it is free as a rule,
/// and at home on a Saturday is no school.
pub(crate) async fn latest(scope: &Scope, class: &Class, last: usize, until: NaiveDate) -> Result<Vec<NaiveDate>> {
    // Weeks have five school days, and there are holidays; where that is not enough there was a vacation.
    let near = u64::try_from(last * 2 + 14).unwrap_or(400).min(400);
    let calendar = of_class(scope, class, (until - Days::new(400), until)).await?;
    let mut days = BTreeSet::new();
    for back in [near, 400] {
        let from = until - Days::new(back);
        days = said_or_told(scope, &[class], &calendar, (from, until)).await?.remove(&class.id).unwrap_or_default();
        if days.len() >= last || back == 400 {
            break;
        }
    }
    Ok(days.iter().skip(days.len().saturating_sub(last)).copied().collect())
}

/// The school days of a class between two days, ascending.
pub(crate) async fn between(scope: &Scope, class: &Class, from: NaiveDate, to: NaiveDate) -> Result<Vec<NaiveDate>> {
    let calendar = of_class(scope, class, (from, to)).await?;
    let days = since(scope, &[class], &calendar, (from, to)).await?.remove(&class.id).unwrap_or_default();
    Ok(days.into_iter().collect())
}

/// The school days of each of some homerooms of a school between two days, with the school's calendar over these days.
pub(crate) async fn of_homerooms(
    scope: &Scope,
    classes: &[&Class],
    calendar: &Calendar,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<HashMap<Uuid, BTreeSet<NaiveDate>>> {
    let asked = || from.iter_days().take_while(|day| *day <= to);
    if !asked().all(|day| calendar.covers(day)) {
        return since(scope, classes, calendar, (from, to)).await;
    }
    // Where the calendar says it, the classes of a grade have the same school days.
    let mut by_grades: HashMap<&str, BTreeSet<NaiveDate>> = HashMap::new();
    let mut found = HashMap::new();
    for class in classes {
        let has_school = |day: &NaiveDate| calendar.has_school(*day, &class.grades) == Some(true);
        let days = by_grades.entry(&class.grades).or_insert_with(|| asked().filter(has_school).collect());
        found.insert(class.id, days.clone());
    }
    Ok(found)
}

async fn since(
    scope: &Scope,
    classes: &[&Class],
    calendar: &Calendar,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<HashMap<Uuid, BTreeSet<NaiveDate>>> {
    // Whether attendance is taken at all shows in the weeks before.
    let mut found = said_or_told(scope, classes, calendar, (from - Days::new(60), to)).await?;
    found.values_mut().for_each(|days| days.retain(|day| *day >= from));
    Ok(found)
}

/// Whether a class has school on a day for which there is no calendar: an ordinary school day, or one on which attendance was taken.
pub(crate) async fn is_one(scope: &Scope, class: &Class, day: NaiveDate) -> Result<bool> {
    Ok(is_ordinary(day) || records(scope, &[class], (day, day)).await?.values().any(|of| !of.marked.is_empty()))
}

/// The calendar that a class goes by. A lesson is not held on every school day: its records tell.
async fn of_class(scope: &Scope, class: &Class, days: (NaiveDate, NaiveDate)) -> Result<Calendar> {
    match class.kind {
        ClassKind::Homeroom => calendar::of_school(scope, class.school, days, None).await,
        ClassKind::Scheduled => Ok(Calendar::default()),
    }
}

/// The school days of some classes of a school that go by the same calendar.
async fn said_or_told(
    scope: &Scope,
    classes: &[&Class],
    calendar: &Calendar,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<HashMap<Uuid, BTreeSet<NaiveDate>>> {
    let asked = || from.iter_days().take_while(|day| *day <= to);
    let said = |class: &&Class| {
        let has_school = |day: &NaiveDate| calendar.has_school(*day, &class.grades) == Some(true);
        (class.id, asked().filter(has_school).collect::<BTreeSet<_>>())
    };
    let mut found: HashMap<Uuid, BTreeSet<NaiveDate>> = classes.iter().map(said).collect();
    if !classes.is_empty() && asked().any(|day| !calendar.covers(day)) {
        let mut records = records(scope, classes, (from, to)).await?;
        let ids: Vec<Uuid> = classes.iter().map(|class| class.id).collect();
        let sizes = enrolment::sizes_on(scope, &ids, to).await?;
        let today = scope.today();
        for (class, days) in &mut found {
            let Records { marked, active } = records.remove(class).unwrap_or_default();
            let mut told = told_from(&marked, &active, sizes.get(class).copied().unwrap_or_default());
            told.retain(|day| is_weekday(*day) || marked.contains_key(day));
            if from <= today && today <= to && is_ordinary(today) {
                told.insert(today);
            }
            days.extend(told.into_iter().filter(|day| !calendar.covers(*day)));
        }
    }
    Ok(found)
}

/// How many pupils of a class were marked, and how many were active, on which day.
#[derive(Default)]
struct Records {
    marked: ByDay,
    active: ByDay,
}

/// The records of some classes of a school; of one without any there is nothing.
async fn records(scope: &Scope, classes: &[&Class], (from, to): (NaiveDate, NaiveDate)) -> Result<HashMap<Uuid, Records>> {
    let Some(school) = classes.first().map(|class| class.school) else { return Ok(HashMap::new()) };
    let marked: Vec<(Uuid, NaiveDate, i64)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new("SELECT class, day, count(*) FROM attendance_mark WHERE kind IS NOT NULL AND known_until = ");
        sql.push_bind(not_replaced()).push(" AND day >= ").push_bind(from).push(" AND day <= ").push_bind(to);
        sql.push(" AND class IN (");
        bind_ids(&mut sql, classes.iter().map(|class| class.id));
        sql.push(") GROUP BY class, day").build_query_as().fetch_all(c).await?
    });
    let active: Vec<(Uuid, NaiveDate, i64)> = on!(scope.read(), c => {
        let mut sql = QueryBuilder::new(
            "SELECT e.class, t.day, count(DISTINCT t.pupil) FROM daily_total t
             JOIN (SELECT DISTINCT class, pupil FROM enrolment WHERE kind = 'HOME' AND known_until = ");
        sql.push_bind(not_replaced()).push(" AND class IN (");
        bind_ids(&mut sql, classes.iter().map(|class| class.id));
        sql.push(")) e ON e.pupil = t.pupil WHERE t.interactions > 0 AND t.school = ").push_bind(school);
        sql.push(" AND t.day >= ").push_bind(from).push(" AND t.day <= ").push_bind(to).push(" GROUP BY e.class, t.day");
        sql.build_query_as().fetch_all(c).await?
    });
    let many = |pupils: i64| usize::try_from(pupils).unwrap_or_default();
    let mut found: HashMap<Uuid, Records> = HashMap::new();
    for (class, day, pupils) in marked {
        found.entry(class).or_default().marked.insert(day, many(pupils));
    }
    for (class, day, pupils) in active {
        found.entry(class).or_default().active.insert(day, many(pupils));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).expect("a day of November")
    }

    #[test]
    fn once_attendance_is_taken_it_tells_the_school_days() {
        let active = [(13, 1), (14, 30), (16, 2), (17, 20), (18, 3)].map(|(at, pupils)| (day(at), pupils)).into();
        let taken = [(day(16), 30), (day(18), 15), (day(21), 1)].into();
        let days: Vec<u32> = told_from(&taken, &active, 30).into_iter().map(|day| day.day()).collect();
        assert_eq!(
            days,
            [13, 14, 16, 17, 18],
            "the 17th was forgotten, the 13th and 14th are from before, one mark is no school"
        );
        let weekend: ByDay = [(day(21), 30)].into();
        assert_eq!(told_from(&taken, &weekend, 30).len(), 2, "homework on a Saturday makes no school day");
    }

    #[test]
    fn without_attendance_a_day_counts_on_which_anybody_worked() {
        let active = [(day(14), 1), (day(16), 0)].into();
        assert_eq!(told_from(&ByDay::new(), &active, 30), [day(14)].into());
    }
}
