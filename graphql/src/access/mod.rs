//! Who asks, what they may do, over whom.
pub mod app;
pub mod audit;
pub mod class;
pub mod client;
pub mod duty;
pub mod field_class;
pub mod history;
pub mod opening;
pub mod reach;
pub mod reader;
pub mod reason;
pub mod right;
pub mod scope;
pub mod session;
pub mod small_cell;
pub mod subject;
pub mod token;
