//! Points to pupils who may need individual support, with reasons that a teacher can check.
//!
//! Numbers in, numbers out: no clock, no files, no database, and the same input gives the same output, bit for bit.
//! [`analyze`] is the way in; [`FEATURES`] and [`DOMAINS`] say what is looked at. [`evaluate`] judges the same method on tables whose
//! outcomes are known.

mod additive;
mod analysis;
mod assessment;
mod attended;
mod clustering;
mod cohort;
mod counterfactual;
mod domain;
mod draw;
pub mod effect;
pub mod evaluate;
mod feature;
mod group;
mod kmeans;
mod level;
mod model;
mod rank;
mod reading;
mod rule;
mod seen;
mod settings;
mod table;
mod window;

/// The model's version: another one may score the same records otherwise. Raise its number with whatever changes a score, a level or a
/// group.
pub const VERSION: &str = concat!("asagao-analytics ", env!("CARGO_PKG_VERSION"), " model 3");

pub use analysis::analyze;
pub use assessment::{Analysis, Assessment, Change, Line, Source, Withheld};
pub use cohort::{Assignment, Attendance, Attended, Cohort, DayTotals, History, MoodOn, Work};
pub use domain::{DOMAINS, Domain, DomainId};
pub use feature::{FEATURES, Feature, FeatureId, Orientation, Unit};
pub use group::{Before, Group, Side, Trait};
pub use kmeans::{KMeans, KMeansError, KMeansParams, KMeansValidParams};
pub use level::Level;
pub use model::Model;
pub use rule::{RULES, Rule, RuleId, RuleKind, Thresholds};
pub use settings::{EARLIER_SCHOOL_DAYS, Error, Settings, WINDOW_SCHOOL_DAYS};
pub use table::{Judged, Judgement, Table};
