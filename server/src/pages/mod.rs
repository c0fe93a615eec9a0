//! The pages that people see: a page is three files with one name, `class.graphql`, `class.html` and `class.rs`.
pub mod frame;
