//! What a board says of its providers, in a TOML file.
use super::{Provider, SignIn};
use asagao_graphql::access::class::{InformationClass, Mfa};
use asagao_graphql::access::right::Right;
use asagao_graphql::access::subject::provider_key;
use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A shorter secret is none that a provider has made.
const SHORTEST_SECRET: usize = 16;

/// How people are found by what a provider says of them.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum PersonBy {
    /// By a subject that was brought in (`asagao import subjects`).
    Subject,
    /// By the e-mail address of staff, as far as the provider has verified it.
    Email,
    /// By the id of the roster.
    Id,
}

/// A provider's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it is called in addresses.
    pub key: String,
    /// What stands on its button.
    pub name: String,
    /// Who it is.
    pub issuer: IssuerUrl,
    /// Who we are there.
    pub client_id: ClientId,
    /// The proof of that.
    pub secret: ClientSecret,
    /// The claim that people are found by.
    pub claim: String,
    /// How they are found by it.
    pub person: PersonBy,
    /// The one domain whose accounts are let in (Google's `hd`).
    pub hosted_domain: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// What is asked for when more than one factor is to be shown.
    pub acr_values: Vec<String>,
    /// The `acr` that say so.
    pub mfa_acr: Vec<String>,
    /// The `amr` that say so.
    pub mfa_amr: Vec<String>,
    /// Whether it asks anew for who somebody is, when told to, and says when it did.
    pub reauthenticates: bool,
}

