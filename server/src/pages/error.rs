//! What a page says when it cannot be shown. These pages need no database, and nothing that was typed is lost with them.
use super::again::Ready;
use super::check_in_trouble::{self, Way};
use super::csrf::{self, Fields};
use super::frame::Frame;
use super::session::{AnySession, Looking};
use super::sign_in::Door;
use super::{address, again};
use crate::around::refusal;
use crate::rate::TooMany;
use crate::router::App;
use asagao_graphql::error::Error;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

/// Why a page is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageError {
    /// Sign in first: the address to do so.
    SignIn(String),
    /// The form came after its session: it is given back, and sent by a press on a page of a session that holds. That session; `None`
    /// where one has to sign in first.
    Late {
        /// The session to send it in.
        ready: Option<Ready>,
        /// Whose browser it is by now, where that is known: nobody else's form is shown on it.
        whose: Option<String>,
    },
    /// There is nothing here, or nothing that this viewer may see.
    NotFound,
    /// There may be something here for somebody who has shown more than one factor: the way to do so.
    OneFactor(String),
    /// The database does not answer just now.
    Unavailable,
    /// The form is not of this session, or of none.
    Expired,
    /// The form is longer than any of ours.
    TooLong,
    /// The form cannot be read.
    BadForm,
    /// Too many forms came from this address: after so many seconds there is room again.
    TooMany(u64),
    /// Our own mistake.
    Internal,
}

impl PageError {
    /// Somebody without a session: a page leads to signing in and back, a form is given back.
    pub(super) fn signed_out(parts: &Parts, expired: bool) -> Self {
        let sign_in = if expired { "/sign-in?expired=1" } else { "/sign-in" };
        PageError::elsewhere(parts, sign_in)
    }

    /// A session that is locked: a page leads to the lock and back, a form is given back.
    pub(super) fn locked(parts: &Parts, whose: String) -> Self {
        match PageError::elsewhere(parts, "/locked") {
            PageError::Late { ready, .. } => PageError::Late { ready, whose: Some(whose) },
            elsewhere => elsewhere,
        }
    }

    /// A form that another session than the browser's, or none, has made.
    pub(super) fn late(parts: &Parts, session: &AnySession) -> Self {
        if !again::takes(parts.uri.path()) {
            return PageError::Expired;
        }
        let ready = Ready { csrf: session.csrf(), presenting: session.presenting };
        PageError::Late { ready: Some(ready), whose: Some(csrf::whose(session.scope.holder())) }
    }

    fn elsewhere(parts: &Parts, to: &str) -> Self {
        if parts.method != Method::GET && again::takes(parts.uri.path()) {
            return PageError::Late { ready: None, whose: None };
        }
        // What only concerns a session that is over has nothing to come back to.
        let here = parts.uri.path_and_query().filter(|_| parts.method == Method::GET).map_or("/", |path| path.as_str());
        match address::local(here).filter(|path| *path != "/") {
            Some(path) if check_in_trouble::is_of(path) => {
                let to = address::with(to, "lang", check_in_trouble::lang(path, ""));
                PageError::SignIn(address::with(&to, "next", path))
            }
            Some(path) => PageError::SignIn(address::with(to, "next", path)),
            None => PageError::SignIn(to.to_owned()),
        }
    }

