//! 支援シート: what a school knows and does for a pupil who is cared for. Who may read each part stands beside it.
mod codes;
mod form;
mod view;

use super::csrf::{Fields, Posted};
use super::error::PageError;
use super::frame::{Frame, Here, Nav};
use super::record::{Sent, SupportEffect};
use super::session::Session;
use super::{address, day, html, presenting_hidden, words};
use asagao_graphql::access::right::Right;
use asagao_graphql::clock::school_day;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
pub(super) use codes::{LEVELS, level, plan, word};
use form::Again;
pub(super) use form::refusal;
use serde::Deserialize;
use serde_json::json;
pub(super) use view::Child;
use view::{Answer, Choice, Sheet};

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// `guardian` for what may be shown to the guardians, and nothing else.
    r#for: Option<String>,
    /// Another sheet than the open one.
    sheet: Option<String>,
    /// The flag from which a sheet is opened.
    flag: Option<String>,
    /// The visit to the infirmary from which a sheet is opened.
    visit: Option<String>,
}

#[derive(Template)]
#[template(path = "pupil_support.html")]
struct SheetPage {
    frame: Frame,
    id: String,
    name: String,
    class: Option<(String, String)>,
    child: &'static str,
    /// Whether the viewer sees the pupil's own page.
    sees_pupil: bool,
    /// Whether the viewer may open a sheet.
    opens: bool,
    sheet: Option<Sheet>,
    about: String,
    /// The other sheets: their ids with their days.
    others: Vec<(String, String)>,
    years: Vec<i32>,
    schools: Vec<Choice>,
    /// What changed when a support began.
    effects: Vec<SupportEffect>,
    /// What may be shown to the guardians alone.
    for_guardians: bool,
    flag: Option<String>,
    visit: Option<String>,
    messages: Vec<&'static str>,
    again: Option<Again>,
    today: NaiveDate,
    printed: String,
}

impl SheetPage {
    fn here(&self) -> String {
        format!("/pupils/{}/support", self.id)
    }

    /// Whether the forms of the sheet are there.
    fn writes(&self) -> bool {
        !self.for_guardians && self.sheet.as_ref().is_some_and(|sheet| sheet.writable)
    }

    /// Whether those are there with which somebody is assigned, or it is handed over.
    fn leads(&self) -> bool {
        !self.for_guardians && self.sheet.as_ref().is_some_and(|sheet| sheet.leads)
    }
}

/// The day of a time.
fn day_of(at: &DateTime<Utc>) -> String {
    words::short_day(school_day(*at))
}

/// `GET /pupils/{id}/support`; not while the screen is shown to others.
pub(super) async fn page(session: Session, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    if session.presenting() {
        return Ok(Redirect::to("/classes").into_response());
    }
    let page = load(&session, &id, &asked).await?;
    Ok(html(&page)?.into_response())
}

