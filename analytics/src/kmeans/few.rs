//! Lloyd's algorithm as it stands, for few points.

use super::centres::{Centres, Means};
use super::rows::Rows;
use super::{Run, Until};

/// From centroids to those at which no point changes its cluster, or as near as asked for.
pub(super) fn run(rows: &Rows, mut centres: Centres, until: &Until) -> Run {
    let mut members = vec![usize::MAX; rows.len()];
    let mut means = Means::none(centres.count, centres.columns);
    for iteration in 1..=until.iterations {
        let (changed, inertia) = assign(rows, &centres, &mut members, &mut means);
        if !changed {
            return Run { centres, inertia, iterations: iteration };
        }
        if means.weights.contains(&0.0) {
            means.fill(rows, &centres, |row, to| to.map_or(members[row], |to| std::mem::replace(&mut members[row], to)));
        }
        let mut way = 0.0;
        centres.move_to_means(&means, |_, moved| way += moved);
        if way.sqrt() < until.tolerance {
            return Run { inertia: inertia_of(rows, &centres), centres, iterations: iteration };
        }
    }
    Run { inertia: inertia_of(rows, &centres), centres, iterations: until.iterations }
}

/// Counts each point to its nearest centroid. Whether any is another's than before, and the sum of the squared distances.
fn assign(rows: &Rows, centres: &Centres, members: &mut [usize], means: &mut Means) -> (bool, f64) {
    means.clear();
    let (mut changed, mut inertia) = (false, 0.0);
    for (row, (member, weight)) in members.iter_mut().zip(&rows.weights).enumerate() {
        let point = rows.row(row);
        let (cluster, distance) = centres.nearest(point);
        changed |= *member != cluster;
        *member = cluster;
        means.add(cluster, point, *weight);
        inertia += weight * distance;
    }
    (changed, inertia)
}

fn inertia_of(rows: &Rows, centres: &Centres) -> f64 {
    (0..rows.len()).map(|row| rows.weights[row] * centres.nearest(rows.row(row)).1).sum()
}
