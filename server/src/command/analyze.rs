//! `asagao analyze`: scores the pupils of a class or a school.
use super::{Failure, Result};
use crate::config::Analyze;
use asagao_graphql::access::right::Right;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::jobs::{analyze, rerun};
use asagao_graphql::roster::class;
use chrono::Days;
use std::process::ExitCode;
use uuid::Uuid;

pub(super) async fn analyze(scope: &Scope, what: Analyze) -> Result {
    if let Some(run) = what.rerun {
        return again(scope, run).await;
    }
    let as_of = what.as_of.unwrap_or_else(|| scope.today() - Days::new(1));
    let classes = match (what.class, what.school) {
        (Some(id), _) => class::find(scope, Right::AnalysisRun, id).await?.into_iter().collect(),
        (None, Some(id)) => class::homerooms_on(scope, Right::AnalysisRun, id, as_of).await?,
        (None, None) => Vec::new(),
    };
    if classes.is_empty() {
        return Err(Failure::new("there is no such class, or the school has no homeroom on that day"));
    }
    for class in &classes {
        let run = analyze::analyze(scope, class, as_of, what.known_at).await?;
        let withheld = run.withheld.map(|reason| format!(", no levels given: {reason:?}")).unwrap_or_default();
        println!(
            "class {}: run {}, {} pupils compared over {} school days, {} groups{withheld}",
            run.class,
            run.id,
            run.cohort_size,
            run.school_days,
            run.groups_found.0.0.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn again(scope: &Scope, run: Uuid) -> Result {
    let Some(again) = rerun::rerun(scope, run).await? else {
        return Err(Failure::new("there is no such run"));
    };
    let run = &again.run;
    println!("class {}: run {} as of {}, known at {}, {}", run.class, run.id, run.as_of, run.known_at, run.version);
    println!("input {}", run.input_digest.as_deref().unwrap_or("not kept: the run is of an earlier version"));
    if again.differences.is_empty() {
        println!("the same to the bit: {} scores, {} groups, {} flags", again.scores, run.groups_found.0.0.len(), again.flags);
        return Ok(ExitCode::SUCCESS);
    }
    again.differences.iter().for_each(|difference| println!("{difference}"));
    println!("not the same: {} differences", again.differences.len());
    Ok(ExitCode::FAILURE)
}
