//! Made-up records, the same for the same number.

use asagao_analytics::{Assignment, Attendance, Attended, Cohort, DayTotals, History, MoodOn, Table, Work};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

/// Pupils of a class in the tables.
pub(crate) const PUPILS: usize = 30;

/// Classes of a school.
pub(crate) const CLASSES: usize = 12;

/// Domain of each feature, as in an analysis.
pub(crate) const DOMAIN_OF: [usize; 16] = [0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 4, 5];

/// How much there is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    /// 9,000 pupils.
    City,
    /// 280,000 pupils.
    Prefecture,
    /// 9 million pupils.
    Nation,
}

impl Size {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [("city", Size::City), ("prefecture", Size::Prefecture), ("nation", Size::Nation)]
            .into_iter()
            .find_map(|(key, size)| (key == name).then_some(size))
    }

    pub(crate) fn classes(self) -> usize {
        match self {
            Size::City => 300,
            Size::Prefecture => 9_334,
            Size::Nation => 300_000,
        }
    }
}

/// Draws.
pub(crate) struct Chance(Xoshiro256Plus);

impl Chance {
    pub(crate) fn of(seed: usize) -> Self {
        Chance(Xoshiro256Plus::seed_from_u64(u64::try_from(seed).expect("a count fits 64 bits")))
    }

    /// From 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(crate) fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// About normal, with mean 0 and variance 1.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// A class as a table: what a pupil is like runs through all features, some are counts with ties, some not observed.
pub(crate) fn class_as_rows(number: usize) -> Vec<Vec<f64>> {
    let mut chance = Chance::of(number);
    let row = |chance: &mut Chance| {
        let (alike, kind) = (chance.normal(), chance.normal());
        let feature = |(feature, domain): (usize, &usize)| {
            let own = if domain % 2 == 0 { alike } else { kind };
            let value = own + chance.normal();
            match feature {
                5 | 7 | 13 | 14 | 15 => (value * 1.5).round().max(-2.0),
                12 if chance.share() < 0.1 => f64::NAN,
                _ => value,
            }
        };
        DOMAIN_OF.iter().enumerate().map(feature).collect()
    };
    (0..PUPILS).map(|_| row(&mut chance)).collect()
}

pub(crate) fn class_as_table(number: usize) -> Table {
    Table::new(&class_as_rows(number), &DOMAIN_OF).expect("every row has every feature")
}

/// A class of 35 with the records of 105 school days and 10 assignments.
pub(crate) fn class_of_records(number: usize) -> Cohort {
    const DAYS: usize = 105;
    let mut chance = Chance::of(number);
    let pupil = |_| {
        let (diligence, health) = (0.5 + 0.12 * chance.normal(), 0.97 + 0.02 * chance.normal());
        let mut pupil = History { in_class: true, ..History::default() };
        for day in 0..DAYS {
            let present = chance.share() < health;
            let mark = if present { Attendance::Present { late: chance.share() < 0.03 } } else { Attendance::Absent };
            pupil.attendance.push(Attended { day, mark });
            if present && chance.share() < diligence + 0.3 {
                let interactions = (diligence * 40.0 * chance.share()).ceil().max(1.0);
                let (minutes, quiz) = ((interactions * 0.7).round(), (interactions * chance.share()).floor());
                pupil.days.push(DayTotals { day, interactions, minutes, quiz });
            }
            if present && chance.share() < 0.6 {
                pupil.moods.push(MoodOn { day, low: chance.share() < 0.1 });
            }
        }
        pupil.work = (0..10)
            .map(|at| {
                if chance.share() > diligence + 0.4 {
                    return Work::Missing;
                }
                let days_early = (chance.normal() + 2.0 * diligence).clamp(-5.0, 5.0);
                let score = (chance.share() < 0.9).then(|| (diligence + 0.2 * chance.normal()).clamp(0.0, 1.0));
                Work::Submitted { days_early, score, on: at * 10 + 9 }
            })
            .collect();
        pupil
    };
    let pupils = (0..35).map(pupil).collect();
    Cohort { school_days: DAYS, pupils, assignments: (0..10).map(|at| Assignment { weight: 1.0, due: at * 10 + 9 }).collect() }
}
