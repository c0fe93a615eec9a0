//! How good the flags were, in counts: how many, what was answered, what became of the pupils, how steady it was.
pub(crate) mod outcome;
pub(crate) mod row;
mod told;

use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use crate::id;
use crate::roster::school;
use crate::scalar::Day;
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::NaiveDate;
use row::Sums;
use serde::Serialize;
use std::collections::BTreeMap;
use told::Told;
use uuid::Uuid;

/// Counts of some weeks. Where you may not see the flags themselves every count of a school and a week is rounded down to a whole multiple of
/// `step`, and null under one step; a sum is that of what is told. Shares follow from what is told: each count is taken for the middle of what it
/// may be, and they are null where the count above the line is.
#[derive(SimpleObject, Serialize, Clone, Copy, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct AnalysisQualityCounts {
    /// Pupils scored, added up over the weeks.
    pub pupils: Option<usize>,
    /// Flags of the level `WATCH`.
    pub watch: Option<usize>,
    /// Flags of the level `SUPPORT`.
    pub support: Option<usize>,
    /// Answers that stand, of each pupil the last: useful.
    pub useful: Option<usize>,
    /// Answers that stand: already known.
    pub already_known: Option<usize>,
    /// Answers that stand: not right.
    pub not_right: Option<usize>,
    /// Of the answers, the share of those that are useful.
    pub useful_share: Option<f64>,
    /// Pupils of whom it is known what became of them in the 20 school days after: at least 10 days to attend have a mark, or two pieces of work
    /// were due.
    pub known: Option<usize>,
    /// Among them those with the outcome: absent on a tenth of the days to attend and at least on 3, or half of the work that was due (2 pieces
    /// and more) not handed in by the end.
    pub outcome: Option<usize>,
    /// Flags of those of whom it is known.
    pub places: Option<usize>,
    /// Flags of those with the outcome.
    pub hits: Option<usize>,
    /// Share of the flags, `hits` of `places`, that had the outcome.
    pub precision: Option<f64>,
    /// Share of everybody that had it: what lots would find.
    pub base_rate: Option<f64>,
    /// Share that the most absent would have had, at as many places.
    pub precision_by_absence: Option<f64>,
    /// Share that those who had handed in the least would have had, at as many places.
    pub precision_by_work: Option<f64>,
    /// Share that those with the fewest days with records would have had, at as many places.
    pub precision_by_activity: Option<f64>,
    /// Flags of pupils who were scored a week before as well.
    pub flagged_again: Option<usize>,
    /// Share of them that was flagged a week before as well.
    pub kept_share: Option<f64>,
    /// Flagged at both of those flagged at either (Jaccard).
    pub overlap: Option<f64>,
}

/// The counts of a week.
#[derive(SimpleObject, Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct AnalysisQualityWeek {
    /// The Monday.
    pub week: Day,
    /// The day of the last analysis in it, whose flags are counted.
    pub as_of: Day,
    /// Whether it is known in every class what became of the pupils.
    pub settled: bool,
    /// The counts.
    pub counts: AnalysisQualityCounts,
}

/// How good the flags of a school year were.
#[derive(SimpleObject, Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct AnalysisQuality {
    /// The weeks with an analysis, the first first.
    pub weeks: Vec<AnalysisQualityWeek>,
    /// All weeks together.
    pub total: AnalysisQualityCounts,
    /// To whole multiples of what the counts are rounded down; null where they are exact.
    pub step: Option<usize>,
}

/// What may be asked about the quality of analyses.
#[derive(Default)]
pub struct AnalysisQualityQuery;

#[Object]
impl AnalysisQualityQuery {
    /// How good the flags of a school were, or of all your schools, in a school year: counted by the night for the last analysis of each week, and
    /// what became of the pupils once 20 school days have passed. Null if there is no such school of which you may know it. Whoever may not see
    /// the flags is told counts in steps, and of several schools the sum of what is told of each.
    #[graphql(complexity = "500 + child_complexity")]
    async fn analysis_quality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school; all of yours if not said.")] school_id: Option<ID>,
        #[graphql(desc = "The year of its April, such as 2026.")] year: i32,
    ) -> Result<Option<AnalysisQuality>> {
        let scope = Scope::with(ctx, Right::QualityRead)?;
        let school = school_id.map(|school| id::parse(&school).unwrap_or_default());
        of_year(scope, school, year).await
    }
}

/// How good the flags of a school, or of all the schools in reach, were in a school year; `None` where the viewer may not know it.
pub async fn of_year(scope: &Scope, school: Option<Uuid>, year: i32) -> Result<Option<AnalysisQuality>> {
    let april = |year| NaiveDate::from_ymd_opt(year, 4, 1).filter(|_| (2000..2100).contains(&year));
    let days = april(year).zip(april(year + 1)).ok_or_else(|| Error::BadInput("`year` is not from 2000 to 2098".into()))?;
    if let Some(school) = school
        && school::reached(scope, Right::QualityRead, school).await?.is_none()
    {
        return Ok(None);
    }
    let sums = row::by_school_and_week(scope, school, days).await?;
    let seen = row::schools_seen(scope).await?;
    let step = |school: &Uuid| Some(scope.small_cell()).filter(|_| !seen.contains(school));
    let mut answers: BTreeMap<Uuid, Sums> = BTreeMap::new();
    let mut weeks: BTreeMap<NaiveDate, (NaiveDate, bool, Told)> = BTreeMap::new();
    let mut total = Told::default();
    for sum in &sums {
        scope.looks_at_school(sum.school, Right::QualityRead);
        let told = Told::of(sum, step(&sum.school));
        let week = weeks.entry(sum.week).or_insert((sum.as_of, true, Told::default()));
        *week = (week.0.max(sum.as_of), week.1 && sum.unsettled == 0, week.2.plus(&told));
        // A pupil is in many weeks: what is told of a year is the sum of what is told of its weeks, or ten weeks of one pupil would be ten.
        total = total.plus(&Told::of(&sum.without_answers(), step(&sum.school)));
        answers.entry(sum.school).or_default().add_answers(sum);
    }
    // Of a pupil one answer counts, so that those of a year are as many pupils.
    total = answers.iter().fold(total, |total, (school, sum)| total.plus(&Told::of(sum, step(school))));
    let coarse = match school {
        Some(school) => step(&school).is_some(),
        None => answers.is_empty() && seen.is_empty() || answers.keys().any(|school| step(school).is_some()),
    };
    let weeks = weeks.into_iter().map(|(week, (as_of, settled, told))| AnalysisQualityWeek {
        week: Day(week),
        as_of: Day(as_of),
        settled,
        counts: told.counts(),
    });
    Ok(Some(AnalysisQuality { weeks: weeks.collect(), total: total.counts(), step: coarse.then(|| scope.small_cell().step()) }))
}
