//! File formats: bytes to rows with file, line and column; no SQL, no GraphQL.
pub mod era_date;
pub mod ndjson;
pub mod oneroster;
pub mod table;
pub mod text_encoding;
