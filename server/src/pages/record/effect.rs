//! What changed when a support began, as the pages read it.
use crate::pages::words;
use chrono::NaiveDate;
use serde::Deserialize;

/// The beginning of a support, with what changed around it in sentences.
#[derive(Deserialize, Clone, Debug)]
pub struct SupportEffect {
    /// `SUPPORT` or `PLAN`.
    pub began: String,
    /// When.
    pub since: NaiveDate,
    /// What changed.
    pub changes: Vec<SupportChange>,
}

/// What changed in one measure.
#[derive(Deserialize, Clone, Debug)]
pub struct SupportChange {
    /// In a sentence, with what it does not say.
    pub text: String,
}

impl SupportEffect {
    /// 「10/16（金） 計画の始まり」.
    #[must_use]
    pub fn words(&self) -> String {
        let what = if self.began == "PLAN" { "計画" } else { "支援" };
        format!("{} {what}の始まり", words::short_day(self.since))
    }
}
