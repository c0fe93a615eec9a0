//! A school's morning at once, class by class, for the nurse: counts beside every share. Nothing here decides anything.
use super::HealthState;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::calendar;
use crate::attendance::school_day::is_ordinary;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::{Error, Result};
use crate::id;
use crate::roster::class::{self, Class};
use crate::roster::school;
use crate::scalar::Day;
use crate::wellbeing::word::{self, BoardWord, WordKind};
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{Days, NaiveDate};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// How often something was noted.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct HealthCount {
    /// The code of the board's word.
    pub code: String,
    /// Its first line.
    pub label: String,
    /// Of how many pupils.
    pub count: usize,
}

/// A day in numbers, of a class or of all that you see.
#[derive(SimpleObject, Clone, Debug, PartialEq)]
pub struct HealthCounts {
    /// The day.
    pub day: Day,
    /// How many pupils there are.
    pub enrolled: usize,
    /// Of how many it is known how they are: noted, or away by the register.
    pub observed: usize,
    /// Absent for an illness: marked with the kind `ILLNESS`, or absent with a symptom or a disease noted.
    pub absent_ill: usize,
    /// 出席停止: marked with the kind `SUSPENDED`, or excused with a disease noted.
    pub suspended: usize,
    /// At school, with something noted.
    pub ill: usize,
    /// The share that a decision over closing a class looks at: absent for an illness, 出席停止 and ill at school, over those who are
    /// enrolled, 0 to 1. Null where nobody is enrolled. It decides nothing by itself.
    pub share: Option<f64>,
    /// The symptoms, by the board's order.
    pub symptoms: Vec<HealthCount>,
    /// The diseases of those who are away, by the board's order.
    pub diseases: Vec<HealthCount>,
}

/// A class's morning.
#[derive(SimpleObject)]
pub struct ClassHealth {
    /// The class.
    pub class: Class,
    /// The day that was asked for.
    pub counts: HealthCounts,
    /// The last five school days up to it, ascending.
    pub trend: Vec<HealthCounts>,
}

/// A school's morning.
#[derive(SimpleObject)]
pub struct SchoolHealth {
    /// The school.
    pub school_id: ID,
    /// The classes that you see, in the order of their grades and names.
    pub classes: Vec<ClassHealth>,
    /// All of them together.
    pub total: HealthCounts,
    /// All of them together over the last five school days, ascending.
    pub trend: Vec<HealthCounts>,
}

/// What may be asked about a school's health.
#[derive(Default)]
pub struct SchoolHealthQuery;

#[Object]
impl SchoolHealthQuery {
    /// The morning of a school, class by class, with the last five school days. Null where you may not see any class of it.
    #[graphql(complexity = "200 + child_complexity")]
    async fn school_health(
        &self,
        ctx: &Context<'_>,
        school_id: ID,
        #[graphql(desc = "The day, at most 366 days ago; today if not said.")] day: Option<Day>,
    ) -> Result<Option<SchoolHealth>> {
        let scope = Scope::with(ctx, Right::HealthRead)?;
        let day = day.map_or_else(|| scope.today(), |day| day.0);
        if day > scope.today() || day < scope.today() - Days::new(366) {
            return Err(Error::BadInput("`day` is to come or more than 366 days ago".into()));
        }
        of_school(scope, id::parse(&school_id).unwrap_or_default(), day).await
    }
}

/// So many school days are compared.
const TREND: usize = 5;

