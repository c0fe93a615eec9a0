//! k-means on linfa's traits: the result of Lloyd's algorithm for less work, the same to the bit on any number of threads.

mod centres;
mod few;
mod many;
mod rows;
mod start;

use linfa::DatasetBase;
use linfa::ParamGuard;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, ArrayBase, Data, Ix2};
use rand_xoshiro::Xoshiro256Plus;

pub(crate) use self::centres::Centres;
use self::rows::Rows;
use self::start::Start;

/// Points in clusters, each nearest to the mean of its own (Lloyd 1982, *Least squares quantization in PCM*).
///
/// Each run starts at points drawn by k-means++ (Arthur and Vassilvitskii 2007), of a few candidates for each place the one that
/// leaves the least; the tightest run is kept, the first of equals. Few points are compared with every centroid in tight loops;
/// of many, those are passed over whose bounds say that they stay where they are (Hamerly 2010, *Making k-means even faster*),
/// in chunks that rayon's threads share and that are added up in their order. A point as near to two centroids is the first's.
/// A cluster that loses all its points takes the point that lies the furthest from its centroid. The weights of a dataset count
/// a point so many times.
///
/// ```
/// use asagao_analytics::KMeans;
/// use linfa::DatasetBase;
/// use linfa::traits::{Fit, Predict};
/// use ndarray::array;
/// use rand_xoshiro::{Xoshiro256Plus, rand_core::SeedableRng};
///
/// let points = DatasetBase::from(array![[0.0, 1.0], [0.0, 2.0], [9.0, 1.0], [9.0, 2.0]]);
/// let model = KMeans::params(2, Xoshiro256Plus::seed_from_u64(7)).fit(&points)?;
/// assert_eq!(model.inertia(), 1.0);
/// let clusters = model.predict(&points);
/// assert_eq!((clusters[0], clusters[2]), (clusters[1], clusters[3]));
/// # Ok::<(), asagao_analytics::KMeansError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct KMeans {
    centroids: Array2<f64>,
    inertia: f64,
    iterations: usize,
}

/// How k-means is to be done, before it is checked.
#[derive(Clone, Debug, PartialEq)]
pub struct KMeansParams(KMeansValidParams);

/// How k-means is to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct KMeansValidParams {
    clusters: usize,
    runs: usize,
    tolerance: f64,
    max_iterations: usize,
    draws: Xoshiro256Plus,
}

/// What k-means cannot be done with.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KMeansError {
    /// No clusters, no runs or no iterations.
    #[error("{0} should be at least 1")]
    None(&'static str),
    /// The tolerance is negative or not a number.
    #[error("the tolerance should be 0 or more, but is {0}")]
    Tolerance(f64),
    /// There is no point, or none with a weight.
    #[error("there are no points")]
    NoPoints,
    /// A coordinate is not a number, or not finite.
    #[error("column {column} of point {row} is {value}")]
    NotFinite {
        /// The point.
        row: usize,
        /// The coordinate.
        column: usize,
        /// What it is.
        value: f64,
    },
    /// A point's weight is negative or not finite.
    #[error("the weight of point {row} is {weight}")]
    Weight {
        /// The point.
        row: usize,
        /// Its weight.
        weight: f32,
    },
    /// What linfa says.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl KMeans {
    /// So many clusters from these draws, in 10 runs of at most 300 iterations each, until centroids move by less than 0.0001.
    #[must_use]
    pub fn params(clusters: usize, draws: Xoshiro256Plus) -> KMeansParams {
        KMeansParams(KMeansValidParams { clusters, runs: 10, tolerance: 1e-4, max_iterations: 300, draws })
    }

    /// Clusters × coordinates. Where there are more clusters than different points, some are in one place, and the first of
    /// those has the points.
    #[must_use]
    pub fn centroids(&self) -> &Array2<f64> {
        &self.centroids
    }

    /// The same, for those who need nothing else.
    #[must_use]
    pub fn into_centroids(self) -> Array2<f64> {
        self.centroids
    }

    /// The sum of the points' squared distances to these centroids, by weight.
    #[must_use]
    pub fn inertia(&self) -> f64 {
        self.inertia
    }

    /// Steps of the run that was kept.
    #[must_use]
    pub fn iterations(&self) -> usize {
        self.iterations
    }
}

impl KMeansParams {
    /// Runs, of which the tightest is kept.
    #[must_use]
    pub fn runs(mut self, runs: usize) -> Self {
        self.0.runs = runs;
        self
    }

    /// A run ends where the centroids move by less than this, all together (Euclid); 0 for where no point changes its cluster.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// The most steps of a run.
    #[must_use]
    pub fn max_iterations(mut self, iterations: usize) -> Self {
        self.0.max_iterations = iterations;
        self
    }
}

impl ParamGuard for KMeansParams {
    type Checked = KMeansValidParams;
    type Error = KMeansError;

    fn check_ref(&self) -> Result<&KMeansValidParams, KMeansError> {
        let KMeansValidParams { clusters, runs, tolerance, max_iterations, draws: _ } = self.0;
        let counts = [("clusters", clusters), ("runs", runs), ("max_iterations", max_iterations)];
        match counts.into_iter().find(|(_, count)| *count == 0) {
            Some((name, _)) => Err(KMeansError::None(name)),
            None if tolerance >= 0.0 => Ok(&self.0),
            None => Err(KMeansError::Tolerance(tolerance)),
        }
    }

    fn check(self) -> Result<KMeansValidParams, KMeansError> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<D: Data<Elem = f64>, T> Fit<ArrayBase<D, Ix2>, T, KMeansError> for KMeansValidParams {
    type Object = KMeans;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<KMeans, KMeansError> {
        let rows = Rows::of(dataset.records().view(), dataset.weights())?;
        let mut draws = self.draws.clone();
        let mut start = Start::of(&rows);
        let until = Until { tolerance: self.tolerance, iterations: self.max_iterations };
        let mut best: Option<Run> = None;
        for _ in 0..self.runs {
            let centres = start.draw(self.clusters, &mut draws);
            let run = if rows.are_few() { few::run(&rows, centres, &until) } else { many::run(&rows, centres, &until) };
            if best.as_ref().is_none_or(|best| run.inertia < best.inertia) {
                best = Some(run);
            }
        }
        let Run { centres, inertia, iterations } = best.ok_or(KMeansError::None("runs"))?;
        Ok(KMeans { centroids: centres.to_array(), inertia, iterations })
    }
}

impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<usize>> for KMeans {
    fn predict_inplace(&self, points: &ArrayBase<D, Ix2>, clusters: &mut Array1<usize>) {
        assert_eq!(points.nrows(), clusters.len(), "a cluster for each point");
        let centres = Centres::of(&self.centroids);
        for (point, cluster) in points.rows().into_iter().zip(clusters) {
            *cluster = centres.nearest(&point).0;
        }
    }

    fn default_target(&self, points: &ArrayBase<D, Ix2>) -> Array1<usize> {
        Array1::zeros(points.nrows())
    }
}

/// When a run ends.
struct Until {
    tolerance: f64,
    iterations: usize,
}

/// What a run came to.
struct Run {
    centres: Centres,
    inertia: f64,
    iterations: usize,
}

#[cfg(test)]
mod tests;
