//! The settings of `asagao turnover`.
use clap::Subcommand;
use uuid::Uuid;

/// Commands on the drafts of next year.
#[derive(Subcommand, Debug)]
pub enum Turnover {
    /// List the newest draft of every school, with what stands against committing it.
    List,
    /// Make the draft of a school's next year, or bring the one that is there up to date with who came and left since.
    Start {
        /// The school; every school with classes that run today if not said.
        #[arg(long, value_name = "ID")]
        school: Option<Uuid>,
    },
    /// Commit drafts that nothing stands against; they take effect on the first day of their year. Exits with 1 if one was not committed.
    Commit {
        /// The school; every school with a draft if not said.
        #[arg(long, value_name = "ID")]
        school: Option<Uuid>,
    },
    /// Take a school's committed draft back as a whole, until the new year has records.
    Undo {
        /// The school.
        #[arg(long, value_name = "ID")]
        school: Uuid,
        /// Why: the trail keeps it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}