/// The morning of a school as far as the viewer may see it.
pub(super) async fn of_school(scope: &Scope, school: Uuid, day: NaiveDate) -> Result<Option<SchoolHealth>> {
    let Some(school) = school::reached(scope, Right::HealthRead, school).await? else { return Ok(None) };
    let mut classes = class::homerooms_on(scope, Right::HealthRead, school.id, day).await?;
    if classes.is_empty() {
        return Ok(None);
    }
    classes.sort_by(|one, other| (&one.grades, &one.name, one.id).cmp(&(&other.grades, &other.name, other.id)));
    let days = school_days(scope, school.id, day).await?;
    let ids: Vec<Uuid> = classes.iter().map(|class| class.id).collect();
    let known = Known::read(scope, &ids, &days, day).await?;
    let counts = |classes: &[Uuid], day: NaiveDate| known.counts(classes, day);
    Ok(Some(SchoolHealth {
        school_id: id::of(school.id),
        total: counts(&ids, day),
        trend: days.iter().map(|day| counts(&ids, *day)).collect(),
        classes: classes
            .into_iter()
            .map(|class| ClassHealth {
                counts: counts(&[class.id], day),
                trend: days.iter().map(|day| counts(&[class.id], *day)).collect(),
                class,
            })
            .collect(),
    }))
}

/// The last school days up to a day, ascending, by the calendar of the school; where it says nothing, the ordinary ones.
async fn school_days(scope: &Scope, school: Uuid, day: NaiveDate) -> Result<Vec<NaiveDate>> {
    let from = day - Days::new(60);
    let calendar = calendar::of_school(scope, school, (from, day), None).await?;
    let has_school = |day: &NaiveDate| calendar.has_school(*day, "").unwrap_or_else(|| is_ordinary(*day));
    let mut days: Vec<NaiveDate> = from.iter_days().take_while(|of| *of <= day).filter(has_school).collect();
    Ok(days.split_off(days.len().saturating_sub(TREND)))
}

#[derive(sqlx::FromRow)]
struct Mark {
    class: Uuid,
    day: NaiveDate,
    pupil: Uuid,
    code: String,
    absent: bool,
    excused: bool,
}

#[derive(sqlx::FromRow)]
struct Noted {
    class: Uuid,
    day: NaiveDate,
    pupil: Uuid,
    state: HealthState,
    symptoms: String,
    disease: Option<String>,
}

/// What is known of some classes on some days: who is away, who is noted, how many there are.
struct Known {
    marks: HashMap<(Uuid, NaiveDate), Vec<Mark>>,
    noted: HashMap<(Uuid, NaiveDate), HashMap<Uuid, Noted>>,
    sizes: HashMap<(Uuid, NaiveDate), usize>,
    symptoms: Vec<BoardWord>,
    diseases: Vec<BoardWord>,
}

