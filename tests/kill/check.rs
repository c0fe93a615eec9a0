//! Whether what is stored is what was acknowledged.
use crate::apps::pupil;
use crate::database::Stored;
use crate::ledger::Entry;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Acknowledged activities that are not there.
    pub lost: u64,
    /// Activities that are there more than once, or that nobody sent.
    pub doubled: u64,
    /// Calls that are there in part.
    pub half: u64,
    /// Pupils whose totals are not what they did.
    pub totals: u64,
    /// Calls that were stored and not answered, where each has to be.
    pub unanswered: u64,
}

impl Wrong {
    /// Adds what is wrong elsewhere.
    pub(crate) fn add(&mut self, other: &Wrong) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.half += other.half;
        self.totals += other.totals;
        self.unanswered += other.unanswered;
    }
}

/// Compares. `must`: how many of the first calls must be there if they were acknowledged; `stopped`: the round in which the server was asked
/// to stop, so that no call of it may be stored without an answer.
pub(crate) fn check(stored: &Stored, calls: &[Entry], must: &[bool], stopped: Option<u32>) -> Wrong {
    let mut wrong = Wrong::default();
    let mut sent: HashSet<Uuid> = HashSet::new();
    for (nth, call) in calls.iter().enumerate() {
        let there = call.fresh.iter().filter(|id| stored.activities.contains_key(*id)).count();
        let acknowledged = must.get(nth).copied().unwrap_or(false);
        if there != call.fresh.len() {
            if acknowledged {
                wrong.lost += (call.fresh.len() - there) as u64;
            }
            wrong.half += u64::from(there > 0);
        }
        if !call.acknowledged && there > 0 && stopped == Some(call.round) {
            wrong.unanswered += 1;
        }
        sent.extend(&call.fresh);
    }
    let mut counted: HashMap<Uuid, i64> = HashMap::new();
    for (id, (of, times)) in &stored.activities {
        if *times != 1 || !sent.contains(id) || *of != pupil(*id) {
            wrong.doubled += 1;
        }
        *counted.entry(*of).or_default() += i64::from(*times);
    }
    let pupils = counted.keys().chain(stored.totals.keys()).collect::<HashSet<_>>();
    wrong.totals = pupils.into_iter().filter(|pupil| counted.get(*pupil) != stored.totals.get(*pupil)).count() as u64;
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_wrong_is_seen() {
        let id = |n: u8| Uuid::from_bytes([n; 16]);
        let call = |fresh: &[u8], acknowledged| Entry { fresh: fresh.iter().map(|n| id(*n)).collect(), round: 1, acknowledged };
        let stored = |ids: &[u8]| {
            let activities: HashMap<_, _> = ids.iter().map(|n| (id(*n), (pupil(id(*n)), 1))).collect();
            let mut totals = HashMap::new();
            activities.values().for_each(|(of, _)| *totals.entry(*of).or_default() += 1);
            Stored { activities, totals }
        };
        let calls = [call(&[1, 2], true), call(&[3, 4], false)];
        let look = |stored: &Stored, stopped| check(stored, &calls, &[true, false], stopped);
        assert_eq!(look(&stored(&[1, 2]), Some(1)), Wrong::default());
        assert_eq!(look(&stored(&[1, 2, 3, 4]), None), Wrong::default());
        assert_eq!(look(&stored(&[1, 2, 3, 4]), Some(1)), Wrong { unanswered: 1, ..Wrong::default() });
        assert_eq!(look(&stored(&[1]), None), Wrong { lost: 1, half: 1, ..Wrong::default() });
        assert_eq!(look(&stored(&[]), None), Wrong { lost: 2, ..Wrong::default() });
        assert_eq!(look(&stored(&[1, 2, 3]), None), Wrong { half: 1, ..Wrong::default() });
        assert_eq!(look(&stored(&[1, 2, 9]), None), Wrong { doubled: 1, ..Wrong::default() });
        let mut twice = stored(&[1, 2]);
        twice.totals.values_mut().for_each(|total| *total += 1);
        assert_eq!(look(&twice, None).totals, 2);
    }
}
