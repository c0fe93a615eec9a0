//! The conversation with one provider: what it is (discovery, keys), where to send somebody, what it says of who came back.
mod http;
mod metadata;
mod token;

use super::attempt::Attempt;
use super::settings::{PersonBy, Settings};
use asagao_graphql::access::subject::Claimed;
use chrono::{DateTime, TimeDelta, Utc};
use http::Http;
use metadata::Metadata;
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreIdToken,
};
use openidconnect::{
    AccessToken, AuthType, AuthenticationContextClass, AuthorizationCode, CsrfToken, DiscoveryError, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, RedirectUrl, RequestTokenError, Scope,
    TokenResponse,
};
use reqwest::Url;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use token::{Wrong, plain};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// So far a provider's clock and ours may be apart: machines that set theirs by the network differ by seconds; a minute or two is what those
/// have that do not.
pub const SKEW: TimeDelta = TimeDelta::minutes(2);
/// An ID token that comes straight from the provider is not older.
const OLDEST: TimeDelta = TimeDelta::minutes(10);
/// What a provider has said of itself is asked for again after that.
const KNOWN_FOR: Duration = Duration::from_hours(1);
/// Unknown keys make us ask for the keys no more often than that: anybody can name a key that there is not.
const KEYS_AGAIN: Duration = Duration::from_secs(10);
/// A provider that has just not answered is left alone for so long, so that a class that comes in does not wait one behind the other.
const LEFT_ALONE: Duration = Duration::from_secs(5);

/// A provider.
pub struct Provider {
    /// What the board says of it.
    pub settings: Settings,
    http: Http,
    known: Mutex<Known>,
}

/// What is known of a provider.
#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, Instant)>,
    /// When the keys were last asked for because of one that was not among them.
    keys: Option<Instant>,
    /// When it did not answer.
    silent: Option<Instant>,
}

/// How somebody is to show who they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Anew, even if the provider knows them by now.
    pub fresh: bool,
    /// By more than one factor.
    pub mfa: bool,
    /// As somebody else than the provider would choose.
    pub other: bool,
}

/// What a provider says of somebody.
#[derive(Debug)]
pub struct Word {
    /// The value of the claim that people are found by.
    claim: String,
    /// Whether more than one factor was shown.
    pub mfa: bool,
    /// When they have shown who they are, as far as it says so.
    pub at: Option<DateTime<Utc>>,
}

impl Word {
    /// Whether they have shown who they are since a time, as far as the provider says when.
    #[must_use]
    pub fn is_since(&self, time: DateTime<Utc>) -> bool {
        self.at.is_none_or(|at| at >= time - SKEW)
    }
}

/// Why nobody comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The provider does not answer.
    Down,
    /// What came is not what was asked for, or not by whom it should be; in a few words for the log, which name nobody.
    Refused(&'static str),
    /// The account is none of those that are let in.
    Nobody,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("key", &self.settings.key).finish_non_exhaustive()
    }
}

