//! Who may need support, why, and what became of it.
pub mod analysis_run;
pub mod cohort;
pub mod flag;
pub mod json;
pub mod language;
pub mod reason;
pub mod review;
pub mod score;
mod words;
