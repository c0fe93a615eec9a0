//! The pages that people see: a page is three files with one name, `class.graphql`, `class.html` and `class.rs`.
pub mod chart;
pub mod class;
pub mod class_presenting;
mod day;
pub mod frame;
pub mod notice;
pub mod pupil;
pub mod record;
mod words;

#[cfg(test)]
mod scene;
