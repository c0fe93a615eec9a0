//! The settings of `asagao retention`.
use asagao_graphql::retention::rule::KeptKind;
use clap::{Args, Subcommand};
use uuid::Uuid;

/// Commands on what is kept and let go.
#[derive(Subcommand, Debug)]
pub enum Retention {
    /// List what is due: by kind of record, school and school year, with how many pupils and records, and how many pupils a hold keeps.
    Due(OfWhat),
    /// Delete what is due, for good, in lots that are each whole: what was stopped half way goes on by the same command. Holds are kept.
    Delete {
        /// Which of it.
        #[command(flatten)]
        what: OfWhat,
        /// Tell what would go and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Which of it.
#[derive(Args, Debug)]
pub struct OfWhat {
    /// The school; every school if not said.
    #[arg(long, value_name = "ID")]
    pub school: Option<Uuid>,
    /// The kind of record, such as `mood` or `attendance-register`; every kind if not said.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<KeptKind>,
}

fn kind(text: &str) -> Result<KeptKind, String> {
    let names: Vec<String> = KeptKind::ALL.iter().map(|kind| kind.name().to_lowercase().replace('_', "-")).collect();
    KeptKind::of_name(&text.to_uppercase().replace('-', "_")).ok_or_else(|| format!("one of {}", names.join(", ")))
}
