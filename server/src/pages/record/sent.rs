//! What becomes of a form that a page sends on to the API.
use crate::pages::error::PageError;
use serde::Deserialize;

/// The answer to a mutation that the page calls `done`.
#[derive(Deserialize)]
pub struct Sent {
    done: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_errors: Vec<Refusal>,
    #[serde(default)]
    rejected: Vec<Refusal>,
}

/// Why something was not taken.
#[derive(Deserialize)]
pub struct Refusal {
    /// The stable code.
    pub code: String,
    /// The field of the input.
    pub field: String,
}

impl Sent {
    /// Why the whole was refused, then why single items were; empty where all was taken.
    pub fn refusals(self) -> Result<Vec<Refusal>, PageError> {
        let Payload { mut user_errors, rejected } = self.done.ok_or(PageError::NotFound)?;
        user_errors.extend(rejected);
        Ok(user_errors)
    }
}
