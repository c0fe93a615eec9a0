//! A class read on one school day: what is observed of each pupil, the model fitted to it, and what the model says.

use ndarray::Array2;

use crate::assessment::{Change, Line, Source, Withheld};
use crate::cohort::{Cohort, DayTotals, History, Work};
use crate::counterfactual::counterfactual;
use crate::feature::{FEATURES, Feature};
use crate::group::{Group, continued};
use crate::level::{Candidate, places};
use crate::model::Model;
use crate::rank::median;
use crate::seen::Seen;
use crate::settings::Settings;
use crate::table::{FEWEST_DOMAINS, Judged, Judgement, Table};

/// A class as of one school day.
pub(crate) struct Reading {
    pub(crate) cohort: Cohort,
    /// Every pupil's value of each of [`FEATURES`].
    values: Vec<Vec<Option<f64>>>,
    /// The same, turned so that higher is better.
    table: Table,
    model: Model,
}

impl Reading {
    pub(crate) fn of(cohort: Cohort, settings: &Settings) -> Self {
        let seen = Seen::all(&cohort);
        let values: Vec<Vec<Option<f64>>> =
            seen.iter().map(|seen| FEATURES.iter().map(|feature| feature.value(seen)).collect()).collect();
        let table = Table::of(
            Array2::from_shape_fn((values.len(), FEATURES.len()), |(pupil, feature)| {
                values[pupil][feature].map_or(f64::NAN, |value| FEATURES[feature].oriented(value))
            }),
            FEATURES.iter().map(|feature| feature.domain as usize).collect(),
        );
        let model = Model::fit(&table, settings.seed);
        Reading { cohort, values, table, model }
    }

    pub(crate) fn judged(&self) -> Judged {
        self.model.judge(&self.table)
    }

    /// The score of each pupil.
    pub(crate) fn scores(&self) -> Vec<f64> {
        self.model.scores(&self.table)
    }

    /// Who can be named by the comparison on that day, by their scores; nobody where there are too few days.
    pub(crate) fn candidates(&self, scores: &[f64], settings: &Settings) -> Vec<Candidate> {
        let pupils = self.cohort.pupils.iter().zip(scores);
        let candidate = |(pupil, &score): (&History, &f64)| Candidate {
            score,
            in_class: pupil.in_class,
            settled: self.cohort.school_days.saturating_sub(pupil.first_day) >= settings.min_school_days,
            rule: false,
        };
        pupils.map(candidate).collect()
    }

    /// Why nobody is given a level, if so.
    pub(crate) fn withheld(&self, judged: &Judged, settings: &Settings) -> Option<Withheld> {
        let recorded = self.cohort.pupils.iter().filter(|pupil| pupil.is_recorded()).count();
        if self.cohort.school_days < settings.min_school_days {
            Some(Withheld::TooFewSchoolDays)
        } else if judged.compared < settings.min_cohort {
            Some(Withheld::CohortTooSmall)
        } else if 2 * recorded < self.cohort.pupils.len() || judged.differing < FEWEST_DOMAINS {
            Some(Withheld::TooLittleRecorded)
        } else {
            None
        }
    }

    /// The class's middle of each of [`FEATURES`]; of everybody compared when the class is very small.
    pub(crate) fn medians(&self) -> Vec<Option<f64>> {
        let counted = self.values.iter().zip(self.cohort.of_the_middle());
        let counted: Vec<&Vec<_>> = counted.filter_map(|(row, counted)| counted.then_some(row)).collect();
        (0..FEATURES.len()).map(|feature| median(counted.iter().filter_map(|row| row[feature]))).collect()
    }

    /// The groups, each with the one of the week before that it continues.
    pub(crate) fn groups(&self, judged: &Judged, before: Option<&Reading>) -> Vec<Group> {
        let of_class = |(place, group): (usize, Group<usize>)| {
            let members =
                judged.rows.iter().zip(&self.cohort.pupils).filter(|(row, pupil)| row.group == Some(place) && pupil.in_class);
            group.of_class(members.count())
        };
        let mut groups: Vec<Group> = judged.groups.iter().cloned().enumerate().map(of_class).collect();
        if let Some(before) = before {
            continued(&mut groups, judged, &before.judged());
        }
        groups
    }

    /// The lines of a pupil, what adds the most first.
    pub(crate) fn lines(
        &self,
        pupil: usize,
        row: &Judgement,
        (medians, before): (&[Option<f64>], Option<&Reading>),
        settings: &Settings,
    ) -> Vec<Line> {
        let line = |feature: &Feature| {
            let at = feature.id as usize;
            Some(Line {
                source: Source::Feature(feature.id),
                value: Some(self.values[pupil][at]?),
                median: medians[at],
                before: before.and_then(|before| before.values[pupil][at]),
                contribution: row.features[at],
                alone: self.alone(pupil, feature, medians[at], settings),
            })
        };
        let mut lines: Vec<Line> = FEATURES.iter().filter_map(line).collect();
        let membership = row.membership;
        lines.push(Line {
            source: Source::Group,
            value: None,
            median: None,
            before: None,
            contribution: membership,
            alone: false,
        });
        lines.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        lines
    }

    /// Whether a rule that looked at one feature alone would name a pupil: one of the lowest of the class, as many as there
    /// are places, and below its middle.
    fn alone(&self, pupil: usize, feature: &Feature, median: Option<f64>, settings: &Settings) -> bool {
        let value = |pupil: usize| self.values[pupil][feature.id as usize].map(|value| feature.oriented(value));
        let (Some(own), Some(middle)) = (value(pupil), median.map(|median| feature.oriented(median))) else { return false };
        if !self.cohort.pupils[pupil].in_class || own >= middle {
            return false;
        }
        let class = || (0..self.values.len()).filter(|&other| self.cohort.pupils[other].in_class);
        let up_to = class().filter_map(value).filter(|other| *other <= own).count();
        up_to <= places(class().count(), settings.capacity)
    }

    /// What would have to be different for a pupil's score to come down to `limit`.
    pub(crate) fn otherwise(&self, pupil: usize, limit: f64) -> Vec<Change> {
        let changes = counterfactual(&self.model, &self.table, pupil, limit).unwrap_or_default();
        let change =
            |(feature, value): (usize, f64)| Change { feature: FEATURES[feature].id, value: FEATURES[feature].oriented(value) };
        changes.into_iter().map(change).collect()
    }
}

impl History {
    /// Whether anything is on record that the pupil did or that the register says.
    fn is_recorded(&self) -> bool {
        let handed_in = self.work.iter().any(|work| matches!(work, Work::Submitted { .. }));
        handed_in || !self.attendance.is_empty() || self.days.iter().any(DayTotals::is_active)
    }
}
