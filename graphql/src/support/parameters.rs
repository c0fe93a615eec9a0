//! The settings of a run as it is stored with them, so that it can be had again.
use crate::error::{Error, Result};
use asagao_analytics::{RULES, Settings, Thresholds, WINDOW_SCHOOL_DAYS};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The settings as JSON. The structs are taken apart whole, so that a setting which is new cannot be forgotten here.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parameters {
    capacity: f64,
    min_school_days: usize,
    min_cohort: usize,
    /// Where the draws of the clustering begin.
    pub(crate) seed: u64,
    /// From where on each rule speaks, by its name; 0 where it is off.
    rules: BTreeMap<String, usize>,
    window_school_days: usize,
}

impl Parameters {
    /// Those of an analysis.
    pub(crate) fn of(settings: &Settings) -> Self {
        let Settings { capacity, min_school_days, min_cohort, seed, rules } = *settings;
        let rules = RULES.iter().map(|rule| (rule.key.to_owned(), rules.of(rule.id))).collect();
        Parameters { capacity, min_school_days, min_cohort, seed, rules, window_school_days: WINDOW_SCHOOL_DAYS }
    }

    /// As they are stored.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("a struct of numbers is JSON")
    }

    /// Those of a stored run.
    pub(crate) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            tracing::error!(%error, "the parameters of a stored run cannot be read");
            Error::Internal
        })
    }

    /// The settings again; `None` where the run looked at another number of school days than this version does, or went by other
    /// rules.
    pub(crate) fn settings(&self) -> Option<Settings> {
        let Parameters { capacity, min_school_days, min_cohort, seed, ref rules, window_school_days } = *self;
        if window_school_days != WINDOW_SCHOOL_DAYS || rules.len() != RULES.len() {
            return None;
        }
        let rules = RULES.iter().try_fold(Thresholds::default(), |of, rule| Some(of.with(rule.id, *rules.get(rule.key)?)));
        Some(Settings { capacity, min_school_days, min_cohort, seed, rules: rules? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use asagao_analytics::RuleId;

    #[test]
    fn settings_are_read_again_as_they_were() {
        let rules = Thresholds::default().with(RuleId::AbsentOften, 9).with(RuleId::LateRise, 0);
        let settings = Settings { capacity: 0.1 + 0.2, seed: u64::MAX, rules, ..Settings::default() };
        let again = Parameters::read(&Parameters::of(&settings).text()).expect("what was written can be read").settings();
        assert_eq!(again, Some(settings));
    }
}
