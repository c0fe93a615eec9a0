//! Who looks at a page: the cookie, the session behind it, and the questions that a page asks the API in its name.
use super::csrf;
use super::error::PageError;
use super::frame::{Frame, Nav, Who};
use super::{address, device, words};
use crate::access_log;
use crate::graphql::run;
use crate::router::App;
use asagao_graphql::access::right::Right;
use asagao_graphql::access::scope::{Holder, Scope};
use asagao_graphql::access::session::{self, OfSession, Opened, Proof, Session as Found, Signed};
use asagao_graphql::error::{Error, code};
use async_graphql::{Request, Variables};
use axum::extract::FromRequestParts;
use axum::http::header::{REFERER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::AppendHeaders;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// Anybody who is signed in.
pub struct AnySession {
    app: App,
    secret: String,
    /// By which way the viewer came in.
    way: String,
    /// The key of what is typed and not sent.
    keep: String,
    /// The page that is shown, to come back to.
    here: String,
    /// What the viewer may read.
    pub scope: Scope,
    /// Whether the page is on a wall.
    pub presenting: bool,
}

/// A member of staff: the session of every page that is not made for families.
pub struct Session {
    any: AnySession,
    duty: String,
}

/// A pupil.
pub struct PupilSession {
    any: AnySession,
    /// The pupil.
    pub pupil: Uuid,
}

/// A guardian.
pub struct GuardianSession {
    any: AnySession,
}

impl FromRequestParts<App> for AnySession {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let Some(secret) = secret(&parts.headers, app) else { return Err(PageError::signed_out(parts, false)) };
        let Signed { viewer, way, presenting, keep } = match session::of(&app.db, &secret).await? {
            Some(Found::Open(signed)) => signed,
            // A family begins anew: their pages have nothing to come back to.
            Some(Found::Locked { viewer, .. }) if viewer.kind == Holder::Staff => {
                return Err(PageError::locked(parts, csrf::whose(viewer.holder)));
            }
            _ => return Err(PageError::signed_out(parts, true)),
        };
        let scope = access_log::scope(&app.db, viewer);
        let session = AnySession { app: app.clone(), secret, way, keep, here: here(parts), scope, presenting };
        if let Some(looking) = parts.extensions.get::<Looking>() {
            // Set once: a request has one session.
            drop(looking.0.set((session.scope.clone(), session.step_up())));
        }
        Ok(session)
    }
}

impl FromRequestParts<App> for Session {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let any = AnySession::from_request_parts(parts, app).await?;
        if any.scope.viewer().kind != Holder::Staff {
            return Err(PageError::NotFound);
        }
        // Only a page shows who looks.
        let duty = if parts.method == Method::GET { any.duty().await? } else { String::new() };
        Ok(Session { any, duty })
    }
}

impl FromRequestParts<App> for PupilSession {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let any = AnySession::from_request_parts(parts, app).await?;
        if any.scope.viewer().kind != Holder::Pupil {
            return Err(PageError::NotFound);
        }
        Ok(PupilSession { pupil: any.scope.holder(), any })
    }
}

impl FromRequestParts<App> for GuardianSession {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let any = AnySession::from_request_parts(parts, app).await?;
        if any.scope.viewer().kind != Holder::Guardian {
            return Err(PageError::NotFound);
        }
        Ok(GuardianSession { any })
    }
}

impl AnySession {
    /// What the forms of this session send back.
    pub(super) fn csrf(&self) -> String {
        csrf::token(&self.secret, self.scope.holder())
    }

    /// Ends 提示モード for this very request, too.
    pub(super) async fn show_again(&mut self) -> Result<(), PageError> {
        self.present(false).await?;
        self.presenting = false;
        Ok(())
    }

    /// Asks the API a document in the viewer's name. What is forbidden is left out of the answer, as is what failed in a way that
    /// the type of the answer allows for; an answer that the type cannot take is our own mistake. What an address makes of it that the API
    /// refuses is a wrong address.
    pub async fn ask<T: DeserializeOwned>(&self, document: &str, variables: Value) -> Result<T, PageError> {
        let request = Request::new(document).variables(Variables::from_json(variables));
        let request = self.app.schema.for_json(asagao_graphql::authorized(request, &self.scope));
        let Some(response) = run(&self.app, request).await else {
            return Err(PageError::Unavailable);
        };
        for error in &response.errors {
            let found = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
            match found {
                Some(async_graphql::Value::String(name)) if name == code::FORBIDDEN => {}
                Some(async_graphql::Value::String(name)) if name == code::UNAVAILABLE => return Err(PageError::Unavailable),
                // What stands in an address was handed on as it is: a cursor that is none, a day that is none.
                Some(async_graphql::Value::String(name)) if name == code::BAD_INPUT => return Err(PageError::NotFound),
                _ => {
                    tracing::error!(error = %error.message, path = ?error.path, "a page's own document failed");
                    return Err(PageError::Internal);
                }
            }
        }
        // Nothing at all is left where a field that must have a value is forbidden.
        let data = match response.data {
            async_graphql::Value::Null => "{}".to_owned(),
            data => serde_json::to_string(&data).expect("GraphQL values are JSON"),
        };
        serde_json::from_str(&data).map_err(|error| {
            tracing::error!(%error, "an answer of the API is not what a page expects");
            PageError::Internal
        })
    }

