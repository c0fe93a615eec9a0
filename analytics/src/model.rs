//! The two readings of one table, fitted: the additive score and the clustering of its domains.

use ndarray::{Array1, Array2, ArrayView1, Axis};

use crate::additive::Additive;
use crate::clustering::Clustering;
use crate::settings::Error;

/// A model fitted to a table of pupils × features, and the table in its terms.
pub(crate) struct Model {
    additive: Additive,
    clustering: Clustering,
    /// Normal scores, pupils × features; `NaN` where not observed or where the cohort does not differ.
    scores: Array2<f64>,
}

/// What a model says of one pupil.
pub(crate) struct Reading {
    /// What each feature adds to the sum.
    pub(crate) features: Vec<f64>,
    /// What membership in a low group adds to it.
    pub(crate) group: f64,
}

impl Model {
    /// Fits a table of pupils × features, higher being better and `NaN` not observed, whose columns belong to domains.
    pub(crate) fn fit(table: &Array2<f64>, domain_of: &[usize], seed: u64) -> Self {
        let (additive, scores) = Additive::fit(table, domain_of);
        let unfitted = Model { additive, clustering: Clustering::default(), scores };
        let points = unfitted.points(&unfitted.compared());
        Model { clustering: Clustering::fit(&points, unfitted.additive.weight(), seed), ..unfitted }
    }

    /// The pupils of whom anything can be compared.
    pub(crate) fn compared(&self) -> Vec<usize> {
        (0..self.scores.nrows()).filter(|&pupil| is_compared(self.scores.row(pupil))).collect()
    }

    /// Domain scores of some pupils, pupils × domains; 0, the middle, where a domain is not observed.
    pub(crate) fn points(&self, pupils: &[usize]) -> Array2<f64> {
        let mut points = Array2::zeros((pupils.len(), self.additive.domain_count()));
        for (mut point, &pupil) in points.rows_mut().into_iter().zip(pupils) {
            point.assign(&self.point(self.scores.row(pupil)));
        }
        points
    }

    /// The nearest cluster of each point, for each of the clusterings.
    pub(crate) fn memberships(&self, points: &Array2<f64>) -> Vec<Vec<usize>> {
        self.clustering.memberships(points)
    }

    /// What the model says of each pupil of the table.
    pub(crate) fn readings(&self) -> Vec<Reading> {
        self.scores.axis_iter(Axis(0)).map(|scores| self.read(scores)).collect()
    }

    fn read(&self, scores: ArrayView1<f64>) -> Reading {
        let group = if is_compared(scores) { self.clustering.term(self.point(scores).view()) } else { 0.0 };
        Reading { features: self.additive.contributions(scores), group }
    }

    fn point(&self, scores: ArrayView1<f64>) -> Array1<f64> {
        self.additive.domains(scores).mapv_into(|domain| if domain.is_nan() { 0.0 } else { domain })
    }
}

impl Reading {
    /// Everything together; above 0 for more concern than at the middle.
    pub(crate) fn sum(&self) -> f64 {
        self.features.iter().sum::<f64>() + self.group
    }

    /// The sum on a scale from 0 to 1, the same map for every cohort.
    pub(crate) fn score(&self) -> f64 {
        1.0 / (1.0 + (-2.0 * self.sum()).exp())
    }
}

fn is_compared(scores: ArrayView1<f64>) -> bool {
    scores.iter().any(|score| !score.is_nan())
}

