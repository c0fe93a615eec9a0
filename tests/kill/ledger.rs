//! What was posted, and what of it was acknowledged.
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// A call as an app makes it, and again where it gets no answer.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Where it stands in the ledger.
    pub nth: usize,
    /// The activities that it is the first to send.
    pub fresh: Vec<Uuid>,
    /// Activities that were acknowledged before, or stand in it twice.
    pub again: Vec<Uuid>,
    /// How many items are wrong.
    pub wrong: usize,
    /// How often it was sent.
    pub sent: u32,
}

/// What the ledger knows of a call.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The activities that it is the first to send.
    pub fresh: Vec<Uuid>,
    /// In which round it was sent first.
    pub round: u32,
    /// Whether an answer said that it is stored.
    pub acknowledged: bool,
}

/// All calls on one database.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    calls: Vec<Entry>,
    counts: Counts,
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub calls: u64,
    pub acknowledged: u64,
    pub activities: u64,
    pub sent_again: u64,
    pub not_now: u64,
    /// Activities that had been acknowledged and were taken as new.
    pub lost: u64,
    /// Calls of which a part was there already.
    pub half: u64,
    /// Answers that should not be, each with how often it came.
    pub strange: HashMap<String, u64>,
}

impl Counts {
    /// Adds what was counted on another database.
    pub(crate) fn add(&mut self, other: &Counts) {
        self.calls += other.calls;
        self.acknowledged += other.acknowledged;
        self.activities += other.activities;
        self.sent_again += other.sent_again;
        self.not_now += other.not_now;
        self.lost += other.lost;
        self.half += other.half;
        for (what, times) in &other.strange {
            *self.strange.entry(what.clone()).or_default() += times;
        }
    }
}

impl Ledger {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call before it is sent.
    pub(crate) fn begin(&self, fresh: Vec<Uuid>, again: Vec<Uuid>, wrong: usize, round: u32) -> Call {
        let mut kept = self.kept();
        kept.counts.calls += 1;
        kept.calls.push(Entry { fresh: fresh.clone(), round, acknowledged: false });
        Call { nth: kept.calls.len() - 1, fresh, again, wrong, sent: 0 }
    }

    /// Notes that a call is sent once more.
    pub(crate) fn again(&self) {
        self.kept().counts.sent_again += 1;
    }

    /// Notes that a call could not be taken just now.
    pub(crate) fn not_now(&self) {
        self.kept().counts.not_now += 1;
    }

    /// Notes an answer that should not be.
    pub(crate) fn strange(&self, what: String) {
        *self.kept().counts.strange.entry(what).or_default() += 1;
    }

    /// Notes what was answered to a call: how many activities were new, and how many there already.
    pub(crate) fn answered(&self, call: &Call, (accepted, duplicates, rejected): (usize, usize, usize)) {
        let mut kept = self.kept();
        let (fresh, again) = (call.fresh.len(), call.again.len());
        kept.counts.acknowledged += 1;
        kept.counts.activities += fresh as u64;
        kept.calls[call.nth].acknowledged = true;
        if accepted + duplicates != fresh + again || rejected != call.wrong {
            let said = format!(
                "{accepted} accepted, {duplicates} duplicates, {rejected} rejected of {fresh} + {again} + {}",
                call.wrong
            );
            *kept.counts.strange.entry(said).or_default() += 1;
        } else if accepted > fresh {
            kept.counts.lost += (accepted - fresh) as u64;
        } else if accepted < fresh && (call.sent == 1 || accepted > 0) {
            kept.counts.half += 1;
        }
    }

    /// The acknowledged call at a place, or the next one.
    pub(crate) fn acknowledged_near(&self, place: u64) -> Option<Entry> {
        let kept = self.kept();
        let many = kept.calls.len();
        let from = usize::try_from(place).unwrap_or_default() % many.max(1);
        (0..many.min(50)).map(|step| &kept.calls[(from + step) % many]).find(|call| call.acknowledged).cloned()
    }

    /// Every call so far.
    pub(crate) fn calls(&self) -> Vec<Entry> {
        self.kept().calls.clone()
    }

    /// What was counted so far.
    pub(crate) fn counts(&self) -> Counts {
        self.kept().counts.clone()
    }
}