    /// Turns 提示モード on or off.
    pub(super) async fn present(&self, on: bool) -> Result<(), PageError> {
        Ok(session::present(&self.app.db, &self.secret, on).await?)
    }

    /// Locks the session: only whoever opened it goes on with it.
    pub(super) async fn lock(&self) -> Result<(), PageError> {
        Ok(session::lock(&self.app.db, &self.secret).await?)
    }

    /// Ends the session and takes its cookie back.
    pub(super) async fn close(&self) -> Result<SetCookie, PageError> {
        session::close(&self.app.db, &self.secret).await?;
        access_log::signed_out();
        let mut gone = cookie(&self.app, String::new());
        gone.make_removal();
        Ok(set(&gone))
    }

    /// By which way the viewer came in.
    pub(super) fn way(&self) -> &str {
        &self.way
    }

    /// The way to show more than one factor, and back to this page; `None` where that opens nothing more.
    fn step_up(&self) -> Option<String> {
        let withheld = !self.scope.viewer().withheld.is_empty() || self.scope.wanted_mfa();
        let key = self.app.sign_in.stepping_up(&self.way).filter(|_| withheld)?;
        Some(address::with(&format!("/sign-in/{key}?for=mfa"), "next", &self.here))
    }

    /// The viewer's sessions.
    pub(super) async fn mine(&self) -> Result<Vec<OfSession>, PageError> {
        Ok(session::mine(&self.scope, &self.secret).await?)
    }

    /// Ends another session of the viewer.
    pub(super) async fn end(&self, id: &str) -> Result<(), PageError> {
        if let Ok(id) = id.parse() {
            session::end(&self.scope, id).await?;
        }
        Ok(())
    }

    /// Ends every other session of the viewer.
    pub(super) async fn end_others(&self) -> Result<(), PageError> {
        session::end_others(&self.scope, &self.secret).await?;
        Ok(())
    }

    async fn duty(&self) -> Result<String, PageError> {
        let asked: Asked = self.ask("{ viewer { duties { kind className schoolName } } }", Value::Null).await?;
        let duties = asked.viewer.map(|viewer| viewer.duties).unwrap_or_default();
        let first = duties.iter().find(|duty| duty.kind == "HOMEROOM_TEACHER").or(duties.first());
        Ok(first.map(Duty::words).unwrap_or_default())
    }
}

impl Session {
    /// Asks the API a document in the viewer's name; see [`AnySession::ask`].
    pub async fn ask<T: DeserializeOwned>(&self, document: &str, variables: Value) -> Result<T, PageError> {
        self.any.ask(document, variables).await
    }

    /// What stands around the page.
    #[must_use]
    pub fn frame(&self, nav: Nav) -> Frame {
        let who = Who { name: self.any.scope.viewer().name.clone(), duty: self.duty.clone() };
        let AnySession { keep, here, presenting, .. } = &self.any;
        // On a wall not even the ways to somebody's support, talks and visits are shown.
        let inner = [Right::SupportJoin, Right::ConsultationTake, Right::VisitWrite];
        let shown = |right| self.may(right) && !(*presenting && inner.contains(&right));
        let (keep, here, nav) = (keep.clone(), here.clone(), nav.with_office(shown));
        let step_up = self.any.step_up().filter(|_| !presenting);
        Frame { who: Some(who), nav, presenting: *presenting, keep, here, step_up, ..Frame::outside(self.any.csrf()) }
    }

    /// Whether the viewer has a right over anything at all.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.any.scope.viewer().rights.contains(&right)
    }

    /// Whether the page is on a wall.
    #[must_use]
    pub fn presenting(&self) -> bool {
        self.any.presenting
    }

    /// What the viewer may read, and the clock.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.any.scope
    }
}

impl AsRef<AnySession> for AnySession {
    fn as_ref(&self) -> &AnySession {
        self
    }
}

