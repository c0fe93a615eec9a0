//! k-means, agreed over numbers of clusters, starts and bags, so that no reading hangs on one draw.

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView1, Axis};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use crate::draw::bag;
use crate::kmeans::{Centres, KMeans};
use crate::rank::real;

/// Numbers of clusters that are tried.
const CLUSTERS: RangeInclusive<usize> = 3..=6;

/// Bags drawn for each number of clusters, each with its own start.
const BAGS: usize = 10;

/// The most points in a bag: far more than a class or a grade has, so that a large table is clustered in the time of this many.
const LARGEST_BAG: usize = 400;

/// Starts in each bag, of which the tightest is kept.
const STARTS: usize = 3;

/// The most that membership adds to the sum, which spans about 1.9 in a class: some 3 %.
pub(crate) const TERM_BOUND: f64 = 0.05;

/// What one standard deviation of the agreed deficit adds to the sum, if nothing below calls for less.
const TERM_SLOPE: f64 = 0.02;

/// The narrowest that a cluster is taken to be, in standings squared, so that membership stays a soft thing.
const NARROWEST: f64 = 0.1;

/// Every clustering of one cohort, and how much their common reading counts.
pub(crate) struct Clustering {
    fits: Vec<Clusters>,
    slope: f64,
}

/// One k-means clustering.
struct Clusters {
    /// Clusters × domains, in standings.
    centroids: Array2<f64>,
    /// The same, to be compared with points.
    centres: Centres,
    /// Concern of each centroid: its weighted domains with the sign turned.
    deficits: Array1<f64>,
    /// Mean squared distance to the nearest centroid, per domain.
    spread: f64,
    /// Deficit read at the cohort's middle.
    middle: f64,
    /// Standard deviation of the deficits read for the cohort.
    deviation: f64,
}

impl Clustering {
    /// Clusters points (pupils × domains, no `NaN`), each domain weighing `weight`.
    ///
    /// The draws are made from the points in an order of their own, so the pupils' order does not matter.
    pub(crate) fn fit(points: &Array2<f64>, weight: f64, seed: u64) -> Self {
        let points = points.select(Axis(0), &by_content(points));
        let distinct = distinct_rows(&points);
        let mut draws = Xoshiro256Plus::seed_from_u64(seed);
        let mut fits = Vec::new();
        if distinct >= 2 {
            for clusters in CLUSTERS {
                for _ in 0..BAGS {
                    let bag = bagged(&points, &bag(points.nrows(), LARGEST_BAG, &mut draws));
                    let start = Xoshiro256Plus::seed_from_u64(draws.next_u64());
                    let centroids = KMeans::params(clusters.min(distinct), start)
                        .runs(STARTS)
                        .fit(&bag)
                        .expect("points are finite and there is at least one, one cluster and one start")
                        .into_centroids();
                    fits.push(Clusters::measure(centroids, &points, weight));
                }
            }
        }
        let slope = steepest(&fits, weight).min(TERM_SLOPE);
        Clustering { fits, slope }
    }

    /// What membership in a low group adds to the concern of a pupil at `point`, 0 to [`TERM_BOUND`].
    ///
    /// The mean over all clusterings of the deficit of the pupil's centroid, weighted by how likely each centroid is the
    /// pupil's, in standard deviations from the deficit at the cohort's middle. Nothing at the middle or above it.
    pub(crate) fn term(&self, point: ArrayView1<f64>) -> f64 {
        if self.fits.is_empty() {
            return 0.0;
        }
        let sum: f64 = self.fits.iter().map(|fit| (fit.deficit(point) - fit.middle) / fit.deviation).sum();
        (self.slope * sum / real(self.fits.len())).clamp(0.0, TERM_BOUND)
    }

    /// The nearest cluster of each point, for each clustering.
    pub(crate) fn memberships(&self, points: &Array2<f64>) -> Vec<Vec<usize>> {
        self.fits.iter().map(|fit| points.rows().into_iter().map(|point| fit.centres.nearest(&point).0).collect()).collect()
    }
}

impl Clusters {
    fn measure(centroids: Array2<f64>, points: &Array2<f64>, weight: f64) -> Self {
        let deficits = centroids.map_axis(Axis(1), |centroid| -weight * centroid.sum());
        let centres = Centres::of(&centroids);
        let mut clusters = Clusters { centroids, centres, deficits, spread: 1.0, middle: 0.0, deviation: 1.0 };
        let within: f64 = points.rows().into_iter().map(|point| clusters.centres.nearest(&point).1).sum();
        clusters.spread = (within / real(points.len())).max(NARROWEST);
        let read: Array1<f64> = points.rows().into_iter().map(|point| clusters.deficit(point)).collect();
        clusters.middle = clusters.deficit(Array1::zeros(points.ncols()).view());
        // Clusters that all lie at one height say nothing of how much; a large divisor silences them.
        clusters.deviation = read.std(0.0).max(1e-3);
        clusters
    }

    /// Expected deficit of the pupil's cluster, under equal round normal clusters.
    fn deficit(&self, point: ArrayView1<f64>) -> f64 {
        let (_, nearest) = self.centres.nearest(&point);
        let (mut sum, mut likely) = (0.0, 0.0);
        self.centres.each(&point, |cluster, distance| {
            if let Some(deficit) = self.deficits.get(cluster) {
                let likelihood = ((nearest - distance) / (2.0 * self.spread)).exp();
                sum += likelihood * deficit;
                likely += likelihood;
            }
        });
        sum / likely
    }
}

