//! The program `asagao`: command line, HTTP and sign-in. Holds no SQL.
pub mod command;
pub mod config;
pub mod graphql;
pub mod router;

pub use router::router;