impl Provider {
    /// A provider that has not been spoken to.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let http = Http::new(settings.issuer.url().scheme() == "https")?;
        Ok(Provider { settings, http, known: Mutex::default() })
    }

    /// Where to send somebody, and what their browser keeps meanwhile.
    pub async fn begin(&self, origin: &Url, wish: Wish, next: &str, now: DateTime<Utc>) -> Result<(Url, Attempt), Trouble> {
        let metadata = self.metadata(None).await?;
        let client = self.client(&metadata).set_redirect_uri(self.back(origin)?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut asking = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).set_pkce_challenge(challenge);
        for scope in &self.settings.scopes {
            asking = asking.add_scope(Scope::new(scope.clone()));
        }
        if let Some(domain) = &self.settings.hosted_domain {
            asking = asking.add_extra_param("hd", domain.clone());
        }
        if wish.mfa {
            for acr in &self.settings.acr_values {
                asking = asking.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
            }
        }
        // Not every provider lets one choose an account; every other one asks anew for who it is.
        let prompt = if self.settings.reauthenticates { CoreAuthPrompt::Login } else { CoreAuthPrompt::SelectAccount };
        if wish.fresh || wish.mfa || wish.other {
            asking = asking.add_prompt(prompt);
        }
        if (wish.fresh || wish.mfa) && self.settings.reauthenticates {
            // With an age that it has to mind it also has to say when it was.
            asking = asking.set_max_age(Duration::from_secs(SKEW.num_seconds().unsigned_abs()));
        }
        let (url, state, nonce) = asking.url();
        let attempt = Attempt {
            key: self.settings.key.clone(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            next: next.to_owned(),
            at: now.timestamp(),
            fresh: wish.fresh,
            mfa: wish.mfa,
        };
        Ok((url, attempt))
    }

    /// What the provider says of who came back with a code.
    pub async fn finish(&self, origin: &Url, attempt: &Attempt, code: &str, now: DateTime<Utc>) -> Result<Word, Trouble> {
        let mut metadata = self.metadata(None).await?;
        let (token, access) = self.exchange(origin, &metadata, attempt, code).await?;
        let nonce = Nonce::new(attempt.nonce.clone());
        let mut checked = self.check(&metadata, &token, &nonce, now);
        if matches!(checked, Err(Wrong::Key)) {
            metadata = self.metadata(Some(&metadata)).await?;
            checked = self.check(&metadata, &token, &nonce, now);
        }
        let claims = checked.map_err(|wrong| Trouble::Refused(wrong.words()))?;
        let mut plain = plain(&token)?;
        self.add_missing(&metadata, &access, &mut plain).await?;
        self.word(&claims, &plain, attempt, now)
    }

    /// Asks for what the ID token does not say: what belongs to a scope a provider may tell at its `userinfo` alone.
    async fn add_missing(
        &self,
        metadata: &Metadata,
        access: &AccessToken,
        plain: &mut Map<String, Value>,
    ) -> Result<(), Trouble> {
        let Some(endpoint) = metadata.userinfo_endpoint().filter(|_| !plain.contains_key(&self.settings.claim)) else {
            return Ok(());
        };
        let told = self.http.clone().claims(endpoint.url().as_str(), access.secret()).await;
        let told = told
            .map_err(|error| if error.is_silence() { Trouble::Down } else { Trouble::Refused("the userinfo cannot be taken") })?;
        if told.get("sub").is_none() || told.get("sub") != plain.get("sub") {
            return Err(Trouble::Refused("the userinfo is of somebody else"));
        }
        for (name, value) in told {
            plain.entry(name).or_insert(value);
        }
        Ok(())
    }

    /// Where one signs out there, too; `None` where the provider offers nothing of the kind, or does not answer.
    pub async fn end(&self, origin: &Url) -> Option<Url> {
        let metadata = self.metadata(None).await.ok()?;
        let end = metadata.additional_metadata().end_session_endpoint.clone()?;
        let back = PostLogoutRedirectUrl::from_url(origin.join("/sign-in").ok()?);
        let request = openidconnect::LogoutRequest::from(end).set_client_id(self.settings.client_id.clone());
        Some(request.set_post_logout_redirect_uri(back).http_get_url())
    }

    /// Whom a word is of.
    #[must_use]
    pub fn claimed<'a>(&'a self, word: &'a Word) -> Claimed<'a> {
        match self.settings.person {
            PersonBy::Subject => Claimed::Subject(&self.settings.key, &word.claim),
            PersonBy::Email => Claimed::Email(&word.claim),
            PersonBy::Id => Claimed::Id(&word.claim),
        }
    }

    /// Whether an answer may be of another provider (RFC 9207): it says so, or it does not say by whom it is and this one always does.
    pub async fn is_of_another(&self, issuer: Option<&str>) -> Result<bool, Trouble> {
        match issuer {
            Some(issuer) => Ok(issuer != self.settings.issuer.as_str()),
            None => Ok(self.metadata(None).await?.additional_metadata().says_by_whom()),
        }
    }

    fn back(&self, origin: &Url) -> Result<RedirectUrl, Trouble> {
        let url = origin.join(&format!("/sign-in/{}/callback", self.settings.key));
        url.map(RedirectUrl::from_url).map_err(|_| Trouble::Refused("the public URL cannot be extended"))
    }

    /// What the provider says of itself. `lacking` are keys among which one was missing: newer ones are asked for, if not just now.
    async fn metadata(&self, lacking: Option<&Arc<Metadata>>) -> Result<Arc<Metadata>, Trouble> {
        let mut known = self.known.lock().await;
        if let Some((metadata, at)) = &known.metadata {
            let newer = lacking.is_some_and(|lacking| !Arc::ptr_eq(lacking, metadata));
            let just_now = known.keys.is_some_and(|at| at.elapsed() < KEYS_AGAIN);
            let fresh = at.elapsed() < KNOWN_FOR;
            if newer || (fresh && lacking.is_none()) || (lacking.is_some() && just_now) {
                return Ok(metadata.clone());
            }
        }
        if known.silent.is_some_and(|at| at.elapsed() < LEFT_ALONE) {
            return known.metadata.as_ref().map(|(metadata, _)| metadata.clone()).ok_or(Trouble::Down);
        }
        if lacking.is_some() {
            known.keys = Some(Instant::now());
        }
        match discover(self.http.clone(), self.settings.issuer.clone()).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Known { metadata: Some((metadata.clone(), Instant::now())), silent: None, keys: known.keys };
                Ok(metadata)
            }
            Err(error) => {
                tracing::warn!(provider = self.settings.key, %error, "a provider does not say what it is");
                known.silent = Some(Instant::now());
                known.metadata.as_ref().map(|(metadata, _)| metadata.clone()).ok_or(Trouble::Down)
            }
        }
    }

    /// The client that the settings and the provider make.
    fn client(&self, metadata: &Metadata) -> Client {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let basic = methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let (id, secret) = (self.settings.client_id.clone(), self.settings.secret.clone());
        let client = CoreClient::from_provider_metadata(metadata.clone(), id, Some(secret));
        client.set_auth_type(if basic { AuthType::BasicAuth } else { AuthType::RequestBody })
    }

    async fn exchange(
        &self,
        origin: &Url,
        metadata: &Metadata,
        attempt: &Attempt,
        code: &str,
    ) -> Result<(CoreIdToken, AccessToken), Trouble> {
        let client = self.client(metadata);
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|_| Trouble::Refused("the provider has no token endpoint"))?;
        let request = request.set_redirect_uri(Cow::Owned(self.back(origin)?));
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()));
        let http = self.http.clone();
        let ask = move |request| http.clone().send(request);
        let asked: Pin<Box<dyn Future<Output = _> + Send + '_>> = Box::pin(request.request_async(&ask));
        match asked.await {
            Ok(answer) => {
                let token = answer.id_token().cloned().ok_or(Trouble::Refused("the answer has no ID token"))?;
                Ok((token, answer.access_token().clone()))
            }
            // What else the provider says of the error may name somebody.
            Err(RequestTokenError::ServerResponse(error)) => match error.error() {
                CoreErrorResponseType::InvalidGrant => Err(Trouble::Refused("the code does not hold (any more)")),
                CoreErrorResponseType::InvalidClient => {
                    Err(Trouble::Refused("the provider does not take our client_id and secret"))
                }
                _ => Err(Trouble::Refused("the provider refuses the code")),
            },
            Err(RequestTokenError::Request(_) | RequestTokenError::Other(_)) => Err(Trouble::Down),
            Err(RequestTokenError::Parse(..)) => Err(Trouble::Refused("the answer for the code cannot be read")),
        }
    }
}

/// What a provider says of itself, with its keys.
fn discover(http: Http, issuer: IssuerUrl) -> Pin<Box<dyn Future<Output = Result<Metadata, String>> + Send>> {
    Box::pin(async move {
        let ask = move |request| http.clone().send(request);
        Metadata::discover_async(issuer, &ask).await.map_err(|error| match error {
            DiscoveryError::Request(error) => error.to_string(),
            error => error.to_string(),
        })
    })
}

type Client = CoreClient<
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;
