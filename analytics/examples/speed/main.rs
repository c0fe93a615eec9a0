//! How fast the analysis is; `bin/benchmark` says what is asked and puts it beside scikit-learn.

mod cost;
mod kmeans;
mod made;
mod npy;
mod tables;

use std::env;
use std::hint::black_box;
use std::path::Path;

use asagao_analytics::{Settings, analyze};

use crate::cost::Cost;
use crate::made::{Size, class_of_records};

const USAGE: &str = "speed class COUNT | tables city|prefecture|nation PERCENT | export CLASSES DIR | points ROWS FILE
    | kmeans ours|linfa FILE CLUSTERS RUNS";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["class", count] => classes(number(count)),
        ["tables", size, percent] => tables::run(Size::named(size).expect(USAGE), number(percent)),
        ["export", classes, directory] => tables::export(number(classes), Path::new(directory)),
        ["points", rows, file] => kmeans::points(number(rows), Path::new(file)),
        ["kmeans", whose, file, clusters, runs] => kmeans::run(whose, Path::new(file), number(clusters), number(runs)),
        _ => panic!("{USAGE}"),
    }
}

fn number(word: &str) -> usize {
    word.parse().expect(USAGE)
}

/// Whole analyses of classes of 35 pupils with the records of 105 school days: today and the five school days before.
fn classes(count: usize) {
    let cohorts: Vec<_> = (0..count).map(class_of_records).collect();
    let cost = Cost::start();
    let mut digest = 0_u64;
    for cohort in &cohorts {
        let analysis = black_box(analyze(cohort, &Settings::default()).expect("made to be accepted"));
        digest = analysis.pupils.iter().fold(digest, |digest, pupil| digest.rotate_left(5) ^ pupil.score.to_bits());
    }
    cost.print("class", count, digest);
}
