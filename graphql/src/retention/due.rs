//! What is due: by kind of record, school and school year, with how many pupils and records it is of and how many of them are held.
use super::hold::{self, LegalHold};
use super::rule::{self, CountedFrom, KeptKind, RetentionRule};
use super::{kept, period};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::access::small_cell::{SmallCell, told_in};
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::id;
use crate::page::{self, Cursor};
use crate::roster::moves::offices;
use crate::scalar::Day;
use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, QueryBuilder};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What is due of a kind of record, a school and a school year. The key is the `ID` of it.
#[derive(Clone, Debug)]
pub struct DueRecords {
    /// What it is.
    pub key: Key,
    /// The school's name.
    pub school_name: String,
    /// The pupils whose records may go, with how many. `None` is who came into a draft and never into the register.
    pub pupils: BTreeMap<Option<Uuid>, i64>,
    /// How many pupils have records that a hold keeps.
    pub held: usize,
    since: NaiveDate,
    place: i64,
    /// In which steps the counts are told; `None` to those who read whose records they are.
    step: Option<SmallCell>,
}

/// A kind of record of a school, and the school year in which the pupils left or of which the records are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The school year.
    pub year: i32,
    /// The school.
    pub school: Uuid,
    /// The kind of record.
    pub kind: KeptKind,
}

impl Key {
    /// The key as an id, such as `ATTENDANCE_REGISTER.…uuid….2020`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}.{}.{}", self.kind.name(), self.school, self.year)
    }
}

impl DueRecords {
    /// In which steps the counts are told; `None` to those who read whose records they are.
    pub(super) fn step(&self) -> Option<SmallCell> {
        self.step
    }

    /// How many records may go.
    #[must_use]
    pub fn records(&self) -> i64 {
        self.pupils.values().sum()
    }
}

/// A pupil whose records are due.
#[derive(SimpleObject, Clone, Debug)]
pub struct DuePupil {
    /// The pupil's UUID, to hold their records by.
    pub pupil_id: ID,
    /// The name of the school register.
    pub name: String,
    /// How many records may go.
    pub record_count: i64,
}

/// What is due of a kind of record, a school and a school year.
#[Object]
impl DueRecords {
    /// What `deletionPlan` and `deleteDue` take.
    async fn id(&self) -> ID {
        ID(self.key.id())
    }
    /// The kind of record.
    async fn kind(&self) -> KeptKind {
        self.key.kind
    }
    /// The school.
    async fn school_id(&self) -> ID {
        id::of(self.key.school)
    }
    /// The school's name.
    async fn school_name(&self) -> &str {
        &self.school_name
    }
    /// The school year, the year of its April: in which the pupils left the school, or of which the records are.
    async fn year(&self) -> i32 {
        self.key.year
    }
    /// Since when it may go.
    async fn since(&self) -> Day {
        Day(self.since)
    }
    /// Of how many pupils records may go. Where you may not see whose they are, the counts here are rounded down to tens (or the board's
    /// larger step), and null under that.
    async fn pupil_count(&self) -> Option<usize> {
        told_in(self.step, self.pupils.len())
    }
    /// To whole multiples of what the counts are rounded down; null where they are exact.
    async fn count_step(&self) -> Option<usize> {
        self.step.map(SmallCell::step)
    }
    /// How many records may go, without what hangs on them.
    async fn record_count(&self) -> Option<usize> {
        told_in(self.step, usize::try_from(self.records()).unwrap_or_default())
    }
    /// Of how many pupils records are due and held: they are not counted above.
    async fn held_pupils(&self) -> Option<usize> {
        told_in(self.step, self.held)
    }
    /// Whose records may go, by name, at most 1,000; null where you may not see the names of the school's register.
    #[graphql(complexity = "20 + child_complexity")]
    async fn pupils(&self, ctx: &Context<'_>) -> Result<Option<Vec<DuePupil>>> {
        let scope = Scope::of(ctx)?;
        if !offices(scope, Right::OfficialNameRead).await?.contains(&self.key.school) {
            return Ok(None);
        }
        let ids: Vec<Uuid> = self.pupils.keys().flatten().copied().take(1_000).collect();
        let mut found = Vec::new();
        for chunk in ids.chunks(500) {
            let some: Vec<(Uuid, String, String)> = on!(scope.read(), c => {
                let mut sql = QueryBuilder::new("SELECT id, family_name, given_name FROM pupil WHERE id IN (");
                bind_ids(&mut sql, chunk.iter().copied());
                sql.push(") ORDER BY kana_family_name, kana_given_name, id").build_query_as().persistent(false).fetch_all(c).await?
            });
            found.extend(some);
        }
        let of = |(pupil, family, given): (Uuid, String, String)| DuePupil {
            pupil_id: id::of(pupil),
            name: format!("{family} {given}").trim().to_owned(),
            record_count: self.pupils.get(&Some(pupil)).copied().unwrap_or_default(),
        };
        Ok(Some(found.into_iter().map(of).collect()))
    }
}

