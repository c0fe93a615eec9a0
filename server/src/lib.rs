//! The program `asagao`: command line, HTTP, sign-in and pages. Holds no SQL.

mod access_log;
mod around;
pub mod command;
pub mod config;
pub mod front;
pub mod graphql;
pub mod metrics;
pub mod nightly;
mod oauth;
pub mod pages;
mod posting;
pub mod rate;
pub mod router;
pub mod sign_in;
mod subscriptions;
pub mod traces;
pub mod trusted;
mod uploads;

pub use router::router;
