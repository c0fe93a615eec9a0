//! `asagao staff`, `asagao pupil` and `asagao app`: people, programs, duties and tokens.
use super::{Failure, Result};
use crate::config::{App, Duty, Family, Staff, Subject};
use asagao_graphql::access::duty::DutyKind;
use asagao_graphql::access::right::Right;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::access::{app, client, duty, subject, token};
use asagao_graphql::clock::{NO_END, new_id, school_midnight};
use asagao_graphql::roster::{class, guardian, pupil, school, staff};
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::process::ExitCode;
use uuid::Uuid;

pub(super) async fn staff(scope: &Scope, command: Staff) -> Result {
    match command {
        Staff::Add { name, kana, email, duty } => {
            if !email.is_empty() && staff::find(scope, &email).await?.is_some() {
                return Err(Failure::new(format!("{email} is somebody's already: `asagao staff duty` gives a further duty")));
            }
            let person = staff::Staff { id: new_id(), name, kana, email };
            let duties = match duty {
                Some(duty) => vec![duty_of(scope, person.id, &duty).await?],
                None => Vec::new(),
            };
            staff::add(scope, &person, &duties).await?;
            println!("{}", person.id);
        }
        Staff::Duty { who, duty } => {
            let person = find(scope, &who).await?;
            staff::add(scope, &person, &[duty_of(scope, person.id, &duty).await?]).await?;
        }
        Staff::Token { who, expires, scopes } => {
            println!("{}", staff::issue_token(scope, &who, &scopes, expiry(scope, expires, 90)?).await?);
        }
        Staff::End { who, on } => {
            let last = on.unwrap_or_else(|| scope.today() - Days::new(1));
            let count = duty::end_all(scope, find(scope, &who).await?.id, last).await?;
            eprintln!("duties ended: {count}");
        }
        Staff::Subject { who, at } => put_subject(scope, find(scope, &who).await?.id, &at).await?,
        Staff::Revoke { who } => {
            let count = token::revoke_all(scope, find(scope, &who).await?.id).await?;
            eprintln!("tokens revoked: {count}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whose sign-in a command is about.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Pupil,
    Guardian,
}

pub(super) async fn family(scope: &Scope, of: Of, command: Family) -> Result {
    match command {
        Family::Subject { id, at } => put_subject(scope, id, &at).await?,
        Family::Revoke { id } => eprintln!("tokens revoked: {}", token::revoke_all(scope, id).await?),
        Family::Token { id, expires } => {
            let expires = expiry(scope, expires, 90)?;
            println!(
                "{}",
                match of {
                    Of::Pupil => pupil::issue_token(scope, id, expires).await?,
                    Of::Guardian => guardian::issue_token(scope, id, expires).await?,
                }
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn app(scope: &Scope, command: App) -> Result {
    match command {
        App::Register { name, schools, board: _, scopes, client: true, expires: _ } => {
            let (app, secret) = app::register_client(scope, &name, &schools, &scopes).await?;
            eprintln!("registered {} with the client id {}; this is the only time its secret is shown", app.name, app.id);
            println!("{secret}");
        }
        App::Register { name, schools, board: _, scopes, client: false, expires } => {
            let (app, secret) = app::register(scope, &name, &schools, &scopes, expiry(scope, expires, 365)?).await?;
            eprintln!("registered {} as {}; this is the only time its token is shown", app.name, app.id);
            println!("{secret}");
        }
        App::Secret { id, revoke: true } => eprintln!("secrets revoked: {}", client::revoke_secrets(scope, id).await?),
        App::Secret { id, revoke: false } => println!("{}", client::issue_secret(scope, id).await?),
        App::Token { id, scopes, expires } => {
            println!("{}", app::issue_token(scope, id, &scopes, expiry(scope, expires, 365)?).await?);
        }
        App::Revoke { id } => eprintln!("tokens revoked: {}", app::revoke(scope, id).await?),
    }
    Ok(ExitCode::SUCCESS)
}

async fn put_subject(scope: &Scope, holder: Uuid, at: &Subject) -> Result<()> {
    let new = subject::put(scope, holder, &at.provider, &at.subject).await?;
    eprintln!("{}", if new { "noted" } else { "nothing to change" });
    Ok(())
}

async fn find(scope: &Scope, who: &str) -> Result<staff::Staff> {
    staff::find(scope, who).await?.ok_or_else(|| Failure::new(format!("there is no member of staff {who:?}")))
}

async fn duty_of(scope: &Scope, holder: Uuid, duty: &Duty) -> Result<duty::Duty> {
    let school = match (duty.school, duty.class) {
        (Some(id), _) => {
            school::find(scope, id)
                .await?
                .ok_or_else(|| Failure::new(format!("there is no school {id}: import the roster first")))?;
            Some(id)
        }
        (None, Some(id)) => {
            let class = class::find(scope, Right::SchoolRead, id).await?;
            Some(class.ok_or_else(|| Failure::new(format!("there is no class {id}: import the roster first")))?.school)
        }
        (None, None) if duty.board => None,
        (None, None) => return Err(Failure::new("say over whom: --school ID, --class ID or --board")),
    };
    if matches!(duty.kind, DutyKind::GradeHead) && (duty.grade.is_empty() || duty.school.is_none()) {
        return Err(Failure::new("a grade head needs --school ID and --grade, such as P5"));
    }
    if matches!(duty.kind, DutyKind::HomeroomTeacher | DutyKind::SubjectTeacher) && duty.class.is_none() {
        return Err(Failure::new("a teacher's duty is over a class: --class ID"));
    }
    let begins = duty.from.unwrap_or_else(|| scope.today());
    let ends = duty.until.unwrap_or(NO_END);
    if ends < begins {
        return Err(Failure::new("--until is before --from"));
    }
    Ok(duty::Duty { ends, grade: duty.grade.clone(), ..duty::new(holder, duty.kind, school, duty.class, begins) })
}

/// The end of the last day on which a token holds.
fn expiry(scope: &Scope, last: Option<NaiveDate>, days: u64) -> Result<DateTime<Utc>> {
    let last = last.unwrap_or_else(|| scope.today() + Days::new(days));
    if last < scope.today() {
        return Err(Failure::new("--expires is in the past"));
    }
    let end = last.checked_add_days(Days::new(1)).filter(|end| *end < NO_END);
    Ok(school_midnight(end.ok_or_else(|| Failure::new("--expires is too far ahead"))?))
}
