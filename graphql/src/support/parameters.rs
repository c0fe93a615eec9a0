//! The settings of a run as it is stored with them, so that it can be had again.
use crate::error::{Error, Result};
use asagao_analytics::{Settings, WINDOW_SCHOOL_DAYS};
use serde::{Deserialize, Serialize};

/// The settings as JSON. The structs are taken apart whole, so that a setting which is new cannot be forgotten here.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parameters {
    capacity: f64,
    min_school_days: usize,
    min_cohort: usize,
    /// Where the draws of the clustering begin.
    pub(crate) seed: u64,
    no_activity_days: usize,
    missed_in_a_row: usize,
    absent_in_a_row: usize,
    absent_often: usize,
    low_mood_in_a_row: usize,
    window_school_days: usize,
}

impl Parameters {
    /// Those of an analysis.
    pub(crate) fn of(settings: &Settings) -> Self {
        let Settings {
            capacity,
            min_school_days,
            min_cohort,
            seed,
            no_activity_days,
            missed_in_a_row,
            absent_in_a_row,
            absent_often,
            low_mood_in_a_row,
        } = *settings;
        Parameters {
            capacity,
            min_school_days,
            min_cohort,
            seed,
            no_activity_days,
            missed_in_a_row,
            absent_in_a_row,
            absent_often,
            low_mood_in_a_row,
            window_school_days: WINDOW_SCHOOL_DAYS,
        }
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

    /// The settings again; `None` where the run looked at another number of school days than this version does.
    pub(crate) fn settings(&self) -> Option<Settings> {
        let Parameters {
            capacity,
            min_school_days,
            min_cohort,
            seed,
            no_activity_days,
            missed_in_a_row,
            absent_in_a_row,
            absent_often,
            low_mood_in_a_row,
            window_school_days,
        } = *self;
        (window_school_days == WINDOW_SCHOOL_DAYS).then_some(Settings {
            capacity,
            min_school_days,
            min_cohort,
            seed,
            no_activity_days,
            missed_in_a_row,
            absent_in_a_row,
            absent_often,
            low_mood_in_a_row,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_again_as_they_were() {
        let settings = Settings { capacity: 0.1 + 0.2, seed: u64::MAX, absent_often: 9, ..Settings::default() };
        let again = Parameters::read(&Parameters::of(&settings).text()).expect("what was written can be read").settings();
        assert_eq!(again, Some(settings));
    }
}