/// The points that were drawn, each once, in their order, with how often it was drawn as its weight.
fn bagged(points: &Array2<f64>, drawn: &[usize]) -> DatasetBase<Array2<f64>, ()> {
    let mut times = vec![0.0_f32; points.nrows()];
    drawn.iter().for_each(|&row| times[row] += 1.0);
    let rows: Vec<usize> = (0..times.len()).filter(|&row| times[row] > 0.0).collect();
    let weights = rows.iter().map(|&row| times[row]).collect();
    DatasetBase::new(points.select(Axis(0), &rows), ()).with_weights(weights)
}

/// The steepest slope at which the term cannot turn an additive score of `weight` a domain around.
///
/// A pupil who gets worse in one domain can come nearer to a cluster that is low there and high elsewhere, and so be read
/// as of less concern. The derivative of the expected deficit after domain d is the covariance, under the memberships, of
/// deficit and centroid, divided by the spread. Being half the mean over pairs of clusters of the product of their
/// differences, it is at most half the largest product, times 1 − 1/k.
fn steepest(fits: &[Clusters], weight: f64) -> f64 {
    let domains = fits.first().map_or(0, |fit| fit.centroids.ncols());
    let against = |fit: &Clusters, domain: usize| {
        let clusters = fit.deficits.len();
        let column = fit.centroids.column(domain);
        let pairs = (0..clusters).flat_map(|a| (0..a).map(move |b| (a, b)));
        let product = |(a, b): (usize, usize)| (fit.deficits[a] - fit.deficits[b]) * (column[a] - column[b]);
        let largest = pairs.map(product).fold(0.0, f64::max);
        largest * (1.0 - 1.0 / real(clusters)) / (2.0 * fit.spread * fit.deviation)
    };
    let turned = |domain| fits.iter().map(|fit| against(fit, domain)).sum::<f64>() / real(fits.len());
    let worst = (0..domains).map(turned).fold(0.0, f64::max);
    if worst > 0.0 { weight / worst } else { f64::INFINITY }
}

/// The places of the rows in ascending order of their content, so that what is drawn or added up in this order does not
/// depend on the order in which pupils came.
pub(crate) fn by_content(points: &Array2<f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.nrows()).collect();
    order.sort_by(|&a, &b| {
        let pairs = points.row(a).into_iter().zip(points.row(b));
        pairs.map(|(x, y)| x.total_cmp(y)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    order
}

fn distinct_rows(sorted: &Array2<f64>) -> usize {
    let steps = (1..sorted.nrows()).filter(|&row| sorted.row(row) != sorted.row(row - 1)).count();
    if sorted.is_empty() { 0 } else { steps + 1 }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    /// Ten points around (−1, −1) and their mirror images around (1, 1).
    fn two_heaps() -> Array2<f64> {
        Array2::from_shape_fn((20, 2), |(row, _)| {
            let heap = if row < 10 { -1.0 } else { 1.0 };
            heap * (1.0 + 0.01 * real(row % 10))
        })
    }

    #[test]
    fn the_low_heap_is_of_concern_and_the_high_one_is_not() {
        let clustering = Clustering::fit(&two_heaps(), 0.5, 7);
        assert!(clustering.term(array![-1.0, -1.0].view()) > 0.015);
        assert!(clustering.term(array![1.0, 1.0].view()) <= 0.0);
        assert!(clustering.term(array![0.0, 0.0].view()) <= 0.0);
    }

    #[test]
    fn clusterings_never_split_what_is_the_same() {
        let points = array![[0.0, 1.0], [0.0, 1.0], [2.0, 1.0], [0.0, 1.0], [2.0, 1.0]];
        let memberships = Clustering::fit(&points, 0.5, 7).memberships(&points);
        assert!(!memberships.is_empty());
        for membership in memberships {
            assert_eq!(membership[0], membership[1]);
            assert_eq!(membership[2], membership[4]);
        }
    }

    #[test]
    fn where_all_are_alike_there_is_nothing_to_cluster() {
        for points in [Array2::zeros((0, 2)), Array2::zeros((1, 2)), Array2::zeros((9, 2)), Array2::zeros((9, 0))] {
            let clustering = Clustering::fit(&points, 1.0, 7);
            assert!(clustering.memberships(&points).is_empty());
            assert!(clustering.term(Array1::zeros(points.ncols()).view()) <= 0.0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_order_of_points_and_another_run_change_nothing(
            heights in prop::collection::vec(-2.0..2.0, 24..60), seed: u64, turn in 0_usize..8,
        ) {
            let points = Array2::from_shape_vec((heights.len() / 2, 2), heights[..heights.len() / 2 * 2].to_vec())
                .expect("two to a row");
            let turned: Vec<usize> = (0..points.nrows()).map(|row| (row + turn) % points.nrows()).rev().collect();
            let one = Clustering::fit(&points, 0.5, seed);
            let other = Clustering::fit(&points.select(Axis(0), &turned), 0.5, seed);
            for point in points.rows() {
                prop_assert_eq!(one.term(point).to_bits(), other.term(point).to_bits());
            }
        }
    }
}
