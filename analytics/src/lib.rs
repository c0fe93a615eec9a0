//! Points to pupils who may need individual support, with reasons that a teacher can check.
//!
//! Numbers in, numbers out: no clock, no files, no database, and the same input gives the same output, bit for bit.
//! [`analyze`] is the way in; [`FEATURES`] and [`DOMAINS`] say what is looked at. [`evaluate`] judges the same method on tables whose
//! outcomes are known.

mod additive;
mod analysis;
mod attended;
mod clustering;
mod cohort;
mod domain;
mod draw;
pub mod effect;
pub mod evaluate;
mod feature;
mod group;
mod level;
mod model;
mod rank;
mod seen;
mod settings;
mod table;

pub use analysis::{Analysis, Assessment, Line, Source, Withheld, analyze};
pub use cohort::{Assignment, Attendance, Attended, Cohort, DayTotals, History, MoodOn, Work};
pub use domain::{DOMAINS, Domain, DomainId};
pub use feature::{FEATURES, Feature, FeatureId, Orientation, Unit};
pub use group::{Group, Side, Trait};
pub use level::{Level, Rule};
pub use model::Model;
pub use settings::{Error, Settings, WINDOW_SCHOOL_DAYS};
pub use table::{Judged, Judgement, Table};