async fn load(session: &Session, id: &str, asked: &Asked) -> Result<SheetPage, PageError> {
    let for_guardians = asked.r#for.as_deref() == Some("guardian");
    let only = for_guardians.then_some("SHAREABLE");
    let Answer { pupil, board_schools, support_of } =
        session.ask(include_str!("pupil_support.graphql"), json!({ "id": id, "level": only })).await?;
    let sheets = support_of.unwrap_or_default();
    let opens = pupil.as_ref().is_some_and(|pupil| pupil.viewer_rights.to(Right::SupportOpen));
    // Whoever neither has a sheet to see nor may open one has nothing to do here.
    if sheets.is_empty() && !opens {
        return Err(PageError::NotFound);
    }
    let homeroom = pupil.as_ref().and_then(|pupil| pupil.homeroom.as_ref());
    let nav = homeroom.map_or_else(|| Nav::staff(Here::Support), |of| Nav::class(&of.id, &of.viewer_rights, Here::Support));
    let names = |name: &str, number: Option<i32>| number.map_or_else(|| name.to_owned(), |number| format!("{number}番 {name}"));
    let name = match (&pupil, sheets.first()) {
        (Some(pupil), _) => names(&pupil.name, pupil.number),
        (None, Some(sheet)) => sheet.pupil.words(),
        (None, None) => return Err(PageError::NotFound),
    };
    let (now, today) = (session.scope().now(), session.scope().today());
    let chosen = asked.sheet.as_ref().and_then(|wished| sheets.iter().position(|of| of.id == *wished)).unwrap_or_default();
    let days = |of: &Sheet| {
        let until = of.closed_on.map_or_else(|| "いま".to_owned(), words::era);
        (of.id.clone(), format!("{} から {until}", words::era(of.opened_on)))
    };
    let others = sheets.iter().enumerate().filter(|(place, _)| *place != chosen).map(|(_, of)| days(of)).collect();
    let open = sheets.iter().any(|of| of.closed_on.is_none());
    let sheet = sheets.into_iter().nth(chosen);
    let this_year = day::school_year(today).0.year();
    Ok(SheetPage {
        frame: session.frame(nav),
        id: id.to_owned(),
        name,
        class: homeroom.map(|of| (of.id.clone(), of.name.clone())),
        child: homeroom.map_or("児童", |of| words::children(&of.grades)),
        sees_pupil: pupil.is_some(),
        opens: opens && !open && !for_guardians,
        about: sheet.as_ref().map(Sheet::about).unwrap_or_default(),
        years: sheet.as_ref().map(|sheet| sheet.years(this_year)).unwrap_or_default(),
        sheet,
        others,
        schools: board_schools.unwrap_or_default(),
        effects: pupil.as_ref().and_then(|pupil| pupil.support_effects.clone()).filter(|_| !for_guardians).unwrap_or_default(),
        for_guardians,
        flag: asked.flag.clone(),
        visit: asked.visit.clone(),
        messages: Vec::new(),
        again: None,
        today,
        printed: format!("{} {}", words::era(today), words::clock(now)),
    })
}

/// `POST /pupils/{id}/support`: everything that is done with a sheet.
pub(super) async fn send(Path(id): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let Posted { session, fields } = posted;
    let here = format!("/pupils/{id}/support");
    let here = address::local(&here).ok_or(PageError::NotFound)?.to_owned();
    let unread = ["day", "dueOn", "reviewOn", "begins", "ends", "givenOn", "consentOn", "nextOn"];
    if unread.iter().any(|name| fields.typed(name).is_some_and(|text| day::read(text).is_none())) {
        return again(&session, &id, fields, (vec!["日は、2026-11-24 のように書いてください。"], false)).await;
    }
    let call = match form::read(&id, &fields) {
        Ok(call) => call,
        Err(missing) => return again(&session, &id, fields, (vec![missing], false)).await,
    };
    let kind = call.mutation[..1].to_uppercase() + &call.mutation[1..];
    let document = format!(
        "mutation Send($input: {kind}Input!) {{ done: {}(input: $input) {{ userErrors {{ code field }} }} }}",
        call.mutation
    );
    let sent: Sent = session.ask(&document, json!({ "input": call.input })).await?;
    let errors = sent.refusals()?;
    if errors.is_empty() {
        let of_sheet = fields.typed("sheet").filter(|_| fields.is("other", "1")).map(|sheet| format!("?sheet={sheet}"));
        return Ok(Redirect::to(&format!("{here}{}#{}", of_sheet.unwrap_or_default(), call.part)).into_response());
    }
    let conflict = errors.iter().any(|error| error.code == "CONFLICT" && error.field == "version");
    let why = errors.iter().map(|error| refusal(&error.code, &error.field)).collect();
    again(&session, &id, fields, (why, conflict)).await
}

async fn again(
    session: &Session,
    id: &str,
    fields: Fields,
    (messages, conflict): (Vec<&'static str>, bool),
) -> Result<Response, PageError> {
    if session.presenting() {
        return presenting_hidden::page(session, &format!("/pupils/{id}/support"), &fields, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let typed = |name: &str| fields.typed(name).map(str::to_owned);
    let asked = Asked { r#for: None, sheet: typed("sheet"), flag: typed("flag"), visit: typed("visit") };
    let page = load(session, id, &asked).await?;
    let again = Again::of(&fields, page.sheet.as_ref(), conflict);
    let page = SheetPage { messages, again: Some(again), ..page };
    let status = if conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, html(&page)?).into_response())
}
