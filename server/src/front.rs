//! The front: at which address people come, who encrypts, whom we believe where somebody comes from. What contradicts itself is refused.
mod connections;
mod tls;

pub use connections::serve;
pub use tls::{Certificate, Tls};

use crate::config::Serve;
use crate::router::App;
use crate::sign_in::SignIn;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::FORWARDED;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use ipnet::IpNet;
use reqwest::Url;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// At which address people come, and through whom.
#[derive(Clone, Debug, Default)]
pub struct Front {
    /// The address that people know, without a path.
    pub origin: Option<Url>,
    /// Whether they come over HTTPS.
    pub https: bool,
    /// Whether it is we who encrypt, and no proxy.
    pub own_tls: bool,
    /// The proxies whose word is believed.
    pub proxies: Vec<IpNet>,
}

/// Where a request comes from, as far as that is known for sure: the one address that logs and limits may go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The address as the access log has it; empty where it is not known.
    pub(crate) fn words(&self) -> String {
        if self.0.is_unspecified() { String::new() } else { self.0.to_string() }
    }
}

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        // Requests of tests come from nowhere.
        Ok(parts.extensions.get().copied().unwrap_or(ClientAddress(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
struct Peer(SocketAddr);

impl Front {
    /// Checks the settings together; why they are refused.
    pub fn of(serve: &Serve, sign_in: &SignIn) -> Result<Self, String> {
        let origin = serve.public_url.as_ref().map(origin).transpose()?;
        let own_tls = serve.tls_certificate.is_some();
        let by_address = origin.as_ref().map(|origin| origin.scheme() == "https");
        let https = match (by_address, serve.https) {
            (Some(true), Some(false)) => return Err("--https=false, but --public-url is https: leave --https out".into()),
            (Some(false), Some(true)) => return Err("--https, but --public-url is http: say https:// in it".into()),
            (Some(https), _) => https,
            (None, said) => said.unwrap_or(own_tls),
        };
        if own_tls && !https {
            return Err("--tls-certificate, but --public-url or --https say that browsers come over http".into());
        }
        if !sign_in.providers.is_empty() && origin.is_none() {
            return Err("--providers needs --public-url: the providers send people back to it".into());
        }
        let proxied = !serve.trusted_proxies.is_empty();
        if origin.is_some() && https && !own_tls && !proxied && !serve.listen.ip().is_loopback() {
            return Err(format!(
                "--public-url is https, and --listen {} takes everybody without encryption: give --tls-certificate and --tls-key, or \
                 --trusted-proxies, or listen on 127.0.0.1 for a proxy of this machine",
                serve.listen
            ));
        }
        if origin.is_none() && !own_tls && !proxied && serve.https.is_none() && !serve.listen.ip().is_loopback() {
            return Err(format!(
                "--listen {} takes everybody without encryption, sign-in codes too: give --tls-certificate and --tls-key, or \
                 --trusted-proxies, or say --https=false to do so all the same",
                serve.listen
            ));
        }
        if let Some(all) = serve.trusted_proxies.iter().find(|net| net.prefix_len() == 0) {
            return Err(format!("--trusted-proxies {all} is everybody: name the proxies alone"));
        }
        Ok(Front { origin, https, own_tls, proxies: serve.trusted_proxies.clone() })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|net| net.contains(&address))
    }

    /// Where a request comes from, and whether it came over HTTPS so far as a proxy says so that is believed.
    fn from(&self, peer: IpAddr, headers: &HeaderMap) -> (IpAddr, Option<bool>) {
        if !self.trusts(peer) {
            return (peer.to_canonical(), None);
        }
        let list =
            headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        // From the last that added itself to the first that we do not know: what stands before that anybody can have written.
        let mut client = peer;
        for hop in list.collect::<Vec<_>>().into_iter().rev() {
            let Some(address) = address(hop) else { break };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        let schemes = headers.get_all("x-forwarded-proto").iter().filter_map(|value| value.to_str().ok()).next_back();
        let proto = schemes.and_then(|value| value.rsplit(',').next()).map(str::trim);
        (client.to_canonical(), proto.map(|proto| proto.eq_ignore_ascii_case("https")))
    }
}

/// An address of the list, with or without a port.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

fn origin(url: &Url) -> Result<Url, String> {
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !bare || url.host_str().is_none() || !["http", "https"].contains(&url.scheme()) {
        return Err(format!("--public-url {url} is no https://HOST or https://HOST:PORT"));
    }
    if url.scheme() != "https" && !crate::sign_in::is_this_machine(url) {
        return Err(format!("--public-url {url}: people come over https (http only on this machine)"));
    }
    Ok(url.clone())
}

/// Stands before everything: says where a request comes from, and lets nobody in without encryption where it is said to be there.
pub(crate) async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get().map(|Peer(address)| address.ip());
    // Requests of tests have no peer.
    let Some(peer) = peer else { return next.run(request).await };
    let (client, encrypted) = app.front.from(peer, request.headers());
    if app.front.https && !app.front.own_tls {
        let by_proxy = app.front.trusts(peer);
        if (by_proxy && encrypted == Some(false)) || (!by_proxy && !peer.to_canonical().is_loopback()) {
            return unencrypted(&app.front, &request);
        }
    }
    // Nobody reads them later, where they might be believed.
    for name in ["x-forwarded-for", "x-forwarded-proto", FORWARDED.as_str()] {
        request.headers_mut().remove(name);
    }
    request.extensions_mut().insert(ClientAddress(client));
    next.run(request).await
}

/// A page is sent on to where it is encrypted; anything else has given away what it carried, and is not taken.
fn unencrypted(front: &Front, request: &Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    match front.origin.as_ref().and_then(|origin| origin.join(path).ok()) {
        Some(url)
            if request.method() == Method::GET && front.origin.as_ref().is_some_and(|origin| origin.origin() == url.origin()) =>
        {
            Redirect::permanent(url.as_str()).into_response()
        }
        _ => (StatusCode::FORBIDDEN, "use https\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn settings(arguments: &[&str], sign_in: &SignIn) -> Result<Front, String> {
        let all = ["asagao", "serve"].into_iter().chain(arguments.iter().copied());
        match crate::config::Config::try_parse_from(all).map_err(|error| error.to_string())?.command {
            crate::config::Command::Serve(serve) => Front::of(&serve, sign_in),
            _ => Err("another command".into()),
        }
    }

    #[test]
    fn settings_that_contradict_one_another_are_refused_with_the_reason() {
        let by_code = SignIn::default();
        let environment = |_: &str| Some("0123456789abcdef".to_owned());
        let text = "[[provider]]\nkey = 'a'\nname = 'a'\nissuer = 'https://a.example'\nclient_id = 'a'\nclient_secret_env = 'A'\nperson = 'subject'";
        let by_provider = SignIn::read(text, std::path::Path::new("."), &environment).unwrap();
        let https = ["--public-url", "https://asagao.example"];
        for (arguments, sign_in, said) in [
            (&["--public-url", "http://asagao.example"][..], &by_code, "over https"),
            (&["--public-url", "https://asagao.example/school"], &by_code, "is no https://HOST"),
            (&["--public-url", "ftp://asagao.example"], &by_code, "is no https://HOST"),
            (&[https[0], https[1], "--https=false"], &by_code, "leave --https out"),
            (&["--public-url", "http://localhost:8080", "--https"], &by_code, "say https://"),
            (&["--public-url", "http://localhost:8080", "--tls-certificate", "c", "--tls-key", "k"], &by_code, "over http"),
            (&["--https=false", "--tls-certificate", "c", "--tls-key", "k"], &by_code, "over http"),
            (&[], &by_provider, "--providers needs --public-url"),
            (&[https[0], https[1], "--listen", "0.0.0.0:8080"], &by_code, "without encryption"),
            (&["--listen", "0.0.0.0:8080"], &by_code, "without encryption"),
            (&["--listen", "[::]:8080"], &by_code, "say --https=false"),
            (&[https[0], https[1], "--trusted-proxies", "0.0.0.0/0"], &by_code, "is everybody"),
            (&["--tls-certificate", "c"], &by_code, "--tls-key"),
            (&["--trusted-proxies", "proxy"], &by_code, "invalid"),
        ] {
            let refused = settings(arguments, sign_in).expect_err(said);
            assert!(refused.contains(said), "{arguments:?}: {refused}");
        }
        assert!(!settings(&[], &by_code).unwrap().https);
        assert!(settings(&["--https"], &by_code).unwrap().https);
        assert!(!settings(&["--listen", "0.0.0.0:8080", "--https=false"], &by_code).unwrap().https);
        assert!(settings(&https, &by_provider).unwrap().https);
        assert!(settings(&["--tls-certificate", "c", "--tls-key", "k", "--listen", "0.0.0.0:443"], &by_code).unwrap().https);
        let proxied = [https[0], https[1], "--listen", "0.0.0.0:8080", "--trusted-proxies", "10.0.0.0/8,192.0.2.7"];
        assert_eq!(settings(&proxied, &by_code).unwrap().proxies.len(), 2);
        assert!(!settings(&["--public-url", "http://localhost:8080"], &by_provider).unwrap().https);
    }

    #[test]
    fn only_proxies_that_are_named_are_believed() {
        let front = Front { proxies: vec!["10.0.0.0/8".parse().unwrap()], ..Front::default() };
        let asked = |peer: &str, lists: &[&str], proto: &str| {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append("x-forwarded-for", list.parse().unwrap());
            }
            headers.insert("x-forwarded-proto", proto.parse().unwrap());
            let (client, encrypted) = front.from(peer.parse().unwrap(), &headers);
            (client.to_string(), encrypted)
        };
        let of = |client: &str, encrypted| (client.to_owned(), encrypted);
        assert_eq!(asked("203.0.113.5", &["1.2.3.4"], "https"), of("203.0.113.5", None), "a stranger says nothing of themselves");
        assert_eq!(asked("10.0.0.1", &["1.2.3.4"], "https"), of("1.2.3.4", Some(true)));
        assert_eq!(
            asked("10.0.0.1", &["6.6.6.6, 1.2.3.4", "10.0.0.2"], "http"),
            of("1.2.3.4", Some(false)),
            "what a client wrote stands before"
        );
        assert_eq!(asked("::ffff:10.0.0.1", &["[2001:db8::1]:443"], "https"), of("2001:db8::1", Some(true)));
        assert_eq!(asked("10.0.0.1", &["1.2.3.4, nonsense"], "https,http"), of("10.0.0.1", Some(false)));
    }
}
