//! What an evaluation prints.
use super::judging::Judging;
use super::table::Read;
use asagao_analytics::Settings;
use asagao_analytics::evaluate::{Disparity, Figures};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The figures of an evaluation, as they are printed; `null` where a figure is not defined.
#[derive(Serialize, Debug)]
pub struct Report {
    rows: usize,
    labelled: usize,
    labels_without_row: usize,
    cohorts: usize,
    roc_auc: Option<f64>,
    roc_auc_within: Option<f64>,
    average_precision: Option<f64>,
    precision_at_10: Option<f64>,
    precision_at_20: Option<f64>,
    recall_at_20: Option<f64>,
    stability_bootstrap_jaccard: Option<f64>,
    stability_seed_jaccard: Option<f64>,
    intervals: Intervals,
    audit: BTreeMap<String, Vec<Pair>>,
    capacity: f64,
    seed: u64,
    version: &'static str,
    features: BTreeMap<String, Vec<String>>,
    passed_over: Vec<String>,
    seconds: f64,
}

#[derive(Serialize, Debug)]
struct Intervals {
    roc_auc: Option<[f64; 2]>,
    roc_auc_within: Option<[f64; 2]>,
    average_precision: Option<[f64; 2]>,
    precision_at_10: Option<[f64; 2]>,
    precision_at_20: Option<[f64; 2]>,
    recall_at_20: Option<[f64; 2]>,
}

/// How the rows of one value differ in being flagged from those of another, or of all others (`null`).
#[derive(Serialize, Debug)]
struct Pair {
    value: String,
    against: Option<String>,
    flag_difference: Option<f64>,
    flag_difference_interval: Option<[f64; 2]>,
    recall_difference: Option<f64>,
    recall_difference_interval: Option<[f64; 2]>,
}

impl Report {
    pub(super) fn of(table: &Read, judging: Judging, figures: &Figures, settings: &Settings, took: Duration) -> Self {
        let audit = judging.audited.into_iter().zip(&figures.audit);
        let differences = |((column, values), pairs): ((String, Vec<String>), &Vec<Disparity>)| {
            let differences = pairs.iter().map(|pair| Pair::of(pair, &values)).collect();
            (column, differences)
        };
        Report {
            rows: table.ids.len(),
            labelled: figures.labelled,
            labels_without_row: judging.labels_without_row,
            cohorts: table.features.cohorts().len(),
            roc_auc: figures.roc_auc.value,
            roc_auc_within: figures.roc_auc_within.value,
            average_precision: figures.average_precision.value,
            precision_at_10: figures.precision_at_10.value,
            precision_at_20: figures.precision_at_20.value,
            recall_at_20: figures.recall_at_20.value,
            stability_bootstrap_jaccard: figures.stability_bootstrap,
            stability_seed_jaccard: figures.stability_seed,
            intervals: Intervals {
                roc_auc: figures.roc_auc.interval,
                roc_auc_within: figures.roc_auc_within.interval,
                average_precision: figures.average_precision.interval,
                precision_at_10: figures.precision_at_10.interval,
                precision_at_20: figures.precision_at_20.interval,
                recall_at_20: figures.recall_at_20.interval,
            },
            audit: audit.map(differences).collect(),
            capacity: settings.capacity,
            seed: settings.seed,
            version: asagao_analytics::VERSION,
            features: table.used.iter().cloned().collect(),
            passed_over: table.passed_over.clone(),
            seconds: (took.as_secs_f64() * 1000.0).round() / 1000.0,
        }
    }
}

impl Pair {
    fn of(pair: &Disparity, values: &[String]) -> Self {
        Pair {
            value: values[pair.value].clone(),
            against: pair.against.map(|other| values[other].clone()),
            flag_difference: pair.flagged.value,
            flag_difference_interval: pair.flagged.interval,
            recall_difference: pair.recall.value,
            recall_difference_interval: pair.recall.interval,
        }
    }
}
