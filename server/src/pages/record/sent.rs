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
    /// The place of the item in the list that was sent, where it is about one.
    #[serde(default)]
    pub index: usize,
}

impl Sent {
    /// Why the whole was refused, then why single items were; empty where all was taken.
    pub fn refusals(self) -> Result<Vec<Refusal>, PageError> {
        let (mut whole, items) = self.parted()?;
        whole.extend(items);
        Ok(whole)
    }

    /// Why the whole was refused, and why single items were.
    pub fn parted(self) -> Result<(Vec<Refusal>, Vec<Refusal>), PageError> {
        let Payload { user_errors, rejected } = self.done.ok_or(PageError::NotFound)?;
        Ok((user_errors, rejected))
    }
}
