//! `asagao retention`: what is due, and deleting it.
use super::{Failure, Result};
use crate::config::{OfWhat, Retention};
use asagao_graphql::access::right::Right;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::retention::due::{self, DueRecords};
use asagao_graphql::retention::{delete, plan};
use std::process::ExitCode;

pub(super) async fn run(scope: &Scope, command: Retention) -> Result {
    match command {
        Retention::Due(what) => {
            list(scope, &what).await?.iter().for_each(tell);
            Ok(ExitCode::SUCCESS)
        }
        Retention::Delete { what, dry_run } => {
            let due = list(scope, &what).await?;
            due.iter().for_each(tell);
            if dry_run {
                println!("nothing was deleted");
                return Ok(ExitCode::SUCCESS);
            }
            let ids: Vec<String> = due.iter().filter(|due| !due.pupils.is_empty()).map(|due| due.key.id()).collect();
            delete_all(scope, &ids).await
        }
    }
}

async fn list(scope: &Scope, what: &OfWhat) -> Result<Vec<DueRecords>> {
    Ok(due::list(scope, Right::RetentionWrite, what.school, what.kind).await?)
}

fn tell(due: &DueRecords) {
    let held = if due.held > 0 { format!(", {} pupils held", due.held) } else { String::new() };
    let (kind, pupils) = (due.key.kind.name(), due.pupils.len());
    println!("{} {} {kind}: {pupils} pupils, {} records{held}", due.school_name, due.key.year, due.records());
}

async fn delete_all(scope: &Scope, ids: &[String]) -> Result {
    let (mut pupils, mut records) = (0, 0);
    for ids in ids.chunks(plan::MOST) {
        let mut ids = ids.to_vec();
        loop {
            // What went with the register of pupils, or was held in the meantime, is not asked for again.
            let plan = plan::of(scope, &ids).await?;
            ids = plan.due.iter().filter(|due| !due.pupils.is_empty()).map(|due| due.key.id()).collect();
            if ids.is_empty() {
                break;
            }
            let plan = plan::of(scope, &ids).await?;
            let done = delete::delete(scope, &ids, plan.confirmed()).await?.map_err(|error| Failure::new(error.message))?;
            for deletion in &done.deletions {
                pupils += deletion.pupils;
                records += deletion.records;
                eprint!("\r{records} records");
            }
            if done.rest.is_none() || done.deletions.is_empty() {
                break;
            }
        }
    }
    eprintln!();
    println!("deleted: {records} records, of {pupils} pupils by kind, school and year");
    Ok(ExitCode::SUCCESS)
}
