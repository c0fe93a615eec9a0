//! Attendance (出欠): the board's kinds, each pupil's mark of a day, and what follows for a class.
mod holiday;
pub mod kind;
pub mod mark;
pub mod of_class;
pub mod of_pupil;
pub mod school_day;
pub mod summary;
pub mod take;
