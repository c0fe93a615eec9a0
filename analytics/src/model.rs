//! The two readings of one table, fitted: the additive score and the clustering of its domains.

use ndarray::{Array1, Array2, ArrayView1, Axis};

use crate::additive::Additive;
use crate::clustering::{Clustering, by_content};
use crate::group::Partition;
use crate::table::{Judged, Judgement, Table};

/// A model fitted to the rows of a table. It can be applied to any rows of the same features, those or others.
pub struct Model {
    additive: Additive,
    clustering: Clustering,
}

/// What a model says of one row.
struct Reading {
    /// What each feature adds to the sum.
    features: Vec<f64>,
    /// What membership in a low group adds to it.
    membership: f64,
    /// The row by domains; `None` where nothing of it can be compared.
    point: Option<Array1<f64>>,
}

impl Model {
    /// Fits a model; the same rows, in whatever order, and the same seed give the same model.
    #[must_use]
    pub fn fit(table: &Table, seed: u64) -> Self {
        let additive = Additive::fit(&table.values, &table.domain_of);
        let points: Vec<Array1<f64>> =
            table.values.rows().into_iter().filter_map(|row| point(&additive, additive.scores(row).view())).collect();
        let points = stacked(points.iter(), additive.domain_count());
        // What is the same for all is no dimension to be alike in.
        let points = points.select(Axis(1), additive.differing());
        let clustering = Clustering::fit(&points, additive.weight(), seed);
        Model { additive, clustering }
    }

    /// The score of each row, 0 to 1, higher for more concern, as in [`Judgement::score`].
    #[must_use]
    pub fn scores(&self, table: &Table) -> Vec<f64> {
        table.values.rows().into_iter().map(|row| self.score(row)).collect()
    }

    /// In how many domains the rows differ that it was fitted to.
    pub(crate) fn differing_domains(&self) -> usize {
        self.additive.differing().len()
    }

    /// The score of one row.
    pub(crate) fn score(&self, values: ArrayView1<f64>) -> f64 {
        self.read(values).score()
    }

    /// The features that speak for concern in a row, what adds the most first.
    pub(crate) fn concerns(&self, values: ArrayView1<f64>) -> Vec<usize> {
        let lines = self.read(values).features;
        let mut concerns: Vec<usize> = (0..lines.len()).filter(|&feature| lines[feature] > 0.0).collect();
        concerns.sort_by(|&a, &b| lines[b].total_cmp(&lines[a]));
        concerns
    }

    /// What the model says of each row of a table, and which of its rows are alike.
    #[must_use]
    pub fn judge(&self, table: &Table) -> Judged {
        let readings: Vec<Reading> = table.values.rows().into_iter().map(|row| self.read(row)).collect();
        let compared: Vec<usize> = (0..readings.len()).filter(|&row| readings[row].point.is_some()).collect();
        let points = stacked(readings.iter().filter_map(|reading| reading.point.as_ref()), self.additive.domain_count());
        let mut judged = Judged {
            rows: readings.into_iter().map(Reading::judgement).collect(),
            groups: vec![],
            stability: 0.0,
            compared: compared.len(),
            differing: self.differing_domains(),
        };
        // Groups are counted in an order of the points' own, so the rows' order does not matter.
        let order = by_content(&points);
        let points = points.select(Axis(0), &order);
        let differing = points.select(Axis(1), self.additive.differing());
        if let Some(partition) = Partition::agree(&self.clustering.memberships(&differing)) {
            let (groups, partition) = partition.describe(&points);
            for (point, &place) in order.iter().enumerate() {
                let row = &mut judged.rows[compared[place]];
                row.group = partition.group[point];
                row.certainty = partition.certainty[point];
            }
            judged.groups = groups;
            judged.stability = partition.stability;
        }
        judged
    }

    fn read(&self, values: ArrayView1<f64>) -> Reading {
        self.read_scores(self.additive.scores(values).view())
    }

    fn read_scores(&self, scores: ArrayView1<f64>) -> Reading {
        let point = point(&self.additive, scores);
        let differing = |point: &Array1<f64>| point.select(Axis(0), self.additive.differing());
        let membership = point.as_ref().map_or(0.0, |point| self.clustering.term(differing(point).view()));
        Reading { features: self.additive.contributions(scores), membership, point }
    }
}

impl Reading {
    /// Everything together; above 0 for more concern than at the middle.
    fn sum(&self) -> f64 {
        self.features.iter().sum::<f64>() + self.membership
    }

    /// The sum on a scale from 0 to 1, the same map for every cohort.
    fn score(&self) -> f64 {
        1.0 / (1.0 + (-2.0 * self.sum()).exp())
    }

    /// The same, before groups are known.
    fn judgement(self) -> Judgement {
        Judgement {
            score: self.score(),
            sum: self.sum(),
            membership: self.membership,
            group: None,
            certainty: 0.0,
            features: self.features,
        }
    }
}

/// Domain scores of a row; 0, the middle, where a domain is not observed, and `None` where no feature is.
fn point(additive: &Additive, scores: ArrayView1<f64>) -> Option<Array1<f64>> {
    let compared = scores.iter().any(|score| !score.is_nan());
    compared.then(|| additive.domains(scores).mapv_into(|domain| if domain.is_nan() { 0.0 } else { domain }))
}

