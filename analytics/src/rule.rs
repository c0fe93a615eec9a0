//! Plain rules beside the comparison: counts that anybody can check, and from where on they speak.

use crate::cohort::Cohort;
use crate::rank::{median, real};
use crate::seen::Seen;
use crate::settings::Error;

/// A plain rule that spoke, whatever the comparison says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// No activity for this many school days in a row, up to the latest.
    NoActivity {
        /// School days.
        school_days: usize,
    },
    /// This many assignments in a row missed, up to the latest.
    MissedInARow {
        /// Assignments.
        assignments: usize,
    },
    /// Absent on this many school days in a row, up to the latest with a mark; days on which the pupil did not have to
    /// attend neither count nor break the row.
    AbsentInARow {
        /// School days.
        school_days: usize,
    },
    /// Absent on this many of the latest school days on which the pupil had to attend, in a row or not.
    AbsentOften {
        /// Days absent.
        days: usize,
        /// The days looked at: thirty, or as many as there are.
        of: usize,
    },
    /// Absent on this share of all school days of the window on which the pupil had to attend, from thirty of them on.
    AbsentShare {
        /// The share in percent, rounded down.
        percent: usize,
        /// Days absent.
        days: usize,
        /// The days to attend.
        of: usize,
    },
    /// Late, or gone early, on more of the latest ten days present than on the ten before them.
    LateRise {
        /// Days late among the latest ten.
        days: usize,
        /// Days late among the ten before.
        before: usize,
    },
    /// Less was done in the latest ten expected days than the pupil did before, by more than the class did less. Silent where
    /// nothing was done for so long that [`Rule::NoActivity`] says it.
    ActivityDrop {
        /// Interactions in the latest ten expected days.
        lately: usize,
        /// Interactions in ten days before them, on average, of at least twenty days.
        before: usize,
        /// The one as a share of the other in percent, rounded down.
        percent: usize,
        /// The class's middle of that share in percent.
        class: usize,
    },
    /// The latest so many moods that the pupil entered were low, all within the last five school days.
    LowMoodInARow {
        /// Entries.
        entries: usize,
    },
}

/// Names a [`Rule`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum RuleId {
    /// [`Rule::NoActivity`].
    NoActivity,
    /// [`Rule::MissedInARow`].
    MissedInARow,
    /// [`Rule::AbsentInARow`].
    AbsentInARow,
    /// [`Rule::AbsentOften`].
    AbsentOften,
    /// [`Rule::AbsentShare`].
    AbsentShare,
    /// [`Rule::LateRise`].
    LateRise,
    /// [`Rule::ActivityDrop`].
    ActivityDrop,
    /// [`Rule::LowMoodInARow`].
    LowMoodInARow,
}

/// A rule and the thresholds that it takes.
#[derive(Clone, Copy, Debug)]
pub struct RuleKind {
    /// Which one it is; `RULES[id as usize]` has this id.
    pub id: RuleId,
    /// A stable name for storage and translation.
    pub key: &'static str,
    /// From where on it speaks where nobody has said otherwise: days, assignments, entries, or percent of a share.
    pub usual: usize,
    /// The least threshold that has a meaning; 0 is off.
    pub least: usize,
    /// The greatest at which it could still speak.
    pub most: usize,
}

/// Every rule. The first thresholds of absences are 町田市's.
pub const RULES: [RuleKind; 8] = [
    RuleKind { id: RuleId::NoActivity, key: "no_activity", usual: 7, least: 3, most: 60 },
    RuleKind { id: RuleId::MissedInARow, key: "missed_in_a_row", usual: 3, least: 2, most: 20 },
    RuleKind { id: RuleId::AbsentInARow, key: "absent_in_a_row", usual: 3, least: 1, most: 30 },
    RuleKind { id: RuleId::AbsentOften, key: "absent_often", usual: 7, least: 2, most: 30 },
    RuleKind { id: RuleId::AbsentShare, key: "absent_share", usual: 10, least: 3, most: 50 },
    RuleKind { id: RuleId::LateRise, key: "late_rise", usual: 4, least: 2, most: 10 },
    RuleKind { id: RuleId::ActivityDrop, key: "activity_drop", usual: 30, least: 5, most: 80 },
    RuleKind { id: RuleId::LowMoodInARow, key: "low_mood_in_a_row", usual: 3, least: 2, most: 5 },
];

/// From where on each rule speaks; 0 where it is off.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Thresholds([usize; RULES.len()]);

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds(RULES.map(|rule| rule.usual))
    }
}