/// Scores the rows of any table as [`analyze`](crate::analyze) scores pupils: for judging the method on other records.
///
/// Every row has one value a column, higher being better and `NaN` not observed; `domain_of` numbers each column's domain
/// from 0 without gaps. Answers one score a row, 0 to 1, higher for more concern. Refuses rows of another length.
///
/// ```
/// let table = [vec![3.0, 0.9], vec![1.0, 0.2], vec![2.0, f64::NAN]];
/// let scores = asagao_analytics::score_table(&table, &[0, 1], 1)?;
/// assert!(scores[1] > scores[2] && scores[2] > scores[0]);
/// # Ok::<(), asagao_analytics::Error>(())
/// ```
pub fn score_table(table: &[Vec<f64>], domain_of: &[usize], seed: u64) -> Result<Vec<f64>, Error> {
    let expected = domain_of.len();
    if let Some((row, values)) = table.iter().enumerate().find(|(_, values)| values.len() != expected) {
        return Err(Error::Table { row, found: values.len(), expected });
    }
    let table = Array2::from_shape_fn((table.len(), expected), |(row, column)| table[row][column]);
    Ok(Model::fit(&table, domain_of, seed).readings().iter().map(Reading::score).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DOMAIN_OF: [usize; 5] = [0, 0, 1, 1, 2];

    fn tables() -> impl Strategy<Value = Array2<f64>> {
        let value = prop_oneof![4 => (0_u8..6).prop_map(f64::from), 4 => 0.0..6.0, 1 => Just(f64::NAN)];
        prop::collection::vec(value, 40..200).prop_map(|values| {
            let rows = values.len() / DOMAIN_OF.len();
            Array2::from_shape_vec((rows, 5), values[..rows * 5].to_vec()).expect("five to a row")
        })
    }

    #[test]
    fn the_middle_of_every_feature_scores_one_half() {
        let table: Vec<Vec<f64>> = (0..11_u8).map(|row| vec![f64::from(row), f64::from(row)]).collect();
        let scores = score_table(&table, &[0, 1], 1).expect("a table");
        assert!((scores[5] - 0.5).abs() < 1e-12, "{scores:?}");
        assert!(scores.is_sorted_by(|worse, better| worse > better));
    }

    #[test]
    fn what_nobody_can_be_compared_by_scores_one_half() {
        assert_eq!(score_table(&[vec![2.0], vec![2.0], vec![f64::NAN]], &[0], 1), Ok(vec![0.5; 3]));
        assert_eq!(score_table(&[], &[0], 1), Ok(vec![]));
        assert_eq!(score_table(&[vec![]], &[], 1), Ok(vec![0.5]));
    }

    #[test]
    fn a_ragged_table_is_refused() {
        let refused = score_table(&[vec![1.0], vec![]], &[0], 1);
        assert_eq!(refused, Err(Error::Table { row: 1, found: 0, expected: 1 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_worse_feature_never_lowers_the_sum(table in tables(), drop in 0.0..4.0, seed: u64) {
            let model = Model::fit(&table, &DOMAIN_OF, seed);
            for row in model.scores.rows() {
                let before = model.read(row).sum();
                for feature in 0..row.len() {
                    let mut worse = row.to_owned();
                    worse[feature] -= drop;
                    prop_assert!(model.read(worse.view()).sum() >= before - 1e-12);
                }
            }
        }

        #[test]
        fn an_unobserved_domain_is_neutral(table in tables(), seed: u64) {
            let model = Model::fit(&table, &DOMAIN_OF, seed);
            for row in model.scores.rows() {
                let mut unmarked = row.to_owned();
                unmarked[4] = f64::NAN;
                let mut middling = row.to_owned();
                middling[4] = 0.0;
                let (unmarked, middling) = (model.read(unmarked.view()), model.read(middling.view()));
                prop_assert_eq!(unmarked.features, middling.features);
            }
        }

        #[test]
        fn a_pupil_at_the_middle_of_everything_scores_one_half(table in tables(), seed: u64) {
            let middle = Array1::zeros(DOMAIN_OF.len());
            let score = Model::fit(&table, &DOMAIN_OF, seed).read(middle.view()).score();
            prop_assert!((score - 0.5).abs() < 1e-12);
        }

        #[test]
        fn the_group_stays_a_small_part(table in tables(), seed: u64) {
            for reading in Model::fit(&table, &DOMAIN_OF, seed).readings() {
                prop_assert!((0.0..=0.2).contains(&reading.group));
                prop_assert!((0.0..=1.0).contains(&reading.score()));
            }
        }
    }
}
