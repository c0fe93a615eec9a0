//! Tables of features, whatever they are of, and what a model says of their rows.

use ndarray::Array2;

use crate::group::Group;
use crate::level::{Candidate, Level, levels};
use crate::settings::{Error, Settings};

/// Rows to compare, by features of any name: what a [`Model`](crate::Model) is fitted and applied to.
#[derive(Clone, Debug)]
pub struct Table {
    /// Rows × features, higher is better, `NaN` = not observed.
    pub(crate) values: Array2<f64>,
    /// Domain of each feature.
    pub(crate) domain_of: Vec<usize>,
}

/// What a model says of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// One for each row, in that order.
    pub rows: Vec<Judgement>,
    /// Groups of rows alike, the one of most concern first; a domain is named by its number.
    pub groups: Vec<Group<usize>>,
    /// How far the repeated groupings agree, 0 (not at all, or nothing to group) to 1: their mean adjusted Rand index.
    pub stability: f64,
    /// Rows of which anything was observed in which those that the model was fitted to differ.
    pub compared: usize,
    /// In how many domains the rows differ that the model was fitted to.
    pub differing: usize,
}

/// Kinds of records (domains) in which pupils differ, below which a plain rule says as much as a comparison.
pub(crate) const FEWEST_DOMAINS: usize = 2;

/// What a model says of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Concern from 0 to 1, 0.5 at the middle of those compared: 1 / (1 + exp(−2 · sum)).
    pub score: f64,
    /// Everything together; above 0 for more concern than at the middle.
    pub sum: f64,
    /// What each feature adds to the sum; 0 where it is not observed.
    pub features: Vec<f64>,
    /// What membership in a low group adds to the sum.
    pub membership: f64,
    /// Place in [`Judged::groups`]; `None` when the row could not be compared or is like too few others.
    pub group: Option<usize>,
    /// Share of the repeated groupings, 0 to 1, in which the row fell in with this group.
    pub certainty: f64,
}

impl Table {
    /// A table of rows with one value a column, higher being better and `NaN` not observed; `domain_of` numbers each
    /// column's domain from 0 without gaps. Refuses rows of another length.
    ///
    /// ```
    /// use asagao_analytics::{Model, Table};
    ///
    /// let table = Table::new(&[vec![3.0, 0.9], vec![1.0, 0.2], vec![2.0, f64::NAN]], &[0, 1])?;
    /// let model = Model::fit(&table, 1);
    /// let scores = model.scores(&table);
    /// assert!(scores[1] > scores[2] && scores[2] > scores[0]);
    /// // Somebody who was not among them.
    /// assert!(model.scores(&Table::new(&[vec![1.5, 0.1]], &[0, 1])?)[0] > scores[2]);
    /// # Ok::<(), asagao_analytics::Error>(())
    /// ```
    pub fn new(rows: &[Vec<f64>], domain_of: &[usize]) -> Result<Self, Error> {
        let expected = domain_of.len();
        if let Some((row, values)) = rows.iter().enumerate().find(|(_, values)| values.len() != expected) {
            return Err(Error::Table { row, found: values.len(), expected });
        }
        let values = Array2::from_shape_fn((rows.len(), expected), |(row, column)| rows[row][column]);
        Ok(Table::of(values, domain_of.to_vec()))
    }

    /// A table of values that are already in shape.
    pub(crate) fn of(values: Array2<f64>, domain_of: Vec<usize>) -> Self {
        Table { values, domain_of }
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.nrows()
    }

    /// Some of its rows by their numbers, also several times.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Table { values: self.values.select(ndarray::Axis(0), rows), domain_of: self.domain_of.clone() }
    }
}

impl Judged {
    /// The levels of some rows as of a class of which no rule speaks; the others are those it is compared with.
    ///
    /// As many as `settings.capacity` of these rows, begun places counted whole; nobody where fewer than `settings.min_cohort` rows or fewer
    /// than half of them are compared, or they differ in one domain alone, as in [`Withheld`](crate::Withheld).
    #[must_use]
    pub fn levels(&self, of: &[usize], settings: &Settings) -> Vec<Level> {
        if self.compared < settings.min_cohort || 2 * self.compared < self.rows.len() || self.differing < FEWEST_DOMAINS {
            return vec![Level::None; of.len()];
        }
        let candidate = |&row: &usize| Candidate { score: self.rows[row].score, in_class: true, settled: true, rule: false };
        levels(&[of.iter().map(candidate).collect()], settings.capacity).iter().map(|given| given.level).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Model;

    fn judge(rows: &[Vec<f64>], domain_of: &[usize]) -> Judged {
        let table = Table::new(rows, domain_of).expect("a table");
        Model::fit(&table, 1).judge(&table)
    }

    #[test]
    fn the_middle_of_every_feature_scores_one_half() {
        let table: Vec<Vec<f64>> = (0..11_u8).map(|row| vec![f64::from(row), f64::from(row)]).collect();
        let rows = judge(&table, &[0, 1]).rows;
        assert!((rows[5].score - 0.5).abs() < 1e-12, "{rows:?}");
        assert!(rows.is_sorted_by(|worse, better| worse.score > better.score));
    }

    #[test]
    fn what_nobody_can_be_compared_by_scores_one_half() {
        let scores = |rows: &[Vec<f64>], domain_of: &[usize]| -> Vec<f64> {
            judge(rows, domain_of).rows.iter().map(|row| row.score).collect()
        };
        assert_eq!(scores(&[vec![2.0], vec![2.0], vec![f64::NAN]], &[0]), [0.5; 3]);
        assert!(scores(&[], &[0]).is_empty());
        assert_eq!(scores(&[vec![]], &[]), [0.5]);
    }

    #[test]
    fn a_ragged_table_is_refused() {
        let refused = Table::new(&[vec![1.0], vec![]], &[0]).expect_err("the second row is empty");
        assert_eq!(refused, Error::Table { row: 1, found: 0, expected: 1 });
    }

    #[test]
    fn levels_are_of_those_asked_for_and_of_nobody_among_too_few() {
        let mut table: Vec<Vec<f64>> = (0..20_u8).map(|row| vec![f64::from(row), f64::from(row)]).collect();
        let (judged, settings) = (judge(&table, &[0, 1]), Settings { capacity: 0.5, ..Settings::default() });
        assert_eq!(judged.levels(&[18, 1, 0, 19], &settings), [Level::None, Level::Watch, Level::Support, Level::None]);
        assert_eq!(judge(&table, &[0, 0]).levels(&[0], &settings), [Level::None], "one kind of record");
        assert_eq!(judge(&table[..5], &[0, 1]).levels(&[0], &settings), [Level::None], "five rows");
        table.extend(vec![vec![f64::NAN; 2]; 21]);
        assert_eq!(judge(&table, &[0, 1]).levels(&[0], &settings), [Level::None], "most rows are empty");
    }
}
