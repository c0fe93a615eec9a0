//! The program `asagao`: command line, HTTP, sign-in and pages. Holds no SQL.

mod access_log;
pub mod command;
pub mod config;
pub mod front;
pub mod graphql;
pub mod pages;
pub mod router;
pub mod sign_in;
mod subscriptions;
mod uploads;

pub use router::router;
