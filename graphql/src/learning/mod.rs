//! What classes are asked to do, and what pupils did.
pub mod activity;
pub mod assignment;