    /// The page, around what was posted where that can be sent again.
    fn page(&self, asked: &Asked) -> Response {
        let (status, title, text) = match self {
            PageError::SignIn(address) => return Redirect::to(address).into_response(),
            PageError::Late { ready, whose } => {
                let late = asked.posted.as_ref().map(|fields| again::Late::new(&asked.path, fields)).unwrap_or_default();
                if whose.as_ref().is_some_and(|whose| !late.is_of(whose)) {
                    tracing::warn!(path = asked.path, "a form of another person was not given back");
                    return PageError::Expired.page(asked);
                }
                if !late.keeps() {
                    return PageError::Expired.page(asked);
                }
                return late.page(ready.as_ref(), None, StatusCode::FORBIDDEN, &asked.doors);
            }
            // A form that was given back to be sent after signing in is still there.
            PageError::Unavailable if let Some(late) = asked.posted.as_ref().and_then(again::Late::within) => {
                return late.page(
                    None,
                    Some("いま記録につながりません。少し待って、もういちど入ってください。"),
                    StatusCode::SERVICE_UNAVAILABLE,
                    &asked.doors,
                );
            }
            PageError::NotFound => (
                StatusCode::NOT_FOUND,
                "ページが見つからないか、見られる人が決まっています",
                "アドレスを確かめるか、はじめのページからお進みください。",
            ),
            PageError::OneFactor(_) => (
                StatusCode::FORBIDDEN,
                "多要素認証が必要です",
                if asked.get {
                    "このページには、パスワードのほかにもう一つの確認（多要素認証）をした人だけが見られる記録があります。"
                } else {
                    "この操作は、パスワードのほかにもう一つの確認（多要素認証）をした人だけができます。送られた内容は記録していません。"
                },
            ),
            PageError::Unavailable => {
                let text = if asked.posted.is_some() {
                    "入力した内容はこのページにあります。少し待って、記録されていないことを確かめてから、もういちど送ってください。"
                } else {
                    "少し待って、もういちど開いてください。記録は失われていません。"
                };
                (StatusCode::SERVICE_UNAVAILABLE, "いま記録につながりません", text)
            }
            PageError::Expired => {
                (StatusCode::FORBIDDEN, "時間がたったため、もういちど入ってください", "送られた内容は記録していません。")
            }
            PageError::TooLong => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "送られた内容が長すぎます",
                "記録していません。前のページに戻り、短くしてください。",
            ),
            PageError::BadForm => (
                StatusCode::BAD_REQUEST,
                "送られた内容を読めませんでした",
                "記録していません。前のページに戻り、もういちど送ってください。",
            ),
            PageError::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "いま、送られる数が多すぎます",
                "記録していません。少し待って、前のページからもういちど送ってください。",
            ),
            PageError::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "うまくいきませんでした",
                "こちらの不具合です。続くときは、学校の担当の方に知らせてください。",
            ),
        };
        let resend = asked.posted.as_ref().filter(|_| *self == PageError::Unavailable);
        let again = (*self == PageError::Unavailable && resend.is_none() && asked.get).then_some(asked.path.as_str());
        // Only staff find nothing at this address.
        if check_in_trouble::is_of(&asked.path) && *self != PageError::NotFound {
            let way = resend.map(|fields| Way::Send(&asked.path, fields.pairs())).or(again.map(Way::Open));
            let lang = check_in_trouble::lang(&asked.path, asked.posted.as_ref().map_or("", |posted| posted.get("lang")));
            return retry(check_in_trouble::error(lang, self, way, status));
        }
        let page = ErrorPage {
            frame: Frame::outside(String::new()),
            title,
            text,
            path: &asked.path,
            resend,
            again,
            sign_in: *self == PageError::Expired,
            step_up: if let PageError::OneFactor(way) = self { Some(way) } else { None },
        };
        let body = page.render().unwrap_or_else(|error| {
            tracing::error!(%error, "an error page cannot be written out");
            title.to_owned()
        });
        let mut answer = retry((status, Html(body)).into_response());
        if let PageError::TooMany(seconds) = self {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
        }
        answer
    }
}

/// Says when to come back, where that helps.
fn retry(mut answer: Response) -> Response {
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

impl From<TooMany> for PageError {
    fn from(too_many: TooMany) -> Self {
        PageError::TooMany(too_many.seconds)
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable => PageError::Unavailable,
            Error::Forbidden(_) | Error::Factor => PageError::NotFound,
            Error::Unauthenticated => PageError::Expired,
            Error::BadInput(_) | Error::TooComplex(_) | Error::Internal => PageError::Internal,
        }
    }
}

