//! Who listens, asked again and again: a token or a session may end, a duty may.
use crate::access_log::{self, Noted, Noting};
use crate::front::ClientAddress;
use crate::router::App;
use asagao_graphql::access::audit::{Came, Way};
use asagao_graphql::access::scope::{Scope, Viewer};
use asagao_graphql::access::{session, token};
use asagao_graphql::error::Error;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// What somebody who listens has shown.
#[derive(Clone)]
pub(super) enum Credentials {
    /// A token of an app or a person.
    Bearer(String),
    /// The cookie of one of our own pages. It opens nothing but subscriptions.
    Cookie(String),
}

impl Credentials {
    /// The token of a header's or a payload's text.
    pub(super) fn bearer(text: &str) -> Option<Self> {
        let (kind, secret) = text.split_once(' ')?;
        kind.eq_ignore_ascii_case("bearer").then(|| Credentials::Bearer(secret.trim().to_owned()))
    }

    /// The token that a request carries.
    pub(super) fn of_headers(headers: &HeaderMap) -> Option<Self> {
        Credentials::bearer(headers.get(AUTHORIZATION)?.to_str().ok()?)
    }

    /// Who that is now. That a page listens does not keep its session in use.
    pub(super) async fn viewer(&self, app: &App) -> Result<Option<Viewer>, Error> {
        match self {
            Credentials::Bearer(secret) => token::viewer(&app.db, secret).await,
            Credentials::Cookie(secret) => session::listening(&app.db, secret).await,
        }
    }
}

/// Somebody who listens.
pub(super) struct Listener {
    credentials: Credentials,
    pub(super) scope: Scope,
    noting: Noting,
    noted: Noted,
}

impl Listener {
    /// Somebody who is known by their credentials.
    pub(super) fn new(app: &App, (credentials, viewer): (Credentials, Viewer), address: ClientAddress) -> Self {
        let noting = noting(app, address);
        Listener { credentials, scope: access_log::watched(&app.db, viewer, &noting.looked), noting, noted: Noted::default() }
    }

    /// Whoever it is now; `None` where it is nobody.
    pub(super) async fn of(app: &App, credentials: Credentials, address: ClientAddress) -> Result<Option<Self>, Error> {
        let viewer = credentials.viewer(app).await?;
        Ok(viewer.map(|viewer| Listener::new(app, (credentials, viewer), address)))
    }

    /// Notes in the access log what an answer has touched; what cannot be noted is not sent.
    pub(super) async fn log(&self) -> Result<(), Error> {
        self.noting.note_anew(&self.noted).await
    }

    /// Why the connection ends: the token or the session holds no more, or a duty has ended or begun. While the database is away nothing
    /// ends, and nothing can be read either.
    pub(super) async fn ended(&self, app: &App) -> Option<End> {
        match self.credentials.viewer(app).await {
            Ok(Some(viewer)) if viewer.rights == self.scope.viewer().rights => None,
            Ok(Some(_)) => Some(End(4403, "Forbidden: your duties have changed, connect again")),
            Ok(None) => Some(End(4401, "Unauthorized: the token does not hold any more")),
            Err(_) => None,
        }
    }
}

fn noting(app: &App, address: ClientAddress) -> Noting {
    Noting::new(app, Came { way: Way::Api, what: "subscription".into(), address: address.words() })
}

/// Notes in the access log that a token was refused.
pub(super) async fn refused(app: &App, address: ClientAddress) {
    let noting = noting(app, address);
    noting.looked.refuse("token");
    // The connection ends either way.
    drop(noting.note(false).await);
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug)]
pub(super) struct End(pub(super) u16, pub(super) &'static str);
