//! What changed when a support began: the pupil's days before and after, beside those of pupils who were alike and had no support.
mod around;
mod begun;
mod words;

use super::language::Language;
use crate::access::reach::RightsOverRecords;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::Result;
use crate::scalar::Day;
use asagao_analytics::effect::{Effect, Unknown, effects};
use async_graphql::dataloader::DataLoader;
use async_graphql::{Enum, Object};
use begun::Begun;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use uuid::Uuid;

/// How many of the latest beginnings are shown.
const LATEST: usize = 3;

/// What began.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupportBeginning {
    /// The first thing noted, or a support sheet opened, after 30 days without any support.
    Support,
    /// A plan (個別の指導計画, 個別の教育支援計画). What was done before it is in its before.
    Plan,
}

/// What is counted around the beginning of a support.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupportMeasure {
    /// Days absent, of the days to attend.
    Absence,
    /// Days with learning records, of the days on which they could be expected: a day away on which nothing was done is none, nor is a day on
    /// which nobody of the grade has any.
    Activity,
}

/// Why a change is not compared.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupportChangeWithheld {
    /// Fewer than 10 of the 20 school days before are known.
    TooFewDaysBefore,
    /// Fewer than 10 of the 20 school days since have passed or are known.
    TooFewDaysAfter,
    /// Fewer than 5 pupils of the grade without support had records like these before.
    TooFewComparable,
}

impl From<Unknown> for SupportChangeWithheld {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::TooFewBefore => SupportChangeWithheld::TooFewDaysBefore,
            Unknown::TooFewAfter => SupportChangeWithheld::TooFewDaysAfter,
            Unknown::TooFewAlike => SupportChangeWithheld::TooFewComparable,
        }
    }
}

/// The beginning of a support with what changed around it.
pub struct SupportEffect {
    began: SupportBeginning,
    since: NaiveDate,
    changes: Vec<SupportChange>,
}

/// What changed around the beginning of a support. It says what happened at the same time, not what came of the support.
#[Object]
impl SupportEffect {
    /// What began.
    async fn began(&self) -> SupportBeginning {
        self.began
    }
    /// The day on which it began; it counts among the days after.
    async fn since(&self) -> Day {
        Day(self.since)
    }
    /// What changed in each measure.
    async fn changes(&self) -> &[SupportChange] {
        &self.changes
    }
}

/// What changed in one measure.
pub struct SupportChange {
    measure: SupportMeasure,
    found: std::result::Result<Effect, Unknown>,
}

/// What changed in one measure, in days of twenty: 20 times the share of the days that are known.
#[Object]
impl SupportChange {
    /// What is counted.
    async fn measure(&self) -> SupportMeasure {
        self.measure
    }
    /// Of twenty school days before the beginning; null where it is withheld, as are all the figures.
    async fn before(&self) -> Option<f64> {
        self.in_days(|found| found.before)
    }
    /// Of twenty school days from the beginning on.
    async fn after(&self) -> Option<f64> {
        self.in_days(|found| found.after)
    }
    /// The mean before of those compared with.
    async fn others_before(&self) -> Option<f64> {
        self.in_days(|found| found.alike_before)
    }
    /// The mean after of those compared with.
    async fn others_after(&self) -> Option<f64> {
        self.in_days(|found| found.alike_after)
    }
    /// With how many it is compared: pupils of the grade without support up to that day who were at most 3 days of 20 away before, the nearest 8
    /// and those as near as the last of them.
    async fn others(&self) -> Option<usize> {
        self.found.as_ref().ok().map(|found| found.alike)
    }
    /// The pupil's change less that of the others.
    async fn difference(&self) -> Option<f64> {
        self.in_days(|found| found.difference)
    }
    /// Where the middle 95 % by chance begin.
    async fn low(&self) -> Option<f64> {
        self.in_days(|found| found.interval[0])
    }
    /// Where they end.
    async fn high(&self) -> Option<f64> {
        self.in_days(|found| found.interval[1])
    }
    /// Whether chance alone may well have made the difference: 0 lies from `low` to `high`.
    async fn may_be_chance(&self) -> Option<bool> {
        self.found.as_ref().ok().map(Effect::may_be_chance)
    }
    /// Why it is not compared; null where it is.
    async fn withheld(&self) -> Option<SupportChangeWithheld> {
        self.found.err().map(SupportChangeWithheld::from)
    }
    /// All of it as a plain sentence, with what it does not say.
    async fn text(&self, #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language) -> String {
        words::sentence(self.measure, self.found, language)
    }
}

impl SupportChange {
    fn in_days(&self, of: fn(&Effect) -> f64) -> Option<f64> {
        self.found.as_ref().ok().map(|found| words::in_days(of(found)))
    }
}

/// The latest beginnings of support of a pupil of which the viewer may know, the newest first, with what changed. The caller has checked the
/// viewer's rights over the pupil.
pub(super) async fn of_pupil(loader: &DataLoader<Scope>, scope: &Scope, pupil: Uuid) -> Result<Vec<SupportEffect>> {
    let mut found = Vec::new();
    let begun = begun::of_pupil(loader, scope.today(), pupil).await?;
    // What was handed over of a former school is read; who was there beside the pupil is not.
    let schools: BTreeSet<Uuid> = begun.iter().map(|of| of.school).collect();
    let rights = loader.load_many(schools.into_iter().map(|school| RightsOverRecords { pupil, school })).await?;
    let here = |of: &Begun| {
        rights.get(&RightsOverRecords { pupil, school: of.school }).is_some_and(|rights| rights.contains(&Right::FlagRead))
    };
    for of in begun.into_iter().filter(here).take(LATEST) {
        let Some(around) = around::gather(scope, (of.school, pupil), of.since).await? else { continue };
        let changes = [SupportMeasure::Absence, SupportMeasure::Activity].into_iter().zip(effects(&around.own, &around.others));
        let changes = changes.map(|(measure, found)| SupportChange { measure, found }).collect();
        found.push(SupportEffect { began: of.began, since: of.since, changes });
    }
    Ok(found)
}
