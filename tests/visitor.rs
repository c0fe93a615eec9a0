//! Somebody at a browser: keeps cookies, follows forms and sends what browsers send.
use crate::School;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use std::collections::BTreeMap;

/// A browser at the school.
pub struct Visitor<'a> {
    school: &'a School,
    cookies: BTreeMap<String, String>,
    /// The token of the last page's forms.
    csrf: String,
}

/// What a browser was answered.
#[derive(Debug)]
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The text of the page.
    pub text: String,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(school: &'a School) -> Self {
        Visitor { school, cookies: BTreeMap::new(), csrf: String::new() }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Page {
        let request = Request::get(path).header("accept", "text/html,*/*;q=0.8");
        self.send(request, Body::empty()).await
    }

    /// Sends a form of the last page that was opened.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.csrf.clone();
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", token.as_str())]).collect();
        self.post(path, &fields, &[("sec-fetch-site", "same-origin")]).await
    }

    /// Posts fields with these headers and nothing else.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let mut request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request, Body::from(encoded(fields))).await
    }

    /// Sends a form with a file of the last page that was opened.
    pub async fn send_file(&mut self, path: &str, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Page {
        let token = self.csrf.clone();
        let mut body = Vec::new();
        for (field, value) in [("csrf", token.as_str())].iter().chain(fields) {
            body.extend(format!("--part\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes());
        }
        body.extend(format!("--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").bytes());
        body.extend(file);
        body.extend(b"\r\n--part--\r\n");
        let request = Request::post(path).header("content-type", "multipart/form-data; boundary=part");
        self.send(request.header("sec-fetch-site", "same-origin"), Body::from(body)).await
    }

    /// Signs in with a code and follows to the first page.
    pub async fn enter(&mut self, code: &str) -> Page {
        let entered = self.submit("/sign-in", &[("code", code)]).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "the code is right: {}", entered.text);
        self.get(entered.header("location")).await
    }

    /// Keeps a cookie.
    pub(crate) fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The cookies as a browser sends them.
    #[must_use]
    pub fn cookies(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The token of the last page's forms.
    #[must_use]
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) };
        let request = request.header("host", "board.example").body(body).expect("a request");
        let (head, body) = self.school.raw(request).await.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("the answer can be read");
        for set in head.headers.get_all("set-cookie") {
            let pair = set.to_str().expect("cookies are text").split(';').next().expect("a split has a first part");
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let page = Page { status: head.status, headers: head.headers, text: String::from_utf8_lossy(&body).into_owned() };
        if let Some(token) = page.text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            token.clone_into(&mut self.csrf);
        }
        page
    }
}

impl Page {
    /// A header's text; empty where it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where the answer leads to.
    #[must_use]
    pub fn location(&self) -> (StatusCode, &str) {
        (self.status, self.header("location"))
    }

    /// The value of a hidden field.
    #[must_use]
    pub fn hidden(&self, name: &str) -> &str {
        let field = format!("name=\"{name}\" value=\"");
        self.text.split(&field).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
    }

    /// What stands between two texts.
    #[must_use]
    pub fn between(&self, from: &str, to: &str) -> &str {
        self.text.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or_default()
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._*".contains(byte);
        text.bytes()
            .map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect::<String>()
    };
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}
