//! File formats: bytes to rows with file, line and column; no SQL, no GraphQL.
pub mod calendar_csv;
pub mod csv_rows;
pub mod era_date;
pub mod name_fold;
pub mod ndjson;
pub mod oneroster;
pub mod people_csv;
pub mod problem;
pub mod sheet;
pub mod subjects_csv;
pub mod text_encoding;
pub mod xlsx;
