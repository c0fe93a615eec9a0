//! Judging the method on a table whose outcomes are known.
//!
//! [`score`] is given the [`Features`] and nothing else; [`figures`] compares what it found with the [`Outcomes`]. Labels and
//! what is audited are in the one type only, so that they cannot reach a model.

mod audit;
mod figures;
mod flagged;
mod ranking;
mod scoring;
mod single;

pub use audit::Disparity;
pub use figures::{Figure, Figures, Outcomes, figures};
pub use flagged::disparities;
pub use scoring::{Alike, Features, Scored, ScoredRow, score};
pub use single::found_by;