impl Known {
    async fn read(scope: &Scope, classes: &[Uuid], days: &[NaiveDate], day: NaiveDate) -> Result<Self> {
        let first = days.first().copied().unwrap_or(day).min(day);
        let marks: Vec<Mark> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT m.class, m.day, m.pupil, k.code, k.absent, k.excused FROM attendance_mark m
                 JOIN attendance_kind k ON k.code = m.kind WHERE (k.absent OR k.excused) AND m.known_until = ");
            sql.push_bind(not_replaced()).push(" AND m.day >= ").push_bind(first).push(" AND m.day <= ").push_bind(day);
            sql.push(" AND m.class IN ");
            scope.push_reach(&mut sql, Right::HealthRead);
            sql.push(" AND m.class IN (");
            bind_ids(&mut sql, classes.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        let noted: Vec<Noted> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT o.class, o.day, o.pupil, o.state, o.symptoms, o.disease FROM health_observation o
                 WHERE o.state IS NOT NULL AND o.known_until = ");
            sql.push_bind(not_replaced()).push(" AND o.day >= ").push_bind(first).push(" AND o.day <= ").push_bind(day);
            sql.push(" AND o.class IN ");
            scope.push_reach(&mut sql, Right::HealthRead);
            sql.push(" AND o.class IN (");
            bind_ids(&mut sql, classes.iter().copied());
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        let mut known = Known {
            marks: HashMap::new(),
            noted: HashMap::new(),
            sizes: HashMap::new(),
            symptoms: word::of_kind(scope, WordKind::Symptom).await?,
            diseases: word::of_kind(scope, WordKind::Disease).await?,
        };
        for of in days.iter().copied().chain((!days.contains(&day)).then_some(day)) {
            let sizes: Vec<(Uuid, i64)> = on!(scope.read(), c => {
                let mut sql = QueryBuilder::new(
                    "SELECT class, count(DISTINCT pupil) FROM enrolment WHERE kind = 'HOME' AND known_until = ");
                sql.push_bind(not_replaced()).push(" AND begins <= ").push_bind(of).push(" AND ends >= ").push_bind(of);
                sql.push(" AND class IN (");
                bind_ids(&mut sql, classes.iter().copied());
                sql.push(") GROUP BY class").build_query_as().fetch_all(c).await?
            });
            known.sizes.extend(sizes.into_iter().map(|(class, size)| ((class, of), usize::try_from(size).unwrap_or_default())));
        }
        marks.into_iter().for_each(|mark| known.marks.entry((mark.class, mark.day)).or_default().push(mark));
        noted.into_iter().for_each(|of| drop(known.noted.entry((of.class, of.day)).or_default().insert(of.pupil, of)));
        Ok(known)
    }

    fn counts(&self, classes: &[Uuid], day: NaiveDate) -> HealthCounts {
        let (mut enrolled, mut observed, mut absent_ill, mut suspended, mut ill) = (0, HashSet::new(), 0, 0, 0);
        let (mut symptoms, mut diseases): (BTreeMap<&str, usize>, BTreeMap<&str, usize>) = Default::default();
        for class in classes {
            let key = (*class, day);
            enrolled += self.sizes.get(&key).copied().unwrap_or_default();
            let noted = self.noted.get(&key);
            let of = |pupil: &Uuid| noted.and_then(|noted| noted.get(pupil));
            let mut away = HashSet::new();
            for mark in self.marks.get(&key).into_iter().flatten() {
                observed.insert(mark.pupil);
                away.insert(mark.pupil);
                let said = of(&mark.pupil);
                let disease = said.and_then(|said| said.disease.as_deref());
                let reason = disease.is_some() || said.is_some_and(|said| !said.symptoms.is_empty());
                absent_ill += usize::from(mark.absent && (mark.code == "ILLNESS" || reason));
                suspended += usize::from(mark.excused && (mark.code == "SUSPENDED" || disease.is_some()));
                disease.into_iter().for_each(|code| *diseases.entry(code).or_default() += 1);
            }
            for said in noted.iter().flat_map(|noted| noted.values()) {
                observed.insert(said.pupil);
                let here = !away.contains(&said.pupil);
                ill += usize::from(here && said.state == HealthState::Ill);
                // Noted as away before the register says so.
                if here && said.state == HealthState::Away {
                    absent_ill += 1;
                    said.disease.iter().for_each(|code| *diseases.entry(code).or_default() += 1);
                }
                said.symptoms.split(',').filter(|code| !code.is_empty()).for_each(|code| *symptoms.entry(code).or_default() += 1);
            }
        }
        let counted = |words: &[BoardWord], found: &BTreeMap<&str, usize>| {
            let of = |word: &BoardWord| {
                let count = *found.get(word.code.as_str())?;
                let label = word.label.lines().next().unwrap_or_default().to_owned();
                Some(HealthCount { code: word.code.clone(), label, count })
            };
            words.iter().filter_map(of).collect()
        };
        #[expect(clippy::cast_precision_loss, reason = "a school has no 2^52 pupils")]
        let share = (enrolled > 0).then(|| (absent_ill + suspended + ill) as f64 / enrolled as f64);
        HealthCounts {
            day: Day(day),
            enrolled,
            observed: observed.len().min(enrolled),
            absent_ill,
            suspended,
            ill,
            share,
            symptoms: counted(&self.symptoms, &symptoms),
            diseases: counted(&self.diseases, &diseases),
        }
    }
}
