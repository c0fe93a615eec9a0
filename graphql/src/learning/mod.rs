//! What classes are asked to do, and what pupils did.
pub mod activity;
pub mod assignment;
pub mod exchange;
pub mod live;
pub mod of_board;
pub mod of_class;
pub mod of_pupil;
pub mod of_school;
pub(crate) mod posted;
pub mod stumble;
pub mod sums;
pub mod work;
