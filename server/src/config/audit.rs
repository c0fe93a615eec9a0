//! The settings of `asagao audit`.
use chrono::NaiveDate;
use clap::Subcommand;
use std::path::PathBuf;

/// Commands about the access log.
#[derive(Subcommand, Debug)]
pub enum Audit {
    /// Check that the log is as it was written: no entry removed, put in or altered. Tells what is wrong and exits with 1 if anything is.
    Verify {
        /// Ends of chains that were kept elsewhere (`asagao audit head`): they must still be there, so that nothing was cut off either.
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
    },
    /// Print the ends of all chains, a line each, to be kept where nobody who can write to the database can write.
    Head,
    /// Erase what entries before a day say. That it was done stays in the log.
    Clear {
        /// The first day that is kept.
        #[arg(long, value_name = "DATE")]
        before: NaiveDate,
    },
}