impl AsRef<AnySession> for Session {
    fn as_ref(&self) -> &AnySession {
        &self.any
    }
}

impl AsRef<AnySession> for PupilSession {
    fn as_ref(&self) -> &AnySession {
        &self.any
    }
}

impl AsRef<AnySession> for GuardianSession {
    fn as_ref(&self) -> &AnySession {
        &self.any
    }
}

impl AsMut<AnySession> for AnySession {
    fn as_mut(&mut self) -> &mut AnySession {
        self
    }
}

impl AsMut<AnySession> for Session {
    fn as_mut(&mut self) -> &mut AnySession {
        &mut self.any
    }
}

impl AsMut<AnySession> for PupilSession {
    fn as_mut(&mut self) -> &mut AnySession {
        &mut self.any
    }
}

impl AsMut<AnySession> for GuardianSession {
    fn as_mut(&mut self) -> &mut AnySession {
        &mut self.any
    }
}

#[derive(Deserialize)]
struct Asked {
    viewer: Option<AskedViewer>,
}

#[derive(Deserialize)]
struct AskedViewer {
    duties: Vec<Duty>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Duty {
    kind: String,
    class_name: Option<String>,
    school_name: Option<String>,
}

impl Duty {
    fn words(&self) -> String {
        let over = self.class_name.as_deref().or(self.school_name.as_deref()).unwrap_or_default();
        format!("{over} {}", words::duty(&self.kind)).trim().to_owned()
    }
}

/// The page that is looked at; after a form the one that it stood on.
fn here(parts: &Parts) -> String {
    let own = parts.uri.path_and_query().map(PathAndQuery::as_str);
    let referer = parts.headers.get(REFERER).and_then(|value| value.to_str().ok()?.parse::<Uri>().ok());
    let before = referer.as_ref().and_then(Uri::path_and_query).map(PathAndQuery::as_str);
    let here = if parts.method == Method::GET { own } else { before };
    here.and_then(address::local).unwrap_or("/").to_owned()
}

/// Who looks at the page, for whoever writes the page of an error around it: the scope, and the way to show more than one factor.
#[derive(Clone, Default)]
pub(super) struct Looking(pub(super) Arc<OnceLock<(Scope, Option<String>)>>);

/// Signs somebody in by a token, in place of whoever was signed in before; `None` where it does not hold.
pub(super) async fn open(app: &App, headers: &HeaderMap, token: &str) -> Result<Option<(SetCookie, Opened)>, Error> {
    let opened = session::open(&app.db, token, &device::words(headers), secret(headers, app).as_deref()).await?;
    opened.iter().for_each(|opened| access_log::signed_in(&opened.signed.viewer));
    Ok(opened.map(|opened| (set(&cookie(app, opened.secret.clone())), opened)))
}

/// The same for somebody whom a provider has named; `None` where it is nobody who works or learns here today.
pub(super) async fn enter(
    app: &App,
    headers: &HeaderMap,
    holder: Uuid,
    proof: &Proof<'_>,
) -> Result<Option<(SetCookie, Opened)>, Error> {
    let opened = session::enter(&app.db, holder, proof, secret(headers, app).as_deref()).await?;
    opened.iter().for_each(|opened| access_log::signed_in(&opened.signed.viewer));
    Ok(opened.map(|opened| (set(&cookie(app, opened.secret.clone())), opened)))
}

/// What the browser's session stands for.
pub(super) async fn found(app: &App, headers: &HeaderMap) -> Result<Option<Found>, Error> {
    match secret(headers, app) {
        Some(secret) => session::of(&app.db, &secret).await,
        None => Ok(None),
    }
}

/// A cookie to be set with an answer.
pub(super) type SetCookie = AppendHeaders<[(axum::http::HeaderName, String); 1]>;

fn set(cookie: &Cookie<'_>) -> SetCookie {
    AppendHeaders([(SET_COOKIE, cookie.to_string())])
}

/// The secret of a browser's session.
pub(crate) fn secret(headers: &HeaderMap, app: &App) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    jar.get(name(app)).map(|cookie| cookie.value().to_owned()).filter(|secret| !secret.is_empty())
}

/// The prefix binds the cookie to HTTPS and to this very host in every browser.
fn name(app: &App) -> &'static str {
    if app.front.https { "__Host-asagao_session" } else { "asagao_session" }
}

fn cookie(app: &App, secret: String) -> Cookie<'static> {
    Cookie::build((name(app), secret)).path("/").http_only(true).same_site(SameSite::Lax).secure(app.front.https).build()
}
