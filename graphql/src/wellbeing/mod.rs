//! Wellbeing (生活の記録): what pupils say of themselves.
pub mod mood;
pub mod of_pupil;