/// Only says what is wrong: [`around`] knows what was asked and writes the page.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, Extension(self)).into_response()
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    title: &'static str,
    text: &'static str,
    path: &'a str,
    resend: Option<&'a Fields>,
    again: Option<&'a str>,
    sign_in: bool,
    step_up: Option<&'a String>,
}

/// What was asked for, as far as an error page needs it.
struct Asked {
    get: bool,
    path: String,
    posted: Option<Fields>,
    doors: Doors,
}

/// By which ways somebody can come in whose session is over.
#[derive(Clone, Debug, Default)]
pub(super) struct Doors {
    /// The board's providers.
    pub(super) ways: Vec<Door>,
    /// Whether codes are taken.
    pub(super) codes: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let path = request.uri().path_and_query().and_then(|path| address::local(path.as_str())).unwrap_or("/");
        let doors = Doors { ways: Vec::new(), codes: true };
        Asked { get: request.method() == Method::GET, path: path.to_owned(), posted: None, doors }
    }
}

/// The most bytes of a form: attendance of the largest class with a full note in every row is well under it.
const MOST_BYTES: usize = 512 * 1024;

/// Stands around every page: keeps what is posted until the page is answered, writes the page of an error, adds the headers.
pub(super) async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let mut asked = Asked::of(&request);
    asked.doors = Doors { ways: Door::all(&app, "/"), codes: app.sign_in.codes };
    let looking = Looking::default();
    request.extensions_mut().insert(looking.clone());
    let mut response = match kept(request, &mut asked).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    // What is kept from somebody for want of a second factor reads as not there until here.
    if let Some((scope, Some(way))) = looking.0.get()
        && scope.wanted_mfa()
        && response.extensions().get::<PageError>() == Some(&PageError::NotFound)
    {
        response.extensions_mut().insert(PageError::OneFactor(way.clone()));
    }
    dressed(response, &asked)
}

/// The request with its form read, so that it can be given back. A code to sign in with is never given back.
async fn kept(request: Request, asked: &mut Asked) -> Result<Request, PageError> {
    // A file is read piece by piece, and never given back.
    let file = request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    if request.method() != Method::POST || file {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, MOST_BYTES).await.map_err(|_| PageError::TooLong)?;
    let fields = Fields::read(&bytes);
    asked.posted = if parts.uri.path() == "/sign-in" { again::Late::carried(fields) } else { Some(fields) };
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn dressed(mut response: Response, asked: &Asked) -> Response {
    let mut error = response.extensions_mut().remove::<PageError>();
    if [StatusCode::METHOD_NOT_ALLOWED, StatusCode::BAD_REQUEST].contains(&response.status()) {
        // Reloading the answer to a form; an address that nobody was given.
        error = Some(PageError::NotFound);
    }
    if let Some(error) = error {
        response = error.page(asked);
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Nothing of a page is loaded from elsewhere, shown elsewhere, told elsewhere or kept. `same-origin` tells other sites as little as
/// `no-referrer` does, with which browsers would send `Origin: null` for our own forms.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    ),
    (REFERRER_POLICY, "same-origin"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Whatever has no route: a page for browsers, a word in JSON for programs.
pub(crate) async fn nothing(request: Request) -> Response {
    if is_page(&request) {
        return dressed(PageError::NotFound.into_response(), &Asked::of(&request));
    }
    refusal(StatusCode::NOT_FOUND, "there is nothing here; the API is at /graphql")
}

/// Whether a browser asks, for somebody to read the answer.
pub(crate) fn is_page(request: &Request) -> bool {
    request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// The page of somebody for whom it took too long.
pub(crate) fn away() -> Response {
    dressed(
        PageError::Unavailable.into_response(),
        &Asked { get: false, path: "/".into(), posted: None, doors: Doors { ways: Vec::new(), codes: true } },
    )
}
