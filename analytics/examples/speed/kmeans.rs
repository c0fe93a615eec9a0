//! k-means on many points: ours and linfa-clustering's.

use std::path::Path;

use asagao_analytics::KMeans;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array2;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::cost::Cost;
use crate::made::Chance;
use crate::npy;

const COLUMNS: usize = 12;

/// Points around eight centres that overlap.
pub(crate) fn points(rows: usize, path: &Path) {
    let mut chance = Chance::of(12);
    let centres: Vec<f64> = (0..8 * COLUMNS).map(|_| 1.5 * chance.normal()).collect();
    let mut values = Vec::with_capacity(rows * COLUMNS);
    for row in 0..rows {
        let centre = &centres[row % 8 * COLUMNS..][..COLUMNS];
        values.extend(centre.iter().map(|height| height + chance.normal()));
    }
    npy::write(path, &values, COLUMNS);
}

pub(crate) fn run(whose: &str, path: &Path, clusters: usize, runs: usize) {
    let values = npy::read(path);
    let rows = values.len() / COLUMNS;
    let points = DatasetBase::from(Array2::from_shape_vec((rows, COLUMNS), values).expect("whole rows"));
    let cost = Cost::start();
    let inertia = match whose {
        "linfa" => {
            let start = Xoshiro256Plus::seed_from_u64(1);
            let params = linfa_clustering::KMeans::params_with_rng(clusters, start).n_runs(runs).tolerance(1e-4);
            params.fit(&points).expect("finite points").inertia()
        }
        "ours" => {
            let params = KMeans::params(clusters, Xoshiro256Plus::seed_from_u64(1)).runs(runs).tolerance(1e-4);
            params.fit(&points).expect("finite points").inertia() / f64::from(u32::try_from(rows).expect("not so many"))
        }
        _ => panic!("ours or linfa"),
    };
    println!("inertia={inertia:.9}");
    cost.print(whose, rows, inertia.to_bits());
}
