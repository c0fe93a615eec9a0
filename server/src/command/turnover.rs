//! `asagao turnover`: the drafts of next year.
use super::{Failure, Result};
use crate::config::Turnover;
use asagao_graphql::access::right::Right;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::error::UserError;
use asagao_graphql::jobs::turnover::{self, State, Summary, TurnoverPayload};
use asagao_graphql::roster::school;
use std::process::ExitCode;
use uuid::Uuid;

pub(super) async fn run(scope: &Scope, command: Turnover) -> Result {
    match command {
        Turnover::List => {
            turnover::of_board(scope).await?.iter().for_each(tell);
            Ok(ExitCode::SUCCESS)
        }
        Turnover::Start { school } => start(scope, school).await,
        Turnover::Commit { school } => commit(scope, school).await,
        Turnover::Undo { school, reason } => {
            let drafts = turnover::of_board(scope).await?;
            let Some(draft) = drafts.iter().find(|draft| draft.school == school) else {
                return Err(Failure::new(format!("school {school} has no draft: `asagao turnover start` makes one")));
            };
            taken(&draft.school_name, turnover::undo(scope, draft.id, &reason).await?)
        }
    }
}

async fn start(scope: &Scope, one: Option<Uuid>) -> Result {
    let schools: Vec<Uuid> = match one {
        Some(one) => vec![one],
        None => school::running(scope, Right::TurnoverWrite).await?,
    };
    let mut code = ExitCode::SUCCESS;
    for school in schools {
        if let Err(error) = turnover::start(scope, school).await? {
            eprintln!("school {school}: {}", error.message);
            code = ExitCode::FAILURE;
        }
    }
    turnover::of_board(scope).await?.iter().filter(|draft| one.is_none_or(|one| one == draft.school)).for_each(tell);
    Ok(code)
}

async fn commit(scope: &Scope, one: Option<Uuid>) -> Result {
    let drafts = turnover::of_board(scope).await?;
    let mut open: Vec<&Summary> = drafts.iter().filter(|draft| draft.state == State::Draft).collect();
    open.retain(|draft| one.is_none_or(|one| one == draft.school));
    if open.is_empty() {
        return Err(Failure::new("there is no such draft to commit: `asagao turnover list` shows what there is"));
    }
    // Schools that others' pupils come from go first: a graduate cannot enter before the old school has let go.
    let (mut last, mut waiting) = (usize::MAX, open);
    while waiting.len() < last {
        last = waiting.len();
        let mut refused = Vec::new();
        for draft in waiting {
            match turnover::commit(scope, draft.id, None).await? {
                Ok(_) => println!("{} {}: committed", draft.school_name, draft.year),
                Err(error) => refused.push((draft, error)),
            }
        }
        if refused.len() == last || refused.is_empty() {
            refused.iter().for_each(|(draft, error)| eprintln!("{} {}: {}", draft.school_name, draft.year, error.message));
        }
        waiting = refused.into_iter().map(|(draft, _)| draft).collect();
    }
    Ok(if waiting.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(draft: &Summary) {
    let state = if draft.state == State::Committed { "committed" } else { "draft" };
    let problems: Vec<String> = draft
        .problems
        .iter()
        .filter(|problem| problem.blocking)
        .map(|problem| format!("{:?} {}", problem.code, problem.count))
        .collect();
    let problems = if problems.is_empty() { "nothing stands against it".to_owned() } else { problems.join(", ") };
    println!("{} {} {state}: {} pupils, {problems} ({})", draft.school_name, draft.year, draft.pupils, draft.school);
}

fn taken(school: &str, done: std::result::Result<TurnoverPayload, UserError>) -> Result {
    match done {
        Ok(_) => {
            println!("{school}: taken back");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(Failure::new(format!("{school}: {}", error.message))),
    }
}
