//! What spans records: each job is one file, called alike by resolver, command and schedule.
pub mod import_roster;
pub mod recount;
