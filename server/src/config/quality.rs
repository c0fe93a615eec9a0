//! The settings of `asagao quality`.
use clap::Args;
use std::path::PathBuf;

/// Whose figures, of which year.
#[derive(Args, Debug, Clone)]
pub struct Quality {
    /// The 学校コード or id of a school.
    #[arg(long, value_name = "CODE", required_unless_present = "board", conflicts_with = "board")]
    pub school: Option<String>,
    /// Every school of the board together.
    #[arg(long)]
    pub board: bool,
    /// The school year by the year of its April; the one that runs if not said.
    #[arg(long, value_parser = clap::value_parser!(i32).range(2000..2099))]
    pub year: Option<i32>,
    /// A CSV file in UTF-8 with the columns pupil (the id) and attribute: whether the groups are flagged alike. It is read and not stored.
    #[arg(long, value_name = "FILE")]
    pub attributes: Option<PathBuf>,
}
