//! What would have to be different for the comparison not to name somebody.

use ndarray::{Array1, ArrayView1};

use crate::model::Model;
use crate::table::Table;

/// The features of a row that would have to be better, and how good, for its score to come down to `limit`, the model and
/// everybody else staying as they are; by number and on the table's scale. `None` where the row is at it already, or where
/// even the middle of everything that speaks for concern would not be enough.
///
/// One feature where one is enough, the weightiest of those, no better than the middle: the smallest value that somebody of
/// the table has and that is enough. Otherwise the weightiest features are put to the middle one after another, and the last
/// of them no further than needed (after Wachter, Mittelstadt and Russell 2018, *Counterfactual Explanations without Opening
/// the Black Box*).
pub(crate) fn counterfactual(model: &Model, table: &Table, row: usize, limit: f64) -> Option<Vec<(usize, f64)>> {
    let values = table.values.row(row);
    if model.score(values) <= limit {
        return None;
    }
    let concerns = model.concerns(values);
    let ways: Vec<(usize, Vec<f64>)> =
        concerns.into_iter().map(|feature| (feature, up_to_the_middle(table.values.column(feature), values[feature]))).collect();
    if let Some(one) =
        ways.iter().find_map(|(feature, better)| Some((*feature, enough(model, values, (*feature, better), limit)?)))
    {
        return Some(vec![one]);
    }
    let mut row: Array1<f64> = values.to_owned();
    let mut changes = Vec::new();
    for (feature, better) in ways {
        let Some(&middle) = better.last() else { continue };
        if let Some(value) = enough(model, row.view(), (feature, &better), limit) {
            changes.push((feature, value));
            return Some(changes);
        }
        row[feature] = middle;
        changes.push((feature, middle));
    }
    None
}

/// The first of some values, ascending, with which a row scores no more than `limit`.
fn enough(model: &Model, row: ArrayView1<f64>, (feature, values): (usize, &[f64]), limit: f64) -> Option<f64> {
    let mut changed = row.to_owned();
    let mut too_much = |value: &f64| {
        changed[feature] = *value;
        model.score(changed.view()) > limit
    };
    // The score never rises with a value. Mostly the best is not enough, and nothing between needs a look.
    let (best, others) = values.split_last()?;
    if too_much(best) {
        return None;
    }
    Some(*others.get(others.partition_point(too_much)).unwrap_or(best))
}

/// The values of a column that are better than one and no better than its middle, ascending.
fn up_to_the_middle(column: ArrayView1<f64>, than: f64) -> Vec<f64> {
    let mut values: Vec<f64> = column.iter().copied().filter(|value| !value.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.get(values.len() / 2).copied().unwrap_or(than);
    values.retain(|value| *value > than && *value <= middle);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty rows of two features in domains of their own; the first row is last in one of them, or in both.
    fn rows(second: f64) -> Table {
        let row = |row: u8| if row == 0 { vec![-1.0, second] } else { vec![f64::from(row), f64::from((row * 7) % 20)] };
        Table::new(&(0..20).map(row).collect::<Vec<_>>(), &[0, 1]).expect("a table")
    }

    fn changed(table: &Table, changes: &[(usize, f64)]) -> Array1<f64> {
        let mut row = table.values.row(0).to_owned();
        changes.iter().for_each(|(feature, value)| row[*feature] = *value);
        row
    }

    #[test]
    fn one_feature_is_named_where_it_is_enough_and_no_better_than_needed() {
        let table = rows(10.5);
        let model = Model::fit(&table, 1);
        let changes = counterfactual(&model, &table, 0, 0.55).expect("there is a way");
        let [(0, value)] = changes[..] else { panic!("{changes:?}") };
        assert!(model.score(changed(&table, &changes).view()) <= 0.55);
        assert!(model.score(changed(&table, &[(0, value - 1.0)]).view()) > 0.55, "{value}");
    }

    #[test]
    fn several_are_named_where_one_is_not_enough() {
        let table = rows(-1.0);
        let model = Model::fit(&table, 1);
        let changes = counterfactual(&model, &table, 0, 0.6).expect("there is a way");
        assert_eq!(changes.len(), 2);
        assert!(model.score(changed(&table, &changes).view()) <= 0.6);
        assert!(model.score(changed(&table, &changes[..1]).view()) > 0.6);
    }

    #[test]
    fn nothing_has_to_change_for_who_is_below_the_limit_and_nothing_helps_beyond_the_middle() {
        let table = rows(-1.0);
        let model = Model::fit(&table, 1);
        assert_eq!(counterfactual(&model, &table, 0, 0.99), None);
        assert_eq!(counterfactual(&model, &table, 0, 0.01), None);
    }
}
