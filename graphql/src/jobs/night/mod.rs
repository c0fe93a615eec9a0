//! The nightly analysis: every school once after each of its school days, however many servers there are.
pub mod claim;
mod school_day;

use super::analyze;
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::db::on;
use crate::error::{Error, Result};
use crate::roster::class::{self, Class};
use chrono::NaiveDate;
use claim::{Claim, Night};
use std::collections::HashSet;
use uuid::Uuid;

/// What a round over the schools found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How many schools were analysed in it, whole.
    pub schools: usize,
    /// How many classes were analysed in it.
    pub classes: usize,
    /// How many classes could not be.
    pub failed: usize,
    /// Whether something is left to do later: another server is at it, a school waits to be tried again, or the server stops.
    pub left: bool,
}

/// Analyses the schools that have not been analysed since their last school day up to `until`: one class at a time, for a server with an id
/// of its own. It ends after the class that it is at once `stopping` says so.
pub async fn round(scope: &Scope, server: Uuid, until: NaiveDate, stopping: &(dyn Fn() -> bool + Sync)) -> Result<Round> {
    let mut round = Round::default();
    for school in schools(scope, until).await? {
        if stopping() {
            round.left = true;
            break;
        }
        match one(scope, server, (school, until), stopping, &mut round).await {
            Ok(()) => {}
            // Where the database does not answer, the next school would wait for nothing.
            Err(Error::Unavailable) => return Err(Error::Unavailable),
            Err(error) => {
                tracing::warn!(%school, %error, "the nightly analysis of a school could not go on");
                round.left = true;
            }
        }
    }
    Ok(round)
}

async fn one(
    scope: &Scope,
    server: Uuid,
    (school, until): (Uuid, NaiveDate),
    stopping: &(dyn Fn() -> bool + Sync),
    round: &mut Round,
) -> Result<()> {
    let Some(day) = school_day::last(scope, school, until).await? else { return Ok(()) };
    match claim::claim(scope, server, school, day).await? {
        Claim::Mine(night) => of_school(scope, &night, stopping, round).await?,
        Claim::Others => round.left = true,
        Claim::Over => {}
    }
    Ok(())
}

/// The schools that had homerooms in the days before.
async fn schools(scope: &Scope, until: NaiveDate) -> Result<Vec<Uuid>> {
    let sql = "SELECT DISTINCT c.school FROM class c JOIN academic_year y ON y.id = c.academic_year
               WHERE c.kind = 'HOMEROOM' AND NOT c.withdrawn AND y.begins <= $4 AND y.ends >= $5 AND c.school IN
                   (SELECT school FROM school_reach WHERE holder = $1 AND right_to = $2 AND begins <= $3 AND ends >= $3)
               ORDER BY c.school";
    let rows: Vec<(Uuid,)> = on!(scope.read(), c => sqlx::query_as(sql).bind(scope.holder()).bind(scope.over(Right::AnalysisRun))
        .bind(scope.today()).bind(until).bind(school_day::first_asked(until)).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(school,)| school).collect())
}

async fn of_school(scope: &Scope, night: &Night, stopping: &(dyn Fn() -> bool + Sync), round: &mut Round) -> Result<()> {
    let (school, day) = (night.school, night.day);
    let done = analysed(scope, night).await?;
    let classes: Vec<Class> = class::homerooms_on(scope, Right::AnalysisRun, school, day).await?;
    let (mut analysed, mut failed) = (done.len(), 0);
    for class in classes.iter().filter(|class| !done.contains(&class.id)) {
        if stopping() {
            tracing::info!(%school, %day, "the nightly analysis is left for later");
            round.left = true;
            return claim::give_back(scope, night).await;
        }
        if !claim::hold(scope, night).await? {
            tracing::warn!(%school, %day, "another server has taken the nightly analysis over");
            round.left = true;
            return Ok(());
        }
        match analyze::analyze(scope, class, day, None).await {
            Ok(_) => {
                analysed += 1;
                round.classes += 1;
            }
            Err(error) => {
                tracing::warn!(%school, %day, class = %class.id, %error, "a class could not be analysed");
                failed += 1;
            }
        }
    }
    let over = claim::finish(scope, night, analysed, failed).await?;
    round.failed += failed;
    round.left |= !over;
    if failed == 0 {
        round.schools += 1;
        tracing::info!(%school, %day, classes = analysed, "a school was analysed");
    } else if over {
        tracing::error!(%school, %day, failed, "the nightly analysis of a school has failed and is not tried again");
    }
    Ok(())
}

/// The classes that this night has been analysed of already, before a server died or something failed.
async fn analysed(scope: &Scope, night: &Night) -> Result<HashSet<Uuid>> {
    let sql = "SELECT DISTINCT class FROM analysis_run WHERE school = $1 AND as_of = $2 AND NOT replay AND known_at >= $3
                   AND class IN (SELECT id FROM class WHERE school = $1 AND kind = 'HOMEROOM')";
    let rows: Vec<(Uuid,)> =
        on!(scope.read(), c => sqlx::query_as(sql).bind(night.school).bind(night.day).bind(night.began_at).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(class,)| class).collect())
}
