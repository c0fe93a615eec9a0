//! Whether flags are raised alike for groups that the analysis does not know: by an attribute that is brought along for this once.
use super::quality::{scored, settled_last};
use crate::access::scope::Scope;
use crate::access::small_cell::SmallCell;
use crate::error::Result;
use crate::roster::class::Class;
use crate::support::quality::{outcome, row};
use asagao_analytics::evaluate::{Disparity, Figure, disparities};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The draws of the intervals: the same records and attributes give the same figures.
const SEED: u64 = 20_160_401;

/// How the groups of an attribute fared.
#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Audit {
    /// Pupils whose outcome is known: of each class those of the latest analysis after which 20 school days have passed. Rounded down to tens, as is
    /// the next.
    pub known: usize,
    /// Among them those with an attribute.
    pub with_attribute: usize,
    /// The groups.
    pub groups: Vec<Group>,
    /// How they differ.
    pub differences: Vec<Difference>,
}

/// A group; of one that is too small no figures.
#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The attribute's value.
    pub value: String,
    /// Pupils whose outcome is known; null where they are fewer than 10.
    pub known: Option<usize>,
    /// Among them those flagged.
    pub flagged: Option<usize>,
    /// Those with the outcome.
    pub outcome: Option<usize>,
    /// Those flagged with the outcome.
    pub hits: Option<usize>,
}

/// How a group differs from another, or from all others.
#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The one group.
    pub value: String,
    /// The other; null for all others.
    pub against: Option<String>,
    /// Difference of the shares flagged if both groups had the outcome as often as everybody.
    pub flag_difference: Option<f64>,
    /// Its middle 95 %.
    pub flag_difference_interval: Option<[f64; 2]>,
    /// Difference of the shares flagged of those with the outcome.
    pub recall_difference: Option<f64>,
    /// Its middle 95 %.
    pub recall_difference_interval: Option<[f64; 2]>,
}

/// One pupil.
struct Judged<'a> {
    value: Option<&'a str>,
    flagged: bool,
    outcome: bool,
}

/// Compares the groups among the pupils of some homerooms. The attributes, by pupil, are read and nowhere stored. The caller has checked the
/// classes against the scope.
pub async fn audit(
    scope: &Scope,
    classes: &[Class],
    days: (NaiveDate, NaiveDate),
    attributes: &BTreeMap<Uuid, String>,
) -> Result<Audit> {
    let mut judged: Vec<Judged> = Vec::new();
    let mut seen = BTreeSet::new();
    for class in classes {
        let rows = row::of_class(scope, class.id).await?;
        let Some(row) = settled_last(&rows, days) else { continue };
        let scores = scored(scope, row.run).await?;
        let pupils: Vec<Uuid> = scores.iter().map(|score| score.pupil).collect();
        let outcomes = outcome::after(scope, class, &pupils, row.as_of).await?.unwrap_or_default();
        // Who changed class in the meantime counts once.
        for score in scores.iter().filter(|score| seen.insert(score.pupil)) {
            let Some(outcome) = outcomes.get(&score.pupil).copied() else { continue };
            let value = attributes.get(&score.pupil).map(String::as_str);
            judged.push(Judged { value, flagged: score.flagged(), outcome });
        }
    }
    Ok(of(&judged, SmallCell::default().step()))
}

fn of(judged: &[Judged], least: usize) -> Audit {
    let values: BTreeSet<&str> = judged.iter().filter_map(|of| of.value).collect();
    let groups: Vec<Group> = values.into_iter().map(|value| Group::of(value, judged, least)).collect();
    let told: Vec<&str> = groups.iter().filter(|group| group.known.is_some()).map(|group| group.value.as_str()).collect();
    let number = |of: &Judged| told.iter().position(|value| of.value == Some(*value));
    let numbers: Vec<Option<usize>> = judged.iter().map(number).collect();
    let outcomes: Vec<Option<bool>> = judged.iter().map(|of| Some(of.outcome)).collect();
    let flagged: Vec<bool> = judged.iter().map(|of| of.flagged).collect();
    let found = disparities(&numbers, &outcomes, &flagged, SEED);
    let differences = found.iter().map(|pair| Difference::of(pair, &told)).collect();
    // Told exactly, the size of a group without figures would follow from those of the others.
    let rounded = |count: usize| count / least * least;
    let with_attribute = rounded(judged.iter().filter(|of| of.value.is_some()).count());
    Audit { known: rounded(judged.len()), with_attribute, groups, differences }
}

impl Group {
    fn of(value: &str, judged: &[Judged], least: usize) -> Self {
        let here: Vec<&Judged> = judged.iter().filter(|of| of.value == Some(value)).collect();
        let count = |holds: fn(&Judged) -> bool| (here.len() >= least).then(|| here.iter().filter(|of| holds(of)).count());
        Group {
            value: value.to_owned(),
            known: count(|_| true),
            flagged: count(|of| of.flagged),
            outcome: count(|of| of.outcome),
            hits: count(|of| of.flagged && of.outcome),
        }
    }
}

impl Difference {
    fn of(pair: &Disparity, values: &[&str]) -> Self {
        let Figure { value: flag_difference, interval: flag_difference_interval } = pair.flagged;
        let Figure { value: recall_difference, interval: recall_difference_interval } = pair.recall;
        Difference {
            value: values[pair.value].to_owned(),
            against: pair.against.map(|other| values[other].to_owned()),
            flag_difference,
            flag_difference_interval,
            recall_difference,
            recall_difference_interval,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_group_is_named_without_figures_and_compared_with_nobody() {
        let pupil = |value, n: usize| Judged { value: Some(value), flagged: n.is_multiple_of(4), outcome: n.is_multiple_of(3) };
        let mut judged: Vec<Judged> = (0..40).map(|n| pupil(if n % 2 == 0 { "a" } else { "b" }, n)).collect();
        judged.extend((0..9).map(|n| pupil("c", n)));
        judged.push(Judged { value: None, flagged: true, outcome: true });
        let found = of(&judged, 10);
        assert_eq!((found.known, found.with_attribute), (50, 40));
        let told: Vec<_> = found.groups.iter().map(|of| (of.value.as_str(), of.known, of.flagged)).collect();
        assert_eq!(told, [("a", Some(20), Some(10)), ("b", Some(20), Some(0)), ("c", None, None)]);
        assert_eq!(found.differences.len(), 1, "of two groups one difference");
        let difference = &found.differences[0];
        assert_eq!((difference.value.as_str(), difference.against.as_deref()), ("a", Some("b")));
        assert!(difference.flag_difference_interval.expect("an interval")[0] > 0.2, "{difference:?}");
    }
}
