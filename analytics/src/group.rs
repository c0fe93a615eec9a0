//! Groups of pupils alike: the partition that the clusterings agree on.

use ndarray::{Array1, Array2, ArrayView1, Axis};

use crate::domain::{DOMAINS, DomainId};
use crate::rank::real;
use crate::table::Judged;

/// Pupils whose records are alike, named by what sets them apart; `D` is what names a domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<D = DomainId> {
    /// Its members, everybody counted who was compared.
    pub size: usize,
    /// Its members who are of the class; in a table everybody.
    pub in_class: usize,
    /// Mean of each domain over the members, in standings (−1.88 to 0.63, 0 = the middle); 0 where none is observed.
    /// In an analysis one for each of [`DOMAINS`].
    pub centroid: Vec<f64>,
    /// The domains in which it lies clearly apart from the middle, the furthest first; empty for a group in the middle.
    pub traits: Vec<Trait<D>>,
    /// Mean certainty of its members, 0 to 1.
    pub certainty: f64,
    /// The group of the week before that it continues; `None` for one that is new, and in a table.
    pub before: Option<Before<D>>,
}

/// A group of the week before.
#[derive(Clone, Debug, PartialEq)]
pub struct Before<D = DomainId> {
    /// What set it apart then.
    pub traits: Vec<Trait<D>>,
    /// How many were in it.
    pub size: usize,
    /// How many of them are in the group that continues it.
    pub stayed: usize,
}

/// A domain in which a group lies apart from the cohort's middle; `D` is what names it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Trait<D = DomainId> {
    /// The domain.
    pub domain: D,
    /// Which way.
    pub side: Side,
}

/// On which side of the cohort's middle.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// Below it.
    Low,
    /// Above it.
    High,
}

/// The standing up to which a group's domain is named as low: the 33rd of 100.
const LOW: f64 = -0.5;

/// The standing from which on it is named as high: the 64th of 100, for standings reach less far up than down.
const HIGH: f64 = 0.3;

/// A group of fewer is no group: its pupils are counted to the next with which they fell in, or to none.
const SMALLEST: usize = 3;

/// Which group each point fell in with, and how often.
pub(crate) struct Partition {
    /// Group of each point; `None` for a point that is like too few others.
    pub(crate) group: Vec<Option<usize>>,
    /// Share of the clusterings in which the point fell in with its group.
    pub(crate) certainty: Vec<f64>,
    /// Groups.
    pub(crate) groups: usize,
    /// Mean adjusted Rand index of the clusterings with each other, 0 to 1.
    pub(crate) stability: f64,
}

impl Partition {
    /// The partition on which clusterings (each a cluster per point) agree, by plurality vote (after Dudoit and Fridlyand
    /// 2003, *Bagging to Improve the Accuracy of a Clustering Procedure*).
    ///
    /// The clustering that agrees best with the others gives the ballot; each votes for a point with the ballot's group
    /// that holds most of the point's cluster. Groups that stay too small are dissolved, the smallest first, and their
    /// points counted by their other votes. `None` without clusterings.
    pub(crate) fn agree(memberships: &[Vec<usize>]) -> Option<Self> {
        let (ballot, stability) = most_agreed(memberships)?;
        let mut votes = Array2::<f64>::zeros((ballot.len(), sizes(ballot).len()));
        for membership in memberships {
            let shared = overlap(membership, ballot);
            for (point, &cluster) in membership.iter().enumerate() {
                votes[[point, first_largest(shared.row(cluster).iter())]] += 1.0;
            }
        }
        votes /= real(memberships.len());
        loop {
            let group: Vec<Option<usize>> = votes.rows().into_iter().map(elected).collect();
            let mut sizes = vec![0; votes.ncols()];
            for group in group.iter().flatten() {
                sizes[*group] += 1;
            }
            let small = (0..sizes.len()).filter(|&group| (1..SMALLEST).contains(&sizes[group]));
            let Some(small) = small.min_by_key(|&group| sizes[group]) else {
                let share = |(group, row): (&Option<usize>, ArrayView1<f64>)| group.map_or(0.0, |group| row[group]);
                let certainty = group.iter().zip(votes.rows()).map(share).collect();
                return Some(Partition { group, certainty, groups: sizes.len(), stability });
            };
            votes.column_mut(small).fill(0.0);
        }
    }

