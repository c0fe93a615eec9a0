//! From where somebody asks.
use crate::front::From;
use crate::router::App;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

/// The address of whoever asks, as far as it is known for sure: of the machine at the other end, or what a trusted proxy says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        Ok(ClientAddress(of(parts)))
    }
}

/// The one place that says whose address counts.
fn of(parts: &Parts) -> IpAddr {
    parts.extensions.get::<From>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |From(address)| *address)
}
