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
    let seen = Seen::all(cohort);
    let class = OfClass::of(cohort, &seen);
    seen.iter().map(|seen| of_pupil(seen, &class, thresholds)).collect()
}

/// Pupils below which a class is no measure of what is usual.
const FEWEST_OF_CLASS: usize = 5;

/// The class's middles of what rules count: where all do nothing the portal is down, or nobody uses it, and that is no child's.
struct OfClass {
    idle: Option<f64>,
    missed: Option<f64>,
    /// Of what was done lately as a share of what was done before: in a week of examinations it is far below 1.
    change: Option<f64>,
}

impl OfClass {
    fn of(cohort: &Cohort, seen: &[Seen]) -> Self {
        let of_class: Vec<&Seen> =
            seen.iter().zip(cohort.of_the_middle()).filter_map(|(seen, counted)| counted.then_some(seen)).collect();
        let changes = of_class.iter().filter_map(|seen| seen.lately_and_before());
        OfClass {
            idle: middle(&of_class, Seen::days_since_last),
            missed: middle(&of_class, Seen::missed_in_a_row),
            change: median(changes.map(|(lately, before)| lately / before)),
        }
    }
}

/// The middle of a count in a class; `None` where it is too small to have one.
fn middle<'a>(of_class: &[&Seen<'a>], count: impl Fn(&Seen<'a>) -> usize) -> Option<f64> {
    if of_class.len() < FEWEST_OF_CLASS {
        return None;
    }
    median(of_class.iter().map(|seen| real(count(seen))))
}

fn of_pupil(seen: &Seen, class: &OfClass, thresholds: &Thresholds) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut speak = |id: RuleId, count: usize, rule: Rule| {
        if thresholds.reached(id, count) {
            rules.push(rule);
        }
    };
    let usual = |middle: Option<f64>, rule: RuleId| middle.is_some_and(|middle| middle >= real(thresholds.of(rule)));
    if !usual(class.idle, RuleId::NoActivity) {
        let idle = seen.days_since_last();
        speak(RuleId::NoActivity, idle, Rule::NoActivity { school_days: idle });
    }
    if !usual(class.missed, RuleId::MissedInARow) {
        let missed = seen.missed_in_a_row();
        speak(RuleId::MissedInARow, missed, Rule::MissedInARow { assignments: missed });
    }
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
    if let Some(drop) = activity_drop(seen, class.change, thresholds) {
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
mod tests;
