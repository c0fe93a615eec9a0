//! The program `asagao`: command line, HTTP, sign-in and pages. Holds no SQL.
// The futures of all mutations together nest deeper than 128 types when a release is optimised.
#![recursion_limit = "512"]

pub mod command;
pub mod config;
pub mod graphql;
pub mod pages;
pub mod router;

pub use router::router;