/// What may be asked about what is due.
#[derive(Default)]
pub struct DueQuery;

#[Object]
impl DueQuery {
    /// What is due in your schools, or in one of them: the oldest school year first. Nothing of it goes by itself.
    #[graphql(complexity = "50 + crate::page::rows(first) * child_complexity / 10")]
    async fn retention_due(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One school; all of yours if not said.")] school_id: Option<ID>,
        #[graphql(desc = "One kind of record; all if not said.")] kind: Option<KeptKind>,
        #[graphql(desc = "How many, at most 200; 50 if not said.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Connection<Cursor, DueRecords>> {
        let scope = Scope::with(ctx, Right::RetentionRead)?;
        let (after, limit) = page::bounds(after.as_deref(), first)?;
        let school = school_id.map(|school| id::parse(&school).unwrap_or_default());
        let due = list(scope, Right::RetentionRead, school, kind).await?;
        let cursor = |due: &DueRecords| Cursor { number: due.place, id: due.key.school };
        let most = usize::try_from(limit).unwrap_or_default();
        Ok(page::of(due.into_iter().filter(|due| due.place > after.number).take(most).collect(), limit, cursor))
    }
}

/// What is due of each kind, school and school year.
type Found = BTreeMap<Key, BTreeMap<Option<Uuid>, i64>>;

/// What is due in the schools over which the viewer has a right.
pub async fn list(scope: &Scope, right: Right, school: Option<Uuid>, kind: Option<KeptKind>) -> Result<Vec<DueRecords>> {
    let mut schools = offices(scope, right).await?;
    schools.retain(|of| school.is_none_or(|school| school == *of));
    let rules = rule::all(scope).await?;
    let mut found = Found::new();
    for rule in rules.iter().filter(|rule| kind.is_none_or(|kind| kind == rule.kind)) {
        match rule.counted_from {
            CountedFrom::Leaving => of_leavers(scope, right, rule, &mut found).await?,
            CountedFrom::SchoolYear => of_years(scope, right, rule, &mut found).await?,
        }
    }
    found.retain(|key, _| schools.contains(&key.school));
    let holds = hold::all(scope).await?;
    let whose = offices(scope, Right::OfficialNameRead).await?;
    let names = names(scope, &schools).await?;
    let years: HashMap<KeptKind, i32> = rules.iter().map(|rule| (rule.kind, rule.years)).collect();
    let due = found.into_iter().zip(0..).map(|((key, pupils), place)| {
        let (held, pupils): (BTreeMap<_, _>, BTreeMap<_, _>) =
            pupils.into_iter().partition(|(pupil, _)| is_held(&holds, key.kind, key.school, *pupil));
        let since = period::due_on(key.year, years.get(&key.kind).copied().unwrap_or_default());
        let school_name = names.get(&key.school).cloned().unwrap_or_default();
        let step = Some(scope.small_cell()).filter(|_| !whose.contains(&key.school));
        DueRecords { key, school_name, pupils, held: held.len(), since, place, step }
    });
    Ok(due.collect())
}

