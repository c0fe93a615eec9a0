//! Scores of every row of a table, class by class, and again by models fitted to resamples.

use std::collections::HashSet;

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

use crate::draw::bag;
use crate::group::Trait;
use crate::level::Level;
use crate::model::Model;
use crate::settings::{Error, Settings};
use crate::table::{Judged, Table};

/// A table and the cohorts in which its rows are compared: all that scores are made of.
#[derive(Clone, Debug)]
pub struct Features {
    table: Table,
    /// The rows of each cohort.
    cohorts: Vec<Vec<usize>>,
}

/// What was found about the rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// One for each row of the table, in that order.
    pub rows: Vec<ScoredRow>,
    /// The scores of all rows by models fitted to resamples of each cohort, a list for each time.
    pub resampled: Vec<Vec<f64>>,
    /// The scores of all rows by models fitted to the same rows with other seeds, a list for each seed.
    pub reseeded: Vec<Vec<f64>>,
}

/// What was found about one row.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredRow {
    /// Concern from 0 to 1, 0.5 at the middle of the cohort.
    pub score: f64,
    /// As of a class of which no rule speaks.
    pub level: Level,
    /// The rows it is alike; `None` when it could not be compared or is like too few others.
    pub alike: Option<Alike>,
    /// Share of the repeated groupings, 0 to 1, in which it fell in with this group.
    pub certainty: f64,
}

/// A group of rows alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// Its place in its cohort, from 0, that of most concern first; among those of the whole table in a small cohort.
    pub place: usize,
    /// The domains, by number, in which it lies apart from the middle; the furthest first.
    pub traits: Vec<Trait<usize>>,
}

/// A cohort of fewer rows is compared with the whole table, as a class of fewer is with its grade.
const OWN_COMPARISON: usize = 15;

/// How often models are fitted to resamples.
const RESAMPLES: usize = 20;

/// How many other seeds are tried.
const SEEDS: usize = 5;

impl Features {
    /// A table and the cohort of each of its rows, numbered from 0 without gaps. Refuses another number of cohorts than rows.
    pub fn new(table: Table, cohort_of: &[usize]) -> Result<Self, Error> {
        if cohort_of.len() != table.rows() {
            return Err(Error::Cohorts { rows: table.rows(), found: cohort_of.len() });
        }
        let mut cohorts = vec![vec![]; cohort_of.iter().max().map_or(0, |last| last + 1)];
        for (row, &cohort) in cohort_of.iter().enumerate() {
            cohorts[cohort].push(row);
        }
        Ok(Features { table, cohorts })
    }

    /// The rows of each cohort.
    #[must_use]
    pub fn cohorts(&self) -> &[Vec<usize>] {
        &self.cohorts
    }

    /// The models that are needed: one for each cohort that is compared by itself, and one for all others together.
    fn comparisons(&self) -> Vec<Comparison> {
        let (small, own): (Vec<usize>, Vec<usize>) =
            (0..self.cohorts.len()).partition(|cohort| self.cohorts[*cohort].len() < OWN_COMPARISON);
        let mut comparisons: Vec<Comparison> =
            own.into_iter().map(|cohort| Comparison { with: vec![cohort], of: vec![cohort] }).collect();
        if !small.is_empty() {
            comparisons.push(Comparison { with: (0..self.cohorts.len()).collect(), of: small });
        }
        comparisons
    }
}

/// What one model is fitted to, and of whom it speaks; cohorts by number.
struct Comparison {
    with: Vec<usize>,
    of: Vec<usize>,
}

/// Rows to fit models to, by cohort, and the seed of the models.
struct Refit {
    rows: Vec<Vec<usize>>,
    seed: u64,
}

/// Scores every row as [`analyze`](crate::analyze) scores pupils, each cohort as a class; a cohort of fewer than 15 rows is
/// compared with the whole table. Levels are by `settings.capacity` of each cohort. Refuses settings without meaning.
pub fn score(features: &Features, settings: &Settings) -> Result<Scored, Error> {
    settings.check()?;
    let comparisons = features.comparisons();
    let judge = |comparison: &Comparison| {
        let with = features.table.select(&rows_of(&comparison.with, &features.cohorts));
        Model::fit(&with, settings.seed).judge(&with)
    };
    let judged: Vec<Judged> = comparisons.par_iter().map(judge).collect();
    let mut rows: Vec<Option<ScoredRow>> = vec![None; features.table.rows()];
    for (comparison, judged) in comparisons.iter().zip(&judged) {
        let spoken_of: HashSet<usize> = comparison.of.iter().copied().collect();
        // Where each cohort begins among the rows that are compared.
        let mut begins = 0;
        for cohort in &comparison.with {
            let members = &features.cohorts[*cohort];
            if spoken_of.contains(cohort) {
                let places: Vec<usize> = (begins..begins + members.len()).collect();
                let levels = judged.levels(&places, settings);
                for ((&row, place), level) in members.iter().zip(places).zip(levels) {
                    rows[row] = Some(ScoredRow::of(judged, place, level));
                }
            }
            begins += members.len();
        }
    }
    let mut again = score_again(features, &comparisons, &refits(features, settings));
    let reseeded = again.split_off(RESAMPLES);
    let rows = rows.into_iter().map(|row| row.expect("every cohort is in one comparison")).collect();
    Ok(Scored { rows, resampled: again, reseeded })
}

