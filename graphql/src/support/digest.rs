//! The digest of what an analysis was given: the same numbers and settings have the same, on every machine and database.
use asagao_analytics::{
    Assignment, Attendance, Attended, Cohort, DayTotals, History, MoodOn, RULES, Settings, WINDOW_SCHOOL_DAYS, Work,
};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The SHA-256 of a cohort's numbers and the settings, in hexadecimal. Every struct is taken apart whole, so that a field which is new cannot
/// be forgotten here: it does not compile.
pub(crate) fn of_input(cohort: &Cohort, settings: &Settings) -> String {
    let mut bytes = Bytes(Sha256::new());
    bytes.0.update("asagao analysis 1");
    bytes.settings(settings);
    bytes.cohort(cohort);
    bytes.0.finalize().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes whatever is written to it");
        text
    })
}

/// Numbers of 64 bits, the lowest byte first; fractions by their bits; before a list its length, before a choice its number.
struct Bytes(Sha256);

impl Bytes {
    fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    fn fraction(&mut self, fraction: f64) {
        self.number(fraction.to_bits());
    }

    fn list<T>(&mut self, list: &[T], each: fn(&mut Self, &T)) {
        self.count(list.len());
        list.iter().for_each(|of| each(self, of));
    }

    fn settings(&mut self, settings: &Settings) {
        let Settings { capacity, min_school_days, min_cohort, seed, rules } = *settings;
        self.count(WINDOW_SCHOOL_DAYS);
        self.fraction(capacity);
        self.count(min_school_days);
        self.count(min_cohort);
        self.number(seed);
        RULES.iter().for_each(|rule| self.count(rules.of(rule.id)));
    }

    fn cohort(&mut self, cohort: &Cohort) {
        let Cohort { school_days, pupils, assignments } = cohort;
        self.count(*school_days);
        self.list(assignments, |bytes, Assignment { weight, due }| {
            bytes.fraction(*weight);
            bytes.count(*due);
        });
        self.list(pupils, Bytes::history);
    }

    fn history(&mut self, history: &History) {
        let History { in_class, first_day, enrolled, days, work, attendance, moods } = history;
        self.number(u64::from(*in_class));
        self.count(*first_day);
        self.count(*enrolled);
        self.list(days, Bytes::totals);
        self.list(work, Bytes::work);
        self.list(attendance, |bytes, Attended { day, mark }| {
            bytes.count(*day);
            bytes.number(match mark {
                Attendance::Present { late: false } => 0,
                Attendance::Present { late: true } => 1,
                Attendance::Absent => 2,
                Attendance::Excused => 3,
            });
        });
        self.list(moods, |bytes, MoodOn { day, low }| {
            bytes.count(*day);
            bytes.number(u64::from(*low));
        });
    }

    fn totals(&mut self, totals: &DayTotals) {
        let DayTotals { day, interactions, minutes, quiz } = *totals;
        self.count(day);
        [interactions, minutes, quiz].into_iter().for_each(|total| self.fraction(total));
    }

    fn work(&mut self, work: &Work) {
        match *work {
            Work::NotForPupil => self.number(0),
            Work::Missing => self.number(1),
            Work::Submitted { days_early, score, on } => {
                self.number(if score.is_some() { 3 } else { 2 });
                self.fraction(days_early);
                score.into_iter().for_each(|score| self.fraction(score));
                self.count(on);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use asagao_analytics::{RuleId, Thresholds};

    fn cohort() -> Cohort {
        let work = vec![Work::Submitted { days_early: 0.5, score: Some(0.25), on: 0 }];
        let attendance = vec![Attended { day: 1, mark: Attendance::Absent }];
        let days = vec![DayTotals { day: 0, interactions: 3.0, ..DayTotals::default() }];
        let moods = vec![MoodOn { day: 1, low: true }];
        let pupil = History { in_class: true, first_day: 0, enrolled: 0, days, work, attendance, moods };
        Cohort { school_days: 2, pupils: vec![pupil], assignments: vec![Assignment { weight: 1.0, due: 1 }] }
    }

    #[test]
    fn the_same_input_has_the_same_digest_wherever_it_is_made() {
        let digest = of_input(&cohort(), &Settings::default());
        assert_eq!(digest, of_input(&cohort(), &Settings::default()));
        assert_eq!((digest.len(), digest.bytes().all(|digit| digit.is_ascii_hexdigit())), (64, true));
    }

    #[test]
    fn every_number_and_every_setting_is_in_it() {
        let changes: [fn(&mut Cohort); 15] = [
            |of| of.school_days = 3,
            |of| of.assignments[0].weight = 1.0 + f64::EPSILON,
            |of| of.pupils[0].in_class = false,
            |of| of.pupils[0].first_day = 1,
            |of| of.pupils[0].enrolled = 1,
            |of| of.pupils[0].days[0].day = 1,
            |of| of.pupils[0].days[0].quiz = 1.0,
            |of| of.pupils[0].work[0] = Work::Submitted { days_early: 0.5, score: None, on: 0 },
            |of| of.pupils[0].work[0] = Work::Submitted { days_early: 0.5, score: Some(0.25), on: 1 },
            |of| of.assignments[0].due = 0,
            |of| of.pupils[0].work[0] = Work::Submitted { days_early: 0.25, score: Some(0.25), on: 0 },
            |of| of.pupils[0].work[0] = Work::Missing,
            |of| of.pupils[0].attendance[0].mark = Attendance::Excused,
            |of| of.pupils[0].moods[0].low = false,
            |of| of.pupils.push(History { work: vec![Work::NotForPupil], ..History::default() }),
        ];
        let mut seen = vec![of_input(&cohort(), &Settings::default())];
        for change in changes {
            let mut other = cohort();
            change(&mut other);
            seen.push(of_input(&other, &Settings::default()));
        }
        for settings in [
            Settings { capacity: 0.2, ..Settings::default() },
            Settings { seed: 1, ..Settings::default() },
            Settings { rules: Thresholds::default().with(RuleId::AbsentOften, 6), ..Settings::default() },
            Settings { rules: Thresholds::default().with(RuleId::AbsentInARow, 4), ..Settings::default() },
        ] {
            seen.push(of_input(&cohort(), &settings));
        }
        let different: std::collections::BTreeSet<&String> = seen.iter().collect();
        assert_eq!(different.len(), seen.len());
    }
}
