//! Hamerly's bounds: most points are passed over without a look at their coordinates.

use rayon::prelude::*;

use super::centres::{Centres, Means, Nearest};
use super::rows::{CHUNK, Rows};
use super::{Run, Until};

/// So much more than rounding: a point is passed over only where its bounds leave no doubt, so that equal distances are decided
/// as by a look at all of them.
const DOUBT: f64 = 1.0 + 1e-9;

/// Some of the points, what is known of where they lie, and their sums.
struct Chunk {
    first: usize,
    points: Vec<Known>,
    means: Means,
    changed: bool,
    inertia: f64,
}

/// What is known of a point without a look at it.
#[derive(Clone, Copy)]
struct Known {
    cluster: usize,
    /// The most that its centroid can be away.
    own: f64,
    /// The least that any other can be away.
    other: f64,
}

/// How far centroids have moved in the last step.
struct Moved {
    of: Vec<f64>,
    /// Who has moved the furthest, how far, and how far any other at most.
    furthest: (usize, f64, f64),
}

/// From centroids to those at which no point changes its cluster, or as near as asked for.
pub(super) fn run(rows: &Rows, mut centres: Centres, until: &Until) -> Run {
    let mut chunks: Vec<Chunk> = (0..rows.len()).step_by(CHUNK).map(|first| Chunk::of(first, rows, &centres)).collect();
    let mut moved = None;
    let mut iterations = 0;
    while iterations < until.iterations {
        iterations += 1;
        let reach: Vec<f64> = centres.apart().into_iter().map(|apart| apart.sqrt() / 2.0).collect();
        chunks.par_iter_mut().for_each(|chunk| chunk.step(rows, &centres, moved.as_ref(), &reach));
        if !chunks.iter().any(|chunk| chunk.changed) {
            break;
        }
        let mut means = Means::none(centres.count, centres.columns);
        chunks.iter().for_each(|chunk| means.add_all(&chunk.means));
        if means.weights.contains(&0.0) {
            means.fill(rows, &centres, |row, to| give(rows, &mut chunks, row, to));
        }
        let mut of = vec![0.0; centres.count];
        centres.move_to_means(&means, |cluster, way| of[cluster] = way);
        let way = of.iter().sum::<f64>().sqrt();
        of.iter_mut().for_each(|way| *way = way.sqrt() * DOUBT);
        moved = Some(Moved::of(of));
        if way < until.tolerance {
            break;
        }
    }
    // Sums from which points were taken away are those of the points but for rounding; the last centroids are without it.
    chunks.par_iter_mut().for_each(|chunk| chunk.count(rows));
    let mut means = Means::none(centres.count, centres.columns);
    chunks.iter().for_each(|chunk| means.add_all(&chunk.means));
    centres.move_to_means(&means, |_, _| ());
    chunks.par_iter_mut().for_each(|chunk| chunk.measure(rows, &centres));
    Run { inertia: chunks.iter().map(|chunk| chunk.inertia).sum(), centres, iterations }
}

/// The cluster of a point, which is then another one's if so told.
fn give(rows: &Rows, chunks: &mut [Chunk], row: usize, to: Option<usize>) -> usize {
    let chunk = &mut chunks[row / CHUNK];
    let point = &mut chunk.points[row % CHUNK];
    let cluster = point.cluster;
    if let Some(to) = to {
        *point = Known { cluster: to, own: f64::INFINITY, other: 0.0 };
        chunk.means.add(cluster, rows.row(row), -rows.weights[row]);
        chunk.means.add(to, rows.row(row), rows.weights[row]);
    }
    cluster
}

impl Moved {
    fn of(of: Vec<f64>) -> Self {
        let mut furthest = (0, 0.0, 0.0);
        for (cluster, &way) in of.iter().enumerate() {
            if way > furthest.1 {
                furthest = (cluster, way, furthest.1);
            } else if way > furthest.2 {
                furthest.2 = way;
            }
        }
        Moved { of, furthest }
    }
}

impl Chunk {
    fn of(first: usize, rows: &Rows, centres: &Centres) -> Self {
        let unknown = Known { cluster: usize::MAX, own: f64::INFINITY, other: 0.0 };
        let points = vec![unknown; CHUNK.min(rows.len() - first)];
        Chunk { first, points, means: Means::none(centres.count, centres.columns), changed: false, inertia: 0.0 }
    }

    /// Counts the points that may have another nearest centroid now to it.
    fn step(&mut self, rows: &Rows, centres: &Centres, moved: Option<&Moved>, reach: &[f64]) {
        self.changed = false;
        for (row, known) in (self.first..).zip(&mut self.points) {
            if let Some(Moved { of, furthest }) = moved {
                known.own += of[known.cluster];
                known.other -= if known.cluster == furthest.0 { furthest.2 } else { furthest.1 };
                let sure = known.other.max(reach[known.cluster]);
                if known.own * DOUBT < sure {
                    continue;
                }
                // A look at its own centroid is often enough.
                known.own = centres.distance(rows.row(row), known.cluster).sqrt();
                if known.own * DOUBT < sure {
                    continue;
                }
            }
            let point = rows.row(row);
            let Nearest { cluster, distance, second } = centres.nearest_two(point);
            if cluster != known.cluster {
                self.changed = true;
                if known.cluster != usize::MAX {
                    self.means.add(known.cluster, point, -rows.weights[row]);
                }
                self.means.add(cluster, point, rows.weights[row]);
            }
            *known = Known { cluster, own: distance.sqrt(), other: second.sqrt() };
        }
    }

    /// Adds its points up anew.
    fn count(&mut self, rows: &Rows) {
        self.means.clear();
        for (row, known) in (self.first..).zip(&self.points) {
            self.means.add(known.cluster, rows.row(row), rows.weights[row]);
        }
    }

    fn measure(&mut self, rows: &Rows, centres: &Centres) {
        let places = self.first..self.first + self.points.len();
        self.inertia = places.map(|row| rows.weights[row] * centres.nearest(rows.row(row)).1).sum();
    }
}
