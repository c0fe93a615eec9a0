//! An attempt to sign in: what a browser keeps between leaving for a provider and coming back, in a cookie of its own.
use crate::router::App;
use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// So many seconds one may take at the provider: long enough to look for a telephone.
const SECONDS: i64 = 600;

/// An attempt to sign in. Nothing of it opens anything by itself: what a provider answers has to fit it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The key of the provider.
    pub key: String,
    /// What the provider's answer has to carry.
    pub state: String,
    /// What its ID token has to carry.
    pub nonce: String,
    /// The proof that it was we who asked (PKCE).
    pub verifier: String,
    /// Where to go then.
    pub next: String,
    /// When it began, in seconds.
    pub at: i64,
    /// Whether the provider was told to ask anew who it is.
    pub fresh: bool,
    /// Whether more than one factor was asked for.
    pub mfa: bool,
}

impl Attempt {
    /// The attempt that an answer with this state belongs to; `None` where this browser has not begun it, or too long ago.
    #[must_use]
    pub fn of(headers: &HeaderMap, app: &App, key: &str, state: &str) -> Option<Self> {
        let jar = CookieJar::from_headers(headers);
        let text = BASE64_URL_SAFE_NO_PAD.decode(jar.get(&name(app, state))?.value()).ok()?;
        let attempt: Attempt = serde_json::from_slice(&text).ok()?;
        let age = app.db.clock.now().timestamp().checked_sub(attempt.at)?;
        let same = bool::from(subtle::ConstantTimeEq::ct_eq(attempt.state.as_bytes(), state.as_bytes()));
        (same && attempt.key == key && (0..=SECONDS).contains(&age)).then_some(attempt)
    }

    /// The cookie that keeps it, as a header has it.
    #[must_use]
    pub fn cookie(&self, app: &App) -> String {
        let text = serde_json::to_vec(self).expect("an attempt is plain text and numbers");
        format!("{}; Max-Age={SECONDS}", cookie(app, &self.state, BASE64_URL_SAFE_NO_PAD.encode(text)))
    }

    /// The cookie that is no more: no answer is taken twice.
    #[must_use]
    pub fn gone(&self, app: &App) -> String {
        let mut gone = cookie(app, &self.state, String::new());
        gone.make_removal();
        gone.to_string()
    }
}

fn cookie(app: &App, state: &str, value: String) -> Cookie<'static> {
    Cookie::build((name(app, state), value)).path("/").http_only(true).same_site(SameSite::Lax).secure(app.front.https).build()
}

/// Each attempt has a cookie of its own, so that two tabs do not take one another's.
fn name(app: &App, state: &str) -> String {
    let begin: String = state.chars().filter(char::is_ascii_alphanumeric).take(10).collect();
    if app.front.https { format!("__Host-asagao_attempt_{begin}") } else { format!("asagao_attempt_{begin}") }
}