/// Whether any of these holds keeps a pupil's records of a kind in a school.
pub(super) fn is_held(holds: &[LegalHold], kind: KeptKind, school: Uuid, pupil: Option<Uuid>) -> bool {
    holds.iter().any(|hold| hold.covers(kind, school, pupil))
}

async fn names(scope: &Scope, schools: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, String>> {
    let rows: Vec<(Uuid, String)> =
        on!(scope.read(), c => sqlx::query_as("SELECT id, name FROM school ORDER BY id").fetch_all(c).await?);
    Ok(rows.into_iter().filter(|(school, _)| schools.contains(school)).collect())
}

/// Who left which school when, of an enrolment `e` in a class of the year `y`: the last day of the last enrolment, which ends with its school
/// year at the latest, whatever a roster leaves open. Who was only ever enrolled by mistake is counted by what was said then.
pub(super) const LEFT_ON: &str = "COALESCE(
    max(CASE WHEN e.known_until <> '9999-12-31T00:00:00+00:00' THEN NULL WHEN e.ends < y.ends THEN e.ends ELSE y.ends END),
    max(CASE WHEN e.ends < y.ends THEN e.ends ELSE y.ends END))";
/// Where that is told from.
pub(super) const ENROLLED: &str = "enrolment e JOIN class c ON c.id = e.class JOIN academic_year y ON y.id = c.academic_year";

/// The records of those who left so long ago that the rule lets them go.
async fn of_leavers(scope: &Scope, right: Right, rule: &RetentionRule, found: &mut Found) -> Result<()> {
    let before = period::kept_from(scope.today(), rule.years);
    for (table, school, _) in kept::with(rule.kind) {
        // Table and columns are those of the list, written in this program.
        let sql = format!(
            "SELECT g.school, g.pupil, g.left_on, count(*)
             FROM (SELECT e.school, e.pupil, {LEFT_ON} AS left_on FROM {ENROLLED} WHERE e.school IN
                       (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
                   GROUP BY e.school, e.pupil) g
             JOIN {table} x ON x.pupil = g.pupil AND x.{school} = g.school
             WHERE g.left_on < $4 GROUP BY g.school, g.pupil, g.left_on"
        );
        let rows: Vec<(Uuid, Uuid, NaiveDate, i64)> = on!(scope.read(), c => sqlx::query_as(AssertSqlSafe(sql.as_str()))
            .bind(scope.holder()).bind(scope.over(right)).bind(scope.today()).bind(before).fetch_all(c).await?);
        for (school, pupil, left, records) in rows {
            let key = Key { year: period::school_year(left), school, kind: rule.kind };
            *found.entry(key).or_default().entry(Some(pupil)).or_default() += records;
        }
    }
    Ok(())
}

/// The records of school years that are over for so long that the rule lets them go.
async fn of_years(scope: &Scope, right: Right, rule: &RetentionRule, found: &mut Found) -> Result<()> {
    let before = period::kept_from(scope.today(), rule.years);
    for (table, school, day) in kept::with(rule.kind) {
        let sql = format!("SELECT min({day}) FROM {table}");
        let (first,): (Option<NaiveDate>,) =
            on!(scope.read(), c => sqlx::query_as(AssertSqlSafe(sql.as_str())).fetch_one(c).await?);
        let Some(first) = first.filter(|first| *first < before) else { continue };
        for year in period::school_year(first)..period::school_year(before) {
            let (from, to) = period::days_of(year);
            let sql = format!(
                "SELECT school, pupil, count(*) FROM (SELECT {school} AS school, pupil FROM {table} WHERE {day} >= $4 AND {day} <= $5) q
                 WHERE school IN (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
                 GROUP BY school, pupil"
            );
            let rows: Vec<(Uuid, Option<Uuid>, i64)> = on!(scope.read(), c => sqlx::query_as(AssertSqlSafe(sql.as_str()))
                .bind(scope.holder()).bind(scope.over(right)).bind(scope.today()).bind(from).bind(to).fetch_all(c).await?);
            for (school, pupil, records) in rows {
                let key = Key { year, school, kind: rule.kind };
                *found.entry(key).or_default().entry(pupil).or_default() += records;
            }
        }
    }
    Ok(())
}