impl Settings {
    /// Whether it can say that more than one factor was shown.
    #[must_use]
    pub fn tells_mfa(&self) -> bool {
        !self.mfa_acr.is_empty() || !self.mfa_amr.is_empty()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "yes")]
    codes: bool,
    #[serde(default)]
    provider: Vec<Table>,
    mfa: Option<MfaTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    key: String,
    name: String,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    client_secret_env: Option<String>,
    person: PersonBy,
    claim: Option<String>,
    hosted_domain: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    acr_values: Vec<String>,
    #[serde(default = "yes")]
    reauthenticates: bool,
    #[serde(default)]
    mfa: ProviderMfa,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ProviderMfa {
    #[serde(default)]
    acr: Vec<String>,
    #[serde(default)]
    amr: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MfaTable {
    from: String,
    #[serde(default)]
    raise: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

pub(super) fn read(text: &str, folder: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<SignIn, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    let mut providers: Vec<Arc<Provider>> = Vec::new();
    for table in file.provider {
        let key = table.key.clone();
        if providers.iter().any(|provider| provider.settings.key == key) {
            return Err(format!("provider {key:?}: two providers have this key"));
        }
        let settings = provider(table, folder, environment).map_err(|wrong| format!("provider {key:?}: {wrong}"))?;
        providers.push(Arc::new(Provider::new(settings).map_err(|wrong| format!("provider {key:?}: {wrong}"))?));
    }
    if !file.codes && providers.is_empty() {
        return Err("codes = false without a provider: nobody could sign in".into());
    }
    let mfa = file.mfa.map(mfa).transpose().map_err(|wrong| format!("mfa: {wrong}"))?;
    if mfa.is_some() && !providers.iter().any(|provider| provider.settings.tells_mfa()) {
        return Err("mfa: no provider says by [provider.mfa] how it tells of more than one factor: nobody could show it".into());
    }
    Ok(SignIn { providers, codes: file.codes, mfa })
}

fn provider(table: Table, folder: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Settings, String> {
    provider_key(&table.key)?;
    if table.name.trim().is_empty() || table.name.chars().count() > 40 {
        return Err("name stands on the button: 1 to 40 characters".into());
    }
    if table.client_id.trim().is_empty() {
        return Err("client_id is empty".into());
    }
    let secret = secret(&table, folder, environment)?;
    let claim = match (table.person, table.claim) {
        (PersonBy::Subject, claim) => claim.unwrap_or_else(|| "sub".into()),
        (PersonBy::Email, None) => "email".into(),
        (PersonBy::Email, Some(claim)) if claim == "email" => claim,
        (PersonBy::Email, Some(claim)) => {
            return Err(format!(
                "claim = {claim:?} with person = \"email\": only of the claim \"email\" a provider says that it is verified"
            ));
        }
        (PersonBy::Id, Some(claim)) if claim != "email" => claim,
        (PersonBy::Id, _) => return Err("person = \"id\" needs the claim that has the id of the roster".into()),
    };
    let mut scopes = table.scopes;
    if scopes.is_empty() && table.person == PersonBy::Email {
        scopes.push("email".into());
    }
    if table.hosted_domain.as_deref().is_some_and(|domain| domain.trim().is_empty() || domain.contains('@')) {
        return Err("hosted_domain is a domain, such as school.example".into());
    }
    let acr_values = if table.acr_values.is_empty() { table.mfa.acr.clone() } else { table.acr_values };
    Ok(Settings {
        issuer: issuer(&table.issuer)?,
        key: table.key,
        name: table.name,
        client_id: ClientId::new(table.client_id),
        secret,
        claim,
        person: table.person,
        hosted_domain: table.hosted_domain,
        scopes,
        acr_values,
        mfa_acr: table.mfa.acr,
        mfa_amr: table.mfa.amr,
        reauthenticates: table.reauthenticates,
    })
}

fn issuer(text: &str) -> Result<IssuerUrl, String> {
    let issuer = IssuerUrl::new(text.to_owned()).map_err(|_| format!("issuer {text:?} is no address"))?;
    let url = issuer.url();
    if url.scheme() != "https" && !(url.scheme() == "http" && is_this_machine(url)) {
        return Err(format!("issuer {text:?}: a provider speaks https (http only on this machine)"));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(format!("issuer {text:?}: an issuer has neither a query nor a fragment nor a name"));
    }
    let everybody = ["common", "organizations", "consumers"];
    if url.host_str() == Some("login.microsoftonline.com") && url.path().split('/').any(|part| everybody.contains(&part)) {
        return Err(format!(
            "issuer {text:?} lets in the accounts of every organisation: put the id of your tenant in its place"
        ));
    }
    Ok(issuer)
}

/// Whether an address is of the machine itself.
pub(crate) fn is_this_machine(url: &reqwest::Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn secret(table: &Table, folder: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<ClientSecret, String> {
    let (from, text) = match (&table.client_secret_file, &table.client_secret_env) {
        (Some(file), None) => {
            let text = std::fs::read_to_string(folder.join(file));
            let text = text.map_err(|error| format!("client_secret_file {} cannot be read: {error}", file.display()))?;
            (format!("client_secret_file {}", file.display()), text)
        }
        (None, Some(name)) => {
            let text = environment(name).ok_or_else(|| format!("client_secret_env: there is no {name} in the environment"))?;
            (format!("client_secret_env {name}"), text)
        }
        (None, None) => return Err("it needs client_secret_file or client_secret_env: secrets are not in this file".into()),
        (Some(_), Some(_)) => return Err("client_secret_file and client_secret_env: say one of them".into()),
    };
    let text = text.trim();
    if text.len() < SHORTEST_SECRET {
        return Err(format!(
            "{from}: the secret has fewer than {SHORTEST_SECRET} characters, so it is none that a provider made"
        ));
    }
    Ok(ClientSecret::new(text.to_owned()))
}

fn mfa(table: MfaTable) -> Result<Mfa, String> {
    let class = |name: &str| InformationClass::of_name(name).ok_or_else(|| format!("{name:?} is no class: I, II, III or IV"));
    let mut raised = BTreeMap::new();
    let mut fields = BTreeMap::new();
    for (what, name) in table.raise {
        match Right::of_name(&what) {
            Some(right) => drop(raised.insert(right, class(&name)?)),
            None if what.contains('.') => drop(fields.insert(what, class(&name)?)),
            None => return Err(format!("raise: there is no right {what:?}")),
        }
    }
    Mfa::new(class(&table.from)?, raised, fields)
}