impl Thresholds {
    /// That of a rule; 0 where it is off.
    #[must_use]
    pub fn of(&self, rule: RuleId) -> usize {
        self.0[rule as usize]
    }

    /// The same with another threshold of one rule; 0 switches it off.
    #[must_use]
    pub fn with(mut self, rule: RuleId, threshold: usize) -> Self {
        self.0[rule as usize] = threshold;
        self
    }

    /// Refuses thresholds at which a rule would speak of everybody, or never.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = RULES.iter().find(|rule| {
            let threshold = self.of(rule.id);
            threshold != 0 && !(rule.least..=rule.most).contains(&threshold)
        });
        wrong.map_or(Ok(()), |rule| {
            let RuleKind { id, key: rule, least, most, .. } = *rule;
            Err(Error::RuleThreshold { rule, threshold: self.of(id), least, most })
        })
    }

    /// Whether a count reaches that of a rule, which is on.
    fn reached(&self, rule: RuleId, count: usize) -> bool {
        self.of(rule) > 0 && count >= self.of(rule)
    }
}

/// The rules that speak of each pupil of a cohort, in its order.
pub(crate) fn spoken(cohort: &Cohort, thresholds: &Thresholds) -> Vec<Vec<Rule>> {
    let seen: Vec<Seen> = cohort.pupils.iter().map(|pupil| Seen::of(cohort, pupil)).collect();
    let class = change_of_class(cohort, &seen);
    seen.iter().map(|seen| of_pupil(seen, class, thresholds)).collect()
}

/// The class's middle of what was done lately as a share of what was done before: in a week of examinations it is far below 1.
fn change_of_class(cohort: &Cohort, seen: &[Seen]) -> Option<f64> {
    let of_class = seen.iter().zip(cohort.of_the_middle()).filter_map(|(seen, counted)| counted.then_some(seen));
    let changes = of_class.filter_map(Seen::lately_and_before);
    median(changes.map(|(lately, before)| lately / before))
}

fn of_pupil(seen: &Seen, class: Option<f64>, thresholds: &Thresholds) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut speak = |id: RuleId, count: usize, rule: Rule| {
        if thresholds.reached(id, count) {
            rules.push(rule);
        }
    };
    let idle = seen.days_since_last();
    speak(RuleId::NoActivity, idle, Rule::NoActivity { school_days: idle });
    let missed = seen.missed_in_a_row();
    speak(RuleId::MissedInARow, missed, Rule::MissedInARow { assignments: missed });
    let away = seen.absent_in_a_row();
    speak(RuleId::AbsentInARow, away, Rule::AbsentInARow { school_days: away });
    let (days, of) = seen.absences();
    speak(RuleId::AbsentOften, days, Rule::AbsentOften { days, of });
    if let Some((days, of)) = seen.share_of_absences() {
        let percent = days * 100 / of;
        speak(RuleId::AbsentShare, percent, Rule::AbsentShare { percent, days, of });
    }
    if let Some((days, before)) = seen.late_lately_and_before() {
        speak(RuleId::LateRise, days.saturating_sub(before), Rule::LateRise { days, before });
    }
    if let Some(drop) = activity_drop(seen, class, thresholds) {
        rules.push(drop);
    }
    let low = seen.low_moods_in_a_row();
    if thresholds.reached(RuleId::LowMoodInARow, low) {
        rules.push(Rule::LowMoodInARow { entries: low });
    }
    rules
}

/// Less than the threshold's share of what the pupil did before, and less than that share of the class's middle where the class
/// did less, too.
fn activity_drop(seen: &Seen, class: Option<f64>, thresholds: &Thresholds) -> Option<Rule> {
    let (lately, before) = seen.lately_and_before()?;
    let (share, class) = (lately / before, class?);
    let silent = thresholds.reached(RuleId::NoActivity, seen.days_since_last());
    let dropped = share < real(thresholds.of(RuleId::ActivityDrop)) / 100.0 * class.min(1.0);
    (dropped && !silent).then(|| Rule::ActivityDrop {
        lately: whole(lately.round()),
        before: whole(before.round()),
        // A little more, so that 29 of 100 are 29 % and not 28 by a rounding error.
        percent: whole(share * 100.0 + 1e-9),
        class: whole((class * 100.0).round()),
    })
}

