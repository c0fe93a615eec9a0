//! The additive score: features to domains to a weighted sum, monotone in every feature.

use ndarray::{Array1, Array2, ArrayView1};

use crate::rank::{normal_scores, real};

/// Features by domain, and the weight of a domain.
pub(crate) struct Additive {
    /// Domain of each feature.
    domain_of: Vec<usize>,
    domains: usize,
    /// Weight of one domain: one over the number of domains in which the cohort differs at all.
    weight: f64,
}

impl Additive {
    /// Ranks a table (pupils × features, higher is better, `NaN` = not observed) into normal scores of the same shape, in
    /// which a feature that does not differ is `NaN` throughout, so that it does not water down its domain.
    pub(crate) fn fit(table: &Array2<f64>, domain_of: &[usize]) -> (Self, Array2<f64>) {
        let mut scores = Array2::from_elem(table.dim(), f64::NAN);
        let domains = domain_of.iter().max().map_or(0, |last| last + 1);
        let mut compared = vec![false; domains];
        for (feature, column) in table.columns().into_iter().enumerate() {
            if let Some(normal) = normal_scores(&column.to_vec()) {
                scores.column_mut(feature).assign(&Array1::from(normal));
                compared[domain_of[feature]] = true;
            }
        }
        let count = compared.iter().filter(|compared| **compared).count();
        let weight = 1.0 / real(count.max(1));
        (Additive { domain_of: domain_of.to_vec(), domains, weight }, scores)
    }

    pub(crate) fn domain_count(&self) -> usize {
        self.domains
    }

    pub(crate) fn weight(&self) -> f64 {
        self.weight
    }

    /// The mean of each domain's observed features; `NaN` where none is.
    pub(crate) fn domains(&self, scores: ArrayView1<f64>) -> Array1<f64> {
        let (sums, counts) = self.sums(scores);
        sums.iter().zip(counts).map(|(sum, count)| sum / real(count)).collect()
    }

    /// What each feature adds to the concern, −weight · score / observed features of its domain; 0 where not observed.
    pub(crate) fn contributions(&self, scores: ArrayView1<f64>) -> Vec<f64> {
        let (_, counts) = self.sums(scores);
        let share = |(score, &domain): (&f64, &usize)| {
            // Added to zero so that no line reads −0.
            if score.is_nan() { 0.0 } else { 0.0 - self.weight * score / real(counts[domain]) }
        };
        scores.iter().zip(&self.domain_of).map(share).collect()
    }

    fn sums(&self, scores: ArrayView1<f64>) -> (Vec<f64>, Vec<usize>) {
        let mut sums = vec![0.0; self.domains];
        let mut counts = vec![0; self.domains];
        for (&score, &domain) in scores.iter().zip(&self.domain_of) {
            if !score.is_nan() {
                sums[domain] += score;
                counts[domain] += 1;
            }
        }
        (sums, counts)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_domain_is_the_mean_of_what_is_observed() {
        let table = array![[3.0, 3.0, 1.0], [2.0, 2.0, f64::NAN], [1.0, f64::NAN, 2.0]];
        let (additive, scores) = Additive::fit(&table, &[0, 0, 1]);
        let domains = additive.domains(scores.row(0));
        assert!((domains[0] - f64::midpoint(scores[[0, 0]], scores[[0, 1]])).abs() < 1e-12);
        assert!(additive.domains(scores.row(1))[1].is_nan());
        assert!((additive.weight() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn contributions_are_the_weighted_domains_with_the_sign_turned() {
        let table = array![[3.0, 5.0, 1.0], [2.0, 4.0, 9.0], [1.0, 6.0, 2.0]];
        let (additive, scores) = Additive::fit(&table, &[0, 0, 1]);
        for row in scores.rows() {
            let sum: f64 = additive.contributions(row).iter().sum();
            assert!((sum + additive.domains(row).sum() / 2.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_constant_feature_changes_nothing() {
        let (without, scores) = Additive::fit(&array![[3.0], [2.0], [1.0]], &[0]);
        let (with, padded) = Additive::fit(&array![[3.0, 7.0], [2.0, 7.0], [1.0, 7.0]], &[0, 0]);
        for pupil in 0..3 {
            assert_eq!(without.contributions(scores.row(pupil))[0].to_bits(), with.contributions(padded.row(pupil))[0].to_bits());
        }
        let (other_domain, _) = Additive::fit(&array![[3.0, 7.0], [2.0, 7.0], [1.0, 7.0]], &[0, 1]);
        assert_eq!(other_domain.weight().to_bits(), without.weight().to_bits());
    }
}
