//! Who may need support, why, and what became of it.
pub mod action;
pub mod analysis_run;
pub mod cohort;
pub mod event;
pub mod flag;
pub(crate) mod follow;
pub mod group;
pub mod json;
pub mod language;
pub(crate) mod low_moods;
pub mod of_pupil;
pub mod plan;
pub mod reason;
pub mod review;
pub mod rule;
pub mod score;
pub mod sheet;
mod words;
