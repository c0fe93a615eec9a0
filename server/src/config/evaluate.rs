//! The settings of `asagao evaluate`.
use clap::Args;
use std::path::PathBuf;

/// What to evaluate.
#[derive(Args, Debug, Clone)]
pub struct Evaluate {
    /// The table: CSV in UTF-8 with a header and a row for each pupil, also compressed (gzip). Empty cells, `NaN` and `NA` are not observed.
    #[arg(value_name = "TABLE")]
    pub table: PathBuf,
    /// What the columns are, in a TOML file: `id`, `cohort`, `label`, `audit`, `higher_is` (better or worse) and the `[domains]` with their
    /// columns; see docs/model.md. Columns that it does not name are ignored; those that the table does not have are passed over.
    #[arg(long, value_name = "FILE")]
    pub spec: PathBuf,
    /// The outcomes, instead of the table's label column: CSV with the columns `row` (the id) and `label` (0 or 1).
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// Share of the rows, above 0 and up to 1, that can be looked after: for the levels, of each cohort; for the audit, of all rows.
    #[arg(long, default_value_t = 0.2, value_parser = share)]
    pub capacity: f64,
    /// Write every row's score, level and group into this CSV file, in the order of the table.
    #[arg(long, value_name = "FILE")]
    pub scores: Option<PathBuf>,
    /// Where chance begins: the same seed gives the same figures.
    #[arg(long, default_value_t = asagao_analytics::Settings::default().seed)]
    pub seed: u64,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "it is a share above 0 and up to 1, such as 0.2".into())
}
