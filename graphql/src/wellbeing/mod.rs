//! Wellbeing (生活の記録): what pupils say of themselves, and what the school notes of their health.
pub mod consultation;
pub mod health;
pub mod infirmary;
pub mod mood;
pub mod of_class;
pub mod of_pupil;
pub mod word;
