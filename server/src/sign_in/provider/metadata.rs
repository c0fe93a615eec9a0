//! What a provider says of itself: what every one does, and what is of use here beyond that.
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, EndSessionUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};

/// What a provider says of itself.
pub(super) type Metadata = ProviderMetadata<
    Further,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What not every provider says.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Further {
    /// Where one signs out there.
    pub(super) end_session_endpoint: Option<EndSessionUrl>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for Further {}

impl Further {
    /// Whether every answer says by which provider it is (RFC 9207).
    pub(super) fn says_by_whom(&self) -> bool {
        self.authorization_response_iss_parameter_supported == Some(true)
    }
}
