//! What an app sends: a form, and who it is, in one of two places.
use super::Refused;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::borrow::Cow;
use std::collections::HashMap;

/// The parameters of a request, each at most once.
pub(super) struct Fields(HashMap<String, String>);

impl Fields {
    /// Reads the form of a request. What is empty counts as not sent.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refused> {
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Refused::request("send the request as application/x-www-form-urlencoded"));
        }
        if std::str::from_utf8(body).is_err() {
            return Err(Refused::request("the body is not UTF-8"));
        }
        let mut fields = HashMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            if fields.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(Refused::request("a parameter is sent twice"));
            }
        }
        fields.retain(|_, value| !value.is_empty());
        Ok(Fields(fields))
    }

    /// A parameter; `None` where it was not sent or is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// Who an app says that it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Credentials {
    pub(super) id: String,
    pub(super) secret: String,
}

impl Credentials {
    /// Reads them from the header (`client_secret_basic`) or the form (`client_secret_post`), never from both.
    pub(super) fn of(headers: &HeaderMap, fields: &Fields) -> Result<Self, Refused> {
        let mut given = headers.get_all(AUTHORIZATION).iter();
        let (header, further) = (given.next(), given.next());
        if further.is_some() {
            return Err(Refused::request("the header Authorization is sent twice"));
        }
        let (id, secret) = (fields.get("client_id"), fields.get("client_secret"));
        let Some(header) = header else {
            let both = id.zip(secret).ok_or_else(Refused::client)?;
            return Ok(Credentials { id: both.0.to_owned(), secret: both.1.to_owned() });
        };
        if secret.is_some() {
            return Err(Refused::request("the secret is sent in one place: in the header or in the body"));
        }
        let found = header.to_str().ok().and_then(basic).ok_or_else(Refused::client)?;
        match id {
            Some(id) if id != found.id => Err(Refused::request("client_id is another one than in the header")),
            _ => Ok(found),
        }
    }
}

/// The id and the secret of `Basic …`, each of which is encoded like in a form.
fn basic(header: &str) -> Option<Credentials> {
    let (kind, both) = header.split_once(' ')?;
    let both = kind.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(both.trim()).ok()).flatten()?;
    let both = String::from_utf8(both).ok()?;
    let (id, secret) = both.split_once(':')?;
    Some(Credentials { id: decoded(id)?, secret: decoded(secret)? })
}

fn decoded(text: &str) -> Option<String> {
    // As the only name of a form it comes out as it was before.
    if text.contains(['&', '=']) {
        return None;
    }
    Some(form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name).map_or_else(String::new, Cow::into_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_of_the_header_are_decoded_like_a_form() {
        let of = |text: &str| basic(&format!("bAsIc {}", BASE64_STANDARD.encode(text)));
        let is = |id: &str, secret: &str| Some(Credentials { id: id.into(), secret: secret.into() });
        assert_eq!(of("app:secret"), is("app", "secret"));
        assert_eq!(of("a%3Ab+c:%E3%81%82%25:d"), is("a:b c", "あ%:d"));
        assert_eq!(of(":"), is("", ""));
        for text in ["app", "a=b:c", "a&b:c"] {
            assert_eq!(of(text), None, "{text}");
        }
        for header in ["Basic", "Basic !", "Bearer YTpi", "Basic /w==", ""] {
            assert_eq!(basic(header), None, "{header}");
        }
    }
}
