//! Points, one after the other in memory.

use std::borrow::Cow;

use ndarray::ArrayView2;

use super::KMeansError;

/// The points that one thread looks at, one after the other: what is added up is added up in chunks of so many, on however many
/// threads.
pub(super) const CHUNK: usize = 2_048;

/// Points with their weights.
pub(super) struct Rows<'a> {
    values: Cow<'a, [f64]>,
    pub(super) weights: Vec<f64>,
    pub(super) columns: usize,
}

impl<'a> Rows<'a> {
    /// Refuses what is not finite, and no points.
    pub(super) fn of(points: ArrayView2<'a, f64>, weights: Option<&[f32]>) -> Result<Self, KMeansError> {
        let columns = points.ncols();
        let values: Cow<[f64]> = match points.to_slice() {
            Some(values) => Cow::Borrowed(values),
            None => Cow::Owned(points.iter().copied().collect()),
        };
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(KMeansError::NotFinite { row: at / columns, column: at % columns, value: values[at] });
        }
        let weights = weights.map_or_else(|| vec![1.0; points.nrows()], |given| given.iter().copied().map(f64::from).collect());
        if weights.len() != points.nrows() {
            return Err(linfa::Error::MismatchedShapes(points.nrows(), weights.len()).into());
        }
        if let Some(row) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
            #[expect(clippy::cast_possible_truncation, reason = "it was one")]
            return Err(KMeansError::Weight { row, weight: weights[row] as f32 });
        }
        if weights.iter().all(|weight| *weight == 0.0) {
            return Err(KMeansError::NoPoints);
        }
        Ok(Rows { values, weights, columns })
    }

    pub(super) fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether bounds cost more than they save.
    pub(super) fn are_few(&self) -> bool {
        self.len() <= CHUNK
    }

    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..][..self.columns]
    }
}
