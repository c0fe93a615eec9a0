//! Places in classes that were changed after the registers' last day was over: who was in one from when to when is other than on a sheet
//! that was printed before.
use super::correction::{RegisterCorrection, Timed};
use super::of_month::names;
use super::{Gathered, finished_at};
use crate::access::scope::Scope;
use crate::attendance::school_day::is_ordinary;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::scalar::Day;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// A pupil's place in a class as it was known for a time.
#[derive(sqlx::FromRow)]
struct Version {
    id: Uuid,
    class: Uuid,
    pupil: Uuid,
    number: Option<i32>,
    begins: NaiveDate,
    ends: NaiveDate,
    known_from: DateTime<Utc>,
    known_until: DateTime<Utc>,
}

/// Who changed a place, and why.
#[derive(sqlx::FromRow)]
struct Told {
    record_id: Uuid,
    at: DateTime<Utc>,
    reason: String,
    by_name: Option<String>,
}

/// A change of a pupil's days in a class.
struct Changed<'a> {
    at: DateTime<Utc>,
    version: &'a Version,
    before: Days,
    after: Days,
}

/// The changes of each class, each with its time. Where nobody was known in a class before its days were over, it was only set up afterwards.
/// The caller has checked the classes against the scope.
pub(super) async fn of_classes(scope: &Scope, classes: &[Uuid], gathered: &Gathered) -> Result<HashMap<Uuid, Timed>> {
    let finished = finished_at(gathered.to);
    let versions = versions(scope, classes, gathered).await?;
    let known: HashSet<Uuid> = versions.iter().filter(|of| of.known_from < finished).map(|of| of.class).collect();
    let mut of_pupil: BTreeMap<(Uuid, Uuid), Vec<&Version>> = BTreeMap::new();
    for version in versions.iter().filter(|version| known.contains(&version.class)) {
        of_pupil.entry((version.class, version.pupil)).or_default().push(version);
    }
    let changed: Vec<Changed> = of_pupil.values().flat_map(|versions| changes(versions, gathered)).collect();
    let pupils: BTreeSet<Uuid> = changed.iter().map(|change| change.version.pupil).collect();
    let names = names(scope, &pupils.into_iter().collect::<Vec<_>>()).await?;
    let told = told(scope, &changed, finished).await?;
    let touched: HashSet<(Uuid, Uuid)> = changed.iter().map(|change| (change.version.class, change.version.id)).collect();
    let mut found: HashMap<Uuid, Timed> = HashMap::new();
    for Changed { at, version, before, after } in changed {
        let mut places = of_pupil[&(version.class, version.pupil)].iter().filter(|of| touched.contains(&(of.class, of.id)));
        let told = places.find_map(|of| told.get(&(of.id, at)));
        let correction = RegisterCorrection {
            day: Day(before.first_other(&after).unwrap_or(gathered.from)),
            number: version.number,
            name: Some(names.get(&version.pupil).cloned().unwrap_or_default()),
            before: before.words(gathered),
            after: after.words(gathered),
            by: told.and_then(|told| told.by_name.clone()),
            at: at.into(),
            reason: told.and_then(|told| told.reason.split_once(": ")).map(|(_, reason)| reason.to_owned()),
        };
        found.entry(version.class).or_default().push((at, correction));
    }
    Ok(found)
}

/// The places in these classes that were not replaced before the last day was over.
async fn versions(scope: &Scope, classes: &[Uuid], gathered: &Gathered) -> Result<Vec<Version>> {
    let mut found = Vec::new();
    for chunk in classes.chunks(500) {
        let some: Vec<Version> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT id, class, pupil, number, begins, ends, known_from, known_until FROM enrolment WHERE kind = 'HOME' AND begins <= ");
            sql.push_bind(gathered.to).push(" AND ends >= ").push_bind(gathered.from);
            sql.push(" AND known_until > ").push_bind(finished_at(gathered.to)).push(" AND class IN (");
            bind_ids(&mut sql, chunk.iter().copied());
            sql.push(") ORDER BY begins, id, known_from").build_query_as().fetch_all(c).await?
        });
        found.extend(some);
    }
    Ok(found)
}

/// What was changed of a pupil's days in a class after the last of them was over.
fn changes<'a>(versions: &[&'a Version], gathered: &Gathered) -> Vec<Changed<'a>> {
    let finished = finished_at(gathered.to);
    let times: BTreeSet<DateTime<Utc>> = versions.iter().flat_map(|of| [of.known_from, of.known_until]).collect();
    let mut found = Vec::new();
    for at in times.into_iter().filter(|at| *at >= finished && *at < not_replaced()) {
        let known = |holds: &dyn Fn(&Version) -> bool| Days::of(versions.iter().filter(|of| holds(of)), gathered);
        let before = known(&|of| of.known_from < at && at <= of.known_until);
        let after = known(&|of| of.known_from <= at && at < of.known_until);
        let touched = versions.iter().copied().find(|of| of.known_from == at || of.known_until == at);
        if let Some(version) = touched.filter(|_| before != after) {
            found.push(Changed { at, version, before, after });
        }
    }
    found
}

/// Who changed the places when, and why, by the place's id and the time.
async fn told(scope: &Scope, changed: &[Changed<'_>], finished: DateTime<Utc>) -> Result<HashMap<(Uuid, DateTime<Utc>), Told>> {
    let mut found = HashMap::new();
    for chunk in changed.chunks(500) {
        let some: Vec<Told> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT t.record_id, t.at, t.reason, COALESCE(s.name, a.name) AS by_name
                 FROM trail t LEFT JOIN staff s ON s.id = t.actor LEFT JOIN app a ON a.id = t.actor WHERE t.record = 'enrolment' AND t.at >= ");
            sql.push_bind(finished).push(" AND t.record_id IN (");
            bind_ids(&mut sql, chunk.iter().map(|change| change.version.id));
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        for told in some {
            found.entry((told.record_id, told.at)).or_insert(told);
        }
    }
    Ok(found)
}

/// The days of a pupil in a class, as far as a register has them.
#[derive(PartialEq, Eq)]
struct Days(BTreeSet<NaiveDate>);

impl Days {
    fn of<'a>(versions: impl Iterator<Item = &'a &'a Version>, gathered: &Gathered) -> Self {
        let held: Vec<(NaiveDate, NaiveDate)> = versions.map(|of| (of.begins, of.ends)).collect();
        Days(gathered.days().filter(|day| held.iter().any(|(begins, ends)| begins <= day && day <= ends)).collect())
    }

    /// The first day on which it is other, a day with school before any other.
    fn first_other(&self, other: &Days) -> Option<NaiveDate> {
        let differing = || self.0.symmetric_difference(&other.0).copied();
        differing().find(|day| is_ordinary(*day)).or_else(|| differing().next())
    }

    /// 「11/20まで在籍」.
    fn words(&self, gathered: &Gathered) -> String {
        let short = |day: NaiveDate| format!("{}/{}", day.month(), day.day());
        let Some((first, last)) = self.0.first().copied().zip(self.0.last().copied()) else { return "在籍なし".to_owned() };
        match (first > gathered.from, last < gathered.to) {
            (false, false) => "在籍".to_owned(),
            (false, true) => format!("{}まで在籍", short(last)),
            (true, false) => format!("{}から在籍", short(first)),
            (true, true) => format!("{}〜{}在籍", short(first), short(last)),
        }
    }
}
