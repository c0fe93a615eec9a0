use linfa::traits::Predict;
use ndarray::{ShapeBuilder, array};
use proptest::prelude::*;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::*;
use crate::rank::real;

fn draws(seed: u64) -> Xoshiro256Plus {
    Xoshiro256Plus::seed_from_u64(seed)
}

/// Points in heaps that overlap.
fn heaps(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut draws = draws(seed);
    let mut height = move |most: u64| real(usize::try_from((draws.next_u64() >> 8) % (most * 1000)).expect("small")) / 1000.0;
    Array2::from_shape_fn((rows, columns), |(row, column)| real((row * 7 + column * 3) % 5) + height(2) + height(1))
}

fn fit(points: &Array2<f64>, clusters: usize, runs: usize, seed: u64) -> KMeans {
    let params = KMeans::params(clusters, draws(seed)).runs(runs).tolerance(0.0);
    params.fit(&DatasetBase::from(points.clone())).expect("finite points")
}

fn refusal(points: Array2<f64>, params: &KMeansParams) -> KMeansError {
    params.fit(&DatasetBase::from(points)).expect_err("it makes no sense")
}

/// The sum of squared distances, as one would write it down.
fn plain_inertia(points: &Array2<f64>, centroids: &Array2<f64>) -> f64 {
    let apart = |point: usize, centroid: usize| (&points.row(point) - &centroids.row(centroid)).mapv(|way| way * way).sum();
    let nearest = |point| (0..centroids.nrows()).map(|centroid| apart(point, centroid)).fold(f64::INFINITY, f64::min);
    (0..points.nrows()).map(nearest).sum()
}

#[test]
fn it_is_tighter_than_linfa_clustering_with_as_many_starts() {
    let (mut ours, mut theirs, mut worse) = (0.0, 0.0, 0);
    for seed in 0..60 {
        let points = heaps(30 + usize::try_from(seed).expect("small"), 6, seed);
        for clusters in 3..=6 {
            let own = fit(&points, clusters, 3, seed);
            let other = linfa_clustering::KMeans::params_with_rng(clusters, draws(seed))
                .n_runs(3)
                .fit(&DatasetBase::from(points.clone()))
                .expect("finite points");
            let (own, other) = (own.inertia(), plain_inertia(&points, other.centroids()));
            worse += usize::from(own > other * (1.0 + 1e-9));
            ours += own;
            theirs += other;
        }
    }
    assert!(ours <= theirs, "{ours} against {theirs}");
    assert!(worse < 120, "worse in {worse} of 240");
}

#[test]
fn any_number_of_threads_comes_to_the_same_bits() {
    let points = heaps(3 * rows::CHUNK + 5, 4, 3);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| fit(&points, 5, 2, 11))
    };
    let (one, two) = (on(1), on(2));
    assert_eq!(one.inertia().to_bits(), two.inertia().to_bits());
    assert!(one.centroids().iter().zip(two.centroids()).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert!((one.inertia() / plain_inertia(&points, one.centroids()) - 1.0).abs() < 1e-12);
}

#[test]
fn a_point_between_two_centroids_is_the_firsts() {
    let model = KMeans { centroids: array![[0.0], [2.0], [0.0], [1e9], [9.0]], inertia: 0.0, iterations: 1 };
    assert_eq!(model.predict(&array![[1.0], [0.0], [2.5], [5.5], [8.0]]).to_vec(), [0, 0, 1, 1, 4]);
}

#[test]
fn more_clusters_than_different_points_are_in_the_places_of_points() {
    let points = array![[1.0, 2.0], [1.0, 2.0], [4.0, 2.0], [4.0, 2.0], [4.0, 2.0]];
    let model = fit(&points, 7, 2, 5);
    assert_eq!((model.centroids().nrows(), model.inertia().to_bits()), (7, 0));
    assert!(model.centroids().rows().into_iter().all(|centroid| points.rows().into_iter().any(|point| point == centroid)));
    let clusters = model.predict(&points);
    assert!(clusters[0] == clusters[1] && clusters[2] == clusters[4] && clusters[0] != clusters[2]);
}

#[test]
fn a_cluster_without_points_takes_the_furthest() {
    let points = array![[0.0], [1.0], [1.5], [8.0], [8.5]];
    let rows = Rows::of(points.view(), None).expect("finite points");
    let (until, away) = (Until { tolerance: 0.0, iterations: 50 }, array![[0.5], [-700.0]]);
    for run in [few::run(&rows, Centres::of(&away), &until), many::run(&rows, Centres::of(&away), &until)] {
        let mut places = run.centres.to_array().into_raw_vec_and_offset().0;
        places.sort_by(f64::total_cmp);
        assert!((places[0] - 2.5 / 3.0).abs() < 1e-12 && (places[1] - 8.25).abs() < 1e-12, "{places:?}");
    }
}

