//! Structured columns: JSON in text, written by one serializer, so that both databases hold the same bytes.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A value kept as JSON text: the same bytes in both databases.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(transparent)]
pub struct AsJson<T>(pub T);

impl<T: Serialize> fmt::Display for AsJson<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl<T: for<'de> Deserialize<'de>> FromStr for AsJson<T> {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(AsJson)
    }
}