    /// Describes the groups, the one of most concern first, and renumbers the points accordingly.
    ///
    /// `points` are pupils × domains in standings.
    pub(crate) fn describe(mut self, points: &Array2<f64>) -> (Vec<Group<usize>>, Self) {
        let members =
            |group: usize| -> Vec<usize> { (0..self.group.len()).filter(|&point| self.group[point] == Some(group)).collect() };
        let mut described: Vec<(usize, Group<usize>)> = (0..self.groups)
            .map(|group| (group, members(group)))
            .filter(|(_, members)| !members.is_empty())
            .map(|(group, members)| (group, self.group_of(&members, points)))
            .collect();
        described.sort_by(|(_, a), (_, b)| {
            let height = |group: &Group<usize>| group.centroid.iter().sum::<f64>();
            height(a).total_cmp(&height(b))
        });
        let mut place = vec![0; self.groups];
        for (new, (old, _)) in described.iter().enumerate() {
            place[*old] = new;
        }
        for group in self.group.iter_mut().flatten() {
            *group = place[*group];
        }
        self.groups = described.len();
        (described.into_iter().map(|(_, group)| group).collect(), self)
    }

    fn group_of(&self, members: &[usize], points: &Array2<f64>) -> Group<usize> {
        let size = members.len();
        let centroid: Array1<f64> = points.select(Axis(0), members).sum_axis(Axis(0)) / real(size);
        let mut apart: Vec<(f64, usize)> = centroid.iter().copied().zip(0..).collect();
        apart.retain(|(height, _)| *height <= LOW || *height >= HIGH);
        apart.sort_by(|(a, _), (b, _)| b.abs().total_cmp(&a.abs()));
        let named = |&(height, domain): &(f64, usize)| Trait { domain, side: if height < 0.0 { Side::Low } else { Side::High } };
        Group {
            size,
            in_class: size,
            centroid: centroid.to_vec(),
            traits: apart.iter().map(named).collect(),
            certainty: members.iter().map(|&member| self.certainty[member]).sum::<f64>() / real(size),
            before: None,
        }
    }
}

impl Group<usize> {
    /// The same group with the domains of an analysis; the last of them, where nobody differs in them, are in no table.
    pub(crate) fn of_class(self, in_class: usize) -> Group {
        let mut centroid = self.centroid;
        centroid.resize(DOMAINS.len(), 0.0);
        Group { size: self.size, in_class, centroid, traits: of_analysis(&self.traits), certainty: self.certainty, before: None }
    }
}

/// Traits with the domains of an analysis.
fn of_analysis(traits: &[Trait<usize>]) -> Vec<Trait> {
    traits.iter().map(|apart| Trait { domain: DOMAINS[apart.domain].id, side: apart.side }).collect()
}

/// Tells each group which one of the week before it continues: of all pairs that share pupils the one that shares the most
/// first (a greedy assignment), each group once, and only where they share at least half of the smaller. The rows of both
/// are the same pupils.
pub(crate) fn continued(groups: &mut [Group], now: &Judged, before: &Judged) {
    let mut shared = Array2::<usize>::zeros((groups.len(), before.groups.len()));
    for (now, before) in now.rows.iter().zip(&before.rows) {
        if let (Some(group), Some(old)) = (now.group, before.group) {
            shared[[group, old]] += 1;
        }
    }
    let mut pairs: Vec<(usize, usize)> = shared.indexed_iter().map(|(pair, _)| pair).collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(shared[*pair]));
    let mut taken = vec![false; before.groups.len()];
    for (group, old) in pairs {
        let (stayed, was) = (shared[[group, old]], &before.groups[old]);
        let smaller = groups[group].size.min(was.size);
        if groups[group].before.is_none() && !taken[old] && stayed > 0 && 2 * stayed >= smaller {
            taken[old] = true;
            groups[group].before = Some(Before { traits: of_analysis(&was.traits), size: was.size, stayed });
        }
    }
}

/// The group with the most votes, the first of equals; `None` without any vote.
fn elected(votes: ArrayView1<f64>) -> Option<usize> {
    let group = first_largest(votes.iter());
    (votes.get(group)? > &0.0).then_some(group)
}

/// The clustering that agrees best with the others, and the mean agreement of all pairs.
fn most_agreed(memberships: &[Vec<usize>]) -> Option<(&Vec<usize>, f64)> {
    let count = memberships.len();
    let clusterings: Vec<Clustered> = memberships.iter().map(|membership| Clustered::by(membership)).collect();
    let mut agreement = vec![0.0; count];
    let mut table = Vec::new();
    for a in 0..count {
        for b in 0..a {
            let index = clusterings[a].adjusted_rand(&clusterings[b], &mut table);
            agreement[a] += index;
            agreement[b] += index;
        }
    }
    let pairs = real(count * count.saturating_sub(1)).max(1.0);
    let stability = (agreement.iter().sum::<f64>() / pairs).clamp(0.0, 1.0);
    Some((memberships.get(first_largest(agreement.iter()))?, stability))
}

