//! What spans records: each job is one file, called alike by resolver, command and schedule.
pub mod analyze;
pub mod backup;
pub mod demo;
pub mod export_scores;
pub mod night;
pub mod quality;
pub mod quality_audit;
pub mod recount;
pub mod rerun;
pub mod roster_export;
pub mod roster_import;
pub mod turnover;
