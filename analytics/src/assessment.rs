//! What an analysis finds, about a class and about each pupil.

use crate::feature::FeatureId;
use crate::group::Group;
use crate::level::Level;
use crate::rule::Rule;

/// What an analysis found.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// One for each of [`Cohort::pupils`](crate::Cohort::pupils), in that order.
    pub pupils: Vec<Assessment>,
    /// The class's middle of each of [`FEATURES`](crate::FEATURES); of everybody compared when the class has fewer than five pupils.
    pub medians: Vec<Option<f64>>,
    /// Groups of pupils alike, the one of most concern first.
    pub groups: Vec<Group>,
    /// Why the comparison names nobody, if so.
    pub withheld: Option<Withheld>,
    /// How far the repeated groupings agree, 0 (not at all, or nothing to group) to 1: their mean adjusted Rand index.
    pub stability: f64,
}

/// What an analysis found about one pupil.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Concern from 0 to 1, 0.5 at the middle of those compared: 1 / (1 + exp(−2 · sum)).
    pub score: f64,
    /// Sum of the lines' contributions.
    pub sum: f64,
    /// Why: every observed feature and the group, what adds the most first.
    pub lines: Vec<Line>,
    /// Place in [`Analysis::groups`]; `None` when the pupil could not be compared or is like too few others.
    pub group: Option<usize>,
    /// Share of the repeated groupings, 0 to 1, in which the pupil fell in with this group.
    pub certainty: f64,
    /// What follows for the school.
    pub level: Level,
    /// Named by the comparison only because it was so the school day before: the score is a little below the line.
    pub held: bool,
    /// What would have to be different for the comparison not to name the pupil, the model and everybody else staying as
    /// they are; empty where it does not. Rules are apart from it.
    pub otherwise: Vec<Change>,
    /// The plain rules that spoke, also when levels are withheld.
    pub rules: Vec<Rule>,
}

/// One reason: what was seen, what is usual, and what it adds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// What it is about.
    pub source: Source,
    /// The pupil's value, in the feature's unit; `None` for the group.
    pub value: Option<f64>,
    /// The class's middle, in the same unit; `None` for the group.
    pub median: Option<f64>,
    /// The pupil's value five school days before; `None` for the group, and where it was not observed then.
    pub before: Option<f64>,
    /// What it adds to the sum; above 0 for more concern.
    pub contribution: f64,
    /// Whether a rule that looked at this feature alone, with as many places, would have named the pupil.
    pub alone: bool,
}

/// A feature and the value it would have to have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The feature.
    pub feature: FeatureId,
    /// The value, in the feature's unit.
    pub value: f64,
}

/// What a [`Line`] is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Source {
    /// A feature.
    Feature(FeatureId),
    /// Membership in a group of low records.
    Group,
}

/// Why the comparison names nobody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Withheld {
    /// There were too few school days; nobody is given a level.
    TooFewSchoolDays,
    /// Too few pupils can be compared; nobody is given a level.
    CohortTooSmall,
    /// Fewer than half of the pupils have anything on record, or pupils differ in records of one kind alone, of which a
    /// plain rule says as much: rules alone give levels.
    TooLittleRecorded,
}
