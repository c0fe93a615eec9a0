//! Signing in by the board's identity providers (`OpenID` Connect): their settings, and the conversation with each of them.
mod attempt;
mod provider;
mod settings;

pub use attempt::Attempt;
pub use provider::{Provider, Trouble, Wish, Word};
pub(crate) use settings::is_this_machine;
pub use settings::{PersonBy, Settings};

use asagao_graphql::access::class::Mfa;
use asagao_graphql::access::session::BY_CODE;
use std::path::Path;
use std::sync::Arc;

/// By which ways people sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The board's providers, in the order of their buttons.
    pub providers: Vec<Arc<Provider>>,
    /// Whether codes are taken.
    pub codes: bool,
    /// For which information staff have to show more than one factor.
    pub mfa: Option<Mfa>,
}

impl Default for SignIn {
    /// By codes alone.
    fn default() -> Self {
        SignIn { providers: Vec::new(), codes: true, mfa: None }
    }
}

impl SignIn {
    /// Reads the settings of a file. What is weak or contradicts itself is refused with the reason.
    pub fn load(file: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(file).map_err(|error| format!("cannot be read: {error}"))?;
        #[expect(clippy::disallowed_methods, reason = "the file names the variable that holds a secret")]
        let environment = |name: &str| std::env::var(name).ok();
        let folder = file.parent().unwrap_or(Path::new("."));
        Self::read(&text, folder, &environment)
    }

    /// The same of a text; secrets are in files beside it or in the environment.
    pub fn read(text: &str, folder: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        settings::read(text, folder, environment)
    }

    /// The provider of a key.
    #[must_use]
    pub fn of_key(&self, key: &str) -> Option<&Arc<Provider>> {
        self.providers.iter().find(|provider| provider.settings.key == key)
    }

    /// Where somebody who came in by a way can show another factor: there where they came in, else with the first that knows one.
    #[must_use]
    pub fn stepping_up(&self, way: &str) -> Option<&str> {
        self.mfa.as_ref()?;
        let able = |provider: &&Arc<Provider>| provider.settings.tells_mfa();
        let own = self.of_key(way).filter(able);
        own.or_else(|| self.providers.iter().find(able)).map(|provider| provider.settings.key.as_str())
    }

    /// What a way is called.
    #[must_use]
    pub fn name<'a>(&'a self, way: &'a str) -> &'a str {
        if way == BY_CODE { "コード" } else { self.of_key(way).map_or(way, |provider| &provider.settings.name) }
    }
}
