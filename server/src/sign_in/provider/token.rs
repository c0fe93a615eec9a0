//! An ID token: whether it is the provider's word to us for this attempt, and what it says.
use super::metadata::Metadata;
use super::{OLDEST, Provider, SKEW, Trouble, Word};
use crate::sign_in::attempt::Attempt;
use crate::sign_in::settings::PersonBy;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use openidconnect::core::{CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm};
use openidconnect::{ClaimsVerificationError, Nonce, SignatureVerificationError};
use serde_json::{Map, Value};

/// Keys that a provider alone has: a token that is signed with our own secret, or not at all, is none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

impl Provider {
    /// Checks an ID token: signature, issuer, audience, authorised party, times and nonce.
    pub(super) fn check(
        &self,
        metadata: &Metadata,
        token: &CoreIdToken,
        nonce: &Nonce,
        now: DateTime<Utc>,
    ) -> Result<CoreIdTokenClaims, Wrong> {
        let client = self.client(metadata);
        let verifier =
            client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(|| now - SKEW).set_issue_time_verifier_fn(|at| {
                if at > now + SKEW {
                    Err("not yet".into())
                } else if at < now - OLDEST {
                    Err("long ago".into())
                } else {
                    Ok(())
                }
            });
        Ok(token.claims(&verifier, nonce)?.clone())
    }

    /// What the claims say, where they let the account in.
    pub(super) fn word(
        &self,
        claims: &CoreIdTokenClaims,
        plain: &Map<String, Value>,
        attempt: &Attempt,
        now: DateTime<Utc>,
    ) -> Result<Word, Trouble> {
        let settings = &self.settings;
        let not_yet = |at: i64| at > (now + SKEW).timestamp();
        if plain.get("nbf").and_then(Value::as_i64).is_some_and(not_yet) {
            return Err(Trouble::Refused("the ID token holds from later on"));
        }
        if settings.hosted_domain.as_deref().is_some_and(|domain| plain.get("hd").and_then(Value::as_str) != Some(domain)) {
            return Err(Trouble::Nobody);
        }
        if settings.person == PersonBy::Email && !verified(plain) {
            return Err(Trouble::Nobody);
        }
        let at = claims.auth_time();
        if attempt.fresh && settings.reauthenticates {
            let begun = DateTime::from_timestamp(attempt.at, 0).ok_or(Trouble::Refused("an attempt without a time"))?;
            if !at.is_some_and(|at| at >= begun - SKEW && at <= now + SKEW) {
                return Err(Trouble::Refused("the provider did not ask anew who it is"));
            }
        }
        let acr = claims.auth_context_ref().is_some_and(|acr| settings.mfa_acr.iter().any(|of| *of == **acr));
        let amr =
            claims.auth_method_refs().is_some_and(|all| all.iter().any(|amr| settings.mfa_amr.iter().any(|of| *of == **amr)));
        let claim = match plain.get(&settings.claim) {
            Some(Value::String(text)) if !text.is_empty() => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(Trouble::Nobody),
        };
        Ok(Word { claim, mfa: acr || amr, at })
    }
}

/// What is wrong with an ID token.
pub(super) enum Wrong {
    /// It is signed with a key that we do not know.
    Key,
    Claims(ClaimsVerificationError),
}

impl From<ClaimsVerificationError> for Wrong {
    fn from(error: ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => Wrong::Key,
            error => Wrong::Claims(error),
        }
    }
}

impl Wrong {
    /// For the log: what the provider says may name somebody.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Wrong::Key => "the ID token is signed with a key that the provider does not have",
            Wrong::Claims(error) => match error {
                ClaimsVerificationError::Expired(_) => "the ID token has expired, or was issued at another time",
                ClaimsVerificationError::InvalidAudience(_) => "the ID token is for another client",
                ClaimsVerificationError::InvalidIssuer(_) => "the ID token is of another issuer",
                ClaimsVerificationError::InvalidNonce(_) => "the ID token is of another attempt",
                ClaimsVerificationError::SignatureVerification(_) => "the ID token is not signed by the provider",
                _ => "the ID token does not fit",
            },
        }
    }
}

/// The claims of an ID token as they stand there, once it was checked.
pub(super) fn plain(token: &CoreIdToken) -> Result<Map<String, Value>, Trouble> {
    let text = token.to_string();
    let middle = text.split('.').nth(1).and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    middle.and_then(|json| serde_json::from_slice(&json).ok()).ok_or(Trouble::Refused("the claims cannot be read"))
}

/// Whether the provider has verified the address: by the claim of the specification, or Microsoft's own, which says that the domain is the
/// tenant's.
fn verified(plain: &Map<String, Value>) -> bool {
    let yes = |name| match plain.get(name) {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(text)) => text == "true" || text == "1",
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    };
    yes("email_verified") || yes("xms_edov")
}
