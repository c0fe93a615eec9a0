//! A school to test with.