#[test]
fn weights_are_points_that_are_there_so_many_times() {
    let (once, again) = (array![[0.0, 1.0], [2.0, 1.0], [9.0, 3.0]], array![[0.0, 1.0], [2.0, 1.0], [2.0, 1.0], [9.0, 3.0]]);
    let weighted = DatasetBase::from(once).with_weights(array![1.0, 2.0, 1.0]);
    let model = KMeans::params(2, draws(1)).fit(&weighted).expect("finite points");
    let repeated = fit(&again, 2, 10, 1);
    assert!((model.inertia() - repeated.inertia()).abs() < 1e-12);
    assert!((model.inertia() - plain_inertia(&again, model.centroids())).abs() < 1e-12);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (points, params) = (array![[0.0, 1.0], [2.0, 3.0]], KMeans::params(2, draws(1)));
    for value in [f64::NAN, f64::INFINITY] {
        let mut broken = points.clone();
        broken[[1, 0]] = value;
        assert!(matches!(refusal(broken, &params), KMeansError::NotFinite { row: 1, column: 0, .. }));
    }
    assert!(matches!(refusal(Array2::zeros((0, 3)), &params), KMeansError::NoPoints));
    assert!(matches!(refusal(points.clone(), &KMeans::params(0, draws(1))), KMeansError::None("clusters")));
    assert!(matches!(refusal(points.clone(), &params.clone().runs(0)), KMeansError::None("runs")));
    assert!(matches!(refusal(points.clone(), &params.clone().max_iterations(0)), KMeansError::None("max_iterations")));
    assert!(matches!(refusal(points.clone(), &params.clone().tolerance(f64::NAN)), KMeansError::Tolerance(_)));
    let weighted = |weights| params.fit(&DatasetBase::from(points.clone()).with_weights(weights)).expect_err("no such weights");
    assert!(matches!(weighted(array![1.0, -1.0]), KMeansError::Weight { row: 1, .. }));
    assert!(matches!(weighted(array![0.0, 0.0]), KMeansError::NoPoints));
}

#[test]
fn points_without_coordinates_are_all_in_one_place() {
    let model = fit(&Array2::zeros((4, 0)), 2, 1, 1);
    assert_eq!((model.inertia().to_bits(), model.centroids().dim()), (0, (2, 0)));
    assert_eq!(model.predict(&Array2::zeros((4, 0))).to_vec(), [0; 4]);
}

#[test]
fn columns_that_lie_apart_in_memory_are_the_same_points() {
    let points = heaps(40, 3, 2);
    let mut turned = Array2::zeros((40, 3).f());
    turned.assign(&points);
    assert_eq!(fit(&points, 4, 3, 9), fit(&turned, 4, 3, 9));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bounds_pass_over_no_point_that_moves(
        heights in prop::collection::vec((-4_i8..5).prop_map(|height| f64::from(height) / 2.0), 12..240), clusters in 1_usize..7, seed: u64,
    ) {
        let points = Array2::from_shape_vec((heights.len() / 3, 3), heights[..heights.len() / 3 * 3].to_vec()).expect("three to a row");
        let rows = Rows::of(points.view(), None).expect("finite points");
        let until = Until { tolerance: 0.0, iterations: 300 };
        let start = Start::of(&rows).draw(clusters, &mut draws(seed));
        let (few, many) = (few::run(&rows, start.clone(), &until), many::run(&rows, start, &until));
        prop_assert_eq!(few.iterations, many.iterations);
        prop_assert!((few.inertia - many.inertia).abs() < 1e-9);
        for (a, b) in few.centres.to_array().iter().zip(&many.centres.to_array()) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }

    #[test]
    fn every_centroid_is_the_mean_of_its_points(rows in 8_usize..80, clusters in 1_usize..7, seed: u64) {
        let points = heaps(rows, 4, seed);
        let model = fit(&points, clusters, 2, seed);
        let members = model.predict(&points);
        for (cluster, centroid) in model.centroids().rows().into_iter().enumerate() {
            let own: Vec<usize> = (0..rows).filter(|&row| members[row] == cluster).collect();
            prop_assert!(!own.is_empty());
            let mean = points.select(ndarray::Axis(0), &own).mean_axis(ndarray::Axis(0)).expect("some points");
            prop_assert!((&mean - &centroid).iter().all(|way| way.abs() < 1e-12));
        }
        prop_assert!((model.inertia() - plain_inertia(&points, model.centroids())).abs() < 1e-9);
    }
}
