//! Attendance (出欠): the board's kinds, each pupil's mark of a day, and what follows for a class.
pub mod arithmetic;
pub mod calendar;
pub(crate) mod closed;
pub mod closure;
pub mod decide;
mod holiday;
pub mod kind;
pub mod lesson;
pub mod long_absence;
pub mod mark;
pub mod of_class;
pub mod of_pupil;
pub mod recognition;
pub mod register;
pub mod school_day;
pub mod summary;
pub mod take;
pub mod today;
