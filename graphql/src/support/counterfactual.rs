//! What would have to be different for the comparison not to name a pupil.
use super::language::Language;
use super::low_moods::LowMoods;
use super::words;
use crate::error::Result;
use asagao_analytics::{Change, FEATURES, Feature, FeatureId};
use async_graphql::{Context, Object};
use serde::{Deserialize, Serialize};

/// A measure and the value that it would have to have, as it is stored.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct CounterfactualChange {
    feature: String,
    value: f64,
}

/// A measure and the value that it would have to have.
#[Object]
impl CounterfactualChange {
    /// The stable name of the measure, such as `submitted_share`.
    async fn feature(&self) -> &str {
        &self.feature
    }
    /// The value, in the measure's unit.
    async fn value(&self) -> f64 {
        self.value
    }
    /// The value with its unit, such as 「2日」.
    async fn value_text(&self, #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language) -> String {
        self.measure().map(|feature| words::value_text(self.value, feature, language)).unwrap_or_default()
    }
}

impl CounterfactualChange {
    /// The change that an analysis found.
    #[must_use]
    pub fn of(change: &Change) -> Self {
        CounterfactualChange { feature: FEATURES[change.feature as usize].key.to_owned(), value: change.value }
    }

    fn measure(&self) -> Option<&'static Feature> {
        FEATURES.iter().find(|feature| feature.key == self.feature)
    }

    fn text(&self, language: Language, low: &LowMoods) -> Option<String> {
        let feature = self.measure()?;
        let what = words::of_feature(feature, language, low).name;
        let value = words::amount(self.value, feature.unit, language);
        Some(words::say(language, "change", &[("what", what.into()), ("value", value.into())]))
    }
}

/// What would have to be different for the comparison not to name the pupil.
pub struct SupportCounterfactual {
    pub(crate) changes: Vec<CounterfactualChange>,
    /// Whether a plain rule speaks as well.
    pub(crate) rules: bool,
}

/// What would have to be different for the comparison not to name the pupil, everybody else's records staying as they are: one way of
/// several, and no goal to set for a child. What plain rules say is apart from it.
#[Object]
impl SupportCounterfactual {
    /// The measures and their values; together they are enough.
    async fn changes(&self) -> &[CounterfactualChange] {
        &self.changes
    }
    /// All of it in a sentence.
    async fn text(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Result<String> {
        let moods = |change: &CounterfactualChange| change.measure().is_some_and(|feature| feature.id == FeatureId::LowMoods);
        let low = LowMoods::where_named(ctx, self.changes.iter().any(moods)).await?;
        let changes: Vec<String> = self.changes.iter().filter_map(|change| change.text(language, &low)).collect();
        let changes = changes.join(&words::say(language, "change-and", &[]));
        let name = if self.rules { "counterfactual-rules" } else { "counterfactual" };
        Ok(words::say(language, name, &[("changes", changes.into())]))
    }
}
