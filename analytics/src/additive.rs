//! The additive score: features to domains to a weighted sum, monotone in every feature.

use ndarray::{Array1, Array2, ArrayView1};

use crate::rank::{Ranks, real};

/// Features by domain, what they are ranked among, and the weight of a domain.
pub(crate) struct Additive {
    /// The cohort's values of each feature; `None` where it does not differ.
    ranks: Vec<Option<Ranks>>,
    /// How much each feature counts within its domain: √ of the share of pairs it tells apart, 0 where the cohort does not
    /// differ. One mark in which half the class is alike is half as sure of anybody's place.
    shares: Vec<f64>,
    /// Domain of each feature.
    domain_of: Vec<usize>,
    domains: usize,
    /// The domains in which the cohort differs at all.
    differing: Vec<usize>,
    /// Weight of one domain: one over their number.
    weight: f64,
}

impl Additive {
    /// Keeps what a table (pupils × features, higher is better, `NaN` = not observed) is ranked among.
    pub(crate) fn fit(table: &Array2<f64>, domain_of: &[usize]) -> Self {
        let ranks: Vec<Option<Ranks>> = table.columns().into_iter().map(|column| Ranks::of(column.iter().copied())).collect();
        let domains = domain_of.iter().max().map_or(0, |last| last + 1);
        let differs = |domain| ranks.iter().zip(domain_of).any(|(ranks, of)| *of == domain && ranks.is_some());
        let differing: Vec<usize> = (0..domains).filter(|domain| differs(*domain)).collect();
        let shares = ranks.iter().map(|ranks| ranks.as_ref().map_or(0.0, |ranks| ranks.resolution().sqrt())).collect();
        let weight = 1.0 / real(differing.len().max(1));
        Additive { ranks, shares, domain_of: domain_of.to_vec(), domains, differing, weight }
    }

    /// The standings of one pupil's values; a feature in which the cohort does not differ is `NaN`, so that it does not
    /// water down its domain.
    pub(crate) fn scores(&self, values: ArrayView1<f64>) -> Array1<f64> {
        let score = |(value, ranks): (&f64, &Option<Ranks>)| ranks.as_ref().map_or(f64::NAN, |ranks| ranks.standing(*value));
        values.iter().zip(&self.ranks).map(score).collect()
    }

    pub(crate) fn domain_count(&self) -> usize {
        self.domains
    }

    pub(crate) fn differing(&self) -> &[usize] {
        &self.differing
    }

    pub(crate) fn weight(&self) -> f64 {
        self.weight
    }

    /// The mean of each domain's observed features, weighted by their shares; `NaN` where none is.
    pub(crate) fn domains(&self, scores: ArrayView1<f64>) -> Array1<f64> {
        let (sums, shares) = self.sums(scores);
        sums.iter().zip(shares).map(|(sum, share)| sum / share).collect()
    }

    /// What each feature adds to the concern, −weight · share · score / shares observed of its domain; 0 where not observed.
    pub(crate) fn contributions(&self, scores: ArrayView1<f64>) -> Vec<f64> {
        let (_, observed) = self.sums(scores);
        let line = |((score, &domain), share): ((&f64, &usize), &f64)| {
            // Added to zero so that no line reads −0.
            if score.is_nan() { 0.0 } else { 0.0 - self.weight * share * score / observed[domain] }
        };
        scores.iter().zip(&self.domain_of).zip(&self.shares).map(line).collect()
    }

    /// Of each domain the sum of the observed scores by their shares, and the sum of those shares.
    fn sums(&self, scores: ArrayView1<f64>) -> (Vec<f64>, Vec<f64>) {
        let mut sums = vec![0.0; self.domains];
        let mut observed = vec![0.0; self.domains];
        for ((&score, &domain), &share) in scores.iter().zip(&self.domain_of).zip(&self.shares) {
            if !score.is_nan() {
                sums[domain] += share * score;
                observed[domain] += share;
            }
        }
        (sums, observed)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_domain_is_the_mean_of_what_is_observed_by_what_it_tells_apart() {
        let table = array![[3.0, 1.0, 1.0], [2.0, 0.0, f64::NAN], [1.0, f64::NAN, 2.0], [0.0, 0.0, 3.0]];
        let additive = Additive::fit(&table, &[0, 0, 1]);
        let scores = additive.scores(table.row(0));
        let domains = additive.domains(scores.view());
        // Four different values tell 3/4 of the pairs apart, one of three 4/9.
        let (first, second) = (0.75_f64.sqrt(), (4.0_f64 / 9.0).sqrt());
        assert!((domains[0] - (first * scores[0] + second * scores[1]) / (first + second)).abs() < 1e-12);
        assert!(additive.domains(additive.scores(table.row(1)).view())[1].is_nan());
        assert!((additive.weight() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn contributions_are_the_weighted_domains_with_the_sign_turned() {
        let table = array![[3.0, 5.0, 1.0], [2.0, 4.0, 9.0], [1.0, 6.0, 2.0]];
        let additive = Additive::fit(&table, &[0, 0, 1]);
        for row in table.rows() {
            let scores = additive.scores(row);
            let sum: f64 = additive.contributions(scores.view()).iter().sum();
            assert!((sum + additive.weight() * additive.domains(scores.view()).sum()).abs() < 1e-12);
        }
    }

    #[test]
    fn a_constant_feature_changes_nothing() {
        let lines = |table: &Array2<f64>, domain_of: &[usize]| {
            let additive = Additive::fit(table, domain_of);
            let first = |row| additive.contributions(additive.scores(row).view())[0].to_bits();
            table.rows().into_iter().map(first).collect::<Vec<u64>>()
        };
        let padded = array![[3.0, 7.0], [2.0, 7.0], [1.0, 7.0]];
        let without = lines(&array![[3.0], [2.0], [1.0]], &[0]);
        assert_eq!(lines(&padded, &[0, 0]), without);
        assert_eq!(lines(&padded, &[0, 1]), without);
    }
}
