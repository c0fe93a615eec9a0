//! What the form of 朝の出欠 sends, and the page once more where something of it could not be saved.
use super::form::{self, Choice};
use super::{AttendancePage, day_of, load};
use crate::pages::csrf::{Fields, Posted};
use crate::pages::error::PageError;
use crate::pages::session::Session;
use crate::pages::{address, html, presenting_hidden};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use std::collections::HashMap;

/// `POST /classes/{id}/attendance`: 保存して学級へ, or 全員出席, which stays.
pub(in crate::pages) async fn take(Path(class): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let day = day_of(&session, fields.typed("day"))?;
    let everybody = fields.get("act") == "all";
    let past = day < session.scope().today();
    let mut problems = Problems::default();
    let choices = form::choices(&fields);
    if past && fields.typed("reason").is_none() {
        problems.all.push("過去の日を直すときは、理由を書いてください。まだ保存していません。".to_owned());
    } else {
        problems = form::send(&session, &class, day, &fields, &choices).await?;
    }
    if problems.is_empty() {
        let here = format!("/classes/{class}");
        let stay = if past { format!("{here}/attendance?day={day}") } else { format!("{here}/attendance") };
        return Ok(Redirect::to(if everybody { &stay } else { &here }).into_response());
    }
    if session.presenting() {
        let path = format!("/classes/{class}/attendance");
        let path = address::local(&path).ok_or(PageError::NotFound)?;
        return presenting_hidden::page(&session, path, &fields, StatusCode::CONFLICT);
    }
    let page = again(&session, &class, day, &fields, choices, problems).await?;
    Ok((StatusCode::CONFLICT, html(&page)?).into_response())
}

/// What could not be saved, for the page as a whole and by pupil.
#[derive(Default)]
pub(super) struct Problems {
    pub(super) all: Vec<String>,
    pub(super) rows: HashMap<String, Problem>,
}

/// What could not be saved of a pupil.
pub(super) struct Problem {
    pub(super) words: String,
    pub(super) held: Held,
}

/// What holds in place of what was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// What held before: the choice was not taken.
    Nothing,
    /// A colleague's mark, beside which the own one is offered.
    Colleague,
    /// What the office has decided.
    Office,
}

impl Problems {
    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.rows.is_empty()
    }

    /// Says why a pupil's row was not taken.
    pub(super) fn refuse(&mut self, pupil: String, words: &str) {
        self.rows.insert(pupil, Problem { words: words.to_owned(), held: Held::Nothing });
    }
}

/// The page once more: what was not saved is still chosen, beside what holds.
async fn again(
    session: &Session,
    class: &str,
    day: NaiveDate,
    fields: &Fields,
    choices: Vec<(String, Choice)>,
    mut problems: Problems,
) -> Result<AttendancePage, PageError> {
    let mut page = load(session, class, day, true).await?;
    page.open = fields.typed("open").is_some();
    fields.get("reason").clone_into(&mut page.reason);
    let nothing_saved = !problems.all.is_empty();
    let mut conflicts = false;
    let mut choices: HashMap<String, Choice> = choices.into_iter().collect();
    for row in page.columns.iter_mut().flatten() {
        let problem = problems.rows.remove(&row.id);
        let held = problem.as_ref().map(|problem| problem.held);
        let (refused, offer, decided) = (held.is_some(), held == Some(Held::Colleague), held == Some(Held::Office));
        row.message = problem.map(|problem| problem.words);
        let shown = Choice::read(fields.get(&format!("was.{}", row.id)));
        // A row that was left alone shows what holds now: somebody else may have marked it.
        let Some(choice) = choices.remove(&row.id).filter(|of| (nothing_saved && *of != shown) || refused) else { continue };
        // A second press without a look leaves a colleague's mark as it is.
        if offer {
            row.offer = Some(choice);
            conflicts = true;
        } else if !decided {
            row.choice = choice;
        }
    }
    if let Some(seen) = fields.typed("seen").filter(|_| nothing_saved) {
        seen.clone_into(&mut page.seen);
    }
    if !nothing_saved {
        let words = if conflicts {
            "しるしのついた行は、ほかの人が先に変えました。そのまま保存すると、いまの印が残ります。"
        } else {
            "しるしのついた行は、まだ保存していません。見てから、もういちど保存してください。"
        };
        problems.all.push(words.to_owned());
    }
    page.messages = problems.all;
    Ok(page)
}
