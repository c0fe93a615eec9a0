//! Reasons: the lines of a score, with sentences that a teacher can check. Neutral in tone: what was seen, and what is usual.
use super::language::Language;
use super::low_moods::LowMoods;
use super::words;
use crate::error::Result;
use asagao_analytics::{DomainId, FEATURES, Feature, FeatureId, Line, Source};
use async_graphql::{Context, Enum, Object};
use serde::{Deserialize, Serialize};

/// What a reason is about.
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonDomain {
    /// How much is done.
    Volume,
    /// How steadily it is done.
    Regularity,
    /// Whether work is handed in, and when.
    Submission,
    /// How well marked work went.
    Performance,
    /// Whether the pupil comes, and stays from beginning to end.
    Attendance,
    /// How the pupil says to be.
    Wellbeing,
    /// Which pupils the record is like.
    Group,
}

impl From<DomainId> for ReasonDomain {
    fn from(domain: DomainId) -> Self {
        match domain {
            DomainId::Volume => ReasonDomain::Volume,
            DomainId::Regularity => ReasonDomain::Regularity,
            DomainId::Submission => ReasonDomain::Submission,
            DomainId::Performance => ReasonDomain::Performance,
            DomainId::Attendance => ReasonDomain::Attendance,
            DomainId::Wellbeing => ReasonDomain::Wellbeing,
        }
    }
}

/// One line of a score.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct SupportReason {
    domain: ReasonDomain,
    feature: String,
    value: Option<f64>,
    class_median: Option<f64>,
    contribution: f64,
    /// Runs of before do not say it.
    #[serde(default)]
    week_before: Option<f64>,
    /// Likewise.
    #[serde(default)]
    alone: bool,
}

/// One line of a score: what was seen, the class's middle, and what it adds. The contributions of all lines add up to the flag's `sum`.
#[Object]
impl SupportReason {
    /// What it is about.
    async fn domain(&self) -> ReasonDomain {
        self.domain
    }
    /// The stable name of the measure, such as `submitted_share`.
    async fn feature(&self) -> &str {
        &self.feature
    }
    /// The pupil's value, in the measure's unit; null for the group.
    async fn value(&self) -> Option<f64> {
        self.value
    }
    /// The class's middle (median), in the same unit; null for the group.
    async fn class_median(&self) -> Option<f64> {
        self.class_median
    }
    /// What it adds to `sum`: above 0 for more concern, below 0 for less.
    async fn contribution(&self) -> f64 {
        self.contribution
    }
    /// The pupil's value five school days before, in the measure's unit; null where it was not observed then, and for the group.
    async fn week_before(&self) -> Option<f64> {
        self.week_before
    }
    /// Whether a rule that looked at this measure alone, with as many places in the class, would have named the pupil.
    async fn alone(&self) -> bool {
        self.alone
    }
    /// The value five school days before as a few words, such as 「1週間前は60%」; null where it is not known or the same.
    async fn week_before_text(
        &self,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Option<String> {
        let (feature, value) = self.measured()?;
        let before = words::value_text(self.week_before?, feature, language);
        (before != words::value_text(value, feature, language))
            .then(|| words::say(language, "week-before", &[("value", before.into())]))
    }
    /// The reason as a sentence.
    #[graphql(name = "text")]
    async fn sentence(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Result<String> {
        Ok(self.text(language, &self.low_moods(ctx).await?))
    }
    /// What was looked at, in a word or two, such as 「欠席」.
    async fn label(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Result<String> {
        Ok(self.words(language, &self.low_moods(ctx).await?).label)
    }
    /// The pupil's value with its unit, such as 「2日」; for the group where it lies.
    async fn value_text(&self, #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language) -> String {
        match self.measured() {
            Some((feature, value)) => words::value_text(value, feature, language),
            None => words::place_of_group(self.concerns(), language),
        }
    }
    /// The class's middle with its unit; null for the group.
    async fn median_text(
        &self,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Option<String> {
        let (feature, _) = self.measured()?;
        self.class_median.map(|median| words::value_text(median, feature, language))
    }
    /// The days or the work in which it was looked at, such as 「直近10授業日」; null where there is nothing to add.
    async fn window(
        &self,
        #[graphql(default_with = "Language::Ja", desc = "The language.")] language: Language,
    ) -> Option<String> {
        self.words(language, &LowMoods::default()).window
    }
}

impl SupportReason {
    /// The reason of a line of the analysis.
    #[must_use]
    pub fn of_line(line: &Line) -> Self {
        let (domain, feature) = match line.source {
            Source::Feature(feature) => {
                let feature = &FEATURES[feature as usize];
                (feature.domain.into(), feature.key)
            }
            Source::Group => (ReasonDomain::Group, "group"),
        };
        SupportReason {
            domain,
            feature: feature.into(),
            value: line.value,
            class_median: line.median,
            contribution: line.contribution,
            week_before: line.before,
            alone: line.alone,
        }
    }

    /// Whether two lines are of one domain.
    #[must_use]
    pub fn shares_domain(&self, other: &SupportReason) -> bool {
        self.domain == other.domain
    }

    /// Whether it is a measure of the pupil's, and not the group.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.value.is_some()
    }

    /// Whether it adds to the concern.
    #[must_use]
    pub fn concerns(&self) -> bool {
        self.contribution > 0.0
    }

    /// The sentence.
    #[must_use]
    pub(crate) fn text(&self, language: Language, low: &LowMoods) -> String {
        let what = self.words(language, low).name;
        let Some((feature, value)) = self.measured() else { return what };
        let value = words::amount(value, feature.unit, language);
        let arguments = [("what", what.into()), ("value", value.into())];
        match self.class_median.map(|median| words::amount(median, feature.unit, language)) {
            Some(median) => {
                let [what, value] = arguments;
                words::say(language, "line", &[what, value, ("median", median.into())])
            }
            None => words::say(language, "line-alone", &arguments),
        }
    }

    /// What the board calls low moods, where it is about moods.
    async fn low_moods(&self, ctx: &Context<'_>) -> Result<LowMoods> {
        LowMoods::where_named(ctx, self.measured().is_some_and(|(feature, _)| feature.id == FeatureId::LowMoods)).await
    }

    fn words(&self, language: Language, low: &LowMoods) -> words::Words {
        match self.measured() {
            Some((feature, _)) => words::of_feature(feature, language, low),
            None => words::of_group(language),
        }
    }

    /// The feature and the pupil's value; `None` for the group.
    fn measured(&self) -> Option<(&'static Feature, f64)> {
        FEATURES.iter().find(|feature| feature.key == self.feature).zip(self.value)
    }
}