/// A count that is not negative, without what is behind its point.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are neither negative nor beyond 2^53")]
fn whole(count: f64) -> usize {
    count as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::{Assignment, Attendance, Attended, DayTotals, History, MoodOn, Work};

    fn class(pupils: usize, school_days: usize) -> Cohort {
        let pupil = History { in_class: true, ..History::default() };
        Cohort { school_days, pupils: vec![pupil; pupils], assignments: vec![] }
    }

    /// What speaks of the first pupil.
    fn first(cohort: &Cohort, thresholds: Thresholds) -> Vec<Rule> {
        spoken(cohort, &thresholds).swap_remove(0)
    }

    /// Only one rule, at its usual threshold.
    fn only(rule: RuleId) -> Thresholds {
        Thresholds([0; RULES.len()]).with(rule, RULES[rule as usize].usual)
    }

    /// A register, a letter a school day: present, late, absent, excused, `-` without a mark.
    fn register(letters: &str) -> Cohort {
        let mut cohort = class(1, letters.len());
        let mark = |(day, letter): (usize, char)| {
            let mark = match letter {
                'a' => Attendance::Absent,
                'e' => Attendance::Excused,
                '-' => return None,
                letter => Attendance::Present { late: letter == 'l' },
            };
            Some(Attended { day, mark })
        };
        cohort.pupils[0].attendance = letters.chars().enumerate().filter_map(mark).collect();
        cohort
    }

    /// Pupils who do so much on each day of so many: first before, then in the last ten days.
    fn working(before: usize, done: &[(f64, f64)]) -> Cohort {
        let mut cohort = class(done.len(), before + 10);
        for (pupil, (earlier, lately)) in cohort.pupils.iter_mut().zip(done) {
            let on = |day| DayTotals { day, interactions: if day < before { *earlier } else { *lately }, ..DayTotals::default() };
            pupil.days = (0..before + 10).map(on).collect();
        }
        cohort
    }

    #[test]
    fn each_rule_stands_in_its_place_with_thresholds_that_hold() {
        for (at, rule) in RULES.iter().enumerate() {
            assert_eq!(rule.id as usize, at, "{}", rule.key);
            assert!(rule.least > 0 && (rule.least..=rule.most).contains(&rule.usual), "{}", rule.key);
            let set = |threshold| Thresholds::default().with(rule.id, threshold);
            assert!([0, rule.least, rule.most].iter().all(|threshold| set(*threshold).check().is_ok()), "{}", rule.key);
            let refused = set(rule.most + 1).check();
            assert!(matches!(refused, Err(Error::RuleThreshold { rule: key, .. }) if key == rule.key), "{}", rule.key);
        }
    }

    #[test]
    fn rules_count_up_to_the_latest_and_since_enrolment() {
        let mut cohort = class(1, 20);
        cohort.assignments = vec![Assignment { weight: 1.0, due: 19 }; 4];
        cohort.pupils[0].days = vec![DayTotals { day: 12, interactions: 1.0, ..DayTotals::default() }];
        cohort.pupils[0].work = vec![Work::Missing, Work::Missing, Work::NotForPupil, Work::Missing];
        let speak = |cohort: &Cohort| first(cohort, Thresholds::default());
        let both = [Rule::NoActivity { school_days: 7 }, Rule::MissedInARow { assignments: 3 }];
        assert_eq!(speak(&cohort), both);
        assert_eq!(first(&cohort, Thresholds::default().with(RuleId::NoActivity, 0)), both[1..], "0 is off");
        cohort.pupils[0].first_day = 14;
        cohort.pupils[0].work[3] = Work::Submitted { days_early: -9.0, score: None, on: 19 };
        assert_eq!(speak(&cohort), []);
    }

    #[test]
    fn rules_of_absences_and_moods_speak_from_their_threshold_on() {
        let thresholds = Thresholds([0; RULES.len()]).with(RuleId::AbsentInARow, 2).with(RuleId::AbsentOften, 3);
        let thresholds = thresholds.with(RuleId::LowMoodInARow, 3);
        let speak = |letters: &str| first(&register(letters), thresholds);
        assert_eq!(speak("pppapppapppa"), [Rule::AbsentOften { days: 3, of: 12 }]);
        assert_eq!(speak("llllllllllaa"), [Rule::AbsentInARow { school_days: 2 }]);
        assert_eq!(speak("ppppppppaapp"), []);
        let mut cohort = class(1, 20);
        cohort.pupils[0].moods = [15, 17, 19].map(|day| MoodOn { day, low: true }).to_vec();
        assert_eq!(first(&cohort, thresholds), [Rule::LowMoodInARow { entries: 3 }]);
        cohort.pupils[0].moods[2].low = false;
        assert_eq!(first(&cohort, thresholds), []);
    }

    #[test]
    fn the_share_of_absences_is_of_the_days_to_attend_from_thirty_of_them_on() {
        let speak = |letters: &str| first(&register(letters), only(RuleId::AbsentShare));
        let present = |days: usize| "p".repeat(days);
        assert_eq!(speak(&format!("aaa{}", present(26))), [], "29 days to attend are too few");
        assert_eq!(speak(&format!("aaa{}", present(27))), [Rule::AbsentShare { percent: 10, days: 3, of: 30 }]);
        assert_eq!(speak(&format!("aaa{}", present(28))), [], "9.7 % is not 10 %");
        assert_eq!(
            speak(&format!("aaa{}{}{}", "e".repeat(9), "-".repeat(9), present(26))),
            [],
            "excused and unmarked are no days"
        );
        let many = format!("{}a{}aaaaa", present(40), present(4));
        assert_eq!(speak(&many), [Rule::AbsentShare { percent: 12, days: 6, of: 50 }]);
        let mut come = register(&many);
        come.pupils[0].first_day = 35;
        assert_eq!(first(&come, only(RuleId::AbsentShare)), [], "since enrolment there were 15");
    }

    #[test]
    fn a_rise_of_late_days_is_against_the_ten_days_present_before() {
        let speak = |letters: &str| first(&register(letters), only(RuleId::LateRise));
        assert_eq!(speak(&format!("{}lllll{}", "p".repeat(9), "p".repeat(5))), [], "nineteen days present");
        assert_eq!(speak(&format!("l{}lllllppppp", "p".repeat(9))), [Rule::LateRise { days: 5, before: 1 }]);
        assert_eq!(speak(&format!("ll{}lllllppppp", "p".repeat(8))), [], "three more are under four");
        assert_eq!(speak(&format!("{}llaeel-lppppeap", "p".repeat(11))), [Rule::LateRise { days: 4, before: 0 }]);
        assert_eq!(speak(&"l".repeat(20)), [], "always late is no rise");
    }

    #[test]
    fn less_activity_is_less_than_the_pupils_own_and_not_less_with_the_whole_class() {
        let speak = |cohort: &Cohort| first(cohort, only(RuleId::ActivityDrop));
        let steady = [(10.0, 10.0); 7];
        let with = |own: (f64, f64), class: &[(f64, f64)]| working(20, &[&[own], class].concat());
        let fell = Rule::ActivityDrop { lately: 29, before: 100, percent: 29, class: 100 };
        assert_eq!(speak(&with((10.0, 2.9), &steady)), [fell]);
        assert_eq!(speak(&with((10.0, 3.0), &steady)), [], "30 % is not under 30 %");
        assert_eq!(speak(&with((0.5, 0.0), &steady)), [], "half a record a day says nothing of a pupil's habit");
        assert_eq!(speak(&working(19, &[&[(10.0, 1.0)], &steady[..]].concat())), [], "nineteen days are no habit yet");
        let examinations = [(10.0, 2.5); 7];
        assert_eq!(speak(&with((10.0, 2.5), &examinations)), []);
        assert_eq!(
            speak(&with((10.0, 0.5), &examinations)),
            [Rule::ActivityDrop { lately: 5, before: 100, percent: 5, class: 25 }]
        );
        assert_eq!(speak(&with((10.0, 0.0), &[(10.0, 0.0); 7])), [], "where all stopped nobody did");
        let more = [(10.0, 40.0); 7];
        assert_eq!(speak(&with((10.0, 10.0), &more)), [], "that others do more is no drop");
    }

    #[test]
    fn who_is_away_does_not_do_less_and_who_stopped_is_named_once() {
        let mut ill = working(20, &[(10.0, 10.0); 8]);
        ill.pupils[0].days.truncate(20);
        let none = Rule::NoActivity { school_days: 10 };
        assert_eq!(first(&ill, Thresholds::default()), [none]);
        let only = only(RuleId::ActivityDrop);
        assert_eq!(first(&ill, only), [Rule::ActivityDrop { lately: 0, before: 100, percent: 0, class: 100 }]);
        ill.pupils[0].attendance = (20..30).map(|day| Attended { day, mark: Attendance::Absent }).collect();
        assert_eq!(first(&ill, only), []);
    }
}
