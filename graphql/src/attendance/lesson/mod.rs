//! Lessons: the timetable (時間割) of a class, and who missed which lesson (欠課). A lesson's mark never changes the register of the day.
pub mod mark;
pub mod timetable;
