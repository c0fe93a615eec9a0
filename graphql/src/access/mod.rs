//! Who asks, what they may do, over whom.
pub mod app;
pub mod client;
pub mod duty;
pub mod history;
pub mod reach;
pub mod reader;
pub mod right;
pub mod scope;
pub mod session;
pub mod token;
