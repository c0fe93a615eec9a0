//! Forms that only our own pages can post: every body of a page comes in through [`Posted`], which checks it first.
use super::address;
use super::error::PageError;
use super::session::{AnySession, Session};
use crate::router::App;
use axum::body::Bytes;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, Uri};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// What the forms of a session send back: it follows from the cookie and does not give it away. Behind the dot it says whose form it
/// is, which outlasts the session.
pub(super) fn token(secret: &str, holder: Uuid) -> String {
    let digest = Sha256::new().chain_update("asagao csrf").chain_update(secret).finalize();
    format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(digest), whose(holder))
}

/// What stands for a person in the forms of all their sessions, without naming them.
pub(super) fn whose(holder: Uuid) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::new().chain_update("asagao whose").chain_update(holder).finalize())
}

/// Whose form it is, by its token; empty where it does not say.
pub(super) fn owner(token: &str) -> &str {
    token.split_once('.').map_or("", |(_, whose)| whose)
}

/// The fields of a form, in their order; names may repeat.
#[derive(Clone, Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// Reads a body as browsers send it; line ends become those of records.
    pub(super) fn read(body: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")));
        Fields(pairs.collect())
    }

    /// Every name with its value.
    pub(super) fn pairs(&self) -> Vec<(String, &str)> {
        self.0.iter().map(|(name, value)| (name.clone(), value.as_str())).collect()
    }

    /// The value of a field; empty where it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a field has this value.
    #[must_use]
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == value
    }

    /// The value of a field without the spaces around it; `None` where nothing was typed.
    #[must_use]
    pub fn typed(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// Where the form wants to go back to: a path of our own, else `otherwise`.
    #[must_use]
    pub fn back(&self, otherwise: &str) -> String {
        address::local(self.get("back")).unwrap_or(otherwise).to_owned()
    }
}

/// The field that switches 提示モード off before its form is taken.
pub(super) const SHOW: &str = "show";

/// A form of one of our own pages, posted within a session. There is no other way to the fields.
pub struct Posted<S = Session> {
    /// Who posts.
    pub session: S,
    /// What was posted.
    pub fields: Fields,
}

impl<S> FromRequest<App> for Posted<S>
where
    S: FromRequestParts<App, Rejection = PageError> + AsRef<AnySession> + AsMut<AnySession> + Send,
{
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let mut outside = Form::from_request(Request::from_parts(parts.clone(), body), app).await?;
        let mut session = S::from_request_parts(&mut parts, app).await?;
        let expected = session.as_ref().csrf();
        if !bool::from(outside.0.get("csrf").as_bytes().ct_eq(expected.as_bytes())) {
            tracing::warn!(path = parts.uri.path(), "a form without its session's token was refused");
            return Err(PageError::late(&parts, session.as_ref()));
        }
        // What was hidden on a wall goes on by switching 提示モード off.
        if outside.0.is(SHOW, "1") {
            session.as_mut().show_again().await?;
            outside.0.0.retain(|(name, _)| name != SHOW);
        }
        Ok(Posted { session, fields: outside.0 })
    }
}

/// A form of one of our own pages with a file, which is read piece by piece. Its token comes first.
pub struct PostedFile {
    /// Who posts.
    pub session: Session,
    fields: Multipart,
    checked: bool,
}

impl FromRequest<App> for PostedFile {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        if !from_here(request.headers(), request.uri()) {
            tracing::warn!(path = request.uri().path(), "a form of another site was refused");
            return Err(PageError::Expired);
        }
        let (mut parts, body) = request.into_parts();
        let session = Session::from_request_parts(&mut parts, app).await?;
        let fields = Multipart::from_request(Request::from_parts(parts, body), app).await.map_err(|_| PageError::BadForm)?;
        Ok(PostedFile { session, fields, checked: false })
    }
}

impl PostedFile {
    /// The next field behind the token.
    pub(super) async fn next(&mut self) -> Result<Option<Field<'_>>, PageError> {
        if !self.checked {
            let first = self.fields.next_field().await.map_err(|_| PageError::BadForm)?;
            let token = match first.filter(|field| field.name() == Some("csrf")) {
                Some(field) => field.text().await.map_err(|_| PageError::BadForm)?,
                None => String::new(),
            };
            if !bool::from(token.as_bytes().ct_eq(self.session.as_ref().csrf().as_bytes())) {
                return Err(PageError::Expired);
            }
            self.checked = true;
        }
        self.fields.next_field().await.map_err(|_| PageError::BadForm)
    }

    /// All of it at once, for a small file: the fields, and the bytes of the file, none where none was chosen.
    pub(super) async fn whole(mut self) -> Result<(Session, Fields, Vec<u8>), PageError> {
        let (mut fields, mut file) = (Fields::default(), Vec::new());
        while let Some(part) = self.next().await? {
            let name = part.name().unwrap_or_default().to_owned();
            if part.file_name().is_some() {
                file = part.bytes().await.map_err(|_| PageError::BadForm)?.to_vec();
            } else {
                fields.0.push((name, part.text().await.map_err(|_| PageError::BadForm)?.replace("\r\n", "\n")));
            }
        }
        Ok((self.session, fields, file))
    }
}

/// A form of one of our own pages before there is a session, which therefore has no token.
pub(super) struct Form(pub(super) Fields);

impl FromRequest<App> for Form {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        if !from_here(request.headers(), request.uri()) {
            tracing::warn!(path = request.uri().path(), "a form of another site was refused");
            return Err(PageError::Expired);
        }
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(PageError::BadForm);
        }
        let body = Bytes::from_request(request, app).await.map_err(|_| PageError::BadForm)?;
        Ok(Form(Fields::read(&body)))
    }
}

/// Whether a post comes from our own pages. Browsers send `Sec-Fetch-Site` over HTTPS and to this machine only, and older ones
/// never; they all send `Origin`.
pub(crate) fn from_here(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let host = text(HOST.as_str()).or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    let origin = text(ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    host.zip(origin).is_some_and(|(host, (_, origin))| origin.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_post_of_our_own_pages_comes_from_here() {
        let asked = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            from_here(&headers, &Uri::from_static("/sign-in"))
        };
        assert!(asked(&[("sec-fetch-site", "same-origin")]));
        assert!(asked(&[("sec-fetch-site", "none")]));
        assert!(asked(&[("host", "board.example:8080"), ("origin", "http://Board.example:8080")]));
        for other in ["cross-site", "same-site"] {
            assert!(!asked(&[("sec-fetch-site", other), ("host", "a.example"), ("origin", "https://a.example")]));
        }
        for origin in ["null", "https://b.example", "https://a.example.b.example", "https://b.example/a.example"] {
            assert!(!asked(&[("host", "a.example"), ("origin", origin)]), "{origin}");
        }
        assert!(!asked(&[("host", "a.example")]));
        assert!(!asked(&[]));
    }

    #[test]
    fn the_token_does_not_hold_the_cookie() {
        let (one, another) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_ne!(token("a", one), token("b", one));
        assert!(!token("secret", one).contains("secret"));
        assert_eq!(owner(&token("a", one)), owner(&token("b", one)), "a form stays of its person");
        assert_ne!(owner(&token("a", one)), owner(&token("a", another)));
        assert_eq!((owner(""), owner("x")), ("", ""));
    }
}
