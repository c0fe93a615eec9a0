//! Some days of a pupil: what the records of many pupils are loaded by.
use crate::error::{Error, Result};
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;

/// Some days of a pupil, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The pupil.
    pub pupil: Uuid,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Span {
    /// The span, or what is wrong with the days.
    pub fn new(pupil: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Self> {
        if !(0..=366).contains(&(to - from).num_days()) {
            return Err(Error::BadInput("`to` is before `from` or more than 366 days after it".into()));
        }
        Ok(Span { pupil, from, to })
    }

    /// The pupils of each stretch of days: one statement each.
    pub(crate) fn by_days(spans: impl Iterator<Item = Span>) -> HashMap<(NaiveDate, NaiveDate), Vec<Uuid>> {
        let mut pupils: HashMap<(NaiveDate, NaiveDate), Vec<Uuid>> = HashMap::new();
        spans.for_each(|span| pupils.entry((span.from, span.to)).or_default().push(span.pupil));
        pupils
    }
}