/// A clustering, to be compared with others.
struct Clustered<'a> {
    by: &'a [usize],
    clusters: usize,
    /// Pairs of points that it puts together.
    together: f64,
}

impl<'a> Clustered<'a> {
    fn by(by: &'a [usize]) -> Self {
        let sizes = sizes(by);
        Clustered { by, clusters: sizes.len(), together: sizes.iter().map(|size| pairs(*size)).sum() }
    }

    /// The adjusted Rand index of two partitions of the same points (Hubert and Arabie 1985): 1 for the same partition, about
    /// 0 for unrelated ones. `table` is where to count.
    fn adjusted_rand(&self, other: &Clustered, table: &mut Vec<usize>) -> f64 {
        table.clear();
        table.resize(self.clusters * other.clusters, 0);
        for (row, column) in self.by.iter().zip(other.by) {
            table[row * other.clusters + column] += 1;
        }
        let together: f64 = table.iter().map(|shared| pairs(*shared)).sum();
        let expected = self.together * other.together / pairs(self.by.len()).max(1.0);
        let most = f64::midpoint(self.together, other.together);
        // Both put everybody together, or everybody apart.
        if (most - expected).abs() < 1e-12 { 1.0 } else { (together - expected) / (most - expected) }
    }
}

/// Pairs among so many.
fn pairs(count: usize) -> f64 {
    real(count) * (real(count) - 1.0) / 2.0
}

/// How many points each cluster of `a` (rows) shares with each of `b` (columns).
fn overlap(a: &[usize], b: &[usize]) -> Array2<f64> {
    let mut table = Array2::zeros((sizes(a).len(), sizes(b).len()));
    for (&row, &column) in a.iter().zip(b) {
        table[[row, column]] += 1.0;
    }
    table
}

/// Points of each cluster.
fn sizes(membership: &[usize]) -> Vec<usize> {
    let mut sizes = vec![0; membership.iter().max().map_or(0, |last| last + 1)];
    for &cluster in membership {
        sizes[cluster] += 1;
    }
    sizes
}

/// The place of the largest value, the first of equals.
fn first_largest<'a>(values: impl Iterator<Item = &'a f64>) -> usize {
    let larger = |best: (usize, f64), (place, &value): (usize, &f64)| {
        if value > best.1 { (place, value) } else { best }
    };
    values.enumerate().fold((0, f64::NEG_INFINITY), larger).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adjusted_rand(a: &[usize], b: &[usize]) -> f64 {
        Clustered::by(a).adjusted_rand(&Clustered::by(b), &mut vec![7])
    }

    #[test]
    fn the_same_partition_by_other_names_agrees_fully() {
        assert!((adjusted_rand(&[0, 0, 1, 1, 2], &[2, 2, 0, 0, 1]) - 1.0).abs() < 1e-12);
        assert!((adjusted_rand(&[0, 0, 0], &[0, 0, 0]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn adjusted_rand_matches_a_hand_computed_case() {
        // Pairs together in both: 1; in a: 2, in b: 3; of 6 pairs. Expected 1, most 2.5.
        assert!(adjusted_rand(&[0, 0, 1, 1], &[0, 0, 0, 1]).abs() < 1e-12);
    }

    #[test]
    fn a_dissenting_clustering_costs_certainty_but_is_outvoted() {
        let twice = vec![0, 0, 0, 1, 1, 1];
        let dissent = vec![0, 0, 0, 0, 1, 1];
        let agreed = Partition::agree(&[twice.clone(), twice.clone(), dissent]).expect("there are clusterings");
        assert_eq!(agreed.group, twice.into_iter().map(Some).collect::<Vec<_>>());
        assert!((agreed.certainty[3] - 2.0 / 3.0).abs() < 1e-12);
        assert!((agreed.certainty[0] - 1.0).abs() < 1e-12);
        assert!(agreed.stability < 1.0);
    }

    #[test]
    fn a_pupil_alone_is_no_group() {
        let alone = vec![0, 0, 0, 0, 1];
        let agreed = Partition::agree(&[alone.clone(), alone.clone(), vec![0; 5]]).expect("there are clusterings");
        assert_eq!(agreed.group, [Some(0); 5]);
        assert!((agreed.certainty[4] - 1.0 / 3.0).abs() < 1e-12);
        let agreed = Partition::agree(&[alone]).expect("there is a clustering");
        assert_eq!(agreed.group, [Some(0), Some(0), Some(0), Some(0), None]);
    }

    #[test]
    fn without_clusterings_there_is_no_partition() {
        assert!(Partition::agree(&[]).is_none());
    }
}