impl ScoredRow {
    fn of(judged: &Judged, place: usize, level: Level) -> Self {
        let row = &judged.rows[place];
        let alike = row.group.map(|group| Alike { place: group, traits: judged.groups[group].traits.clone() });
        ScoredRow { score: row.score, level, alike, certainty: row.certainty }
    }
}

/// First those with resamples of each cohort, then those with other seeds.
fn refits(features: &Features, settings: &Settings) -> Vec<Refit> {
    let mut draws = Xoshiro256Plus::seed_from_u64(settings.seed);
    let mut resample = |members: &Vec<usize>| -> Vec<usize> {
        bag(members.len(), members.len(), &mut draws).into_iter().map(|place| members[place]).collect()
    };
    let mut refits: Vec<Refit> = (0..RESAMPLES)
        .map(|_| Refit { rows: features.cohorts.iter().map(&mut resample).collect(), seed: settings.seed })
        .collect();
    refits.extend((0..SEEDS).map(|_| Refit { rows: features.cohorts.clone(), seed: draws.next_u64() }));
    refits
}

/// The scores of all rows by each of the refits.
fn score_again(features: &Features, comparisons: &[Comparison], refits: &[Refit]) -> Vec<Vec<f64>> {
    let jobs = refits.len() * comparisons.len();
    let score = |job: usize| {
        let (refit, comparison) = (&refits[job / comparisons.len()], &comparisons[job % comparisons.len()]);
        let model = Model::fit(&features.table.select(&rows_of(&comparison.with, &refit.rows)), refit.seed);
        model.scores(&features.table.select(&rows_of(&comparison.of, &features.cohorts)))
    };
    let found: Vec<Vec<f64>> = (0..jobs).into_par_iter().map(score).collect();
    let mut scores = vec![vec![f64::NAN; features.table.rows()]; refits.len()];
    for (job, found) in found.into_iter().enumerate() {
        let rows = rows_of(&comparisons[job % comparisons.len()].of, &features.cohorts);
        for (row, score) in rows.into_iter().zip(found) {
            scores[job / comparisons.len()][row] = score;
        }
    }
    scores
}

fn rows_of(cohorts: &[usize], rows: &[Vec<usize>]) -> Vec<usize> {
    cohorts.iter().flat_map(|cohort| rows[*cohort].iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::real;

    /// Rows that differ in two domains, by numbers.
    fn table(rows: usize) -> Table {
        let row = |row: usize| vec![real(row * 7 % 31), real(row * 11 % 17), real(row % 5)];
        Table::new(&(0..rows).map(row).collect::<Vec<_>>(), &[0, 1, 1]).expect("three to a row")
    }

    fn scored(rows: usize, cohort_of: &[usize]) -> Scored {
        let features = Features::new(table(rows), cohort_of).expect("one cohort a row");
        score(&features, &Settings::default()).expect("plain settings")
    }

    fn alone(rows: &[usize], of: usize) -> Vec<u64> {
        let table = table(of).select(rows);
        Model::fit(&table, Settings::default().seed).scores(&table).iter().map(|score| score.to_bits()).collect()
    }

    #[test]
    fn a_cohort_is_compared_by_itself_and_a_small_one_with_the_whole_table() {
        // Twenty, twenty and ten, one after another.
        let cohort_of: Vec<usize> = (0..50).map(|row| row % 5 / 2).collect();
        let found = scored(50, &cohort_of);
        let bits = |row: usize| found.rows[row].score.to_bits();
        for cohort in [0, 1] {
            let members: Vec<usize> = (0..50).filter(|row| cohort_of[*row] == cohort).collect();
            assert_eq!(members.iter().map(|row| bits(*row)).collect::<Vec<_>>(), alone(&members, 50));
        }
        let all = alone(&(0..50).collect::<Vec<_>>(), 50);
        for row in (0..50).filter(|row| cohort_of[*row] == 2) {
            assert_eq!(bits(row), all[row]);
        }
        assert!(found.resampled.iter().chain(&found.reseeded).flatten().all(|score| score.is_finite()));
    }

    #[test]
    fn the_same_comes_out_again() {
        let cohort_of: Vec<usize> = (0..40).map(|row| row % 2).collect();
        assert_eq!(scored(40, &cohort_of), scored(40, &cohort_of));
    }

    #[test]
    fn a_model_fitted_to_a_resample_differs_and_keeps_the_order_roughly() {
        let found = scored(60, &[0; 60]);
        let first = &found.resampled[0];
        assert!(found.rows.iter().zip(first).any(|(row, again)| row.score.to_bits() != again.to_bits()));
        assert!(found.rows.iter().zip(first).all(|(row, again)| (row.score - again).abs() < 0.4));
    }

    #[test]
    fn another_number_of_cohorts_is_refused() {
        assert_eq!(Features::new(table(3), &[0, 0]).expect_err("one too few"), Error::Cohorts { rows: 3, found: 2 });
    }
}
