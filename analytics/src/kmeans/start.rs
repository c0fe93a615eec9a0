//! Where a run starts: k-means++.

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::RngCore;
use rayon::prelude::*;

use super::centres::Centres;
use super::rows::{CHUNK, Rows};

/// What is needed to draw the centroids of a run.
pub(super) struct Start<'a> {
    rows: &'a Rows<'a>,
    /// Of each point, its squared distance to the nearest centroid that is drawn.
    nearest: Vec<f64>,
    /// Of each chunk, how likely it holds the next one.
    chances: Vec<f64>,
    /// The candidates for a place.
    candidates: Vec<usize>,
    /// Of each chunk, how much distance would be left with each candidate.
    left: Vec<f64>,
}

impl<'a> Start<'a> {
    pub(super) fn of(rows: &'a Rows<'a>) -> Self {
        let (nearest, chances) = (vec![0.0; rows.len()], vec![0.0; rows.len().div_ceil(CHUNK)]);
        Start { rows, nearest, chances, candidates: Vec::new(), left: Vec::new() }
    }

    /// Points drawn one after the other, each as likely as it lies far (squared) from those before; where none lies apart from
    /// them, the first.
    pub(super) fn draw(&mut self, clusters: usize, draws: &mut Xoshiro256Plus) -> Centres {
        let columns = self.rows.columns;
        let mut centres = Centres::none(clusters, columns);
        self.nearest.fill(1.0);
        self.weigh(None);
        let candidates = candidates(clusters);
        let mut tried = Centres::none(candidates, columns);
        for cluster in 0..clusters {
            let place = if cluster == 0 {
                let first = self.point(draws);
                self.nearest.fill(f64::INFINITY);
                first
            } else {
                self.candidates.clear();
                for candidate in 0..candidates {
                    let point = self.point(draws);
                    self.candidates.push(point);
                    tried.put(candidate, self.rows.row(point));
                }
                let best = self.leaves_least(&tried);
                self.candidates[best]
            };
            centres.put(cluster, self.rows.row(place));
            if cluster + 1 < clusters {
                self.weigh(Some(self.rows.row(place)));
            }
        }
        centres
    }

    /// A point, as likely as its weight times its distance.
    fn point(&self, draws: &mut Xoshiro256Plus) -> usize {
        let total: f64 = self.chances.iter().sum();
        let mut left = share(draws) * total;
        let mut chunk = 0;
        while chunk + 1 < self.chances.len() && left >= self.chances[chunk] {
            left -= self.chances[chunk];
            chunk += 1;
        }
        let first = chunk * CHUNK;
        let mut last = 0;
        for row in first..self.rows.len().min(first + CHUNK) {
            let chance = self.nearest[row] * self.rows.weights[row];
            if chance > 0.0 {
                last = row;
                if left < chance {
                    break;
                }
                left -= chance;
            }
        }
        last
    }

    /// Takes one more centroid into account.
    fn weigh(&mut self, drawn: Option<&[f64]>) {
        let rows = self.rows;
        let one = |(number, (nearest, chance)): (usize, (&mut [f64], &mut f64))| {
            *chance = 0.0;
            for (row, nearest) in (number * CHUNK..).zip(nearest) {
                if let Some(drawn) = drawn {
                    *nearest = nearest.min(apart(rows.row(row), drawn));
                }
                *chance += *nearest * rows.weights[row];
            }
        };
        if rows.are_few() {
            self.nearest.chunks_mut(CHUNK).zip(&mut self.chances).enumerate().for_each(one);
        } else {
            self.nearest.par_chunks_mut(CHUNK).zip(&mut self.chances).enumerate().for_each(one);
        }
    }

    /// The candidate with which the least distance would be left, the first of equals.
    fn leaves_least(&mut self, tried: &Centres) -> usize {
        let rows = self.rows;
        self.left.clear();
        self.left.resize(self.chances.len() * tried.count, 0.0);
        let one = |(number, (nearest, left)): (usize, (&[f64], &mut [f64]))| {
            for (row, nearest) in (number * CHUNK..).zip(nearest) {
                let weight = rows.weights[row];
                tried.each(rows.row(row), |candidate, distance| {
                    if let Some(left) = left.get_mut(candidate) {
                        *left += weight * distance.min(*nearest);
                    }
                });
            }
        };
        if rows.are_few() {
            self.nearest.chunks(CHUNK).zip(self.left.chunks_mut(tried.count)).enumerate().for_each(one);
        } else {
            self.nearest.par_chunks(CHUNK).zip(self.left.par_chunks_mut(tried.count)).enumerate().for_each(one);
        }
        let left = |candidate: usize| self.left.iter().skip(candidate).step_by(tried.count).sum::<f64>();
        (1..tried.count).fold((0, left(0)), |best, next| if left(next) < best.1 { (next, left(next)) } else { best }).0
    }
}

/// Candidates for each place, after Arthur and Vassilvitskii's own program: 2 + ln k.
fn candidates(clusters: usize) -> usize {
    2 + usize::try_from(clusters.ilog2() * 7 / 10).expect("a few")
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + (a - b) * (a - b))
}

/// From 0 to below 1.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn share(draws: &mut Xoshiro256Plus) -> f64 {
    (draws.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}
