//! Places in a class that were changed after the register's last day was over: who was in it from when to when is other than on a sheet that
//! was printed before.
use super::correction::RegisterCorrection;
use super::of_month::names;
use super::{Gathered, finished_at};
use crate::access::scope::Scope;
use crate::attendance::school_day::is_ordinary;
use crate::clock::not_replaced;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::roster::class::Class;
use crate::roster::pupil::Pupil;
use crate::scalar::Day;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A pupil's place in the class as it was known for a time.
#[derive(sqlx::FromRow)]
struct Version {
    id: Uuid,
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

/// The changes, each with its time. Where nobody was known in the class before its days were over, it was only set up afterwards.
pub(super) async fn of(scope: &Scope, class: &Class, gathered: &Gathered) -> Result<Vec<(DateTime<Utc>, RegisterCorrection)>> {
    let finished = finished_at(gathered.to);
    let sql = "SELECT id, pupil, number, begins, ends, known_from, known_until FROM enrolment
               WHERE class = $1 AND kind = 'HOME' AND begins <= $2 AND ends >= $3 AND known_until > $4 ORDER BY begins, id, known_from";
    let versions: Vec<Version> = on!(scope.read(), c => sqlx::query_as(sql).bind(class.id).bind(gathered.to).bind(gathered.from)
        .bind(finished).fetch_all(c).await?);
    if !versions.iter().any(|version| version.known_from < finished) {
        return Ok(Vec::new());
    }
    let mut of_pupil: BTreeMap<Uuid, Vec<&Version>> = BTreeMap::new();
    for version in &versions {
        of_pupil.entry(version.pupil).or_default().push(version);
    }
    let mut changed: Vec<(DateTime<Utc>, &Version, Days, Days)> = Vec::new();
    for versions in of_pupil.values() {
        let times: BTreeSet<DateTime<Utc>> = versions.iter().flat_map(|of| [of.known_from, of.known_until]).collect();
        for at in times.into_iter().filter(|at| *at >= finished && *at < not_replaced()) {
            let known = |holds: &dyn Fn(&Version) -> bool| Days::of(versions.iter().filter(|of| holds(of)), gathered);
            let before = known(&|of| of.known_from < at && at <= of.known_until);
            let after = known(&|of| of.known_from <= at && at < of.known_until);
            let touched = versions.iter().find(|of| of.known_from == at || of.known_until == at);
            if let Some(version) = touched.filter(|_| before != after) {
                changed.push((at, version, before, after));
            }
        }
    }
    let pupils: Vec<Uuid> = changed.iter().map(|(_, version, ..)| version.pupil).collect();
    let (names, told) = (names(scope, &pupils).await?, told(scope, &changed, finished).await?);
    let corrections = changed.into_iter().map(|(at, version, before, after)| {
        let of_pupil = &of_pupil[&version.pupil];
        let told = told.iter().find(|told| told.at == at && of_pupil.iter().any(|of| of.id == told.record_id));
        let correction = RegisterCorrection {
            day: Day(before.first_other(&after).unwrap_or(gathered.from)),
            number: version.number,
            name: Some(names.get(&version.pupil).map(Pupil::shown_name).unwrap_or_default()),
            before: before.words(gathered),
            after: after.words(gathered),
            by: told.and_then(|told| told.by_name.clone()),
            at: at.into(),
            reason: told.and_then(|told| told.reason.split_once(": ")).map(|(_, reason)| reason.to_owned()),
        };
        (at, correction)
    });
    Ok(corrections.collect())
}

async fn told(scope: &Scope, changed: &[(DateTime<Utc>, &Version, Days, Days)], finished: DateTime<Utc>) -> Result<Vec<Told>> {
    let mut found = Vec::new();
    for chunk in changed.chunks(500) {
        let some: Vec<Told> = on!(scope.read(), c => {
            let mut sql = QueryBuilder::new(
                "SELECT t.record_id, t.at, t.reason, COALESCE(s.name, a.name) AS by_name
                 FROM trail t LEFT JOIN staff s ON s.id = t.actor LEFT JOIN app a ON a.id = t.actor WHERE t.record = 'enrolment' AND t.at >= ");
            sql.push_bind(finished).push(" AND t.record_id IN (");
            bind_ids(&mut sql, chunk.iter().map(|(_, version, ..)| version.id));
            sql.push(")").build_query_as().fetch_all(c).await?
        });
        found.extend(some);
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
