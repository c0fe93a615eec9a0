//! Who asks, what they may do, over whom.
pub mod app;
pub mod duty;
pub mod right;
pub mod scope;
pub mod token;
