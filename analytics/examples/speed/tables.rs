//! Cohorts × features, from a city to the nation: [`Model::fit`] and [`Model::judge`] of each class.

use std::path::Path;

use asagao_analytics::{Judged, Model};
use rayon::prelude::*;

use crate::cost::Cost;
use crate::made::{CLASSES, DOMAIN_OF, PUPILS, Size, class_as_rows, class_as_table};
use crate::npy;

const SEED: u64 = 7;

/// School by school: a thread holds no more than one school, and of a school that is done only its digest.
pub(crate) fn run(size: Size, percent: usize) {
    let classes = size.classes() * percent / 100;
    let cost = Cost::start();
    let school = |school: usize| {
        let tables: Vec<_> = (school * CLASSES..classes.min((school + 1) * CLASSES)).map(class_as_table).collect();
        let judged = tables.iter().map(|table| Model::fit(table, SEED).judge(table));
        judged.fold(0_u64, |digest, judged| digest.rotate_left(9) ^ digest_of(&judged))
    };
    let digests: Vec<u64> = (0..classes.div_ceil(CLASSES)).into_par_iter().map(school).collect();
    let digest = digests.into_iter().fold(0_u64, |all, digest| all.rotate_left(7) ^ digest);
    cost.print(&format!("{size:?}"), classes * PUPILS, digest);
}

fn digest_of(judged: &Judged) -> u64 {
    let scores = judged.rows.iter().map(|row| row.score.to_bits());
    scores.fold(judged.stability.to_bits(), |digest, score| digest.rotate_left(5) ^ score)
}

/// The tables of some classes, and what the model says of them: score, what the features alone add, agreement of the class.
pub(crate) fn export(classes: usize, directory: &Path) {
    let rows: Vec<f64> = (0..classes).flat_map(class_as_rows).flatten().collect();
    npy::write(&directory.join("tables.npy"), &rows, DOMAIN_OF.len());
    let mut said = Vec::new();
    for class in 0..classes {
        let table = class_as_table(class);
        let judged = Model::fit(&table, SEED).judge(&table);
        for row in &judged.rows {
            said.extend([row.score, row.features.iter().sum(), judged.stability]);
        }
    }
    npy::write(&directory.join("said.npy"), &said, 3);
}
