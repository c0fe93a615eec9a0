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
    /// The group of the week before that it continues; runs of before do not say it.
    #[serde(default)]
    pub before: Option<GroupBefore>,
}

/// A group of the week before, as it is stored with the one that continues it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct GroupBefore {
    /// What set it apart.
    pub traits: Vec<(ReasonDomain, bool)>,
    /// Its members, with those lent for comparison.
    pub size: usize,
    /// How many of them are in the group now.
    pub stayed: usize,
}

impl StoredGroup {
    /// The group of the analysis.
    #[must_use]
    pub fn of(group: &asagao_analytics::Group) -> Self {
        StoredGroup {
            in_class: group.in_class,
            size: group.size,
            centroid: group.centroid.clone(),
            traits: named(&group.traits),
            certainty: group.certainty,
            before: group.before.as_ref().map(|before| GroupBefore {
                traits: named(&before.traits),
                size: before.size,
                stayed: before.stayed,
            }),
        }
    }

    /// A few words.
    #[must_use]
    pub(crate) fn name(&self, language: Language, low: &LowMoods) -> String {
        name_of(&self.traits, language, low)
    }

    /// Which group of the week before it continues.
    #[must_use]
    pub(crate) fn continues(&self, language: Language, low: &LowMoods) -> Option<String> {
        let before = self.before.as_ref()?;
        let name = name_of(&before.traits, language, low);
        let arguments = [("name", name.into()), ("size", before.size.into()), ("stayed", before.stayed.into())];
        Some(words::say(language, "group-continues", &arguments))
    }

    /// Whether its name says how pupils say to be.
    pub(super) fn names_moods(&self) -> bool {
        let before = self.before.iter().flat_map(|before| &before.traits);
        self.traits.iter().chain(before).any(|(domain, _)| *domain == ReasonDomain::Wellbeing)
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

/// What sets a group apart in a few words.
fn name_of(traits: &[(ReasonDomain, bool)], language: Language, low: &LowMoods) -> String {
    if traits.is_empty() {
        return words::say(language, "group-middle", &[]);
    }
    let traits = traits.iter().map(|(domain, high)| words::of_trait(*domain, *high, language, low));
    traits.collect::<Vec<_>>().join(&words::say(language, "group-and", &[]))
}

/// Traits as they are stored.
fn named(traits: &[asagao_analytics::Trait]) -> Vec<(ReasonDomain, bool)> {
    traits.iter().map(|apart| (apart.domain.into(), apart.side == asagao_analytics::Side::High)).collect()
}