fn stacked<'a>(points: impl Iterator<Item = &'a Array1<f64>>, domains: usize) -> Array2<f64> {
    let mut stacked = Array2::zeros((0, domains));
    points.for_each(|point| stacked.push_row(point.view()).expect("a point has one place a domain"));
    stacked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clustering::TERM_BOUND;

    const DOMAIN_OF: [usize; 5] = [0, 0, 1, 1, 2];

    fn tables() -> impl Strategy<Value = Array2<f64>> {
        let value = prop_oneof![4 => (0_u8..6).prop_map(f64::from), 4 => 0.0..6.0, 1 => Just(f64::NAN)];
        prop::collection::vec(value, 40..200).prop_map(|values| {
            let rows = values.len() / DOMAIN_OF.len();
            Array2::from_shape_vec((rows, 5), values[..rows * 5].to_vec()).expect("five to a row")
        })
    }

    fn table(values: &Array2<f64>) -> Table {
        Table::of(values.clone(), DOMAIN_OF.to_vec())
    }

    #[test]
    fn a_row_scores_alike_with_those_it_was_fitted_with_and_alone() {
        let values = Array2::from_shape_fn((30, 5), |(row, column)| crate::rank::real((row * 7 + column * 11) % 13 + row));
        let all = table(&values);
        let model = Model::fit(&all, 3);
        let judged = model.judge(&all);
        for (row, score) in model.scores(&all).into_iter().enumerate() {
            assert_eq!(model.scores(&all.select(&[row]))[0].to_bits(), score.to_bits());
            assert_eq!(judged.rows[row].score.to_bits(), score.to_bits());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_feature_that_is_the_same_for_all_changes_no_bit(values in tables(), same in 0.0..9.0, place in 0_usize..4, seed: u64) {
            // A domain of its own among the others, and one more feature of the first.
            let mut columns: Vec<Array1<f64>> = values.columns().into_iter().map(|column| column.to_owned()).collect();
            let mut domain_of: Vec<usize> = DOMAIN_OF.map(|domain| domain + usize::from(domain >= place)).to_vec();
            for domain in [place, usize::from(place == 0)] {
                columns.push(Array1::from_elem(values.nrows(), same));
                domain_of.push(domain);
            }
            let views: Vec<_> = columns.iter().map(Array1::view).collect();
            let padded = Table::of(ndarray::stack(Axis(1), &views).expect("columns of one length"), domain_of);
            let (plain, padded) = (Model::fit(&table(&values), seed).judge(&table(&values)), Model::fit(&padded, seed).judge(&padded));
            for (plain, padded) in plain.rows.iter().zip(&padded.rows) {
                prop_assert_eq!(plain.score.to_bits(), padded.score.to_bits());
                prop_assert_eq!((plain.group, plain.certainty.to_bits()), (padded.group, padded.certainty.to_bits()));
            }
        }

        #[test]
        fn a_worse_feature_never_lowers_the_sum(values in tables(), drop in 0.0..4.0, seed: u64) {
            let model = Model::fit(&table(&values), seed);
            for row in values.rows() {
                let before = model.read(row).sum();
                for feature in 0..row.len() {
                    let mut worse = row.to_owned();
                    worse[feature] -= drop;
                    prop_assert!(model.read(worse.view()).sum() >= before - 1e-12);
                }
            }
        }

        #[test]
        fn a_worse_standing_never_lowers_the_sum(values in tables(), drop in 0.0..4.0, seed: u64) {
            let model = Model::fit(&table(&values), seed);
            for row in values.rows() {
                let scores = model.additive.scores(row);
                let before = model.read_scores(scores.view()).sum();
                for feature in 0..scores.len() {
                    let mut worse = scores.clone();
                    worse[feature] -= drop;
                    prop_assert!(model.read_scores(worse.view()).sum() >= before - 1e-12);
                }
            }
        }

        #[test]
        fn an_unobserved_domain_is_neutral(values in tables(), seed: u64) {
            let model = Model::fit(&table(&values), seed);
            for row in values.rows() {
                let mut unmarked = model.additive.scores(row);
                unmarked[4] = f64::NAN;
                let mut middling = unmarked.clone();
                middling[4] = 0.0;
                let (unmarked, middling) = (model.read_scores(unmarked.view()), model.read_scores(middling.view()));
                prop_assert_eq!(unmarked.features, middling.features);
            }
        }

        #[test]
        fn a_pupil_at_the_middle_of_everything_scores_one_half(values in tables(), seed: u64) {
            let middle = Array1::zeros(DOMAIN_OF.len());
            let score = Model::fit(&table(&values), seed).read_scores(middle.view()).score();
            prop_assert!((score - 0.5).abs() < 1e-12);
        }

        #[test]
        fn the_group_stays_a_small_part(values in tables(), seed: u64) {
            let table = table(&values);
            for row in Model::fit(&table, seed).judge(&table).rows {
                prop_assert!((0.0..=TERM_BOUND).contains(&row.membership));
                prop_assert!((0.0..=1.0).contains(&row.score));
            }
        }
    }
}
