//! What an analysis goes by: from where on the board lets rules speak, and how many pupils a school can look after.
mod capacity;
mod rule;

pub use capacity::{AnalysisCapacityMutation, AnalysisCapacityQuery};
pub use rule::{AnalysisRuleMutation, AnalysisRuleQuery};

use crate::access::scope::Scope;
use crate::error::Result;
use asagao_analytics::Settings;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The settings that held for a school at a time.
pub(crate) async fn of_school(scope: &Scope, school: Uuid, at: DateTime<Utc>) -> Result<Settings> {
    let percent = capacity::at(scope, school, at).await?;
    let capacity = percent.map_or(Settings::default().capacity, |percent| f64::from(percent) / 100.0);
    Ok(Settings { capacity, rules: rule::at(scope, at).await?, ..Settings::default() })
}
