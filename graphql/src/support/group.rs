//! Groups of pupils whose records are alike, described and never judged.
use super::language::Language;
use super::low_moods::LowMoods;
use super::reason::ReasonDomain;
use super::words;
use serde::{Deserialize, Serialize};

/// A group of pupils with similar records, as it is stored.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct StoredGroup {
    /// Members in the class.
    pub in_class: usize,
    /// Members, with those lent for comparison.
    pub size: usize,
    /// The mean of each domain, in standings: −1.88 to 0.63, 0 = the middle.
    pub centroid: Vec<f64>,
    /// What sets it apart: the domain, and whether it lies above the middle.
    pub traits: Vec<(ReasonDomain, bool)>,
    /// How sure its members are in it, 0 to 1.
    pub certainty: f64,
}

impl StoredGroup {
    /// The group of the analysis.
    #[must_use]
    pub fn of(group: &asagao_analytics::Group) -> Self {
        StoredGroup {
            in_class: group.in_class,
            size: group.size,
            centroid: group.centroid.clone(),
            traits: group.traits.iter().map(|t| (t.domain.into(), t.side == asagao_analytics::Side::High)).collect(),
            certainty: group.certainty,
        }
    }

    /// A few words.
    #[must_use]
    pub(crate) fn name(&self, language: Language, low: &LowMoods) -> String {
        if self.traits.is_empty() {
            return words::say(language, "group-middle", &[]);
        }
        let traits = self.traits.iter().map(|(domain, high)| words::of_trait(*domain, *high, language, low));
        traits.collect::<Vec<_>>().join(&words::say(language, "group-and", &[]))
    }

    /// Whether its name says how pupils say to be.
    pub(super) fn names_moods(&self) -> bool {
        self.traits.iter().any(|(domain, _)| *domain == ReasonDomain::Wellbeing)
    }

    /// A plain sentence. It describes records, never the child.
    #[must_use]
    pub(crate) fn description(&self, language: Language, low: &LowMoods) -> String {
        let name = self.name(language, low);
        let ends = if name.ends_with(['い', 'る']) { "predicate" } else { "noun" };
        let arguments = [("ends", ends.into()), ("name", name.into()), ("pupils", self.in_class.into())];
        words::say(language, "group-description", &arguments)
    }
}
