//! Who is where: the board, its schools, years, classes, pupils, staff, and enrolments.
pub mod academic_year;
pub mod board;
pub mod class;
pub mod duties;
pub mod enrolment;
pub mod freshness;
pub mod grade;
pub mod guardian;
pub mod homeroom;
pub mod moves;
pub mod official;
pub mod pupil;
pub mod school;
pub mod search;
pub mod span;
pub mod staff;
