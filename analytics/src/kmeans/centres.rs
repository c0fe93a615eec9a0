//! Centroids, laid so that a point is compared with several at once.

use ndarray::Array2;

use super::rows::Rows;

/// Centroids that are compared with a point at once: their coordinates lie side by side.
const LANES: usize = 4;

/// The centroids of one run.
#[derive(Clone)]
pub(crate) struct Centres {
    /// Blocks of centroids; of a block each coordinate of all of them. What fills the last block is infinitely far.
    blocks: Vec<[f64; LANES]>,
    pub(super) count: usize,
    pub(super) columns: usize,
}

/// The nearest of some centroids, and the second.
pub(super) struct Nearest {
    pub(super) cluster: usize,
    /// Squared.
    pub(super) distance: f64,
    /// Squared.
    pub(super) second: f64,
}

impl Centres {
    /// So many places, all infinitely far.
    pub(super) fn none(count: usize, columns: usize) -> Self {
        Centres { blocks: vec![[f64::INFINITY; LANES]; count.div_ceil(LANES) * columns], count, columns }
    }

    pub(crate) fn of(centroids: &Array2<f64>) -> Self {
        let mut centres = Centres::none(centroids.nrows(), centroids.ncols());
        for ((cluster, column), value) in centroids.indexed_iter() {
            *centres.at(cluster, column) = *value;
        }
        centres
    }

    pub(super) fn to_array(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.count, self.columns), |(cluster, column)| self.get(cluster, column))
    }

    pub(super) fn put(&mut self, cluster: usize, row: &[f64]) {
        row.iter().enumerate().for_each(|(column, value)| *self.at(cluster, column) = *value);
    }

    /// Puts each centroid at the mean of its points; one of none stays. Returns how far each has moved, squared.
    pub(super) fn move_to_means(&mut self, means: &Means, mut moved: impl FnMut(usize, f64)) {
        for (cluster, (sum, weight)) in means.sums.chunks_exact(self.columns.max(1)).zip(&means.weights).enumerate() {
            if *weight == 0.0 {
                moved(cluster, 0.0);
                continue;
            }
            let mut way = 0.0;
            for (column, sum) in sum.iter().enumerate() {
                let (place, mean) = (self.at(cluster, column), sum / weight);
                way += (mean - *place) * (mean - *place);
                *place = mean;
            }
            moved(cluster, way);
        }
    }

    /// The nearest, the first of equals, and its squared distance.
    #[inline]
    pub(crate) fn nearest<'a, R: ?Sized>(&self, row: &'a R) -> (usize, f64)
    where
        &'a R: IntoIterator<Item = &'a f64>,
    {
        let mut best = (0, f64::INFINITY);
        self.each(row, |cluster, distance| {
            if distance < best.1 {
                best = (cluster, distance);
            }
        });
        best
    }

    /// The nearest, the first of equals, and how far the second is.
    #[inline]
    pub(super) fn nearest_two(&self, row: &[f64]) -> Nearest {
        let mut best = Nearest { cluster: 0, distance: f64::INFINITY, second: f64::INFINITY };
        self.each(row, |cluster, distance| {
            if distance < best.distance {
                best = Nearest { cluster, distance, second: best.distance };
            } else if distance < best.second {
                best.second = distance;
            }
        });
        best
    }

    /// Squared distance to one of them.
    #[inline]
    pub(super) fn distance(&self, row: &[f64], cluster: usize) -> f64 {
        let block = &self.blocks[cluster / LANES * self.columns..][..self.columns];
        row.iter().zip(block).fold(0.0, |sum, (value, lanes)| {
            let apart = value - lanes[cluster % LANES];
            sum + apart * apart
        })
    }

    /// Squared distance to each of them, in their order; the infinitely far that fill the last block follow.
    #[inline]
    pub(crate) fn each<'a, R: ?Sized>(&self, row: &'a R, mut take: impl FnMut(usize, f64))
    where
        &'a R: IntoIterator<Item = &'a f64>,
    {
        if self.columns == 0 {
            return take(0, 0.0);
        }
        for (number, block) in self.blocks.chunks_exact(self.columns).enumerate() {
            let mut distances = [0.0; LANES];
            for (value, lanes) in row.into_iter().zip(block) {
                for (distance, lane) in distances.iter_mut().zip(lanes) {
                    let apart = value - lane;
                    *distance += apart * apart;
                }
            }
            for (lane, distance) in distances.into_iter().enumerate() {
                take(number * LANES + lane, distance);
            }
        }
    }

    /// Squared distance of each to the nearest of the others.
    pub(super) fn apart(&self) -> Vec<f64> {
        let mut row = vec![0.0; self.columns];
        let nearest = |cluster: usize| {
            row.iter_mut().enumerate().for_each(|(column, value)| *value = self.get(cluster, column));
            let mut nearest = f64::INFINITY;
            self.each(row.as_slice(), |other, distance| {
                if other != cluster {
                    nearest = nearest.min(distance);
                }
            });
            nearest
        };
        (0..self.count).map(nearest).collect()
    }

    fn at(&mut self, cluster: usize, column: usize) -> &mut f64 {
        &mut self.blocks[cluster / LANES * self.columns + column][cluster % LANES]
    }

    fn get(&self, cluster: usize, column: usize) -> f64 {
        self.blocks[cluster / LANES * self.columns + column][cluster % LANES]
    }
}

/// Sums of the points of each cluster, and their weights.
#[derive(Clone)]
pub(super) struct Means {
    sums: Vec<f64>,
    pub(super) weights: Vec<f64>,
    columns: usize,
}

impl Means {
    pub(super) fn none(count: usize, columns: usize) -> Self {
        Means { sums: vec![0.0; count * columns], weights: vec![0.0; count], columns }
    }

    pub(super) fn clear(&mut self) {
        self.sums.fill(0.0);
        self.weights.fill(0.0);
    }

    /// Counts a point to a cluster so many times; less than none takes it away.
    #[inline]
    pub(super) fn add(&mut self, cluster: usize, row: &[f64], weight: f64) {
        let sums = &mut self.sums[cluster * self.columns..][..self.columns];
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        self.weights[cluster] += weight;
    }

    pub(super) fn add_all(&mut self, others: &Means) {
        self.sums.iter_mut().zip(&others.sums).for_each(|(sum, other)| *sum += other);
        self.weights.iter_mut().zip(&others.weights).for_each(|(sum, other)| *sum += other);
    }

    /// Gives each cluster without points the point that lies the furthest from its centroid, the first of equals, and tells
    /// which; none where all lie at theirs.
    pub(super) fn fill(&mut self, rows: &Rows, centres: &Centres, mut member: impl FnMut(usize, Option<usize>) -> usize) {
        for empty in 0..self.weights.len() {
            if self.weights[empty] > 0.0 {
                continue;
            }
            let mut furthest = (0, 0.0);
            for row in (0..rows.len()).filter(|row| rows.weights[*row] > 0.0) {
                let own = member(row, None);
                let distance = centres.distance(rows.row(row), own);
                if distance > furthest.1 && self.weights[own] > rows.weights[row] {
                    furthest = (row, distance);
                }
            }
            let (row, distance) = furthest;
            if distance > 0.0 {
                let own = member(row, Some(empty));
                self.add(own, rows.row(row), -rows.weights[row]);
                self.add(empty, rows.row(row), rows.weights[row]);
            }
        }
    }
}
