//! Signing in by a provider: there, and back with its word. Nobody is made by it, and whoever is not let in is told whom to ask.
use super::error::PageError;
use super::frame::Frame;
use super::provider_words::{self, Way, Words};
use super::session::{self, SetCookie, found};
use super::sign_in::landing;
use super::{address, device, html};
use crate::access_log;
use crate::front::ClientAddress;
use crate::router::App;
use crate::sign_in::{Attempt, Provider, Trouble, Wish, Word};
use asagao_graphql::access::scope::Holder;
use asagao_graphql::access::session::{Proof, Session as Found};
use asagao_graphql::access::subject;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use reqwest::Url;
use serde::Deserialize;
use std::sync::Arc;

/// What signing in is asked with.
#[derive(Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
    /// `mfa`: with more than one factor; `other`: as somebody else than before.
    r#for: Option<String>,
}

/// What a provider sends somebody back with.
#[derive(Deserialize)]
pub(super) struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

#[derive(Template)]
#[template(path = "provider.html")]
struct TroublePage<'a> {
    frame: Frame,
    words: Words,
    name: &'a str,
    ways: [Onward; 2],
}

/// A way on from such a page.
struct Onward {
    words: Way,
    href: String,
}

/// What the page says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// The provider does not answer.
    Down,
    /// It has let nobody pass, or the person has turned back.
    Cancelled,
    /// What came back does not fit.
    Failed,
    /// Nobody here is known by this account.
    Unknown,
    /// More than one factor was asked for and not shown.
    OneFactor,
}

impl Said {
    fn words(self) -> Words {
        match self {
            Said::Down => provider_words::DOWN,
            Said::Cancelled => provider_words::CANCELLED,
            Said::Failed => provider_words::FAILED,
            Said::Unknown => provider_words::UNKNOWN,
            Said::OneFactor => provider_words::ONE_FACTOR,
        }
    }
}

/// A provider that somebody may choose.
fn provider<'a>(app: &'a App, key: &str) -> Result<(&'a Arc<Provider>, &'a Url), PageError> {
    let provider = app.sign_in.of_key(key).ok_or(PageError::NotFound)?;
    // Without an address to come back to no server with providers has started.
    let origin = app.front.origin.as_ref().ok_or(PageError::Internal)?;
    Ok((provider, origin))
}

/// `GET /sign-in/{key}`: to the provider.
pub(super) async fn begin(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    app.rates.of_address(address)?;
    let (provider, origin) = provider(&app, &key)?;
    let next = asked.next.as_deref().and_then(address::local).unwrap_or_default();
    let kind = asked.r#for.as_deref().unwrap_or_default();
    // What is locked opens only to somebody who has just shown who they are.
    let fresh = matches!(found(&app, &headers).await?, Some(Found::Locked { .. }));
    let wish = Wish { fresh, mfa: kind == "mfa", other: kind == "other" };
    match provider.begin(origin, wish, next, app.db.clock.now()).await {
        Ok((url, attempt)) => {
            Ok((AppendHeaders([(SET_COOKIE, attempt.cookie(&app))]), Redirect::to(url.as_str())).into_response())
        }
        Err(_) => trouble(provider, Said::Down, next, None),
    }
}

/// `GET /sign-in/{key}/callback`: back from the provider.
pub(super) async fn back(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Path(key): Path<String>,
    Query(answer): Query<Answer>,
) -> Result<Response, PageError> {
    // Before anything is asked of the provider or noted in the access log.
    app.rates.of_address(address)?;
    let (provider, origin) = provider(&app, &key)?;
    let state = answer.state.as_deref().unwrap_or_default();
    let Some(attempt) = Attempt::of(&headers, &app, &key, state) else {
        tracing::warn!(provider = key, "an answer to no attempt of this browser was refused");
        return trouble(provider, Said::Failed, "", None);
    };
    let gone = AppendHeaders([(SET_COOKIE, attempt.gone(&app))]);
    let answered = settle(&app, &headers, (provider, origin), &attempt, &answer).await?;
    Ok((gone, answered).into_response())
}

