//! File formats: bytes to rows with file, line and column; no SQL, no GraphQL.
pub mod ndjson;
pub mod oneroster;
pub mod table;