async fn settle(
    app: &App,
    headers: &HeaderMap,
    (provider, origin): (&Arc<Provider>, &Url),
    attempt: &Attempt,
    answer: &Answer,
) -> Result<Response, PageError> {
    let key = provider.settings.key.as_str();
    let next = attempt.next.as_str();
    match provider.is_of_another(answer.iss.as_deref()).await {
        Ok(false) => {}
        Ok(true) => {
            tracing::warn!(provider = key, "an answer that is not of this provider for certain was refused");
            return trouble(provider, Said::Failed, next, None);
        }
        Err(_) => return trouble(provider, Said::Down, next, None),
    }
    let code = match (&answer.code, answer.error.as_deref()) {
        (Some(code), None) => code,
        (_, Some("temporarily_unavailable" | "server_error")) => return trouble(provider, Said::Down, next, None),
        (_, Some(_)) => return trouble(provider, Said::Cancelled, next, None),
        (None, None) => return trouble(provider, Said::Failed, next, None),
    };
    let now = app.db.clock.now();
    let word = match provider.finish(origin, attempt, code, now).await {
        Ok(word) => word,
        Err(Trouble::Down) => return trouble(provider, Said::Down, next, None),
        Err(Trouble::Nobody) => return trouble(provider, Said::Unknown, next, None),
        Err(Trouble::Refused(why)) => {
            tracing::warn!(provider = key, why, "nobody was signed in");
            return trouble(provider, Said::Failed, next, None);
        }
    };
    let Some(holder) = subject::holder(&app.db, provider.claimed(&word)).await? else {
        return trouble(provider, Said::Unknown, next, None);
    };
    match found(app, headers).await? {
        // It was locked in another tab meanwhile.
        Some(Found::Locked { viewer, .. }) if viewer.holder == holder && !attempt.fresh => {
            return Ok(Redirect::to(&address::with(&format!("/sign-in/{key}"), "next", next)).into_response());
        }
        // The provider goes by what was shown before the lock.
        Some(Found::Locked { viewer, since, .. }) if viewer.holder == holder && !word.is_since(since) => {
            return trouble(provider, Said::Failed, next, None);
        }
        // The session goes on as it is.
        Some(Found::Open(signed)) if attempt.mfa && !word.mfa && signed.viewer.holder == holder => {
            return trouble(provider, Said::OneFactor, next, Some(landing(signed.viewer.kind).to_owned()));
        }
        _ => {}
    }
    let device = device::words(headers);
    let Word { mfa, at, .. } = word;
    let proof = Proof { way: key, mfa, at: at.unwrap_or(now), device: &device };
    let Some((cookie, opened)) = session::enter(app, headers, holder, &proof).await? else {
        return trouble(provider, Said::Unknown, next, None);
    };
    Ok((cookie, Redirect::to(&onward(opened.same, opened.signed.viewer.kind, next))).into_response())
}

/// Where somebody goes who has signed in: to what was asked for, as far as it is of use to this kind of viewer and nobody else asked.
pub(super) fn onward(same: Option<bool>, kind: Holder, next: &str) -> String {
    let of = |next: &str| match next {
        next if next.starts_with("/check-in") || next.starts_with("/my-") => Holder::Pupil,
        next if next.starts_with("/family") => Holder::Guardian,
        _ => Holder::Staff,
    };
    let own = |next: &&str| same != Some(false) && of(next) == kind;
    address::local(next).filter(own).unwrap_or(landing(kind)).to_owned()
}

fn trouble(provider: &Provider, said: Said, next: &str, on: Option<String>) -> Result<Response, PageError> {
    let status = if said == Said::Down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::FORBIDDEN };
    if said != Said::Down {
        access_log::refused("sign-in");
    }
    let way = format!("/sign-in/{}", provider.settings.key);
    let way = if said == Said::OneFactor { address::with(&way, "for", "mfa") } else { way };
    let with_next = |way: &str| if next.is_empty() { way.to_owned() } else { address::with(way, "next", next) };
    let other = with_next(&address::with(&format!("/sign-in/{}", provider.settings.key), "for", "other"));
    let first = match said {
        Said::Unknown => Onward { words: provider_words::OTHER, href: other },
        Said::OneFactor => Onward { words: provider_words::TRY, href: with_next(&way) },
        _ => Onward { words: provider_words::AGAIN, href: with_next(&way) },
    };
    let second = match on {
        Some(href) => Onward { words: provider_words::ON, href },
        None => Onward { words: provider_words::CHOOSE, href: "/sign-in".into() },
    };
    let (name, ways) = (provider.settings.name.as_str(), [first, second]);
    let page = html(&TroublePage { frame: Frame::outside(String::new()), words: said.words(), name, ways })?;
    let mut answer = (status, page).into_response();
    if said == Said::Down {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("30"));
    }
    Ok(answer)
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutPage<'a> {
    frame: Frame,
    words: Words,
    name: &'a str,
    ways: [Onward; 2],
    /// Where one signs out there, to which the page goes on by itself.
    leave: String,
}

/// After signing out here: out at the provider, too, where it offers that. A page of our own stands between, because a form of ours may lead
/// nowhere else.
pub(super) async fn signed_out(app: &App, way: &str, gone: SetCookie) -> Result<Response, PageError> {
    let provider = app.sign_in.of_key(way).zip(app.front.origin.as_ref());
    let url = match provider {
        Some((provider, origin)) => provider.end(origin).await,
        None => None,
    };
    match (provider, url) {
        (Some((provider, _)), Some(url)) => {
            let name = provider.settings.name.as_str();
            let ways = [
                Onward { words: provider_words::LEAVE, href: url.to_string() },
                Onward { words: provider_words::CHOOSE, href: "/sign-in".into() },
            ];
            let (frame, leave) = (Frame::outside(String::new()), url.to_string());
            let page = html(&SignedOutPage { frame, words: provider_words::OUT, name, ways, leave })?;
            Ok((gone, page).into_response())
        }
        _ => Ok((gone, Redirect::to("/sign-in")).into_response()),
    }
}
